"""The vocabulary: every fact of the contract, each with one meaning."""

from __future__ import annotations

import re

import pytest

from bailiwick.engine import facts
from bailiwick.engine.facts import (
    ACTION_MEANING,
    ACTION_SHORT,
    ACTIONS,
    CASE_FACTS,
    CHARGE_FACTS,
    ENVELOPE,
    FACTS,
    GROUPS,
    Outcome,
    Type,
    nearest,
)

# DESIGN.md, section 2 and section 5: words that others build on.
CONTRACT_ACTIONS = (
    "hold notify_release transfer interview share_information ask_status act_on_administrative_warrant "
    "answer_administrative_subpoena"
)
CONTRACT_WORDS = {
    "custodian": "county_jail state_prison police_lockup probation court",
    "request.kind": "immigration_detainer release_notification_request transfer_request administrative_warrant "
    "judicial_warrant administrative_subpoena parole_warrant probation_hold military_deserter fugitive_warrant "
    "interstate_detainer",
    "request.warrant": "none administrative judicial_civil judicial_criminal court_order",
    "charges[].status": "arrested charged held_to_answer convicted dismissed acquitted",
    "charges[].grade": "felony misdemeanor infraction",
}
CONTRACT_TYPES = {
    Type.TEXT: "custodian request.kind request.form request.warrant charges[].statute charges[].code_system "
    "charges[].code charges[].description charges[].status charges[].grade charges[].class",
    Type.INSTANT: "request.received_at release.eligible_at",
    Type.BOOLEAN: "request.signed request.complete request.served_on_person person.citizen_claim "
    "person.citizen_proof person.lawful_status_proof person.final_order person.watchlist_match "
    "person.offender_registrant person.illegal_reentry person.federal_felony_warrant charges[].wobbler "
    "charges[].serious charges[].violent charges[].state_prison charges[].indictable release.public_information "
    "charges_complete",
    Type.INTEGER: "person.age",
    Type.DATE: "charges[].convicted_on",
    Type.TEXTS: "request.basis",
}


def test_the_actions_are_those_of_the_contract_and_each_has_a_meaning_and_a_short_name() -> None:
    assert set(ACTIONS) == set(CONTRACT_ACTIONS.split())
    assert len(ACTIONS) == len(set(ACTIONS))
    assert set(ACTION_MEANING) == set(ACTION_SHORT) == set(ACTIONS)


def test_the_outcomes_are_those_of_the_contract() -> None:
    assert {str(o) for o in Outcome} == {
        "required",
        "allowed",
        "forbidden",
        "unregulated",
        "unknown",
        "conflict",
    }


def test_the_levels_go_from_the_constitution_down_to_policy() -> None:
    assert facts.LEVELS == ("constitution", "federal", "state", "local", "policy")


@pytest.mark.parametrize(("name", "words"), CONTRACT_WORDS.items())
def test_a_fact_takes_exactly_the_words_of_the_contract(name: str, words: str) -> None:
    assert set(FACTS[name].values) == set(words.split())


@pytest.mark.parametrize(
    ("name", "kind"), [(name, kind) for kind, names in CONTRACT_TYPES.items() for name in names.split()]
)
def test_a_fact_of_the_contract_has_its_type(name: str, kind: Type) -> None:
    assert FACTS[name].type is kind


def test_every_fact_says_what_it_means_who_would_know_it_and_what_a_clerk_is_asked() -> None:
    for fact in FACTS.values():
        assert fact.means, fact.name
        assert fact.known_by, fact.name
        assert fact.ask.endswith("?"), fact.name


def test_only_texts_and_lists_of_texts_have_words_to_choose_from_and_none_stands_twice() -> None:
    for fact in FACTS.values():
        if fact.values:
            assert fact.type in (Type.TEXT, Type.TEXTS), fact.name
            assert len(set(fact.values)) == len(fact.values), fact.name


def test_every_fact_stands_in_a_group_of_the_case_or_in_a_charge() -> None:
    for fact in FACTS.values():
        group, dot, _ = fact.name.partition(".")
        assert group in ENVELOPE or group == "charges[]", fact.name
        if dot:
            assert group in (*GROUPS, "charges[]"), fact.name
        assert re.fullmatch(r"[a-z_]+(\[\])?(\.[a-z_0-9]+)?", fact.name)


def test_facts_of_the_case_and_of_a_charge_are_apart() -> None:
    assert {f.name for f in CASE_FACTS} | {f.name for f in CHARGE_FACTS.values()} | {
        "charges_complete"
    } == set(FACTS)
    assert all(f.of_charge and f.name == f"charges[].{field}" for field, f in CHARGE_FACTS.items())
    assert not any(f.of_charge for f in CASE_FACTS)


def test_no_fact_speaks_of_name_birthplace_language_nationality_or_race() -> None:
    """DESIGN.md, section 1: status is never inferred from these, so there is nothing to infer it from."""
    barred = {
        "name",
        "surname",
        "birthplace",
        "born",
        "language",
        "nationality",
        "country",
        "race",
        "ethnicity",
    }
    for fact in FACTS:
        assert not barred & set(re.split(r"[._\[\]]+", fact))


@pytest.mark.parametrize(
    ("typed", "found"),
    [("person.agee", "person.age"), ("custodien", "custodian"), ("request.warant", "request.warrant")],
)
def test_the_nearest_right_name_is_offered(typed: str, found: str) -> None:
    assert nearest(typed, FACTS).startswith(f"; nearest: {found}")


def test_where_nothing_is_near_nothing_is_offered() -> None:
    assert nearest("xylophone", FACTS) == ""
    assert nearest("anything", []) == ""
