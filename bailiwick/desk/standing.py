"""One sentence that says where things stand with a person in custody."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from bailiwick.custody.clocks import held_until
from bailiwick.custody.models import Booking, Departure
from bailiwick.desk.templatetags.bailiwick import away, day

#: For what the caller has not looked up.
UNKNOWN: Any = object()
_LEFT = {
    Departure.Kind.RELEASED: _lazy("Free since %(when)s"),
    Departure.Kind.TRANSFERRED_IMMIGRATION: _lazy("Handed over to immigration authorities at %(when)s"),
    Departure.Kind.TRANSFERRED_OTHER: _lazy("Transferred to another custodian at %(when)s"),
    Departure.Kind.DIED: _lazy("Died in custody at %(when)s"),
}


def standing(
    booking: Booking,
    at: datetime,
    *,
    left_open: int | None = None,
    grounds: int | None = None,
    limit: Any = UNKNOWN,
) -> str:
    """`Free since 03:41 PST; nothing open.` `left_open`, `grounds` and `limit`: how many things are due and grounds are
    open, and when a hold ends, where the caller knows already."""
    if left_open is None:
        left_open = booking.dues.filter(done_at=None, void_at=None).count()
    if booking.left_at is not None:
        return f"{_left(booking, at)}; {_open(left_open)}."
    if booking.t0 is None:
        if grounds is None:
            grounds = booking.grounds.filter(ended_at=None).count()
        if not grounds:
            return _("In custody, and no ground is written down: add why the person is kept.")
        return ngettext(
            "In custody: %(n)s ground is open.", "In custody: %(n)s grounds are open.", grounds
        ) % {"n": grounds}
    if booking.t0 > at:
        return _("In custody until %(when)s (%(far)s), when the last ground ends.") % _when(
            booking, booking.t0, at
        )
    limit = held_until(booking)[0] if limit is UNKNOWN else limit
    if limit is None or limit <= booking.t0:
        return _("Must be free: the last ground ended at %(when)s (%(far)s).") % _when(
            booking, booking.t0, at
        )
    if limit > at:
        return _("Held on a detainer: must be free by %(when)s (%(far)s), and not a minute later.") % _when(
            booking, limit, at
        )
    return _("Must be free: the hold ended at %(when)s (%(far)s), and it can’t be made longer.") % _when(
        booking, limit, at
    )


def _left(booking: Booking, at: datetime) -> str:
    assert booking.left_at is not None
    kind = booking.departure.kind if hasattr(booking, "departure") else Departure.Kind.RELEASED
    return str(_LEFT[Departure.Kind(kind)]) % _when(booking, booking.left_at, at)


def _open(number: int) -> str:
    if not number:
        return _("nothing open")
    return ngettext("%(n)s thing is still open", "%(n)s things are still open", number) % {"n": number}


def _when(booking: Booking, value: datetime, at: datetime) -> dict[str, Any]:
    """The local time, with the day where it is another one."""
    there, here = value.astimezone(booking.agency.tz), at.astimezone(booking.agency.tz)
    when = f"{there:%H:%M %Z}"
    if there.date() != here.date():
        when = _("%(day)s, %(time)s") % {"day": day(there.date()), "time": when}
    return {"when": when, "far": away(value)}
