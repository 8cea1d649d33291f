"""Deciding: from norms and facts to an outcome, with its reasons, what is missing, clocks and duties."""

from __future__ import annotations

import copy
import itertools
import json
import random
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from bailiwick.engine.case import Case, read_case
from bailiwick.engine.decide import OUTCOMES_OF, Decider, decide, resolve
from bailiwick.engine.facts import ACTIONS, CASE_FACTS, FACTS, LEVELS, Outcome, Type
from bailiwick.engine.lawbook import Lawbook, default_lawbook
from bailiwick.engine.places import load_places
from tests.engine.made_up import answer, data, law, lawbook, made_up_case, norm, raw_case
from tests.random_cases import RandomCases

DETAINER = "request.kind = 'immigration_detainer'"

#: Facts by their short names in `decisions.yaml`.
SHORT = {
    "a": "person.citizen_claim",
    "b": "person.citizen_proof",
    "c": "person.final_order",
    "d": "person.watchlist_match",
}


def spelled(row: dict[str, Any]) -> dict[str, Any]:
    """A norm of `decisions.yaml` with all that a norm must have."""
    row = dict(row)
    conditions = {part: SHORT[row.pop(part)] for part in ("given", "when", "unless") if part in row}
    return norm(row.pop("id"), row.pop("effect"), **row, **conditions)


@pytest.mark.parametrize("row", data("decisions"), ids=lambda row: row["name"])
def test_an_action_is_decided_as_the_design_says(tmp_path: Path, row: dict[str, Any]) -> None:
    book = lawbook(tmp_path, law(norms=[spelled(n) for n in row["norms"]]))
    facts = {"custodian": "county_jail"} | row.get("facts", {})
    facts = {SHORT.get(name, name).replace(".", "__"): value for name, value in facts.items()}
    found = answer(book, **facts)
    assert found.outcome == row["outcome"]
    possible = {str(o) for o in found.possible} - set(row.get("perhaps", []))
    assert possible == set(row.get("possible", [row["outcome"]]))
    assert {b.norm.id.removeprefix("us:") for b in found.because} == set(row.get("because", []))
    assert found.missing == sorted(SHORT.get(m, m) for m in row.get("missing", []))


# ------------------------------------------------------------------ every way the facts and drafts could turn out, tried

FLAGS = [f.name for f in CASE_FACTS if f.type is Type.BOOLEAN][:12]


def random_norms(r: random.Random, *, overrides: bool) -> tuple[list[dict[str, Any]], list[str]]:
    """Up to four norms, each condition a fact of its own, on three levels; some drafts, some that preempt."""
    facts = iter(FLAGS)
    used: list[str] = []
    rows = []
    for i in range(r.randint(1, 4)):
        row = norm(f"n{i}", r.choice(["require", "permit", "forbid", "only_if"]), level=r.choice(LEVELS[:3]))
        for part, often in (("when", 0.7), ("given", 0.2), ("unless", 0.2)):
            if r.random() < often:
                row[part] = next(facts)
                used.append(row[part])
        if row["effect"] in ("permit", "only_if") and r.random() < 0.25:
            row["preempts"] = True
        if r.random() < 0.15:
            row["draft"] = True
        rows.append(row)
    if overrides and len(rows) > 1:  # those before override those after: no chains
        first = r.randrange(1, len(rows))
        for row in rows[:first]:
            targets = [f"us:{other['id']}" for other in rows[first:] if r.random() < 0.5]
            if targets:
                row["overrides"] = targets
    return rows, used


def by_the_book(rows: list[dict[str, Any]], facts: dict[str, bool], holds_good: dict[str, bool]) -> str:
    """DESIGN.md section 4, where every fact is known and of every draft whether it holds good."""

    def speaks(row: dict[str, Any]) -> bool:
        excepted = "unless" in row and facts[row["unless"]]
        return facts.get(row.get("given", ""), True) and not excepted and holds_good.get(row["id"], True)

    def holds(row: dict[str, Any]) -> bool:
        return facts.get(row.get("when", ""), True)

    silenced = {
        target.removeprefix("us:")
        for row in rows
        if speaks(row) and (row["effect"] == "only_if" or holds(row))
        for target in row.get("overrides", ())
    }
    permitted = False
    for level in LEVELS:
        does = set()
        for row in rows:
            if row["level"] != level or row["id"] in silenced or not speaks(row):
                continue
            effect = row["effect"]
            if effect == "only_if":
                effect = "permit" if holds(row) else "forbid"
            elif not holds(row):
                continue
            does.add("preempt" if effect == "permit" and row.get("preempts") else effect)
        if {"forbid", "require"} <= does:
            return "conflict"
        for effect, outcome in (("forbid", "forbidden"), ("require", "required"), ("preempt", "allowed")):
            if effect in does:
                return outcome
        permitted |= "permit" in does
    return "allowed" if permitted else "unregulated"


def every_way(rows: list[dict[str, Any]], known: dict[str, bool | None]) -> dict[tuple[bool, ...], str]:
    """The outcome for each way the unknown facts, then the drafts, could turn out."""
    unknown = [f for f, v in known.items() if v is None]
    drafts = [row["id"] for row in rows if row.get("draft")]
    out = {}
    for way in itertools.product((True, False), repeat=len(unknown) + len(drafts)):
        facts = {f: v for f, v in known.items() if v is not None} | dict(zip(unknown, way, strict=False))
        out[way] = by_the_book(rows, facts, dict(zip(drafts, way[len(unknown) :], strict=True)))
    return out


@pytest.mark.parametrize("overrides", [False, True])
def test_no_outcome_that_is_possible_is_left_out_and_no_fact_that_matters(
    tmp_path: Path, overrides: bool
) -> None:
    """Every way the unknown facts and the drafts could turn out is tried. The outcomes found are exactly the outcomes listed;
    only where one norm overrides another, or a gate preempts, may one more be listed than can be."""
    r = random.Random(20180104)
    for _ in range(90):
        rows, used = random_norms(r, overrides=overrides)
        decider = Decider(lawbook(tmp_path, law(norms=rows)))
        loose = overrides or any(n["effect"] == "only_if" and n.get("preempts") for n in rows)
        for _ in range(5):
            known = {f: r.choice((True, False, None)) for f in used}
            case = made_up_case(**{f.replace(".", "__"): v for f, v in known.items()})
            found = decider.decide(case, would_change=False).actions["hold"]
            ways = every_way(rows, known)
            assert set(ways.values()) <= {str(o) for o in found.possible}, (rows, known)
            assert loose or set(ways.values()) == {str(o) for o in found.possible}, (rows, known)
            if found.outcome is not Outcome.UNKNOWN:
                assert set(ways.values()) == {str(found.outcome)}
                assert not found.missing
                continue
            assert found.missing
            unknown = [f for f, v in known.items() if v is None]
            for i, fact in enumerate(unknown):
                matters = any(o != ways[(*w[:i], not w[i], *w[i + 1 :])] for w, o in ways.items())
                assert not matters or fact in found.missing, (fact, rows, known)


def test_folding_levels_agrees_with_the_order_of_the_levels() -> None:
    """Of two levels alone: what the first surely forbids or requires, the second cannot move."""
    for first, second in itertools.product((1 | 16 | 256, 2 | 32 | 256), range(0, 512, 7)):
        assert OUTCOMES_OF[resolve((first, second)).possible] == OUTCOMES_OF[resolve((first,)).possible]


# ---------------------------------------------------------------------------------------------------------------- reasons


def test_the_reasons_are_the_norms_that_decided_with_the_facts_they_rested_on(tmp_path: Path) -> None:
    when = "any_charge(status = 'convicted' AND grade = 'felony') OR person.watchlist_match"
    rows = [
        norm("gate", "only_if", custodian="county_jail", given=DETAINER, when=when, standard="best efforts"),
        norm("silent", "forbid", when="person.citizen_claim"),
    ]
    charges = [{"status": "arrested"}, {"status": "convicted", "grade": "felony", "statute": "PC 459"}]
    found = answer(
        lawbook(tmp_path, law(norms=rows)),
        custodian="county_jail",
        request__kind="immigration_detainer",
        person__citizen_claim=False,
        person__watchlist_match=False,
        charges=charges,
    )
    (because,) = [b.to_json() for b in found.because]
    assert because == {
        "norm": "us:gate",
        "cite": "Act § gate",
        "says": "gate says so.",
        "level": "federal",
        "standing": "seen",
        "standard": "best efforts",
        "facts": {
            "custodian": "county_jail",
            "request.kind": "immigration_detainer",
            "charges[1].status": "convicted",
            "charges[1].grade": "felony",
        },
    }


def test_facts_in_reasons_are_written_as_the_contract_writes_them(tmp_path: Path) -> None:
    rows = [
        norm("a", "forbid", when="person.arrested_on <= at AND 'statements' = ANY(request.basis)"),
        norm("b", "forbid", when="request.received_at <= at"),
    ]
    found = answer(
        lawbook(tmp_path, law(norms=rows)),
        person__arrested_on="2020-06-30",
        request__basis=["statements", "final_order"],
        request__received_at="2020-06-30T23:00:00-06:00",
    )
    facts = {b.norm.id: b.to_json()["facts"] for b in found.because}
    assert facts["us:a"] == {
        "person.arrested_on": "2020-06-30",
        "request.basis": ["statements", "final_order"],
    }
    assert facts["us:b"] == {"request.received_at": "2020-06-30"}  # the local day, in Wyoming


# -------------------------------------------------------------------------------------------------------- clocks and duties


def clock(name: str, **rest: Any) -> dict[str, Any]:
    row = {
        "id": name,
        "what": f"{name} ends",
        "start": "release.eligible_at",
        "length": "PT48H",
        "cite": f"Act § {name}",
    }
    return row | {"standing": "seen", "from": date(2000, 1, 1)} | rest


def duty(name: str, **rest: Any) -> dict[str, Any]:
    row = {
        "id": name,
        "what": f"do {name}",
        "cite": f"Act § {name}",
        "standing": "seen",
        "from": date(2000, 1, 1),
    }
    return row | rest


def test_a_clock_runs_from_its_start_and_says_what_is_missing(tmp_path: Path) -> None:
    book = lawbook(
        tmp_path,
        law(
            clocks=[
                clock("plain"),
                clock("never", when="person.citizen_claim"),
                clock("perhaps", when="person.citizen_proof"),
                clock("draft", draft=True),
                clock("from-a-day", start="person.arrested_on", length="P1D"),
                clock("no-start", start="request.received_at"),
                clock("of-others", custodian="probation"),
                clock("later", **{"from": date(2030, 1, 1)}),
                clock("now", start="at", length=None, until="17:00"),
            ]
        ),
    )
    case = made_up_case(
        custodian="county_jail",
        person__citizen_claim=False,
        person__arrested_on="2020-06-01",
        release__eligible_at="2020-07-01T06:00:00-06:00",
    )
    found = {c["id"].removeprefix("us:"): c for c in decide(case, book).clocks}
    assert found["plain"] == {
        "id": "us:plain",
        "what": "plain ends",
        "from": "2020-07-01T12:00:00Z",
        "due": "2020-07-03T12:00:00Z",
        "cite": "Act § plain",
    }
    assert set(found) == {"plain", "perhaps", "draft", "from-a-day", "no-start", "now"}
    assert (found["perhaps"]["due"], found["perhaps"]["missing"]) == (
        "2020-07-03T12:00:00Z",
        ["person.citizen_proof"],
    )
    assert found["draft"]["missing"] == ["norm:us:draft"]
    # a day is the beginning of that local day: midnight in Wyoming is 06:00 UTC in summer
    assert (found["from-a-day"]["from"], found["from-a-day"]["due"]) == ("2020-06-01", "2020-06-02T06:00:00Z")
    assert found["no-start"] == {
        "id": "us:no-start",
        "what": "no-start ends",
        "from": None,
        "due": None,
        "cite": "Act § no-start",
        "missing": ["request.received_at"],
    }
    assert (found["now"]["from"], found["now"]["due"]) == ("2020-07-01T12:00:00Z", "2020-07-01T23:00:00Z")


def test_a_duty_is_owed_or_may_be_and_has_the_deadline_of_its_clock(tmp_path: Path) -> None:
    book = lawbook(
        tmp_path,
        law(
            clocks=[clock("two-days"), clock("elsewhere", custodian="probation")],
            duties=[
                duty("copy", to="person", within="on receipt", clock="two-days"),
                duty("plain"),
                duty("not-owed", unless="person.citizen_claim"),
                duty("perhaps", when="person.citizen_proof"),
                duty("draft", draft=True),
                duty("of-others", custodian="probation"),
                duty("ended", ends=date(2020, 7, 1)),
                duty("clock-of-others", clock="elsewhere"),
            ],
        ),
    )
    case = made_up_case(
        custodian="county_jail", person__citizen_claim=True, release__eligible_at="2020-07-01T12:00:00Z"
    )
    found = {d["id"].removeprefix("us:"): d for d in decide(case, book).duties}
    assert found["copy"] == {
        "id": "us:copy",
        "what": "do copy",
        "to": "person",
        "due": "2020-07-03T12:00:00Z",
        "within": "on receipt",
        "cite": "Act § copy",
    }
    assert set(found) == {"copy", "plain", "perhaps", "draft", "clock-of-others"}
    assert (found["plain"]["due"], found["plain"]["to"]) == (None, "person")
    assert found["perhaps"]["missing"] == ["person.citizen_proof"]
    assert found["draft"]["missing"] == ["norm:us:draft"]
    assert found["clock-of-others"]["due"] is None


def test_a_bill_never_enacted_decides_only_when_asked_for(tmp_path: Path) -> None:
    bill = norm("ab-1/hold", "permit", overrides=["us/ca:hold"])
    del bill["from"]
    book = lawbook(
        tmp_path, law("us/ca", norms=[norm("hold", "forbid")]), law("us/ca", proposal="ab-1", norms=[bill])
    )
    case = made_up_case(place="us/ca/fresno-county")
    enacted = decide(case, book)
    assert enacted.actions["hold"].outcome is Outcome.FORBIDDEN
    assert "with" not in enacted.to_json()
    what_if = decide(case, book, ("us/ca:ab-1",))
    assert what_if.actions["hold"].outcome is Outcome.ALLOWED
    assert what_if.to_json()["with"] == ["us/ca:ab-1"]
    assert (
        decide(made_up_case(place="us/ny"), book, ("us/ca:ab-1",)).actions["hold"].outcome
        is Outcome.UNREGULATED
    )
    with pytest.raises(ValueError, match="unknown proposal"):
        decide(case, book, ("us/ca:ab-2",))


# ------------------------------------------------------------------------------------------------- the sample of the design

SAMPLE: dict[str, Any] = data("sample_case")


@pytest.fixture(scope="module")
def sample() -> dict[str, Any]:
    """The decision of the sample case of DESIGN.md, as JSON."""
    book = default_lawbook()
    found = decide(read_case(copy.deepcopy(SAMPLE), book.places), book).to_json()
    return json.loads(json.dumps(found))


def test_the_sample_case_is_decided_as_the_laws_of_california_and_los_angeles_say(
    sample: dict[str, Any],
) -> None:
    """A felony burglary of 2015 passes § 7282.5(a)(2) and (3), so the state would leave notice and hand-over open; the
    county's Board asks for a judge's warrant, and none came. No conviction opens a hold (§ 7284.6(a)(1)(B))."""
    found = {action: row["outcome"] for action, row in sample["actions"].items()}
    assert found == {
        "hold": "forbidden",
        "notify_release": "forbidden",
        "transfer": "forbidden",
        "interview": "unknown",  # whether the person consented is not said
        "share_information": "forbidden",
        "ask_status": "forbidden",
        "act_on_administrative_warrant": "forbidden",
        "answer_administrative_subpoena": "unregulated",
    }
    (hold,) = sample["actions"]["hold"]["because"]
    assert hold["norm"] == "us/ca:values-act/hold"
    assert hold["cite"] == "Cal. Gov. Code § 7284.6(a)(1)(B)"
    assert hold["facts"]["request.kind"] == "immigration_detainer"
    assert [b["norm"] for b in sample["actions"]["notify_release"]["because"]] == [
        "us/ca/los-angeles-county:board-policy/notify"
    ]
    assert [b["level"] for b in sample["actions"]["transfer"]["because"]] == ["policy"]
    assert sample["actions"]["interview"]["missing"] == ["person.interview_consent"]


def test_the_clocks_of_the_sample_case_run_for_48_hours_from_release(sample: dict[str, Any]) -> None:
    due = {c["id"]: c["due"] for c in sample["clocks"]}
    assert due["us:detainer-48/form"] == "2026-03-04T17:00:00Z"
    assert (
        due["us:detainer-48/regulation"] == "2026-03-04T17:00:00Z"
    )  # from a Monday: no weekend lies between
    assert due["courts/gonzalez:review-48"] == "2026-03-04T17:00:00Z"
    assert {c["from"] for c in sample["clocks"]} == {"2026-03-02T17:00:00Z"}


def test_the_duties_of_the_sample_case_are_those_of_the_form_of_the_truth_act_and_of_the_court(
    sample: dict[str, Any],
) -> None:
    owed = {d["id"]: d for d in sample["duties"]}
    assert {"us:detainer/copy", "us/ca:truth-act/copy", "us/ca:truth-act/intent"} <= set(owed)
    assert owed["us/ca:truth-act/copy"]["within"] == "on receipt"
    assert owed["courts/gonzalez:neutral-review"]["due"] == "2026-03-04T17:00:00Z"
    assert "us:citizenship-claim/review" not in owed  # nobody claims citizenship


def keys(row: dict[str, Any]) -> set[str]:
    return set(row)


def test_a_decision_has_exactly_the_shape_of_the_contract(sample: dict[str, Any]) -> None:
    assert list(sample) == ["place", "at", "lawbook", "actions", "clocks", "duties"]
    assert sample["place"] == "us/ca/los-angeles-county"
    assert sample["at"] == "2026-03-02T18:15:00Z"
    assert re.fullmatch(r"sha256:[0-9a-f]{64}", sample["lawbook"])
    assert list(sample["actions"]) == list(ACTIONS)
    for row in sample["actions"].values():
        assert keys(row) == {"outcome", "possible", "because", "missing", "would_change"}
        assert row["outcome"] in set(map(str, Outcome))
        assert (row["outcome"] == "unknown") == (len(row["possible"]) > 1) == bool(row["missing"])
        for because in row["because"]:
            assert keys(because) - {"standard"} == {"norm", "cite", "says", "level", "standing", "facts"}
        for change in row["would_change"]:
            assert keys(change) == {"change", "outcome"}
            assert 1 <= len(change["change"]) <= 2
            assert all({"fact", "to"} <= keys(c) <= {"fact", "from", "to", "says"} for c in change["change"])
    for one in sample["clocks"]:
        assert keys(one) - {"missing"} == {"id", "what", "from", "due", "cite"}
    for one in sample["duties"]:
        assert keys(one) - {"missing"} == {"id", "what", "to", "due", "within", "cite"}


def test_the_callers_name_for_the_case_comes_first() -> None:
    book = default_lawbook()
    found = decide(made_up_case(id="26-1"), book).to_json()
    assert next(iter(found.items())) == ("id", "26-1")


def test_a_decision_holds_together_and_is_json(random_decisions: list[tuple[Case, dict[str, Any]]]) -> None:
    for _, found in random_decisions:
        assert json.loads(json.dumps(found, allow_nan=False)) == found
        for action, row in found["actions"].items():
            unknown = row["outcome"] == "unknown"
            assert unknown == (len(row["possible"]) > 1), action
            assert unknown == bool(row["missing"]), action
            assert (row["outcome"] in ("unknown", "unregulated")) == (not row["because"]), action
            assert unknown or row["possible"] == [row["outcome"]], action
            assert row["missing"] == sorted(set(row["missing"]))


def test_what_decides_is_in_force_there_and_never_open(
    random_decisions: list[tuple[Case, dict[str, Any]]],
) -> None:
    book = default_lawbook()
    for case, found in random_decisions:
        law_there = book.in_force(book.area(case.place.path), case.day)
        there = {n.id: n for n in law_there.norms}
        for action, row in found["actions"].items():
            for because in row["because"]:
                decided = there[because["norm"]]
                assert action in decided.actions
                assert not decided.open
            for missing in row["missing"]:
                name = missing.removeprefix("norm:")
                assert missing in FACTS or missing == "charges" or there[name].open


@pytest.fixture(scope="module")
def random_decisions() -> list[tuple[Case, dict[str, Any]]]:
    decider = Decider(default_lawbook())
    cases = islice(RandomCases(default_lawbook(), 17), 250)
    return [(case, decider.decide(case, would_change=False).to_json()) for case in cases]


def test_the_same_case_gives_the_same_decision_whoever_decides_and_in_whatever_order(
    random_decisions: list[tuple[Case, dict[str, Any]]],
) -> None:
    other = Decider(default_lawbook())
    for case, found in reversed(random_decisions):
        before = copy.deepcopy(case)
        assert other.decide(case, would_change=False).to_json() == found
        assert case == before


def test_a_place_without_law_of_its_own_has_that_of_its_state() -> None:
    book = default_lawbook()
    facts = {"custodian": "county_jail", "request__kind": "immigration_detainer"}
    county, state = (
        decide(made_up_case(place=place, **facts), book) for place in ("us/ca/fresno-county", "us/ca")
    )
    assert county.to_json()["actions"] == state.to_json()["actions"]


# ---------------------------------------------------------------------------------------------- more known, less possible


def guesses(cases: RandomCases, case: Case, missing: set[str], r: random.Random) -> Iterator[tuple[str, Any]]:
    """Values for the unknown facts of the case outside `missing`, and outside what the law there fills in itself."""
    for fact in CASE_FACTS:
        if fact.name not in case.facts and fact.name not in missing and r.random() < 0.7:
            yield fact.name, cases.value(fact, case.at)


def fills_at(book: Lawbook, case: Case) -> set[str]:
    return {name for file in book.area(case.place.path) for name in book.files[file].fills}


def with_charges(cases: RandomCases, case: Case, skip: set[str]) -> list[dict[str, Any]] | None:
    """The charges with what is unknown of them made up, but for the fields to skip."""
    if case.charges is None:
        return None
    out = []
    for charge in case.charges:
        whole = cases.charge(1.0, case.day)
        more = {k: v for k, v in whole.items() if f"charges[].{k}" not in skip and not k.startswith("code")}
        out.append(more | charge)
    return out


def test_a_fact_that_is_not_missing_cannot_move_an_unknown_outcome() -> None:
    """Whatever is made up for the unknown facts that are not named, the outcomes possible stay as they are. Facts that the law
    itself fills in, and those it fills them from, are left alone."""
    book = default_lawbook()
    decider, cases, r = Decider(book), RandomCases(book, 23), random.Random(23)
    tried = 0
    for case in islice(cases, 900):
        if fills_at(book, case) & {"charges[].indictable", "person.federal_charges"}:
            continue
        fills = fills_at(book, case)
        for action, found in decider.decide(case, would_change=False).actions.items():
            if found.outcome is not Outcome.UNKNOWN:
                continue
            missing = set(found.missing)
            facts = case.facts | dict(guesses(cases, case, missing | fills, r))
            # what fills in from the statute is not given another statute
            skip = missing | fills | ({"charges[].statute"} if fills else set())
            other = replace(case, facts=facts, charges=with_charges(cases, case, skip))
            if "charges_complete" not in missing and case.charges is not None:
                other.complete = True
            again = decider.decide(other, would_change=False).actions[action]
            assert set(again.possible) == set(found.possible), (action, case, missing)
            tried += 1
    assert tried > 300


def test_any_values_of_the_missing_facts_settle_the_outcome() -> None:
    """But for norms that must be verified first, and for the record of charges, which has no finite domain."""
    book = default_lawbook()
    decider, cases = Decider(book), RandomCases(book, 29)
    tried = 0
    for case in islice(cases, 900):
        for action, found in decider.decide(case, would_change=False).actions.items():
            missing = [m for m in found.missing if not m.startswith("norm:")]
            if not missing or any(m.startswith("charges") for m in missing):
                continue
            more = {m: cases.value(FACTS[m], case.at) for m in missing}
            settled = decider.decide(replace(case, facts=case.facts | more), would_change=False).actions[
                action
            ]
            assert all(m.startswith("norm:") for m in settled.missing), (action, case, missing)
            tried += 1
    assert tried > 300


def test_to_know_more_never_makes_more_possible() -> None:
    book = default_lawbook()
    decider, cases, r = Decider(book), RandomCases(book, 31), random.Random(31)
    for case in islice(cases, 400):
        skip = fills_at(book, case)
        facts = case.facts | dict(guesses(cases, case, skip, r))
        charges = with_charges(cases, case, skip | ({"charges[].statute"} if skip else set()))
        before, after = decider.outcomes(case), decider.outcomes(replace(case, facts=facts, charges=charges))
        for action in ACTIONS:
            assert after[action] & ~before[action] == 0, (action, case)


PLACES_WITH_LAW = (
    "us/ca/los-angeles-county",
    "us/ny/new-york-city",
    "us/il/chicago",
    "us/tx/travis-county",
    "us/dc",
)


@pytest.mark.parametrize("place", PLACES_WITH_LAW)
def test_an_outcome_changes_from_one_day_to_another_only_where_the_law_does(place: str) -> None:
    """Without charges and without dates there is nothing else that time could change."""
    book = default_lawbook()
    decider = Decider(book)
    changes = book.boundaries(book.area(place))
    raw = raw_case(place=place, custodian="county_jail", request__kind="immigration_detainer", charges=[])
    previous = None
    for day in (date(2010, 1, 1) + timedelta(days=10 * n) for n in range(620)):
        found = decider.outcomes(read_case({**raw, "at": f"{day}T18:00:00Z"}, load_places()))
        changed = any(day - timedelta(days=10) < d <= day for d in changes)
        assert previous is None or found == previous or changed, day
        previous = found
