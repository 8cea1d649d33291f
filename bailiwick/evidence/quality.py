"""What a load holds and lacks, counted: the quality report of one sheet or file."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from bailiwick.evidence.columns import CANONICAL, Raw, any_day, form_key, is_blank, lower, quoted
from bailiwick.evidence.words import FORMS, LIFTED, METHODS, OTHER_METHODS, YES_NO

if TYPE_CHECKING:
    import duckdb

#: How many unknown spellings, impossible dates and lines are listed.
LISTED = 20


@dataclass(slots=True)
class Quality:
    """Counts of rows. `read` = `taken` + the sum of `set_aside`, always.

    Attributes:
        part: name of its files in the store.
        file, sheet, sha256, bytes: what was loaded, and how long the file is.
        layout, table, release: as what.
        header: lines or rows above the first row of data.
        set_aside: reason -> rows.
        lines: first lines of pieces that are no row, with the reason.
        absent: columns of the layout that the file lacks.
        unreadable_dates: column -> cells that are no date. Only those of the main date set their row aside.
        impossible_years: column -> date or year of birth that cannot be (`Raw.years`) -> rows. It is empty in canonical columns.
            The main date is not among them: it sets its row aside.
        unknown: `lift_reason`, `form`, `apprehension_method`, `final_order` or `state` -> spelling that nobody here knows
            -> rows.
        duplicates: rows beyond the first of the same person and day.
        shared_ids: persons under whose number rows with several birth years stand.
        blank: column -> blank or redacted cells, of all rows that could be read.
        facility: rows that name one; placed: how the county is known -> rows.
        fingerprint: of the canonical rows, in whatever order: the same rows in another file have the same.
    """

    part: str
    file: str
    sheet: str
    sha256: str
    layout: str
    table: str
    release: str
    header: int
    bytes: int = 0
    read: int = 0
    taken: int = 0
    set_aside: dict[str, int] = field(default_factory=dict)
    lines: list[dict[str, Any]] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    unreadable_dates: dict[str, int] = field(default_factory=dict)
    impossible_years: dict[str, dict[str, int]] = field(default_factory=dict)
    unknown: dict[str, dict[str, int]] = field(default_factory=dict)
    duplicates: int = 0
    shared_ids: int = 0
    blank: dict[str, int] = field(default_factory=dict)
    facility: int = 0
    placed: dict[str, int] = field(default_factory=dict)
    fingerprint: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def count(connection: duckdb.DuckDBPyConnection, raw: Raw, quality: Quality) -> None:
    """Fill in what the views `raw` (every row, as text) and `taken` (canonical rows) tell."""
    layout = raw.layout
    (rows,) = _one(connection, "SELECT count(*) FROM raw")
    quality.blank = {name: _blanks(connection, raw, name, rows) for name in raw.columns}
    _dates(connection, raw, quality)
    _spellings(connection, raw, quality)
    quality.absent = [names[0] for canonical, names in layout.columns.items() if raw.of(canonical) is None]
    if "person" in layout.columns:
        (quality.duplicates,) = _one(
            connection,
            "SELECT coalesce(sum(n - 1), 0)::BIGINT FROM (SELECT count(*) AS n FROM taken WHERE person IS NOT NULL "
            "GROUP BY person, day HAVING n > 1)",
        )
        (quality.shared_ids,) = _one(
            connection,
            "SELECT count(*) FROM (SELECT person FROM taken WHERE person IS NOT NULL AND birth_year IS NOT NULL "
            "GROUP BY person HAVING min(birth_year) <> max(birth_year))",
        )
    if "facility" in layout.columns:
        quality.placed = dict(
            connection.execute(
                "SELECT coalesce(placed, 'not placed'), count(*) FROM taken WHERE facility IS NOT NULL "
                "GROUP BY 1 ORDER BY 2 DESC, 1"
            ).fetchall()
        )
        quality.facility = sum(quality.placed.values())


def _one(connection: duckdb.DuckDBPyConnection, sql: str) -> tuple[Any, ...]:
    found = connection.execute(sql).fetchone()
    assert found is not None
    return found


def _blanks(connection: duckdb.DuckDBPyConnection, raw: Raw, name: str, rows: int) -> int:
    values = raw.values.get(name)
    if values is not None:
        return rows - sum(n for cell, n in values.items() if not is_blank(cell))
    if name in raw.full:
        return rows - raw.full[name]
    (said,) = _one(connection, f"SELECT count({raw.text(name)}) FROM raw")
    return int(rows - said)


def _dates(connection: duckdb.DuckDBPyConnection, raw: Raw, quality: Quality) -> None:
    table = CANONICAL[raw.layout.table]
    named = {raw.of(name) for name, kind in table.items() if kind == "DATE"}
    for name in raw.columns:
        if name in named or name.endswith(("_date", "_date_time")):
            bad, impossible = _no_day(connection, raw, name)
            if bad:
                quality.unreadable_dates[name] = bad
            if name != raw.of("day"):
                _listed(quality.impossible_years, name, impossible)
    if (birth := raw.of("birth_year")) is not None:
        _listed(quality.impossible_years, birth, _no_year(connection, raw, birth))


def _no_day(connection: duckdb.DuckDBPyConnection, raw: Raw, name: str) -> tuple[int, dict[str, int]]:
    """Cells of a column that are no date; and those that say one that cannot be, with their rows."""
    first, last = raw.years(name)
    can_be = f"BETWEEN DATE '{first}-01-01' AND DATE '{last}-12-31'"
    values = raw.values.get(name)
    if values is None:
        days = f"SELECT {quoted(name)} AS cell, {raw.day(name)} AS day FROM raw WHERE {raw.text(name)} IS NOT NULL"
        bad, beyond = _one(
            connection,
            f"SELECT count(*) FILTER (day IS NULL), count(*) FILTER (NOT day {can_be}) FROM ({days})",
        )
        most = f"SELECT cell, count(*) FROM ({days}) WHERE NOT day {can_be} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {LISTED}"
        return int(bad), dict(connection.execute(most).fetchall()) if beyond else {}
    said = {cell: n for cell, n in values.items() if not is_blank(cell)}
    odd = connection.execute(
        f"SELECT cell, day IS NULL FROM (SELECT cell, {any_day('trim(cell)')} AS day FROM unnest(?::VARCHAR[]) t(cell)) "
        f"WHERE day IS NULL OR NOT day {can_be}",
        [list(said)],
    ).fetchall()
    return sum(said[cell] for cell, none in odd if none), {cell: said[cell] for cell, none in odd if not none}


def _no_year(connection: duckdb.DuckDBPyConnection, raw: Raw, name: str) -> dict[str, int]:
    """Cells of a column of years that say something else or a year that cannot be, with their rows."""
    said, year = raw.text(name), raw.year_that_can_be(name)
    if said == year:
        return {}
    most = f"SELECT {quoted(name)}, count(*) FROM raw WHERE {said} IS NOT NULL AND {year} IS NULL GROUP BY 1"
    return dict(connection.execute(f"{most} ORDER BY 2 DESC, 1 LIMIT {LISTED}").fetchall())


def _spellings(connection: duckdb.DuckDBPyConnection, raw: Raw, quality: Quality) -> None:
    known: dict[str, tuple[Iterable[str], Callable[[str], str]]] = {
        "lift_reason": (LIFTED, lower),
        "apprehension_method": ((*METHODS, *OTHER_METHODS), lower),
        "form": (FORMS, form_key),
        "final_order": (YES_NO, lower),
    }
    for name, (words, key) in known.items():
        column = raw.of(name)
        if column is not None:
            values = raw.values.get(column, {})
            _listed(
                quality.unknown,
                name,
                {cell: n for cell, n in values.items() if not is_blank(cell) and key(cell) not in words},
            )
    if raw.of("state"):
        rows = connection.execute(
            "SELECT state_raw, sum(rows)::BIGINT FROM stands WHERE state_raw IS NOT NULL AND state IS NULL GROUP BY 1"
        ).fetchall()
        _listed(quality.unknown, "state", dict(rows))


def _listed(where: dict[str, dict[str, int]], name: str, found: dict[str, int]) -> None:
    most = sorted(found.items(), key=lambda one: (-one[1], one[0]))
    if most:
        where[name] = dict(most[:LISTED])
