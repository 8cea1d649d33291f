"""The day a public page speaks of: `?on=2026-03-02`, today where none is given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import QueryDict
from django.utils.translation import gettext as _

from bailiwick.desk.clock import now
from bailiwick.desk.public.choosing import NoChoice, typed
from bailiwick.engine.zones import zone

FIRST, LAST = date(1996, 1, 1), date(2099, 12, 31)


@dataclass(frozen=True, slots=True)
class Asked:
    """A day, and whether somebody chose it."""

    day: date
    chosen: bool = False


def today(tz: str = "UTC") -> date:
    """The local day of now in a zone."""
    return now().astimezone(zone(tz)).date()


def asked(given: QueryDict, tz: str = "UTC") -> Asked:
    """The day of `on`; today where it is empty.

    Raises:
        NoChoice: no day, or one before FIRST or after LAST.
    """
    value = typed(given, "on")
    if not value:
        return Asked(today(tz))
    try:
        day = date.fromisoformat(value)
    except ValueError:
        day = None
    if day is None or not FIRST <= day <= LAST:
        raise NoChoice("on", day_words(), value)
    return Asked(day, chosen=True)


def day_words() -> str:
    """Which days can be asked for."""
    return _("a day from 1996 to 2099, like 2026-03-02")
