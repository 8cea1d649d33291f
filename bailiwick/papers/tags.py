"""What WeasyPrint leaves out of the tags of a PDF: the language of each part, and the text of lines that run from right to left.

Glyphs of Arabic and Hebrew are drawn in the order in which they stand on the page; a reader of the tags gets the words in the
order in which they are read from `ActualText` (ISO 32000-1, 14.9.4).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from bailiwick.papers import fonts
from bailiwick.papers.sheet import Sheets

#: One line of a table of characters: the glyph's code, its characters in UTF-16.
_MAPPED = re.compile(rb"<([0-9a-f]{4})> <([0-9a-f]*)>")
#: The font's name in a PDF, to what its glyphs show.
_TABLES = {"Noto-Naskh-Arabic": fonts.letters_of, "Noto-Sans": fonts.brackets_of}
_LINES = ("/P", "/H1", "/H2")


def runs_left(text: str) -> bool:
    """Whether any of it is written from right to left."""
    return any(unicodedata.bidirectional(c) in ("R", "AL") for c in text)


def finish(sheets: Sheets, pdf: Any) -> None:
    """Complete the tags of a PDF that was made from these sheets, before it is written."""
    import pydyf

    objects = {f"{one.number} {one.generation} R".encode(): one for one in pdf.objects}
    _letters(objects)
    elements = list(_elements(objects, objects[pdf.catalog["StructTreeRoot"]]))
    kinds = [_kind(one) for one in elements]
    parts = [one for one, kind in zip(elements, kinds, strict=True) if kind == "/Sect"]
    lines = [one for one, kind in zip(elements, kinds, strict=True) if kind in _LINES]
    sent = [(sheet, line) for sheet in sheets.sheets for line in sheet.all_lines()]
    if len(lines) != len(
        sent
    ):  # a line longer than a page stands in two tags: which part of it is which is not known
        _languages(sheets, parts, pydyf)
        return
    for element, (sheet, line) in zip(lines, sent, strict=True):
        element["Lang"] = pydyf.String(sheet.texts.language)
        if runs_left(line.text):
            element["ActualText"] = pydyf.String(line.text)
    _languages(sheets, parts, pydyf)


def _languages(sheets: Sheets, parts: list[Any], pydyf: Any) -> None:
    """Parts on one page: one a language. On several: a part begins again on each page, in the same order of languages."""
    if len(parts) == len(sheets.sheets):
        for part, sheet in zip(parts, sheets.sheets, strict=True):
            part["Lang"] = pydyf.String(sheet.texts.language)


def _letters(objects: Mapping[bytes, Any]) -> None:
    """Say which letter each Arabic glyph is: WeasyPrint gives the letter and its mark to the glyph of the mark, and nothing to
    that of the letter. And which bracket: it gives a glyph the bracket that was sent where it was first drawn, and from right to
    left that is its mirror image."""
    for font in objects.values():
        if not hasattr(font, "get") or "ToUnicode" not in font:
            continue
        family, bold, _rest = font["BaseFont"].decode().partition("+")[2].partition("-Bold")
        if family in _TABLES:
            table = _TABLES[family]("Bold" if bold else "Regular")
            stream = objects[font["ToUnicode"]].stream
            stream[:] = [_corrected(one, table) for one in stream]


def _corrected(entry: Any, table: Mapping[int, str]) -> Any:
    found = _MAPPED.fullmatch(entry) if isinstance(entry, bytes) else None
    letters = table.get(int(found[1], 16)) if found else None
    return (
        b"<%b> <%b>" % (found[1], letters.encode("utf-16-be").hex().encode()) if found and letters else entry
    )


def _kind(element: Mapping[str, Any]) -> str:
    return str(element.get("S", ""))


def _elements(objects: Mapping[bytes, Any], element: Any) -> Iterator[Any]:
    """Every element of the tree down to its lines, in the order in which it is read."""
    kids = element.get("K", [])
    for kid in kids if isinstance(kids, list) else [kids]:
        found = objects.get(kid if isinstance(kid, bytes) else b"")
        if found is not None and "S" in found:
            yield found
            if _kind(found) not in _LINES:
                yield from _elements(objects, found)
