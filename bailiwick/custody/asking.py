"""Requests of outside agencies, the papers that came with them, and claims of citizenship."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from django.db import transaction

from bailiwick.custody import clocks, deciding
from bailiwick.custody.acting import Actor, note, opened
from bailiwick.custody.errors import Refused
from bailiwick.custody.models import Answer, Booking, CitizenClaim, Due, Request, Scan, Subpoena

#: Forms that never ask to hold anybody, with the kind of request they are.
NEVER_A_HOLD = {"I-247G": "release_notification_request", "I-247N": "release_notification_request"}

REQUEST_FIELDS = (
    "form",
    "received_how",
    "requesting_agency",
    "requesting_officer",
    "requesting_contact",
    "warrant",
    "signed",
    "complete",
    "basis",
    "fields",
)


@transaction.atomic
def receive(
    actor: Actor,
    booking: Booking,
    *,
    kind: str,
    received_at: datetime,
    version: int | None = None,
    **fields: Any,
) -> Request:
    """A request as it stands on the paper. `fields` are REQUEST_FIELDS.

    Raises:
        Refused: the kind or a field is not known, the time lies in the future, or the form never asks for a hold.
    """
    from bailiwick.engine.facts import FACTS

    held = opened(actor, booking, version)
    kinds = FACTS["request.kind"].values
    if kind not in kinds:
        raise Refused(
            "Kind of request: expected one of %(kinds)s; found '%(kind)s'.", kinds=", ".join(kinds), kind=kind
        )
    if received_at > actor.at:
        raise Refused("Received at: expected a time that has passed, found one in the future.")
    strange = sorted(set(fields) - set(REQUEST_FIELDS))
    if strange:
        raise Refused(
            "A request: expected fields %(request_fields)s; found %(strange)s.",
            request_fields=", ".join(REQUEST_FIELDS),
            strange=", ".join(strange),
        )
    form = str(fields.get("form", ""))
    if form in NEVER_A_HOLD and kind == "immigration_detainer":
        raise Refused(
            "Form %(form)s never asks for a hold: expected %(never_a_hold)s, found %(kind)s.",
            form=form,
            never_a_hold=NEVER_A_HOLD[form],
            kind=kind,
        )
    request = Request.objects.create(
        agency=actor.agency, booking=held, kind=kind, received_at=received_at, **fields
    )
    note(actor, "request.received", held, request=request.pk, kind=kind, received_at=received_at, **fields)
    deciding.answer(actor, request)
    clocks.settle(actor, held)
    return request


@transaction.atomic
def serve(actor: Actor, request: Request, *, at: datetime, how: str) -> Request:
    """The person was given a copy, at a time and in a manner."""
    held = opened(actor, request.booking)
    request = Request.objects.select_for_update().get(pk=request.pk)
    if at > actor.at:
        raise Refused("Given at: expected a time that has passed, found one in the future.")
    if at < request.received_at:
        raise Refused("Given at: expected a time after the request was received, found one before.")
    request.served_at, request.served_how = at, how
    request.save(update_fields=["served_at", "served_how"])
    note(actor, "request.served", held, request=request.pk, at=at, manner=how)
    for due in Due.objects.filter(request=request, paper="copy_of_request", done_at=None, void_at=None):
        clocks.done(actor, due, how=f"given to the person: {how}")
    deciding.again(actor, held)
    return request


@transaction.atomic
def withdraw(actor: Actor, request: Request, *, because: str = "") -> Request:
    """The asking agency took its request back: its clocks and questions end."""
    held = opened(actor, request.booking)
    request = Request.objects.select_for_update().get(pk=request.pk)
    if request.withdrawn_at is not None:
        raise Refused("This request has been withdrawn already.")
    request.withdrawn_at, request.withdrawn_because = actor.at, because
    request.save(update_fields=["withdrawn_at", "withdrawn_because"])
    Answer.objects.filter(request=request, superseded_at=None).update(superseded_at=actor.at)
    Due.objects.filter(request=request, done_at=None, void_at=None).update(void_at=actor.at)
    note(actor, "request.withdrawn", held, request=request.pk, because=because)
    deciding.again(actor, held)
    return request


@transaction.atomic
def attach(
    actor: Actor,
    *,
    name: str,
    media_type: str,
    content: bytes,
    request: Request | None = None,
    subpoena: Subpoena | None = None,
    booking: Booking | None = None,
) -> Scan:
    """Keep a paper as it came. The caller has checked size and type; the record holds its SHA-256."""
    booking = booking or (request.booking if request else subpoena.booking if subpoena else None)
    scan = Scan.objects.create(
        agency=actor.agency,
        booking=booking,
        request=request,
        subpoena=subpoena,
        name=name[:200],
        media_type=media_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        content=content,
    )
    about = booking or subpoena or scan
    note(actor, "scan.attached", about, scan=scan.pk, name=scan.name, sha256=scan.sha256, size=scan.size)
    return scan


@transaction.atomic
def claim_citizenship(
    actor: Actor, booking: Booking, *, says: str, proof_kind: str = "", version: int | None = None
) -> CitizenClaim:
    """The person says they are a citizen, or shows proof: no hold goes on until somebody reviewed it."""
    held = opened(actor, booking, version)
    claim = CitizenClaim.objects.create(
        agency=actor.agency, booking=held, said_at=actor.at, says=says, proof_kind=proof_kind
    )
    note(actor, "citizenship.claimed", held, claim=claim.pk, says=says, proof_kind=proof_kind)
    clocks.owe(
        actor,
        kind=Due.Kind.CITIZEN,
        booking=held,
        source=f"citizen/{claim.pk}",
        what="review the claim of U.S. citizenship; nobody is held on an immigration detainer until then",
        since=actor.at,
        due_at=actor.at,
    )
    deciding.again(actor, held)
    return claim


@transaction.atomic
def review_claim(actor: Actor, claim: CitizenClaim, *, finding: str, says: str) -> CitizenClaim:
    """What the review found, with its reason."""
    held = opened(actor, claim.booking)
    claim = CitizenClaim.objects.select_for_update().get(pk=claim.pk)
    if claim.reviewed_at is not None:
        raise Refused("This claim has been reviewed already.")
    if finding not in CitizenClaim.Finding.values:
        raise Refused(
            "Finding: expected %(finding)s, found '%(finding_found)s'.",
            finding=" or ".join(CitizenClaim.Finding.values),
            finding_found=finding,
        )
    if not says.strip():
        raise Refused("The review: expected the reason in a sentence, found nothing.")
    claim.reviewed_at, claim.finding, claim.review_says = actor.at, finding, says
    claim.save(update_fields=["reviewed_at", "finding", "review_says"])
    note(actor, "citizenship.reviewed", held, claim=claim.pk, finding=finding, says=says)
    clocks.done_source(actor, held, f"citizen/{claim.pk}", how=says)
    deciding.again(actor, held)
    return claim
