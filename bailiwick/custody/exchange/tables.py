"""What can be imported: four tables, the fields of each, and what they mean."""

from __future__ import annotations

from typing import NamedTuple

from bailiwick.custody.exchange.cells import Reader, day, instant, one_of, text, yes_no
from bailiwick.custody.models import Departure, Ground


class Field(NamedTuple):
    """`also`: other names that jails' systems give such a column; used to propose a mapping, never to decide one."""

    name: str
    read: Reader
    means: str
    required: bool = False
    also: tuple[str, ...] = ()


_NUMBER = Field(
    "number", text(40), "booking number", True,
    ("booking_number", "booking_no", "booking_id", "bookingid", "booknum", "book_no", "booking"),
)  # fmt: skip

TABLES: dict[str, tuple[Field, ...]] = {
    "bookings": (
        _NUMBER,
        Field("family_name", text(120), "family name", True, ("last_name", "lastname", "surname", "lname", "last")),
        Field("given_name", text(120), "given name", True, ("first_name", "firstname", "fname", "first")),
        Field("booked_at", instant, "day and time of booking", True,
              ("booking_date", "book_date", "booking_datetime", "admit_date", "intake_date", "booked")),
        Field("birth_date", day, "date of birth", False, ("dob", "date_of_birth", "birthdate", "born")),
        Field("ground", one_of(*Ground.Kind.values), "why the person is kept", False, ("hold_type", "custody_reason")),
        Field("ground_says", text(300), "case or warrant number, court", False, ("case_number", "warrant_number")),
        Field("language", text(10), "language the person reads, two letters (ISO 639-1)", False, ("lang",)),
        Field("birthplace", text(120), "place of birth, where the law lets it be asked", False, ("place_of_birth",)),
        Field("citizenship_said", text(120), "citizenship, where the law lets it be asked", False, ("citizenship",)),
        Field("lawyer_name", text(200), "lawyer", False, ("attorney", "attorney_name")),
        Field("lawyer_contact", text(200), "how to reach the lawyer", False, ("attorney_phone",)),
        Field("designated_name", text(200), "one other person to be told, whom the person chose"),
        Field("designated_contact", text(200), "how to reach them"),
        Field("juvenile", yes_no, "under 18: a juvenile file"),
        Field("charges_complete", yes_no, "whether the charges listed are the whole record"),
    ),
    "grounds": (
        _NUMBER,
        Field("kind", one_of(*Ground.Kind.values), "why the person is kept", True, ("ground", "hold_type")),
        Field("says", text(300), "case or warrant number, court", False, ("case_number", "warrant_number")),
        Field("opened_at", instant, "day and time from which it holds", True, ("start", "start_date", "opened")),
        Field("ended_at", instant, "day and time when it ended", False, ("end", "end_date", "ended")),
        Field("ended_how", text(300), "how it ended", False, ("end_reason", "disposition")),
    ),
    "charges": (
        _NUMBER,
        Field("statute", text(200), "section, as people write it", False, ("charge", "section", "offense_code")),
        Field("description", text(300), "offense in words", False, ("offense", "charge_description")),
        Field("status", one_of("arrested", "charged", "held_to_answer", "convicted", "dismissed", "acquitted"),
              "how far it has come", False, ("charge_status", "disposition")),
        Field("grade", one_of("felony", "misdemeanor", "infraction"), "grade", False, ("level", "severity", "charge_level")),
        Field("degree", text(40), "class or degree", False, ("class",)),
        Field("code_system", text(40), "system of the code: ncic, tx-offense-code"),
        Field("code", text(60), "code", False, ("ncic_code",)),
        Field("wobbler", yes_no, "could have been charged as felony or misdemeanor"),
        Field("serious", yes_no, "serious in the meaning of the law here"),
        Field("violent", yes_no, "violent in the meaning of the law here"),
        Field("state_prison", yes_no, "punishable in state prison"),
        Field("indictable", yes_no, "indictable in the meaning of the law here"),
        Field("convicted_on", day, "day of conviction", False, ("conviction_date",)),
    ),
    "releases": (
        _NUMBER,
        Field("kind", one_of(*Departure.Kind.values), "how the person left", True, ("release_type", "release_reason")),
        Field("left_at", instant, "day and time when the person left", True,
              ("release_date", "released_at", "release_datetime", "released")),
        Field("to", text(200), "to whom, of a transfer", False, ("released_to",)),
        Field("grounds_ended_at", instant, "day and time when the last ground of custody ended, where the desk has not got it",
              False, ("eligible_at", "cleared_at")),
        Field("grounds_ended_how", text(300), "how it ended", False, ("clear_reason",)),
        Field("past_limit_reason", text(1000), "why the person left after the limit, where it had run out"),
        Field("says", text(1000), "anything else"),
    ),
}  # fmt: skip


def fields(table: str) -> dict[str, Field]:
    """The fields of a table by name."""
    return {one.name: one for one in TABLES[table]}
