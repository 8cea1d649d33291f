"""Letters of alarm: claimed before they leave, noted once, sent again only where nobody knows, and then they say so."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import OperationalError, connection, connections
from django.test import Client, override_settings

from bailiwick.custody import clocks
from bailiwick.custody.acting import Actor
from bailiwick.custody.exchange import handing, letters
from bailiwick.custody.models import Agency, Alarm, Booking, Due, Letter
from bailiwick.desk.timeline import timeline
from bailiwick.record.models import Event
from tests.conftest import PASSWORD, People, make_agency
from tests.desk.conftest import make_booking

AT = datetime(2026, 3, 2, 11, 22, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def jail(db: None) -> Agency:
    return make_agency(alarm_email="watch@example.org")


@pytest.fixture
def stay(jail: Agency) -> Booking:
    return make_booking(Actor(jail, AT - timedelta(hours=1), People(jail).clerk))


def letter_of(jail: Agency, stay: Booking, address: str = "watch@example.org", n: int = 1) -> Letter:
    due = Due.objects.create(
        agency=jail, booking=stay, kind=Due.Kind.NOTICE, source=f"notice/{n}", what="give the person a copy", since=AT,
        due_at=AT,
    )  # fmt: skip
    alarm = Alarm.objects.create(agency=jail, due=due, stage="missed", at=AT, raised_at=AT)
    return letters.queue(alarm, address)


@pytest.fixture
def letter(jail: Agency, stay: Booking) -> Letter:
    return letter_of(jail, stay)


class Server(BaseEmailBackend):
    """A mail server that does as it is told: take the letter, refuse it, or fail at some point."""

    took: list[EmailMessage]
    fails: list[Exception | None]
    after: list[Exception | None]

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for one in email_messages:
            error = Server.fails.pop(0) if Server.fails else None
            if error:
                raise error
            Server.took.append(one)
            error = Server.after.pop(0) if Server.after else None
            if error:
                raise error
        return len(email_messages)


@pytest.fixture
def server() -> Iterator[type[Server]]:
    Server.took, Server.fails, Server.after = [], [], []
    with override_settings(EMAIL_BACKEND="tests.jobs.test_letters.Server"):
        yield Server


def events(kind: str) -> list[dict[str, Any]]:
    return [event.data for event in Event.objects.filter(kind=kind).order_by("id")]


def test_a_letter_says_what_and_when_and_names_nobody(letter: Letter, stay: Booking) -> None:
    mail.outbox = []
    assert letters.deliver_due(AT) == 1
    sent = mail.outbox[0]
    assert sent.to == ["watch@example.org"]
    assert stay.number in sent.subject
    assert "Due: 2026-03-02 03:22 PST" in sent.body
    assert stay.person.family_name not in sent.body + sent.subject
    assert sent.extra_headers["Message-ID"] == f"<alarm-{letter.alarm_id}@bailiwick.{letter.agency_id}>"
    assert letters.deliver_due(AT + timedelta(days=1)) == 0
    assert len(mail.outbox) == 1


def test_a_letter_sent_is_one_event_of_the_record(letter: Letter, stay: Booking, server: Any) -> None:
    letters.deliver_due(AT)
    letter.refresh_from_db()
    assert (letter.sent_at, letter.begun_at, letter.tries) == (AT, None, 1)
    said = events("letter.sent")
    assert [(one["letter"], one["address"], one["try"], one["interrupted_at"]) for one in said] == [
        (letter.pk, "watch@example.org", 1, None)
    ]


def test_the_try_stands_in_the_database_before_the_letter_leaves(
    letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    def send(self: EmailMessage) -> int:
        held = Letter.objects.get(pk=letter.pk)
        seen.append((held.tries, held.begun_at, held.sent_at, connection.savepoint_ids))
        return 1

    monkeypatch.setattr(EmailMessage, "send", send)
    outside = list(connection.savepoint_ids)
    letters.deliver_due(AT)
    assert seen == [(1, AT, None, outside)]  # and in no transaction that could still fall


class Killed(BaseException):
    """The process ends here: nothing of ours runs any more."""


def test_a_try_without_an_end_is_made_again_and_the_letter_says_so(
    letter: Letter, server: type[Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(statement: str, values: Sequence[Any]) -> int:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(letters, "note_at_once", killed)
        with pytest.raises(Killed):
            letters.deliver_due(AT)
    assert events("letter.sent") == []
    assert letters.deliver_due(AT + 59 * timedelta(seconds=1)) == 0
    assert letters.deliver_due(AT + MINUTE) == 1
    first, again = server.took
    assert first.extra_headers["Message-ID"] == again.extra_headers["Message-ID"]
    assert first.body.startswith("Booking ")
    assert again.body.splitlines()[0] == (
        "This letter may have come before: sending it at 2026-03-02 03:22 PST was interrupted before it was known whether it "
        "had gone out. It is the same alarm."
    )
    assert [(one["try"], one["interrupted_at"]) for one in events("letter.sent")] == [
        (2, "2026-03-02T11:22:00Z")
    ]


def test_what_is_noted_twice_is_one_event(
    letter: Letter, server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection is lost after the database took the statement: it is said again."""

    def twice(statement: str, values: Sequence[Any]) -> int:
        handing.note_at_once(statement, values)
        return handing.note_at_once(statement, values)

    monkeypatch.setattr(letters, "note_at_once", twice)
    assert letters.deliver_due(AT) == 1
    assert len(events("letter.sent")) == 1


def test_a_database_that_comes_back_is_told(transactional_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handing, "_PAUSE", 0.01)
    tries = []
    wrapper = type(connections["default"])
    real = wrapper.cursor

    def cursor(self: Any, *args: Any) -> Any:
        tries.append(1)
        if len(tries) < 3:
            raise OperationalError("the database system is starting up")
        return real(self, *args)

    monkeypatch.setattr(wrapper, "cursor", cursor)
    assert handing.note_at_once("UPDATE custody_letter SET tries = 0 WHERE false", []) == 0
    assert len(tries) == 3


def test_a_server_that_refuses_has_not_got_the_letter(letter: Letter, server: type[Server]) -> None:
    server.fails = [smtplib.SMTPDataError(451, b"try again later")]
    assert letters.deliver_due(AT) == 0
    letter.refresh_from_db()
    assert (letter.begun_at, letter.next_at) == (None, AT + MINUTE)
    assert "try again later" in letter.last_answer
    assert letters.deliver_due(AT + MINUTE) == 1
    assert server.took[0].body.startswith("Booking ")


def test_a_line_cut_after_the_server_may_have_taken_it_says_so(letter: Letter, server: type[Server]) -> None:
    server.after = [smtplib.SMTPServerDisconnected("Connection unexpectedly closed")]
    assert letters.deliver_due(AT) == 0
    assert letters.deliver_due(AT + MINUTE) == 1
    assert len(server.took) == 2
    assert server.took[1].body.startswith("This letter may have come before")


def test_one_address_that_is_refused_holds_up_no_other_and_a_silent_server_ends_the_sweep(
    jail: Agency, stay: Booking, letter: Letter, server: type[Server]
) -> None:
    other = letter_of(jail, stay, "other@example.org", n=2)
    server.fails = [smtplib.SMTPRecipientsRefused({"watch@example.org": (550, b"no such mailbox")})]
    assert letters.deliver_due(AT) == 1
    assert [one.to for one in server.took] == [["other@example.org"]]
    other.refresh_from_db()
    third = letter_of(jail, stay, "third@example.org", n=3)
    server.fails = [ConnectionRefusedError("nobody listens")]
    assert letters.deliver_due(AT + MINUTE) == 0
    third.refresh_from_db()
    # the server was asked once: one letter counts the try, the other waits as it was
    assert sorted(Letter.objects.filter(sent_at=None).values_list("tries", flat=True)) in ([0, 2], [1, 1])


def test_it_is_tried_for_hours_and_then_given_up_which_is_an_event(
    letter: Letter, server: type[Server]
) -> None:
    at, tries = AT, 0
    while not Letter.objects.get(pk=letter.pk).given_up_at:
        server.fails = [ConnectionRefusedError("nobody listens")]
        assert letters.deliver_due(at) == 0
        tries += 1
        at = max(at, Letter.objects.get(pk=letter.pk).next_at)
    assert tries == 11
    assert at - AT > timedelta(hours=18)
    assert [(one["tries"], one["answer"]) for one in events("letter.given_up")] == [(11, "nobody listens")]
    assert letters.deliver_due(at + timedelta(days=9)) == 0


def test_a_last_try_without_an_end_is_given_up_too(letter: Letter, server: Any) -> None:
    Letter.objects.filter(pk=letter.pk).update(tries=11, begun_at=AT - MINUTE, next_at=AT)
    assert letters.deliver_due(AT) == 0
    assert server.took == []
    assert "not known" in events("letter.given_up")[0]["answer"]


def test_two_alarms_never_make_two_letters_to_one_address(jail: Agency, letter: Letter) -> None:
    from django.db import IntegrityError, transaction

    with pytest.raises(IntegrityError), transaction.atomic():
        letters.queue(letter.alarm, letter.address)


def test_pages_show_what_waits_what_was_given_up_and_what_may_have_come_twice(
    jail: Agency, stay: Booking, letter: Letter, server: type[Server]
) -> None:
    client = Client()
    client.login(username=People(jail).administrator.username, password=PASSWORD)
    assert "Letters of alarm to look at" not in client.get("/connections").content.decode()
    server.after = [smtplib.SMTPServerDisconnected("closed")]
    letters.deliver_due(AT)
    page = client.get("/connections").content.decode()
    assert "watch@example.org" in page
    assert "waiting" in page
    letters.deliver_due(AT + MINUTE)
    page = client.get("/connections").content.decode()
    assert "May have come twice" in page
    lines = [one.words for one in timeline(stay)[0]]
    assert any("sent to watch@example.org; it may have come twice" in words for words in lines)


def test_letters_of_another_agency_are_not_shown(jail: Agency, letter: Letter, server: type[Server]) -> None:
    server.fails = [ConnectionRefusedError("nobody listens")]
    letters.deliver_due(AT)
    assert list(letters.to_look_at(jail)) == [letter]
    assert list(letters.to_look_at(make_agency("Other"))) == []


def test_what_an_alarm_raises_is_its_letter(jail: Agency, stay: Booking) -> None:
    from bailiwick.desk.jobs import tell

    actor = Actor(jail, AT, People(jail).clerk)
    clocks.owe(
        actor, kind=Due.Kind.NOTICE, source="notice/9", what="a notice", since=AT, due_at=AT + MINUTE, booking=stay
    )  # fmt: skip
    clocks.raise_alarms(AT + MINUTE, tell)
    assert set(Letter.objects.values_list("address", flat=True)) >= {"watch@example.org"}
