"""What is asked of the law of each detainer, and which other law: of a place, of a day, with bills, with facts supposed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bailiwick.engine.facts import FACTS, Type
from bailiwick.evidence.columns import literal
from bailiwick.evidence.outcomes import NotAsked

#: What is asked by each kind of request: the action whose outcome is put beside the detainer's.
ASKED = {
    "immigration_detainer": "hold",
    "release_notification_request": "notify_release",
    "transfer_request": "transfer",
}


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


#: What an ordinary case is like where a release is silent: an administrative warrant with a signed and complete form, no charges,
#: and nothing that takes a case out of the ordinary.
ORDINARY = (
    *(
        "request.warrant=administrative",
        "request.signed=true",
        "request.complete=true",
        "request.served_on_person=true",
    ),
    *(
        "request.basis=biometric_match",
        "person.age=31",
        "person.citizen_claim=false",
        "person.citizen_proof=false",
    ),
    *("person.lawful_status_proof=false", "person.final_order=false", "person.watchlist_match=false"),
    *(
        "person.offender_registrant=false",
        "person.illegal_reentry=false",
        "person.federal_felony_warrant=false",
    ),
    *("release.public_information=false", "charges=none"),
)


def suppose(given: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Suppositions as people write them, `fact=value`, checked; `ordinary` is all of ORDINARY.

    Raises:
        NotAsked: no such fact, one that a release tells or that cannot be supposed, or a value that it cannot have.
    """
    found: dict[str, str] = {}
    for one in (text for each in given for text in (ORDINARY if each == "ordinary" else (each,))):
        name, sign, value = one.partition("=")
        if name == "charges" and value == "none":
            found[name] = "none"
            continue
        fact = FACTS.get(name)
        if not sign or fact is None or name.partition(".")[0] not in ("request", "person", "release"):
            raise NotAsked(
                f"suppose: expected ordinary, charges=none or FACT=VALUE such as request.warrant=none; found '{one}'"
            )
        if name in ("request.kind", "request.form"):
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
                expected = "a whole number" if fact.type is Type.INTEGER else f"a {fact.type} value"
                raise NotAsked(f"suppose: {name}: expected {expected}, found '{value}'")
    return tuple(found.items())
