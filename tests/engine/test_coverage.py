"""Worked examples, and what they cover: every norm, date, list entry and look-back, and each atom of each condition."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bailiwick.engine.coverage import Coverage, measure
from bailiwick.engine.decide import Decider
from bailiwick.engine.examples import check, load_examples
from bailiwick.engine.lawbook import Lawbook
from tests.engine.made_up import law, norm, write

FIRST_DAY, DAY_BEFORE = "2000-01-01", "1999-12-31"


def covered(directory: Path, file: dict[str, Any], *examples: dict[str, Any]) -> Coverage:
    """What examples cover of one law file at `us`; each is a case in Wyoming at noon, with what it expects."""
    rows = [
        {"name": f"example {i}", "at": "2020-07-01", "expect": {"ask_status": "unregulated"}} | row
        for i, row in enumerate(examples)
    ]
    write(directory, {"us.yaml": file, "us.examples.yaml": {"place": "us/wy", "examples": rows}})
    book = Lawbook.load(directory)
    loaded, _, errors = load_examples(book)
    assert errors == []
    return measure(book, loaded)


def person(**facts: bool | None) -> dict[str, Any]:
    return {"case": {"person": facts}}


def gaps_about(coverage: Coverage, *words: str) -> list[str]:
    return [gap for gap in coverage.gaps if all(w in gap for w in words)]


# ------------------------------------------------------------------------------------------------------------------ MC/DC

CLAIM, PROOF = "person.citizen_claim", "person.citizen_proof"
BOTH = law(norms=[norm("n", "forbid", when=f"{CLAIM} AND {PROOF}")])
EITHER = law(norms=[norm("n", "forbid", when=f"{CLAIM} OR {PROOF}")])
TT, TF, FT, FF = (person(citizen_claim=a, citizen_proof=b) for a in (True, False) for b in (True, False))

#: Of `a AND b`, the cases that show each atom change the outcome alone: true where the other is true. Of `a OR b`: where it is
#: false.
SHOWN: list[tuple[dict[str, Any], list[dict[str, Any]], set[tuple[str, str]]]] = [
    (BOTH, [TT, TF, FT], set()),
    (BOTH, [TT, FT], {(PROOF, "false")}),
    (BOTH, [TT, TF], {(CLAIM, "false")}),
    (BOTH, [TF, FT], {(CLAIM, "true"), (PROOF, "true")}),
    (BOTH, [TT, FF], {(CLAIM, "false"), (PROOF, "false")}),
    (BOTH, [TT], {(CLAIM, "false"), (PROOF, "false")}),
    (EITHER, [FF, TF, FT], set()),
    (EITHER, [FF, TT], {(CLAIM, "true"), (PROOF, "true")}),
    (EITHER, [TF, FT], {(CLAIM, "false"), (PROOF, "false")}),
    (EITHER, [FF, TF], {(PROOF, "true")}),
]


@pytest.mark.parametrize(("file", "examples", "lacking"), SHOWN)
def test_each_atom_must_change_the_outcome_alone_both_ways(
    tmp_path: Path, file: dict[str, Any], examples: list[dict[str, Any]], lacking: set[tuple[str, str]]
) -> None:
    found = covered(tmp_path, file, *examples)
    assert found.counted["MC/DC"] == 4
    assert found.covered["MC/DC"] == 4 - len(lacking)
    gaps = gaps_about(found, "decides nothing")
    assert len(gaps) == len(lacking)
    for atom, side in lacking:
        assert any(f"'{atom}' decides nothing where it is {side}" in gap for gap in gaps)


def test_an_unknown_fact_shows_nothing_of_its_atom(tmp_path: Path) -> None:
    found = covered(tmp_path, law(norms=[norm("n", "forbid", when=CLAIM)]), person(citizen_claim=None))
    assert len(gaps_about(found, "decides nothing")) == 2


def test_an_atom_that_another_norm_hides_shows_nothing(tmp_path: Path) -> None:
    """The state forbids in any case; what the county adds is never seen."""
    state, county = norm("s", "forbid", level="state"), norm("l", "require", level="local", when=CLAIM)
    found = covered(
        tmp_path, law(norms=[state, county]), person(citizen_claim=True), person(citizen_claim=False)
    )
    assert len(gaps_about(found, "us:l", "decides nothing")) == 2


def test_the_atoms_of_exceptions_and_of_concepts_count_too(tmp_path: Path) -> None:
    file = law(
        concepts={"citizen": {"says": "S", "when": f"{CLAIM} OR {PROOF}"}},
        norms=[norm("n", "forbid", given="person.final_order", unless="citizen")],
    )
    found = covered(tmp_path, file, person(final_order=True, citizen_claim=False, citizen_proof=False))
    assert found.counted["MC/DC"] == 2 * 4  # given, the concept, and its two atoms
    assert gaps_about(found, "concept citizen", f"'{CLAIM}' decides nothing where it is true")
    assert gaps_about(found, "us:n (unless)", "'citizen' decides nothing where it is true")
    assert gaps_about(found, "us:n (given)", "'person.final_order' decides nothing where it is false")


def test_the_conditions_of_duties_and_clocks_count_too(tmp_path: Path) -> None:
    common = {"cite": "C", "standing": "seen", "from": date(2000, 1, 1), "when": CLAIM}
    file = law(
        duties=[{"id": "d", "what": "W", **common}],
        clocks=[{"id": "c", "what": "W", "start": "at", "length": "PT48H", **common}],
    )
    one = covered(tmp_path, file, person(citizen_claim=True))
    assert one.counted["MC/DC"] == 4
    assert gaps_about(one, "us:d", "no example where this duty does not apply")
    assert gaps_about(one, "us:c", "no example where this clock does not apply")
    both = covered(tmp_path, file, person(citizen_claim=True), person(citizen_claim=False))
    assert not gaps_about(both, "decides nothing")
    assert not gaps_about(both, "apply")


# ------------------------------------------------------------------------------------------------- norms, dates, entries


def test_every_norm_must_decide_somewhere_and_not_elsewhere(tmp_path: Path) -> None:
    file = law(norms=[norm("n", "forbid", when=CLAIM)])
    assert gaps_about(
        covered(tmp_path, file, person(citizen_claim=False)), "us:n: no example where it decides"
    )
    assert gaps_about(
        covered(tmp_path, file, person(citizen_claim=True)), "us:n: no example where it does not"
    )
    assert not gaps_about(
        covered(tmp_path, file, person(citizen_claim=True), person(citizen_claim=False)), "no example where"
    )


def test_a_draft_must_keep_an_outcome_unknown_somewhere(tmp_path: Path) -> None:
    file = law(norms=[norm("n", "forbid", draft=True, when=CLAIM)])
    lacking = covered(tmp_path, file, person(citizen_claim=False))
    assert gaps_about(lacking, "us:n: no example where it keeps an outcome unknown")
    assert not gaps_about(
        covered(tmp_path, file, person(citizen_claim=True), person(citizen_claim=False)), "no example where"
    )


@pytest.mark.parametrize(
    ("days", "complete"),
    [
        ([FIRST_DAY, DAY_BEFORE], True),
        ([FIRST_DAY], False),
        ([DAY_BEFORE], False),
        (["2000-01-02", DAY_BEFORE], False),
    ],
)
def test_every_date_needs_an_example_on_the_day_and_on_the_day_before(
    tmp_path: Path, days: list[str], complete: bool
) -> None:
    found = covered(tmp_path, law(norms=[norm("n", "forbid")]), *({"at": day} for day in days))
    assert (not gaps_about(found, "no example on 2000-01-01 or none on the day before")) is complete


def test_the_last_day_of_a_version_is_a_date_too(tmp_path: Path) -> None:
    file = law(norms=[norm("n", "forbid", to=date(2010, 5, 1))])
    assert gaps_about(covered(tmp_path, file, {"at": "2010-04-30"}), "2010-05-01")
    assert not gaps_about(covered(tmp_path, file, {"at": "2010-04-30"}, {"at": "2010-05-01"}), "2010-05-01")


def test_dates_before_there_are_cases_need_no_example(tmp_path: Path) -> None:
    found = covered(tmp_path, law(norms=[norm("n", "forbid", **{"from": date(1948, 6, 25)})]), {})
    assert "dates" not in found.counted


CRIMES = law(
    lists={
        "crimes": {
            "title": "Crimes",
            "cite": "C",
            "standing": "seen",
            "code": "Cal. Penal Code",
            "exhaustive": True,
            "elsewhere": "no",
            "entries": [{"sections": "459, 211-215"}],
        }
    },
    norms=[norm("n", "forbid", when="any_charge(in_list(statute, 'crimes'))")],
)


def charged(*statutes: str) -> dict[str, Any]:
    return {"case": {"charges": [{"statute": s} for s in statutes]}}


def test_every_entry_of_a_list_needs_an_example(tmp_path: Path) -> None:
    none = covered(tmp_path, CRIMES, charged("Cal. Penal Code 484"))
    assert (none.counted["list entries"], none.covered["list entries"]) == (2, 0)
    one = covered(tmp_path, CRIMES, charged("Cal. Penal Code 459(a)"))
    assert [g.split(": ")[-1] for g in gaps_about(one, "list crimes")] == [
        "no example with Cal. Penal Code 211 to 215"
    ]
    both = covered(tmp_path, CRIMES, charged("Cal. Penal Code 459", "Cal. Penal Code 213"))
    assert not gaps_about(both, "list crimes")


def test_an_open_list_is_shown_unknown_instead_of_false(tmp_path: Path) -> None:
    """What is not on it may still be in it: no example can show the atom false."""
    file = copy.deepcopy(CRIMES)
    file["lists"]["crimes"] |= {"exhaustive": False, "elsewhere": "unknown"}
    found = covered(tmp_path, file, charged("Cal. Penal Code 459"), charged("Cal. Penal Code 484"))
    assert not gaps_about(found, "decides nothing")
    closed = covered(tmp_path, CRIMES, charged("Cal. Penal Code 459"), charged("burglary"))
    assert gaps_about(closed, "decides nothing where it is false")


LOOK_BACK = law(norms=[norm("n", "forbid", when="any_charge(convicted_on > at - INTERVAL '5' YEAR)")])


def convicted(day: str) -> dict[str, Any]:
    return {"case": {"charges": [{"convicted_on": day}]}}


@pytest.mark.parametrize(
    ("days", "sides"),
    [
        (["2015-07-02", "2015-07-01"], set()),  # the last day that counts, and the first that does not
        (["2015-07-02"], {"false"}),
        (["2015-07-01"], {"true"}),
        (["2015-07-02", "2015-06-30"], set()),
        (["2019-01-01", "2010-01-01"], {"true", "false"}),  # far from the edge
    ],
)
def test_every_look_back_needs_an_example_on_both_sides_of_its_edge(
    tmp_path: Path, days: list[str], sides: set[str]
) -> None:
    found = covered(tmp_path, LOOK_BACK, *map(convicted, days))
    gaps = gaps_about(found, "no example at the edge")
    assert {gap.rsplit(" ", 1)[-1] for gap in gaps} == sides


def test_an_age_has_edges_too(tmp_path: Path) -> None:
    file = law(norms=[norm("n", "forbid", when="person.age < 18")])
    young, old, edge = ({"case": {"person": {"age": age}}} for age in (5, 40, 18))
    assert len(gaps_about(covered(tmp_path, file, young, old), "no example at the edge")) == 2
    assert len(gaps_about(covered(tmp_path, file, young, edge), "no example at the edge")) == 1


def test_all_of_it_together_is_complete(tmp_path: Path) -> None:
    examples = [convicted("2015-07-02"), convicted("2015-07-01"), {"at": FIRST_DAY}, {"at": DAY_BEFORE}]
    found = covered(tmp_path, LOOK_BACK, *examples)
    assert found.gaps == []
    assert found.complete
    assert found.counted == found.covered == {"norms": 2, "dates": 1, "MC/DC": 2, "look-backs": 2}


def test_a_gap_names_the_law_file_and_its_line(tmp_path: Path) -> None:
    assert all(gap.startswith(f"{tmp_path}/us.yaml:4: us:n") for gap in covered(tmp_path, BOTH, FF).gaps)


def test_coverage_may_be_measured_of_one_place_only(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "us.yaml": law(norms=[norm("n", "forbid")]),
            "us/ca.yaml": law("us/ca", norms=[norm("n", "forbid")]),
            "us/ca/fresno-county.yaml": law("us/ca/fresno-county", norms=[norm("n", "forbid")]),
        },
    )
    book = Lawbook.load(tmp_path)
    gaps = measure(book, [], "us/ca").gaps
    assert {gap.split(":")[0] for gap in gaps} == {
        f"{tmp_path}/us/ca.yaml",
        f"{tmp_path}/us/ca/fresno-county.yaml",
    }


# ---------------------------------------------------------------------------------------------- examples that fail or err


@pytest.fixture
def failures(tmp_path: Path) -> Callable[..., list[str]]:
    """What does not come out of one example of a law with a prohibition, a duty and a clock."""
    common = {"cite": "C", "standing": "seen", "from": date(2000, 1, 1)}
    file = law(
        norms=[norm("n", "forbid", unless=CLAIM)],
        duties=[{"id": "d", "what": "W", **common, "unless": CLAIM}],
        clocks=[{"id": "c", "what": "W", "start": "at", "length": "PT48H", **common}],
    )

    def fail(**row: Any) -> list[str]:
        example = {"name": "an example", "at": "2020-07-01", **row}
        write(tmp_path, {"us.yaml": file, "us.examples.yaml": {"place": "us/wy", "examples": [example]}})
        book = Lawbook.load(tmp_path)
        loaded, _, errors = load_examples(book)
        return [str(e) for e in errors] + [str(f) for one in loaded for f in check(one, Decider(book))]

    return fail


NO_CLAIM = {"person": {"citizen_claim": False}}


def test_an_example_that_comes_out_as_written_does_not_fail(failures: Callable[..., list[str]]) -> None:
    assert (
        failures(
            case=NO_CLAIM,
            expect={"hold": "forbidden", "transfer": "unregulated"},
            because={"hold": "us:n"},
            duties=["us:d"],
            clocks={"us:c": "2020-07-03T18:00:00Z"},  # noon in Wyoming is 18:00 UTC in summer
        )
        == []
    )
    assert failures(expect={"hold": "unknown"}, missing={"hold": [CLAIM]}) == []
    assert failures(case={"person": {"citizen_claim": True}}, not_owed=["us:d"]) == []


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"expect": {"hold": "allowed"}}, "hold is forbidden, not allowed (us:n)"),
        ({"expect": {"transfer": "allowed"}}, "transfer is unregulated, not allowed (no norm speaks)"),
        (
            {"expect": {"hold": "forbidden"}, "because": {"hold": "us:m"}},
            "hold is decided by us:n, not by us:m",
        ),
        (
            {"expect": {"hold": "forbidden"}, "missing": {"hold": CLAIM}},
            f"hold: {CLAIM} is not among the missing ()",
        ),
        ({"duties": ["us:other"]}, "duty us:other is not owed"),
        ({"not_owed": ["us:d"]}, "us:d is owed"),
        ({"not_owed": ["us:c"]}, "us:c is owed"),
        (
            {"clocks": {"us:c": "2020-07-04T18:00:00Z"}},
            "clock us:c is due 2020-07-03T18:00:00Z, not 2020-07-04T18:00:00",
        ),
        ({"clocks": {"us:c": None}}, "clock us:c is due 2020-07-03T18:00:00Z, not None"),
    ],
)
def test_an_example_that_does_not_is_told_with_what_came_out(
    tmp_path: Path, failures: Callable[..., list[str]], row: dict[str, Any], says: str
) -> None:
    (failure,) = failures(case=NO_CLAIM, **row)
    assert failure.startswith(f"{tmp_path}/us.examples.yaml:3: an example: ")
    assert says in failure


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({}, "expects nothing"),
        ({"expect": {"holds": "forbidden"}}, "unknown action 'holds'; nearest: hold"),
        ({"expect": {"hold": "forbid"}}, "unknown outcome 'forbid'; nearest: forbidden"),
        ({"expects": {"hold": "forbidden"}}, "unknown key 'expects' in an example; nearest: expect"),
        ({"at": None}, "without 'at'"),
        ({"expect": {"hold": "forbidden"}, "case": {"person": {"agee": 3}}}, "nearest: person.age"),
        ({"expect": {"hold": "forbidden"}, "place": "us/xx"}, "'us/xx'"),
    ],
)
def test_an_example_that_cannot_be_read_is_one_line_with_its_place(
    tmp_path: Path, failures: Callable[..., list[str]], row: dict[str, Any], says: str
) -> None:
    (failure,) = failures(**row)
    assert failure.startswith(f"{tmp_path}/us.examples.yaml:3: ")
    assert says in failure
    assert "\n" not in failure


def test_one_example_may_stand_for_each_of_several_values(tmp_path: Path) -> None:
    examples = [
        {"name": "one", "at": "2020-07-01", "expect": {"hold": "unknown"}, "each": {"person.age": [1, 2, 3]}},
        {"name": "two", "at": "2020-07-01", "expect": {"hold": "unknown"}},
    ]
    write(
        tmp_path,
        {
            "us.yaml": law(norms=[norm("n", "forbid", unless=CLAIM)]),
            "us.examples.yaml": {"place": "us/wy", "examples": examples},
            "us.coverage.yaml": {"place": "us/wy", "examples": examples[1:]},
        },
    )
    loaded, written, errors = load_examples(Lawbook.load(tmp_path))
    assert errors == []
    assert written == 2  # as written by hand; the generated file is counted apart
    assert sorted((e.name, e.generated) for e in loaded) == [
        ("one (1)", False), ("one (2)", False), ("one (3)", False), ("two", False), ("two", True),
    ]  # fmt: skip
    assert sorted(e.case.facts["person.age"] for e in loaded if e.case.facts) == [1, 2, 3]
