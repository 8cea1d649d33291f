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

LAW = Path(__file__).parents[2] / "bailiwick" / "law"


def table(name: str) -> Holidays:
    """The holidays of a law file."""
    return Holidays.from_rules(yaml.safe_load((LAW / f"{name}.yaml").read_text(encoding="utf-8"))["holidays"])


FEDERAL, DISTRICT, NEW_YORK = table("us"), table("us/dc"), table("us/ny")


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


def test_a_holiday_on_a_sunday_may_be_kept_on_monday_and_one_on_a_saturday_nowhere_else() -> None:
    fourth = only(month=7, day=4, observed="monday_after_sunday")
    assert days(fourth, 2026) == ["2026-07-04"]
    assert days(fourth, 2027) == ["2027-07-04", "2027-07-05"]


def test_the_tuesday_after_the_first_monday() -> None:
    election = only(month=11, weekday="tuesday", nth=1, on_or_after=2)
    assert days(election, 2016) == ["2016-11-08"]  # the 1st is a Tuesday, before the first Monday
    assert days(election, 2020) == ["2020-11-03"]
    assert days(election, 2021) == ["2021-11-02"]
    assert days(only(month=11, weekday="tuesday", nth=4, on_or_after=9), 2021) == ["2021-11-30"]
    assert days(only(month=11, weekday="tuesday", nth=5, on_or_after=9), 2021) == []


def test_a_holiday_of_every_fourth_year() -> None:
    inauguration = only(month=1, day=20, every=4, **{"from": "1937-01-20"})
    found = [year for year in range(1930, 2030) if days(inauguration, year)]
    assert found == [*range(1937, 2030, 4)]


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
    ("year", "expected"),
    [
        # by a paper calendar, from D.C. Code § 28-2701
        (2014, "01-01 01-20 02-17 04-16 05-26 07-04 09-01 10-13 11-11 11-27 12-25"),
        (2016, "01-01 01-18 02-15 04-15 04-16 05-30 07-04 09-05 10-10 11-11 11-24 12-25 12-26"),
        (2017, "01-01 01-02 01-16 01-20 02-20 04-16 04-17 05-29 07-04 09-04 10-09 11-10 11-11 11-23 12-25"),
        (2023, "01-01 01-02 01-16 02-20 04-16 04-17 05-29 06-19 07-04 09-04 10-09 11-10 11-11 11-23 12-25"),
        (2029, "01-01 01-15 01-20 02-19 04-16 05-28 06-19 07-04 09-03 10-08 11-11 11-12 11-22 12-25"),
    ],
)
def test_the_holidays_of_the_district_are_those_of_its_code(year: int, expected: str) -> None:
    """20 January 2029 is a Saturday; the day of an inauguration is not moved to Friday."""
    assert days(DISTRICT, year) == [f"{year}-{day}" for day in expected.split()]


def test_emancipation_day_came_into_the_section_in_2006_and_juneteenth_in_2022() -> None:
    assert [year for year in range(2000, 2010) if DISTRICT.is_holiday(date(year, 4, 16))] == [
        *range(2006, 2010)
    ]
    assert [y for y in range(2015, 2026) if DISTRICT.is_holiday(date(y, 6, 19))] == [2023, 2024, 2025]


def test_an_inauguration_on_a_sunday_is_kept_on_monday_too() -> None:
    assert DISTRICT.is_holiday(date(2013, 1, 21))
    later = Holidays.from_rules(
        [
            {
                "name": "Day",
                "month": 1,
                "day": 20,
                "every": 4,
                "observed": "monday_after_sunday",
                "from": "1937-01-20",
            }
        ]
    )
    assert days(later, 2013) == ["2013-01-20", "2013-01-21"]


@pytest.mark.parametrize(
    ("year", "expected"),
    [
        # by a paper calendar, from N.Y. Gen. Constr. Law § 24
        (2015, "01-01 01-19 02-12 02-16 05-25 06-14 07-04 09-07 10-12 11-03 11-11 11-26 12-25"),
        (2016, "01-01 01-18 02-12 02-15 05-30 06-12 07-04 09-05 10-10 11-08 11-11 11-24 12-25 12-26"),
        (2017, "01-01 01-02 01-16 02-12 02-13 02-20 05-29 06-11 07-04 09-04 10-09 11-07 11-11 11-23 12-25"),
        (2021, "01-01 01-18 02-12 02-15 05-31 06-13 06-19 07-04 07-05 09-06 10-11 11-02 11-11 11-25 12-25"),
        (
            2022,
            "01-01 01-17 02-12 02-21 05-30 06-12 06-19 06-20 07-04 09-05 10-10 11-08 11-11 11-24 12-25 12-26",
        ),
    ],
)
def test_the_public_holidays_of_new_york_are_those_of_its_code(year: int, expected: str) -> None:
    """A holiday on a Saturday (4 July 2015, 19 June and 25 December 2021, 1 January 2022) is kept on no other day."""
    assert days(NEW_YORK, year) == [f"{year}-{day}" for day in expected.split()]


def test_juneteenth_became_a_public_holiday_of_new_york_after_june_2020() -> None:
    assert [y for y in range(2018, 2023) if NEW_YORK.is_holiday(date(y, 6, 19))] == [2021, 2022]


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
        ({"name": "Day", "month": 2, "day": 1, "on_or_after": 2}, "either day, or weekday and nth"),
        ({"name": "Day", "month": 2, "weekday": "monday", "nth": 1, "on_or_after": 30}, "on_or_after is 30"),
        ({"name": "Day", "month": 2, "weekday": "monday", "nth": -1, "on_or_after": 2}, "on_or_after is 2"),
        ({"name": "Day", "month": 2, "day": 1, "every": 0}, "every is 0; expected a number of years"),
        ({"name": "Day", "month": 2, "day": 1, "every": 4}, "every 4 years from which? Give from"),
        ({"name": "Day", "month": 2, "day": 1, "from": "June"}, "from is 'June'; expected a date"),
        ({"name": "Day", "month": 2, "day": 1, "to": 2021}, "to is 2021; expected a date"),
    ],
)
def test_a_rule_that_cannot_be_read_is_an_error_that_says_what_was_expected(
    rule: dict[str, Any], problem: str
) -> None:
    with pytest.raises(ValueError, match=problem.replace("?", r"\?")):
        Holidays.from_rules([rule])
