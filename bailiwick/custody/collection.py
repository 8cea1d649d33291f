"""What the law of a place forbids to ask of a person, and so to collect: such fields do not exist on forms and in files.

Goes by the engine's outcome for `ask_status` (citizenship, immigration status, place of birth) where nothing else is known of a
case: at booking, before any request came.
"""

from __future__ import annotations

import functools
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from bailiwick.engine.case import read_case
from bailiwick.engine.decide import decide
from bailiwick.engine.facts import Outcome
from bailiwick.engine.lawbook import Lawbook, default_lawbook

#: Fields of a person that hold the answer to a question about status.
STATUS_FIELDS = ("birthplace", "citizenship_said")
#: Names of columns, in other systems, of what is asked with `ask_status`: dropped by imports where the law forbids to collect.
STATUS_COLUMNS = (
    "alien_number",
    "a_number",
    "birth_country",
    "birth_place",
    "birthplace",
    "citizen",
    "citizenship",
    "citizenship_said",
    "citizenship_status",
    "country_of_birth",
    "country_of_citizenship",
    "immigration_status",
    "nationality",
    "place_of_birth",
    "us_citizen",
    "visa_status",
)


def forbidden_fields(place: str, custodian: str, day: date) -> dict[str, str]:
    """Fields of `Person` that may not be collected at `place` by `custodian` on `day` (local), each with the citation of
    the norm that forbids it; empty where none does.

    Raises:
        UnknownPlace, BadCase: no such place or custodian.
    """
    return dict(_forbidden(default_lawbook(), place, custodian, day))


def forbidden_column(name: str) -> bool:
    """Whether a column of this name holds what is asked with `ask_status`, however it is written."""
    words = "".join(letter if letter.isalnum() else " " for letter in name.lower()).split()
    return "_".join(words) in STATUS_COLUMNS


@functools.lru_cache(maxsize=256)
def _forbidden(book: Lawbook, place: str, custodian: str, day: date) -> tuple[tuple[str, str], ...]:
    noon = datetime.combine(day, time(12), ZoneInfo(book.places.get(place).tz)).isoformat()
    case = read_case({"place": place, "at": noon, "custodian": custodian}, book.places)
    asked = decide(case, book, would_change=False).actions["ask_status"]
    if asked.outcome is not Outcome.FORBIDDEN:
        return ()
    cite = "; ".join(dict.fromkeys(because.norm.cite.text for because in asked.because))
    return tuple((name, cite) for name in STATUS_FIELDS)
