"""From a detainer to the next time the release meets the person: custody, an arrest after a decline, a later detainer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import duckdb

from bailiwick.evidence.paths.incidence import Point, incidence

#: Follow-up, in days from the detainer.
FOLLOWED = (0, 30, 90, 180, 365, 1095)

#: What a file of the agency cannot see, said wherever a figure of it stands.
CANNOT_SEE = (
    "A person whom the agency never met again stands in no table: nothing here says where they are or what they did.",
    "The day of release from the jail is not in the file: days run from the detainer.",
    "A later detainer is an arrest somewhere that the agency learned of, not a crime, and not every arrest.",
)


@dataclass(frozen=True, slots=True)
class Returned:
    """A later detainer for the same person, removal competing, by the outcome of the first.

    Attributes:
        outcome: of the person's first detainer in the release.
        people: how many are followed.
        returned: share with a later detainer by each day; a lower bound, see CANNOT_SEE.
        removed: share removed before any later detainer.
        never_met: people for whom the release has neither a later detainer nor a removal.
    """

    outcome: str
    people: int
    returned: tuple[Point, ...]
    removed: tuple[Point, ...]
    never_met: int


@dataclass(frozen=True, slots=True)
class Custody:
    """From a detainer to detention: how many of the detainers with this outcome were followed by a stay that began within
    `within` days, and the days of those in the middle."""

    outcome: str
    detainers: int
    followed: int
    median_days: float | None
    within: int


@dataclass(frozen=True, slots=True)
class AfterDecline:
    """What the release shows after declined detainers. `people` = arrested in custody + at large + otherwise + not met again:
    the last is a bound on what is not known, not a share of anything."""

    people: int
    in_custody: int
    at_large: int
    otherwise: int
    not_met: int
    median_days: float | None


class Ended(NamedTuple):
    """People whose first detainer had one outcome and, where counties were asked for, was of one county.

    days: from that detainer to what ended the time. ended: 1 a later detainer, 2 removal before any, 0 followed no longer.
    """

    county: str
    outcome: str
    days: int
    ended: int
    people: int


def ends(connection: duckdb.DuckDBPyConnection, end: date, *, counties: bool = False) -> list[Ended]:
    """What ended the time of each person after the first detainer, followed to `end` (the day after the last day of the release).

    A detainer of the same day, or one whose outcome says that it replaced another (`superseded`), is no return. Wherever the
    later detainer was, the county is that of the first; empty where it is in none, or counties are not asked for.
    """
    county = "coalesce(arg_min(county, (day, outcome)), '')" if counties else "''"
    rows = connection.execute(
        f"""
        WITH first AS (
            SELECT person, min(day) AS day, arg_min(outcome, (day, outcome)) AS outcome, {county} AS county
            FROM detainers WHERE outcome <> 'superseded' AND day < ? GROUP BY person
        ),
        later AS (
            SELECT f.person, min(d.day) AS day FROM first f JOIN detainers d USING (person)
            WHERE d.day > f.day AND d.day < ? AND d.outcome <> 'superseded' GROUP BY f.person
        ),
        removed AS (
            SELECT f.person, min(r.day) AS day FROM first f JOIN removals r USING (person)
            WHERE r.day >= f.day AND r.day < ? GROUP BY f.person
        )
        SELECT f.county, f.outcome,
               CASE WHEN l.day IS NULL AND r.day IS NULL THEN date_diff('day', f.day, ?::DATE - 1)
                    ELSE date_diff('day', f.day, least(l.day, r.day)) END AS days,
               -- Removed and met again on one day: the removal came first, a person removed is not met on the way out.
               CASE WHEN l.day IS NULL AND r.day IS NULL THEN 0
                    WHEN r.day IS NULL OR l.day < r.day THEN 1 ELSE 2 END AS ended,
               count(*) AS people
        FROM first f LEFT JOIN later l USING (person) LEFT JOIN removed r USING (person)
        GROUP BY ALL ORDER BY ALL
        """,
        [end, end, end, end],
    ).fetchall()
    return [Ended(*row) for row in rows]


def returned(
    connection: duckdb.DuckDBPyConnection, end: date, at: tuple[int, ...] = FOLLOWED
) -> list[Returned]:
    """Returns by outcome of each person's first detainer; see `ends`."""
    rows = ends(connection, end)
    out = []
    for outcome in sorted({row.outcome for row in rows}):
        mine = [row for row in rows if row.outcome == outcome]
        days = [row.days for row in mine for _ in range(row.people)]
        ended = [row.ended for row in mine for _ in range(row.people)]
        out.append(
            Returned(
                outcome,
                len(days),
                incidence(days, ended, 1, at),
                incidence(days, ended, 2, at),
                ended.count(0),
            )
        )
    return out


def custody(connection: duckdb.DuckDBPyConnection, within: int = 90) -> list[Custody]:
    """Stays that began from the day of a detainer on, by its outcome. A stay belongs to the latest detainer before it."""
    rows = connection.execute(
        """
        WITH numbered AS (SELECT row_number() OVER () AS n, * FROM detainers),
        met AS (
            SELECT d.n, date_diff('day', d.day, s.day) AS days
            FROM stays s ASOF JOIN numbered d ON s.person = d.person AND s.day >= d.day
        ),
        soonest AS (SELECT n, min(days) AS days FROM met WHERE days <= ? GROUP BY n)
        SELECT outcome, count(*), count(days), median(days) FROM numbered LEFT JOIN soonest USING (n)
        GROUP BY outcome ORDER BY outcome
        """,
        [within],
    ).fetchall()
    return [Custody(outcome, n, met, median, within) for outcome, n, met, median in rows]


def after_decline(connection: duckdb.DuckDBPyConnection) -> AfterDecline:
    """The first arrest by the agency from the day of each person's first declined detainer on."""
    row = connection.execute(
        """
        WITH first AS (SELECT person, min(day) AS day FROM detainers WHERE outcome = 'declined' GROUP BY person),
        met AS (
            SELECT f.person, min(a.day) AS day, arg_min(a.method, a.day) AS method, any_value(f.day) AS declined
            FROM first f JOIN arrests a ON a.person = f.person AND a.day >= f.day GROUP BY f.person
        )
        SELECT (SELECT count(*) FROM first),
               count(*) FILTER (method = 'in_custody'),
               count(*) FILTER (method = 'at_large'),
               count(*) FILTER (method IS NULL OR method NOT IN ('in_custody', 'at_large')),
               median(date_diff('day', declined, day))
        FROM met
        """
    ).fetchone()
    assert row is not None
    people, in_custody, at_large, otherwise, median = row
    return AfterDecline(
        people, in_custody, at_large, otherwise, people - in_custody - at_large - otherwise, median
    )
