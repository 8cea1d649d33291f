"""The single path and the one statement on DuckDB say the same of every case."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, date, datetime
from itertools import islice, product
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from bailiwick.engine import bulk
from bailiwick.engine.bulk import BulkResult, case_row, run_bulk, write_cases
from bailiwick.engine.case import Case
from bailiwick.engine.decide import Decider
from bailiwick.engine.examples import load_examples
from bailiwick.engine.facts import ACTIONS
from bailiwick.engine.lawbook import Lawbook
from tests.bulk.random_law import BILL, PLACES, random_law
from tests.engine.made_up import law, lawbook, norm
from tests.equality import differences, write
from tests.random_cases import RandomCases

CASES = 3_000


@pytest.fixture(scope="module")
def cases(book: Lawbook) -> list[Case]:
    return list(islice(RandomCases(book, seed=1), CASES))


@pytest.fixture(scope="module")
def parquet(cases: list[Case], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bulk") / "cases.parquet"
    write(cases, path)
    return path


def test_random_cases_come_out_as_one_by_one(
    book: Lawbook, single: Decider, cases: list[Case], parquet: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.parquet"
    assert run_bulk(parquet, out, book) == BulkResult(CASES, CASES, [])
    assert differences(single, cases, out) == (0, [])
    assert not [name for name in pq.read_schema(out).names if name.endswith("_possible")]


def test_what_is_still_possible_is_told_where_it_is_asked(
    book: Lawbook, single: Decider, cases: list[Case], parquet: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.parquet"
    run_bulk(parquet, out, book, possible=ACTIONS)
    assert {f"{action}_possible" for action in ACTIONS} < set(pq.read_schema(out).names)
    assert differences(single, cases, out) == (0, [])


def test_random_cases_come_out_as_one_by_one_with_every_proposal(
    book: Lawbook, single: Decider, cases: list[Case], parquet: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.parquet"
    run_bulk(parquet, out, book, proposals=book.proposals)
    assert differences(single, cases, out, proposals=book.proposals) == (0, [])


def test_states_with_many_cases_get_statements_of_their_own(
    book: Lawbook, single: Decider, cases: list[Case], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    states = Counter(case.place.path[:5] for case in cases)
    many = [state for state, count in states.items() if count >= 100]
    assert 1 < len(many) < len(states)
    monkeypatch.setattr(bulk, "_MANY", 100)
    monkeypatch.setattr(bulk, "_ONE_IN", CASES)
    rows = [case_row(case) for case in cases]
    rows.insert(7, rows[7] | {"id": "nowhere", "place": "us/zz"})
    given, out = tmp_path / "cases.parquet", tmp_path / "out.parquet"
    write_cases(rows, given)
    with bulk.connect() as connection:
        statement = bulk.prepare(connection, given, book, scratch=tmp_path).sql
    assert statement.count(" UNION ALL (") == len(many)
    result = run_bulk(given, out, book)
    assert (result.cases, result.decided) == (CASES + 1, CASES)
    assert [(row.line, row.message[:23]) for row in result.bad] == [(8, "place: no place 'us/zz'")]
    assert differences(single, cases, out) == (0, [])


@pytest.mark.parametrize(
    ("place", "on"),
    [
        ("us/ca/los-angeles-county", None),
        ("us/tx/travis-county", date(2017, 8, 31)),
        (None, date(2024, 2, 29)),
        ("us/ak", date(2013, 7, 4)),
    ],
)
def test_random_cases_come_out_as_one_by_one_elsewhere_or_on_another_day(
    book: Lawbook,
    single: Decider,
    cases: list[Case],
    parquet: Path,
    tmp_path: Path,
    place: str | None,
    on: date | None,
) -> None:
    out = tmp_path / "out.parquet"
    run_bulk(parquet, out, book, place=place, on=on)
    moved = [case.moved(book.places.get(place) if place else None, on) for case in cases]
    assert differences(single, moved, out) == (0, [])


def test_every_worked_example_comes_out_as_one_by_one(book: Lawbook, single: Decider, tmp_path: Path) -> None:
    examples, _, errors = load_examples(book)
    assert errors == []
    by_proposals = defaultdict(list)
    for number, example in enumerate(examples):
        example.case.id = str(number)
        by_proposals[example.proposals].append(example.case)
    assert len(by_proposals) > 1
    for number, (proposals, cases) in enumerate(by_proposals.items()):
        path, out = tmp_path / f"{number}.parquet", tmp_path / f"{number}.out.parquet"
        write(cases, path)
        assert run_bulk(path, out, book, proposals=proposals).bad == []
        assert differences(single, cases, out, proposals=proposals) == (0, [])


@pytest.mark.parametrize("seed", range(16))
def test_random_cases_come_out_as_one_by_one_under_law_drawn_at_random(seed: int, tmp_path: Path) -> None:
    book = random_law(seed, tmp_path / "law")
    cases = list(islice(RandomCases(book, seed, places=PLACES), 150))
    proposals = (BILL,) if seed % 2 else ()
    path, out = tmp_path / "cases.parquet", tmp_path / "out.parquet"
    write(cases, path)
    assert run_bulk(path, out, book, proposals=proposals).bad == []
    assert differences(Decider(book), cases, out, proposals=proposals) == (0, [])


def test_days_of_a_charge_are_told_apart_to_the_day(tmp_path: Path) -> None:
    """Every comparison with a day some time from another: on that day, a day before and after it, and where one is unknown."""
    days = {
        "after-five": "convicted_on > at - INTERVAL '5' YEAR",
        "not-before-five": "convicted_on >= at - INTERVAL '5' YEAR",
        "before-five": "convicted_on < at - INTERVAL '5' YEAR",
        "until-five": "at - INTERVAL '5' YEAR >= convicted_on",
        "after-ten": "at - INTERVAL '10' YEAR < convicted_on",
        "after-months": "convicted_on > at - INTERVAL '61' MONTH",
        "after-arrest": "convicted_on > person.arrested_on - INTERVAL '5' YEAR",
        "on-that-day": "convicted_on = at - INTERVAL '5' YEAR",
        "another-day": "convicted_on <> at - INTERVAL '10' YEAR",
        "until-arrest": "convicted_on <= person.arrested_on - INTERVAL '10' YEAR",
    }
    ways = [
        norm(name, "require" if i in (0, 9) else "forbid", action=ACTIONS[i % 8], when=f"any_charge({text})")
        for i, (name, text) in enumerate(days.items())
    ]
    both = f"any_charge({days['after-ten']} AND NOT ({days['after-five']}) AND {days['after-arrest']})"
    ways.append(norm("between", "require", action=ACTIONS[2], when=both))
    book = lawbook(tmp_path / "law", law("us/tx", norms=ways))
    place = book.places.get("us/tx/travis-county")
    at = datetime(2024, 2, 29, 18, tzinfo=UTC)
    first = date(2013, 12, 31)
    convicted = [date.fromordinal(first.toordinal() + n) for n in range(2_000)]
    cases = [
        Case(
            place,
            at,
            date(2024, 2, 29),
            facts={} if arrested is None else {"person.arrested_on": arrested},
            charges=[{} if day is None else {"convicted_on": day}],
            reading_state="us/tx",
            id=f"{number}",
        )
        for number, (day, arrested) in enumerate(
            product([*convicted, None], [date(2023, 6, 15), date(2024, 2, 29), None])
        )
    ]
    path, out = tmp_path / "cases.parquet", tmp_path / "out.parquet"
    write(cases, path)
    assert run_bulk(path, out, book).bad == []
    assert differences(Decider(book), cases, out) == (0, [])
    rows = {row["id"]: row for row in pq.read_table(out).to_pylist()}
    outcomes = {action: Counter(rows[case.id][action] for case in cases) for action in ACTIONS}
    assert all(len(found) > 1 for found in outcomes.values()), outcomes
