"""Every detainer that ICE prepared from 2014-10-01 to 2015-07-19, as bulk cases.

The release says date, form, facility, state, city and lift reason, and nothing of the person, the charges or
the papers that came with the form. All that is left out of the cases here, so it is unknown to the law. What
the release is, and how its facilities were placed: ``data/PROVENANCE.md``.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from functools import lru_cache
from pathlib import Path

import duckdb

from bailiwick.engine.lawbook import Lawbook
from bailiwick.engine.places import Places

DATA = Path(__file__).parent / "data"
DETAINERS = DATA / "detainers_fy2015.parquet"
FACILITIES = DATA / "facility_county_fy2015.csv"
CUSTODIANS = DATA / "custodians.csv"

#: First word of the release's detainer type -> the kind of request and the form as printed.
FORMS: dict[str, tuple[str, str]] = {
    "I247": ("immigration_detainer", "I-247"),
    "I247D": ("immigration_detainer", "I-247D"),
    "I247N": ("release_notification_request", "I-247N"),
    "I247X": ("transfer_request", "I-247X"),
}

#: Governments that hold all prisoners themselves: a name there does not tell a jail from a prison.
UNIFIED = (
    *("ALASKA", "CONNECTICUT", "DELAWARE", "GUAM", "HAWAII", "NORTHERN MARIANA ISLANDS", "PUERTO RICO"),
    *("RHODE ISLAND", "VERMONT", "VIRGIN ISLANDS"),
)

#: What may be supposed of each case where the release is silent: an administrative warrant came with a signed
#: and complete form, and none of the facts holds that take a case out of the ordinary.
ORDINARY = {
    "request": "'warrant': 'administrative', 'signed': true, 'complete': true, 'served_on_person': true, "
    "'basis': ['biometric_match']",
    "person": "'age': 31, 'citizen_claim': false, 'citizen_proof': false, 'lawful_status_proof': false, "
    "'final_order': false, 'watchlist_match': false, 'offender_registrant': false, 'illegal_reentry': false, "
    "'federal_felony_warrant': false",
    "release": "'public_information': false",
}


@lru_cache(maxsize=1)
def _custodian_rules() -> tuple[tuple[re.Pattern[str], str | None], ...]:
    with CUSTODIANS.open(encoding="utf-8", newline="") as file:
        return tuple((re.compile(row["pattern"]), row["custodian"] or None) for row in csv.DictReader(file))


def custodian_of(facility: str, state: str) -> str | None:
    """Who holds the person, as far as the facility's name says (``data/custodians.csv``); else None.

    None too where the holder is none of the law's custodians: a federal or private facility, a hospital.
    """
    name = f"{facility.upper()}|{state}"
    found = next((custodian for pattern, custodian in _custodian_rules() if pattern.search(name)), None)
    return None if state in UNIFIED and found in ("county_jail", "state_prison") else found


def place_of(
    facility: str | None, state: str | None, counties: dict[tuple[str, str], str], places: Places
) -> str:
    """The path of the county or city where that is certain, else of the state, else ``us``."""
    if state is None:
        return "us"
    fips = counties.get((facility or "", state))
    if fips:
        return places.by_fips[fips].path
    return _states(places)[state]


@lru_cache(maxsize=2)
def _states(places: Places) -> dict[str, str]:
    return {p.name.upper().removeprefix("U.S. "): p.path for p in places if p.kind == "state"}


def _counties() -> dict[tuple[str, str], str]:
    with FACILITIES.open(encoding="utf-8", newline="") as file:
        return {(row["facility"], row["state"]): row["fips"] for row in csv.DictReader(file)}


def cases_fy2015(lawbook: Lawbook, out: Path, *, ordinary: bool = False) -> Counter[str]:
    """Write the detainers as a Parquet file of cases, in the order of the release.

    ``ordinary``: suppose what ``ORDINARY`` says, and no charges: a what-if, not a record.

    A case has ``id`` (row of the release, from 1), ``place``, ``at`` (noon there, of the day of preparation),
    ``custodian`` where the name says it, and the kind and form of the request.

    Returns:
        How many cases there are (``cases``), how many are placed in a county or city, a state, or nowhere
        (``county``, ``state``, ``nation``), and how many have a known custodian (``custodian``).
    """
    con = duckdb.connect()
    con.execute("SET TimeZone = 'UTC'")
    con.execute(
        "CREATE VIEW detainers AS SELECT file_row_number + 1 AS id, * "
        f"FROM read_parquet('{DETAINERS}', file_row_number = true)"
    )
    counties, places = _counties(), lawbook.places
    rows = []
    for facility, state in con.execute("SELECT DISTINCT facility, state FROM detainers").fetchall():
        path = place_of(facility, state, counties, places)
        custodian = custodian_of(facility, state) if facility and state else None
        rows.append((facility, state, path, places.get(path).tz, custodian))
    con.execute("CREATE TABLE stands (facility TEXT, state TEXT, place TEXT, tz TEXT, custodian TEXT)")
    con.executemany("INSERT INTO stands VALUES (?, ?, ?, ?, ?)", rows)
    con.execute("CREATE TABLE forms (type TEXT, kind TEXT, form TEXT)")
    con.executemany("INSERT INTO forms VALUES (?, ?, ?)", [(t, *f) for t, f in FORMS.items()])
    request, more = "", ""
    if ordinary:
        request = f", {ORDINARY['request']}"
        more = ", ".join(["", *(f"{{{ORDINARY[g]}}} AS {g}" for g in ("person", "release")), _NO_CHARGES])
    con.execute(
        f"""
        COPY (
            SELECT d.id, s.place, timezone(s.tz, d.prepare_date + INTERVAL 12 HOUR) AS at, s.custodian,
                   {{'kind': f.kind, 'form': f.form{request}}} AS request{more}
            FROM detainers d
            LEFT JOIN stands s
              ON s.facility IS NOT DISTINCT FROM d.facility AND s.state IS NOT DISTINCT FROM d.state
            LEFT JOIN forms f ON f.type = split_part(d.detainer_type, ' ', 1)
            ORDER BY d.id
        ) TO '{out}' (FORMAT parquet, COMPRESSION zstd)
        """
    )
    return _counted(con, out)


_NO_CHARGES = "CAST([] AS STRUCT(statute TEXT, status TEXT)[]) AS charges"


def _counted(con: duckdb.DuckDBPyConnection, out: Path) -> Counter[str]:
    depth = "len(string_split(place, '/'))"
    found = con.execute(
        f"""
        SELECT count(*), count(*) FILTER ({depth} > 2), count(*) FILTER ({depth} = 2),
               count(*) FILTER ({depth} = 1), count(custodian)
        FROM read_parquet('{out}')
        """
    ).fetchone()
    assert found is not None
    return Counter(dict(zip(("cases", "county", "state", "nation", "custodian"), found, strict=True)))
