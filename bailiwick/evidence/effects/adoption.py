"""The day a place's law began to answer in a certain way: taken from the lawbook, never from a label."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from bailiwick.engine.decide import Answer, decide
from bailiwick.engine.facts import ACTIONS, Outcome
from bailiwick.engine.lawbook import Lawbook
from bailiwick.evidence.canonical import ORDINARY, canonical_cases
from bailiwick.evidence.effects.panel import When


@dataclass(frozen=True, slots=True)
class Adoption:
    """When a place's answer became `outcome`.

    Attributes:
        first: the first local day in the span with this answer; None when it never was.
        before: the answer was so already on the first day of the span: nothing can be compared before it.
        ended: the first day after `first` on which the answer was another one again, None when it stayed.
        norm: the norm that decided on `first`; empty when `first` is None.
        unsettled: the answer was `unknown` or `conflict` on some day of the span.
    """

    first: date | None
    before: bool = False
    ended: date | None = None
    norm: str = ""
    unsettled: bool = False


def adoption(
    book: Lawbook,
    place: str,
    start: date,
    end: date,
    *,
    action: str = "hold",
    outcome: Outcome = Outcome.FORBIDDEN,
    case: str = ORDINARY,
) -> Adoption:
    """When, in the days [start, end) at a place, the law began to give `outcome` for `action` on a canonical case.

    Raises:
        LookupError: no such place.
        ValueError: no such action.
    """
    if action not in ACTIONS:
        raise ValueError(f"action: expected one of {', '.join(ACTIONS)}; found '{action}'")
    if place not in book.places:
        raise LookupError(f"expected the path of a place, such as us/ca/fresno-county; found '{place}'")
    changes = [start, *(day for day in book.boundaries(book.area(place)) if start < day < end)]
    first: date | None = None
    ended: date | None = None
    norm = ""
    unsettled = False
    for day in changes:
        found = _answer(book, place, day, action, case)
        unsettled |= found.outcome in (Outcome.UNKNOWN, Outcome.CONFLICT)
        if found.outcome is outcome and first is None:
            first, norm = day, found.because[0].norm.id if found.because else ""
        elif found.outcome is not outcome and first is not None and ended is None:
            ended = day
    return Adoption(first, before=first == start, ended=ended, norm=norm, unsettled=unsettled)


def _answer(book: Lawbook, place: str, day: date, action: str, case: str) -> Answer:
    asked = canonical_cases()[case].at(book, book.places.get(place), day)
    return decide(asked, book, would_change=False).actions[action]


def by_law(book: Lawbook, action: str, outcome: Outcome) -> Callable[[str, date, date], When]:
    """What `read_panel` asks of a lawbook: units are paths of places."""

    def when(place: str, start: date, end: date) -> When:
        found = adoption(book, place, start, end, action=action, outcome=outcome)
        if found.before:
            return When(found.first, "the law applied from the first period on")
        if found.ended is not None:
            return When(found.first, "the law applied and then ended")
        if found.first is None and found.unsettled:
            return When(None, "the law's answer is unknown or in conflict")
        return When(found.first)

    return when
