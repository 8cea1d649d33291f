"""What a load holds and lacks, counted: the quality report of one sheet or file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from bailiwick.evidence.columns import chosen, column_of, day, form_key, literal, quoted, text
from bailiwick.evidence.sources import Layout
from bailiwick.evidence.words import BLANKS, FORMS, LIFTED, METHODS

if TYPE_CHECKING:
    import duckdb

#: How many unknown spellings and how many lines are listed.
LISTED = 20


@dataclass(slots=True)
class Quality:
    """Counts of rows. `read` = `taken` + the sum of `set_aside`, always.

    Attributes:
        part: name of its files in the store.
        file, sheet, sha256: what was loaded.
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


def count(
    connection: duckdb.DuckDBPyConnection, layout: Layout, columns: tuple[str, ...], quality: Quality
) -> None:
    """Fill in what the views `raw` (every row, as text) and `taken` (canonical rows) tell."""
    _blanks(connection, columns, quality)
    _dates(connection, layout, columns, quality)
    _spellings(connection, layout, columns, quality)
    quality.absent = [
        names[0]
        for canonical, names in layout.columns.items()
        if column_of(layout, canonical, columns) is None
    ]
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
        (quality.facility,) = _one(connection, "SELECT count(facility) FROM taken")
        quality.placed = dict(
            connection.execute(
                "SELECT coalesce(placed, 'not placed'), count(*) FROM taken WHERE facility IS NOT NULL "
                "GROUP BY 1 ORDER BY 2 DESC, 1"
            ).fetchall()
        )


def _one(connection: duckdb.DuckDBPyConnection, sql: str) -> tuple[Any, ...]:
    found = connection.execute(sql).fetchone()
    assert found is not None
    return found


def _blanks(connection: duckdb.DuckDBPyConnection, columns: tuple[str, ...], quality: Quality) -> None:
    blank = ", ".join(literal(word) for word in BLANKS)
    counts = ", ".join(
        f"count(*) FILTER ({quoted(name)} IS NULL OR lower(trim({quoted(name)})) IN ({blank}))"
        for name in columns
    )
    quality.blank = dict(zip(columns, _one(connection, f"SELECT {counts} FROM raw"), strict=True))


def _dates(
    connection: duckdb.DuckDBPyConnection, layout: Layout, columns: tuple[str, ...], quality: Quality
) -> None:
    named = {column_of(layout, name, columns) for name in ("day", "ended", "departed", "convicted_on")}
    dates = [name for name in columns if name in named or name.endswith("_date")]
    if not dates:
        return
    counts = ", ".join(
        f"count(*) FILTER ({text(name)} IS NOT NULL AND {day(name)} IS NULL)" for name in dates
    )
    found = zip(dates, _one(connection, f"SELECT {counts} FROM raw"), strict=True)
    quality.unreadable_dates = {name: rows for name, rows in found if rows}


def _spellings(
    connection: duckdb.DuckDBPyConnection, layout: Layout, columns: tuple[str, ...], quality: Quality
) -> None:
    known: dict[str, Iterable[str]] = {"lift_reason": LIFTED, "apprehension_method": METHODS, "form": FORMS}
    for name, words in known.items():
        column = column_of(layout, name, columns)
        if column is None:
            continue
        subject = form_key(column) if name == "form" else f"lower({text(column)})"
        test = (
            f"{text(column)} IS NOT NULL AND {chosen(subject, dict.fromkeys(words, 'known'), 'NULL')} IS NULL"
        )
        _unknown(connection, quality, name, text(column), "raw", test)
    if column_of(layout, "facility", columns) and (column := column_of(layout, "state", columns)):
        test = "state_raw IS NOT NULL AND state IS NULL"
        _unknown(connection, quality, "state", "state_raw", "stands", test, "sum(rows)::BIGINT")


def _unknown(
    connection: duckdb.DuckDBPyConnection,
    quality: Quality,
    name: str,
    value: str,
    source: str,
    test: str,
    rows: str = "count(*)",
) -> None:
    found = connection.execute(
        f"SELECT {value} AS spelling, {rows} AS n FROM {source} WHERE {test} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {LISTED}"
    ).fetchall()
    if found:
        quality.unknown[name] = dict(found)
