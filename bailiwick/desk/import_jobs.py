"""Jobs of imports: going on with a long one, and letting go of files that were handed in and never imported."""

from __future__ import annotations

from procrastinate.contrib.django import app

from bailiwick.custody.exchange import later
from bailiwick.custody.exchange.uploads import let_go
from bailiwick.custody.seeing import everything
from bailiwick.desk.clock import now


@app.task(name=later.JOB, retry=5, pass_context=False)
def import_rows(run: int) -> None:
    """Go on with an import where it stands."""
    with everything():
        later.finish(run, now())


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="imports", pass_context=False)
def imports(timestamp: int = 0) -> None:
    """Every minute: queue again what an import still waits for, however often its job failed."""
    with everything():
        later.take_up(now())


@app.periodic(cron="20 * * * *")
@app.task(queueing_lock="uploads", pass_context=False)
def uploads(timestamp: int = 0) -> None:
    """Every hour: delete files handed in more than a day ago."""
    with everything():
        let_go(None, now())
