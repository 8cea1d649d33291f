"""Random synthetic cases, with unknowns, drawn so that conditions come out every way.

Facts take values from the vocabulary, statutes from the lawbook's own lists (and beside them), days from the edges of
look-backs and of the law's own dates. Nobody in them exists.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bailiwick.engine.case import Case, local_day
from bailiwick.engine.facts import CASE_FACTS, CHARGE_FACTS, NOTICE_ONLY_FORMS, Fact, Type
from bailiwick.engine.lawbook import Lawbook

FORMS = ("I-247", "I-247A", "I-247D", "I-247N", "I-247X", "I-247G", "I-200", "I-205")
PLACES_WITHOUT_LAW = ("us/ga/fulton-county", "us/wy", "us/ak", "us/in/lake-county", "us")


class RandomCases:
    """An endless, seeded supply of cases over every place that has law and some that have none."""

    def __init__(self, lawbook: Lawbook, seed: int, places: list[str] | None = None) -> None:
        self.lawbook = lawbook
        self.random = random.Random(seed)
        bound = sorted({b for f in lawbook.files.values() for b in f.binds})
        children = [p.path for p in lawbook.places if p.path.count("/") == 2]
        self.places = places or [*bound * 20, *children[:: max(1, len(children) // 60)], *PLACES_WITHOUT_LAW]
        self.days = sorted(
            {
                d
                for f in lawbook.files.values()
                for p in f.provisions
                for d in (p.span.start, p.span.end)
                if d and d.year > 1971
            }
        )
        self.statutes = [
            *(str(e).split(" to ")[0] for o in lawbook.lists.values() for e in o.entries if e.first is not None),
            "18 U.S.C. § 922(g)", "8 USC 1326", "PC 484", "PC 664/459", "PL 110/125.25", "PL 155.30", "26100", "459",
            "BURGLARY", "HS 11377(a)", "720 ILCS 5/19-1", "2C:12-1b(1)", "Ga. Code 16-5-1", "D.C. Code § 22-2101",
            "Tex. Penal Code § 19.02(b)(1)",
        ]  # fmt: skip
        codes = [
            (s, c)
            for o in lawbook.lists.values()
            for s, values in o.codes.items()
            for c in sorted(values)[:5]
        ]
        self.codes = [*codes, ("ncic", "0999"), ("other", "1")]

    def __iter__(self) -> Iterator[Case]:
        number = 0
        while True:
            yield self.case(number)
            number += 1

    def case(self, number: int) -> Case:
        r = self.random
        place = self.lawbook.places.get(r.choice(self.places))
        day = (
            r.choice(self.days) + timedelta(days=r.choice((-1, 0, 0, 1, 3, 200)))
            if r.random() < 0.7
            else date(2008, 1, 1) + timedelta(days=r.randrange(7000))
        )
        at = datetime(
            day.year, day.month, day.day, r.randrange(24), r.randrange(60), r.randrange(60), tzinfo=UTC
        )
        case = Case(place, at, local_day(at, place.tz), reading_state=place.state or "us", id=str(number))
        known = r.choice((0.2, 0.6, 0.9, 1.0))
        for fact in CASE_FACTS:
            if r.random() < known:
                case.facts[fact.name] = self.value(fact, at)
        if r.random() < 0.75:
            case.facts["custodian"] = r.choice(
                ("county_jail", "county_jail", "police_lockup", "probation", "state_prison")
            )
        if r.random() < 0.7:
            case.facts["request.kind"] = "immigration_detainer"
        if (
            case.facts.get("request.form") in NOTICE_ONLY_FORMS
            and case.facts.get("request.kind") == "immigration_detainer"
        ):
            case.facts["request.kind"] = "release_notification_request"
        if r.random() < 0.85:
            case.charges = [self.charge(known, case.day) for _ in range(r.choice((0, 0, 1, 1, 2, 3, 5)))]
        case.complete = r.random() < 0.85
        return case

    def value(self, fact: Fact, at: datetime) -> Any:
        r = self.random
        if fact.type is Type.BOOLEAN:
            return r.random() < 0.35
        if fact.type is Type.INTEGER:
            return r.choice((1, 4, 5, 6, 17, 18, 19, 40))
        if fact.type is Type.DATE:
            return at.date() - timedelta(days=r.randrange(4000))
        if fact.type is Type.INSTANT:
            return at - timedelta(minutes=r.randrange(10000))
        if fact.type is Type.TEXTS:
            return tuple(w for w in fact.values if r.random() < 0.3)
        if fact.name == "request.form":
            return r.choice(FORMS)
        return r.choice(fact.values)

    def charge(self, known: float, day: date) -> dict[str, Any]:
        r = self.random
        out: dict[str, Any] = {}
        for name, fact in CHARGE_FACTS.items():
            if r.random() > known:
                continue
            if name == "statute":
                out[name] = r.choice(self.statutes)
            elif name in ("code", "code_system"):
                continue
            elif name == "class":
                out[name] = r.choice(("A", "B", "C", "1", "2", "3"))
            elif name == "convicted_on":
                years = r.choice((1, 4, 5, 5, 6, 7, 10, 14, 15, 15, 16, 25))
                out[name] = _years_before(day, years) + timedelta(days=r.choice((-1, 0, 0, 1, 30)))
            elif name == "status":
                out[name] = r.choice(("convicted", "convicted", *fact.values))
            elif name == "description":
                out[name] = "synthetic"
            else:
                out[name] = self.value(fact, datetime(day.year, day.month, day.day, tzinfo=UTC))
        if r.random() < 0.15:
            out["code_system"], out["code"] = r.choice(self.codes)
        return out


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
