"""The interface with a token: the same services, rights and rows as the pages; one shape of errors; safe to repeat."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client, override_settings

from bailiwick.api.auth import Token
from bailiwick.api.urls import api
from bailiwick.custody import tokens
from bailiwick.custody.acting import Actor
from bailiwick.custody.models import ApiToken, Booking, Person, Role, User
from bailiwick.custody.rights import ABILITIES
from bailiwick.record.models import Event
from tests.api.conftest import AT, Program, booking_body
from tests.conftest import make_agency, make_user


def operations() -> list[tuple[str, str, Any]]:
    """Method, path and operation of the whole interface."""
    found = []
    for prefix, router in api._routers:
        for path, view in router.path_operations.items():
            for operation in view.operations:
                found += [(method, f"{prefix}{path}", operation) for method in operation.methods]
    return found


def abilities(operation: Any) -> tuple[str, ...]:
    callbacks = [one for one in operation.auth_callbacks or () if isinstance(one, Token)]
    return callbacks[0].abilities if callbacks else ()


def filled(path: str) -> str:
    """A path with numbers that nothing has."""
    words = {"table": "bookings", "name": "x", "path": "us/ca"}
    out = ""
    for part in path.split("{"):
        name, closed, rest = part.partition("}")
        out += (words.get(name.rpartition(":")[2], "999") + rest) if closed else part
    return out


def error(response: Any, status: int) -> dict[str, Any]:
    """The one shape."""
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/json"
    body: dict[str, Any] = response.json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"where", "message"}
    assert isinstance(body["error"]["message"], str)
    return body["error"]


# ------------------------------------------------------------------------------------------------------- who may what


@pytest.mark.parametrize("role", Role.values)
def test_every_role_is_refused_exactly_what_it_may_not_do(
    program: Callable[[str], Program], role: str
) -> None:
    ask = program(role)
    for method, path, operation in operations():
        needed = abilities(operation)
        if not needed:
            continue
        status = ask(method, filled(path), {} if method in ("POST", "PATCH", "PUT") else None).status_code
        may = any(role in ABILITIES[one] for one in needed)
        assert (status != 403) is may, (role, method, path, status)
        assert status < 500, (method, path)


def test_without_a_token_everything_but_the_law_is_refused() -> None:
    for method, path, operation in operations():
        response = Client().generic(method, f"/api/v1{filled(path)}")
        if abilities(operation):
            error(response, 401)
            assert response["WWW-Authenticate"] == "Bearer"
        else:
            assert response.status_code != 401


def test_operations_without_a_token_are_these_and_no_others() -> None:
    free = {path for _, path, operation in operations() if not abilities(operation)}
    assert free == {"/decide", "/facts", "/places", "/law/{path:place}"}


def test_signing_is_not_offered_to_programs() -> None:
    paths = " ".join(path for _, path, _ in operations())
    assert not [word for word in ("sign", "second", "review", "seal") if word in paths]


@pytest.mark.parametrize("token", ["", "x", "bailiwick_x", "bailiwick_" + "A" * 43])
def test_a_token_that_is_none_is_refused(db: None, token: str) -> None:
    error(Client(headers={"Authorization": f"Bearer {token}"}).get("/api/v1/me"), 401)


def test_a_revoked_token_and_one_of_a_disabled_user_are_refused(clerks: Program) -> None:
    assert clerks.get("/me").json()["username"] == clerks.user.username
    tokens.revoke(Actor(clerks.user.agency, AT, clerks.user), ApiToken.objects.get())  # type: ignore[arg-type]
    error(clerks.get("/me"), 401)


def test_a_locked_user_has_no_token_either(clerks: Program) -> None:
    User.objects.filter(pk=clerks.user.pk).update(locked_at=AT)
    error(clerks.get("/me"), 401)


def test_a_session_of_a_browser_counts_for_nothing_here(clerks: Program) -> None:
    client = Client()
    client.force_login(clerks.user)
    error(client.get("/api/v1/me"), 401)


def test_another_agencys_files_are_not_there(clerks: Program) -> None:
    number = clerks.post("/bookings", booking_body()).json()["id"]
    other = Program(make_user(make_agency("Other"), "clerk", "other"))
    error(other.get(f"/bookings/{number}"), 404)
    assert other.get("/bookings").json() == []
    error(other.post(f"/bookings/{number}/charges", {"statute": "PC 459"}), 404)


def test_a_sealed_file_is_there_for_those_who_may_see_it_alone(
    clerks: Program, program: Callable[[str], Program]
) -> None:
    number = clerks.post("/bookings", booking_body()).json()["id"]
    Booking.objects.filter(pk=number).update(sealed_at=AT)
    error(clerks.get(f"/bookings/{number}"), 404)
    assert program("supervisor").get(f"/bookings/{number}").status_code == 200


# ------------------------------------------------------------------------------------------------------------- errors


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/nowhere", None, 404),
        ("GET", "/now%0Ahere", None, 404),
        ("DELETE", "/bookings", None, 405),
        ("POST", "/bookings", "{not json", 400),
        ("POST", "/bookings", {"number": "1"}, 422),
        ("POST", "/bookings", b'{"number": "' + b"1" * 3_000_000 + b'"}', 413),
        ("GET", "/bookings/999999", None, 404),
        ("GET", "/bookings/99999999999999999999999", None, 404),
        ("GET", "/bookings?limit=0", None, 422),
        ("GET", "/bookings?nubmer=26-1", None, 422),
        ("GET", "/exports/tables/users", None, 403),
    ],
)
def test_every_error_has_the_one_shape(
    clerks: Program, method: str, path: str, body: Any, status: int
) -> None:
    error(clerks(method, path, body), status)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"number": 5}, "number"),
        ({"person": {"family_name": "Doe"}}, "person.given_name"),
        ({"booked_at": "2026-03-02 01:00"}, "booked_at"),
        ({"grounds": [{"kind": "x"}]}, "grounds.0.kind"),
        ({"juvenile": "yes"}, "juvenile"),
        ({"number": "a\0b"}, "number"),
        ({"surname": "Doe"}, "surname"),
    ],
)
def test_an_error_says_where_it_lies(clerks: Program, change: dict[str, Any], where: str) -> None:
    assert error(clerks.post("/bookings", booking_body() | change), 422)["where"] == where
    assert Booking.objects.count() == 0


def test_a_failure_of_ours_is_told_in_the_one_shape_and_nothing_is_stored(
    clerks: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bailiwick.custody import files

    def broken(*args: Any, **kwargs: Any) -> None:
        Person.objects.create(agency=clerks.user.agency, family_name="Doe", given_name="Alex")
        raise RuntimeError("broken")

    monkeypatch.setattr(files, "book", broken)
    assert "broken" not in error(clerks.post("/bookings", booking_body()), 500)["message"]
    assert Person.objects.count() == 0


def test_more_requests_than_allowed_from_one_address_are_refused_in_the_one_shape() -> None:
    from bailiwick.desk.guard.limits import Limit

    client = Client()
    with override_settings(LIMITS={"requests": Limit(20, 1)}):
        answers = [client.get("/api/v1/facts", REMOTE_ADDR="198.51.100.7") for _ in range(100)]
    refused = [one for one in answers if one.status_code == 429]
    assert len(refused) == 80
    error(refused[0], 429)
    assert int(refused[0]["Retry-After"]) > 0


# -------------------------------------------------------------------------------------------------------- the path


def test_from_booking_to_release_by_program(clerks: Program, program: Callable[[str], Program]) -> None:
    made = clerks.post("/bookings", booking_body())
    assert made.status_code == 201
    number = made.json()["id"]
    request = clerks.post(
        f"/bookings/{number}/requests",
        {
            "kind": "immigration_detainer",
            "form": "I-247A",
            "received_at": (AT - timedelta(hours=5)).isoformat(),
            "warrant": "administrative",
        },
    ).json()["id"]
    answers = clerks.get(f"/requests/{request}/answers").json()
    assert answers[0]["decision"]["actions"]["hold"]["outcome"] == "forbidden"
    clerks.post(f"/requests/{request}/facts", {"fact": "release.public_information", "value": False})
    clerks.post(f"/bookings/{number}/charges", {"statute": "PC 459", "status": "charged"})
    file = clerks.get(f"/bookings/{number}").json()
    assert [one["kind"] for one in file["grounds"]] == ["arrest"]
    ended = clerks.post(f"/grounds/{file['grounds'][0]['id']}/end", {"at": AT.isoformat(), "how": "bond"})
    assert ended.json()["ended_how"] == "bond"
    assert clerks.get("/bookings").json()[0]["t0"] == "2026-03-02T11:22:00Z"
    assert {"must_be_free", "sign"} <= {one["kind"] for one in clerks.get("/dues").json()}
    gate = clerks.get(f"/bookings/{number}/gate").json()
    assert gate[0]["blocks"]
    refused = error(
        clerks.post(f"/bookings/{number}/departure", {"kind": "released", "at": AT.isoformat()}), 422
    )
    assert "To be given before the file closes" in refused["message"]
    clerks.post(f"/requests/{request}/withdrawn", {"because": "cancelled"})
    left = clerks.post(f"/bookings/{number}/departure", {"kind": "released", "at": AT.isoformat()})
    assert left.status_code == 201
    whole = program("supervisor").get(f"/exports/files/{number}").json()
    assert "file.viewed" in {one["kind"] for one in whole["record"]}
    assert {one["data"]["how"] for one in whole["record"]} == {"api"}


def test_a_field_that_may_not_be_collected_is_refused_with_its_section(clerks: Program) -> None:
    body = booking_body()
    body["person"]["birthplace"] = "Atlantis"
    assert "7284.6(a)(1)(A)" in error(clerks.post("/bookings", body), 422)["message"]


def test_subpoenas_by_program(clerks: Program, program: Callable[[str], Program]) -> None:
    clerks.post("/bookings", booking_body())
    made = clerks.post(
        "/subpoenas",
        {
            "number": "92",
            "kind": "administrative_subpoena",
            "issued_by": "ICE",
            "received_at": AT.isoformat(),
            "booking": "26-1",
        },
    ).json()
    clerks.post(f"/subpoenas/{made['id']}/to-counsel", {})
    error(clerks.post(f"/subpoenas/{made['id']}/answer", {"says": "no"}), 403)
    assert (
        program("counsel").post(f"/subpoenas/{made['id']}/answer", {"says": "no records"}).json()["state"]
        == "answered"
    )
    assert clerks.get(f"/subpoenas/{made['id']}").json()["booking"] == "26-1"


def test_a_citizenship_claim_stops_the_hold_until_reviewed(clerks: Program) -> None:
    number = clerks.post("/bookings", booking_body()).json()["id"]
    assert (
        clerks.post(f"/bookings/{number}/citizenship-claims", {"says": "born in Fresno"}).status_code == 201
    )
    assert "citizen_claim" in {one["kind"] for one in clerks.get("/dues").json()}


# ----------------------------------------------------------------------------------------------------- safe to repeat


def test_the_same_call_with_a_key_is_answered_alike_and_changes_nothing(clerks: Program) -> None:
    first = clerks.post("/bookings", booking_body(), **{"Idempotency-Key": "a-1"})
    events = Event.objects.count()
    again = clerks.post("/bookings", booking_body(), **{"Idempotency-Key": "a-1"})
    assert (first.status_code, again.status_code, again["Idempotency-Replayed"]) == (201, 201, "true")
    assert first.json() == again.json()
    assert (Booking.objects.count(), Event.objects.count()) == (1, events)


def test_a_key_used_for_another_call_is_refused(clerks: Program) -> None:
    clerks.post("/bookings", booking_body(), **{"Idempotency-Key": "a-1"})
    assert (
        error(clerks.post("/bookings", booking_body("26-2"), **{"Idempotency-Key": "a-1"}), 422)["where"]
        == "Idempotency-Key"
    )


def test_a_call_that_was_refused_may_be_sent_again_under_its_key(clerks: Program) -> None:
    error(clerks.post("/bookings", booking_body(number=""), **{"Idempotency-Key": "a-1"}), 422)
    assert clerks.post("/bookings", booking_body(), **{"Idempotency-Key": "a-1"}).status_code == 201


def test_keys_of_two_users_do_not_meet(clerks: Program, program: Callable[[str], Program]) -> None:
    clerks.post("/bookings", booking_body(), **{"Idempotency-Key": "a-1"})
    assert (
        program("supervisor")
        .post("/bookings", booking_body("26-2"), **{"Idempotency-Key": "a-1"})
        .status_code
        == 201
    )


def test_the_description_says_what_every_operation_needs_and_answers() -> None:
    paths = Client().get("/api/v1/openapi.json").json()["paths"]
    described = {(method.upper(), path) for path, found in paths.items() for method in found}
    assert len(described) == len(operations())
    for path, found in paths.items():
        for method, operation in found.items():
            assert operation["summary"], path
            assert operation["description"], path
            statuses = set(operation["responses"])
            assert statuses & {"200", "201"}, path
            assert len(statuses & {"200", "201"}) == 1, (method, path)
            if operation.get("security"):
                assert {"401", "403", "429"} <= statuses, (method, path)
    assert json.dumps(paths)
