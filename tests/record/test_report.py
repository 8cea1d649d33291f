"""`bailiwick report decisions`: bad input in one line."""

from __future__ import annotations

import pytest

from bailiwick.cli import run
from tests.conftest import make_agency


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "--year: expected a year such as 2025, found 'nothing'"),
        (("--year", "last"), "found 'last'"),
        (("--year", "2025"), "expected one of 'A Jail', 'B Jail'; found 'nothing'"),
        (("--year", "2025", "--agency", "C Jail"), "found 'C Jail'"),
    ],
)
def test_bad_input(words: tuple[str, ...], says: str, db: None, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("A Jail", "B Jail"):
        make_agency(name)
    assert run(["report", "decisions", *words]) == 2
    err = capsys.readouterr().err
    assert len(err.strip().splitlines()) == 1
    assert says in err


def test_a_year_without_decisions_is_its_heading_alone(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    make_agency()
    assert run(["report", "decisions", "--year", "2025"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "event,signed_at,booking,request_kind,action,outcome,chosen,departs,lawbook"
    ]
