"""Citations as people write them, and lists of offences. What cannot be read with certainty is unknown, never outside."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bailiwick.engine.lawbook import LAW_DIRECTORY, Lawbook, default_lawbook
from bailiwick.engine.readings import Section
from bailiwick.engine.statute import Citation, Code, Codes, Entry, OffenceList, read_entries
from tests.engine.made_up import data, law, lawbook, norm

TABLE = data("statutes")
CODES = Codes(yaml.safe_load((LAW_DIRECTORY / "codes.yaml").read_text(encoding="utf-8")))


def shown(citation: Citation | None) -> str | None:
    if citation is None:
        return None

    def section(s: Section) -> str:
        return s.number + "".join(f"({sub})" for sub in s.subs)

    parts = [section(s) for s in (*citation.before, citation.section)]
    return f"{citation.code.id} {' + '.join(parts)}"


READS = [(written, row["in"], row["as"]) for row in TABLE["reads"] for written in row["written"]]
UNREAD = [(written, row["in"]) for row in TABLE["unread"] for written in row["written"]]


@pytest.mark.parametrize(("written", "state", "expected"), READS)
def test_a_citation_is_read_however_it_is_written(written: str, state: str, expected: str) -> None:
    assert shown(CODES.read(written, state)) == expected


@pytest.mark.parametrize(("written", "state"), UNREAD)
def test_a_citation_that_is_not_certain_is_not_read(written: str, state: str) -> None:
    assert CODES.read(written, state) is None


@settings(max_examples=300)
@given(st.text(max_size=40), st.sampled_from(["us/ca", "us/ny", "us/nj", "us/il", "us/ga", "us"]))
def test_any_text_is_read_or_not_read_and_never_breaks(written: str, state: str) -> None:
    found = CODES.read(written, state)
    assert found is None or found.code in CODES.by_id.values()


@settings(max_examples=200)
@given(
    st.integers(1, 99999),
    st.sampled_from(["", "a", "k", ".5", ".22"]),
    st.lists(st.sampled_from("abc123"), max_size=3),
)
def test_before_after_or_in_full_a_section_is_the_same_section(
    number: int, more: str, subs: list[str]
) -> None:
    section = f"{number}{more}" + "".join(f"({s})" for s in subs)
    for written in (
        f"PC {section}",
        f"{section} PC",
        f"Cal. Penal Code § {section}",
        f"P.C. {section.upper()}",
    ):
        assert shown(CODES.read(written, "us/ca")) == f"ca/penal {section}"


@pytest.mark.parametrize("row", TABLE["sections"], ids=lambda row: row["text"])
def test_a_law_file_lists_sections_ranges_and_subdivisions(row: dict[str, Any]) -> None:
    assert [str(e) for e in read_entries(row["text"], CODES.find(row["code"]))] == row["entries"]


@pytest.mark.parametrize("row", TABLE["bad_sections"], ids=lambda row: row["text"])
def test_a_section_that_cannot_be_read_is_named(row: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="cannot read the section") as raised:
        read_entries(row["text"], CODES.find(row["code"]))
    assert row["says"] in str(raised.value)


@pytest.mark.parametrize("name", ["ca/penal", "Cal. Penal Code", "cal. penal code"])
def test_a_law_file_names_a_code_by_id_or_title(name: str) -> None:
    assert CODES.find(name).id == "ca/penal"


def test_a_code_that_does_not_exist_is_an_error_with_the_nearest() -> None:
    with pytest.raises(ValueError, match=r"unknown code 'Cal\. Penel Code'; nearest: Cal\. Penal Code"):
        CODES.find("Cal. Penel Code")


def test_every_code_is_found_by_its_own_title_and_every_title_is_its_own() -> None:
    for code in CODES.by_id.values():
        assert CODES.find(code.title) is code
    titles = [code.title for code in CODES.by_id.values()]
    assert len(set(titles)) == len(titles)


# ----------------------------------------------------------------------------------------------------------------- lists


def book_of(directory: Path, offences: dict[str, Any]) -> Lawbook:
    row = {"title": "Offences", "cite": "Act § 1", "standing": "seen"} | offences
    when = "any_charge(in_list(statute, 'made-up/list'))"
    return lawbook(directory, law(lists={"made-up/list": row}, norms=[norm("a", "forbid", when=when)]))


@pytest.mark.parametrize("row", TABLE["lists"], ids=lambda row: row["name"])
def test_a_statute_stands_in_a_list_or_not_or_nobody_knows(tmp_path: Path, row: dict[str, Any]) -> None:
    book = book_of(tmp_path, row["list"])
    for key, expected in (("true", True), ("false", False), ("unknown", None)):
        found = {s: book.member("made-up/list", "us/ca", {"statute": s}) for s in row[key]}
        assert found == dict.fromkeys(row[key], expected), key


# ------------------------------------------------------------------------------------------------- subdivisions glued

#: Subdivisions as the codes have them: letters first, or digits first.
LETTERS = [(), ("a",), ("b", "1"), ("a", "1", "b"), ("d", "2"), ("c", "iv")]
DIGITS = [(), ("1",), ("2", "b"), ("3", "a", "ii")]


def closed() -> list[OffenceList]:
    """The lists of the lawbook that can say no."""
    return [found for found in default_lawbook().lists.values() if found.exhaustive]


def cited(code: Code, section: str) -> str:
    """``720/5/24-1`` is written 720 ILCS 5/24-1."""
    if not code.chapter_first:
        return f"{code.title} {section}"
    title, rest = section.split("/", 1)
    return f"{title} {code.names[0]} {rest}"


def glued(draw: st.DrawFn, code: Code, section: Section) -> str:
    """A section of a list, or one of its subdivisions, as a system may glue it."""
    more = DIGITS if code.form.digits else LETTERS
    subs = section.subs or draw(st.sampled_from(more))
    number = section.number
    if code.form.dotted:
        number = draw(st.sampled_from([number, number.replace(".", "")])) if "-" not in number else number
    if draw(st.booleans()):
        number = re.sub(r"-(?=[a-z]$)", "", number)  # 130.65-a
    ways = ["(", "glued"]
    ways += ["."] if code.form.digits and subs and "." in number else []
    ways += ["-"] if subs and subs[0].isalpha() and not code.form.digits else []
    ways += ["zeros"] if code.form.digits else []
    ways += ["suffix"] if not subs and code.form.suffixes else []
    match draw(st.sampled_from(ways)):
        case "(":
            return number + "".join(
                f"({draw(st.sampled_from(['', '0'])) if s.isdigit() else ''}{s})" for s in subs
            )
        case "glued":
            return number + "".join(subs)
        case "zeros":
            return number + "".join(f"{s:0>2}" if s.isdigit() else s for s in subs)
        case "suffix":
            return number + draw(st.sampled_from([letter for letter, _ in code.form.suffixes]))
        case mark:
            return number + "".join(f"{mark}{s}" for s in subs)


@st.composite
def spellings(draw: st.DrawFn) -> tuple[OffenceList, str, str]:
    """A closed list, one of its sections, and how a system may write it."""
    offences = draw(st.sampled_from(closed()))
    entries: list[Entry] = [e for e in offences.entries if e.first is not None]
    entry = draw(st.sampled_from(entries or [Entry(CODES.by_id["us/usc"], Section("18/922", ("g",)))]))
    section = entry.last if entry.last is not None and draw(st.booleans()) else entry.first
    assert section is not None
    written = cited(entry.code, glued(draw, entry.code, section))
    written = draw(st.sampled_from([written, written.upper()]))
    return offences, str(entry), written


@settings(max_examples=1000)
@given(spellings())
def test_no_glued_spelling_of_a_listed_section_is_surely_outside_the_list(
    made: tuple[OffenceList, str, str],
) -> None:
    offences, _, written = made
    state = offences.state
    assert default_lawbook().member(offences.id, state, {"statute": written}) is not False


@settings(max_examples=300)
@given(
    st.sampled_from(["ca/proposition-47", "ca/7282.7-minors", "ny/violent-or-serious", "dc/homicide"]),
    st.integers(100, 499),
    st.integers(0, 99),
)
def test_a_plain_section_that_a_closed_list_does_not_name_is_surely_outside_it(
    name: str, chapter: int, section: int
) -> None:
    """Caution with what is glued takes nothing from what is plain."""
    offences = default_lawbook().lists[name]
    number = {
        "us/ca": f"{chapter}.{section}" if section % 2 else f"{chapter}",
        "us/ny": f"{chapter}.{section:02}",
        "us/dc": f"22-{chapter // 10}{section:02}",
    }[offences.state]
    code = offences.entries[0].code
    named = [
        e for e in offences.entries if e.code is code and e.first is not None and e.first.number == number
    ]
    ranges = [e for e in offences.entries if e.last is not None]
    found = default_lawbook().member(name, offences.state, {"statute": cited(code, number)})
    if not named and not ranges and number not in offences.attempts:
        assert found is False
    if any(not e.first.subs for e in named if e.first):
        assert found is True


@settings(max_examples=300)
@given(
    st.text("0123456789abchit.-:/() ", max_size=60),
    st.sampled_from(["PL", "PC", "HS", "VTL", "18 USC", "720 ILCS", "NJSA", "C.R.S."]),
)
def test_any_text_behind_a_code_has_an_answer(written: str, code: str) -> None:
    for offences in closed():
        truth = default_lawbook().member(offences.id, offences.state, {"statute": f"{code} {written}"})
        assert truth in (True, False, None)


def test_a_text_too_long_for_a_section_is_unknown(tmp_path: Path) -> None:
    """And nobody can make the readings of one text grow without end."""
    for number in ("1" * 5000, "1a" * 2000, "1.1" * 2000, "120.05" + "abcd1" * 6, "120.05" + "(abcd)" * 500):
        assert default_lawbook().member("ny/violent-or-serious", "us/ny", {"statute": f"PL {number}"}) in (
            True,
            None,
        )


@pytest.mark.parametrize(
    ("charge", "expected"),
    [
        ({"code_system": "ncic", "code": "2299"}, True),
        ({"code_system": "ncic", "code": "0999"}, True),
        (
            {"code_system": "ncic", "code": "1000"},
            False,
        ),  # the list is closed and says its codes of that system
        ({"code_system": "tx-offense-code", "code": "2299"}, None),  # a system the list says nothing of
        ({"code": "2299"}, None),  # of which system?
        ({"code_system": "ncic"}, None),
        ({}, None),
        # a code that is listed is enough; one that is not leaves the question to the statute
        ({"code_system": "ncic", "code": "2299", "statute": "PC 484"}, True),
        ({"code_system": "ncic", "code": "1000", "statute": "PC 459"}, True),
        ({"code_system": "ncic", "code": "1000", "statute": "PC 484"}, False),
        ({"code_system": "other", "code": "2299", "statute": "PC 484"}, False),
    ],
)
def test_an_offence_code_counts_in_its_own_system_only(
    tmp_path: Path, charge: dict[str, str], expected: bool | None
) -> None:
    offences = {
        "code": "Cal. Penal Code",
        "exhaustive": True,
        "elsewhere": "no",
        "entries": [{"sections": "459", "codes": {"ncic": ["2299", "0999"]}}],
    }
    assert book_of(tmp_path, offences).member("made-up/list", "us/ca", charge) is expected


def test_an_offence_code_that_an_open_list_does_not_name_is_unknown(tmp_path: Path) -> None:
    offences = {"code": "Cal. Penal Code", "entries": [{"codes": {"ncic": ["2299"]}}]}
    book = book_of(tmp_path, offences)
    assert book.member("made-up/list", "us/ca", {"code_system": "ncic", "code": "1000"}) is None


def test_the_same_letters_are_read_where_they_were_written(tmp_path: Path) -> None:
    """A Californian `PC 459` stays Californian when the case is asked about in Texas."""
    closed = {"code": "Tex. Penal Code", "exhaustive": True, "elsewhere": "no"}
    book = book_of(tmp_path, closed | {"entries": [{"sections": "30.02"}]})
    assert book.member("made-up/list", "us/tx", {"statute": "PC 30.02"}) is True
    assert book.member("made-up/list", "us/ca", {"statute": "PC 30.02"}) is False
