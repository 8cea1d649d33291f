"""A file with a detainer in it, answered and signed, from which every paper can be printed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bailiwick.custody import asking, deciding, files, subpoenas
from bailiwick.custody.acting import Actor
from bailiwick.custody.models import Agency, Booking, Request, Subpoena, User

AT = datetime(2026, 3, 2, 11, 30, tzinfo=UTC)


@dataclass
class File:
    """One stay with a detainer; the clerk acts at 03:30 in Los Angeles."""

    actor: Actor
    booking: Booking
    request: Request
    subpoena: Subpoena

    def about(self, paper: str) -> dict[str, Any]:
        """What a paper is printed about."""
        if paper == "subpoena_reply":
            return {"subpoena": self.subpoena}
        return {"booking": self.booking} if paper == "record_extract" else {"request": self.request}


def make_file(
    agency: Agency, clerk: User, *, signed: bool = True, number: str = "26-004417", **person: Any
) -> File:
    """Alex Doe, booked the evening before; a detainer at 22:00, a bond at 03:20."""
    night = Actor(agency, AT - timedelta(hours=6), clerk)
    known = {
        "family_name": "Doe",
        "given_name": "Alex",
        "lawyer_name": "Pat Lee",
        "lawyer_contact": "555-0199",
    } | person
    booking = files.book(
        night, number=number, person=known, booked_at=AT - timedelta(hours=8),
        grounds=[{"kind": "arrest", "opened_at": AT - timedelta(hours=8)}],
        charges=[{"statute": "PC 484", "status": "arrested", "grade": "misdemeanor"}], charges_complete=True,
    )  # fmt: skip
    request = asking.receive(
        night, booking, kind="immigration_detainer", form="I-247A", received_at=AT - timedelta(hours=6),
        requesting_agency="U.S. Immigration and Customs Enforcement, Los Angeles", requesting_officer="Officer R. Roe",
        warrant="administrative", signed=True, complete=True, basis=["biometric_match"],
    )  # fmt: skip
    actor = Actor(agency, AT, clerk)
    files.end_ground(actor, booking.grounds.get(), at=AT - timedelta(minutes=10), how="bond posted")
    subpoena = subpoenas.take_in(
        actor, number=f"S-{number}", kind="information_request", issued_by="A court", named_person="Alex Doe",
        received_at=AT - timedelta(hours=1), asks_for="Records",
    )  # fmt: skip
    subpoenas.answer(actor, subpoena, says="No record is given: § 6103 does not apply.")
    request.refresh_from_db()
    if signed:
        sign(actor, request)
    booking.refresh_from_db()
    subpoena.refresh_from_db()
    return File(actor, booking, request, subpoena)


def sign(actor: Actor, request: Request) -> None:
    """The clerk signs what the law of Los Angeles leaves: no hold, no notice, no transfer."""
    answer = request.answers.get(superseded_at=None)
    deciding.sign(actor, answer, {"hold": "decline", "notify_release": "decline", "transfer": "decline"})


@pytest.fixture
def make(agency: Agency, clerk: User) -> Callable[..., File]:
    agency.contact, agency.telephone = "Records desk", "555-0100"
    agency.save()

    def made(**more: Any) -> File:
        return make_file(agency, clerk, **more)

    return made


@pytest.fixture
def file(make: Callable[..., File]) -> File:
    return make()
