"""One county: how many detainers were declined, out of how many, what the law said, and what it would have said elsewhere."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from bailiwick.engine.facts import Outcome
from bailiwick.engine.lawbook import Lawbook
from bailiwick.engine.places import Place
from bailiwick.evidence.beside import beside
from bailiwick.evidence.questions import shown
from bailiwick.evidence.shares import Share, share
from bailiwick.evidence.shipped import LIMIT, cells, outcomes, recorded
from bailiwick.evidence.suppress import suppress

#: What a reader asks next, and why this release does not say it.
NOT_HERE = (
    ("arrested again", "no person is numbered in the release, and it has no arrests"),
    ("for how long anybody looked", "nobody did: a detainer has one day, that on which it was prepared"),
    ("removed", "no person is numbered in the release, and it has no removals"),
)


@dataclass(frozen=True, slots=True)
class Here:
    """A county and its detainers.

    Attributes:
        place: the county.
        cells: detainers, taken into custody, declined, another recorded outcome, none recorded; None where not shown.
        declined: of those with a recorded outcome; None where too few to show.
        of_all: declined of all issued, the lower bound; None where too few to show.
        law: outcome of a hold in law -> detainers, under the county's own law; None where not shown.
        elsewhere: the place whose law is put beside, and the same under it.
    """

    place: Place
    cells: tuple[int | None, ...]
    declined: Share | None
    of_all: Share | None
    law: dict[Outcome, int | None]
    elsewhere: Place | None
    elsewhere_law: dict[Outcome, int | None]


@lru_cache(maxsize=1)
def counties() -> tuple[str, ...]:
    """FIPS codes of the counties with at least LIMIT detainers."""
    found: Counter[str] = Counter()
    for cell in cells():
        found[cell.county] += cell.detainers
    return tuple(sorted(fips for fips, n in found.items() if fips and n >= LIMIT))


@lru_cache(maxsize=128)
def here(book: Lawbook, place: Place, under: Place | None = None) -> Here | None:
    """The detainers of a county; None where there are none or too few to show. `under`: whose law is put beside its own."""
    counts = outcomes("", county=place.fips).get("all")
    if counts is None or counts.total() < LIMIT:
        return None
    known, part = recorded(counts), counts["declined"]
    cells_ = tuple(shown([counts])[0])
    safe = known >= LIMIT and None not in cells_
    return Here(
        place,
        cells_,
        share(part, known) if safe else None,
        share(part, counts.total()) if safe else None,
        _law(book, place, ""),
        under,
        _law(book, place, under.path) if under else {},
    )


def _law(book: Lawbook, place: Place, under: str) -> dict[Outcome, int | None]:
    sums: Counter[Outcome] = Counter()
    for (outcome, _), n in beside(book, county=place.fips, under=under).items():
        sums[outcome] += n
    safe = suppress([[n for _, n in sorted(sums.items())]])[0]
    return dict(zip(sorted(sums), safe, strict=False))
