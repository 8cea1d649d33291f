"""People at the desk, a clock that stands, and files to look at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client

from bailiwick.custody import asking, files
from bailiwick.custody.acting import Actor
from bailiwick.custody.models import Agency, Booking, Request
from bailiwick.desk.clock import standing_at
from tests.conftest import People

#: 2 March 2026, 03:22 PST.
NOW = datetime(2026, 3, 2, 11, 22, tzinfo=UTC)
RECEIVED = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
BOOKED = datetime(2026, 3, 1, 20, 0, tzinfo=UTC)
FREE = datetime(2026, 3, 2, 11, 20, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with standing_at(NOW):
        yield


def text(answer: Any) -> str:
    """What a page says, its tags taken out and its spaces made one."""
    body = re.sub(r"(?s)<(script|style)\b.*?</\1>", " ", bytes(answer.content).decode())
    return " ".join(re.sub(r"<[^>]+>", " ", body).replace("&#x27;", "'").split())


def client_of(people: People, role: str) -> Client:
    client = Client()
    client.force_login(getattr(people, role))
    return client


@pytest.fixture
def desk(people: People) -> Any:
    """A browser of somebody in a role: `desk("clerk")`."""
    return lambda role: client_of(people, role)


def actor_for(agency: Agency, user: Any, at: datetime = NOW) -> Actor:
    return Actor(agency, at, user)


def make_booking(
    actor: Actor, number: str = "26-004417", *, free: datetime | None = FREE, **person: Any
) -> Booking:
    """Somebody booked, whose one ground ended at `free` (None: it is open)."""
    early = actor.later(BOOKED)
    fields = {
        "family_name": "Doe",
        "given_name": "Alex",
        "birth_date": date(1994, 5, 4),
        "language": "es",
    }
    booking = files.book(
        early, number=number, person=fields | person, booked_at=BOOKED,
        grounds=[{"kind": "arrest", "says": "PC 459", "opened_at": BOOKED}],
        charges=[{"statute": "PC 484", "status": "arrested", "grade": "misdemeanor"}],
    )  # fmt: skip
    if free is not None:
        files.end_ground(actor.later(free), booking.grounds.get(), how="bond posted")
        booking.refresh_from_db()
    return booking


def make_request(actor: Actor, booking: Booking, **more: Any) -> Request:
    """An I-247A with an I-200, received at 22:00, only the biometric box ticked, not served."""
    fields = {
        "kind": "immigration_detainer", "form": "I-247A", "received_at": RECEIVED, "warrant": "administrative",
        "signed": True, "complete": True, "basis": ["biometric_match"],
        "requesting_agency": "U.S. Immigration and Customs Enforcement",
    } | more  # fmt: skip
    return asking.receive(actor, booking, **fields)


@pytest.fixture
def booking(agency: Agency, people: People) -> Booking:
    return make_booking(actor_for(agency, people.clerk))


@pytest.fixture
def ask(agency: Agency, people: People, booking: Booking) -> Request:
    return make_request(actor_for(agency, people.clerk), booking)
