"""Print a paper, record that it was given, note who looked at it: each with its event in the same transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import transaction

from bailiwick.custody import asking, clocks
from bailiwick.custody.acting import Actor, note
from bailiwick.custody.errors import Refused
from bailiwick.custody.models import Booking, Due, Paper, Request, Subpoena
from bailiwick.papers.composing import Asked, compose
from bailiwick.papers.extract import extract
from bailiwick.papers.pdf import pdf
from bailiwick.papers.registry import PAPERS
from bailiwick.papers.reviewing import is_draft
from bailiwick.papers.sheet import Sheets


def asked_for(
    actor: Actor,
    paper: str,
    language: str = "",
    *,
    booking: Booking | None = None,
    request: Request | None = None,
    subpoena: Subpoena | None = None,
    release: datetime | None = None,
) -> Asked:
    """One paper of this agency. Without a language: the person's own where the paper has it, else English.

    Raises:
        Refused: no such paper, or a request, subpoena or booking of somebody else.
    """
    kind = PAPERS.get(paper)
    if kind is None:
        raise Refused(
            "Paper: expected one of %(papers)s; found '%(paper)s'.", papers=", ".join(PAPERS), paper=paper
        )
    booking = request.booking if request else booking or (subpoena.booking if subpoena else None)
    for row in (booking, request, subpoena):
        if row is not None and row.agency_id != actor.agency.pk:
            raise Refused(
                "%(title)s: expected a file of %(agency)s, found one of another agency.",
                title=kind.title,
                agency=actor.agency,
            )
    own = booking.person.language if booking else "en"
    chosen = language or (own if own in kind.languages else "en")
    if release is None and booking is not None and paper.startswith("release_notice"):
        release = booking.t0
    return Asked(paper, chosen, actor.at, actor.agency, booking, request, subpoena, release)


def sheets_of(asked: Asked) -> Sheets:
    """What would be printed. Raises Refused where the file lacks what the paper must say."""
    drafted = is_draft(asked.agency, asked.paper, asked.language)
    if asked.paper == "record_extract":
        return extract(asked, drafted)
    return compose(asked, drafted)


@transaction.atomic
def print_paper(actor: Actor, asked: Asked) -> Paper:
    """Make the PDF and keep it with its text. Nothing is given by printing: `give` records that."""
    asked = replace(asked, at=actor.at)
    sheets = sheets_of(asked)
    made = pdf(sheets)
    drafted = len(sheets.sheets) > 1 and is_draft(asked.agency, asked.paper, asked.language)
    row = Paper.objects.create(
        agency=actor.agency,
        booking=asked.booking,
        request=asked.request,
        subpoena=asked.subpoena,
        paper=asked.paper,
        language=asked.language,
        drafted=drafted,
        printed_at=actor.at,
        sha256=sha256(made).hexdigest(),
        pdf=made,
        text=sheets.text,
        said=sheets.said,
    )
    note(
        actor,
        "paper.printed",
        _about(row),
        paper=row.paper,
        row=row.pk,
        request=asked.request.pk if asked.request else None,
        language=row.language,
        drafted=drafted,
        sha256=row.sha256,
        text_sha256=sha256(row.text.encode()).hexdigest(),
    )
    return row


@transaction.atomic
def give(actor: Actor, paper: Paper, *, to: str, how: str, at: datetime | None = None) -> Paper:
    """The paper was given: to whom, how and when. What was due because of it is done.

    A statement that leaves open what was asked is recorded as given, and stays due. A copy of a request also counts as served.

    Raises:
        Refused: given already, the time lies in the future or before it was printed, or nobody is named.
    """
    held = Paper.objects.select_for_update().get(pk=paper.pk)
    given = at or actor.at
    if held.agency_id != actor.agency.pk:
        raise Refused("Paper: expected one of %(agency)s, found another agency's.", agency=actor.agency)
    if held.given_at is not None:
        raise Refused("This paper has been given already. Print it again to give another copy.")
    if given > actor.at:
        raise Refused("Given at: expected a time that has passed, found one in the future.")
    # Times are typed to the minute.
    if given < held.printed_at.replace(second=0, microsecond=0):
        raise Refused("Given at: expected a time after it was printed, found one before.")
    if not to.strip():
        raise Refused("Given to: expected a name, found nothing.")
    held.given_at, held.given_to, held.given_how = given, to.strip(), how
    held.save(update_fields=["given_at", "given_to", "given_how"])
    note(
        actor,
        "paper.given",
        _about(held),
        paper=held.paper,
        row=held.pk,
        request=held.request_id,
        sha256=held.sha256,
        at=given,
        to=held.given_to,
        manner=how,
    )
    _answered(actor, held)
    return held


def _answered(actor: Actor, paper: Paper) -> None:
    if paper.said.get("open"):
        return
    request = paper.request
    closed = request is not None and request.booking.left_at is not None
    if paper.paper == "copy_of_request" and request is not None and request.served_at is None and not closed:
        assert paper.given_at is not None
        served = max(paper.given_at, request.received_at)
        asking.serve(actor, request, at=served, how=f"{paper.given_how}, to {paper.given_to}"[:200])
    for due in owed(paper):
        clocks.done(actor, due, how=f"{PAPERS[paper.paper].title}: {paper.given_how}, to {paper.given_to}")


def owed(paper: Paper) -> list[Due]:
    """What is due and done by giving this paper."""
    if paper.request_id is None and paper.booking_id is None:
        return []
    open_ = Due.objects.filter(paper=paper.paper, done_at=None, void_at=None, agency=paper.agency_id)
    return list(
        open_.filter(request=paper.request_id)
        if paper.request_id
        else open_.filter(booking=paper.booking_id, request=None)
    )


def looked_at(actor: Actor, paper: Paper, what: str = "pdf") -> None:
    """Somebody opened the paper or its proof: that is in the record too."""
    note(actor, "paper.viewed", _about(paper), paper=paper.paper, row=paper.pk, what=what)


def _about(paper: Paper) -> Any:
    return paper.booking or paper.subpoena or paper
