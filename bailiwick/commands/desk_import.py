"""`bailiwick desk import`: a file of a jail's own system, by the service of the page *Imports*."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

import typer

from bailiwick.commands.desk import open_desk
from bailiwick.commands.errors import DONE, FINDING, BadInput
from bailiwick.commands.options import Format, FormatOption, read_format

if TYPE_CHECKING:
    from bailiwick.custody.exchange.mapping import Plan
    from bailiwick.custody.models import Agency, ImportRow, ImportRun, User


def import_file(
    kind: Annotated[
        str,
        typer.Argument(metavar="KIND", help="What its rows are: bookings, charges, grounds or releases."),
    ],
    file: Annotated[str, typer.Argument(metavar="FILE", help="CSV, JSON or JSON Lines.")],
    agency: Annotated[
        str | None, typer.Option("--agency", metavar="NAME", help="The agency whose files they are.")
    ] = None,
    user: Annotated[
        str | None,
        typer.Option(
            "--user", metavar="NAME", help="Who imports: an account of the agency that may import files."
        ),
    ] = None,
    mapping: Annotated[
        str | None,
        typer.Option(
            "--mapping",
            metavar="NAME|FILE",
            help='A mapping kept under a name, or a file {"columns": {column: field}, "values": …} whose name ends in .json; '
            "columns go by their names when not given.",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Try it: nothing of anybody's file is changed.")
    ] = False,
    format: FormatOption = None,
) -> int:
    """Import a file of a jail's own system: every row is taken, found unchanged, or set aside with its line and reason.

    The same file again changes nothing; one that was interrupted goes on. Rows set aside wait on the page Imports; --format csv
    writes them, with the cells that were read. Nothing is kept of the file but its rows.

    Exit status 1 when a row was set aside.
    """
    wanted = read_format(format) or Format.TABLE
    _readable(file)
    open_desk()
    from bailiwick.commands.rendering import progress
    from bailiwick.custody.acting import Actor
    from bailiwick.custody.errors import Refused
    from bailiwick.custody.exchange import importing
    from bailiwick.custody.exchange.tables import TABLES
    from bailiwick.custody.rights import scope_of
    from bailiwick.custody.seeing import seeing
    from bailiwick.desk.clock import now

    if kind not in TABLES:
        raise BadInput("KIND", f"expected one of {', '.join(TABLES)}, found '{kind}'")
    whose = _agency(agency)
    who = _user(user, whose)
    actor = Actor(whose, now(), who, how="import")
    with seeing(scope_of(who)), progress("rows") as step:
        plan = _plan(kind, mapping, whose, file)

        def tell(run: ImportRun) -> None:
            if step:
                step(run.read, None)

        def opened() -> BinaryIO:
            return Path(file).open("rb")

        try:
            run = importing.run_file(actor, plan, opened, name=Path(file).name, dry=dry_run, tell=tell)
        except Refused as refused:
            raise BadInput(file, refused.message) from None
        _show(run, list(_rows(run)), plan, wanted)
    return FINDING if run.set_aside else DONE


def _readable(file: str) -> None:
    """Raises BadInput for a file that is not there."""
    path = Path(file)
    if not path.is_file():  # it is read more than once: no pipe
        found = "a folder" if path.is_dir() else "something else" if path.exists() else "none of that name"
        raise BadInput(file, f"expected a file, found {found}")
    try:
        path.open("rb").close()
    except OSError as error:
        raise BadInput(file, f"expected a file that can be read, found: {error.strerror}") from None


def _agency(name: str | None) -> Agency:
    from bailiwick.custody.models import Agency

    known = {one.name: one for one in Agency.objects.order_by("name")}
    if name is None or name not in known:
        names = ", ".join(f"'{one}'" for one in known) or "none: the database is empty"
        raise BadInput("--agency", f"expected one of {names}; found '{name or 'nothing'}'")
    return known[name]


def _user(name: str | None, agency: Agency) -> User:
    """The account under whose name rows are taken. Raises BadInput where there is none, or it may not."""
    from bailiwick.custody.models import User
    from bailiwick.custody.rights import may

    if name is None:
        raise BadInput("--user", "expected the account under whose name rows are taken, found nothing")
    user = User.objects.filter(username=name, agency=agency).first()
    if user is None:
        raise BadInput("--user", f"expected an account of {agency.name}, found '{name}', which is none")
    if not user.is_active or user.locked_at is not None:
        raise BadInput("--user", f"expected an account that may log in, found '{name}', which may not")
    if not may(user, "import_files"):
        raise BadInput("--user", f"expected a clerk or supervisor, found '{name}', who may not import files")
    user.agency = agency
    return user


def _plan(kind: str, given: str | None, agency: Agency, file: str) -> Plan:
    from bailiwick.custody.errors import Refused
    from bailiwick.custody.exchange import mapping, reading

    try:
        if given is None:
            with Path(file).open("rb") as stream:
                return mapping.Plan(kind, mapping.propose(kind, reading.read(stream).columns))
    except Refused as refused:
        raise BadInput(file, refused.message) from None
    try:
        plan = (
            mapping.Plan.of(kind, _json(given)) if given.endswith(".json") else mapping.saved(agency, given)
        )
    except Refused as refused:
        raise BadInput("--mapping", refused.message.removeprefix("Mapping: ")) from None
    if plan.table != kind:
        raise BadInput("--mapping", f"expected a mapping of {kind}, found one of {plan.table}")
    return plan


def _json(file: str) -> dict[str, Any]:
    try:
        found = json.loads(Path(file).read_text(encoding="utf-8"))
    except OSError as error:
        raise BadInput(file, f"expected a mapping, found {error.strerror}") from None
    except ValueError as error:
        raise BadInput(file, f"expected a mapping as JSON, found: {error}") from None
    if not isinstance(found, dict):
        raise BadInput(file, f"expected a mapping as a JSON object, found {type(found).__name__}")
    return found


def _rows(run: ImportRun) -> Any:
    from bailiwick.custody.models import ImportRow

    return ImportRow.objects.filter(run=run).order_by("line")


def _show(run: ImportRun, rows: list[ImportRow], plan: Plan, wanted: Format) -> None:
    from bailiwick.commands.rendering import Csv, Heading, Table, Text, show, write_json

    counts = {
        name: getattr(run, name) for name in ("read", "taken", "unchanged", "set_aside")
    }  # read is the sum of the others
    if wanted is Format.JSON:
        write_json(
            {
                "import": run.pk,
                "dry_run": run.dry,
                "read_as": run.read_as,
                **counts,
                "dropped": run.dropped,
                "rows_set_aside": [{"line": row.line, "says": row.problem} for row in rows],
            }
        )
        return
    if wanted is Format.CSV:
        dropped = {one["column"] for one in run.dropped}
        columns = [name for name in plan.columns if name not in dropped]
        out = Csv(("line", "says", *columns))
        for row in rows:
            out.row((row.line, row.problem, *(row.raw.get(name, "") for name in columns)))
        return
    n = {name: f"{value:,}" for name, value in counts.items()}
    title = (
        f"{n['taken']} of {n['read']} rows would be taken; nothing has been changed"
        if run.dry
        else f"{n['taken']} of {n['read']} rows taken"
    )
    table = [Table(("line", "what is wrong"), [[str(row.line), row.problem] for row in rows], right=(0,))]
    more = run.set_aside - len(rows)
    show(
        [
            Heading(title, first=True),
            Text(f"{n['unchanged']} unchanged, {n['set_aside']} set aside. {run.read_as}."),
            *(
                Text(f"Not read: {one['column']}; the law here forbids to collect it, {one['cite']}.")
                for one in run.dropped
            ),
            *(table if rows else []),
            *([Text(f"and {more:,} more")] if more else []),
        ]
    )
