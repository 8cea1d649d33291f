"""What keeps a condition unknown, without the facts that it rests on: the ``missing`` of its trace, at a fraction of the cost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from bailiwick.engine.condition import (
    AT,
    And,
    AnyCharge,
    Concept,
    Const,
    InList,
    Named,
    Node,
    Not,
    Or,
    Ref,
    Truth,
    View,
    compile_truth,
    walk,
)

#: A truth with the facts that keep it unknown in the place of None.
Gap: TypeAlias = bool | frozenset[str]
GapFn: TypeAlias = Callable[[View, Any], Gap]


def compile_gap(node: Node) -> GapFn:
    """The tree as a function of (view, charge) -> True, False, or the ``missing`` of its trace."""
    match node:
        case Const(value=value):
            return lambda x, c: value
        case And(parts=parts):
            return _gap_parts(tuple(compile_gap(p) for p in parts), decisive=False)
        case Or(parts=parts):
            return _gap_parts(tuple(compile_gap(p) for p in parts), decisive=True)
        case Not(inner=inner):
            run = compile_gap(inner)

            def negated(x: View, c: Any) -> Gap:
                t = run(x, c)
                return not t if t is True or t is False else t

            return negated
        case Named(concept=concept):
            return _gap_named(concept)
        case AnyCharge(inner=inner):
            return _gap_any(compile_gap(inner))
    return _gap_atom(node)


def _gap_parts(parts: tuple[GapFn, ...], *, decisive: bool) -> GapFn:
    def run(x: View, c: Any) -> Gap:
        missing: frozenset[str] | None = None
        for part in parts:
            t = part(x, c)
            if t is decisive:
                return decisive
            if t is not True and t is not False:
                missing = t if missing is None else missing | t
        return not decisive if missing is None else missing

    return run


def _gap_named(concept: Concept) -> GapFn:
    run = compile_gap(concept.tree)
    if concept.of_charge:
        return run
    key = f"{concept.file}:{concept.name}"

    def named(x: View, c: Any) -> Gap:
        found = x.gaps.get(key)
        if found is None:
            found = x.gaps[key] = run(x, c)
        return found

    return named


def _gap_any(inner: GapFn) -> GapFn:
    unknown, open_ended = frozenset(("charges",)), frozenset(("charges_complete",))

    def run(x: View, c: Any) -> Gap:
        if x.charges is None:
            return unknown
        missing: frozenset[str] | None = None if x.complete else open_ended
        for charge in x.charges:
            t = inner(x, charge)
            if t is True:
                return True
            if t is not False:
                missing = t if missing is None else missing | t
        return False if missing is None else missing

    return run


def _gap_atom(node: Node) -> GapFn:
    truth = compile_truth(node)
    refs = [n for n in walk(node) if isinstance(n, Ref) and n.fact is not AT]
    if isinstance(node, InList) or len(refs) == 1:  # unknown where its only fact is
        only = frozenset(("charges[].statute" if isinstance(node, InList) else refs[0].fact.name,))

        def alone(x: View, c: Any) -> Gap:
            t: Truth = truth(x, c)
            return only if t is None else t

        return alone
    each = tuple((frozenset((r.fact.name,)), compile_truth(r)) for r in refs)

    def several(x: View, c: Any) -> Gap:
        t: Truth = truth(x, c)
        return (
            t if t is not None else frozenset[str]().union(*(name for name, get in each if get(x, c) is None))
        )

    return several
