"""The demonstration's jail: made through the services, once, and true."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
from django.test import Client
from django.utils import timezone

from bailiwick.custody.models import Agency, Booking, Due, Request, Role, Subpoena, User
from bailiwick.desk import demo
from bailiwick.engine.facts import FACTS
from bailiwick.record.models import Event
from tests.desk.conftest import text


@pytest.fixture(scope="module", autouse=True)
def _loaded(_server: str) -> Iterator[None]:
    """The demonstration is loaded once for these tests, inside a transaction that is rolled back."""
    from django.db import transaction

    with transaction.atomic():
        demo.load()
        yield
        transaction.set_rollback(True)


def jail() -> Agency:
    return Agency.objects.get(place="us/ca/fresno-county")


def test_four_hundred_people_are_in_custody() -> None:
    assert Booking.objects.filter(agency=jail(), left_at=None).count() == 400
    assert Booking.objects.filter(agency=jail()).exclude(left_at=None).count() > 20
    assert Booking.objects.exclude(agency=jail()).filter(agency__place__startswith="us/tx/").count() >= 5


def test_requests_of_every_kind_and_queues_of_every_sort_are_there() -> None:
    assert set(Request.objects.values_list("kind", flat=True)) == set(FACTS["request.kind"].values)
    open_ = set(Due.objects.filter(agency=jail(), done_at=None, void_at=None).values_list("kind", flat=True))
    kinds = Due.Kind
    # Unmatched imports come from an import, and a review of the log from a week that has passed.
    assert open_ == set(kinds) - {kinds.IMPORT, kinds.LOG_REVIEW}
    assert set(Subpoena.objects.values_list("state", flat=True)) == set(Subpoena.State)


def test_a_bond_was_posted_minutes_ago_and_stands_first() -> None:
    client = Client()
    client.force_login(User.objects.get(username="clerk"))
    home = text(client.get("/"))
    now = timezone.now()
    newest = Booking.objects.filter(agency=jail(), t0__lte=now, left_at=None).order_by("t0").last()
    assert newest is not None
    assert newest.t0 is not None
    assert (now - newest.t0).total_seconds() < 300
    assert newest.number in home


def test_nothing_happens_after_the_moment_of_loading_and_the_record_is_in_order() -> None:
    times: list[datetime] = list(
        Event.objects.exclude(kind="account.made").order_by("pk").values_list("at", flat=True)
    )
    assert times == sorted(times)
    assert times[-1] <= timezone.now()


def test_loading_again_changes_nothing() -> None:
    before = Event.objects.count()
    assert demo.load() == demo.log_ins()
    assert Event.objects.count() == before


def test_each_role_has_a_log_in_with_the_printed_password() -> None:
    users = {user.username: user for user in User.objects.order_by("pk")}
    assert {user.role for user in users.values()} == set(Role)
    assert any(user.compliance_officer for user in users.values())
    printed = demo.log_ins()
    assert demo.PASSWORD in printed[0]
    assert [line.split()[0] for line in printed[1:]] == [row[0] for row in demo.LOG_INS] == list(users)
    assert users["clerk"].check_password(demo.PASSWORD)


def test_the_hold_in_texas_ends_within_two_hours() -> None:
    now = timezone.now()
    due = Due.objects.get(
        kind=Due.Kind.FREE, booking__agency__place__startswith="us/tx/", done_at=None, void_at=None
    )
    assert due.due_at is not None
    assert 3600 < (due.due_at - now).total_seconds() < 7200


def test_little_that_is_due_was_left_lying() -> None:
    """A clerk finds what is new at the top: nothing on paper waits for more than three days."""
    now = timezone.now()
    papers = Due.objects.filter(kind=Due.Kind.PAPER, done_at=None, void_at=None)
    assert [due.what for due in papers if (now - due.since).total_seconds() > 3 * 86400] == []
