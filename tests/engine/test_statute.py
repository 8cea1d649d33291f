"""Citations as people write them, and lists of offences. What cannot be read with certainty is unknown, never outside."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bailiwick.engine.lawbook import LAW_DIRECTORY, Lawbook
from bailiwick.engine.statute import Citation, Codes, Section, read_entries
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
