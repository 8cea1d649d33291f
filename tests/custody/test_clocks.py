"""What is due, its alarms, and the home page's lists."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from bailiwick.custody import clocks, deciding, files
from bailiwick.custody.acting import Actor
from bailiwick.custody.errors import Refused
from bailiwick.custody.models import Alarm, Booking, Due
from bailiwick.custody.worklist import QUEUES, TIMED, worklist
from bailiwick.record.models import Event
from tests.custody.conftest import NOW, InTexas
from tests.desk.conftest import FREE, make_booking, make_request


@pytest.fixture
def limit(held: InTexas) -> datetime:
    """A hold in force in Texas; the instant it ends."""
    found = deciding.say_all(
        held.clerk, held.ask, {"person.citizen_proof": False, "person.lawful_status_proof": False}
    )
    deciding.sign(held.clerk, found, {"hold": "honor"})
    deciding.second(held.supervisor, found)
    return FREE + timedelta(hours=48)


def free(booking: Booking) -> Due:
    return Due.objects.get(booking=booking, source="t0", done_at=None, void_at=None)


def test_the_release_clock_ends_with_the_hold_and_not_later(held: InTexas, limit: datetime) -> None:
    assert free(held.stay).due_at == limit
    make_request(held.later(hours=47), held.stay, received_at=NOW)
    assert free(held.stay).due_at == limit


def test_alarms_are_raised_once_at_their_instants_and_name_the_owner(held: InTexas, limit: datetime) -> None:
    Due.objects.exclude(source="t0").update(void_at=NOW)
    for at, stage in ((limit - clocks.SOON, "soon"), (limit - clocks.NOW, "now"), (limit, "missed")):
        assert clocks.raise_alarms(at - timedelta(seconds=1)) == 0
        assert clocks.raise_alarms(at, lambda alarm: ["page"]) == 1
        assert clocks.raise_alarms(at) == 0
        assert Alarm.objects.get(stage=stage, raised_at=at).told == ["page"]
    events = Event.objects.filter(kind__in=("alarm.raised", "due.missed")).order_by("id")
    assert [(one.kind, one.data["owner"]) for one in events] == [
        ("alarm.raised", held.people.clerk.username),
        ("alarm.raised", held.people.clerk.username),
        ("due.missed", held.people.clerk.username),
    ]
    assert free(held.stay).missed_at == limit


def test_an_alarm_of_what_was_done_is_not_raised(held: InTexas, limit: datetime) -> None:
    clocks.done(held.clerk, free(held.stay), how="the person left")
    Due.objects.exclude(source="t0").update(void_at=NOW)
    assert clocks.raise_alarms(limit + timedelta(days=1)) == 0


def test_what_is_done_is_done_once(desk: Actor, stay: Booking) -> None:
    due = free(stay)
    clocks.done(desk, due, how="released")
    with pytest.raises(Refused, match="not open any more"):
        clocks.done(desk, due, how="again")


def test_what_was_done_stays_done_when_the_law_answers_again(desk: Actor, stay: Booking) -> None:
    ask = make_request(desk, stay)
    copy = Due.objects.get(request=ask, source="us/ca:truth-act/copy")
    clocks.done(desk, copy, how="in person")
    files.add_charge(desk, stay, statute="PC 187", status="convicted", grade="felony")
    assert not Due.objects.filter(
        request=ask, source="us/ca:truth-act/copy", done_at=None, void_at=None
    ).exists()


def test_48_hours_are_48_hours_when_the_clock_is_set_forward(held: InTexas, limit: datetime) -> None:
    t0 = datetime(2026, 3, 7, 16, 0, tzinfo=UTC)  # Saturday 10:00 CST
    actor = held.clerk.later(t0)
    stay = make_booking(actor, "2", free=t0)
    ask = make_request(actor, stay)
    found = deciding.say_all(actor, ask, {"person.citizen_proof": False, "person.lawful_status_proof": False})
    deciding.sign(actor, found, {"hold": "honor"})
    deciding.second(Actor(actor.agency, t0, held.people.supervisor), found)
    assert free(stay).due_at == datetime(2026, 3, 9, 16, 0, tzinfo=UTC)  # Monday 11:00 CDT


def test_every_open_thing_is_on_exactly_one_list(held: InTexas, limit: datetime) -> None:
    shown = {Due.Kind.FREE, *TIMED, *QUEUES}
    assert shown == set(Due.Kind.values)
    work = worklist(held.clerk.agency, NOW)
    on_lists = len(work.free) + len(work.next) + sum(queue.number for queue in work.queues)
    assert on_lists == Due.objects.filter(agency=held.clerk.agency, done_at=None, void_at=None).count()
    assert {queue.kind for queue in work.queues if not queue.number}, "queues that are empty are listed too"


def test_t0_without_a_hold_counts_up_for_an_hour_and_is_overdue_then(desk: Actor, stay: Booking) -> None:
    assert worklist(desk.agency, NOW).overdue == 0
    assert worklist(desk.agency, FREE + timedelta(minutes=59)).overdue == 0
    assert worklist(desk.agency, FREE + timedelta(minutes=61)).overdue == 1


def test_the_limit_of_a_hold_is_overdue_at_once(held: InTexas, limit: datetime) -> None:
    Due.objects.exclude(source="t0").update(void_at=NOW)
    assert worklist(held.clerk.agency, limit).overdue == 0
    assert worklist(held.clerk.agency, limit + timedelta(seconds=1)).overdue == 1


def test_the_worklist_asks_few_questions_however_much_is_due(held: InTexas) -> None:
    def statements() -> int:
        connection.force_debug_cursor = True
        try:
            before = len(connection.queries)
            worklist(held.clerk.agency, NOW)
            return len(connection.queries) - before
        finally:
            connection.force_debug_cursor = False

    few = statements()
    for number in range(5):
        make_request(held.clerk, make_booking(held.clerk, f"more {number}"))
    assert statements() == few <= 14
