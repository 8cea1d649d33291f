"""Subpoenas and requests for information: intake, whether the person may be told, route to counsel, answer."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from bailiwick.custody import clocks
from bailiwick.custody.acting import Actor, note
from bailiwick.custody.errors import Refused
from bailiwick.custody.models import Booking, Due, Subpoena

KINDS = ("administrative_subpoena", "judicial_subpoena", "information_request")


@transaction.atomic
def take_in(
    actor: Actor,
    *,
    number: str,
    kind: str,
    issued_by: str,
    received_at: datetime,
    return_at: datetime | None = None,
    named_person: str = "",
    booking: Booking | None = None,
    asks_for: str = "",
    telling: str = Subpoena.Telling.UNKNOWN,
) -> Subpoena:
    """Write down a subpoena as it came. Its return date becomes something due."""
    _known(telling)
    number = number.strip()
    if kind not in KINDS:
        raise Refused("Kind: expected one of %(kinds)s; found '%(kind)s'.", kinds=", ".join(KINDS), kind=kind)
    if not number:
        raise Refused("Number: expected the number on the paper or one of your own, found nothing.")
    if Subpoena.objects.filter(agency=actor.agency, number=number).exists():
        raise Refused("Subpoena %(number)s exists already; open it, or give another number.", number=number)
    if received_at > actor.at:
        raise Refused("Received at: expected a time that has passed, found one in the future.")
    if return_at is not None and return_at < received_at:
        raise Refused("Return date: expected one after it was received, found one before.")
    subpoena = Subpoena.objects.create(
        agency=actor.agency,
        number=number,
        kind=kind,
        issued_by=issued_by,
        received_at=received_at,
        return_at=return_at,
        named_person=named_person,
        booking=booking,
        asks_for=asks_for,
        telling=telling,
    )
    note(
        actor,
        "subpoena.received",
        subpoena,
        number=number,
        kind_of_paper=kind,
        issued_by=issued_by,
        received_at=received_at,
        return_at=return_at,
        named_person=named_person,
        booking=booking,
        asks_for=asks_for,
        telling=telling,
    )
    clocks.owe(
        actor,
        kind=Due.Kind.SUBPOENA,
        subpoena=subpoena,
        source="subpoena",
        what=f"answer subpoena {number} of {issued_by}",
        since=received_at,
        due_at=return_at,
    )
    return subpoena


@transaction.atomic
def may_tell(actor: Actor, subpoena: Subpoena, telling: str, *, why: str = "") -> Subpoena:
    """Whether the person named may be told of it, as found now; also after it was answered. `why` names the order or the law."""
    _known(telling)
    held = _of_agency(actor, subpoena)
    held.telling = Subpoena.Telling(telling)
    held.save(update_fields=["telling"])
    note(actor, "subpoena.telling", held, telling=telling, why=why)
    return held


@transaction.atomic
def to_counsel(actor: Actor, subpoena: Subpoena, *, why: str = "") -> Subpoena:
    """Hand it to counsel. It stays due."""
    subpoena = _held(actor, subpoena)
    subpoena.state = Subpoena.State.COUNSEL
    subpoena.save(update_fields=["state"])
    note(actor, "subpoena.to_counsel", subpoena, why=why)
    clocks.owe(
        actor,
        kind=Due.Kind.COUNSEL,
        subpoena=subpoena,
        source="counsel",
        what=f"counsel: subpoena {subpoena.number}",
        since=actor.at,
        due_at=subpoena.return_at,
    )
    return subpoena


@transaction.atomic
def answer(actor: Actor, subpoena: Subpoena, *, says: str) -> Subpoena:
    """What was answered. Closes everything that was due for it."""
    if not says.strip():
        raise Refused("The answer: expected what was given or why nothing was, found nothing.")
    subpoena = _held(actor, subpoena)
    subpoena.state, subpoena.answer, subpoena.answered_at = Subpoena.State.ANSWERED, says, actor.at
    subpoena.save(update_fields=["state", "answer", "answered_at"])
    note(actor, "subpoena.answered", subpoena, says=says)
    for due in Due.objects.filter(subpoena=subpoena, done_at=None, void_at=None):
        clocks.done(actor, due, how="answered")
    return subpoena


def _known(telling: str) -> None:
    if telling not in Subpoena.Telling.values:
        raise Refused(
            "May be told: expected one of %(telling)s; found '%(telling_found)s'.",
            telling=", ".join(Subpoena.Telling.values),
            telling_found=telling,
        )


def _of_agency(actor: Actor, subpoena: Subpoena) -> Subpoena:
    held = Subpoena.objects.select_for_update().get(pk=subpoena.pk)
    if held.agency_id != actor.agency.pk:
        raise Refused("Subpoena %(number)s belongs to another agency.", number=held.number)
    return held


def _held(actor: Actor, subpoena: Subpoena) -> Subpoena:
    held = _of_agency(actor, subpoena)
    if held.state == Subpoena.State.ANSWERED:
        raise Refused("Subpoena %(number)s has been answered already.", number=held.number)
    return held
