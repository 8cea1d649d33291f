"""How long one decision takes: reasons, missing facts, clocks and duties, at the place with the longest law.

    python benchmarks/single.py [--calls 2000] [--page docs/benchmarks.md --date 2026-11-21]

Beside it openfisca-core and zen-engine answer one rule (see peers.py for what they do and do not do), and so
does Bailiwick.
"""

from __future__ import annotations

import json
import sys
from datetime import date
from typing import Any

from measuring import ROOT, against, microseconds, options, publish, table

sys.path.insert(0, str(ROOT))

import peers

from bailiwick.engine.case import Case, read_case
from bailiwick.engine.condition import Named, compile_trace
from bailiwick.engine.decide import Decider
from bailiwick.engine.lawbook import Lawbook
from tests.random_cases import RandomCases

DAY = date(2026, 3, 2)
TARGET, TARGET_CHANGE = 200.0, 10_000.0

_REQUEST = {
    "kind": "immigration_detainer",
    "form": "I-247A",
    "received_at": "2026-03-01T22:00:00-08:00",
    "warrant": "administrative",
    "signed": True,
    "complete": True,
    "served_on_person": False,
    "basis": ["biometric_match"],
}
_PERSON = {
    "age": 31,
    "citizen_claim": False,
    "citizen_proof": False,
    "lawful_status_proof": False,
    "final_order": False,
    "watchlist_match": False,
    "offender_registrant": False,
    "illegal_reentry": False,
    "federal_felony_warrant": False,
    "arrested_on": "2026-02-27",
    "interview_consent": False,
}
_RELEASE = {"eligible_at": "2026-03-02T09:00:00-08:00", "public_information": False}
_KNOWN = {"custodian": "county_jail", "request": _REQUEST, "person": _PERSON, "release": _RELEASE}
_CHARGES = [
    {
        "statute": "Cal. Penal Code § 459",
        "status": "convicted",
        "grade": "misdemeanor",
        "wobbler": True,
        "convicted_on": "2022-06-10",
        "serious": False,
        "violent": False,
        "state_prison": False,
        "sex_registration": False,
    },
    {
        "statute": "PC 245(a)(1)",
        "status": "convicted",
        "grade": "felony",
        "wobbler": True,
        "convicted_on": "2009-01-10",
        "state_prison": True,
        "sex_registration": False,
    },
    {"statute": "HS 11377(a)", "status": "charged", "grade": "misdemeanor", "wobbler": False},
]


def cases(place: str) -> dict[str, dict[str, Any]]:
    """Three cases as a desk meets them."""
    start = {"place": place, "at": "2026-03-02T10:15:00-08:00"}
    unknown = {
        "custodian": "county_jail",
        "request": {"kind": "immigration_detainer", "received_at": "2026-03-01T22:00:00-08:00"},
        "charges": [
            {"statute": "PC 487", "status": "convicted"},
            {"grade": "felony"},
            {"description": "HOLD"},
        ],
        "charges_complete": False,
    }
    return {
        "no charges, all known": {**start, **_KNOWN, "charges": []},
        "three charges, all known": {**start, **_KNOWN, "charges": _CHARGES},
        "three charges, most facts unknown": {**start, **unknown},
    }


def longest(lawbook: Lawbook) -> tuple[int, str, tuple[int, int, int]]:
    """The place where most norms, duties and clocks are in force on the day."""
    found = []
    for place in sorted(
        {p for f in lawbook.files.values() for p in f.binds} | {p.path for p in lawbook.places}
    ):
        law = lawbook.in_force(lawbook.area(place), DAY)
        count = (len(law.norms), len(law.duties), len(law.clocks))
        found.append((sum(count), place, count))
    return max(found, key=lambda f: (f[0], f[1]))


def one_rule(lawbook: Lawbook, decider: Decider) -> Any:
    """The rule of the peers alone, as Bailiwick evaluates it: its truth, the facts it rested on and those
    missing."""
    concepts = lawbook.files["us/ca"].concepts
    traces = [
        compile_trace(Named(concepts[name])) for name in ("recent_listed_wobbler", "recent_listed_felony")
    ]

    def evaluate(case: Case) -> Any:
        view = decider.view(case)
        return [trace(view, None, -1) for trace in traces]

    return evaluate


def main() -> None:
    parser = options(__doc__)
    parser.add_argument(
        "--calls", type=int, default=2000, help="timed calls of each kind (a tenth of it with would_change)"
    )
    given = parser.parse_args()
    lawbook = Lawbook.load()
    decider = Decider(lawbook)
    _, place, (norms, duties, clocks) = longest(lawbook)

    def decide(case: Case) -> Any:
        return decider.decide(case, would_change=False).to_json()

    def decide_change(case: Case) -> Any:
        return decider.decide(case, would_change=True).to_json()

    def from_text(text: str) -> str:
        case = read_case(json.loads(text), lawbook.places)
        return json.dumps(decider.decide(case, would_change=False).to_json())

    raw = cases(place)
    inputs: dict[str, list[Case]] = {name: [read_case(case, lawbook.places)] for name, case in raw.items()}
    supply = RandomCases(lawbook, 1, [place])
    supply.days = [DAY]
    inputs["500 different random cases"] = [supply.case(i) for i in range(500)]
    texts = {name: [json.dumps(raw[name])] for name in raw}
    rows, worst, worst_change = [], 0.0, 0.0
    for name, found in inputs.items():
        rounds = max(1, given.calls // len(found))
        plain = microseconds(decide, found, rounds)
        change = microseconds(decide_change, found[:100], max(1, rounds // 10))
        whole = f"{microseconds(from_text, texts[name], rounds):,.0f}" if name in texts else ""
        rows.append([name, f"{plain:,.0f}", f"{change:,.0f}", whole])
        worst, worst_change = max(worst, plain), max(worst_change, change)
    text = [
        f"{place} on {DAY}: {norms} norms, {duties} duties and {clocks} clocks in force. Median "
        "microseconds of one call in a "
        "process that is warm: eight actions with outcome, reasons and missing facts, clocks and duties, "
        "as JSON values.",
        table(["case", "decision", "with would_change", "from JSON text to JSON text"], rows),
        f"Targets: {against(worst, TARGET, ' µs')}; with would_change "
        f"{against(worst_change, TARGET_CHANGE, ' µs')} (slowest row).",
    ]
    text += beside(lawbook, decider, raw["three charges, all known"], given.calls)
    publish(given, "One decision", "\n\n".join(text))


def beside(lawbook: Lawbook, decider: Decider, raw: dict[str, Any], calls: int) -> list[str]:
    """The peers on one rule."""
    case = read_case(raw, lawbook.places)
    member = lawbook.member
    charges = [{**c, "listed": member("ca/7282.5(a)(3)", "us/ca", c)} for c in raw["charges"]]
    simple = {
        "at": "2026-03-02",
        "charges": [
            {n: c.get(n) for n in ("status", "grade", "wobbler", "listed", "convicted_on")} for c in charges
        ],
    }
    rows = [
        [
            "Bailiwick, the rule alone, with facts used and missing",
            f"{microseconds(one_rule(lawbook, decider), [case], calls):,.1f}",
        ]
    ]
    for name, make, share in (
        ("zen-engine, one compiled expression", peers.zen_expression, 1),
        ("zen-engine, a decision graph of one node", peers.zen_rule, 1),
        ("openfisca-core, a simulation from a dictionary", peers.openfisca_rule, 10),
    ):
        try:
            rule = make()
        except ImportError:
            rows.append([name, "not installed (group `bench`)"])
            continue
        assert rule(simple) is True, name
        rows.append([name, f"{microseconds(rule, [simple], max(1, calls // share)):,.1f}"])
    says = (peers.__doc__ or "").split("\n\n", 1)[1].strip()
    return [
        "**One rule beside others**, three charges, Cal. Gov. Code § 7282.5(a)(3):",
        table(["", "median µs"], rows),
        says,
    ]


if __name__ == "__main__":
    main()
