"""What would change an answer: the smallest sets of facts, up to two, that lead to another definite outcome.

The custodian, the day and the kind of request are the question itself and are not varied.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import combinations
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from bailiwick.engine.condition import (
    AT,
    And,
    AnyCharge,
    Compare,
    Const,
    Fn,
    Has,
    InList,
    Named,
    Node,
    Not,
    OneOf,
    Or,
    Ref,
    Truth,
    View,
    asks_charges,
    compile_truth,
    walk,
)
from bailiwick.engine.facts import FACTS, Fact, Outcome, Type

if TYPE_CHECKING:
    from bailiwick.engine.case import Case
    from bailiwick.engine.decide import Decider, Plan
    from bailiwick.engine.norm import Provision

    _State = tuple[int, Truth]
    _States = Callable[[View, Iterable[int]], dict[int, _State]]

_FIXED = ("custodian", "request.kind", "at")
_MOST = 8


@dataclass(slots=True)
class _Lever:
    """Something that may be varied: a fact with the values that conditions speak of, or the record of charges."""

    name: str
    fact: Fact | None = None
    values: list[Any] = field(default_factory=list)
    days: list[Fn] = field(default_factory=list)
    charge: AnyCharge | None = None
    truth: Fn | None = None
    inner: Fn | None = None
    says: str = ""
    rules: list[int] = field(default_factory=list)


@dataclass(slots=True)
class _Move:
    """One change of one fact, and what it does to the norms it touches (index -> bits, whether it takes effect)."""

    lever: _Lever
    change: dict[str, Any]
    view: View
    states: dict[int, _State] = field(default_factory=dict)


_levers: WeakKeyDictionary[Any, dict[int, list[_Lever]]] = WeakKeyDictionary()


def parts(node: Node, says: str = "") -> Iterator[tuple[Node, str]]:
    """Every node, concepts entered, with the sentence of the innermost concept around it; charges are not entered."""
    match node:
        case Named(concept=concept):
            yield from parts(concept.tree, concept.says)
        case Not(inner=inner):
            yield from parts(inner, says)
        case And(parts=many) | Or(parts=many):
            for one in many:
                yield from parts(one, says)
        case _:
            yield node, says


def _levers_of(decider: Decider, plan: Plan) -> list[_Lever]:
    cache = _levers.setdefault(decider, {})
    if id(plan) in cache:
        return cache[id(plan)]
    found: dict[Any, _Lever] = {}
    for i, rule in enumerate(plan.rules):
        p = rule.provision
        for root in (p.given, p.unless, p.when):
            if root is not None:
                for node, says in parts(root):
                    for lever in _lever(node, says, found):
                        if i not in lever.rules:
                            lever.rules.append(i)
    # one more charge in the record, or one less, is seen by every condition on charges
    charges = [i for i, rule in enumerate(plan.rules) if looks_at_charges(rule.provision)]
    for lever in found.values():
        if lever.charge is not None:
            lever.rules = charges
    cache[id(plan)] = list(found.values())
    return cache[id(plan)]


def looks_at_charges(p: Provision) -> bool:
    """Whether a condition of it turns on the record of charges."""
    return any(asks_charges(node) for node in (p.given, p.unless, p.when) if node is not None)


def _lever(node: Node, says: str, found: dict[Any, _Lever]) -> Iterator[_Lever]:
    if isinstance(node, AnyCharge):
        key: Any = id(node)
        if key not in found:
            found[key] = _Lever(
                "charges", charge=node, truth=compile_truth(node), inner=compile_truth(node.inner), says=says
            )
        yield found[key]
        return
    for ref in (n for n in walk(node) if isinstance(n, Ref)):
        fact = ref.fact
        if fact.name in _FIXED or fact is AT or fact.of_charge:
            continue
        lever = found.setdefault(fact.name, _Lever(fact.name, fact))
        _add_values(lever, fact, node, ref)
        yield lever


def _add_values(lever: _Lever, fact: Fact, node: Node, ref: Ref) -> None:
    values: list[Any] = []
    match node:
        case Ref():
            values = [True, False]
        case OneOf(values=words):
            values = list(words)
        case Has(value=word):
            values = [("with", word), ("without", word)]
        case Compare(left=left, right=right):
            other = right if left is ref else left
            if isinstance(other, Const):
                values = [other.value]
                if fact.type is Type.INTEGER:
                    values += [other.value - 1, other.value + 1]
            if fact.type in (Type.DATE, Type.INSTANT):
                lever.days.append(compile_truth(other))
                values = []
    if fact.values and fact.type is Type.TEXT:
        values += fact.values
    lever.values += [v for v in values if v not in lever.values]


# ----------------------------------------------------------------------------------------------- a charge that satisfies


def witnesses(node: Node, want: bool, decider: Decider, x: View) -> list[dict[str, Any]]:
    """Partial charges that make a condition on a charge true (or false): a few simple ones, not all."""
    match node:
        case Const(value=value):
            return [{}] if bool(value) is want else []
        case Not(inner=inner):
            return witnesses(inner, not want, decider, x)
        case Named(concept=concept):
            return witnesses(concept.tree, want, decider, x)
        case And(parts=many) | Or(parts=many):
            every = isinstance(node, And) is want
            if not every:
                return [w for p in many for w in witnesses(p, want, decider, x)[:2]][:6]
            out: list[dict[str, Any]] = [{}]
            for part in many:
                out = [
                    merged
                    for a in out
                    for b in witnesses(part, want, decider, x)
                    if (merged := _merge(a, b)) is not None
                ][:6]
            return out
        case InList(list_id=name):
            if not want:
                return [{"statute": "no listed section"}]
            offences = decider.lawbook.lists[name]
            out = [{"statute": str(e).split(" to ")[0]} for e in offences.entries[:2] if e.first is not None]
            if any(e.first is None for e in offences.entries):
                out.append({"statute": "18 U.S.C. § 2"})
            return out or [{"code_system": s, "code": min(c)} for s, c in offences.codes.items()][:2]
        case Ref(fact=fact):
            return [{fact.field: want}] if fact.of_charge else []
        case OneOf(ref=ref, values=values):
            return _words(ref.fact, values, want)
        case Compare(op=op, left=Ref(fact=fact), right=right):
            return _compared(fact, op, right, want, x)
    return []


def _words(fact: Fact, values: tuple[Any, ...], want: bool) -> list[dict[str, Any]]:
    if not fact.of_charge:
        return []
    pool = values if want else tuple(v for v in fact.values if v not in values) or ("other",)
    return [{fact.field: v} for v in pool[:2]]


def _compared(fact: Fact, op: str, right: Node, want: bool, x: View) -> list[dict[str, Any]]:
    if not fact.of_charge:
        return []
    if fact.type is Type.TEXT and isinstance(right, Const):
        return _words(fact, (right.value,), want is (op == "="))
    value = compile_truth(right)(x, {})
    if value is None:
        return []
    step: Any = timedelta(days=1) if isinstance(value, date) else 1
    less = op in ("<", "<=") if want else op in (">", ">=")
    equal = op in ("=", "<=", ">=") if want else op in ("<>", "<", ">")
    return [{fact.field: value if equal else value - step if less else value + step}]


def _merge(a: dict[str, Any], b: dict[str, Any]) -> dict[str, Any] | None:
    return None if any(k in a and a[k] != v for k, v in b.items()) else a | b


# ------------------------------------------------------------------------------------------------------------- searching


def _changed(x: View, name: str, value: Any) -> View:
    return View({**x.facts, name: value}, x.charges, x.complete, x.member)


def _moves(lever: _Lever, decider: Decider, x: View) -> Iterator[_Move]:
    if lever.charge is not None and lever.truth is not None and lever.inner is not None:
        if lever.truth(x, None) is True and x.charges is not None:
            left = [c for c in x.charges if lever.inner(x, c) is False]
            yield _Move(
                lever,
                {
                    "fact": "charges",
                    "to": f"without the {len(x.charges) - len(left)} that count here",
                    "says": f"not: {lever.says}" if lever.says else "",
                },
                View(x.facts, left, True, x.member),
            )
            return
        for charge in witnesses(lever.charge.inner, True, decider, x):
            if lever.inner(x, charge) is True:
                shown = {k: v.isoformat() if isinstance(v, date) else v for k, v in charge.items()}
                yield _Move(
                    lever,
                    {"fact": "charges", "to": shown, "says": lever.says},
                    View(x.facts, [*(x.charges or []), charge], x.complete, x.member),
                )
                return
        return
    now = x.facts.get(lever.name)
    values = list(lever.values)
    for day in lever.days:
        edge = day(x, None)
        if edge is not None:
            values += [edge - timedelta(days=1), edge, edge + timedelta(days=1)]
    for value in values:
        if isinstance(value, tuple):
            kept = tuple(w for w in now or () if w != value[1])
            value = (*kept, value[1]) if value[0] == "with" else kept
        if value != now:
            shown_to = (
                list(value)
                if isinstance(value, tuple)
                else value.isoformat()
                if isinstance(value, date)
                else value
            )
            shown_from = (
                list(now) if isinstance(now, tuple) else now.isoformat() if isinstance(now, date) else now
            )
            yield _Move(
                lever,
                {"fact": lever.name, "from": shown_from, "to": shown_to},
                _changed(x, lever.name, value),
            )


def _combine(first: _Move, second: _Move, x: View) -> View:
    """Both changes at once (two levers never both touch the same scalar fact)."""
    facts = dict(first.view.facts)
    if second.lever.fact is not None:
        facts[second.lever.name] = second.view.facts.get(second.lever.name)
    charges, complete = first.view.charges, first.view.complete
    if second.lever.fact is None:
        if first.lever.fact is None and second.view.charges is not None and first.view.charges is not None:
            base = x.charges or []
            kept = [c for c in base if c in first.view.charges and c in second.view.charges]
            charges = kept + [c for c in (*first.view.charges, *second.view.charges) if c not in base]
        else:
            charges, complete = second.view.charges, second.view.complete
    return View(facts, charges, complete, x.member)


def would_change(
    decider: Decider, case: Case, plan: Plan, possible: dict[str, tuple[Outcome, ...]]
) -> dict[str, list[dict[str, Any]]]:
    """For each action, the smallest changes of fact that lead to another definite outcome (at most eight).

    Each is ``{"change": [{"fact", "from", "to", "says"}], "outcome": …}``. ``possible``: what the action's outcome may be now.
    """
    from bailiwick.engine.decide import OUTCOMES_OF, overridden, replaces, resolve

    x = decider.view(case)
    levers = _levers_of(decider, plan)
    overriders: dict[int, list[int]] = {}
    for i, targets in plan.overriders:
        for j in targets:
            overriders.setdefault(j, []).append(i)

    def states(view: View, rules: Iterable[int]) -> dict[int, _State]:
        out = {}
        for i in rules:
            rule = plan.rules[i]
            speaks = rule.speaks(view)
            holds = False if speaks is False else rule.holds(view)
            out[i] = rule.bits(speaks, holds), rule.effective(speaks, holds)
        return out

    base = states(x, range(len(plan.rules)))

    def bits(i: int, now: dict[int, _State]) -> int:
        found = now.get(i, base[i])[0]
        for j in overriders.get(i, ()):
            by, effective = now.get(j, base[j])
            replaced = replaces(plan.rules[j].norm, plan.rules[i].norm)
            found = overridden(found, effective, by, replaced=replaced)
        return found

    def outcomes(action: str, now: dict[int, _State]) -> tuple[Outcome, ...]:
        levels = []
        for level in plan.levels[action]:
            union = 0
            for i in level:
                union |= bits(i, now)
            levels.append(union)
        return OUTCOMES_OF[resolve(tuple(levels)).possible]

    moves: list[_Move] = []
    for lever in levers:
        for move in _moves(lever, decider, x):
            move.states = states(move.view, lever.rules)
            moves.append(move)

    out: dict[str, list[dict[str, Any]]] = {}
    for action in plan.levels:
        mine = {i for level in plan.levels[action] for i in level}
        mine |= {j for i in mine for j in overriders.get(i, ())}
        if not mine:
            continue
        found: list[dict[str, Any]] = []
        seen: set[tuple[str, Outcome]] = set()
        meeting = [m for m in moves if not mine.isdisjoint(m.states)]
        active = [m for m in meeting if any(i in mine and base[i] != state for i, state in m.states.items())]
        for move in active:
            after = outcomes(action, move.states)
            key = (f"{move.lever.name}{id(move.lever) if move.lever.charge else ''}", after[0])
            if len(after) == 1 and after != possible[action] and key not in seen:
                seen.add(key)
                found.append({"change": [_clean(move.change)], "outcome": str(after[0])})
        if not found:
            pairs = _pairs(meeting, base, mine, states, x)
            found = list(_two(pairs, lambda now, action=action: outcomes(action, now), possible[action]))
        out[action] = found[:_MOST]
    return out


def _pairs(
    moves: list[_Move], base: dict[int, _State], mine: set[int], states: _States, x: View
) -> Iterator[tuple[_Move, _Move, dict[int, _State]]]:
    """Two changes at once, and the norms after both; those that do no more than one of them alone are left out."""
    for a, b in combinations(moves, 2):
        if a.lever is b.lever:
            continue
        both = a.states | b.states
        shared = [i for i in a.states if i in b.states and i in mine]
        if shared:
            both |= states(_combine(a, b, x), shared)
        alone = any(
            all(s == one.get(i, base[i]) for i, s in both.items() if i in mine)
            for one in (a.states, b.states)
        )
        if not alone:
            yield a, b, both


def _two(
    pairs: Iterable[tuple[_Move, _Move, dict[int, _State]]],
    outcomes: Callable[..., tuple[Outcome, ...]],
    now: Any,
) -> Iterator[dict[str, Any]]:
    """The pairs that lead to another definite outcome."""
    seen: set[tuple[int, int, Outcome]] = set()
    for a, b, states in pairs:
        after = outcomes(states)
        key = (id(a.lever), id(b.lever), after[0])
        if len(after) == 1 and after != now and key not in seen:
            seen.add(key)
            yield {"change": [_clean(a.change), _clean(b.change)], "outcome": str(after[0])}
            if len(seen) >= _MOST:
                return


def _clean(change: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in change.items() if v != "" and not (k == "from" and v is None)}


def fact_question(name: str) -> str:
    """The question a clerk is asked for a missing fact (or open norm)."""
    if name.startswith("norm:"):
        return f"Has counsel verified, or chosen the reading of, {name.removeprefix('norm:')}?"
    if name == "charges":
        return "What does the record of charges and convictions show?"
    return FACTS[name].ask if name in FACTS else name
