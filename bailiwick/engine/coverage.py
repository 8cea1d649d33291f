"""What the worked examples cover: every norm, date, look-back and list entry, and MC/DC of every condition.

MC/DC (modified condition/decision coverage, the measure of avionics and SQLite) asks of each atom of each condition that it
change the outcome on its own. Here an atom is forced true and forced false while all else stays as the example has it. It
counts when the two differ in the outcome of some action (or in whether a duty is owed or a clock runs), once in an example
that comes out as with the atom true and once in one that comes out as with it false.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TypeAlias

from bailiwick.engine.condition import (
    And,
    Compare,
    InList,
    Named,
    Node,
    Or,
    Probe,
    Ref,
    View,
    atoms,
    compile_truth,
    show,
    walk,
)
from bailiwick.engine.decide import Decider, Plan, both, resolve
from bailiwick.engine.examples import Example
from bailiwick.engine.facts import ACTIONS, Type
from bailiwick.engine.lawbook import Lawbook, LawFile
from bailiwick.engine.norm import Norm, Provision

_DEFINITE = {1, 2, 4, 8, 16}
_Result: TypeAlias = tuple[list[int], list[object], list[tuple[str, ...]]]


@dataclass(slots=True)
class Coverage:
    """Counts, and what is not covered (one line each: ``file:line: what``)."""

    counted: dict[str, int] = field(default_factory=dict)
    covered: dict[str, int] = field(default_factory=dict)
    gaps: list[str] = field(default_factory=list)

    def add(self, kind: str, covered: bool, gap: str) -> None:
        self.counted[kind] = self.counted.get(kind, 0) + 1
        self.covered[kind] = self.covered.get(kind, 0) + covered
        if not covered:
            self.gaps.append(gap)

    @property
    def complete(self) -> bool:
        return not self.gaps


@dataclass(frozen=True, slots=True)
class _Use:
    """An atom of a condition, and where it stands."""

    node: Node
    where: str
    owner: str
    part: str
    open: bool


class _Measure:
    def __init__(self, lawbook: Lawbook, files: Iterable[LawFile]) -> None:
        self.lawbook = lawbook
        self.files = list(files)
        self.probe: Probe = {}
        self.decider = Decider(lawbook, self.probe)
        self.plain = Decider(lawbook)
        self.uses: dict[int, _Use] = {}
        self.atoms_of: dict[str, list[_Use]] = {}
        self.flipped: set[tuple[int, bool]] = set()
        self.edges: set[tuple[int, bool]] = set()
        self.decided: set[str] = set()
        self.not_decided: set[str] = set()
        self.in_effect: set[tuple[str, bool]] = set()
        self.days: dict[str, set[date]] = {}
        self.entries: set[int] = set()
        self.reported: set[int] = set()

    # -------------------------------------------------------------------------------------------------------- inventory

    def atoms(self, provision: Provision) -> list[_Use]:
        """Atoms of a provision's conditions and of every concept and fill in them."""
        if provision.key not in self.atoms_of:
            file = self.lawbook.files[provision.proposal or provision.file]
            found: list[_Use] = []
            for part, node in (
                ("given", provision.given),
                ("when", provision.when),
                ("unless", provision.unless),
            ):
                if node is not None:
                    self.collect(
                        node,
                        self.where(file, provision.line),
                        provision.id,
                        part,
                        bool(provision.open),
                        found,
                    )
            self.atoms_of[provision.key] = found
        return self.atoms_of[provision.key]

    def collect(
        self, node: Node, where: str, owner: str, part: str, is_open: bool, found: list[_Use]
    ) -> None:
        for atom in atoms(node):
            use = _Use(atom, where, owner, part, is_open)
            found.append(use)
            known = self.uses.get(id(atom))
            if known is None or (known.open and not is_open):
                self.uses[id(atom)] = use
            if isinstance(atom, Named):
                concept = atom.concept
                self.collect(
                    concept.tree, where, f"{concept.file}: concept {concept.name}", "when", is_open, found
                )
            for ref in walk(atom):
                if isinstance(ref, Ref) and ref.fill is not None:
                    self.collect(ref.fill, where, f"{owner}: fill of {ref.fact.name}", part, is_open, found)

    def where(self, file: LawFile, line: int) -> str:
        return f"{self.lawbook.shown(file.path)}:{line}"

    # --------------------------------------------------------------------------------------------------------- measuring

    def run(self, example: Example) -> None:
        area = self.lawbook.area(example.case.place.path, example.proposals)
        plan = self.decider.plan(area, example.case.day)
        for name in area:
            self.days.setdefault(name, set()).add(example.case.day)
        decision = self.plain.decide(example.case, example.proposals, would_change=False)
        deciding: set[str] = set()
        for answer in decision.actions.values():
            deciding |= {b.norm.key for b in answer.because}
            deciding |= {f"{m.removeprefix('norm:')}" for m in answer.missing if m.startswith("norm:")}
        for rule in plan.rules:
            norm = rule.norm
            name = norm.id if norm.open else norm.key
            (self.decided if name in deciding else self.not_decided).add(norm.key)
        x = self.decider.view(example.case)
        for other in (*plan.duties, *plan.clocks):
            truth = both(other.speaks(x), other.holds(x))
            if truth is not None:
                self.in_effect.add((other.provision.key, truth))
        self.list_entries(example, area)
        self.flip(example, plan)

    def flip(self, example: Example, plan: Plan) -> None:
        base = self.result(example, plan)
        provisions = [r.provision for r in (*plan.rules, *plan.duties, *plan.clocks)]
        done: set[int] = set()
        for provision in provisions:
            for use in self.atoms(provision):
                key = id(use.node)
                if key in done:
                    continue
                done.add(key)
                self.edge(use.node, example)
                if (key, True) in self.flipped and (key, False) in self.flipped:
                    continue
                self.probe[key] = True
                true = self.result(example, plan)
                self.probe[key] = False
                false = self.result(example, plan)
                del self.probe[key]
                for shown, result in ((True, true), (False, false)):
                    if self.decides(base, true, false, result, self.uses[key].open):
                        self.flipped.add((key, shown))
                if self.never_false(use.node) and self.decides(base, true, base, base, True):
                    self.flipped.add((key, False))  # it cannot be false: shown unknown instead

    def result(self, example: Example, plan: Plan) -> _Result:
        x = self.decider.view(example.case)
        bits, effective = self.decider.states(plan, x)
        masks = [resolve(self.decider.level_bits(plan, a, bits)).possible for a in ACTIONS]
        owed: list[object] = [both(r.speaks(x), r.holds(x)) for r in (*plan.duties, *plan.clocks)]
        # what an unknown action asks for counts too: a guard may only spare a question
        asked = [
            tuple(self.decider.answer(plan, a, bits, effective, x).missing) if m not in _DEFINITE else ()
            for a, m in zip(ACTIONS, masks, strict=True)
        ]
        return masks, owed, asked

    def never_false(self, node: Node) -> bool:
        """Whether an atom can only be true or unknown: a list that is open, with equivalents from elsewhere."""
        match node:
            case InList(list_id=name):
                offences = self.lawbook.lists[name]
                return not offences.exhaustive and offences.elsewhere == "unknown"
            case Named(concept=concept):
                return self.never_false(concept.tree)
            case Or(parts=parts):
                return any(self.never_false(p) for p in parts)
            case And(parts=parts):
                return all(self.never_false(p) for p in parts)
        return False

    @staticmethod
    def decides(base: _Result, true: _Result, false: _Result, shown: _Result, is_open: bool) -> bool:
        """Whether something comes out differently with the atom true and false, and the example shows one of the two."""
        for now, a, b, c in zip(base[0], true[0], false[0], shown[0], strict=True):
            if a != b and now == c and (is_open or a in _DEFINITE or b in _DEFINITE):
                return True
        if any(
            a != b and now == c for now, a, b, c in zip(base[2], true[2], false[2], shown[2], strict=True)
        ):
            return True
        return any(
            a is not b and now is c for now, a, b, c in zip(base[1], true[1], false[1], shown[1], strict=True)
        )

    def edge(self, node: Node, example: Example) -> None:
        """Notes an example that stands on the last or first day of a look-back or age."""
        if not isinstance(node, Compare):
            return
        left, right = compile_truth(node.left), compile_truth(node.right)
        truth = compile_truth(node)
        x = self.plain.view(example.case)
        for charge in self.charges_for(node, x):
            a, b = left(x, charge), right(x, charge)
            step = timedelta(days=1) if isinstance(a, date) else 1
            if (
                a is not None
                and b is not None
                and (a == b or (not isinstance(a, str) and abs(a - b) <= step))
            ):
                self.edges.add((id(node), bool(truth(x, charge))))

    @staticmethod
    def charges_for(node: Node, x: View) -> list[dict[str, object]]:
        of_charge = any(isinstance(n, Ref) and n.fact.of_charge for n in walk(node))
        return list(x.charges or []) if of_charge else [{}]

    def list_entries(self, example: Example, area: tuple[str, ...]) -> None:
        for charge in example.case.charges or []:
            statute = charge.get("statute")
            cited = self.lawbook.codes.read(statute, example.case.reading_state) if statute else None
            for offences in self.lawbook.lists.values():
                if cited is not None:
                    for entry in offences.entries:
                        if entry.code is cited.code and entry.matches(cited.section) is True:
                            self.entries.add(id(entry))

    # ---------------------------------------------------------------------------------------------------------- reporting

    def report(self) -> Coverage:
        out = Coverage()
        for file in self.files:
            for provision in file.provisions:
                self.report_provision(out, file, provision)
            for offences in file.lists.values():
                for entry in offences.entries:
                    gap = f"{self.where(file, 1)}: list {offences.id}: no example with {entry}"
                    out.add("list entries", id(entry) in self.entries, gap)
        return out

    def report_provision(self, out: Coverage, file: LawFile, provision: Provision) -> None:
        where = f"{self.where(file, provision.line)}: {provision.id}"
        if isinstance(provision, Norm):
            wanted = "keeps an outcome unknown" if provision.open else "decides"
            out.add("norms", provision.key in self.decided, f"{where}: no example where it {wanted}")
            out.add("norms", provision.key in self.not_decided, f"{where}: no example where it does not")
        else:
            kind = type(provision).__name__.lower()
            for truth in (True, False):
                if truth is False and not provision.custodians and not self.atoms(provision):
                    continue
                word = "applies" if truth else "does not apply"
                out.add(
                    "duties and clocks",
                    (provision.key, truth) in self.in_effect,
                    f"{where}: no example where this {kind} {word}",
                )
        days = self.days.get(provision.proposal or provision.file, set())
        for day in (provision.span.start, provision.span.end):
            if day is not None and day.year > 1970:  # cases begin in 1970
                gap = f"{where}: no example on {day} or none on the day before"
                out.add("dates", day in days and day - timedelta(days=1) in days, gap)
        for use in self.atoms(provision):
            self.report_atom(out, use)

    def report_atom(self, out: Coverage, use: _Use) -> None:
        key = id(use.node)
        if key in self.reported:
            return
        self.reported.add(key)
        for truth in (True, False):
            gap = f"{use.where}: {use.owner} ({use.part}): '{show(use.node)}' decides nothing where it is {str(truth).lower()}"
            out.add("MC/DC", (key, truth) in self.flipped, gap)
        if isinstance(use.node, Compare) and _is_edge(use.node):
            for side in (True, False):
                gap = f"{use.where}: {use.owner}: no example at the edge of '{show(use.node)}' where it is {str(side).lower()}"
                out.add("look-backs", (key, side) in self.edges, gap)


def _is_edge(node: Compare) -> bool:
    types = {n.fact.type for n in walk(node) if isinstance(n, Ref)}
    return bool(types & {Type.DATE, Type.INSTANT, Type.INTEGER})


def measure(lawbook: Lawbook, examples: list[Example], only: str | None = None) -> Coverage:
    """What the examples cover of the lawbook, or of the files at or under one place."""
    chosen = [
        f
        for f in lawbook.files.values()
        if not only or f.name == only or f.name.startswith((only + "/", only + ":"))
    ]
    run = _Measure(lawbook, chosen)
    for example in examples:
        run.run(example)
    return run.report()
