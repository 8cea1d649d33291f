"""The single path and the one statement on PostgreSQL say the same of every case, on a real server."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bailiwick.engine.bulk import BadSource, BulkResult
from bailiwick.engine.bulk_postgres import decide_table, identifier
from bailiwick.engine.case import BadCase, Case, read_case
from bailiwick.engine.decide import Decider
from bailiwick.engine.lawbook import Lawbook
from tests.bulk import later
from tests.bulk.random_law import BILL, PLACES, random_law
from tests.engine.made_up import as_json
from tests.equality import compare
from tests.random_cases import RandomCases

if TYPE_CHECKING:
    import psycopg

AT = "2026-03-02T10:15:00-08:00"
GOOD: dict[str, Any] = {"place": "us/ca", "at": AT, "custodian": "county_jail"}

#: Values that stand where they should not, or are written as few would.
ODD: list[Any] = [
    *(None, True, 0, -5, 3.0, 2**31, "", "x", "true", [], {}, [None], [{}], ["x"] * 101, {"a": 1}, "x" * 501, "é" * 500),
    *("2015-01-10", "20150110", "2015-W02-6", "2016-02-29", "2015-02-29", "1899-01-01", "2015-13-01", "2015-01-10T00:00:00"),
    *(AT, "2026-03-02T10:15:00", "2026-03-02 10:15:00Z", "2026-03-02T10:15Z", "2026-03-02T10:15:00.1234567Z"),
    *("2026-03-02T10:15:60Z", "2026-03-02T24:00:00Z", "2026-03-02T10:15:00+23:59", "20260302T101500Z"),
    *(["biometric_match"], ["biometric_match", None], [["biometric_match"]], "'", "\\", "%s", '"'),
    *("us/CA", "I-247N", "convicted"),
]  # fmt: skip


def store(connection: psycopg.Connection, table: str, rows: Iterable[tuple[str, Any]]) -> None:
    """A new table of cases."""
    connection.execute(f"DROP TABLE IF EXISTS {identifier(table)}")
    connection.execute(f"CREATE TABLE {identifier(table)} (id text, facts jsonb)")
    with connection.cursor() as cursor, cursor.copy(f"COPY {identifier(table)} FROM STDIN") as copy_in:
        for name, facts in rows:
            copy_in.write_row((name, json.dumps(facts)))


def decided(connection: psycopg.Connection, table: str) -> dict[str, dict[str, Any]]:
    from psycopg.rows import dict_row

    with connection.cursor(row_factory=dict_row) as cursor:
        return {row["id"]: row for row in cursor.execute(f"SELECT * FROM {identifier(table)}").fetchall()}


def run(
    connection: psycopg.Connection, cases: list[Case], book: Lawbook, **how: Any
) -> dict[str, dict[str, Any]]:
    """Cases through a table."""
    store(connection, "cases", ((str(case.id), as_json(case)) for case in cases))
    connection.execute("DROP TABLE IF EXISTS outcomes")
    assert decide_table(connection, "cases", "outcomes", book, **how) == BulkResult(
        len(cases), len(cases), []
    )
    return decided(connection, "outcomes")


@pytest.fixture(scope="module")
def cases(book: Lawbook) -> list[Case]:
    return list(islice(RandomCases(book, seed=2), 500))


def test_random_cases_come_out_as_one_by_one(
    postgres: psycopg.Connection, book: Lawbook, single: Decider, cases: list[Case]
) -> None:
    assert compare(single, cases, run(postgres, cases, book)) == (0, [])


def test_random_cases_come_out_as_one_by_one_elsewhere_on_another_day_with_every_proposal(
    postgres: psycopg.Connection, book: Lawbook, single: Decider, cases: list[Case]
) -> None:
    place, on = "us/ca/los-angeles-county", date(2024, 2, 29)
    rows = run(postgres, cases, book, place=place, on=on, proposals=book.proposals)
    moved = [case.moved(book.places.get(place), on) for case in cases]
    assert compare(single, moved, rows, proposals=book.proposals) == (0, [])


@pytest.mark.parametrize("seed", range(3))
def test_random_cases_come_out_as_one_by_one_under_law_drawn_at_random(
    postgres: psycopg.Connection, tmp_path: Path, seed: int
) -> None:
    book = random_law(100 + seed, tmp_path)
    cases = list(islice(RandomCases(book, seed, places=PLACES), 150))
    rows = run(postgres, cases, book, proposals=(BILL,))
    assert compare(Decider(book), cases, rows, proposals=(BILL,)) == (0, [])


def paths(value: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where something stands in a case."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inside:
        yield (*before, key)
        yield from paths(part, (*before, key))


def spoiled(raw: dict[str, Any], r: random.Random) -> dict[str, Any]:
    """A case in which something was replaced, left out or added."""
    out = copy.deepcopy(raw)
    *way, last = r.choice(list(paths(out)))
    inside: Any = out
    for key in way:
        inside = inside[key]
    if r.random() < 0.85:
        inside[last] = r.choice(ODD)
    elif isinstance(inside, dict):
        inside[r.choice(("foo", "kind", "statute", "decided", "id"))] = r.choice(ODD)
    return out


def test_a_row_is_decided_exactly_when_the_single_path_can_read_it(
    postgres: psycopg.Connection, book: Lawbook, single: Decider, cases: list[Case]
) -> None:
    r = random.Random(3)
    raws: dict[str, Any] = {str(n): spoiled(as_json(case), r) for n, case in enumerate(cases * 3)}
    raws |= {"a list": [], "a text": "x", "null": None, "empty": {}}
    store(postgres, "cases", raws.items())
    postgres.execute("DROP TABLE IF EXISTS outcomes")
    result = decide_table(postgres, "cases", "outcomes", book)
    rows = decided(postgres, "outcomes")
    good, bad = [], []
    stored = postgres.execute("SELECT id, facts FROM cases").fetchall()
    for name, facts in stored:
        try:
            case = read_case(facts, book.places)
        except BadCase as error:
            bad.append(f"id {name}: {error}"[:250])
        else:
            case.id = name
            good.append(case)
    assert sorted(b.message[:250] for b in result.bad) == sorted(bad)
    assert len(good) > 100
    assert len(bad) > 100
    assert rows.keys() == {case.id for case in good}
    assert compare(single, good, rows) == (0, [])
    assert (result.cases, result.decided) == (len(raws), len(good))


def test_a_conviction_is_not_after_the_local_day_of_the_decision(
    postgres: psycopg.Connection, book: Lawbook
) -> None:
    store(postgres, "cases", ((case["id"], later.as_text(case)) for case, _ in later.cases()))
    postgres.execute("DROP TABLE IF EXISTS outcomes")
    result = decide_table(postgres, "cases", "outcomes", book)
    assert set(decided(postgres, "outcomes")) == later.expected()
    assert result.cases - result.decided == len(result.bad)
    assert all("convicted_on: expected a day not after" in bad.message for bad in result.bad)


def test_names_of_tables_are_quoted(postgres: psycopg.Connection, book: Lawbook) -> None:
    source, into = 'a "b"; DROP TABLE x --', "Größe %s {}"
    store(postgres, source, [("1", GOOD)])
    assert decide_table(postgres, source, into, book) == BulkResult(1, 1, [])
    assert decided(postgres, into)["1"]["place"] == "us/ca"
    postgres.execute('CREATE SCHEMA "S p"')
    assert decide_table(postgres, ("public", source), ("S p", into), book).decided == 1
    for name in ("", "a\0b"):
        with pytest.raises(ValueError, match="not the name of a table"):
            decide_table(postgres, name, into, book)


def test_a_second_run_adds_its_rows(postgres: psycopg.Connection, book: Lawbook) -> None:
    store(postgres, "two", [("1", GOOD)])
    for _ in range(2):
        decide_table(postgres, "two", "twice", book)
    assert postgres.execute("SELECT count(*) FROM twice").fetchall() == [(2,)]


def test_an_instant_is_kept_to_the_second_in_utc(postgres: psycopg.Connection, book: Lawbook) -> None:
    store(postgres, "instants", [("1", GOOD)])
    postgres.execute("SET TimeZone = 'Asia/Tokyo'")
    decide_table(postgres, "instants", "utc", book)
    found = postgres.execute("SELECT at AT TIME ZONE 'UTC' FROM utc").fetchall()
    assert [str(at) for (at,) in found] == ["2026-03-02 18:15:00"]


def test_an_empty_table_decides_nothing(postgres: psycopg.Connection, book: Lawbook) -> None:
    store(postgres, "nothing", [])
    assert decide_table(postgres, "nothing", "out_of_nothing", book) == BulkResult(0, 0, [])


def test_a_table_of_bad_rows_alone_lists_them(postgres: psycopg.Connection, book: Lawbook) -> None:
    store(postgres, "only_bad", [("1", {"place": "us/xx", "at": AT}), ("2", {"place": "us/ca"})])
    result = decide_table(postgres, "only_bad", "none", book)
    assert result.decided == 0
    assert sorted(b.message.partition(" (")[0] for b in result.bad)[1] == "id 2: at: required"


def test_what_is_no_table_of_cases_is_refused(postgres: psycopg.Connection, book: Lawbook) -> None:
    with pytest.raises(BadSource, match="no such table"):
        decide_table(postgres, "not_there", "out", book)
    postgres.execute("CREATE TABLE wrong (id text, facts text)")
    with pytest.raises(BadSource, match="found id text, facts text"):
        decide_table(postgres, "wrong", "out", book)


def test_a_transaction_that_may_see_new_rows_meanwhile_is_refused(
    postgres: psycopg.Connection, book: Lawbook
) -> None:
    store(postgres, "moving", [("1", GOOD)])
    with postgres.transaction():
        postgres.execute("SELECT 1")
        with pytest.raises(BadSource, match="inside a transaction"):
            decide_table(postgres, "moving", "out", book)
    with postgres.transaction():
        postgres.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        postgres.execute("SELECT 1")
        assert decide_table(postgres, "moving", "out_of_moving", book).decided == 1
        assert decide_table(postgres, "moving", "out_of_moving", book).decided == 1


def test_an_unknown_place_or_proposal_is_refused(postgres: psycopg.Connection, book: Lawbook) -> None:
    store(postgres, "cases", [("1", GOOD)])
    with pytest.raises(ValueError, match="no place"):
        decide_table(postgres, "cases", "out", book, place="us/zz")
    with pytest.raises(ValueError, match="unknown proposal"):
        decide_table(postgres, "cases", "out", book, proposals=("us/ca:nothing",))
