"""Law beside data: for each detainer of the shipped release, what the law of a place said that day of what was
asked (a hold, or notice or a transfer where the form asks for that), and its outcome.

The release says neither who was held nor what papers came, so where the law turns on those it is `unknown`; nothing is supposed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import NamedTuple

from bailiwick.engine.case import Case
from bailiwick.engine.decide import OUTCOMES_OF, decider
from bailiwick.engine.facts import Outcome
from bailiwick.engine.lawbook import Lawbook
from bailiwick.engine.zones import zone
from bailiwick.evidence.law import ASKED
from bailiwick.evidence.shipped import RELEASE
from bailiwick.evidence.store import Store


class Alike(NamedTuple):
    """Detainers that the law cannot tell apart: same day, place, custodian and form, with the county and the outcome."""

    day: date
    place: str
    county: str
    custodian: str | None
    kind: str | None
    form: str | None
    outcome: str
    detainers: int


@lru_cache(maxsize=1)
def alike() -> tuple[Alike, ...]:
    """Every detainer of the release, in groups."""
    with Store.shipped().connection(RELEASE) as connection:
        rows = connection.execute(
            "SELECT day, place, coalesce(county, ''), custodian, kind, form, outcome, count(*) "
            "FROM detainers GROUP BY ALL ORDER BY ALL"
        ).fetchall()
    return tuple(Alike(*row) for row in rows)


@lru_cache(maxsize=64)
def beside(book: Lawbook, *, county: str = "", under: str = "") -> Counter[tuple[Outcome, str]]:
    """(outcome in law of what was asked, outcome of the detainer) -> detainers.

    county: FIPS code, of that county only.
    under: path of a place whose law is asked instead of each detainer's own; those from within it keep theirs.
    """
    found: Counter[tuple[Outcome, str]] = Counter()
    for one, answer in answered(book, (one for one in alike() if county in ("", one.county)), under):
        found[answer, one.outcome] += one.detainers
    return found


def answered(book: Lawbook, ones: Iterable[Alike], under: str = "") -> Iterator[tuple[Alike, Outcome]]:
    """Each with what the law of its place and day says, or the law of the place `under` (see `beside`)."""
    answers: dict[tuple[str, str | None, str | None, str | None, int], Outcome] = {}
    for one in ones:
        within = one.place == under or one.place.startswith(f"{under}/")
        path = under if under and not within else one.place
        span = bisect_right(book.boundaries(book.area(path)), one.day)
        key = (path, one.custodian, one.kind, one.form, span)
        if key not in answers:
            answers[key] = _answer(
                decider(book).outcomes(_case(book, path, one))[ASKED.get(one.kind or "", "hold")]
            )
        yield one, answers[key]


def _case(book: Lawbook, path: str, one: Alike) -> Case:
    place = book.places.get(path)
    known = {"request.kind": one.kind, "request.form": one.form, "custodian": one.custodian}
    at = datetime.combine(one.day, time(12), zone(place.tz)).astimezone(UTC)
    facts = {name: value for name, value in known.items() if value is not None}
    return Case(place, at, one.day, facts, reading_state=place.state or "us")


def _answer(possible: int) -> Outcome:
    outcomes = OUTCOMES_OF[possible]
    return outcomes[0] if len(outcomes) == 1 else Outcome.UNKNOWN
