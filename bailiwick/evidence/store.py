"""A store of public releases: Parquet by table and release, raw values beside canonical ones.

    DIR/table=detainers/release=foia-15-87693/1f3a….parquet          the rows that count, in canonical columns (`columns.py`)
    DIR/raw/table=detainers/release=foia-15-87693/1f3a….parquet      every row, each cell as it stood (of a large file
                                                                     they go on in 1f3a….2.parquet)
    DIR/set_aside/1f3a….parquet                                      rows that count nowhere, with the reason
    DIR/facilities/1f3a….parquet                                     where each facility was placed, how, and what is for review
    DIR/loads/1f3a….json                                             what was loaded, and its quality (`quality.py`)

One of each for every sheet or file loaded. `part` is its name, `row` a row's place among its raw rows, from 1; both are in
the canonical rows. The files are plain: other programs may read them, and reading never writes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count, takewhile
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING, Any

from bailiwick.evidence.columns import CANONICAL, literals
from bailiwick.evidence.sources import TABLES

if TYPE_CHECKING:
    import duckdb


class NoStore(ValueError):
    """A directory that is no store, or lacks what was asked for."""


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A facility that is in no county yet.

    Attributes:
        facility, state, city: as the release writes them, empty where blank.
        rows: how many rows name it.
        score: likeness of the nearest listed name of its state, 0 to 100; 0 where none is near.
        nearest: that name, with its county.
    """

    facility: str
    state: str
    city: str
    rows: int
    score: float
    nearest: str


class Store:
    """What has been loaded into a directory."""

    def __init__(self, directory: Path | str) -> None:
        self.directory = Path(directory)

    @classmethod
    def shipped(cls) -> Store:
        """The store that comes with the project: every detainer from October 2014 to July 2015."""
        return cls(Path(__file__).parent / "data" / "store")

    def loads(self) -> list[dict[str, Any]]:
        """What was loaded: one entry a sheet or file, with its quality, by table, release, file and sheet."""
        found = [json.loads(path.read_text("utf-8")) for path in (self.directory / "loads").glob("*.json")]
        return sorted(
            found, key=lambda one: (one["table"], one["release"], one["file"], one["sheet"], one["part"])
        )

    def releases(self, table: str = "detainers") -> list[str]:
        """Releases of a table, in order of name."""
        return sorted({one["release"] for one in self.loads() if one["table"] == table})

    def quality(self, release: str | None = None, table: str | None = None) -> list[dict[str, Any]]:
        """The quality of what was loaded: the entries of `loads` of a release, of a table, or of all."""
        return [
            one for one in self.loads() if release in (None, one["release"]) and table in (None, one["table"])
        ]

    def files(self, table: str, release: str | None = None, kind: str = "") -> list[Path]:
        """The Parquet files of a table, of one release or of all; `kind`: `raw`, `set_aside`, `facilities`."""
        found: list[Path] = []
        for one in self.quality(release, table):
            if kind == "raw":
                found += takewhile(Path.is_file, self.raw(table, one["release"], one["part"]))
                continue
            where = f"table={table}/release={one['release']}/" if kind == "" else ""
            found.append(self.directory / kind / f"{where}{one['part']}.parquet")
        return found

    def clear(self, before: float) -> None:
        """Remove what a load that was killed left half done: scratch directories in which nothing was written since then, in
        seconds of 1970."""
        for left in self.directory.glob(".loading-*"):
            with suppress(FileNotFoundError):  # a load that ends meanwhile removes its own
                if max(path.stat().st_mtime for path in (left, *left.iterdir())) < before:
                    rmtree(left, ignore_errors=True)

    def raw(self, table: str, release: str, part: str) -> Iterator[Path]:
        """Where the raw rows of a part are kept, file after file; as many as there are."""
        where = self.directory / "raw" / f"table={table}" / f"release={release}"
        yield where / f"{part}.parquet"
        for number in count(2):
            yield where / f"{part}.{number}.parquet"

    def release(self, table: str = "detainers", asked: str | None = None) -> str:
        """The release meant: the one asked for, or the only one there.

        Raises:
            NoStore: none there, several and none asked for, or no such one.
        """
        known = self.releases(table)
        if not known:
            raise NoStore(
                f"{self.directory}: expected a store with {table}; found none (bailiwick evidence load FILE --store DIR)"
            )
        if asked is not None:
            if asked in known:
                return asked
            raise NoStore(f"release: expected one of {', '.join(known)}; found '{asked}'")
        if len(known) == 1:
            return known[0]
        raise NoStore(f"release: expected one of {', '.join(known)}; found several (name it with --release)")

    @contextmanager
    def connection(self, release: str | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
        """A DuckDB connection with a view of each table, of one release, or of all when none is named.

        A view has the canonical columns, `release`, `row` and `part`; `raw_<table>` has the cells as they stood.
        """
        import duckdb as module

        with module.connect() as connection:
            connection.execute("SET TimeZone = 'UTC'")
            connection.execute(
                "SET enable_progress_bar = false"
            )  # it would be written into the output of a command
            for table in TABLES:
                connection.execute(f"CREATE VIEW {table} AS {self.table(table, release)}")
                if raw := self.files(table, release, "raw"):
                    connection.execute(f"CREATE VIEW raw_{table} AS SELECT * FROM {_parquet(raw)}")
            yield connection

    def table(self, name: str, release: str | None = None) -> str:
        """A SELECT of a table's canonical columns, `release`, `row` and `part`; of no rows where nothing was loaded."""
        files = self.files(name, release)
        if files:
            return f"SELECT {', '.join(CANONICAL[name])}, release, row, part FROM {_parquet(files)}"
        empty = ", ".join(f"NULL::{kind} AS {column}" for column, kind in CANONICAL[name].items())
        return f"SELECT {empty}, NULL::VARCHAR AS release, NULL::BIGINT AS row, NULL::VARCHAR AS part WHERE false"

    def again(self, table: str, release: str, part: str) -> int:
        """Rows of a part that another part of its release has too, equal in every canonical column."""
        if len(self.quality(release, table)) < 2:
            return 0
        rows = f"SELECT hash({', '.join(CANONICAL[table])}) AS h FROM {table} WHERE part"
        with self.connection(release) as connection:
            found = connection.execute(
                f"SELECT count(*) FROM ({rows} = $1) SEMI JOIN ({rows} <> $1) USING (h)", [part]
            ).fetchone()
        return int(found[0]) if found else 0

    def unplaced(self, release: str | None = None, table: str = "detainers") -> list[Unplaced]:
        """Facilities that no county could be given, those with most rows first: the list to review."""
        import duckdb as module

        files = self.files(table, release, "facilities")
        if not files:
            return []
        with module.connect() as connection:
            rows = connection.execute(
                "SELECT coalesce(facility, ''), coalesce(state_raw, ''), coalesce(city, ''), sum(rows)::BIGINT, max(score), "
                f"coalesce(max(nearest), '') FROM {_parquet(files)} WHERE facility IS NOT NULL AND county IS NULL "
                "GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2, 3"
            ).fetchall()
        return [Unplaced(*row) for row in rows]


def _parquet(files: list[Path]) -> str:
    options = "hive_partitioning = true, hive_types_autocast = false, union_by_name = true"
    return f"read_parquet([{literals(map(str, files))}], {options})"
