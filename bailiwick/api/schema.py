"""The JSON Schemas of a case and of a decision, made from the vocabulary of facts."""

from __future__ import annotations

import functools
from typing import Any

from bailiwick.engine.case import MAX_CHARGES
from bailiwick.engine.facts import ACTION_MEANING, ACTIONS, CASE_FACTS, CHARGE_FACTS, Fact, Outcome, Type

#: An instant with its offset, 1970 to 2099.
INSTANT = r"^(19[7-9][0-9]|20[0-9]{2})-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})$"
_KINDS: dict[Type, dict[str, Any]] = {
    Type.BOOLEAN: {"type": "boolean"},
    Type.INTEGER: {"type": "integer", "minimum": 0, "maximum": 1000},
    Type.TEXT: {"type": "string", "minLength": 1},
    Type.DATE: {"type": "string", "format": "date"},
    Type.INSTANT: {"type": "string", "format": "date-time", "pattern": INSTANT},
    Type.TEXTS: {"type": "array", "items": {"type": "string"}},
}


def fact_schema(fact: Fact) -> dict[str, Any]:
    """A fact's schema; null is unknown, and so is leaving it out."""
    kind = dict(_KINDS[fact.type])
    if fact.type is Type.TEXT and fact.values:
        kind = {"type": "string", "enum": list(fact.values)}
    if fact.type is Type.TEXTS and fact.values:
        kind["items"] = {"type": "string", "enum": list(fact.values)}
    return {"description": fact.means, "anyOf": [kind, {"type": "null"}]}


@functools.cache
def case_schema() -> dict[str, Any]:
    """A case: `place` and `at` required, every other fact may be absent."""
    groups: dict[str, dict[str, Any]] = {}
    top: dict[str, Any] = {
        "place": {"type": "string", "description": "path of a place, such as us/ca/los-angeles-county"},
        "at": {
            "type": "string",
            "format": "date-time",
            "pattern": INSTANT,
            "description": "the instant of the decision, with its offset",
        },
        "id": {"description": "your own name for the case; handed back"},
    }
    for fact in CASE_FACTS:
        group, _, name = fact.name.rpartition(".")
        if group:
            groups.setdefault(group, {})[name] = fact_schema(fact)
        else:
            top[name] = fact_schema(fact)
    for group, facts in groups.items():
        body = {"type": "object", "properties": facts, "additionalProperties": False}
        top[group] = {"anyOf": [body, {"type": "null"}]}
    charge = {
        "type": "object",
        "properties": {name: fact_schema(fact) for name, fact in CHARGE_FACTS.items()},
        "additionalProperties": False,
    }
    top["charges"] = {
        "anyOf": [{"type": "array", "items": charge, "maxItems": MAX_CHARGES}, {"type": "null"}]
    }
    top["charges_complete"] = {"anyOf": [{"type": "boolean"}, {"type": "null"}]}
    return {
        "type": "object",
        "properties": top,
        "required": ["place", "at"],
        "example": {
            "place": "us/ca/fresno-county",
            "at": "2026-03-02T03:22:00-08:00",
            "custodian": "county_jail",
            "request": {"kind": "immigration_detainer", "form": "I-247A", "warrant": "administrative"},
        },
    }


@functools.cache
def decision_schema() -> dict[str, Any]:
    """A decision, as `bailiwick decide --format json` prints it."""
    text: dict[str, Any] = {"type": "string"}
    maybe: dict[str, Any] = {"anyOf": [text, {"type": "null"}]}
    texts = {"type": "array", "items": text}
    outcome = {"type": "string", "enum": [str(one) for one in Outcome]}
    because = {
        "type": "object",
        "properties": {"norm": text, "cite": text, "says": text, "facts": {"type": "object"}},
        "required": ["norm", "cite", "says", "facts"],
    }
    answer = {
        "type": "object",
        "properties": {
            "outcome": outcome,
            "possible": {"type": "array", "items": outcome},
            "because": {"type": "array", "items": because},
            "missing": texts,
            "would_change": {"type": "array", "items": {"type": "object"}},
        },
        "required": ["outcome", "because", "missing", "would_change"],
    }
    clock = {
        "type": "object",
        "properties": {"id": text, "what": text, "from": maybe, "due": maybe, "cite": text, "missing": texts},
        "required": ["id", "what", "from", "due", "cite"],
    }
    duty = {
        "type": "object",
        "properties": {"id": text, "what": text, "to": text, "due": maybe, "within": text, "cite": text},
        "required": ["id", "what", "due", "within", "cite"],
    }
    actions = {action: {**answer, "description": ACTION_MEANING[action]} for action in ACTIONS}
    return {
        "type": "object",
        "properties": {
            "id": {},
            "place": text,
            "at": text,
            "lawbook": text,
            "actions": {"type": "object", "properties": actions, "required": list(ACTIONS)},
            "clocks": {"type": "array", "items": clock},
            "duties": {"type": "array", "items": duty},
        },
        "required": ["place", "at", "lawbook", "actions", "clocks", "duties"],
    }


def answers(good: dict[str, Any], *refusals: int) -> dict[str, Any]:
    """The `responses` of an operation: 200 with `good`, and the one shape of errors for each refusal."""
    out: dict[str, Any] = {"200": {"description": "OK", "content": {"application/json": {"schema": good}}}}
    for status in refusals:
        out[str(status)] = {
            "description": _REFUSALS[status],
            "content": {"application/json": {"schema": PROBLEM}},
        }
    return out


def says(
    good: dict[str, Any], *refusals: int, status: int = 200, media: str = "application/json", body: Any = None
) -> dict[str, Any]:
    """The description of an operation: what it answers when all is well, with which status, and every refusal."""
    responses = answers(good, *refusals)
    fine = responses.pop("200")
    fine["content"] = {media: fine["content"]["application/json"]}
    found: dict[str, Any] = {"responses": {str(status): fine, **responses}}
    if body is not None:
        found["requestBody"] = {"required": True, "content": body}
    return found


def thing(*names: str) -> dict[str, Any]:
    """An object that has at least these fields."""
    return {"type": "object", "properties": {name: {} for name in names}, "required": list(names)}


def listed(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": item}


PROBLEM: dict[str, Any] = {
    "type": "object",
    "properties": {
        "error": {
            "type": "object",
            "properties": {
                "where": {"anyOf": [{"type": "string"}, {"type": "null"}]},
                "message": {"type": "string"},
            },
            "required": ["where", "message"],
        }
    },
    "required": ["error"],
}
_REFUSALS = {
    400: "The body is not JSON",
    401: "No token, or one that is not known",
    403: "The role may not do this",
    404: "Nothing here, or nothing you may see",
    409: "Somebody else changed it first",
    413: "Larger than allowed",
    415: "Not application/json",
    422: "Read, but something in it is wrong: where, what was expected, what was found",
    429: "Too many requests from this address: wait as Retry-After says",
}
