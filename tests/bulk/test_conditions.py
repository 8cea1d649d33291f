"""A condition has the same truth, unknown included, compiled to Python and written as SQL."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, datetime
from itertools import islice
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from bailiwick.engine.bulk import DuckDb
from bailiwick.engine.condition import (
    And,
    AnyCharge,
    InList,
    Names,
    Node,
    Not,
    Or,
    View,
    compile_truth,
    parse,
)
from bailiwick.engine.condition_sql import ConditionSql, column
from bailiwick.engine.facts import CASE_FACTS, CHARGE_FACTS, Fact, Type
from bailiwick.engine.lawbook import Lawbook
from tests.bulk.random_law import RandomConditions
from tests.random_cases import RandomCases

VIEWS = 250
CONDITIONS = 250
ARROW = {
    Type.BOOLEAN: pa.bool_(),
    Type.INTEGER: pa.int32(),
    Type.DATE: pa.date32(),
    Type.TEXTS: pa.list_(pa.string()),
}


class Listed:
    """A list of offences that any name finds."""

    used = False


NAMES = Names({}, {"a": Listed(), "b": Listed()}, {})
#: A charge's list membership in these tests: the truth of list a, then of list b, drawn with the charge.
MASKS = {True: 1, None: 2, False: 0}


def holds_any_charge(node: Node) -> bool:
    """Whether it stands on the charges of a case: those are gathered beforehand, and other tests cover that."""
    match node:
        case AnyCharge():
            return True
        case Not(inner=inner):
            return holds_any_charge(inner)
        case And(parts=parts) | Or(parts=parts):
            return any(map(holds_any_charge, parts))
    return False


def conditions(r: random.Random, *, of_charge: bool) -> Iterator[tuple[str, Node]]:
    supply = RandomConditions(r, ("a", "b"))
    while True:
        text = supply.text(4, of_charge=of_charge)
        node, _ = parse(text, NAMES, in_charge=of_charge)
        if not holds_any_charge(node):
            yield text, node


def drawn(book: Lawbook, r: random.Random) -> Iterator[tuple[View, dict[str, Any]]]:
    """Views of random cases, each with one charge that knows its lists."""
    cases = RandomCases(book, r.randrange(10**6))
    for number in range(VIEWS):
        case = cases.case(number)
        facts = {k: v.date() if isinstance(v, datetime) else v for k, v in case.facts.items()} | {
            "at": case.day
        }
        charge = cases.charge(r.choice((0.3, 0.9)), case.day)
        charge |= {"list a": r.choice((True, False, None)), "list b": r.choice((True, False, None))}
        yield View(facts, [charge], True, lambda name, c: c[f"list {name}"]), charge


def table(rows: list[tuple[View, dict[str, Any]]]) -> pa.Table:
    def cells(fact: Fact, values: list[Any]) -> pa.Array:
        kind = pa.date32() if fact.type is Type.INSTANT else ARROW.get(fact.type, pa.string())
        return pa.array([list(v) if isinstance(v, tuple) else v for v in values], kind)

    columns = {"rn": pa.array(range(len(rows))), "at_day": pa.array([v.facts["at"] for v, _ in rows])}
    for fact in CASE_FACTS:
        columns[column(fact)] = cells(fact, [v.facts.get(fact.name) for v, _ in rows])
    for name, fact in CHARGE_FACTS.items():
        columns[f"c_{name}"] = cells(fact, [c.get(name) for _, c in rows])
    columns["mask"] = pa.array([MASKS[c["list a"]] | MASKS[c["list b"]] << 2 for _, c in rows])
    return pa.table(columns)


@pytest.mark.parametrize("of_charge", [False, True])
@pytest.mark.parametrize("seed", range(2))
def test_the_truth_of_random_conditions_is_the_same_in_sql(book: Lawbook, seed: int, of_charge: bool) -> None:
    r = random.Random(seed)
    rows = list(drawn(book, r))
    some = list(islice(conditions(r, of_charge=of_charge), CONDITIONS))
    writer = ConditionSql(
        field=lambda name: f"c_{name}", mask="mask", has=DuckDb().has, list_bits={"a": 0, "b": 1}
    )
    selected = ", ".join(f"{writer.sql(node)} AS t{i}" for i, (_, node) in enumerate(some))
    with duckdb.connect() as connection:
        connection.register("cases", table(rows))
        found = connection.execute(f"SELECT {selected} FROM cases ORDER BY rn").fetchall()
    seen = set()
    for i, (text, node) in enumerate(some):
        truth = compile_truth(node)
        for (view, charge), got in zip(rows, found, strict=True):
            want = truth(view, charge)
            seen.add(want)
            assert got[i] is want, f"{text}: single {want}, SQL {got[i]}; {view.facts} {charge}"
    assert seen == {True, False, None}


@pytest.mark.parametrize(
    ("day", "amount", "unit"),
    [
        (date(2024, 2, 29), -1, "YEAR"),
        (date(2024, 2, 29), 4, "YEAR"),
        (date(2023, 2, 28), 1, "YEAR"),
        (date(2024, 3, 31), -1, "MONTH"),
        (date(2023, 3, 31), -1, "MONTH"),
        (date(2024, 1, 31), 1, "MONTH"),
        (date(2000, 3, 1), -1, "DAY"),
        (date(1900, 3, 1), -1, "DAY"),
    ],
)
def test_a_day_moved_over_the_end_of_a_month_is_the_same_in_sql(day: date, amount: int, unit: str) -> None:
    sign = "-" if amount < 0 else "+"
    node, _ = parse(f"person.arrested_on = at {sign} INTERVAL '{abs(amount)}' {unit}", NAMES)
    writer = ConditionSql(field=str, mask="mask", has=DuckDb().has, list_bits={})
    days = [date.fromordinal(day.toordinal() + n) for n in range(-3, 4)]
    others = [date.fromordinal(o.toordinal() + n) for o in days for n in range(-1500, 1500)]
    with duckdb.connect() as connection:
        pairs = pa.table(
            {"at_day": [d for d in days for _ in others], "person_arrested_on": others * len(days)}
        )
        connection.register("cases", pairs)
        sql = f"SELECT at_day, person_arrested_on FROM cases WHERE {writer.sql(node)}"
        found = connection.execute(sql).fetchall()
    truth = compile_truth(node)
    for at, other in found:
        assert (
            truth(View({"at": at, "person.arrested_on": other}, None, True, lambda n, c: None), None) is True
        )
    assert {at for at, _ in found} == set(days)


def test_membership_of_a_list_is_unknown_where_its_bit_says_so() -> None:
    writer = ConditionSql(field=str, mask="mask", has=DuckDb().has, list_bits={"a": 0, "b": 30})
    with duckdb.connect() as connection:
        for name, shift in {"a": 0, "b": 60}.items():
            for truth, bits in MASKS.items():
                sql = f"SELECT {writer.sql(InList(name))} FROM (SELECT {bits << shift}::BIGINT AS mask)"
                assert connection.execute(sql).fetchall() == [(truth,)]
            sql = f"SELECT {writer.sql(InList(name))} FROM (SELECT NULL::BIGINT AS mask)"
            assert connection.execute(sql).fetchall() == [(None,)]
