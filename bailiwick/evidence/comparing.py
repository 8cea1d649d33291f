"""Two figures beside each other, or the reason why they may not stand there: same measure, same period, same denominator."""

from __future__ import annotations

from dataclasses import dataclass

from bailiwick.evidence.shares import Share, share
from bailiwick.evidence.shipped import LIMIT, arrests, cells


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


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison. first, last: months as `2014-10`, both included; for arrests the fiscal years that they name."""

    measure: str
    place: str
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class Compared:
    """Two shares, or why not."""

    refused: str = ""
    left: Share | None = None
    right: Share | None = None


def compare(left: Side, right: Side) -> Compared:
    """Both sides, where they may be compared.

    Raises:
        KeyError: a measure that is not in MEASURES.
    """
    one, other = MEASURES[left.measure], MEASURES[right.measure]
    if one.title != other.title:
        return Compared(f"They measure different things: {one.title.lower()}, and {other.title.lower()}.")
    if one.denominator != other.denominator:
        return Compared(f"They have different denominators: {one.denominator}, and {other.denominator}.")
    if (left.first, left.last) != (right.first, right.last):
        return Compared(
            f"They cover different periods: {left.first} to {left.last}, and {right.first} to {right.last}."
        )
    found = [measured(side) for side in (left, right)]
    for side, value in zip((left, right), found, strict=True):
        if value.whole < LIMIT or 0 < value.part < LIMIT:
            return Compared(f"{side.place}: too few to show in that period.")
    return Compared("", *found)


def measured(side: Side) -> Share:
    """The share of one side."""
    if side.measure == "at-large":
        chosen = [a for a in arrests() if a.area == side.place and side.first <= str(a.year) <= side.last]
        return share(sum(a.at_large for a in chosen), sum(a.arrests for a in chosen))
    mine = [c for c in cells() if c.state == side.place and side.first <= c.month <= side.last]
    whole = sum(c.detainers for c in mine if side.measure == "declined-issued" or c.outcome != "not_recorded")
    return share(sum(c.detainers for c in mine if c.outcome == "declined"), whole)
