"""A static site of a release with people in it: synthetic files, loaded as any release is."""

from __future__ import annotations

import csv
import json
import random
import re
from collections.abc import Sequence
from datetime import date, timedelta
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from bailiwick.engine.places import load_places
from bailiwick.evidence.groups import OUTCOME_WORDS
from bailiwick.evidence.load import load
from bailiwick.evidence.paths.linked import linked
from bailiwick.evidence.paths.steps import after_decline
from bailiwick.evidence.site import write_site
from bailiwick.evidence.store import NoStore, Store

REASONS = ("", "", "Booked into Detention", "Detainer Declined by LEA", "Lifted", "Case Closed")
DETAINERS = (
    "detainer_prepare_date,detention_facility,facility_state,facility_city,detainer_lift_reason,detainer_type,"
    "unique_identifier,birth_year"
)


def written(path: Path, head: str, rows: Sequence[tuple[object, ...]]) -> Path:
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
        assert known.last_day == date(2025, 1, 1) + timedelta(days=300)
        assert known.missing == ("stays", "encounters")
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


#: A made-up table: name of the file, its columns, and its rows of values.
Table = tuple[str, str, Sequence[tuple[object, ...]]]


def loaded(folder: Path, *tables: Table) -> Store:
    made = Store(folder / "store")
    for name, head, rows in tables:
        load(written(folder / f"{name}.csv", head, rows), made, load_places(), release="made-up")
    return made


def asked_for(person: str, day: str, reason: str) -> tuple[object, ...]:
    """A detainer in Fresno."""
    return (
        *(day, "FRESNO COUNTY JAIL", "CALIFORNIA", "FRESNO", reason, "Immigration Detainer - I247A"),
        *(person, 1980),
    )


STAYS = "book_in_date_time,detention_facility,detention_facility_code,unique_identifier,birth_year"
DECLINED, BOOKED = "Detainer Declined by LEA", "Booked into Detention"


def table(site: Path, name: str) -> dict[str, list[str]]:
    """A table of the site by its first column."""
    return {row[0]: row[1:] for row in csv.reader((site / f"{name}.csv").open(encoding="utf-8"))}


def test_a_table_that_a_release_lacks_is_said_to_be_missing_and_not_counted_as_none(
    store: Store, tmp_path: Path
) -> None:
    """The release has arrests and removals, no stays: that nobody was detained is not said."""
    write_site(store, tmp_path / "site", "made-up")
    assert not (tmp_path / "site" / "custody.csv").exists()
    assert [one for one in table(tmp_path / "site", "after-decline") if "detained" in one] == []
    page = (tmp_path / "site" / "index.html").read_text("utf-8")
    assert "Looked for in detainers, arrests and removals of the release" in page


def test_where_no_removal_is_told_no_share_of_the_removed_is_said(tmp_path: Path) -> None:
    rows = [asked_for(f"p{n}", "2025-01-01", DECLINED) for n in range(20)]
    rows += [asked_for(f"p{n}", "2025-02-01", BOOKED) for n in range(20, 40)]
    write_site(loaded(tmp_path, ("detainers", DETAINERS, rows)), tmp_path / "site")
    told = list(csv.DictReader((tmp_path / "site" / "returns.csv").open(encoding="utf-8")))
    assert told
    assert {row["removed before"] for row in told} == {""}
    assert "The release tells of no removal" in (tmp_path / "site" / "index.html").read_text("utf-8")


def test_a_departure_that_a_detainers_own_row_tells_is_a_removal(tmp_path: Path) -> None:
    head = DETAINERS + ",departed_date"
    rows = [
        (*asked_for(f"p{n}", "2025-01-01", DECLINED), departed)
        for n, departed in enumerate(("2025-01-20", "2024-12-31", ""))
    ]
    made = loaded(tmp_path, ("detainers", head, rows))
    with linked(made) as (connection, known):
        assert (known.rows["removals"], known.departures, known.removals_told) == (0, 2, True)
        found = after_decline(connection)
    assert (found.removed, found.nowhere) == (1, 2)


def test_a_table_of_encounters_that_ends_early_ends_nothing_else(tmp_path: Path) -> None:
    made = loaded(
        tmp_path,
        (
            "detainers",
            DETAINERS,
            [asked_for("p1", "2025-01-01", DECLINED), asked_for("p2", "2025-06-01", "")],
        ),
        (
            "encounters",
            "event_date,responsible_aor,unique_identifier,birth_year",
            [("2025-01-02", "x", "p1", 1980)],
        ),
    )
    with linked(made) as (connection, known):
        assert known.last_day == date(2025, 6, 1)
        assert after_decline(connection).encountered == 1


def test_people_left_out_are_named_and_few_are_not_counted(tmp_path: Path) -> None:
    rows = [asked_for(f"p{n}", "2025-01-01", DECLINED) for n in range(50)]
    rows += [asked_for(f"s{n}", "2025-01-01", "Superseding - New Form Issued") for n in range(23)]
    rows += [asked_for(f"l{n}", "2025-03-01", DECLINED) for n in range(3)]
    stays = [("2025-02-01", "X", "Y", "p1", 1980)]
    write_site(loaded(tmp_path, ("detainers", DETAINERS, rows), ("stays", STAYS, stays)), tmp_path / "site")
    page = (tmp_path / "site" / "index.html").read_text("utf-8")
    assert "50 people followed" in page
    assert "followed to the last day, 2025-02-01" in page
    assert "23 people whose detainers were all replaced by another form or are duplicates" in page
    assert "a number of people (not shown) whose first one is later than that day" in page


def test_the_people_followed_do_not_tell_how_many_have_an_outcome_of_which_too_few_are(
    tmp_path: Path,
) -> None:
    """40 declined, 4 died: their sum beside the curve of the first would tell the second."""
    rows = [asked_for(f"p{n}", "2025-01-01", DECLINED) for n in range(40)]
    rows += [asked_for(f"d{n}", "2025-01-01", "Died") for n in range(4)]
    rows += [asked_for("", "2025-05-01", "")]
    write_site(loaded(tmp_path, ("detainers", DETAINERS, rows)), tmp_path / "site")
    assert set(table(tmp_path / "site", "returns")) == {"first outcome", "declined"}
    page = (tmp_path / "site" / "index.html").read_text("utf-8")
    assert "40 people followed" in page
    assert "44 people" not in page


def test_the_people_declined_do_not_tell_how_few_were_declined_later_only(tmp_path: Path) -> None:
    """60 people were declined first, 5 later only: from 65 beside the curve of 60 the 5 would follow."""
    rows = [asked_for(f"p{n}", "2025-01-01", DECLINED) for n in range(60)]
    rows += [asked_for(f"b{n}", "2025-01-01", BOOKED) for n in range(30)]
    rows += [asked_for(f"b{n}", "2025-02-01", DECLINED) for n in range(5)]
    stays = [("2025-03-01", "X", "Y", f"p{n}", 1980) for n in range(20)]
    write_site(loaded(tmp_path, ("detainers", DETAINERS, rows), ("stays", STAYS, stays)), tmp_path / "site")
    shown = [row[0] for name, row in table(tmp_path / "site", "after-decline").items() if row != ["people"]]
    assert "" in shown
    assert "65 people" not in (tmp_path / "site" / "index.html").read_text("utf-8")


def test_what_is_left_out_of_the_table_of_detention_is_not_told_by_the_table_of_outcomes(
    tmp_path: Path,
) -> None:
    """Of each outcome a few detainers are too recent or of nobody: no small number follows from both tables."""
    chance = random.Random(3)
    reasons = [*REASONS, "Died", "Transferred", "Early Release", "Insufficient Notice to ICE"]
    rows, stays = [], []
    for n in range(700):
        day = date(2025, 1, 1) + timedelta(days=chance.randrange(220))
        reason = chance.choices(reasons, (90, 90, 90, 90, 20, 12, 1, 2, 2, 3))[0]
        rows.append(asked_for(f"p{n}" if n % 60 else "", day.isoformat(), reason))
        if n % 60 and chance.random() < 0.4:
            stays.append(((day + timedelta(days=3)).isoformat(), "X", "Y", f"p{n}", 1980))
    rows.append(asked_for("p1", "2025-09-01", ""))
    stays.append(("2025-09-01", "X", "Y", "p1", 1980))
    write_site(loaded(tmp_path, ("detainers", DETAINERS, rows), ("stays", STAYS, stays)), tmp_path / "site")
    names, (everything,) = (
        list(csv.reader((tmp_path / "site" / "outcomes.csv").open(encoding="utf-8")))[k]
        for k in (0, slice(1, None))
    )
    every = dict(zip(names, everything, strict=True))
    detained = table(tmp_path / "site", "custody")
    shown = 0
    for name, words in OUTCOME_WORDS.items():
        if words not in detained:
            assert every[name] == "0"
            continue
        whole, part, _ = detained[words]
        # What the row of all hides, no other table shows, but that nobody is of it.
        assert every[name] or {whole, part} <= {"", "0"}
        for much, little in ((every[name], whole), (whole, part)):
            if much and little:
                shown += 1
                assert int(much) - int(little) == 0 or int(much) - int(little) >= 10
    assert shown > 4


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
        blank = [n for n in one["blank"].values() if n is not None]
        assert {n for n in blank if 0 < n < 10 or 0 < one["read"] - n < 10} == set()
        assert len(blank) > 3
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
