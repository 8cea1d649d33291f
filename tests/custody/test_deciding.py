"""Answers, questions, signatures, and what follows from them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bailiwick.custody import asking, clocks, deciding, files
from bailiwick.custody.acting import Actor
from bailiwick.custody.errors import Refused
from bailiwick.custody.models import Answer, Booking, Due, Request
from tests.conftest import People
from tests.custody.conftest import NOW, InTexas
from tests.desk.conftest import FREE, RECEIVED, make_request

NO_PROOF = {"person.citizen_proof": False, "person.lawful_status_proof": False}
HONOR = {"hold": "honor", "notify_release": "honor"}
DECLINE = {"hold": "decline", "notify_release": "decline", "transfer": "decline"}


def current(ask: Request) -> Answer:
    return Answer.objects.get(request=ask, superseded_at=None)


def outcome(ask: Request, action: str = "hold") -> str:
    return str(current(ask).decision["actions"][action]["outcome"])


def open_sources(ask: Request) -> set[str]:
    return set(Due.objects.filter(request=ask, done_at=None, void_at=None).values_list("source", flat=True))


# ------------------------------------------------------------------------------------------------- requests


def test_form_i_247g_never_asks_for_a_hold(desk: Actor, stay: Booking) -> None:
    with pytest.raises(Refused, match="never asks for a hold"):
        make_request(desk, stay, form="I-247G")
    assert make_request(desk, stay, form="I-247G", kind="release_notification_request").pk


def test_a_request_is_answered_when_it_comes_and_its_duties_are_due(desk: Actor, stay: Booking) -> None:
    ask = make_request(desk, stay)
    assert outcome(ask) == "forbidden"
    assert {"us/ca:truth-act/copy", "us/ca:truth-act/intent", "sign"} <= open_sources(ask)


def test_what_may_turn_out_to_be_owed_is_no_task_yet(desk: Actor, stay: Booking) -> None:
    ask = make_request(desk, stay)
    assert "us:citizenship-claim/review" not in open_sources(ask)
    asking.claim_citizenship(desk, stay, says="born in Fresno")
    assert "us:citizenship-claim/review" in open_sources(ask)


def test_giving_the_copy_ends_what_was_due_for_it(desk: Actor, stay: Booking) -> None:
    ask = make_request(desk, stay)
    asking.serve(desk, ask, at=NOW, how="in person")
    assert "us/ca:truth-act/copy" not in open_sources(ask)
    assert (
        Due.objects.get(request=ask, source="us/ca:truth-act/copy").done_how
        == "given to the person: in person"
    )
    assert current(ask).case["request"]["served_on_person"] is True


@pytest.mark.parametrize("at", [RECEIVED - timedelta(minutes=1), NOW + timedelta(minutes=1)])
def test_a_copy_is_given_after_the_request_came_and_not_in_the_future(
    desk: Actor, stay: Booking, at: object
) -> None:
    with pytest.raises(Refused, match="Given at"):
        asking.serve(desk, make_request(desk, stay), at=at, how="in person")  # type: ignore[arg-type]


def test_a_withdrawn_request_owes_nothing_and_holds_nobody(held: InTexas) -> None:
    deciding.say_all(held.clerk, held.ask, NO_PROOF)
    deciding.sign(held.clerk, current(held.ask), HONOR)
    deciding.second(held.supervisor, current(held.ask))
    assert clocks.held_until(held.stay)[0] == FREE + timedelta(hours=48)
    asking.withdraw(held.clerk, held.ask, because="not the person")
    assert open_sources(held.ask) == set()
    assert clocks.held_until(held.stay) == (None, "")
    with pytest.raises(Refused, match="withdrawn"):
        deciding.say(held.clerk, held.ask, "person.citizen_proof", True)


# ------------------------------------------------------------------------------------------------ questions


def test_several_questions_are_answered_at_once_and_the_law_answers_once(held: InTexas) -> None:
    assert outcome(held.ask) == "unknown"
    before = Answer.objects.filter(request=held.ask).count()
    deciding.say_all(held.clerk, held.ask, NO_PROOF)
    assert outcome(held.ask) == "required"
    assert Answer.objects.filter(request=held.ask).count() == before + 1
    assert "facts" not in open_sources(held.ask)


def test_a_proof_names_the_section_that_lets_the_person_go(held: InTexas) -> None:
    deciding.say_all(held.clerk, held.ask, NO_PROOF)
    found = deciding.say(held.clerk, held.ask, "person.lawful_status_proof", True)
    assert found.decision["actions"]["hold"]["outcome"] == "unregulated"
    excepted = found.law["excepted"]["hold"]
    assert [one["cite"] for one in excepted] == ["Tex. Code Crim. Proc. art. 2A.060(a)(1), (b)"]
    assert excepted[0]["facts"]["person.lawful_status_proof"] is True


def test_an_answer_says_since_when_its_law_is_in_force(desk: Actor, stay: Booking) -> None:
    assert current(make_request(desk, stay)).law["since"]["us/ca:values-act/hold"] == "2018-01-04"


@pytest.mark.parametrize(
    ("fact", "value", "says"),
    [
        ("person.shoe_size", 9, "found 'person.shoe_size'"),
        ("charges[].grade", "felony", "found 'charges"),
        ("person.citizen_proof", "perhaps", "person.citizen_proof"),
    ],
)
def test_a_fact_that_does_not_exist_or_has_another_kind_is_refused(
    held: InTexas, fact: str, value: object, says: str
) -> None:
    with pytest.raises(Refused, match=says):
        deciding.say_all(held.clerk, held.ask, {"person.lawful_status_proof": False, fact: value})
    held.ask.refresh_from_db()
    assert held.ask.facts == {}


def test_what_the_law_no_longer_sets_is_no_longer_due(held: InTexas) -> None:
    deciding.say_all(held.clerk, held.ask, NO_PROOF)
    deciding.sign(held.clerk, current(held.ask), HONOR)
    assert "us/tx:sb4/tell-the-person" in open_sources(held.ask)
    deciding.say(held.clerk, held.ask, "person.lawful_status_proof", True)
    assert "us/tx:sb4/tell-the-person" not in open_sources(held.ask)


# ----------------------------------------------------------------------------------------------- signatures


def test_a_signature_is_due_until_somebody_signs(desk: Actor, stay: Booking) -> None:
    ask = make_request(desk, stay)
    deciding.sign(desk, current(ask), {"hold": "decline"})
    assert "sign" not in open_sources(ask)
    with pytest.raises(Refused, match="signed already"):
        deciding.sign(desk, current(ask), {"hold": "decline"})


def test_a_changed_answer_must_be_signed_again(held: InTexas) -> None:
    deciding.say_all(held.clerk, held.ask, NO_PROOF)
    signed = deciding.sign(held.clerk, current(held.ask), HONOR)
    deciding.say(held.clerk, held.ask, "person.lawful_status_proof", True)
    due = Due.objects.get(request=held.ask, source="sign", done_at=None, void_at=None)
    assert "changed after it was signed" in due.what
    with pytest.raises(Refused, match="no longer stands"):
        deciding.second(held.supervisor, signed)


def test_giving_the_copy_after_a_hold_was_signed_leaves_the_hold_as_it_stands(held: InTexas) -> None:
    deciding.say_all(held.clerk, held.ask, NO_PROOF)
    deciding.sign(held.clerk, current(held.ask), HONOR)
    signed = deciding.second(held.supervisor, current(held.ask))
    assert "us:detainer/copy" in open_sources(held.ask)
    asking.serve(held.later(minutes=5), held.ask, at=NOW + timedelta(minutes=4), how="in person")
    assert current(held.ask).pk == signed.pk
    assert clocks.held_until(held.stay)[0] == FREE + timedelta(hours=48)
    assert not {"us:detainer/copy", "sign"} & open_sources(held.ask)


def test_a_hold_needs_a_second_and_another_person(held: InTexas) -> None:
    deciding.say_all(held.clerk, held.ask, NO_PROOF)
    found = deciding.sign(held.clerk, current(held.ask), HONOR)
    assert found.needs_second == ["hold"]
    assert clocks.held_until(held.stay)[0] is None
    with pytest.raises(Refused, match="another one than the first"):
        deciding.second(held.clerk, found)
    deciding.second(held.supervisor, found)
    assert clocks.held_until(held.stay)[0] == FREE + timedelta(hours=48)
    assert "second" not in open_sources(held.ask)


def test_a_hold_is_not_recorded_where_it_is_forbidden(desk: Actor, stay: Booking) -> None:
    with pytest.raises(Refused, match="the law here forbids it"):
        deciding.sign(desk, current(make_request(desk, stay)), {"hold": "honor"}, reason="we want to")


def test_a_departure_from_the_answer_says_why_and_needs_a_second_person(held: InTexas) -> None:
    deciding.say_all(held.clerk, held.ask, NO_PROOF)
    with pytest.raises(Refused, match="write why"):
        deciding.sign(held.clerk, current(held.ask), {"hold": "decline"})
    found = deciding.sign(held.clerk, current(held.ask), {"hold": "decline"}, reason="mistaken identity")
    assert found.needs_second == ["hold"]
    assert not clocks.in_force(found)


@pytest.mark.parametrize(
    ("answer", "choice", "departs"),
    [
        ("required", "honor", False), ("required", "decline", True), ("allowed", "honor", False),
        ("allowed", "decline", False), ("forbidden", "honor", True), ("forbidden", "decline", False),
        ("unknown", "honor", True), ("unknown", "decline", False), ("conflict", "honor", True),
        ("unregulated", "honor", False), ("unregulated", "decline", False),
    ],
)  # fmt: skip
def test_which_choice_departs_from_which_answer(answer: str, choice: str, departs: bool) -> None:
    assert deciding.departs(answer, choice) is departs


# -------------------------------------------------------------------------------------- claims of citizenship


def test_a_claim_of_citizenship_stops_the_hold_until_it_was_reviewed(held: InTexas) -> None:
    deciding.say_all(held.clerk, held.ask, NO_PROOF)
    deciding.sign(held.clerk, current(held.ask), HONOR)
    deciding.second(held.supervisor, current(held.ask))
    claim = asking.claim_citizenship(held.clerk, held.stay, says="born in Austin")
    assert clocks.held_until(held.stay) == (None, "")
    with pytest.raises(Refused, match="the reason"):
        asking.review_claim(held.supervisor, claim, finding="no_proof", says="")
    asking.review_claim(held.supervisor, claim, finding="no_proof", says="no document was found")
    with pytest.raises(Refused, match="reviewed already"):
        asking.review_claim(held.supervisor, claim, finding="proof", says="again")
    assert Due.objects.get(source=f"citizen/{claim.pk}").done_at == NOW


def test_proof_of_citizenship_ends_the_duty_to_hold(held: InTexas) -> None:
    claim = asking.claim_citizenship(held.clerk, held.stay, says="born in Austin", proof_kind="passport")
    asking.review_claim(held.supervisor, claim, finding="proof", says="passport seen")
    assert outcome(held.ask) == "unregulated"
    assert "art. 2A.060" in current(held.ask).law["excepted"]["hold"][0]["cite"]


def test_a_record_check_changes_the_answer_in_california(desk: Actor, stay: Booking, people: People) -> None:
    desk.agency.place = "us/ca/fresno-county"
    desk.agency.settings = {"facts": {"release.public_information": False}}
    desk.agency.save()
    stay.agency.refresh_from_db()
    ask = make_request(desk, stay)
    assert outcome(ask, "notify_release") == "unknown"
    files.add_charge(
        desk, stay, statute="PC 459", status="convicted", grade="misdemeanor", wobbler=True,
        convicted_on=NOW.date().replace(year=2019),
    )  # fmt: skip
    files.know_record(desk, stay, True)
    deciding.say_all(desk, ask, {"person.offender_registrant": False, "person.federal_felony_warrant": False})
    assert outcome(ask, "notify_release") == "forbidden"
