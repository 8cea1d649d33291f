"""People of a jail in California and of one in Texas, each at a standing clock."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bailiwick.custody.acting import Actor
from bailiwick.custody.models import Agency, Booking, Request
from tests.conftest import People, make_agency
from tests.desk.conftest import NOW, make_booking, make_request

__all__ = ["NOW"]


@pytest.fixture
def desk(agency: Agency, people: People) -> Actor:
    """The clerk in California, at 03:22."""
    return Actor(agency, NOW, people.clerk)


@pytest.fixture
def stay(desk: Actor) -> Booking:
    """Somebody whose last ground ended at 03:20."""
    return make_booking(desk)


@pytest.fixture
def texas(db: None) -> Agency:
    return make_agency("Travis County Jail", "us/tx/travis-county", zone="America/Chicago")


class InTexas:
    """A detainer in Texas where no proof was shown: a hold is required."""

    def __init__(self, agency: Agency) -> None:
        self.people = People(agency)
        self.clerk = Actor(agency, NOW, self.people.clerk)
        self.supervisor = Actor(agency, NOW, self.people.supervisor)
        self.stay = make_booking(self.clerk)
        self.ask: Request = make_request(self.clerk, self.stay)

    def later(self, **length: float) -> Actor:
        return self.clerk.later(NOW + timedelta(**length))


@pytest.fixture
def held(texas: Agency) -> InTexas:
    return InTexas(texas)
