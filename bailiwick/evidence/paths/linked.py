"""The rows of one release that can be linked to a person, as the views that `steps` reads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from bailiwick.evidence.store import NoStore, Store

if TYPE_CHECKING:
    import duckdb

#: Table of the store -> its columns that the views have besides person and day.
_MORE = {"detainers": "outcome, county", "arrests": "method", "stays": "", "removals": "", "encounters": ""}
#: A table that no time is counted to or followed by: it may end earlier than the others.
_ONLY_ASKED = "encounters"


@dataclass(frozen=True, slots=True)
class Linked:
    """How far a release can be followed.

    Attributes:
        release: its name.
        end: the day after the last on which every table that has rows, but encounters, was still being written.
        rows: table -> rows that are linked.
        unlinked: table -> rows without a person.
        doubted: people whose rows give more than one birth year: in no view.
        doubted_rows: their rows, in all tables.
        departures: linked detainers whose own row tells a day of departure.
    """

    release: str
    end: date
    rows: dict[str, int]
    unlinked: dict[str, int]
    doubted: int
    doubted_rows: int
    departures: int

    @property
    def last_day(self) -> date:
        """The last day that counts."""
        return self.end - timedelta(days=1)

    @property
    def removals_told(self) -> bool:
        """Whether the release tells of any removal or departure."""
        return bool(self.rows["removals"] or self.departures)

    @property
    def missing(self) -> tuple[str, ...]:
        """Tables of which nothing can be linked: that nobody is met in one of them says nothing."""
        return tuple(
            table
            for table, rows in self.rows.items()
            if not (self.removals_told if table == "removals" else rows)
        )


@contextmanager
def linked(store: Store, release: str | None = None) -> Iterator[tuple[duckdb.DuckDBPyConnection, Linked]]:
    """A connection with the views `detainers`, `arrests`, `stays`, `removals`, `encounters` of one release (see the package).

    Raises:
        NoStore: no such release, or none of its detainers names a person.
    """
    chosen = store.release("detainers", release)
    with store.connection(chosen) as connection:
        people = " UNION ALL ".join(f"SELECT person, birth_year FROM {table}" for table in _MORE)
        connection.execute(
            f"CREATE TABLE doubted AS SELECT person FROM ({people}) WHERE person IS NOT NULL AND birth_year IS NOT NULL "
            "GROUP BY person HAVING count(DISTINCT birth_year) > 1"
        )
        rows, unlinked, ends, doubted_rows = {}, {}, [], 0
        for table, more in _MORE.items():
            columns = f"person, day{', ' + more if more else ''}"
            known = "person IS NOT NULL AND day IS NOT NULL"
            doubted = "person IN (SELECT person FROM doubted)"
            counted: Any = connection.execute(
                f"SELECT count(*) FILTER ({known} AND NOT {doubted}), count(*) FILTER (NOT ({known})), "
                f"count(*) FILTER ({known} AND {doubted}), max(day) FROM {table}"
            ).fetchone()
            rows[table], unlinked[table], last = counted[0], counted[1], counted[3]
            doubted_rows += counted[2]
            if last is not None and table != _ONLY_ASKED:
                ends.append(last)
            connection.execute(
                f"CREATE TABLE linked_{table} AS SELECT {columns} FROM {table} WHERE {known} AND NOT {doubted}"
            )
        connection.execute(
            "INSERT INTO linked_removals SELECT person, departed FROM detainers WHERE person IS NOT NULL AND day IS NOT NULL "
            "AND departed IS NOT NULL AND person NOT IN (SELECT person FROM doubted)"
        )
        (removals,) = connection.execute("SELECT count(*) FROM linked_removals").fetchone() or (0,)
        if not rows["detainers"]:
            raise NoStore(f"release {chosen}: expected detainers with a number for each person; found none")
        for table in _MORE:
            connection.execute(f"DROP VIEW {table}")
            connection.execute(f"ALTER TABLE linked_{table} RENAME TO {table}")
        (people_in_doubt,) = connection.execute("SELECT count(*) FROM doubted").fetchone() or (0,)
        end = min(ends) + timedelta(days=1)
        yield (
            connection,
            Linked(chosen, end, rows, unlinked, people_in_doubt, doubted_rows, removals - rows["removals"]),
        )
