"""Generated requests to every operation, with real files behind them: no failure of ours, and every answer as it is described.

Half are valid by the description and half are not. Checks of schemathesis: no 5xx, only described statuses, media types, headers
and shapes, what is not valid is refused, a method that is not described is 405, without the token 401. Left out is
`positive_data_acceptance`: rules that no schema can say (a time that has passed, a booking that exists) refuse with 422 what the
description allows.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import hypothesis
import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, assume, given
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from bailiwick.api.auth import Token
from bailiwick.custody import asking, files, subpoenas
from bailiwick.custody.acting import Actor
from bailiwick.custody.exchange import importing, mapping, webhooks
from bailiwick.custody.models import Agency, Booking, ImportRow, WebhookDelivery
from bailiwick.custody.rights import ABILITIES
from bailiwick.desk.clock import standing_at
from bailiwick.record.models import Leaf
from tests.api.conftest import AT, Program
from tests.api.test_desk import operations
from tests.conftest import People

#: Valid and not valid requests an operation, each; more by hand: BAILIWICK_API_EXAMPLES=100.
EXAMPLES = int(os.environ.get("BAILIWICK_API_EXAMPLES", "3"))


@pytest.fixture
def real(agency: Agency, people: People) -> dict[str, list[int]]:
    """A jail at work: numbers that exist, by the name that a path gives them."""
    clerk = Actor(agency, AT - timedelta(hours=1), people.clerk, how="page")
    booking = files.book(
        clerk, number="26-1", person={"family_name": "Doe", "given_name": "Alex"}, booked_at=AT - timedelta(hours=10),
        grounds=[{"kind": "arrest", "opened_at": AT - timedelta(hours=10)}], charges=[{"statute": "PC 459", "status": "charged"}],
    )  # fmt: skip
    request = asking.receive(
        clerk,
        booking,
        kind="immigration_detainer",
        received_at=AT - timedelta(hours=5),
        form="I-247A",
        warrant="administrative",
    )
    webhook = webhooks.make(
        Actor(agency, AT, people.administrator), url="https://hook.example/", kinds=["booking.made"]
    )
    files.book(
        clerk,
        number="26-2",
        person={"family_name": "Roe", "given_name": "Sam"},
        booked_at=AT - timedelta(hours=9),
    )
    WebhookDelivery.objects.update(given_up_at=AT)
    subpoena = subpoenas.take_in(
        clerk,
        number="92",
        kind="administrative_subpoena",
        issued_by="ICE",
        received_at=AT - timedelta(days=1),
    )
    plan = mapping.Plan.of(
        "bookings",
        {
            "columns": {
                "number": "number",
                "family_name": "family_name",
                "given_name": "given_name",
                "booked_at": "booked_at",
            }
        },
    )
    run = importing.run_file(
        clerk,
        plan,
        lambda: io.BytesIO(b"number,family_name,given_name,booked_at\n3,Doe,,x\n"),
        name="jail.csv",
    )
    return {
        "booking": list(Booking.objects.values_list("pk", flat=True)),
        "ground": [booking.grounds.get().pk],
        "charge": [booking.charges.get().pk],
        "requests": [request.pk],
        "subpoenas": [subpoena.pk],
        "imports": [run.pk],
        "import-rows": [ImportRow.objects.get().pk],
        "webhooks": [webhook.pk],
        "deliveries": [WebhookDelivery.objects.get().pk],
        "record": list(Leaf.objects.values_list("number", flat=True)[:3]) or [0],
    }


@pytest.fixture
def application() -> Iterator[Any]:
    """The desk as a server runs it, on the connection of the test: it is not closed after each request."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield get_wsgi_application()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def programs(people: People) -> Iterator[Any]:
    """A token that may do what an operation needs."""
    made: dict[str, Program] = {}

    def of(abilities: tuple[str, ...]) -> Program:
        role = sorted(ABILITIES[abilities[0]])[0]
        if role not in made:
            made[role] = Program(getattr(people, role))
        return made[role]

    with standing_at(AT):
        yield of


def test_generated_requests_meet_no_failure_and_only_described_answers(
    real: dict[str, list[int]], programs: Any, application: Any
) -> None:
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    needs = {
        (method, path.replace("{path:", "{").replace("{int:", "{")): [
            one.abilities for one in operation.auth_callbacks or () if isinstance(one, Token)
        ]
        for method, path, operation in operations()
    }
    seen = 0
    for result in schema.get_all_operations():
        operation = result.ok()
        path = operation.path.removeprefix("/api/v1")
        found = needs[operation.method.upper(), path]
        headers = {"Authorization": f"Bearer {programs(found[0]).text}"} if found else {}
        place = path.split("/")[1]
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            _meet(
                operation,
                mode,
                headers,
                {
                    name: real.get(name) or real.get(place, [])
                    for name in ("booking", "ground", "charge", "number")
                },
            )
            seen += 1
    assert seen == 2 * len(needs)


def _meet(operation: Any, mode: GenerationMode, headers: dict[str, str], real: dict[str, list[int]]) -> None:
    @given(st.data())
    @hypothesis.settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def meet(data: Any) -> None:
        case = data.draw(operation.as_strategy(generation_mode=mode))
        # a word with an empty list is not sent at all: what was to be wrong about the request would be right
        assume(all(value not in ([], {}) for value in (case.query or {}).values()))
        for name in case.path_parameters or {}:
            if real.get(name) and mode is GenerationMode.POSITIVE:
                case.path_parameters[name] = data.draw(st.sampled_from(real[name]))
        with transaction.atomic():
            case.call_and_validate(headers=headers, excluded_checks=[positive_data_acceptance])
            transaction.set_rollback(True)

    try:
        meet()
    except hypothesis.errors.Unsatisfiable:
        assert mode is GenerationMode.NEGATIVE  # nothing about it can be wrong
