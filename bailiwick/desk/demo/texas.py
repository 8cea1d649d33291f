"""A made-up county jail in Texas: the same papers under another law."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from bailiwick.desk.demo.jail import Jail

AGENCY: dict[str, Any] = {
    "name": "Example County Jail, Texas",
    "place": "us/tx/hays-county",
    "custodian": "county_jail",
    "zone": "America/Chicago",
    "address": "2 Example Road\nExample, TX 78600",
    "telephone": "555-0200",
    "contact": "Records desk, 555-0201, day and night",
    "settings": {"facts": {"agency.agreement_287g": False}},
}

Story = Iterator[datetime]


def _charge(statute: str, description: str, grade: str) -> dict[str, Any]:
    return {"statute": statute, "description": description, "grade": grade, "status": "charged"}


THEFT = _charge("Tex. Penal Code § 31.03", "THEFT OF PROPERTY", "misdemeanor")
DRIVING = _charge("Tex. Penal Code § 49.04", "DRIVING WHILE INTOXICATED", "misdemeanor")
BURGLARY = _charge("Tex. Penal Code § 30.02", "BURGLARY OF A BUILDING", "felony")


def stories(jail: Jail) -> list[Story]:
    """Everything that happened in this jail, each story on its own."""
    return [held(jail), licence_shown(jail), not_yet_asked(jail), *(in_court(jail) for _ in range(5))]


def held(jail: Jail) -> Story:
    """Story 2: no proof was shown, two people signed for the hold, and 46 of its 48 hours are over."""
    yield (at := jail.ago(hours=71))
    booking = jail.book(at, [DRIVING], complete=True, person=jail.person(language="en"))
    yield (at := at + timedelta(hours=2))
    request = jail.ask(
        at, booking, "immigration_detainer", "I-247A", warrant="administrative", basis=["final_order"]
    )
    yield (at := at + timedelta(hours=1))
    jail.say(at, request, person__citizen_proof=False, person__lawful_status_proof=False)
    jail.serve(at, request)
    yield (at := at + timedelta(minutes=10))
    jail.sign(at, request, hold="honor", role="clerk")
    yield (at := at + timedelta(minutes=30))
    jail.second(at, request, role="supervisor")
    jail.hand_out(at, booking)
    yield (at := jail.ago(hours=46, minutes=20))
    jail.end(at, booking, "bond posted")


def licence_shown(jail: Jail) -> Story:
    """The person showed a state driver's licence: the answer changed to not required."""
    yield (at := jail.ago(hours=30))
    booking = jail.book(at, [THEFT], complete=True)
    yield (at := jail.ago(hours=24))
    request = jail.ask(
        at, booking, "immigration_detainer", "I-247A", warrant="administrative", basis=["biometric_match"]
    )
    yield (at := jail.ago(hours=6))
    jail.say(at, request, person__lawful_status_proof=True)


def not_yet_asked(jail: Jail) -> Story:
    """A detainer whose one question is open."""
    yield (at := jail.ago(hours=8))
    booking = jail.book(at, [BURGLARY])
    yield (at := jail.ago(hours=2))
    jail.ask(
        at, booking, "immigration_detainer", "I-247A", warrant="administrative", basis=["pending_proceedings"]
    )


def in_court(jail: Jail) -> Story:
    yield (at := jail.sometime(60, 0.2))
    jail.book(at, [dict(jail.draw.choice((THEFT, DRIVING, BURGLARY)))], ground="charge")
