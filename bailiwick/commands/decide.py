"""`bailiwick decide`: a case, a file of cases, or millions at once."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bailiwick.commands.errors import BAD_INPUT, DONE, BadInput, complain
from bailiwick.commands.options import (
    Format,
    FormatOption,
    LawOption,
    OnOption,
    PlaceOption,
    WithOption,
    read_format,
)

if TYPE_CHECKING:
    from bailiwick.engine.bulk import BadRow
    from bailiwick.engine.case import Case
    from bailiwick.engine.decide import Decision
    from bailiwick.engine.lawbook import Lawbook
    from bailiwick.engine.places import Place

COLUMNS = ("id", "line", "place", "at", "action", "outcome", "possible", "norms", "cites", "missing")
#: Bad rows of a bulk file that are listed one by one to a person at a terminal; elsewhere all are.
LISTED = 20


def decide(
    case: Annotated[
        str,
        typer.Argument(
            metavar="CASE", help="A case as JSON; a .jsonl file has one a line; - reads standard input."
        ),
    ],
    format: FormatOption = None,
    lines: Annotated[
        bool,
        typer.Option("--lines", help="One case a line, whatever the file is called (for standard input)."),
    ] = False,
    proposals: WithOption = None,
    place: PlaceOption = None,
    on: OnOption = None,
    bulk: Annotated[
        bool,
        typer.Option("--bulk", help="Decide a .jsonl or .parquet file as one SQL statement; needs --out."),
    ] = False,
    out: Annotated[
        str | None, typer.Option("--out", metavar="OUT.parquet", help="With --bulk: where the outcomes go.")
    ] = None,
    engine: Annotated[
        str, typer.Option("--engine", metavar="duckdb|spark", help="With --bulk: what runs the statement.")
    ] = "duckdb",
    master: Annotated[
        str | None,
        typer.Option(
            "--master", metavar="URL", help="With --engine spark: the cluster, such as spark://host:7077."
        ),
    ] = None,
    law: LawOption = None,
) -> int:
    """Decide what the law says of each action: keep the person, tell the release date, hand over, five more.

    Each answer comes with the norm that decided, its citation, the facts still missing as questions, running
    clocks, what is owed to the person, and what would change the answer. A fact that is absent is unknown,
    never false.

    \b
    One case, to read, and the same for a machine:
      bailiwick decide case.json
      bailiwick decide case.json --format json
    The smallest case there is:
      echo '{"place": "us/ca/fresno-county", "at": "2026-03-02T10:15:00-08:00"}' | bailiwick decide -
    What if it were in Texas, or on another day, or a bill had passed:
      bailiwick decide case.json --place us/tx/travis-county --on 2017-08-31
      bailiwick decide case.json --with us/ca:ab-2641
    A file of cases, one decision a line:
      bailiwick decide cases.jsonl > decisions.jsonl
    Millions:
      bailiwick decide --bulk cases.parquet --out outcomes.parquet

    The facts a case may carry: bailiwick facts. The path of a place: bailiwick places fresno.
    """
    from bailiwick.commands import inputs

    how = read_format(format)
    _check_options(bulk, out, engine, master, how)
    book = inputs.load_lawbook(law)
    bills = inputs.read_proposals(proposals, book)
    to = inputs.read_place(place, book.places, "--place") if place else None
    day = inputs.read_case_day(on, "--on") if on else None
    if bulk:
        assert out is not None
        return _bulk(case, Path(out), book, bills, to, day, engine, master, how)

    def moved(one: Case) -> Case:
        return one.moved(to, day) if to or day else one

    if inputs.is_lines(case, lines):
        return _many(inputs.Cases(case, book.places), book, bills, moved, how)
    if case.lower().endswith(".parquet"):
        raise BadInput(case, "a Parquet file is decided with --bulk and --out OUT.parquet")
    _one(moved(inputs.read_case_file(case, book.places)), book, bills, how)
    return DONE


def _check_options(bulk: bool, out: str | None, engine: str, master: str | None, how: Format | None) -> None:
    if engine not in ("duckdb", "spark"):
        raise BadInput("--engine", f"expected duckdb or spark, found '{engine}'")
    if master is not None and engine != "spark":
        raise BadInput("--master", "names a Spark cluster; expected --engine spark beside it")
    if not bulk and (out is not None or engine != "duckdb"):
        raise BadInput("--out" if out is not None else "--engine", "expected --bulk beside it")
    if bulk and out is None:
        raise BadInput("--bulk", "expected --out OUT.parquet, where the outcomes go")
    if out is not None and not out.endswith(".parquet"):
        raise BadInput("--out", f"expected a file named like OUT.parquet, found '{out}'")
    if bulk and how is Format.CSV:
        raise BadInput(
            "--format", "the outcomes of --bulk are written to --out as Parquet; expected table or json"
        )


# --------------------------------------------------------------------------------------------------- one case


def _one(case: Case, book: Lawbook, bills: tuple[str, ...], how: Format | None) -> None:
    from bailiwick.commands import rendering
    from bailiwick.engine.decide import decide as decide_case

    decision = decide_case(case, book, bills, would_change=how is not Format.CSV)
    if how is Format.JSON:
        rendering.write_json(decision.to_json())
    elif how is Format.CSV:
        out = rendering.Csv(COLUMNS)
        for row in csv_rows(decision, None):
            out.row(row)
    else:
        from bailiwick.commands.decision_page import page

        rendering.show(page(case, decision))


def csv_rows(decision: Decision, line: int | None) -> list[tuple[Any, ...]]:
    """One row an action."""
    at = decision.to_json()["at"]
    return [
        (
            decision.id,
            line,
            decision.place,
            at,
            action,
            answer.outcome,
            answer.possible,
            [b.norm.id for b in answer.because],
            [b.norm.cite.text for b in answer.because],
            answer.missing,
        )
        for action, answer in decision.actions.items()
    ]


# ------------------------------------------------------------------------------------------------- many cases


def _many(
    cases: Any, book: Lawbook, bills: tuple[str, ...], moved: Callable[[Case], Case], how: Format | None
) -> int:
    from bailiwick.commands import rendering
    from bailiwick.engine.decide import decide as decide_case

    if how is None:
        how = Format.TABLE if rendering.on_terminal() else Format.JSON
    out = rendering.Csv(COLUMNS) if how is Format.CSV else None
    for number, case in cases:
        decision = decide_case(moved(case), book, bills, would_change=how is Format.JSON)
        if how is Format.JSON:
            rendering.write_json_line(decision.to_json())
        elif out is not None:
            for row in csv_rows(decision, number):
                out.row(row)
        else:
            from bailiwick.commands.decision_page import summary

            rendering.show(summary(number, decision))
    return int(cases.exit_code)


# ------------------------------------------------------------------------------------------------------- bulk


def _bulk(
    source: str,
    out: Path,
    book: Lawbook,
    bills: tuple[str, ...],
    place: Place | None,
    on: date | None,
    engine: str,
    master: str | None,
    how: Format | None,
) -> int:
    from bailiwick.commands import inputs, rendering
    from bailiwick.engine.words import counted

    path = Path(source)
    if path.suffix not in (".jsonl", ".parquet"):
        raise BadInput(source, "expected a .jsonl or .parquet file for --bulk")
    from bailiwick.engine.bulk import BadTarget, run_bulk

    try:
        with rendering.progress("Deciding") as step:
            found = run_bulk(
                path,
                out,
                book,
                engine=engine,
                master=master,
                place=place.path if place else None,
                on=on,
                proposals=bills,
                progress=step,
            )
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith("bailiwick"):
            raise
        raise BadInput(
            "--engine", f"{engine} needs the package {error.name}: pip install 'bailiwick[spark]'"
        ) from None
    except OSError as error:
        raise BadInput(error.filename or source, error.strerror or str(error)) from None
    except BadTarget as error:
        raise BadInput(str(out), str(error)) from None
    except ValueError as error:
        raise BadInput(source, inputs.hinted(str(error).removeprefix(f"{source}: "))) from None
    in_json = how is Format.JSON
    _list(source, found.bad, in_json)
    if in_json:
        bad = [{"line": row.line, "message": inputs.hinted(row.message)} for row in found.bad]
        written = str(out) if found.decided else None
        rendering.write_json({"cases": found.cases, "decided": found.decided, "bad": bad, "out": written})
    else:
        wrong = f", {counted(len(found.bad), 'bad line')}" if found.bad else ""
        written = f"written to {out}" if found.decided else "nothing written"
        rendering.show([rendering.Text(f"{counted(found.decided, 'case')} decided{wrong}; {written}")])
    return BAD_INPUT if found.bad else DONE


def _list(source: str, bad: list[BadRow], in_json: bool) -> None:
    """Complain of bad rows: of all, but of the first only where they would flood a terminal or are in the JSON."""
    from bailiwick.commands import inputs
    from bailiwick.engine.words import counted

    first = LISTED if in_json or sys.stderr.isatty() else len(bad)
    for row in bad[:first]:
        complain(f"{source}:{row.line}", inputs.hinted(row.message))
    if bad[first:]:
        where = "all are in the JSON" if in_json else "to list all: 2> FILE, or --format json"
        complain(source, f"{counted(len(bad) - first, 'more bad line')}; {where}")
