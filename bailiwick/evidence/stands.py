"""Each facility of a release as it is written there, and where it stands: the table `stands` of a load."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from bailiwick.engine.places import Places
from bailiwick.evidence.arrays import floats, integers, texts
from bailiwick.evidence.custodians import binding, custodian, described
from bailiwick.evidence.facilities import facilities
from bailiwick.evidence.reading import escaped

if TYPE_CHECKING:
    import duckdb

_WRITTEN = ("facility", "facility_code", "state_raw", "city")
_FOUND = ("state", "county", "placed", "place", "described")
#: Facility, code, state and city as written, and how many rows say so.
Site = tuple[str | None, str | None, str | None, str | None, int]


def make_stands(connection: duckdb.DuckDBPyConnection, sites: Sequence[Site], places: Places) -> None:
    """Make the table `stands`, a row for each site in their order."""
    known = facilities(places)
    found: list[tuple[str | None, ...]] = []
    near: list[tuple[float, str]] = []
    written = [site[:4] for site in sites]
    for facility, code, state, city in written:
        at = known.find(facility, code, state, city)
        name = described(facility, at.state, places) if facility and at.state else None
        found.append((at.state, at.fips, at.how, binding(facility, at, places), name))
        near.append((at.score, at.nearest))
    columns = {
        **{name: texts(site[i] for site in written) for i, name in enumerate(_WRITTEN)},
        "rows": integers(site[4] for site in sites),
        **{name: texts(one[i] for one in found) for i, name in enumerate(_FOUND)},
        "score": floats(score for score, _ in near),
        "nearest": texts(name for _, name in near),
    }
    connection.register("sites", pa.table(columns))
    words = {name: f"nullif({name}, '')" for name in (*_WRITTEN, *_FOUND)}
    of = words | {"rows": "rows", "custodian": custodian("described", "state")}
    shown = ", ".join(f"{of[name]} AS {name}" for name in (*_WRITTEN, "rows", *_FOUND[:-1], "custodian"))
    connection.execute(f"CREATE TABLE stands AS SELECT {shown}, score, nearest FROM sites")
    connection.unregister("sites")


def write_stands(connection: duckdb.DuckDBPyConnection, out: Path) -> None:
    """Write the table `stands` as Parquet, the sites with most rows first."""
    connection.execute(
        "COPY (FROM stands ORDER BY rows DESC, facility, facility_code, state_raw, city) "
        f"TO '{escaped(out)}' (FORMAT parquet, COMPRESSION zstd)"
    )
