"""Conditions as SQL text: the same tree, the same three-valued truth, on DuckDB, Spark and PostgreSQL.

Case facts are columns (``request.kind`` is ``request_kind``), the local day is ``at_day``, instants are their local days
(``request_received_at_day``). ``any_charge`` becomes a column that ``bulk.py`` computes beforehand.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import field as data
from datetime import date
from typing import Any

from bailiwick.engine.condition import (
    AT,
    And,
    AnyCharge,
    Compare,
    Const,
    Has,
    InList,
    Named,
    Node,
    Not,
    OneOf,
    Or,
    Ref,
    Shift,
    walk,
)
from bailiwick.engine.facts import CHARGE_FACTS, Fact, Type


def quoted(value: Any) -> str:
    """A literal."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, date):
        return f"DATE '{value.isoformat()}'"
    if isinstance(value, int):
        return str(value)
    return "'" + str(value).replace("'", "''") + "'"


def column(fact: Fact) -> str:
    """The column of a case fact."""
    name = fact.name.replace(".", "_")
    return f"{name}_day" if fact.type is Type.INSTANT else name


@dataclass(slots=True)
class AnyColumn:
    """One ``any_charge(...)`` of the statement. ``asked``: its missing facts (column ``m<number>``) are wanted."""

    number: int
    inner: Node
    asked: bool = False

    @property
    def name(self) -> str:
        return f"any_{self.number}"


@dataclass(frozen=True, slots=True)
class HoistedAtom:
    """An atom of conditions on a charge: its column, its SQL, and what it is."""

    name: str
    sql: str
    node: Node


@dataclass(slots=True)
class Kept:
    """SQL that is a column of its own, worked out once however often it is asked.

    Attributes:
        letter: begins the names of the columns.
        names: SQL -> its column.
    """

    letter: str
    names: dict[str, str] = data(default_factory=dict)
    _levels: dict[str, int] = data(default_factory=dict)

    def name(self, text: str) -> str:
        """The column of a SQL text, which may read columns named before."""
        if text not in self.names:
            levels = (self._levels.get(name, 0) for name in self._read(text))
            name = f"{self.letter}{len(self.names)}"
            self._levels[name] = 1 + max(levels, default=0)
            self.names[text] = name
        return self.names[text]

    def _read(self, text: str) -> list[str]:
        return re.findall(rf"\b{self.letter}\d+\b", text)

    def stages(self) -> list[list[str]]:
        """The columns, each stage from the ones before."""
        out: list[list[str]] = [[] for _ in range(max(self._levels.values(), default=0))]
        for text, name in self.names.items():
            out[self._levels[name] - 1].append(f"{text} AS {name}")
        return out

    def write_in(self, texts: list[str]) -> list[str]:
        """Texts that read the columns, with those written in that are read but once; these are columns no more."""
        read = Counter(name for text in (*texts, *self.names) for name in self._read(text))
        written: dict[str, str] = {}

        def put(text: str) -> str:
            return re.sub(rf"\b{self.letter}\d+\b", lambda found: written.get(found[0], found[0]), text)

        names, self.names = self.names, {}
        for text, name in names.items():  # a text comes after the ones that it reads
            if read[name] > 1:
                self.names[put(text)] = name
            else:
                written[name] = f"({put(text)})"
        return [put(text) for text in texts]


@dataclass(slots=True)
class ConditionSql:
    """Writes conditions and collects what they need.

    Attributes:
        field: charge field -> SQL; ``mask``: SQL of a charge's list membership (bits of ``list_bits``).
        has: (list column, word) -> SQL.
        anys: text of an inner condition -> its column.
        instants: instants that conditions read; facts: case facts read; touched: numbers of the ``any_charge`` read.
        share: whether conditions on a case, and what keeps them unknown, are columns of their own: ``shared`` and ``unknown``.
        hoist: whether the atoms inside ``any_charge`` are columns of their own (see ``bulk_charges.py``), or written in place;
            hoisted: SQL of an atom -> that column; shifts: SQL of a day some time from a case's own -> its column.
        records: SQL of the bits of what the record of charges leaves open by itself -> its column.
    """

    field: Callable[[str], str]
    mask: str
    has: Callable[[str, str], str]
    list_bits: dict[str, int]
    hoist: bool = False
    hoisted: dict[str, HoistedAtom] = data(default_factory=dict)
    shifts: dict[str, str] = data(default_factory=dict)
    records: dict[str, str] = data(default_factory=dict)
    anys: dict[str, AnyColumn] = data(default_factory=dict)
    instants: set[str] = data(default_factory=set)
    facts: set[str] = data(default_factory=set)
    share: bool = False
    shared: Kept = data(default_factory=lambda: Kept("c"))
    unknown: Kept = data(default_factory=lambda: Kept("d"))
    touched: set[int] = data(default_factory=set)
    _hoisting: bool = False
    _in_charge: bool = False

    def sql(self, node: Node) -> str:
        if self._hoisting and isinstance(node, Compare | OneOf | Has | InList):
            with self.hoisting(False):
                text = self.inline(node)
            return self.hoisted_as(text, node)
        if isinstance(node, Compare | OneOf | Has | Not | And | Or):
            return self.shared_as(self.inline(node))
        return self.inline(node)

    def shared_as(self, text: str) -> str:
        """The column of a condition on a case, worked out once however often it is asked; its text where none is kept."""
        keeps = self.share and not self._in_charge and text != "TRUE"
        return self.shared.name(text) if keeps else text

    def while_unknown(self, node: str, bits: str) -> str:
        """Bits where a condition (its SQL) is unknown."""
        text = f"CASE WHEN {node} IS NULL THEN {bits} ELSE 0 END"
        return self.unknown.name(text) if self.share and not self._in_charge else text

    def hoisted_as(self, text: str, node: Node) -> str:
        """The column that stands for an atom inside ``any_charge``."""
        return self.hoisted.setdefault(text, HoistedAtom(f"a{len(self.hoisted)}", text, node)).name

    @contextmanager
    def hoisting(self, on: bool) -> Iterator[None]:
        before, self._hoisting = self._hoisting, on
        yield
        self._hoisting = before

    @contextmanager
    def in_charge(self) -> Iterator[None]:
        self._in_charge = True
        with self.hoisting(self.hoist):
            yield
        self._in_charge = False

    def of_charge(self, inner: Node) -> str:
        """What stands inside ``any_charge``."""
        with self.in_charge():
            return self.sql(inner)

    def missing_of_charge(self, inner: Node, bits: dict[str, int]) -> str:
        """As ``missing``, of what stands inside ``any_charge``."""
        with self.in_charge():
            return self.missing(inner, bits)

    def inline(self, node: Node) -> str:
        match node:
            case Const(value=value):
                return quoted(value)
            case Ref():
                return self.ref(node)
            case Shift(base=base, amount=n, unit=unit):
                sign = "-" if n < 0 else "+"
                text = f"CAST({self.inline(base)} {sign} INTERVAL '{abs(n)}' {unit} AS DATE)"
                if (
                    self.hoist
                    and isinstance(base, Ref)
                    and base.fill is None
                    and base.fact.name not in CHARGE_FACTS
                ):
                    return self.shifts.setdefault(text, f"day_{len(self.shifts)}")
                return text
            case Compare(op=op, left=left, right=right):
                return f"({self.inline(left)} {op} {self.inline(right)})"
            case OneOf(ref=ref, values=values):
                return f"({self.ref(ref)} IN ({', '.join(map(quoted, values))}))"
            case Has(value=value, ref=ref):
                self.facts.add(ref.fact.name)
                return self.has(column(ref.fact), value)
            case InList(list_id=name):
                bit = self.list_bits[name]
                true, unknown = 1 << (2 * bit), 2 << (2 * bit)
                return f"(CASE WHEN ({self.mask} & {unknown}) <> 0 THEN NULL ELSE ({self.mask} & {true}) <> 0 END)"
            case Named(concept=concept):
                return self.sql(concept.tree)
            case Not(inner=inner):
                return f"(NOT {self.sql(inner)})"
            case And(parts=parts):
                return "(" + " AND ".join(self.sql(p) for p in parts) + ")"
            case Or(parts=parts):
                return "(" + " OR ".join(self.sql(p) for p in parts) + ")"
            case AnyCharge(inner=inner):
                return self.any_column(inner).name
        raise TypeError(type(node))

    def ref(self, ref: Ref) -> str:
        fact = ref.fact
        if fact is AT:
            return "at_day"
        if fact.of_charge:
            name = self.field(fact.field)
        else:
            name = column(fact)
            self.facts.add(fact.name)
            if fact.type is Type.INSTANT:
                self.instants.add(fact.name)
        if self._hoisting:
            name = self.hoisted_as(name, Ref(fact))
        return name if ref.fill is None else f"COALESCE({name}, {self.sql(ref.fill)})"

    def any_column(self, inner: Node) -> AnyColumn:
        text = self.of_charge(inner)
        found = self.anys.get(text)
        if found is None:
            found = self.anys[text] = AnyColumn(len(self.anys), inner)
        self.touched.add(found.number)
        return found

    def may_miss(self, node: Node) -> set[str]:
        """Facts that could keep the node unknown."""
        match node:
            case Const():
                return set()
            case Not(inner=inner):
                return self.may_miss(inner)
            case Named(concept=concept):
                return self.may_miss(concept.tree)
            case And(parts=parts) | Or(parts=parts):
                return {fact for part in parts for fact in self.may_miss(part)}
            case AnyCharge(inner=inner):
                return {"charges", "charges_complete", *self.may_miss(inner)}
            case InList():
                return {"charges[].statute"}
        return {n.fact.name for n in walk(node) if isinstance(n, Ref) and n.fact is not AT}

    def missing(self, node: Node, bits: dict[str, int]) -> str:
        """Bits of the facts that keep the node unknown (as the trace of the single path finds them); ``0`` when none has one.

        ``bits``: fact -> its bit in the word that is being written.
        """
        match node:
            case Const():
                return "0"
            case Not(inner=inner):
                return self.missing(inner, bits)
            case Named(concept=concept):
                return self.missing(concept.tree, bits)
            case And(parts=parts) | Or(parts=parts):
                found = [m for p in parts if (m := self.missing(p, bits)) != "0"]
                return self.while_unknown(self.sql(node), " | ".join(found)) if found else "0"
            case AnyCharge(inner=inner):
                return self._missing_any(inner, bits)
            case InList():
                bit = bits.get("charges[].statute", 0)
                return self.while_unknown(self.sql(node), str(bit)) if bit else "0"
        refs = [n for n in walk(node) if isinstance(n, Ref) and n.fact is not AT]
        if len(refs) == 1:  # the atom is unknown where its only fact is
            only = bits.get(refs[0].fact.name)
            plain = isinstance(node, Compare | OneOf) and refs[0].fill is None and not self._in_charge
            asked = self.ref(refs[0]) if plain else self.sql(node)  # many atoms ask one fact
            return self.while_unknown(asked, str(only)) if only else "0"
        found = [
            self.while_unknown(self.alone(r), str(bits[r.fact.name])) for r in refs if r.fact.name in bits
        ]
        return self.while_unknown(self.sql(node), " | ".join(found)) if found else "0"

    def alone(self, ref: Ref) -> str:
        """A fact by itself."""
        with self.hoisting(False):
            text = self.ref(ref)
        return (
            self.hoisted_as(f"CASE WHEN {text} IS NOT NULL THEN TRUE END", Ref(ref.fact))
            if self._hoisting
            else text
        )

    def _missing_any(self, inner: Node, bits: dict[str, int]) -> str:
        column_ = self.any_column(inner)
        parts = []
        whole = bits.get("charges", 0), bits.get("charges_complete", 0)
        if any(whole):
            text = f"CASE WHEN NOT charges_known THEN {whole[0]} WHEN NOT charges_whole THEN {whole[1]} ELSE 0 END"
            parts.append(self.records.setdefault(text, f"record_{len(self.records)}"))
        if self.may_miss(inner) & set(bits):
            parts.append(f"m{column_.number}")  # 0 where no charges are known
            column_.asked = True
        return self.while_unknown(column_.name, " | ".join(parts)) if parts else "0"
