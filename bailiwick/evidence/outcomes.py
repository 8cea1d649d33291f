"""Outcomes of detainers, counted: by state, county, facility, month, form, offence, criminality, law in force.

A blank lift reason is `not_recorded`: the detainer was still open, or nobody entered what became of it. It is never "honored", and
the share declined is of detainers *with* a recorded outcome. What is not recorded may hold any number of declined ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from bailiwick.evidence.columns import literal
from bailiwick.evidence.shares import Share, share
from bailiwick.evidence.store import Store
from bailiwick.evidence.suppress import LIMIT, suppress
from bailiwick.evidence.words import OUTCOMES

if TYPE_CHECKING:
    import duckdb

    from bailiwick.engine.lawbook import Lawbook

#: What detainers can be grouped by -> (columns of the group, their SQL). A facility's name is told apart by its state.
BY: dict[str, dict[str, str]] = {
    "state": {"state": "state"},
    "county": {"county": "county"},
    "facility": {"state": "state", "facility": "facility"},
    "month": {"month": "strftime(day, '%Y-%m')"},
    "year": {"year": "strftime(day, '%Y')"},
    "form": {"form": "form"},
    "kind": {"kind": "kind"},
    "offence": {"offence": "offence"},
    "criminality": {"criminality": "criminality"},
    "area": {"area": "area"},
    "release": {"release": "release"},
    "law": {"law": "law"},
}
#: What they can be limited to, besides the columns above: days (the last one excluded), and a place with all within it.
LIMITS = ("from", "to", "place")


class NotAsked(ValueError):
    """A grouping or a limit that is none."""


@dataclass(frozen=True, slots=True)
class Row:
    """The detainers of one group.

    Attributes:
        group: column -> value; None where it is not recorded (a facility without county, a form that nobody knows).
        counts: outcome -> detainers, every outcome of `words.OUTCOMES`.
        detainers: all of them.
        declined: declined ones as a share of those with a recorded outcome, with its 95 % Wilson interval.
    """

    group: dict[str, str | None]
    counts: dict[str, int]
    detainers: int
    declined: Share

    @property
    def recorded(self) -> int:
        """Detainers with a recorded outcome."""
        return self.detainers - self.counts["not_recorded"]


@dataclass(frozen=True, slots=True)
class Shown:
    """A row as it may be published: None where a count is small, or where a small one could be worked out from it."""

    group: dict[str, str | None]
    counts: dict[str, int | None]
    detainers: int | None
    declined: Share | None


def outcomes(
    store: Store,
    by: Sequence[str] = (),
    where: Mapping[str, str] | None = None,
    *,
    release: str | None = None,
    law: Lawbook | None = None,
) -> list[Row]:
    """Detainers by outcome, in order of the group; one row for all where `by` names nothing.

    Args:
        by: names of `BY`, in order. `law` groups by what the law of the place and day said of the hold (or of the notice or
            transfer, where that was asked); it needs `law`.
        where: names of `BY` or `LIMITS` -> value. A county is its FIPS code, a state a path (`us/ca`), days are ISO dates.
        release: one release; needed where the store has several.

    Raises:
        NotAsked: an unknown grouping or limit, or a day that is none.
        NoStore: no detainers there, or several releases and none named.
    """
    chosen = store.release("detainers", release)
    with store.connection(chosen) as connection:
        source = "detainers"
        if "law" in by or "law" in (where or {}):
            if law is None:
                raise NotAsked("law: expected a lawbook to group by the law in force; found none")
            from bailiwick.evidence.law import join_law

            source = join_law(connection, store, law, chosen)
        return list(counted(connection, source, by, where or {}))


def counted(
    connection: duckdb.DuckDBPyConnection, source: str, by: Sequence[str], where: Mapping[str, str]
) -> Iterator[Row]:
    """The same over any table or SELECT that has the canonical columns of detainers."""
    sql = statement(source, by, where)
    names = [column for name in by for column in BY[name]]
    for row in connection.execute(sql).fetchall():
        yield _row(dict(zip(names, row, strict=False)), row[len(names) :])


def statement(source: str, by: Sequence[str], where: Mapping[str, str]) -> str:
    """The statement that counts, for DuckDB. `source`: a table or view."""
    if unknown := [name for name in by if name not in BY]:
        raise NotAsked(f"by: expected {', '.join(BY)}; found '{unknown[0]}'")
    columns = {column: sql for name in by for column, sql in BY[name].items()}
    test = condition(where)
    # A month is written out once a group, not once a detainer.
    inner = {name: "year(day) * 12 + month(day)" if name == "month" else sql for name, sql in columns.items()}
    month = "format('{:04d}-{:02d}', (month - 1) // 12, (month - 1) % 12 + 1)"
    outer = [f"{month} AS month" if name == "month" else name for name in columns]
    counts = ", ".join(f"coalesce(sum(n) FILTER (outcome = {literal(one)}), 0)::BIGINT" for one in OUTCOMES)
    grouped = ", ".join([*(f"{sql} AS {name}" for name, sql in inner.items()), "outcome", "count(*) AS n"])
    if not columns:
        return f"SELECT {counts} FROM (SELECT {grouped} FROM {source} WHERE {test} GROUP BY ALL)"
    order = ", ".join(f"{i + 1} NULLS LAST" for i in range(len(columns)))
    return (
        f"SELECT {', '.join(outer)}, {counts} FROM (SELECT {grouped} FROM {source} WHERE {test} GROUP BY ALL) "
        f"GROUP BY {', '.join(columns)} ORDER BY {order}"
    )


def condition(where: Mapping[str, str]) -> str:
    """The limits as SQL."""
    tests = ["true"]
    for name, value in where.items():
        if name in ("from", "to"):
            tests.append(
                f"day {'>=' if name == 'from' else '<'} DATE {literal(_day(name, value).isoformat())}"
            )
        elif name == "place":
            tests.append(f"(place = {literal(value)} OR starts_with(place, {literal(value + '/')}))")
        elif name in BY:
            tests.append(f"{BY[name][name]} = {literal(value)}")
        else:
            raise NotAsked(f"where: expected {', '.join((*BY, *LIMITS))}; found '{name}'")
    return " AND ".join(tests)


def _day(name: str, value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise NotAsked(f"{name}: expected a date like 2015-01-31, found '{value}'") from None


def _row(group: dict[str, str | None], counts: Sequence[int]) -> Row:
    named = dict(zip(OUTCOMES, counts, strict=True))
    total = sum(counts)
    return Row(group, named, total, share(named["declined"], total - named["not_recorded"]))


def shown(rows: Sequence[Row], limit: int = LIMIT) -> tuple[list[Shown], Shown]:
    """Rows as they may be published, and their sum; see `suppress`.

    A share is shown only where its part and its whole are: else one could be worked out from the other.
    """
    safe = suppress([[row.counts[one] for one in OUTCOMES] for row in rows], limit)
    total = _row({}, [sum(row.counts[one] for row in rows) for one in OUTCOMES])
    if not rows:
        return [], Shown({}, dict(total.counts), 0, total.declined)
    made = [_shown(row, cells) for row, cells in zip([*rows, total], safe, strict=True)]
    return made[:-1], made[-1]


def _shown(row: Row, cells: Sequence[int | None]) -> Shown:
    counts = dict(zip(OUTCOMES, cells, strict=False))
    told = None not in (counts["declined"], counts["not_recorded"], cells[-1])
    return Shown(row.group, counts, cells[-1], row.declined if told else None)
