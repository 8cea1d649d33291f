"""The store that ships with the project: what it holds, how its facilities are placed, who holds the person."""

from __future__ import annotations

import csv
from datetime import date
from typing import Any

import duckdb
import pytest

from bailiwick.engine.facts import CUSTODIANS
from bailiwick.engine.places import load_places
from bailiwick.evidence.custodians import CUSTODIANS as CUSTODIAN_FILE
from bailiwick.evidence.custodians import custodian, described
from bailiwick.evidence.store import Store

PLACES = load_places()


def rows(sql: str) -> list[tuple[Any, ...]]:
    with Store.shipped().connection() as connection:
        return connection.execute(sql).fetchall()


def test_holds_every_detainer_of_the_release() -> None:
    assert rows("SELECT count(*), min(day), max(day) FROM detainers") == [
        (79_053, date(2014, 10, 1), date(2015, 7, 19))
    ]
    assert rows("SELECT count(*) FROM detainers WHERE lift_reason IS NULL") == [(52_263,)]
    assert rows("SELECT count(*) FROM detainers WHERE outcome = 'not_recorded'") == [(52_263,)]
    assert rows("SELECT count(*) FROM detainers WHERE outcome = 'declined'") == [(5_501,)]
    (quality,) = Store.shipped().quality()
    assert (quality["read"], quality["taken"], quality["set_aside"]) == (79_053, 79_053, {})
    assert (quality["blank"]["state"], quality["blank"]["detainer_lift_reason"]) == (9_020, 52_263)


def test_holds_no_column_about_a_person() -> None:
    described = rows("DESCRIBE raw_detainers")
    assert {row[0] for row in described} - {"table", "release"} == {
        *(
            "prepare_date",
            "detainer_type",
            "detainer_detention_facility",
            "state",
            "city",
            "detainer_lift_reason",
        )
    }
    assert rows(
        "SELECT count(person), count(birth_year), count(offence), count(criminality) FROM detainers"
    ) == [(0, 0, 0, 0)]


def test_a_facility_is_placed_in_its_own_state_only() -> None:
    for fips, state in rows("SELECT DISTINCT county, state FROM detainers WHERE county IS NOT NULL"):
        assert PLACES.by_fips[fips].state == state
    for place, state in rows("SELECT DISTINCT place, coalesce(state, 'us') FROM detainers"):
        assert place == state or place.startswith(f"{state}/")


def test_same_named_counties_stay_in_their_states() -> None:
    found = rows("SELECT DISTINCT state, county, place FROM detainers WHERE facility = 'ORANGE COUNTY JAIL'")
    assert len(found) > 2
    assert {place for _, _, place in found} == {f"{state}/orange-county" for state, _, _ in found}
    assert {PLACES.by_fips[county].path for _, county, _ in found} == {place for _, _, place in found}


def test_nine_in_ten_rows_that_name_a_facility_are_in_a_county_and_the_rest_is_listed() -> None:
    ((named, placed),) = rows(
        "SELECT count(facility), count(facility) FILTER (county IS NOT NULL) FROM detainers"
    )
    assert named == 70_033
    assert placed / named >= 0.9
    assert sum(one.rows for one in Store.shipped().unplaced()) == named - placed


def test_new_york_city_is_one_place() -> None:
    boroughs = ", ".join(
        f"'us/ny/{name}-county'" for name in ("kings", "queens", "bronx", "richmond", "new-york")
    )
    assert rows(f"SELECT count(*) FROM detainers WHERE place IN ({boroughs})") == [(0,)]
    assert rows(
        "SELECT count(*) FROM detainers WHERE place = 'us/ny/new-york-city' AND custodian = 'county_jail'"
    ) == [(332,)]


def test_kind_and_form_come_from_the_type() -> None:
    assert rows("SELECT kind, form, count(*) FROM detainers GROUP BY ALL ORDER BY ALL") == [
        ("immigration_detainer", "I-247", 75_696),
        ("immigration_detainer", "I-247D", 2_811),
        ("release_notification_request", "I-247N", 546),
    ]


@pytest.mark.parametrize(
    ("facility", "state", "holder"),
    [
        ("MARICOPA COUNTY JAIL", "us/az", "county_jail"),
        ("ASPC ALHAMBRA", "us/az", "state_prison"),
        ("TRAVIS COUNTY STATE JAIL", "us/tx", "state_prison"),
        ("NASHUA ST. JAIL", "us/ma", "county_jail"),
        ("OKALOOSA COUNTY D.O.C.", "us/fl", "county_jail"),
        ("DC DEPT OF CORRECTIONS", "us/dc", "county_jail"),
        ("FL DEPT OF CORRECTIONS", "us/fl", "state_prison"),
        ("LOS ANGELES CITY JAIL", "us/ca", "police_lockup"),
        ("RICHMOND CITY JAIL", "us/va", "county_jail"),
        ("ANNE ARUNDEL COUNTY PD, SD", "us/md", "police_lockup"),
        ("RIKERS ISLAND, QUEENS, NY", "us/ny", "county_jail"),
        ("QUEENS CENTRAL BOOKING", "us/ny", None),
        ("BROOKLYN MDC", "us/ny", None),
        ("US MARSHAL - PHOENIX", "us/az", None),
        ("CI EDEN", "us/tx", None),
        ("REEVES COUNTY DET. CENTER", "us/tx", None),
        ("AUSTIN DRO HOLD ROOM", "us/tx", None),
        ("SUSSEX CO PRIS,GEOTWN,DE", "us/de", None),
        ("VISTA DETENTION FACILITY", "us/ca", None),
    ],
)
def test_the_name_says_who_holds_the_person_or_nothing_does(
    facility: str, state: str, holder: str | None
) -> None:
    sql = f"SELECT {custodian('name', 'state')} FROM (SELECT ? AS name, ? AS state)"
    found = duckdb.execute(sql, [described(facility, state, PLACES), state]).fetchall()
    assert found == [(holder,)]


def test_every_custodian_rule_is_of_the_vocabulary() -> None:
    with CUSTODIAN_FILE.open(encoding="utf-8", newline="") as file:
        rules = list(csv.DictReader(file))
    assert {r["custodian"] for r in rules} <= {"", *CUSTODIANS}
    assert all(r["why"] for r in rules)
