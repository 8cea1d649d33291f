"""The release gate: what stands in the way of closing a file, and how a person leaves."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from bailiwick.custody import clocks
from bailiwick.custody.acting import Actor, note, opened
from bailiwick.custody.errors import Blocked, Refused
from bailiwick.custody.models import Booking, Departure, Due


class Stands(NamedTuple):
    """Something in the way. `blocks`: the departure cannot be recorded until it is done."""

    what: str
    cite: str
    blocks: bool
    due: Due | None = None


def limit_of(booking: Booking) -> datetime | None:
    """The instant by which the person must be free, None while a ground is open."""
    if booking.t0 is None:
        return None
    return clocks.held_until(booking)[0] or booking.t0


def gate(booking: Booking, at: datetime, kind: str = Departure.Kind.RELEASED) -> list[Stands]:
    """What stands in the way of a departure of this kind at this instant, the blocking ones first."""
    out: list[Stands] = []
    if kind == Departure.Kind.RELEASED and (booking.t0 is None or booking.t0 > at):
        out.append(Stands("A ground of custody is still open: end it first, or record a transfer.", "", True))
    for due in booking.dues.filter(kind=Due.Kind.PAPER, done_at=None, void_at=None).order_by("pk"):
        if kind != Departure.Kind.DIED:
            out.append(Stands(f"To be given before the file closes: {due.what}", due.cite, True, due))
    if kind == Departure.Kind.TRANSFERRED_IMMIGRATION:
        out += _hand_over(booking)
    limit = limit_of(booking)
    if limit is not None and at > limit and kind != Departure.Kind.DIED:
        out.append(Stands("The limit had run out before this departure: say why.", "", False))
    return sorted(out, key=lambda one: not one.blocks)


def _hand_over(booking: Booking) -> list[Stands]:
    signed = [answer for answer in clocks.current(booking) if clocks.in_force(answer)]
    out = []
    if booking.citizen_claims.filter(reviewed_at=None).exists():
        out.append(Stands("A claim of U.S. citizenship waits for review.", "", True))
    if not any((answer.chosen or {}).get("transfer") == "honor" for answer in signed):
        out.append(Stands("Nobody has signed for handing this person over.", "", True))
    return out


@transaction.atomic
def depart(
    actor: Actor,
    booking: Booking,
    *,
    kind: str,
    at: datetime,
    to: str = "",
    past_limit_reason: str = "",
    says: str = "",
    version: int | None = None,
) -> Departure:
    """Record how and when the person left. Released, handed over and transferred are different events.

    Raises:
        Refused: something in the gate blocks, the time lies in the future or before the booking, or the limit had run out and
            no reason is given.
    """
    held = opened(actor, booking, version)
    if kind not in Departure.Kind.values:
        raise Refused(
            "Departure: expected one of %(kind)s; found '%(kind_found)s'.",
            kind=", ".join(Departure.Kind.values),
            kind_found=kind,
        )
    if at > actor.at:
        raise Refused("Left at: expected a time that has passed, found one in the future.")
    if at < held.booked_at:
        raise Refused("Left at: expected a time after the booking, found one before.")
    blocking = [one for one in gate(held, at, kind) if one.blocks]
    if blocking:
        raise Blocked(one.what for one in blocking)
    limit = limit_of(held)
    late = limit is not None and at > limit and kind != Departure.Kind.DIED
    if late and not past_limit_reason.strip():
        assert limit is not None
        raise Refused("The limit had run out when the person left: write why in a sentence.")
    departure = Departure.objects.create(
        agency=actor.agency,
        booking=held,
        kind=kind,
        at=at,
        to=to,
        limit_at=limit if late else None,
        past_limit_reason=past_limit_reason if late else "",
        says=says,
    )
    held.left_at = at
    held.save(update_fields=["left_at"])
    note(
        actor,
        "departure.recorded",
        held,
        kind_of_departure=kind,
        at=at,
        to=to,
        t0=held.t0,
        limit=limit,
        past_limit=late,
        past_limit_reason=departure.past_limit_reason,
        says=says,
    )
    _close(actor, held)
    return departure


def _close(actor: Actor, booking: Booking) -> None:
    """The release clock is done; questions and signatures nobody needs any more end."""
    for due in booking.dues.filter(done_at=None, void_at=None):
        if due.kind == Due.Kind.FREE:
            clocks.done(actor, due, how="the person left")
        elif due.kind in (Due.Kind.FACT, Due.Kind.SIGN, Due.Kind.SECOND, Due.Kind.COUNSEL):
            clocks.void(actor, booking, due.source, due.request)
