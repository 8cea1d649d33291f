"""What leaves: people, and papers."""

from __future__ import annotations

from django.db import models

from bailiwick.custody.models.agencies import OfAgency
from bailiwick.custody.models.asks import Request, Subpoena
from bailiwick.custody.models.bookings import Booking


class Departure(OfAgency):
    """How and when the stay ended. Released and transferred are different events; a declined request is neither."""

    class Kind(models.TextChoices):
        RELEASED = "released", "Released"
        TRANSFERRED_IMMIGRATION = "handed_over", "Handed over to immigration authorities"
        TRANSFERRED_OTHER = "transferred", "Transferred to another custodian"
        DIED = "died", "Died in custody"

    booking = models.OneToOneField(Booking, on_delete=models.PROTECT, related_name="departure")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    at = models.DateTimeField()
    to = models.CharField(max_length=200, blank=True)
    #: The limit that had run out, and why it was passed; both empty when it had not.
    limit_at = models.DateTimeField(null=True, blank=True)
    past_limit_reason = models.TextField(blank=True)
    says = models.TextField(blank=True)


class Paper(OfAgency):
    """A printed notice or form: the PDF as it was given, with time and manner."""

    booking = models.ForeignKey(
        Booking, on_delete=models.PROTECT, null=True, blank=True, related_name="papers"
    )
    request = models.ForeignKey(
        Request, on_delete=models.PROTECT, null=True, blank=True, related_name="papers"
    )
    subpoena = models.ForeignKey(
        Subpoena, on_delete=models.PROTECT, null=True, blank=True, related_name="papers"
    )
    #: Name in bailiwick.papers.PAPERS.
    paper = models.CharField(max_length=60)
    language = models.CharField(max_length=10)
    drafted = models.BooleanField(default=False)
    printed_at = models.DateTimeField()
    sha256 = models.CharField(max_length=64)
    pdf = models.BinaryField()
    text = models.TextField()
    given_at = models.DateTimeField(null=True, blank=True)
    given_to = models.CharField(max_length=200, blank=True)
    given_how = models.CharField(max_length=200, blank=True)
