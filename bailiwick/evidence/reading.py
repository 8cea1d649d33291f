"""Files of a release as raw rows of text in DuckDB: CSV, Parquet, workbooks."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb

from bailiwick.evidence.sources import Layout, NotARelease, nearly, normal, recognise

#: Rows of a sheet or file within which its header must stand.
PREAMBLE = 20
#: The longest line of a CSV file, in bytes: a broken quote swallows no more than this.
LONGEST = 2_000_000


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


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    found = sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            found.update(chunk)
    return found.hexdigest()


def parts(path: Path) -> list[Part]:
    """The parts of a file that are a known release, in order. Sheets that hold no rows are passed over.

    Raises:
        NotARelease: no such file, a kind that is not read, or no part that is known, with what it is nearest to.
    """
    if not path.is_file():
        raise NotARelease(f"{path}: expected a file, found none")
    heads = list(_heads(path))
    found, near = [], []
    for sheet, rows in heads:
        for line, row in enumerate(rows):
            layout = recognise(cell for cell in row if _text(cell))
            if layout is not None:
                found.append(Part(path, sheet, layout, _named(row), line + 1))
                break
        else:
            near += [why for row in rows if (why := nearly(cell for cell in row if _text(cell)))][:1]
    if not found:
        header = next((row for _, rows in heads for row in rows if any(_text(cell) for cell in row)), ())
        seen = ", ".join(text for cell in header[:8] if (text := _text(cell)))
        why = near[0] if near else f"columns: {seen or 'none'}"
        raise NotARelease(
            f"{path.name}: expected the columns of a known release (see docs/how-to/load-a-release.md); found {why}"
        )
    return found


def _heads(path: Path) -> Iterator[tuple[str, list[Sequence[Any]]]]:
    """The first rows of each sheet."""
    kind = path.suffix.lower()
    if kind in (".xlsx", ".xls", ".xlsb", ".ods"):
        book = _workbook(path)
        for name in book.sheet_names:
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False, nrows=PREAMBLE)
            if rows:
                yield name, rows
    elif kind == ".parquet":
        try:
            with duckdb.connect() as connection:
                names = [row[0] for row in connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(path)]).fetchall()]
        except duckdb.Error as error:
            raise NotARelease(f"{path.name}: expected Parquet; {str(error).splitlines()[0]}") from None
        yield "", [names]
    elif kind in (".csv", ".txt"):
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            reader = csv.reader(line for line, _ in zip(file, range(PREAMBLE), strict=False))
            try:
                yield "", list(reader)
            except csv.Error as error:
                raise NotARelease(f"{path.name}: expected CSV; {error}") from None
    else:
        raise NotARelease(f"{path.name}: expected .xlsx, .xls, .csv or .parquet; found '{kind or 'no ending'}'")


def _workbook(path: Path) -> Any:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        return CalamineWorkbook.from_path(str(path))
    except (CalamineError, OSError) as error:
        raise NotARelease(f"{path.name}: expected a workbook; {str(error).splitlines()[0]}") from None


def _text(cell: Any) -> str:
    return "" if cell is None else str(cell).strip()


def _named(row: Sequence[Any]) -> tuple[str, ...]:
    """Names of columns, each once: a blank one (a merged cell, an index) is `column N`, a second one of a name gets its number."""
    out: list[str] = []
    seen: set[str] = set()
    for number, cell in enumerate(row, start=1):
        name = normal(_text(cell)) or f"column_{number}"
        while name in seen:
            name = f"{name}_{number}"
        seen.add(name)
        out.append(name)
    return tuple(out)


def open_rows(connection: duckdb.DuckDBPyConnection, part: Part) -> None:
    """Make the view or table `raw`: a part's rows in its order, columns named as in `part.columns`, all text.

    Lines of CSV that cannot be read are left out and stand in DuckDB's `reject_errors`.
    """
    connection.execute("DROP VIEW IF EXISTS raw")
    connection.execute("DROP TABLE IF EXISTS raw_rows")
    names = ", ".join(_quoted(name) for name in part.columns)
    if part.file.suffix.lower() in (".csv", ".txt"):
        types = ", ".join(f"'{name}': 'VARCHAR'" for name in part.columns)
        connection.execute(
            f"CREATE VIEW raw AS SELECT * FROM read_csv('{_escaped(part.file)}', header = false, skip = {part.header}, "
            f"columns = {{{types}}}, auto_detect = false, delim = ',', quote = '\"', escape = '\"', null_padding = false, "
            f"ignore_errors = true, store_rejects = true, rejects_limit = 1000000, max_line_size = {LONGEST})"
        )
    elif part.file.suffix.lower() == ".parquet":
        connection.execute(
            f"CREATE VIEW raw AS SELECT CAST(COLUMNS(*) AS VARCHAR) FROM read_parquet('{_escaped(part.file)}') AS t({names})"
        )
    else:
        _open_sheet(connection, part)


def _open_sheet(connection: duckdb.DuckDBPyConnection, part: Part) -> None:
    import pyarrow as pa

    sheet = _workbook(part.file).get_sheet_by_name(part.sheet)
    rows = sheet.to_python(skip_empty_area=False)[part.header :]
    width = len(part.columns)
    columns = [list(column) for column in zip(*rows, strict=True)][:width] if rows else [[] for _ in range(width)]
    arrays = {
        name: pa.array([_cell(cell) for cell in column], pa.string())
        for name, column in zip(part.columns, columns, strict=True)
    }
    connection.register("raw_arrow", pa.table(arrays))
    connection.execute("CREATE TABLE raw_rows AS SELECT * FROM raw_arrow")
    connection.unregister("raw_arrow")
    connection.execute("CREATE VIEW raw AS SELECT * FROM raw_rows")


def _cell(cell: Any) -> str | None:
    """A cell of a workbook as text: days and instants in ISO form, whole numbers without a fraction."""
    if isinstance(cell, str):
        return cell or None
    if cell is None:
        return None
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _escaped(path: Path) -> str:
    return str(path).replace("'", "''")
