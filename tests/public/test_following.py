"""What happened next to the people of a county: its curve, where the store being served numbers people; else that it does not."""

from __future__ import annotations

import csv
import html
import io
import random
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.test import Client, override_settings
from hypothesis import given
from hypothesis import strategies as st

from bailiwick.desk.public.next import NEXT_COLUMNS, next_rows
from bailiwick.engine.places import load_places
from bailiwick.evidence import following
from bailiwick.evidence.following import Nobody, days_shown, followed
from bailiwick.evidence.load import load
from bailiwick.evidence.paths.steps import CANNOT_SEE, FOLLOWED, Ended
from bailiwick.evidence.shipped import RELEASE
from bailiwick.evidence.store import Store
from tests.evidence.made_up import detainer, write_csv

FRESNO, LOVING = "us/ca/fresno-county", "us/tx/loving-county"
START, END = date(2025, 1, 1), date(2025, 12, 31)
#: Person -> outcome of the first detainer, days to what ended the time, and what that was (0: followed to the end).
Person = tuple[str, int, int]
REASON = {"declined": "Detainer Declined by LEA", "taken into custody": "Booked into Detention"}


def made_up() -> list[tuple[str, Person]]:
    """900 people of Fresno County and 12 of Loving County, which is small. Nobody is real."""
    chance = random.Random(5)
    people: list[tuple[str, Person]] = []
    for n in range(912):
        outcome = chance.choice(tuple(REASON))
        ended = chance.choices((0, 1, 2), (5, 3 if outcome == "declined" else 1, 2))[0]
        people.append((FRESNO if n < 900 else LOVING, (outcome, chance.randrange(1, 300), ended)))
    return people


@pytest.fixture(scope="module")
def people() -> list[tuple[str, Person]]:
    return made_up()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, people: list[tuple[str, Person]]) -> Store:
    """A release with those people. Who is followed to the end has a first detainer so many days before it."""
    folder = tmp_path_factory.mktemp("people")
    jail = {
        FRESNO: {
            "facility_state": "CALIFORNIA",
            "detention_facility": "FRESNO COUNTY JAIL",
            "facility_city": "FRESNO",
        },
        LOVING: {
            "facility_state": "TEXAS",
            "detention_facility": "LOVING COUNTY JAIL",
            "facility_city": "MENTONE",
        },
    }
    rows, removals = [], [("2025-12-31", "x-last", "1980")]
    for n, (place, (outcome, days, ended)) in enumerate(people):
        first = END - timedelta(days=days) if ended == 0 else START
        who = {"unique_identifier": f"x{n}", "birth_year": "1980", **jail[place]}
        rows.append(detainer(detainer_prepare_date=first, detainer_lift_reason=REASON[outcome], **who))
        if ended == 1:
            rows.append(detainer(detainer_prepare_date=first + timedelta(days=days), **who))
        if ended == 2:
            removals.append((str(first + timedelta(days=days)), f"x{n}", "1980"))
    # The last day of the release, of somebody in no county.
    rows.append(
        detainer(
            detainer_prepare_date=END, unique_identifier="x-last", birth_year="1980", detention_facility=""
        )
    )
    made = Store(folder / "store")
    load(write_csv(folder / "detainers.csv", rows), made, load_places(), release="numbered")
    gone = folder / "removals.csv"
    gone.write_text("departed_date,departure_country,port_of_departure,unique_identifier,birth_year\n" + "".join(
        f"{day},MEXICO,LAREDO,{who},{year}\n" for day, who, year in removals
    ), "utf-8")  # fmt: skip
    load(gone, made, load_places(), release="numbered")
    return made


@pytest.fixture
def client(store: Store) -> Iterator[Client]:
    with override_settings(EVIDENCE_STORE=str(store.directory)):
        yield Client()


def by_hand(people: list[Person], day: int) -> tuple[float, float, int]:
    """Aalen-Johansen: the shares that had a later detainer and were removed by a day, and who is still followed after it."""
    free, back, gone = 1.0, 0.0, 0.0
    for at in range(day + 1):
        risk = sum(days >= at for _, days, _ in people)
        if not risk:
            break
        now = Counter(ended for _, days, ended in people if days == at)
        back += free * now[1] / risk
        gone += free * now[2] / risk
        free *= 1 - (now[1] + now[2]) / risk
    return back, gone, sum(days > day for _, days, _ in people)


def table(client: Client, place: str) -> list[dict[str, str]]:
    answer = client.get(f"/evidence/county/{place}?format=next-csv")
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.content.decode())))


@pytest.mark.parametrize("outcome", REASON)
def test_the_curve_is_that_of_the_people(
    client: Client, people: list[tuple[str, Person]], outcome: str
) -> None:
    mine = [one for place, one in people if place == FRESNO and one[0] == outcome]
    rows = [row for row in table(client, FRESNO) if row["first_outcome"] == outcome]
    assert {0, 90, 180} <= {int(row["day"]) for row in rows}
    for row in rows:
        back, gone, after = by_hand(mine, int(row["day"]))
        assert float(row["later_detainer"]) == pytest.approx(back, abs=5e-5)
        assert float(row["removed_before"]) == pytest.approx(gone, abs=5e-5)
        assert int(row["still_followed"]) == after
        assert int(row["people"]) == len(mine)
        assert float(row["low"]) <= back + 5e-5
        assert float(row["high"]) >= back - 5e-5


def test_the_page_shows_curve_table_csv_and_what_cannot_be_seen(client: Client) -> None:
    page = html.unescape(client.get(f"/evidence/county/{FRESNO}").content.decode())
    part = page.partition('<h2 id="next">')[2].partition('<h2 id="law">')[0]
    assert "After a detainer here, how many people had a later one, and how many were removed first?" in part
    assert "numbers no person" not in part
    assert f"followed to the end of {END.day} December {END.year}" in part
    for sentence in CANNOT_SEE:
        assert sentence in part
    for row in table(client, FRESNO):
        assert f'<td class="n">{int(row["still_followed"]):,}</td>' in part
    for width in ("wide", "narrow"):
        answer = client.get(f"/evidence/county/{FRESNO}?format=next-svg&width={width}")
        root = ET.fromstring(answer.content)
        assert root.findtext("{http://www.w3.org/2000/svg}title", "").endswith(
            "how many people had a later one?"
        )


def test_where_no_removal_is_told_the_share_of_the_removed_is_empty() -> None:
    rows = [Ended("06019", "declined", days, ended, 40) for days, ended in ((10, 1), (200, 0))]
    (_, first, *_) = next_rows(FRESNO, [following.curve("declined", rows, removals_told=False)])
    assert dict(zip(NEXT_COLUMNS, first, strict=True))["removed_before"] is None
    (_, first, *_) = next_rows(FRESNO, [following.curve("declined", rows)])
    assert dict(zip(NEXT_COLUMNS, first, strict=True))["removed_before"] == 0


def test_a_county_with_few_people_shows_none_of_their_paths(client: Client) -> None:
    """Twelve people, in two groups: each group or each step of it is below ten."""
    assert client.get(f"/evidence/county/{LOVING}").status_code == 404
    assert FRESNO in client.get("/evidence").content.decode()
    assert LOVING not in client.get("/evidence").content.decode()


def test_a_release_is_followed_once(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    real = following.linked
    monkeypatch.setattr(following, "linked", lambda *given: calls.append(given) or real(*given))
    following.followed.cache_clear()
    following.curves.cache_clear()
    for address in (f"{FRESNO}", f"{FRESNO}?format=next-csv", FRESNO, "us/ca/los-angeles-county"):
        assert client.get(f"/evidence/county/{address}").status_code == 200
    assert len(calls) == 1


def test_the_release_that_comes_with_the_program_numbers_nobody_and_the_page_says_so() -> None:
    assert followed(Store.shipped().directory) == Nobody(RELEASE)
    page = Client().get(f"/evidence/county/{FRESNO}").content.decode()
    assert (
        f"The release {RELEASE} numbers no person: nobody in it can be followed, and no curve can be drawn."
        in page
    )
    assert "how many people had a later one" not in page
    rows = Client().get(f"/evidence/county/{FRESNO}?format=next-csv").content.decode().splitlines()
    assert len(rows) == 1
    assert Client().get(f"/evidence/county/{FRESNO}?format=next-svg").status_code == 404


ENDS = st.lists(
    st.builds(
        Ended, st.just("1"), st.just("declined"), st.integers(0, 1200), st.integers(0, 2), st.integers(1, 25)
    ),
    max_size=25,
)


@given(ENDS)
def test_between_two_days_shown_nobody_or_ten_at_least(rows: list[Ended]) -> None:
    shown = days_shown(rows)
    assert set(shown) <= set(FOLLOWED)
    for before, day in zip((-1, *shown), shown, strict=False):
        between: Counter[int] = Counter()
        for row in rows:
            if before < row.days <= day:
                between[row.ended] += row.people
        beyond = sum(row.people for row in rows if row.days > day)
        assert all(n == 0 or n >= 10 for n in (*between.values(), beyond))
