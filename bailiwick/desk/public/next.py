"""What happened next to the people of a county: the part of its page, its table as rows, its picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from bailiwick.engine.places import Place
from bailiwick.evidence.following import Curve, Nobody, curves, followed
from bailiwick.evidence.paths.steps import CANNOT_SEE
from bailiwick.evidence.pictures.charts import Width
from bailiwick.evidence.pictures.charts import curves as draw

NEXT_COLUMNS = (
    *("place", "first_outcome", "people", "day", "still_followed", "later_detainer", "low", "high"),
    "removed_before",
)


def next_part(store: Path, place: Place) -> dict[str, Any]:
    """What the part of the page is made of."""
    found = followed(store)
    return {
        "place": place,
        "found": found,
        "nobody": isinstance(found, Nobody),
        "curves": curves(store, place.fips),
        "cannot_see": CANNOT_SEE,
    }


def next_rows(place: str, lines: Sequence[Curve]) -> Iterator[Sequence[object]]:
    """The names of the columns, then a row for each day of each curve; empty where too few to show."""
    yield NEXT_COLUMNS
    for line in lines:
        for met in line.points:
            values = (met.share, met.low, met.high, met.removed)
            shares = (None if one is None else round(one, 4) for one in values)
            yield (place, line.group, line.people, met.day, met.followed, *shares)
        if not line.points:
            yield (place, line.group, *[None] * (len(NEXT_COLUMNS) - 2))


def next_picture(name: str, lines: Sequence[Curve], width: Width) -> str:
    """The curves as SVG."""
    rows = tuple(
        (f"first one: {line.group}", met.day, met.share, met.low, met.high)
        for line in lines
        for met in line.points
    )
    title = f"{name}: after a detainer, how many people had a later one?"
    return draw(rows, title, "days since the first detainer", width)
