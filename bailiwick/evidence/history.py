"""What the law of a place said of an ordinary detainer, from when to when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise

from bailiwick.engine.facts import ACTIONS, Outcome
from bailiwick.engine.lawbook import Lawbook
from bailiwick.engine.places import Place
from bailiwick.evidence.canonical import ORDINARY, canonical_cases

#: Before this day nothing is said: detainers as they are known began with the act of 1996.
SINCE = date(1996, 1, 1)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days on which the answer for an action stayed the same, `end` not among them; None: it still stands."""

    action: str
    outcome: Outcome
    start: date
    end: date | None


@dataclass(frozen=True, slots=True)
class Changed:
    """An answer that changed on a day."""

    action: str
    before: Outcome
    after: Outcome


@lru_cache(maxsize=512)
def stretches(book: Lawbook, place: Place, custodian: str = "county_jail") -> tuple[Stretch, ...]:
    """By action, in order of the days, from `SINCE` on; without a gap. The ordinary detainer of the place's own page."""
    case = canonical_cases()[ORDINARY]
    days = (SINCE, *(day for day in book.boundaries(book.area(place.path)) if day > SINCE))
    said = [(day, case.answers(book, place, day, custodian)) for day in days]
    found: list[Stretch] = []
    for action in ACTIONS:
        turns = [
            (day, answers[action].outcome)
            for n, (day, answers) in enumerate(said)
            if n == 0 or answers[action].outcome is not said[n - 1][1][action].outcome
        ]
        ends = [*(day for day, _ in turns[1:]), None]
        found += [Stretch(action, outcome, day, end) for (day, outcome), end in zip(turns, ends, strict=True)]
    return tuple(found)


@lru_cache(maxsize=512)
def changes(book: Lawbook, place: Place, custodian: str = "county_jail") -> dict[date, tuple[Changed, ...]]:
    """Day -> the answers that changed on it, in the order of the actions."""
    found: dict[date, tuple[Changed, ...]] = {}
    known = stretches(book, place, custodian)
    for before, after in pairwise(known):
        if before.action == after.action:
            one = Changed(after.action, before.outcome, after.outcome)
            found[after.start] = (*found.get(after.start, ()), one)
    return dict(sorted(found.items()))
