"""Deadlines: from a start, a length and a calendar to the UTC instant at which a clock runs out.

Lengths are ISO 8601 durations of years, months, days, hours and minutes (`PT48H`, `P5D`, `P1Y6M`, `P1DT2H`);
a minus sign in front counts back (`-PT48H`). The parts are taken in that order, each by its own measure:

* **years, months**: steps of the local calendar that keep the local time of day; where the day does not
  exist, the last of its month (31 January + 1 month is 28 or 29 February).
* **days**: steps of the local calendar that keep the local time of day, so that a day of 23 or 25 hours is
  one day.
* **hours, minutes**: elapsed time, which a change of the clocks neither stretches nor shrinks.

A local time that a change of the clocks skips becomes the first that exists after it; one that occurs twice
is the first of the two. A start that is a date is the beginning of that local day.

With `excluding_weekends_holidays`, Saturdays, Sundays and the holidays of the law do not count:

* **hours, minutes** elapse only during local days that count, so a counted day of 23 hours gives 23. The
  result is the earliest instant at which the whole length has elapsed: 24 hours from Friday 0:00 are over at
  the end of Friday. From a Saturday, counting begins on Monday at 0:00. Backwards it is the mirror image: the
  latest instant from which the whole length elapses before the start; 24 hours back from Monday 0:00 is
  Friday 0:00, and so is it from Sunday noon.
* **days**: the nth day that counts after the local day of the start (before it, if negative) at the same
  local time. The day of the start itself is never counted. `P1D` from Friday 10:00 and from Saturday 10:00
  are Monday 10:00.
* **years, months** are steps of the calendar as above; only the parts after them are counted.

A length of zero is the start itself, counted day or not. `until: "17:00"` is that local time on the local day
of the start; a start already past it is its own deadline: the result is never before the start.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from .holidays import Holidays
from .zones import zone

__all__ = ["CALENDARS", "Holidays", "Length", "check_clock", "due", "parse_length"]

CALENDARS = ("continuous", "excluding_weekends_holidays")

_LENGTH = re.compile(
    r"(-?)P(?=.*[0-9])(?:([0-9]{1,5})Y)?(?:([0-9]{1,5})M)?(?:([0-9]{1,5})D)?"
    r"(?:T(?=[0-9])(?:([0-9]{1,5})H)?(?:([0-9]{1,5})M)?)?"
)
_UNTIL = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
_DAYBREAK = time()
_NOTHING = timedelta()
_SECOND = timedelta(seconds=1)


class Length(NamedTuple):
    """An ISO 8601 duration, each part with its sign."""

    months: int
    days: int
    time: timedelta


def due(
    start: datetime | date,
    *,
    length: str | None,
    until: str | None,
    calendar: str,
    tz: str,
    holidays: Holidays,
) -> datetime:
    """When a clock that starts at `start` runs out.

    Args:
        start: an instant (with a time zone), or a date, which is the beginning of that local day.
        length: ISO 8601 duration; exactly one of `length` and `until` is given.
        until: local time of day, `HH:MM`.
        calendar: one of `CALENDARS`; `until` takes `continuous` only, for it counts nothing.
        tz: IANA name of the zone of the place.
        holidays: of the law of the place; read only where they are excluded.

    Returns:
        An instant in UTC.

    Raises:
        ValueError: a datetime without time zone, an unknown zone, a bad length, an unknown calendar, or a
            result outside the years 1 to 9999.
    """
    here = zone(tz)
    counting = _counting(length, until, calendar)
    if isinstance(start, datetime):
        if start.utcoffset() is None:
            raise ValueError(f"a clock starts at an instant: {start.isoformat()} has no time zone")
        begun = start.astimezone(UTC)
    else:
        begun = _instant(datetime.combine(start, _DAYBREAK, here), here)
    if until is not None:
        today = begun.astimezone(here)
        return max(begun, _instant(datetime.combine(today, _time_of_day(until), here), here))
    assert length is not None
    step = parse_length(length)
    try:
        if step.months or step.days:
            begun = _step(begun, step, here, holidays if counting else None)
        if counting and step.time:
            return _elapse(begun, step.time, here, holidays)
        return begun + step.time
    except (OverflowError, ValueError):
        raise ValueError(f"a clock of {length} from {start.isoformat()} leaves the years 1 to 9999") from None


def check_clock(*, length: str | None, until: str | None, calendar: str) -> None:
    """Check the terms of a clock when a law is loaded, before any case needs it.

    Raises:
        ValueError: what `due` would raise for any start.
    """
    _counting(length, until, calendar)
    if length is not None:
        parse_length(length)
    if until is not None:
        _time_of_day(until)


@lru_cache(maxsize=1024)
def parse_length(text: str) -> Length:
    """Read an ISO 8601 duration of years to minutes, in whole numbers of at most five digits.

    Raises:
        ValueError: the text is not one.
    """
    match = _LENGTH.fullmatch(str(text))  # YAML gives 48 as a number
    if not match:
        raise ValueError(
            f"bad length {text!r}: expected an ISO 8601 duration such as PT48H, P5D, P1Y or -PT48H"
        )
    sign = -1 if match[1] else 1
    years, month, days, hours, minutes = (sign * int(part or 0) for part in match.groups()[1:])
    return Length(12 * years + month, days, timedelta(hours=hours, minutes=minutes))


def _counting(length: str | None, until: str | None, calendar: str) -> bool:
    """Whether weekends and holidays are left out."""
    if calendar not in CALENDARS:
        raise ValueError(f"unknown calendar {calendar!r}: expected {' or '.join(CALENDARS)}")
    if (length is None) == (until is None):
        raise ValueError(
            f"a clock has either a length or a time of day: found length {length!r} and until {until!r}"
        )
    counting = calendar != CALENDARS[0]
    if counting and until is not None:
        raise ValueError(
            f"until {until!r} counts no time, so its calendar is {CALENDARS[0]}: found {calendar}"
        )
    return counting


@lru_cache(maxsize=256)
def _time_of_day(text: str) -> time:
    match = _UNTIL.fullmatch(text)
    if not match:
        raise ValueError(f"bad time of day {text!r}: expected HH:MM from 00:00 to 23:59")
    return time(int(match[1]), int(match[2]))


def _instant(wall: datetime, here: ZoneInfo) -> datetime:
    """The first instant at which the clock on the wall shows that time or, where it skips it, a later one.

    `wall` is in the zone `here`, with fold 0.
    """
    instant = wall.astimezone(UTC)
    shown = instant.astimezone(here)
    if shown == wall:
        return instant
    # The offset from before the skip leads past it, the one from after it to before it: the skip is between.
    before, after = wall.utcoffset(), shown.utcoffset()
    assert before is not None
    assert after is not None
    late = instant.replace(microsecond=0)
    early = late - (after - before)
    while late - early > _SECOND:
        middle = early + (late - early) // _SECOND // 2 * _SECOND
        if middle.astimezone(here).utcoffset() == before:
            early = middle
        else:
            late = middle
    return late


@lru_cache(maxsize=8192)
def _midnight(ordinal: int, here: ZoneInfo) -> datetime:
    """The instant at which the local day of that proleptic ordinal begins."""
    return _instant(datetime.combine(date.fromordinal(ordinal), _DAYBREAK, here), here)


def _step(begun: datetime, step: Length, here: ZoneInfo, excluded: Holidays | None) -> datetime:
    """Years, months and days: to another local day, at the same local time."""
    wall = begun.astimezone(here)
    target = today = wall.toordinal()
    if step.months:
        year, month = divmod(12 * wall.year + wall.month - 1 + step.months, 12)
        target = date(year, month + 1, min(wall.day, monthrange(year, month + 1)[1])).toordinal()
    target = target + step.days if excluded is None else _counted_day(target, step.days, excluded)
    # In one zone, adding days moves the time on the wall; it also leaves the second of two occurrences.
    return _instant(wall + timedelta(days=target - today), here)


def _counted_day(ordinal: int, days: int, excluded: Holidays) -> int:
    direction = 1 if days > 0 else -1
    while days:
        ordinal += direction
        if excluded.counts(ordinal):
            days -= direction
    return ordinal


def _elapse(begun: datetime, length: timedelta, here: ZoneInfo, excluded: Holidays) -> datetime:
    """Hours and minutes that elapse only during the local days that count."""
    day = begun.astimezone(here).toordinal()
    while length > _NOTHING:
        end = _midnight(day + 1, here)
        if excluded.counts(day):
            if length <= end - begun:
                return begun + length
            length -= end - begun
        begun, day = end, day + 1
    while length < _NOTHING:
        beginning = _midnight(day, here)
        if excluded.counts(day):
            if length >= beginning - begun:
                return begun + length
            length += begun - beginning
        begun, day = beginning, day - 1
    return begun
