"""A sheet of a workbook by its distinct cells: what SQL makes of a cell is made once for each of them, not once for each row.

A workbook gives a sheet as a whole, and tens of thousands of its rows repeat a few words. So a column is held as its distinct
cells and, for each row, which of them stands there: Arrow's dictionaries. The statements are those that make canonical rows of
any other file (`columns.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from bailiwick.evidence.arrays import integers
from bailiwick.evidence.columns import PLACED, Made, quoted

if TYPE_CHECKING:
    import duckdb

# Arrow's functions are handed no number of Python's here: for one they would import pandas, as for a list (`arrays.py`).


@dataclass(frozen=True, slots=True)
class Column:
    """A column.

    Attributes:
        cells: the distinct ones as an array, the null last.
        codes: for each row which of them, from 0, as an array.
    """

    cells: Any
    codes: Any

    @classmethod
    def of(cls, encoded: Any) -> Column:
        """The column that a dictionary array is."""
        cells, null = encoded.dictionary, pc.count(encoded.dictionary, mode="all").cast(pa.int32())
        codes = encoded.indices if encoded.indices.null_count == 0 else pc.fill_null(encoded.indices, null)
        return cls(pa.concat_arrays([cells, pa.nulls(1, cells.type)]), codes)

    def become(self, made: Any) -> Any:
        """The rows with `made` instead of `cells`: a dictionary array where it is text."""
        if not pa.types.is_string(made.type):
            return made.take(self.codes)
        encoded = made.dictionary_encode()
        return pa.DictionaryArray.from_arrays(encoded.indices.take(self.codes), encoded.dictionary)


@dataclass(frozen=True, slots=True)
class Groups:
    """Rows with the same cells.

    Attributes:
        cells: a tuple for each group.
        rows: how many rows each has.
        codes: for each row its group, from 0, as an array.
    """

    cells: list[tuple[Any, ...]]
    rows: list[int]
    codes: Any


class Sheet:
    """The rows of a sheet: the names of its columns and, for each, a dictionary array of text."""

    def __init__(self, names: Iterable[str], columns: Iterable[Any]) -> None:
        self.encoded: dict[str, Any] = dict(zip(names, columns, strict=True))
        self.rows = max(map(len, self.encoded.values()))
        self._columns: dict[str | None, Column] = {}
        self.numbers = integers(range(1, self.rows + 1))

    def table(self) -> Any:
        """Every row as an Arrow table, `row_` its place, from 1."""
        return pa.table(self.encoded | {"row_": self.numbers})

    def write(self, out: Path) -> None:
        """Write every row, each cell as it stood."""
        write(pa.table(self.encoded), out, "zstd")

    def values(self, most: int) -> dict[str, dict[str, int]]:
        """Column -> its distinct cells -> rows, nulls apart; of columns with at most `most` of them."""
        out = {}
        for name, column in self.encoded.items():
            if len(column.dictionary) <= most:
                cells, counted = column.dictionary.to_pylist(), pc.value_counts(column.indices)
                rows = zip(*(counted.field(part).to_pylist() for part in ("values", "counts")), strict=True)
                out[name] = {cells[code]: n for code, n in rows if code is not None}
        return out

    def made(self, connection: duckdb.DuckDBPyConnection, asked: Mapping[str, Made]) -> dict[str, Any]:
        """Name -> its rows, as an array. One statement for all, over the distinct cells of each column side by side."""
        columns = {one.column: self._column(one.column) for one in asked.values()}
        longest = max(len(column.cells) for column in columns.values())
        beside = {
            name: pa.concat_arrays([column.cells, pa.nulls(longest - len(column.cells), column.cells.type)])
            for name, column in columns.items()
            if name is not None
        }
        connection.register("cells", pa.table(beside))
        shown = ", ".join(f"{one.sql} AS {quoted(name)}" for name, one in asked.items())
        found = connection.sql(f"SELECT {shown} FROM cells").to_arrow_table().combine_chunks()
        connection.unregister("cells")
        out, nothing = {}, {}
        for name, one in asked.items():
            column = columns[one.column]
            made = found[name].chunk(0).slice(0, len(column.cells))
            if made.null_count < len(made):
                out[name] = column.become(made)
            else:
                if made.type not in nothing:
                    nothing[made.type] = pa.nulls(self.rows, made.type)
                out[name] = nothing[made.type]
        return out

    def groups(self, columns: Iterable[Any]) -> Groups:
        """Rows that have the same texts, together; `columns`: arrays of text."""
        none: tuple[Any, list[Any]] = (self._column(None).codes, [])
        codes, cells = reduce(_beside, map(self._told, columns), none)
        counted = pc.value_counts(codes)  # in order of appearance, as the codes are
        return Groups(
            list(zip(*(column.to_pylist() for column in cells), strict=True)),
            counted.field("counts").to_pylist(),
            codes,
        )

    def _told(self, column: Any) -> Column:
        return Column.of(column) if pa.types.is_dictionary(column.type) else self._column(None)

    def _column(self, name: str | None) -> Column:
        if name not in self._columns:
            if name is None:
                self._columns[name] = Column(pa.nulls(1, pa.string()), integers(repeat(0, self.rows)))
            else:
                self._columns[name] = Column.of(self.encoded[name])
        return self._columns[name]


def _beside(before: tuple[Any, list[Any]], column: Column) -> tuple[Any, list[Any]]:
    """The groups of the columns before, told apart by one more: the codes of all, and the cells of each group by column."""
    codes, cells = before
    if len(column.cells) == 1:  # nothing but null
        return codes, [*cells, pa.nulls(len(cells[0]) if cells else min(1, len(codes)), column.cells.type)]
    size = pc.count(column.cells, mode="all")
    both = pc.add(pc.multiply(codes.cast(pa.int64()), size), column.codes).dictionary_encode()
    of_before = pc.divide(both.dictionary, size)
    of_column = pc.subtract(both.dictionary, pc.multiply(of_before, size))
    return both.indices, [
        *(one.take(of_before) for one in cells),
        column.cells.take(of_column),
    ]


def placed(codes: Any, stands: Any) -> dict[str, Any]:
    """The columns of where a facility stands: `codes` of each row's site, `stands` an Arrow table of the sites in their order."""
    return {name: Column(None, codes).become(stands[name].combine_chunks()) for name in PLACED}


def parted(sheet: Sheet, made: Mapping[str, Any], names: Iterable[str], good: Any) -> tuple[Any, Any]:
    """Two tables: what was made of the good rows, by those names, and the other rows as they stand."""
    taken, aside = pa.table({name: made[name] for name in names}), sheet.table()
    if pc.all(good).as_py():
        return taken, aside.slice(aside.num_rows)
    return taken.filter(good), aside.filter(pc.invert(good))


def write(table: Any, out: Path, compression: str) -> None:
    """Write a table as Parquet that any program reads as plain columns."""
    words = [field.name for field in table.schema if not pa.types.is_integer(field.type)]
    pq.write_table(table, out, compression=compression, use_dictionary=words, store_schema=False)
