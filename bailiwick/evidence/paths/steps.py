"""From a detainer to the next time the release meets the person: custody, an arrest after a decline, a later detainer."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import duckdb

from bailiwick.evidence.columns import literals
from bailiwick.evidence.paths.incidence import Point, incidence
from bailiwick.evidence.words import OUTCOMES

#: Follow-up, in days from the detainer.
FOLLOWED = (0, 30, 90, 180, 365, 1095)

#: What a file of the agency cannot see, said wherever a figure of it stands.
CANNOT_SEE = (
    "A person whom the agency never met again stands in no table: nothing here says where they are or what they did.",
    "The day of release from the jail is not in the file: days run from the detainer.",
    "A later detainer may follow a new arrest, or the same custody in another jail: it is not a crime, and not every arrest "
    "leads to one.",
)

#: Of several detainers of one person and day the one counts whose outcome stands first in tables, not recorded last.
_OUTCOME = f"list_position([{literals(OUTCOMES)}], outcome)"


@dataclass(frozen=True, slots=True)
class Returned:
    """A later detainer for the same person, removal competing, by the outcome of the first.

    Attributes:
        outcome: of the person's first detainer in the release.
        people: how many are followed.
        returned: share with a later detainer by each day; a lower bound, see CANNOT_SEE.
        removed: share removed before any later detainer.
        neither: people for whom there is neither a later detainer nor a removal by the last day.
    """

    outcome: str
    people: int
    returned: tuple[Point, ...]
    removed: tuple[Point, ...]
    neither: int


@dataclass(frozen=True, slots=True)
class LeftOut:
    """People with linked detainers of whom none can start the time.

    Attributes:
        superseded: every detainer of theirs was replaced by another form or is a duplicate: what became of it is told by none.
        late: the first other one is of a day after the last that counts.
    """

    superseded: int
    late: int


@dataclass(frozen=True, slots=True)
class Custody:
    """From a detainer to detention.

    Attributes:
        outcome: of the detainers.
        detainers: those that are followed for `within` days before the release ends.
        followed: those of them that a stay followed which began within so many days.
        median_days: to that stay, of those in the middle.
        recent: detainers that are too recent to be followed for so long, in none of the other counts.
    """

    outcome: str
    detainers: int
    followed: int
    median_days: float | None
    within: int
    recent: int


@dataclass(frozen=True, slots=True)
class AfterDecline:
    """What the release shows of people after their first declined detainer, each person in one count.

    Attributes:
        people: all of them, the sum of the counts below.
        in_custody, at_large, otherwise: arrested by the agency, by the method of the first arrest; otherwise: the method is not
            recorded, or says neither.
        removed: not arrested, but removed.
        detained: neither, but a stay in detention began.
        detainer: none of these, but a later detainer.
        encountered: none of these, but a later encounter.
        nowhere: in no row of a later day. A bound on what is not known, not a share of anything.
        median_days: from the declined detainer to the first arrest.
    """

    people: int
    in_custody: int
    at_large: int
    otherwise: int
    removed: int
    detained: int
    detainer: int
    encountered: int
    nowhere: int
    median_days: float | None

    @property
    def arrested(self) -> int:
        """By whatever method."""
        return self.in_custody + self.at_large + self.otherwise

    @property
    def met_otherwise(self) -> int:
        """Not arrested, but met again."""
        return self.removed + self.detained + self.detainer + self.encountered


def after_words(found: AfterDecline, missing: Collection[str] = ()) -> dict[str, int]:
    """The counts of `AfterDecline` in words, in order; without those that tables of which nothing is linked cannot tell."""
    arrests = "arrests" not in missing
    words = {
        "arrested in custody": (found.in_custody, arrests),
        "arrested at large": (found.at_large, arrests),
        "arrested, method neither or not recorded": (found.otherwise, arrests),
        "removed, no arrest is known": (found.removed, "removals" not in missing),
        "detained, neither is known": (found.detained, "stays" not in missing),
        "a later detainer, none of these is known": (found.detainer, True),
        "a later encounter, none of these is known": (found.encountered, "encounters" not in missing),
        "nowhere in the release after": (found.nowhere, True),
    }
    return {name: count for name, (count, told) in words.items() if told}


def after_sentence(found: AfterDecline, missing: Collection[str] = ()) -> str:
    """`AfterDecline` in one sentence; missing as in `after_words`."""
    shown = f"the release shows {found.met_otherwise:,} again in another way and {found.nowhere:,} nowhere."
    if "arrests" in missing:
        return f"{found.people:,} people had a declined detainer; afterwards {shown} It has no arrests that can be linked."
    return (
        f"{found.people:,} people had a declined detainer; {found.arrested:,} were arrested by the agency afterwards. "
        f"Of the other {found.people - found.arrested:,} {shown}"
    )


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

    A detainer of the same day, or one that was itself replaced or is a duplicate (`superseded`), is no return; nor does such a
    one start the time (`left_out` counts whom that leaves out). Of several first ones of one day the outcome that stands first
    in tables counts. Wherever the later detainer was, the county is that of the first; empty where it is in none, or counties are
    not asked for.
    """
    county = "county" if counties else "NULL"
    rows = connection.execute(
        f"""
        WITH first AS (
            SELECT person, day, outcome, coalesce({county}, '') AS county
            FROM detainers WHERE outcome <> 'superseded' AND day < ?
            QUALIFY row_number() OVER (PARTITION BY person ORDER BY day, {_OUTCOME}, {county}) = 1
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


def left_out(connection: duckdb.DuckDBPyConnection, end: date) -> LeftOut:
    """People with linked detainers whom `ends` does not follow, by why."""
    row = connection.execute(
        """
        WITH first AS (SELECT min(day) FILTER (outcome <> 'superseded') AS day FROM detainers GROUP BY person)
        SELECT count(*) FILTER (day IS NULL), count(*) FILTER (day >= ?) FROM first
        """,
        [end],
    ).fetchone()
    assert row is not None
    return LeftOut(*row)


def custody(connection: duckdb.DuckDBPyConnection, end: date, within: int = 90) -> list[Custody]:
    """Stays that began from the day of a detainer on, by its outcome; `end` as in `ends`.

    A stay belongs to the latest detainer before it; of several of that day, to each.
    """
    rows = connection.execute(
        """
        WITH days AS (SELECT DISTINCT person, day FROM detainers),
        met AS (
            SELECT d.person, d.day, min(date_diff('day', d.day, s.day)) AS days
            FROM stays s ASOF JOIN days d ON s.person = d.person AND s.day >= d.day GROUP BY ALL
        ),
        detained AS (
            SELECT outcome, day + $1::INTEGER < $2::DATE AS counts, CASE WHEN days <= $1 THEN days END AS days
            FROM detainers LEFT JOIN met USING (person, day)
        )
        SELECT outcome, count(*) FILTER (counts), count(days) FILTER (counts), median(days) FILTER (counts),
               count(*) FILTER (NOT counts)
        FROM detained GROUP BY outcome ORDER BY outcome
        """,
        [within, end],
    ).fetchall()
    return [Custody(outcome, n, met, median, within, recent) for outcome, n, met, median, recent in rows]


def after_decline(connection: duckdb.DuckDBPyConnection) -> AfterDecline:
    """What the release shows after each person's first declined detainer, in all its tables and to the last row of each.

    An arrest, a stay and a removal count from that day on. A detainer or an encounter counts from the day after: one of the same
    day is what led to the declined detainer, or its double. A later detainer counts whatever its outcome.
    """
    row = connection.execute(
        """
        WITH first AS (SELECT person, min(day) AS day FROM detainers WHERE outcome = 'declined' GROUP BY person),
        arrested AS (
            SELECT f.person, a.method, date_diff('day', f.day, a.day) AS days
            FROM first f JOIN arrests a ON a.person = f.person AND a.day >= f.day
            QUALIFY row_number() OVER (
                PARTITION BY f.person
                ORDER BY a.day, CASE a.method WHEN 'in_custody' THEN 0 WHEN 'at_large' THEN 1 ELSE 2 END
            ) = 1
        ),
        gone AS (SELECT person, max(day) AS day FROM removals GROUP BY person),
        held AS (SELECT person, max(day) AS day FROM stays GROUP BY person),
        asked AS (SELECT person, max(day) AS day FROM detainers GROUP BY person),
        seen AS (SELECT person, max(day) AS day FROM encounters GROUP BY person),
        met AS (
            SELECT days, CASE
                WHEN method IN ('in_custody', 'at_large') THEN method
                WHEN days IS NOT NULL THEN 'otherwise'
                WHEN gone.day >= f.day THEN 'removed'
                WHEN held.day >= f.day THEN 'detained'
                WHEN asked.day > f.day THEN 'detainer'
                WHEN seen.day > f.day THEN 'encountered'
                ELSE 'nowhere' END AS how
            FROM first f LEFT JOIN arrested USING (person) LEFT JOIN gone USING (person) LEFT JOIN held USING (person)
            LEFT JOIN asked USING (person) LEFT JOIN seen USING (person)
        )
        SELECT count(*), count(*) FILTER (how = 'in_custody'), count(*) FILTER (how = 'at_large'),
               count(*) FILTER (how = 'otherwise'), count(*) FILTER (how = 'removed'), count(*) FILTER (how = 'detained'),
               count(*) FILTER (how = 'detainer'), count(*) FILTER (how = 'encountered'), count(*) FILTER (how = 'nowhere'),
               median(days)
        FROM met
        """
    ).fetchone()
    assert row is not None
    return AfterDecline(*row)
