"""One county: how many detainers were declined, out of how many, what the law said, and what it would have said elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from bailiwick.engine.lawbook import Lawbook
from bailiwick.engine.places import Place
from bailiwick.evidence.blocks import Told, told
from bailiwick.evidence.groups import DRAWN
from bailiwick.evidence.published import Counts, counties

#: How the groups that are not shown are named in a picture, where they are one.
NOT_APART = "not shown apart"
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
        counts: its detainers by group, as far as they are shown.
        law: what its own law said of them.
        elsewhere: the place whose law is put beside, and what that said.
    """

    place: Place
    counts: Counts
    law: Told
    elsewhere: Place | None
    elsewhere_law: Told | None

    @property
    def bars(self) -> tuple[tuple[str, str, int], ...]:
        """What its picture draws: each group that is shown, and those that are not as one."""
        kinds = [*(name for name, _, _ in DRAWN), NOT_APART]
        sizes = (*self.counts.groups, self.counts.unsaid)
        return tuple((self.place.name, kind, n) for kind, n in zip(kinds, sizes, strict=True) if n)

    @property
    def kinds(self) -> tuple[tuple[str, str], ...]:
        """The kinds of `bars`, each with its pattern."""
        drawn = {kind for _, kind, _ in self.bars}
        known = tuple((name, pattern) for name, pattern, _ in DRAWN)
        return (*known, (NOT_APART, "crossed")) if NOT_APART in drawn else known


@lru_cache(maxsize=1)
def shown_counties() -> tuple[str, ...]:
    """FIPS codes of the counties whose number of detainers is shown."""
    return tuple(fips for fips, counts in counties().items() if counts.detainers is not None)


@lru_cache(maxsize=256)
def here(book: Lawbook, place: Place, under: Place | None = None) -> Here | None:
    """The detainers of a county; None where their number is not shown. `under`: whose law is put beside its own."""
    counts = counties().get(place.fips)
    if counts is None or counts.detainers is None:
        return None
    return Here(
        place,
        counts,
        told(book, place),
        under,
        told(book, place, under.path) if under else None,
    )
