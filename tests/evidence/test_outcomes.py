"""Outcomes: a blank is not recorded, shares have intervals, totals add up, and the law stands beside what was done."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bailiwick.engine.lawbook import Lawbook, default_lawbook
from bailiwick.engine.places import load_places
from bailiwick.evidence.compare import Difference, compare, people, rows
from bailiwick.evidence.law import AsIf, beside, decisions, suppose, whatif
from bailiwick.evidence.load import load
from bailiwick.evidence.outcomes import BY, NotAsked, outcomes, shown
from bailiwick.evidence.store import Store
from bailiwick.evidence.words import OUTCOMES
from tests.engine.made_up import law, lawbook, norm
from tests.evidence.made_up import detainer, write_csv

DECLINED, TAKEN = "Detainer Declined by LEA", "Booked into Detention"


def loaded(path: Path, rows: list[dict[str, Any]], release: str = "made-up") -> Store:
    store = Store(path / "store")
    load(write_csv(path / f"{release}.csv", rows), store, load_places(), release=release)
    return store


@pytest.fixture
def small(tmp_path: Path) -> Store:
    """Six in Texas and two in California, each of another person."""
    texas = [
        detainer(unique_identifier=i, detainer_lift_reason=r)
        for i, r in enumerate([DECLINED, TAKEN, TAKEN, "", "", "Died"])
    ]
    there = {
        "facility_state": "CALIFORNIA",
        "detention_facility": "FRESNO COUNTY JAIL",
        "facility_city": "FRESNO",
    }
    california = [
        detainer(unique_identifier=10, detainer_lift_reason=TAKEN, **there),
        detainer(unique_identifier=11, detainer_prepare_date="2025-04-30", **there),
    ]
    return loaded(tmp_path, texas + california)


def test_a_blank_is_in_no_denominator(small: Store) -> None:
    (texas,) = outcomes(small, where={"state": "us/tx"})
    assert (texas.detainers, texas.recorded, texas.counts["not_recorded"]) == (6, 4, 2)
    assert (texas.declined.part, texas.declined.whole, texas.declined.value) == (1, 4, 0.25)
    # Wilson (1927) for 1 of 4, by the formula of his paper with z = 1.96: 0.0456 to 0.6994
    assert texas.declined.low == pytest.approx(0.0456, abs=1e-4)
    assert texas.declined.high == pytest.approx(0.6994, abs=1e-4)


def test_groups_are_in_order_and_add_up_to_all(small: Store) -> None:
    (everything,) = outcomes(small)
    for by in [
        ("state",),
        ("county", "month"),
        ("facility",),
        ("year", "form"),
        ("offence",),
        ("criminality",),
        ("kind",),
    ]:
        rows = outcomes(small, by)
        assert sum(row.detainers for row in rows) == everything.detainers == 8
        assert {name: sum(row.counts[name] for row in rows) for name in OUTCOMES} == everything.counts
    assert [row.group for row in outcomes(small, ("state", "month"))] == [
        {"state": "us/ca", "month": "2025-03"},
        {"state": "us/ca", "month": "2025-04"},
        {"state": "us/tx", "month": "2025-03"},
    ]


@pytest.mark.parametrize(
    ("where", "detainers"),
    [
        ({"state": "us/ca"}, 2),
        ({"county": "48453"}, 6),
        ({"month": "2025-04"}, 1),
        ({"from": "2025-04-30"}, 1),
        ({"to": "2025-04-30"}, 7),
        ({"place": "us/ca"}, 2),
        ({"place": "us/ca/fresno-county"}, 2),
        ({"form": "I-247A", "year": "2025"}, 8),
    ],
)
def test_limits_keep_what_they_name(small: Store, where: dict[str, str], detainers: int) -> None:
    assert sum(row.detainers for row in outcomes(small, where=where)) == detainers


@pytest.mark.parametrize(
    ("by", "where", "words"),
    [
        (("shoe",), {}, "by: expected state"),
        ((), {"shoe": "9"}, "where: expected state"),
        ((), {"from": "May"}, "from: expected a date like 2015-01-31, found 'May'"),
        ((), {"month": "2015"}, "month: expected a month like 2015-01, found '2015'"),
        (
            (),
            {"from": "2025-05-01", "to": "2025-05-01"},
            "to: expected a day after 2025-05-01, found '2025-05-01'",
        ),
        ((), {"place": "us/ca/fresno"}, "place: expected the path of a place, such as us/ny/new-york-city"),
        (("law",), {}, "expected a lawbook"),
    ],
)
def test_what_cannot_be_asked_is_refused(
    small: Store, by: tuple[str, ...], where: dict[str, str], words: str
) -> None:
    with pytest.raises(NotAsked, match=words):
        outcomes(small, by, where)


def test_a_share_is_shown_only_with_its_part_and_whole(tmp_path: Path) -> None:
    many = [DECLINED] * 40 + [TAKEN] * 60 + [""] * 50
    few = [DECLINED] * 3 + [TAKEN] * 60 + [""] * 50
    rows = [
        detainer(unique_identifier=i, detainer_lift_reason=r, facility_state="TEXAS")
        for i, r in enumerate(many)
    ]
    rows += [
        detainer(unique_identifier=f"x{i}", detainer_lift_reason=r, facility_state="OHIO")
        for i, r in enumerate(few)
    ]
    made, total = shown(outcomes(loaded(tmp_path, rows), ("state",)))
    ohio, texas = made
    assert (ohio.counts["declined"], ohio.declined) == (None, None)
    assert None in (total.counts["declined"], texas.counts["declined"])  # else Ohio's 3 would follow
    assert all(one.declined is None for one in (ohio, texas, total) if one.counts["declined"] is None)
    all_shown, _ = shown(outcomes(Store(tmp_path / "store"), ("state",)), 1)
    assert all_shown[0].counts["declined"] == 3


# ------------------------------------------------------------------------------------------------------------- law beside data


@pytest.fixture
def book(tmp_path: Path) -> Lawbook:
    """Texas requires a hold, California forbids one but for a conviction."""
    detained = "request.kind = 'immigration_detainer'"
    return lawbook(
        tmp_path / "law",
        law("us/tx", norms=[norm("honor", "require", when=detained)]),
        law(
            "us/ca",
            norms=[norm("not", "forbid", when=f"{detained} AND NOT any_charge(status = 'convicted')")],
        ),
    )


def test_the_law_of_place_and_day_stands_beside_what_was_done(small: Store, book: Lawbook) -> None:
    california, texas = beside(small, book, ("state",))
    assert (texas.detainers, texas.required, texas.law_unknown) == (6, 6, 0)
    assert texas.declined_required == (1, 3)  # one for sure; two whose outcome is not recorded
    assert (california.forbidden, california.law_unknown) == (
        0,
        2,
    )  # no conviction is named: whether there is one is unknown
    assert california.taken_forbidden == (0, 2)
    assert texas.taken_forbidden == (0, 0)
    by_law = outcomes(small, ("law",), law=book)
    assert {row.group["law"]: row.detainers for row in by_law} == {"required": 6, "unknown": 2}


def test_a_conviction_that_the_release_names_is_a_charge(tmp_path: Path, book: Lawbook) -> None:
    there = {"facility_state": "CALIFORNIA", "detention_facility": "FRESNO COUNTY JAIL"}
    store = loaded(
        tmp_path,
        [detainer(most_serious_conviction_charge="Assault", msc_conviction_date="2020-01-02", **there)],
    )
    assert outcomes(store, ("law",), law=book)[0].group == {"law": "unregulated"}


def test_answers_are_kept_for_a_lawbook_and_made_again_when_the_release_grows(
    small: Store, book: Lawbook, tmp_path: Path
) -> None:
    first = decisions(small, book, "made-up")
    assert first.is_relative_to(small.directory / "law")
    assert decisions(small, book, "made-up") == first
    load(
        write_csv(tmp_path / "more.csv", [detainer(unique_identifier=99)]),
        small,
        load_places(),
        release="made-up",
    )
    assert decisions(small, book, "made-up") != first
    assert beside(small, book)[0].detainers == 9


def test_what_another_law_would_have_said_is_a_range(small: Store, book: Lawbook) -> None:
    found = whatif(small, book, AsIf(place="us/ca"), {"state": "us/tx"})
    # forbidden, or without a conviction unregulated; in no way required
    assert (found.detainers, found.changes, found.unknown, found.settles) == (6, (6, 6), 0, {})
    back = whatif(small, book, AsIf(place="us/wy"), {"state": "us/ca"})
    assert (back.detainers, back.changes, back.unknown, back.settles) == (2, (0, 2), 2, {"charges": 2})
    found = whatif(small, book, AsIf(place="us/ca", supposed=suppose(["charges=none"])), {"state": "us/tx"})
    assert (found.changes, found.unknown, found.settles) == ((6, 6), 0, {})
    assert [
        (m.before, m.after, m.detainers, m.taken_into_custody, m.declined, m.not_recorded)
        for m in found.moved
    ] == [("required", "forbidden", 6, 2, 1, 2)]


def test_a_detainer_that_came_there_keeps_its_own_place(small: Store, book: Lawbook) -> None:
    found = whatif(small, book, AsIf(place="us/ca"), {"state": "us/ca"})
    assert (found.changes, found.unknown) == ((0, 0), 0)
    found = whatif(small, book, AsIf(place="us/tx/travis-county"), {"state": "us/tx"})
    assert (found.changes, found.unknown) == ((0, 0), 0)


def test_no_detainer_is_no_error(small: Store, book: Lawbook) -> None:
    found = whatif(small, book, AsIf(on=date(2020, 1, 1)), {"state": "us/wy"})
    assert (found.detainers, found.changes, found.moved) == (0, (0, 0), ())


@pytest.mark.parametrize(
    "given",
    [
        "shoe=9",
        "request.kind=fugitive_warrant",
        "request.warrant=paper",
        "person.age=old",
        "charges=some",
        "custodian=court",
    ],
)
def test_what_cannot_be_supposed_is_refused(given: str) -> None:
    with pytest.raises(NotAsked, match="suppose: "):
        suppose([given])


def test_the_shipped_release_under_the_law_of_another_day() -> None:
    """Every detainer of 2015 is decided, and suppositions leave less unknown."""
    where = {"state": "us/ca", "month": "2015-01"}
    plain = whatif(Store.shipped(), default_lawbook(), AsIf(on=date(2026, 1, 1)), where)
    ordinary = AsIf(on=date(2026, 1, 1), supposed=suppose(["ordinary"]))
    supposed = whatif(Store.shipped(), default_lawbook(), ordinary, where)
    assert (
        plain.detainers
        == supposed.detainers
        == sum(row.detainers for row in outcomes(Store.shipped(), where=where))
    )
    assert supposed.unknown < plain.unknown


def test_an_ordinary_case_is_the_one_of_the_law_pages_and_leaves_only_the_holder_and_counsel_to_say() -> None:
    """A fact of a person or a jail that an ordinary case does not settle would keep answers open for no reason."""
    supposed = dict(suppose(["ordinary"]))
    assert supposed["request.warrant"] == "'administrative'"
    assert supposed["agency.agreement_287g"] == supposed["person.criminal_warrant"] == "false"
    assert not {"request.kind", "request.form"} & set(supposed)
    ordinary = AsIf(on=date(2026, 1, 1), supposed=suppose(["ordinary"]))
    found = whatif(Store.shipped(), default_lawbook(), ordinary, {"state": "us/ma"})
    assert {name for name in found.settles if not name.startswith("norm:")} <= {"custodian"}


# --------------------------------------------------------------------------------------------------------------------- compare


def test_what_changed_between_two_releases_is_listed_and_nothing_else(tmp_path: Path) -> None:
    first = [detainer(unique_identifier=i) for i in range(3)]
    second = [
        *first[:2],
        detainer(unique_identifier=2, detainer_lift_reason=DECLINED),
        detainer(unique_identifier=9, detainer_prepare_date="2025-04-01"),
    ]
    loaded(tmp_path, first, "a")
    store = loaded(tmp_path, second, "b")
    found = compare(store, "a", "b")
    assert [one for one in found if one.what != "blank"] == [
        Difference("rows", "read", 3, 4),
        Difference("rows", "taken", 3, 4),
        Difference("month", "2025-04", 0, 1),
        Difference("outcome", "declined", 0, 1),
        Difference("lift_reason", DECLINED, 0, 1),
        Difference("form", "I-247A", 3, 4),
        Difference("state", "us/tx", 3, 4),
    ]
    empty = [name for name, cell in first[0].items() if not cell and name != "detainer_lift_reason"]
    assert [one for one in found if one.what == "blank"] == [
        Difference("blank", name, 3, 4) for name in sorted(empty)
    ]
    assert compare(store, "a", "a") == []
    assert people(store, "a", "b") == (3, 4)


def test_rows_set_aside_in_one_release_are_a_line_of_their_own_with_their_reason(tmp_path: Path) -> None:
    """In the second release one of three rows has no day: as many are read, one less is taken."""
    first = [detainer(unique_identifier=i) for i in range(3)]
    loaded(tmp_path, first, "a")
    store = loaded(tmp_path, [*first[:2], detainer(unique_identifier=2, detainer_prepare_date="")], "b")
    (why,) = rows(store, "b").set_aside
    assert compare(store, "a", "b")[:3] == [
        Difference("rows", "taken", 3, 2),
        Difference("rows", "set aside", 0, 1),
        Difference("set_aside", why, 0, 1),
    ]
    assert (rows(store, "b").read, rows(store, "b").taken, rows(store, "b").aside) == (3, 2, 1)


def test_every_grouping_is_told_in_the_help() -> None:
    from bailiwick.commands import evidence_options

    text = evidence_options.ByOption.__metadata__[0].help
    assert all(name in text for name in BY)
