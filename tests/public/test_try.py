"""`/try`: the answer of the engine, and nothing of the question is kept anywhere."""

from __future__ import annotations

import html
import json
import logging
import re
from typing import Any

import pytest
from django.apps import apps
from django.test import Client

SECRET = "Zaphod-Quux-4711"
CASE = {
    "place": "us/ca",
    "at": "2024-07-25T12:00:00-07:00",
    "custodian": "county_jail",
    "request": {"kind": "immigration_detainer", "form": "I-247A", "warrant": "administrative"},
    "charges": [{"status": "convicted", "grade": "felony", "serious": True, "description": SECRET}],
}
FORM = {
    "place": "us/ca",
    "on": "2024-07-25",
    "custodian": "county_jail",
    "paper": "I-247A",
    "warrant": "administrative",
    "record": "none",
    "where": "here",
}


def answers(page: str) -> list[str]:
    """Outcomes of the eight rows, in order."""
    table = page.partition('id="answer"')[2].partition("</table>")[0]
    return [re.findall(r'class="outcome outcome-(\w+)"', row)[0] for row in table.split("<tr>")[2:]]


def test_the_form_gives_the_answer_of_the_interface(client: Client) -> None:
    page = client.post("/try", FORM).content.decode()
    case = {
        "place": "us/ca",
        "at": "2024-07-25T12:00:00-07:00",
        "custodian": "county_jail",
        "request": {"kind": "immigration_detainer", "form": "I-247A", "warrant": "administrative"},
        "charges": [],
    }
    said = client.post("/api/v1/decide", json.dumps(case), content_type="application/json").json()
    assert answers(page) == [one["outcome"] for one in said["actions"].values()]


def test_a_conviction_typed_changes_the_answer(client: Client) -> None:
    more = {
        "record": "whole",
        "charge-0-status": "convicted",
        "charge-0-grade": "felony",
        "charge-0-serious": "yes",
        "charge-0-convicted_on": "2020-01-01",
    }
    page = client.post("/try", FORM | more).content.decode()
    assert answers(page)[:3] == ["forbidden", "allowed", "allowed"]


def test_it_says_what_would_change_the_answer_and_what_is_missing(client: Client) -> None:
    known = client.post("/try", FORM).content.decode()
    assert "Is the release date public?" in known
    unknown = client.post("/try", FORM | {"record": "unknown"}).content.decode()
    assert answers(unknown)[1] == "unknown"
    assert "What does the record of charges and convictions show?" in unknown


def test_questions_and_what_would_change_the_answer_are_spanish_on_a_spanish_page(client: Client) -> None:
    client.post("/language/es")
    known = client.post("/try", FORM).content.decode()
    assert "¿Es pública la fecha de salida?" in known
    assert "Is the release date public?" not in known
    law = client.get("/law/us/ca?on=2024-07-25").content.decode()
    assert "¿Es pública la fecha de salida?" in law
    client.post("/language/en")  # what is kept of a page of law speaks no language of its own
    assert "Is the release date public?" in client.get("/law/us/ca?on=2024-07-25").content.decode()


def test_a_pasted_case_is_answered_in_one_place_or_everywhere(client: Client) -> None:
    here = client.post("/try", {"case": json.dumps(CASE), "where": "here"}).content.decode()
    assert answers(here)[:2] == ["forbidden", "allowed"]
    everywhere = client.post("/try", {"case": json.dumps(CASE), "where": "everywhere"}).content.decode()
    assert everywhere.count('class="local"') >= 8
    assert "on 25 July 2024" in everywhere


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"case": "{"}, "Not JSON: line 1"),
        ({"case": "[1]"}, "Expected a case"),
        ({"case": "[" * 50_000}, "Not "),
        ({"case": '{"place": "us/ca"}'}, "at: required"),
        ({"case": json.dumps(CASE | {"custodian": "sherif"})}, "unknown word"),
        (FORM | {"place": "Washington County"}, "places have that name"),
        (FORM | {"place": "Atlantis"}, "Expected a state, county or city"),
        (FORM | {"place": ""}, "Expected a state, county or city"),
        (FORM | {"on": "soon"}, "Enter a valid date"),
        (FORM | {"charge-0-grade": "felony"}, "say whether they are all of them"),
        (FORM | {"person.age": "-3"}, "greater than or equal to 0"),
    ],
)
def test_what_cannot_be_read_is_said_and_not_answered(
    client: Client, sent: dict[str, Any], said: str
) -> None:
    answer = client.post("/try", {"where": "here"} | sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert 'id="answer"' not in page


CHARGE = {"record": "whole", "charge-0-status": "convicted", "charge-0-grade": "felony"}


def said_of(page: str, label: str) -> str:
    """What the summary of the form says of the field of a label."""
    inner = page.partition('id="errors"')[2].partition('<ul class="usa-list">')[2].partition("</ul>")[0]
    words = [" ".join(re.sub(r"<[^>]+>", "", html.unescape(one)).split()) for one in inner.split("</li>")]
    (found,) = [one for one in words if label in one]
    return found


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (
            {"on": "0999-01-01"},
            "On which day?: Expected a day from 1996 to 2099, like 2026-03-02; found “0999-01-01”.",
        ),
        (
            {"on": "2100-01-01"},
            "On which day?: Expected a day from 1996 to 2099, like 2026-03-02; found “2100-01-01”.",
        ),
        (
            CHARGE | {"charge-0-convicted_on": "0999-01-01"},
            "On which day?: Charge or conviction 1: Expected a day from 1900 to 2099; found “0999-01-01”.",
        ),
        (
            CHARGE | {"charge-0-convicted_on": "2024-07-26"},
            "On which day?: Charge or conviction 1: "
            "Expected a day not after 2024-07-25, the day of the case; found “2024-07-26”.",
        ),
        (
            CHARGE | {"charge-2-statute": "PC 459", "charge-2-convicted_on": "2099-01-01"},
            "On which day?: Charge or conviction 3: "
            "Expected a day not after 2024-07-25, the day of the case; found “2099-01-01”.",
        ),
        (
            {"person.arrested_on": "2024-07-26"},
            "On which day was the person arrested?: "
            "Expected a day not after 2024-07-25, the day of the case; found “2024-07-26”.",
        ),
        (
            {"request.received_at": "2024-07-26T08:00"},
            "When did it arrive?: Expected a day not after 2024-07-25, the day of the case; found “2024-07-26T08:00”.",
        ),
        (
            {"release.eligible_at": "0999-01-01T08:00"},
            "When would the person otherwise be free?: Expected a day from 1970 to 2099; found “0999-01-01T08:00”.",
        ),
    ],
)
def test_a_day_that_cannot_be_is_said_at_its_question_as_it_was_typed(
    client: Client, sent: dict[str, Any], said: str
) -> None:
    answer = client.post("/try", FORM | sent)
    assert answer.status_code == 422
    assert said_of(answer.content.decode(), said.partition("?")[0]) == said


def test_what_is_wrong_is_not_folded_away(client: Client) -> None:
    more = {"charge-1-convicted_on": "2024-07-26", "person.arrested_on": "2024-07-26"}
    page = client.post("/try", FORM | CHARGE | more).content.decode()
    folded = [one.partition("</summary>")[0] for one in page.split("<details")[1:]]
    named = {re.sub(r".*<summary>", "", one): one.startswith(" open") for one in folded}
    assert named["Charge or conviction 2"]
    assert named["More facts"]
    assert not named["Charge or conviction 3"]


@pytest.mark.parametrize(
    "sent",
    [
        CHARGE | {"charge-0-convicted_on": "2024-07-25"},
        {"person.arrested_on": "2024-07-25", "request.received_at": "2024-07-25T23:59"},
        {"release.eligible_at": "2024-08-01T08:00"},
    ],
)
def test_the_day_of_the_case_itself_is_no_later_day_and_a_release_may_be_to_come(
    client: Client, sent: dict[str, Any]
) -> None:
    assert client.post("/try", FORM | sent).status_code == 200


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (
            {"charges": [{}, {"status": "convicted", "convicted_on": "2024-07-26"}]},
            "charges[1].convicted_on: expected a day not after that of the decision, 2024-07-25, found 2024-07-26",
        ),
        (
            {"person": {"arrested_on": "2099-01-01"}},
            "person.arrested_on: Expected a day not after 2024-07-25, the day of the case; found “2099-01-01”.",
        ),
        (  # 26 July in California
            {"request": {"received_at": "2024-07-26T08:00:00Z"}},
            "request.received_at: Expected a day not after 2024-07-25, the day of the case; found “2024-07-26”.",
        ),
    ],
)
def test_a_pasted_case_has_nothing_from_a_later_day(client: Client, more: dict[str, Any], said: str) -> None:
    answer = client.post("/try", {"case": json.dumps(CASE | more), "where": "here"})
    assert answer.status_code == 422
    assert said in html.unescape(answer.content.decode())


def test_a_pasted_day_is_the_local_day_of_the_place(client: Client) -> None:
    """06:00 UTC on 26 July is 23:00 on the 25th in California."""
    case = CASE | {"request": {"received_at": "2024-07-26T06:00:00Z"}}
    assert client.post("/try", {"case": json.dumps(case), "where": "here"}).status_code == 200


@pytest.mark.parametrize("record", ["whole", "part"])
def test_charges_said_to_be_below_are_asked_for_where_none_is(client: Client, record: str) -> None:
    answer = client.post("/try", FORM | {"record": record, "charge-0-statute": "  "})
    assert answer.status_code == 422
    page = html.unescape(answer.content.decode())
    assert "No charge is written below: write one, or choose “no charges and no convictions”" in page
    assert 'id="answer"' not in page


def test_a_charge_with_a_wrong_day_is_not_said_to_be_missing(client: Client) -> None:
    page = client.post("/try", FORM | {"record": "whole", "charge-0-convicted_on": "soon"}).content.decode()
    assert "No charge is written below" not in page


@pytest.mark.parametrize(
    "typed", ["Cook County, Illinois", "cook county illinois", "us/il/cook-county", "Illinois"]
)
def test_a_place_may_be_typed_by_name(client: Client, typed: str) -> None:
    assert client.post("/try", FORM | {"place": typed}).status_code == 200


@pytest.mark.parametrize("where", ["here", "everywhere"])
@pytest.mark.parametrize("sent", [{"case": json.dumps(CASE)}, {"case": SECRET}, FORM | {"place": SECRET}])
def test_nothing_typed_is_stored_or_logged(
    db: None, caplog: pytest.LogCaptureFixture, sent: dict[str, Any], where: str
) -> None:
    caplog.set_level(logging.DEBUG)
    models = list(apps.get_models(include_auto_created=True))
    before = {model: model._default_manager.count() for model in models if model._meta.managed}
    answer = Client().post("/try", sent | {"where": where})
    assert answer.status_code in (200, 422)
    assert {model: model._default_manager.count() for model in before} == before
    assert SECRET not in caplog.text
    assert answer["Cache-Control"] == "no-store, private"
    assert not answer.cookies


def test_facts_in_an_address_are_not_read(client: Client) -> None:
    """A GET would stand in logs: it fills in place, day and custodian and nothing else."""
    page = client.get(
        "/try", FORM | {"record": "none", "person.age": "17", "place": "us/tx"}
    ).content.decode()
    assert 'value="us/tx"' in page
    assert 'value="17"' not in page
    assert 'id="answer"' not in page


def test_what_is_typed_is_never_markup(client: Client) -> None:
    page = client.post("/try", FORM | {"place": '"><script>alert(1)</script>'}).content.decode()
    assert "<script>alert" not in page
