"""Who holds a person and whose law binds the holder, as far as a facility's name and county say."""

from __future__ import annotations

import csv
import re
from functools import lru_cache
from pathlib import Path

from bailiwick.engine.places import Places
from bailiwick.evidence.facilities import Stands

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
def _rules() -> tuple[tuple[re.Pattern[str], str | None], ...]:
    with CUSTODIANS.open(encoding="utf-8", newline="") as file:
        return tuple((re.compile(row["pattern"]), row["custodian"] or None) for row in csv.DictReader(file))


@lru_cache(maxsize=100_000)
def custodian_of(facility: str, state: str, places: Places) -> str | None:
    """Who holds the person, as far as the facility's name says (`data/custodians.csv`); else None.

    None too where the holder is none of the law's custodians: a federal or private facility, a hospital. `state`: its path.
    """
    name = f"{facility.upper()}|{places.get(state).name.upper().removeprefix('U.S. ')}"
    found = next((custodian for pattern, custodian in _rules() if pattern.search(name)), None)
    return None if state in UNIFIED and found in ("county_jail", "state_prison") else found


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
