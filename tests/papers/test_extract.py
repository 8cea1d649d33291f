"""Subpoenas in the person's own file: those that may be told, read back from the PDF, and not a word of the others."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from bailiwick.custody import subpoenas
from bailiwick.custody.models import Subpoena
from bailiwick.papers import printing
from bailiwick.papers.extract import proof_of
from bailiwick.papers.pdf import pdf
from bailiwick.papers.sheet import Sheets
from bailiwick.papers.texts import texts
from bailiwick.record.log import number_now
from tests.papers.conftest import AT, File
from tests.papers.reading import bare, tags
from tests.record.conftest import SIGNER


def taken_in(file: File, number: str, **more: Any) -> Subpoena:
    """A subpoena of the Department of Homeland Security, kept with the stay unless said otherwise."""
    given = {
        "kind": "administrative_subpoena", "issued_by": "U.S. Department of Homeland Security",
        "received_at": AT - timedelta(hours=2), "return_at": AT + timedelta(days=7), "named_person": "Alex Doe",
        "booking": file.booking, "asks_for": "Booking photograph\nand address",
    }  # fmt: skip
    return subpoenas.take_in(file.actor, number=number, **{**given, **more})


def extracted(file: File, language: str = "en") -> Sheets:
    number_now()
    return printing.sheets_of(
        printing.asked_for(file.actor, "record_extract", language, booking=file.booking)
    )


def told(sheets: Sheets) -> str:
    """What stands in the PDF, line by line, without the numbers and hashes of entries."""
    lines = sheets.text.split("\n")
    assert [bare(tag.text) for tag in tags(pdf(sheets))] == [bare(line) for line in lines]
    return "\n".join(re.sub(r"\s*·.*", "", line) for line in lines)


def test_a_subpoena_that_may_be_told_is_told_from_who_asked_to_the_answer(file: File) -> None:
    one = taken_in(file, "0092")
    subpoenas.may_tell(file.actor, one, "free", why="Counsel looked: no order")
    subpoenas.to_counsel(file.actor, one, why="privileged: may we quash it?")
    before = told(extracted(file))
    assert (
        "U.S. Department of Homeland Security sent a paper that asks the jail for information: a subpoena signed by no "
        "judge, number 0092. It was received on 2 March 2026, 01:30 PST. An answer was due on 9 March 2026, 04:30 PDT. "
        "It asks for: Booking photograph and address"
    ) in before
    assert "It is not recorded that number 0092 was answered." in before

    subpoenas.answer(file.actor, one, says="Nothing was given: no judge signed it.")
    sheets = extracted(file)
    after = told(sheets)
    assert (
        "The jail answered number 0092 on 2 March 2026, 03:30 PST: Nothing was given: no judge signed it."
        in after
    )
    assert "It is not recorded that number 0092" not in after
    assert "privileged" not in sheets.text
    assert "Counsel looked" not in sheets.text


def test_its_lines_are_proved_and_what_counsel_wrote_is_not_handed_over_with_them(
    file: File,
) -> None:
    from bailiwick.record.checkpoints import sign_checkpoint

    one = taken_in(file, "0092", telling="free")
    subpoenas.to_counsel(file.actor, one, why="privileged: may we quash it?")
    subpoenas.answer(file.actor, one, says="Nothing was given.")
    number_now()
    sign_checkpoint(SIGNER, AT)
    proof = proof_of(extracted(file).said)
    bodies = "\n".join(event["body"] for event in proof["events"])
    assert '"kind":"subpoena.received"' in bodies
    assert '"kind":"subpoena.answered"' in bodies
    assert "privileged" not in bodies


@pytest.mark.parametrize("telling", ["unknown", "forbidden"])
def test_of_one_that_may_not_be_told_the_file_says_what_it_says_without_it(
    telling: str, make: Callable[..., File]
) -> None:
    file = make()
    without = told(extracted(file))
    one = taken_in(file, "0092", telling=telling)
    subpoenas.answer(file.actor, one, says="Given under seal.")
    sheets = extracted(file)
    assert told(sheets) == without, "nobody can tell from the paper that it is there"
    assert sheets.text.count("does not say whether there are others") == 1
    for word in ("0092", "Homeland", "seal"):
        assert word not in sheets.text


def test_a_file_with_no_request_does_not_say_that_none_came(file: File, make: Callable[..., File]) -> None:
    """Where only a subpoena came that may not be told, no section says that nothing is recorded of what was asked."""
    from bailiwick.custody import files

    stay = files.book(
        file.actor, number="26-000099", person={"family_name": "Roe", "given_name": "Sam"}, booked_at=AT,
        grounds=[{"kind": "arrest", "opened_at": AT}], charges_complete=True,
    )  # fmt: skip
    taken_in(file, "0093", booking=stay, telling="forbidden")
    file.booking = stay
    lines = told(extracted(file)).split("\n")
    own = texts("en").papers["record_extract"]
    for section in ("section_asked", "section_decided"):
        assert lines[lines.index(own[section]) + 1] == own["nothing_shown"]
    assert lines[lines.index(own["section_given"]) + 1] == own["nothing"]


def test_one_that_only_names_somebody_of_that_name_is_not_of_the_file(file: File) -> None:
    taken_in(file, "0092", booking=None, telling="free")
    assert "0092" not in extracted(file).text


@pytest.mark.parametrize("language", ["es", "ar", "zh"])
def test_it_is_told_in_other_languages(language: str, file: File) -> None:
    taken_in(file, "0092", telling="free")
    sheets = extracted(file, language)
    own = texts(language).papers["record_extract"]
    whole = told(sheets)
    assert own["kind_administrative_subpoena"] in whole
    assert own["left_out"] in whole


def test_what_is_unknown_is_refused(file: File) -> None:
    from bailiwick.custody.errors import Refused

    one = taken_in(file, "0092")
    with pytest.raises(Refused, match="expected one of unknown, free, forbidden; found 'perhaps'"):
        subpoenas.may_tell(file.actor, one, "perhaps")
