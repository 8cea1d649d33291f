"""The law that ships with Bailiwick: its worked examples come out as written and cover all of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from bailiwick.engine.coverage import measure
from bailiwick.engine.decide import Decider
from bailiwick.engine.examples import Example, check, load_examples
from bailiwick.engine.facts import ACTIONS, CUSTODIANS, Outcome
from bailiwick.engine.lawbook import Lawbook, default_lawbook
from bailiwick.engine.norm import Standing

#: Words that this project does not use of people or places (DESIGN.md, section 1: it takes no side) …
BARRED = re.compile(r"\b(aliens?|illegal immigra\w+|illegals|sanctuar(y|ies))\b", re.IGNORECASE)
#: … but in the names that the law itself bears.
OFFICIAL = (
    "Sanctuary Values Amendment Act",  # of the District of Columbia
    "sanctuary policies",  # what Florida's act bans, in its own words
    "State Criminal Alien Assistance",  # a federal program that New York City's reports name
)


@pytest.fixture(scope="module")
def book() -> Lawbook:
    return default_lawbook()


@pytest.fixture(scope="module")
def examples(book: Lawbook) -> list[Example]:
    loaded, _, errors = load_examples(book)
    assert not errors, shown(map(str, errors))
    return loaded


def shown(lines: Iterator[str] | list[str]) -> str:
    """A list for the eye: one a line, the first fifty."""
    every = list(lines)
    return "\n".join([f"{len(every)} in all:", *every[:50]])


def test_every_worked_example_comes_out_as_written(book: Lawbook, examples: list[Example]) -> None:
    decider = Decider(book)
    failures = [str(failure) for example in examples for failure in check(example, decider)]
    assert not failures, shown(failures)


def test_five_hundred_worked_examples_at_least_were_written_by_hand(book: Lawbook) -> None:
    _, written, _ = load_examples(book)
    assert written >= 500


def test_the_worked_examples_cover_every_norm_date_list_entry_look_back_and_atom(
    book: Lawbook, examples: list[Example]
) -> None:
    coverage = measure(book, examples)
    assert coverage.complete, shown(coverage.gaps)
    assert set(coverage.counted) == {
        "norms",
        "dates",
        "MC/DC",
        "list entries",
        "look-backs",
        "duties and clocks",
    }
    assert coverage.covered == coverage.counted


def test_every_law_file_that_decides_has_examples_beside_it(book: Lawbook, examples: list[Example]) -> None:
    have = {example.file for example in examples}
    for file in book.files.values():
        stem = file.path.relative_to(book.directory).with_suffix("").as_posix()
        assert stem in have or not any(True for _ in file.provisions), stem


def test_the_examples_show_every_outcome_action_and_most_custodians(examples: list[Example]) -> None:
    """A conflict needs two laws of one rank that collide; where none was found, none is shown."""
    assert {str(o) for o in Outcome} - {o for e in examples for o in e.expect.values()} <= {"conflict"}
    assert {action for e in examples for action in e.expect} == set(ACTIONS)
    shown_of = {str(e.case.facts.get("custodian")) for e in examples}
    assert set(CUSTODIANS) - shown_of <= {"court"}


def test_every_example_says_what_it_shows_in_a_line(examples: list[Example]) -> None:
    for example in examples:
        assert "\n" not in example.name.strip(), example.where
        assert len(example.name) <= 200, example.where
        assert example.generated or example.why, f"{example.where}: {example.name}: no 'why'"


# ------------------------------------------------------------------------------------------------------------- standing


def test_every_claim_about_law_has_a_citation_and_a_standing(book: Lawbook) -> None:
    for file in book.files.values():
        cites = [(p.id, p.cite) for p in file.provisions] + [(n.id, n.cite) for n in file.notes]
        cites += [(r.id, r.cite) for r in file.reports] + [(f.fact, f.cite) for f in file.fills.values()]
        for name, cite in cites:
            assert cite.text.strip(), name
            assert cite.standing in list(Standing), name
        for offences in file.lists.values():
            assert offences.cite.strip(), offences.id
            assert offences.standing in list(Standing), offences.id


def test_what_is_known_from_memory_only_is_a_draft_and_decides_nothing(book: Lawbook) -> None:
    for file in book.files.values():
        for provision in file.provisions:
            if provision.cite.standing is Standing.MEMORY:
                assert provision.open, provision.id


def test_every_law_file_says_what_it_was_checked_against_and_when(book: Lawbook) -> None:
    for file in book.files.values():
        assert file.title.strip(), file.name
        assert {"on", "against", "by"} <= set(file.checked), file.name
        assert str(file.checked["against"]).strip(), file.name


# ---------------------------------------------------------------------------------------------------------------- words


def sentences(book: Lawbook) -> Iterator[tuple[str, str]]:
    """Every sentence of ours that a reader is shown, with what it belongs to."""
    for file in book.files.values():
        yield file.name, file.title
        for concept in file.concepts.values():
            yield f"{file.name}: {concept.name}", concept.says
        for norm in file.norms:
            yield norm.id, norm.says
        for duty in file.duties:
            yield duty.id, duty.what
        for clock in file.clocks:
            yield clock.id, f"{clock.what} {clock.says}"
        for note in file.notes:
            yield note.id, note.says
        for report in file.reports:
            yield report.id, " ".join((report.what, *report.items))
        for offences in file.lists.values():
            yield offences.id, offences.title


def test_the_words_are_those_of_the_law_and_take_no_side(book: Lawbook) -> None:
    found = []
    for name, text in sentences(book):
        for official in OFFICIAL:
            text = re.sub(re.escape(official), "", text, flags=re.IGNORECASE)
        if BARRED.search(text):
            found.append(f"{name}: {text}")
    assert not found, shown(found)


def test_a_norm_says_what_the_law_says_in_one_sentence(book: Lawbook) -> None:
    for norm in book.norms:
        assert "\n" not in norm.says, norm.id
        assert norm.says[0].isupper(), norm.id
        assert norm.says.endswith("."), norm.id


def test_no_norm_is_written_twice(book: Lawbook) -> None:
    """The same citation, actions, span, custodians and sentence in two places would be one norm written twice."""
    seen: dict[tuple[object, ...], str] = {}
    for norm in book.norms:
        key = (norm.cite.text, norm.actions, norm.span, norm.says, norm.custodians)
        assert key not in seen, f"{norm.id} and {seen[key]}"
        seen[key] = norm.id
