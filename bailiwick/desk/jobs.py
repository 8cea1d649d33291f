"""What runs by itself: alarms, checkpoints, deliveries, retention. Run by `bailiwick jobs`, on procrastinate.

Each sweep reads what is due from the tables, does it row by row, and writes that it was done in the same transaction. So a worker
that dies loses nothing, and two workers do nothing twice; the job in the queue only says "look now". What leaves the house, a
letter or a delivery, is claimed before it leaves and noted after: see `bailiwick.custody.exchange.letters`.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import timedelta
from typing import Any

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued, UniqueViolation
from procrastinate.jobs import Status

from bailiwick.custody import access
from bailiwick.custody.acting import Actor
from bailiwick.custody.clocks import raise_alarms
from bailiwick.custody.exchange import letters, webhooks
from bailiwick.custody.files import seal
from bailiwick.custody.models import Agency, Alarm, Booking
from bailiwick.custody.seeing import everything
from bailiwick.desk.clock import now

_log = logging.getLogger(__name__)

#: So many alarms, letters or deliveries at one go; where there are more, the next look follows at once.
MOST = 200


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="alarms", pass_context=False)
def alarms(timestamp: int = 0) -> None:
    """Every minute: raise each alarm whose instant has come."""
    with everything():
        raised = raise_alarms(now(), tell, MOST)
    if raised:
        _look_at_once(post, deliveries)
    if raised == MOST:
        _look_at_once(alarms)


def _look_at_once(*tasks: Any) -> None:
    """Queue these jobs, each unless it is queued already."""
    for task in tasks:
        with suppress(AlreadyEnqueued), transaction.atomic():
            task.defer()


def tell(alarm: Alarm) -> list[str]:
    """Hand an alarm to those it concerns: always the pages; its owner by e-mail; from the last hour on, the agency too.

    Called inside the transaction that raises the alarm: the letter is queued if, and only if, the alarm is raised.
    """
    told = ["page"]
    owner = alarm.due.owner
    addresses = {owner.email} if owner is not None and owner.is_active and owner.email else set()
    if alarm.stage != Alarm.Stage.SOON and alarm.agency.alarm_email:
        addresses.add(alarm.agency.alarm_email)
    for address in sorted(addresses):
        letters.queue(alarm, address)
        told.append(f"e-mail {address}")
    return told + webhooks.queue_alarm(alarm)


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="post", pass_context=False)
def post(timestamp: int = 0) -> None:
    """Every minute, and as soon as an alarm is raised: send the letters that wait."""
    with everything():
        if letters.deliver_due(now(), MOST) == MOST:
            _look_at_once(post)


@app.periodic(cron="0 * * * *")
@app.task(queueing_lock="checkpoint", pass_context=False)
def checkpoint(timestamp: int = 0) -> None:
    """Every hour: sign how many events the record has and its root, where a key is given."""
    from bailiwick.record.checkpoints import sign_checkpoint
    from bailiwick.record.keys import signing_key

    key = signing_key()
    if key is not None:
        sign_checkpoint(key, now())


@app.periodic(cron="5 * * * *")
@app.task(queueing_lock="stamp", pass_context=False)
def stamp(timestamp: int = 0) -> None:
    """Every hour: have the newest checkpoint stamped, where an authority is named. One that does not answer is asked again an
    hour later; until then the log says so."""
    from bailiwick.record import authority
    from bailiwick.record.models import Checkpoint
    from bailiwick.record.stamps import BadSetting

    try:
        asked = authority.authority()
        newest = Checkpoint.objects.order_by("size").last()
        if asked is not None and newest is not None and not newest.stamps.exists():
            authority.stamp(newest, asked)
    except (authority.NotStamped, BadSetting) as error:
        _log.warning("no time stamp: %s", error)


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="deliveries", pass_context=False)
def deliveries(timestamp: int = 0) -> None:
    """Every minute: send what waits for a webhook."""
    with everything():
        if webhooks.deliver_due(now(), MOST) == MOST:
            _look_at_once(deliveries)


@app.periodic(cron="30 7 * * *")
@app.task(queueing_lock="retention", pass_context=False)
def retention(timestamp: int = 0) -> None:
    """Every day: seal the files whose agency says after how many days."""
    at = now()
    with everything():
        for agency in Agency.objects.exclude(seal_after_days=None):
            limit = at - timedelta(days=agency.seal_after_days or 0)
            actor = Actor(agency, at, how="job")
            for booking in Booking.objects.filter(
                agency=agency, sealed_at=None, left_at__lt=limit
            ).iterator():
                seal(actor, booking, because=f"{agency.seal_after_days} days after release")


@app.periodic(cron="0 8 * * *")
@app.task(queueing_lock="accounts", pass_context=False)
def accounts(timestamp: int = 0) -> None:
    """Every day: disable accounts that nobody used, put the weekly look at the log on the list."""
    at = now()
    with everything():
        for agency in Agency.objects.all():
            access.disable_idle(agency, at)
            access.owe_review(agency, at)


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="stalled", pass_context=False)
async def stalled(timestamp: int = 0) -> None:
    """Every minute: queue again what a worker held when it died; one that gave no sign for 30 seconds counts as dead.

    Where the same was queued since, that one does the work, and what the dead worker held is let go: it would keep its lock.
    """
    for job in await app.job_manager.get_stalled_jobs():
        try:
            await app.job_manager.retry_job(job)
        except UniqueViolation:
            await app.job_manager.finish_job(job, Status.FAILED, delete_job=True)


def work(**options: Any) -> None:
    """Run jobs until told to stop (SIGINT, SIGTERM). The first look is at once: nothing waits for the next minute."""
    _look_at_once(alarms, post, deliveries)
    with app.replace_connector(app.connector.get_worker_connector()) as working:  # type: ignore[attr-defined]
        working.run_worker(
            name="bailiwick", delete_jobs="successful", shutdown_graceful_timeout=20, **options
        )


__all__ = [
    "accounts", "alarms", "checkpoint", "deliveries", "post", "retention", "stalled", "stamp", "tell", "work",
]  # fmt: skip
