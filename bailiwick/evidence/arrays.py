"""Lists of Python's as Arrow arrays, made of their bytes, and tables as files.

Arrow's own way looks whether a list is one of pandas' and for that imports pandas, which takes longer than all of a load.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from itertools import accumulate
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

# Arrow's own allocator gives memory back as soon as it is free and asks for it again, which here takes longer than the work.
pa.set_memory_pool(pa.system_memory_pool())


def texts(values: Iterable[str | None]) -> Any:
    """Texts; an empty one is null, as none is."""
    cells = [(value or "").encode() for value in values]
    ends = array("i", accumulate(map(len, cells), initial=0))
    there = int("0" + "".join(["1" if cell else "0" for cell in reversed(cells)]), 2)
    bits = pa.py_buffer(there.to_bytes(len(cells) // 8 + 1, "little"))
    return pa.Array.from_buffers(
        pa.string(), len(cells), [bits, pa.py_buffer(ends), pa.py_buffer(b"".join(cells))]
    )


def integers(values: Iterable[int]) -> Any:
    """Integers of 64 bits."""
    return _numbers("q", values, pa.int64())


def floats(values: Iterable[float]) -> Any:
    """Numbers of 64 bits."""
    return _numbers("d", values, pa.float64())


def of_numpy(numbers: Any, there: Any = None) -> Any:
    """One of numpy's arrays of numbers; `there`: bits that say which are not null, the lowest first (none: all)."""
    bits = None if there is None else pa.py_buffer(there)
    return pa.Array.from_buffers(
        pa.from_numpy_dtype(numbers.dtype), len(numbers), [bits, pa.py_buffer(numbers)]
    )


def _numbers(code: str, values: Iterable[float], kind: Any) -> Any:
    numbers = array(code, values)
    return pa.Array.from_buffers(kind, len(numbers), [None, pa.py_buffer(numbers)])


def write(table: Any, out: Path, compression: str) -> None:
    """Write a table as Parquet that any program reads as plain columns. Without the least and greatest cell of each column, and
    in one batch: of so few rows both cost more than they save."""
    words = [field.name for field in table.schema if not pa.types.is_integer(field.type)]
    pq.write_table(
        table,
        out,
        compression=compression,
        use_dictionary=words,
        store_schema=False,
        write_statistics=False,
        write_batch_size=max(1, table.num_rows),
    )
