"""The file: bookings, grounds, charges, and two people who change it at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bailiwick.custody import files
from bailiwick.custody.acting import Actor
from bailiwick.custody.errors import Edited, Refused
from bailiwick.custody.models import Agency, Booking, ChargeStatus, Due
from bailiwick.custody.rights import scope_of
from bailiwick.custody.seeing import seeing
from bailiwick.record.models import Event
from tests.conftest import People
from tests.custody.conftest import NOW

PERSON = {"family_name": "Doe", "given_name": "Alex"}


def book(actor: Actor, **more: Any) -> Booking:
    return files.book(actor, **{"number": "1", "person": PERSON, "booked_at": NOW} | more)


def kinds(booking: Booking) -> list[str]:
    return list(
        Event.objects.filter(subject=f"booking/{booking.pk}").order_by("id").values_list("kind", flat=True)
    )


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"number": "  "}, "expected a number"),
        ({"booked_at": NOW + timedelta(seconds=1)}, "in the future"),
        ({"person": PERSON | {"birthplace": "Oaxaca"}}, "may not be collected here"),
        ({"person": PERSON | {"race": "x"}}, "found race"),
        ({"grounds": [{"kind": "whim"}]}, "found 'whim'"),
    ],
)
def test_a_booking_that_is_wrong_is_refused_and_nothing_of_it_stays(
    desk: Actor, wrong: Any, says: str
) -> None:
    with pytest.raises(Refused, match=says):
        book(desk, **wrong)
    assert not Booking.objects.exists()
    assert not Event.objects.exists()


def test_a_number_is_given_once(desk: Actor) -> None:
    book(desk)
    with pytest.raises(Refused, match="Booking 1 exists already"):
        book(desk, number=" 1 ")


def test_a_number_of_a_sealed_file_is_refused_without_a_failure(desk: Actor, people: People) -> None:
    hidden = book(desk)
    files.seal(Actor(desk.agency, NOW, people.supervisor), hidden, because="order of the court")
    with seeing(scope_of(people.clerk)), pytest.raises(Refused, match="Booking 1 exists already"):
        book(desk)


def test_a_juvenile_file_is_made_by_those_who_may_open_it(desk: Actor, people: People) -> None:
    with seeing(scope_of(people.clerk)), pytest.raises(Refused, match="Ask a supervisor or counsel"):
        book(desk, juvenile=True)
    with seeing(scope_of(people.supervisor)):
        made = book(Actor(desk.agency, NOW, people.supervisor), juvenile=True)
    with seeing(scope_of(people.clerk)):
        assert not Booking.objects.filter(pk=made.pk).exists()


def test_t0_is_the_end_of_the_last_ground_and_gone_while_one_is_open(desk: Actor) -> None:
    stay = book(desk, grounds=[{"kind": "arrest"}, {"kind": "warrant"}])
    first, second = stay.grounds.order_by("pk")
    files.end_ground(desk, first, how="bond posted")
    stay.refresh_from_db()
    assert stay.t0 is None
    files.end_ground(desk, second, at=NOW + timedelta(hours=3), how="sentence ends")
    stay.refresh_from_db()
    assert stay.t0 == NOW + timedelta(hours=3)
    assert Due.objects.get(booking=stay, source="t0", void_at=None).due_at == NOW + timedelta(hours=3)
    files.open_ground(desk, stay, kind="charge")
    stay.refresh_from_db()
    assert stay.t0 is None
    assert not Due.objects.filter(booking=stay, source="t0", done_at=None, void_at=None).exists()


def test_a_stay_without_any_ground_has_no_t0(desk: Actor) -> None:
    assert book(desk).t0 is None


def test_a_ground_ends_once_and_not_before_it_began(desk: Actor) -> None:
    ground = book(desk, grounds=[{"kind": "arrest"}]).grounds.get()
    with pytest.raises(Refused, match="after it was opened"):
        files.end_ground(desk, ground, at=NOW - timedelta(minutes=1))
    files.end_ground(desk, ground)
    with pytest.raises(Refused, match="ended already"):
        files.end_ground(desk, ground)


def test_two_people_change_one_file_and_the_second_is_told(desk: Actor) -> None:
    stay = book(desk)
    opened_at = stay.version
    files.add_charge(desk, stay, version=opened_at, statute="PC 459")
    with pytest.raises(Edited) as told:
        files.add_charge(desk, stay, version=opened_at, statute="PC 484")
    assert told.value.found == opened_at + 1
    assert [one.statute for one in stay.charges.all()] == ["PC 459"]


def test_a_charge_keeps_what_its_status_was(desk: Actor) -> None:
    stay = book(desk, charges=[{"statute": "PC 459", "status": "arrested"}])
    charge = stay.charges.get()
    files.change_charge(desk.later(NOW + timedelta(days=1)), charge, status="charged")
    files.change_charge(desk.later(NOW + timedelta(days=2)), charge, description="Burglary")
    history = ChargeStatus.objects.filter(charge=charge).order_by("since")
    assert [(one.status, one.since) for one in history] == [
        ("arrested", NOW),
        ("charged", NOW + timedelta(days=1)),
    ]


def test_a_conviction_and_a_birth_are_not_in_the_future_of_the_place(desk: Actor) -> None:
    """It is 23:59 on the day in Los Angeles, and the next day in UTC already."""
    late = replace(desk, at=datetime(2026, 3, 3, 7, 59, tzinfo=UTC))
    day = date(2026, 3, 2)
    stay = book(late, booked_at=late.at, person=PERSON | {"birth_date": day})
    charge = files.add_charge(late, stay, statute="PC 459", status="convicted", convicted_on=day)
    tomorrow = day + timedelta(days=1)
    with pytest.raises(Refused, match=r"Convicted on: expected today or a day before"):
        files.add_charge(late, stay, statute="PC 484", status="convicted", convicted_on=tomorrow)
    with pytest.raises(Refused, match=r"Convicted on: expected today or a day before"):
        files.change_charge(late, charge, convicted_on=tomorrow)
    with pytest.raises(Refused, match=r"Date of birth: expected today or a day before"):
        files.change_person(late, stay, birth_date=tomorrow)
    charge.refresh_from_db()
    assert [(one.statute, one.convicted_on) for one in stay.charges.all()] == [("PC 459", day)]


def test_another_agency_s_file_is_refused(desk: Actor, texas: Agency) -> None:
    with pytest.raises(Refused, match="belongs to another agency"):
        files.correct(Actor(texas, NOW), book(desk), says="wrong")


def test_each_change_appends_its_event(desk: Actor, people: People) -> None:
    stay = book(desk, grounds=[{"kind": "arrest"}], charges=[{"statute": "PC 459"}])
    files.change_person(desk, stay, lawyer_name="K. Roe")
    files.know_record(desk, stay, True)
    files.correct(desk, stay, says="The section was 484.")
    files.seal(Actor(desk.agency, NOW, people.supervisor), stay, because="order")
    assert kinds(stay) == [
        "booking.made", "ground.opened", "charge.added", "person.changed", "record.known", "file.corrected",
        "booking.sealed",
    ]  # fmt: skip


@pytest.mark.parametrize(("deed", "words"), [("correct", {"says": " "}), ("seal", {"because": ""})])
def test_a_correction_and_a_seal_need_their_words(desk: Actor, deed: str, words: dict[str, str]) -> None:
    with pytest.raises(Refused, match="found nothing"):
        getattr(files, deed)(desk, book(desk), **words)
