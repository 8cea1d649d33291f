"""A made-up county jail in California: 400 people in custody, and some who left."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from bailiwick.custody import asking, concerns, subpoenas
from bailiwick.custody.acting import Actor
from bailiwick.custody.models import Concern, Request
from bailiwick.desk.demo.jail import ICE, Jail

AGENCY: dict[str, Any] = {
    "name": "Example County Jail",
    "place": "us/ca/fresno-county",
    "custodian": "county_jail",
    "zone": "America/Los_Angeles",
    "address": "1 Example Street\nExample, CA 93700",
    "telephone": "555-0100",
    "contact": "Records desk, 555-0101, day and night",
    "settings": {"facts": {"agency.agreement_287g": False}},
}
IN_CUSTODY = 400

Story = Iterator[datetime]


def charge(
    statute: str, description: str, grade: str, status: str = "charged", **more: Any
) -> dict[str, Any]:
    return {"statute": statute, "description": description, "grade": grade, "status": status, **more}


CHARGES = (
    charge("Cal. Penal Code § 459", "BURGLARY, SECOND DEGREE", "felony", wobbler=True),
    charge("Cal. Penal Code § 484(a)", "PETTY THEFT", "misdemeanor"),
    charge("Cal. Penal Code § 594(a)", "VANDALISM", "misdemeanor"),
    charge("Cal. Penal Code § 245(a)(1)", "ASSAULT WITH A DEADLY WEAPON", "felony", wobbler=True),
    charge("Cal. Penal Code § 273.5(a)", "CORPORAL INJURY TO A SPOUSE", "felony", wobbler=True),
    charge("Cal. Penal Code § 148(a)(1)", "RESISTING AN OFFICER", "misdemeanor"),
    charge("Cal. Penal Code § 602", "TRESPASS", "misdemeanor"),
    charge("Cal. Vehicle Code § 23152(a)", "DRIVING UNDER THE INFLUENCE", "misdemeanor"),
    charge("Cal. Vehicle Code § 10851(a)", "TAKING A VEHICLE", "felony", wobbler=True),
    charge("Cal. Health & Safety Code § 11377(a)", "POSSESSION OF A CONTROLLED SUBSTANCE", "misdemeanor"),
    charge("Cal. Penal Code § 211", "ROBBERY", "felony", serious=True, violent=True, state_prison=True),
)
OLD_BURGLARY = charge(
    "Cal. Penal Code § 459", "BURGLARY, SECOND DEGREE", "misdemeanor", "convicted", wobbler=True, state_prison=False
)  # fmt: skip
ROBBERY = charge(
    "Cal. Penal Code § 211", "ROBBERY", "felony", "convicted", serious=True, violent=True, state_prison=True
)  # fmt: skip
NOT_ON_THE_LISTS = {
    "person__federal_felony_warrant": False,
    "person__offender_registrant": False,
    "release__public_information": False,
}


def stories(jail: Jail) -> list[Story]:
    """Everything that happened in this jail, each story on its own."""
    told = [
        bond_posted(jail),
        past_the_limit(jail),
        copy_not_given(jail),
        notice_before_release(jail),
        departure_waits_for_a_second(jail),
        claim_of_citizenship(jail),
        judges_warrant(jail),
        withdrawn(jail),
        signed_and_closed(jail),
        handed_over(jail),
        juvenile(jail),
    ]
    in_custody = len(told) - 2  # two of them left
    others = [partial(make, jail) for make in (asked_and_open, asked_and_answered, asked_and_signed)]
    told += [other() for _ in range(11) for other in others]
    told += [of_another_kind(jail, *row) for row in OTHER_KINDS for _ in range(3)]
    in_custody += 3 * 11 + 3 * len(OTHER_KINDS)
    told += [in_court(jail) for _ in range(IN_CUSTODY - in_custody)]
    told += [released(jail) for _ in range(24)]
    return [*told, *papers_of_others(jail)]


# ------------------------------------------------------------------------------------------ stories worth looking at


def bond_posted(jail: Jail) -> Story:
    """Story 1: a fax came hours ago, and a bond was posted two minutes ago."""
    yield (at := jail.ago(hours=14))
    booking = jail.book(
        at, [charge("Cal. Penal Code § 484(a)", "PETTY THEFT", "misdemeanor")],
        person=jail.person(family_name="Santos", given_name="Mateo", language="es"),
    )  # fmt: skip
    yield (at := jail.ago(hours=5, minutes=22))
    jail.ask(
        at, booking, "immigration_detainer", "I-247A", warrant="administrative", basis=["biometric_match"]
    )
    yield (at := jail.ago(minutes=2))
    jail.end(at, booking, "bond posted")


def past_the_limit(jail: Jail) -> Story:
    """The last ground ended three hours ago and the person is still here."""
    yield (at := jail.ago(days=1))
    booking = jail.book(at, [CHARGES[6]])
    yield (at := jail.ago(hours=3))
    jail.end(at, booking, "released on own recognizance by the court")


def copy_not_given(jail: Jail) -> Story:
    """A request came five hours ago, and the person has no copy yet."""
    yield (at := jail.ago(days=2))
    booking = jail.book(at, [CHARGES[0]])
    yield (at := jail.ago(hours=5))
    jail.ask(
        at, booking, "immigration_detainer", "I-247A", warrant="administrative", basis=["final_order"],
        fields={"asks_notice": True},
    )  # fmt: skip


def notice_before_release(jail: Jail) -> Story:
    """A qualifying conviction: the jail chose to tell the date, and the sentence ends tomorrow."""
    yield (at := jail.ago(days=60))
    booking = jail.book(at, [{**ROBBERY, "convicted_on": jail.day(at)}], ground="sentence", complete=True)
    yield (at := jail.ago(days=20))
    request = jail.ask(
        at, booking, "release_notification_request", "I-247G", warrant="administrative", basis=["final_order"]
    )
    yield (at := at + timedelta(hours=1))
    jail.say(at, request, **NOT_ON_THE_LISTS)
    jail.serve(at, request)
    yield (at := at + timedelta(hours=2))
    jail.sign(at, request, notify_release="honor", transfer="decline")
    jail.given(at, booking)
    yield (at := jail.ago(hours=9))
    jail.end(at, booking, "sentence served", ends=jail.now + timedelta(hours=20))


def departure_waits_for_a_second(jail: Jail) -> Story:
    """The clerk signed for telling a date that the law here does not let them tell: a second person must agree."""
    yield (at := jail.ago(days=3))
    booking = jail.book(at, [CHARGES[7]], complete=True)
    yield (at := jail.ago(days=2))
    request = jail.ask(
        at, booking, "immigration_detainer", "I-247A", warrant="administrative", basis=["statements"]
    )
    yield (at := jail.ago(hours=30))
    jail.say(at, request, **NOT_ON_THE_LISTS)
    jail.serve(at, request)
    jail.given(at, booking)
    yield (at := jail.ago(hours=7))
    jail.sign(
        at, request, "The release calendar of the court lists this date; counsel was asked by telephone.", role="clerk",
        notify_release="honor", transfer="decline",
    )  # fmt: skip


def claim_of_citizenship(jail: Jail) -> Story:
    """The person says they were born a citizen; nobody reviewed it yet."""
    yield (at := jail.ago(days=1, hours=2))
    booking = jail.book(at, [CHARGES[5]])
    yield (at := jail.ago(hours=20))
    jail.ask(at, booking, "immigration_detainer", "I-247A", warrant="none", basis=["biometric_match"])
    yield (at := jail.ago(hours=4))
    booking.refresh_from_db()
    asking.claim_citizenship(
        jail.by("clerk", at), booking, says="Says he is a citizen; his sister brings the passport.",
        proof_kind="U.S. passport",
    )  # fmt: skip


def judges_warrant(jail: Jail) -> Story:
    """A judge's criminal warrant came with the request."""
    yield (at := jail.ago(days=5))
    booking = jail.book(at, [CHARGES[8]])
    yield (at := jail.ago(hours=26))
    request = jail.ask(
        at, booking, "immigration_detainer", "I-247A", warrant="judicial_criminal", basis=["final_order"]
    )
    yield (at := jail.ago(hours=25))
    jail.serve(at, request)
    jail.given(at, booking)


def withdrawn(jail: Jail) -> Story:
    """The asking agency took its request back."""
    yield (at := jail.ago(days=9))
    booking = jail.book(at, [CHARGES[9]])
    yield (at := jail.ago(days=8))
    request = jail.ask(
        at, booking, "immigration_detainer", "I-247A", warrant="administrative", basis=["biometric_match"]
    )
    yield (at := jail.ago(days=7))
    asking.withdraw(
        jail.by("clerk", at), request, because="a letter of the issuing office: not the same person"
    )


def signed_and_closed(jail: Jail) -> Story:
    """Asked, answered, served, declined, released: a closed file with its papers."""
    yield (at := jail.ago(days=12))
    booking = jail.book(
        at,
        [CHARGES[1], {**OLD_BURGLARY, "convicted_on": jail.day(at) - timedelta(days=7 * 365 + 2)}],
        complete=True,
        person=jail.person(language="en"),
    )
    yield (at := at + timedelta(hours=3))
    request = jail.ask(
        at, booking, "immigration_detainer", "I-247A", warrant="administrative", basis=["biometric_match"]
    )
    yield (at := at + timedelta(minutes=20))
    jail.say(at, request, **NOT_ON_THE_LISTS)
    yield (at := at + timedelta(minutes=10))
    jail.sign(at, request, hold="decline", notify_release="decline", transfer="decline")
    yield (at := at + timedelta(minutes=10))
    jail.hand_out(at, booking)
    yield (at := at + timedelta(days=1))
    jail.end(at, booking, "bond posted")
    yield (at := at + timedelta(minutes=21))
    jail.hand_out(at, booking)
    jail.leave(at, booking, late="Property was returned and the papers given.")


def handed_over(jail: Jail) -> Story:
    """A conviction that qualifies: two people signed, and the person was handed over at the end of the sentence."""
    yield (at := jail.ago(days=90))
    booking = jail.book(
        at,
        [{**ROBBERY, "convicted_on": jail.day(at)}],
        ground="sentence",
        complete=True,
        person=jail.person(language="en"),
    )
    yield (at := jail.ago(days=40))
    request = jail.ask(
        at, booking, "transfer_request", "I-247X", warrant="administrative", basis=["final_order"]
    )
    yield (at := at + timedelta(hours=1))
    jail.say(at, request, **NOT_ON_THE_LISTS)
    yield (at := at + timedelta(hours=1))
    jail.sign(at, request, transfer="honor")
    jail.hand_out(at, booking)
    yield (at := jail.ago(days=6))
    jail.end(at, booking, "sentence served")
    yield (at := at + timedelta(minutes=5))
    jail.hand_out(at, booking)
    jail.leave(at, booking, "handed_over", to=ICE, late="The papers were given first.")


def juvenile(jail: Jail) -> Story:
    """A file that only named roles see."""
    yield (at := jail.ago(days=4))
    born = jail.now.date() - timedelta(days=17 * 365)
    jail.book(at, [CHARGES[2]], juvenile=True, person=jail.person(birth_date=born))


# ------------------------------------------------------------------------------------------------- the many others


def in_court(jail: Jail) -> Story:
    """Waiting for a court, or serving a sentence."""
    yield (at := jail.sometime(150, 0.1))
    some = [dict(one) for one in jail.draw.sample(CHARGES, jail.draw.choice((1, 1, 1, 2)))]
    ground = jail.draw.choice(("charge", "charge", "charge", "warrant", "sentence", "probation_hold"))
    jail.book(at, some, ground=ground)


def released(jail: Jail) -> Story:
    """Somebody who left, about whom nobody asked."""
    yield (at := jail.sometime(40, 3))
    booking = jail.book(at, [dict(jail.draw.choice(CHARGES[:10]))])
    yield (at := at + timedelta(hours=jail.draw.uniform(4, 48)))
    jail.end(
        at, booking, jail.draw.choice(("bond posted", "released on own recognizance", "charges not filed"))
    )
    yield (at := at + timedelta(minutes=jail.draw.randint(15, 110)))
    jail.leave(at, booking, late="Waiting for a ride that the person asked for.")


def _detainer(
    jail: Jail, oldest: float, newest: float
) -> Generator[datetime, None, tuple[Request, datetime]]:
    """Booked, then asked about; returns the request and when it came."""
    yield (at := jail.sometime(oldest, newest))
    booking = jail.book(
        at, [dict(jail.draw.choice(CHARGES[:10]))], complete=jail.draw.choice((None, True, True))
    )
    yield (at := at + timedelta(hours=jail.draw.uniform(0.5, 4)))
    form = jail.draw.choice((("immigration_detainer", "I-247A"), ("release_notification_request", "I-247G")))
    basis = [jail.draw.choice(("final_order", "pending_proceedings", "biometric_match", "statements"))]
    return jail.ask(at, booking, *form, warrant=jail.draw.choice(("administrative", "none")), basis=basis), at


def asked_and_open(jail: Jail) -> Story:
    """A request whose questions nobody answered yet."""
    yield from _detainer(jail, 1.2, 0.2)


def asked_and_answered(jail: Jail) -> Story:
    """The questions are answered; somebody must sign."""
    request, at = yield from _detainer(jail, 1.5, 0.4)
    yield (at := at + timedelta(hours=1))
    jail.say(at, request, **NOT_ON_THE_LISTS)
    jail.serve(at, request)


def asked_and_signed(jail: Jail) -> Story:
    """Asked, answered, declined and given: the person waits for a court."""
    request, at = yield from _detainer(jail, 50, 2)
    yield (at := at + timedelta(hours=1))
    jail.say(at, request, **NOT_ON_THE_LISTS)
    jail.serve(at, request)
    yield (at := at + timedelta(hours=1))
    jail.sign(at, request, hold="decline", notify_release="decline", transfer="decline")
    jail.given(at, request.booking)


OTHER_KINDS = (
    ("administrative_warrant", ICE, "administrative", "arrest"),
    ("judicial_warrant", "U.S. District Court", "judicial_criminal", "arrest"),
    ("administrative_subpoena", ICE, "none", "charge"),
    ("parole_warrant", "California Department of Corrections and Rehabilitation", "none", "parole_warrant"),
    ("probation_hold", "Example County Probation Department", "none", "probation_hold"),
    ("military_deserter", "U.S. Army", "none", "military_deserter"),
    ("fugitive_warrant", "Example Sheriff, Nevada", "judicial_criminal", "fugitive_warrant"),
    (
        "interstate_detainer",
        "Example Department of Corrections, Oregon",
        "judicial_criminal",
        "interstate_detainer",
    ),
    ("transfer_request", ICE, "administrative", "charge"),
)


def of_another_kind(jail: Jail, kind: str, whose: str, warrant: str, ground: str) -> Story:
    """A request of every other kind."""
    yield (at := jail.sometime(20, 1))
    booking = jail.book(at, [dict(jail.draw.choice(CHARGES[:10]))], ground=ground)
    yield (at := at + timedelta(hours=jail.draw.uniform(1, 10)))
    jail.ask(at, booking, kind, requesting_agency=whose, warrant=warrant)
    jail.given(at, booking)


def papers_of_others(jail: Jail) -> list[Story]:
    """Subpoenas in every state, and two reports of the concern line."""
    rows = (
        # number, kind, from whom, received so many days ago, due in so many days, what becomes of it
        ("S-0088", "administrative_subpoena", ICE, 24, -3, "answered"),
        ("S-0089", "judicial_subpoena", "Superior Court, County of Example", 12, 6, "counsel"),
        ("S-0090", "information_request", "Public Defender of Example County", 5, 9, ""),
        ("S-0091", "administrative_subpoena", "U.S. Department of Homeland Security", 4, 12, ""),
        ("S-0092", "administrative_subpoena", ICE, 2, 0.55, "counsel"),
        ("S-0093", "information_request", "Social Security Administration", 1, None, ""),
    )
    return [*(_subpoena(jail, *row) for row in rows), _concern(jail, 2, True), _concern(jail, 0.3, False)]


def _subpoena(
    jail: Jail, number: str, kind: str, whose: str, days: float, due: float | None, then: str
) -> Story:
    yield (at := jail.ago(days=days))
    returns = None if due is None else jail.ago(days=-due)
    paper = subpoenas.take_in(
        jail.by("clerk", at), number=number, kind=kind, issued_by=whose, received_at=at, return_at=returns,
        named_person=f"{jail.person()['given_name']} {jail.person()['family_name']}",
        asks_for="booking sheet, date of release, address given at booking",
    )  # fmt: skip
    if then:
        yield (at := at + timedelta(hours=3))
        subpoenas.to_counsel(jail.by("clerk", at), paper, why="asks for an address")
    if then == "answered":
        yield (at := at + timedelta(days=4))
        subpoenas.answer(
            jail.by("counsel", at),
            paper,
            says="Answered by letter: this needs an order of a court.",
        )


def _concern(jail: Jail, days: float, answered: bool) -> Story:
    yield (at := jail.ago(days=days))
    concerns.report(
        Actor(jail.agency, at, how="page"), about="notice_not_given",
        says="Somebody in my housing unit got no copy of the paper that came about him.",
    )  # fmt: skip
    if answered:
        found = Concern.objects.get(agency=jail.agency, received_at=at)
        yield (at := at + timedelta(hours=6))
        concerns.answer(
            jail.by("compliance", at), found, says="The copy was handed over this morning. Thank you."
        )


__all__ = ["AGENCY", "IN_CUSTODY", "stories"]
