"""`/atlas`: every cell is what the law's sentences come to, and opens the one that decided."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date

import pytest
import yaml
from django.test import Client

from bailiwick.engine.facts import ACTIONS, Outcome
from bailiwick.engine.lawbook import default_lawbook
from bailiwick.evidence.atlas import atlas, atlas_places, counted, in_order
from bailiwick.evidence.canonical import FILE, canonical_cases, years_before

OUT = Outcome
#: (case, place, day, action) -> what the text of the law there says.
KNOWN = [
    ("no-licence", "us/ca", "2013-12-31", "hold", OUT.UNREGULATED),  # no act yet
    ("no-licence", "us/ca", "2014-01-01", "hold", OUT.FORBIDDEN),  # TRUST Act
    ("no-licence", "us/ca", "2018-01-03", "notify_release", OUT.UNREGULATED),
    ("no-licence", "us/ca", "2018-01-04", "notify_release", OUT.FORBIDDEN),  # § 7284.6(a)(1)(C)
    ("robbery-convicted", "us/ca", "2024-07-25", "notify_release", OUT.ALLOWED),  # § 7282.5(a)(1)
    ("robbery-convicted", "us/ca", "2024-07-25", "hold", OUT.FORBIDDEN),  # (a)(1)(B) has no exception
    ("burglary-charged", "us/ca", "2024-07-25", "notify_release", OUT.ALLOWED),  # § 7282.5(b)
    ("burglary-charged", "us/ca", "2024-07-25", "transfer", OUT.FORBIDDEN),  # (b) opens notice only
    ("murder-judicial-warrant", "us/ca", "2024-07-25", "transfer", OUT.ALLOWED),  # § 7284.6(a)(4)
    ("no-licence", "us/tx", "2017-08-31", "hold", OUT.UNREGULATED),  # SB 4 from 1 September 2017
    ("no-licence", "us/tx", "2026-11-25", "hold", OUT.REQUIRED),
    ("citizen", "us/tx", "2026-11-25", "hold", OUT.UNREGULATED),  # proof of citizenship
    ("no-licence", "us/fl", "2026-11-25", "hold", OUT.REQUIRED),
    ("no-licence", "us/il", "2026-11-25", "hold", OUT.FORBIDDEN),  # 5 ILCS 805/15(a)
    ("no-licence", "us/ma", "2026-11-25", "hold", OUT.FORBIDDEN),  # Lunn
    ("no-licence", "us/dc", "2026-11-25", "hold", OUT.FORBIDDEN),
    ("murder-judicial-warrant", "us/dc", "2026-11-25", "hold", OUT.ALLOWED),
]


@pytest.mark.parametrize(("case", "place", "day", "action", "outcome"), KNOWN)
def test_what_the_law_says(case: str, place: str, day: str, action: str, outcome: Outcome) -> None:
    rows = {row.place.path: row for row in atlas(default_lawbook(), case, date.fromisoformat(day))}
    assert rows[place].answers[action].outcome is outcome


def test_there_are_twelve_cases_from_a_license_to_a_judges_warrant() -> None:
    cases = list(canonical_cases().values())
    assert len(cases) == 12
    assert cases[0].title.startswith("Arrested for driving without a license")
    assert cases[-1].title.startswith("Convicted of murder")
    assert len({c.title for c in cases}) == 12


def test_every_state_territory_and_place_with_law_has_a_row() -> None:
    book = default_lawbook()
    paths = {p.path for p in atlas_places(book)}
    assert {p.path for p in book.places if p.kind == "state"} <= paths
    own = {f.binds[0] for f in book.files.values() if not f.proposal and not f.name.startswith("courts/")}
    assert own - {"us"} <= paths


@pytest.mark.parametrize("case", canonical_cases())
def test_a_cell_says_what_the_interface_for_programs_says(client: Client, case: str) -> None:
    book, day = default_lawbook(), date(2026, 11, 25)
    rows = {row.place.path: row for row in atlas(book, case, day)}
    for place in ("us/ny/new-york-city", "us/nj", "us/md/montgomery-county", "us/wy"):
        raw = canonical_cases()[case].as_json(book.places.get(place), day)
        answer = client.post("/api/v1/decide", json.dumps(raw), content_type="application/json").json()
        for action in ACTIONS[:-1]:
            assert str(rows[place].answers[action].outcome) == answer["actions"][action]["outcome"]


def test_each_cell_opens_the_norm_it_came_from(client: Client) -> None:
    page = client.get("/atlas?on=2026-11-25&case=no-licence").content.decode()
    links = re.findall(r'href="(/law/us/(?:ca|co|ny/new-york-city)\?[^"#]*)#(n-[^"]+)"', page)
    assert len(links) > 20
    pages = {address: client.get(address.replace("&amp;", "&")).content.decode() for address, _ in set(links)}
    assert [(a, n) for a, n in links if f'id="{n}"' not in pages[a]] == []


def test_where_nothing_was_read_no_mark_is_shown(client: Client) -> None:
    rows = atlas(default_lawbook(), "no-licence", date(2026, 11, 25))
    wyoming = next(row for row in rows if row.place.path == "us/wy")
    assert wyoming.unread("hold")
    assert counted(rows, "hold")[None][0] > 40
    assert "Not read: no law file" in client.get("/atlas").content.decode()


def test_rows_are_sorted_by_state_by_mark_and_by_last_change() -> None:
    rows = atlas(default_lawbook(), "no-licence", date(2026, 11, 25))
    by_state = [row.place.path for row in in_order(rows, "state", "hold")]
    assert by_state.index("us/ca/los-angeles-county") == by_state.index("us/ca") + 1
    assert by_state[0] == "us/al"
    by_mark = [row.answers["hold"].outcome for row in in_order(rows, "mark", "hold")]
    assert by_mark[0] is OUT.REQUIRED
    assert by_mark.index(OUT.FORBIDDEN) > max(i for i, o in enumerate(by_mark) if o is OUT.REQUIRED)
    changed = [row.changed for row in in_order(rows, "changed", "hold")]
    known = [day for day in changed if day]
    assert known == sorted(known, reverse=True)
    assert changed[: len(known)] == known


def test_no_law_of_a_later_day_is_counted_as_the_last_change() -> None:
    for row in atlas(default_lawbook(), "no-licence", date(2018, 1, 3)):
        assert row.changed is None or row.changed <= date(2018, 1, 3)


def test_the_table_is_given_as_csv(client: Client) -> None:
    answer = client.get("/atlas.csv?on=2026-11-25&case=citizen")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert len(rows) == len(atlas_places(default_lawbook())) * len(ACTIONS)
    texas = next(r for r in rows if r["place"] == "us/tx" and r["action"] == "hold")
    assert texas["outcome"] == "unregulated"


def test_a_case_stays_the_same_case_when_the_day_moves() -> None:
    place = default_lawbook().places.get("us/ca")
    case = canonical_cases()["burglary-convicted"]
    for day in (date(2016, 2, 29), date(2026, 11, 25)):
        made = case.as_json(place, day)
        assert made["charges"][0]["convicted_on"] == years_before(day, 10).isoformat()
    assert years_before(date(2016, 2, 29), 10) == date(2006, 2, 28)


def test_the_file_of_cases_names_every_offence_it_uses() -> None:
    data = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    used = {c["offence"] for case in data["cases"] for c in case["charges"]}
    assert used == set(data["offences"])
