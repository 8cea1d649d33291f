"""What leaves: people, and papers."""

from __future__ import annotations

from django.db import models

from bailiwick.custody.models.agencies import OfAgency, User
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
    #: What was filled in that later steps need: actions left open, the release told, events of an extract.
    said = models.JSONField(default=dict, blank=True)


class TranslationReview(OfAgency):
    """A named reviewer signed the translation of a paper. Good for the very words whose hash it keeps: words changed later are a
    draft again. Never changed but for `withdrawn_at`."""

    language = models.CharField(max_length=10)
    paper = models.CharField(max_length=60)
    #: Of the translated sentences and the English ones together (bailiwick.papers.texts).
    sha256 = models.CharField(max_length=64)
    #: Who reviewed, as printed beside the sign-off; and what they can show for it (a certificate, an office).
    reviewer = models.CharField(max_length=200)
    standing = models.CharField(max_length=300)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "language", "paper", "sha256"],
                name="review_once",
                condition=models.Q(withdrawn_at=None),
            )
        ]
