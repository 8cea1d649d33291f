"""One cell of a jail's file as a value: text, day, instant, yes or no, one of some words. Nothing is guessed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

#: A cell and the zone of the jail to a value. Raises ValueError: what was expected, what was found, what to do.
Reader = Callable[[str, ZoneInfo], Any]

_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})|(\d{1,2})/(\d{1,2})/(\d{4})")
_WHEN = re.compile(
    r"(?P<day>\S+?)(?:[T ]\s*(?P<hour>\d{1,2}):?(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d+)?)?\s*(?P<half>[AaPp]\.?[Mm]\.?)?"
    r"\s*(?P<offset>Z|[+-]\d{2}:?\d{2})?)?"
)
_NUMBER = re.compile(r"\d{5}(\.\d+)?")
_YES = frozenset(("yes", "y", "true", "t", "1"))
_NO = frozenset(("no", "n", "false", "f", "0"))


def text(most: int) -> Reader:
    """Text of at most so many characters, spaces at its ends cut off."""

    def read(cell: str, zone: ZoneInfo) -> str:
        if len(cell) > most:
            raise ValueError(f"expected at most {most} characters, found {len(cell)}; shorten it")
        if "\0" in cell:
            raise ValueError("expected text, found a zero byte; take it out")
        return cell

    return read


def one_of(*words: str) -> Reader:
    """One of some words, in any case, spaces as underscores."""

    def read(cell: str, zone: ZoneInfo) -> str:
        word = cell.lower().replace(" ", "_").replace("-", "_")
        for known in words:
            if word == known.replace("-", "_"):
                return known
        raise ValueError(
            f"expected one of {', '.join(words)}, found “{short(cell)}”; say in the mapping which one it means"
        )

    return read


def yes_no(cell: str, zone: ZoneInfo) -> bool:
    word = cell.lower()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise ValueError(f"expected yes or no, found “{short(cell)}”; leave it empty where it is not known")


def day(cell: str, zone: ZoneInfo) -> date:
    """A day as 2019-05-04 or 5/4/2019 (month first); a time of midnight behind it is passed over."""
    found = _day(re.sub(r"[T ]0?0:00(:00(\.0+)?)?$", "", cell))
    if found is None:
        raise ValueError(_no_date(cell, "a day as 2019-05-04 or 5/4/2019 (month first)"))
    return found


def instant(cell: str, zone: ZoneInfo) -> datetime:
    """An instant, UTC, from a day and time with an offset, or from a local time of the jail that happened once."""
    found = _instant(cell, zone)
    if isinstance(found, str):
        raise ValueError(found)
    return found


@lru_cache(maxsize=4096)
def _instant(cell: str, zone: ZoneInfo) -> datetime | str:
    parts = _WHEN.fullmatch(cell)
    on = _day(parts["day"]) if parts else None
    if parts is None or on is None:
        return _no_date(cell, "a day and a time as 2026-03-01 22:00 or 3/1/2026 22:00")
    if parts["hour"] is None:
        return f"expected a time behind the day, found “{short(cell)}”; a day alone does not say when"
    hour, minute, second = int(parts["hour"]), int(parts["minute"]), int(parts["second"] or 0)
    if parts["half"]:
        if not 1 <= hour <= 12:
            return f"expected an hour from 1 to 12 before {parts['half']}, found “{short(cell)}”"
        hour = hour % 12 + (12 if parts["half"][0] in "Pp" else 0)
    if hour > 23 or minute > 59 or second > 59:
        return f"expected a time between 00:00 and 23:59, found “{short(cell)}”"
    local = datetime(on.year, on.month, on.day, hour, minute, second)  # noqa: DTZ001
    if parts["offset"]:
        try:
            exact = datetime.fromisoformat(f"{local.isoformat()}{parts['offset'].replace('Z', '+00:00')}")
        except ValueError:
            return f"expected an offset as -08:00, found “{short(parts['offset'])}”"
        return exact.astimezone(UTC)
    both = {
        one
        for fold in (0, 1)
        if (one := local.replace(tzinfo=zone, fold=fold).astimezone(UTC))
        .astimezone(zone)
        .replace(tzinfo=None)
        == local
    }
    if not both:
        return (
            f"expected a time that happened, found “{short(cell)}”: the clock was set forward an hour; write the time with its "
            f"offset, as {local.isoformat(' ', 'minutes')}-07:00"
        )
    if len(both) > 1:
        first, second_time = sorted(both)
        return (
            f"expected a time that happened once, found “{short(cell)}”: the clock was set back an hour; which one was it, "
            f"{first.astimezone(zone).isoformat(' ', 'minutes')} or {second_time.astimezone(zone).isoformat(' ', 'minutes')}?"
        )
    return both.pop()


@lru_cache(maxsize=4096)
def _day(cell: str) -> date | None:
    found = _DAY.fullmatch(cell)
    if found is None:
        return None
    year, month, on = (found[1], found[2], found[3]) if found[1] else (found[6], found[4], found[5])
    try:
        made = date(int(year), int(month), int(on))
    except ValueError:
        return None
    return made if 1900 <= made.year <= 2200 else None


def _no_date(cell: str, expected: str) -> str:
    if _NUMBER.fullmatch(cell) and 20_000 <= float(cell) <= 80_000:
        would = date(1899, 12, 30) + timedelta(days=int(float(cell)))
        return (
            f"expected {expected}, found Excel's number {short(cell)} ({would.isoformat()}, or four years later where the "
            "workbook counts from 1904); give the column the format yyyy-mm-dd hh:mm in Excel and save it again"
        )
    return f"expected {expected}, found “{short(cell)}”"


def short(cell: str) -> str:
    """A cell as an error shows it: one line of at most 60 characters."""
    plain = " ".join(cell.split())
    return plain if len(plain) <= 60 else f"{plain[:57]}…"
