"""Text read back from a PDF through its tags, as a screen reader does: the tree says the order, each mark its glyphs, and the
font's own table the characters. Written for these tests with pypdf's objects only; nothing of WeasyPrint."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pypdf import PdfReader
from pypdf.generic import ContentStream, TextStringObject

_MAPPED = re.compile(rb"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>")
LINES = ("/P", "/H1", "/H2")


@dataclass
class Tag:
    """A paragraph or heading: kind, language, what it says it reads as (None: as drawn), and what is drawn, mark by mark."""

    kind: str
    language: str
    actual: str | None
    drawn: list[str]

    @property
    def text(self) -> str:
        return "".join(self.drawn) if self.actual is None else self.actual


def tags(pdf: bytes) -> list[Tag]:
    """The lines of a tagged PDF in reading order."""
    reader = PdfReader(io.BytesIO(pdf))
    root: Any = reader.trailer["/Root"]
    marks = {
        page.indirect_reference.idnum: _marks(reader, page)
        for page in reader.pages
        if page.indirect_reference
    }
    tree = root["/StructTreeRoot"]
    return list(_walk(tree, marks, None))


def _walk(element: Any, marks: dict[int, dict[int, str]], page: int | None) -> Iterator[Tag]:
    if str(element.get("/S")) in LINES:
        said = element.get("/ActualText")
        actual = said if said is None else str(said if isinstance(said, TextStringObject) else said.decode())
        yield Tag(
            str(element["/S"]), str(element.get("/Lang", "")), actual, list(_drawn(element, marks, page))
        )
        return
    for kid in _kids(element):
        if isinstance(kid, dict) and "/S" in kid:
            yield from _walk(kid, marks, _page(kid, page))


def _drawn(element: Any, marks: dict[int, dict[int, str]], page: int | None) -> Iterator[str]:
    page = _page(element, page)
    for kid in _kids(element):
        if isinstance(kid, int):
            assert page is not None
            yield marks[page][kid]
        elif "/S" in kid:
            yield from _drawn(kid, marks, page)
        elif "/MCID" in kid:
            own = _page(kid, page)
            assert own is not None
            yield marks[own][kid["/MCID"]]


def _page(element: Any, known: int | None) -> int | None:
    return element.raw_get("/Pg").idnum if "/Pg" in element else known


def _kids(element: Any) -> list[Any]:
    kids = element.get("/K", [])
    return [kid.get_object() for kid in (kids if isinstance(kids, list) else [kids])]


def _marks(reader: PdfReader, page: Any) -> dict[int, str]:
    """Marked content of a page: number to the characters of its glyphs, in the order drawn."""
    fonts = {name: _table(font.get_object()) for name, font in page["/Resources"].get("/Font", {}).items()}
    found: dict[int, str] = {}
    open_: list[int | None] = []
    font: dict[int, str] = {}
    for operands, operator in ContentStream(page.get_contents(), reader).operations:
        if operator == b"Tf":
            font = fonts[operands[0]]
        elif operator in (b"BDC", b"BMC"):
            number = (
                operands[1].get("/MCID") if operator == b"BDC" and isinstance(operands[1], dict) else None
            )
            open_.append(number)
            if number is not None:
                found.setdefault(number, "")
        elif operator == b"EMC":
            open_.pop()
        elif operator in (b"Tj", b"TJ"):
            parts = operands[0] if operator == b"TJ" else operands
            shown = b"".join(_bytes(part) for part in parts if isinstance(part, bytes | str))
            text = "".join(font[int.from_bytes(shown[i : i + 2], "big")] for i in range(0, len(shown), 2))
            mark = next((one for one in reversed(open_) if one is not None), None)
            if mark is not None:
                found[mark] += text
    return found


def _bytes(part: Any) -> bytes:
    return part if isinstance(part, bytes) else part.original_bytes


def _table(font: Any) -> dict[int, str]:
    """ToUnicode: code of a glyph to its characters."""
    raw = font["/ToUnicode"].get_object().get_data()
    out = {}
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", raw, re.DOTALL):
        for code, text in _MAPPED.findall(block):
            out[int(code, 16)] = bytes.fromhex(text.decode()).decode("utf-16-be")
    return out


def logical(drawn: str) -> str:
    """The reading order of a run of glyphs: one with Arabic letters is drawn backwards, numbers and Latin in it forwards."""
    if not any(unicodedata.bidirectional(c) in ("R", "AL") for c in drawn):
        return drawn
    back = drawn[::-1]
    return re.sub(r"[0-9A-Za-z]+(?:[.,:-][0-9A-Za-z]+)*", lambda forward: forward[0][::-1], back)


def bare(text: str) -> str:
    """Without spaces and the invisible marks of direction: where lines broke is no part of the text."""
    return "".join(c for c in text if not c.isspace() and unicodedata.category(c) != "Cf")
