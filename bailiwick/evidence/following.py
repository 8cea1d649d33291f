"""What happened next to the people of one county, in the release being served, as far as it may be shown.

A release is followed once, for all counties, and kept; the curves of a county are worked out when it is first asked for.

What is shown of a curve is a share and how many are still followed, at some days. From two days in a row follows how many
people had a later detainer, were removed, or were lost from sight between them. So of the days of `FOLLOWED` only those are shown
between which each of the three is nobody or at least `LIMIT`, and after which nobody or at least `LIMIT` are still followed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from bailiwick.evidence.groups import DRAWN
from bailiwick.evidence.paths.incidence import incidence
from bailiwick.evidence.paths.linked import linked
from bailiwick.evidence.paths.steps import FOLLOWED, Ended, ends
from bailiwick.evidence.store import NoStore, Store
from bailiwick.evidence.suppress import LIMIT

_GROUP = {outcome: name for name, _, of in DRAWN for outcome in of}
_OTHER = next(name for name, _, of in DRAWN if not of)


class Met(NamedTuple):
    """One day of a curve.

    Attributes:
        day: days since the first detainer.
        followed: people to whom nothing had happened by the end of that day, and who are followed beyond it.
        share, low, high: who had a later detainer by then, with its 95 % interval; removal competes.
        removed: who had been removed by then, before any later detainer; None where the release tells of no removal.
    """

    day: int
    followed: int
    share: float
    low: float
    high: float
    removed: float | None


@dataclass(frozen=True, slots=True)
class Curve:
    """The people of a county whose first detainer came out one way. No points: too few to show."""

    group: str
    people: int | None
    points: tuple[Met, ...]


@dataclass(frozen=True, slots=True)
class Followed:
    """A release whose people can be followed.

    Attributes:
        release: its name.
        last_day: the last on which every table of it that has rows, but encounters, was still being written.
        removals_told: whether it tells of any removal.
        counties: FIPS code -> what ended the time of its people.
    """

    release: str
    last_day: date
    removals_told: bool
    counties: dict[str, tuple[Ended, ...]]


@dataclass(frozen=True, slots=True)
class Nobody:
    """A release that numbers no person: nobody in it can be followed. Of no name: the store has no detainers."""

    release: str


@lru_cache(maxsize=4)
def followed(directory: Path) -> Followed | Nobody:
    """The newest release of detainers in a store, by name, that numbers people; if none does, the newest as `Nobody`."""
    store = Store(directory)
    names = store.releases()
    for name in reversed(names):
        with store.connection(name) as connection:
            one = connection.execute("SELECT 1 FROM detainers WHERE person IS NOT NULL LIMIT 1").fetchone()
        if one is None:
            continue
        try:
            with linked(store, name) as (connection, known):
                found: defaultdict[str, list[Ended]] = defaultdict(list)
                for row in ends(connection, known.end, counties=True):
                    if row.county:
                        found[row.county].append(row)
                return Followed(
                    name,
                    known.last_day,
                    known.removals_told,
                    {fips: tuple(rows) for fips, rows in sorted(found.items())},
                )
        except NoStore:
            continue  # everybody in it is in doubt
    return Nobody(names[-1] if names else "")


@lru_cache(maxsize=512)
def curves(directory: Path, county: str) -> tuple[Curve, ...]:
    """The curves of a county (FIPS code), a group of `DRAWN` each, in that order; none where its release numbers nobody."""
    known = followed(directory)
    if isinstance(known, Nobody):
        return ()
    rows = _by_group(known.counties.get(county, ()))
    return tuple(curve(name, rows[name], known.removals_told) for name, _, _ in DRAWN if name in rows)


@lru_cache(maxsize=4)
def shown_paths(directory: Path) -> tuple[str, ...]:
    """FIPS codes of the counties of which a curve can be shown."""
    known = followed(directory)
    if isinstance(known, Nobody):
        return ()
    return tuple(
        fips
        for fips, rows in known.counties.items()
        if any(
            sum(row.people for row in mine) >= LIMIT and days_shown(mine) for mine in _by_group(rows).values()
        )
    )


def _by_group(rows: Iterable[Ended]) -> dict[str, list[Ended]]:
    found: defaultdict[str, list[Ended]] = defaultdict(list)
    for row in rows:
        found[_GROUP.get(row.outcome, _OTHER)].append(row)
    return found


def days_shown(rows: Iterable[Ended], at: tuple[int, ...] = FOLLOWED) -> tuple[int, ...]:
    """The days of `at` that may be shown of people by what ended their time; see above."""
    people = sorted((row.days, row.ended, row.people) for row in rows)
    found: list[int] = []
    shown = -1
    for day in at:
        since = [0, 0, 0]
        for days, ended, n in people:
            if shown < days <= day:
                since[ended] += n
        beyond = sum(n for days, _, n in people if days > day)
        if sum(since) + beyond and all(n == 0 or n >= LIMIT for n in (*since, beyond)):
            found.append(day)
            shown = day
    return tuple(found)


def curve(name: str, rows: Sequence[Ended], removals_told: bool = True) -> Curve:
    """The curve of people by what ended their time, at the days that may be shown; without removals where none are told."""
    at = days_shown(rows)
    people = sum(row.people for row in rows)
    if people < LIMIT or not at:
        return Curve(name, None, ())
    days = [row.days for row in rows for _ in range(row.people)]
    ended = [row.ended for row in rows for _ in range(row.people)]
    points = []
    for back, gone in zip(incidence(days, ended, 1, at), incidence(days, ended, 2, at), strict=True):
        if (
            back.share is not None
            and back.low is not None
            and back.high is not None
            and gone.share is not None
        ):
            removed = gone.share if removals_told else None
            points.append(Met(back.day, back.after, back.share, back.low, back.high, removed))
    return Curve(name, people if points else None, tuple(points))
