"""A case: the facts, read once and checked. Nothing here knows what day it is: ``at`` is required."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from bailiwick.engine.facts import (
    ACTIONS,
    CASE_FACTS,
    CHARGE_FACTS,
    ENVELOPE,
    FACTS,
    GROUPS,
    NOTICE_ONLY_FORMS,
    Fact,
    Type,
    nearest,
)
from bailiwick.engine.places import Place, Places
from bailiwick.engine.zones import zone


class BadCase(ValueError):
    """A case that cannot be read: where, what was expected, what was found. One line, whatever was found."""

    def __init__(self, message: str) -> None:
        super().__init__(" ".join(message.split()))


@dataclass(slots=True)
class Case:
    """The facts of one case.

    Attributes:
        place: where the custodian stands.
        at: the instant of the decision (UTC).
        day: its local day at the place.
        facts: known facts by name; a fact that is not here is unknown.
        charges: known charges (field -> value), or None when nothing is known of the record.
        complete: whether the charges are the whole record.
        reading_state: the state in whose manner citations are read (that of the place the case came from).
        id: the caller's name for the case.
        decided: what was done, for an audit: action -> ``honored`` or ``declined``.
    """

    place: Place
    at: datetime
    day: date
    facts: dict[str, Any] = field(default_factory=dict)
    charges: list[dict[str, Any]] | None = None
    complete: bool = True
    reading_state: str = "us"
    id: Any = None
    decided: dict[str, str] = field(default_factory=dict)

    def moved(self, place: Place | None = None, on: date | None = None) -> Case:
        """The same case in another place or on another day (noon there): the what-if."""
        to = place or self.place
        at = datetime(on.year, on.month, on.day, 12, tzinfo=zone(to.tz)).astimezone(UTC) if on else self.at
        return Case(
            to,
            at,
            local_day(at, to.tz),
            self.facts,
            self.charges,
            self.complete,
            self.reading_state,
            self.id,
            self.decided,
        )


def local_day(at: datetime, tz: str) -> date:
    """The local calendar day of an instant."""
    return at.astimezone(zone(tz)).date()


def _instant(value: Any) -> datetime:
    if isinstance(value, datetime):
        found = value
    elif isinstance(value, str):
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            raise BadCase("expected an instant like 2026-03-02T10:15:00-08:00") from None
    else:
        raise BadCase("expected an instant like 2026-03-02T10:15:00-08:00")
    if found.tzinfo is None:
        raise BadCase("expected an instant with its offset, like 2026-03-02T10:15:00-08:00 or …Z")
    if not 1970 <= found.year <= 2099:
        raise BadCase("expected a year between 1970 and 2099")
    return found.astimezone(UTC)


def _date(value: Any) -> date:
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value)
        except ValueError:
            raise BadCase("expected a date like 2015-01-10") from None
    if type(value) is not date:
        raise BadCase("expected a date like 2015-01-10")
    if not 1900 <= value.year <= 2200:
        raise BadCase("expected a year between 1900 and 2200")
    return value


def _boolean(value: Any) -> bool:
    if value is True or value is False:
        return bool(value)
    raise BadCase("expected true, false or null")


def _integer(value: Any) -> int:
    if type(value) is int and 0 <= value < 2**31:
        return value
    raise BadCase("expected a whole number, 0 or more")


_LONGEST = 500


def _text(value: Any) -> str:
    if isinstance(value, str) and len(value) <= _LONGEST:
        return value
    raise BadCase(f"expected text of at most {_LONGEST} characters")


def _texts(value: Any) -> tuple[str, ...]:
    if isinstance(value, list | tuple) and len(value) <= 100:
        return tuple(_text(v) for v in value)
    raise BadCase("expected a list of at most 100 texts")


_READERS: dict[Type, Callable[[Any], Any]] = {
    Type.BOOLEAN: _boolean,
    Type.INTEGER: _integer,
    Type.TEXT: _text,
    Type.DATE: _date,
    Type.INSTANT: _instant,
    Type.TEXTS: _texts,
}


def _found(value: Any) -> str:
    text = json.dumps(value, default=str, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "..."


def _read(fact: Fact, value: Any, where: str) -> Any:
    try:
        read = _READERS[fact.type](value)
    except BadCase as error:
        raise BadCase(f"{where}: {error}, found {_found(value)}") from None
    if fact.values:
        for word in read if isinstance(read, tuple) else (read,):
            if word not in fact.values:
                raise BadCase(f"{where}: unknown word {_found(word)}{nearest(str(word), fact.values)}")
    return read


_CASE_FIELDS: dict[str, dict[str, Fact]] = {
    group: {f.name.removeprefix(f"{group}."): f for f in CASE_FACTS if f.name.startswith(f"{group}.")}
    for group in GROUPS
}
MAX_CHARGES = 10_000


def read_case(raw: Any, places: Places) -> Case:
    """A case from JSON. Raises BadCase for the first thing wrong, with where, what was expected and what was found."""
    if not isinstance(raw, Mapping):
        raise BadCase(f"expected a case (a JSON object), found {_found(raw)}")
    for key in raw:
        if key not in ENVELOPE:
            raise BadCase(f"unknown fact '{key}'{nearest(str(key), [*ENVELOPE, *FACTS])}")
    if not isinstance(raw.get("place"), str):
        raise BadCase(
            f"place: expected a path like us/ca/los-angeles-county, found {_found(raw.get('place'))}"
        )
    try:
        place = places.get(raw["place"])
    except ValueError as error:
        raise BadCase(f"place: {error}") from None
    if raw.get("at") is None:
        raise BadCase("at: required (the instant of the decision, like 2026-03-02T10:15:00-08:00)")
    try:
        at = _instant(raw["at"])
    except BadCase as error:
        raise BadCase(f"at: {error}, found {_found(raw['at'])}") from None
    case = Case(place, at, local_day(at, place.tz), reading_state=place.state or "us", id=raw.get("id"))
    if raw.get("custodian") is not None:
        case.facts["custodian"] = _read(FACTS["custodian"], raw["custodian"], "custodian")
    for group, fields in _CASE_FIELDS.items():
        part = raw.get(group)
        if part is None:
            continue
        if not isinstance(part, Mapping):
            raise BadCase(f"{group}: expected an object, found {_found(part)}")
        for name, value in part.items():
            fact = fields.get(name)
            if fact is None:
                raise BadCase(f"unknown fact '{group}.{name}'{nearest(f'{group}.{name}', FACTS)}")
            if value is not None:
                case.facts[fact.name] = _read(fact, value, fact.name)
    if (
        case.facts.get("request.form") in NOTICE_ONLY_FORMS
        and case.facts.get("request.kind") == "immigration_detainer"
    ):
        case.facts["request.kind"] = "release_notification_request"
    _read_charges(case, raw)
    decided = raw.get("decided")
    if decided is not None:
        if not isinstance(decided, Mapping) or any(
            v not in ("honored", "declined") for v in decided.values()
        ):
            raise BadCase(f'decided: expected {{"hold": "honored" or "declined"}}, found {_found(decided)}')
        for action in decided:
            if action not in ACTIONS:
                raise BadCase(f"decided: unknown action '{action}'{nearest(str(action), ACTIONS)}")
        case.decided = dict(decided)
    return case


def _read_charges(case: Case, raw: Mapping[str, Any]) -> None:
    complete = raw.get("charges_complete")
    if complete is not None:
        case.complete = _read(FACTS["charges_complete"], complete, "charges_complete")
    charges = raw.get("charges")
    if charges is None:
        return
    if not isinstance(charges, list) or len(charges) > MAX_CHARGES:
        raise BadCase(f"charges: expected a list of at most {MAX_CHARGES} charges, found {_found(charges)}")
    case.charges = []
    for i, charge in enumerate(charges):
        if not isinstance(charge, Mapping):
            raise BadCase(f"charges[{i}]: expected an object, found {_found(charge)}")
        known: dict[str, Any] = {}
        for name, value in charge.items():
            fact = CHARGE_FACTS.get(name)
            if fact is None:
                raise BadCase(f"unknown fact 'charges[{i}].{name}'{nearest(str(name), CHARGE_FACTS)}")
            if value is not None:
                known[name] = _read(fact, value, f"charges[{i}].{name}")
        if "convicted_on" in known and known["convicted_on"] > case.day:
            raise BadCase(
                f"charges[{i}].convicted_on: expected a day not after that of the decision, {case.day}, "
                f"found {known['convicted_on']}"
            )
        case.charges.append(known)
