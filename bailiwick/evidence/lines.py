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
from functools import lru_cache
from hashlib import sha256
from io import StringIO
from itertools import islice
from pathlib import Path
from typing import TextIO

#: A row longer than this, in bytes, is set aside.
LONGEST = 2_000_000
#: A row may have line breaks within quotes, over this many lines.
TALLEST = 100
#: How much of a piece that is set aside is kept, in characters.
KEPT = 500
#: Of how many pieces the text is kept; of those after them the line tells where it is.
TEXTS = 100_000
#: How much is read at once, in bytes.
CHUNK = 1 << 20


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
    """Read a file once: its digest and the number of its lines, whichever of the three line ends they have."""
    found, lines, last = sha256(), 0, b"\n"
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            found.update(chunk)
            lines += chunk.count(b"\n")
            if b"\r" in chunk:
                lines += chunk.count(b"\r") - chunk.count(b"\r\n")
            lines -= last == b"\r" and chunk.startswith(b"\n")
            last = chunk[-1:]
    return Measured(found.hexdigest(), lines + (last not in _ENDS))


def mend(source: Path, out: Path, header: int, width: int) -> tuple[int, list[Broken]]:
    """Write the good rows of a CSV file, without its first `header` rows, to another.

    Returns:
        How many rows were written, and the pieces that are none. Blank lines are neither.
    """
    broken: list[Broken] = []
    rows = 0
    # read as Latin-1, a character is a byte, and a line may have any of the three ends
    with source.open(encoding="latin-1", newline="") as file, out.open("wb") as good:
        for one in _pieces(file, header, width):
            if isinstance(one, Broken):
                broken.append(one if len(broken) < TEXTS else Broken(one.line, one.why, ""))
            else:
                good.write(one)
                rows += 1
    return rows, broken


def _pieces(file: TextIO, header: int, width: int) -> Iterator[bytes | Broken]:
    ahead: deque[bytes] = deque()

    def following() -> bytes:
        return ahead.popleft() if ahead else file.readline(LONGEST + 1).encode("latin-1")

    above = csv.reader(line.decode("utf-8", "replace") for line in iter(following, b""))
    for _ in islice(above, header):
        pass
    number = above.line_num
    while line := following():
        number += 1
        if not line.strip():
            continue
        if len(line) > LONGEST:
            while not line.endswith(_ENDS) and (rest := file.readline(CHUNK)):
                line = line[:LONGEST] + rest[-1:].encode("latin-1")
            yield _broken(number, f"longer than {LONGEST:,} bytes", line)
            continue
        if b'"' not in line:
            cells = line.rstrip(b"\r\n")
            found = cells.count(b",") + 1
            # to the fast reader an empty cell too many is none
            while found > width and cells.endswith(b","):
                cells, found = cells[:-1], found - 1
            if found != width:
                yield _broken(number, _columns(width, found), line)
            elif not _text(line):
                yield _broken(number, "not UTF-8", line)
            else:
                yield cells + b"\n"  # one kind of line ending throughout: mixed ones stop DuckDB
            continue
        taken, length, whole, why = [line], len(line), _row(line, width), ""
        if whole == _OPEN:
            why = _OPEN
            while len(taken) < TALLEST and length <= LONGEST and (more := following()):
                taken.append(more)
                length += len(more)
                if b'"' in more and (whole := _row(b"".join(taken), width)) != _OPEN:
                    break
        if isinstance(whole, bytes) and not _rows_in_one(taken, width):
            number += len(taken) - 1
            yield whole
        else:
            ahead.extendleft(reversed(taken[1:]))
            yield _broken(number, why or str(whole), line)


def _rows_in_one(taken: list[bytes], width: int) -> bool:
    """Whether the first and the last line of one row are rows themselves, but for a stray quote in each: it took in what is
    between. Of a cell with line breaks that cannot be, but by chance of as many commas as there are columns."""
    if len(taken) == 1 or isinstance(_row(taken[-1], width), str):
        return False
    (cells,) = csv.reader([taken[0].decode()])
    (opened,) = csv.reader([cells[-1]])
    return len(cells) - 1 + len(opened) == width


_OPEN = "a quote that is never closed"
_ENDS = (b"\r", b"\n")


def _row(text: bytes, width: int) -> bytes | str:
    """The row, written as CSV again, or why it is none."""
    try:
        words = text.decode("utf-8")
    except UnicodeDecodeError:
        return "not UTF-8"
    try:
        rows = list(csv.reader(StringIO(words, newline=""), strict=True))
    except csv.Error as error:
        if "end of data" in str(error):
            return _OPEN
        why = "expected a comma after a closing quote" if "expected after" in str(error) else error
        return f"quotes that do not fit: {why}"
    if len(rows) != 1:
        return "quotes that do not fit: several rows in one"
    (cells,) = rows
    while len(cells) > width and not cells[-1]:
        cells.pop()
    if len(cells) != width:
        return _columns(width, len(cells))
    out = StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerow(cells)  # quotes a cell that has any of the two
    return out.getvalue().removesuffix("\r\n").encode() + b"\n"


def _text(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


@lru_cache(maxsize=256)  # one text, where millions of lines are broken alike
def _columns(width: int, found: int) -> str:
    return f"expected {width} columns, found {found}"


def _broken(number: int, why: str, text: bytes) -> Broken:
    return Broken(number, why, text[: 4 * KEPT].decode("utf-8", "replace").rstrip("\r\n")[:KEPT])
