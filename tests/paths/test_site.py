"""A static site of a release with people in it: synthetic files, loaded as any release is."""

from __future__ import annotations

import csv
import json
import random
import re
from datetime import date, timedelta
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from bailiwick.engine.places import load_places
from bailiwick.evidence.load import load
from bailiwick.evidence.paths.linked import linked
from bailiwick.evidence.site import write_site
from bailiwick.evidence.store import NoStore, Store

REASONS = ("", "", "Booked into Detention", "Detainer Declined by LEA", "Lifted", "Case Closed")
DETAINERS = (
    "detainer_prepare_date,detention_facility,facility_state,facility_city,detainer_lift_reason,detainer_type,"
    "unique_identifier,birth_year"
)


def written(path: Path, head: str, rows: list[tuple[object, ...]]) -> Path:
    path.write_text("\n".join([head, *(",".join(map(str, row)) for row in rows)]) + "\n", "utf-8")
    return path


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """900 made-up people in Fresno and Travis counties; person 0 has two birth years, nobody is real."""
    folder = tmp_path_factory.mktemp("release")
    chance, start = random.Random(11), date(2025, 1, 1)
    detainers: list[tuple[object, ...]] = []
    removals: list[tuple[object, ...]] = []
    arrests: list[tuple[object, ...]] = []
    for person in range(900):
        day = start + timedelta(days=chance.randrange(200))
        where = chance.choice(
            (("FRESNO COUNTY JAIL", "CALIFORNIA", "FRESNO"), ("TRAVIS COUNTY JAIL", "TEXAS", "AUSTIN"))
        )
        for _ in range(chance.choice((1, 1, 1, 2))):
            detainers.append(
                (day, *where, chance.choice(REASONS), "Immigration Detainer - I247A", f"p{person}", 1980)
            )
            day += timedelta(days=chance.randrange(1, 60))
        if chance.random() < 0.3:
            removals.append((day + timedelta(days=5), "MEXICO", "LAREDO", f"p{person}", 1980))
        if chance.random() < 0.4:
            arrests.append((day, chance.choice(("Located", "CAP Local Incarceration")), f"p{person}", 1980))
    removals.append((start + timedelta(days=300), "MEXICO", "LAREDO", "p0", 1999))
    arrests.append((start + timedelta(days=300), "Located", "p1", 1980))
    detainers.append(
        (
            start + timedelta(days=300),
            "FRESNO COUNTY JAIL",
            "CALIFORNIA",
            "FRESNO",
            "",
            "Immigration Detainer - I247A",
            "",
            1980,
        )
    )
    files = [
        written(folder / "detainers.csv", DETAINERS, detainers),
        written(
            folder / "removals.csv",
            "departed_date,departure_country,port_of_departure,unique_identifier,birth_year",
            removals,
        ),
        written(
            folder / "arrests.csv",
            "apprehension_date,apprehension_method,unique_identifier,birth_year",
            arrests,
        ),
    ]
    made = Store(folder / "store")
    for file in files:
        load(file, made, load_places(), release="made-up")
    return made


def test_people_are_linked_and_who_is_in_doubt_or_nobody_is_counted(store: Store) -> None:
    with linked(store, "made-up") as (connection, known):
        assert known.end == date(2025, 1, 1) + timedelta(days=301)
        assert known.doubted == 1
        assert known.unlinked["detainers"] == 1
        assert connection.execute("SELECT count(*) FROM detainers WHERE person = 'p0'").fetchone() == (0,)
        assert set(connection.execute("SELECT DISTINCT method FROM arrests").fetchall()) == {
            ("at_large",),
            ("in_custody",),
        }


def test_a_release_without_people_cannot_be_followed() -> None:
    with pytest.raises(NoStore, match="a number for each person"), linked(Store.shipped()):
        pass


class Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attrs if name in ("href", "src")]


def test_the_site_stands_alone_says_whence_and_shows_no_small_count(store: Store, tmp_path: Path) -> None:
    files = write_site(store, tmp_path / "site", "made-up")
    page = (tmp_path / "site" / "index.html").read_text("utf-8")
    reader = Links()
    reader.feed(page)
    assert {link for link in reader.found if not (tmp_path / "site" / link).is_file()} == set()
    assert "<script" not in page
    assert "cannot see" in page
    assert "later detainer" in page
    loads = json.loads((tmp_path / "site" / "provenance.json").read_text("utf-8"))
    assert {one["table"] for one in loads} == {"detainers", "removals", "arrests"}
    for one in loads:
        assert one["taken"] + sum(one["set_aside"].values()) == one["read"]
    for file in files:
        assert "p17" not in file.read_bytes().decode("utf-8", "ignore")
        if file.suffix == ".csv" and file.stem in (
            "outcomes",
            "month",
            "state",
            "county",
            "form",
            "after-decline",
        ):
            rows = list(csv.reader(file.open(encoding="utf-8")))[1:]
            counts = [int(cell) for row in rows for cell in row if re.fullmatch(r"\d+", cell)]
            assert [count for count in counts if 0 < count < 10] == []


def test_from_two_days_of_a_curve_no_small_number_follows(store: Store, tmp_path: Path) -> None:
    """Who is lost from sight, removed or met again between two days shown, all together: nobody, or ten at least."""
    write_site(store, tmp_path / "site", "made-up")
    rows = list(csv.DictReader((tmp_path / "site" / "returns.csv").open(encoding="utf-8")))
    assert {row["first outcome"] for row in rows} >= {"declined", "taken into custody"}
    for before, after in pairwise(rows):
        if before["first outcome"] == after["first outcome"]:
            gone = int(before["still followed after"]) - int(after["still followed after"])
            assert gone == 0 or gone >= 10
    assert all(
        int(row["still followed after"]) == 0 or int(row["still followed after"]) >= 10 for row in rows
    )


def test_the_tables_of_the_site_do_not_tell_what_one_of_them_hides(store: Store, tmp_path: Path) -> None:
    """The state and its only county are the same detainers less those in no county: both show a group, or neither."""
    write_site(store, tmp_path / "site", "made-up")
    states, counties, everything = (
        list(csv.reader((tmp_path / "site" / f"{name}.csv").open(encoding="utf-8")))[1:]
        for name in ("state", "county", "outcomes")
    )
    total = ["all", *everything[0]]
    assert len([n for n in total[1:13] if n]) > 4
    for column in range(1, 13):
        cells = [row[column] for row in states]
        if all(cells) and total[column]:
            assert sum(map(int, cells)) == int(total[column])
        for state, county in zip(sorted(states), sorted(counties), strict=True):
            if state[column] and county[column]:
                rest = int(state[column]) - int(county[column])
                assert rest == 0 or rest >= 10


def test_the_site_made_again_is_the_same_to_the_byte(store: Store, tmp_path: Path) -> None:
    first, again = (write_site(store, tmp_path / name, "made-up") for name in ("first", "again"))
    assert [file.name for file in first] == [file.name for file in again]
    assert [a.name for a, b in zip(first, again, strict=True) if a.read_bytes() != b.read_bytes()] == []


def test_a_directory_with_files_in_it_is_left_alone(store: Store, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(FileExistsError, match="expected an empty directory"):
        write_site(store, tmp_path, "made-up")
    assert [file.name for file in tmp_path.iterdir()] == ["notes.txt"]
