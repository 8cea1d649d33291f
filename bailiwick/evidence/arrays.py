"""Lists of Python's as Arrow arrays, made of their bytes.

Arrow's own way looks whether a list is one of pandas' and for that imports pandas, which takes longer than all of a load.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from itertools import accumulate
from typing import Any

import pyarrow as pa


def texts(values: Iterable[str | None]) -> Any:
    """Texts; none is an empty one."""
    cells = [(value or "").encode() for value in values]
    ends = array("i", accumulate(map(len, cells), initial=0))
    return pa.Array.from_buffers(
        pa.string(), len(cells), [None, pa.py_buffer(ends), pa.py_buffer(b"".join(cells))]
    )


def integers(values: Iterable[int]) -> Any:
    """Integers of 64 bits."""
    return _numbers("q", values, pa.int64())


def floats(values: Iterable[float]) -> Any:
    """Numbers of 64 bits."""
    return _numbers("d", values, pa.float64())


def _numbers(code: str, values: Iterable[float], kind: Any) -> Any:
    numbers = array(code, values)
    return pa.Array.from_buffers(kind, len(numbers), [None, pa.py_buffer(numbers)])
