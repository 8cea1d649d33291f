"""Conditions as SQL text: the same tree, the same three-valued truth, on DuckDB, Spark and PostgreSQL.

Case facts are columns (``request.kind`` is ``request_kind``), the local day is ``at_day``, instants are their local days
(``request_received_at_day``). ``any_charge`` becomes a column that ``bulk.py`` computes beforehand.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
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
from bailiwick.engine.facts import Fact, Type


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
    """One ``any_charge(...)`` of the statement: its number, and the facts of a charge that may keep it unknown."""

    number: int
    inner: Node
    missing: dict[str, int] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"any_{self.number}"


@dataclass(slots=True)
class ConditionSql:
    """Writes conditions and collects what they need.

    Attributes:
        field: charge field -> SQL; ``mask``: SQL of a charge's list membership (bits of ``list_bits``).
        has: (list column, word) -> SQL.
        anys: text of an inner condition -> its column.
        instants: instants that conditions read; facts: case facts read.
    """

    field: Callable[[str], str]
    mask: str
    has: Callable[[str, str], str]
    list_bits: dict[str, int]
    anys: dict[str, AnyColumn] = field(default_factory=dict)
    instants: set[str] = field(default_factory=set)
    facts: set[str] = field(default_factory=set)

    def sql(self, node: Node) -> str:
        match node:
            case Const(value=value):
                return quoted(value)
            case Ref():
                return self.ref(node)
            case Shift(base=base, amount=n, unit=unit):
                sign = "-" if n < 0 else "+"
                return f"CAST({self.sql(base)} {sign} INTERVAL '{abs(n)}' {unit} AS DATE)"
            case Compare(op=op, left=left, right=right):
                return f"({self.sql(left)} {op} {self.sql(right)})"
            case OneOf(ref=ref, values=values):
                return f"({self.sql(ref)} IN ({', '.join(map(quoted, values))}))"
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
        return name if ref.fill is None else f"COALESCE({name}, {self.sql(ref.fill)})"

    def any_column(self, inner: Node) -> AnyColumn:
        text = self.sql(inner)
        found = self.anys.get(text)
        if found is None:
            found = self.anys[text] = AnyColumn(len(self.anys), inner)
        return found

    def missing(self, node: Node) -> dict[str, list[str]]:
        """Fact -> conditions under which it keeps the node unknown (any one of them suffices)."""
        out: dict[str, list[str]] = {}
        match node:
            case Const():
                return {}
            case Not(inner=inner):
                return self.missing(inner)
            case Named(concept=concept):
                return self.missing(concept.tree)
            case And(parts=parts) | Or(parts=parts):
                here = f"{self.sql(node)} IS NULL"
                for part in parts:
                    for fact, conditions in self.missing(part).items():
                        out.setdefault(fact, []).extend(f"({here} AND {c})" for c in conditions)
                return out
            case AnyCharge(inner=inner):
                column_ = self.any_column(inner)
                unknown = f"{column_.name} IS NULL"
                out["charges"] = [f"({unknown} AND charges_known = FALSE)"]
                out["charges_complete"] = [f"({unknown} AND charges_known AND NOT charges_whole)"]
                for fact in self.missing(inner):
                    bit = column_.missing.setdefault(fact, -1)
                    del bit
                    out[fact] = [f"({unknown} AND charges_known AND {{any:{column_.number}:{fact}}})"]
                return out
            case InList():
                return {"charges[].statute": [f"{self.sql(node)} IS NULL"]}
        truth = self.sql(node)
        for ref in walk(node):
            if isinstance(ref, Ref) and ref.fact is not AT:
                out.setdefault(ref.fact.name, []).append(f"({truth} IS NULL AND {self.ref(ref)} IS NULL)")
        return out
