"""Legal holidays by rule, as a law file lists them under `holidays:`.

    holidays:
      - {name: Independence Day, month: 7, day: 4, observed: nearest_weekday}
      - {name: Labor Day, month: 9, weekday: monday, nth: 1}
      - {name: Memorial Day, month: 5, weekday: monday, nth: -1, from: 1971-01-01}
      - {name: Lincoln's birthday, month: 2, day: 12, observed: monday_after_sunday}
      - {name: General election day, month: 11, weekday: tuesday, nth: 1, on_or_after: 2}
      - {name: Inauguration Day, month: 1, day: 20, every: 4, from: 1937-01-20}

A rule gives each year one day: a day of the month, or the nth weekday of the month (-1 or `last` is the last
one); `on_or_after` begins the count of weekdays at that day of the month, so that the Tuesday after the first
Monday is the first on or after the 2nd. `every: 4` leaves three years out after each, from the year of `from`.
`from` and `to` bound that day, half open, in the way of every span
of the law files. `observed` adds another day where the holiday falls on a weekend: `nearest_weekday` the
Friday before a Saturday and the Monday after a Sunday (5 U.S.C. § 6103(b); Executive Order 11582),
`monday_after_sunday` the Monday only (N.Y. Gen. Constr. Law § 24). It may lie in the neighbouring year:
1 January 2028 is a Saturday, so 31 December 2027 is a federal holiday.
"""

from __future__ import annotations

import calendar
import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_KEYS = ("name", "month", "day", "weekday", "nth", "on_or_after", "every", "observed", "from", "to")
_REMARKS = ("cite", "note", "says", "standing")
#: What a line of the list may say.
KEYS = _KEYS + _REMARKS
_SATURDAY, _SUNDAY = 5, 6
#: `observed` -> day of the week on which the holiday falls -> how many days from it the other day lies.
_OBSERVED: dict[object, dict[int, int]] = {
    None: {},
    "nearest_weekday": {_SATURDAY: -1, _SUNDAY: 1},
    "monday_after_sunday": {_SUNDAY: 1},
}


@dataclass(frozen=True, slots=True)
class HolidayRule:
    """One line of the table. Either `day`, or `weekday` (Monday is 0) and `nth`, is set; `first` is the day of
    the month at which the count of weekdays begins, `shifts` what `observed` says.
    """

    name: str
    month: int
    day: int | None
    weekday: int | None
    nth: int | None
    first: int
    every: int
    shifts: Mapping[int, int]
    begins: date
    ends: date

    def days(self, year: int) -> list[date]:
        """The holiday's own day of that year, then its observed day if that is another; none where it has
        none."""
        own = self._own_day(year)
        if own is None or not self.begins <= own < self.ends or (year - self.begins.year) % self.every:
            return []
        shift = self.shifts.get(own.weekday(), 0)
        return [own, date.fromordinal(own.toordinal() + shift)] if shift else [own]

    def _own_day(self, year: int) -> date | None:
        first, length = calendar.monthrange(year, self.month)
        if self.day is not None:
            return date(year, self.month, self.day) if self.day <= length else None
        assert self.weekday is not None
        assert self.nth is not None
        if self.nth < 0:
            last = (first + length - 1) % 7
            return date(year, self.month, length - (last - self.weekday) % 7)
        day = self.first + (self.weekday - first - self.first + 1) % 7 + 7 * (self.nth - 1)
        return date(year, self.month, day) if day <= length else None


class Holidays:
    """The holidays of one law. Immutable; the days of a year are worked out once."""

    __slots__ = ("_rules", "_years")

    def __init__(self, rules: Iterable[HolidayRule] = ()) -> None:
        self._rules = tuple(rules)
        self._years: dict[int, frozenset[int]] = {}

    @classmethod
    def from_rules(cls, rules: Iterable[Mapping[str, object]]) -> Holidays:
        """Read the list under `holidays:` of a law file; `cite`, `note`, `says` and `standing` may stand in a
        rule.

        Raises:
            ValueError: a rule that cannot be read, with its name and what was expected.
        """
        return cls(read_rule(rule) for rule in rules)

    def is_holiday(self, day: date) -> bool:
        """Whether that local day is a holiday: its own day, or the day on which it is observed."""
        return day.toordinal() in self._of(day.year)

    def counts(self, ordinal: int) -> bool:
        """Whether the day of that proleptic ordinal is neither Saturday, Sunday nor a holiday."""
        return (ordinal - 1) % 7 < _SATURDAY and ordinal not in self._of(date.fromordinal(ordinal).year)

    def _of(self, year: int) -> frozenset[int]:
        known = self._years.get(year)
        if known is None:
            # A day observed in this year may belong to a holiday of the year before or after.
            near = range(max(year - 1, date.min.year), min(year + 1, date.max.year) + 1)
            days = (day for rule in self._rules for other in near for day in rule.days(other))
            known = self._years[year] = frozenset(day.toordinal() for day in days if day.year == year)
        return known


def read_rule(rule: Mapping[str, object]) -> HolidayRule:
    """One line of the list. Raises ValueError as `Holidays.from_rules` does."""
    name = rule.get("name")
    if not isinstance(name, str) or not name:
        raise ValueError(f"a holiday needs a name; found {dict(rule)!r}")
    for key in rule:
        if key not in KEYS:
            near = difflib.get_close_matches(str(key), KEYS, n=1)
            raise _wrong(name, "key", key, f"{near[0]}?" if near else ", ".join(_KEYS))
    month, day, nth = rule.get("month"), rule.get("day"), rule.get("nth")
    nth = -1 if nth == "last" else nth
    weekday, observed, first = rule.get("weekday"), rule.get("observed"), rule.get("on_or_after")
    if not (isinstance(month, int) and 1 <= month <= 12):
        raise _wrong(name, "month", month, "1 to 12")
    if not isinstance(observed, str | None) or observed not in _OBSERVED:
        raise _wrong(name, "observed", observed, "nearest_weekday, monday_after_sunday, or nothing")
    shifts = _OBSERVED[observed]
    begins, ends = _bound(name, rule, "from", date.min), _bound(name, rule, "to", date.max)
    every = rule.get("every", 1)
    if not (isinstance(every, int) and every >= 1):
        raise _wrong(name, "every", every, "a number of years")
    if every > 1 and rule.get("from") is None:
        raise ValueError(f"holiday {name!r}: every {every} years from which? Give from")
    if day is not None:
        if weekday is not None or nth is not None or first is not None:
            raise ValueError(f"holiday {name!r}: give either day, or weekday and nth")
        longest = calendar.monthrange(2024, month)[1]
        if not (isinstance(day, int) and 1 <= day <= longest):
            raise _wrong(name, "day", day, f"1 to {longest}")
        return HolidayRule(name, month, day, None, None, 1, every, shifts, begins, ends)
    if not (isinstance(weekday, str) and weekday.lower() in _WEEKDAYS):
        raise _wrong(name, "weekday", weekday, "monday to sunday, or a day of the month under day")
    if not (isinstance(nth, int) and nth in (-1, 1, 2, 3, 4, 5)):
        raise _wrong(name, "nth", nth, "1 to 5, or -1 for the last")
    if first is not None and not (isinstance(first, int) and 1 <= first <= 28 and nth > 0):
        raise _wrong(name, "on_or_after", first, "1 to 28, beside an nth that counts from the front")
    index = _WEEKDAYS.index(weekday.lower())
    return HolidayRule(
        name, month, None, index, nth, 1 if first is None else first, every, shifts, begins, ends
    )


def _bound(name: str, rule: Mapping[str, object], key: str, default: date) -> date:
    value = rule.get(key)
    try:
        if isinstance(value, str):
            return date.fromisoformat(value)
    except ValueError:
        raise _wrong(name, key, value, "a date such as 2021-06-17") from None
    if value is not None and type(value) is not date:
        raise _wrong(name, key, value, "a date such as 2021-06-17")
    return value or default


def _wrong(name: str, key: str, found: object, expected: str) -> ValueError:
    return ValueError(f"holiday {name!r}: {key} is {found!r}; expected {expected}")
