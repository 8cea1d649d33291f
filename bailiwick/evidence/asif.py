"""What is asked of the law of each detainer, and which other law: of a place, of a day, with bills, with facts supposed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bailiwick.engine.facts import FACTS, GROUPS, Type
from bailiwick.evidence.canonical import ORDINARY, canonical_cases
from bailiwick.evidence.columns import literal
from bailiwick.evidence.outcomes import NotAsked

#: What is asked by each kind of request: the action whose outcome is put beside the detainer's.
ASKED = {
    "immigration_detainer": "hold",
    "release_notification_request": "notify_release",
    "transfer_request": "transfer",
}
#: Facts that a release tells.
_TOLD = ("request.kind", "request.form")


@dataclass(frozen=True, slots=True)
class AsIf:
    """Other law.

    Attributes:
        place: as if every detainer had come there. One that did come there, or to a place within, keeps its own.
        on: as if each had been prepared on that day.
        proposals: with these bills that were never enacted.
        supposed: facts that a release does not tell -> their value as SQL, taken as so in both answers (`suppose`). `charges` is
            only ever that there are none.
    """

    place: str | None = None
    on: date | None = None
    proposals: tuple[str, ...] = ()
    supposed: tuple[tuple[str, str], ...] = ()


def ordinary() -> tuple[str, ...]:
    """What an ordinary case is like where a release is silent: as on the pages of the law (`canonical.py`), without charges."""
    facts = [
        (f"{group}.{name}", value)
        for group, found in canonical_cases()[ORDINARY].facts.items()
        for name, value in found.items()
    ]
    return (*(f"{name}={_word(value)}" for name, value in facts if name not in _TOLD), "charges=none")


def _word(value: Any) -> str:
    return "+".join(value) if isinstance(value, list) else str(value).lower()


def suppose(given: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Suppositions as people write them, `fact=value`, checked; `ordinary` is all of it.

    Raises:
        NotAsked: no such fact, one that a release tells or that cannot be supposed, or a value that it cannot have.
    """
    found: dict[str, str] = {}
    for one in (text for each in given for text in (ordinary() if each == "ordinary" else (each,))):
        name, sign, value = one.partition("=")
        if name == "charges" and value == "none":
            found[name] = "none"
            continue
        fact = FACTS.get(name)
        if not sign or fact is None or name.partition(".")[0] not in GROUPS:
            raise NotAsked(
                f"suppose: expected ordinary, charges=none or FACT=VALUE such as request.warrant=none; found '{one}'"
            )
        if name in _TOLD:
            raise NotAsked(f"suppose: {name} is in the release; expected another fact")
        words = value.split("+")
        if fact.values and set(words) - set(fact.values):
            raise NotAsked(f"suppose: {name}: expected {', '.join(fact.values)}; found '{value}'")
        match fact.type:
            case Type.BOOLEAN if value in ("true", "false"):
                found[name] = value
            case Type.INTEGER if value.isascii() and value.isdigit():
                found[name] = value
            case Type.TEXT:
                found[name] = literal(value)
            case Type.TEXTS:
                found[name] = f"[{', '.join(map(literal, words))}]"
            case _:
                known = {Type.INTEGER: "a whole number", Type.BOOLEAN: "true or false"}
                expected = known.get(fact.type, f"a {fact.type} value")
                raise NotAsked(f"suppose: {name}: expected {expected}, found '{value}'")
    return tuple(found.items())
