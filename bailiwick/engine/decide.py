"""One case -> Decision: for each action an outcome, with reasons, missing facts, clocks and duties.

How an action is decided (``bulk.py`` does the same in SQL):

1. Each norm in force that binds the place is true, false or unknown; so are its ``given`` and ``unless``.
2. Within a level: forbid and require together conflict; forbid beats permit; require beats permit. A norm removes those it
   overrides where it takes effect.
3. Levels from constitution down to policy: the first that speaks decides, except that a permission yields to a lower
   forbid or require unless it preempts.
4. Unknown norms leave a *set* of outcomes. One left is the outcome; several are ``unknown``, and ``missing`` names the facts
   (or the open norms, ``norm:…``) whose truth could still move it.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from bailiwick.engine.case import Case, local_day
from bailiwick.engine.clock import due as clock_due
from bailiwick.engine.condition import (
    TRUE,
    Fn,
    Probe,
    TraceFn,
    Truth,
    View,
    compile_trace,
    compile_truth,
)
from bailiwick.engine.facts import ACTIONS, LEVELS, Outcome
from bailiwick.engine.gap import GapFn, compile_gap
from bailiwick.engine.lawbook import Lawbook
from bailiwick.engine.norm import Clock, Duty, Effect, Norm, Provision

# What a norm may do and what it surely does, as bits; a level's bits are the union of its norms'.
MAY_FORBID, MAY_REQUIRE, MAY_PERMIT, MAY_PREEMPT = 1, 2, 4, 8
DOES_FORBID, DOES_REQUIRE, DOES_PERMIT, DOES_PREEMPT, SPEAKS = 16, 32, 64, 128, 256
_MAY = {Effect.FORBID: MAY_FORBID, Effect.REQUIRE: MAY_REQUIRE, Effect.PERMIT: MAY_PERMIT}

# Sets of outcomes, as bits, in the order in which several are listed.
POSSIBLE: tuple[tuple[int, Outcome], ...] = (
    (1, Outcome.CONFLICT),
    (2, Outcome.FORBIDDEN),
    (4, Outcome.REQUIRED),
    (8, Outcome.ALLOWED),
    (16, Outcome.UNREGULATED),
)
OUTCOMES_OF: dict[int, tuple[Outcome, ...]] = {
    mask: tuple(outcome for bit, outcome in POSSIBLE if mask & bit) for mask in range(1, 32)
}
_DOES = {
    Outcome.FORBIDDEN: DOES_FORBID,
    Outcome.REQUIRED: DOES_REQUIRE,
    Outcome.ALLOWED: DOES_PERMIT | DOES_PREEMPT,
    Outcome.CONFLICT: DOES_FORBID | DOES_REQUIRE,
    Outcome.UNREGULATED: 0,
}


class Resolution(NamedTuple):
    """What levels of norms come to.

    Attributes:
        possible: bits of the outcomes still possible.
        reached: for each level, how it is reached (see ``step``).
    """

    possible: int
    reached: tuple[int, ...]


SILENT, WAITING = 1, 2


def step(reached: int, bits: int) -> tuple[int, int]:
    """One level: the outcomes it makes possible, and how the next level is reached.

    ``reached``: SILENT when nothing above need have spoken, WAITING when a permission above may be waiting, or both; 0 when
    the level cannot be reached.
    """
    if not reached:
        return 0, 0
    forbid, require = bits & MAY_FORBID, bits & MAY_REQUIRE
    no_forbid, no_require = not bits & DOES_FORBID, not bits & DOES_REQUIRE
    possible = 0
    if forbid and require:
        possible |= 1
    if forbid and no_require:
        possible |= 2
    if require and no_forbid:
        possible |= 4
    if bits & MAY_PREEMPT and no_forbid and no_require:
        possible |= 8
    permits = bool(bits & MAY_PERMIT) and no_forbid and no_require and not bits & DOES_PREEMPT
    quiet = not bits & SPEAKS
    waiting = (bool(reached & WAITING) and (quiet or permits)) or (bool(reached & SILENT) and permits)
    return possible, (SILENT if reached & SILENT and quiet else 0) | (WAITING if waiting else 0)


@functools.lru_cache(maxsize=65536)
def resolve(levels: tuple[int, ...]) -> Resolution:
    """Fold the bits of the levels, highest first."""
    reached, possible = SILENT, 0
    ways = []
    for bits in levels:
        ways.append(reached)
        more, reached = step(reached, bits)
        possible |= more
    if reached & SILENT:
        possible |= 16
    if reached & WAITING:
        possible |= 8
    return Resolution(possible, tuple(ways))


def both(a: Truth, b: Truth) -> Truth:
    """Kleene AND."""
    if a is False or b is False:
        return False
    return None if a is None or b is None else True


class Rule:
    """A provision, compiled: its truth on a view, and the trace of that truth."""

    __slots__ = ("_parts", "custodians", "given", "provision", "unless", "when")

    def __init__(self, provision: Provision, probe: Probe | None = None) -> None:
        self.provision = provision
        self.custodians = frozenset(provision.custodians) or None
        self.given = None if provision.given is TRUE else compile_truth(provision.given, probe)
        self.when = None if provision.when is TRUE else compile_truth(provision.when, probe)
        self.unless = None if provision.unless is None else compile_truth(provision.unless, probe)
        self._parts: list[tuple[Fn, GapFn, TraceFn]] | None = None

    def speaks(self, x: View) -> Truth:
        """Whether it binds this custodian, is given, and not excepted."""
        result: Truth = True
        if self.custodians is not None:
            custodian = x.facts.get("custodian")
            if custodian is None:
                result = None
            elif custodian not in self.custodians:
                return False
        if self.given is not None:
            t = self.given(x, None)
            if t is False:
                return False
            if t is None:
                result = None
        if self.unless is not None:
            t = self.unless(x, None)
            if t is True:
                return False
            if t is None:
                result = None
        return result

    def holds(self, x: View) -> Truth:
        """Its own condition."""
        return True if self.when is None else self.when(x, None)

    def parts(self) -> list[tuple[Fn, GapFn, TraceFn]]:
        """Truth, gap and trace of given, unless and when (those it has)."""
        if self._parts is None:
            p = self.provision
            pairs = ((self.given, p.given), (self.unless, p.unless), (self.when, p.when))
            self._parts = [
                (f, compile_gap(n), compile_trace(n)) for f, n in pairs if f is not None and n is not None
            ]
        return self._parts

    def missing(self, x: View) -> set[str]:
        """Facts that keep it unknown; where none does and it is open (a draft), its own name: it must be verified."""
        out: set[str] = set()
        if self.custodians is not None and x.facts.get("custodian") is None:
            out.add("custodian")
        for truth, gap, _ in self.parts():
            if truth(x, None) is None:
                found = gap(x, None)
                if not isinstance(found, bool):
                    out |= found
        if not out and self.provision.open:
            out.add(f"norm:{self.provision.id}")
        return out

    def used(self, x: View) -> dict[str, Any]:
        """Facts that its truth rests on."""
        out: dict[str, Any] = {}
        if self.custodians is not None and x.facts.get("custodian") is not None:
            out["custodian"] = x.facts["custodian"]
        for _, _, trace in self.parts():
            out.update(trace(x, None, -1).used)
        return out


class NormRule(Rule):
    """A norm, compiled."""

    __slots__ = ("norm",)

    def __init__(self, norm: Norm, probe: Probe | None = None) -> None:
        super().__init__(norm, probe)
        self.norm = norm

    def bits(self, speaks: Truth, holds: Truth) -> int:
        """What it may do and what it surely does."""
        norm = self.norm
        if norm.effect is Effect.ONLY_IF:
            if speaks is False:
                return 0
            permit = MAY_PREEMPT if norm.preempts else MAY_PERMIT
            if holds is None:
                bits, sure = permit | MAY_FORBID, 0
            else:
                bits = permit if holds else MAY_FORBID
                sure = bits << 4
            if speaks is None or norm.open:
                return bits
            return bits | sure | SPEAKS
        c = both(speaks, holds)
        if c is False:
            return 0
        bits = MAY_PREEMPT if norm.preempts else _MAY[norm.effect]
        return bits if c is None or norm.open else bits | bits << 4 | SPEAKS

    def effective(self, speaks: Truth, holds: Truth) -> Truth:
        """Whether it takes effect, as far as those it overrides are concerned."""
        truth = speaks if self.norm.effect is Effect.ONLY_IF else both(speaks, holds)
        return None if truth and self.norm.open else truth

    def uncertain(self, bits: int) -> bool:
        """Whether more than one thing may come of it."""
        return bool(bits & 15) and not bits & (DOES_FORBID | DOES_REQUIRE | DOES_PERMIT | DOES_PREEMPT)


def matters(bits: int, level: int, reached: int) -> bool:
    """Whether what an uncertain norm turns out to be could move the outcome.

    ``level``: the bits of its level; ``reached``: how the level is reached (see Resolution).
    """
    if not reached:
        return False
    if bits & MAY_FORBID and not level & DOES_FORBID:
        return True
    if bits & MAY_REQUIRE and not level & DOES_REQUIRE:
        return True
    blocked = level & (DOES_FORBID | DOES_REQUIRE | DOES_PREEMPT)
    if bits & MAY_PREEMPT and not blocked:
        return True
    return bool(bits & MAY_PERMIT and not blocked and not level & DOES_PERMIT and reached & SILENT)


def replaces(by: Norm, norm: Norm) -> bool:
    """Whether a norm that overrides another says something in its place: at its level, and of each of its actions."""
    return by.level == norm.level and set(norm.actions) <= set(by.actions)


def overridden(bits: int, effective: Truth, by: int, *, replaced: bool) -> int:
    """Bits of a norm that another (``by``: its bits) overrides where it takes effect. ``replaced``: see ``replaces``.

    Where that is unknown, one of the two speaks in any case when the one replaces the other, and it makes no difference which
    when both do the same.
    """
    if effective is False:
        return bits
    if effective:
        return 0
    if replaced and bits & 15 == by & 15:
        return bits
    return bits & (15 | (SPEAKS if replaced else 0))


@dataclass(slots=True)
class Plan:
    """The norms in force in an area between two changes of law, arranged for deciding.

    Attributes:
        rules: every norm once.
        levels: action -> for each level that has norms, highest first, the indexes of its norms.
        overriders: (index of a norm, indexes of those it overrides).
    """

    rules: list[NormRule]
    levels: dict[str, tuple[tuple[int, ...], ...]]
    overriders: list[tuple[int, tuple[int, ...]]]
    duties: list[Rule]
    clocks: list[Rule]


@dataclass(slots=True)
class Because:
    """A norm that decided, with the facts it rested on."""

    norm: Norm
    facts: dict[str, Any]

    def to_json(self) -> dict[str, Any]:
        norm = self.norm
        out: dict[str, Any] = {
            "norm": norm.id,
            "cite": norm.cite.text,
            "says": norm.says,
            "level": norm.level,
            "standing": str(norm.cite.standing),
            "facts": plain(self.facts),
        }
        if norm.standard:
            out["standard"] = norm.standard
        return out


@dataclass(slots=True)
class Answer:
    """What the law says about one action."""

    outcome: Outcome
    possible: tuple[Outcome, ...]
    because: list[Because] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    would_change: list[dict[str, Any]] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        return {
            "outcome": str(self.outcome),
            "possible": [str(o) for o in self.possible],
            "because": [b.to_json() for b in self.because],
            "missing": self.missing,
            "would_change": self.would_change,
        }


@dataclass(slots=True)
class Decision:
    """The answer to a case, whole: it is stored as it stands and never recomputed."""

    id: Any
    place: str
    at: datetime
    lawbook: str
    actions: dict[str, Answer]
    clocks: list[dict[str, Any]]
    duties: list[dict[str, Any]]
    proposals: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        out: dict[str, Any] = {} if self.id is None else {"id": self.id}
        out |= {"place": self.place, "at": instant(self.at), "lawbook": self.lawbook}
        if self.proposals:
            out["with"] = list(self.proposals)
        out["actions"] = {a: answer.to_json() for a, answer in self.actions.items()}
        out["clocks"] = self.clocks
        out["duties"] = self.duties
        return out


def instant(at: datetime | None) -> str | None:
    """An instant as text, UTC."""
    return None if at is None else at.isoformat().replace("+00:00", "Z")


def plain(facts: dict[str, Any]) -> dict[str, Any]:
    """Facts as JSON values."""
    return {
        k: list(v) if isinstance(v, tuple) else v.isoformat() if isinstance(v, date) else v
        for k, v in facts.items()
    }


class Decider:
    """Decides cases under one lawbook. Compiled norms are kept, so one Decider is made per process.

    ``probe``: forces the truth of atoms (MC/DC coverage only).
    """

    def __init__(self, lawbook: Lawbook, probe: Probe | None = None) -> None:
        self.lawbook = lawbook
        self._probe = probe
        self._compiled: dict[str, Rule] = {}
        self._plans: dict[int, Plan] = {}

    def rule(self, provision: Provision) -> Rule:
        found = self._compiled.get(provision.key)
        if found is None:
            made = (
                NormRule(provision, self._probe)
                if isinstance(provision, Norm)
                else Rule(provision, self._probe)
            )
            found = self._compiled[provision.key] = made
        return found

    def plan(self, area: tuple[str, ...], day: date) -> Plan:
        law = self.lawbook.in_force(area, day)
        found = self._plans.get(id(law))
        if found is None:
            rules = [self.rule(n) for n in law.norms]
            norm_rules = [r for r in rules if isinstance(r, NormRule)]
            by_level: dict[str, dict[str, list[int]]] = {a: {} for a in ACTIONS}
            names: dict[str, int] = {}
            for i, r in enumerate(norm_rules):
                names[r.norm.id] = i
                for action in r.norm.actions:
                    by_level[action].setdefault(r.norm.level, []).append(i)
            levels = {
                a: tuple(tuple(found_levels[lv]) for lv in LEVELS if lv in found_levels)
                for a, found_levels in by_level.items()
            }
            overriders = [
                (i, tuple(names[o] for o in r.norm.overrides if o in names))
                for i, r in enumerate(norm_rules)
                if any(o in names for o in r.norm.overrides)
            ]
            found = Plan(
                norm_rules,
                levels,
                overriders,
                [self.rule(d) for d in law.duties],
                [self.rule(c) for c in law.clocks],
            )
            self._plans[id(law)] = found
        return found

    # ------------------------------------------------------------------------------------------------------------ a case

    def view(self, case: Case) -> View:
        facts = dict(case.facts)
        tz = case.place.tz
        for name in ("request.received_at", "release.eligible_at"):
            if name in facts:
                facts[name] = local_day(facts[name], tz)
        facts["at"] = case.day
        state, member = case.reading_state, self.lawbook.member
        return View(facts, case.charges, case.complete, lambda name, charge: member(name, state, charge))

    def states(self, plan: Plan, x: View) -> tuple[list[int], list[Truth]]:
        """Bits of every norm, overrides applied, and whether each takes effect (empty when none overrides)."""
        speaks = [r.speaks(x) for r in plan.rules]
        holds = [False if s is False else r.holds(x) for r, s in zip(plan.rules, speaks, strict=True)]
        bits = [r.bits(s, h) for r, s, h in zip(plan.rules, speaks, holds, strict=True)]
        if not plan.overriders:
            return bits, []
        effective = [r.effective(s, h) for r, s, h in zip(plan.rules, speaks, holds, strict=True)]
        out = list(bits)
        for i, targets in plan.overriders:
            for j in targets:
                replaced = replaces(plan.rules[i].norm, plan.rules[j].norm)
                out[j] = overridden(out[j], effective[i], bits[i], replaced=replaced)
        return out, effective

    def outcomes(self, case: Case, proposals: tuple[str, ...] = ()) -> dict[str, int]:
        """Only the possible outcomes of each action, as bits: the quick path of what-ifs."""
        plan = self.plan(self.lawbook.area(case.place.path, proposals), case.day)
        bits, _ = self.states(plan, self.view(case))
        return {a: resolve(self.level_bits(plan, a, bits)).possible for a in ACTIONS}

    @staticmethod
    def level_bits(plan: Plan, action: str, bits: list[int]) -> tuple[int, ...]:
        out = []
        for level in plan.levels[action]:
            union = 0
            for i in level:
                union |= bits[i]
            out.append(union)
        return tuple(out)

    def decide(self, case: Case, proposals: tuple[str, ...] = (), *, would_change: bool = True) -> Decision:
        """Decide a case. ``proposals``: bills never enacted that shall apply. Pure; the same case gives the same decision."""
        lawbook = self.lawbook
        plan = self.plan(lawbook.area(case.place.path, proposals), case.day)
        x = self.view(case)
        bits, effective = self.states(plan, x)
        actions = {a: self.answer(plan, a, bits, effective, x) for a in ACTIONS}
        if would_change:
            from bailiwick.engine.change import would_change as find_changes

            for action, changes in find_changes(
                self, case, plan, {a: actions[a].possible for a in ACTIONS}
            ).items():
                actions[action].would_change = changes
        clocks = [c for r in plan.clocks if (c := self._clock(r, case, x)) is not None]
        due = {c["id"]: c["due"] for c in clocks}
        duties = [d for r in plan.duties if (d := self._duty(r, x, due)) is not None]
        return Decision(
            case.id, case.place.path, case.at, lawbook.version, actions, clocks, duties, proposals
        )

    def answer(self, plan: Plan, action: str, bits: list[int], effective: list[Truth], x: View) -> Answer:
        """What the law says about one action. ``bits``, ``effective``: what ``states`` found for the same plan and view."""
        levels = plan.levels[action]
        level_bits = self.level_bits(plan, action, bits)
        possible, reached = resolve(level_bits)
        outcomes = OUTCOMES_OF[possible]
        if len(outcomes) > 1:
            missing: set[str] = set()
            for level, union, how in zip(levels, level_bits, reached, strict=True):
                for i in level:
                    rule = plan.rules[i]
                    if rule.uncertain(bits[i]) and matters(bits[i], union, how):
                        missing |= rule.missing(x)
                        missing |= self._overridden(plan, i, effective, x)
            return Answer(Outcome.UNKNOWN, outcomes, missing=sorted(missing))
        outcome = outcomes[0]
        wanted = _DOES[outcome]
        for level, union, how in zip(levels, level_bits, reached, strict=True):
            if how and union & wanted:
                deciding = [i for i in level if bits[i] & wanted]
                return Answer(
                    outcome, outcomes, [Because(plan.rules[i].norm, plan.rules[i].used(x)) for i in deciding]
                )
        return Answer(outcome, outcomes)

    @staticmethod
    def _overridden(plan: Plan, i: int, effective: list[Truth], x: View) -> set[str]:
        """What is missing to know whether a norm is overridden."""
        out: set[str] = set()
        for j, targets in plan.overriders:
            if i in targets and effective[j] is None:
                out |= plan.rules[j].missing(x)
        return out

    def _clock(self, rule: Rule, case: Case, x: View) -> dict[str, Any] | None:
        clock = rule.provision
        assert isinstance(clock, Clock)
        truth = both(rule.speaks(x), rule.holds(x))
        if truth is False:
            return None
        start = case.at if clock.start == "at" else case.facts.get(clock.start)
        missing = rule.missing(x) if truth is None or clock.open else set()
        if start is None:
            missing.add(clock.start)
        due = None
        if start is not None:
            due = min(
                clock_due(
                    start,
                    length=clock.length,
                    until=clock.until,
                    calendar=clock.calendar,
                    tz=case.place.tz,
                    holidays=holidays,
                )
                for holidays in self.lawbook.holidays_of(clock)
            )
        out: dict[str, Any] = {
            "id": clock.id,
            "what": clock.what,
            "from": instant(start) if isinstance(start, datetime) else start.isoformat() if start else None,
            "due": instant(due),
            "cite": clock.cite.text,
        }
        if missing:
            out["missing"] = sorted(missing)
        return out

    def _duty(self, rule: Rule, x: View, due: dict[str, str | None]) -> dict[str, Any] | None:
        duty = rule.provision
        assert isinstance(duty, Duty)
        truth = both(rule.speaks(x), rule.holds(x))
        if truth is False:
            return None
        out: dict[str, Any] = {
            "id": duty.id,
            "what": duty.what,
            "to": duty.to,
            "due": due.get(duty.clock),
            "within": duty.within,
            "cite": duty.cite.text,
        }
        missing = rule.missing(x) if truth is None or duty.open else set()
        if missing:
            out["missing"] = sorted(missing)
        return out


@functools.lru_cache(maxsize=4)
def decider(lawbook: Lawbook) -> Decider:
    """The Decider of a lawbook, made once."""
    return Decider(lawbook)


def decide(
    case: Case, lawbook: Lawbook, proposals: tuple[str, ...] = (), *, would_change: bool = True
) -> Decision:
    """One case -> Decision. Raises ValueError for an unknown proposal."""
    return decider(lawbook).decide(case, proposals, would_change=would_change)
