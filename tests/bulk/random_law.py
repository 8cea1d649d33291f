"""Random conditions and random lawbooks: law that nobody wrote, so that every path of the statement is taken.

Conditions are text of the condition language over the vocabulary; a lawbook has a file for the nation, for two states, a
county, a court and a bill, with norms of every effect and level, drafts, overrides, look-backs and lists.
"""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path
from typing import Any

from bailiwick.engine.facts import ACTIONS, CASE_FACTS, CHARGE_FACTS, CUSTODIANS, LEVELS, Fact, Type
from bailiwick.engine.lawbook import Lawbook
from tests.engine.made_up import law, lawbook, norm

PLACES = ["us/ca/los-angeles-county", "us/ca/fresno-county", "us/tx/travis-county", "us/tx", "us/wy", "us/pr"]
BILL = "us/ca:bill"
_LISTS = {
    "made-up/crimes": {
        "title": "crimes",
        "cite": "Act § 1",
        "standing": "seen",
        "code": "Cal. Penal Code",
        "exhaustive": True,
        "entries": [{"sections": "459"}, {"sections": "187 to 191.5"}, {"sections": "245(a)"}],
    },
    "made-up/codes": {
        "title": "crimes by code",
        "cite": "Act § 2",
        "standing": "seen",
        "code": "Tex. Penal Code",
        "entries": [{"sections": "19.02"}, {"codes": {"ncic": ["0999", "1313"]}}],
    },
}


class RandomConditions:
    """An endless, seeded supply of condition texts."""

    def __init__(self, r: random.Random, lists: tuple[str, ...] = tuple(_LISTS)) -> None:
        self.random = r
        self.lists = lists

    def text(self, depth: int = 3, *, of_charge: bool = False) -> str:
        r = self.random
        if depth and r.random() < 0.6:
            if r.random() < 0.25:
                return f"NOT ({self.text(depth - 1, of_charge=of_charge)})"
            parts = [self.text(depth - 1, of_charge=of_charge) for _ in range(r.choice((2, 2, 3)))]
            return "(" + r.choice((" AND ", " OR ")).join(parts) + ")"
        if not of_charge and r.random() < 0.3:
            return f"any_charge({self.text(2, of_charge=True)})"
        if of_charge and self.lists and r.random() < 0.25:
            return f"in_list(statute, '{r.choice(self.lists)}')"
        inside = of_charge and r.random() < 0.8
        return self.atom(r.choice(list(CHARGE_FACTS.values()) if inside else CASE_FACTS))

    def atom(self, fact: Fact) -> str:
        r, name = self.random, fact.field
        if r.random() < 0.03:
            return r.choice(("TRUE", "FALSE"))
        match fact.type:
            case Type.BOOLEAN:
                return name
            case Type.TEXTS:
                return f"'{r.choice(fact.values)}' = ANY({name})"
            case Type.INTEGER:
                if r.random() < 0.2:
                    return f"{name} BETWEEN 5 AND 18"
                return f"{name} {r.choice(('=', '<>', '<', '<=', '>', '>='))} {r.choice((4, 5, 6, 18))}"
            case Type.DATE | Type.INSTANT:
                return f"{name} {r.choice(('=', '<', '<=', '>', '>=', '<>'))} {self.day()}"
        words = fact.values or ("A", "1", "I-247A", "I-200", "ncic")
        if r.random() < 0.5:
            several = r.sample(words, min(len(words), r.choice((1, 2, 3))))
            return f"{name} IN ({', '.join(repr(w) for w in several)})"
        return f"{name} {r.choice(('=', '<>'))} '{r.choice(words)}'"

    def day(self) -> str:
        r = self.random
        if r.random() < 0.3:
            return f"DATE '{r.choice((2012, 2016, 2020))}-02-29'"
        base = r.choice(("at", "at", "at", "person.arrested_on"))
        if r.random() < 0.3:
            return base
        interval = f"INTERVAL '{r.choice((1, 5, 6, 14, 15))}' {r.choice(('YEAR', 'MONTH', 'DAY'))}"
        return f"{base} {r.choice('-+')} {interval}"


def random_law(seed: int, directory: Path) -> Lawbook:
    """A lawbook drawn from a seed, written under a directory."""
    r = random.Random(seed)
    conditions = RandomConditions(r)
    files = [
        law("us", fills=_FILLS, lists=_LISTS),
        law("us/ca"),
        law("us/ca/los-angeles-county"),
        law("us/tx"),
    ]
    files.append({"court": "made-up", "binds": ["us/ca/fresno-county", "us/tx"], "title": "A court"})
    files.append(law("us/ca", proposal="bill"))
    earlier: list[str] = []
    for file in files:
        norms = [_norm(r, conditions, file, number, earlier) for number in range(r.choice((3, 5, 8)))]
        if file["title"] == "Law of us":
            asked = {f"uses-{i}": f"any_charge(in_list(statute, '{name}'))" for i, name in enumerate(_LISTS)}
            norms += [norm(name, "forbid", when=when) for name, when in asked.items()]
        file["norms"] = norms
    return lawbook(directory, *files)


_FILLS = [
    {
        "fact": "charges[].serious",
        "when": "in_list(statute, 'made-up/crimes') AND grade = 'felony'",
        "cite": "Act § 3",
        "standing": "seen",
    },
    {"fact": "agency.case_review", "when": "FALSE", "cite": "Act § 4", "standing": "seen"},
]


def _norm(
    r: random.Random, conditions: RandomConditions, file: dict[str, Any], number: int, earlier: list[str]
) -> dict[str, Any]:
    effect = r.choice(("forbid", "require", "permit", "only_if"))
    rest: dict[str, Any] = {"action": r.choice((ACTIONS[0], ACTIONS[1], r.sample(ACTIONS, 2)))}
    bill = file.get("proposal")
    rest["from"] = None if bill else date(r.choice((2009, 2012, 2016)), r.randrange(1, 13), 28)
    if not bill and r.random() < 0.3:
        rest["to"] = date(r.choice((2017, 2020)), 3, 1)
    if r.random() < 0.85:
        rest["when"] = conditions.text()
    if r.random() < 0.4:
        rest["given"] = conditions.text(1)
    if r.random() < 0.3:
        rest["unless"] = conditions.text(1)
    if r.random() < 0.4:
        rest["custodian"] = r.sample(CUSTODIANS, 2)
    if r.random() < 0.3:
        rest["level"] = r.choice(LEVELS)
    if effect in ("permit", "only_if") and r.random() < 0.3:
        rest["preempts"] = True
    if r.random() < 0.15:
        rest |= {"draft": True, "standing": "memory"}
    if earlier and r.random() < 0.35:
        rest["overrides"] = r.sample(earlier, min(len(earlier), r.choice((1, 1, 2))))
    own = f"{bill}/n{number}" if bill else f"n{number}"
    earlier.append(f"courts/{file['court']}:{own}" if "court" in file else f"{file['place']}:{own}")
    return {key: value for key, value in norm(own, effect, **rest).items() if value is not None}
