"""Alarms: raised at their instants, each once, to whom it concerns; a missed one is an event."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django import app

from bailiwick.custody import asking, clocks, deciding, files
from bailiwick.custody.acting import Actor
from bailiwick.custody.exchange import webhooks
from bailiwick.custody.models import Agency, Alarm, Booking, Due, Letter, User
from bailiwick.desk import import_jobs, jobs
from bailiwick.desk.clock import standing_at
from bailiwick.record.models import Event
from tests.conftest import People, make_agency

CENTRAL = ZoneInfo("America/Chicago")
#: 22:00 on Friday, 6 March 2026 in Texas, a day and a half before clocks go forward at 02:00 on Sunday.
#: In UTC, because Python adds hours to local times by the clock on the wall.
T0 = datetime(2026, 3, 6, 22, 0, tzinfo=CENTRAL).astimezone(UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def texas(db: None) -> Agency:
    return make_agency(
        "Example County Jail, Texas",
        "us/tx/hays-county",
        zone="America/Chicago",
        alarm_email="watch@example.org",
    )


@pytest.fixture
def held(texas: Agency) -> Booking:
    """Somebody held on a detainer: two people signed, and the last ground ended at T0."""
    people = People(texas)
    User.objects.filter(pk=people.supervisor.pk).update(email="supervisor@example.org")
    early = T0 - 10 * HOUR
    actor = Actor(texas, early, people.clerk)
    booking = files.book(
        actor, number="26-000001", person={"family_name": "Doe", "given_name": "Alex"}, booked_at=early,
        grounds=[{"kind": "arrest"}], charges_complete=True,
    )  # fmt: skip
    request = asking.receive(
        actor, booking, kind="immigration_detainer", form="I-247A", received_at=early, warrant="administrative",
        signed=True, complete=True,
    )  # fmt: skip
    asked = {"person.citizen_proof": False, "person.lawful_status_proof": False}
    deciding.say_all(actor, request, asked)
    answer = request.answers.get(superseded_at=None)
    deciding.sign(actor, answer, {"hold": "honor"})
    deciding.second(Actor(texas, early, people.supervisor), answer)
    files.end_ground(Actor(texas, T0, people.supervisor), booking.grounds.get(), at=T0, how="bond posted")
    return booking


def free(booking: Booking) -> Due:
    return booking.dues.get(kind=Due.Kind.FREE, done_at=None, void_at=None)


def raised(booking: Booking, at: datetime) -> list[str]:
    """What is raised about the release clock when somebody looks at this instant."""
    before = set(Alarm.objects.exclude(raised_at=None).values_list("pk", flat=True))
    clocks.raise_alarms(at)
    now = Alarm.objects.filter(due=free(booking)).exclude(raised_at=None).exclude(pk__in=before)
    return list(now.order_by("at").values_list("stage", flat=True))


def test_alarms_come_at_40_and_47_hours_and_when_the_48_have_run_across_the_change_of_clocks(
    held: Booking,
) -> None:
    due = free(held)
    # 48 hours that run through, by the clock on the wall 49: 23:00 on Sunday.
    assert due.due_at == T0 + 48 * HOUR
    assert due.due_at is not None
    assert f"{due.due_at.astimezone(CENTRAL):%A %H:%M %Z}" == "Sunday 23:00 CDT"
    second = timedelta(seconds=1)
    assert raised(held, T0 + 40 * HOUR - second) == []
    assert raised(held, T0 + 40 * HOUR) == ["soon"]
    assert raised(held, T0 + 47 * HOUR - second) == []
    assert raised(held, T0 + 47 * HOUR) == ["now"]
    assert raised(held, T0 + 48 * HOUR - second) == []
    assert raised(held, T0 + 48 * HOUR) == ["missed"]
    assert raised(held, T0 + 60 * HOUR) == []


def test_an_alarm_is_an_event_that_names_its_owner_and_a_missed_one_another(held: Booking) -> None:
    clocks.raise_alarms(T0 + 40 * HOUR)
    first = Event.objects.filter(kind="alarm.raised", subject=f"booking/{held.pk}").get()
    assert first.data["owner"] == People(held.agency).supervisor.username
    assert first.data["stage"] == "soon"
    assert free(held).missed_at is None
    clocks.raise_alarms(T0 + 48 * HOUR)
    missed = Event.objects.filter(kind="due.missed", subject=f"booking/{held.pk}").get()
    assert missed.at == T0 + 48 * HOUR
    assert free(held).missed_at == T0 + 48 * HOUR


def test_nothing_is_raised_about_what_was_done_in_time(held: Booking, texas: Agency) -> None:
    clocks.done(Actor(texas, T0 + HOUR, People(texas).clerk), free(held), how="the person left")
    assert clocks.raise_alarms(T0 + 60 * HOUR) == 0
    assert not Event.objects.filter(kind="due.missed").exists()


def test_it_escalates_from_the_page_to_its_owner_to_the_agency_and_its_systems(
    held: Booking, texas: Agency
) -> None:
    actor = Actor(texas, T0, People(texas).supervisor)
    hook = webhooks.make(actor, url="https://example.org/hook", kinds=["due.missed"])
    told = []
    for hours in (40, 47, 48):
        clocks.raise_alarms(T0 + hours * HOUR, jobs.tell)
        told.append(Alarm.objects.filter(due=free(held), raised_at=T0 + hours * HOUR).get().told)
    owner, agency = "e-mail supervisor@example.org", "e-mail watch@example.org"
    assert told == [["page", owner], ["page", owner, agency], ["page", owner, agency, "webhook example.org"]]
    queued = Letter.objects.order_by("pk").values_list("address", flat=True)
    assert [address.partition("@")[0] for address in queued] == [
        "supervisor", "supervisor", "watch", "supervisor", "watch",
    ]  # fmt: skip
    assert webhooks.waiting(hook).count() == 1


def test_no_letter_goes_out_for_an_alarm_whose_transaction_failed(held: Booking) -> None:
    def failing(alarm: Alarm) -> list[str]:
        jobs.tell(alarm)
        raise RuntimeError("the machine stopped here")

    with pytest.raises(RuntimeError), transaction.atomic():
        clocks.raise_alarms(T0 + 48 * HOUR, failing)
    assert not Letter.objects.exists()
    assert not Alarm.objects.exclude(raised_at=None).exists()


def test_two_workers_raise_each_alarm_once(transactional_db: str) -> None:
    agency = make_agency()
    clerk = People(agency).clerk
    at = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
    actor = Actor(agency, at, clerk)
    for n in range(40):
        with transaction.atomic():
            clocks.owe(
                actor, kind=Due.Kind.NOTICE, source=f"notice/{n}", what="a notice", since=at - HOUR, due_at=at + HOUR / 60
            )  # fmt: skip
    counts: list[int] = []

    def work() -> None:
        try:
            counts.append(clocks.raise_alarms(at + HOUR))
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(counts) == 40
    dues = [event.data["due"] for event in Event.objects.filter(kind="due.missed")]
    assert sorted(dues) == sorted(Due.objects.values_list("pk", flat=True))


def test_the_jobs_of_the_clock_are_queued_once_however_many_workers_look(db: None) -> None:
    from procrastinate.exceptions import AlreadyEnqueued

    jobs.alarms.defer()
    with pytest.raises(AlreadyEnqueued), transaction.atomic():
        jobs.alarms.defer()


def test_every_minute_the_clock_is_looked_at(db: None) -> None:
    assert import_jobs.imports
    crons = {
        one.task.name.rpartition(".")[2]: one.cron for one in app.periodic_registry.periodic_tasks.values()
    }
    assert {name: crons[name] for name in ("alarms", "post", "deliveries", "imports", "stalled", "checkpoint")} == {
        "alarms": "* * * * *", "post": "* * * * *", "deliveries": "* * * * *", "imports": "* * * * *",
        "stalled": "* * * * *", "checkpoint": "0 * * * *",
    }  # fmt: skip


def test_where_alarms_are_raised_the_letters_are_looked_at_at_once(held: Booking) -> None:
    with standing_at(T0 + 40 * HOUR):
        jobs.alarms(0)
    assert _queued() == {"deliveries": 1, "post": 1}


def test_more_alarms_than_one_look_raises_are_looked_at_again_at_once(
    held: Booking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "MOST", 1)
    with standing_at(T0 + 48 * HOUR):
        jobs.alarms(0)
        assert _queued() == {"alarms": 1, "deliveries": 1, "post": 1}
        jobs.post(0)  # one letter to the owner went out; another waits for its turn
    assert _queued()["post"] == 1


def _queued() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name, count(*) FROM procrastinate_jobs WHERE status = 'todo' GROUP BY 1")
        return {name.rpartition(".")[2]: n for name, n in cursor.fetchall()}


def test_the_sweep_goes_by_the_clock_of_the_edge(held: Booking) -> None:
    with standing_at(T0 + 40 * HOUR):
        jobs.alarms(0)
    assert Event.objects.filter(kind="alarm.raised").exists()


def test_checkpoints_are_signed_where_a_key_is_given(
    transactional_db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bailiwick.record.keys import make_key
    from bailiwick.record.models import Checkpoint

    monkeypatch.delenv("BAILIWICK_RECORD_KEY", raising=False)
    jobs.checkpoint(0)
    assert not Checkpoint.objects.exists()
    monkeypatch.setenv("BAILIWICK_RECORD_KEY", make_key("record.example-county.gov"))
    jobs.checkpoint(0)
    assert Checkpoint.objects.count() == 1


def test_old_closed_files_are_sealed_where_the_agency_says_so(texas: Agency) -> None:
    from bailiwick.custody import leaving

    people = People(texas)
    for number, days in (("old", 31), ("young", 29)):
        then = T0 - timedelta(days=days)
        actor = Actor(texas, then, people.clerk)
        booking = files.book(
            actor, number=number, person={"family_name": "Doe", "given_name": "Alex"}, booked_at=then - HOUR,
            grounds=[{"kind": "arrest", "opened_at": then - HOUR}],
        )  # fmt: skip
        files.end_ground(actor, booking.grounds.get(), at=then)
        leaving.depart(actor, booking, kind="released", at=then)
    texas.seal_after_days = 30
    texas.save()
    with standing_at(T0):
        jobs.retention(0)
    assert list(Booking.objects.exclude(sealed_at=None).values_list("number", flat=True)) == ["old"]


def test_every_day_the_last_week_of_the_log_is_put_on_the_list_once(transactional_db: str) -> None:
    """As a worker runs it: in no transaction."""
    make_agency()
    with standing_at(T0):
        for _ in range(2):
            jobs.accounts(0)
    due = Due.objects.get()
    assert (due.kind, due.what) == (Due.Kind.LOG_REVIEW, "review the log of the week from 2026-02-23")
    assert Event.objects.filter(kind="due.set").count() == 1
