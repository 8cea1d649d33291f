"""The same case everywhere: what the law of every place says of it on a day, derived from the norms and from nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from bailiwick.engine.decide import Answer
from bailiwick.engine.facts import Outcome
from bailiwick.engine.lawbook import Lawbook
from bailiwick.engine.places import Place
from bailiwick.evidence.canonical import canonical_cases, holder

#: The order in which marks are sorted: from what binds most to what no rule speaks to.
ORDER = (
    Outcome.REQUIRED,
    Outcome.ALLOWED,
    Outcome.FORBIDDEN,
    Outcome.CONFLICT,
    Outcome.UNKNOWN,
    Outcome.UNREGULATED,
)
SORTS = ("state", "mark", "changed")


@dataclass(frozen=True, slots=True)
class Row:
    """One place.

    Attributes:
        place: it; its state's row stands before it when sorted by state.
        custodian: who was asked there.
        own_file: it has a law file of its own; without one, what stands above it is all that is known.
        answers: action -> what the law says.
        changed: the last day, up to the day asked, on which the law of the state or the place itself changed.
    """

    place: Place
    custodian: str
    own_file: bool
    answers: dict[str, Answer]
    changed: date | None

    def unread(self, action: str) -> bool:
        """Nothing speaks there as far as this lawbook goes, which holds no file of the state: not read, rather than no rule."""
        return not self.own_file and self.answers[action].outcome is Outcome.UNREGULATED


@lru_cache(maxsize=4)
def atlas_places(book: Lawbook) -> tuple[Place, ...]:
    """Every state and territory, and every county and city with a law file of its own; by path."""
    own = {f.binds[0] for f in book.files.values() if not f.proposal and not f.name.startswith("courts/")}
    return tuple(p for p in book.places if p.kind == "state" or (p.kind != "nation" and p.path in own))


@lru_cache(maxsize=4)
def own_files(book: Lawbook) -> frozenset[str]:
    """Paths of the places with a law file of their own."""
    return frozenset(
        f.binds[0] for f in book.files.values() if not f.proposal and not f.name.startswith("courts/")
    )


@lru_cache(maxsize=4)
def change_days(book: Lawbook) -> tuple[date, ...]:
    """Every day on which law anywhere in the atlas changes, in order."""
    return tuple(sorted({d for p in atlas_places(book) for d in book.boundaries(book.area(p.path))}))


@lru_cache(maxsize=256)
def atlas(book: Lawbook, case: str, day: date, custodian: str = "county_jail") -> tuple[Row, ...]:
    """One of the canonical cases everywhere on a day. Cached by lawbook, case, day and custodian.

    Raises:
        KeyError: there is no canonical case of that id.
    """
    chosen = canonical_cases()[case]
    return everywhere(book, day, lambda place: chosen.answers(book, place, day, custodian), custodian)


def everywhere(
    book: Lawbook, day: date, answers: Callable[[Place], dict[str, Answer]], custodian: str = "county_jail"
) -> tuple[Row, ...]:
    """A case in every place of the atlas; `answers` gives what the law says of it in each."""
    rows = []
    for place in atlas_places(book):
        own = tuple(name for name in book.area(place.path) if name.startswith("us/"))
        days = book.boundaries(own)
        rows.append(
            Row(
                place,
                holder(place, custodian),
                place.path in own_files(book),
                answers(place),
                max((d for d in days if d <= day), default=None),
            )
        )
    return tuple(rows)


def in_order(rows: tuple[Row, ...], sort: str, action: str) -> list[Row]:
    """The rows by state's name, by the mark of an action, or by the last change (newest first)."""
    names = {row.place.path: row.place.name for row in rows}
    if sort == "mark":
        return sorted(rows, key=lambda r: (ORDER.index(r.answers[action].outcome), r.place.path))
    if sort == "changed":
        return sorted(rows, key=lambda r: (-(r.changed or date.min).toordinal(), r.place.path))
    return sorted(
        rows, key=lambda r: (names[r.place.state or r.place.path], r.place.path.count("/"), r.place.name)
    )


def counted(rows: tuple[Row, ...], action: str) -> dict[Outcome | None, tuple[int, int]]:
    """Outcome -> how many states and territories, how many counties and cities.

    None instead of an outcome: no law file there, and nothing above speaks.
    """
    found: dict[Outcome | None, tuple[int, int]] = {}
    for outcome in (*ORDER, None):
        hits = [
            r.place.kind == "state"
            for r in rows
            if (None if r.unread(action) else r.answers[action].outcome) is outcome
        ]
        if hits:
            found[outcome] = (sum(hits), len(hits) - sum(hits))
    return found
