"""A sheet by its distinct cells is what the reader of workbooks makes of all of it, or is left to that reader."""

from __future__ import annotations

import random
import tracemalloc
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import fastexcel
import pytest
from openpyxl import Workbook

from bailiwick.evidence import cells

_NS = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_TEXTS = "<si><t>one</t></si><si><t></t></si><si><t>two &amp; a half</t></si><si><r><t>ri</t></r><r><t>ch</t></r></si>"
#: Five cells in columns B to AB: a day (style 1), a shared text, nothing, a number, a text of the cell's own.
_ROW = (
    '<row r="{0}" spans="2:28"><c r="B{0}" s="1"><v>42132</v></c><c r="C{0}" t="s"><v>2</v></c><c r="D{0}" s="1"/>'
    '<c r="Z{0}"><v>1.50</v></c><c r="AB{0}" t="inlineStr"><is><t>own</t></is></c></row>'
)


def _sheet(rows: str, after: str = "") -> str:
    return f'<?xml version="1.0"?><worksheet {_NS}><sheetData>{rows}</sheetData>{after}</worksheet>'


def _book(path: Path, xml: str, level: int = 6) -> Path:
    """A workbook whose only sheet, S, is that text, packed as well as the level says; style 1 is a day's."""
    empty, made = BytesIO(), Workbook()
    sheet = made.worksheets[0]
    sheet.title, sheet["A1"].number_format = "S", "yyyy-mm-dd"
    made.save(empty)
    with (
        zipfile.ZipFile(empty) as before,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as book,
    ):
        for name in before.namelist():
            if name not in ("xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"):
                book.writestr(name, before.read(name))
        book.writestr("xl/worksheets/sheet1.xml", xml)
        book.writestr("xl/sharedStrings.xml", f"<sst {_NS}>{_TEXTS}</sst>")
    return path


def _reader(path: Path) -> Any:
    book = fastexcel.read_excel(path)
    return book.load_sheet("S", header_row=None, skip_rows=0, dtypes="string", eager=True)


def _columns(batch: Any) -> list[list[str | None]]:
    return [column.to_pylist() for column in batch.columns]


@pytest.mark.parametrize("block", [100, 1_000, 1 << 20])
def test_each_cell_stands_in_its_row_and_column(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    monkeypatch.setattr(cells, "BLOCK", block)
    monkeypatch.setattr(cells, "_REPEATED", 1)
    rows = "".join(_ROW.format(number) for number in (3, *range(5, 40)))
    rows += '<row r="40"/><row r="41"><c r="C41" t="s"><v>3</v></c></row><row r="42"><c r="B42" s="1"/></row>'
    path = _book(tmp_path / "x.xlsx", _sheet(rows))
    found = cells.read(path, "S")
    columns = _columns(found)
    there = [
        row not in (0, 1, 3, 39, 40) for row in range(41)
    ]  # rows from the first to the last that says something
    assert len(columns) == 27  # from B to AB
    assert columns[0] == ["2015-05-08 00:00:00" if one else None for one in there]
    assert columns[1] == ["two & a half" if one else None for one in there[:40]] + ["rich"]
    assert columns[24] == ["1.5" if one else None for one in there]
    assert columns[26] == ["own" if one else None for one in there]
    assert all(column == [None] * 41 for k, column in enumerate(columns) if k not in (0, 1, 24, 26))
    assert columns == _columns(_reader(path))


@pytest.mark.parametrize(
    ("what", "old", "new"),
    [
        ("no reference of a cell", '<c r="C9" ', "<c "),
        ("no reference of a row", '<row r="9" ', "<row "),
        ("the reference is not first", '<c r="C9" t="s"', '<c t="s" r="C9"'),
        ("a cell of another row", 'r="C9"', 'r="C8"'),
        ("a cell twice", 'r="C9"', 'r="B9"'),
        ("columns out of order", 'r="B9"', 'r="E9"'),
        ("a row twice", '<row r="9" ', '<row r="8" '),
        ("rows out of order", '<row r="9"', '<row r="90"'),
        ("a column after ZZ", 'r="AB9"', 'r="AAB9"'),
        ("a small letter", 'r="AB9"', 'r="c9"'),
        ("something above the rows", "<sheetData>", "<sheetData><x/>"),
        ("no number", 'r="C9"', 'r="C"'),
        ("an error", '<c r="Z9"><v>1.50</v>', '<c r="Z9" t="e"><v>#N/A</v>'),
        ("a text in pieces", "<is><t>own</t></is></c></row><row", "<is><r><t>own</t></r></is></c></row><row"),
        ("a comment", '<c r="C9"', '<!-- <c r="C9"/> --><c r="C9"'),
        ("a comment about a row", '<row r="9"', '<!-- <row r="9"/> --><row r="9"'),
        ("text that is no XML", "<is><t>own</t></is>", '<is><t><![CDATA[<c r="AC9"/>]]></t></is>'),
        ("a row that does not end", '</c></row><row r="9"', '</c><row r="9"'),
        ("a row that ends twice", '</c></row><row r="9"', '</c></row></row><row r="9"'),
        ("a text that is not there", "<v>2</v>", "<v>99</v>"),
        ("another prefix", '<c r="C9" t="s"><v>2</v></c>', '<x:c r="C9" t="s"><v>2</v></x:c>'),
        ("no end", "</sheetData>", ""),
        ("a quote that is not closed", '<row r="9" spans="2:28"', '<row r="9" spans="2:28'),
    ],
)
def test_a_sheet_written_otherwise_is_left_to_the_reader(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str, old: str, new: str
) -> None:
    monkeypatch.setattr(cells, "_REPEATED", 1)
    xml = _sheet("".join(_ROW.format(number) for number in range(1, 30)))
    assert cells.read(_book(tmp_path / "x.xlsx", xml), "S") is not None
    assert old in xml
    assert cells.read(_book(tmp_path / "x.xlsx", xml.replace(old, new, 1)), "S") is None, what


def test_what_gains_nothing_or_cannot_be_unpacked_is_left_to_the_reader(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    different = "".join(f'<row r="{k}"><c r="A{k}"><v>{k}</v></c></row>' for k in range(1, 500))
    assert cells.read(_book(tmp_path / "x.xlsx", _sheet(different)), "S") is None
    same = "".join(f'<row r="{k}"><c r="A{k}"><v>7</v></c></row>' for k in range(1, 500))
    path = _book(tmp_path / "x.xlsx", _sheet(same))
    assert _columns(cells.read(path, "S")) == [["7"] * 499]
    assert cells.read(path, "T") is None
    whole = path.read_bytes()
    for name in ("styles.xml", "sheet1.xml"):
        with zipfile.ZipFile(BytesIO(whole)) as book:
            packed = next(part for part in book.infolist() if part.filename.endswith(name))
        begin = whole.index(name.encode(), packed.header_offset) + len(name)
        for at in range(begin, begin + packed.compress_size, 40):
            path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :])
            assert cells.read(path, "S") is None
    path.write_bytes(whole[:-100])
    assert cells.read(path, "S") is None
    path.write_bytes(whole)
    monkeypatch.setattr(cells, "LARGEST", packed.file_size - 1)
    assert cells.read(path, "S") is None


def test_a_sheet_that_is_not_as_it_was_packed_is_left_to_the_reader(tmp_path: Path) -> None:
    rows = "".join(f'<row r="{k}"><c r="A{k}"><v>7</v></c></row>' for k in range(1, 100))
    path = _book(tmp_path / "x.xlsx", _sheet(rows), level=0)
    assert _columns(cells.read(path, "S")) == [["7"] * 99]
    whole = path.read_bytes()
    assert whole.count(b'<c r="A50"><v>7') == 1
    path.write_bytes(whole.replace(b'<c r="A50"><v>7', b'<c r="A50"><v>8'))
    assert cells.read(path, "S") is None


def test_a_sheet_is_not_unpacked_beyond_what_it_says(tmp_path: Path) -> None:
    rows = "".join(f'<row r="{k}"><c r="A{k}"><v>7</v></c></row>' for k in range(1, 100))
    much = _sheet(rows) + " " * 30_000_000
    path = _book(tmp_path / "x.xlsx", much)
    whole = path.read_bytes()
    size = len(much).to_bytes(4, "little")
    assert whole.count(size) == 2  # in the header of the part and in the table at the end
    path.write_bytes(whole.replace(size, (1_000).to_bytes(4, "little")))
    tracemalloc.start()
    assert cells.read(path, "S") is None
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 5_000_000


def test_a_sheet_with_few_cells_in_much_room_is_left_to_the_reader(tmp_path: Path) -> None:
    rows = '<row r="{0}"><c r="A{0}"><v>7</v></c><c r="{1}{0}"><v>7</v></c></row>'
    near, far = (
        "".join(rows.format(k, column) for k in range(1, 100)) for column in ("X", "Y")
    )  # the 24th, 25th
    assert cells.read(_book(tmp_path / "x.xlsx", _sheet(near)), "S") is not None
    assert cells.read(_book(tmp_path / "x.xlsx", _sheet(far)), "S") is None


_CELLS = (
    *("", '<c r="{}" t="s"><v>0</v></c>', '<c r="{}" t="s"><v>1</v></c>', '<c r="{}" t="s"><v>3</v></c>'),
    *('<c r="{}" s="1"><v>42000.5</v></c>', '<c r="{}"><v>7</v></c>', '<c r="{}" s="1"/>', '<c r="{}"/>'),
    *('<c r="{}" t="b"><v>1</v></c>', '<c r="{}" t="str"><f>A1</f><v>z</v></c>', '<c r="{}"></c>'),
)
_SNIPPETS = (
    *(
        "<",
        ">",
        "/",
        '"',
        "'",
        " ",
        "\n",
        "1",
        "A",
        "r=",
        "<v>",
        "</v>",
        "<f>",
        "</c>",
        "</row>",
        "</sheetData>",
    ),
    *(
        '<c r="A1"/>',
        '<c r="B2"><v>1</v></c>',
        '<row r="3">',
        '<row r="2"/>',
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "<?x?>",
    ),
)


def _broken(some: random.Random) -> str:
    """A sheet of few kinds of cells, with up to two faults."""
    kinds, space, rows = some.sample(_CELLS, 3), some.choice(("", "", "\n  ")), []
    for number in range(some.randint(1, 3), some.randint(10, 40)):
        row = space.join(some.choice(kinds).format(f"{column}{number}") for column in ("A", "C", "D"))
        rows.append(
            some.choice((f'<row r="{number}">{row}</row>', f'<row r="{number}" ht="1">{row}{space}</row>'))
        )
    xml = _sheet(space.join(rows), some.choice(("", '<autoFilter ref="A1:D9"/>')))
    for _ in range(some.choice((0, 1, 1, 2))):
        at = some.randrange(xml.index("<sheetData>") + 11, len(xml))
        xml = xml[:at] + some.choice(("", *_SNIPPETS)) + xml[at + some.choice((0, 0, 1, 5)) :]
    return xml


def test_of_broken_sheets_nothing_is_read_that_the_reader_does_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cells, "_REPEATED", 0.5)
    read = 0
    for seed in range(400):
        some = random.Random(seed)
        monkeypatch.setattr(cells, "BLOCK", some.choice((200, 1 << 20)))
        path = _book(tmp_path / "x.xlsx", xml := _broken(some))
        found = cells.read(path, "S")
        if found is not None:
            read += 1
            assert _columns(found) == _columns(_reader(path)), xml
    assert 100 < read < 300  # both happen often
