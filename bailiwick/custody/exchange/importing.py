"""A file from a jail's own system, read row by row and taken batch by batch.

After every batch read = taken + unchanged + set_aside holds in the database: a run that was interrupted goes on where it stood,
and a file read twice changes nothing the second time. An import prints, gives and sends nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import islice
from typing import Any

from django.db import connection, transaction

from bailiwick.custody.acting import Actor, note
from bailiwick.custody.errors import Quoted, Refused
from bailiwick.custody.exchange import taking
from bailiwick.custody.exchange.ledger import Ledger
from bailiwick.custody.exchange.mapping import Fitted, Plan, fit
from bailiwick.custody.exchange.reading import Binary, Row, Sheet, read
from bailiwick.custody.exchange.taking import Line, Taken
from bailiwick.custody.models import ImportRow, ImportRun, ImportUpload

#: Rows of one transaction.
BATCH = 1000
#: After so many batches the tables are counted again, then after three times as many, and so on.
FIRST_COUNT = 3
#: Rows of a trial that are kept with their reasons; all are counted.
MOST_OF_A_TRIAL = 1000
_CHUNK = 1 << 20

#: Opens a file, from its beginning.
Open = Callable[[], AbstractContextManager[Binary]]
#: Gives the rows of a file, from the first.
Rows = Callable[[], AbstractContextManager[Sheet]]


def never() -> bool:
    return False


# ----------------------------------------------------------------------------------------------------------- runs


def run_file(
    actor: Actor,
    plan: Plan,
    open_file: Open,
    *,
    name: str,
    dry: bool = False,
    batch: int = BATCH,
    tell: Callable[[ImportRun], None] | None = None,
) -> ImportRun:
    """Import a whole file, or try to (`dry`: nothing is changed). `open_file` is called several times: once for its SHA-256.
    `tell` is called after each batch.

    Raises:
        Refused: the file is no table, or its columns do not fit the plan. Nothing was changed then.
    """
    digest = hashlib.sha256()
    with open_file() as stream:
        while content := stream.read(_CHUNK):
            digest.update(content)
    rows = rows_of(open_file)
    run = begin(actor, plan, name=name, sha256=digest.hexdigest(), dry=dry, rows=rows)

    def going_on() -> bool:
        if tell:
            tell(run)
        return False

    go_on(actor, run, rows, stop=going_on, batch=batch)
    return run


def rows_of(open_file: Open) -> Rows:
    """The rows of a file."""

    @contextmanager
    def rows() -> Iterator[Sheet]:
        with open_file() as stream:
            yield read(stream)

    return rows


@transaction.atomic
def begin(
    actor: Actor,
    plan: Plan,
    *,
    name: str,
    sha256: str,
    rows: Rows,
    dry: bool = False,
    upload: ImportUpload | None = None,
) -> ImportRun:
    """A run with nothing read yet. Raises Refused where the file does not fit the plan."""
    with rows() as sheet:
        fitted = _fit(actor, plan, sheet)
        dropped = sheet.dropped | fitted.dropped
    run = ImportRun.objects.create(
        agency=actor.agency,
        table=plan.table,
        file_name=name[:200],
        sha256=sha256,
        columns=plan.to_json(),
        at=actor.at,
        dry=dry,
        dropped=[{"column": column, "cite": cite} for column, cite in dropped.items()],
        upload=upload,
        by=actor.user,
        read_as=sheet.read_as,
    )
    note(
        actor, "import.tried" if dry else "import.begun", run,
        table=run.table, file=run.file_name, sha256=sha256, dropped=run.dropped, **plan.to_json(),
    )  # fmt: skip
    return run


def _fit(actor: Actor, plan: Plan, sheet: Sheet) -> Fitted:
    return fit(plan, sheet.columns, actor.agency, actor.at.astimezone(actor.agency.tz).date())


def go_on(
    actor: Actor, run: ImportRun, rows: Rows, *, stop: Callable[[], bool] = never, batch: int = BATCH
) -> bool:
    """Take the rows that are left, batch by batch, until all are taken or `stop()`. Returns whether the run is finished."""
    ledger = Ledger()
    try:
        with rows() as sheet:
            fitted = _fit(actor, Plan.of(run.table, run.columns), sheet)
            for row in islice(sheet.rows, run.read):  # rows of earlier batches: only remembered
                line = _line(fitted, row)
                if isinstance(line, Line):
                    _remember(run.table, line, ledger)
            batches, count_at = 0, FIRST_COUNT
            while found := list(islice(sheet.rows, batch)):
                _batch(actor, run, fitted, found, ledger)
                batches += 1
                if batches == count_at and not run.dry:
                    _count_again()
                    count_at *= 3
                if stop():
                    return False
        _finish(actor, run, sheet)
    finally:
        ledger.close()
    return True


def _count_again() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT custody_count_again()")


#: For one batch: plans of a few rows each, which gain nothing from compiling, from hashing a whole table or from merging two.
_PLANS = """
    SET LOCAL jit = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; SET LOCAL work_mem = '64kB';
"""


def _remember(table: str, line: Line, ledger: Ledger) -> None:
    key = taking._KEY[table](line.values)
    if table == "charges":
        ledger.count(key)
    else:
        ledger.first(key, line.line, line.values)


def _line(fitted: Fitted, row: Row) -> Line | tuple[Row, str]:
    if row.problem:
        return row, row.problem
    try:
        return Line(row.line, fitted.values(row), fitted.raw(row))
    except ValueError as error:
        return row, str(error)


def _batch(actor: Actor, run: ImportRun, fitted: Fitted, rows: list[Row], ledger: Ledger) -> None:
    """One batch in one transaction: the rows, their events, the rows set aside and the counts."""
    lines: list[Line] = []
    aside: list[tuple[int, dict[str, str], str]] = []
    for row in rows:
        found = _line(fitted, row)
        if isinstance(found, Line):
            lines.append(found)
        else:
            aside.append((row.line, fitted.raw(row), found[1]))
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_PLANS)
        held = ImportRun.objects.select_for_update().get(pk=run.pk)
        if (held.read, held.finished_at) != (run.read, None):
            raise Refused("This import is being run elsewhere; wait until it is finished.")
        if run.dry:
            with transaction.atomic():
                taken = taking.take(actor, run.table, lines, ledger)
                transaction.set_rollback(True)
        else:
            taken = taking.take(actor, run.table, lines, ledger)
        aside += [(one.line, one.raw, problem) for one, problem in taken.aside]
        _count(run, len(rows), taken, len(aside))
        kept = aside if not run.dry else aside[: max(0, MOST_OF_A_TRIAL - run.set_aside + len(aside))]
        ImportRow.objects.bulk_create(
            ImportRow(
                agency=actor.agency,
                run=run,
                line=line,
                raw=raw,
                problem=problem,
                done_at=actor.at if run.dry else None,
                done_how="a trial" if run.dry else "",
            )
            for line, raw, problem in sorted(kept, key=lambda one: one[0])
        )
        run.save(update_fields=["read", "taken", "unchanged", "set_aside"])


def _count(run: ImportRun, read_: int, taken: Taken, aside: int) -> None:
    run.read += read_
    run.taken += len(taken.taken)
    run.unchanged += len(taken.unchanged)
    run.set_aside += aside
    assert run.read == run.taken + run.unchanged + run.set_aside


@transaction.atomic
def _finish(actor: Actor, run: ImportRun, sheet: Sheet) -> None:
    if sheet.other[0]:
        run.read_as += f"; {sheet.other[0]} lines were not UTF-8 and were read as Windows-1252 (Latin-1)"
    run.finished_at = actor.at
    run.save(update_fields=["read_as", "finished_at"])
    if run.upload is not None and not run.dry:
        ImportUpload.objects.filter(pk=run.upload.pk).delete()
        run.upload = None
    note(
        actor, "import.trial_finished" if run.dry else "import.finished", run,
        table=run.table, read=run.read, taken=run.taken, unchanged=run.unchanged, set_aside=run.set_aside,
    )  # fmt: skip


# ------------------------------------------------------------------------------------------------- rows set aside


@transaction.atomic
def take_again(actor: Actor, row: ImportRow, cells: dict[str, str]) -> ImportRow:
    """A row that was set aside, with its cells mended: taken now.

    Raises:
        Refused: it was dealt with already, or cannot be taken as it stands now.
    """
    held = _open(actor, row)
    run = held.run
    plan = Plan.of(run.table, run.columns)
    dropped = {one["column"] for one in run.dropped}
    mended = held.raw | {name: cells[name] for name in plan.columns if name in cells and name not in dropped}
    fitted = fit(plan, mended, actor.agency, actor.at.astimezone(actor.agency.tz).date())
    found = _line(fitted, Row(held.line, mended))
    if not isinstance(found, Line):
        raise Quoted(found[1])
    ledger = Ledger()
    try:
        taken = taking.take(actor, run.table, [found], ledger)
    finally:
        ledger.close()
    if taken.aside:
        raise Quoted(taken.aside[0][1])
    changed = {
        name: [held.raw.get(name, ""), value]
        for name, value in mended.items()
        if held.raw.get(name, "") != value
    }
    held.done_at, held.done_how = actor.at, "taken" if taken.taken else "stands on the file already"
    held.save(update_fields=["done_at", "done_how"])
    note(actor, "import.row_taken", held, run=run.pk, line=held.line, changed=changed)
    return held


@transaction.atomic
def put_down(actor: Actor, row: ImportRow, *, because: str) -> ImportRow:
    """A row that shall not be taken, with the reason."""
    because = " ".join(because.split())
    if not because:
        raise Refused("Why is it put down? Expected a sentence, found nothing.")
    held = _open(actor, row)
    held.done_at, held.done_how = actor.at, f"put down: {because}"[:200]
    held.save(update_fields=["done_at", "done_how"])
    note(actor, "import.row_put_down", held, run=held.run_id, line=held.line, because=because)
    return held


def _open(actor: Actor, row: ImportRow) -> ImportRow:
    held = ImportRow.objects.select_for_update(of=("self",)).select_related("run").get(pk=row.pk)
    if held.agency_id != actor.agency.pk:
        raise Refused("This row belongs to another agency.")
    if held.done_at is not None:
        raise Refused("This row was dealt with already: %(done_how)s.", done_how=held.done_how)
    return held


def open_rows(agency: Any) -> Iterator[ImportRow]:
    """The rows that wait, oldest first."""
    return (
        ImportRow.objects.filter(agency=agency, done_at=None)
        .select_related("run")
        .order_by("run", "line")
        .iterator()
    )
