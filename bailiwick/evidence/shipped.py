"""Counts over what comes with the project: detainers of October 2014 to July 2015, and ICE arrests by area and
fiscal year.

Nothing here is typed: each count is made from the files when it is first asked for, and kept.
"""

from __future__ import annotations

import csv
from collections import Counter
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from bailiwick.evidence.store import Store
from bailiwick.evidence.suppress import LIMIT
from bailiwick.evidence.words import OUTCOMES

__all__ = ["LIMIT", "NO_AREA", "RELEASE", "Arrests", "Cell", "arrests", "cells", "outcomes", "recorded"]

ARRESTS = Path(__file__).parent / "data" / "arrests_fy16_19.csv"
#: Arrests by headquarters, of which counts are too small to show, together with those without an area.
NO_AREA = "(HQ, or no area written)"
RELEASE = "foia-15-87693"


class Cell(NamedTuple):
    """How many detainers of one kind there are.

    `month`: `2014-10`. `state`: its path, empty where none is written. `county`: FIPS code, empty where it is not certain.
    """

    month: str
    state: str
    facility: str
    form: str
    county: str
    outcome: str
    detainers: int


@lru_cache(maxsize=1)
def cells() -> tuple[Cell, ...]:
    """Every detainer of the release, counted. A blank lift reason is `not_recorded`."""
    with Store.shipped().connection(RELEASE) as connection:
        found = connection.execute(
            "SELECT strftime(day, '%Y-%m'), coalesce(state, ''), coalesce(facility, ''), coalesce(form, ''), "
            "coalesce(county, ''), outcome, count(*) FROM detainers GROUP BY ALL ORDER BY ALL"
        ).fetchall()
    return tuple(Cell(*row) for row in found)


@lru_cache(maxsize=8)
def outcomes(by: str = "") -> dict[str, Counter[str]]:
    """Outcomes by a column of Cell (`month`, `state`, `county`, `form`; empty: all together), as they are: not for a page.

    Returns group -> outcome -> detainers; every group has every outcome of OUTCOMES.
    """
    found: dict[str, Counter[str]] = {}
    for cell in cells():
        group = getattr(cell, by) if by else "all"
        found.setdefault(group, Counter(dict.fromkeys(OUTCOMES, 0)))[cell.outcome] += cell.detainers
    return dict(sorted(found.items()))


def recorded(counts: Counter[str]) -> int:
    """Detainers with a recorded outcome."""
    return counts.total() - counts["not_recorded"]


class Arrests(NamedTuple):
    """Arrests of an area (or of NO_AREA) in a fiscal year, and of them those at large."""

    area: str
    year: int
    arrests: int
    at_large: int


@lru_cache(maxsize=1)
def arrests() -> tuple[Arrests, ...]:
    """Every arrest of the release by area and fiscal year (October to September); the last one ends on 1 September 2019."""
    with ARRESTS.open(encoding="utf-8", newline="") as file:
        return tuple(
            Arrests(row["area"], int(row["fiscal_year"]), int(row["arrests"]), int(row["at_large"]))
            for row in csv.DictReader(file)
        )
