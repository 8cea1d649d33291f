"""An import too long for one answer: what is left is handed to the jobs."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import datetime

from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from bailiwick.custody.acting import Actor
from bailiwick.custody.exchange.importing import Parts, begin, go_on
from bailiwick.custody.exchange.mapping import Plan
from bailiwick.custody.models import ImportRun, ImportUpload

#: Name of the job that goes on with an import; its argument is the run's number.
JOB = "import_rows"
#: Seconds of work within one answer.
AT_ONCE = 4.0


def start(
    actor: Actor, plan: Plan, upload: ImportUpload, *, dry: bool, seconds: float = AT_ONCE
) -> ImportRun:
    """Import a file that was handed in, or try to: what fits into the time at once, the rest by the jobs.

    Raises:
        Refused: the file is no table, or its columns do not fit the plan.
    """
    run = begin(
        actor,
        plan,
        name=upload.name,
        sha256=upload.sha256,
        dry=dry,
        upload=upload,
        open_file=lambda: Parts(upload),
    )
    further(actor, run, seconds=seconds)
    return run


def further(actor: Actor, run: ImportRun, *, seconds: float = AT_ONCE) -> bool:
    """Go on with a run for some time. Returns whether it is finished; where it is not, the jobs take it up."""
    upload = run.upload
    if run.finished_at is not None or upload is None:
        return True
    end = time.monotonic() + seconds
    done = go_on(actor, run, lambda: Parts(upload), stop=lambda: time.monotonic() >= end)
    if not done:
        with suppress(AlreadyEnqueued):
            app.configure_task(JOB, queueing_lock=f"{JOB}-{run.pk}").defer(run=run.pk)
    return done


def finish(number: int, now: datetime) -> None:
    """Go on with a run to its end. For the jobs: a run that was finished or whose file is gone is left as it is."""
    run = ImportRun.objects.select_related("agency", "by", "upload").filter(pk=number).first()
    if run is None or run.upload is None or run.finished_at is not None:
        return
    upload = run.upload
    go_on(Actor(run.agency, now, run.by, how="import"), run, lambda: Parts(upload))
