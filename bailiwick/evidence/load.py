"""Loading a release into a store: raw rows, canonical rows, what is set aside, and a report of it all."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bailiwick.engine.places import Places
from bailiwick.evidence.columns import (
    CANONICAL,
    FEW,
    SITE,
    Raw,
    TooMany,
    canonical,
    literals,
    no_word,
    quoted,
)
from bailiwick.evidence.custodians import binding, custodian_of
from bailiwick.evidence.facilities import facilities
from bailiwick.evidence.lines import Broken, Measured, measure, mend
from bailiwick.evidence.pieces import cut, each
from bailiwick.evidence.quality import LISTED, Quality, count
from bailiwick.evidence.reading import CSV, Part, Refused, csv_rows, escaped, forget, parts, rows_of
from bailiwick.evidence.sources import NotARelease
from bailiwick.evidence.store import Store

if TYPE_CHECKING:
    import duckdb

#: Memory of a load, for DuckDB, in MB; it spills to the store's own directory past that.
MEMORY = 1200
#: Raw rows are many and wide: written the quick way.
_QUICK = "COMPRESSION snappy, DICTIONARY_SIZE_LIMIT 20000"
NO_DATE, BAD_DATE = "no date", "a date that cannot be read"


@dataclass(slots=True)
class Loaded:
    """What became of one file.

    Attributes:
        file: its path.
        new: quality of each part that was loaded now.
        known: entries of parts that the store already had, by the content of the file or by their rows; nothing was changed.
        refused: sheets that are no known release.
    """

    file: Path
    new: list[Quality] = field(default_factory=list)
    known: list[dict[str, Any]] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)


Say = Callable[[str], None]


def load(
    file: Path, store: Store, places: Places, *, release: str | None = None, say: Say | None = None
) -> Loaded:
    """Load a workbook, CSV or Parquet file. The same content is loaded once, whatever it is called.

    Args:
        release: name of the release, instead of the one that the layout or the agency's number in the file gives.
        say: told, in a line, what is about to be done.

    Raises:
        NotARelease: it is none that is known; the store is as before.
    """
    with ThreadPoolExecutor(1) as pool:
        pool.submit(facilities, places)  # a workbook is parsed meanwhile
        found, refused = parts(file)
        measuring = pool.submit(measure, file)
        out = Loaded(file, refused=refused)
        known = {one["part"]: one for one in store.loads()}
        size = file.stat().st_size
        # A file as long as one that is known may be that file; any other need not wait for its digest.
        alike = any(one.get("bytes", size) == size for one in known.values())
        for number, part in enumerate(found):
            if alike and (name := _name(measuring.result(), number)) in known:
                out.known.append(known[name])
                continue
            if say:
                say(f"{file.name}{f', sheet {part.sheet}' if part.sheet else ''}: {part.layout.name}")
            quality = Quality(
                part="",
                file=file.name,
                sheet=part.sheet,
                sha256="",
                layout=part.layout.name,
                table=part.layout.table,
                release=plain(release) if release else "",
                header=part.header,
                bytes=size,
            )
            same = _load(part, number, store, places, quality, measuring)
            if same is None:
                out.new.append(quality)
            else:
                out.known.append(same)
    forget()
    return out


def _name(measured: Measured, number: int) -> str:
    return f"{measured.sha256[:16]}-{number}"


def plain(name: str) -> str:
    """A release's name as a directory is called. Raises NotARelease where nothing is left of it."""
    found = re.sub(r"[^a-z0-9.]+", "-", name.lower()).strip("-.")
    if not found:
        raise NotARelease(f"release: expected letters or digits, found '{name}'")
    return found


@contextmanager
def _connection(scratch: Path, **more: str | int) -> Iterator[duckdb.DuckDBPyConnection]:
    import duckdb as module

    config: dict[str, str | bool | int | float | list[str]]
    config = {"memory_limit": f"{MEMORY}MB", "temp_directory": str(scratch), **more}
    with module.connect(config=config) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute("SET enable_progress_bar = false")
        yield connection


def _load(
    part: Part, number: int, store: Store, places: Places, quality: Quality, measuring: Future[Measured]
) -> dict[str, Any] | None:
    """Load one part; or return the entry of another file that had the very same rows, and change nothing."""
    store.directory.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(dir=store.directory, prefix=".loading-") as name,
        _connection(Path(name)) as connection,
    ):
        scratch = Path(name)
        taken, aside, sites = (scratch / f"{kind}.parquet" for kind in ("taken", "aside", "sites"))
        raw, broken = _raw(connection, part, measuring, scratch)
        measured = measuring.result()
        quality.sha256, quality.part = measured.sha256, _name(measured, number)
        _rows(connection, raw)
        quality.release = quality.release or _release(connection, part)
        columns = _read(connection, raw, part)
        _stands(connection, columns, places, sites)
        try:
            _split(connection, columns, quality, taken, aside, broken)
        except TooMany as error:
            raise NotARelease(f"{part.file.name}: {error}") from None
        connection.execute(f"CREATE VIEW taken AS SELECT * FROM read_parquet('{escaped(taken)}')")
        count(connection, columns, quality)
        _account(connection, quality, broken)
        quality.fingerprint = _fingerprint(connection, quality.table)
        for one in store.quality(quality.release, quality.table):
            if one["fingerprint"] == quality.fingerprint and one["taken"] == quality.taken:
                return one
        hive = f"table={quality.table}/release={quality.release}/{quality.part}.parquet"
        _keep(store.directory / hive, taken)
        for file, target in zip(raw, store.raw(quality.table, quality.release, quality.part), strict=False):
            _keep(target, file)
        _keep(store.directory / f"set_aside/{quality.part}.parquet", aside)
        _keep(store.directory / f"facilities/{quality.part}.parquet", sites)
        entry = scratch / "load.json"
        entry.write_text(json.dumps(quality.as_json(), indent=1, ensure_ascii=False) + "\n", "utf-8")
        _keep(store.directory / f"loads/{quality.part}.json", entry)
    return None


def _fingerprint(connection: duckdb.DuckDBPyConnection, table: str) -> str:
    columns = ", ".join(CANONICAL[table])
    (found,) = connection.execute(f"SELECT sum(hash({columns})::HUGEINT) FROM taken").fetchone() or (0,)
    return f"{int(found or 0) % 2**64:016x}"


def _keep(target: Path, file: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    file.replace(target)


def _copy(
    connection: duckdb.DuckDBPyConnection, sql: str, out: Path, options: str = "COMPRESSION zstd"
) -> int:
    found = connection.execute(f"COPY ({sql}) TO '{escaped(out)}' (FORMAT parquet, {options})").fetchone()
    assert found is not None
    return int(found[0])


def _raw(
    connection: duckdb.DuckDBPyConnection, part: Part, measuring: Future[Measured], scratch: Path
) -> tuple[list[Path], list[Broken]]:
    """Write every row that can be read, as it stands and in its order; return the files, and the pieces that are no row."""
    out = scratch / "raw.parquet"
    if part.file.suffix.lower() not in CSV:
        _copy(connection, rows_of(connection, part), out)
        connection.unregister("sheet")
        return [out], []
    found = _quick(connection, part, scratch)
    if found and sum(found.values()) == measuring.result().lines - part.header:
        return list(found), []
    # Rows and refusals do not tell all: a quote that is not closed takes the rows after it along. Piece by piece, then.
    good = scratch / "good.csv"
    expected, broken = mend(part.file, good, part.header, len(part.columns))
    rows = _copy(connection, csv_rows(good, part.columns, 0), out, _QUICK)
    good.unlink()
    if rows != expected:
        raise NotARelease(
            f"{part.file.name}: expected {expected:,} rows of CSV, could read {rows:,}; save it as plain CSV again"
        )
    return [out], broken


def _quick(connection: duckdb.DuckDBPyConnection, part: Part, scratch: Path) -> dict[Path, int]:
    """Files of raw rows in their order, with how many each has; none where any row was refused."""
    import duckdb as module

    (threads,) = connection.execute("SELECT current_setting('threads')").fetchone() or (1,)
    pieces = cut(part.file, int(threads))
    config: dict[str, str | int] = {"memory_limit": f"{MEMORY // len(pieces)}MB"}
    if len(pieces) > 1:
        config["threads"] = 1  # one reader a piece

    def read(path: Path, number: int) -> tuple[Path, int, bool]:
        out = scratch / f"raw-{number}.parquet"
        sql = csv_rows(path, part.columns, 0 if number else part.header)
        with _connection(scratch, **config) as one:
            rows = _copy(one, sql, out, _QUICK)
            return out, rows, one.execute("SELECT 1 FROM reject_errors LIMIT 1").fetchone() is not None

    try:
        found = each(part.file, pieces, scratch, read)
    except module.InvalidInputException:  # line endings of two kinds, for one
        return {}
    return {} if any(refused for _, _, refused in found) else {out: rows for out, rows, _ in found}


def _rows(connection: duckdb.DuckDBPyConnection, raw: list[Path]) -> None:
    """Make the view `raw`: every row, `row_` its place over all the files, from 1."""
    before, first = [], 1
    for number, file in enumerate(raw):
        before.append(f"WHEN {number} THEN {first}")
        (rows,) = connection.execute(f"SELECT count(*) FROM read_parquet('{escaped(file)}')").fetchone() or (
            0,
        )
        first += rows
    connection.execute(
        f"CREATE VIEW raw AS SELECT * EXCLUDE (file_row_number), "
        f"file_row_number + CASE file_index {' '.join(before)} END AS row_ "
        f"FROM read_parquet([{literals(map(str, raw))}], file_row_number = true)"
    )


def _release(connection: duckdb.DuckDBPyConnection, part: Part) -> str:
    """The agency's number of the release, from the file's name or its column `file_original`; else the layout's own name."""
    pattern = part.layout.named
    if not pattern:
        return part.layout.release
    if found := re.search(pattern, part.file.name):
        return plain(found[0])
    if "file_original" in part.columns:
        row = connection.execute(
            "SELECT regexp_extract(file_original, ?) AS number FROM raw WHERE number <> '' LIMIT 1", [pattern]
        ).fetchone()
        if row:
            return plain(row[0])
    return part.layout.release


def _read(connection: duckdb.DuckDBPyConnection, raw: list[Path], part: Part) -> Raw:
    """The raw columns with what their cells are like: the distinct ones where they are few, else whether all say something."""
    counted = dict(
        connection.execute(
            "SELECT path_in_schema, CASE WHEN count(stats_distinct_count) = count(*) THEN max(stats_distinct_count) END "
            f"FROM parquet_metadata([{literals(map(str, raw))}]) GROUP BY 1"
        ).fetchall()
    )
    likely = {name: counted.get(quoted(name), counted.get(name)) for name in part.columns}
    many = [name for name, distinct in likely.items() if distinct is None or distinct > FEW]
    full: dict[str, int] = {}
    if many:
        asked = ", ".join(
            f"approx_count_distinct({cell}), count({cell}), count(*) FILTER (WHERE {no_word(cell)})"
            for cell in map(quoted, many)
        )
        found = connection.execute(f"SELECT {asked} FROM raw").fetchone() or ()
        for name, distinct, cells, blank in zip(many, *(found[i::3] for i in range(3)), strict=True):
            likely[name] = distinct
            if not blank:
                full[name] = cells
    values: dict[str, dict[str, int]] = {}
    for name, distinct in likely.items():
        if distinct is not None and distinct <= FEW:
            cells = connection.execute(
                f"SELECT {quoted(name)}, count(*) FROM raw WHERE {quoted(name)} IS NOT NULL GROUP BY 1 LIMIT {2 * FEW + 1}"
            ).fetchall()
            if len(cells) <= 2 * FEW:
                values[name] = dict(cells)
    return Raw(part.layout, part.columns, values, full)


def _site(raw: Raw) -> list[str]:
    """The four cells that place a row; of a table without facilities, its state alone."""
    cells = [raw.text(raw.of(name)) for name in SITE]
    if "facility" not in CANONICAL[raw.layout.table]:
        cells = [raw.text(None) if name != "state" else cell for name, cell in zip(SITE, cells, strict=True)]
    return cells


def _stands(connection: duckdb.DuckDBPyConnection, raw: Raw, places: Places, out: Path) -> None:
    """Make the table `stands`: each facility as written, and where it stands."""
    known = facilities(places)
    rows = []
    for facility, code, state, city, n in connection.execute(
        f"SELECT {', '.join(_site(raw))}, count(*) FROM raw GROUP BY 1, 2, 3, 4 ORDER BY 5 DESC, 1, 2, 3, 4"
    ).fetchall():
        found = known.find(facility, code, state, city)
        custodian = custodian_of(facility, found.state, places) if facility and found.state else None
        where = binding(facility, found, places)
        rows.append(
            (
                *(facility, code, state, city, n, found.state or None, found.fips or None, found.how or None),
                *(where, custodian, found.score, found.nearest),
            )
        )
    connection.execute(
        "CREATE TABLE stands (facility VARCHAR, facility_code VARCHAR, state_raw VARCHAR, city VARCHAR, rows BIGINT, "
        "state VARCHAR, county VARCHAR, placed VARCHAR, place VARCHAR, custodian VARCHAR, score DOUBLE, nearest VARCHAR)"
    )
    # Lists go in as they are; through Arrow they would bring pandas along, which takes longer to import than all this.
    columns = [list(column) for column in zip(*rows, strict=True)]
    if columns:
        spread = ", ".join(["unnest(?)"] * len(columns))
        connection.execute(f"INSERT INTO stands SELECT {spread}", columns)
    _copy(connection, "SELECT * FROM stands", out)


def _split(
    connection: duckdb.DuckDBPyConnection,
    raw: Raw,
    quality: Quality,
    taken: Path,
    aside: Path,
    broken: list[Broken],
) -> None:
    """Write the canonical rows, and apart from them the rows and pieces that count nowhere."""
    columns, main = raw.columns, raw.of("day")
    first, last = raw.layout.year
    text, day = raw.text(main), raw.day(main)
    blank = " AND ".join(f"{quoted(name)} IS NULL" for name in columns)
    good = f"{day} BETWEEN DATE '{first}-01-01' AND DATE '{last}-12-31'"
    reason = (
        f"CASE WHEN {text} IS NULL THEN CASE WHEN {blank} THEN 'an empty row' ELSE '{NO_DATE}' END "
        f"WHEN {day} IS NULL THEN '{BAD_DATE}' ELSE 'a date not between {first} and {last}' END"
    )
    sql = canonical(raw)
    names = ("facility", "facility_code", "state_raw", "city")
    joined = " AND ".join(
        f"stands.at_{name} IS NOT DISTINCT FROM {key}" for name, key in zip(names, _site(raw), strict=True)
    )
    renamed = (
        "SELECT COLUMNS('(.*)') AS 'at_\\1' FROM stands"  # so that no name of the raw columns is meant twice
    )
    shown = ", ".join(f"{expression} AS {quoted(name)}" for name, expression in sql.items())
    connection.execute("SET preserve_insertion_order = false")
    _copy(
        connection,
        f"SELECT {shown}, row_ AS row, '{quality.part}' AS part FROM raw "
        f"LEFT JOIN ({renamed}) AS stands ON {joined} WHERE {good}",
        taken,
        "COMPRESSION snappy",
    )
    cells = f"to_json({{{', '.join(f'{quoted(name)}: {quoted(name)}' for name in columns)}}})"
    connection.execute(
        f"CREATE TABLE aside AS SELECT row_ AS row, NULL::BIGINT AS line, {reason} AS reason, {cells}::VARCHAR AS cells "
        f"FROM raw WHERE ({good}) IS NOT TRUE"
    )
    if broken:
        connection.executemany(
            "INSERT INTO aside VALUES (NULL, ?, ?, ?)", [(one.line, one.why, one.text) for one in broken]
        )
    _copy(connection, "SELECT * FROM aside ORDER BY line NULLS LAST, row", aside)


def _account(connection: duckdb.DuckDBPyConnection, quality: Quality, broken: list[Broken]) -> None:
    """Count what was read, taken and set aside, each from its own source: they must add up."""
    (rows, taken) = connection.execute(
        "SELECT (SELECT count(*) FROM raw), (SELECT count(*) FROM taken)"
    ).fetchone() or (0, 0)
    quality.read, quality.taken = rows + len(broken), taken
    quality.set_aside = dict(
        connection.execute("SELECT reason, count(*) FROM aside GROUP BY 1 ORDER BY 2 DESC, 1").fetchall()
    )
    quality.lines = [{"line": one.line, "why": one.why} for one in broken[:LISTED]]
    if quality.taken + sum(quality.set_aside.values()) != quality.read:
        raise NotARelease(
            f"{quality.file}: expected {quality.read:,} rows to be taken or set aside, found {quality.taken:,} and "
            f"{sum(quality.set_aside.values()):,}; nothing was loaded"
        )
