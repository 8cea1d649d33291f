"""Every operation and every NIEM property stands in the documentation."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from bailiwick.api.urls import api
from bailiwick.custody.exchange import niem, webhooks

DOCS = Path(__file__).parents[2] / "docs"


def described() -> dict[str, Any]:
    return dict(api.get_openapi_schema(path_prefix="/api/v1/")["paths"])


def test_every_operation_is_documented_with_what_it_needs() -> None:
    page = (DOCS / "reference" / "api.md").read_text(encoding="utf-8")
    for path, operations in described().items():
        for method, operation in operations.items():
            title = f"### `{method.upper()} {path}`\n"
            assert title in page, title
            section = page.partition(title)[2].partition("\n### ")[0]
            for ability in operation.get("x-abilities", ()):
                assert f"`{ability}`" in section, title


def test_every_property_of_niem_json_is_in_the_map() -> None:
    page = (DOCS / "reference" / "niem.md").read_text(encoding="utf-8")
    code = Path(niem.__file__).read_text(encoding="utf-8")
    used = set(re.findall(r'"((?:j|im|nc):\w+)"', code))
    assert len(used) > 20
    assert sorted(name for name in used if f"`{name}`" not in page) == []


def test_every_pause_of_a_delivery_is_documented() -> None:
    page = " ".join((DOCS / "how-to" / "receive-webhooks.md").read_text(encoding="utf-8").split())
    assert [round(p.total_seconds() / 60) for p in webhooks.PAUSES] == [
        1,
        5,
        30,
        120,
        300,
        600,
        840,
        1200,
        1440,
    ]
    assert "after 1, 5 and 30 minutes, then 2, 5, 10, 14, 20 and 24 hours" in page
