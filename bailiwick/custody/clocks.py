"""T0, what is due, and the alarms. Deadlines are instants in UTC; nothing due may wait where no page shows it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import models, transaction
from django.db.models import F, Q

from bailiwick.custody.acting import Actor, note
from bailiwick.custody.errors import Refused
from bailiwick.custody.models import Alarm, Answer, Booking, Due, Request, Subpoena

#: An alarm this long before a limit names its owner (at T0+40 h of 48), and another one this long before it.
SOON = timedelta(hours=8)
NOW = timedelta(hours=1)
#: The release clock, one for each booking.
T0 = "t0"


def t0_of(booking: Booking) -> datetime | None:
    """When the last ground ended or will end; None while one has no end, or none was ever recorded."""
    ends = list(booking.grounds.values_list("ended_at", flat=True))
    return None if not ends or None in ends else max(end for end in ends if end is not None)


def set_t0(actor: Actor, booking: Booking) -> bool:
    """Work T0 out from all grounds. Returns whether it changed."""
    t0 = t0_of(booking)
    if t0 == booking.t0:
        return False
    before, booking.t0 = booking.t0, t0
    booking.save(update_fields=["t0"])
    note(actor, "t0.set", booking, t0=t0, before=before)
    return True


def settle(actor: Actor, booking: Booking) -> None:
    """Keep the release clock as the grounds and the signed holds say."""
    if booking.t0 is None or booking.left_at is not None:
        void(actor, booking, T0)
        return
    limit, cite = held_until(booking)
    if limit is None:
        what, cite = "the last ground ended: the person must be free", ""
    else:
        what = "the hold ends: the person must be free, and the hold can't be made longer"
    owe(
        actor,
        kind=Due.Kind.FREE,
        booking=booking,
        source=T0,
        what=what,
        cite=cite,
        since=booking.t0,
        due_at=limit or booking.t0,
    )


def held_until(booking: Booking) -> tuple[datetime | None, str]:
    """The earliest limit of the holds that were signed for, and its citation; None when no hold is in force.

    Two readings of a limit are both kept by the lawbook; the earlier one is the limit here, because it satisfies both.
    A hold stops while a claim of citizenship waits for review.
    """
    from bailiwick.custody.deciding import clocks_at

    if booking.t0 is None or booking.citizen_claims.filter(reviewed_at=None).exists():
        return None, ""
    limits: list[tuple[datetime, str]] = []
    for answer in current(booking).filter(chosen__hold="honor"):
        if not in_force(answer) or answer.decision["actions"]["hold"]["outcome"] == "forbidden":
            continue
        ends = [
            (datetime.fromisoformat(clock["due"]), clock["cite"])
            for clock in clocks_at(answer, booking.t0)
            if clock["due"]
        ]
        # No clock of the law: nothing lengthens the stay, so the limit is T0 itself.
        limits += [end for end in ends if end[0] > booking.t0] or [(booking.t0, "")]
    return min(limits, default=(None, ""))


def current(booking: Booking) -> models.QuerySet[Answer]:
    """The answers that stand for requests not withdrawn."""
    return Answer.objects.filter(booking=booking, superseded_at=None, request__withdrawn_at=None)


def in_force(answer: Answer) -> bool:
    """Signed by everybody who must sign."""
    if answer.chosen is None:
        return False
    places = set(answer.signatures.values_list("place", flat=True))
    return "first" in places and (not answer.needs_second or "second" in places)


def owe(
    actor: Actor,
    *,
    kind: str,
    source: str,
    what: str,
    since: datetime,
    due_at: datetime | None = None,
    cite: str = "",
    paper: str = "",
    booking: Booking | None = None,
    request: Request | None = None,
    subpoena: Subpoena | None = None,
    once: bool = False,
) -> Due:
    """Something to be done. One open row for each source: said again, it is changed and its alarms are set anew. With `once`,
    what was done stays done, whatever is answered again."""
    about = {
        "agency": actor.agency,
        "booking": booking,
        "request": request,
        "subpoena": subpoena,
        "source": source,
    }
    due = Due.objects.select_for_update().filter(**about, done_at=None, void_at=None).first()
    same = due is not None and (due.due_at, due.what, due.cite) == (due_at, what, cite)
    if due is not None and same:
        return due
    if due is None:
        finished = (
            Due.objects.filter(**about, done_at__isnull=False).order_by("done_at").last() if once else None
        )
        if finished is not None:
            return finished
        due = Due.objects.create(
            **about,
            kind=kind,
            what=what,
            cite=cite,
            paper=paper,
            since=since,
            due_at=due_at,
            owner=actor.user,
        )
    else:
        due.what, due.cite, due.since, due.due_at, due.missed_at = what, cite, since, due_at, None
        due.save(update_fields=["what", "cite", "since", "due_at", "missed_at"])
        due.alarms.filter(raised_at=None).delete()
    note(
        actor,
        "due.set",
        _subject(due),
        due=due.pk,
        source=source,
        what=what,
        cite=cite,
        since=since,
        due_at=due_at,
    )
    _set_alarms(due, actor.at)
    return due


def _set_alarms(due: Due, now: datetime) -> None:
    if due.due_at is None:
        return
    stages = [(Alarm.Stage.SOON, due.due_at - SOON), (Alarm.Stage.NOW, due.due_at - NOW)]
    wanted = [(stage, at) for stage, at in stages if at > max(now, due.since)] + [
        (Alarm.Stage.MISSED, due.due_at)
    ]
    for stage, at in wanted:
        Alarm.objects.get_or_create(due=due, stage=stage, at=at, defaults={"agency": due.agency})


def _subject(due: Due) -> models.Model:
    return due.booking or due.subpoena or due


@transaction.atomic
def done(actor: Actor, due: Due, *, how: str) -> Due:
    """It was done. What is done is done once."""
    due = Due.objects.select_for_update().get(pk=due.pk)
    if due.done_at is not None or due.void_at is not None:
        raise Refused("'%(what)s' is not open any more.", what=due.what)
    due.done_at, due.done_how = actor.at, how
    due.save(update_fields=["done_at", "done_how"])
    late = due.due_at is not None and actor.at > due.due_at
    note(
        actor, "due.done", _subject(due), due=due.pk, source=due.source, what=due.what, manner=how, late=late
    )
    return due


def done_source(actor: Actor, booking: Booking, source: str, *, how: str) -> None:
    for due in Due.objects.filter(booking=booking, source=source, done_at=None, void_at=None):
        done(actor, due, how=how)


def void(actor: Actor, booking: Booking, source: str, request: Request | None = None) -> None:
    """Nothing is due any more (a ground was opened again, a question was answered)."""
    open_ = Due.objects.filter(booking=booking, request=request, source=source, done_at=None, void_at=None)
    for due in open_:
        due.void_at = actor.at
        due.save(update_fields=["void_at"])
        note(actor, "due.void", booking, due=due.pk, source=source, what=due.what)


def raise_alarms(now: datetime, tell: Callable[[Alarm], list[str]] | None = None, most: int = 500) -> int:
    """Raise every alarm whose instant has come, each once and in a transaction of its own, whoever else runs this.

    `tell` is called inside that transaction and returns whom it told; what it hands to a queue must be handed over in the same
    transaction. Returns how many were raised.
    """
    raised = 0
    while raised < most and _raise_one(now, tell):
        raised += 1
    return raised


@transaction.atomic
def _raise_one(now: datetime, tell: Callable[[Alarm], list[str]] | None) -> bool:
    open_due = Q(due__done_at=None, due__void_at=None)
    alarm = (
        Alarm.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(open_due, raised_at=None, at__lte=now)
        .select_related("due", "due__owner", "due__booking", "due__subpoena", "agency")
        .order_by("at", "pk")
        .first()
    )
    if alarm is None:
        return False
    due = Due.objects.select_for_update().get(pk=alarm.due_id)
    actor = Actor(agency=alarm.agency, at=now, how="job")
    if due.done_at is None and due.void_at is None:
        alarm.told = tell(alarm) if tell else []
        if alarm.stage == Alarm.Stage.MISSED:
            Due.objects.filter(pk=due.pk).update(missed_at=F("due_at"))
    alarm.raised_at = now
    alarm.save(update_fields=["raised_at", "told"])
    kind = "due.missed" if alarm.stage == Alarm.Stage.MISSED else "alarm.raised"
    owner = due.owner.username if due.owner else ""
    note(
        actor,
        kind,
        _subject(due),
        due=due.pk,
        stage=alarm.stage,
        owner=owner,
        due_at=due.due_at,
        what=due.what,
        told=alarm.told,
    )
    return True
