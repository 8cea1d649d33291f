"""A large CSV file in as many consecutive pieces as there are threads, each read in its own order by a reader of its own.

DuckDB reads one file with several threads, but to keep the order of its rows it must gather and copy them, and half of the
machine waits. Pieces need no gathering: each is handed to its reader through a pipe, and what they write is read one after the
other. A piece ends with a line; where a line break stands within quotes there, the rows do not add up, and the file is read
line by line (`lines.py`).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread
from typing import TypeVar

_T = TypeVar("_T")

#: A file smaller than this, in bytes, is one piece.
SMALL = 64 << 20
#: Largest number of pieces: each needs memory of its own.
MOST = 4
_CHUNK = 1 << 20


def cut(path: Path, most: int) -> list[tuple[int, int]]:
    """First byte and end of each piece: at most `most` of them, one where the file is small or the system has no pipes."""
    size = path.stat().st_size
    count = min(most, MOST) if size >= SMALL and hasattr(os, "mkfifo") else 1
    ends = [0]
    with path.open("rb") as file:
        for k in range(1, count):
            file.seek(size * k // count)
            while (line := file.readline(_CHUNK)) and not line.endswith(b"\n"):
                pass
            if ends[-1] < file.tell() < size:
                ends.append(file.tell())
    return list(zip(ends, [*ends[1:], size], strict=True))


def each(
    path: Path, pieces: list[tuple[int, int]], scratch: Path, read: Callable[[Path, int], _T]
) -> list[_T]:
    """What `read` gives for each piece, side by side: it is called with the path of the pipe to read and the piece's number.

    Raises whatever `read` raises, once all have ended.
    """
    if len(pieces) == 1:
        return [read(path, 0)]

    def one(number: int) -> _T:
        with _piped(path, *pieces[number], scratch / f"piece-{number}") as pipe:
            return read(pipe, number)

    with ThreadPoolExecutor(len(pieces)) as pool:
        return list(pool.map(one, range(len(pieces))))


@contextmanager
def _piped(path: Path, begin: int, end: int, pipe: Path) -> Iterator[Path]:
    os.mkfifo(pipe)
    writer = Thread(target=_write, args=(path, begin, end, pipe), daemon=True)
    writer.start()
    try:
        yield pipe
    finally:
        # A reader that stopped early, or never began, must not leave the writer waiting.
        while writer.is_alive():
            os.close(os.open(pipe, os.O_RDONLY | os.O_NONBLOCK))
            writer.join(0.05)
        pipe.unlink()


def _write(path: Path, begin: int, end: int, pipe: Path) -> None:
    with suppress(BrokenPipeError), path.open("rb") as file, pipe.open("wb", buffering=0) as out:
        file.seek(begin)
        while begin < end and (chunk := memoryview(file.read(min(_CHUNK, end - begin)))):
            begin += len(chunk)
            while chunk:
                chunk = chunk[out.write(chunk) :]
