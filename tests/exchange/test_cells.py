"""Cells as values: nothing is guessed."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from bailiwick.custody.exchange.cells import day, instant, one_of, text, yes_no

ZONE = ZoneInfo("America/Los_Angeles")


@pytest.mark.parametrize(
    "cell",
    ["2026-03-01 22:00", "2026-03-01T22:00:00", "3/1/2026 22:00", "03/01/2026 10:00 PM", "3/1/2026 10:00:00 p.m.",
     "2026-03-02T06:00:00Z",
     "2026-03-01T22:00:00-08:00", "2026-03-01 22:00:00.000"],
)  # fmt: skip
def test_an_instant_is_read_however_it_is_written(cell: str) -> None:
    assert instant(cell, ZONE) == datetime(2026, 3, 2, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("2026-11-01 01:30", "the clock was set back an hour; which one was it"),
        ("2026-03-08 02:30", "the clock was set forward an hour"),
        ("45352.91666", "Excel's number 45352.91666 \\(2024-03-01"),
        ("13/1/2026 22:00", "expected a day and a time"),
        ("1.3.2026 22:00", "expected a day and a time"),
        ("3/1/26 22:00", "expected a day and a time"),
        ("2026-02-30 22:00", "expected a day and a time"),
        ("2026-03-01", "a day alone does not say when"),
        ("2026-03-01 24:00", "between 00:00 and 23:59"),
        ("2026-03-01 13:00 PM", "an hour from 1 to 12"),
    ],
)
def test_a_time_that_could_be_another_is_asked_about(cell: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        instant(cell, ZONE)


def test_with_its_offset_a_time_that_happened_twice_is_one() -> None:
    first, second = (instant(f"2026-11-01 01:30-0{hours}:00", ZONE) for hours in (7, 8))
    assert (second - first).total_seconds() == 3600


def test_noon_and_midnight_with_am_and_pm() -> None:
    assert instant("3/1/2026 12:00 AM", ZONE).astimezone(ZONE).hour == 0
    assert instant("3/1/2026 12:00 PM", ZONE).astimezone(ZONE).hour == 12


@pytest.mark.parametrize(
    "cell", ["2019-05-04", "5/4/2019", "05/04/2019", "2019-05-04 00:00:00", "5/4/2019 0:00"]
)
def test_a_day_is_read_however_it_is_written(cell: str) -> None:
    assert day(cell, ZONE) == date(2019, 5, 4)


@pytest.mark.parametrize("cell", ["43589", "4 May 2019", "2019-05-04 22:00", "31/12/2019"])
def test_a_day_that_could_be_another_is_refused(cell: str) -> None:
    with pytest.raises(ValueError, match="expected a day as 2019-05-04"):
        day(cell, ZONE)


def test_words_are_known_in_any_case_and_others_are_refused_with_the_list() -> None:
    assert one_of("probation_hold", "arrest")("Probation Hold", ZONE) == "probation_hold"
    with pytest.raises(ValueError, match="expected one of felony, misdemeanor, found “F”"):
        one_of("felony", "misdemeanor")("F", ZONE)


def test_yes_and_no() -> None:
    assert [yes_no(cell, ZONE) for cell in ("Y", "true", "0", "No")] == [True, True, False, False]
    with pytest.raises(ValueError, match="leave it empty"):
        yes_no("unknown", ZONE)


def test_text_that_does_not_fit_is_refused_and_never_cut() -> None:
    with pytest.raises(ValueError, match="at most 3 characters, found 4"):
        text(3)("abcd", ZONE)
