"""A sheet of a workbook by its distinct cells: what SQL makes of a cell is made once for each of them, not once for each row.

A workbook gives a sheet as a whole, and tens of thousands of its rows repeat a few words. So a column is held as its distinct
cells and, for each row, which of them stands there: Arrow's dictionaries. The statements are those that make canonical rows of
any other file (`columns.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bailiwick.evidence.arrays import of_numpy, texts, write
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
        rows: the rows as they stand, as a dictionary array, where there is one.
    """

    cells: Any
    codes: Any
    rows: Any = None

    @classmethod
    def of(cls, encoded: Any) -> Column:
        """The column that a dictionary array is."""
        cells, null = encoded.dictionary, pc.count(encoded.dictionary, mode="all").cast(pa.int32())
        codes = encoded.indices if encoded.indices.null_count == 0 else pc.fill_null(encoded.indices, null)
        return cls(pa.concat_arrays([cells, pa.nulls(1, cells.type)]), codes, encoded)

    def counted(self) -> dict[str, int]:
        """Distinct cells -> rows, nulls apart."""
        cells, counted = self.cells.to_pylist(), pc.value_counts(self.rows.indices)
        rows = zip(*(counted.field(part).to_pylist() for part in ("values", "counts")), strict=True)
        return {cells[code]: n for code, n in rows if code is not None}

    def become(self, made: Any) -> Any:
        """The rows with `made` instead of `cells`: a dictionary array where it is text."""
        if self.rows is not None and made.equals(self.cells):
            return self.rows
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
    """The rows of a sheet: the names of its columns and, for each, its texts."""

    def __init__(self, columns: Mapping[str, Column]) -> None:
        self.columns = columns
        self.rows = max(len(column.codes) for column in columns.values())
        self.numbers = of_numpy(np.arange(1, self.rows + 1))
        self._none = Column(pa.nulls(1, pa.string()), of_numpy(np.zeros(self.rows, np.int64)))

    def table(self) -> Any:
        """Every row as an Arrow table, `row_` its place, from 1."""
        return pa.table({name: column.rows for name, column in self.columns.items()} | {"row_": self.numbers})

    def write(self, out: Path) -> None:
        """Write every row, each cell as it stood."""
        write(self.table().drop_columns("row_"), out, "zstd")

    def values(self, most: int) -> dict[str, dict[str, int]]:
        """Column -> its distinct cells -> rows, nulls apart; of columns with at most `most` of them."""
        return {name: one.counted() for name, one in self.columns.items() if len(one.cells) - 1 <= most}

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
        none: tuple[Any, list[Any]] = (self._none.codes, [])
        codes, cells = reduce(_beside, map(self._told, columns), none)
        counted = pc.value_counts(codes)  # in order of appearance, as the codes are
        return Groups(
            list(zip(*(column.to_pylist() for column in cells), strict=True)),
            counted.field("counts").to_pylist(),
            codes,
        )

    def _told(self, column: Any) -> Column:
        return Column.of(column) if pa.types.is_dictionary(column.type) else self._none

    def _column(self, name: str | None) -> Column:
        return self._none if name is None else self.columns[name]


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


def rehearse(connection: duckdb.DuckDBPyConnection) -> None:
    """Do with one cell what is done with a sheet's: the first time it takes much longer."""
    sheet = Sheet({"cell": Column.of(texts(["a"]).dictionary_encode())})
    made = {"cell": Made("cell", "nullif(trim(cell), '')"), "day": Made(None, "NULL::DATE")}
    sheet.groups(sheet.made(connection, made).values())


def placed(codes: Any, stands: Any) -> dict[str, Any]:
    """The columns of where a facility stands: `codes` of each row's site, `stands` an Arrow table of the sites in their order."""
    return {name: Column(None, codes).become(stands[name].combine_chunks()) for name in PLACED}


def parted(sheet: Sheet, made: Mapping[str, Any], names: Iterable[str], good: Any) -> tuple[Any, Any]:
    """Two tables: what was made of the good rows, by those names, and the other rows as they stand."""
    taken, aside = pa.table({name: made[name] for name in names}), sheet.table()
    if pc.all(good).as_py():
        return taken, aside.slice(aside.num_rows)
    return taken.filter(good), aside.filter(pc.invert(good))
