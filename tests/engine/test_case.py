"""A case: read once and checked. What is wrong is one line; what is absent is unknown, never false."""

from __future__ import annotations

import copy
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import islice
from typing import Any

import pytest

from bailiwick.engine.case import MAX_CHARGES, BadCase, Case, local_day, read_case
from bailiwick.engine.facts import ACTIONS, CASE_FACTS, CHARGE_FACTS, FACTS
from bailiwick.engine.lawbook import default_lawbook
from bailiwick.engine.places import load_places
from tests.engine.made_up import as_json, data
from tests.random_cases import RandomCases

PLACES = load_places()

#: The sample case of DESIGN.md, section 5.
SAMPLE = data("sample_case")


def read(**over: Any) -> Case:
    """The sample case read, with keys replaced."""
    return read_case({**copy.deepcopy(SAMPLE), **over}, PLACES)


# ------------------------------------------------------------------------------------------------------- what is wrong


@pytest.mark.parametrize("row", data("bad_cases"), ids=lambda row: row["name"])
def test_a_bad_case_is_one_line_that_says_where_what_was_expected_and_what_was_found(
    row: dict[str, Any],
) -> None:
    with pytest.raises(BadCase) as raised:
        read(**row["case"])
    message = str(raised.value)
    assert "\n" not in message
    assert len(message) < 300
    for words in row["says"]:
        assert words in message


@pytest.mark.parametrize("raw", [None, [], [SAMPLE], "case", 5, 3.5, True, float("nan")])
def test_what_is_no_object_is_no_case(raw: Any) -> None:
    with pytest.raises(BadCase, match="expected a case"):
        read_case(raw, PLACES)


def test_an_empty_object_lacks_its_place_first() -> None:
    with pytest.raises(BadCase, match="place: expected a path like us/ca/los-angeles-county, found null"):
        read_case({}, PLACES)


def test_a_long_text_is_refused_and_not_repeated_whole() -> None:
    assert read(request={"form": "x" * 500}).facts["request.form"] == "x" * 500
    with pytest.raises(BadCase, match=r"request\.form: expected text of at most 500 characters") as raised:
        read(request={"form": "x" * 501})
    assert len(str(raised.value)) < 200


def test_more_charges_than_any_record_has_are_refused() -> None:
    assert len(read(charges=[{}] * MAX_CHARGES).charges or []) == MAX_CHARGES
    with pytest.raises(BadCase, match="charges: expected a list of at most"):
        read(charges=[{}] * (MAX_CHARGES + 1))


def test_every_fact_refuses_what_is_not_of_its_kind() -> None:
    for fact in CASE_FACTS:
        group, _, field = fact.name.partition(".")
        for wrong in ({}, {"a": 1}, 3.5, [[]], float("inf")):
            with pytest.raises(BadCase, match=f"^{fact.name}: expected"):
                read(**{group: {field: wrong} if field else wrong})
    for name in CHARGE_FACTS:
        for wrong in ({}, 3.5, [1]):
            with pytest.raises(BadCase, match=rf"^charges\[0\].{name}: expected"):
                read(charges=[{name: wrong}])


# ------------------------------------------------------------------------------------------------------- what is read


def test_the_sample_case_of_the_design_is_read_with_all_its_facts() -> None:
    case = read()
    assert case.place.path == "us/ca/los-angeles-county"
    assert case.at == datetime(2026, 3, 2, 18, 15, tzinfo=UTC)
    assert case.day == date(2026, 3, 2)
    assert case.reading_state == "us/ca"
    assert case.complete is True
    assert case.facts == {
        "custodian": "county_jail",
        "request.kind": "immigration_detainer",
        "request.form": "I-247A",
        "request.received_at": datetime(2026, 3, 2, 6, 0, tzinfo=UTC),
        "request.warrant": "administrative",
        "request.signed": True,
        "request.complete": True,
        "request.served_on_person": False,
        "request.basis": ("biometric_match",),
        "person.age": 31,
        "person.citizen_claim": False,
        "person.citizen_proof": False,
        "person.lawful_status_proof": False,
        "person.watchlist_match": False,
        "person.offender_registrant": False,
        "person.federal_felony_warrant": False,
        "release.eligible_at": datetime(2026, 3, 2, 17, 0, tzinfo=UTC),
        "release.public_information": False,
    }
    assert case.charges == [
        {
            "statute": "Cal. Penal Code 459",
            "description": "BURGLARY",
            "status": "convicted",
            "grade": "felony",
            "wobbler": True,
            "serious": False,
            "violent": False,
            "state_prison": True,
            "convicted_on": date(2015, 1, 10),
        }
    ]


def test_a_conviction_is_not_after_the_day_of_the_decision_at_the_place() -> None:
    """It is 18:30 on 2 March in Fresno, and 3 March in UTC."""
    case = {"place": "us/ca/fresno-county", "at": "2026-03-03T02:30:00Z"}
    read_case(case | {"charges": [{"convicted_on": "2026-03-02"}]}, PLACES)
    with pytest.raises(BadCase) as found:
        read_case(case | {"charges": [{}, {"convicted_on": "2026-03-03"}]}, PLACES)
    assert str(found.value) == (
        "charges[1].convicted_on: expected a day not after that of the decision, 2026-03-02, found 2026-03-03"
    )


def test_null_and_absent_are_the_same() -> None:
    def without_nulls(value: Any) -> Any:
        if isinstance(value, dict):
            return {k: without_nulls(v) for k, v in value.items() if v is not None}
        return [without_nulls(v) for v in value] if isinstance(value, list) else value

    assert read_case(without_nulls(SAMPLE), PLACES) == read()
    whole: dict[str, Any] = {"place": "us/wy", "at": "2020-07-01T12:00:00Z"}
    nulls: dict[str, Any] = {
        **whole,
        "id": None,
        "custodian": None,
        "charges": None,
        "charges_complete": None,
        "decided": None,
    }
    assert read_case(
        {**nulls, "request": None, "person": None, "release": None, "agency": None}, PLACES
    ) == read_case(whole, PLACES)
    for fact in CASE_FACTS:
        group, _, field = fact.name.partition(".")
        blank = {**whole, group: {field: None} if field else None}
        assert read_case(blank, PLACES).facts == {}
    blank_charge = {**whole, "charges": [dict.fromkeys(CHARGE_FACTS)]}
    assert read_case(blank_charge, PLACES).charges == [{}]


def test_no_charges_is_another_thing_than_nothing_known_of_charges() -> None:
    assert read(charges=[]).charges == []
    assert read(charges=None).charges is None


@pytest.mark.parametrize(("given", "whole"), [(None, True), (True, True), (False, False)])
def test_a_list_of_charges_is_the_whole_record_unless_the_case_says_otherwise(
    given: bool | None, whole: bool
) -> None:
    assert read(charges_complete=given).complete is whole


@pytest.mark.parametrize("form", ["I-247N", "I-247G"])
def test_a_form_that_asks_for_notice_only_is_read_as_a_request_for_notice(form: str) -> None:
    case = read(request={"kind": "immigration_detainer", "form": form})
    assert case.facts["request.kind"] == "release_notification_request"
    assert case.facts["request.form"] == form


@pytest.mark.parametrize("form", ["I-247", "I-247A", "I-247D", "I-247X", "I-200", None])
def test_any_other_form_leaves_the_kind_as_it_was_typed(form: str | None) -> None:
    assert (
        read(request={"kind": "immigration_detainer", "form": form}).facts["request.kind"]
        == "immigration_detainer"
    )


@pytest.mark.parametrize(
    ("written", "place", "day"),
    [
        ("2026-03-02T04:59:59Z", "us/ny/albany-county", date(2026, 3, 1)),
        ("2026-03-02T05:00:00Z", "us/ny/albany-county", date(2026, 3, 2)),
        ("2026-03-02T09:59:59Z", "us/hi/honolulu-county", date(2026, 3, 1)),
        ("2026-03-02T10:00:00Z", "us/hi/honolulu-county", date(2026, 3, 2)),
        ("2026-03-02T00:00:00+14:00", "us/ca", date(2026, 3, 1)),
    ],
)
def test_the_day_of_a_case_is_that_of_its_place_whatever_the_offset_it_was_written_in(
    written: str, place: str, day: date
) -> None:
    case = read(place=place, at=written)
    assert case.day == day
    assert case.at == datetime.fromisoformat(written)
    assert case.at.utcoffset() == timedelta(0)


def test_an_instant_may_be_given_as_python_has_it() -> None:
    there = datetime(2026, 3, 2, 10, 15, tzinfo=timezone(timedelta(hours=-8)))
    assert read(at=there) == read()
    with pytest.raises(BadCase, match="offset"):
        read(at=datetime(2026, 3, 2, 10, 15))  # noqa: DTZ001


def test_another_name_of_a_place_is_that_place() -> None:
    """Wade Hampton Census Area became Kusilvak Census Area in 2015."""
    assert read(place="us/ak/wade-hampton-census-area") == read(place="us/ak/kusilvak-census-area")


def test_the_callers_name_and_what_was_decided_are_kept() -> None:
    case = read(id="26-1", decided=dict.fromkeys(ACTIONS, "declined"))
    assert (case.id, case.decided) == ("26-1", dict.fromkeys(ACTIONS, "declined"))
    assert read().id is None


def test_what_was_given_is_left_as_it_was() -> None:
    raw = copy.deepcopy(SAMPLE)
    read_case(raw, PLACES)
    assert raw == SAMPLE


def test_a_case_written_as_the_contract_says_is_read_as_the_same_case() -> None:
    for case in islice(RandomCases(default_lawbook(), 11), 150):
        again = read_case(as_json(case), PLACES)
        assert again == case


# ------------------------------------------------------------------------------------------------------------- what if


def test_a_case_moved_keeps_its_facts_and_reads_its_citations_as_where_it_came_from() -> None:
    case = read()
    moved = case.moved(PLACES.get("us/tx/travis-county"))
    assert (moved.place.path, moved.reading_state) == ("us/tx/travis-county", "us/ca")
    assert (moved.facts, moved.charges, moved.at) == (case.facts, case.charges, case.at)
    assert case.place.path == "us/ca/los-angeles-county"


def test_a_case_moved_to_a_day_is_decided_at_noon_there() -> None:
    moved = read().moved(on=date(2017, 7, 1))
    assert (moved.day, moved.at) == (
        date(2017, 7, 1),
        datetime(2017, 7, 1, 19, tzinfo=UTC),
    )  # noon, daylight time
    hawaii = read().moved(PLACES.get("us/hi/honolulu-county"), date(2017, 7, 1))
    assert hawaii.at == datetime(2017, 7, 1, 22, tzinfo=UTC)


def test_a_case_moved_only_in_place_has_the_day_of_the_new_place() -> None:
    late = read(at="2026-03-02T23:00:00-08:00")
    assert late.day == date(2026, 3, 2)
    assert late.moved(PLACES.get("us/ny/albany-county")).day == date(2026, 3, 3)


def test_the_local_day_is_the_calendar_day_on_the_wall() -> None:
    assert local_day(datetime(2026, 1, 1, tzinfo=UTC), "America/New_York") == date(2025, 12, 31)
    assert local_day(datetime(2026, 1, 1, tzinfo=UTC), "Pacific/Guam") == date(2026, 1, 1)


def test_a_fact_takes_each_of_its_words() -> None:
    for fact in FACTS.values():
        for word in fact.values:
            if fact.of_charge:
                assert (read(charges=[{fact.field: word}]).charges or [{}])[0][fact.field] == word
            elif fact.name == "custodian":
                assert read(custodian=word).facts["custodian"] == word
            elif fact.name == "request.basis":
                assert read(request={"basis": [word]}).facts[fact.name] == (word,)
            else:
                assert read(request={fact.name.removeprefix("request."): word}).facts[fact.name] == word
