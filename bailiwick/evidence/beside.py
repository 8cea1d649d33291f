"""Law beside data: for each detainer of the shipped release, what the law of its place and day said of a hold, and its outcome.

The release says neither who was held nor what papers came, so where the law turns on those it is `unknown`; nothing is supposed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from datetime import UTC, date, datetime, time
from functools import lru_cache

import duckdb

from bailiwick.engine.case import Case
from bailiwick.engine.decide import OUTCOMES_OF, decider
from bailiwick.engine.facts import Outcome
from bailiwick.engine.lawbook import Lawbook
from bailiwick.engine.zones import zone
from bailiwick.evidence.fy2015 import DETAINERS, FORMS, custodian_of, place_of
from bailiwick.evidence.shipped import facility_counties, outcome_of


@lru_cache(maxsize=2)
def beside(book: Lawbook, action: str = "hold") -> Counter[tuple[str, Outcome, str]]:
    """(path of the state, outcome in law of the action, outcome of the detainer) -> detainers."""
    rows = (
        duckdb.connect()
        .execute(
            "SELECT prepare_date, facility, state, split_part(detainer_type, ' ', 1), "
            f"lower(trim(coalesce(lift_reason, ''))), count(*) FROM read_parquet('{DETAINERS}') GROUP BY ALL"
        )
        .fetchall()
    )
    counties, decide = facility_counties(), decider(book)
    stands: dict[tuple[str | None, str | None], tuple[str, str | None]] = {}
    answers: dict[tuple[str, str | None, str, int], Outcome] = {}
    found: Counter[tuple[str, Outcome, str]] = Counter()
    for day, facility, state, form, reason, count in rows:
        where = stands.get((facility, state))
        if where is None:
            custodian = custodian_of(facility, state) if facility and state else None
            where = place_of(facility, state, counties, book.places), custodian
            stands[facility, state] = where
        path, custodian = where
        span = bisect_right(book.boundaries(book.area(path)), day)
        key = (path, custodian, form, span)
        if key not in answers:
            answers[key] = _answer(decide.outcomes(_case(book, path, custodian, form, day))[action])
        found[path[:5], answers[key], outcome_of(reason)] += count
    return found


def _case(book: Lawbook, path: str, custodian: str | None, form: str, day: date) -> Case:
    place = book.places.get(path)
    kind, printed = FORMS[form]
    facts = {"request.kind": kind, "request.form": printed}
    if custodian:
        facts["custodian"] = custodian
    at = datetime.combine(day, time(12), zone(place.tz)).astimezone(UTC)
    return Case(place, at, day, facts, reading_state=place.state or "us")


def _answer(possible: int) -> Outcome:
    outcomes = OUTCOMES_OF[possible]
    return outcomes[0] if len(outcomes) == 1 else Outcome.UNKNOWN
