"""Files as jails' systems write them: every row is read or set aside with its line and reason; none is lost."""

from __future__ import annotations

import io
import json
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bailiwick.custody.errors import Refused
from bailiwick.custody.exchange.reading import Row, read

HEAD = "number,name\n"


def rows(content: str | bytes) -> list[Row]:
    return list(read(io.BytesIO(content if isinstance(content, bytes) else content.encode())).rows)


def names(content: str | bytes) -> list[str]:
    found = rows(content)
    assert [one.problem for one in found if one.problem] == []
    return [one.cells["name"] for one in found]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_cells_may_be_parted_by_commas_semicolons_tabs_or_bars(mark: str) -> None:
    assert names(f"number{mark}name\n1{mark}Doe\n") == ["Doe"]


def test_a_byte_order_mark_is_no_part_of_the_first_column() -> None:
    assert read(io.BytesIO(b"\xef\xbb\xbfnumber,name\n1,Doe\n")).columns == ["number", "name"]


def test_latin_1_is_read_and_said() -> None:
    sheet = read(io.BytesIO(HEAD.encode() + "1,Núñez\n2,Müller\n3,Doe\n".encode("latin-1")))
    assert [row.cells["name"] for row in sheet.rows] == ["Núñez", "Müller", "Doe"]
    assert sheet.other == [2]


def test_a_latin_1_line_after_a_long_way_of_ascii_is_read_too() -> None:
    content = HEAD.encode() + b"1,Doe\n" * 50_000 + "2,Núñez\n".encode("latin-1")
    assert names(content)[-1] == "Núñez"


def test_windows_quotation_marks_are_read() -> None:
    assert names(HEAD.encode() + b"1,O\x92Neil\n") == ["O’Neil"]


def test_utf_16_as_excel_saves_unicode_text_is_read() -> None:
    assert names("number\tname\n1\tNúñez\n".encode("utf-16")) == ["Núñez"]


def test_a_quoted_line_break_stays_in_its_cell_and_lines_are_counted_by_the_file() -> None:
    found = rows(HEAD + '1,"Doe\nJunior"\n2,Roe\n')
    assert [(row.line, row.cells["name"]) for row in found] == [(2, "Doe\nJunior"), (4, "Roe")]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_may_end_as_on_any_system(end: str) -> None:
    assert names(end.join(["number,name", "1,Doe", "2,Roe", ""])) == ["Doe", "Roe"]


def test_excels_own_first_line_names_the_mark_between_cells() -> None:
    found = rows("sep=;\nnumber;name\n1;Doe, Alex\n")
    assert [(row.line, row.cells["name"]) for row in found] == [(3, "Doe, Alex")]


def test_a_quotation_mark_that_is_not_closed_costs_its_own_row_and_no_other() -> None:
    found = rows(HEAD + '1,"Doe\n' + "".join(f"{n},Roe\n" for n in range(2, 500)))
    assert (found[0].line, "closing quotation mark" in found[0].problem) == (2, True)
    assert [row.cells["number"] for row in found[1:]] == [str(n) for n in range(2, 500)]
    assert [row.line for row in found[1:4]] == [3, 4, 5]


def test_the_same_at_the_end_of_the_file() -> None:
    found = rows(HEAD + '1,Doe\n2,"Roe\n3,Poe\n')
    assert [(row.line, bool(row.problem)) for row in found] == [(2, False), (3, True), (4, False)]


def test_too_many_and_too_few_cells_are_set_aside_with_both_numbers() -> None:
    found = rows(HEAD + "1,Doe,Alex\n2\n3,Roe\n")
    assert [row.problem[:33] for row in found] == [
        "expected 2 cells, found 3; a cell",
        "expected 2 cells, found 1; a cell",
        "",
    ]


def test_empty_lines_are_no_rows() -> None:
    assert names(HEAD + "1,Doe\n\n,\n2,Roe\n\n") == ["Doe", "Roe"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"PK\x03\x04rest", "Excel workbook"),
        (b"\xd0\xcf\x11\xe0rest", "old Excel workbook"),
        (b"%PDF-1.7", "PDF"),
        (b"<html>", "web page"),
        (b"\x1f\x8b\x08", "compressed"),
        (b"number\x00,name", "no text"),
        (b"", "found nothing"),
        (b"number,number\n1,2\n", "number more than once"),
        (b'"number,name\n1,2\n', "not closed"),
        (b"[1, 2]", "JSON objects"),
    ],
)
def test_what_is_no_table_is_refused_with_what_to_do(content: bytes, says: str) -> None:
    with pytest.raises(Refused, match=says):
        rows(content)


def test_json_array_and_json_lines_are_read_alike() -> None:
    items = [{"number": "1", "name": "Doe"}, {"number": 2, "name": None}, {"number": "3", "name": True}]
    cells = [{"number": "1", "name": "Doe"}, {"number": "2", "name": ""}, {"number": "3", "name": "true"}]
    for text in (json.dumps(items), json.dumps(items, indent=2), "\n".join(map(json.dumps, items))):
        assert [row.cells for row in rows(text)] == cells


def test_an_item_of_json_that_is_no_row_is_set_aside_and_reading_goes_on() -> None:
    found = rows('{"number": "1", "name": "Doe"}\n{"number": [1]}\n{broken\n{"number": "4", "name": "Roe"}\n')
    assert [bool(row.problem) for row in found] == [False, True, True, False]


def test_a_json_array_that_is_cut_off_says_so() -> None:
    found = rows('[{"number": "1", "name": "Doe"}, {"number": "2"')
    assert (found[0].problem, "from here on nothing was read" in found[1].problem) == ("", True)


class Long(io.RawIOBase):
    """A file of a hundred thousand rows that is nowhere."""

    def __init__(self) -> None:
        self.parts = self._parts()
        self.rest = b""

    @staticmethod
    def _parts() -> Iterator[bytes]:
        yield b"number,name\n"
        for start in range(0, 100_000, 1000):
            yield b"".join(b"%d,Doe\n" % n for n in range(start, start + 1000))

    def read(self, size: int = -1, /) -> bytes:
        part = self.rest or next(self.parts, b"")
        self.rest = part[size:]
        return part[:size]


def test_the_space_does_not_grow_with_the_rows() -> None:
    tracemalloc.start()
    try:
        count = sum(1 for _ in read(Long()).rows)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 100_000
    assert peak < 2_000_000


@given(
    st.lists(
        st.lists(
            st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\r\n\0"), max_size=8),
            min_size=2,
            max_size=2,
        ).filter(any)
    )
)
def test_what_the_csv_module_writes_is_read_back(cells: list[list[str]]) -> None:
    import csv

    out = io.StringIO()
    csv.writer(out).writerows([["number", "name"], *cells])
    assert [list(row.cells.values()) for row in rows(out.getvalue())] == cells


@given(st.binary(max_size=300))
def test_no_bytes_whatever_end_in_anything_but_rows_or_a_refusal(content: bytes) -> None:
    try:
        found = rows(b"number,name\n" + content)
    except Refused:
        return
    assert all(row.problem or set(row.cells) == {"number", "name"} for row in found)
