"""Bookings, grounds, charges, requests, answers, departures, subpoenas, what is due: in the services of the pages.

Signing and reviewing are not offered: a person does both, on the pages.
"""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from bailiwick.api.auth import Token, acting
from bailiwick.api.once import Key, answer, once
from bailiwick.api.schema import listed, says, thing
from bailiwick.api.shapes import (
    BookingIn,
    ChargeIn,
    ClaimIn,
    DepartureIn,
    FactIn,
    GroundEnd,
    GroundIn,
    PersonChange,
    RecordKnown,
    RequestIn,
    Says,
    Served,
    SubpoenaIn,
    Why,
    Withdrawn,
)
from bailiwick.custody import asking, deciding, files, leaving, subpoenas
from bailiwick.custody.acting import note, plain
from bailiwick.custody.exchange import exporting as out
from bailiwick.custody.models import Booking, Charge, Departure, Ground, Request, Subpoena, User
from bailiwick.custody.rights import ABILITIES, found, may
from bailiwick.custody.worklist import open_dues

router = Router()
Limit = Annotated[int, Query(ge=1, le=500, description="at most so many")]
After = Annotated[
    int, Query(ge=0, le=2**62, description="only what has a larger `id`: the last one of the page before")
]
BOOKING = thing("id", "number", "booked_at", "t0", "left_at", "person", "version")
REQUEST = thing("id", "booking", "kind", "received_at")
ANSWER = thing("id", "request", "at", "lawbook", "case", "decision", "chosen", "signatures")
SUBPOENA = thing("id", "number", "kind", "issued_by", "received_at", "state")


def _booking(booking: Booking) -> dict[str, Any]:
    return {"id": booking.pk, **out.booking_json(booking)}


def _again(booking: Booking) -> Booking:
    return Booking.objects.select_related("person", "agency").get(pk=booking.pk)


# --------------------------------------------------------------------------------------------------------- who asks


@router.get(
    "/me",
    auth=Token("own_account"),
    tags=["account"],
    summary="Whose token this is",
    operation_id="me",
    openapi_extra=says(thing("username", "role", "abilities", "agency"), 401, 403, 429),
)
def me(request: HttpRequest) -> HttpResponse:
    """The user, the role, what it may do, the agency and its place."""
    actor = acting(request)
    assert isinstance(actor.user, User)
    agency = actor.agency
    return answer(
        {
            "username": actor.user.username,
            "role": actor.user.role,
            "abilities": [name for name in ABILITIES if may(actor.user, name)],
            "agency": {
                "id": agency.pk,
                "name": agency.name,
                "place": agency.place,
                "custodian": agency.custodian,
                "zone": agency.zone,
            },
        }
    )


# --------------------------------------------------------------------------------------------------------- bookings


@router.get(
    "/bookings",
    auth=Token("see_files"),
    tags=["bookings"],
    summary="Find bookings",
    operation_id="bookings",
    openapi_extra=says(listed(BOOKING), 401, 403, 422, 429),
)
def bookings(
    request: HttpRequest,
    number: Annotated[
        str | None, Query(max_length=40, pattern=r"^[^\u0000]*$", description="exactly")
    ] = None,
    in_custody: Annotated[bool | None, Query(description="true: not left yet; false: left")] = None,
    after: After = 0,
    limit: Limit = 100,
) -> HttpResponse:
    """The agency's stays that the user may see, oldest first."""
    rows = out.bookings_of(acting(request)).filter(pk__gt=after)
    if number is not None:
        rows = rows.filter(number=number)
    if in_custody is not None:
        rows = rows.filter(left_at__isnull=in_custody)
    return answer([_booking(one) for one in rows[:limit]])


@router.post(
    "/bookings",
    auth=Token("keep_files"),
    tags=["bookings"],
    summary="Make a booking",
    operation_id="make_booking",
    openapi_extra=says(BOOKING, 400, 401, 403, 413, 422, 429, status=201),
)
def make_booking(request: HttpRequest, body: BookingIn, key: Key = None) -> HttpResponse:
    """A new stay, with the grounds that keep the person and the charges. A field that the law of the place forbids to collect is
    refused with its section."""
    return once(
        request,
        key,
        lambda actor: _booking(
            _again(
                files.book(
                    actor,
                    number=body.number,
                    person=body.person.given(),
                    booked_at=body.booked_at,
                    grounds=[one.given() for one in body.grounds],
                    charges=[one.given() for one in body.charges],
                    juvenile=body.juvenile,
                    charges_complete=body.charges_complete,
                )
            )
        ),
    )


@router.get(
    "/bookings/{int:booking}",
    auth=Token("see_files"),
    tags=["bookings"],
    summary="A file",
    operation_id="booking",
    openapi_extra=says(
        thing("id", "number", "person", "grounds", "charges", "requests", "dues", "departure"),
        401,
        403,
        404,
        429,
    ),
)
def booking(request: HttpRequest, booking: int) -> HttpResponse:
    """What stands on it now. The view is an event of the record."""
    held = found(request, Booking.objects.select_related("person", "agency"), pk=booking)
    note(acting(request), "file.viewed", held)
    left = Departure.objects.filter(booking=held).first()
    return answer(
        {
            **_booking(held),
            "grounds": [out.ground_json(one) for one in held.grounds.order_by("pk")],
            "charges": [out.charge_json(one) for one in held.charges.order_by("pk")],
            "requests": [out.request_json(one) for one in held.requests.order_by("pk")],
            "dues": [
                out.due_json(one) for one in held.dues.filter(done_at=None, void_at=None).order_by("pk")
            ],
            "departure": out.departure_json(left) if left else None,
        }
    )


@router.patch(
    "/bookings/{int:booking}/person",
    auth=Token("keep_files"),
    tags=["bookings"],
    summary="Change what is written of the person",
    operation_id="change_person",
    openapi_extra=says(BOOKING, 400, 401, 403, 404, 413, 422, 429),
)
def change_person(request: HttpRequest, booking: int, body: PersonChange) -> HttpResponse:
    """Only the fields that are sent. The record keeps what stood before."""
    held = found(request, Booking, pk=booking)
    files.change_person(acting(request), held, **body.given())
    return answer(_booking(_again(held)))


@router.patch(
    "/bookings/{int:booking}/record",
    auth=Token("keep_files"),
    tags=["bookings"],
    summary="Say whether the charges are the whole record",
    operation_id="know_record",
    openapi_extra=says(BOOKING, 400, 401, 403, 404, 413, 422, 429),
)
def know_record(request: HttpRequest, booking: int, body: RecordKnown) -> HttpResponse:
    """true: nothing is missing; false: more may exist; null: it is not known."""
    held = found(request, Booking, pk=booking)
    files.know_record(acting(request), held, body.charges_complete)
    return answer(_booking(_again(held)))


@router.post(
    "/bookings/{int:booking}/grounds",
    auth=Token("keep_files"),
    tags=["bookings"],
    summary="Open a ground of custody",
    operation_id="open_ground",
    openapi_extra=says(
        thing("id", "kind", "opened_at", "ended_at"), 400, 401, 403, 404, 413, 422, 429, status=201
    ),
)
def open_ground(request: HttpRequest, booking: int, body: GroundIn, key: Key = None) -> HttpResponse:
    """One more reason why the person is kept."""
    held = found(request, Booking, pk=booking)
    return once(request, key, lambda actor: out.ground_json(files.open_ground(actor, held, **body.given())))


@router.post(
    "/grounds/{int:ground}/end",
    auth=Token("keep_files"),
    tags=["bookings"],
    summary="End a ground of custody",
    operation_id="end_ground",
    openapi_extra=says(thing("id", "kind", "opened_at", "ended_at"), 400, 401, 403, 404, 413, 422, 429),
)
def end_ground(request: HttpRequest, ground: int, body: GroundEnd) -> HttpResponse:
    """When it was the last one the release clock starts at once."""
    held = found(request, Ground.objects.select_related("booking"), pk=ground)
    return answer(out.ground_json(files.end_ground(acting(request), held, **body.given())))


@router.post(
    "/bookings/{int:booking}/charges",
    auth=Token("keep_files"),
    tags=["bookings"],
    summary="Add a charge or conviction",
    operation_id="add_charge",
    openapi_extra=says(
        thing("id", "statute", "status", "history"), 400, 401, 403, 404, 413, 422, 429, status=201
    ),
)
def add_charge(request: HttpRequest, booking: int, body: ChargeIn, key: Key = None) -> HttpResponse:
    """Every open request is answered again."""
    held = found(request, Booking, pk=booking)
    return once(request, key, lambda actor: out.charge_json(files.add_charge(actor, held, **body.given())))


@router.patch(
    "/charges/{int:charge}",
    auth=Token("keep_files"),
    tags=["bookings"],
    summary="Change a charge",
    operation_id="change_charge",
    openapi_extra=says(thing("id", "statute", "status", "history"), 400, 401, 403, 404, 413, 422, 429),
)
def change_charge(request: HttpRequest, charge: int, body: ChargeIn) -> HttpResponse:
    """Only the fields that are sent; its history keeps what it was."""
    held = found(request, Charge.objects.select_related("booking"), pk=charge)
    return answer(out.charge_json(files.change_charge(acting(request), held, **body.given())))


@router.post(
    "/bookings/{int:booking}/corrections",
    auth=Token("correct_files"),
    tags=["bookings"],
    summary="Record a correction",
    operation_id="correct",
    openapi_extra=says(BOOKING, 400, 401, 403, 404, 413, 422, 429, status=201),
)
def correct(request: HttpRequest, booking: int, body: Says, key: Key = None) -> HttpResponse:
    """What was wrong and what is right, in words."""
    held = found(request, Booking, pk=booking)
    return once(request, key, lambda actor: _booking(_again(files.correct(actor, held, says=body.says))))


@router.get(
    "/bookings/{int:booking}/gate",
    auth=Token("see_files"),
    tags=["departures"],
    summary="What stands in the way of a release",
    operation_id="gate",
    openapi_extra=says(listed(thing("what", "cite", "blocks")), 401, 403, 404, 429),
)
def gate(request: HttpRequest, booking: int) -> HttpResponse:
    """Of a release now; what blocks comes first."""
    held = found(request, Booking.objects.select_related("agency"), pk=booking)
    stands = leaving.gate(held, acting(request).at)
    return answer([{"what": one.what, "cite": one.cite, "blocks": one.blocks} for one in stands])


@router.post(
    "/bookings/{int:booking}/departure",
    auth=Token("record_departures"),
    tags=["departures"],
    summary="Record how and when the person left",
    operation_id="depart",
    openapi_extra=says(thing("kind", "at"), 400, 401, 403, 404, 413, 422, 429, status=201),
)
def depart(request: HttpRequest, booking: int, body: DepartureIn, key: Key = None) -> HttpResponse:
    """Refused while something in the gate blocks; past the limit only with a reason."""
    held = found(request, Booking, pk=booking)
    return once(request, key, lambda actor: out.departure_json(leaving.depart(actor, held, **body.given())))


@router.post(
    "/bookings/{int:booking}/citizenship-claims",
    auth=Token("keep_requests"),
    tags=["requests"],
    summary="Record a claim of U.S. citizenship",
    operation_id="claim_citizenship",
    openapi_extra=says(thing("id", "said_at", "says"), 400, 401, 403, 404, 413, 422, 429, status=201),
)
def claim_citizenship(request: HttpRequest, booking: int, body: ClaimIn, key: Key = None) -> HttpResponse:
    """No hold goes on until somebody has reviewed it; reviewing is done on the pages."""
    held = found(request, Booking, pk=booking)

    def work(actor: Any) -> Any:
        claim = asking.claim_citizenship(actor, held, **body.given())
        return {
            "id": claim.pk,
            "said_at": plain(claim.said_at),
            "says": claim.says,
            "proof_kind": claim.proof_kind,
        }

    return once(request, key, work)


# --------------------------------------------------------------------------------------------------------- requests


@router.post(
    "/bookings/{int:booking}/requests",
    auth=Token("keep_requests"),
    tags=["requests"],
    summary="Record a request of an outside agency",
    operation_id="receive",
    openapi_extra=says(REQUEST, 400, 401, 403, 404, 413, 422, 429, status=201),
)
def receive(request: HttpRequest, booking: int, body: RequestIn, key: Key = None) -> HttpResponse:
    """As it stands on the paper. The engine answers at once: see the request's answers."""
    held = found(request, Booking, pk=booking)
    return once(request, key, lambda actor: out.request_json(asking.receive(actor, held, **body.given())))


@router.get(
    "/requests/{int:number}",
    auth=Token("see_files"),
    tags=["requests"],
    summary="A request",
    operation_id="request",
    openapi_extra=says(REQUEST, 401, 403, 404, 429),
)
def one_request(request: HttpRequest, number: int) -> HttpResponse:
    """The fields of the paper, when the person got a copy, and what was answered to the engine's questions."""
    return answer(out.request_json(_request(request, number)))


@router.get(
    "/requests/{int:number}/answers",
    auth=Token("see_files"),
    tags=["requests"],
    summary="The engine's answers to a request",
    operation_id="answers",
    openapi_extra=says(listed(ANSWER), 401, 403, 404, 429),
)
def request_answers(request: HttpRequest, number: int) -> HttpResponse:
    """Newest first, each whole: the case, the decision with its citations, what was chosen and who signed. Signing is done by a
    person, on the pages."""
    held = _request(request, number)
    return answer([out.answer_json(one) for one in held.answers.order_by("-at", "-pk")])


@router.post(
    "/requests/{int:number}/facts",
    auth=Token("answer_questions"),
    tags=["requests"],
    summary="Answer a question of the engine",
    operation_id="say",
    openapi_extra=says(ANSWER, 400, 401, 403, 404, 413, 422, 429),
)
def say_fact(request: HttpRequest, number: int, body: FactIn) -> HttpResponse:
    """One fact; null takes it back. The request is answered again."""
    return answer(
        out.answer_json(deciding.say(acting(request), _request(request, number), body.fact, body.value))
    )


@router.post(
    "/requests/{int:number}/served",
    auth=Token("keep_requests"),
    tags=["requests"],
    summary="The person was given a copy",
    operation_id="serve",
    openapi_extra=says(REQUEST, 400, 401, 403, 404, 413, 422, 429),
)
def serve(request: HttpRequest, number: int, body: Served) -> HttpResponse:
    """When and in what manner."""
    return answer(
        out.request_json(asking.serve(acting(request), _request(request, number), at=body.at, how=body.how))
    )


@router.post(
    "/requests/{int:number}/withdrawn",
    auth=Token("keep_requests"),
    tags=["requests"],
    summary="The asking agency took its request back",
    operation_id="withdraw",
    openapi_extra=says(REQUEST, 400, 401, 403, 404, 413, 422, 429),
)
def withdraw(request: HttpRequest, number: int, body: Withdrawn) -> HttpResponse:
    """Its clocks and questions end."""
    return answer(
        out.request_json(asking.withdraw(acting(request), _request(request, number), because=body.because))
    )


def _request(request: HttpRequest, number: int) -> Request:
    return found(request, Request.objects.select_related("booking", "booking__person", "agency"), pk=number)


# ------------------------------------------------------------------------------------------------------ what is due


@router.get(
    "/dues",
    auth=Token("see_files"),
    tags=["dues"],
    summary="What is due",
    operation_id="dues",
    openapi_extra=says(listed(thing("id", "kind", "what", "since", "due_at")), 401, 403, 422, 429),
)
def dues(request: HttpRequest, after: After = 0, limit: Limit = 100) -> HttpResponse:
    """Everything open at the agency that the user may see, by `id`. `due_at` null: as soon as possible."""
    rows = open_dues(acting(request).agency).filter(pk__gt=after).order_by("pk")
    return answer([out.due_json(one) for one in rows[:limit]])


# -------------------------------------------------------------------------------------------------------- subpoenas


def _subpoena(subpoena: Subpoena) -> dict[str, Any]:
    names = (
        "number",
        "kind",
        "issued_by",
        "received_at",
        "return_at",
        "named_person",
        "asks_for",
        "telling",
        "state",
        "answer",
        "answered_at",
    )
    return {
        "id": subpoena.pk,
        "booking": subpoena.booking.number if subpoena.booking else None,
        **{name: plain(getattr(subpoena, name)) for name in names},
    }


@router.get(
    "/subpoenas",
    auth=Token("see_files"),
    tags=["subpoenas"],
    summary="Subpoenas and requests for information",
    operation_id="subpoenas",
    openapi_extra=says(listed(SUBPOENA), 401, 403, 422, 429),
)
def list_subpoenas(request: HttpRequest, after: After = 0, limit: Limit = 100) -> HttpResponse:
    """Oldest first."""
    rows = Subpoena.objects.filter(agency=acting(request).agency, pk__gt=after).select_related("booking")
    return answer([_subpoena(one) for one in rows.order_by("pk")[:limit]])


@router.post(
    "/subpoenas",
    auth=Token("keep_subpoenas"),
    tags=["subpoenas"],
    summary="Record a subpoena",
    operation_id="take_in",
    openapi_extra=says(SUBPOENA, 400, 401, 403, 404, 413, 422, 429, status=201),
)
def take_in(request: HttpRequest, body: SubpoenaIn, key: Key = None) -> HttpResponse:
    """Its return date becomes something due. `booking`: the number of a booking of the agency."""
    given = body.given()
    if body.booking is not None:
        given["booking"] = found(request, Booking, number=body.booking)
    return once(request, key, lambda actor: _subpoena(subpoenas.take_in(actor, **given)))


@router.get(
    "/subpoenas/{int:number}",
    auth=Token("see_files"),
    tags=["subpoenas"],
    summary="A subpoena",
    operation_id="subpoena",
    openapi_extra=says(SUBPOENA, 401, 403, 404, 429),
)
def one_subpoena(request: HttpRequest, number: int) -> HttpResponse:
    """Who is named, by when, with whom it lies, what was answered."""
    return answer(_subpoena(found(request, Subpoena.objects.select_related("booking"), pk=number)))


@router.post(
    "/subpoenas/{int:number}/to-counsel",
    auth=Token("keep_subpoenas"),
    tags=["subpoenas"],
    summary="Hand a subpoena to counsel",
    operation_id="to_counsel",
    openapi_extra=says(SUBPOENA, 400, 401, 403, 404, 413, 422, 429),
)
def to_counsel(request: HttpRequest, number: int, body: Why) -> HttpResponse:
    """It stays due."""
    held = found(request, Subpoena.objects.select_related("booking"), pk=number)
    return answer(_subpoena(subpoenas.to_counsel(acting(request), held, why=body.why)))


@router.post(
    "/subpoenas/{int:number}/answer",
    auth=Token("answer_subpoenas"),
    tags=["subpoenas"],
    summary="Record the answer to a subpoena",
    operation_id="answer_subpoena",
    openapi_extra=says(SUBPOENA, 400, 401, 403, 404, 413, 422, 429),
)
def answer_subpoena(request: HttpRequest, number: int, body: Says) -> HttpResponse:
    """What was given, or why nothing was. Closes what was due for it."""
    held = found(request, Subpoena.objects.select_related("booking"), pk=number)
    return answer(_subpoena(subpoenas.answer(acting(request), held, says=body.says)))
