"""The text read back from a PDF equals the text sent; nothing is fetched; no font but ours is in it."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from bailiwick.papers import fonts, printing
from bailiwick.papers.pdf import html, pdf
from bailiwick.papers.registry import PAPERS
from bailiwick.papers.sheet import Sheets, begun, both
from bailiwick.papers.tags import runs_left
from bailiwick.papers.texts import LANGUAGES
from bailiwick.record.log import number_now
from tests.papers.conftest import File
from tests.papers.reading import Tag, bare, logical, tags

#: A name of each script beside its language.
NAMES = {
    "en": ("O’Brien-Smith", "Zoë"), "es": ("Muñoz", "María José"), "zh": ("王", "小明"), "tl": ("Peña", "José"),
    "vi": ("Nguyễn", "Thị Hồng"), "ko": ("김", "민준"), "ht": ("Jean-Baptiste", "Widélène"), "fr": ("Lefèvre", "Zoé"),
    "pt": ("Gonçalves", "João"), "ar": ("العلي", "محمد"),
}  # fmt: skip


def read_as_sent(found: list[Tag], sent: list[str]) -> None:
    """Line by line. A line with right-to-left letters says its text itself; there each of its words must be drawn too."""
    assert len(found) == len(sent)
    for tag, line in zip(found, sent, strict=True):
        assert bare(tag.text) == bare(line)
        if runs_left(line):
            assert tag.actual == line
            drawn = letters("".join(logical(part) for part in tag.drawn))
            for word in letters_of_words(line):
                assert word in drawn, (word, line)
        else:
            assert tag.actual is None


def letters(text: str) -> str:
    """Letters and digits only: a mark over a letter may be drawn as a glyph of its own."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if unicodedata.category(c)[0] in "LN")


def letters_of_words(line: str) -> list[str]:
    return [letters(word) for word in re.findall(r"[\w\u064b-\u065f]+", line) if letters(word)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_paper_reads_back_as_sent(language: str, file: File) -> None:
    person = file.booking.person
    person.family_name, person.given_name = NAMES[language]
    person.save()
    file.request.booking.person = person
    for kind in PAPERS.values():
        if language not in kind.languages:
            continue
        asked = printing.asked_for(file.actor, kind.name, language, **file.about(kind.name))
        sheets = printing.sheets_of(asked)
        made = pdf(sheets)
        read_as_sent(tags(made), sheets.text.split("\n"))
        assert sheets.replaced == ""
        assert str(person) in sheets.text or kind.name == "subpoena_reply"
        _is_accessible(made, sheets)
        _has_only_our_fonts(made)
        if kind.name != "record_extract":
            assert len(PdfReader(io.BytesIO(made)).pages) == 1


def _is_accessible(made: bytes, sheets: Sheets) -> None:
    """What of PDF/UA-1 can be seen without a validator: marked, titled, in a language, headed, the title shown."""
    reader = PdfReader(io.BytesIO(made))
    root: Any = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] == True  # noqa: E712 (a BooleanObject of pypdf)
    assert root["/Lang"] == sheets.language
    assert reader.metadata is not None
    assert reader.metadata.title == sheets.title
    assert root["/ViewerPreferences"]["/DisplayDocTitle"] == True  # noqa: E712
    assert re.search(rb"pdfuaid:part[^0-9]{1,3}1", root["/Metadata"].get_object().get_data())
    found = tags(made)
    assert [tag.kind for tag in found if tag.kind == "/H1"] == ["/H1"] * len(sheets.sheets)
    assert found[0].kind == "/H1"
    languages = [sheet.texts.language for sheet in sheets.sheets for _ in sheet.all_lines()]
    assert [tag.language for tag in found] == languages


def _has_only_our_fonts(made: bytes) -> None:
    ours = {name.replace(" ", "-") for name in fonts.FAMILIES}
    for page in PdfReader(io.BytesIO(made)).pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index]
            base = str(font.get_object()["/BaseFont"]).partition("+")[2]
            descendant = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
            assert base.removesuffix("-Bold").rstrip(",") in ours
            assert {"/FontFile2", "/FontFile3"} & set(descendant), "embedded"


def of_name(language: str, name: str) -> Sheets:
    """A sheet with a name filled in, in two languages."""
    made = []
    for texts in both(language):
        sheet = begun(texts, "copy_of_request", name)
        sheet.add("text", texts.say("copy_of_request", "came", asked_by=name, received="1"))
        sheet.add("pair", name, label="#")
        made.append(sheet)
    return Sheets("copy_of_request", language, made)


@pytest.mark.parametrize("paper", ["record_extract", "statement_of_intent"])
def test_in_an_arabic_paper_a_citation_and_a_hash_are_drawn_as_they_are_written(
    paper: str, file: File
) -> None:
    number_now()
    sheets = printing.sheets_of(printing.asked_for(file.actor, paper, "ar", **file.about(paper)))
    made = tags(pdf(sheets))
    own = [tag for tag in made if tag.language == "ar"]
    cited = [drawn_of(tag) for tag in own if "7284.6" in tag.text]
    assert cited
    for drawn in cited:
        assert drawn.index("Cal. Gov. Code §") < drawn.index("7284.6(a)(1)(B)")
    proofs = [(tag, found[0]) for tag in own if (found := re.search(r"\S+ \S+ · [0-9a-f]{64}$", tag.text))]
    assert len(proofs) >= 7 if paper == "record_extract" else not proofs
    for tag, proof in proofs:
        entry, _dot, hash_ = proof.partition(" · ")
        assert hash_ in drawn_of(tag)
        assert entry.split()[1] in drawn_of(tag)
    read_as_sent(made, sheets.text.split("\n"))


def drawn_of(tag: Tag) -> str:
    """What is drawn from left to right, without the invisible marks of direction."""
    return "".join(c for c in "".join(tag.drawn) if unicodedata.category(c) != "Cf")


@pytest.mark.parametrize(
    ("language", "length", "times"), [("es", 1, 1), ("ar", 1, 1), ("es", 60, 2), ("ar", 60, 2)]
)
def test_what_is_longer_than_a_page_goes_on_to_the_next_and_all_else_is_laid_out_once(
    language: str, length: int, times: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bailiwick.papers import pdf as module

    laid_out: list[str] = []
    real = module._laid_out

    def counted(page: str) -> Any:
        laid_out.append(page)
        return real(page)

    monkeypatch.setattr(module, "_laid_out", counted)
    sheets = of_name(language, " ".join(["Office of the Long Name"] * length))
    made = pdf(sheets)
    read = bare("".join(tag.text for tag in tags(made)))
    assert sorted(read) == sorted(bare(sheets.text))
    assert (len(laid_out), len(PdfReader(io.BytesIO(made)).pages) > 1) == (times, times > 1)


PRINTABLE = sorted(c for c in fonts.covered() if chr(c).isalpha() or chr(c) in " -'’.,<>&\"()/")
LATIN = [chr(c) for c in PRINTABLE if c < 0x250 or chr(c) in " '"]


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(
    st.text(st.sampled_from(LATIN), min_size=1, max_size=40).map(str.strip).filter(bool),
    st.sampled_from(["es", "vi", "zh", "ar"]),
)
def test_any_latin_name_reads_back_as_sent(name: str, language: str) -> None:
    sheets = of_name(language, unicodedata.normalize("NFC", name))
    read_as_sent(tags(pdf(sheets)), sheets.text.split("\n"))


WIDE = [
    chr(c)
    for c in PRINTABLE
    if 0x4E00 <= c < 0xA000 or 0xAC00 <= c < 0xD7A4 or 0x400 <= c < 0x460 or 0x391 <= c < 0x3CA
]


@settings(max_examples=15, suppress_health_check=list(HealthCheck))
@given(st.text(st.sampled_from(WIDE), min_size=1, max_size=20), st.sampled_from(["en", "ko", "zh"]))
def test_any_chinese_korean_greek_or_cyrillic_name_reads_back_as_sent(name: str, language: str) -> None:
    sheets = of_name(language, name)
    read_as_sent(tags(pdf(sheets)), sheets.text.split("\n"))


ARABIC = [chr(c) for c in range(0x621, 0x64B) if c in fonts.covered() and chr(c).isalpha() and c != 0x640]


@settings(max_examples=15, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.text(st.sampled_from(ARABIC), min_size=2, max_size=8), min_size=1, max_size=3).map(" ".join),
    st.sampled_from(["en", "ar"]),
)
def test_any_arabic_name_says_its_text_in_reading_order(name: str, language: str) -> None:
    sheets = of_name(language, name)
    found = tags(pdf(sheets))
    for tag, line in zip(found, sheets.text.split("\n"), strict=True):
        assert bare(tag.text) == bare(line)


HOSTILE = [
    "<script>alert(1)</script>", "<img src=http://10.0.0.1/x>", "{received}", "&amp;", "</p></section>", "a\\b",
    '"><link rel=stylesheet href=file:///etc/passwd>', "%s %(x)s {0}", "<style>@import url(http://10.0.0.1)</style>",
]  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_with_markup_prints_literally_and_nothing_is_fetched(name: str) -> None:
    sheets = of_name("es", name)
    page = html(sheets)
    assert "<script" not in page
    assert "<img" not in page
    assert "<link" not in page
    read_as_sent(tags(pdf(sheets)), sheets.text.split("\n"))


def test_a_paper_that_would_fetch_an_address_fetches_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even if markup came through: the fetcher refuses every address and the paper is made without it."""
    from bailiwick.papers import pdf as module

    asked: list[str] = []

    def note(url: str) -> Any:
        asked.append(url)
        return refused(url)

    refused = module.refused
    monkeypatch.setattr(module, "refused", note)
    monkeypatch.setattr(
        module, "html", lambda sheets: '<html lang="en"><title>a</title><img src="file:///etc/hostname">x'
    )
    assert module.pdf(of_name("en", "x")).startswith(b"%PDF")
    assert asked == ["file:///etc/hostname"]


@pytest.mark.parametrize("bad", ["ልደት", "😀", "\u202eevil", "a\x07b", "नाम"])
def test_what_no_font_has_is_replaced_and_named_never_a_silent_box(
    bad: str, make: Callable[..., File]
) -> None:
    file = make(family_name=bad)
    asked = printing.asked_for(file.actor, "copy_of_request", "es", request=file.request)
    sheets = printing.sheets_of(asked)
    assert sheets.replaced
    assert set(sheets.replaced) <= set(bad)
    assert fonts.REPLACED in sheets.text
    assert sheets.said["replaced"] == [f"U+{ord(c):04X}" for c in sheets.replaced]
    read_as_sent(tags(pdf(sheets)), sheets.text.split("\n"))
