"""The law's answer for each detainer of a table, by the engine's bulk path: each case that occurs is decided once.

A case is noon of a detainer's day at the place whose law binds, with what the release tells. One that says nothing dated is
answered alike on every day between two changes of law, so a release without convictions has few cases however many its rows
(more where a condition asks the day itself); where it names convictions, how long ago they were may decide, and each row is a
case of its own.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bailiwick.engine.bulk import run_bulk
from bailiwick.engine.condition import AT, Compare, Named, Node, Ref, walk
from bailiwick.engine.facts import GROUPS
from bailiwick.engine.lawbook import Lawbook
from bailiwick.evidence.asif import ASKED, AsIf
from bailiwick.evidence.columns import literal

if TYPE_CHECKING:
    import duckdb

ACTIONS = sorted(set(ASKED.values()))
_CONVICTIONS = ("offence", "charge_code", "convicted_on")
#: More than one part of a release has rows.
_ROWS = 10**12


@dataclass(frozen=True, slots=True)
class Engine:
    """What decides: `duckdb`, or `spark` with the address of its master."""

    name: str = "duckdb"
    master: str | None = None


@dataclass(frozen=True, slots=True)
class _Told:
    """What a table tells besides place, day, custodian and form.

    Attributes:
        final_order: whether it names final orders.
        convictions: whether it names convictions, and charges are not supposed to be none.
    """

    final_order: bool
    convictions: bool

    @property
    def columns(self) -> tuple[str, ...]:
        return ("final_order",) * self.final_order + _CONVICTIONS * self.convictions


def decide(
    connection: duckdb.DuckDBPyConnection,
    book: Lawbook,
    source: str,
    as_if: AsIf,
    out: Path,
    engine: Engine | None = None,
) -> None:
    """Write what the law says of each detainer of `source` as Parquet: part, row, action, law, norm, missing and possible
    (the outcomes that are, as bits of `engine.decide.POSSIBLE`).

    source: a table or view with the canonical columns of detainers, `part` and `row`.
    """
    how, told = engine or Engine(), _told(connection, source, as_if)
    areas = _place(connection, book, source, as_if, told)
    rows, same = _cases(connection, told, any(_asks_the_day(book, area) for area in areas))
    with tempfile.TemporaryDirectory(
        dir=out.parent
    ) as name:  # beside what is written: on a cluster all see it
        cases, decided = Path(name) / "cases.parquet", Path(name) / "decided.parquet"
        _write(connection, told, dict(as_if.supposed), cases)
        run_bulk(
            cases,
            decided,
            book,
            engine=how.name,
            master=how.master,
            on=as_if.on,
            proposals=as_if.proposals,
            possible=tuple(ACTIONS),
        )
        files = f"{decided}/*.parquet" if decided.is_dir() else str(decided)
        connection.execute(
            f"""
            COPY (
                SELECT {rows}.part, {rows}.row, c.action,
                       {_of_action("d.{}")} AS law, {_of_action("d.{}_norm")} AS norm,
                       {_of_action("d.{}_missing")} AS missing, {_of_action("d.{}_possible")} AS possible
                FROM read_parquet({literal(files)}) d
                JOIN cases c ON c.number = CAST(d.id AS BIGINT)
                {same}
            ) TO {literal(str(out))} (FORMAT parquet, COMPRESSION zstd)
            """
        )
    for made in ("VIEW cases", "TABLE IF EXISTS grouped", "VIEW placed", "TABLE spans", "TABLE sites"):
        connection.execute(f"DROP {made}")


def _of_action(column: str) -> str:
    whens = (f"WHEN {literal(action)} THEN {column.format(action)}" for action in ACTIONS)
    return f"CASE c.action {' '.join(whens)} END"


def _told(connection: duckdb.DuckDBPyConnection, source: str, as_if: AsIf) -> _Told:
    asked = ", ".join(f"count({name}) > 0" for name in ("final_order", "offence", "charge_code"))
    ((order, offence, code),) = connection.execute(f"SELECT {asked} FROM {source}").fetchall()
    return _Told(order, (offence or code) and "charges" not in dict(as_if.supposed))


def _place(
    connection: duckdb.DuckDBPyConnection, book: Lawbook, source: str, as_if: AsIf, told: _Told
) -> Iterable[tuple[str, ...]]:
    """Make the view `placed`: each detainer with the place and the span of law that are asked; the tables `sites` and `spans`.
    Returns the areas whose law is asked."""
    place = "d.place"
    if as_if.place:
        inside = f"d.place = {literal(as_if.place)} OR starts_with(d.place, {literal(as_if.place + '/')})"
        place = f"CASE WHEN {inside} THEN d.place ELSE {literal(as_if.place)} END"
    found = connection.execute(f"SELECT DISTINCT {place} FROM {source} d").fetchall()
    areas: dict[tuple[str, ...], int] = {}
    sites = []
    for (path,) in found:
        area = areas.setdefault(book.area(path, as_if.proposals), len(areas))
        sites.append((path, book.places.get(path).tz, area))
    table(connection, "sites", {"place": "VARCHAR", "tz": "VARCHAR", "area": "INTEGER"}, sites)
    spans = [
        (number, since, until)
        for area, number in areas.items()
        for since, until in pairwise([date.min, *book.boundaries(area), date.max])
    ]
    table(connection, "spans", {"area": "INTEGER", "since": "DATE", "until": "DATE"}, spans)
    asked = " ".join(f"WHEN {literal(kind)} THEN {literal(action)}" for kind, action in ASKED.items())
    day = f"DATE {literal(as_if.on.isoformat())}" if as_if.on else "d.day"
    more = "".join(f", d.{name}" for name in told.columns)
    connection.execute(
        f"CREATE TEMP VIEW placed AS SELECT d.part, d.row, d.day, t.place, t.tz, s.area, s.since, d.custodian, d.kind, d.form, "
        f"CASE d.kind {asked} ELSE 'hold' END AS action{more} FROM {source} d JOIN sites t ON t.place = {place} "
        f"JOIN spans s ON s.area = t.area AND {day} >= s.since AND {day} < s.until"
    )
    return areas


def _asks_the_day(book: Lawbook, area: tuple[str, ...]) -> bool:
    """Whether some condition compares the day with a fixed one, so that it may turn between two changes of law."""

    def asks(node: Node | None) -> bool:
        return node is not None and any(
            asks(part.concept.tree)
            if isinstance(part, Named)
            else isinstance(part, Compare)
            and bool(read := [one.fact for one in walk(part) if isinstance(one, Ref)])
            and all(fact is AT for fact in read)
            for part in walk(node)
        )

    norms = (norm for name in area for norm in book.files[name].norms)
    return any(asks(node) for norm in norms for node in (norm.given, norm.when, norm.unless))


def table(
    connection: duckdb.DuckDBPyConnection, name: str, columns: dict[str, str], rows: list[tuple[Any, ...]]
) -> None:
    """Make a temporary table."""
    shown = ", ".join(f"{column} {kind}" for column, kind in columns.items())
    connection.execute(f"CREATE TEMP TABLE {name} ({shown})")
    if rows:
        spread = ", ".join(["unnest(?)"] * len(columns))
        connection.execute(
            f"INSERT INTO {name} SELECT {spread}", [list(column) for column in zip(*rows, strict=True)]
        )


def _cases(connection: duckdb.DuckDBPyConnection, told: _Told, daily: bool) -> tuple[str, str]:
    """Make the view `cases`, each with its number; `daily`: every day is its own. Returns where part and row stand, and how rows
    are joined to `cases c`."""
    if told.convictions:
        parts = connection.execute("SELECT DISTINCT part FROM placed").fetchall()
        first = " ".join(f"WHEN {literal(part)} THEN {i * _ROWS}" for i, (part,) in enumerate(parts))
        number = f"CASE part {first} END + row" if parts else "row"
        connection.execute(f"CREATE TEMP VIEW cases AS SELECT {number} AS number, * FROM placed")
        return "c", ""
    keys = ("place", "tz", "area", "since", "custodian", "kind", "form", "action", *told.columns)
    day = "day" if daily else "min(day) AS day"
    keys += ("day",) * daily
    connection.execute(
        f"CREATE TEMP TABLE grouped AS SELECT {', '.join(k for k in keys if k != 'day')}, {day} FROM placed "
        f"GROUP BY {', '.join(keys)}"
    )
    connection.execute("CREATE TEMP VIEW cases AS SELECT rowid AS number, * FROM grouped")
    return "r", "JOIN placed r ON " + " AND ".join(f"r.{key} IS NOT DISTINCT FROM c.{key}" for key in keys)


def _write(connection: duckdb.DuckDBPyConnection, told: _Told, supposed: dict[str, str], out: Path) -> None:
    """Write `cases` as a Parquet file of cases (`engine.bulk`), `id` their number. A conviction that the release names is one
    charge of a list that may be longer; of one after the day of the detainer it is not known how far that charge had come then.
    Without one nothing is said of charges."""
    groups: dict[str, dict[str, str]] = {group: {} for group in GROUPS}
    groups["request"] |= {"kind": "kind", "form": "form"}
    for fact, value in supposed.items():
        group, _, name = fact.partition(".")
        if name:
            groups[group][name] = value
    if told.final_order:
        order = supposed.get("person.final_order", "NULL")
        groups["person"]["final_order"] = f"coalesce(final_order, {order})"
    more = "".join(
        f", {{{', '.join(f'{literal(name)}: {value}' for name, value in facts.items())}}} AS {group}"
        for group, facts in groups.items()
        if facts
    )
    if "charges" in supposed:
        more += ", CAST([] AS STRUCT(statute VARCHAR, status VARCHAR)[]) AS charges"
    elif told.convictions:
        more += (
            ", CASE WHEN coalesce(offence, charge_code) IS NOT NULL THEN [{'description': offence, 'code': charge_code, "
            "'code_system': CASE WHEN charge_code IS NOT NULL THEN 'ncic' END, "
            "'status': CASE WHEN convicted_on > day THEN NULL ELSE 'convicted' END, "
            "'convicted_on': CASE WHEN convicted_on <= day THEN convicted_on END}] END AS charges, "
            "false AS charges_complete"
        )
    connection.execute(
        f'COPY (SELECT CAST(number AS VARCHAR) AS id, place, timezone(tz, day + INTERVAL 12 HOUR) AS "at", custodian{more} '
        f"FROM cases) TO {literal(str(out))} (FORMAT parquet, COMPRESSION zstd)"
    )
