"""Law beside data: a case that is decided once for many rows is what each of them gives on its own day."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, time
from pathlib import Path

import duckdb
import pytest

from bailiwick.engine.case import Case
from bailiwick.engine.decide import OUTCOMES_OF, decider
from bailiwick.engine.facts import Outcome
from bailiwick.engine.lawbook import Lawbook, default_lawbook
from bailiwick.engine.places import load_places
from bailiwick.engine.zones import zone
from bailiwick.evidence.asif import ASKED
from bailiwick.evidence.beside import Alike, alike, answered
from bailiwick.evidence.law import AsIf, decisions, suppose, whatif
from bailiwick.evidence.load import load
from bailiwick.evidence.store import Store
from tests.engine.made_up import law, lawbook, norm
from tests.evidence.made_up import detainer, write_csv


def one_by_one(book: Lawbook, path: str, one: Alike) -> Outcome:
    """The single path of the engine, on the detainer's own day."""
    place = book.places.get(path)
    told = {"request.kind": one.kind, "request.form": one.form, "custodian": one.custodian}
    facts = {name: value for name, value in told.items() if value is not None}
    at = datetime.combine(one.day, time(12), zone(place.tz)).astimezone(UTC)
    case = Case(place, at, one.day, facts, reading_state=place.state or "us")
    possible = OUTCOMES_OF[decider(book).outcomes(case)[ASKED.get(one.kind or "", "hold")]]
    return possible[0] if len(possible) == 1 else Outcome.UNKNOWN


@pytest.mark.parametrize("under", ["", "us/ca", "us/il"])
def test_the_shipped_release_is_answered_as_one_by_one(under: str) -> None:
    book = default_lawbook()
    some = random.Random(11).sample(alike(), 400)
    for one, answer in answered(book, some, under):
        inside = one.place == under or one.place.startswith(f"{under}/")
        assert answer == one_by_one(book, one.place if inside or not under else under, one), one


@pytest.fixture(scope="module")
def changing(tmp_path_factory: pytest.TempPathFactory) -> Lawbook:
    """Texas required every detainer until 1 March 2025, and forbids each since; Ohio requires one after a conviction of the last
    five years."""
    recent = "any_charge(status = 'convicted' AND convicted_on > at - INTERVAL '5' YEAR)"
    texas = [
        norm("old", "require", to=date(2025, 3, 1)),
        norm("new", "forbid", **{"from": date(2025, 3, 1)}),
    ]
    ohio = [norm("recent", "require", when=recent)]
    return lawbook(tmp_path_factory.mktemp("law"), law("us/tx", norms=texas), law("us/oh", norms=ohio))


def answers(store: Store, book: Lawbook) -> list[str]:
    """In the order of the rows."""
    found = duckdb.sql(f"SELECT law FROM '{decisions(store, book, store.release())}' ORDER BY row")
    return [law for (law,) in found.fetchall()]


def test_a_span_of_law_ends_on_its_day(changing: Lawbook, tmp_path: Path) -> None:
    days = ["2025-02-27", "2025-02-28", "2025-03-01", "2025-03-02"]
    rows = [detainer(detainer_prepare_date=day, unique_identifier=i) for i, day in enumerate(days)]
    store = Store(tmp_path / "store")
    load(write_csv(tmp_path / "x.csv", rows), store, load_places())
    assert answers(store, changing) == ["required", "required", "forbidden", "forbidden"]
    then = whatif(store, changing, AsIf(on=date(2025, 3, 1)))
    assert [(one.before, one.after, one.detainers) for one in then.moved] == [
        ("forbidden", "forbidden", 2),
        ("required", "forbidden", 2),
    ]


def test_a_condition_that_asks_the_day_is_asked_on_each_day(tmp_path: Path) -> None:
    later = [norm("later", "require", when="at >= DATE '2025-03-01'")]
    book = lawbook(tmp_path, law("us/tx", norms=later))
    days = ["2025-02-28", "2025-03-01"]
    rows = [detainer(detainer_prepare_date=day, unique_identifier=i) for i, day in enumerate(days)]
    store = Store(tmp_path / "store")
    load(write_csv(tmp_path / "x.csv", rows), store, load_places())
    assert answers(store, book) == ["unregulated", "required"]


def test_how_long_ago_a_conviction_was_is_asked_of_each_row(changing: Lawbook, tmp_path: Path) -> None:
    """Two files of one release, so that their rows have the same numbers. The last conviction came after the detainer."""
    store = Store(tmp_path / "store")
    for name, convictions in (
        ("a", ["2021-01-01", "2019-01-01"]),
        ("b", ["2019-01-01", "", "2024-12-31", "2026-01-01"]),
    ):
        rows = [
            detainer(
                unique_identifier=f"{name}{i}",
                facility_state="OHIO",
                detention_facility="FRANKLIN COUNTY JAIL",
                most_serious_conviction_charge="ASSAULT" if day else "",
                msc_conviction_date=day,
            )
            for i, day in enumerate(convictions)
        ]
        load(write_csv(tmp_path / f"{name}.csv", rows), store, load_places(), release="one")
    kept = decisions(store, changing, "one")
    order = {one["part"]: one["file"] for one in store.loads()}
    found = duckdb.sql(f"SELECT part, row, law FROM '{kept}'").fetchall()
    assert sorted((order[part], row, law) for part, row, law in found) == [
        ("a.csv", 1, "required"),
        ("a.csv", 2, "unknown"),
        ("b.csv", 1, "unknown"),
        ("b.csv", 2, "unknown"),
        ("b.csv", 3, "required"),
        ("b.csv", 4, "unknown"),
    ]
    # without charges no conviction is recent: nothing requires a hold, and the case is the same for all
    none = whatif(store, changing, AsIf(place="us/oh", supposed=suppose(["charges=none"])))
    assert {one.after for one in none.moved} == {"unregulated"}
