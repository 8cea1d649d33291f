"""Law beside data: for each detainer of the shipped release, what the law of a place said that day of what was
asked (a hold, or notice or a transfer where the form asks for that), and its outcome.

The release says neither who was held nor what papers came, so where the law turns on those it is `unknown`; nothing is supposed.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from bailiwick.engine.facts import Outcome
from bailiwick.engine.lawbook import Lawbook
from bailiwick.evidence.asif import AsIf
from bailiwick.evidence.deciding import decide
from bailiwick.evidence.shipped import RELEASE
from bailiwick.evidence.store import Store

_ALIKE = (
    "SELECT day, place, coalesce(county, '') AS county, custodian, kind, form, outcome, count(*) AS detainers, "
    "row_number() OVER (ORDER BY day, place, coalesce(county, ''), custodian, kind, form, outcome) - 1 AS number "
    "FROM detainers GROUP BY day, place, county, custodian, kind, form, outcome ORDER BY number"
)


class Alike(NamedTuple):
    """Detainers that the law cannot tell apart: same day, place, custodian and form, with the county and the outcome. `number`
    is the place of the group among all of them."""

    day: date
    place: str
    county: str
    custodian: str | None
    kind: str | None
    form: str | None
    outcome: str
    detainers: int
    number: int


@lru_cache(maxsize=1)
def alike() -> tuple[Alike, ...]:
    """Every detainer of the release, in groups."""
    with Store.shipped().connection(RELEASE) as connection:
        rows = connection.execute(_ALIKE).fetchall()
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
    answers = _answers(book, under)
    return ((one, answers[one.number]) for one in ones)


@lru_cache(maxsize=64)
def _answers(book: Lawbook, under: str) -> tuple[Outcome, ...]:
    """Of each group of `alike`, in order."""
    with Store.shipped().connection(RELEASE) as connection, tempfile.TemporaryDirectory() as scratch:
        connection.execute(
            f"CREATE TEMP TABLE kinds AS SELECT '' AS part, number AS row, day, place, custodian, kind, form, "
            f"NULL AS final_order, NULL AS offence, NULL AS charge_code FROM ({_ALIKE})"
        )
        out = Path(scratch) / "law.parquet"
        decide(connection, book, "kinds", AsIf(place=under or None), out)
        rows = connection.execute("SELECT law FROM read_parquet(?) ORDER BY row", [str(out)]).fetchall()
    return tuple(Outcome(law) for (law,) in rows)
