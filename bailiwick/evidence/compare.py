"""What an agency changed between two releases of one table: columns, counts by month, outcomes, and what was blank."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from bailiwick.evidence.columns import CANONICAL, literal
from bailiwick.evidence.store import Store


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs.

    Attributes:
        what: `rows`, `set_aside`, `column`, `blank`, `month`, or a canonical column whose values are counted (VALUES).
        value: which one: of rows `read`, `taken` or `set aside`; why they were set aside, a column's name, a month, a spelling.
        first, second: rows in the one release and the other; for a column 1 where it is there.
    """

    what: str
    value: str
    first: int
    second: int


@dataclass(frozen=True, slots=True)
class Rows:
    """What became of the rows of a release: those read are those taken and those set aside, by why."""

    read: int
    taken: int
    set_aside: dict[str, int]

    @property
    def aside(self) -> int:
        """Rows set aside, whatever the reason."""
        return sum(self.set_aside.values())


#: Canonical columns whose values are compared one by one, where a table has them.
VALUES = ("outcome", "lift_reason", "form", "apprehension_method", "state")


def rows(store: Store, release: str, table: str = "detainers") -> Rows:
    """What became of the rows of a release of a table, of all its files."""
    entries = store.quality(release, table)
    aside: Counter[str] = Counter()
    for one in entries:
        aside.update(one["set_aside"])
    return Rows(
        sum(one["read"] for one in entries), sum(one["taken"] for one in entries), dict(sorted(aside.items()))
    )


def compare(store: Store, first: str, second: str, table: str = "detainers") -> list[Difference]:
    """All differences, in the order of `Difference.what`. A month that only one covers has 0 in the other.

    Raises:
        NoStore: no such release of the table.
    """
    releases = store.release(table, first), store.release(table, second)
    out: list[Difference] = []
    blanks, columns = [], []
    for release in releases:
        entries = store.quality(release, table)
        blank: dict[str, int] = {}
        for one in entries:
            for name, n in one["blank"].items():
                blank[name] = blank.get(name, 0) + n
        blanks.append(blank)
        columns.append(set(blank))
    a, b = (rows(store, release, table) for release in releases)
    found = [
        ("rows", "read", a.read, b.read),
        ("rows", "taken", a.taken, b.taken),
        ("rows", "set aside", a.aside, b.aside),
    ]
    for why in sorted({*a.set_aside, *b.set_aside}):
        found.append(("set_aside", why, a.set_aside.get(why, 0), b.set_aside.get(why, 0)))
    out += [Difference(*one) for one in found if one[2] != one[3]]
    for name in sorted(columns[0] ^ columns[1]):
        out.append(Difference("column", name, int(name in columns[0]), int(name in columns[1])))
    for name in sorted(columns[0] & columns[1]):
        if blanks[0][name] != blanks[1][name]:
            out.append(Difference("blank", name, blanks[0][name], blanks[1][name]))
    counted = {"month": "strftime(day, '%Y-%m')"}
    counted |= {name: f"coalesce({name}, '(blank)')" for name in VALUES if name in CANONICAL[table]}
    with store.connection() as connection:
        for what, sql in counted.items():
            values = connection.execute(
                f"SELECT {sql} AS value, count(*) FILTER (release = {literal(first)}) AS a, "
                f"count(*) FILTER (release = {literal(second)}) AS b FROM {table} "
                f"WHERE release IN ({literal(first)}, {literal(second)}) GROUP BY 1 HAVING a <> b ORDER BY 1"
            ).fetchall()
            out += [Difference(what, value, *counts) for value, *counts in values]
    return out


def people(store: Store, first: str, second: str, table: str = "detainers") -> tuple[int, int] | None:
    """How many numbers of persons the releases share, and how many the second has in all; None where either has none.

    A number links rows within one release only: those that two releases share say that the agency numbered them alike.
    """
    with store.connection() as connection:
        row = connection.execute(
            f"""
            WITH a AS (SELECT DISTINCT person FROM {table} WHERE release = {literal(first)} AND person IS NOT NULL),
                 b AS (SELECT DISTINCT person FROM {table} WHERE release = {literal(second)} AND person IS NOT NULL)
            SELECT (SELECT count(*) FROM a JOIN b USING (person)), (SELECT count(*) FROM b), (SELECT count(*) FROM a)
            """
        ).fetchone()
    assert row is not None
    return (row[0], row[1]) if row[1] and row[2] else None
