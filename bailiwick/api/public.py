"""What needs no token: decide a case, the facts, the places, the law in force. Nothing sent here is stored."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Query, Router

from bailiwick.api.errors import Bad, read_json
from bailiwick.api.schema import answers, case_schema, decision_schema
from bailiwick.engine.case import BadCase, read_case
from bailiwick.engine.decide import decide as decide_case
from bailiwick.engine.facts import FACTS
from bailiwick.engine.lawbook import default_lawbook
from bailiwick.engine.norm import Norm

router = Router(tags=["law"])
#: The largest case read, in bytes.
MOST = 1_048_576


@router.post(
    "/decide",
    auth=None,
    summary="Decide a case",
    operation_id="decide",
    openapi_extra={
        "requestBody": {"required": True, "content": {"application/json": {"schema": case_schema()}}},
        "responses": answers(decision_schema(), 400, 413, 415, 422, 429),
    },
)
def decide(request: HttpRequest) -> HttpResponse:
    """What the law of the case's place and day says of each action: exactly what `bailiwick decide --format json` prints."""
    if request.content_type != "application/json":
        raise Bad(415, f"expected Content-Type: application/json, found {request.content_type or 'none'}")
    body = request.body
    if len(body) > MOST:
        raise Bad(413, f"expected at most {MOST} bytes, found {len(body)}")
    book = default_lawbook()
    try:
        case = read_case(read_json(body), book.places)
    except BadCase as error:
        where, colon, rest = str(error).partition(": ")
        raise Bad(422, rest, where) if colon and " " not in where else Bad(422, str(error)) from None
    return _json(decide_case(case, book).to_json())


@router.get(
    "/facts",
    auth=None,
    summary="The facts a case may carry",
    operation_id="facts",
    openapi_extra={"responses": answers({"type": "array", "items": {"type": "object"}})},
)
def facts(request: HttpRequest) -> HttpResponse:
    """Name, type, meaning, the words it may take, who would know it, and the question that asks for it."""
    return _json(
        [
            {
                "name": fact.name,
                "type": str(fact.type),
                "means": fact.means,
                "values": list(fact.values),
                "known_by": fact.known_by,
                "ask": fact.ask,
            }
            for fact in FACTS.values()
        ]
    )


@router.get(
    "/places",
    auth=None,
    summary="Find the path of a place",
    operation_id="places",
    openapi_extra={"responses": answers({"type": "array", "items": {"type": "object"}}, 422)},
)
def places(
    request: HttpRequest, q: Annotated[str, Query(max_length=100, description="part of a name")] = ""
) -> HttpResponse:
    """At most 50 places whose path or name holds the words."""
    words = q.lower().split()
    found = []
    for place in default_lawbook().places:
        text = f"{place.path} {place.name}".lower()
        if all(word in text for word in words):
            found.append({"place": place.path, "name": place.name, "fips": place.fips, "zone": place.tz})
            if len(found) == 50:
                break
    return _json(found)


@router.get(
    "/law/{path:place}",
    auth=None,
    summary="The norms in force at a place on a day",
    operation_id="law",
    openapi_extra={"responses": answers({"type": "object"}, 404, 422)},
)
def law(request: HttpRequest, place: str, on: date) -> HttpResponse:
    """Each norm in its own words, with citation, standing, level and days in force (`to` is the first day it is not)."""
    book = default_lawbook()
    if place not in book.places:
        raise Bad(404, f"no place '{place}'; see /api/v1/places?q=", "place")
    norms = book.in_force(book.area(place), on).norms
    return _json({"place": place, "on": on.isoformat(), "norms": [_norm(one) for one in norms]})


def _norm(norm: Norm) -> dict[str, Any]:
    return {
        "norm": norm.id,
        "actions": list(norm.actions),
        "effect": str(norm.effect),
        "level": norm.level,
        "says": norm.says,
        "cite": norm.cite.text,
        "standing": str(norm.cite.standing),
        "from": norm.span.start.isoformat() if norm.span.start else None,
        "to": norm.span.end.isoformat() if norm.span.end else None,
        "decides": norm.open is None,
    }


def _json(data: Any) -> HttpResponse:
    answer = JsonResponse(data, safe=False, json_dumps_params={"ensure_ascii": False})
    answer["Cache-Control"] = "no-store"
    return answer
