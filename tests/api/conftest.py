"""A program with the token of a user: `program("supervisor").get("/api/v1/…")`."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from bailiwick.custody import tokens
from bailiwick.custody.acting import Actor
from bailiwick.custody.models import Agency, User
from bailiwick.desk.clock import standing_at
from tests.conftest import People

AT = datetime(2026, 3, 2, 11, 22, tzinfo=UTC)


class Program:
    """Sends JSON with a token and reads the answer."""

    def __init__(self, user: User) -> None:
        agency = user.agency
        assert agency is not None
        self.user = user
        self.text = tokens.make(Actor(agency, AT, user), name="test")[1]
        self.client = Client(raise_request_exception=False)

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        sent: dict[str, Any] = {}
        if body is not None:
            sent = {
                "data": body if isinstance(body, bytes | str) else json.dumps(body),
                "content_type": "application/json",
            }
        return self.client.generic(
            method, f"/api/v1{path}", **sent, headers={"Authorization": f"Bearer {self.text}", **headers}
        )

    def get(self, path: str) -> Any:
        return self("GET", path)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self("POST", path, {} if body is None else body, **headers)


@pytest.fixture(autouse=True)
def clock() -> Any:
    with standing_at(AT):
        yield


@pytest.fixture
def program(agency: Agency, people: People) -> Callable[[str], Program]:
    """By role, at Example County Jail."""
    return lambda role: Program(getattr(people, role))


@pytest.fixture
def clerks(program: Callable[[str], Program]) -> Program:
    return program("clerk")


def booking_body(number: str = "26-1", **more: Any) -> dict[str, Any]:
    return {
        "number": number,
        "person": {"family_name": "Doe", "given_name": "Alex"},
        "booked_at": (AT - timedelta(hours=10)).isoformat(),
        "grounds": [{"kind": "arrest", "opened_at": (AT - timedelta(hours=10)).isoformat()}],
        **more,
    }
