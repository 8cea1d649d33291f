"""Condition text -> checked tree -> truth, with a trace.

The language is SQL's boolean expressions, parsed by sqlglot, over the names of ``facts.py``; SQL's three-valued logic is
the logic of unknown facts (Kleene). Two functions are ours: ``any_charge(condition)`` and ``in_list(statute, 'list')``.
Truth is ``True``, ``False`` or ``None`` (unknown). ``condition_sql.py`` writes the same tree as SQL.
"""

from __future__ import annotations

import operator
from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias, TypeVar

from bailiwick.engine.facts import CASE_FACTS, CHARGE_FACTS, FACTS, Fact, Type, nearest

Truth: TypeAlias = bool | None


class ConditionError(ValueError):
    """A condition that cannot be read. The message says what was found and what was expected."""


# ---------------------------------------------------------------------------------------------------------------- tree


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """Part of a condition."""


@dataclass(frozen=True, slots=True, eq=False)
class Const(Node):
    """TRUE or FALSE, or a literal value beside a comparison."""

    value: Any
    type: Type


TRUE = Const(True, Type.BOOLEAN)
FALSE = Const(False, Type.BOOLEAN)


@dataclass(frozen=True, slots=True, eq=False)
class Ref(Node):
    """A fact, or ``at`` (the local day of the decision)."""

    fact: Fact
    fill: Node | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Shift(Node):
    """A day moved by calendar years, months or days: ``at - INTERVAL '5' YEAR``."""

    base: Node
    amount: int
    unit: str


@dataclass(frozen=True, slots=True, eq=False)
class Compare(Node):
    op: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True, eq=False)
class OneOf(Node):
    ref: Ref
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Has(Node):
    """``'x' = ANY(list fact)``."""

    value: str
    ref: Ref


@dataclass(frozen=True, slots=True, eq=False)
class InList(Node):
    """The statute (or code) of a charge stands in a list of offences."""

    list_id: str


@dataclass(frozen=True, slots=True, eq=False)
class AnyCharge(Node):
    inner: Node


@dataclass(frozen=True, slots=True, eq=False)
class Named(Node):
    """A concept, by name."""

    concept: Concept


@dataclass(frozen=True, slots=True, eq=False)
class Not(Node):
    inner: Node


@dataclass(frozen=True, slots=True, eq=False)
class And(Node):
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Or(Node):
    parts: tuple[Node, ...]


@dataclass(slots=True, eq=False)
class Concept:
    """A named condition of a law file.

    ``of_charge``: its bare names are fields of a charge, so it may stand only inside ``any_charge``.
    """

    name: str
    file: str
    says: str
    text: str
    tree: Node = field(default_factory=lambda: TRUE)
    of_charge: bool = False
    used: bool = False


AT = Fact("at", Type.DATE, "the local day of the decision", "the clock at the edge")

Atom: TypeAlias = Compare | OneOf | Has | InList | Ref | AnyCharge | Named


def walk(node: Node) -> Iterator[Node]:
    """Every node of the tree, outermost first; does not enter concepts."""
    yield node
    match node:
        case Shift(base=inner) | AnyCharge(inner=inner) | Not(inner=inner):
            yield from walk(inner)
        case Compare(left=left, right=right):
            yield from walk(left)
            yield from walk(right)
        case And(parts=parts) | Or(parts=parts):
            for part in parts:
                yield from walk(part)
        case OneOf(ref=ref) | Has(ref=ref):
            yield from walk(ref)


def atoms(node: Node) -> Iterator[Node]:
    """The smallest parts with a truth of their own, in reading order; those inside ``any_charge`` included."""
    match node:
        case Not(inner=inner) | AnyCharge(inner=inner):
            yield from atoms(inner)
        case And(parts=parts) | Or(parts=parts):
            for part in parts:
                yield from atoms(part)
        case Compare() | OneOf() | Has() | InList() | Named() | Ref():
            yield node


def asks_charges(node: Node) -> bool:
    """Whether an ``any_charge`` stands in it, or in a concept or fill that it uses."""
    for part in walk(node):
        match part:
            case AnyCharge():
                return True
            case Named(concept=concept) if asks_charges(concept.tree):
                return True
            case Ref(fill=Node() as fill) if asks_charges(fill):
                return True
    return False


def show(node: Node) -> str:
    """The condition as text again (for messages and coverage reports)."""
    match node:
        case Const(value=value, type=kind):
            if kind is Type.DATE:
                return f"DATE '{value}'"
            return str(value).upper() if kind is Type.BOOLEAN else repr(value)
        case Ref(fact=fact):
            return fact.field
        case Shift(base=base, amount=n, unit=unit):
            return f"{show(base)} {'-' if n < 0 else '+'} INTERVAL '{abs(n)}' {unit}"
        case Compare(op=op, left=left, right=right):
            return f"{show(left)} {op} {show(right)}"
        case OneOf(ref=ref, values=values):
            return f"{show(ref)} IN ({', '.join(map(repr, values))})"
        case Has(value=value, ref=ref):
            return f"'{value}' = ANY({show(ref)})"
        case InList(list_id=name):
            return f"in_list(statute, '{name}')"
        case AnyCharge(inner=inner):
            return f"any_charge({show(inner)})"
        case Named(concept=concept):
            return concept.name
        case Not(inner=inner):
            return f"NOT {show(inner) if not isinstance(inner, And | Or) else f'({show(inner)})'}"
        case And(parts=parts):
            return " AND ".join(f"({show(p)})" if isinstance(p, Or) else show(p) for p in parts)
        case Or(parts=parts):
            return " OR ".join(show(p) for p in parts)
    raise TypeError(type(node))


# --------------------------------------------------------------------------------------------------------------- parse


class Names(NamedTuple):
    """What a condition of one law file may refer to."""

    concepts: Mapping[str, Concept]
    lists: Mapping[str, Any]
    fills: Mapping[str, Node]


def parse(text: str, names: Names, *, in_charge: bool = False) -> tuple[Node, bool]:
    """Read a condition.

    Returns the checked tree and whether bare charge fields stand outside ``any_charge`` (a charge-level concept).
    Raises ConditionError naming the part that is wrong and the nearest right name.
    """
    reader = _Reader(names, in_charge)
    try:
        node = reader.boolean(_sql_tree(text))
    except RecursionError:
        raise ConditionError("nested too deeply: give parts of it a name (a concept)") from None
    return node, reader.used_charge_fields


@lru_cache(maxsize=4096)
def _sql_tree(text: str) -> Any:
    from sqlglot import parse_one
    from sqlglot.errors import SqlglotError

    try:
        return parse_one(text)
    except SqlglotError as error:
        first = str(error).splitlines()[0]
        raise ConditionError(f"not a SQL condition: {first}") from None


def _name(e: Any) -> str:
    """A column's name as written."""
    return ".".join(part.name for part in e.parts)


_OPS = {"EQ": "=", "NEQ": "<>", "LT": "<", "LTE": "<=", "GT": ">", "GTE": ">="}
_ORDERED = (Type.INTEGER, Type.DATE, Type.INSTANT)
_FARTHEST = {"YEAR": 200, "MONTH": 2400, "DAY": 73_050}


_Ref = TypeVar("_Ref", Named, Ref)


class _Reader:
    def __init__(self, names: Names, in_charge: bool) -> None:
        self.names = names
        self.in_charge = in_charge
        self.inside = in_charge
        self.used_charge_fields = False

    def boolean(self, e: Any) -> Node:
        kind = type(e).__name__
        match kind:
            case "Paren":
                return self.boolean(e.this)
            case "And" | "Or":
                parts: list[Node] = []
                for side in (e.this, e.expression):
                    node = self.boolean(side)
                    same = And if kind == "And" else Or
                    parts.extend(node.parts if isinstance(node, same) else (node,))
                return And(tuple(parts)) if kind == "And" else Or(tuple(parts))
            case "Not":
                return Not(self.boolean(e.this))
            case "Boolean":
                return TRUE if e.this else FALSE
            case "In":
                return self.one_of(e)
            case "Between" if not e.args.get("symmetric"):
                return And(
                    (
                        self.compare(">=", e.this, e.args["low"]),
                        self.compare("<=", e.this, e.args["high"]),
                    )
                )
            case "Column":
                return self.bare(e)
            case "Anonymous":
                return self.function(e)
        if kind in _OPS:
            if type(e.expression).__name__ == "Any" and kind == "EQ":
                return self.has(e)
            return self.compare(_OPS[kind], e.this, e.expression)
        raise ConditionError(
            f"'{e.sql()}' is not allowed here (expected AND, OR, NOT, a comparison, IN, BETWEEN, a boolean fact, "
            "any_charge(...), in_list(...), or a concept)"
        )

    def bare(self, e: Any) -> Node:
        name = _name(e)
        if name in self.names.concepts:
            concept = self.names.concepts[name]
            concept.used = True
            if concept.of_charge and not self.inside:
                self.used_charge_fields = True
            return self.one_record(Named(concept), name)
        ref = self.ref(e)
        if ref.fact.type is not Type.BOOLEAN:
            raise ConditionError(f"'{name}' is {ref.fact.type}, not boolean: compare it with a value")
        return ref

    def ref(self, e: Any) -> Ref:
        if type(e).__name__ == "Paren":
            return self.ref(e.this)
        if type(e).__name__ != "Column":
            raise ConditionError(f"'{e.sql()}': expected the name of a fact")
        name = _name(e)
        if name == "at":
            return Ref(AT)
        if name == "charges_complete":
            raise ConditionError(
                "'charges_complete' says how far any_charge(...) can be known; it is no fact of the law"
            )
        if name in FACTS and not FACTS[name].of_charge:
            return self.one_record(Ref(FACTS[name], self.names.fills.get(name)), name)
        if name in CHARGE_FACTS:
            if not self.inside:
                self.used_charge_fields = True
            fact = CHARGE_FACTS[name]
            return Ref(fact, self.names.fills.get(fact.name))
        known = [*(f.name for f in CASE_FACTS), *CHARGE_FACTS, *self.names.concepts, "at"]
        raise ConditionError(f"unknown fact or concept '{name}'{nearest(name, known)}")

    def one_record(self, node: _Ref, name: str) -> _Ref:
        """The node, unless it would look through all charges while one of them is looked at."""
        if self.inside and asks_charges(node):
            raise ConditionError(f"any_charge inside any_charge ('{name}' stands for one)")
        return node

    def value(self, e: Any) -> tuple[Node, Type]:
        kind = type(e).__name__
        if kind == "Paren":
            return self.value(e.this)
        if kind == "Literal" and e.is_string:
            return Const(e.this, Type.TEXT), Type.TEXT
        if kind == "Literal" or (kind == "Neg" and type(e.this).__name__ == "Literal"):
            digits = str(e.this if kind == "Literal" else e.this.this)
            if not digits.isdecimal() or int(digits) >= 2**31:
                raise ConditionError(f"'{e.sql()}': expected a whole number")
            return Const(int(digits) if kind == "Literal" else -int(digits), Type.INTEGER), Type.INTEGER
        if kind == "Cast" and type(e.this).__name__ == "Literal" and e.to.sql() == "DATE":
            text = str(e.this.this)
            try:
                return Const(date.fromisoformat(text), Type.DATE), Type.DATE
            except ValueError:
                raise ConditionError(f"'{text}' is not a date like 2018-01-04") from None
        if kind in ("Sub", "Add"):
            base, base_type = self.value(e.this)
            step = e.expression
            if base_type is not Type.DATE or type(step).__name__ != "Interval":
                raise ConditionError(
                    f"'{e.sql()}': expected a day plus or minus INTERVAL 'n' YEAR, MONTH or DAY"
                )
            unit = str(step.args.get("unit") or "").upper()
            if unit not in _FARTHEST or not str(step.this.this).isdecimal():
                raise ConditionError(f"'{step.sql()}': expected INTERVAL 'n' YEAR, MONTH or DAY")
            n = int(step.this.this)
            if n > _FARTHEST[unit]:
                raise ConditionError(f"'{step.sql()}': more than two hundred years")
            return Shift(base, -n if kind == "Sub" else n, unit), Type.DATE
        ref = self.ref(e)
        return ref, Type.DATE if ref.fact.type is Type.INSTANT else ref.fact.type

    def compare(self, op: str, left_e: Any, right_e: Any) -> Node:
        left, left_type = self.value(left_e)
        right, right_type = self.value(right_e)
        if Type.BOOLEAN in (left_type, right_type):
            raise ConditionError(
                f"'{left_e.sql()} {op} {right_e.sql()}': write a boolean fact alone, or NOT before it"
            )
        if left_type is not right_type:
            raise ConditionError(
                f"'{left_e.sql()} {op} {right_e.sql()}' compares {left_type} with {right_type}"
            )
        if op not in ("=", "<>") and left_type not in _ORDERED:
            raise ConditionError(f"'{left_e.sql()} {op} {right_e.sql()}': {left_type} has no order")
        for a, b in ((left, right), (right, left)):
            if isinstance(a, Ref) and isinstance(b, Const):
                self.check_word(a.fact, b.value)
        return Compare(op, left, right)

    def one_of(self, e: Any) -> Node:
        ref = self.ref(e.this)
        values = []
        for item in e.expressions:
            node, kind = self.value(item)
            if (
                not isinstance(node, Const)
                or kind is not ref.fact.type
                or kind not in (Type.TEXT, Type.INTEGER)
            ):
                raise ConditionError(f"'{e.sql()}': expected a list of {ref.fact.type} values")
            self.check_word(ref.fact, node.value)
            values.append(node.value)
        if not values:
            raise ConditionError(f"'{e.sql()}': expected IN ('a', 'b')")
        return OneOf(ref, tuple(values))

    def has(self, e: Any) -> Node:
        ref = self.ref(e.expression.this)
        literal = e.this
        if ref.fact.type is not Type.TEXTS or type(literal).__name__ != "Literal":
            raise ConditionError(f"'{e.sql()}': expected 'word' = ANY(a list fact)")
        self.check_word(ref.fact, literal.this)
        return Has(literal.this, ref)

    def check_word(self, fact: Fact, word: Any) -> None:
        if fact.values and word not in fact.values:
            raise ConditionError(f"'{word}' is not a value of {fact.name}{nearest(str(word), fact.values)}")

    def function(self, e: Any) -> Node:
        name = str(e.this).lower()
        args = e.expressions
        if name == "any_charge" and len(args) == 1:
            if self.inside:
                raise ConditionError("any_charge inside any_charge")
            self.inside = True
            inner = self.boolean(args[0])
            self.inside = self.in_charge
            return AnyCharge(inner)
        if name == "in_list" and len(args) == 2:
            if not self.inside:
                self.used_charge_fields = True
            if args[0].sql() != "statute" or type(args[1]).__name__ != "Literal":
                raise ConditionError(f"'{e.sql()}': expected in_list(statute, 'name of a list')")
            list_id = args[1].this
            if list_id not in self.names.lists:
                raise ConditionError(f"unknown list '{list_id}'{nearest(list_id, self.names.lists)}")
            self.names.lists[list_id].used = True
            return InList(list_id)
        raise ConditionError(
            f"'{e.sql()}': only any_charge(condition) and in_list(statute, 'list') are functions here"
        )


# --------------------------------------------------------------------------------------------------------------- truth


class View:
    """What the law sees of one case: facts by name, with instants as local days of the place.

    Attributes:
        facts: name -> value; absent means unknown. ``at`` is the local day.
        charges: the charges (field -> value), or None when unknown.
        complete: whether the charges are the whole record.
        member: asks whether a charge stands in a list of offences.
        memo: truth of concepts already asked; traces: their traces; gaps: what keeps them unknown.
    """

    __slots__ = ("charges", "complete", "facts", "gaps", "member", "memo", "traces")

    def __init__(
        self,
        facts: dict[str, Any],
        charges: list[dict[str, Any]] | None,
        complete: bool,
        member: Callable[[str, dict[str, Any]], Truth],
    ) -> None:
        self.facts = facts
        self.charges = charges
        self.complete = complete
        self.member = member
        self.memo: dict[str, Truth] = {}
        self.traces: dict[str, Trace] = {}
        self.gaps: dict[str, bool | frozenset[str]] = {}


Charge: TypeAlias = dict[str, Any] | None
Fn: TypeAlias = Callable[[View, Any], Any]
Probe: TypeAlias = dict[int, bool]

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def shift_day(day: date, amount: int, unit: str) -> date:
    """Calendar arithmetic as SQL does it: a day that does not exist becomes the last of its month."""
    if unit == "DAY":
        return day + timedelta(days=amount)
    months = day.year * 12 + day.month - 1 + amount * (12 if unit == "YEAR" else 1)
    year, month = divmod(months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _and(parts: tuple[Fn, ...]) -> Fn:
    def run(x: View, c: Any) -> Truth:
        result: Truth = True
        for part in parts:
            t = part(x, c)
            if t is False:
                return False
            if t is None:
                result = None
        return result

    return run


def _or(parts: tuple[Fn, ...]) -> Fn:
    def run(x: View, c: Any) -> Truth:
        result: Truth = False
        for part in parts:
            t = part(x, c)
            if t is True:
                return True
            if t is None:
                result = None
        return result

    return run


def compile_truth(node: Node, probe: Probe | None = None) -> Fn:
    """The tree as a function of (view, charge) -> truth.

    ``probe``: atom id -> forced truth, read at each call; used to measure whether an atom matters (MC/DC).
    """
    run = _compile(node, probe)
    if probe is None or not isinstance(node, Compare | OneOf | Has | InList | Named | Ref):
        return run
    key = id(node)
    return lambda x, c: probe[key] if key in probe else run(x, c)


def _compile(node: Node, probe: Probe | None) -> Fn:
    match node:
        case Const(value=value):
            return lambda x, c: value
        case Ref(fact=fact, fill=fill):
            return _ref(fact, compile_truth(fill, probe) if fill else None)
        case Shift(base=base, amount=n, unit=unit):
            inner = _compile(base, probe)

            def shifted(x: View, c: Any) -> date | None:
                day = inner(x, c)
                return None if day is None else shift_day(day, n, unit)

            return shifted
        case Compare(op=op, left=left, right=right):
            return _comparison(_COMPARE[op], left, right, probe)
        case OneOf(ref=ref, values=values):
            get, wanted = _compile(ref, probe), frozenset(values)

            def one_of(x: View, c: Any) -> Truth:
                v = get(x, c)
                return None if v is None else v in wanted

            return one_of
        case Has(value=value, ref=ref):
            get_list = _compile(ref, probe)

            def has(x: View, c: Any) -> Truth:
                v = get_list(x, c)
                return None if v is None else value in v

            return has
        case InList(list_id=name):
            return lambda x, c: x.member(name, c)
        case Named(concept=concept):
            return _named(concept, probe)
        case Not(inner=inner_node):
            run = compile_truth(inner_node, probe)

            def negated(x: View, c: Any) -> Truth:
                t = run(x, c)
                return None if t is None else not t

            return negated
        case And(parts=parts):
            return _and(tuple(compile_truth(p, probe) for p in parts))
        case Or(parts=parts):
            return _or(tuple(compile_truth(p, probe) for p in parts))
        case AnyCharge(inner=inner_node):
            each = compile_truth(inner_node, probe)

            def any_charge(x: View, c: Any) -> Truth:
                if x.charges is None:
                    return None
                result: Truth = False if x.complete else None
                for charge in x.charges:
                    t = each(x, charge)
                    if t is True:
                        return True
                    if t is None:
                        result = None
                return result

            return any_charge
    raise TypeError(type(node))


def _ref(fact: Fact, fill: Fn | None) -> Fn:
    name = fact.field if fact.of_charge else fact.name
    if fact.of_charge:
        if fill is None:
            return lambda x, c: c.get(name)

        def filled_charge(x: View, c: Any) -> Any:
            v = c.get(name)
            return fill(x, c) if v is None else v

        return filled_charge
    if fill is None:
        return lambda x, c: x.facts.get(name)

    def filled(x: View, c: Any) -> Any:
        v = x.facts.get(name)
        return fill(x, c) if v is None else v

    return filled


def _comparison(test: Callable[[Any, Any], bool], left: Node, right: Node, probe: Probe | None) -> Fn:
    get = _compile(left, probe)
    if isinstance(right, Const):
        constant = right.value

        def with_constant(x: View, c: Any) -> Truth:
            v = get(x, c)
            return None if v is None else test(v, constant)

        return with_constant
    other = _compile(right, probe)

    def with_other(x: View, c: Any) -> Truth:
        a = get(x, c)
        if a is None:
            return None
        b = other(x, c)
        return None if b is None else test(a, b)

    return with_other


def _named(concept: Concept, probe: Probe | None) -> Fn:
    run = compile_truth(concept.tree, probe)
    if concept.of_charge:
        return run
    key = f"{concept.file}:{concept.name}"

    def named(x: View, c: Any) -> Truth:
        memo = x.memo
        if key in memo:
            return memo[key]
        t: Truth = run(x, c)
        memo[key] = t
        return t

    return named


# --------------------------------------------------------------------------------------------------------------- trace


class Trace(NamedTuple):
    """Why a condition has its truth.

    Attributes:
        truth: True, False or None.
        used: facts the truth rests on, name -> value (``charges[0].status`` for a field of the first charge).
        missing: names of the facts that keep it unknown (empty unless truth is None).
    """

    truth: Truth
    used: dict[str, Any]
    missing: frozenset[str]


_NOTHING: frozenset[str] = frozenset()
TraceFn: TypeAlias = Callable[[View, Any, int], Trace]


def compile_trace(node: Node) -> TraceFn:
    """The tree as a function of (view, charge, index of the charge) -> Trace."""
    match node:
        case Const(value=value):
            constant = Trace(value, {}, _NOTHING)
            return lambda x, c, i: constant
        case And(parts=parts):
            return _trace_parts(tuple(compile_trace(p) for p in parts), decisive=False)
        case Or(parts=parts):
            return _trace_parts(tuple(compile_trace(p) for p in parts), decisive=True)
        case Not(inner=inner):
            run = compile_trace(inner)

            def negated(x: View, c: Any, i: int) -> Trace:
                t = run(x, c, i)
                return t if t.truth is None else Trace(not t.truth, t.used, t.missing)

            return negated
        case Named(concept=concept):
            return _trace_named(concept)
        case AnyCharge(inner=inner):
            return _trace_any(compile_trace(inner), compile_truth(inner))
    return _trace_atom(node)


def _trace_named(concept: Concept) -> TraceFn:
    run = compile_trace(concept.tree)
    if concept.of_charge:
        return run
    key = f"{concept.file}:{concept.name}"

    def named(x: View, c: Any, i: int) -> Trace:
        found = x.traces.get(key)
        if found is None:
            found = x.traces[key] = run(x, c, i)
        return found

    return named


def _trace_parts(parts: tuple[TraceFn, ...], *, decisive: bool) -> TraceFn:
    """AND (a False decides) or OR (a True decides)."""

    def run(x: View, c: Any, i: int) -> Trace:
        used: dict[str, Any] = {}
        missing = _NOTHING
        unknown = False
        for part in parts:
            t = part(x, c, i)
            if t.truth is decisive:
                return t
            if t.truth is None:
                unknown = True
                missing |= t.missing
            used.update(t.used)
        return Trace(None if unknown else not decisive, used, missing)

    return run


def _trace_any(inner: TraceFn, truth: Fn) -> TraceFn:
    def run(x: View, c: Any, i: int) -> Trace:
        if x.charges is None:
            return Trace(None, {}, frozenset(("charges",)))
        missing = _NOTHING
        unknown = not x.complete
        if unknown:
            missing = frozenset(("charges_complete",))
        for index, charge in enumerate(x.charges):
            t = truth(x, charge)
            if t is True:
                return Trace(True, inner(x, charge, index).used, _NOTHING)
            if t is None:
                unknown = True
                missing |= inner(x, charge, index).missing
        if unknown:
            return Trace(None, {}, missing)
        return Trace(
            False, {"charges": f"none of {len(x.charges)} matches" if x.charges else "none"}, _NOTHING
        )

    return run


def _trace_atom(node: Node) -> TraceFn:
    truth = compile_truth(node)
    refs = tuple((n.fact, compile_truth(n)) for n in walk(node) if isinstance(n, Ref) and n.fact is not AT)
    if isinstance(node, InList):
        refs = ((CHARGE_FACTS["statute"], lambda x, c: c.get("statute") or c.get("code")),)
        in_list = True
    else:
        in_list = False

    def run(x: View, c: Any, i: int) -> Trace:
        t = truth(x, c)
        used: dict[str, Any] = {}
        missing = []
        for fact, get in refs:
            v = get(x, c)
            if v is None or (in_list and t is None):
                missing.append(fact.name)
            if v is not None:
                used[f"charges[{i}].{fact.field}" if fact.of_charge else fact.name] = v
        return Trace(t, used, frozenset(missing) if t is None else _NOTHING)

    return run
