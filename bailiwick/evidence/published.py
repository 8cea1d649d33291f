"""What is published of the shipped release: worked out once, and every public page reads it here and nowhere else.

Three tables, by month, by what the law said, and by state and county, add up to the same row for the nation, which all of
them show. So nothing follows from one about another, and each is suppressed as one network: months to the nation, answers of
the law to the nation, counties to their state and states to the nation (`suppress.py`). Detainers in no county are a row of
their state that is shown nowhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bailiwick.engine.facts import Outcome
from bailiwick.engine.lawbook import Lawbook
from bailiwick.evidence.beside import beside
from bailiwick.evidence.groups import DRAWN, OUTCOME_WORDS, grouped
from bailiwick.evidence.shares import Share, share
from bailiwick.evidence.shipped import cells, outcomes
from bailiwick.evidence.suppress import Path, Tree, suppress_tree

#: Columns of the tables of the shipped release.
GROUPS = tuple(name for name, _, _ in DRAWN)


@dataclass(frozen=True, slots=True)
class Counts:
    """A row that is published; None is a count that is not shown.

    Attributes:
        detainers: all of the row.
        groups: of them those of each group: the four of `DRAWN`, or every outcome.
        declined, blank: of them those that were declined, and those without a recorded outcome.
    """

    detainers: int | None
    groups: tuple[int | None, ...]
    declined: int | None
    blank: int | None

    @property
    def cells(self) -> tuple[int | None, ...]:
        """All of them, then each group."""
        return (self.detainers, *self.groups)

    @property
    def recorded(self) -> int | None:
        """Detainers with a recorded outcome, where it follows from what is shown."""
        return None if self.blank is None or self.detainers is None else self.detainers - self.blank

    @property
    def of_recorded(self) -> Share | None:
        """Declined ones of those with a recorded outcome, where both are shown."""
        return self._share(self.recorded)

    @property
    def of_all(self) -> Share | None:
        """Declined ones of all, where both are shown."""
        return self._share(self.detainers)

    @property
    def unsaid(self) -> int | None:
        """Detainers in the groups that are not shown, together."""
        if self.detainers is None:
            return None
        return self.detainers - sum(n for n in self.groups if n is not None)

    def _share(self, whole: int | None) -> Share | None:
        return None if self.declined is None or not whole else share(self.declined, whole)


def counts_of(cells: Sequence[int | None], names: Sequence[str] = GROUPS) -> Counts:
    """A row of a tree (its total last) by the names of its columns: groups of `DRAWN`, or outcomes."""
    named = dict(zip(names, cells, strict=False))
    blank = named.get("not_recorded", named.get(OUTCOME_WORDS["not_recorded"]))
    return Counts(cells[-1], tuple(cells[:-1]), named["declined"], blank)


def _groups(counts: Counter[str]) -> list[int]:
    return list(grouped(counts).values())


def places_tree(leaves: Mapping[Path, Sequence[int]], names: Sequence[str] = GROUPS) -> Tree:
    """States and counties as one network; counties of no name are shown nowhere.

    leaves: (state, county) -> counts by the names of their columns; detainers in no county under (state, "").

    What was declined is what the pages are about: it is hidden last, in a county after its state.
    """
    declined = list(names).index("declined")
    return suppress_tree(
        leaves,
        unpublished=lambda path: len(path) == 2 and not path[1],
        dear=lambda path, column: (11 if len(path) == 2 else 10) if column == declined else 1,
    )


@lru_cache(maxsize=1)
def places() -> Tree:
    """The published rows of the nation (), each state ("us/ca",) and each county ("us/ca", "06001")."""
    found: dict[Path, Counter[str]] = {}
    for cell in cells():
        found.setdefault((cell.state, cell.county), Counter())[cell.outcome] += cell.detainers
    return places_tree({path: _groups(counts) for path, counts in found.items()})


@lru_cache(maxsize=1)
def _rows() -> dict[Path, Counts]:
    return {path: counts_of(row) for path, row in places().rows.items()}


def nation() -> Counts:
    """All detainers of the release."""
    return _rows()[()]


def states() -> dict[str, Counts]:
    """Path of a state -> its detainers; under the empty path those whose state is not written."""
    return {path[0]: row for path, row in _rows().items() if len(path) == 1}


def counties() -> dict[str, Counts]:
    """FIPS code -> the detainers of a county."""
    return {
        path[1]: row for path, row in sorted(_rows().items(), key=lambda one: one[0][1:]) if len(path) == 2
    }


@lru_cache(maxsize=1)
def months() -> dict[str, Counts]:
    """`2014-10` -> the detainers of a month."""
    tree = suppress_tree({(month,): _groups(counts) for month, counts in outcomes("month").items()})
    return {path[0]: counts_of(row) for path, row in tree.rows.items() if path}


@lru_cache(maxsize=4)
def answers(book: Lawbook) -> dict[Outcome, Counts]:
    """What the law of the place and day said of what was asked -> its detainers."""
    sums: dict[Outcome, Counter[str]] = {}
    for (answer, happened), n in beside(book).items():
        sums.setdefault(answer, Counter())[happened] += n
    tree = suppress_tree({(str(answer),): _groups(sums[answer]) for answer in Outcome if answer in sums})
    return {Outcome(path[0]): counts_of(row) for path, row in tree.rows.items() if path}


@lru_cache(maxsize=1)
def details() -> dict[str, int | None]:
    """Each outcome of the nation, those of one group protecting one another: their sum is shown."""
    counts = outcomes()["all"]
    named = {one: counts[one] for _, _, of in DRAWN for one in of}
    others = {one: n for one, n in counts.items() if one not in named}
    found = suppress_tree({("",): list(others.values())}).rows[()]
    return {**named, **dict(zip(others, found, strict=False))}
