"""A CSV file line by line: how many rows it should give, and, where the fast reader disagrees, which pieces are none.

DuckDB reads a good file at full speed, but a quote that is never closed makes it skip the rows after it without a word. So the
lines of the file are counted while its digest is made, and when rows read and rows refused do not add up to them, the file is
looked over here, piece by piece, in constant memory: a line that is no row is set aside with its number, the others are read.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from io import StringIO
from pathlib import Path
from typing import BinaryIO

#: A row longer than this, in bytes, is set aside.
LONGEST = 2_000_000
#: A row may have line breaks within quotes, over this many lines.
TALLEST = 100
#: How much of a piece that is set aside is kept, in characters.
KEPT = 500


@dataclass(frozen=True, slots=True)
class Measured:
    """SHA-256 of a file, and how many lines it has."""

    sha256: str
    lines: int


@dataclass(frozen=True, slots=True)
class Broken:
    """A piece of a file that is no row: its first line (from 1), why, and its text, cut at KEPT characters."""

    line: int
    why: str
    text: str


def measure(path: Path) -> Measured:
    """Read a file once: its digest and the number of its lines."""
    found, lines, last = sha256(), 0, b"\n"
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            found.update(chunk)
            lines += chunk.count(b"\n")
            last = chunk[-1:]
    return Measured(found.hexdigest(), lines + (last != b"\n"))


def mend(source: Path, out: Path, header: int, width: int) -> tuple[int, list[Broken]]:
    """Write the good rows of a CSV file, without its first `header` lines, to another.

    Returns:
        How many rows were written, and the pieces that are none. Blank lines are neither.
    """
    rows, broken = 0, []
    with source.open("rb") as file, out.open("wb") as good:
        for one in _pieces(file, header, width):
            if isinstance(one, Broken):
                broken.append(one)
            else:
                good.write(one)
                rows += 1
    return rows, broken


def _pieces(file: BinaryIO, header: int, width: int) -> Iterator[bytes | Broken]:
    ahead: deque[bytes] = deque()
    number = 0

    def following() -> bytes:
        return ahead.popleft() if ahead else file.readline(LONGEST + 1)

    while line := following():
        number += 1
        if number <= header or not line.strip():
            continue
        if len(line) > LONGEST:
            while not line.endswith(b"\n") and (rest := file.readline(1 << 20)):
                line = line[:LONGEST] + rest[-1:]
            yield _broken(number, f"longer than {LONGEST:,} bytes", line)
            continue
        if b'"' not in line:
            found = line.count(b",") + 1
            if found != width:
                yield _broken(number, _columns(width, found), line)
            elif not _text(line):
                yield _broken(number, "not UTF-8", line)
            else:
                yield (
                    line.rstrip(b"\r\n") + b"\n"
                )  # one kind of line ending throughout: mixed ones stop DuckDB
            continue
        taken, whole, why = [line], _row(line, width), ""
        if isinstance(whole, str) and whole == _OPEN:
            why = whole
            while len(taken) < TALLEST and (more := following()):
                taken.append(more)
                joined = b"".join(taken)
                if len(joined) > LONGEST:
                    break
                whole = _row(joined, width)
                if whole != _OPEN:
                    break
        if isinstance(whole, bytes):
            number += len(taken) - 1
            yield whole
        else:
            ahead.extendleft(reversed(taken[1:]))
            yield _broken(number, why or whole, line)


_OPEN = "a quote that is never closed"


def _row(text: bytes, width: int) -> bytes | str:
    """The row, written as CSV again, or why it is none."""
    try:
        words = text.decode("utf-8")
    except UnicodeDecodeError:
        return "not UTF-8"
    try:
        rows = list(csv.reader(StringIO(words, newline=""), strict=True))
    except csv.Error as error:
        return _OPEN if "end of data" in str(error) else f"quotes that do not fit: {error}"
    if len(rows) != 1 or len(rows[0]) != width:
        return (
            _columns(width, len(rows[0])) if len(rows) == 1 else "quotes that do not fit: several rows in one"
        )
    out = StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerow(rows[0])
    return out.getvalue().encode()


def _text(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _columns(width: int, found: int) -> str:
    return f"expected {width} columns, found {found}"


def _broken(number: int, why: str, text: bytes) -> Broken:
    return Broken(number, why, text[: 4 * KEPT].decode("utf-8", "replace").rstrip("\r\n")[:KEPT])
