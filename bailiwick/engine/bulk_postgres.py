"""Many cases in a table of PostgreSQL -> the same outcomes, as one SQL statement that the server runs.

The table has ``id`` (text) and ``facts`` (jsonb: a case of the contract). Rows written as the contract prints them are read by
the server alone. Any other row (``2015-W02-6`` for a date, a place that does not exist, a word that is none) is read here as the
single path reads it: what it can read is decided with the rest, what it cannot is returned with its reason.

A connection is given, so nothing of the driver is imported; psycopg 3 comes with ``pip install bailiwick[postgres]``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Any, Protocol, TypeAlias

from bailiwick.engine.bulk import BadRow, BadSource, BulkResult, case_row
from bailiwick.engine.bulk_sql import NamedBit, Scope, Statement
from bailiwick.engine.case import MAX_CHARGES, BadCase, Case, local_day, read_case
from bailiwick.engine.condition_sql import column, quoted
from bailiwick.engine.facts import (
    ACTIONS,
    CASE_FACTS,
    CHARGE_FACTS,
    ENVELOPE,
    FACTS,
    GROUPS,
    NOTICE_ONLY_FORMS,
    Fact,
    Type,
)
from bailiwick.engine.lawbook import Lawbook
from bailiwick.engine.places import Place

#: A table by its name, or by schema and name.
TableName: TypeAlias = str | tuple[str, str]

_FETCH = 5_000
_FIRST, _END = (int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) for year in (1970, 2100))

#: Dates and instants as the contract prints them, which the server and Python read alike. A 29 February and the years at the
#: edges are read by Python.
_DAY = r"((0[13578]|1[02])-(0[1-9]|[12]\d|3[01])|(0[469]|11)-(0[1-9]|[12]\d|30)|02-(0[1-9]|1\d|2[0-8]))"
_DATE = rf"^(19|20|21)\d\d-{_DAY}$"
_INSTANT = (
    rf"^(197[1-9]|19[89]\d|20[0-8]\d|209[0-8])-{_DAY}[T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{{1,6}})?)?"
    r"(Z|[+-](0\d|1[0-4]):[0-5]\d)$"
)

_SQL_TYPE = {Type.BOOLEAN: "boolean", Type.INTEGER: "integer", Type.DATE: "date"}


class Cursor(Protocol):
    """What is used of a psycopg cursor."""

    rowcount: int

    def execute(self, query: Any, params: Any = None) -> Any: ...
    def executemany(self, query: Any, params_seq: Any) -> Any: ...
    def fetchall(self) -> list[Any]: ...
    def fetchmany(self, size: int) -> list[Any]: ...
    def __enter__(self) -> Cursor: ...
    def __exit__(self, *error: Any) -> Any: ...


class Connection(Protocol):
    """What is used of a psycopg 3 connection."""

    @property
    def cursor(self) -> Callable[..., Any]: ...
    @property
    def transaction(self) -> Callable[..., Any]: ...


class Postgres:
    """PostgreSQL's way of writing (see ``bulk_sql.Dialect``)."""

    fence = "\nOFFSET 0"
    beside = ""
    steps = ""

    def word(self, kind: str, text: str) -> str:
        return quoted(text)

    def has(self, column: str, word: str) -> str:
        return f"({column} ? {quoted(word)})"

    def day(self, seconds: str) -> str:
        return f"(DATE '1969-12-31' + CAST(({seconds} + 86400) / 86400 AS INTEGER))"

    def number(self, condition: str) -> str:
        return f"CAST(CAST({condition} AS INTEGER) AS BIGINT)"

    def names(self, action: str, some: str, bits: list[NamedBit]) -> str:
        told = ", ".join(b.told for b in bits)
        return f"CASE WHEN {some} THEN array_to_string(ARRAY[{told}], ',') ELSE '' END"


def identifier(name: TableName) -> str:
    """A table's name, quoted. Raises ValueError for a name that no table can have."""
    parts = (name,) if isinstance(name, str) else name
    for part in parts:
        if not part or "\0" in part:
            raise ValueError(f"{name!r} is not the name of a table")
    return ".".join('"' + part.replace('"', '""') + '"' for part in parts)


def decide_table(
    connection: Connection,
    table: TableName,
    into: TableName,
    lawbook: Lawbook,
    *,
    place: str | None = None,
    on: date | None = None,
    proposals: tuple[str, ...] = (),
) -> BulkResult:
    """Decide the cases of a table (``id`` text, ``facts`` jsonb) into another, in one transaction.

    ``into`` has the columns of the Parquet output: id, place, at, and for each action its outcome, ``…_norm`` and ``…_missing``.
    It is made if there is none; otherwise the rows are added to it. ``place`` and ``on`` override every case's place and day
    (the what-if); citations are still read as where the case comes from.

    Returns the count and the bad rows, whose ``line`` is 0 (a table has none) and whose message begins with their id. Raises
    BadSource when the table cannot be read or the connection is inside a transaction that does not keep one snapshot, ValueError
    for an unknown place or proposal.
    """
    where = lawbook.places.get(place) if place else None
    lawbook.area("us", proposals)
    with connection.transaction(), connection.cursor() as cursor:
        run = _Run(connection, cursor, identifier(table), lawbook)
        run.settle()
        cases = run.look_over(table)
        if not cases:
            return BulkResult(0, 0)
        if not run.any_good():
            return BulkResult(cases, 0, run.bad)
        statement = Statement(lawbook, run.scope(where, on), Postgres(), _CHARGE_SQL, proposals)
        run.number_citations(statement)
        run.tables(statement)
        target = identifier(into)
        cursor.execute(
            f"CREATE TABLE IF NOT EXISTS {target} ({', '.join(f'{quote(n)} {t}' for n, t in COLUMNS)})"
        )
        names = ", ".join(quote(name) for name, _ in COLUMNS)
        final = ", ".join("to_timestamp(at_s)" if name == "at" else quote(name) for name, _ in COLUMNS)
        law = statement.text(_front(statement, run.source), charge_stage=_charge_stage(statement))
        cursor.execute(f"INSERT INTO {target} ({names})\nSELECT {final} FROM (\n{law}\n) decided")
        return BulkResult(cases, cursor.rowcount, run.bad)


def quote(name: str) -> str:
    """A column's name, quoted."""
    return identifier(name)


#: The columns of the output.
COLUMNS: tuple[tuple[str, str], ...] = (
    ("id", "text"),
    ("place", "text"),
    ("at", "timestamptz"),
    *((name, "text") for a in ACTIONS for name in (a, f"{a}_norm", f"{a}_missing")),
)


class _Run:
    """One table, looked over: the rows the server reads alone, and those read here into ``bw_read``."""

    def __init__(self, connection: Connection, cursor: Cursor, table: str, lawbook: Lawbook) -> None:
        self.connection = connection
        self.cursor = cursor
        self.table = table
        self.lawbook = lawbook
        self.bad: list[BadRow] = []
        self.places: dict[str, Place] = {}

    def settle(self) -> None:
        """Settings of this transaction. All statements must see the same rows: those looked over are those decided."""
        level = self.fetch("SHOW transaction_isolation")[0][0]
        if level == "read committed":
            try:
                self.cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            except Exception as error:
                raise BadSource(
                    "the connection is inside a transaction; expected one that has not begun, or REPEATABLE READ"
                ) from error
        for setting in ("TimeZone = 'UTC'", "standard_conforming_strings = on", "jit = off"):
            self.cursor.execute(f"SET LOCAL {setting}")

    def fetch(self, sql: str) -> list[Any]:
        self.cursor.execute(sql)
        return self.cursor.fetchall()

    def look_over(self, name: TableName) -> int:
        """Find the places; read what the server cannot read alone. The number of rows."""
        found = dict(
            self.fetch(
                "SELECT attname, format_type(atttypid, NULL) FROM pg_attribute WHERE attnum > 0 AND NOT attisdropped "
                f"AND attrelid = to_regclass({quoted(self.table)})"
            )
        )
        if found.get("facts") != "jsonb" or "id" not in found:
            seen = ", ".join(f"{n} {t}" for n, t in found.items()) or "no such table"
            raise BadSource(f"{name}: expected a table with id text and facts jsonb, found {seen}")
        cases = int(self.fetch(f"SELECT count(*) FROM {self.table}")[0][0])
        for (written,) in self.fetch(f"SELECT DISTINCT facts ->> 'place' FROM {self.table}"):
            if written is not None and written in self.lawbook.places:
                self.places[written] = self.lawbook.places.get(written)
        plain = f"COALESCE({as_printed('facts', self.places)}, FALSE)"
        self.cursor.execute(
            "DROP TABLE IF EXISTS pg_temp.bw_read, pg_temp.bw_places, pg_temp.bw_zones, pg_temp.bw_citations"
        )
        self.cursor.execute("CREATE TEMP TABLE bw_read (id text, facts jsonb) ON COMMIT DROP")
        self.read(f"SELECT CAST(id AS text), facts FROM {self.table} WHERE NOT {plain}")
        self.source = (
            f"(SELECT CAST(id AS text) AS id, facts FROM {self.table} WHERE {plain} "
            "UNION ALL SELECT id, facts FROM bw_read) cases"
        )
        return cases

    def read(self, sql: str) -> None:
        """Read rows as the single path does."""
        with self.connection.cursor("bw_unread") as unread:
            unread.execute(sql)
            while rows := unread.fetchmany(_FETCH):
                good = []
                for name, facts in rows:
                    try:
                        case = read_case(facts, self.lawbook.places)
                        _within(case)
                    except BadCase as error:
                        message = f"id {name}: {error}"
                        self.bad.append(BadRow(0, message if len(message) <= 300 else message[:297] + "..."))
                    else:
                        self.places[case.place.path] = case.place
                        good.append((name, json.dumps(case_row(case), default=_iso)))
                if good:
                    self.cursor.executemany("INSERT INTO bw_read VALUES (%s, %s)", good)

    def any_good(self) -> bool:
        return bool(self.fetch(f"SELECT EXISTS (SELECT FROM {self.source})")[0][0])

    def scope(self, place: Place | None, on: date | None) -> Scope:
        """The places and the first and last possible local day."""
        at = _seconds("facts ->> 'at'")
        seconds = self.fetch(f"SELECT min({at}), max({at}) FROM {self.source}")[0]
        first, last = (local_day(datetime.fromtimestamp(s, UTC), "UTC").toordinal() for s in seconds)
        days = (on, on) if on else (date.fromordinal(first - 1), date.fromordinal(last + 1))
        places = dict.fromkeys(self.places, place) if place else self.places
        return Scope(places, *days, on=on)

    def number_citations(self, statement: Statement) -> None:
        if statement.lists and statement.conditions.anys:
            fields = 'c("statute" text, "code_system" text, "code" text)'
            statement.scope.citations = self.fetch(
                "SELECT DISTINCT left(facts ->> 'place', 5), c.statute, c.code_system, c.code "
                f"FROM {self.source}, jsonb_to_recordset({_charges('facts')}) AS {fields} "
                "WHERE c.statute IS NOT NULL OR c.code IS NOT NULL"
            )

    def tables(self, statement: Statement) -> None:
        """The small tables that the statement joins."""
        self.fill(
            "bw_places",
            "written text, place text, area integer, tz text, noon_s bigint",
            list(statement.place_rows()),
        )
        self.fill(
            "bw_zones",
            "zone text, utc_year integer, offset_0 integer, change_1 bigint, offset_1 integer, change_2 bigint, offset_2 integer",
            list(statement.zone_rows()),
        )
        citations = [(*c, m) for c, m in zip(statement.scope.citations, statement.masks(), strict=True)]
        self.fill(
            "bw_listed", "state text, statute text, code_system text, code text, mask bigint", citations
        )
        key = citation_key("state", "statute", "code_system", "code")
        self.cursor.execute(
            f"CREATE TEMP TABLE bw_citations ON COMMIT DROP AS SELECT {key} AS citation, mask FROM bw_listed"
        )
        self.cursor.execute("CREATE INDEX ON bw_citations USING hash (citation)")
        self.cursor.execute("ANALYZE bw_citations")

    def fill(self, name: str, columns: str, rows: list[tuple[Any, ...]]) -> None:
        self.cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{name}")
        self.cursor.execute(f"CREATE TEMP TABLE {name} ({columns}) ON COMMIT DROP")
        if rows:
            marks = ", ".join(["%s"] * len(rows[0]))
            self.cursor.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)
        self.cursor.execute(f"ANALYZE {name}")


def _iso(value: Any) -> str:
    return str(value.isoformat())


def _within(case: Case) -> None:
    """Instants of the years that the table of zones knows."""
    for name, value in (("at", case.at), *case.facts.items()):
        if isinstance(value, datetime) and not _FIRST <= value.timestamp() < _END:
            raise BadCase(f"{name}: expected a year between 1970 and 2099, found {value.isoformat()}")


# -------------------------------------------------------------------------------------------------------- rows as printed


def as_printed(facts: str, places: dict[str, Place]) -> str:
    """SQL: whether a jsonb value is a case written as the contract prints it (else it is read by ``read_case``)."""
    tests = [
        f"jsonb_typeof({facts}) = 'object'",
        _only(facts, ENVELOPE),
        f"jsonb_typeof({facts} -> 'place') = 'string'",
        f"{facts} ->> 'place' IN ({', '.join(map(quoted, places)) or 'NULL'})",
        f"jsonb_typeof({facts} -> 'at') = 'string'",
        f"{facts} ->> 'at' ~ {quoted(_INSTANT)}",
        f"COALESCE({facts} -> 'decided', 'null') = 'null'",
        _fits(FACTS["charges_complete"], f"({facts} -> 'charges_complete')"),
        _fits(FACTS["custodian"], f"({facts} -> 'custodian')"),
    ]
    for group in GROUPS:
        value = f"({facts} -> {quoted(group)})"
        fields = {f.name.partition(".")[2]: f for f in CASE_FACTS if f.name.startswith(f"{group}.")}
        tests.append(_object(value, fields, nullable=True))
    charges = f"({facts} -> 'charges')"
    # the day of the place is at the earliest the day before that of UTC
    utc = f"to_char(CAST({facts} ->> 'at' AS timestamptz), 'YYYY-MM-DD')"
    by_then = f"COALESCE(charge ->> 'convicted_on' < {utc}, TRUE)"
    one = f"{_object('charge', CHARGE_FACTS, nullable=False)} AND {by_then}"
    tests.append(
        f"CASE COALESCE(jsonb_typeof({charges}), 'null') WHEN 'null' THEN TRUE WHEN 'array' THEN "
        f"jsonb_array_length({charges}) <= {MAX_CHARGES} AND "
        f"NOT EXISTS (SELECT FROM jsonb_array_elements({charges}) AS charge WHERE NOT COALESCE({one}, FALSE)) ELSE FALSE END"
    )
    # a CASE, because the parts of AND have no order and the later ones need what the first say
    return (
        "(CASE WHEN NOT COALESCE("
        + ", FALSE) THEN FALSE WHEN NOT COALESCE(".join(tests)
        + ", FALSE) THEN FALSE ELSE TRUE END)"
    )


def _only(value: str, keys: Any) -> str:
    return f"({value} - ARRAY[{', '.join(map(quoted, keys))}]) = '{{}}'"


def _object(value: str, fields: dict[str, Fact], *, nullable: bool) -> str:
    inside = " AND ".join(
        [_only(value, fields), *(_fits(f, f"({value} -> {quoted(name)})") for name, f in fields.items())]
    )
    empty = "WHEN 'null' THEN TRUE " if nullable else ""
    return f"(CASE COALESCE(jsonb_typeof({value}), 'null') {empty}WHEN 'object' THEN {inside} ELSE FALSE END)"


def _fits(fact: Fact, value: str) -> str:
    """Whether a jsonb value is absent, null, or the fact as the contract prints it."""
    kind = f"COALESCE(jsonb_typeof({value}), 'null')"
    text = f"({value} #>> '{{}}')"
    words = [json.dumps(word) for word in fact.values]
    match fact.type:
        case Type.BOOLEAN:
            return f"{kind} IN ('boolean', 'null')"
        case Type.INTEGER:
            return f"({kind} = 'null' OR {kind} = 'number' AND {text} ~ '^[0-9]{{1,9}}$')"
        case Type.DATE:
            return f"({kind} = 'null' OR {kind} = 'string' AND {text} ~ {quoted(_DATE)})"
        case Type.INSTANT:
            return f"({kind} = 'null' OR {kind} = 'string' AND {text} ~ {quoted(_INSTANT)})"
        case Type.TEXTS:
            among = f"{quoted('[' + ', '.join(words) + ']')} @> {value}"
            inside = f"jsonb_array_length({value}) <= 100 AND {among}"
            return f"(CASE {kind} WHEN 'null' THEN TRUE WHEN 'array' THEN {inside} ELSE FALSE END)"
    if words:
        return f"COALESCE({value}, 'null') IN ('null', {', '.join(map(quoted, words))})"
    return f"({kind} = 'null' OR {kind} = 'string' AND length({text}) <= 500)"


# --------------------------------------------------------------------------------------------------------- facts as columns


def _seconds(text: str) -> str:
    """UTC seconds of an instant as text."""
    return f"CAST(floor(extract(epoch FROM CAST({text} AS timestamptz))) AS bigint)"


def _year(seconds: str) -> str:
    return f"CAST(extract(year FROM to_timestamp({seconds}) AT TIME ZONE 'UTC') AS integer)"


def _charges(facts: str) -> str:
    """The charges, NULL where nothing is known of them."""
    return f"(CASE jsonb_typeof({facts} -> 'charges') WHEN 'array' THEN {facts} -> 'charges' END)"


def _front(statement: Statement, source: str) -> str:
    at = _seconds("facts ->> 'at'")
    columns = ["0 AS rn", "id", "facts ->> 'place' AS written", f"{at} AS at_s0", f"{_year(at)} AS at_year"]
    for name in sorted(statement.conditions.facts):
        fact = FACTS[name]
        path = "{" + name.replace(".", ",") + "}"
        text = f"(facts #>> '{path}')"
        short = name.replace(".", "_")
        if fact.type is Type.INSTANT:
            seconds = _seconds(text)
            columns += [f"{seconds} AS {short}_s", f"{_year(seconds)} AS {short}_year"]
        elif fact.type is Type.TEXTS:
            columns.append(f"NULLIF(facts #> '{path}', 'null') AS {column(fact)}")
        elif name == "request.kind":
            forms = ", ".join(map(quoted, NOTICE_ONLY_FORMS))
            columns.append(
                f"CASE WHEN {text} = 'immigration_detainer' AND (facts #>> '{{request,form}}') IN ({forms}) "
                f"THEN 'release_notification_request' ELSE {text} END AS {column(fact)}"
            )
        else:
            columns.append(f"CAST({text} AS {_SQL_TYPE.get(fact.type, 'text')}) AS {column(fact)}")
    columns.append(f"{_charges('facts')} AS charges")
    columns.append("COALESCE(jsonb_typeof(facts -> 'charges'), 'null') = 'array' AS charges_known")
    columns.append("COALESCE(CAST(facts ->> 'charges_complete' AS boolean), TRUE) AS charges_whole")
    return f"SELECT {', '.join(columns)} FROM {source}"


# ----------------------------------------------------------------------------------------------------------------- charges

_CHARGE_SQL = {name: f'c."{name}"' for name in CHARGE_FACTS}
_CITATION = ("statute", "code_system", "code")


def citation_key(*parts: str) -> str:
    """One text for state, statute, code system and code; JSON keeps apart what is absent and what is empty."""
    return f"CAST(jsonb_build_array({', '.join(parts)}) AS text)"


def _charge_stage(statement: Statement) -> str | None:
    if not statement.conditions.anys:
        return None
    truths, missing = statement.charge_bits()
    words = {f"f{i}": sql for i, sql in enumerate(truths)} | {f"m{i}": sql for i, sql in missing.items()}
    used = sorted({*_used(words.values()), *_CITATION})
    fields = ", ".join(f'"{name}" {_SQL_TYPE.get(CHARGE_FACTS[name].type, "text")}' for name in used)
    key = citation_key("left(s1.written, 5)", *(f"c.{name}" for name in _CITATION))
    # worked out in a query of their own: an aggregate over nothing but columns of s1 would belong to s1
    each = ", ".join(f"CAST({sql} AS bigint) AS {name}" for name, sql in words.items())
    found = ", ".join(f"COALESCE(bit_or(each.{name}), 0) AS {name}" for name in words)
    return (
        f"SELECT s1.*, whole.* FROM s1 CROSS JOIN LATERAL (SELECT {found} FROM (SELECT {each} "
        f"FROM jsonb_to_recordset(s1.charges) AS c({fields}) "
        f"LEFT JOIN bw_citations listed ON listed.citation = {key}) each) whole"
    )


def _used(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        yield from re.findall(r'c\."(\w+)"', text)
