"""What would change an answer: the smallest changes of fact, and each of them true."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import combinations, islice
from pathlib import Path
from typing import Any

import pytest

from bailiwick.engine.case import Case, read_case
from bailiwick.engine.change import fact_question
from bailiwick.engine.decide import OUTCOMES_OF, Decider, Decision, decide
from bailiwick.engine.facts import CASE_FACTS, FACTS, Outcome, Type
from bailiwick.engine.lawbook import default_lawbook
from bailiwick.engine.places import load_places
from tests.engine.made_up import answer, as_json, changed, law, lawbook, norm, raw_case
from tests.random_cases import RandomCases

#: The question itself, which no answer varies.
FIXED = ("custodian", "request.kind", "at")

#: Facts that are true or false, or one of a few words.
FEW = [
    f
    for f in CASE_FACTS
    if f.name not in FIXED and (f.type is Type.BOOLEAN or (f.values and f.type is Type.TEXT))
]


def changes(
    directory: Path, *norms: dict[str, Any], concepts: Any = None, **facts: Any
) -> list[dict[str, Any]]:
    """What would change the answer on `hold` in a lawbook of these norms."""
    file = law(norms=list(norms)) | ({"concepts": concepts} if concepts else {})
    return answer(lawbook(directory, file), would_change=True, **facts).would_change


# ------------------------------------------------------------------------------------------------- each change is true


@pytest.fixture(scope="module")
def reported() -> list[tuple[Case, Decision]]:
    decider = Decider(default_lawbook())
    return [(case, decider.decide(case)) for case in islice(RandomCases(default_lawbook(), 41), 500)]


def outcome_after(case: Case, made: list[dict[str, Any]], action: str) -> Outcome | None:
    """The outcome once the changes are made to the case by hand; None where they do not say what exactly to change."""
    raw = changed(as_json(case), made, case.place.tz)
    if raw is None:
        return None
    again = read_case(raw, load_places())
    return decide(again, default_lawbook(), would_change=False).actions[action].outcome


def test_every_change_made_by_hand_really_gives_the_outcome_reported(
    reported: list[tuple[Case, Decision]],
) -> None:
    tried = 0
    for case, decision in reported:
        for action, found in decision.actions.items():
            for row in found.would_change:
                after = outcome_after(case, row["change"], action)
                if after is not None:
                    assert str(after) == row["outcome"], (action, row, as_json(case))
                    tried += 1
    assert tried > 500


def test_every_change_leads_to_another_outcome_that_is_definite(
    reported: list[tuple[Case, Decision]],
) -> None:
    for _, decision in reported:
        for found in decision.actions.values():
            for row in found.would_change:
                assert row["outcome"] != "unknown"
                assert row["outcome"] != str(found.outcome)


def test_of_two_changes_neither_would_do_alone(reported: list[tuple[Case, Decision]]) -> None:
    tried = 0
    for case, decision in reported:
        for action, found in decision.actions.items():
            for row in found.would_change:
                if len(row["change"]) < 2:
                    continue
                for one in row["change"]:
                    after = outcome_after(case, [one], action)
                    assert after in (None, found.outcome, Outcome.UNKNOWN), (action, row, as_json(case))
                    tried += 1
    assert tried > 10


def test_where_one_change_would_do_no_two_are_reported(reported: list[tuple[Case, Decision]]) -> None:
    for _, decision in reported:
        for found in decision.actions.values():
            assert len({len(row["change"]) for row in found.would_change}) <= 1
            assert len(found.would_change) <= 8


def test_a_fact_that_alone_would_change_the_answer_is_reported(reported: list[tuple[Case, Decision]]) -> None:
    decider = Decider(default_lawbook())
    tried = 0
    for case, decision in reported[:120]:
        for fact in FEW:
            for value in fact.values or (True, False):
                if case.facts.get(fact.name) == value:
                    continue
                other = replace(case, facts=case.facts | {fact.name: value})
                after = decider.decide(other, would_change=False)
                for action, found in decision.actions.items():
                    outcome = after.actions[action].outcome
                    if outcome in (Outcome.UNKNOWN, found.outcome) or len(found.would_change) == 8:
                        continue
                    singles = [
                        (r["change"][0]["fact"], r["outcome"])
                        for r in found.would_change
                        if len(r["change"]) == 1
                    ]
                    assert (fact.name, str(outcome)) in singles, (action, fact.name, value, as_json(case))
                    tried += 1
    assert tried > 50


def test_two_facts_that_together_would_change_the_answer_are_reported(
    reported: list[tuple[Case, Decision]],
) -> None:
    decider = Decider(default_lawbook())
    tried = 0
    for case, decision in reported[:150]:
        wanted = [
            a
            for a, found in decision.actions.items()
            if not found.would_change or len(found.would_change[0]["change"]) == 2
        ]
        values = [(f.name, v) for f in FEW for v in f.values or (True, False) if case.facts.get(f.name) != v]
        before = decider.outcomes(case)
        if not wanted or case.charges:  # those with a record take too long for a test
            continue
        for (fact, value), (other, its) in combinations(values, 2):
            after = decider.outcomes(replace(case, facts=case.facts | {fact: value, other: its}))
            for action in wanted:
                possible = OUTCOMES_OF[after[action]]
                rows = decision.actions[action].would_change
                if fact == other or after[action] == before[action] or len(possible) > 1 or len(rows) == 8:
                    continue
                pairs = [({c["fact"] for c in row["change"]}, row["outcome"]) for row in rows]
                assert ({fact, other}, str(possible[0])) in pairs, (action, fact, other, as_json(case))
                tried += 1
    assert tried > 5


def test_the_custodian_the_day_and_the_kind_of_request_are_the_question_and_are_not_varied(
    reported: list[tuple[Case, Decision]],
) -> None:
    for _, decision in reported:
        for found in decision.actions.values():
            facts = {c["fact"] for row in found.would_change for c in row["change"]}
            assert not facts & set(FIXED)
            assert facts <= {f.name for f in CASE_FACTS} | {"charges"}


def test_a_change_says_from_what_to_what(reported: list[tuple[Case, Decision]]) -> None:
    for case, decision in reported:
        raw = as_json(case)
        for found in decision.actions.values():
            for change in (c for row in found.would_change for c in row["change"]):
                if change["fact"] == "charges":
                    continue
                group, _, field = change["fact"].partition(".")
                now = raw.get(group, {}).get(field)
                if now is None:
                    assert "from" not in change
                elif FACTS[change["fact"]].type is not Type.INSTANT:
                    assert change["from"] == now
                    assert change["to"] != now


# ------------------------------------------------------------------------------------------------------ what is reported


def test_without_law_nothing_would_change_anything(tmp_path: Path) -> None:
    assert changes(tmp_path, norm("a", "forbid", action="transfer")) == []
    assert changes(tmp_path, norm("a", "forbid")) == []  # no fact stands in it


def test_a_fact_turned_is_one_change(tmp_path: Path) -> None:
    found = changes(tmp_path, norm("a", "forbid", when="person.citizen_claim"), person__citizen_claim=True)
    assert found == [
        {"change": [{"fact": "person.citizen_claim", "from": True, "to": False}], "outcome": "unregulated"}
    ]


def test_an_unknown_outcome_shows_where_each_answer_would_lead(tmp_path: Path) -> None:
    found = changes(tmp_path, norm("a", "only_if", when="person.citizen_claim"))
    assert found == [
        {"change": [{"fact": "person.citizen_claim", "to": True}], "outcome": "allowed"},
        {"change": [{"fact": "person.citizen_claim", "to": False}], "outcome": "forbidden"},
    ]


def test_two_facts_that_are_needed_together_are_one_change_of_two(tmp_path: Path) -> None:
    rule = norm("a", "forbid", when="person.citizen_claim AND person.citizen_proof")
    found = changes(tmp_path, rule, person__citizen_claim=False, person__citizen_proof=False)
    both = [
        {"fact": "person.citizen_claim", "from": False, "to": True},
        {"fact": "person.citizen_proof", "from": False, "to": True},
    ]
    assert found == [{"change": both, "outcome": "forbidden"}]


def test_three_facts_that_are_needed_together_are_not_reported(tmp_path: Path) -> None:
    rule = norm("a", "forbid", when="person.citizen_claim AND person.citizen_proof AND person.final_order")
    facts = {"person__citizen_claim": False, "person__citizen_proof": False, "person__final_order": False}
    assert changes(tmp_path, rule, **facts) == []


def test_two_norms_may_have_to_change_together(tmp_path: Path) -> None:
    rules = (norm("a", "forbid", when="person.citizen_claim"), norm("b", "forbid", when="person.final_order"))
    found = changes(tmp_path, *rules, person__citizen_claim=True, person__final_order=True)
    assert [len(row["change"]) for row in found] == [2]
    assert found[0]["outcome"] == "unregulated"


def test_a_word_is_changed_to_one_that_the_law_speaks_of(tmp_path: Path) -> None:
    rule = norm("a", "forbid", unless="request.warrant IN ('judicial_civil', 'judicial_criminal')")
    (found,) = changes(tmp_path, rule, request__warrant="administrative")
    assert found == {
        "change": [{"fact": "request.warrant", "from": "administrative", "to": "judicial_civil"}],
        "outcome": "unregulated",
    }


def test_a_number_is_changed_to_the_nearest_on_the_other_side(tmp_path: Path) -> None:
    (found,) = changes(tmp_path, norm("a", "forbid", when="person.age < 18"), person__age=40)
    assert found["change"] == [{"fact": "person.age", "from": 40, "to": 17}]
    (found,) = changes(tmp_path, norm("a", "forbid", when="person.age < 18"), person__age=3)
    assert found["change"] == [{"fact": "person.age", "from": 3, "to": 18}]


@pytest.mark.parametrize(
    ("arrested_on", "to"),
    [("2010-01-01", "2015-07-02"), ("2020-01-01", "2015-06-30"), ("2015-07-02", "2015-06-30")],
)
def test_a_day_is_changed_to_the_edge_of_the_look_back(tmp_path: Path, arrested_on: str, to: str) -> None:
    """On 1 July 2020 the past five years begin after 1 July 2015; the days beside that edge are tried, earliest first."""
    rule = norm("a", "forbid", when="person.arrested_on > at - INTERVAL '5' YEAR")
    (found,) = changes(tmp_path, rule, person__arrested_on=arrested_on)
    assert found["change"] == [{"fact": "person.arrested_on", "from": arrested_on, "to": to}]


def test_a_box_is_ticked_or_not_and_the_others_stay(tmp_path: Path) -> None:
    rule = norm("a", "forbid", when="'statements' = ANY(request.basis)")
    (found,) = changes(tmp_path, rule, request__basis=["final_order"])
    assert found["change"][0]["to"] == ["final_order", "statements"]
    (found,) = changes(tmp_path, rule, request__basis=["statements", "final_order"])
    assert found["change"][0]["to"] == ["final_order"]


LISTED = {
    "title": "Burglary",
    "cite": "C",
    "standing": "seen",
    "code": "Cal. Penal Code",
    "exhaustive": True,
    "elsewhere": "no",
    "entries": [{"sections": "459"}],
}
RECENT = (
    "any_charge(status = 'convicted' AND NOT wobbler AND sentence_years >= 2 AND in_list(statute, 'burglary') "
    "AND convicted_on > at - INTERVAL '5' YEAR)"
)
BURGLAR = {
    "lists": {"burglary": LISTED},
    "concepts": {"burglar": {"says": "convicted of burglary within five years", "when": RECENT}},
    "norms": [norm("a", "forbid", unless="burglar")],
}


def test_a_charge_that_would_count_is_shown_whole_with_what_it_means(tmp_path: Path) -> None:
    book = lawbook(tmp_path, law(**BURGLAR))
    theft = {"statute": "PC 484", "status": "convicted"}
    found = answer(book, would_change=True, place="us/ca", charges=[theft])
    assert found.outcome is Outcome.FORBIDDEN
    (row,) = found.would_change
    (change,) = row["change"]
    assert (change["fact"], change["says"]) == ("charges", "convicted of burglary within five years")
    assert change["to"] == {
        "status": "convicted",
        "wobbler": False,
        "sentence_years": 2,
        "statute": "Cal. Penal Code 459",
        "convicted_on": "2015-07-02",
    }
    again = answer(book, place="us/ca", charges=[theft, change["to"]])
    assert str(again.outcome) == row["outcome"] == "unregulated"


def test_charges_that_count_may_be_thought_away(tmp_path: Path) -> None:
    book = lawbook(tmp_path, law(**BURGLAR))
    counts = {"statute": "PC 459", "status": "convicted", "wobbler": False, "sentence_years": 2}
    counts["convicted_on"] = "2020-01-01"
    rest = {"statute": "PC 484", "status": "arrested"}
    (row,) = answer(book, would_change=True, place="us/ca", charges=[counts, rest, counts]).would_change
    says = "not: convicted of burglary within five years"
    to = "without the 2 that count here"
    assert row == {"change": [{"fact": "charges", "to": to, "says": says}], "outcome": "forbidden"}
    assert str(answer(book, place="us/ca", charges=[rest]).outcome) == row["outcome"]


def test_one_more_charge_is_seen_by_every_norm_that_looks_at_charges(tmp_path: Path) -> None:
    """A felony alone would leave open whether it ended in a conviction, and so between what the two norms say."""
    rules = (
        norm("a", "forbid", when="any_charge(grade = 'felony')"),
        norm("b", "require", when="any_charge(status = 'convicted')"),
    )
    book = lawbook(tmp_path, law(norms=list(rules)))
    for row in answer(book, would_change=True, charges=[]).would_change:
        charges = [change["to"] for change in row["change"]]
        assert str(answer(book, charges=charges).outcome) == row["outcome"]


def test_a_draft_is_verified_not_changed(tmp_path: Path) -> None:
    """No fact settles a norm that must be verified; the fact that takes the case out of it does."""
    assert changes(tmp_path, norm("a", "forbid", draft=True)) == []
    found = changes(
        tmp_path, norm("a", "forbid", draft=True, when="person.citizen_claim"), person__citizen_claim=True
    )
    assert [(row["change"][0]["to"], row["outcome"]) for row in found] == [(False, "unregulated")]


def test_changes_are_sought_only_when_asked_for(tmp_path: Path) -> None:
    book = lawbook(tmp_path, law(norms=[norm("a", "forbid", when="person.citizen_claim")]))
    assert answer(book, person__citizen_claim=True).would_change == []


# --------------------------------------------------------------------------------------------- New York City's question


def test_in_new_york_city_a_judges_warrant_would_open_what_is_shut() -> None:
    """A person convicted of murder in 2024, a detainer with an immigration officer's warrant: § 9-131(b)(1) asks for a judge's
    warrant beside the conviction, and that is the one thing that lacks."""
    book = default_lawbook()
    raw = raw_case(
        place="us/ny/new-york-city",
        at="2026-03-02T12:00:00-05:00",
        custodian="county_jail",
        request__kind="immigration_detainer",
        request__form="I-247A",
        request__warrant="administrative",
        person__watchlist_match=False,
        person__illegal_reentry=False,
        person__arrested_on="2026-02-01",
        charges=[
            {"statute": "PL 125.25", "status": "convicted", "grade": "felony", "convicted_on": "2024-05-01"}
        ],
    )
    case = read_case(raw, book.places)
    for action in ("hold", "transfer"):
        found = decide(case, book).actions[action]
        assert found.outcome is Outcome.FORBIDDEN
        warrants = [
            (c["from"], row["outcome"])
            for row in found.would_change
            if len(row["change"]) == 1
            for c in row["change"]
            if c["fact"] == "request.warrant" and c["to"] in ("judicial_civil", "judicial_criminal")
        ]
        assert warrants == [("administrative", "allowed")], action


def test_in_new_york_city_without_such_a_conviction_the_warrant_does_not_do_alone() -> None:
    """Nothing in the record: it takes the warrant and the conviction, or the warrant and the watch list."""
    book = default_lawbook()
    raw = raw_case(
        place="us/ny/kings-county",
        at="2026-03-02T12:00:00-05:00",
        custodian="county_jail",
        request__kind="immigration_detainer",
        request__warrant="administrative",
        person__watchlist_match=False,
        charges=[],
    )
    found = decide(read_case(raw, book.places), book).actions["hold"]
    assert found.outcome is Outcome.FORBIDDEN
    pairs = [({c["fact"] for c in row["change"]}, row["outcome"]) for row in found.would_change]
    assert ({"request.warrant", "person.watchlist_match"}, "allowed") in pairs
    assert ({"request.warrant", "charges"}, "allowed") in pairs
    assert all(len(facts) == 2 for facts, _ in pairs)


# -------------------------------------------------------------------------------------------------------------- questions


def test_a_missing_fact_is_asked_for_in_words() -> None:
    assert fact_question("person.age") == "How old is the person?"
    assert fact_question("charges[].grade") == "Felony or misdemeanor?"
    assert "charges" in fact_question("charges")
    assert fact_question("charges_complete") == "Is the record complete?"
    assert "us/ca:values-act/hold" in fact_question("norm:us/ca:values-act/hold")
    assert all(fact_question(name).endswith("?") for name in FACTS)


def test_the_day_of_the_made_up_cases_is_as_these_tests_think() -> None:
    assert read_case(raw_case(), load_places()).day == date(2020, 7, 1)
