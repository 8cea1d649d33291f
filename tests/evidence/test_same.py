"""What a what-if says for certain is so, whatever the facts that a release does not tell turn out to be."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, date, datetime, time
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from bailiwick.engine.case import Case
from bailiwick.engine.decide import decider
from bailiwick.engine.facts import FACTS, Type
from bailiwick.engine.lawbook import Lawbook, default_lawbook
from bailiwick.engine.places import Place, load_places
from bailiwick.engine.zones import zone
from bailiwick.evidence.asif import ASKED
from bailiwick.evidence.law import AsIf, WhatIf, compared, join_law, suppose, whatif
from bailiwick.evidence.load import load
from bailiwick.evidence.same import COUNTED, OF_THE_AGENCY
from bailiwick.evidence.store import Store
from tests.bulk.random_law import BILL, random_law
from tests.engine.made_up import law, lawbook, norm
from tests.evidence.made_up import detainer, write_csv
from tests.random_cases import RandomCases

HERE = {
    "los angeles": ("CALIFORNIA", "LOS ANGELES COUNTY JAIL"),
    "fresno": ("CALIFORNIA", "FRESNO COUNTY JAIL"),
    "travis": ("TEXAS", "TRAVIS COUNTY JAIL"),
    "texas, of unknown holder": ("TEXAS", "SOMEWHERE"),
    "wyoming": ("WYOMING", "LARAMIE COUNTY JAIL"),
}
NOTICE = "I247N - Request for Voluntary Notification"


def loaded(tmp_path: Path, *rows: dict[str, Any]) -> Store:
    store = Store(tmp_path / "store")
    made = [detainer(unique_identifier=i) | row for i, row in enumerate(rows)]
    load(write_csv(tmp_path / "rows.csv", made), store, load_places(), release="made-up")
    return store


def at(name: str, day: str = "2025-03-01", **more: str) -> dict[str, str]:
    state, facility = HERE[name]
    return {"facility_state": state, "detention_facility": facility, "detainer_prepare_date": day, **more}


def changes(found: WhatIf) -> tuple[int, int]:
    """How many change for certain, and of how many it cannot be known."""
    assert found.changes == (found.changes[0], found.changes[0] + found.unknown)
    return found.changes[0], found.unknown


# --------------------------------------------------------------------------------------------------------- whatever the facts


class Facts:
    """Cases in which everything is drawn that a detainer does not tell, before and after."""

    def __init__(self, book: Lawbook, seed: int, as_if: AsIf) -> None:
        self.book, self.random = book, random.Random(seed)
        self.draw = RandomCases(book, seed)
        values = {"true": True, "false": False}
        self.as_if = as_if
        self.supposed = {name: values[sql] for name, sql in as_if.supposed if name != "charges"}

    def one(self, row: dict[str, Any]) -> tuple[Case, Case]:
        own = self.book.places.get(row["place"])
        there = self.as_if.place
        inside = there is None or own.path == there or own.path.startswith(f"{there}/")
        other = own if inside else self.book.places.get(there or "")
        told = {
            "custodian": row["custodian"],
            "request.kind": row["kind"],
            "request.form": row["form"],
            "person.final_order": row["final_order"],
        }
        known = self.supposed | {name: value for name, value in told.items() if value is not None}
        drawn = self.draw.case(0)
        before = self.case(own, row["day"], drawn, known)
        day = self.as_if.on or row["day"]
        moved = self.case(other, day, drawn, known)
        again = self.draw.case(0)
        for name in moved.facts.keys() - known.keys():
            fact, group = FACTS[name], name.partition(".")[0]
            dated = fact.type in (Type.DATE, Type.INSTANT) or name == "person.age"
            if other.state != own.state or (
                (day != row["day"] and dated)
                or (other != own and (dated or group in ("agency", "release") or name in OF_THE_AGENCY))
            ):
                moved.facts.pop(name)
                if name in again.facts:
                    moved.facts[name] = again.facts[name]
        if other.state != own.state:
            moved.charges = again.charges
        return before, moved

    def case(self, place: Place, day: date, drawn: Case, known: dict[str, Any]) -> Case:
        noon = datetime.combine(day, time(12), zone(place.tz)).astimezone(UTC)
        untold = {name: v for name, v in drawn.facts.items() if name not in ("request.kind", "request.form")}
        return Case(
            place,
            noon,
            day,
            untold | known,
            [dict(charge) for charge in drawn.charges or ()] if drawn.charges is not None else None,
            drawn.complete,
            reading_state=place.state or "us",
        )


def each(store: Store, book: Lawbook, as_if: AsIf) -> list[dict[str, Any]]:
    with store.connection("made-up") as connection:
        source = join_law(connection, store, book, "made-up")
        connection.execute(f"CREATE TEMP TABLE asked AS SELECT * EXCLUDE (action, norm) FROM {source}")
        view = compared(connection, store, book, "asked", as_if)
        found = connection.sql(
            f"SELECT c.*, a.place, a.day, a.custodian, a.kind, a.form, a.final_order FROM {view} c "
            "JOIN asked a USING (part, row) ORDER BY row"
        )
        return [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]


def test_what_is_certain_is_so_whatever_the_facts(tmp_path: Path) -> None:
    """Under law drawn at random: no facts make an answer stay of which it is said that it changes, nor change where it stays."""
    days = ("2013-01-15", "2016-06-15")
    rows = [
        at(name, day, final_order_yes_no=order, **({"detainer_type": form} if form else {}))
        for name, day, (order, form) in product(HERE, days, (("", ""), ("YES", ""), ("NO", NOTICE)))
    ]
    store = loaded(tmp_path, *rows)
    seen: Counter[tuple[bool, str]] = Counter()
    for seed in range(5):
        book = random_law(seed, tmp_path / f"law-{seed}")
        pick = random.Random(seed)
        for _ in range(3):
            as_if = AsIf(
                pick.choice((None, None, "us/ca", "us/tx/travis-county", "us/ca/los-angeles-county")),
                pick.choice((None, date(2016, 6, 15), date(2024, 3, 1))),
                pick.choice(((), (BILL,))),
                suppose(pick.choice(((), ("person.watchlist_match=true", "agency.case_review=false")))),
            )
            facts = Facts(book, seed, as_if)
            for row in each(store, book, as_if):
                seen["unknown" in (row["before"], row["after"]), row["changes"]] += 1
                if row["changes"] == "unknown":
                    continue
                action = ASKED[row["kind"]]
                for _ in range(10):
                    before, after = facts.one(row)
                    own = decider(book).outcomes(before)[action]
                    other = decider(book).outcomes(after, as_if.proposals)[action]
                    told = (as_if, row, before, after)
                    if row["changes"] == "yes":
                        assert not own & other, told
                    else:
                        assert own == other, told
    # an answer that is not known is told each of the three ways, and one that is known the two that it may be
    assert all(seen[True, way] > 5 for way in ("yes", "no", "unknown")), seen
    assert seen[False, "unknown"] == 0
    assert seen[False, "yes"]
    assert seen[False, "no"]


# -------------------------------------------------------------------------------------------------------------- one at a time

DETAINED = "request.kind = 'immigration_detainer'"
RECENT = "any_charge(status = 'convicted' AND convicted_on > at - INTERVAL '5' YEAR)"
CONVICTED = "any_charge(status = 'convicted')"


def california(tmp_path: Path, when: str, **more: Any) -> Lawbook:
    """California forbids a hold under a condition that the release leaves open, and wherever a bill says so."""
    bill = law("us/ca", proposal="bill", norms=[norm("bill/never", "forbid", **{"from": None})])
    return lawbook(tmp_path / "law", law("us/ca", norms=[norm("one", "forbid", when=when, **more)]), bill)


def test_a_detainer_that_came_there_keeps_its_answer_though_nobody_knows_it(tmp_path: Path) -> None:
    store, book = loaded(tmp_path, at("fresno"), at("los angeles")), california(tmp_path, RECENT)
    found = whatif(store, book, AsIf("us/ca"))
    assert [(one.before, one.after, one.changes) for one in found.moved] == [("unknown", "unknown", "no")]
    assert (changes(found), found.settles) == ((0, 0), {})


def test_a_bill_of_another_state_changes_nothing(tmp_path: Path) -> None:
    texas = law("us/tx", norms=[norm("one", "forbid", when=CONVICTED)])
    bill = law("us/ca", proposal="bill", norms=[norm("bill/never", "forbid", **{"from": None})])
    book = lawbook(tmp_path / "law", texas, bill)
    store = loaded(tmp_path, at("travis"), at("fresno"))
    found = whatif(store, book, AsIf(proposals=("us/ca:bill",)))
    assert {(one.before, one.after, one.changes) for one in found.moved} == {
        ("unknown", "unknown", "no"),  # Texas
        ("unregulated", "forbidden", "yes"),  # California
    }


def test_a_bill_that_may_decide_leaves_it_open(tmp_path: Path) -> None:
    store, book = loaded(tmp_path, at("fresno")), california(tmp_path, CONVICTED)
    assert changes(whatif(store, book, AsIf(proposals=("us/ca:bill",)))) == (0, 1)


def test_sets_that_do_not_meet_are_a_change_though_neither_answer_is_known(tmp_path: Path) -> None:
    """Required or unregulated there, forbidden or allowed here."""
    book = lawbook(
        tmp_path / "law",
        law("us/tx", norms=[norm("honor", "require", when=CONVICTED)]),
        law("us/ca", norms=[norm("not", "only_if", when=CONVICTED)]),
    )
    found = whatif(loaded(tmp_path, at("travis"), at("wyoming")), book, AsIf("us/ca"))
    assert [(one.before, one.after, one.changes) for one in found.moved] == [
        ("unknown", "unknown", "yes"),
        ("unregulated", "unknown", "yes"),
    ]
    assert found.settles == {}


def test_where_no_rule_may_bind_the_holder_a_change_is_not_certain(tmp_path: Path) -> None:
    """California binds county jails. Who holds the second person is not known, so no rule may speak there either."""
    book = lawbook(
        tmp_path / "law",
        law("us/ca", norms=[norm("not", "only_if", when=CONVICTED, custodian=["county_jail"])]),
    )
    store = loaded(tmp_path, at("travis"), at("texas, of unknown holder"))
    found = whatif(store, book, AsIf("us/ca"))
    assert changes(found) == (1, 1)
    assert found.settles == {"charges": 1, "custodian": 1}  # of the second alone


@pytest.mark.parametrize(
    ("when", "open"),
    [
        (CONVICTED, 0),
        (RECENT, 1),  # a conviction may be five years old on one of the days only
        ("person.age < 18", 1),
        ("person.arrested_on < DATE '2020-01-01'", 1),
        (f"{DETAINED} AND person.citizen_claim", 0),
    ],
)
def test_on_another_day_the_same_law_finds_the_same_facts_unless_they_are_dated(
    tmp_path: Path, when: str, open: int
) -> None:
    store = loaded(tmp_path, at("fresno", "2025-03-01"), at("fresno", "2025-03-02"))
    found = whatif(store, california(tmp_path, when), AsIf(on=date(2025, 3, 2)))
    assert {one.before for one in found.moved} == {"unknown"}
    assert changes(found) == (0, open)  # never of the one that was prepared on that day


def test_a_norm_that_cannot_take_effect_is_no_other_law(tmp_path: Path) -> None:
    """Since March a second rule binds prisons; the person is held in a jail."""
    prisons = norm("prisons", "forbid", custodian=["state_prison"], **{"from": date(2025, 3, 1)})
    both = [norm("one", "forbid", when=CONVICTED), prisons]
    book = lawbook(tmp_path / "law", law("us/ca", norms=both))
    store = loaded(tmp_path, at("fresno", "2025-02-01"))
    assert changes(whatif(store, book, AsIf(on=date(2025, 4, 1)))) == (0, 0)


def test_a_norm_on_something_else_that_overrides_is_other_law(tmp_path: Path) -> None:
    """Since March a rule on notices takes the rule on holds away where it takes effect."""
    more = {"action": "notify_release", "overrides": "one", "from": date(2025, 3, 1)}
    norms = [norm("one", "forbid", when=CONVICTED), norm("other", "permit", when=CONVICTED, **more)]
    book = lawbook(tmp_path / "law", law("us/ca", norms=norms))
    store = loaded(tmp_path, at("fresno", "2025-02-01"))
    assert changes(whatif(store, book, AsIf(on=date(2025, 4, 1)))) == (0, 1)


@pytest.mark.parametrize(
    ("when", "open"), [(CONVICTED, 0), ("agency.agreement_287g", 1), ("release.public_information", 1)]
)
def test_in_another_county_the_agency_is_another(tmp_path: Path, when: str, open: int) -> None:
    store, book = loaded(tmp_path, at("los angeles")), california(tmp_path, when)
    assert changes(whatif(store, book, AsIf("us/ca/fresno-county"))) == (0, open)


def test_in_another_state_nothing_that_is_not_known_is_the_same(tmp_path: Path) -> None:
    """Both states have the nation's law alone; but what a registry is, each says for itself."""
    book = lawbook(tmp_path / "law", law(norms=[norm("one", "forbid", when="person.offender_registrant")]))
    store = loaded(tmp_path, at("fresno"))
    assert changes(whatif(store, book, AsIf("us/tx"))) == (0, 1)
    assert changes(
        whatif(store, book, AsIf("us/tx", supposed=suppose(["person.offender_registrant=true"])))
    ) == (
        0,
        0,
    )


def test_what_is_supposed_is_the_same_on_every_day(tmp_path: Path) -> None:
    store, book = loaded(tmp_path, at("fresno")), california(tmp_path, f"person.age < 18 AND {CONVICTED}")
    assert changes(whatif(store, book, AsIf(on=date(2020, 1, 1)))) == (0, 1)
    assert changes(whatif(store, book, AsIf(on=date(2020, 1, 1), supposed=suppose(["person.age=17"])))) == (
        0,
        0,
    )


def test_without_charges_a_look_back_finds_nothing_on_any_day(tmp_path: Path) -> None:
    store = loaded(tmp_path, at("fresno"))
    book = california(tmp_path, f"person.citizen_claim OR {RECENT}")
    there = date(2020, 1, 1)
    assert changes(whatif(store, book, AsIf(on=there))) == (0, 1)
    assert changes(whatif(store, book, AsIf(on=there, supposed=suppose(["charges=none"])))) == (0, 0)


def test_the_facts_that_are_told_apart_by_name_are_facts() -> None:
    assert {*COUNTED, *OF_THE_AGENCY} <= FACTS.keys()


# -------------------------------------------------------------------------------------------------------- the shipped release


def test_the_shipped_release_is_told_what_it_must_be() -> None:
    store, book = Store.shipped(), default_lawbook()
    detained = whatif(store, book, AsIf("us/ca"), {"state": "us/ca"})
    assert (changes(detained), detained.settles) == ((0, 0), {})
    assert changes(whatif(store, book, AsIf(proposals=("us/ca:ab-2641",)), {"state": "us/ny"})) == (0, 0)
    texas = whatif(store, book, AsIf("us/ca"), {"state": "us/tx"})
    # a law that speaks to county jails and lockups surely changes an answer that is `unregulated`, unless the holder is unknown
    assert {one.changes for one in texas.moved if (one.before, one.after) == ("unregulated", "unknown")} == {
        "yes",
        "unknown",
    }
    assert texas.settles["custodian"] == texas.unknown
