"""Every environment variable that the code reads stands on the page of settings, and no other."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
VARIABLE = re.compile(r"\b(BAILIWICK_[A-Z_]+|DATABASE_URL)\b")


def test_every_setting_is_documented_and_none_that_is_gone() -> None:
    read = {
        name
        for path in (ROOT / "bailiwick").rglob("*.py")
        for name in VARIABLE.findall(path.read_text(encoding="utf-8"))
    }
    page = (ROOT / "docs" / "reference" / "settings.md").read_text(encoding="utf-8")
    assert len(read) > 20
    assert set(re.findall(r"^\| `([A-Z_]+)` \| \S", page, re.MULTILINE)) == read
