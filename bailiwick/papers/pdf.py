"""From sheets to PDF/UA: headings, language and direction of every part, tags in reading order, no file or address fetched."""

from __future__ import annotations

import functools
import logging
import re
import threading
import unicodedata
from html import escape
from typing import Any, NoReturn

from bailiwick.papers import fonts
from bailiwick.papers.sheet import Line, Sheet, Sheets, begun, both
from bailiwick.papers.tags import finish, runs_left
from bailiwick.papers.texts import Words

# Pango's map of fonts is not made for two threads at once.
_LOCK = threading.Lock()

# Unicode's isolates and marks of direction: WeasyPrint does not know the style that would keep a value's own direction, and an
# isolate ends where a line breaks.
ISOLATE, END, LEFT, RIGHT = "\u2068", "\u2069", "\u200e", "\u200f"
#: Where it stands no line is broken.
TOGETHER = "\u2060"

_STYLE = """
@page { size: letter; margin: 16mm 17mm 15mm }
@page long { margin-bottom: 20mm }
@page long { @bottom-center { content: counter(page) " / " counter(pages); font: 9pt "Noto Sans"; direction: ltr } }
html { font: 12pt/1.32 FAMILIES; color: #000 }
:lang(en) { font-family: FAMILIES; line-height: 1.32 }
:lang(zh) { font-family: ZH } :lang(ko) { font-family: KO } :lang(ar) { font-family: AR; line-height: 1.45 }
body { margin: 0 }
.beside { display: flow-root }
.beside > section { float: left; width: 49.9%; box-sizing: border-box; padding-right: 4.5mm; border-right: 0.6pt solid #000 }
.beside > section + section { padding: 0 0 0 4.5mm; border-right: 0; border-left: 0.6pt solid #000; margin-left: -0.6pt }
.beside[dir=rtl] > section { float: right; padding: 0 0 0 4.5mm; border-right: 0; border-left: 0.6pt solid #000 }
.beside[dir=rtl] > section + section { padding: 0 4.5mm 0 0; border-left: 0; border-right: 0.6pt solid #000 }
.beside[dir=rtl] > section + section { margin: 0 -0.6pt 0 0 }
.flexible { display: flex; gap: 9mm } .flexible > section { flex: 1 1 0; min-width: 0 }
.flexible > section + section { border-left: 0.6pt solid #000; padding-left: 5mm; margin-left: -5mm }
.flexible[dir=rtl] > section + section { border-left: 0; border-right: 0.6pt solid #000; padding: 0 5mm 0 0; margin: 0 -5mm 0 0 }
.long { page: long } .long > section + section { break-before: page }
h1 { font-size: 15pt; line-height: 1.22; margin: 0 0 2.5mm } h2 { font-size: 12.5pt; margin: 4mm 0 1.5mm; break-after: avoid }
p { margin: 0 0 2mm; overflow-wrap: anywhere; break-inside: avoid } .lead { margin-bottom: 4mm }
bdi { font-weight: 400 } .strong { font-weight: 700 } h1 bdi { font-weight: 400 }
.draft { border: 0.8pt dashed #000; padding: 1.2mm 2mm; font-size: 10.5pt }
.law { border-top: 0.6pt solid #000; padding-top: 1.5mm; margin-top: 4mm }
.small { font-size: 10.5pt } .label { font-weight: 700 }
.box { padding-inline-start: 8mm; position: relative }
.mark { position: absolute; inset-inline-start: 0; top: 0.6mm; width: 3.6mm; height: 3.6mm; border: 1pt solid #000 }
.sign { padding-top: 7.5mm; border-bottom: 0.6pt solid #000 }
.proof { display: block; font-size: 9pt }
"""


def _stack(*first: str) -> str:
    return ", ".join(f'"{name}"' for name in (*first, *(f for f in fonts.FAMILIES if f not in first)))


_CSS = (
    _STYLE.replace("FAMILIES", _stack())
    .replace("ZH", _stack("Noto Sans CJK SC", "Noto Sans CJK SC 2"))
    .replace("KO", _stack("Noto Sans CJK KR"))
    .replace("AR", _stack("Noto Naskh Arabic"))
)
#: Papers of many lines: English follows on a page of its own instead of standing beside.
LONG = frozenset({"record_extract"})
#: A language of each script that has fonts of its own.
SCRIPTS = ("es", "ar", "zh", "ko")


def html(sheets: Sheets, beside: str = "beside") -> str:
    """The page that is printed. Everything is escaped; what was filled in stands apart (`bdi`), so that its direction and its
    characters change nothing around it. `beside`: how two languages stand side by side."""
    long = sheets.paper in LONG
    shape = "long" if long else beside if len(sheets.sheets) > 1 else "alone"
    body = "".join(_section(sheet) for sheet in sheets.sheets)
    first = sheets.sheets[0].texts
    return (
        f'<!doctype html><html lang="{first.language}" dir="{first.direction}"><head><meta charset="utf-8">'
        f"<title>{escape(sheets.title)}</title></head><body>"
        f'<div class="{shape}" dir="{first.direction}">{body}</div></body></html>'
    )


def _section(sheet: Sheet) -> str:
    texts = sheet.texts
    return f'<section lang="{texts.language}" dir="{texts.direction}">{"".join(map(_line, sheet.all_lines()))}</section>'


def _line(line: Line) -> str:
    words = _words(line.words)
    if line.kind == "title":
        return f"<h1>{words}</h1>"
    if line.kind == "section":
        return f"<h2>{words}</h2>"
    label = f'<span class="label">{escape(line.label)}</span> ' if line.label else ""
    mark = '<span class="mark"></span>' if line.kind == "box" else ""
    proof = f' <span class="proof">{_words(line.proof)}</span>' if line.proof else ""
    return f'<p class="{line.kind}">{mark}{label}{words}{proof}</p>'


def _words(words: Words) -> str:
    return "".join(
        f"<bdi>{escape(kept(piece.text))}</bdi>" if piece.given else escape(piece.text) for piece in words
    )


def kept(given: str) -> str:
    """What was filled in, with invisible marks that keep its own direction, whole or broken into lines."""
    # In Arabic the words of a citation keep together: no mark beside a Latin letter, digit or sign.
    mark, space = (RIGHT, r"(?<![!-~])\s(?![!-~])") if runs_left(given) else (LEFT, r"\s")
    # Nor is a section number such as 7284.6(a)(1) broken before a bracket, which would turn round at the start of a line.
    given = re.sub(r"(?<=[!-~])\(", TOGETHER + "(", given)
    return ISOLATE + re.sub(rf"^|$|{space}", lambda at: mark + at[0] + mark if at[0] else mark, given) + END


def refused(url: str) -> NoReturn:
    """A paper needs nothing from outside: whatever asks for an address, of a file or of the network, gets none."""
    raise ValueError(f"a paper fetches nothing, found {url[:80]}")


@functools.cache
def _fetcher() -> Any:
    from weasyprint.urls import URLFetcher

    class Nothing(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: Any = None) -> NoReturn:
            refused(url)

    return Nothing(allowed_protocols=())


@functools.cache
def _style() -> Any:
    """The style sheet, read once in a process."""
    configuration = fonts.configuration()
    import weasyprint

    logging.getLogger("fontTools").setLevel(logging.ERROR)
    return weasyprint.CSS(string=_CSS, font_config=configuration, url_fetcher=_fetcher())


def pdf(sheets: Sheets) -> bytes:
    """The paper as PDF/UA-1. Same sheets, same text. The first of a process loads WeasyPrint and the fonts: about 0.6 s more than
    the next ones take; `warm` does it before anybody waits."""
    with _LOCK:
        document = _laid_out(html(sheets))
        if len(sheets.sheets) > 1 and sheets.paper not in LONG and not _is_whole(document, sheets):
            document = _laid_out(html(sheets, "flexible"))
        made: bytes = document.write_pdf(
            finisher=lambda _document, made: finish(sheets, made), pdf_variant="pdf/ua-1", pdf_tags=True
        )
        return made


def _laid_out(page: str) -> Any:
    style = _style()
    import weasyprint

    return weasyprint.HTML(string=page, url_fetcher=_fetcher()).render(
        stylesheets=[style], font_config=fonts.configuration(), pdf_variant="pdf/ua-1", pdf_tags=True
    )


def _is_whole(document: Any, sheets: Sheets) -> bool:
    """Whether one page has every character of the sheets. Columns that float take two thirds of the time of flexible ones, but
    what is longer than a page is cut off; flexible ones go on to the next page."""
    from weasyprint.formatting_structure.boxes import TextBox

    if len(document.pages) > 1:
        return False
    boxes = document.pages[0]._page_box.descendants()
    drawn = "".join(box.text for box in boxes if isinstance(box, TextBox))
    return bare(drawn) == bare(sheets.text)


def bare(text: str) -> str:
    """Without spaces and marks of direction: what remains is the same however a text is broken into lines."""
    return "".join(c for c in text if not c.isspace() and unicodedata.category(c) != "Cf")


def warm() -> None:
    """Make a paper in each script and throw it away: afterwards everything that makes a PDF is in memory."""
    fonts.covered()
    for language in SCRIPTS:
        sheets = [begun(own, "copy_of_request", "1") for own in both(language)]
        for sheet in sheets:
            sheet.add("strong", sheet.texts.say("copy_of_request", "next"))
        pdf(Sheets("copy_of_request", language, sheets))
