"""Many cases -> the same outcomes, on DuckDB over Parquet (the default), or past one machine on Spark.

``bulk_sql.py`` writes the statement; here the cases are looked over once (places, days, citations, bad rows), the tables it
joins are made, and it is run. A JSON Lines file is first checked line by line into Parquet. One bad row never stops the rest.
"""

from __future__ import annotations

import os
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bailiwick.engine.bulk_charges import Charges
from bailiwick.engine.bulk_sql import NamedBit, Scope, Statement, step_lists
from bailiwick.engine.case import BadCase, Case, local_day, read_case
from bailiwick.engine.case_lines import TOO_LONG, NotJson, OtherKind, read_json, read_lines
from bailiwick.engine.condition_sql import column, quoted
from bailiwick.engine.facts import (
    CASE_FACTS,
    CHARGE_FACTS,
    ENVELOPE,
    FACTS,
    GROUPS,
    NOTICE_ONLY_FORMS,
    Fact,
    Outcome,
    Type,
    nearest,
)
from bailiwick.engine.lawbook import Lawbook
from bailiwick.engine.places import Place

if TYPE_CHECKING:
    import duckdb

Progress = Callable[[int, int | None], None]
_BATCH = 50_000
#: A state gets a statement of its own with this many cases, if they are one in so many.
_MANY, _ONE_IN = 20_000, 20
_FEW = 10_000  # rows of a file that are looked at at once
_NAMES = 10  # bits of missing facts that are looked up at once


class BadSource(ValueError):
    """A file of cases that cannot be read at all."""


class BadTarget(ValueError):
    """A file that outcomes are not, or cannot be, written to. The message does not name it."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """One row that was not decided: its line (JSON Lines) or row (Parquet), from 1, and why."""

    line: int
    message: str


@dataclass(slots=True)
class BulkResult:
    """How many cases there were, how many were decided, and the rest."""

    cases: int
    decided: int
    bad: list[BadRow] = field(default_factory=list)


# ------------------------------------------------------------------------------------------------------------- DuckDB SQL


class DuckDb:
    """DuckDB's way of writing (see ``bulk_sql.Dialect``)."""

    fence = ""
    steps = ", bw_steps"

    def __init__(self, tables: str = "") -> None:
        self._table = f"bw_names{tables}"
        self.beside = f", {self._table}"
        #: (bits and what they stand for, type of the texts) -> column with the list of texts
        self._names: dict[tuple[tuple[tuple[str, int], ...], str], str] = {}
        #: Type of an action's missing facts, where they are few -> its texts.
        self.types: dict[str, list[str]] = {}

    def word(self, kind: str, text: str) -> str:
        return f"{quoted(text)}::bw_{kind}"

    def has(self, column: str, word: str) -> str:
        return f"list_contains({column}, {quoted(word)})"

    def day(self, seconds: str) -> str:
        return f"(DATE '1969-12-31' + CAST(({seconds} + 86400) // 86400 AS INTEGER))"

    def number(self, condition: str) -> str:
        return f"CAST({condition} AS BIGINT)"

    def names(self, action: str, some: str, bits: list[NamedBit]) -> str:
        """Looked up, up to ten bits at once, in lists that ``make_table`` makes.

        Where one look tells an action's missing facts, they are an enum, as ``_words`` says of others.
        """
        runs: list[list[NamedBit]] = []
        for one in bits:
            first = runs[-1][0] if runs else None
            if first and one.column == first.column and runs[-1][-1].bit < one.bit < first.bit + _NAMES:
                runs[-1].append(one)
            else:
                runs.append([one])
        widths = [run[-1].bit - run[0].bit + 1 for run in runs]
        numbers = [
            f"(({run[0].column} >> {run[0].bit}) & {(1 << width) - 1})"
            for run, width in zip(runs, widths, strict=True)
        ]
        if sum(widths) <= _NAMES:
            place, key, parts = 0, [], []
            for run, width, number in zip(runs, widths, numbers, strict=True):
                key += [(one.name, place + one.bit - run[0].bit) for one in run]
                parts.append(f"{number} * {1 << place}" if place else number)
                place += width
            kind = f"bw_missing_{action}"
            self.types[kind] = _named(name for name, _ in key)
            return f"{self._listed(key, kind)}[({' | '.join(parts)}) + 1]"
        found = [
            f"{self._listed([(one.name, one.bit - run[0].bit) for one in run], 'VARCHAR')}[{number} + 1]"
            for run, number in zip(runs, numbers, strict=True)
        ]
        return f"CASE WHEN {some} THEN concat_ws(',', {', '.join(found)}) ELSE '' END"

    def _listed(self, key: list[tuple[str, int]], kind: str) -> str:
        return self._names.setdefault((tuple(key), kind), f"names{len(self._names)}")

    def make_table(self, con: duckdb.DuckDBPyConnection) -> None:
        """The one-row table of names (its types are there)."""
        columns = ["0 AS rows"]
        for (key, kind), name_of in self._names.items():
            text = f"concat_ws(',', {', '.join(NamedBit(name, 'n', bit).told for name, bit in key)})"
            if kind == "VARCHAR":
                text = f"NULLIF({text}, '')"  # to be left out of the next concat_ws
            numbers = f"range({2 << key[-1][1]}) r(n)"
            columns.append(f"(SELECT list(CAST({text} AS {kind}) ORDER BY n) FROM {numbers}) AS {name_of}")
        con.execute(f"CREATE OR REPLACE TEMP TABLE {self._table} AS SELECT {', '.join(columns)}")
        con.execute(f"CREATE TEMP TABLE IF NOT EXISTS bw_steps AS {step_lists()}")


def _named(names: Iterable[str]) -> list[str]:
    """Every text that some of the names make, in their order, with commas between."""
    texts = [""]
    for name in names:
        texts += [f"{text},{name}" if text else name for text in texts]
    return texts


#: What is wrong with a row's charges.
ODD_CHARGE = "charges: an unknown word, a date that is none, or a number below 0"
LATE = "charges[].convicted_on: expected a day not after that of the decision, found "


class _Source:
    """The columns of a Parquet file, checked against the contract, and how each fact is read from them."""

    def __init__(self, con: duckdb.DuckDBPyConnection, path: Path) -> None:
        import duckdb as duckdb_module

        self.path = path
        try:
            relation = con.sql(f"SELECT * EXCLUDE (file_row_number) FROM {self.scan}")
            types = dict(zip(relation.columns, relation.types, strict=True))
        except (duckdb_module.Error, RuntimeError) as error:  # RuntimeError: a column's name is no text
            raise BadSource(f"{path}: not a readable Parquet file ({_first_line(error)})") from None
        self.types = types
        for name in types:
            if name not in ENVELOPE:
                raise BadSource(f"{path}: unknown column '{name}'{nearest(name, [*ENVELOPE, *FACTS])}")
        for name in ("place", "at"):
            if name not in types:
                raise BadSource(f"{path}: no column '{name}'; every case needs place and at")
        self.sql: dict[str, str] = {}
        # row by row: (condition, message); told apart, those that a look at the distinct values rules out
        self.checks: list[tuple[str, str]] = []
        #: Path of a case's fact of words, or of a list of them -> the vocabulary.
        self.case_words: dict[str, tuple[str, ...]] = {}
        self.instants: list[str] = []
        self.numbers: list[str] = []
        self.in_text = False
        self.at = self._instant("at", '"at"', types["at"])
        for fact in CASE_FACTS:
            self.sql[fact.name] = self._case_fact(fact)
        self.charge_fields = self._charge_fields()

    def _children(self, name: str) -> dict[str, Any]:
        kind = self.types.get(name)
        if kind is None or kind.id == "null":
            return {}
        if kind.id != "struct":
            raise BadSource(f"{self.path}: column '{name}' is {kind}; expected a struct of facts")
        fields = dict(kind.children)
        for child in fields:
            if f"{name}.{child}" not in FACTS:
                raise BadSource(
                    f"{self.path}: unknown fact '{name}.{child}'{nearest(f'{name}.{child}', FACTS)}"
                )
        return fields

    def _case_fact(self, fact: Fact) -> str:
        group, _, rest = fact.name.partition(".")
        if not rest:
            kind = self.types.get(group)
            return self._read(fact, group, kind)
        fields = self._children(group)
        return self._read(fact, f"{group}.{rest}", fields.get(rest))

    def _read(self, fact: Fact, path: str, kind: Any) -> str:
        if kind is None or kind.id == "null":
            return "NULL"
        read = self._cast(fact, path, kind)
        if fact.values and fact.type is Type.TEXT:
            if path == fact.name:
                self.case_words[path] = fact.values
            self.checks.append(
                (
                    f"{path} NOT IN ({', '.join(map(quoted, fact.values))})",
                    f"'{fact.name}: unknown word ' || {path}",
                )
            )
        if fact.values and fact.type is Type.TEXTS:
            words = f"[{', '.join(map(quoted, fact.values))}]"
            self.case_words[path] = fact.values
            self.checks.append(
                (
                    f"NOT list_has_all({words}, list_filter({path}, lambda w: w IS NOT NULL))",
                    f"'{fact.name}: unknown word in ' || CAST({path} AS VARCHAR)",
                )
            )
        return read

    def _cast(self, fact: Fact, path: str, kind: Any) -> str:
        wanted = {
            Type.BOOLEAN: ("boolean",),
            Type.INTEGER: (
                "tinyint",
                "smallint",
                "integer",
                "bigint",
                "utinyint",
                "usmallint",
                "uinteger",
                "ubigint",
            ),
            Type.TEXT: ("varchar", "enum"),
            Type.DATE: ("date", "varchar"),
            Type.INSTANT: ("timestamp with time zone", "varchar"),
            Type.TEXTS: ("list",),
        }[fact.type]
        if kind.id not in wanted:
            raise BadSource(
                f"{self.path}: '{fact.name}' is {kind}; expected {' or '.join(wanted)}"
                + (" (a time without zone is not an instant)" if kind.id == "timestamp" else "")
            )
        if fact.type is Type.INTEGER:
            self.numbers.append(path)
            message = f"'{fact.name}: expected a whole number, 0 or more, found ' || {path}"
            self.checks.append((f"{path} < 0", message))
        if fact.type is Type.DATE and kind.id == "varchar":
            self.in_text = True
            self.checks.append(
                (
                    f"{path} IS NOT NULL AND TRY_CAST({path} AS DATE) IS NULL",
                    f"'{fact.name}: expected a date like 2015-01-10, found ' || {path}",
                )
            )
            return f"TRY_CAST({path} AS DATE)"
        if fact.type is Type.INSTANT:
            return self._instant(fact.name, path, kind)
        return path

    def _instant(self, name: str, path: str, kind: Any) -> str:
        """UTC seconds."""
        if kind.id == "varchar":
            zoned = f"regexp_matches({path}, '(Z|[+-][0-9]{{2}}:?([0-9]{{2}})?)$')"
            cast = f"(CASE WHEN {zoned} THEN TRY_CAST({path} AS TIMESTAMPTZ) END)"
        elif kind.id == "timestamp with time zone":
            cast = path
        else:
            raise BadSource(
                f"{self.path}: '{name}' is {kind}; expected an instant (TIMESTAMP WITH TIME ZONE, or text with its offset); "
                "a time without zone is not an instant"
            )
        seconds = f"(epoch_us({cast}) // 1000000)"
        if name != "at":
            self.in_text |= kind.id == "varchar"
            self.instants.append(path)
        given = "" if name == "at" else f"{path} IS NOT NULL AND "
        found = f"found ' || COALESCE(CAST({path} AS VARCHAR), 'nothing')"
        self.checks += [
            (
                f"{given}{seconds} IS NULL",
                f"'{name}: expected an instant with its offset, like 2026-03-02T10:15:00-08:00, {found}",
            ),
            (
                f"{seconds} NOT BETWEEN 0 AND {_LAST - 1}",
                f"'{name}: expected a year between 1970 and 2099, {found}",
            ),
        ]
        return seconds

    def _charge_fields(self) -> dict[str, str]:
        kind = self.types.get("charges")
        if kind is None or kind.id == "null":
            return {}
        child_type: Any = dict(kind.children).get("child") if kind.id == "list" else None
        if child_type is None or child_type.id != "struct":
            raise BadSource(f"{self.path}: column 'charges' is {kind}; expected a list of structs")
        fields = dict(child_type.children)
        out: dict[str, str] = {}
        checks: list[str] = []
        for name, child in fields.items():
            fact = CHARGE_FACTS.get(name)
            if fact is None:
                raise BadSource(f"{self.path}: unknown fact 'charges[].{name}'{nearest(name, CHARGE_FACTS)}")
            if child.id == "null":
                continue
            before = len(self.checks)
            out[name] = self._read(fact, f"c.{name}", child)
            checks += [condition for condition, _ in self.checks[before:]]
            del self.checks[before:]
        if checks:
            wrong = " OR ".join(f"COALESCE({c}, FALSE)" for c in checks)
            self.checks.append(
                (
                    f"len(list_filter(charges, lambda c: {wrong})) > 0",
                    quoted(ODD_CHARGE),
                )
            )
        return out

    @property
    def has_charges(self) -> bool:
        kind = self.types.get("charges")
        return kind is not None and kind.id != "null"

    @property
    def null_charge(self) -> tuple[str, str]:
        """A check of rows with a charge that is null. It is made only where the statement, which passes over them, wrote fewer
        rows than there are: made beforehand, it would read every charge once more."""
        first = "list_position(list_transform(charges, lambda c: c IS NULL), TRUE) - 1"
        return (
            "len(charges) <> list_count(charges)",
            f"'charges[' || ({first}) || ']: expected an object, found null'",
        )

    @property
    def place(self) -> str:
        if self.types["place"].id not in ("varchar", "enum"):
            raise BadSource(
                f"{self.path}: 'place' is {self.types['place']}; expected text like us/ca/los-angeles-county"
            )
        return "place"

    @property
    def scan(self) -> str:
        options = "file_row_number = true, hive_partitioning = false"  # a folder x=y on the way is no column
        return f"read_parquet({quoted(str(self.path))}, {options})"


def _literal_rows(rows: Iterable[tuple[Any, ...]]) -> str:
    return ", ".join("(" + ", ".join("NULL" if v is None else quoted(v) for v in row) + ")" for row in rows)


@dataclass(slots=True)
class Prepared:
    """A query whose tables are made in a connection."""

    sql: str
    bad: list[BadRow]
    cases: int
    source: _Source


def prepare(
    con: duckdb.DuckDBPyConnection,
    path: Path,
    lawbook: Lawbook,
    *,
    place: Place | None = None,
    on: date | None = None,
    proposals: tuple[str, ...] = (),
    scratch: Path | None = None,
    possible: tuple[str, ...] = (),
) -> Prepared:
    """Look over a Parquet file of cases and write the statement that decides them. ``possible``: as in ``run_bulk``.

    ``scratch``: a directory where the cases of states that have many may be laid apart (about twice the file); it must stay until
    the statement has run. Without it, one statement looks at all of them.

    Raises BadSource when the file cannot be read or a column is not of the contract.
    """
    source = _Source(con, path)
    cases = con.execute(f"SELECT count(*) FROM {source.scan}").fetchall()[0][0]
    if not cases:
        raise BadSource(f"{path}: no cases in it")
    with ThreadPoolExecutor(2) as beside:
        reading = beside.submit(_leaves, con.cursor(), path, source)
        amounts = beside.submit(_odd_amounts, path, source)
        spans = con.execute(
            f"SELECT {source.place}, min({source.at}), max({source.at}), count(*) - count({source.at}), count(*) "
            f"FROM {source.scan} GROUP BY 1"
        ).fetchall()
        places: dict[str, Place] = {}
        checks = list(source.checks)
        for written, *_ in spans:
            try:
                places[written] = lawbook.places.get(written if isinstance(written, str) else "")
            except ValueError as error:
                if place is None:
                    test = "place IS NULL" if written is None else f"place = {quoted(written)}"
                    checks.append((test, quoted(f"place: {error}")))
        if place is not None:
            places = {written or "": place for written, *_ in spans}
        if not places:
            raise BadSource(f"{path}: no row names a known place; first: {spans[0][0]!r}")
        far = any(a is not None and not 0 <= a <= b < _LAST for _, a, b, *_ in spans)
        ends = _ends(con, source) if far else [s for _, a, b, *_ in spans for s in (a, b)]
        moments: list[int] = [s for s in ends if s is not None]
        if not moments:
            raise BadSource(f"{path}: no row has an instant of the years 1970 to 2099 in 'at'")
        first, last = (local_day(datetime.fromtimestamp(s, UTC), "UTC") for s in (min(moments), max(moments)))
        margin = (date.fromordinal(first.toordinal() - 1), date.fromordinal(last.toordinal() + 1))
        days = (on, on) if on else margin
        counts = {written or "": count for written, *_, count in spans}
        parts = _parts(places, counts) if scratch else [places]
        statements = []
        for i, mine in enumerate(parts):
            scope = Scope(mine, *days, on=on, tables="" if len(parts) == 1 else f"_{i}")
            dialect = DuckDb(scope.tables)
            statements.append(
                Statement(
                    lawbook, scope, dialect, source.charge_fields, proposals, hoist=True, possible=possible
                )
            )
        _words(con, statements)
        odd = source.in_text or _odd_instants(con, source)
        leaves = reading.result()
        odd |= amounts.result()
    suspect = far or len(checks) > len(source.checks) or any(missing for *_, missing, _ in spans)
    if suspect or odd or _odd_leaves(leaves, source):
        bad = _bad_rows(con, source, [*checks, *_convicted_later(source, zones_of(lawbook, places, place))])
    else:
        con.execute("CREATE OR REPLACE TEMP TABLE bw_bad (rn BIGINT)")
        bad = []
    citations = _citations(con, source, leaves, sorted({(w or "")[:5] for w, *_ in spans}))
    whole = f"SELECT * FROM {source.scan}" + (
        " WHERE file_row_number NOT IN (SELECT rn FROM bw_bad)" if bad else ""
    )
    relations = _apart(con, whole, parts, scratch) if scratch and len(parts) > 1 else [whole]
    texts = []
    for statement, relation in zip(statements, relations, strict=True):
        key = _key(con, source, statement, citations) if statement.lists else None
        front = _front(source, statement, place, relation)
        if statement.conditions.anys and source.has_charges:
            charges = Charges(statement, key)
            charges.make_table(con)
            text = statement.text(
                front,
                charge_stage=charges.stage(),
                truth_bits=charges.truth_bits(),
                missing_bits=charges.missing_bits(),
            )
        else:
            text = statement.text(front, charge_stage=_no_charges(statement))
        texts.append(text)
    return Prepared(
        " UNION ALL ".join(f"({text})" for text in texts) if texts[1:] else texts[0], bad, cases, source
    )


def _parts(places: dict[str, Place], counts: dict[str, int]) -> list[dict[str, Place]]:
    """The places of each statement: a state with many cases has one of its own, so that no row passes the tests of place of
    another state's law; the others share one."""
    rows: Counter[str] = Counter()
    for written, place in places.items():
        rows[place.path[:5]] += counts[written]
    least = max(_MANY, sum(rows.values()) // _ONE_IN)
    parts: dict[str, dict[str, Place]] = {}
    for written, place in places.items():
        state = place.path[:5]
        parts.setdefault(state if rows[state] >= least else "", {})[written] = place
    return list(parts.values())


def _apart(
    con: duckdb.DuckDBPyConnection, rows: str, parts: list[dict[str, Place]], scratch: Path
) -> list[str]:
    """The rows of each part, laid apart in files, as SQL."""
    whens = " ".join(
        f"WHEN place IN ({', '.join(map(quoted, part))}) THEN {i}" for i, part in enumerate(parts)
    )
    folder = scratch / "parts"
    con.execute(
        f"COPY (SELECT *, CASE {whens} END AS bw_part FROM ({rows}) WHERE bw_part IS NOT NULL) TO {quoted(str(folder))} "
        "(FORMAT parquet, COMPRESSION uncompressed, PARTITION_BY (bw_part), ROW_GROUP_SIZE 60000)"
    )
    files = (quoted(str(folder / f"bw_part={i}" / "*.parquet")) for i in range(len(parts)))
    return [f"SELECT * FROM read_parquet({name}, hive_partitioning = false)" for name in files]


_LAST = 4_102_444_800  # 2100-01-01T00:00:00Z
_LEAVES = ("statute", "code", "code_system", "status", "grade")


def _leaves(con: duckdb.DuckDBPyConnection, path: Path, source: _Source) -> dict[str, set[str]] | None:
    """The distinct texts of some fields of charges, and of a case's facts of words by their path, from the file's dictionaries;
    None when it cannot be told."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    found: dict[str, set[str]] = {name: set() for name in (*_LEAVES, *source.case_words)}
    try:
        schema = pq.ParquetFile(path).schema
        names = [schema.column(i).path for i in range(len(schema))]
        of_charge = [n for n in names if n.startswith("charges.") and n.rsplit(".", 1)[1] in _LEAVES]
        wanted = [next(n for n in names if n == p or n.startswith(f"{p}.")) for p in source.case_words]
        wanted += of_charge if source.has_charges else []
        if not wanted:
            return found
        whole = _dictionaries(con, path, {names.index(n): n for n in wanted})
        file = pq.ParquetFile(path, read_dictionary=wanted, pre_buffer=False)
        for group in range(file.num_row_groups):
            there = [n for n in wanted if n in whole[group]]
            for columns, first in ((there, True), ([n for n in wanted if n not in there], False)):
                if columns:
                    _gather(file.iter_batches(_FEW, [group], columns), first, found)
    except (pa.ArrowException, OSError, KeyError, AttributeError, StopIteration):
        return None
    return found


def _dictionaries(con: duckdb.DuckDBPyConnection, path: Path, wanted: dict[int, str]) -> dict[int, set[str]]:
    """Row group -> those of some columns, by their number, whose every page of data is in the words of the group's dictionary."""
    data = "list_filter(encoding_stats, lambda s: s.page_type LIKE 'DATA_PAGE%')"
    rows = con.execute(
        f"SELECT row_group_id, column_id FROM parquet_metadata({quoted(str(path))}) "
        f"WHERE column_id IN ({', '.join(map(str, wanted))}) AND len({data}) > 0 "
        f"AND len(list_filter({data}, lambda s: s.encoding NOT IN ('PLAIN_DICTIONARY', 'RLE_DICTIONARY'))) = 0"
    ).fetchall()
    found: dict[int, set[str]] = defaultdict(set)
    for group, number in rows:
        found[group].add(wanted[number])
    return found


def _gather(batches: Iterator[Any], first: bool, found: dict[str, set[str]]) -> None:
    """Add the texts of batches; ``first``: no more of them than it takes to see a text of each, since each then has the words of
    all the others with it."""
    import pyarrow as pa

    for batch in batches:
        seen = True
        for name, column_ in zip(batch.schema.names, batch.columns, strict=True):
            for path, values in _texts(name, column_):
                texts = values.dictionary if pa.types.is_dictionary(values.type) else values.unique()
                found[path].update(t for t in texts.to_pylist() if t is not None)
                seen &= values.null_count < len(values)
        if first and seen:
            return


def _texts(path: str, array: Any) -> Iterator[tuple[str, Any]]:
    """The texts inside an Arrow array of lists and structs, by the path of their fact; of charges, by their field."""
    import pyarrow as pa

    if pa.types.is_list(array.type) or pa.types.is_large_list(array.type):
        yield from _texts("" if path == "charges" else path, array.flatten())
    elif pa.types.is_struct(array.type):
        for i in range(array.type.num_fields):
            name = array.type.field(i).name
            yield from _texts(f"{path}.{name}" if path else name, array.field(i))
    else:
        yield path, array


def _odd_leaves(leaves: dict[str, set[str]] | None, source: _Source) -> bool:
    """Whether some word of these is, or may be, none of the vocabulary's (then the rows are looked at one by one)."""
    known = {name: CHARGE_FACTS[name].values for name in ("status", "grade")} | source.case_words
    return leaves is None or any(leaves.get(name, set()) - set(words) for name, words in known.items())


def _ends(con: duckdb.DuckDBPyConnection, source: _Source) -> list[int | None]:
    """The first and the last instant of the years that a case may have; the ends of all would hide them."""
    at = f"CASE WHEN {source.at} BETWEEN 0 AND {_LAST - 1} THEN {source.at} END"
    return list(con.execute(f"SELECT min({at}), max({at}) FROM {source.scan}").fetchall()[0])


def _odd_instants(con: duckdb.DuckDBPyConnection, source: _Source) -> bool:
    """The same of the instants of cases."""
    if not source.instants:
        return False
    ends = ", ".join(f"epoch_us({end}({i})) // 1000000" for i in source.instants for end in ("min", "max"))
    row = con.execute(f"SELECT {ends} FROM {source.scan}").fetchall()[0]
    return any(end is not None and not 0 <= end < _LAST for end in row)


def _odd_amounts(path: Path, source: _Source) -> bool:
    """Whether a conviction may be later than the decision (the day of a place is at the earliest the day before that of UTC), or
    a number may be below 0."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    if "convicted_on" not in source.charge_fields and not source.numbers:
        return False
    try:
        file = pq.ParquetFile(path, pre_buffer=False)
        names = [file.schema.column(i).path for i in range(len(file.schema))]
        convicted = [n for n in names if n.startswith("charges.") and n.endswith(".convicted_on")]
        numbers = [n for n in names if n.rsplit(".", 1)[-1] in {m.rsplit(".", 1)[-1] for m in source.numbers}]
        for group in range(file.num_row_groups):
            read = file.read_row_group(group, ["at", *convicted, *numbers], use_threads=False)
            for name in read.column_names:
                column_ = read[name].combine_chunks()
                for found, values in _texts(name, column_):
                    if found.endswith("convicted_on"):
                        at = read["at"].combine_chunks().cast(pa.timestamp("us"), safe=False)
                        days = at.cast(pa.date32(), safe=False).take(pc.list_parent_indices(column_))
                        odd = pc.greater_equal(values, days)
                    elif found != "at":
                        odd = pc.less(values, 0)
                    else:
                        continue
                    if pc.any(odd).as_py():
                        return True
    except (pa.ArrowException, OSError, KeyError):
        return True
    return False


def zones_of(lawbook: Lawbook, written: Iterable[str], place: Place | None) -> dict[str, list[str]]:
    """Time zone -> the places of cases there; ``place`` stands for those that are none."""
    zones: dict[str, list[str]] = defaultdict(list)
    for name in written:
        known = lawbook.places.get(name) if name in lawbook.places else place
        if known is not None:
            zones[known.tz].append(name)
    return zones


def _convicted_later(source: _Source, zones: dict[str, list[str]]) -> list[tuple[str, str]]:
    """A check for a conviction after the local day of the decision."""
    convicted = source.charge_fields.get("convicted_on")
    if convicted is None:
        return []
    whens = " ".join(
        f"WHEN place IN ({', '.join(map(quoted, of))}) THEN {quoted(tz)}" for tz, of in zones.items()
    )
    day = f"CAST(timezone(CASE {whens} END, make_timestamptz({source.at} * 1000000)) AS DATE)"
    days = f"list_transform(charges, lambda c: {convicted})"
    return [(f"list_max({days}) > {day}", f"{quoted(LATE)} || list_max({days})")]


def _bad_rows(con: duckdb.DuckDBPyConnection, source: _Source, checks: list[tuple[str, str]]) -> list[BadRow]:
    """The rows that fail a check, which are left in ``bw_bad``."""
    reason = " ".join(f"WHEN {test} THEN {message}" for test, message in checks)
    con.execute(
        "CREATE OR REPLACE TEMP TABLE bw_bad AS SELECT rn, reason FROM "
        f"(SELECT file_row_number AS rn, CASE {reason} END AS reason FROM {source.scan}) WHERE reason IS NOT NULL"
    )
    rows = con.execute("SELECT rn, reason FROM bw_bad ORDER BY rn").fetchall()
    return [BadRow(rn + 1, message if len(message) <= 300 else message[:297] + "...") for rn, message in rows]


def _front(source: _Source, statement: Statement, place: Place | None, rows: str) -> str:
    columns = ["file_row_number AS rn", "id" if "id" in source.types else "file_row_number + 1 AS id"]
    columns.append(f"COALESCE({source.place}, '') AS written" if place else f"{source.place} AS written")
    columns += [f"{source.at} AS at_s0", f"year(make_timestamp({source.at} * 1000000)) AS at_year"]
    for name in sorted(statement.conditions.facts):
        fact = FACTS[name]
        sql = source.sql[name]
        short = name.replace(".", "_")
        if fact.type is Type.INSTANT:
            seconds = "CAST(NULL AS BIGINT)" if sql == "NULL" else sql
            columns += [
                f"{seconds} AS {short}_s",
                f"year(make_timestamp({seconds} * 1000000)) AS {short}_year",
            ]
        else:
            if name == "request.kind" and source.sql["request.form"] != "NULL":
                forms = ", ".join(map(quoted, NOTICE_ONLY_FORMS))
                sql = (
                    f"CASE WHEN {sql} = 'immigration_detainer' AND {source.sql['request.form']} IN ({forms}) "
                    f"THEN 'release_notification_request' ELSE {sql} END"
                )
            columns.append(f"{_typed_null(fact) if sql == 'NULL' else sql} AS {column(fact)}")
    if source.has_charges:
        known = "charges IS NOT NULL"
        columns.append("charges")
    else:
        known = "FALSE"
    columns.append(f"({known}) AS charges_known")
    whole = source.types.get("charges_complete")
    columns.append(
        "TRUE AS charges_whole"
        if whole is None or whole.id == "null"
        else "COALESCE(charges_complete, TRUE) AS charges_whole"
    )
    whole_charges = f" WHERE NOT COALESCE({source.null_charge[0]}, FALSE)" if source.has_charges else ""
    return f"SELECT {', '.join(columns)} FROM ({rows}) given{whole_charges}"


def _typed_null(fact: Fact) -> str:
    kind = {Type.BOOLEAN: "BOOLEAN", Type.INTEGER: "INTEGER", Type.DATE: "DATE", Type.TEXTS: "VARCHAR[]"}.get(
        fact.type, "VARCHAR"
    )
    return f"CAST(NULL AS {kind})"


_CITATION = ("statute", "code_system", "code")
Citation = tuple[str, str | None, str | None, str | None]


def _citations(
    con: duckdb.DuckDBPyConnection, source: _Source, leaves: dict[str, set[str]] | None, states: list[str]
) -> list[Citation]:
    """Every (state, statute, code system, code) of the charges; more, where that is quicker to tell."""
    fields = source.charge_fields
    if not {"statute", "code"} & set(fields):
        return []
    if leaves is not None and not leaves["code"] and len(states) * len(leaves["statute"]) < 20_000:
        return [(state, statute, None, None) for state in states for statute in sorted(leaves["statute"])]
    parts = ", ".join(fields.get(name, "CAST(NULL AS VARCHAR)") for name in _CITATION)
    return con.execute(
        f"SELECT DISTINCT left({source.place}, 5), {parts} FROM (SELECT {source.place}, unnest(charges) AS c FROM {source.scan})"
    ).fetchall()


def _key(
    con: duckdb.DuckDBPyConnection, source: _Source, statement: Statement, citations: list[Citation]
) -> str | None:
    """SQL of the number of a charge's citation (None without any), and the type that numbers them; the scope gets them."""
    mine = {written[:5] for written in statement.scope.places}
    found = [c for c in citations if (c[0] or "") in mine]
    coded = any(code is not None for *_, code in found)
    statute_sql, system_sql, code_sql = (
        source.charge_fields.get(name, "CAST(NULL AS VARCHAR)") for name in _CITATION
    )
    joined = f"(COALESCE({statute_sql}, chr(1)) || chr(2) || COALESCE({system_sql}, '') || chr(2) || COALESCE({code_sql}, ''))"
    key = joined if coded else statute_sql

    def text(statute: str | None, system: str | None, code: str | None) -> str | None:
        return (
            f"{statute if statute is not None else chr(1)}\x02{system or ''}\x02{code or ''}"
            if coded
            else statute
        )

    numbers: dict[str, int] = {}
    for _, statute, system, code in found:
        name = text(statute, system, code)
        if name is not None:
            numbers.setdefault(name, len(numbers))
    if not numbers:
        return None
    states = sorted({state or "us" for state, *_ in found})
    width = len(numbers)
    statement.scope.citations = [("us", None, None, None)] * (width * len(states))
    for state, statute, system, code in found:
        name = text(statute, system, code)
        if name is not None:
            statement.scope.citations[states.index(state or "us") * width + numbers[name]] = (
                state or "us",
                statute,
                system,
                code,
            )
    kind = f"bw_citation{statement.scope.tables}"
    con.execute(f"DROP TYPE IF EXISTS {kind}")
    con.execute(f"CREATE TYPE {kind} AS ENUM ({', '.join(map(quoted, numbers))})")
    number = f"enum_code(CAST({key} AS {kind}))"
    if len(states) > 1:
        whens = " ".join(f"WHEN {quoted(s)} THEN {i * width}" for i, s in enumerate(states))
        number = f"(CASE left(written, 5) {whens} END + {number})"
    return number


def _no_charges(statement: Statement) -> str:
    """The charge stage of a file without charges."""
    words = {word for word, _, _ in statement.truth_bits().values()}
    words |= {f"m{a.number}" for a in statement.conditions.anys.values() if a.asked}
    return f"SELECT *, {', '.join(f'0 AS {word}' for word in sorted(words))} FROM s1"


def _tables(con: duckdb.DuckDBPyConnection, statement: Statement) -> None:
    places = f"bw_places{statement.scope.tables}"
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {places} (written VARCHAR, place bw_place, area INTEGER, tz VARCHAR, noon_s BIGINT)"
    )
    con.execute(f"INSERT INTO {places} VALUES {_literal_rows(statement.place_rows())}")
    zones = f"bw_zones{statement.scope.tables}"
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {zones} (zone VARCHAR, utc_year INTEGER, offset_0 INTEGER, change_1 BIGINT, "
        "offset_1 INTEGER, change_2 BIGINT, offset_2 INTEGER)"
    )
    con.execute(f"INSERT INTO {zones} VALUES {_literal_rows(statement.zone_rows())}")


def _words(con: duckdb.DuckDBPyConnection, statements: list[Statement]) -> None:
    """Output words as enums: DuckDB then writes them as Parquet dictionaries without hashing a string a cell; and the tables
    that the statements join."""
    norms = sorted({c.norm.id for statement in statements for c in statement.columns}) or ["none"]
    places = sorted({place.path for statement in statements for place in statement.scope.places.values()})
    words = {"bw_outcome": [str(o) for o in Outcome], "bw_norm": norms, "bw_place": places}
    dialects = [s.dialect for s in statements if isinstance(s.dialect, DuckDb)]
    for dialect in dialects:
        for kind, texts in dialect.types.items():
            words[kind] = sorted({*words.get(kind, ()), *texts})
    for kind, texts in words.items():
        con.execute(f"DROP TYPE IF EXISTS {kind} CASCADE")
        con.execute(f"CREATE TYPE {kind} AS ENUM ({', '.join(map(quoted, texts))})")
    for statement, dialect in zip(statements, dialects, strict=True):
        _tables(con, statement)
        dialect.make_table(con)


# ------------------------------------------------------------------------------------------------------------------ runs


def connect(memory: str = "1200MB", threads: int | None = None) -> duckdb.DuckDBPyConnection:
    """A DuckDB connection that stays within a memory limit (it spills to a temporary directory)."""
    import duckdb as duckdb_module

    con = duckdb_module.connect(config={"memory_limit": memory, "temp_directory": tempfile.gettempdir()})
    con.execute("SET TimeZone = 'UTC'")
    con.execute("SET enable_progress_bar = false")  # DuckDB would write it into the output of a command
    if threads:
        con.execute(f"SET threads = {threads}")
    return con


def run_bulk(
    source: Path,
    out: Path,
    lawbook: Lawbook,
    *,
    engine: str = "duckdb",
    master: str | None = None,
    place: str | None = None,
    on: date | None = None,
    proposals: tuple[str, ...] = (),
    progress: Progress | None = None,
    possible: tuple[str, ...] = (),
) -> BulkResult:
    """Decide a file of cases (``.parquet`` or ``.jsonl``) into a Parquet file.

    ``possible``: actions of which the outcomes still possible are told too (``a_possible``, bits of ``decide.POSSIBLE``).
    ``place`` and ``on`` override every case's place and day (the what-if); citations are still read as where the case comes
    from. Where no case could be decided, nothing is written. A symbolic link as ``out`` is followed.

    Raises BadSource for a file that cannot be read, BadTarget for one that cannot be written or would be lost (it is the source,
    or no regular file), ValueError for an unknown place or proposal; bad rows are returned.
    """
    if not source.is_file():
        raise BadSource(
            f"{source}: {'no such file' if not source.exists() else f'expected a file, found {kind_of(source)}'}"
        )
    out = _target(source, out, engine)
    where = lawbook.places.get(place) if place else None
    lawbook.area("us", proposals)
    if source.suffix == ".jsonl":
        with tempfile.TemporaryDirectory() as scratch:
            parquet = Path(scratch) / "cases.parquet"
            lines, bad = jsonl_to_parquet(source, parquet, lawbook)
            if len(bad) == lines:
                return BulkResult(lines, 0, bad)
            try:
                result = _run(parquet, out, lawbook, engine, master, where, on, proposals, progress, possible)
            except BadSource as error:
                raise BadSource(str(error).replace(str(parquet), str(source))) from None
            return BulkResult(lines, result.decided, sorted([*bad, *result.bad], key=lambda b: b.line))
    return _run(source, out, lawbook, engine, master, where, on, proposals, progress, possible)


def _run(
    source: Path,
    out: Path,
    lawbook: Lawbook,
    engine: str,
    master: str | None,
    place: Place | None,
    on: date | None,
    proposals: tuple[str, ...],
    progress: Progress | None,
    possible: tuple[str, ...],
) -> BulkResult:
    if engine == "spark":
        from bailiwick.engine.bulk_spark import run_spark

        return run_spark(
            source, out, lawbook, master=master, place=place, on=on, proposals=proposals, possible=possible
        )
    if engine != "duckdb":
        raise ValueError(f"unknown engine '{engine}'; expected duckdb or spark")
    con = connect()
    try:
        with (
            _beside(out) as partial,
            tempfile.TemporaryDirectory() as scratch,
            _reading(source, out, partial),
        ):
            prepared = prepare(
                con,
                source,
                lawbook,
                place=place,
                on=on,
                proposals=proposals,
                scratch=Path(scratch),
                possible=possible,
            )
            if progress:
                progress(0, prepared.cases)
            columns = 'id, place, make_timestamptz(at_s * 1000000) AS "at", * EXCLUDE (rn, id, place, at_s)'
            # snappy: a twentieth quicker over all than zstd, whose file is half as large
            written = con.execute(
                f"COPY (SELECT {columns} FROM ({prepared.sql})) TO {quoted(str(partial))} (FORMAT parquet, COMPRESSION snappy)"
            ).fetchall()[0][0]
            bad = prepared.bad
            if written < prepared.cases - len(bad):
                more = _bad_rows(con, prepared.source, [prepared.source.null_charge])
                bad = sorted({b.line: b for b in [*more, *bad]}.values(), key=lambda b: b.line)
            if written:
                partial.replace(out)
        if progress:
            progress(prepared.cases, prepared.cases)
        return BulkResult(prepared.cases, written, bad)
    finally:
        con.close()


# ----------------------------------------------------------------------------------------------------- what is written to


def kind_of(path: Path) -> str:
    """What stands there instead of a regular file."""
    return "a directory" if path.is_dir() else "a device or a pipe"


def _target(source: Path, out: Path, engine: str) -> Path:
    """The file to write: what a symbolic link names, since to replace the link would leave that file as it was."""
    target = out
    if out.is_symlink():
        target = Path(os.path.realpath(out))
        if target.is_symlink():
            raise BadTarget("a symbolic link that leads nowhere")
        if target.suffix != out.suffix:
            raise BadTarget(f"a symbolic link to {target}; expected one to a file named {out.suffix}")
    if not target.parent.is_dir():
        raise BadTarget("no such directory to write to")
    if not target.exists():
        return target
    if engine == "spark" and target.is_dir():  # it may be one of parts that Spark wrote
        if target.resolve() in source.resolve().parents:
            raise BadTarget("the cases are in it; expected another path")
    elif not target.is_file():
        raise BadTarget(f"expected a file, found {kind_of(target)}")
    elif target.samefile(source):
        raise BadTarget("is the file of cases itself; expected another")
    return target


@contextmanager
def _beside(out: Path) -> Iterator[Path]:
    """A path to write to before it takes the place of another; nothing is left there."""
    try:
        folder = tempfile.TemporaryDirectory(prefix=f".{out.name}.", dir=out.parent)
    except OSError as error:
        raise BadTarget(f"cannot be written to: {error.strerror}") from None
    with folder as name:
        yield Path(name) / out.name


def not_of_the_file() -> tuple[type[Exception], ...]:
    """DuckDB's complaints of a statement, which are faults of ours, and Ctrl-C."""
    import duckdb as duckdb_module

    return (
        duckdb_module.BinderException,
        duckdb_module.CatalogException,
        duckdb_module.ParserException,
        duckdb_module.SyntaxException,
        duckdb_module.InterruptException,
    )


@contextmanager
def _reading(source: Path, out: Path, partial: Path) -> Iterator[None]:
    """DuckDB's complaints of a damaged file, of one that cannot be written, and of memory, each as one line."""
    import duckdb as duckdb_module

    try:
        yield
    except not_of_the_file():
        raise
    except duckdb_module.OutOfMemoryException as error:
        raise BadSource(f"{source}: too large for the memory there is ({_first_line(error)})") from None
    except (duckdb_module.Error, UnicodeDecodeError) as error:
        said = _first_line(error)
        if str(partial) in said:
            raise BadTarget(f"cannot be written to ({said.replace(str(partial), str(out))})") from None
        raise BadSource(f"{source}: not a readable Parquet file ({said})") from None


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]


# ------------------------------------------------------------------------------------------------------------ JSON Lines


def read_jsonl(source: Path, lawbook: Lawbook) -> Iterator[tuple[int, Case | BadRow]]:
    """Cases of a JSON Lines file with their line; a line that is none becomes a BadRow. Raises BadSource for another kind of
    file."""
    with source.open("rb") as file:
        try:
            for number, line in read_lines(file):
                yield number, _read_line(number, line, lawbook)
        except OtherKind as error:
            raise BadSource(f"{source}: {error}") from None


def _read_line(number: int, line: bytes | None, lawbook: Lawbook) -> Case | BadRow:
    if line is None:
        return BadRow(number, TOO_LONG)
    try:
        return read_case(read_json(line), lawbook.places)
    except NotJson as error:
        return BadRow(number, error.of_a_line)
    except BadCase as error:
        return BadRow(number, str(error))
    except RecursionError:
        return BadRow(number, "nested too deeply for a case")


def arrow_schema() -> Any:
    """The contract as an Arrow schema."""
    import pyarrow as pa

    kinds = {
        Type.BOOLEAN: pa.bool_(),
        Type.INTEGER: pa.int32(),
        Type.TEXT: pa.string(),
        Type.DATE: pa.date32(),
        Type.INSTANT: pa.timestamp("us", "UTC"),
        Type.TEXTS: pa.list_(pa.string()),
    }
    groups = [
        pa.field(
            g,
            pa.struct(
                [
                    pa.field(f.name.partition(".")[2], kinds[f.type])
                    for f in CASE_FACTS
                    if f.name.startswith(g + ".")
                ]
            ),
        )
        for g in GROUPS
    ]
    charge = pa.struct([pa.field(name, kinds[fact.type]) for name, fact in CHARGE_FACTS.items()])
    return pa.schema(
        [
            pa.field("id", pa.string()),
            pa.field("place", pa.string()),
            pa.field("at", pa.timestamp("us", "UTC")),
            pa.field("custodian", pa.string()),
            *groups,
            pa.field("charges", pa.list_(charge)),
            pa.field("charges_complete", pa.bool_()),
        ]
    )


def case_row(case: Case) -> dict[str, Any]:
    """A case as one row of ``arrow_schema``."""
    out: dict[str, Any] = {
        "id": None if case.id is None else str(case.id),
        "place": case.place.path,
        "at": case.at,
        "charges": case.charges,
        "charges_complete": case.complete,
    }
    for name, value in case.facts.items():
        group, _, rest = name.partition(".")
        if rest:
            out.setdefault(group, {})[rest] = list(value) if isinstance(value, tuple) else value
        else:
            out[name] = value
    return out


def write_cases(rows: Iterable[dict[str, Any]], out: Path) -> int:
    """Rows of ``case_row`` as a Parquet file; the count."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = arrow_schema()
    count = 0
    with pq.ParquetWriter(out, schema, compression="zstd") as writer:
        batch: list[dict[str, Any]] = []
        for row in rows:
            batch.append(row)
            if len(batch) == _BATCH:
                writer.write_table(pa.Table.from_pylist(batch, schema))
                count += len(batch)
                batch = []
        writer.write_table(pa.Table.from_pylist(batch, schema))
    return count + len(batch)


def jsonl_to_parquet(source: Path, out: Path, lawbook: Lawbook) -> tuple[int, list[BadRow]]:
    """Check a JSON Lines file into Parquet: how many lines, and the bad ones. Raises BadSource when it is empty.

    A case without ``id`` gets its line as id.
    """
    bad: list[BadRow] = []
    lines = 0

    def rows() -> Iterator[dict[str, Any]]:
        nonlocal lines
        for number, case in read_jsonl(source, lawbook):
            lines += 1
            if isinstance(case, BadRow):
                bad.append(case)
            else:
                row = case_row(case)
                row["id"] = str(number) if row["id"] is None else row["id"]
                yield row

    write_cases(rows(), out)
    if not lines:
        raise BadSource(f"{source}: empty; expected one case a line")
    return lines, bad
