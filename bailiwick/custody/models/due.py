"""What is due, by when, who owns it, and the alarms about it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from bailiwick.custody.models.agencies import OfAgency, User
from bailiwick.custody.models.asks import Request, Subpoena
from bailiwick.custody.models.bookings import Booking


class Due(OfAgency):
    """One thing to be done. Open until `done_at` or `void_at`; `due_at` None means as soon as possible."""

    class Kind(models.TextChoices):
        FREE = "must_be_free", "Must be free"
        NOTICE = "notice", "Notice due"
        PAPER = "paper", "Paper to be given"
        SUBPOENA = "subpoena", "Subpoena answer due"
        FACT = "fact", "Waiting for a fact"
        SIGN = "sign", "Needs a signature"
        SECOND = "second_person", "Needs a second person"
        COUNSEL = "counsel", "Needs counsel"
        IMPORT = "import", "Unmatched import"
        CONCERN = "concern", "Concern to be answered"
        CITIZEN = "citizen_claim", "Citizenship claim to be reviewed"
        LOG_REVIEW = "log_review", "Log of the week to be reviewed"

    kind = models.CharField(max_length=20, choices=Kind.choices)
    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, null=True, blank=True, related_name="dues")
    request = models.ForeignKey(Request, on_delete=models.PROTECT, null=True, blank=True, related_name="dues")
    subpoena = models.ForeignKey(
        Subpoena, on_delete=models.PROTECT, null=True, blank=True, related_name="dues"
    )
    #: The clock or duty of the lawbook, or a name of our own (`t0`): one open due a booking, request and source.
    source = models.CharField(max_length=200)
    what = models.TextField()
    cite = models.TextField(blank=True)
    paper = models.CharField(max_length=60, blank=True)
    since = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)
    done_how = models.TextField(blank=True)
    void_at = models.DateTimeField(null=True, blank=True)
    #: Set by the alarm when the instant passed and it was still open.
    missed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "booking", "request", "subpoena", "source"],
                name="due_once",
                condition=Q(done_at=None, void_at=None),
                nulls_distinct=False,
            )
        ]
        indexes = [
            models.Index(
                fields=["agency", "due_at"], name="due_open", condition=Q(done_at=None, void_at=None)
            ),
            models.Index(fields=["booking"], name="due_booking"),
        ]


class Alarm(OfAgency):
    """A warning to be raised at an instant about something due; raised once. Stages escalate: page, e-mail, webhook."""

    class Stage(models.TextChoices):
        SOON = "soon", "Due soon"
        NOW = "now", "Due now"
        MISSED = "missed", "Missed"

    due = models.ForeignKey(Due, on_delete=models.PROTECT, related_name="alarms")
    stage = models.CharField(max_length=10, choices=Stage.choices)
    at = models.DateTimeField()
    raised_at = models.DateTimeField(null=True, blank=True)
    #: Whom it named, and by what it went out.
    told = models.JSONField(default=list, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["due", "stage", "at"], name="alarm_once")]
        indexes = [models.Index(fields=["at"], name="alarm_waiting", condition=Q(raised_at=None))]


class Letter(OfAgency):
    """One alarm on its way to one address by e-mail; tried again until the mail server has it or it is given up."""

    alarm = models.ForeignKey(Alarm, on_delete=models.PROTECT, related_name="letters")
    address = models.EmailField()
    tries = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField()
    #: When the try that runs now began; it stays where a process died in the middle.
    begun_at = models.DateTimeField(null=True, blank=True)
    #: When the last try began of which nobody knows whether the letter went out.
    unsure_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    given_up_at = models.DateTimeField(null=True, blank=True)
    last_answer = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["alarm", "address"], name="letter_once")]
        indexes = [
            models.Index(
                fields=["next_at"], name="letter_waiting", condition=Q(sent_at=None, given_up_at=None)
            )
        ]
