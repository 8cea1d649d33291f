"""What comes in from a jail's own system and goes out to others; unfinished forms."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from bailiwick.custody.models.agencies import OfAgency, User


class ImportMapping(OfAgency):
    """Which column of a jail's file is which field, saved by name."""

    name = models.CharField(max_length=120)
    #: bookings, charges, releases.
    table = models.CharField(max_length=20)
    columns = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "name"], name="mapping_name")]


class ImportUpload(OfAgency):
    """A file handed in, kept in parts until it has been imported, a day at most. `size` in bytes."""

    name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")


class ImportPart(OfAgency):
    """One part of an uploaded file, from number 0."""

    upload = models.ForeignKey(ImportUpload, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["upload", "number"], name="part_once")]


class ImportRun(OfAgency):
    """One file read. read = taken + unchanged + set_aside, always, after every batch: a run that was interrupted goes on where
    it stood."""

    table = models.CharField(max_length=20)
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    columns = models.JSONField()
    at = models.DateTimeField()
    dry = models.BooleanField(default=False)
    read = models.PositiveIntegerField(default=0)
    taken = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    set_aside = models.PositiveIntegerField(default=0)
    #: Columns that the law of the place forbids to collect, dropped with the section that says so.
    dropped = models.JSONField(default=list, blank=True)
    upload = models.ForeignKey(
        ImportUpload, on_delete=models.SET_NULL, null=True, blank=True, related_name="runs"
    )
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    #: How the file was read, in words.
    read_as = models.CharField(max_length=200, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)


class ImportRow(OfAgency):
    """A row that could not be taken: where, what was expected, what was found. Open until matched or put down."""

    run = models.ForeignKey(ImportRun, on_delete=models.PROTECT, related_name="rows")
    line = models.PositiveIntegerField()
    raw = models.JSONField()
    problem = models.TextField()
    done_at = models.DateTimeField(null=True, blank=True)
    done_how = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["agency", "run", "line"], name="row_open", condition=Q(done_at=None)),
            models.Index(fields=["run", "line"], name="row_run"),
        ]


class Draft(OfAgency):
    """A form not yet sent: kept through a lost session."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="drafts")
    form = models.CharField(max_length=120)
    data = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "form"], name="draft_form")]


class ApiToken(OfAgency):
    """Lets a program act as a user. Only the SHA-256 of the token is kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=120)
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)


class Webhook(OfAgency):
    """Where events of these kinds are sent, signed with the secret."""

    url = models.URLField(max_length=500)
    secret = models.CharField(max_length=120)
    kinds = models.JSONField(default=list)
    active = models.BooleanField(default=True)


class WebhookDelivery(OfAgency):
    """One event on its way to one webhook; tried again until delivered or given up."""

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    event = models.BigIntegerField()
    tries = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True, blank=True)
    given_up_at = models.DateTimeField(null=True, blank=True)
    last_answer = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["webhook", "event"], name="delivery_once")]
        indexes = [
            models.Index(
                fields=["next_at"],
                name="delivery_waiting",
                condition=Q(delivered_at=None, given_up_at=None),
            )
        ]


class ApiCall(OfAgency):
    """What a call with an Idempotency-Key was answered, so that the same call again changes nothing. Kept for a week."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    #: SHA-256 of method, path and body.
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(default=0)
    answer = models.JSONField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="call_once")]
