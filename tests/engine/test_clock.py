"""Deadlines: each rule of `bailiwick.engine.clock` as an example, and all of them against a second
implementation."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bailiwick.engine.clock import Holidays, Length, check_clock, due, parse_length
from bailiwick.engine.lawbook import default_lawbook
from bailiwick.engine.places import load_places
from bailiwick.engine.zones import zone_spans
from tests.engine.second_clock import SecondClock, day_number, excluded_days

LAW = Path(__file__).parents[2] / "bailiwick" / "law"
#: Every table of holidays of the lawbook, by the government whose it is.
RULES: dict[str, list[dict[str, Any]]] = {
    name: yaml.safe_load((LAW / f"{name}.yaml").read_text(encoding="utf-8"))["holidays"]
    for name in ("us", "us/dc", "us/ny")
}
TABLES = {name: Holidays.from_rules(rules) for name, rules in RULES.items()}
FEDERAL = TABLES["us"]
ZONES = sorted({place.tz for place in load_places()})
CHICAGO, LOS_ANGELES, PHOENIX = "America/Chicago", "America/Los_Angeles", "America/Phoenix"
NEW_YORK = "America/New_York"


def run(
    start: str,
    length: str | None = None,
    *,
    until: str | None = None,
    excluding: bool = False,
    tz: str = CHICAGO,
) -> str:
    """The deadline as a local time with its offset; a start without an offset is local (first occurrence)."""
    calendar = "excluding_weekends_holidays" if excluding else "continuous"
    moment: date = date.fromisoformat(start) if len(start) == 10 else datetime.fromisoformat(start)
    if isinstance(moment, datetime) and moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(tz))
    found = due(moment, length=length, until=until, calendar=calendar, tz=tz, holidays=FEDERAL)
    assert found.tzinfo is UTC
    return found.astimezone(ZoneInfo(tz)).isoformat(timespec="minutes")


# hours


def test_48_hours_are_48_elapsed_hours() -> None:
    assert run("2026-03-02T09:00", "PT48H") == "2026-03-04T09:00-06:00"


def test_48_hours_over_the_night_the_clocks_go_forward_end_an_hour_later_on_the_wall() -> None:
    assert run("2026-03-07T09:00", "PT48H") == "2026-03-09T10:00-05:00"


def test_48_hours_over_the_night_the_clocks_go_back_end_an_hour_earlier_on_the_wall() -> None:
    assert run("2026-10-31T09:00", "PT48H") == "2026-11-02T08:00-06:00"


def test_a_negative_length_is_before_the_start() -> None:
    assert run("2026-03-09T10:00", "-PT48H") == "2026-03-07T09:00-06:00"


def test_minutes_are_counted() -> None:
    assert run("2026-03-02T09:00", "PT1H30M") == "2026-03-02T10:30-06:00"


def test_the_offset_in_which_the_start_was_written_does_not_matter() -> None:
    assert run("2026-03-02T15:00+00:00", "PT48H") == run("2026-03-02T10:00-05:00", "PT48H")


def test_arizona_keeps_its_clock_when_the_clocks_around_it_change() -> None:
    assert run("2026-03-07T09:00", "PT48H", tz=PHOENIX) == "2026-03-09T09:00-07:00"


# days, months, years


def test_a_day_is_the_same_time_on_the_next_local_day_whatever_its_hours() -> None:
    assert run("2026-03-07T09:00", "P1D") == "2026-03-08T09:00-05:00"
    assert run("2026-10-31T09:00", "P1D") == "2026-11-01T09:00-06:00"


def test_a_date_is_the_beginning_of_that_local_day() -> None:
    assert run("2026-03-08", "P0D") == "2026-03-08T00:00-06:00"
    assert run("2026-03-08", "P1D") == "2026-03-09T00:00-05:00"
    assert run("2026-03-08", "PT24H") == "2026-03-09T01:00-05:00"


def test_a_local_time_that_is_skipped_becomes_the_first_that_exists() -> None:
    assert run("2026-03-07T02:30", "P1D") == "2026-03-08T03:00-05:00"
    assert run("2026-03-07T02:00", "P1D") == "2026-03-08T03:00-05:00"
    assert run("2026-03-07T01:59", "P1D") == "2026-03-08T01:59-06:00"


def test_a_local_time_that_occurs_twice_is_the_first_of_the_two() -> None:
    assert run("2026-10-31T01:30", "P1D") == "2026-11-01T01:30-05:00"
    assert run("2026-11-02T01:30", "-P1D") == "2026-11-01T01:30-05:00"


def test_a_length_of_zero_is_the_start_itself() -> None:
    second_occurrence = "2026-11-01T01:30-06:00"
    assert run(second_occurrence, "P0D") == second_occurrence
    assert run(second_occurrence, "PT0H", excluding=True) == second_occurrence


@pytest.mark.parametrize(
    ("start", "length", "expected"),
    [
        ("2026-01-31T12:00", "P1M", "2026-02-28T12:00-06:00"),
        ("2028-01-31T12:00", "P1M", "2028-02-29T12:00-06:00"),
        ("2026-03-31T12:00", "-P1M", "2026-02-28T12:00-06:00"),
        ("2028-02-29T12:00", "P1Y", "2029-02-28T12:00-06:00"),
        ("2028-02-29T12:00", "P4Y", "2032-02-29T12:00-06:00"),
        ("2026-12-31T12:00", "P2M", "2027-02-28T12:00-06:00"),
        ("2026-06-15T12:00", "P1Y6M", "2027-12-15T12:00-06:00"),
        ("2026-06-15T12:00", "-P18M", "2024-12-15T12:00-06:00"),
    ],
)
def test_months_and_years_keep_the_day_or_take_the_last_of_the_month(
    start: str, length: str, expected: str
) -> None:
    assert run(start, length) == expected


def test_the_parts_of_a_mixed_length_are_taken_from_the_longest_to_the_shortest() -> None:
    assert run("2026-01-31T12:00", "P1M1D") == "2026-03-01T12:00-06:00"
    assert run("2026-03-07T09:00", "P1DT2H") == "2026-03-08T11:00-05:00"
    assert run("2026-03-09T02:30", "-P1DT1H") == "2026-03-08T01:00-06:00"


# weekends and holidays excluded


@pytest.mark.parametrize(
    ("start", "length", "expected"),
    [
        ("2026-03-02T09:00", "PT48H", "2026-03-04T09:00-06:00"),  # Monday to Wednesday
        ("2026-03-06T09:00", "PT48H", "2026-03-10T09:00-05:00"),  # Friday to Tuesday
        ("2026-03-07T09:00", "PT48H", "2026-03-11T00:00-05:00"),  # Saturday: Monday and Tuesday, whole
        ("2026-03-06T00:00", "PT24H", "2026-03-07T00:00-06:00"),  # a whole Friday, not one moment more
        ("2026-03-06T23:00", "PT2H", "2026-03-09T01:00-05:00"),
        ("2026-07-02T12:00", "PT24H", "2026-07-06T12:00-05:00"),  # 4 July 2026, a Saturday, is kept on Friday
        ("2027-07-02T12:00", "PT24H", "2027-07-06T12:00-05:00"),  # 4 July 2027, a Sunday, is kept on Monday
        ("2027-12-30T12:00", "PT24H", "2028-01-03T12:00-06:00"),  # 1 January 2028 is kept on 31 December
        ("2026-11-25T18:00", "PT12H", "2026-11-27T06:00-06:00"),  # Thanksgiving; the day after it counts
        ("2021-06-17T12:00", "PT24H", "2021-06-21T12:00-05:00"),  # the first Juneteenth, kept on Friday
        ("2020-06-18T12:00", "PT24H", "2020-06-19T12:00-05:00"),  # the year before it was no holiday
    ],
)
def test_excluded_days_do_not_count(start: str, length: str, expected: str) -> None:
    assert run(start, length, excluding=True) == expected


@pytest.mark.parametrize(
    ("start", "length", "expected"),
    [
        ("2026-03-10T09:00", "-PT48H", "2026-03-06T09:00-06:00"),
        ("2026-03-09T00:00", "-PT24H", "2026-03-06T00:00-06:00"),
        ("2026-03-08T12:00", "-PT24H", "2026-03-06T00:00-06:00"),
        ("2026-03-09T01:00", "-PT2H", "2026-03-06T23:00-06:00"),
        ("2026-07-06T12:00", "-PT24H", "2026-07-02T12:00-05:00"),
    ],
)
def test_counting_back_is_the_mirror_image(start: str, length: str, expected: str) -> None:
    assert run(start, length, excluding=True) == expected


def test_a_counted_day_of_23_hours_gives_23_hours() -> None:
    """The clocks of the states change on Sundays; Guam's went forward on Wednesday 26 May 1976."""
    assert run("1976-05-26T00:00", "PT23H", excluding=True, tz="Pacific/Guam") == "1976-05-27T00:00+11:00"
    assert run("1976-05-26T00:00", "PT24H", excluding=True, tz="Pacific/Guam") == "1976-05-27T01:00+11:00"


@pytest.mark.parametrize(
    ("start", "length", "expected"),
    [
        ("2026-03-06T10:00", "P1D", "2026-03-09T10:00-05:00"),
        ("2026-03-07T10:00", "P1D", "2026-03-09T10:00-05:00"),
        ("2026-03-02T10:00", "P5D", "2026-03-09T10:00-05:00"),
        ("2026-07-01T10:00", "P2D", "2026-07-06T10:00-05:00"),
        ("2026-03-09T10:00", "-P1D", "2026-03-06T10:00-06:00"),
        ("2026-03-08T10:00", "-P1D", "2026-03-06T10:00-06:00"),
        ("2026-03-06", "P2D", "2026-03-10T00:00-05:00"),
        ("2026-03-06T10:00", "P1DT20H", "2026-03-10T06:00-05:00"),
        ("2026-02-06T10:00", "P1M1D", "2026-03-09T10:00-05:00"),
        ("2026-02-07T10:00", "P1M", "2026-03-07T10:00-06:00"),
    ],
)
def test_only_counted_days_are_counted(start: str, length: str, expected: str) -> None:
    assert run(start, length, excluding=True) == expected


# until


@pytest.mark.parametrize(
    ("start", "until", "expected"),
    [
        ("2026-03-02T09:00", "23:59", "2026-03-02T23:59-06:00"),
        ("2026-03-02", "17:00", "2026-03-02T17:00-06:00"),
        ("2026-03-03T03:00+00:00", "23:59", "2026-03-02T23:59-06:00"),  # the local day, not that of UTC
        ("2026-03-08T00:30", "02:30", "2026-03-08T03:00-05:00"),  # skipped
        ("2026-11-01T00:30", "01:30", "2026-11-01T01:30-05:00"),  # occurs twice
        ("2026-03-02T18:00", "17:00", "2026-03-02T18:00-06:00"),  # past already
    ],
)
def test_until_is_a_local_time_on_the_local_day_of_the_start_and_never_before_it(
    start: str, until: str, expected: str
) -> None:
    assert run(start, until=until) == expected


# errors


@pytest.mark.parametrize(
    "length",
    [
        *("", "P", "PT", "P1DT", "48", "PT48", "48H", "P1H", "PT1D", "P1W", "PT1.5H", "PT1S", "P123456D"),
        *("P-1D", "+P1D", "--P1D", "pt48h", "P1M1Y", "PT1M1H", "PT٤H", " PT1H", "PT1H ", "PT1H\n"),
    ],
)
def test_a_bad_length_is_an_error(length: str) -> None:
    with pytest.raises(ValueError, match="bad length"):
        run("2026-03-02T09:00", length)


def test_a_datetime_without_time_zone_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"2026-03-02T09:00:00 has no time zone"):
        due(
            datetime(2026, 3, 2, 9),  # noqa: DTZ001
            length="PT48H",
            until=None,
            calendar="continuous",
            tz=CHICAGO,
            holidays=FEDERAL,
        )


@pytest.mark.parametrize("tz", ["America/Springfield", "", "America", "../zone", "CST6CST7"])
def test_an_unknown_zone_is_an_error(tz: str) -> None:
    with pytest.raises(ValueError, match="unknown time zone"):
        run("2026-03-02T09:00+00:00", "PT48H", tz=tz)


@pytest.mark.parametrize(
    ("terms", "problem"),
    [
        ({"length": "PT48H", "until": None, "calendar": "business"}, "unknown calendar 'business'"),
        ({"length": None, "until": None, "calendar": "continuous"}, "either a length or a time of day"),
        ({"length": "PT48H", "until": "17:00", "calendar": "continuous"}, "either a length or a time of day"),
        ({"length": None, "until": "24:00", "calendar": "continuous"}, "bad time of day '24:00'"),
        ({"length": None, "until": "5 pm", "calendar": "continuous"}, "bad time of day '5 pm'"),
        ({"length": "two days", "until": None, "calendar": "continuous"}, "bad length 'two days'"),
        (
            {"length": None, "until": "17:00", "calendar": "excluding_weekends_holidays"},
            "counts no time",
        ),
    ],
)
def test_wrong_terms_are_found_when_the_law_is_loaded_and_when_it_is_used(
    terms: dict[str, Any], problem: str
) -> None:
    with pytest.raises(ValueError, match=problem):
        check_clock(**terms)
    with pytest.raises(ValueError, match=problem):
        due(date(2026, 3, 2), tz=CHICAGO, holidays=FEDERAL, **terms)


def test_right_terms_pass_the_check() -> None:
    check_clock(length="PT48H", until=None, calendar="excluding_weekends_holidays")
    check_clock(length=None, until="23:59", calendar="continuous")


@pytest.mark.parametrize("length", ["P9000Y", "-P9000Y", "P99999M", "-P99999M"])
def test_a_deadline_outside_the_calendar_is_an_error(length: str) -> None:
    for excluding in (False, True):
        with pytest.raises(ValueError, match="leaves the years 1 to 9999"):
            run("2026-03-02T09:00", length, excluding=excluding)


def test_a_length_is_read_into_months_days_and_elapsed_time() -> None:
    assert parse_length("-P1Y2M3DT4H5M") == Length(-14, -3, -timedelta(hours=4, minutes=5))


# against the second implementation

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST = day_number(1970, 1, 1) * 86_400
LAST = day_number(2101, 1, 1) * 86_400


@cache
def excluded(whose: str) -> set[int]:
    return excluded_days(RULES[whose])


@cache
def second(tz: str, whose: str = "us") -> SecondClock:
    return SecondClock(tz, excluded(whose))


@cache
def turns(tz: str) -> list[int]:
    """The seconds at which the zone's offset or the year changes."""
    years = [day_number(year, 1, 1) * 86_400 for year in range(1970, 2101)]
    return years + [span.utc_from for span in zone_spans(tz)]


@st.composite
def cases(draw: st.DrawFn) -> tuple[str, int]:
    """A zone and a start in microseconds: anywhere, or within two days of a change of offset or of a new
    year."""
    tz = draw(st.sampled_from(ZONES))
    if draw(st.booleans()):
        seconds = draw(st.sampled_from(turns(tz))) + draw(st.integers(-172_800, 172_800))
    else:
        seconds = draw(st.integers(FIRST, LAST - 1))
    return tz, 1_000_000 * seconds + draw(st.sampled_from([0, 0, 1, 999_999]))


def durations() -> st.SearchStrategy[str]:
    def write(sign: str, parts: tuple[int, int, int, int, int]) -> str:
        years, months, days, hours, minutes = (
            f"{n}{unit}" if n else "" for n, unit in zip(parts, "YMDHM", strict=True)
        )
        clock = f"T{hours}{minutes}" if hours or minutes else ""
        return f"{sign}P{years}{months}{days}{clock}" if any(parts) else f"{sign}PT0H"

    few = st.one_of(st.just(0), st.integers(0, 9))
    parts = st.tuples(few, few, st.one_of(few, st.integers(0, 400)), st.one_of(few, st.integers(0, 999)), few)
    simple = st.sampled_from(["PT24H", "PT48H", "-PT48H", "P1D", "P5D", "-P3D", "P1M", "P1Y", "PT72H"])
    return st.one_of(simple, st.builds(write, st.sampled_from(["", "-"]), parts))


def ours(
    start: datetime | date, tz: str, length: str | None, until: str | None, calendar: str, whose: str = "us"
) -> int:
    found = due(start, length=length, until=until, calendar=calendar, tz=tz, holidays=TABLES[whose])
    return (found - EPOCH) // timedelta(microseconds=1)


@settings(max_examples=4000)
@given(cases(), durations(), st.sampled_from(["continuous", "excluding_weekends_holidays"]))
@example((CHICAGO, 0), "PT0H", "excluding_weekends_holidays")
@example((LOS_ANGELES, FIRST * 1_000_000), "-P9Y", "continuous")
def test_both_implementations_give_the_same_deadline(
    case: tuple[str, int], length: str, calendar: str
) -> None:
    tz, start = case
    moment = EPOCH + timedelta(microseconds=start)
    expected = second(tz).due(start, length, None, calendar)
    assert ours(moment, tz, length, None, calendar) == expected


def test_every_table_of_the_lawbook_is_among_those_compared() -> None:
    assert default_lawbook().holidays.keys() == TABLES.keys()


@pytest.mark.parametrize("whose", TABLES)
def test_both_implementations_know_the_same_holidays(whose: str) -> None:
    first = date(1970, 1, 1).toordinal()
    for number in range(day_number(1970, 1, 1), day_number(2101, 1, 1)):
        day = date.fromordinal(first + number)
        assert TABLES[whose].counts(day.toordinal()) is (number not in excluded(whose)), day


@settings(max_examples=1000)
@given(st.sampled_from([*TABLES]), st.integers(FIRST, LAST - 1), durations())
def test_both_implementations_give_the_same_deadline_by_every_table(
    whose: str, second_of: int, length: str
) -> None:
    start, calendar = 1_000_000 * second_of, "excluding_weekends_holidays"
    expected = second(NEW_YORK, whose).due(start, length, None, calendar)
    moment = EPOCH + timedelta(microseconds=start)
    assert ours(moment, NEW_YORK, length, None, calendar, whose) == expected


@settings(max_examples=500)
@given(cases(), st.times().map(lambda t: f"{t:%H:%M}"))
def test_both_implementations_give_the_same_time_of_day(case: tuple[str, int], until: str) -> None:
    tz, start = case
    moment = EPOCH + timedelta(microseconds=start)
    assert ours(moment, tz, None, until, "continuous") == second(tz).due(start, None, until, "continuous")


@settings(max_examples=500)
@given(
    st.sampled_from(ZONES),
    st.dates(date(1970, 1, 1), date(2100, 12, 31)),
    durations(),
    st.sampled_from(["continuous", "excluding_weekends_holidays"]),
)
def test_both_implementations_begin_a_date_at_the_same_instant(
    tz: str, day: date, length: str, calendar: str
) -> None:
    number = day.toordinal() - date(1970, 1, 1).toordinal()
    assert ours(day, tz, length, None, calendar) == second(tz).due_from_day(number, length, None, calendar)


@settings(max_examples=300)
@given(cases(), st.integers(0, 2000), st.integers(0, 2000))
def test_counted_hours_add_up(case: tuple[str, int], first: int, then: int) -> None:
    tz, start = case
    moment = EPOCH + timedelta(microseconds=start)

    def after(begun: datetime, hours: int) -> datetime:
        return due(
            begun,
            length=f"PT{hours}H",
            until=None,
            calendar="excluding_weekends_holidays",
            tz=tz,
            holidays=FEDERAL,
        )

    assert after(after(moment, first), then) == after(moment, first + then)
