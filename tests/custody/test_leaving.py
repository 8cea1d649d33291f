"""The release gate."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bailiwick.custody import asking, clocks, deciding, files, leaving
from bailiwick.custody.acting import Actor
from bailiwick.custody.errors import Edited, Refused
from bailiwick.custody.models import Booking, Departure, Due
from bailiwick.record.models import Event
from tests.custody.conftest import NOW, InTexas
from tests.desk.conftest import BOOKED, FREE, make_booking, make_request

WHY = "release was under way"


def give_papers(actor: Actor, stay: Booking) -> None:
    for due in stay.dues.filter(kind=Due.Kind.PAPER, done_at=None, void_at=None):
        clocks.done(actor, due, how="in person")


def depart(actor: Actor, stay: Booking, **more: object) -> Departure:
    return leaving.depart(actor, stay, **{"kind": "released", "at": NOW, "past_limit_reason": WHY} | more)  # type: ignore[arg-type]


def test_a_person_leaves_after_t0_only_with_the_reason_why(desk: Actor, stay: Booking) -> None:
    with pytest.raises(Refused, match="write why"):
        depart(desk, stay, past_limit_reason=" ")
    left = depart(desk, stay)
    assert (left.limit_at, left.past_limit_reason) == (FREE, WHY)
    event = Event.objects.get(kind="departure.recorded")
    assert event.data["past_limit"] is True


def test_at_t0_itself_no_reason_is_asked_and_none_is_kept(desk: Actor, stay: Booking) -> None:
    left = depart(desk, stay, at=FREE)
    assert (left.limit_at, left.past_limit_reason) == (None, "")


@pytest.mark.parametrize(
    ("at", "says"),
    [(NOW + timedelta(minutes=1), "in the future"), (BOOKED - timedelta(minutes=1), "after the booking")],
)
def test_when_somebody_left_is_after_the_booking_and_not_in_the_future(
    desk: Actor, stay: Booking, at: datetime, says: str
) -> None:
    with pytest.raises(Refused, match=says):
        depart(desk, stay, at=at)


def test_nobody_is_released_while_a_ground_is_open_but_may_be_transferred(desk: Actor) -> None:
    stay = make_booking(desk, free=None)
    with pytest.raises(Refused, match="still open"):
        depart(desk, stay)
    assert depart(desk, stay, kind="transferred", to="another county").kind == "transferred"


def test_what_is_owed_is_given_before_the_file_closes(desk: Actor, stay: Booking) -> None:
    make_request(desk, stay)
    with pytest.raises(Refused, match="give the person a copy of the request"):
        depart(desk, stay)
    give_papers(desk, stay)
    assert depart(desk, stay)


def test_a_death_is_recorded_whatever_is_open(desk: Actor) -> None:
    stay = make_booking(desk, free=None)
    make_request(desk, stay)
    assert depart(desk, stay, kind="died", past_limit_reason="").kind == "died"


def test_nobody_is_handed_over_without_signatures_for_it(held: InTexas) -> None:
    found = deciding.say_all(
        held.clerk, held.ask, {"person.citizen_proof": False, "person.lawful_status_proof": False}
    )
    with pytest.raises(Refused, match="Nobody has signed"):
        depart(held.clerk, held.stay, kind="handed_over", to="ICE")
    deciding.sign(held.clerk, found, {"hold": "honor", "transfer": "honor"})
    with pytest.raises(Refused, match="Nobody has signed"):
        depart(held.clerk, held.stay, kind="handed_over", to="ICE")
    deciding.second(held.supervisor, found)
    asking.claim_citizenship(held.clerk, held.stay, says="born in Austin")
    give_papers(held.clerk, held.stay)
    with pytest.raises(Refused, match="citizenship"):
        depart(held.clerk, held.stay, kind="handed_over", to="ICE")


def test_within_the_hold_no_reason_is_asked_and_after_it_one_is(held: InTexas) -> None:
    found = deciding.say_all(
        held.clerk, held.ask, {"person.citizen_proof": False, "person.lawful_status_proof": False}
    )
    deciding.sign(held.clerk, found, {"hold": "honor", "transfer": "honor"})
    deciding.second(held.supervisor, found)
    give_papers(held.clerk, held.stay)
    late = FREE + timedelta(hours=48, minutes=1)
    actor = held.clerk.later(late)
    assert [one.what for one in leaving.gate(held.stay, late - timedelta(minutes=2))] == []
    with pytest.raises(Refused, match="write why"):
        depart(actor, held.stay, kind="handed_over", to="ICE", at=late, past_limit_reason="")
    assert depart(actor, held.stay, kind="handed_over", to="ICE", at=late).limit_at == FREE + timedelta(
        hours=48
    )


def test_a_closed_file_takes_corrections_and_nothing_else(desk: Actor, stay: Booking) -> None:
    ask = make_request(desk, stay)
    give_papers(desk, stay)
    depart(desk, stay)
    assert not stay.dues.filter(done_at=None, void_at=None).exists()
    with pytest.raises(Refused, match="Record a correction"):
        files.add_charge(desk, stay, statute="PC 459")
    with pytest.raises(Refused, match="Record a correction"):
        deciding.say(desk, ask, "person.citizen_proof", True)
    files.correct(desk, stay, says="The person left at 03:40, not at 03:22.")


def test_two_people_cannot_release_one_person_twice(desk: Actor, stay: Booking) -> None:
    version = stay.version
    files.correct(desk, stay, says="something")
    with pytest.raises(Edited):
        depart(desk, stay, version=version)
