"""`bailiwick report`: statutory and yearly reports."""

from __future__ import annotations

from typing import Annotated, ClassVar

import typer

from bailiwick.commands.desk import open_desk
from bailiwick.commands.errors import BadInput
from bailiwick.commands.lazy import Lazy, LazyGroup

HELP = """
Reports of an agency, over DATABASE_URL, as CSV.

\b
What was decided last year, for a monitor, with the number of each event in the record
  bailiwick report decisions --year 2025 > decisions-2025.csv
"""


class Reports(LazyGroup):
    lazy: ClassVar[dict[str, Lazy]] = {
        "decisions": Lazy("bailiwick.commands.report:decisions", "What was decided in a year.")
    }


app = typer.Typer(cls=Reports, help=HELP, rich_markup_mode=None, add_completion=False, no_args_is_help=True)


@app.callback()
def _report() -> None:
    pass


def decisions(
    year: Annotated[
        str | None,
        typer.Option("--year", metavar="YEAR", help="The calendar year, by the clock of the place."),
    ] = None,
    agency: Annotated[
        str | None,
        typer.Option(
            "--agency", metavar="NAME", help="Whose; needed where the database has several agencies."
        ),
    ] = None,
) -> None:
    """Write every signed decision of a year as CSV: what the law said, what was chosen, and the event that proves it.

    Read from the record, so that `bailiwick record prove EVENT` proves each row. Names nobody.
    """
    if year is None or not (year.isascii() and year.isdigit() and len(year) == 4 and year >= "1900"):
        raise BadInput("--year", f"expected a year such as 2025, found '{year or 'nothing'}'")
    open_desk()
    from bailiwick.commands.rendering import Csv
    from bailiwick.custody.models import Agency
    from bailiwick.reports.decisions import Row
    from bailiwick.reports.decisions import decisions as rows

    known = {one.name: one for one in Agency.objects.order_by("name")}
    if agency is None and len(known) == 1:
        agency = next(iter(known))
    found = known.get(agency or "")
    if found is None:
        names = ", ".join(f"'{name}'" for name in known) or "none: the database is empty"
        raise BadInput("--agency", f"expected one of {names}; found '{agency or 'nothing'}'")
    out = Csv(Row._fields)
    for row in rows(found, int(year)):
        out.row(row)
