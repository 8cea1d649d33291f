"""What a load holds and lacks, counted: the quality report of one sheet or file."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from bailiwick.evidence.columns import Raw, any_day, form_key, is_blank, lower
from bailiwick.evidence.words import FORMS, LIFTED, METHODS, OTHER_METHODS

if TYPE_CHECKING:
    import duckdb

#: How many unknown spellings and how many lines are listed.
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
        unknown: `lift_reason`, `form`, `method` or `state` -> spelling that nobody here knows -> rows.
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
    named = {raw.of(name) for name in ("day", "ended", "departed", "convicted_on")}
    for name in raw.columns:
        if name not in named and not name.endswith("_date"):
            continue
        values = raw.values.get(name)
        if values is None:
            test = f"{raw.text(name)} IS NOT NULL AND {raw.day(name)} IS NULL"
            (bad,) = _one(connection, f"SELECT count(*) FROM raw WHERE {test}")
        else:
            said = {cell: n for cell, n in values.items() if not is_blank(cell)}
            read = connection.execute(
                f"SELECT cell FROM unnest(?::VARCHAR[]) t(cell) WHERE {any_day('trim(cell)')} IS NULL",
                [list(said)],
            ).fetchall()
            bad = sum(said[cell] for (cell,) in read)
        if bad:
            quality.unreadable_dates[name] = int(bad)


def _spellings(connection: duckdb.DuckDBPyConnection, raw: Raw, quality: Quality) -> None:
    known: dict[str, tuple[Iterable[str], Callable[[str], str]]] = {
        "lift_reason": (LIFTED, lower),
        "apprehension_method": ((*METHODS, *OTHER_METHODS), lower),
        "form": (FORMS, form_key),
    }
    for name, (words, key) in known.items():
        column = raw.of(name)
        if column is not None:
            values = raw.values.get(column, {})
            _listed(
                quality,
                name,
                {cell: n for cell, n in values.items() if not is_blank(cell) and key(cell) not in words},
            )
    if raw.of("facility") and raw.of("state"):
        rows = connection.execute(
            "SELECT state_raw, sum(rows)::BIGINT FROM stands WHERE state_raw IS NOT NULL AND state IS NULL GROUP BY 1"
        ).fetchall()
        _listed(quality, "state", dict(rows))


def _listed(quality: Quality, name: str, found: dict[str, int]) -> None:
    most = sorted(found.items(), key=lambda one: (-one[1], one[0]))
    if most:
        quality.unknown[name] = dict(most[:LISTED])
