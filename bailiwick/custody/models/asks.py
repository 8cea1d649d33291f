"""What outside agencies ask: requests, the scans that came with them, subpoenas."""

from __future__ import annotations

from django.db import models

from bailiwick.custody.models.agencies import OfAgency
from bailiwick.custody.models.bookings import Booking


class Request(OfAgency):
    """A request about a person in custody, as it stands on the paper. `kind`, `warrant` and `basis` in the words of a case."""

    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="requests")
    kind = models.CharField(max_length=40)
    #: I-247A, I-247G, I-247D, I-247N, I-247X, …; empty where no form was used.
    form = models.CharField(max_length=20, blank=True)
    received_at = models.DateTimeField()
    received_how = models.CharField(max_length=40, blank=True)
    requesting_agency = models.CharField(max_length=200, blank=True)
    requesting_officer = models.CharField(max_length=200, blank=True)
    requesting_contact = models.CharField(max_length=200, blank=True)
    warrant = models.CharField(max_length=20, blank=True)
    signed = models.BooleanField(null=True)
    complete = models.BooleanField(null=True)
    basis = models.JSONField(null=True, blank=True)
    #: Every other field of the form, by name as in the papers on the form (subject id, event number, boxes ticked).
    fields = models.JSONField(default=dict, blank=True)
    served_at = models.DateTimeField(null=True, blank=True)
    served_how = models.CharField(max_length=200, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_because = models.CharField(max_length=300, blank=True)
    #: Answers given to the engine's questions about this request: fact name to value.
    facts = models.JSONField(default=dict, blank=True)

    class Meta:
        indexes = [models.Index(fields=["booking"], name="request_booking")]


class Subpoena(OfAgency):
    """A subpoena or request for information: who is named, by when, with whom it lies, what was answered."""

    class State(models.TextChoices):
        OPEN = "open", "With the records desk"
        COUNSEL = "counsel", "With counsel"
        ANSWERED = "answered", "Answered"

    class Telling(models.TextChoices):
        """Whether the person named may be told of it. Only what may be told stands in the person's own file."""

        UNKNOWN = "unknown", "Not known yet"
        FREE = "free", "Nothing forbids it"
        FORBIDDEN = "forbidden", "A court’s order or a law forbids it"

    number = models.CharField(max_length=40)
    #: `administrative_subpoena`, `judicial_subpoena` or `information_request`.
    kind = models.CharField(max_length=40)
    issued_by = models.CharField(max_length=200)
    received_at = models.DateTimeField()
    return_at = models.DateTimeField(null=True, blank=True)
    named_person = models.CharField(max_length=240, blank=True)
    booking = models.ForeignKey(
        Booking, on_delete=models.PROTECT, null=True, blank=True, related_name="subpoenas"
    )
    asks_for = models.TextField(blank=True)
    telling = models.CharField(max_length=20, choices=Telling.choices, default=Telling.UNKNOWN)
    state = models.CharField(max_length=20, choices=State.choices, default=State.OPEN)
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "number"], name="subpoena_number")]


class Scan(OfAgency):
    """A paper as it came: PDF, PNG, JPEG or TIFF, stored whole. `sha256` stands in the record."""

    booking = models.ForeignKey(
        Booking, on_delete=models.PROTECT, null=True, blank=True, related_name="scans"
    )
    request = models.ForeignKey(
        Request, on_delete=models.PROTECT, null=True, blank=True, related_name="scans"
    )
    subpoena = models.ForeignKey(
        Subpoena, on_delete=models.PROTECT, null=True, blank=True, related_name="scans"
    )
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=60)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
