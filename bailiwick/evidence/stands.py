"""Each facility of a release as it is written there, and where it stands: the table `stands` of a load."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from bailiwick.engine.places import Places
from bailiwick.evidence.arrays import floats, integers, texts, write
from bailiwick.evidence.custodians import binding, custodian, described
from bailiwick.evidence.facilities import facilities

if TYPE_CHECKING:
    import duckdb

_WRITTEN = ("facility", "facility_code", "state_raw", "city")
#: Facility, code, state and city as written, and how many rows say so.
Site = tuple[str | None, str | None, str | None, str | None, int]


def make_stands(connection: duckdb.DuckDBPyConnection, sites: Sequence[Site], places: Places) -> Any:
    """The table `stands`, a row for each site in their order; it is returned, and the connection has it."""
    known = facilities(places)
    written = [site[:4] for site in sites]
    states = [known.state(code, state) for _, code, state, _ in written]
    with ThreadPoolExecutor(1) as pool:
        # the database looks at the names while Python does
        holding = pool.submit(_custodians(connection, [site[0] for site in sites], states, places))
        found = known.find_all(written)
        columns = {
            **{name: texts(site[i] for site in written) for i, name in enumerate(_WRITTEN)},
            "rows": integers(site[4] for site in sites),
            "state": texts(states),
            "county": texts(at.fips for at in found),
            "placed": texts(at.how for at in found),
            "place": texts(binding(site[0], at, places) for site, at in zip(sites, found, strict=True)),
            "score": floats(at.score for at in found),
            "nearest": texts(at.nearest for at in found),
        }
        holding.result()
    held = connection.sql("FROM held ORDER BY rowid").to_arrow_table().combine_chunks()
    stands = pa.table(columns | {"custodian": held["custodian"]})
    connection.register("stands", stands)
    return stands


def _custodians(
    connection: duckdb.DuckDBPyConnection,
    facilities: Sequence[str | None],
    states: Sequence[str],
    places: Places,
) -> Callable[[], object]:
    """What makes the table `held`, who holds the person at each site, in the order of the sites."""
    names = (described(n, s, places) if n and s else None for n, s in zip(facilities, states, strict=True))
    connection.register("names", pa.table({"described": texts(names), "state": texts(states)}))
    connection.execute("CREATE TABLE named AS FROM names")  # so that no thread waits for Python
    connection.unregister("names")
    making = f"CREATE TABLE held AS SELECT {custodian('described', 'state')} AS custodian FROM named"
    return partial(connection.cursor().execute, making)


def write_stands(stands: Any, out: Path) -> None:
    """Write the sites as Parquet, those with most rows first."""
    written = [(name, "ascending") for name in _WRITTEN]
    write(stands.sort_by([("rows", "descending"), *written]), out, "zstd")
