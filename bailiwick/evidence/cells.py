"""A sheet of a workbook by its distinct cells, without reading each cell's XML.

The cells of a release repeat a few words. So a sheet's text is cut where its cells begin, each is told from the others by its
bytes alone, and a workbook that has each distinct one once is handed to the reader of workbooks: what a cell means, a number, a
day or a shared text, is always that reader's answer. Only where a cell stands is read here, and only where it is written as
programs write it: `<row r="7" …><c r="B7" …>…</c>…</row>`, in order. Any other sheet is left to the reader as a whole.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Any, cast
from xml.etree import ElementTree

import fastexcel
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bailiwick.evidence.arrays import of_numpy

#: How much of a sheet is cut together, and how large one may be, in bytes.
BLOCK, LARGEST = 1 << 20, 1 << 28
_SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}sheet"
_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_BEGIN, _END = b"<sheetData>", b"</sheetData>"
#: Eight bytes as one number: how a row and a cell begin, and all bits of as many bytes as the latter has.
_ROW, _CELL, _SIX = (
    np.uint64(int.from_bytes(one, "little")) for one in (b'<row r="', b'<c r="', b"\xff" * 6)
)
#: Likewise each byte 1, each with its highest bit alone, each a quote.
_ONES, _HIGH, _QUOTES = (np.uint64(one * int("01" * 8, 16)) for one in (1, 0x80, 0x22))
#: What follows the reference of a row or a cell, up to where the next begins: without anything in it; the start of a row; a whole
#: cell; and whether the row ends with it.
_ATTRIBUTES, _LAST = r"""(?s)^(\s+[A-Za-z][\w:.-]*="[^"<>]*")*\s*""", r"</row>\s*$"
_VOID, _START, _WHOLE = (rf"{_ATTRIBUTES}{end}\s*(</row>\s*)?$" for end in ("/>", ">", ">.*</c>"))
#: A sheet gains nothing if more than one cell in so many is unlike those before it; one with fewer cells than one in so many
#: places is left to the reader too.
_REPEATED, _DENSE = 4, 8


class _Otherwise(Exception):
    """The sheet is written in another way."""


def _must(right: Any) -> None:
    if not right:
        raise _Otherwise


#: What says that a sheet cannot be read here. A RuntimeError: packed in a way, or under a password, that is not read here.
_OTHERWISE = (
    _Otherwise,
    OSError,
    KeyError,
    RuntimeError,
    EOFError,
    zipfile.BadZipFile,
    zlib.error,
    ElementTree.ParseError,
    fastexcel.FastExcelError,
)


def read(path: Path, sheet: str) -> Any:
    """The sheet as an Arrow batch of text by its distinct cells, every row from the first of the sheet and every column from the
    first with a cell; None where it must be left to the reader of workbooks, which says what is wrong with one that is broken."""
    with suppress(*_OTHERWISE), zipfile.ZipFile(path) as book, ThreadPoolExecutor(2) as pool:
        where = _where(book, sheet)
        text = _unpacked(book, where)
        head = text.find(_BEGIN) + len(_BEGIN)
        _must(head >= len(_BEGIN))
        try:
            blocks = list(_repeated(pool.map(partial(_cut, text), *zip(*_parts(text, head), strict=True))))
        finally:
            # nothing more is cut of a sheet that is left to the reader
            pool.shutdown(wait=False, cancel_futures=True)

        def meaning(contents: Iterable[bytes]) -> Any:
            small = fastexcel.read_excel(_copied(book, where, text[:head], contents))
            told = small.load_sheet(sheet, header_row=None, skip_rows=0, dtypes="string", eager=True)
            _must(told.num_columns)
            return told.column(0)

        return _joined(blocks, meaning)
    return None


def _where(book: zipfile.ZipFile, sheet: str) -> str:
    """The part of a workbook that has a sheet."""
    relations = ElementTree.fromstring(book.read("xl/_rels/workbook.xml.rels"))
    targets = {one.get("Id"): one.get("Target", "") for one in relations}
    sheets = ElementTree.fromstring(book.read("xl/workbook.xml")).iter(_SHEET)
    found = [targets[one.get(_ID)] for one in sheets if one.get("name") == sheet]
    _must(len(found) == 1)
    return found[0].removeprefix("/") if found[0].startswith("/") else f"xl/{found[0]}"


def _copied(book: zipfile.ZipFile, where: str, head: bytes, contents: Iterable[bytes]) -> bytes:
    """The workbook with one sheet, of one column: a cell for each of the contents."""
    rows = (
        b'<row r="%d"><c r="A%d"%s' % (number, number, content)
        for number, content in enumerate(contents, start=1)
    )
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as copy:
        for name in book.namelist():
            if name != where and PurePosixPath(name).parent.name in ("", "_rels", "xl"):
                copy.writestr(name, book.read(name))
        copy.writestr(where, head + b"".join(rows) + _END + b"</worksheet>")
    return out.getvalue()


def _unpacked(book: zipfile.ZipFile, where: str) -> bytes:
    """A part of a workbook, its checksum and size held. At once and into as much memory as it says that it takes, and no more:
    that is quicker than `read`."""
    there = book.getinfo(where)
    _must(
        there.compress_type == zipfile.ZIP_DEFLATED and not there.flag_bits & 1 and there.file_size <= LARGEST
    )
    with open(str(book.filename), "rb") as file:
        file.seek(there.header_offset)
        header = file.read(30)
        file.seek(sum(int.from_bytes(header[k : k + 2], "little") for k in (26, 28)), 1)
        packed = file.read(there.compress_size)
    # the same bytes, as a file of gzip (RFC 1952)
    gzip = (
        b"\x1f\x8b\x08"
        + bytes(7)
        + packed
        + there.CRC.to_bytes(4, "little")
        + there.file_size.to_bytes(4, "little")
    )
    return cast(bytes, pa.decompress(gzip, there.file_size, "gzip", asbytes=True))


def _parts(text: bytes, begin: int) -> Iterator[tuple[int, int]]:
    """From where to where some rows stand in a sheet's text, of which the first stands there."""
    while len(text) - begin > BLOCK and (end := text.rfind(b"<row ", begin + 1, begin + BLOCK)) > 0:
        yield begin, end
        begin = end
    yield begin, text.find(_END, begin)


@dataclass(frozen=True, slots=True)
class _Block:
    """Some rows, as marks: a row, then its cells, then the next.

    Attributes:
        row: whether a mark is a row.
        code: which of `contents` follows its reference.
        contents: an array of bytes.
        numbers: of the rows.
        cells: by column and row, the code of the cell, -1 where there is none; in column 0 the row's own.
    """

    row: Any
    code: Any
    contents: Any
    numbers: Any
    cells: Any


def _cut(text: bytes, begin: int, end: int) -> _Block:
    """Cut rows where a row or a cell begins."""
    _must(
        begin < end < min(len(text) - 16, LARGEST)
    )  # wherever something begins, eight bytes can be looked at
    letters, words = np.frombuffer(text, np.uint8), np.ndarray((len(text) - 7,), "<u8", text, strides=(1,))
    found = letters[begin + 1 : end + 1] == ord("c")
    found |= letters[begin + 1 : end + 1] == ord("r")
    found &= letters[begin:end] == ord("<")
    at = np.flatnonzero(found) + begin
    _must(len(at) and not text[begin : at[0]].strip())
    word = words[at]
    row = word == _ROW
    _must(row[0] and np.all(row | (word & _SIX == _CELL)))

    first, second = (word.view(np.uint8)[k::8] - np.uint8(ord("A")) for k in (6, 7))
    _must(np.all(row | (first < 26)))
    wide = (second < 26) & ~row
    column = first.astype(np.int32) + 1
    column = np.where(wide, 26 * column + second + 1, column) * ~row
    number = at + 7 + (row | wide)  # where it stands
    word, rows = words[number], np.flatnonzero(row)
    upto, digits, numbers = _numbers(word[rows])
    of = np.repeat(np.arange(len(rows)), np.diff(np.append(rows, len(at))))
    _must(not np.any((word ^ word[rows][of]) & upto[of]))  # a cell's number is its row's
    _must(np.all(np.diff((of << 14) + column) > 0))

    # one array over the text: what follows a reference, and, as null, what stands there up to the end of the next reference
    ends = np.full(2 * len(at) + 1, end, np.int32)
    ends[:-1:2], ends[1:-2:2] = number + (digits + 1)[of], at[1:]
    there = pa.py_buffer(b"\x55" * (len(at) // 4 + 1))
    every = pa.Array.from_buffers(
        pa.binary(), 2 * len(at), [there, pa.py_buffer(ends), pa.py_buffer(text)]
    ).dictionary_encode()
    code = _numpy(every.indices)[::2].copy()
    cells = np.full((int(column.max()) + 1, len(rows)), -1, np.int32)
    cells[column, of] = code
    return _Block(row, code, every.dictionary, numbers, cells)


def _numbers(words: Any) -> tuple[Any, Any, Any]:
    """Numbers, each as digits and a quote in eight bytes: the bits up to the quote, how many digits there are, the number."""
    quotes = words ^ _QUOTES
    quotes = (quotes - _ONES) & ~quotes & _HIGH  # the lowest bit set is that of the first quote
    _must(np.all(quotes))
    upto = quotes ^ (quotes - np.uint64(1))
    digits = np.bitwise_count(upto).astype(np.int64) // 8 - 1
    letters = words.view(np.uint8).reshape(-1, 8) - np.uint8(ord("0"))
    out = np.zeros(len(words), np.int64)
    for k in range(7):
        there = k < digits
        _must(np.all(~there | (letters[:, k] <= 9)))
        out = np.where(there, 10 * out + letters[:, k], out)
    return upto, digits, out


def _repeated(blocks: Iterable[_Block]) -> Iterator[_Block]:
    """The blocks, as long as their contents repeat."""
    every = distinct = 0
    for block in blocks:
        every, distinct = every + len(block.code), distinct + len(block.contents)
        _must(every > _REPEATED * distinct)
        yield block


def _joined(blocks: list[_Block], meaning: Callable[[Iterable[bytes]], Any]) -> Any:
    """The sheet, once `meaning` has told what distinct cells are: an array of text in their order, up to the last that is any."""
    every = pa.concat_arrays([block.contents for block in blocks]).dictionary_encode()
    contents = every.dictionary
    void, start, whole, last = (_like(contents, one) for one in (_VOID, _START, _WHOLE, _LAST))
    whole &= ~(void | start | _like(contents, "<[!?]"))
    # whether it fits, and twice whether the row ends with it: as what is in a cell, and as what is in a row
    kinds = np.stack([void | whole, start | (void & ~last)]) + 2 * np.stack([last, void | last]).astype(
        np.uint8
    )
    asked = np.concatenate([np.flatnonzero(void), np.flatnonzero(whole)])
    nothing, cells = int(np.count_nonzero(void)), contents.to_pylist()
    told = meaning(cells[k] if last[k] else cells[k] + b"</row>" for k in asked)
    # what is void says nothing, and all else something: an error in a cell, for one, is left to the reader
    _must(len(told) == len(asked) and told.slice(0, nothing).null_count == nothing == told.null_count)
    texts = told.slice(nothing).dictionary_encode()
    codes = np.full(len(contents), -1, np.int32)
    codes[asked[nothing:]] = _numpy(texts.indices)

    numbers = np.concatenate([block.numbers for block in blocks])
    _must(numbers[0] > 0 and np.all(np.diff(numbers) > 0))
    width, height = max(len(block.cells) for block in blocks) - 1, int(numbers[-1])
    _must(width * height <= _DENSE * sum(len(block.row) for block in blocks))
    sheet, same = np.full((width, height), -1, np.int32), _numpy(every.indices)
    for block in blocks:
        of, same = np.split(same, [len(block.contents)])
        cell, row = kinds[:, of]
        kind = np.where(block.row, row[block.code], cell[block.code])
        _must(np.array_equal(kind, np.append(block.row[1:], True) * np.uint8(2) + np.uint8(1)))
        sheet[: len(block.cells) - 1, block.numbers - 1] = np.append(codes[of], np.int32(-1))[block.cells[1:]]
    there = sheet >= 0
    used, height = np.flatnonzero(there.any(axis=1)), int(np.flatnonzero(there.any(axis=0))[-1]) + 1
    columns = range(used[0], used[-1] + 1)
    bits = np.packbits(there[:, :height], axis=1, bitorder="little")
    indices = (
        of_numpy(np.ascontiguousarray(sheet[k, :height]), np.ascontiguousarray(bits[k])) for k in columns
    )
    return pa.RecordBatch.from_arrays(
        [pa.DictionaryArray.from_arrays(one, texts.dictionary) for one in indices],
        [f"column_{k}" for k in columns],
    )


def _like(contents: Any, pattern: str) -> Any:
    return _numpy(pc.match_substring_regex(contents, pattern).cast(pa.uint8())).astype(bool)


def _numpy(numbers: Any) -> Any:
    """An array of numbers as one of numpy's. Arrow's own way would import pandas."""
    kind = numbers.type.to_pandas_dtype()
    return np.frombuffer(numbers.buffers()[1], kind, len(numbers) + numbers.offset)[numbers.offset :]
