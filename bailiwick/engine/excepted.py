"""Sentences of law that would have decided, had they not made an exception of this case: what a licence shown takes away.

An answer says which norms speak. Where an exception (`unless`) takes the case out, none may be left to speak, and a reader would
not see which section let go; these are kept beside the answer.
"""

from __future__ import annotations

from typing import Any

from bailiwick.engine.case import Case
from bailiwick.engine.condition import compile_trace
from bailiwick.engine.decide import Decision, decider, plain
from bailiwick.engine.lawbook import Lawbook


def excepted(
    case: Case, lawbook: Lawbook, proposals: tuple[str, ...] = ()
) -> dict[str, list[dict[str, Any]]]:
    """Action to the norms in force that bind this custodian and are given, but whose `unless` is true.

    Each as `{"norm", "cite", "says", "facts"}`; `facts` are those that the exception rests on. Actions without any are left out.
    """
    maker = decider(lawbook)
    plan, x = maker.plan(lawbook.area(case.place.path, proposals), case.day), maker.view(case)
    custodian = case.facts.get("custodian")
    out: dict[str, list[dict[str, Any]]] = {}
    for rule in plan.rules:
        norm = rule.norm
        if rule.unless is None or norm.unless is None or rule.unless(x, None) is not True:
            continue
        if rule.custodians is not None and custodian not in rule.custodians:
            continue
        if rule.given is not None and rule.given(x, None) is not True:
            continue
        facts = plain(compile_trace(norm.unless)(x, None, -1).used)
        for action in norm.actions:
            out.setdefault(action, []).append(
                {"norm": norm.id, "cite": norm.cite.text, "says": norm.says, "facts": facts}
            )
    return out


def in_force_since(decision: Decision) -> dict[str, str]:
    """Each norm that decided something, to the first day it was in force (`2018-01-04`); those without one are left out."""
    norms = {
        because.norm.id: because.norm for found in decision.actions.values() for because in found.because
    }
    return {name: norm.span.start.isoformat() for name, norm in norms.items() if norm.span.start is not None}
