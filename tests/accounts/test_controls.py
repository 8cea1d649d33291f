"""The table of security controls names tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reference" / "security-controls.md").read_text(encoding="utf-8")


def test_each_row_names_a_test_and_each_test_exists() -> None:
    rows = [line for line in PAGE.splitlines() if re.match(r"\| [A-Z]{2}-\d", line)]
    assert len(rows) > 25
    wrong = []
    for row in rows:
        named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", row)
        wrong += [f"no test: {row[:60]}"] if not named else []
        for path, name in named:
            file = ROOT / path
            if not file.exists() or (name and f"def {name}(" not in file.read_text(encoding="utf-8")):
                wrong.append(f"{path}::{name}")
    assert wrong == []


def test_the_controls_that_the_desk_must_carry_out_are_there() -> None:
    for control in ("AC-2", "AC-7", "AC-8", "AC-11", "AC-12", "AU-2", "AU-6", "IA-2", "IA-5"):
        assert re.search(rf"^\| {control}\b", PAGE, re.MULTILINE), control
