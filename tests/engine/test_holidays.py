"""Holidays by rule: each form of rule, the federal table against another's, and every way to get a rule
wrong."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import holidays as published
import pytest
import yaml

from bailiwick.engine.holidays import Holidays

LAW = Path(__file__).parents[2] / "bailiwick" / "law" / "us.yaml"
FEDERAL = Holidays.from_rules(yaml.safe_load(LAW.read_text(encoding="utf-8"))["holidays"])


def only(**rule: Any) -> Holidays:
    return Holidays.from_rules([{"name": "Day", **rule}])


def days(found: Holidays, year: int) -> list[str]:
    first = date(year, 1, 1)
    length = (date(year + 1, 1, 1) - first).days
    every = (first + timedelta(days=n) for n in range(length))
    return [day.isoformat() for day in every if found.is_holiday(day)]


def test_a_fixed_day_without_observance_stays_where_it_is() -> None:
    assert days(only(month=7, day=4), 2026) == ["2026-07-04"]


def test_a_day_on_saturday_is_also_kept_on_friday_and_one_on_sunday_on_monday() -> None:
    fourth = only(month=7, day=4, observed="nearest_weekday")
    assert days(fourth, 2026) == ["2026-07-03", "2026-07-04"]
    assert days(fourth, 2027) == ["2027-07-04", "2027-07-05"]
    assert days(fourth, 2028) == ["2028-07-04"]


def test_an_observed_day_may_fall_in_the_year_before_or_after() -> None:
    assert days(only(month=1, day=1, observed="nearest_weekday"), 2027) == ["2027-01-01", "2027-12-31"]
    assert days(only(month=12, day=31, observed="nearest_weekday"), 2024) == ["2024-01-01", "2024-12-31"]


def test_the_nth_weekday_of_a_month() -> None:
    assert days(only(month=9, weekday="monday", nth=1), 2026) == ["2026-09-07"]
    assert days(only(month=11, weekday="Thursday", nth=4), 2026) == ["2026-11-26"]
    assert days(only(month=5, weekday="monday", nth=5), 2026) == []
    assert days(only(month=5, weekday="friday", nth=5), 2026) == ["2026-05-29"]


def test_the_last_weekday_of_a_month() -> None:
    assert days(only(month=5, weekday="monday", nth=-1), 2026) == ["2026-05-25"]
    assert days(only(month=5, weekday="monday", nth="last"), 2027) == ["2027-05-31"]
    assert days(only(month=5, weekday="sunday", nth=-1), 2026) == ["2026-05-31"]


def test_29_february_is_a_holiday_in_leap_years_only() -> None:
    leap = only(month=2, day=29)
    assert days(leap, 2028) == ["2028-02-29"]
    assert days(leap, 2026) == []


def test_from_and_to_bound_the_holiday_and_not_the_day_on_which_it_is_observed() -> None:
    rule = {"month": 1, "day": 1, "observed": "nearest_weekday"}
    assert days(only(**rule, **{"from": "2028-01-01"}), 2027) == ["2027-12-31"]
    assert days(only(**rule, to=date(2028, 1, 1)), 2027) == ["2027-01-01"]


def test_a_table_without_rules_has_no_holidays() -> None:
    assert days(Holidays(), 2026) == []


def test_the_first_and_the_last_year_of_the_calendar_can_be_asked() -> None:
    new_year = only(month=1, day=1, observed="nearest_weekday")
    assert new_year.is_holiday(date(1, 1, 1))
    assert not new_year.is_holiday(date(9999, 12, 31))


@pytest.mark.parametrize("year", range(1971, 2101))
def test_the_federal_table_has_exactly_the_days_that_the_holidays_package_has(year: int) -> None:
    """From 1971, when the Uniform Monday Holiday Act took effect. Inauguration Day (5 U.S.C. § 6103(c)) is in
    neither: it is a holiday only for federal employees in and around the District of Columbia."""
    assert days(FEDERAL, year) == sorted(
        day.isoformat() for day in published.country_holidays("US", years=year)
    )


@pytest.mark.parametrize(
    ("rule", "problem"),
    [
        ({"month": 7, "day": 4}, "needs a name"),
        ({"name": "Day", "day": 4}, "month is None; expected 1 to 12"),
        ({"name": "Day", "month": 13, "day": 4}, "month is 13"),
        ({"name": "Day", "month": 2, "day": 30}, "day is 30; expected 1 to 29"),
        ({"name": "Day", "month": 2}, "weekday is None"),
        ({"name": "Day", "month": 2, "weekday": "mon", "nth": 1}, "weekday is 'mon'"),
        ({"name": "Day", "month": 2, "weekday": "monday"}, "nth is None"),
        ({"name": "Day", "month": 2, "weekday": "monday", "nth": 0}, "nth is 0"),
        ({"name": "Day", "month": 2, "day": 1, "nth": 1}, "either day, or weekday and nth"),
        ({"name": "Day", "month": 2, "day": 1, "observed": "monday"}, "expected nearest_weekday"),
        ({"name": "Day", "month": 2, "day": 1, "observd": True}, "key is 'observd'; expected observed?"),
        ({"name": "Day", "month": 2, "day": 1, "from": "June"}, "from is 'June'; expected a date"),
        ({"name": "Day", "month": 2, "day": 1, "to": 2021}, "to is 2021; expected a date"),
    ],
)
def test_a_rule_that_cannot_be_read_is_an_error_that_says_what_was_expected(
    rule: dict[str, Any], problem: str
) -> None:
    with pytest.raises(ValueError, match=problem.replace("?", r"\?")):
        Holidays.from_rules([rule])
