"""What the engine answered, what people chose, who signed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from bailiwick.custody.models.agencies import OfAgency, User
from bailiwick.custody.models.asks import Request
from bailiwick.custody.models.bookings import Booking


class Answer(OfAgency):
    """One run of the engine on one request: the case, the decision and the lawbook, whole. Never recomputed, never changed
    but for `chosen` and `superseded_at`.

    `chosen`: action to what the agency does, `{"hold": "honor" | "decline", …}`, None until somebody signs.
    """

    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="answers")
    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="answers")
    at = models.DateTimeField()
    lawbook = models.CharField(max_length=80)
    case = models.JSONField()
    decision = models.JSONField()
    #: Read beside the decision: `since` (norm to the first day in force) and `excepted` (action to norms that let this case go).
    law = models.JSONField(default=dict, blank=True)
    chosen = models.JSONField(null=True, blank=True)
    #: Actions whose choice is a hold or departs from the engine's outcome: a second person is needed.
    needs_second = models.JSONField(default=list, blank=True)
    departure_reason = models.TextField(blank=True)
    superseded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["request", "-at"], name="answer_request"),
            models.Index(fields=["agency"], name="answer_current", condition=Q(superseded_at=None)),
        ]


class Signature(OfAgency):
    """Who signed an answer, as first or second person."""

    class Place(models.TextChoices):
        FIRST = "first", "Signed by"
        SECOND = "second", "Second person"

    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, related_name="signatures")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    place = models.CharField(max_length=10, choices=Place.choices)
    at = models.DateTimeField()
    #: Role at the time of signing.
    role = models.CharField(max_length=20)
    reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["answer", "place"], name="signature_place"),
            models.UniqueConstraint(fields=["answer", "user"], name="signature_two_people"),
        ]


class CitizenClaim(OfAgency):
    """The person says they are a citizen of the United States, or shows proof. Stops the hold path until reviewed."""

    class Finding(models.TextChoices):
        PROOF = "proof", "Proof shown"
        NO_PROOF = "no_proof", "No proof shown"

    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="citizen_claims")
    said_at = models.DateTimeField()
    says = models.TextField(blank=True)
    proof_kind = models.CharField(max_length=200, blank=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    finding = models.CharField(max_length=20, choices=Finding.choices, blank=True)
    review_says = models.TextField(blank=True)
