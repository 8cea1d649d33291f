"""Two figures beside each other, or the reason why they may not stand there: same measure, same period, same denominator.

Periods are those for which figures are published: a state's detainers of the whole release, an area's arrests of a fiscal year
or of all. With free months two of them could be subtracted from one another, down to a single month of a small place.
"""

from __future__ import annotations

from dataclasses import dataclass

from bailiwick.engine.places import load_places
from bailiwick.evidence.published import states
from bailiwick.evidence.shares import Share, share
from bailiwick.evidence.shipped import LIMIT, NO_AREA, arrests


@dataclass(frozen=True, slots=True)
class Measure:
    """What is measured, of what, and what a place is for it."""

    id: str
    title: str
    denominator: str
    places: str


MEASURES = {
    m.id: m
    for m in (
        Measure("declined-recorded", "Detainers declined", "detainers with a recorded outcome", "states"),
        Measure("declined-issued", "Detainers declined", "all detainers issued", "states"),
        Measure("at-large", "Arrests by ICE made at large", "arrests by ICE", "areas"),
    )
}


#: Periods of detainers and of arrests, each with its title. Fiscal years run from October to September.
WHOLE = "2014-10/2015-07"
YEARS = "all"


def periods() -> dict[str, str]:
    """Every published period with its title."""
    years = sorted({one.year for one in arrests()})
    return {
        WHOLE: "October 2014 to July 2015 (detainers)",
        YEARS: f"fiscal years {years[0]} to {years[-1]} (arrests)",
        **{str(year): f"fiscal year {year} (arrests)" for year in years},
    }


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison. period: a key of `periods`."""

    measure: str
    place: str
    period: str


@dataclass(frozen=True, slots=True)
class Compared:
    """Two shares, or why not."""

    refused: str = ""
    left: Share | None = None
    right: Share | None = None


def compare(left: Side, right: Side) -> Compared:
    """Both sides, where they may be compared.

    Raises:
        KeyError: a measure that is not in MEASURES, or a period that is not in `periods`.
    """
    one, other = MEASURES[left.measure], MEASURES[right.measure]
    if one.title != other.title:
        return Compared(f"They measure different things: {one.title.lower()}, and {other.title.lower()}.")
    if one.denominator != other.denominator:
        return Compared(f"They have different denominators: {one.denominator}, and {other.denominator}.")
    if left.period != right.period:
        return Compared(f"They cover different periods: {titled(left)}, and {titled(right)}.")
    if (left.period == WHOLE) is (left.measure == "at-large"):
        return Compared(f"{one.title} are not known for that period: {titled(left)}.")
    for side in (left, right):
        if side.place not in _known(one):
            return Compared(f"{one.title}: known by {one.places}, and {_name(side)} is none of them.")
    found = [measured(side) for side in (left, right)]
    for side, value in zip((left, right), found, strict=True):
        if value is None:
            return Compared(f"{_name(side)}: the numbers are too small to show, or would tell a small one.")
    return Compared("", *found)


def _known(measure: Measure) -> set[str]:
    """Places for which a measure is published."""
    return {one.area for one in arrests()} - {NO_AREA} if measure.places == "areas" else {*states()}


def _name(side: Side) -> str:
    return load_places().get(side.place).name if side.place in load_places() else side.place


def titled(side: Side) -> str:
    """The period of a side in words."""
    return periods()[side.period]


def measured(side: Side) -> Share | None:
    """The share of one side; None where it is not shown."""
    if side.measure == "at-large":
        chosen = [a for a in arrests() if a.area == side.place and side.period in (YEARS, str(a.year))]
        part, whole = sum(a.at_large for a in chosen), sum(a.arrests for a in chosen)
        return None if whole < LIMIT or 0 < part < LIMIT else share(part, whole)
    counts = states().get(side.place)
    if counts is None:
        return None
    return counts.of_all if side.measure == "declined-issued" else counts.of_recorded
