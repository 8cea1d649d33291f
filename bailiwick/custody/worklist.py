"""What is due at an agency, as the home page lists it. Every open Due is on exactly one list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Coalesce

from bailiwick.custody.clocks import NOW, T0
from bailiwick.custody.models import Agency, Due, ImportRow

#: Queues that are shown as counts, each with a list of its own.
QUEUES = (
    Due.Kind.SIGN,
    Due.Kind.FACT,
    Due.Kind.SECOND,
    Due.Kind.COUNSEL,
    Due.Kind.CITIZEN,
    Due.Kind.IMPORT,
    Due.Kind.CONCERN,
    Due.Kind.LOG_REVIEW,
)
#: Kinds that stand on the home page one by one, beside the release clocks.
TIMED = (Due.Kind.NOTICE, Due.Kind.PAPER, Due.Kind.SUBPOENA)


class Queue(NamedTuple):
    kind: str
    label: str
    number: int


@dataclass(frozen=True, slots=True)
class Worklist:
    """`free`: release clocks, soonest first. `next`: notices, papers and subpoenas, soonest first, those without an instant by
    age. `overdue` counts what has passed its instant. `queues`: everything else, zero counts too."""

    free: list[Due]
    next: list[Due]
    queues: list[Queue]
    overdue: int
    later: Due | None
    #: How many there are in all of `free` and of `next`, which hold the first.
    free_number: int = 0
    next_number: int = 0


def open_dues(agency: Agency) -> QuerySet[Due]:
    return Due.objects.filter(agency=agency, done_at=None, void_at=None).select_related(
        "booking", "booking__person", "request", "subpoena", "owner"
    )


def run_out(now: datetime) -> Q:
    """Things whose clock has run out. T0 without a hold is where a clock begins, not a limit: it has run out after an hour."""
    begins = Q(source=T0, due_at=F("since"), due_at__gt=now - NOW)
    return Q(due_at__lt=now) & ~begins


def worklist(agency: Agency, now: datetime, *, most: int = 25) -> Worklist:
    """The home page's lists at an instant."""
    dues = open_dues(agency)
    free = list(dues.filter(kind=Due.Kind.FREE).order_by("due_at")[:most])
    timed = dues.filter(kind__in=TIMED)
    # What has no instant is due at once, and so stands where it began to be due.
    next_ = list(timed.order_by(Coalesce("due_at", "since"), "pk")[:most])
    counts = dict(dues.values_list("kind").annotate(n=Count("pk")))
    unmatched = ImportRow.objects.filter(agency=agency, done_at=None).count()
    queues = [
        Queue(
            kind,
            str(Due.Kind(kind).label),
            unmatched if kind == Due.Kind.IMPORT else counts.get(kind, 0),
        )
        for kind in QUEUES
    ]
    return Worklist(
        free=free,
        next=next_,
        queues=queues,
        overdue=dues.filter(run_out(now)).count(),
        later=dues.filter(due_at__gt=now).order_by("due_at").first(),
        free_number=counts.get(Due.Kind.FREE, 0),
        next_number=sum(counts.get(kind, 0) for kind in TIMED),
    )
