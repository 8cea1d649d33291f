"""Counts over what comes with the project: detainers of October 2014 to July 2015, and ICE arrests by area and month.

Nothing here is typed: each count is made from the files when it is first asked for, and kept.
"""

from __future__ import annotations

import csv
from collections import Counter
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import duckdb

from bailiwick.evidence.fy2015 import DETAINERS, FACILITIES
from bailiwick.evidence.words import LIFTED, OUTCOMES

ARRESTS = Path(__file__).parent / "data" / "arrests_fy16_19.csv"
#: A cell from 1 to below this is not shown.
LIMIT = 10


class Cell(NamedTuple):
    """How many detainers of one kind there are. `month` is `2014-10`; state and facility as the release writes them."""

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
    con = duckdb.connect()
    found = con.execute(
        "SELECT strftime(prepare_date, '%Y-%m'), coalesce(state, ''), coalesce(facility, ''), "
        "split_part(detainer_type, ' ', 1), lower(trim(coalesce(lift_reason, ''))), count(*) "
        f"FROM read_parquet('{DETAINERS}') GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    counties = facility_counties()
    return tuple(
        Cell(month, state, facility, form, counties.get((facility, state), ""), outcome_of(reason), count)
        for month, state, facility, form, reason, count in found
    )


def outcome_of(reason: str) -> str:
    """The outcome of a lift reason in lower case."""
    return LIFTED.get(reason, "unrecognised") if reason else "not_recorded"


def facility_counties() -> dict[tuple[str, str], str]:
    """(facility, state) -> FIPS code of the county or city, of the facilities whose place is certain."""
    with FACILITIES.open(encoding="utf-8", newline="") as file:
        return {(row["facility"], row["state"]): row["fips"] for row in csv.DictReader(file)}


@lru_cache(maxsize=64)
def outcomes(by: str = "", state: str = "", facility: str = "") -> dict[str, Counter[str]]:
    """Outcomes by a column of Cell (`month`, `state`, `county`, `form`; empty: all together), of one state or facility.

    Returns group -> outcome -> detainers; every group has every outcome of OUTCOMES.
    """
    found: dict[str, Counter[str]] = {}
    for cell in cells():
        if (state and cell.state != state) or (facility and cell.facility != facility):
            continue
        group = getattr(cell, by) if by else "all"
        found.setdefault(group, Counter(dict.fromkeys(OUTCOMES, 0)))[cell.outcome] += cell.detainers
    return dict(sorted(found.items()))


def recorded(counts: Counter[str]) -> int:
    """Detainers with a recorded outcome."""
    return counts.total() - counts["not_recorded"]


class Arrests(NamedTuple):
    """Arrests of an area in a fiscal year; months whose counts are too small to show are left out and counted in `hidden`."""

    area: str
    year: int
    arrests: int
    at_large: int
    months: int
    hidden: int


@lru_cache(maxsize=1)
def arrests() -> tuple[Arrests, ...]:
    """Arrests by area and fiscal year (October to September); the last one ends on 31 August 2019."""
    sums: dict[tuple[str, int], list[int]] = {}
    with ARRESTS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            year, month = (int(part) for part in row["month"].split("-"))
            one = sums.setdefault((row["area"], year + (month >= 10)), [0, 0, 0, 0])
            if row["arrests"]:
                one[0] += int(row["arrests"])
                one[1] += int(row["at_large"])
                one[2] += 1
            else:
                one[3] += 1
    return tuple(Arrests(area, year, *found) for (area, year), found in sorted(sums.items()))
