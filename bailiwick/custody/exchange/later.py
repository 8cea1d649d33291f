"""An import too long for one answer: what is left is handed to the jobs."""

from __future__ import annotations

import time
from contextlib import nullcontext, suppress
from datetime import datetime, timedelta

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from bailiwick.custody.acting import Actor
from bailiwick.custody.exchange.importing import Rows, begin, go_on
from bailiwick.custody.exchange.mapping import Plan
from bailiwick.custody.exchange.uploads import keep_only, sheet_of
from bailiwick.custody.models import ImportRun, ImportUpload

#: Name of the job that goes on with an import; its argument is the run's number.
JOB = "import_rows"
#: Seconds of work within one answer.
AT_ONCE = 4.0
#: A run that was begun longer ago than this is no page's any more.
ABANDONED = timedelta(minutes=1)


def start(
    actor: Actor, plan: Plan, upload: ImportUpload, *, dry: bool, seconds: float = AT_ONCE
) -> ImportRun:
    """Import a file that was handed in, or try to: what fits into the time at once, the rest by the jobs. From now on only the
    columns that the plan reads are kept of it.

    Raises:
        Refused: its columns do not fit the plan, it is not kept any more, or it is being read already.
    """
    with transaction.atomic():
        keep_only(actor, upload, plan)
        run = begin(
            actor, plan, name=upload.name, sha256=upload.sha256, dry=dry, upload=upload, rows=_rows(upload)
        )
    further(actor, run, seconds=seconds)
    return run


def further(actor: Actor, run: ImportRun, *, seconds: float = AT_ONCE) -> bool:
    """Go on with a run for some time. Returns whether it is finished; where it is not, the jobs take it up."""
    upload = run.upload
    if run.finished_at is not None or upload is None:
        return True
    end = time.monotonic() + seconds
    done = go_on(actor, run, _rows(upload), stop=lambda: time.monotonic() >= end)
    if not done:
        _queue(run.pk)
    return done


def _queue(run: int) -> None:
    """Queue the job of a run, unless it is queued already; one worker at a time works on it."""
    name = f"{JOB}-{run}"
    with suppress(AlreadyEnqueued), transaction.atomic():
        app.configure_task(JOB, queueing_lock=name, lock=name).defer(run=run)


def take_up(now: datetime) -> None:
    """Queue the runs that are not finished and that no page works on any more."""
    waiting = ImportRun.objects.filter(finished_at=None, upload__isnull=False, at__lt=now - ABANDONED)
    for run in waiting.values_list("pk", flat=True):
        _queue(run)


def finish(number: int, now: datetime) -> None:
    """Go on with a run to its end. For the jobs: a run that was finished or whose file is gone is left as it is."""
    run = ImportRun.objects.select_related("agency", "by", "upload").filter(pk=number).first()
    if run is None or run.upload is None or run.finished_at is not None:
        return
    go_on(Actor(run.agency, now, run.by, how="import"), run, _rows(run.upload))


def _rows(upload: ImportUpload) -> Rows:
    return lambda: nullcontext(sheet_of(upload))
