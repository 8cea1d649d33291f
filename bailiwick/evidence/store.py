"""A store of public releases: Parquet by table and release, raw values beside canonical ones.

    DIR/table=detainers/release=foia-15-87693/1f3a….parquet     one file for each sheet or file loaded
    DIR/loads/1f3a….json                                         what was loaded, and its quality

A row has the canonical columns of its table (`CANONICAL`), `set_aside` (why it counts nowhere, null where it counts), `raw` (every
cell as it stood) and `part`, the file it came from. `row` is its place among the rows of that sheet that could be read, from 1.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from bailiwick.evidence.sources import TABLES

#: Canonical columns and their types, by table. Days are local days as the agency wrote them.
_PLACE = {
    "facility": "VARCHAR",
    "facility_code": "VARCHAR",
    "city": "VARCHAR",
    "state": "VARCHAR",
    "county": "VARCHAR",
    "placed": "VARCHAR",
    "place": "VARCHAR",
    "custodian": "VARCHAR",
}
_WHO = {"person": "VARCHAR", "birth_year": "VARCHAR"}
CANONICAL: dict[str, dict[str, str]] = {
    "detainers": {
        "day": "DATE",
        "outcome": "VARCHAR",
        "lift_reason": "VARCHAR",
        "kind": "VARCHAR",
        "form": "VARCHAR",
        **_PLACE,
        **_WHO,
        "offence": "VARCHAR",
        "criminality": "VARCHAR",
        "area": "VARCHAR",
        "departed": "DATE",
    },
    "arrests": {
        "day": "DATE",
        "method": "VARCHAR",
        "apprehension_method": "VARCHAR",
        "area": "VARCHAR",
        "landmark": "VARCHAR",
        "state": "VARCHAR",
        "criminality": "VARCHAR",
        **_WHO,
    },
    "stays": {"day": "DATE", "ended": "DATE", **_PLACE, **_WHO},
    "encounters": {"day": "DATE", "area": "VARCHAR", **_WHO},
    "removals": {"day": "DATE", **_WHO},
}


class NoStore(ValueError):
    """A directory that is no store, or lacks what was asked for."""


class Store:
    """What has been loaded into a directory. Reading never writes."""

    def __init__(self, directory: Path) -> None:
        self.directory = Path(directory)

    @classmethod
    def shipped(cls) -> Store:
        """The store that comes with the project: every detainer from October 2014 to July 2015."""
        return cls(Path(__file__).parent / "data" / "store")

    def loads(self) -> list[dict[str, Any]]:
        """What was loaded: one entry a sheet or file, with its quality, by table, release and name of the file."""
        found = [json.loads(path.read_text("utf-8")) for path in sorted((self.directory / "loads").glob("*.json"))]
        return sorted(found, key=lambda one: (one["table"], one["release"], one["file"], one["sheet"]))

    def releases(self, table: str = "detainers") -> list[str]:
        """Releases of a table, in order of name."""
        return sorted({one["release"] for one in self.loads() if one["table"] == table})

    def files(self, table: str, release: str | None = None) -> list[Path]:
        """The Parquet files of a table, of one release or of all."""
        return sorted((self.directory / f"table={table}").glob(f"release={release or '*'}/*.parquet"))

    def release(self, table: str, asked: str | None) -> str:
        """The release meant: the one asked for, or the only one there.

        Raises:
            NoStore: none there, several and none asked for, or no such one.
        """
        known = self.releases(table)
        if asked is not None:
            if asked in known:
                return asked
            raise NoStore(f"release: expected one of {', '.join(known) or 'none'}; found '{asked}'")
        if len(known) == 1:
            return known[0]
        if not known:
            raise NoStore(
                f"{self.directory}: expected a store with {table}; found none (bailiwick evidence load FILE --store DIR)"
            )
        raise NoStore(f"expected the release to be named, one of {', '.join(known)}; found several")

    @contextmanager
    def connection(self, release: str | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
        """A DuckDB connection with a view of each table: of one release, or of all when none is named.

        A view has the canonical columns, `release`, `row` and `part`; rows set aside are in `all_<table>` only, with their reason
        and the raw cells.
        """
        with duckdb.connect() as connection:
            connection.execute("SET TimeZone = 'UTC'")
            for table in TABLES:
                self._views(connection, table, release)
            yield connection

    def _views(self, connection: duckdb.DuckDBPyConnection, table: str, release: str | None) -> None:
        columns = CANONICAL[table]
        files = self.files(table, release)
        if not files:
            empty = ", ".join(f"NULL::{kind} AS {name}" for name, kind in columns.items())
            more = "NULL::VARCHAR AS release, NULL::BIGINT AS row, NULL::VARCHAR AS part, NULL::VARCHAR AS set_aside"
            connection.execute(f"CREATE VIEW all_{table} AS SELECT {empty}, {more}, NULL::VARCHAR AS raw WHERE false")
        else:
            names = ", ".join("'" + str(path).replace("'", "''") + "'" for path in files)
            connection.execute(
                f"CREATE VIEW all_{table} AS SELECT * REPLACE (file_row_number + 1 AS file_row_number) "
                f"RENAME (file_row_number AS row) FROM read_parquet([{names}], file_row_number = true, "
                "hive_partitioning = true, hive_types_autocast = false, union_by_name = true)"
            )
        shown = ", ".join(columns)
        connection.execute(
            f"CREATE VIEW {table} AS SELECT {shown}, release, row, part FROM all_{table} WHERE set_aside IS NULL"
        )
