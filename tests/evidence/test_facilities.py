"""Where a facility stands: by code, by name within its state, never by name alone across states."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from bailiwick.engine.places import load_places
from bailiwick.evidence.custodians import binding
from bailiwick.evidence.facilities import REVIEW, Facilities, facilities

PLACES = load_places()
#: Three draws of 200 facilities out of all that are placed, each equally likely, read line by line against maps and the lists.
#: The tables were mended after each where they had been found wrong; the last holds none of the one before.
REVIEWED = [
    Path(__file__).parent / "data" / f"{name}.csv"
    for name in ("facility_review", "facility_review_third", "facility_review_fourth")
]


@pytest.fixture(scope="module")
def known() -> Facilities:
    return facilities(PLACES)


@pytest.mark.parametrize("name", ["FRANKLIN COUNTY JAIL", "MONTGOMERY COUNTY JAIL", "ORANGE COUNTY JAIL"])
def test_a_county_name_that_many_states_have_is_read_in_the_state_that_is_written(
    known: Facilities, name: str
) -> None:
    county = name.removesuffix(" JAIL").title()
    having = [place.state for place in PLACES if place.kind == "county" and place.name == county]
    assert len(having) > 5
    for state in having:
        assert state is not None
        found = known.find(name, None, state.removeprefix("us/"), None)
        assert (found.how, PLACES.by_fips[found.fips].path) == (
            "named",
            f"{state}/{county.lower().replace(' ', '-')}",
        )


@pytest.mark.parametrize("state", ["", None, "ATLANTIS"])
def test_without_a_state_no_name_is_placed(known: Facilities, state: str | None) -> None:
    found = known.find("LOS ANGELES COUNTY JAIL", None, state, "LOS ANGELES")
    assert (found.state, found.fips, found.how) == ("", "", "")


def test_a_county_of_another_state_is_not_found_in_this_one(known: Facilities) -> None:
    assert known.find("LOS ANGELES COUNTY JAIL", None, "TEXAS", None).fips == ""


def test_a_code_is_taken_unless_the_state_says_otherwise(known: Facilities) -> None:
    code, fips = next(iter(sorted(known.codes.items())))
    state = PLACES.by_fips[fips].state or ""
    found = known.find("SOME NAME", code.lower(), state.removeprefix("us/"), None)
    assert (found.fips, found.how, found.score) == (fips, "code", 100.0)
    other = "us/wy" if state != "us/wy" else "us/tx"
    assert known.find("SOME NAME", code, other.removeprefix("us/"), None).fips == ""


def test_a_likely_name_is_taken_only_where_the_city_agrees_and_is_else_for_review(known: Facilities) -> None:
    """A name one letter off a listed one: another county may well be named so (Martin, Marion)."""
    listed, fips, town = next(
        (name, fips, city)
        for name, fips in sorted(known.names["us/tx"].items())
        if len(name) > 20 and "COUNTY" not in name
        for (state, city), where in sorted(known.cities.items())
        if state == "us/tx" and where == fips
    )
    written = listed[:-1]
    taken = known.find(written, None, "TEXAS", town)
    assert (taken.fips, taken.how, taken.nearest) == (fips, "alike", listed)
    for_review = known.find(written, None, "TEXAS", None)
    assert (for_review.fips, for_review.how) == ("", "")
    assert for_review.score >= REVIEW
    assert for_review.nearest.startswith(listed)


def test_a_listed_name_in_a_city_of_another_county_is_for_review(known: Facilities) -> None:
    state, name, fips = next(
        (state, name, fips)
        for state, names in sorted(known.names.items())
        for name, fips in sorted(names.items())
        if not known.named(name, state, state.removeprefix("us/").upper())
    )
    elsewhere = next(
        city for (at, city), where in sorted(known.cities.items()) if at == state and where != fips
    )
    letters = state.removeprefix("us/")
    assert known.find(name, None, letters, None).how == "listed"
    found = known.find(name, None, letters, elsewhere)
    assert (found.fips, found.how) == ("", "")
    assert found.nearest.startswith(name)


def test_an_island_reached_from_one_borough_stands_in_the_other(known: Facilities) -> None:
    """Rikers Island has a post office in Queens and is a part of the Bronx."""
    found = known.find("RIKERS ISLAND, QUEENS, NY", None, "NEW YORK", "ELMHURST")
    assert PLACES.by_fips[found.fips].name == "Bronx County"
    assert binding("RIKERS ISLAND, QUEENS, NY", found, PLACES) == "us/ny/new-york-city"


def test_no_listed_name_stands_in_another_county_than_it_says(known: Facilities) -> None:
    wrong = [
        (state, name)
        for state, names in known.names.items()
        for name, fips in names.items()
        if (said := known.named(name, state, state.removeprefix("us/").upper())) and said != {fips}
    ]
    assert not wrong


def test_two_counties_in_one_name_are_not_guessed(known: Facilities) -> None:
    found = known.find("DALLAS COUNTY JAIL - TRAVIS COUNTY JAIL", None, "TEXAS", None)
    assert found.fips == ""


def test_the_law_of_a_county_binds_a_facility_known_by_its_name_not_one_known_by_its_city(
    known: Facilities,
) -> None:
    jail = known.find("TRAVIS COUNTY JAIL", None, "TEXAS", "AUSTIN")
    assert binding("TRAVIS COUNTY JAIL", jail, PLACES) == "us/tx/travis-county"
    police = known.find("SOMEWHERE POLICE", None, "TEXAS", "LAREDO")
    assert (police.fips, police.how) == ("48479", "city")
    assert binding("SOMEWHERE POLICE", police, PLACES) == "us/tx"


@pytest.mark.parametrize("review", REVIEWED, ids=lambda path: path.stem)
def test_every_facility_of_the_review_still_stands_where_it_was_reviewed(
    known: Facilities, review: Path
) -> None:
    """200 drawn at random: at least 99 in 100 right, and no right answer has changed since."""
    with review.open(encoding="utf-8", newline="") as file:
        reviewed = list(csv.DictReader(file))
    assert len(reviewed) == 200
    assert sum(row["right"] == "yes" for row in reviewed) / len(reviewed) >= 0.99
    assert {row["right"] for row in reviewed} <= {"yes", "no", "doubtful"}
    assert len({(row["facility"], row["state"], row["city"]) for row in reviewed}) == 200
    grounds = reviewed if "third" in review.stem or "fourth" in review.stem else ()
    assert all(row["why"] for row in (*grounds, *(row for row in reviewed if row["right"] != "yes")))
    for row in reviewed:
        found = known.find(row["facility"], None, row["state"], row["city"])
        if row["right"] == "yes":
            assert (PLACES.by_fips[found.fips].name, found.how) == (row["county"], row["how"]), row[
                "facility"
            ]


def test_many_facilities_at_once_stand_where_each_stands_alone(known: Facilities) -> None:
    """Names that are not listed are compared together, those of one state with that state's."""
    listed = [(name, state) for state in ("us/tx", "us/ga") for name in sorted(known.names[state])[:40]]
    sites = [
        (written, None, of.removeprefix("us/"), None)
        for name, state in listed
        for written in (name, name[:-1], f"{name} 2")
        for of in (state, "us/tx")
    ]
    together = Facilities(PLACES).find_all(sites)
    assert together == [known.find(*site) for site in sites]
    assert {"listed", ""} <= {one.how for one in together}
    assert any(one.nearest and one.score < 100 for one in together)
