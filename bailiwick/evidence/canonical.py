"""The twelve cases that are asked everywhere (``data/canonical_cases.yaml``): the same person and paper, in any place on any day.

A case names its offence by the section of the state where the law there reads sections; where no section is given, the offence is
known by its grade and kind alone, and what a list of sections would settle is unknown.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from bailiwick.engine.case import Case, read_case
from bailiwick.engine.decide import Answer, decide
from bailiwick.engine.lawbook import Lawbook
from bailiwick.engine.places import Place
from bailiwick.engine.zones import zone

FILE = Path(__file__).parent / "data" / "canonical_cases.yaml"
#: The ordinary detainer of the law pages: no judge's warrant, no conviction.
ORDINARY = "no-licence"
SUBPOENA = "answer_administrative_subpoena"
#: Cities whose police hold people for hours and which have no jail of their own: asked of the lockup.
LOCKUP_ONLY = frozenset({"us/il/chicago", "us/ma/boston"})


@dataclass(frozen=True, slots=True)
class CanonicalCase:
    """One case.

    Attributes:
        id: its name in addresses (``no-licence``).
        title: one line, neutral.
        says: what else is known, in a sentence.
        facts: the case as JSON, without place, day and charges.
        charges: the charges, with ``offence`` and ``years_ago`` still in them.
        offences: offence -> its words, facts and sections by state.
    """

    id: str
    title: str
    says: str
    facts: dict[str, Any]
    charges: tuple[dict[str, Any], ...]
    offences: dict[str, dict[str, Any]]
    arrested_years_ago: int = 0

    def as_json(self, place: Place, day: date, custodian: str = "county_jail") -> dict[str, Any]:
        """The case in the contract's JSON, at noon of a day at a place."""
        return {
            "place": place.path,
            "at": datetime(day.year, day.month, day.day, 12, tzinfo=zone(place.tz)).isoformat(),
            "custodian": holder(place, custodian),
            **self.facts,
            "person": self.facts["person"] | {"arrested_on": self._arrested(day).isoformat()},
            "charges": [self._charge(charge, place, day) for charge in self.charges],
            "charges_complete": True,
        }

    def at(self, book: Lawbook, place: Place, day: date, custodian: str = "county_jail") -> Case:
        """The case, read, at noon of a day at a place."""
        return read_case(self.as_json(place, day, custodian), book.places)

    def answers(
        self, book: Lawbook, place: Place, day: date, custodian: str = "county_jail", *, changes: bool = False
    ) -> dict[str, Answer]:
        """What the law says of each action; to a subpoena as if one had come for the same person, instead of the detainer.

        changes: whether to look for what would change each answer.
        """
        raw = self.as_json(place, day, custodian)
        found = dict(decide(read_case(raw, book.places), book, would_change=changes).actions)
        request = {k: v for k, v in raw["request"].items() if k not in ("form", "basis")}
        asked = raw | {"request": request | {"kind": "administrative_subpoena", "warrant": "none"}}
        subpoena = decide(read_case(asked, book.places), book, would_change=changes).actions
        return found | {SUBPOENA: subpoena[SUBPOENA]}

    def _arrested(self, day: date) -> date:
        return (
            years_before(day, self.arrested_years_ago) if self.arrested_years_ago else day - timedelta(days=1)
        )

    def _charge(self, charge: dict[str, Any], place: Place, day: date) -> dict[str, Any]:
        offence = self.offences[charge["offence"]]
        out = {"description": offence["words"], **offence["facts"]}
        if statute := offence["statutes"].get(place.state):
            out["statute"] = statute
        for key, value in charge.items():
            if key == "years_ago":
                out["convicted_on"] = years_before(day, value).isoformat()
            elif key != "offence":
                out[key] = value
        return out


def holder(place: Place, custodian: str) -> str:
    """Who is asked there: a city without a jail has its lockup only."""
    return "police_lockup" if custodian == "county_jail" and place.path in LOCKUP_ONLY else custodian


def years_before(day: date, years: int) -> date:
    """The same day that many years before; of 29 February, the 28th where there is no 29th."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


@lru_cache(maxsize=1)
def canonical_cases() -> dict[str, CanonicalCase]:
    """The cases by id, in the order of the file."""
    data = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    common, found = data["common"], {}
    for one in data["cases"]:
        facts = {group: common[group] | one.get(group, {}) for group in common}
        found[one["id"]] = CanonicalCase(
            one["id"],
            one["title"],
            one["says"],
            facts,
            tuple(one["charges"]),
            data["offences"],
            one.get("arrested_years_ago", 0),
        )
    return found
