"""Which detainers the same law decides in both answers of a what-if, from the same facts: then the answer is one, whatever the
facts that nobody knows.

An outcome is made from the norms in force by what each may and surely does (`engine.decide`), so it is the same where

1. the same norms have a say: the same versions, of the action that is asked or overriding one of those, after those are left out
   that cannot take effect with what is known. Such a one counts for nothing in whichever way the rest turns out; a draft is the
   same draft on both sides, whatever the text turns out to be; and
2. they find the same facts. A fact that is told or supposed is the same in both answers. So is one that is not known, unless the
   other law moves the day or the place and the fact may be another there (`_stays`).

What cannot be shown so is not taken as the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from bailiwick.engine.condition import (
    And,
    AnyCharge,
    Compare,
    Has,
    InList,
    Named,
    Node,
    Not,
    OneOf,
    Or,
    Ref,
    Shift,
    View,
)
from bailiwick.engine.decide import NormRule, both, decider
from bailiwick.engine.facts import FACTS, NOTICE_ONLY_FORMS, Fact, Type
from bailiwick.engine.lawbook import InForce, Lawbook
from bailiwick.engine.norm import Effect
from bailiwick.engine.places import Place
from bailiwick.evidence.asif import ASKED, AsIf
from bailiwick.evidence.columns import literal, literals
from bailiwick.evidence.deciding import table

if TYPE_CHECKING:
    import duckdb

#: Facts that are counted to the day of the decision, besides days themselves.
COUNTED = ("person.age", "charges[].look_back_tolled")
#: Facts of the agency that holds the person, besides those of the groups `agency` and `release`.
OF_THE_AGENCY = ("person.gang_database",)
#: What is asked for, as the engine reads it: these forms ask for notice alone.
_KIND = (
    f"CASE WHEN d.kind = 'immigration_detainer' AND d.form IN ({literals(NOTICE_ONLY_FORMS)}) "
    "THEN 'release_notification_request' ELSE d.kind END"
)
#: What a row tells, as SQL. Convictions that it names are left out: less is then shown to be the same, never more.
_KNOWN = {"custodian": "d.custodian", "request.kind": _KIND, "person.final_order": "d.final_order"}


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two laws that decide the same detainers.

    Attributes:
        own, other: what is in force.
        place, state: whether the other is that of another place, and of another state.
    """

    own: InForce
    other: InForce
    place: bool
    state: bool


def same_law(
    connection: duckdb.DuckDBPyConnection, book: Lawbook, source: str, as_if: AsIf
) -> tuple[str, str]:
    """Make what tells of each row `d` of a table of detainers whether the same law decides it in both answers from the same
    facts. Returns the joins to `d`, and the test, which is never null."""
    pairs, spans = _pairs(connection, book, source, as_if)
    table(
        connection,
        "same_spans",
        {"place": "VARCHAR", "since": "DATE", "until": "DATE", "pair": "INTEGER"},
        spans,
    )
    joined = "same_spans s ON s.place = d.place AND d.day >= s.since AND d.day < s.until"
    asked = " ".join(f"WHEN {literal(kind)} THEN {literal(action)}" for kind, action in ASKED.items())
    keys = {"action": f"CASE d.kind {asked} ELSE 'hold' END"}
    keys |= {fact.replace(".", "_"): sql for fact, sql in _KNOWN.items()}
    found = connection.execute(
        f"SELECT DISTINCT s.pair, {', '.join(keys.values())} FROM {source} d JOIN {joined}"
    ).fetchall()
    says = _Says(book, connection, as_if)
    rows = [
        (number, *known, says.same(pairs[number], known, day=bool(as_if.on)), says.same(pairs[number], known))
        for number, *known in found
    ]
    columns = {"pair": "INTEGER", **dict.fromkeys(keys, "VARCHAR"), "person_final_order": "BOOLEAN"}
    table(connection, "same_known", {**columns, "any_day": "BOOLEAN", "same_day": "BOOLEAN"}, rows)
    alike = " AND ".join(f"k.{name} IS NOT DISTINCT FROM {sql}" for name, sql in keys.items())
    on = f"d.day = DATE {literal(as_if.on.isoformat())}" if as_if.on else "TRUE"
    return (
        f"LEFT JOIN {joined} LEFT JOIN same_known k ON k.pair = s.pair AND {alike}",
        f"coalesce(k.any_day OR (k.same_day AND {on}), FALSE)",
    )


def _pairs(
    connection: duckdb.DuckDBPyConnection, book: Lawbook, source: str, as_if: AsIf
) -> tuple[list[_Pair], list[tuple[str, date, date, int]]]:
    """Every two laws that decide a detainer of the table, and where and when they do."""
    numbers: dict[tuple[int, int, bool, bool], int] = {}
    pairs: list[_Pair] = []
    spans = []
    for (path,) in connection.execute(f"SELECT DISTINCT place FROM {source}").fetchall():
        own = book.places.get(path)
        other = _other(book, own, as_if)
        area, beside = book.area(own.path), book.area(other.path, as_if.proposals)
        days = {*book.boundaries(area), *(() if as_if.on else book.boundaries(beside))}
        for since, until in pairwise([date.min, *sorted(days), date.max]):
            pair = _Pair(
                book.in_force(area, since),
                book.in_force(beside, as_if.on or since),
                other != own,
                other.state != own.state,
            )
            key = (id(pair.own), id(pair.other), pair.place, pair.state)
            if key not in numbers:
                numbers[key] = len(pairs)
                pairs.append(pair)
            spans.append((path, since, until, numbers[key]))
    return pairs, spans


def _other(book: Lawbook, own: Place, as_if: AsIf) -> Place:
    there = as_if.place
    inside = there is None or own.path == there or own.path.startswith(f"{there}/")
    return own if inside else book.places.get(there or "")


class _Says:
    """Whether two laws are the same to a detainer, of which only so much is known."""

    def __init__(self, book: Lawbook, connection: duckdb.DuckDBPyConnection, as_if: AsIf) -> None:
        self.rule = decider(book).rule
        supposed = {fact: sql for fact, sql in as_if.supposed if fact != "charges"}
        self.no_charges = len(supposed) < len(as_if.supposed)
        values = connection.execute(f"SELECT {', '.join(supposed.values())}").fetchone() if supposed else None
        self.supposed = {
            fact: tuple(value) if isinstance(value, list) else value
            for fact, value in zip(supposed, values or (), strict=True)
        }
        self._live: dict[tuple[int, tuple[Any, ...]], dict[str, frozenset[Fact]]] = {}

    def same(self, pair: _Pair, known: Iterable[Any], *, day: bool = False) -> bool:
        """`known`: the action, and the values of `_KNOWN`. `day`: the other law's day is not the detainer's own."""
        key = tuple(known)
        own = self.live(pair.own, key)
        return own.keys() == self.live(pair.other, key).keys() and all(
            _stays(fact, day=day, place=pair.place, state=pair.state)
            for facts in own.values()
            for fact in facts
        )

    def live(self, law: InForce, known: tuple[Any, ...]) -> dict[str, frozenset[Fact]]:
        """The norms that may have a say: key -> the facts on which it depends that are not known."""
        found = self._live.get((id(law), known))
        if found is None:
            action, *values = known
            told = {fact: v for fact, v in zip(_KNOWN, values, strict=True) if v is not None}
            x = View({**self.supposed, **told}, [] if self.no_charges else None, True, lambda *_: None)
            mine = [norm for norm in law.norms if action in norm.actions]
            ids = {norm.id for norm in mine}
            mine += [n for n in law.norms if action not in n.actions and not ids.isdisjoint(n.overrides)]
            found = self._live[id(law), known] = {}
            for norm in mine:
                rule = self.rule(norm)
                assert isinstance(rule, NormRule)
                if _may_take_effect(rule, x):
                    found[norm.key] = frozenset(
                        fact for fact in _unknown(rule, x) if fact.name not in x.facts
                    )
        return found


def _may_take_effect(rule: NormRule, x: View) -> bool:
    speaks = rule.speaks(x)
    if rule.norm.effect is not Effect.ONLY_IF:
        speaks = both(speaks, rule.holds(x))
    return speaks is not False


def _unknown(rule: NormRule, x: View) -> Iterator[Fact]:
    """The facts on which a norm depends and that are not known: those of its conditions whose truth is open."""
    if rule.custodians is not None:
        yield FACTS["custodian"]
    norm = rule.norm
    for truth, node in ((rule.given, norm.given), (rule.when, norm.when), (rule.unless, norm.unless)):
        if truth is not None and node is not None and truth(x, None) is None:
            yield from _read(node, x)


def _read(node: Node, x: View) -> Iterator[Fact]:
    """The facts that a condition reads; of none of the charges where there are none."""
    match node:
        case AnyCharge(inner=inner):
            if x.charges is None:
                yield FACTS["charges_complete"]
                yield from _read(inner, x)
        case Named(concept=concept):
            yield from _read(concept.tree, x)
        case And(parts=parts) | Or(parts=parts):
            for part in parts:
                yield from _read(part, x)
        case Not(inner=inner) | Shift(base=inner):
            yield from _read(inner, x)
        case Compare(left=left, right=right):
            yield from _read(left, x)
            yield from _read(right, x)
        case OneOf(ref=ref) | Has(ref=ref):
            yield from _read(ref, x)
        case InList():
            yield FACTS["charges[].statute"]
        case Ref(fact=fact, fill=fill):
            yield fact
            if fill is not None:
                yield from _read(fill, x)


def _stays(fact: Fact, *, day: bool, place: bool, state: bool) -> bool:
    """Whether a fact that is not known is the same in both answers, where the other law is that of another day, place or state.

    Another day moves `at`, ages and look-backs, and perhaps every day that the case tells. Another place has another agency, with
    its own agreements and practice, and perhaps other local days. In another state every fact may be another: whose charge is
    serious, or who is on the registry, is told by its own law.
    """
    dated = fact.type in (Type.DATE, Type.INSTANT)
    if day and (dated or fact.name in COUNTED):
        return False
    agency = fact.name.partition(".")[0] in ("agency", "release") or fact.name in OF_THE_AGENCY
    return not (state or (place and (dated or agency)))
