"""Many cases in Parquet -> the same outcomes, as one SQL statement on Apache Spark, past one machine.

Everything is SQL: the workers need Java and the file, not Python and not Bailiwick. On a cluster, source and output are paths
that every worker sees. Spark is optional: ``pip install bailiwick[spark]``, with Java 17 or newer.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bailiwick.engine.bulk import LATE, ODD_CHARGE, BadRow, BadSource, BadTarget, BulkResult, zones_of
from bailiwick.engine.bulk_sql import NamedBit, Scope, Statement
from bailiwick.engine.case import local_day
from bailiwick.engine.condition_sql import column, quoted
from bailiwick.engine.facts import (
    ACTIONS,
    CASE_FACTS,
    CHARGE_FACTS,
    ENVELOPE,
    FACTS,
    NOTICE_ONLY_FORMS,
    Fact,
    Type,
    nearest,
)
from bailiwick.engine.lawbook import Lawbook
from bailiwick.engine.places import Place

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

#: Up to so many cases the output is one file, in the order of the input; past it a directory of parts, in no order.
ONE_FILE = 2_000_000
_FIRST, _END = (int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) for year in (1970, 2100))
_DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_INSTANT = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})$"
)
#: Below so many cases the statement is interpreted: compiling it would take longer than running it.
_COMPILED = 5_000
_INTEGERS = ("tinyint", "smallint", "int", "bigint", "decimal(20,0)")

#: How the statement is run. Days are written in UTC; the statement reads the zones from a table of its own.
_SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.caseSensitive": "true",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    # the statement is large: planning it again after every stage, or looking for constraints in it, costs more than it saves
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.constraintPropagation.enabled": "false",
}

#: By default Java never compiles what Spark makes of a large statement.
_JAVA = "-Xss8m -XX:-DontCompileHugeMethods"
_LOGGING = Path(__file__).with_name("bulk_spark.log4j2.properties")
#: How Spark is started, where it does not run yet.
_STARTED_WITH = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.extraJavaOptions": f'{_JAVA} "-Dlog4j2.configurationFile={_LOGGING.as_uri()}"',
    "spark.executor.extraJavaOptions": _JAVA,
}


class Spark:
    """Spark's way of writing (see ``bulk_sql.Dialect``)."""

    fence = ""
    beside = ""
    steps = ""

    def word(self, kind: str, text: str) -> str:
        return quoted(text)

    def has(self, column: str, word: str) -> str:
        return f"exists({column}, word -> COALESCE(word = {quoted(word)}, FALSE))"

    def day(self, seconds: str) -> str:
        return f"date_add(DATE '1969-12-31', CAST(({seconds} + 86400) div 86400 AS INT))"

    def number(self, condition: str) -> str:
        return f"CAST({condition} AS BIGINT)"

    def names(self, action: str, some: str, bits: list[NamedBit]) -> str:
        return f"CASE WHEN {some} THEN concat_ws(',', {', '.join(b.told for b in bits)}) ELSE '' END"


def run_spark(
    source: Path,
    out: Path,
    lawbook: Lawbook,
    *,
    master: str | None = None,
    place: Place | None = None,
    on: date | None = None,
    proposals: tuple[str, ...] = (),
    possible: tuple[str, ...] = (),
) -> BulkResult:
    """Decide a Parquet file of cases on Spark. ``possible``: as in ``bulk.run_bulk``.

    ``out`` becomes one Parquet file for up to ``ONE_FILE`` cases, else a directory of them; its columns are those of the other
    engines. ``master`` is a Spark master such as ``spark://host:7077``; by default all cores of this machine. A Spark session
    that already runs in this process is used and left running.

    Raises BadSource when Spark or Java is missing, or the file cannot be read, BadTarget when ``out`` is a directory of something
    else; bad rows are returned.
    """
    with session(master) as spark:
        cases = _Source(spark, source)
        count = cases.data.count()
        if not count:
            raise BadSource(f"{source}: no cases in it")
        spark.conf.set("spark.sql.shuffle.partitions", str(_partitions(spark, count)))
        if count < _COMPILED:
            spark.conf.set("spark.sql.codegen.wholeStage", "false")
            spark.conf.set("spark.sql.codegen.factoryMode", "NO_CODEGEN")
        scope, bad = _look_over(cases, lawbook, place, on)
        if len(bad) == count:
            return BulkResult(count, 0, bad)
        statement = Statement(lawbook, scope, Spark(), cases.charge_fields, proposals, possible=possible)
        _citations(spark, cases, statement)
        _tables(spark, statement)
        front = _front(cases, statement, place)
        # the stages as views: the statement is the same, but Spark reads through each of them only once
        for name, sql in statement.stages(front, charge_stage=_charge_stage(cases, statement)):
            spark.sql(sql).createOrReplaceTempView(name)
        _write(spark, out, possible, one_file=count <= ONE_FILE)
        return BulkResult(count, count - len(bad), bad)


# ----------------------------------------------------------------------------------------------------------------- session


@contextmanager
def session(master: str | None) -> Iterator[SparkSession]:
    """A session with settings and views of its own; Spark is stopped afterwards if it was started here."""
    try:
        from py4j.protocol import Py4JError  # type: ignore[import-untyped]
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError:
        raise BadSource(
            "Spark is not installed; pip install bailiwick[spark], or use --engine duckdb"
        ) from None
    if not (shutil.which("java") or _java_home()):
        raise BadSource(
            "Spark needs Java 17 or newer, and none was found; install it, set JAVA_HOME, or use --engine duckdb"
        )
    running = SparkSession.getActiveSession()
    if running is not None:
        if master not in (None, running.sparkContext.master):
            raise BadSource(
                f"Spark already runs on {running.sparkContext.master} in this process; expected {master}"
            )
        started = running
    else:
        builder = SparkSession.builder.appName("bailiwick").master(master or "local[*]")
        for name, value in _STARTED_WITH.items():
            builder = builder.config(name, value)
        try:
            started = builder.getOrCreate()
        except Exception as error:  # py4j's errors have no common base of their own
            raise BadSource(f"Spark did not start on {master or 'local[*]'}: {_first_line(error)}") from error
    try:
        own = started.newSession()
        for name, value in _SETTINGS.items():
            own.conf.set(name, value)
        yield own
    except (PySparkException, Py4JError) as error:
        raise BadSource(f"Spark: {_first_line(error)}") from error
    finally:
        if running is None:
            started.stop()


def _java_home() -> bool:
    import os

    home = os.environ.get("JAVA_HOME")
    return bool(home) and (Path(str(home)) / "bin" / "java").exists()


def _first_line(error: Exception) -> str:
    java = getattr(error, "java_exception", None)
    text = str(java.getMessage()) if java is not None else str(error)
    return next((line for line in text.splitlines() if line.strip()), type(error).__name__)


def _partitions(spark: SparkSession, cases: int) -> int:
    """Parts of a shuffle: enough for every core, and not more than 50,000 cases in each."""
    return max(2 * int(spark.sparkContext.defaultParallelism), cases // 50_000)


# ------------------------------------------------------------------------------------------------------------------ source


def _check_parquet(path: Path) -> None:
    """Read the end of the file, which says what it holds: Spark would say in pages what is wrong with it."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        pq.read_metadata(path)
    except (pa.ArrowException, OSError) as error:
        raise BadSource(f"{path}: not a readable Parquet file ({_first_line(error)})") from None


class _Source:
    """The columns of a Parquet file, checked against the contract, and how each fact is read from them."""

    def __init__(self, spark: SparkSession, path: Path) -> None:
        self.spark = spark
        self.path = path
        _check_parquet(path)
        read = spark.read.parquet(path.absolute().as_uri())
        self.data = read.selectExpr("*", "_metadata.row_index AS rn")
        self.data.createOrReplaceTempView("bw_cases")
        self.types: dict[str, Any] = {f.name: f.dataType for f in read.schema.fields}
        for name in self.types:
            if name not in ENVELOPE:
                raise BadSource(f"{path}: unknown column '{name}'{nearest(name, [*ENVELOPE, *FACTS])}")
        for name in ("place", "at"):
            if name not in self.types:
                raise BadSource(f"{path}: no column '{name}'; every case needs place and at")
        if self.kind("place") != "string":
            raise BadSource(
                f"{path}: 'place' is {self.kind('place')}; expected text like us/ca/los-angeles-county"
            )
        self.checks: list[tuple[str, str]] = []
        self.at = self._instant("at", "at", self.kind("at"))
        self.sql = {fact.name: self._case_fact(fact) for fact in CASE_FACTS}
        self.has_charges = self.kind("charges") not in ("", "void")
        self.charge_fields = self._charge_fields() if self.has_charges else {}
        self.whole = self._read(FACTS["charges_complete"], "charges_complete", self.kind("charges_complete"))

    def kind(self, name: str) -> str:
        return self.types[name].simpleString() if name in self.types else ""

    def _case_fact(self, fact: Fact) -> str:
        group, _, rest = fact.name.partition(".")
        if not rest:
            return self._read(fact, group, self.kind(group))
        fields = self._fields(group, self.types.get(group), f"{group}.")
        return self._read(fact, f"{group}.{rest}", fields.get(rest, ""))

    def _fields(self, name: str, kind: Any, prefix: str) -> dict[str, str]:
        if kind is None or kind.simpleString() == "void":
            return {}
        if kind.typeName() != "struct":
            raise BadSource(
                f"{self.path}: column '{name}' is {kind.simpleString()}; expected a struct of facts"
            )
        for field in kind.fields:
            if f"{prefix}{field.name}" not in FACTS:
                found = f"{prefix}{field.name}"
                raise BadSource(f"{self.path}: unknown fact '{found}'{nearest(found, FACTS)}")
        return {field.name: field.dataType.simpleString() for field in kind.fields}

    def _charge_fields(self) -> dict[str, str]:
        kind = self.types["charges"]
        if kind.typeName() != "array" or kind.elementType.typeName() != "struct":
            raise BadSource(
                f"{self.path}: column 'charges' is {kind.simpleString()}; expected a list of structs"
            )
        first = "array_position(transform(charges, c -> c IS NULL), TRUE) - 1"
        null = f"concat('charges[', {first}, ']: expected an object, found null')"
        self.checks.append(("exists(charges, c -> c IS NULL)", null))
        before = self.checks
        self.checks = []
        out = {}
        for name, of in self._fields("charges", kind.elementType, "charges[].").items():
            read = self._read(CHARGE_FACTS[name], f"c.{name}", of)
            if read != "NULL":
                out[name] = read
        inside, self.checks = self.checks, before
        if inside:
            wrong = " OR ".join(f"COALESCE({test}, FALSE)" for test, _ in inside)
            self.checks.append((f"exists(charges, c -> {wrong})", quoted(ODD_CHARGE)))
        return out

    def _read(self, fact: Fact, path: str, kind: str) -> str:
        if kind in ("", "void"):
            return "NULL"
        wanted = {
            Type.BOOLEAN: ("boolean",),
            Type.INTEGER: _INTEGERS,
            Type.TEXT: ("string",),
            Type.DATE: ("date", "string"),
            Type.INSTANT: ("timestamp", "string"),
            Type.TEXTS: ("array<string>",),
        }[fact.type]
        if kind not in wanted:
            hint = " (a time without zone is not an instant)" if kind == "timestamp_ntz" else ""
            raise BadSource(f"{self.path}: '{fact.name}' is {kind}; expected {' or '.join(wanted)}{hint}")
        if fact.type is Type.INSTANT:
            return self._instant(fact.name, path, kind)
        if fact.type is Type.DATE and kind == "string":
            day = f"(CASE WHEN {path} RLIKE {quoted(_DATE)} THEN TRY_CAST({path} AS DATE) END)"
            message = f"concat({quoted(f'{fact.name}: expected a date like 2015-01-10, found ')}, {path})"
            self.checks.append((f"{path} IS NOT NULL AND {day} IS NULL", message))
            return day
        if fact.type is Type.INTEGER:
            message = f"concat({quoted(f'{fact.name}: expected a whole number, 0 or more, found ')}, {path})"
            self.checks.append((f"{path} < 0", message))
        if fact.values:
            words = ", ".join(map(quoted, fact.values))
            wrong, shown = f"{path} NOT IN ({words})", path
            if fact.type is Type.TEXTS:
                wrong, shown = f"exists({path}, w -> w NOT IN ({words}))", f"array_join({path}, ', ')"
            self.checks.append((wrong, f"concat({quoted(f'{fact.name}: unknown word in ')}, {shown})"))
        return path

    def _instant(self, name: str, path: str, kind: str) -> str:
        """UTC seconds."""
        if kind not in ("timestamp", "string"):
            raise BadSource(
                f"{self.path}: '{name}' is {kind}; expected an instant (a timestamp in UTC, or text with its offset); "
                "a time without zone is not an instant"
            )
        instant = path
        if kind == "string":
            instant = f"(CASE WHEN {path} RLIKE {quoted(_INSTANT)} THEN TRY_CAST({path} AS TIMESTAMP) END)"
        seconds = f"unix_seconds({instant})"
        given = "" if name == "at" else f"{path} IS NOT NULL AND "
        expected = "an instant with its offset, like 2026-03-02T10:15:00-08:00"
        for test, what in (
            (f"{given}{seconds} IS NULL", expected),
            (f"{seconds} NOT BETWEEN {_FIRST} AND {_END - 1}", "a year between 1970 and 2099"),
        ):
            message = quoted(f"{name}: expected {what}, found ")
            self.checks.append((test, f"concat({message}, COALESCE(CAST({path} AS STRING), 'nothing'))"))
        return seconds


def _look_over(
    source: _Source, lawbook: Lawbook, place: Place | None, on: date | None
) -> tuple[Scope, list[BadRow]]:
    """The scope of the statement, and the bad rows; ``bw_checked`` is the view of the cases with what is wrong with each."""
    good = f"CASE WHEN {source.at} BETWEEN {_FIRST} AND {_END - 1} THEN {source.at} END"
    spans = source.spark.sql(f"SELECT place, min({good}), max({good}) FROM bw_cases GROUP BY 1").collect()
    places: dict[str, Place] = {}
    checks = list(source.checks)
    for written, _, _ in spans:
        try:
            places[written or ""] = place or lawbook.places.get(written or "")
        except ValueError as error:
            checks.append(
                (f"place <=> {'NULL' if written is None else quoted(written)}", quoted(f"place: {error}"))
            )
    if not places:
        raise BadSource(f"{source.path}: no row names a known place; first: {spans[0][0]!r}")
    if convicted := source.charge_fields.get("convicted_on"):
        checks.append(_convicted_later(convicted, source.at, zones_of(lawbook, places, place)))
    moments = [s for _, low, high in spans for s in (low, high) if s is not None]
    if not moments:
        raise BadSource(f"{source.path}: no row has an instant in 'at'")
    reason = " ".join(f"WHEN {test} THEN {message}" for test, message in checks)
    source.spark.sql(f"SELECT *, CASE {reason} END AS reason FROM bw_cases").createOrReplaceTempView(
        "bw_checked"
    )
    found = source.spark.sql(
        "SELECT rn, reason FROM bw_checked WHERE reason IS NOT NULL ORDER BY rn"
    ).collect()
    bad = [BadRow(rn + 1, text if len(text) <= 300 else text[:297] + "...") for rn, text in found]
    first, last = (
        local_day(datetime.fromtimestamp(s, UTC), "UTC").toordinal() for s in (min(moments), max(moments))
    )
    days = (on, on) if on else (date.fromordinal(first - 1), date.fromordinal(last + 1))
    return Scope(places, *days, on=on), bad


def _convicted_later(convicted: str, at: str, zones: dict[str, list[str]]) -> tuple[str, str]:
    """A check for a conviction after the local day of the decision."""
    whens = " ".join(
        f"WHEN place IN ({', '.join(map(quoted, of))}) THEN {quoted(tz)}" for tz, of in zones.items()
    )
    day = f"to_date(from_utc_timestamp(timestamp_seconds({at}), CASE {whens} END))"
    message = f"concat({quoted(LATE)}, array_max(transform(charges, c -> {convicted})))"
    return f"exists(charges, c -> COALESCE({convicted} > {day}, FALSE))", message


def _front(source: _Source, statement: Statement, place: Place | None) -> str:
    written = "COALESCE(place, '')" if place else "place"
    columns = ["rn", "id" if "id" in source.types else "rn + 1 AS id", f"{written} AS written"]
    columns += [f"{source.at} AS at_s0", f"year(timestamp_seconds({source.at})) AS at_year"]
    for name in sorted(statement.conditions.facts):
        fact, sql, short = FACTS[name], source.sql[name], name.replace(".", "_")
        if fact.type is Type.INSTANT:
            seconds = "CAST(NULL AS BIGINT)" if sql == "NULL" else sql
            columns += [f"{seconds} AS {short}_s", f"year(timestamp_seconds({seconds})) AS {short}_year"]
            continue
        if name == "request.kind" and source.sql["request.form"] != "NULL":
            forms = ", ".join(map(quoted, NOTICE_ONLY_FORMS))
            sql = (
                f"CASE WHEN {sql} = 'immigration_detainer' AND {source.sql['request.form']} IN ({forms}) "
                f"THEN 'release_notification_request' ELSE {sql} END"
            )
        kinds = {Type.BOOLEAN: "BOOLEAN", Type.INTEGER: "INT", Type.DATE: "DATE", Type.TEXTS: "ARRAY<STRING>"}
        columns.append(f"CAST({sql} AS {kinds.get(fact.type, 'STRING')}) AS {column(fact)}")
    columns += (
        ["charges", "charges IS NOT NULL AS charges_known"]
        if source.has_charges
        else ["FALSE AS charges_known"]
    )
    columns.append(f"COALESCE(CAST({source.whole} AS BOOLEAN), TRUE) AS charges_whole")
    return f"SELECT {', '.join(columns)} FROM bw_checked WHERE reason IS NULL"


# ----------------------------------------------------------------------------------------------------------------- charges

_CITATION = ("statute", "code_system", "code")


def _citation(source: _Source) -> list[str]:
    return [source.charge_fields.get(name, "CAST(NULL AS STRING)") for name in _CITATION]


def _citations(spark: SparkSession, source: _Source, statement: Statement) -> None:
    """Number the citations of the charges: ``bw_citations`` tells which lists each stands in."""
    import pyarrow as pa

    if not (
        statement.lists and statement.conditions.anys and {"statute", "code"} & set(source.charge_fields)
    ):
        statement.scope.citations = []
    else:
        parts = ", ".join(_citation(source))
        found = spark.sql(
            f"SELECT DISTINCT left(place, 5), {parts} "
            "FROM (SELECT place, explode(charges) AS c FROM bw_checked WHERE reason IS NULL)"
        ).collect()
        statement.scope.citations = [(state or "us", *rest) for state, *rest in found]
    schema = pa.schema([(name, pa.string()) for name in ("state", *_CITATION)] + [("mask", pa.int64())])
    rows = [(*c, m) for c, m in zip(statement.scope.citations, statement.masks(), strict=True)]
    _view(spark, "bw_citations", schema, rows)


def _charge_stage(source: _Source, statement: Statement) -> str | None:
    """Charges laid out one a row, joined with their citations, and gathered again a case."""
    if not statement.conditions.anys:
        return None
    truths, missing = statement.charge_bits()
    words = {f"f{i}": sql for i, sql in enumerate(truths)} | {f"m{i}": sql for i, sql in missing.items()}
    if not source.has_charges:
        return f"SELECT *, {', '.join(f'CAST(0 AS BIGINT) AS {name}' for name in words)} FROM s1"
    same = " AND ".join(
        f"listed.{name} <=> {sql}" for name, sql in zip(_CITATION, _citation(source), strict=True)
    )
    gathered = ", ".join(f"bit_or(CAST({sql} AS BIGINT)) AS {name}" for name, sql in words.items())
    each = (
        f"SELECT rn AS case_rn, {gathered} FROM (SELECT *, explode(charges) AS c FROM s1) each_charge "
        f"LEFT JOIN bw_citations listed ON listed.state = COALESCE(left(written, 5), 'us') AND {same} GROUP BY rn"
    )
    found = ", ".join(f"COALESCE({name}, 0) AS {name}" for name in words)
    return f"SELECT s1.*, {found} FROM s1 LEFT JOIN ({each}) whole ON whole.case_rn = s1.rn"


# ------------------------------------------------------------------------------------------------------------------ tables


def _tables(spark: SparkSession, statement: Statement) -> None:
    """The small tables that the statement joins."""
    import pyarrow as pa

    text, number, seconds = pa.string(), pa.int32(), pa.int64()
    places = [("written", text), ("place", text), ("area", number), ("tz", text), ("noon_s", seconds)]
    zones = [
        ("zone", text),
        ("utc_year", number),
        ("offset_0", number),
        ("change_1", seconds),
        ("offset_1", number),
    ]
    zones += [("change_2", seconds), ("offset_2", number)]
    _view(spark, "bw_places", pa.schema(places), statement.place_rows())
    _view(spark, "bw_zones", pa.schema(zones), statement.zone_rows())


def _view(spark: SparkSession, name: str, schema: Any, rows: Any) -> None:
    import pyarrow as pa

    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    arrays = [pa.array(values, field.type) for values, field in zip(columns, schema, strict=True)]
    spark.createDataFrame(pa.Table.from_arrays(arrays, schema=schema)).createOrReplaceTempView(name)


def _write(spark: SparkSession, out: Path, possible: tuple[str, ...], *, one_file: bool) -> None:
    """Decide and write beside, then move into place."""
    if out.is_dir() and not (out / "_SUCCESS").exists() and any(out.iterdir()):
        raise BadTarget("a directory that Spark did not write; expected a file, or a path that is free")
    told = {a: ("", "_norm", "_missing", *(("_possible",) if a in possible else ())) for a in ACTIONS}
    names = ", ".join(f"{a}{more}" for a, mores in told.items() for more in mores)
    rows, order = "decided", ""
    if one_file:
        rows, order = "(SELECT /*+ REPARTITION(1) */ * FROM decided)", " SORT BY rn"
    partial = out.with_name(f".{out.name}.parts")
    shutil.rmtree(partial, ignore_errors=True)
    try:
        spark.sql(
            f"INSERT OVERWRITE DIRECTORY {quoted(partial.absolute().as_uri())} USING parquet OPTIONS ('compression' = 'zstd') "
            f"SELECT id, place, timestamp_seconds(at_s) AS at, {names} FROM {rows}{order}"
        )
        if out.is_dir():
            shutil.rmtree(out)
        if one_file:
            next(partial.glob("part-*.parquet")).replace(out)
        else:
            out.unlink(missing_ok=True)
            partial.replace(out)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
