"""Time zones as tables: the exact spans of each offset from UTC, also for SQL that knows no time zones.

Everything here comes from the IANA data that `zoneinfo` finds; nothing is rounded. Instants are whole seconds
since 1970-01-01T00:00:00Z (`utc`), offsets are seconds to add to UTC to get the local time.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

#: Transitions are looked for between instants this far apart, then found to the second by bisection. No span
#: of an American zone since 1970 is shorter than seven weeks; the tests compare the result with the zone
#: files themselves.
_STRIDE = 7 * 86_400


class Span(NamedTuple):
    """One zone keeps one offset during `[utc_from, utc_to)`."""

    zone: str
    utc_from: int
    utc_to: int
    offset: int


class ZoneYear(NamedTuple):
    """One zone in one year of UTC, which has at most two changes of offset.

    With `u` the instant in seconds and `utc_year` its year in UTC, the local time is

        u + CASE WHEN u < change_1 THEN offset_0 WHEN u < change_2 THEN offset_1 ELSE offset_2 END

    so a join on (zone, utc_year) and two comparisons give the local date in any SQL. Changes that a year does
    not have stand at its end, with the last offset repeated; no column is ever null.
    """

    zone: str
    utc_year: int
    offset_0: int
    change_1: int
    offset_1: int
    change_2: int
    offset_2: int


@lru_cache(maxsize=1024)
def zone(tz: str) -> ZoneInfo:
    """The zone of that IANA name.

    Raises:
        ValueError: no such zone.
    """
    try:
        return ZoneInfo(tz)
    except (ZoneInfoNotFoundError, OSError, ValueError):
        raise ValueError(f"unknown time zone {tz!r}: expected an IANA name such as America/Chicago") from None


@lru_cache(maxsize=256)
def zone_spans(tz: str, first_year: int = 1970, last_year: int = 2100) -> tuple[Span, ...]:
    """The spans of one zone from the first second of `first_year` to the last of `last_year`, both in UTC."""
    found = zone(tz)

    def offset(utc: int) -> int:
        seen_there = datetime.fromtimestamp(utc, found).utcoffset()
        assert seen_there is not None
        return seen_there // timedelta(seconds=1)

    spans = []
    begun, last = _new_year(first_year), _new_year(last_year + 1)
    current, seen = offset(begun), begun
    while seen < last:
        ahead = min(seen + _STRIDE, last)
        if offset(ahead) == current:
            seen = ahead
            continue
        before, after = seen, ahead
        while after - before > 1:
            middle = (before + after) // 2
            if offset(middle) == current:
                before = middle
            else:
                after = middle
        if after < last:
            spans.append(Span(tz, begun, after, current))
            begun, current = after, offset(after)
        seen = after
    spans.append(Span(tz, begun, last, current))
    return tuple(spans)


@lru_cache(maxsize=256)
def zone_years(tz: str, first_year: int = 1970, last_year: int = 2100) -> tuple[ZoneYear, ...]:
    """One row a UTC year, in order.

    Raises:
        ValueError: an unknown zone, or a year with more than two changes; no place's zone has one.
    """
    spans = zone_spans(tz, first_year, last_year)
    rows = []
    for year in range(first_year, last_year + 1):
        begin, end = _new_year(year), _new_year(year + 1)
        here = [span for span in spans if span.utc_from < end and span.utc_to > begin]
        if len(here) > 3:
            raise ValueError(
                f"{tz} changed its offset {len(here) - 1} times in {year}: a row has room for two"
            )
        offsets = [span.offset for span in here]
        changes = [span.utc_from for span in here[1:]]
        offsets += offsets[-1:] * (3 - len(offsets))
        changes += [end] * (2 - len(changes))
        rows.append(ZoneYear(tz, year, offsets[0], changes[0], offsets[1], changes[1], offsets[2]))
    return tuple(rows)


def _new_year(year: int) -> int:
    return int(datetime(year, 1, 1, tzinfo=UTC).timestamp())
