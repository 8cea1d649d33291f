"""Outcomes of detainers, counted: by state, county, facility, month, form, offence, criminality, law in force.

A blank lift reason is `not_recorded`: the detainer was still open, or nobody entered what became of it. It is never "honored",
and the share declined is of detainers *with* a recorded outcome. What is not recorded may hold any number of declined ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from bailiwick.engine.facts import FACTS, Outcome
from bailiwick.engine.places import load_places
from bailiwick.evidence.columns import literal
from bailiwick.evidence.shares import Share, share
from bailiwick.evidence.store import Store
from bailiwick.evidence.suppress import LIMIT, suppress
from bailiwick.evidence.words import FORMS, OUTCOMES

if TYPE_CHECKING:
    import duckdb

    from bailiwick.engine.lawbook import Lawbook

#: What detainers can be grouped by -> (columns of the group, their SQL). A facility's name is told apart by its state.
BY: dict[str, dict[str, str]] = {
    "state": {"state": "state"},
    "county": {"county": "county"},
    "facility": {"state": "state", "facility": "facility"},
    "month": {"month": "CAST(date_trunc('month', day) AS DATE)"},
    "year": {"year": "CAST(year(day) AS STRING)"},
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


#: The code of the one place in the column of counties that is none.
_DC = "11"


class NotAsked(ValueError):
    """A grouping or a limit that is none."""


@dataclass(frozen=True, slots=True)
class Row:
    """The detainers of one group.

    Attributes:
        group: column -> value; None where it is not recorded (a facility without county, a form that nobody knows).
        counts: outcome -> detainers, every outcome of `words.OUTCOMES`.
        detainers: all of them.
    """

    group: dict[str, str | None]
    counts: dict[str, int]
    detainers: int

    @property
    def declined(self) -> Share:
        """Declined ones as a share of those with a recorded outcome, with its 95 % Wilson interval."""
        return share(self.counts["declined"], self.recorded)

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
    engine: str = "duckdb",
    master: str | None = None,
) -> list[Row]:
    """Detainers by outcome, in order of the group; one row for all where `by` names nothing.

    Args:
        by: names of `BY`, in order. `law` groups by what the law of the place and day said of the hold (or of the notice or
            transfer, where that was asked); it needs `law`.
        where: names of `BY` or `LIMITS` -> value. A county is its FIPS code, a state a path (`us/ca`), days are ISO dates.
        release: one release; needed where the store has several.
        engine: `duckdb`, or `spark` with the address of its `master`.

    Raises:
        NotAsked: an unknown grouping or limit, or a day that is none.
        NoStore: no detainers there, or several releases and none named.
    """
    chosen, limits = store.release("detainers", release), where or {}
    answers = None
    if "law" in by or "law" in limits:
        if law is None:
            raise NotAsked("by: expected a lawbook to group by the law in force; found none")
        from bailiwick.evidence.law import Engine, decisions

        answers = decisions(store, law, chosen, Engine(engine, master))
    sql = statement("detainers" if answers is None else "detainers_law", by, limits)
    if engine == "spark":
        from bailiwick.evidence.spark import count

        return _rows(count(store, chosen, sql, master, answers), by)
    with store.connection(chosen) as connection:
        if answers is not None:
            connection.execute(
                "CREATE VIEW detainers_law AS SELECT d.*, l.law FROM detainers d "
                f"LEFT JOIN read_parquet({literal(str(answers))}) l ON l.part = d.part AND l.row = d.row"
            )
        return _rows(connection.execute(sql).fetchall(), by)


def counted(
    connection: duckdb.DuckDBPyConnection, source: str, by: Sequence[str], where: Mapping[str, str]
) -> list[Row]:
    """The same over any table or view that has the canonical columns of detainers."""
    return _rows(connection.execute(statement(source, by, where)).fetchall(), by)


def _rows(found: Sequence[tuple[Any, ...]], by: Sequence[str]) -> list[Row]:
    names = [column for name in by for column in BY[name]]
    width = len(names)
    return [_row(_group(names, row), row[width:]) for row in found]


def group_of(by: Sequence[str], row: Sequence[Any]) -> dict[str, str | None]:
    """The columns of a group from the first ones of a row of a counting statement; a month as `2015-01`."""
    return _group([column for name in by for column in BY[name]], row)


def _group(names: Sequence[str], row: Sequence[Any]) -> dict[str, str | None]:
    group = dict(zip(names, row, strict=False))
    if month := group.get("month"):
        group["month"] = month.isoformat()[:7]
    return group


def statement(source: str, by: Sequence[str], where: Mapping[str, str]) -> str:
    """The statement that counts, for DuckDB and Spark alike. `source`: a table or view. A month is its first day."""
    columns = grouping(by)
    inner = ", ".join([*(f"{sql} AS {name}" for name, sql in columns.items()), "outcome", "count(*) AS n"])
    grouped = ", ".join([*columns.values(), "outcome"])
    counts = ", ".join(
        f"CAST(coalesce(sum(CASE WHEN outcome = {literal(one)} THEN n END), 0) AS BIGINT)" for one in OUTCOMES
    )
    sql = f"FROM (SELECT {inner} FROM {source} WHERE {condition(where)} GROUP BY {grouped}) counted"
    if not columns:
        return f"SELECT {counts} {sql}"
    order = ", ".join(f"{name} NULLS LAST" for name in columns)
    return f"SELECT {', '.join(columns)}, {counts} {sql} GROUP BY {', '.join(columns)} ORDER BY {order}"


def grouping(by: Sequence[str]) -> dict[str, str]:
    """The columns of a group -> their SQL. Raises NotAsked."""
    if unknown := [name for name in by if name not in BY]:
        raise NotAsked(f"by: expected {', '.join(BY)}; found '{unknown[0]}'")
    return {column: sql for name in by for column, sql in BY[name].items()}


def condition(where: Mapping[str, str]) -> str:
    """The limits as SQL. Raises NotAsked."""
    tests = ["true"]
    for name, value in where.items():
        _possible(name, value)
        if name in ("from", "to"):
            tests.append(
                f"day {'>=' if name == 'from' else '<'} DATE {literal(_day(name, value).isoformat())}"
            )
        elif name == "place":
            tests.append(f"(place = {literal(value)} OR place LIKE {literal(value + '/%')})")
        elif name == "month":
            tests.append(f"{BY[name][name]} = DATE {literal(_day(name, value + '-01').isoformat())}")
        elif name in BY:
            tests.append(f"{BY[name][name]} = {literal(value)}")
        else:
            raise NotAsked(f"where: expected {', '.join((*BY, *LIMITS))}; found '{name}'")
    if where.keys() >= {"from", "to"} and _day("to", where["to"]) <= _day("from", where["from"]):
        raise NotAsked(f"to: expected a day after {where['from']}, found '{where['to']}'")
    return " AND ".join(tests)


def _possible(name: str, value: str) -> None:
    """Raises NotAsked where no detainer can have this value: a count of none would be no answer."""
    places = load_places()
    listed: dict[str, Sequence[str]] = {
        "law": tuple(Outcome),
        "kind": FACTS["request.kind"].values,
        "form": [form for _, form in FORMS.values()],
    }
    expected = ""
    if name == "state" and (value not in places or places.get(value).state != value):
        expected = "the path of a state, such as us/tx"
    elif name == "county" and value != _DC and getattr(places.by_fips.get(value), "kind", "") != "county":
        expected = "a county's FIPS code, such as 06037"
    elif name == "place" and value not in places:
        expected = "the path of a place, such as us/ny/new-york-city"
    elif name in listed and value not in listed[name]:
        expected = ", ".join(listed[name])
    if expected:
        raise NotAsked(f"{name}: expected {expected}; found '{value}'")


def _day(name: str, value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        like = "a month like 2015-01" if name == "month" else "a date like 2015-01-31"
        raise NotAsked(
            f"{name}: expected {like}, found '{value.removesuffix('-01') if name == 'month' else value}'"
        ) from None


def _row(group: dict[str, str | None], counts: Sequence[int]) -> Row:
    named = dict(zip(OUTCOMES, counts, strict=True))
    return Row(group, named, sum(counts))


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
