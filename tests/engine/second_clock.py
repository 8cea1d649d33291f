"""A second, independent way to compute deadlines, to hold `bailiwick.engine.clock` against.

It shares no code and no method with the first. Zones are read from the zone files themselves (RFC 8536) with
their rule for later years; all times are whole microseconds; a zone is one table of days from 1955 to 2115
with the instant at which each begins and the time counted before it; a clock is then one look-up by bisection
in that table.

The one thought behind the local times: the instant that belongs to a wall-clock time is *the first instant at
which the clock on the wall shows that time or a later one*. It gives the first of two occurrences and the end
of a gap by itself.
"""

from __future__ import annotations

import struct
import zoneinfo
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from importlib import resources
from itertools import accumulate, groupby
from pathlib import Path

SECOND = 1_000_000
MINUTE, HOUR, DAY = 60 * SECOND, 3_600 * SECOND, 86_400 * SECOND
FIRST_YEAR, LAST_YEAR = 1955, 2115
LONG_AGO = -(1 << 62)

Rules = Sequence[Mapping[str, object]]
#: One spell of one offset: first instant, the instant after its last, offset; all in microseconds.
Spell = tuple[int, int, int]

_CUMULATIVE = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365)


def is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def month_length(year: int, month: int) -> int:
    return _CUMULATIVE[month] - _CUMULATIVE[month - 1] + (month == 2 and is_leap(year))


def day_number(year: int, month: int, day: int) -> int:
    """Days since 1970-01-01, by counting leap years."""
    leaps = (year - 1) // 4 - (year - 1) // 100 + (year - 1) // 400 - 477
    return 365 * (year - 1970) + leaps + _CUMULATIVE[month - 1] + (month > 2 and is_leap(year)) + day - 1


# zone files


def zone_file(name: str) -> bytes:
    for folder in zoneinfo.TZPATH:
        path = Path(folder, name)
        if path.is_file():
            return path.read_bytes()
    return resources.files("tzdata").joinpath("zoneinfo", *name.split("/")).read_bytes()


def zone_spells(name: str) -> list[Spell]:
    """Every spell of the zone from long ago to the end of `LAST_YEAR`, neighbours with one offset joined."""
    data = zone_file(name)

    def header(at: int) -> tuple[int, ...]:
        return struct.unpack(">6l", data[at + 20 : at + 44])

    isut, isstd, leaps, times, types, letters = header(0)
    at = 44 + times * 5 + types * 6 + letters + leaps * 8 + isstd + isut  # the second block has 64-bit times
    isut, isstd, leaps, times, types, letters = header(at)
    at += 44
    when = struct.unpack(f">{times}q", data[at : at + 8 * times])
    index = data[at + 8 * times : at + 9 * times]
    at += 9 * times
    offsets = [struct.unpack(">lBB", data[at + 6 * n : at + 6 * n + 6])[0] for n in range(types)]
    at += types * 6 + letters + leaps * 12 + isstd + isut
    footer = data[at:].decode().strip()

    changes = [(LONG_AGO // SECOND, offsets[0]), *zip(when, (offsets[i] for i in index), strict=True)]
    last = changes[-1][0]
    changes += [change for change in footer_changes(footer) if change[0] > last]
    joined = [next(group) for _, group in groupby(changes, key=lambda change: change[1])]
    ends = [utc for utc, _ in joined[1:]] + [day_number(LAST_YEAR + 1, 1, 1) * 86_400]
    return [(utc * SECOND, end * SECOND, off * SECOND) for (utc, off), end in zip(joined, ends, strict=True)]


def footer_changes(footer: str) -> list[tuple[int, int]]:
    """Changes of offset, in order, that a rule such as `CST6CDT,M3.2.0,M11.1.0` makes; none for `MST7`."""
    names, *dates = footer.split(",")
    if not dates:
        return []
    standard, rest = clock_field(skip_name(names))
    summer_name = skip_name(rest)
    summer = -clock_field(summer_name)[0] if summer_name else -standard + 3_600
    changes = []
    for year in range(1970, LAST_YEAR + 1):
        changes.append((rule_second(dates[0], year) + standard, summer))
        changes.append((rule_second(dates[1], year) - summer, -standard))
    return sorted(changes)


def skip_name(text: str) -> str:
    if text.startswith("<"):
        return text[text.index(">") + 1 :]
    return text.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")


def clock_field(text: str) -> tuple[int, str]:
    """Seconds of a leading `[+-]hh[:mm[:ss]]`, and what follows it."""
    end = next((n for n, letter in enumerate(text) if letter not in "+-:0123456789"), len(text))
    sign = -1 if text.startswith("-") else 1
    parts = [int(part) for part in text[:end].lstrip("+-").split(":")] + [0, 0]
    return sign * (parts[0] * 3_600 + parts[1] * 60 + parts[2]), text[end:]


def rule_second(rule: str, year: int) -> int:
    """The second since 1970, as the wall clock reads before the change, of `Mm.w.d[/time]` in that year."""
    date, _, at = rule.partition("/")
    month, week, weekday = (int(part) for part in date[1:].split("."))
    days = [day_number(year, month, day) for day in range(1, month_length(year, month) + 1)]
    matching = [day for day in days if (day + 4) % 7 == weekday]  # 1970-01-01 was a Thursday; Sunday is 0
    return matching[min(week, len(matching)) - 1] * 86_400 + (clock_field(at)[0] if at else 7_200)


# days


def excluded_days(rules: Rules) -> set[int]:
    """The numbers of every Saturday, Sunday and holiday, asked day by day: which rule names this day or a
    neighbour?"""
    calendar = [
        (year, month, day)
        for year in range(FIRST_YEAR, LAST_YEAR + 1)
        for month in range(1, 13)
        for day in range(1, month_length(year, month) + 1)
    ]
    first = day_number(FIRST_YEAR, 1, 1)
    named: set[int] = set()
    to_friday: set[int] = set()
    to_monday: set[int] = set()
    for number, (year, month, day) in enumerate(calendar, first):
        for rule in rules:
            if rule["month"] != month or not in_force(rule, f"{year:04}-{month:02}-{day:02}"):
                continue
            if rule.get("day") == day or (rule.get("day") is None and is_nth(rule, year, month, day, number)):
                named.add(number)
                if rule.get("observed") == "nearest_weekday":
                    to_friday.add(number)
                if rule.get("observed") in ("nearest_weekday", "monday_after_sunday"):
                    to_monday.add(number)
    excluded = set(named)
    for number in range(first, first + len(calendar)):
        weekday = (number + 3) % 7  # Monday is 0
        friday_before = weekday == 4 and number + 1 in to_friday
        monday_after = weekday == 0 and number - 1 in to_monday
        if weekday > 4 or friday_before or monday_after:
            excluded.add(number)
    return excluded


def in_force(rule: Mapping[str, object], day: str) -> bool:
    begins = str(rule.get("from") or "0000")
    years_between = int(day[:4]) - int(begins[:4])
    return (
        begins <= day < str(rule.get("to") or "9999") and years_between % int(str(rule.get("every", 1))) == 0
    )


def is_nth(rule: Mapping[str, object], year: int, month: int, day: int, number: int) -> bool:
    names = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    if names[(number + 3) % 7] != str(rule["weekday"]).lower():
        return False
    if rule["nth"] in (-1, "last"):
        return day + 7 > month_length(year, month)
    weeks, _ = divmod(day - int(str(rule.get("on_or_after", 1))), 7)
    return weeks + 1 == rule["nth"]


# clocks


class SecondClock:
    """Deadlines in one zone with one set of excluded days (`excluded_days`)."""

    def __init__(self, tz: str, excluded: set[int]) -> None:
        spells = zone_spells(tz)
        self.begins = [begin for begin, _, _ in spells]
        self.offsets = [offset for _, _, offset in spells]
        #: The latest wall-clock time that any spell up to this one reaches.
        self.reached = list(accumulate((end + offset for _, end, offset in spells), max))
        self.first = day_number(FIRST_YEAR, 1, 1)
        numbers = range(self.first, day_number(LAST_YEAR, 12, 31))
        self.midnights = [self.instant(number * DAY) for number in [*numbers, numbers.stop]]
        self.counted = [number for number in numbers if number not in excluded]
        lengths = (
            0 if number in excluded else self.midnights[n + 1] - self.midnights[n]
            for n, number in enumerate(numbers)
        )
        self.before = list(accumulate(lengths, initial=0))

    def wall(self, instant: int) -> int:
        return instant + self.offsets[bisect_right(self.begins, instant) - 1]

    def instant(self, wall: int) -> int:
        spell = bisect_right(self.reached, wall)
        return max(self.begins[spell], wall - self.offsets[spell])

    def due(self, start: int, length: str | None, until: str | None, calendar: str) -> int:
        """The deadline of a clock that starts at an instant; both in microseconds since 1970 in UTC."""
        if until is not None:
            hour, minute = until.split(":")
            today = self.wall(start) // DAY * DAY
            return max(start, self.instant(today + int(hour) * HOUR + int(minute) * MINUTE))
        assert length is not None
        excluding = calendar == "excluding_weekends_holidays"
        months, days, elapsed = read_length(length)
        if months or days:
            number, within = divmod(self.wall(start), DAY)
            number = add_months(number, months)
            if days and excluding:
                nth = bisect_right if days > 0 else bisect_left
                number = self.counted[nth(self.counted, number) + (days - 1 if days > 0 else days)]
            else:
                number += days
            start = self.instant(number * DAY + within)
        if not (excluding and elapsed):
            return start + elapsed
        day = bisect_right(self.midnights, start) - 1
        counts = self.before[day + 1] > self.before[day]
        if not 0 <= day < len(self.midnights) - 1:
            raise IndexError("the start is outside the table of days")
        target = self.before[day] + (start - self.midnights[day] if counts else 0) + elapsed
        day = bisect_left(self.before, target) - 1 if elapsed > 0 else bisect_right(self.before, target) - 1
        if not 0 <= day < len(self.midnights) - 1:
            raise IndexError("the deadline is outside the table of days")
        return self.midnights[day] + target - self.before[day]

    def due_from_day(self, number: int, length: str | None, until: str | None, calendar: str) -> int:
        """The same from the beginning of a local day, counted from 1970-01-01."""
        return self.due(self.instant(number * DAY), length, until, calendar)


def add_months(number: int, months: int) -> int:
    """The day `months` later, or the last of its month, found by guessing the year and month and looking
    around."""
    if not months:
        return number
    year = 1970 + number * 400 // 146_097
    while day_number(year + 1, 1, 1) <= number:
        year += 1
    while day_number(year, 1, 1) > number:
        year -= 1
    month = 12
    while day_number(year, month, 1) > number:
        month -= 1
    day = number - day_number(year, month, 1) + 1
    for _ in range(abs(months)):
        month += 1 if months > 0 else -1
        if month == 13:
            year, month = year + 1, 1
        elif month == 0:
            year, month = year - 1, 12
    return day_number(year, month, min(day, month_length(year, month)))


def read_length(text: str) -> tuple[int, int, int]:
    """Months, days and elapsed microseconds of an ISO 8601 duration, read letter by letter."""
    sign = -1 if text[0] == "-" else 1
    units = {"PY": (12, 0, 0), "PM": (1, 0, 0), "PD": (0, 1, 0), "TH": (0, 0, HOUR), "TM": (0, 0, MINUTE)}
    months = days = elapsed = 0
    part, digits = "P", ""
    for letter in text.lstrip("-")[1:]:
        if letter.isdigit():
            digits += letter
        elif letter == "T":
            part = "T"
        else:
            unit = units[part + letter]
            months, days, elapsed = (
                total + sign * int(digits) * size
                for total, size in zip((months, days, elapsed), unit, strict=True)
            )
            digits = ""
    return months, days, elapsed
