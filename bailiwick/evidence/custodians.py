"""Who holds a person and whose law binds the holder, as far as a facility's name and county say."""

from __future__ import annotations

import csv
import re
from functools import lru_cache
from pathlib import Path

from bailiwick.engine.places import Places
from bailiwick.evidence.columns import literal, literals
from bailiwick.evidence.facilities import Stands, plain

CUSTODIANS = Path(__file__).parent / "data" / "custodians.csv"
#: Governments that hold all prisoners themselves: a name there does not tell a jail from a prison.
UNIFIED = tuple(f"us/{state}" for state in ("ak", "ct", "de", "gu", "hi", "mp", "pr", "ri", "vt", "vi"))
#: Jails and lockups of cities that have law of their own, by name.
CITIES = (
    (
        "us/ny",
        re.compile(r"RIKERS|^NYC POLICE|^MANHATT[AE]N DET|^BROOKLYN HOUSE OF DET|CENTRAL BOOKING$"),
        "us/ny/new-york-city",
    ),
    ("us/il", re.compile(r"^CHICAGO (POLICE|PD\b|P\.D\.)"), "us/il/chicago"),
    ("us/ma", re.compile(r"^BOSTON (POLICE|PD\b|P\.D\.)"), "us/ma/boston"),
)
#: Counties of New York City: its own law applies in all five.
NEW_YORK_CITY = ("36005", "36047", "36061", "36081", "36085")
#: How a county must be known for its law to be applied. A city's police answer to the city, not to the county around it, and
#: in Virginia where a building stands does not tell whose jail it is.
BY_NAME = ("named", "listed")
BY_SITE = ("code", "alike")


@lru_cache(maxsize=1)
def _rules() -> tuple[tuple[str, str | None], ...]:
    with CUSTODIANS.open(encoding="utf-8", newline="") as file:
        return tuple((row["pattern"], row["custodian"] or None) for row in csv.DictReader(file))


def described(facility: str, state: str, places: Places) -> str:
    """What the rules of `data/custodians.csv` are asked of: a facility's name and its state's; `state`: its path."""
    return plain(f"{facility}|{places.get(state).name.upper().removeprefix('U.S. ')}")


@lru_cache(maxsize=1)
def custodian(described: str, state: str) -> str:
    """Who holds the person, as far as the facility's name says, as SQL over two columns: `described`, and the state's path.

    Null too where the holder is none of the law's custodians: a federal or private facility, a hospital.
    """
    whens = []
    for pattern, holder in _rules():
        value = "NULL" if holder is None else literal(holder)
        if holder in ("county_jail", "state_prison"):
            value = f"CASE WHEN {state} IN ({literals(UNIFIED)}) THEN NULL ELSE {value} END"
        whens.append(f"WHEN regexp_matches({described}, {literal(pattern)}) THEN {value}")
    return f"CASE {' '.join(whens)} END"


def binding(facility: str | None, stands: Stands, places: Places) -> str:
    """The path of the county or city whose law binds the facility, where that is certain, else of the state, else `us`."""
    if not stands.state:
        return "us"
    name = (facility or "").upper()
    for state, pattern, path in CITIES:
        if state == stands.state and pattern.search(name):
            return path
    if stands.fips in NEW_YORK_CITY:
        return "us/ny/new-york-city"
    if stands.how in BY_NAME or (stands.how in BY_SITE and stands.state != "us/va"):
        return places.by_fips[stands.fips].path
    return stands.state
