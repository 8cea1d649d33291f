"""The table of places: complete, unambiguous, and each place in the zone that its clocks keep."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bailiwick.engine.places import TABLE, Place, UnknownPlace, load_places

ROOT = Path(__file__).parents[2]
MASTER = ROOT.parent / "shared" / "data" / "ref-geo" / "county_fips_master.csv"
PLACES = load_places()


def hours_from_utc(place: Place, on: str = "2026-01-15") -> float:
    moment = datetime.fromisoformat(on).replace(hour=12, tzinfo=ZoneInfo(place.tz)).utcoffset()
    assert moment is not None
    return moment.total_seconds() / 3600


def counties(state: str) -> list[Place]:
    return [place for place in PLACES if place.kind == "county" and place.state == f"us/{state}"]


# the table


def test_the_table_has_the_nation_the_states_with_dc_and_territories_and_every_county() -> None:
    kinds = Counter(place.kind for place in PLACES)
    territories = {"us/pr", "us/gu", "us/vi", "us/as", "us/mp"}
    assert kinds["nation"] == 1
    assert kinds["state"] == 50 + 1 + len(territories)
    assert territories <= {place.path for place in PLACES}
    assert Counter(place.state for place in PLACES if place.kind == "county")["us/tx"] == 254
    # 3,142 counties of the states by the codes of 2015 to 2018 less the District, two of 2019, 78 municipios
    assert kinds["county"] == 3_142 - 1 + 2 + 78


def test_paths_are_lower_case_ascii_words_with_hyphens_below_an_existing_place() -> None:
    for place in PLACES:
        assert re.fullmatch(r"us(/[a-z]{2}(/[a-z0-9]+(-[a-z0-9]+)*)?)?", place.path)
        if "/" in place.path:
            assert place.path.rpartition("/")[0] in PLACES


def test_every_code_is_as_long_as_its_kind_asks_and_begins_with_its_states() -> None:
    length = {"nation": 0, "state": 2, "county": 5, "city": 7}
    for place in PLACES:
        assert len(place.fips) == length[place.kind]
        if place.state is not None:
            assert place.fips.startswith(PLACES.get(place.state).fips)


def test_names_keep_their_own_letters() -> None:
    assert PLACES.get("us/nm/dona-ana-county").name == "Doña Ana County"
    assert PLACES.get("us/pr/mayaguez-municipio").name == "Mayagüez Municipio"
    assert all("Ð" not in place.name for place in PLACES)


def test_every_code_of_the_county_master_finds_a_place_of_its_state() -> None:
    if not MASTER.exists():
        pytest.skip(f"the county FIPS master is not at {MASTER.relative_to(ROOT.parent)}")
    with MASTER.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) > 3_000
    for row in rows:
        assert PLACES.by_fips[row["fips"].zfill(5)].state == f"us/{row['state_abbr'].lower()}"


def test_the_table_is_what_the_tool_makes_of_its_sources(tmp_path: Path) -> None:
    if not MASTER.exists():
        pytest.skip(f"the county FIPS master is not at {MASTER.relative_to(ROOT.parent)}")
    made = tmp_path / "places.csv"
    tool = ROOT / "tools" / "make_places.py"
    sources = [MASTER, MASTER.with_name("county_aor_acs.csv")]
    subprocess.run([sys.executable, tool, *sources, made], check=True, capture_output=True)
    assert made.read_bytes() == TABLE.read_bytes()


def test_every_law_file_stands_at_a_place_of_the_table() -> None:
    for file in (ROOT / "bailiwick" / "law").rglob("*.yaml"):
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.startswith("place: "):
                path = line.removeprefix("place: ").strip()
                assert PLACES.get(path).path == path, file.name


# finding a place


@pytest.mark.parametrize(
    ("path", "fips"),
    [
        ("us", ""),
        ("us/ca", "06"),
        ("us/ca/los-angeles-county", "06037"),
        ("us/ca/san-francisco", "06075"),
        ("us/co/broomfield", "08014"),
        ("us/co/denver", "08031"),
        ("us/dc", "11"),
        ("us/hi/honolulu-county", "15003"),
        ("us/ga/fulton-county", "13121"),
        ("us/il/chicago", "1714000"),
        ("us/il/cook-county", "17031"),
        ("us/il/lasalle-county", "17099"),
        ("us/la/lasalle-parish", "22059"),
        ("us/la/orleans-parish", "22071"),
        ("us/la/st-john-the-baptist-parish", "22095"),
        ("us/ma/boston", "2507000"),
        ("us/md/baltimore", "24510"),
        ("us/md/baltimore-county", "24005"),
        ("us/md/prince-georges-county", "24033"),
        ("us/mo/st-louis", "29510"),
        ("us/mo/st-louis-county", "29189"),
        ("us/nv/carson-city", "32510"),
        ("us/ny/new-york-city", "3651000"),
        ("us/ny/new-york-county", "36061"),
        ("us/pa/philadelphia", "42101"),
        ("us/pr/san-juan-municipio", "72127"),
        ("us/tx/la-salle-county", "48283"),
        ("us/va/alexandria", "51510"),
        ("us/va/charles-city-county", "51036"),
        ("us/va/fairfax", "51600"),
        ("us/va/fairfax-county", "51059"),
        ("us/va/richmond", "51760"),
        ("us/va/richmond-county", "51159"),
    ],
)
def test_a_path_finds_its_place_and_its_code_finds_it_back(path: str, fips: str) -> None:
    place = PLACES.get(path)
    assert (place.path, place.fips) == (path, fips)
    assert not fips or PLACES.by_fips[fips] is place


@pytest.mark.parametrize(
    ("alias", "path"),
    [
        ("us/ak/anchorage", "us/ak/anchorage-municipality"),
        ("us/ca/san-francisco-county", "us/ca/san-francisco"),
        ("us/co/denver-county", "us/co/denver"),
        ("us/dc/district-of-columbia", "us/dc"),
        ("us/il/la-salle-county", "us/il/lasalle-county"),
        ("us/la/new-orleans", "us/la/orleans-parish"),
        ("us/md/baltimore-city", "us/md/baltimore"),
        ("us/pa/philadelphia-county", "us/pa/philadelphia"),
        ("us/sd/shannon-county", "us/sd/oglala-lakota-county"),
        ("us/va/bedford", "us/va/bedford-county"),
    ],
)
def test_an_alias_finds_the_place_under_its_own_path(alias: str, path: str) -> None:
    assert PLACES.get(alias).path == path
    assert alias in PLACES


@pytest.mark.parametrize(
    ("code", "path"),
    [
        ("11001", "us/dc"),
        ("02270", "us/ak/kusilvak-census-area"),
        ("46113", "us/sd/oglala-lakota-county"),
        ("51515", "us/va/bedford-county"),
    ],
)
def test_second_and_former_codes_find_the_place_that_has_them_now(code: str, path: str) -> None:
    assert PLACES.by_fips[code].path == path


def test_the_law_of_every_prefix_applies() -> None:
    assert PLACES.prefixes("us") == ["us"]
    assert PLACES.prefixes("us/ca/los-angeles-county") == ["us", "us/ca", "us/ca/los-angeles-county"]
    assert PLACES.prefixes("us/co/denver-county") == ["us", "us/co", "us/co/denver"]


def test_a_state_is_in_itself_and_the_nation_in_none() -> None:
    assert PLACES.get("us/ca/los-angeles-county").state == "us/ca"
    assert PLACES.get("us/ca").state == "us/ca"
    assert PLACES.get("us").state is None


@pytest.mark.parametrize(
    ("typed", "nearest"),
    [
        ("us/ca/los-angelas-county", "us/ca/los-angeles-county"),
        ("us/ca/los-angeles", "us/ca/los-angeles-county"),
        ("us/mo/saint-louis-county", "us/mo/st-louis-county"),
        ("US/TX/Travis County", "us/tx/travis-county"),
        ("us/zz/travis-county", "us/tx/travis-county"),
        ("us/ca/", "expected a path such as us/ca/los-angeles-county"),
        ("", "expected a path such as us/ca/los-angeles-county"),
    ],
)
def test_an_unknown_place_is_an_error_of_one_line_with_the_nearest_right_name(
    typed: str, nearest: str
) -> None:
    with pytest.raises(UnknownPlace) as error:
        PLACES.get(typed)
    assert isinstance(error.value, ValueError)
    assert repr(typed) in str(error.value)
    assert nearest in str(error.value)
    assert "\n" not in str(error.value)
    assert typed not in PLACES


def test_the_table_is_read_once() -> None:
    assert load_places() is PLACES


# zones


@pytest.mark.parametrize(
    ("state", "offsets"),
    [
        ("al", {-6: 67}),
        ("fl", {-5: 58, -6: 9}),
        ("id", {-7: 34, -8: 10}),
        ("in", {-5: 80, -6: 12}),
        ("ks", {-6: 101, -7: 4}),
        ("ky", {-5: 79, -6: 41}),
        ("mi", {-5: 79, -6: 4}),
        ("nd", {-6: 44, -7: 9}),
        ("ne", {-6: 75, -7: 18}),
        ("nv", {-8: 17}),
        ("or", {-8: 35, -7: 1}),
        ("sd", {-6: 51, -7: 15}),
        ("tn", {-6: 65, -5: 30}),
        ("tx", {-6: 252, -7: 2}),
        ("ak", {-9: 31}),
        ("az", {-7: 15}),
        ("hi", {-10: 5}),
    ],
)
def test_a_state_that_a_zone_line_cuts_has_as_many_counties_on_each_side_as_49_cfr_71_gives(
    state: str, offsets: dict[int, int]
) -> None:
    assert Counter(hours_from_utc(county) for county in counties(state)) == offsets


@pytest.mark.parametrize(
    ("path", "tz"),
    [
        ("us/ak/aleutians-east-borough", "America/Anchorage"),  # Sand Point
        (
            "us/ak/aleutians-west-census-area",
            "America/Nome",
        ),  # Unalaska; Adak and Atka keep Hawaii-Aleutian time
        ("us/az/apache-county", "America/Phoenix"),  # St. Johns; the Navajo Nation keeps summer time
        ("us/az/coconino-county", "America/Phoenix"),  # Flagstaff; likewise
        ("us/az/navajo-county", "America/Phoenix"),  # Holbrook; likewise
        ("us/fl/gulf-county", "America/New_York"),  # Port St. Joe; Wewahitchka keeps Central time
        ("us/id/idaho-county", "America/Los_Angeles"),  # Grangeville
        ("us/nd/dunn-county", "America/Denver"),  # Manning
        ("us/nd/mckenzie-county", "America/Chicago"),  # Watford City
        ("us/nd/sioux-county", "America/Chicago"),  # Fort Yates
        ("us/ne/cherry-county", "America/Chicago"),  # Valentine
        ("us/nv/elko-county", "America/Los_Angeles"),  # Elko; West Wendover keeps Mountain time
        ("us/or/malheur-county", "America/Boise"),  # Vale
        ("us/sd/stanley-county", "America/Chicago"),  # Fort Pierre
    ],
)
def test_a_county_that_the_line_cuts_keeps_the_time_of_its_seat(path: str, tz: str) -> None:
    assert PLACES.get(path).tz == tz


def test_arizona_keeps_standard_time_all_year_and_its_neighbours_do_not() -> None:
    assert {hours_from_utc(county, "2026-07-15") for county in counties("az")} == {-7}
    assert {hours_from_utc(county, "2026-07-15") for county in counties("nm")} == {-6}


def test_the_indiana_counties_that_moved_in_2006_and_2007_have_zones_of_their_own() -> None:
    assert hours_from_utc(PLACES.get("us/in/pulaski-county"), "2006-12-01") == -6
    assert hours_from_utc(PLACES.get("us/in/pulaski-county"), "2007-12-01") == -5
    assert hours_from_utc(PLACES.get("us/in/starke-county"), "2005-12-01") == -5
    assert hours_from_utc(PLACES.get("us/in/starke-county"), "2006-12-01") == -6
    assert hours_from_utc(PLACES.get("us/in/marion-county"), "2005-07-01") == -5


def test_a_state_has_the_zone_of_most_of_its_people() -> None:
    expected = {
        "us/fl": "America/New_York",
        "us/in": "America/Indiana/Indianapolis",
        "us/ky": "America/New_York",
        "us/mi": "America/Detroit",
        "us/ne": "America/Chicago",
        "us/tn": "America/Chicago",
        "us/tx": "America/Chicago",
        "us/id": "America/Boise",
        "us/or": "America/Los_Angeles",
        "us/ak": "America/Anchorage",
        "us/gu": "Pacific/Guam",
        "us/as": "Pacific/Pago_Pago",
    }
    assert {path: PLACES.get(path).tz for path in expected} == expected


def test_every_zone_is_an_american_one_and_zoneinfo_has_it() -> None:
    for tz in {place.tz for place in PLACES}:
        offset = datetime(2026, 1, 15, tzinfo=UTC).astimezone(ZoneInfo(tz)).utcoffset()
        assert offset is not None
        assert offset.total_seconds() in {3600 * n for n in (-11, -10, -9, -8, -7, -6, -5, -4, 10)}
