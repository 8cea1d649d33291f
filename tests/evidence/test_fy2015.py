"""The FY2015 detainers that ship with the project: what they hold, how they are placed, what law comes to."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from bailiwick.engine.facts import CUSTODIANS
from bailiwick.engine.lawbook import default_lawbook
from bailiwick.evidence import demo
from bailiwick.evidence.fy2015 import CUSTODIANS as CUSTODIAN_FILE
from bailiwick.evidence.fy2015 import DETAINERS, FACILITIES, FORMS, cases_fy2015, custodian_of

RELEASE = Path(__file__).parents[3] / "shared" / "data"


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("fy2015") / "cases.parquet"
    assert cases_fy2015(default_lawbook(), out)["cases"] == 79_053
    return out


def rows(sql: str) -> list[tuple]:
    return duckdb.sql(sql).fetchall()


def test_holds_every_detainer_of_the_release() -> None:
    assert rows(f"SELECT count(*), min(prepare_date), max(prepare_date) FROM '{DETAINERS}'") == [
        (79_053, date(2014, 10, 1), date(2015, 7, 19))
    ]
    assert rows(f"SELECT count(*) FROM '{DETAINERS}' WHERE state IS NULL") == [(9_020,)]
    assert rows(f"SELECT count(*) FROM '{DETAINERS}' WHERE lift_reason IS NULL") == [(52_263,)]
    assert rows(f"SELECT count(*) FROM '{DETAINERS}' WHERE lift_reason = 'Detainer Declined by LEA'") == [
        (5_501,)
    ]


def test_holds_no_column_about_a_person() -> None:
    columns = [row[0] for row in rows(f"DESCRIBE SELECT * FROM '{DETAINERS}'")]
    assert columns == ["prepare_date", "detainer_type", "facility", "state", "city", "lift_reason"]


@pytest.mark.skipif(
    not RELEASE.is_dir(), reason="the published counts are not beside the project (../shared/data)"
)
def test_months_and_lift_reasons_equal_the_published_counts() -> None:
    folder = RELEASE / "ice-detainers-agg-2007-2015"
    months = folder / "detainers_by_year_and_month.csv"
    published = rows(
        f"SELECT year_month, count FROM read_csv('{months}') WHERE year_month >= '2014-10' ORDER BY 1"
    )
    ours = rows(
        f"SELECT strftime(prepare_date, '%Y-%m') AS m, count(*) FROM '{DETAINERS}' GROUP BY m ORDER BY m"
    )
    assert ours == published
    reasons = folder / "detainers_by_lift_reason_and_year.csv"
    published = rows(f"SELECT lift_reason, count FROM read_csv('{reasons}') WHERE year = 2015 ORDER BY 1")
    ours = rows(
        f"SELECT lift_reason, count(*) FROM '{DETAINERS}' "
        "WHERE year(prepare_date) = 2015 AND lift_reason IS NOT NULL GROUP BY 1 ORDER BY 1"
    )
    assert ours == published


def test_a_facility_is_placed_in_its_own_state_only() -> None:
    places = default_lawbook().places
    states = {p.name.upper().removeprefix("U.S. "): p.path for p in places if p.kind == "state"}
    with FACILITIES.open(encoding="utf-8", newline="") as file:
        placed = list(csv.DictReader(file))
    assert len({(row["facility"], row["state"]) for row in placed}) == len(placed)
    assert [row for row in placed if places.by_fips[row["fips"]].state != states[row["state"]]] == []


def test_same_named_counties_stay_in_their_states(cases: Path) -> None:
    found = rows(
        f"SELECT d.state, c.place, count(*) FROM '{cases}' c JOIN (SELECT file_row_number + 1 AS id, * FROM "
        f"read_parquet('{DETAINERS}', file_row_number = true)) d USING (id) "
        "WHERE d.facility = 'ORANGE COUNTY JAIL' GROUP BY ALL"
    )
    assert len(found) > 2
    states = {p.name.upper(): p.path for p in default_lawbook().places if p.kind == "state"}
    assert {place for _, place, _ in found} == {f"{states[state]}/orange-county" for state, _, _ in found}


def test_new_york_city_is_one_place(cases: Path) -> None:
    boroughs = ("kings", "queens", "bronx", "richmond", "new-york")
    named = ", ".join(f"'us/ny/{b}-county'" for b in boroughs)
    assert rows(f"SELECT count(*) FROM '{cases}' WHERE place IN ({named})") == [(0,)]
    assert rows(
        f"SELECT count(*) FROM '{cases}' WHERE place = 'us/ny/new-york-city' AND custodian = 'county_jail'"
    ) == [(332,)]


def test_the_day_is_noon_there(cases: Path) -> None:
    first = rows(f"SELECT epoch(min(\"at\")) FROM '{cases}' WHERE place = 'us/az/maricopa-county'")
    assert datetime.fromtimestamp(first[0][0], UTC) == datetime(2014, 10, 1, 19, tzinfo=UTC)


def test_kind_and_form_come_from_the_type(cases: Path) -> None:
    found = Counter(
        {
            (k, f): n
            for k, f, n in rows(f"SELECT request.kind, request.form, count(*) FROM '{cases}' GROUP BY ALL")
        }
    )
    assert found == {
        ("immigration_detainer", "I-247"): 75_696,
        ("immigration_detainer", "I-247D"): 2_811,
        ("release_notification_request", "I-247N"): 546,
    }
    assert set(found) <= set(FORMS.values())


@pytest.mark.parametrize(
    ("facility", "state", "custodian"),
    [
        ("MARICOPA COUNTY JAIL", "ARIZONA", "county_jail"),
        ("ASPC ALHAMBRA", "ARIZONA", "state_prison"),
        ("TRAVIS COUNTY STATE JAIL", "TEXAS", "state_prison"),
        ("NASHUA ST. JAIL", "MASSACHUSETTS", "county_jail"),
        ("OKALOOSA COUNTY D.O.C.", "FLORIDA", "county_jail"),
        ("DC DEPT OF CORRECTIONS", "DISTRICT OF COLUMBIA", "county_jail"),
        ("FL DEPT OF CORRECTIONS", "FLORIDA", "state_prison"),
        ("LOS ANGELES CITY JAIL", "CALIFORNIA", "police_lockup"),
        ("RICHMOND CITY JAIL", "VIRGINIA", "county_jail"),
        ("ANNE ARUNDEL COUNTY PD, SD", "MARYLAND", "police_lockup"),
        ("RIKERS ISLAND, QUEENS, NY", "NEW YORK", "county_jail"),
        ("QUEENS CENTRAL BOOKING", "NEW YORK", None),
        ("BROOKLYN MDC", "NEW YORK", None),
        ("US MARSHAL - PHOENIX", "ARIZONA", None),
        ("CI EDEN", "TEXAS", None),
        ("REEVES COUNTY DET. CENTER", "TEXAS", None),
        ("AUSTIN DRO HOLD ROOM", "TEXAS", None),
        ("SUSSEX CO PRIS,GEOTWN,DE", "DELAWARE", None),
        ("VISTA DETENTION FACILITY", "CALIFORNIA", None),
    ],
)
def test_the_name_says_who_holds_the_person_or_nothing_does(
    facility: str, state: str, custodian: str | None
) -> None:
    assert custodian_of(facility, state) == custodian


def test_every_custodian_rule_is_of_the_vocabulary_and_decides_some_name() -> None:
    with CUSTODIAN_FILE.open(encoding="utf-8", newline="") as file:
        rules = list(csv.DictReader(file))
    assert {r["custodian"] for r in rules} <= {"", *CUSTODIANS}
    assert all(r["why"] for r in rules)


@pytest.fixture(scope="module")
def plain() -> demo.Replay:
    return demo.replay(default_lawbook(), date(2026, 1, 1))


def test_every_case_is_decided_and_the_table_adds_up(plain: demo.Replay) -> None:
    assert sum(plain.then.values()) == sum(plain.now.values()) == 79_053
    lines = demo.table(default_lawbook(), plain)
    assert lines[-1].split()[:2] == ["all", "79,053"]
    assert any(line.startswith("California") for line in lines)


def test_supposing_an_ordinary_case_leaves_less_unknown(plain: demo.Replay) -> None:
    supposed = demo.replay(default_lawbook(), date(2026, 1, 1), ordinary=True)
    assert supposed.now["us/tx", "unknown"] < plain.now["us/tx", "unknown"]
    assert supposed.now["us/tx", "required"] > 10_000
    assert supposed.now["us/ca", "forbidden"] > 10_000
