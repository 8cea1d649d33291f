"""Conditions: SQL's boolean expressions with SQL's three truth values, and why each has its truth."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

import duckdb
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bailiwick.engine.condition import (
    AT,
    TRUE,
    Concept,
    ConditionError,
    Names,
    Node,
    Ref,
    Trace,
    Truth,
    View,
    compile_trace,
    compile_truth,
    parse,
    shift_day,
    show,
    walk,
)
from bailiwick.engine.facts import CASE_FACTS, CHARGE_FACTS, FACTS, Type
from bailiwick.engine.lawbook import LAW_DIRECTORY
from bailiwick.engine.statute import Codes, OffenceList, read_entries
from tests.engine.made_up import data

TABLE = data("conditions")
VALUES: dict[str, list[Any]] = {name: list(values) for name, values in TABLE["values"].items()}
#: Statutes of the made-up list, and of none.
LISTED, UNLISTED, UNREADABLE = "PC 459", "PC 484", "burglary"
CODES = Codes(yaml.safe_load((LAW_DIRECTORY / "codes.yaml").read_text(encoding="utf-8")))
BURGLARY = OffenceList(
    id="made-up/list",
    file="us/ca",
    title="Burglary",
    cite="Act § 1",
    standing="seen",
    state="us/ca",
    exhaustive=True,
    elsewhere="no",
    entries=read_entries("459", CODES.find("Cal. Penal Code")),
)
LISTS = {BURGLARY.id: BURGLARY}


def concept(name: str, text: str, **known: Concept) -> Concept:
    tree, of_charge = parse(text, Names(known, LISTS, {}))
    return Concept(name, "us", f"{name}, in words", text, tree, of_charge)


def names() -> Names:
    convicted = concept("convicted", "status = 'convicted'")
    concepts = {
        "convicted": convicted,
        "some_charge": concept("some_charge", "any_charge(wobbler)"),
        "a_known_concept": concept("a_known_concept", "person.citizen_claim OR person.citizen_proof"),
        "convicted_of_felony": concept(
            "convicted_of_felony", "convicted AND grade = 'felony'", convicted=convicted
        ),
    }
    return Names(concepts, LISTS, {})


NAMES = names()


def member(list_id: str, charge: Mapping[str, Any]) -> Truth:
    statute = charge.get("statute")
    return None if statute is None else LISTS[list_id].contains(CODES.read(statute, "us/ca"))


def view(
    facts: Mapping[str, Any] | None = None,
    charges: list[dict[str, Any]] | None = None,
    *,
    complete: bool = True,
    at: date = date(2020, 7, 1),
) -> View:
    return View({"at": at, **(facts or {})}, charges, complete, member)


def truth(text: str, x: View, charge: Mapping[str, Any] | None = None) -> Truth:
    node, _ = parse(text, NAMES, in_charge=charge is not None)
    return compile_truth(node)(x, charge)


def trace(text: str, x: View) -> Trace:
    node, _ = parse(text, NAMES)
    return compile_trace(node)(x, None, -1)


# ------------------------------------------------------------------------------------------------------- Kleene's tables

T, F, U = True, False, None
AND = {(T, T): T, (T, F): F, (T, U): U, (F, F): F, (F, U): F, (U, U): U}
OR = {(T, T): T, (T, F): T, (T, U): T, (F, F): F, (F, U): U, (U, U): U}


@pytest.mark.parametrize(("word", "table"), [("AND", AND), ("OR", OR)])
def test_and_and_or_follow_kleenes_tables_in_either_order(
    word: str, table: dict[tuple[Truth, Truth], Truth]
) -> None:
    for (a, b), expected in table.items():
        for one, other in ((a, b), (b, a)):
            x = view(known({"person.citizen_claim": one, "person.citizen_proof": other}))
            assert truth(f"person.citizen_claim {word} person.citizen_proof", x) is expected


def test_not_leaves_the_unknown_unknown() -> None:
    for a, expected in ((T, F), (F, T), (U, U)):
        assert truth("NOT person.citizen_claim", view(known({"person.citizen_claim": a}))) is expected


def known(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if value is not None}


# ------------------------------------------------------------------------------------------------- the same text as SQL


def names_in(node: Node) -> list[str]:
    found = {n.fact.field if n.fact.of_charge else n.fact.name for n in walk(node) if isinstance(n, Ref)}
    return sorted(found | {"at"})


SQL_TYPES = {
    Type.BOOLEAN: "BOOLEAN",
    Type.INTEGER: "BIGINT",
    Type.TEXT: "VARCHAR",
    Type.TEXTS: "VARCHAR[]",
    Type.DATE: "DATE",
    Type.INSTANT: "DATE",
}


def sql_literal(name: str, value: Any) -> str:
    fact = AT if name == "at" else FACTS.get(name) or CHARGE_FACTS[name]
    text = "NULL" if value is None else f"'{value}'" if isinstance(value, str | date) else str(value)
    return f"{text}::{SQL_TYPES[fact.type]}"


def sql_row(columns: list[str], row: tuple[Any, ...]) -> str:
    """The facts as a SELECT list: `person.age` is a field of the struct `person`, `at` a column."""
    parts: list[str] = []
    groups: dict[str, list[str]] = {}
    for name, value in zip(columns, row, strict=True):
        group, dot, field = name.partition(".")
        if dot:
            groups.setdefault(group, []).append(f"'{field}': {sql_literal(name, value)}")
        else:
            parts.append(f'{sql_literal(name, value)} AS "{name}"')
    parts += [f'{{{", ".join(fields)}}} AS "{group}"' for group, fields in groups.items()]
    return "SELECT " + ", ".join(parts)


def rows_of(columns: list[str], most: int) -> list[tuple[Any, ...]]:
    """Every combination of values, or evenly spread ones where there are too many."""
    every = itertools.product(*(VALUES[name] for name in columns))
    count = 1
    for name in columns:
        count *= len(VALUES[name])
    step = -(-count // most)
    return list(itertools.islice(every, 0, None, step if step % 2 or step == 1 else step + 1))


def duckdb_says(text: str, columns: list[str], rows: list[tuple[Any, ...]]) -> list[Truth]:
    """What DuckDB makes of the text. Two words are written its way: the column `at`, and `= ANY(list)`, which
    it (alone) finds false where standard SQL finds the list unknown."""
    text = re.sub(r"('\w+') = ANY\(([\w.]+)\)", r"list_contains(\2, \1)", re.sub(r"\bat\b", '"at"', text))
    union = " UNION ALL ".join(f"{sql_row(columns, row)}, {i} AS n" for i, row in enumerate(rows))
    with duckdb.connect() as con:
        found = con.execute(f"SELECT ({text}) FROM ({union}) ORDER BY n").fetchall()
    return [value for (value,) in found]


def engine_says(node: Node, columns: list[str], rows: list[tuple[Any, ...]]) -> list[Truth]:
    run = compile_truth(node)
    out = []
    for row in rows:
        facts = {k: tuple(v) if isinstance(v, list) else v for k, v in zip(columns, row, strict=True)}
        charge = {k: v for k, v in facts.items() if k in CHARGE_FACTS}
        out.append(run(View(known(facts), [charge], True, member), known(charge)))
    return out


@pytest.mark.parametrize("text", TABLE["same_as_sql"])
def test_a_condition_means_what_it_means_in_sql(text: str) -> None:
    node, _ = parse(text, NAMES, in_charge=True)
    columns = names_in(node)
    rows = rows_of(columns, 250)
    assert engine_says(node, columns, rows) == duckdb_says(text, columns, rows)


LEAVES = [t for t in TABLE["same_as_sql"] if " AND " not in t and " OR " not in t and len(t) < 70]


def combined(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.tuples(parts, st.sampled_from([" AND ", " OR "]), parts).map("".join),
        st.tuples(parts, st.sampled_from([" AND ", " OR "]), parts).map(lambda p: f"({''.join(p)})"),
        parts.map(lambda p: f"NOT ({p})"),
    )


TEXTS = st.recursive(st.sampled_from(LEAVES), combined, max_leaves=7)


@settings(max_examples=50, suppress_health_check=list(HealthCheck))
@given(TEXTS)
def test_any_combination_of_conditions_means_what_it_means_in_sql(text: str) -> None:
    node, _ = parse(text, NAMES, in_charge=True)
    columns = names_in(node)
    rows = rows_of(columns, 60)
    assert engine_says(node, columns, rows) == duckdb_says(text, columns, rows)


@settings(max_examples=150)
@given(TEXTS)
def test_a_condition_shown_is_read_again_as_the_same(text: str) -> None:
    node, _ = parse(text, NAMES, in_charge=True)
    again, _ = parse(show(node), NAMES, in_charge=True)
    columns = names_in(node)
    rows = rows_of(columns, 40)
    assert engine_says(again, columns, rows) == engine_says(node, columns, rows)
    assert show(again) == show(node)


# ------------------------------------------------------------------------------------------------------------ any_charge

FELONY, MISDEMEANOR, UNGRADED = {"grade": "felony"}, {"grade": "misdemeanor"}, {}

RECORDS: list[tuple[list[dict[str, Any]] | None, bool, Truth]] = [
    (None, True, U),  # nothing is known of the record
    ([], True, F),  # there are no charges
    ([FELONY], True, T),
    ([MISDEMEANOR], True, F),
    ([UNGRADED], True, U),  # the charge may be a felony
    ([MISDEMEANOR, FELONY], True, T),
    ([MISDEMEANOR, UNGRADED], True, U),
    ([UNGRADED, FELONY], True, T),
    # more charges may exist: a match stays a match, no match becomes unknown
    ([], False, U),
    ([MISDEMEANOR], False, U),
    ([UNGRADED], False, U),
    ([FELONY], False, T),
]


@pytest.mark.parametrize(("charges", "complete", "expected"), RECORDS)
def test_any_charge_over_records_known_and_unknown(
    charges: list[dict[str, Any]] | None, complete: bool, expected: Truth
) -> None:
    x = view({}, charges, complete=complete)
    assert truth("any_charge(grade = 'felony')", x) is expected
    negated = None if expected is None else not expected
    assert truth("NOT any_charge(grade = 'felony')", x) is negated
    assert trace("any_charge(grade = 'felony')", x).truth is expected


def test_any_charge_asks_for_one_charge_that_meets_all() -> None:
    apart = [{"grade": "felony", "status": "arrested"}, {"grade": "misdemeanor", "status": "convicted"}]
    together = [{"grade": "felony", "status": "convicted"}]
    condition = "any_charge(grade = 'felony' AND status = 'convicted')"
    assert truth(condition, view({}, apart)) is False
    assert truth(condition, view({}, together)) is True
    assert truth("any_charge(grade = 'felony') AND any_charge(status = 'convicted')", view({}, apart)) is True


def test_any_charge_true_of_everything_still_needs_a_charge() -> None:
    assert truth("any_charge(TRUE)", view({}, [])) is False
    assert truth("any_charge(TRUE)", view({}, [{}])) is True
    assert truth("any_charge(FALSE)", view({}, [{}])) is False
    assert truth("any_charge(FALSE)", view({}, None)) is None


@pytest.mark.parametrize(
    ("statute", "expected"), [(LISTED, T), (UNLISTED, F), (UNREADABLE, U), (None, U)]
)  # fmt: skip
def test_a_statute_that_cannot_be_read_is_unknown_in_a_list_not_outside_it(
    statute: str | None, expected: Truth
) -> None:
    charge = {} if statute is None else {"statute": statute}
    assert truth("any_charge(in_list(statute, 'made-up/list'))", view({}, [charge])) is expected


def test_a_fact_of_the_case_may_stand_beside_one_of_the_charge() -> None:
    condition = "any_charge(grade = 'felony' AND person.illegal_reentry)"
    assert truth(condition, view({"person.illegal_reentry": True}, [FELONY])) is True
    assert truth(condition, view({}, [FELONY])) is None
    assert truth(condition, view({}, [MISDEMEANOR])) is False


# -------------------------------------------------------------------------------------------------------------- look-back

SHIFTS = [
    # 29 February has no anniversary in a common year: the last day of the month stands for it
    (date(2020, 2, 29), -5, "YEAR", date(2015, 2, 28)),
    (date(2020, 2, 29), -4, "YEAR", date(2016, 2, 29)),
    (date(2020, 2, 29), -1, "YEAR", date(2019, 2, 28)),
    (date(2020, 2, 29), 1, "YEAR", date(2021, 2, 28)),
    (date(2021, 2, 28), -1, "YEAR", date(2020, 2, 28)),
    (date(2021, 3, 1), -1, "YEAR", date(2020, 3, 1)),
    (date(2000, 2, 29), -100, "YEAR", date(1900, 2, 28)),  # 1900 was no leap year
    (date(2020, 3, 31), -1, "MONTH", date(2020, 2, 29)),
    (date(2019, 3, 31), -1, "MONTH", date(2019, 2, 28)),
    (date(2020, 1, 31), 1, "MONTH", date(2020, 2, 29)),
    (date(2020, 1, 15), -1, "MONTH", date(2019, 12, 15)),
    (date(2020, 12, 31), -13, "MONTH", date(2019, 11, 30)),
    (date(2020, 12, 31), 12, "MONTH", date(2021, 12, 31)),
    (date(2020, 3, 1), -1, "DAY", date(2020, 2, 29)),
    (date(2021, 3, 1), -1, "DAY", date(2021, 2, 28)),
    (date(2020, 12, 31), 1, "DAY", date(2021, 1, 1)),
]


@pytest.mark.parametrize(("day", "amount", "unit", "expected"), SHIFTS)
def test_a_day_is_moved_by_the_calendar(day: date, amount: int, unit: str, expected: date) -> None:
    assert shift_day(day, amount, unit) == expected
    sign = "-" if amount < 0 else "+"
    text = f"person.arrested_on = at {sign} INTERVAL '{abs(amount)}' {unit}"
    assert truth(text, view({"person.arrested_on": expected}, at=day)) is True
    assert truth(text, view({"person.arrested_on": expected + timedelta(days=1)}, at=day)) is False


LOOK_BACK = "any_charge(convicted_on > at - INTERVAL '5' YEAR)"
LOOK_BACKS = [
    # (day of the decision, day of the conviction, within the past five years)
    (date(2020, 7, 1), date(2015, 7, 2), True),
    (date(2020, 7, 1), date(2015, 7, 1), False),  # five years to the day are over
    (date(2020, 2, 29), date(2015, 3, 1), True),
    (date(2020, 2, 29), date(2015, 2, 28), False),
    (
        date(2021, 2, 28),
        date(2016, 2, 29),
        True,
    ),  # 29 February 2016 is not five years ago before 1 March 2021
    (date(2021, 3, 1), date(2016, 2, 29), False),
    (date(2021, 2, 28), date(2016, 2, 28), False),
    (date(2024, 2, 29), date(2019, 3, 1), True),
]


@pytest.mark.parametrize(("at", "convicted_on", "within"), LOOK_BACKS)
def test_a_look_back_of_five_years_ends_on_the_day(at: date, convicted_on: date, within: bool) -> None:
    assert truth(LOOK_BACK, view({}, [{"convicted_on": convicted_on}], at=at)) is within


def test_a_look_back_over_a_conviction_without_date_is_unknown_and_asks_for_the_date() -> None:
    found = trace(LOOK_BACK, view({}, [{}]))
    assert (found.truth, found.missing) == (None, {"charges[].convicted_on"})


# ---------------------------------------------------------------------------------------------------------------- errors


@pytest.mark.parametrize("row", TABLE["errors"], ids=lambda row: row["text"])
def test_what_cannot_be_read_is_one_line_that_names_it_and_the_nearest_right_name(
    row: dict[str, Any],
) -> None:
    with pytest.raises(ConditionError) as raised:
        parse(row["text"], NAMES)
    message = str(raised.value)
    assert "\n" not in message
    for words in row["says"]:
        assert words in message


@pytest.mark.parametrize("text", ["(" * 400 + "TRUE" + ")" * 400, "NOT " * 600 + "TRUE"])
def test_a_condition_nested_too_deeply_is_an_error_not_a_crash(text: str) -> None:
    with pytest.raises(ConditionError, match="nested too deeply"):
        parse(text, NAMES)


@settings(max_examples=300)
@given(
    st.lists(
        st.sampled_from(TABLE["words"].split()),
        max_size=12,
    ).map(" ".join)
)
def test_any_words_in_any_order_are_a_condition_or_an_error_of_one_line(text: str) -> None:
    message = ""
    try:
        node, _ = parse(text, NAMES)
        compile_truth(node)(view({}, [{}]), {})
    except ConditionError as error:
        message = str(error)
    assert "\n" not in message


def test_a_condition_says_whether_fields_of_a_charge_stand_outside_any_charge() -> None:
    assert parse("status = 'convicted'", NAMES)[1] is True
    assert parse("in_list(statute, 'made-up/list')", NAMES)[1] is True
    assert parse("any_charge(status = 'convicted')", NAMES)[1] is False
    assert parse("person.citizen_claim", NAMES)[1] is False


# -------------------------------------------------------------------------------------------------------------- concepts


def test_a_concept_stands_for_its_condition() -> None:
    for claim, proof in itertools.product((T, F, U), repeat=2):
        x = view(known({"person.citizen_claim": claim, "person.citizen_proof": proof}))
        assert truth("NOT a_known_concept", x) is truth(
            "NOT (person.citizen_claim OR person.citizen_proof)", x
        )


def test_a_concept_about_a_charge_is_about_the_charge_at_hand() -> None:
    condition = "any_charge(convicted_of_felony AND wobbler)"
    apart = [
        {"status": "convicted", "grade": "felony", "wobbler": False},
        {"wobbler": True, "status": "arrested"},
    ]
    assert truth(condition, view({}, apart)) is False
    assert (
        truth(condition, view({}, [*apart, {"status": "convicted", "grade": "felony", "wobbler": True}]))
        is True
    )


def test_a_concept_about_a_charge_outside_any_charge_is_noticed() -> None:
    assert parse("convicted_of_felony", NAMES)[1] is True
    assert parse("any_charge(convicted_of_felony)", NAMES)[1] is False


def test_a_concept_is_worked_out_once_a_case_whatever_asks_for_it() -> None:
    x = view({"person.citizen_claim": True})
    assert truth("a_known_concept AND a_known_concept", x) is True
    assert x.memo == {"us:a_known_concept": True}


# ----------------------------------------------------------------------------------------------------------------- trace


def test_the_trace_names_what_decided_and_leaves_out_what_did_not() -> None:
    x = view({"person.citizen_claim": True, "person.citizen_proof": False, "person.age": 30})
    either = trace("person.citizen_claim OR person.citizen_proof OR person.age > 3", x)
    assert either == Trace(True, {"person.citizen_claim": True}, frozenset())
    both = trace("person.age > 3 AND person.citizen_proof AND person.citizen_claim", x)
    assert both == Trace(False, {"person.citizen_proof": False}, frozenset())
    every = trace("person.age > 3 AND person.citizen_claim", x)
    assert every == Trace(True, {"person.age": 30, "person.citizen_claim": True}, frozenset())


def test_the_trace_names_a_fact_of_a_charge_with_its_place_in_the_record() -> None:
    x = view({}, [MISDEMEANOR, {"grade": "felony", "status": "convicted"}])
    found = trace("any_charge(grade = 'felony' AND status = 'convicted')", x)
    assert found.used == {"charges[1].grade": "felony", "charges[1].status": "convicted"}


def test_the_trace_of_a_record_without_a_match_says_so() -> None:
    assert trace("any_charge(wobbler)", view({}, [])).used == {"charges": "none"}
    assert trace("any_charge(wobbler)", view({}, [{"wobbler": False}])).used == {
        "charges": "none of 1 matches"
    }


MISSING: list[tuple[str, dict[str, Any], list[dict[str, Any]] | None, bool, set[str]]] = [
    ("person.citizen_claim", {}, None, True, {"person.citizen_claim"}),
    ("NOT person.citizen_claim", {}, None, True, {"person.citizen_claim"}),
    ("person.citizen_claim AND person.age > 3", {}, None, True, {"person.citizen_claim", "person.age"}),
    ("person.citizen_claim AND person.age > 3", {"person.age": 4}, None, True, {"person.citizen_claim"}),
    # a part that is settled needs nothing more, whatever it leaves unasked
    ("(person.citizen_claim AND person.age > 3) OR person.citizen_proof", {"person.age": 2}, None, True,
     {"person.citizen_proof"}),
    ("(person.citizen_claim OR person.age > 3) AND person.citizen_proof", {"person.age": 4}, None, True,
     {"person.citizen_proof"}),
    ("person.arrested_on > person.sentence_released_on", {}, None, True,
     {"person.arrested_on", "person.sentence_released_on"}),
    ("person.arrested_on > person.sentence_released_on", {"person.arrested_on": date(2020, 1, 1)}, None, True,
     {"person.sentence_released_on"}),
    ("person.arrested_on > at - INTERVAL '5' YEAR", {}, None, True, {"person.arrested_on"}),
    ("'statements' = ANY(request.basis)", {}, None, True, {"request.basis"}),
    ("custodian IN ('court')", {}, None, True, {"custodian"}),
    # charges
    ("any_charge(wobbler)", {}, None, True, {"charges"}),
    ("any_charge(wobbler)", {}, [], False, {"charges_complete"}),
    ("any_charge(wobbler)", {}, [{}], True, {"charges[].wobbler"}),
    ("any_charge(wobbler)", {}, [{}], False, {"charges[].wobbler", "charges_complete"}),
    ("any_charge(wobbler AND grade = 'felony')", {}, [MISDEMEANOR, FELONY], True, {"charges[].wobbler"}),
    ("any_charge(wobbler AND grade = 'felony')", {}, [MISDEMEANOR, {}], True,
     {"charges[].wobbler", "charges[].grade"}),
    ("any_charge(grade = 'felony' AND person.citizen_claim)", {}, [FELONY], True, {"person.citizen_claim"}),
    ("any_charge(in_list(statute, 'made-up/list'))", {}, [{}], True, {"charges[].statute"}),
    ("any_charge(in_list(statute, 'made-up/list'))", {}, [{"statute": UNREADABLE}], True,
     {"charges[].statute"}),
    ("any_charge(convicted_of_felony)", {}, [{"grade": "felony"}], True, {"charges[].status"}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "facts", "charges", "complete", "missing"), MISSING)
def test_an_unknown_condition_names_the_facts_that_would_settle_it(
    text: str, facts: dict[str, Any], charges: list[dict[str, Any]] | None, complete: bool, missing: set[str]
) -> None:
    found = trace(text, view(facts, charges, complete=complete))
    assert (found.truth, set(found.missing)) == (None, missing)


# The same, of any condition and any case. Facts are given any value of a small domain; a statute only one that is read.

CASE_LEAVES = [
    "person.citizen_claim", "person.citizen_proof", "person.age > 5", "person.age BETWEEN 4 AND 6",
    "custodian IN ('court', 'probation')", "'statements' = ANY(request.basis)", "a_known_concept",
    "person.arrested_on > at - INTERVAL '5' YEAR", "person.arrested_on > person.sentence_released_on",
]  # fmt: skip
CHARGE_LEAVES = [
    "status = 'convicted'", "grade IN ('felony', 'misdemeanor')", "wobbler", "in_list(statute, 'made-up/list')",
    "convicted_on > at - INTERVAL '5' YEAR", "convicted_of_felony", "NOT wobbler",
]  # fmt: skip
CHARGE_TEXTS = st.recursive(st.sampled_from(CHARGE_LEAVES), combined, max_leaves=4)
ASKS_CHARGES = CHARGE_TEXTS.map(lambda inner: f"any_charge({inner})")
CASE_TEXTS = st.recursive(
    st.one_of(st.sampled_from(CASE_LEAVES), ASKS_CHARGES, st.just("some_charge")), combined, max_leaves=6
)
CASE_DOMAIN: dict[str, list[Any]] = {
    "person.citizen_claim": [True, False],
    "person.citizen_proof": [True, False],
    "person.age": [3, 5, 6],
    "custodian": ["court", "county_jail"],
    "request.basis": [(), ("statements",), ("final_order",)],
    "person.arrested_on": [date(2014, 1, 1), date(2018, 1, 1)],
    "person.sentence_released_on": [date(2014, 1, 1), date(2016, 1, 1)],
}
CHARGE_DOMAIN: dict[str, list[Any]] = {
    "status": ["convicted", "arrested"],
    "grade": ["felony", "misdemeanor", "infraction"],
    "wobbler": [True, False],
    "statute": [LISTED, UNLISTED],
    "convicted_on": [date(2014, 1, 1), date(2018, 1, 1)],
}


def some_of(domain: dict[str, list[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional={k: st.sampled_from(v) for k, v in domain.items()})


WHOLE_CHARGE = st.fixed_dictionaries({k: st.sampled_from(v) for k, v in CHARGE_DOMAIN.items()})
WHOLE_CASE = st.fixed_dictionaries({k: st.sampled_from(v) for k, v in CASE_DOMAIN.items()})


@st.composite
def views(draw: st.DrawFn) -> View:
    charges = draw(st.one_of(st.none(), st.lists(some_of(CHARGE_DOMAIN), max_size=3)))
    complete = True if charges is None else draw(st.booleans())
    return view(draw(some_of(CASE_DOMAIN)), charges, complete=complete)


def given_values(
    x: View, wanted: Iterator[str] | set[str], whole: dict[str, Any], charges: list[dict[str, Any]]
) -> View:
    """The case with each wanted fact that is unknown given its value in `whole` (or, for a charge, in `charges`)."""
    wanted = set(wanted)
    facts = {**{k: v for k, v in whole.items() if k in wanted and k not in x.facts}, **x.facts}
    record, complete = x.charges, x.complete
    if record is None:
        record = charges if "charges" in wanted else None
    else:
        record = [
            {**{k: v for k, v in full.items() if f"charges[].{k}" in wanted and k not in charge}, **charge}
            for charge, full in zip(record, itertools.cycle(charges), strict=False)
        ]
        if "charges_complete" in wanted:
            complete = True
    return View(facts, record, complete, member)


FULL_CHARGES = st.lists(WHOLE_CHARGE, min_size=1, max_size=3)
HARD = settings(max_examples=200)


@HARD
@given(CASE_TEXTS, views())
def test_the_trace_has_the_truth_of_the_condition_and_misses_nothing_where_it_is_known(
    text: str, x: View
) -> None:
    found = trace(text, x)
    assert found.truth is truth(text, x)
    assert bool(found.missing) is (found.truth is None)


@HARD
@given(CASE_TEXTS, views(), WHOLE_CASE, FULL_CHARGES)
def test_any_values_of_the_missing_facts_settle_the_condition(
    text: str, x: View, whole: dict[str, Any], charges: list[dict[str, Any]]
) -> None:
    missing = trace(text, x).missing
    assert truth(text, given_values(x, set(missing), whole, charges)) is not None


@HARD
@given(CASE_TEXTS, views(), WHOLE_CASE, FULL_CHARGES)
def test_a_fact_that_is_not_missing_does_not_matter(
    text: str, x: View, whole: dict[str, Any], charges: list[dict[str, Any]]
) -> None:
    found = trace(text, x)
    every = {f.name for f in (*CASE_FACTS, *CHARGE_FACTS.values())} | {"charges", "charges_complete"}
    assert truth(text, given_values(x, every - found.missing, whole, charges)) is found.truth


@HARD
@given(CASE_TEXTS, views())
def test_what_the_trace_used_is_enough_for_the_truth(text: str, x: View) -> None:
    found = trace(text, x)
    if found.truth is None:
        return
    facts = {k: v for k, v in x.facts.items() if k in found.used or k == "at"}
    charges: list[dict[str, Any]] | None = None
    if any(k.startswith("charges") for k in found.used):
        charges = [
            {k: v for k, v in charge.items() if "charges" in found.used or f"charges[{i}].{k}" in found.used}
            for i, charge in enumerate(x.charges or [])
        ]
    assert truth(text, View(facts, charges, x.complete, member)) is found.truth


def test_a_constant_rests_on_nothing() -> None:
    assert compile_trace(TRUE)(view(), None, -1) == Trace(True, {}, frozenset())
