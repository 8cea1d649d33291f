"""The day a public page speaks of: `?on=2026-03-02`, today where none is given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from bailiwick.desk.clock import now
from bailiwick.engine.zones import zone

FIRST, LAST = date(1996, 1, 1), date(2099, 12, 31)


@dataclass(frozen=True, slots=True)
class Asked:
    """A day, whether somebody chose it, and what was wrong with what was typed (then the day is today)."""

    day: date
    chosen: bool = False
    wrong: str = ""


def today(tz: str = "UTC") -> date:
    """The local day of now in a zone."""
    return now().astimezone(zone(tz)).date()


def asked(typed: str, tz: str = "UTC") -> Asked:
    """Read the day a form sent. Never raises: a wrong day is today, with a sentence that says what was expected."""
    if not typed.strip():
        return Asked(today(tz))
    try:
        day = date.fromisoformat(typed.strip())
    except ValueError:
        return Asked(
            today(tz),
            wrong=_("Expected a day like 2026-03-02, found “%(found)s”.") % {"found": typed[:40]},
        )
    if not FIRST <= day <= LAST:
        return Asked(
            today(tz), wrong=_("Expected a day from 1996 to 2099, found %(found)s.") % {"found": typed[:40]}
        )
    return Asked(day, chosen=True)
