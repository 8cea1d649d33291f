"""Files of a release as raw rows of text in DuckDB: CSV, Parquet, workbooks."""

from __future__ import annotations

import csv
import logging
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from bailiwick.evidence.columns import quoted
from bailiwick.evidence.lines import LONGEST
from bailiwick.evidence.sources import Layout, NotARelease, nearly, normal, recognise

if TYPE_CHECKING:
    from bailiwick.evidence.sheets import Sheet

#: Rows of a sheet or file within which its header must stand.
PREAMBLE = 20
_MIDNIGHT = " 00:00:00"
#: Of a column's name that no layout has so many characters are shown.
_SHOWN = 60
#: Where a workbook keeps the texts that its cells share, up to how many bytes of them are looked at, and what they look like.
_SHARED, _SHARED_MOST = "xl/sharedStrings.xml", 5_000_000
_SHARED_TEXT = re.compile(rb"<t(?: [^>]*)?>([^<]+)</t>")
_MARKS = {";": "semicolons", "\t": "tabs"}
#: How files begin that are not what their ending says.
_OLD = b"\xd0\xcf\x11\xe0"
_BEGIN = {b"PK": "a workbook or zip file", b"PAR1": "Parquet", _OLD: "an old workbook"}
_LOCKED = "a workbook of an old kind or with a password; save it as .xlsx without one"
CSV = (".csv", ".txt")
WORKBOOKS = (".xlsx", ".xls", ".xlsb", ".ods")


@dataclass(frozen=True, slots=True)
class Part:
    """One sheet or file, ready to be read.

    Attributes:
        file: its path.
        sheet: name of the sheet, empty where the file has none.
        layout: what it is.
        columns: its columns as they stand, in order.
        header: how many rows stand above the first row of data.
    """

    file: Path
    sheet: str
    layout: Layout
    columns: tuple[str, ...]
    header: int


@dataclass(frozen=True, slots=True)
class Refused:
    """A sheet that holds rows and is no known release: its name, and why."""

    sheet: str
    why: str


def parts(path: Path) -> Iterator[Part | Refused]:
    """The parts of a file that are a known release, and the sheets with rows that are none, as they are come to: a sheet is
    parsed when it is asked for. Empty sheets are passed over.

    Raises:
        NotARelease: no such file, or one that cannot be read.
    """
    if path.is_dir():
        raise NotARelease(f"{path}: expected a file, found a directory; name the files in it")
    if not path.is_file():
        raise NotARelease(f"{path}: expected a file, found none")
    for sheet, rows in _heads(path):
        if isinstance(rows, str):
            yield Refused(sheet, rows)
            continue
        for line, row in enumerate(rows):
            layout = recognise(cell for cell in row if _text(cell))
            if layout is not None:
                yield Part(path, sheet, layout, _named(row), line + 1)
                break
        else:
            if any(_text(cell) for row in rows for cell in row):
                yield Refused(sheet, _why(rows))


def _why(rows: list[Sequence[Any]]) -> str:
    for row in rows:
        if why := nearly(cell for cell in row if _text(cell)):
            return why
    header = max(rows, key=lambda row: sum(1 for cell in row if _text(cell)))
    seen = [text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…" for cell in header if (text := _text(cell))]
    for mark, name in _MARKS.items():
        if len(seen) == 1 and mark in seen[0]:
            return f"columns with {name} between them; save it as CSV with commas"
    return f"columns that no layout has: {', '.join(seen[:8])}{', …' if len(seen) > 8 else ''}"


def _heads(path: Path) -> Iterator[tuple[str, list[Sequence[Any]] | str]]:
    """The first rows of each sheet, or why it cannot be read."""
    kind = path.suffix.lower()
    if kind in WORKBOOKS:
        import fastexcel

        changed = path.stat().st_mtime_ns
        for name in _workbook(path, changed).sheet_names:
            try:
                head = _parsed(path, changed, name).slice(0, PREAMBLE)
            except fastexcel.FastExcelError as error:
                yield name, f"a sheet that cannot be read ({_said(error)}); get the file again, whole"
                continue
            if head.num_rows:
                yield name, list(zip(*(column.to_pylist() for column in head.columns), strict=True))
    elif kind == ".parquet":
        try:
            with duckdb.connect() as connection:
                names = [
                    row[0]
                    for row in connection.execute(
                        "DESCRIBE SELECT * FROM read_parquet(?)", [str(path)]
                    ).fetchall()
                ]
        except duckdb.Error as error:
            raise NotARelease(
                f"{path.name}: expected Parquet, found a file that cannot be read as it ({_said(error)}); get it again, whole"
            ) from None
        yield "", [names]
    elif kind in CSV:
        _check_text(path)
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            reader = csv.reader(line for line, _ in zip(file, range(PREAMBLE), strict=False))
            try:
                yield "", list(reader)
            except csv.Error as error:
                raise NotARelease(
                    f"{path.name}: expected the columns of a release in the first {PREAMBLE} lines, found no CSV there "
                    f"({error}); save it as CSV again"
                ) from None
    else:
        raise NotARelease(
            f"{path.name}: expected .xlsx, .xls, .csv or .parquet; found '{kind or 'no ending'}'"
        )


def _said(error: Exception) -> str:
    """What a library says, in one line and without naming itself."""
    return str(error).splitlines()[0].removeprefix("calamine error: ")


def _check_text(path: Path) -> None:
    """Raises NotARelease where the first line of a file is no text."""
    with path.open("rb") as file:
        line = re.split(rb"[\r\n]", file.readline(LONGEST), maxsplit=1)[0]
    found = next((name for begin, name in _BEGIN.items() if line.startswith(begin)), None)
    if found or b"\0" in line:
        raise NotARelease(
            f"{path.name}: expected CSV in UTF-8, found {found or 'bytes that are no text in UTF-8'}; "
            + ("give it the ending of what it is" if found else "save it as CSV in UTF-8")
        )


def shared(path: Path) -> Iterator[str]:
    """Texts that cells of a workbook share, so that something may be made of them while its sheets are parsed. None where the
    workbook is of another kind, or has them otherwise: who asks must do without."""
    # a RuntimeError: packed in a way, or under a password, that is not read here
    with (
        suppress(OSError, KeyError, RuntimeError, zipfile.BadZipFile, zlib.error),
        zipfile.ZipFile(path) as book,
    ):
        there = book.getinfo(_SHARED)
        if there.file_size <= _SHARED_MOST:
            for text in _SHARED_TEXT.findall(book.read(there)):
                yield unescape(text.decode(errors="replace"))


def forget() -> None:
    """Let go of the workbook that was read last."""
    _parsed.cache_clear()
    _workbook.cache_clear()


@lru_cache(maxsize=1)
def _parsed(path: Path, changed: int, sheet: str) -> Any:
    """A sheet as an Arrow batch of text, every row from the first of the sheet. It is remembered until it is taken: a sheet is
    parsed once and not twice."""
    from bailiwick.evidence import cells

    found = cells.read(path, sheet) if path.suffix.lower() == ".xlsx" else None
    if found is not None:
        return found
    return _workbook(path, changed).load_sheet(
        sheet, header_row=None, skip_rows=0, dtypes="string", eager=True
    )


@lru_cache(maxsize=1)
def _workbook(path: Path, changed: int) -> Any:
    import fastexcel

    # of a sheet without cells, such as a chart, the reader says that it is none; it is passed over
    logging.getLogger("calamine").setLevel(logging.ERROR)
    try:
        return fastexcel.read_excel(path)
    except (fastexcel.FastExcelError, OSError) as error:
        with path.open("rb") as file:
            old = file.read(4) == _OLD and path.suffix.lower() != ".xls"
        found = f"a file that cannot be opened as one ({_said(error)}); get it again, whole"
        raise NotARelease(f"{path.name}: expected a workbook, found {_LOCKED if old else found}") from None


def _text(cell: Any) -> str:
    return "" if cell is None else str(cell).strip()


def _named(row: Sequence[Any]) -> tuple[str, ...]:
    """Names of columns, each once: a blank one (a merged cell, an index) is `column_N`, a second one gets its number."""
    out: list[str] = []
    seen: set[str] = set()
    for number, cell in enumerate(row, start=1):
        name = normal(_text(cell)) or f"column_{number}"
        while name in seen:
            name = f"{name}_{number}"
        seen.add(name)
        out.append(name)
    return tuple(out)


def parquet_rows(part: Part) -> str:
    """A SELECT of `part.columns`, as text and in the order of the file, that gives the rows of a Parquet file."""
    names = ", ".join(quoted(name) for name in part.columns)
    return f"SELECT CAST(COLUMNS(*) AS VARCHAR) FROM read_parquet('{escaped(part.file)}') AS t({names})"


def csv_rows(path: Path, columns: Sequence[str], header: int) -> str:
    """The same of a CSV file. Lines that are no row are left out and stand in DuckDB's `reject_errors`, see `lines.py`."""
    types = ", ".join(f"'{name}': 'VARCHAR'" for name in columns)
    return (
        f"SELECT * FROM read_csv('{escaped(path)}', header = false, skip = {header}, columns = {{{types}}}, "
        "auto_detect = false, delim = ',', quote = '\"', escape = '\"', null_padding = false, ignore_errors = true, "
        f"store_rejects = true, rejects_limit = 1, max_line_size = {LONGEST})"
    )


def sheet(part: Part, pool: Executor) -> Sheet:
    """A part's rows, of a workbook; its columns are encoded side by side."""
    from bailiwick.evidence.sheets import Column, Sheet

    batch = _parsed(part.file, part.file.stat().st_mtime_ns, part.sheet).slice(part.header)
    _parsed.cache_clear()
    columns = pool.map(lambda cells: Column.of(_days(cells)), batch.columns[: len(part.columns)])
    return Sheet(dict(zip(part.columns, columns, strict=True)))


def _days(cells: Any) -> Any:
    """A column by its distinct cells, with its days as days, which a workbook keeps as midnights."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_dictionary(cells.type):
        used = cells.indices.dictionary_encode()
        column = pa.DictionaryArray.from_arrays(used.indices, cells.dictionary.take(used.dictionary))
    else:
        column = cells.dictionary_encode()
    if not pc.any(pc.ends_with(column.dictionary, _MIDNIGHT)).as_py():
        return column
    pattern = rf"^(\d{{4}}-\d{{2}}-\d{{2}}){_MIDNIGHT}$"
    days = pc.replace_substring_regex(column.dictionary, pattern, r"\1").dictionary_encode()
    return pa.DictionaryArray.from_arrays(days.indices.take(column.indices), days.dictionary)


def escaped(path: Path) -> str:
    return str(path).replace("'", "''")
