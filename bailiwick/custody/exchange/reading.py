"""The rows of a jail's file, one by one and never all at once: CSV however it was written, JSON, or JSON Lines.

A line that is not UTF-8 is read as Windows-1252, which holds Latin-1. A row that cannot be read is handed on with the reason and
reading goes on after it; only a file that is no table at all is refused whole.
"""

from __future__ import annotations

import csv
import io
import json
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from bailiwick.custody.errors import Refused

#: A cell in quotation marks may hold line breaks, up to this many lines: more means that one is not closed.
MOST_LINES = 100
#: The most characters of one line.
MOST_CHARACTERS = 1_000_000
_CHUNK = 1 << 16
_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_NOT_A_TABLE = (
    (b"PK\x03\x04", "an Excel workbook (or another zip); in Excel choose Save As, “CSV UTF-8”, and take that file"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook; in Excel choose Save As, “CSV UTF-8”, and take that file"),
    (b"%PDF", "a PDF; ask the jail's system for CSV"),
    (b"\x1f\x8b", "a compressed file; unpack it first"),
    (b"<", "XML or a web page; ask the jail's system for CSV"),
)  # fmt: skip


@dataclass(slots=True)
class Row:
    """`line`: where it begins in the file, from 1 (of a JSON array: which item). `problem`: why it cannot be read, or ''."""

    line: int
    cells: dict[str, str]
    problem: str = ""


@dataclass
class Sheet:
    """A file opened for reading. `columns` in the order of the file; of JSON, those of its first rows."""

    columns: list[str]
    #: How it is read, in words.
    read_as: str
    rows: Iterator[Row]
    #: Lines that were not UTF-8 so far.
    other: list[int] = field(default_factory=lambda: [0])
    #: Columns of the file that were not kept when it was handed in, each with the section that forbids to collect it.
    dropped: dict[str, str] = field(default_factory=dict)


def read(stream: Binary) -> Sheet:
    """Open a file. Raises Refused for what is no table."""
    source: Any = io.BufferedReader(_Raw(stream), _CHUNK)
    head = source.peek(_CHUNK)
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    for magic, what in _NOT_A_TABLE:
        if start.startswith(magic):
            raise Refused("The file: expected CSV or JSON, found %(what)s.", what=what)
    if not start:
        raise Refused("The file: expected a line with the names of its columns, found nothing.")
    wide = head[:2] in (b"\xff\xfe", b"\xfe\xff")
    if not wide and b"\0" in head:
        raise Refused("The file: expected CSV or JSON, found bytes that are no text.")
    other = [0]
    lines = _wide(source) if wide else _lines(source, other, old_mac=b"\n" not in head and b"\r" in head)
    code = "UTF-16" if wide else "UTF-8"
    if start[:1] in (b"[", b"{") and not wide:
        return _json(lines, start[:1] == b"[", other)
    return _csv(lines, code, other)


class Binary(Protocol):
    """Anything that gives bytes."""

    def read(self, size: int = ..., /) -> bytes | None: ...


class _Raw(io.RawIOBase):
    """What may be read of any stream, as BufferedReader wants it."""

    def __init__(self, stream: Binary) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._stream.read(len(buffer)) or b""
        buffer[: len(data)] = data
        return len(data)


def _lines(source: Any, other: list[int], *, old_mac: bool) -> Iterator[str]:
    """Lines with their ends, each decoded on its own."""
    first = True
    for raw in _old_mac(source) if old_mac else iter(lambda: source.readline(MOST_CHARACTERS), b""):
        if first:
            raw, first = raw.removeprefix(b"\xef\xbb\xbf"), False
        try:
            yield raw.decode("utf-8")
        except UnicodeDecodeError:
            other[0] += 1
            try:
                yield raw.decode("cp1252")
            except UnicodeDecodeError:
                yield raw.decode("latin-1")


def _old_mac(source: Any) -> Iterator[bytes]:
    rest = b""
    while chunk := source.read(_CHUNK):
        *whole, rest = (rest + chunk).split(b"\r")
        for line in whole:
            yield line + b"\n"
    if rest:
        yield rest


def _wide(source: Any) -> Iterator[str]:
    yield from io.TextIOWrapper(source, "utf-16", errors="replace", newline="")


# --------------------------------------------------------------------------------------------------------- CSV


class _Unclosed(Exception):
    pass


class _Source:
    """Lines for the csv module, which remembers those of the record it reads so that they can be given back."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._back: deque[str] = deque()
        self.record: list[str] = []
        self.line = 0

    def __iter__(self) -> _Source:
        return self

    def __next__(self) -> str:
        if len(self.record) >= MOST_LINES:
            raise _Unclosed
        text = self._back.popleft() if self._back else next(self._lines)
        self.line += 1
        self.record.append(text)
        return text

    def give_back_all_but_first(self) -> None:
        self._back.extendleft(reversed(self.record[1:]))
        self.line -= len(self.record) - 1


def _csv(lines: Iterator[str], code: str, other: list[int]) -> Sheet:
    source = _Source(lines)
    head = next(source)
    if head[:4].lower() == "sep=" and head.strip()[4:] in _DELIMITERS:  # Excel's own first line
        delimiter = head.strip()[4:]
    else:
        source.give_back_all_but_first()
        source._back.appendleft(head)
        source.line -= 1
        bare = "".join(head.split('"')[::2])
        delimiter = max(_DELIMITERS, key=bare.count)
    source.record = []
    records = csv.reader(source, delimiter=delimiter, strict=True)
    try:
        names = next(records)
    except (csv.Error, _Unclosed, StopIteration):
        raise Refused(
            "The first line: expected the names of the columns, found a quotation mark that is not closed."
        ) from None
    columns = [" ".join(name.split()) or f"column {n}" for n, name in enumerate(names, 1)]
    twice = sorted({name for name in columns if columns.count(name) > 1})
    if twice:
        raise Refused(
            "The first line: expected each column once, found %(twice)s more than once.",
            twice=", ".join(twice),
        )
    return Sheet(columns, f"CSV, {code}, {_DELIMITERS[delimiter]}", _records(source, records, columns), other)


def _records(source: _Source, records: Iterator[list[str]], columns: list[str]) -> Iterator[Row]:
    while True:
        source.record = []
        line = source.line + 1
        try:
            cells = next(records)
        except StopIteration:
            return
        except (csv.Error, _Unclosed) as error:
            if not source.record:
                return
            source.give_back_all_but_first()
            yield Row(line, {}, _broken(error))
            continue
        if not any(cells):
            continue
        if len(cells) != len(columns):
            yield Row(
                line,
                {},
                f"expected {len(columns)} cells, found {len(cells)}; a cell that holds the mark between cells must stand in "
                "quotation marks",
            )
            continue
        yield Row(line, dict(zip(columns, cells, strict=True)))


def _broken(error: Exception) -> str:
    if isinstance(error, _Unclosed) or "unexpected end" in str(error):
        return "expected a closing quotation mark, found none in the lines that follow; close it or write it twice"
    if "expected after" in str(error):
        return "expected the end of the cell after its closing quotation mark, found more text; write the mark twice"
    return f"expected a row of CSV, found: {error}"


# -------------------------------------------------------------------------------------------------------- JSON


def _json(lines: Iterator[str], array: bool, other: list[int]) -> Sheet:
    rows = _items(lines) if array else _json_lines(lines)
    first = []
    for row in rows:
        first.append(row)
        if len(first) == 100:
            break
    columns = list(dict.fromkeys(name for row in first for name in row.cells))
    if not columns:
        raise Refused("The file: expected JSON objects, one for each row, found none.")

    def all_rows() -> Iterator[Row]:
        yield from first
        yield from rows

    return Sheet(columns, "JSON" if array else "JSON Lines", all_rows(), other)


def _json_lines(lines: Iterable[str]) -> Iterator[Row]:
    for number, text in enumerate(lines, 1):
        if not text.strip():
            continue
        try:
            value = json.loads(text)
        except (ValueError, RecursionError) as error:
            yield Row(number, {}, f"expected a JSON object on one line: {error}")
            continue
        yield _item(number, value)


def _items(lines: Iterator[str]) -> Iterator[Row]:
    """The items of one JSON array, without holding all of it."""
    decoder = json.JSONDecoder()
    text, at, number, more = "", 0, 0, True
    opened = False
    while True:
        while at < len(text) and text[at] in " \t\r\n,[" and not (text[at] == "[" and opened):
            opened = opened or text[at] == "["
            at += 1
        if at < len(text) and text[at] == "]":
            return
        if at < len(text):
            try:
                value, end = decoder.raw_decode(text, at)
                number, at = number + 1, end
                yield _item(number, value)
                continue
            except RecursionError:
                yield Row(
                    number + 1, {}, "expected an object nested less deeply; from here on nothing was read"
                )
                return
            except ValueError as error:
                if not more or len(text) - at > MOST_CHARACTERS:
                    yield Row(
                        number + 1,
                        {},
                        f"expected a JSON object: {error}; from here on nothing was read, mend it and import again",
                    )
                    return
        elif not more:
            yield Row(number + 1, {}, "expected ] at the end, found nothing; was the file cut off?")
            return
        found = next(lines, None)
        more = found is not None
        text, at = text[at:] + (found or ""), 0


def _item(number: int, value: Any) -> Row:
    if not isinstance(value, dict):
        return Row(number, {}, f"expected an object with the fields of a row, found {type(value).__name__}")
    cells: dict[str, str] = {}
    for name, one in value.items():
        if isinstance(one, dict | list):
            return Row(
                number, {}, f"{name}: expected text, number, true, false or null, found a list or an object"
            )
        cells[str(name)] = "" if one is None else str(one).lower() if isinstance(one, bool) else str(one)
    return Row(number, cells)


__all__ = ["MOST_LINES", "Binary", "Row", "Sheet", "read"]
