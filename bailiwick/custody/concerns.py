"""The concern line. Neither the address nor the browser of who sends one is kept, and the record says only that one came."""

from __future__ import annotations

import hashlib
import secrets

from django.db import transaction

from bailiwick.custody import clocks
from bailiwick.custody.acting import Actor, note
from bailiwick.custody.errors import Refused
from bailiwick.custody.models import Concern, Due

ABOUT = ("held_past_limit", "notice_not_given", "other")
#: Letters and digits that are not mistaken for one another when read aloud.
_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
MOST = 4000


@transaction.atomic
def report(actor: Actor, *, about: str, says: str) -> str:
    """Take a report. Returns the receipt code, which is shown once and kept only as a hash."""
    says = says.strip()
    if about not in ABOUT:
        raise Refused(
            "About: expected one of %(about)s; found '%(about_found)s'.",
            about=", ".join(ABOUT),
            about_found=about,
        )
    if not says or len(says) > MOST:
        raise Refused(
            "What happened: expected 1 to %(most)s characters, found %(length)s.", most=MOST, length=len(says)
        )
    code = "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))
    concern = Concern.objects.create(
        agency=actor.agency, receipt_hash=_hash(code), about=about, says=says, received_at=actor.at
    )
    note(actor, "concern.received", concern)
    clocks.owe(
        actor,
        kind=Due.Kind.CONCERN,
        source=f"concern/{concern.pk}",
        what="a concern waits for the compliance officer",
        since=actor.at,
    )
    return code


def look_up(code: str) -> Concern | None:
    """The report of a receipt code, None when there is none."""
    return Concern.objects.filter(receipt_hash=_hash(code)).first()


@transaction.atomic
def answer(actor: Actor, concern: Concern, *, says: str) -> Concern:
    """The compliance officer's answer, read by whoever has the receipt code.

    Raises:
        Refused: the actor is not the compliance officer of the agency, or says nothing.
    """
    if actor.user is None or not actor.user.compliance_officer or concern.agency_id != actor.agency.pk:
        raise Refused("A concern is answered by the agency's compliance officer.")
    if not says.strip():
        raise Refused("The answer: expected a sentence, found nothing.")
    concern = Concern.objects.select_for_update().get(pk=concern.pk)
    concern.answer, concern.answered_at = says, actor.at
    concern.save(update_fields=["answer", "answered_at"])
    note(actor, "concern.answered", concern)
    for due in Due.objects.filter(
        agency=actor.agency, source=f"concern/{concern.pk}", done_at=None, void_at=None
    ):
        clocks.done(actor, due, how="answered")
    return concern


def _hash(code: str) -> str:
    letters = "".join(c for c in code.upper() if c in _LETTERS)
    return hashlib.sha256(letters.encode()).hexdigest()
