"""The rows of one part of a release: as they stand, in canonical columns, and apart from those what counts nowhere.

Rows of CSV and Parquet files go through DuckDB from file to file, in constant memory. A sheet of a workbook is in memory anyway
and is worked out by its distinct cells (`sheets.py`). The SQL that makes canonical columns is the same (`columns.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pyarrow as pa

from bailiwick.engine.places import Places
from bailiwick.evidence.arrays import integers, texts, write
from bailiwick.evidence.columns import (
    CANONICAL,
    FEW,
    PLACED,
    Made,
    Raw,
    canonical,
    literal,
    literals,
    no_word,
    quoted,
    site,
)
from bailiwick.evidence.lines import Broken, Measured, mend
from bailiwick.evidence.pieces import cut, each
from bailiwick.evidence.reading import CSV, Part, csv_rows, escaped, parquet_rows, sheet
from bailiwick.evidence.sources import NotARelease
from bailiwick.evidence.stands import make_stands, write_stands

if TYPE_CHECKING:
    import duckdb

#: Memory of a load, for DuckDB, in MB; it spills to the store's own directory past that.
MEMORY = 1200
#: Raw rows are many and wide: written the quick way.
_QUICK = "COMPRESSION snappy, DICTIONARY_SIZE_LIMIT 20000"
NO_DATE, BAD_DATE = "no date", "a date that cannot be read"


class Rows(Protocol):
    """A part's rows, read.

    Attributes:
        raw: what the columns of the view `raw` are like, which has every row that could be read, and its number `row_`.
        broken: pieces of the file that are no row.
        files: the Parquet files of every row as it stands, in order.
    """

    raw: Raw
    broken: list[Broken]
    files: list[Path]

    def split(self, places: Places, part: str, scratch: Path) -> None:
        """Make the tables `stands` and `aside` and the view `taken`, and the files of them in `scratch`.

        Raises TooMany where a column of words has so many that they cannot be words.
        """

    def fingerprint(self) -> str:
        """Of the rows of `taken`, in whatever order: the same rows in another file have the same."""

    def wait(self) -> None:
        """Until every file is written."""


def opened(**more: str | int) -> duckdb.DuckDBPyConnection:
    """A database in memory."""
    import duckdb as module

    config: dict[str, str | bool | int | float | list[str]] = {"memory_limit": f"{MEMORY}MB", **more}
    connection = module.connect(config=config)
    connection.execute("SET GLOBAL TimeZone = 'UTC'")
    connection.execute("SET enable_progress_bar = false")
    return connection


@contextmanager
def spilling(connection: duckdb.DuckDBPyConnection, scratch: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database that spills to a directory, and is closed at the end."""
    with connection:
        connection.execute(f"SET temp_directory = {literal(str(scratch))}")
        yield connection


def copy(
    connection: duckdb.DuckDBPyConnection, sql: str, out: Path, options: str = "COMPRESSION zstd"
) -> int:
    """Write what a statement gives as Parquet; how many rows that were."""
    found = connection.execute(f"COPY ({sql}) TO '{escaped(out)}' (FORMAT parquet, {options})").fetchone()
    assert found is not None
    return int(found[0])


def _good(raw: Raw) -> str:
    """Whether a row counts, as SQL: its day lies in the years of its layout. Null counts as no."""
    first, last = raw.layout.year
    return f"{raw.day(raw.of('day'))} BETWEEN DATE '{first}-01-01' AND DATE '{last}-12-31'"


def _set_aside(connection: duckdb.DuckDBPyConnection, raw: Raw, source: str, broken: list[Broken]) -> None:
    """Make the table `aside`: the rows of `source`, and pieces that are none, each with the reason."""
    first, last = raw.layout.year
    main = raw.of("day")
    blank = " AND ".join(f"{quoted(name)} IS NULL" for name in raw.columns)
    reason = (
        f"CASE WHEN {raw.text(main)} IS NULL THEN CASE WHEN {blank} THEN 'an empty row' ELSE '{NO_DATE}' END "
        f"WHEN {raw.day(main)} IS NULL THEN '{BAD_DATE}' ELSE 'a date not between {first} and {last}' END"
    )
    cells = f"to_json({{{', '.join(f'{quoted(name)}: {quoted(name)}' for name in raw.columns)}}})"
    connection.execute(
        f"CREATE TABLE aside AS SELECT row_ AS row, NULL::BIGINT AS line, {reason} AS reason, {cells}::VARCHAR AS cells "
        f"FROM {source}"
    )
    if broken:
        columns = {
            "line": integers(one.line for one in broken),
            "why": texts(one.why for one in broken),
            "cells": texts(one.text for one in broken),
        }
        connection.register("pieces", pa.table(columns))
        connection.execute("INSERT INTO aside SELECT NULL, line, why, coalesce(cells, '') FROM pieces")
        connection.unregister("pieces")


def _fingerprint(connection: duckdb.DuckDBPyConnection, table: str) -> str:
    columns = ", ".join(CANONICAL[table])
    (found,) = connection.execute(f"SELECT sum(hash({columns})::HUGEINT) FROM taken").fetchone() or (0,)
    return f"{int(found or 0) % 2**64:016x}"


def _many(connection: duckdb.DuckDBPyConnection, names: Sequence[str]) -> dict[str, tuple[int, int, int]]:
    """Column of `raw` -> about how many distinct cells it has, how many at all, and how many that are no word as they stand."""
    if not names:
        return {}
    asked = ", ".join(
        f"approx_count_distinct({cell}), count({cell}), count(*) FILTER (WHERE {no_word(cell)})"
        for cell in map(quoted, names)
    )
    (found,) = connection.execute(f"SELECT {asked} FROM raw").fetchall()
    return dict(zip(names, zip(*(found[i::3] for i in range(3)), strict=True), strict=True))


# ----------------------------------------------------------------------------------------------------------------- workbooks


class OfSheet:
    """The rows of a sheet of a workbook. Its files are written while the rest goes on."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, part: Part, pool: Executor, scratch: Path
    ) -> None:
        self._connection, self._pool, self._sheet = connection, pool, sheet(part, pool)
        self.files: list[Path] = [scratch / "raw.parquet"]
        self.broken: list[Broken] = []
        self._writing: list[Future[None]] = []
        self._beside(self._sheet.write, self.files[0])
        connection.register("raw", self._sheet.table())
        values = self._sheet.values(FEW)
        many = _many(connection, [name for name in part.columns if name not in values])
        full = {name: cells for name, (_, cells, blank) in many.items() if not blank}
        self.raw = Raw(part.layout, part.columns, values, full)

    def split(self, places: Places, part: str, scratch: Path) -> None:
        from bailiwick.evidence.sheets import parted, placed

        connection, raw, sheet = self._connection, self.raw, self._sheet
        more = {"part": Made(None, literal(part)), "good": Made(raw.of("day"), f"({_good(raw)}) IS TRUE")}
        cells = {f"site {name}": one for name, one in site(raw).items()}
        made = sheet.made(connection, canonical(raw) | more | cells)
        groups = sheet.groups(made[name] for name in cells)
        sites = [(*cells, n) for cells, n in zip(groups.cells, groups.rows, strict=True)]
        stands = make_stands(connection, sites, places)
        self._beside(write_stands, stands, scratch / "sites.parquet")
        made |= placed(groups.codes, stands)
        names = (*CANONICAL[raw.layout.table], "row", "part")
        taken, aside = parted(sheet, made | {"row": sheet.numbers}, names, made["good"])
        self._beside(write, taken, scratch / "taken.parquet", "snappy")
        self._printing = self._pool.submit(
            _fingerprint, connection.cursor().register("taken", taken), raw.layout.table
        )
        connection.register("taken", taken)
        connection.register("not_taken", aside)
        _set_aside(connection, raw, "not_taken", [])

    def fingerprint(self) -> str:
        return self._printing.result()

    def _beside(self, work: Callable[..., None], *arguments: Any) -> None:
        self._writing.append(self._pool.submit(work, *arguments))

    def wait(self) -> None:
        for one in self._writing:
            one.result()


# ----------------------------------------------------------------------------------------------------------- CSV and Parquet


class OfFile:
    """The rows of a CSV or Parquet file."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        part: Part,
        measuring: Future[Measured],
        scratch: Path,
    ) -> None:
        self._connection = connection
        self.files, self.broken = _raw(connection, part, measuring, scratch)
        _number(connection, self.files)
        self.raw = _read(connection, self.files, part)

    def split(self, places: Places, part: str, scratch: Path) -> None:
        connection, raw = self._connection, self.raw
        cells = {name: made.sql for name, made in site(raw).items()}
        found = connection.execute(
            f"SELECT {', '.join(cells.values())}, count(*) FROM raw GROUP BY 1, 2, 3, 4"
        ).fetchall()
        write_stands(make_stands(connection, found, places), scratch / "sites.parquet")
        sql = {name: made.sql for name, made in canonical(raw).items()}
        sql |= {name: f"stands.at_{name}" for name in PLACED}
        shown = ", ".join(f"{sql[name]} AS {quoted(name)}" for name in CANONICAL[raw.layout.table])
        joined = " AND ".join(
            f"stands.at_{'state_raw' if name == 'state' else name} IS NOT DISTINCT FROM {cell}"
            for name, cell in cells.items()
        )
        # so that no name of the raw columns is meant twice
        renamed = "SELECT COLUMNS('(.*)') AS 'at_\\1' FROM stands"
        good = _good(raw)
        connection.execute("SET preserve_insertion_order = false")
        copy(
            connection,
            f"SELECT {shown}, row_ AS row, {literal(part)} AS part FROM raw "
            f"LEFT JOIN ({renamed}) AS stands ON {joined} WHERE {good}",
            scratch / "taken.parquet",
            "COMPRESSION snappy",
        )
        connection.execute(
            f"CREATE VIEW taken AS SELECT * FROM read_parquet('{escaped(scratch / 'taken.parquet')}')"
        )
        _set_aside(connection, raw, f"raw WHERE ({good}) IS NOT TRUE", self.broken)

    def fingerprint(self) -> str:
        return _fingerprint(self._connection, self.raw.layout.table)

    def wait(self) -> None:
        """They are written."""


def _raw(
    connection: duckdb.DuckDBPyConnection, part: Part, measuring: Future[Measured], scratch: Path
) -> tuple[list[Path], list[Broken]]:
    """Write every row that can be read, as it stands and in its order; return the files, and the pieces that are no row."""
    import duckdb as module

    out = scratch / "raw.parquet"
    if part.file.suffix.lower() not in CSV:
        try:
            copy(connection, parquet_rows(part), out)
        except module.Error as error:
            raise NotARelease(
                f"{part.file.name}: expected Parquet that can be read to its end, found {str(error).splitlines()[0]}; get it "
                "again, whole"
            ) from None
        return [out], []
    found = _quick(connection, part, scratch)
    if found and sum(found.values()) == measuring.result().lines - part.header:
        return list(found), []
    # Rows and refusals do not tell all: a quote that is not closed takes the rows after it along. Piece by piece, then.
    good = scratch / "good.csv"
    expected, broken = mend(part.file, good, part.header, len(part.columns))
    found = _quick(connection, replace(part, file=good, header=0), scratch)
    rows = sum(found.values()) if found else copy(connection, csv_rows(good, part.columns, 0), out, _QUICK)
    good.unlink()
    if rows != expected:
        raise NotARelease(
            f"{part.file.name}: expected {expected:,} rows of CSV, could read {rows:,}; save it as plain CSV again"
        )
    return list(found) or [out], broken


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
        with spilling(opened(**config), scratch) as one:
            rows = copy(one, sql, out, _QUICK)
            return out, rows, one.execute("SELECT 1 FROM reject_errors LIMIT 1").fetchone() is not None

    try:
        found = each(part.file, pieces, scratch, read)
    except module.InvalidInputException:  # line endings of two kinds, for one
        return {}
    return {} if any(refused for _, _, refused in found) else {out: rows for out, rows, _ in found}


def _number(connection: duckdb.DuckDBPyConnection, raw: list[Path]) -> None:
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


def _read(connection: duckdb.DuckDBPyConnection, raw: list[Path], part: Part) -> Raw:
    """The raw columns with what their cells are like: the distinct ones where they are few, else whether all say something."""
    counted = dict(
        connection.execute(
            "SELECT path_in_schema, CASE WHEN count(stats_distinct_count) = count(*) THEN max(stats_distinct_count) END "
            f"FROM parquet_metadata([{literals(map(str, raw))}]) GROUP BY 1"
        ).fetchall()
    )
    likely: dict[str, int | None] = {
        name: counted.get(quoted(name), counted.get(name)) for name in part.columns
    }
    many = [name for name, distinct in likely.items() if distinct is None or distinct > FEW]
    full: dict[str, int] = {}
    for name, (about, rows, blank) in _many(connection, many).items():
        likely[name] = about
        if not blank:
            full[name] = rows
    values: dict[str, dict[str, int]] = {}
    for name, distinct in likely.items():
        if distinct is not None and distinct <= FEW:
            cells = connection.execute(
                f"SELECT {quoted(name)}, count(*) FROM raw WHERE {quoted(name)} IS NOT NULL GROUP BY 1 LIMIT {2 * FEW + 1}"
            ).fetchall()
            if len(cells) <= 2 * FEW:
                values[name] = dict(cells)
    return Raw(part.layout, part.columns, values, full)
