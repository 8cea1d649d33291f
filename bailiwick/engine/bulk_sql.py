"""Many cases -> the same outcomes as ``decide.py``, as one SQL statement.

The statement is written for the law of the places and days that occur in the cases. DuckDB runs it over Parquet (the default),
Spark over Parquet past one machine, PostgreSQL over a table of JSON cases. Output columns: ``id``, ``place``, ``at`` and, for
each action ``a``: ``a`` (outcome), ``a_norm`` (the deciding norm) and ``a_missing`` (facts, comma-separated); for the actions of
which it is asked ``a_possible`` too, the outcomes still possible as bits (``decide.POSSIBLE``).

Steps of the statement: the source's columns in one shape (front end) -> area and local day -> truth of every
``any_charge`` -> bits of every norm (as in ``decide.py``) -> levels folded through a table of states -> words.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from operator import or_
from typing import NamedTuple, Protocol, TypeAlias

from bailiwick.engine.condition import TRUE, InList, Named, Node, Ref, walk
from bailiwick.engine.condition_sql import ConditionSql, quoted
from bailiwick.engine.decide import (
    DOES_FORBID,
    DOES_PERMIT,
    DOES_PREEMPT,
    DOES_REQUIRE,
    MAY_FORBID,
    MAY_PERMIT,
    MAY_PREEMPT,
    MAY_REQUIRE,
    POSSIBLE,
    SILENT,
    SPEAKS,
    WAITING,
    replaces,
)
from bailiwick.engine.facts import ACTIONS, CHARGE_FACTS, LEVELS, Type
from bailiwick.engine.lawbook import Lawbook
from bailiwick.engine.norm import Effect, Norm
from bailiwick.engine.places import Place, zone_years
from bailiwick.engine.zones import zone

#: Areas of a statement up to which a condition is worked out for every row, wherever the row lies.
_FEW_AREAS = 4
#: Missing facts written in so many characters are worked out again rather than kept.
_SHORT = 100
_DOES_ANY = DOES_FORBID | DOES_REQUIRE | DOES_PERMIT | DOES_PREEMPT
#: Number of an ``any_charge`` -> the column that tells its truth, and there the bit for true and the bit for unknown.
TruthBits: TypeAlias = dict[int, tuple[str, int, int]]
#: Bits of a BIGINT that are used.
WORD = 62
#: Where the bits of a state begin (see ``step_sql``), above those of a level: how the next level is reached; what is possible.
REACH, LEFT = 9, 11
REACHED = 3 << REACH
#: What a norm may do -> the bit of a state that is set where doing it at that level could not move the outcome.
GATES = {MAY_FORBID: 1 << 16, MAY_REQUIRE: 1 << 17, MAY_PERMIT: 1 << 18, MAY_PREEMPT: 1 << 19}


class NamedBit(NamedTuple):
    """A bit of a column, and what it stands for."""

    name: str
    column: str
    bit: int

    @property
    def told(self) -> str:
        """SQL of the name where the bit is set, or NULL."""
        return f"CASE WHEN ({self.column} & {1 << self.bit}) <> 0 THEN {quoted(self.name)} END"


class Dialect(Protocol):
    """What differs between the engines.

    Attributes:
        fence: ends a stage, so that the engine does not merge it into the next one and write its columns out again there.
        beside: what ``names`` needs beside the rows, as the end of a FROM clause.
        steps: likewise the lists of ``step_lists``; empty where levels are written as conditions.
    """

    fence: str
    beside: str
    steps: str

    def has(self, column: str, word: str) -> str:
        """Whether a list column contains a word."""

    def word(self, kind: str, text: str) -> str:
        """A word of the output; ``kind`` is ``outcome`` or ``norm``."""

    def day(self, seconds: str) -> str:
        """The UTC day of seconds since 1970 (not before 1969-12-31)."""

    def number(self, condition: str) -> str:
        """A condition as a BIGINT: 1, 0 or NULL."""

    def names(self, action: str, some: str, bits: list[NamedBit]) -> str:
        """The names of the bits that are set, with commas between, for an action; empty unless ``some``."""


@dataclass(slots=True)
class Scope:
    """What occurs in the cases, found beforehand: the statement is written for this only.

    Attributes:
        places: each place as the cases write it -> the place whose law is asked for.
        first, last: first and last possible local day.
        on: the one local day on which everything is decided (a what-if), or None.
        citations: (reading state, statute, code system, code) of every charge, in the order of their numbers.
        tables: ends the names of the statement's tables, where several statements stand side by side.
    """

    places: dict[str, Place]
    first: date
    last: date
    on: date | None = None
    citations: list[tuple[str, str | None, str | None, str | None]] = field(default_factory=list)
    tables: str = ""


@dataclass(slots=True)
class Column:
    """A norm's place in the statement."""

    norm: Norm
    index: int
    overridden: bool = False

    @property
    def bits(self) -> str:
        """The column of its bits: after overrides where it has any."""
        return f"{'o' if self.overridden else 'b'}{self.index}"


class Statement:
    """The law of a scope, as SQL.

    The front end gives a relation ``s0`` with: rn, id, written (the place as written), at_s0 (UTC seconds), at_year, every case
    fact of ``conditions.facts`` as a column (instants as ``…_s`` and ``…_year``), charges_known and charges_whole; and, when a
    condition looks at charges, a stage that adds ``f0…`` (truth words) and ``m0…`` (missing words) from ``charge_bits``.
    """

    def __init__(
        self,
        lawbook: Lawbook,
        scope: Scope,
        dialect: Dialect,
        fields: dict[str, str],
        proposals: Iterable[str] = (),
        *,
        hoist: bool = False,
        possible: Iterable[str] = (),
    ) -> None:
        self.told_possible = frozenset(possible)
        self.lawbook = lawbook
        self.scope = scope
        self.dialect = dialect
        self.proposals = tuple(proposals)
        self.areas: dict[tuple[str, ...], int] = {}
        self.area_of: dict[str, int] = {}
        for place in scope.places.values():
            area = lawbook.area(place.path, self.proposals)
            self.area_of[place.path] = self.areas.setdefault(area, len(self.areas))
        self.columns = [Column(n, i) for i, n in enumerate(self._norms())]
        self.lists = self._lists()
        self.conditions = ConditionSql(
            field=lambda name: fields.get(name, _null(name)),
            mask="mask",
            has=dialect.has,
            list_bits={name: i for i, name in enumerate(self.lists)},
            hoist=hoist,
            share=hoist and len(self.areas) <= _FEW_AREAS,
        )
        if len(self.lists) * 2 > WORD:
            raise ValueError(f"{len(self.lists)} lists of offences in one statement; at most {WORD // 2}")
        self.fact_bits: dict[str, int] = {}
        self._write()

    # ------------------------------------------------------------------------------------------------------- what it needs

    def _norms(self) -> Iterator[Norm]:
        for name in self._files():
            for norm in self.lawbook.files[name].norms:
                span = norm.span
                if (span.start is None or span.start <= self.scope.last) and (
                    span.end is None or span.end > self.scope.first
                ):
                    yield norm

    def _files(self) -> list[str]:
        """Files of every area, in the one order that all areas keep."""
        names = {name for area in self.areas for name in area}
        proposals = {n: i for i, n in enumerate(self.proposals)}
        return sorted(names, key=lambda n: (proposals.get(n, -1), n.startswith("courts/"), n.count("/"), n))

    def _lists(self) -> list[str]:
        found: dict[str, None] = {}

        def look(node: Node) -> None:
            for part in walk(node):
                if isinstance(part, InList):
                    found[part.list_id] = None
                elif isinstance(part, Named):
                    look(part.concept.tree)
                elif isinstance(part, Ref) and part.fill is not None:
                    look(part.fill)

        for column in self.columns:
            for node in (column.norm.given, column.norm.when, column.norm.unless):
                if node is not None:
                    look(node)
        return list(found)

    def masks(self) -> list[int]:
        """Membership bits of every citation of the scope."""
        member = self.lawbook.member
        out = []
        for state, statute, system, code in self.scope.citations:
            charge = {"statute": statute, "code_system": system, "code": code}
            bits = 0
            for i, name in enumerate(self.lists):
                truth = member(name, state, charge)
                bits |= (1 if truth else 2 if truth is None else 0) << (2 * i)
            out.append(bits)
        return out

    # -------------------------------------------------------------------------------------------------------------- writing

    def _write(self) -> None:
        c = self.conditions
        norms: list[str] = []
        self.only_ifs: list[str] = []
        self.any_areas: dict[int, set[int]] = {}
        self.missing: list[set[str]] = []
        overriding: dict[str, list[Column]] = {}
        for column in self.columns:
            for target in column.norm.overrides:
                overriding.setdefault(target, []).append(column)
        overriders: list[str] = []
        for column in self.columns:
            norm, i = column.norm, column.index
            tests = list(self._in_force(norm))
            speaks: list[str] = []
            facts: set[str] = set()
            c.touched.clear()
            if norm.custodians:
                speaks.append(c.shared_as(f"custodian IN ({', '.join(map(quoted, norm.custodians))})"))
                c.facts.add("custodian")
                facts.add("custodian")
            for node, negated in ((norm.given, False), (norm.unless, True)):
                if node is not None and (negated or node is not TRUE):
                    speaks.append(c.shared_as(f"NOT {c.sql(node)}") if negated else c.sql(node))
                    facts |= c.may_miss(node)
            spoken = c.shared_as(_all(speaks))
            when = "TRUE" if norm.when is TRUE else c.sql(norm.when)
            facts |= c.may_miss(norm.when)
            self.missing.append(facts)
            if any(t in self._ids for t in norm.overrides):
                truth = spoken if norm.effect is Effect.ONLY_IF else _all([spoken, when])
                truth = f"(CASE WHEN {truth} THEN NULL ELSE {truth} END)" if norm.open else truth
                overriders.append(f"{_where(tests, truth, 'FALSE')} AS e{i}")
            if norm.effect is Effect.ONLY_IF and spoken.isidentifier() and when.isidentifier():
                norms.append(f"{_only_if(norm, tests, spoken, when)} AS b{i}")
            elif norm.effect is Effect.ONLY_IF:
                # speaks and holds, each 0, 1 or 2 (unknown), worked out once
                states = f"{_three(spoken)} * 3 + {_three(when)}"
                self.only_ifs.append(f"{_where(tests, states, '0')} AS g{i}")
                norms.append(f"{_only_if_of_states(norm, f'g{i}')} AS b{i}")
            else:
                truth = spoken if when == "TRUE" else c.shared_as(f"({spoken} AND {when})")
                norms.append(f"{_where(tests, self._bits(norm, truth), '0')} AS b{i}")
            for number in c.touched:
                self.any_areas.setdefault(number, set()).update(self._areas_of(norm))
        self.norm_columns = norms
        self.override_columns = overriders
        self.overridden_by = overriding
        self.overridden_columns = []
        for column in self.columns:
            if column.norm.id in overriding:
                bits = f"b{column.index}"
                for by in overriding[column.norm.id]:
                    bits = _overridden(bits, by, column)
                column.overridden = True
                self.overridden_columns.append(f"{bits} AS o{column.index}")
        named = {f for part in self.missing for f in part} | {
            f"norm:{col.norm.id}" for col in self.columns if col.norm.open
        }
        # facts read inside any_charge share the first word, so that one column an any_charge tells them all; otherwise by name
        inside = {f for any_column in c.anys.values() for f in c.may_miss(any_column.inner)}
        if len(inside) > WORD:
            raise ValueError(f"{len(inside)} facts inside any_charge in one statement; at most {WORD}")
        ordered = sorted(named)
        if len(ordered) <= WORD:
            ordered.sort(key=lambda f: not f.startswith("norm:"))  # see _unknown_of
        elif not inside <= set(ordered[:WORD]):
            ordered.sort(key=lambda f: f not in inside)
        self.fact_bits = {name: i for i, name in enumerate(ordered)}
        self.words = (len(ordered) + WORD - 1) // WORD
        self.missing_of = {
            (column.index, word): self._missing_of(column, word)
            for column in self.columns
            for word in range(self.words)
        }
        counted = Counter(
            told
            for a in ACTIONS
            for word in range(self.words)
            for group in self.levels(a)
            for column in group
            if len(told := self.missing_of[column.index, word]) > _SHORT
        )
        #: Missing facts that several places of the statement ask for -> their column.
        self.shared_missing = {told: f"k{i}" for i, (told, n) in enumerate(counted.items()) if n > 1}
        words = {f"x{a}_{w}": sql for a in range(len(ACTIONS)) for w, sql in enumerate(self.missing_words(a))}
        texts = c.unknown.write_in([*self.shared_missing, *words.values()])
        made = [
            f"{sql} AS {x}" for sql, x in zip(texts, (*self.shared_missing.values(), *words), strict=True)
        ]
        n = len(self.shared_missing)
        self.shared_columns, self.missing_columns = made[:n], made[n:]
        self.missing_names = [self._names(a) for a in range(len(ACTIONS))]

    def word_bits(self, word: int) -> dict[str, int]:
        """Fact -> its bit, of one word."""
        return {f: 1 << (i % WORD) for f, i in self.fact_bits.items() if i // WORD == word}

    @property
    def _ids(self) -> set[str]:
        return {col.norm.id for col in self.columns}

    def _areas_of(self, norm: Norm) -> list[int]:
        file = norm.proposal or norm.file
        return sorted(number for area, number in self.areas.items() if file in area)

    def _in_force(self, norm: Norm) -> Iterator[str]:
        numbers = self._areas_of(norm)
        if len(numbers) < len(self.areas):
            yield f"area IN ({', '.join(map(str, numbers))})"
        if norm.span.start is not None and norm.span.start > self.scope.first:
            yield f"at_day >= {quoted(norm.span.start)}"
        if norm.span.end is not None and norm.span.end <= self.scope.last:
            yield f"at_day < {quoted(norm.span.end)}"

    @staticmethod
    def _bits(norm: Norm, truth: str) -> str:
        """As ``NormRule.bits``."""
        permit = MAY_PREEMPT if norm.preempts else MAY_PERMIT
        may = {Effect.FORBID: MAY_FORBID, Effect.REQUIRE: MAY_REQUIRE}.get(norm.effect, permit)
        full = may if norm.open else may | may << 4 | SPEAKS
        return _of_truth(truth, full, may)

    def charge_bits(self) -> tuple[list[str], dict[int, str]]:
        """For one charge: SQL of its truth words (see ``truth_bits``), and, by number of the ``any_charge``, of the bits of the
        facts that keep it unknown."""
        c = self.conditions
        truths: dict[str, list[str]] = {}
        places = self.truth_bits()
        for any_column in c.anys.values():
            word, true, unknown = places[any_column.number]
            truth = f"COALESCE({self.dialect.number(c.sql(any_column.inner))} * {true}, {unknown})"
            truths.setdefault(word, []).append(truth)
        bits = self.word_bits(0)
        missing = {
            a.number: f"CASE WHEN {c.sql(a.inner)} IS NULL THEN {c.missing(a.inner, bits)} ELSE 0 END"
            for a in c.anys.values()
            if a.asked
        }
        return [" | ".join(p) for p in truths.values()], missing

    def truth_bits(self) -> TruthBits:
        """Number of an ``any_charge`` -> its truth word, and there the bit for true and the bit for unknown."""
        return {
            number: (
                f"f{number // (WORD // 2)}",
                1 << number % (WORD // 2) * 2,
                2 << number % (WORD // 2) * 2,
            )
            for number in range(len(self.conditions.anys))
        }

    def any_truths(self, bits: TruthBits) -> list[str]:
        """Columns ``any_0…`` from the words that ``truth_bits`` tells of (0 without charges), and what the record itself leaves
        open."""
        return [
            *(f"{sql} AS {name}" for sql, name in self.conditions.records.items()),
            *(
                f"(CASE WHEN ({word} & {true}) <> 0 THEN TRUE "
                f"WHEN ({word} & {unknown}) <> 0 OR charges_open THEN NULL ELSE FALSE END) AS any_{number}"
                for number, (word, true, unknown) in bits.items()
            ),
        ]

    def _own_missing(self, norm: Norm, bits: dict[str, int]) -> list[str]:
        parts = []
        if norm.custodians and "custodian" in bits:
            parts.append(self.conditions.while_unknown("custodian", str(bits["custodian"])))
        nodes = (norm.given, norm.unless, norm.when)
        return parts + [m for n in nodes if n is not None and (m := self.conditions.missing(n, bits)) != "0"]

    def _missing_of(self, column: Column, word: int) -> str:
        """Bits of the facts that keep a norm uncertain, one word of them; empty when it has none there."""
        parts = [self._unknown_of(column, word)]
        for other in self.overridden_by.get(column.norm.id, ()):
            inner = self._unknown_of(other, word)
            parts.append(self.conditions.while_unknown(f"e{other.index}", inner) if inner else "")
        return f"({' | '.join(filter(None, parts))})" if any(parts) else ""

    def _unknown_of(self, column: Column, word: int) -> str:
        """As ``Rule.missing``: what keeps the norm itself unknown."""
        norm = column.norm
        bits = self.word_bits(word)
        parts = self._own_missing(norm, bits)
        if norm.open and f"norm:{norm.id}" in bits:
            bit = bits[f"norm:{norm.id}"]
            if parts and self.words == 1:  # its bit is lower than those of facts
                return f"GREATEST({' | '.join(parts)}, {bit})"
            own = [m for w in range(self.words) for m in self._own_missing(norm, self.word_bits(w))]
            parts.append(
                f"CASE WHEN {' AND '.join(f'({m}) = 0' for m in own)} THEN {bit} ELSE 0 END"
                if own
                else str(bit)
            )
        return f"({' | '.join(parts)})" if parts else ""

    # ---------------------------------------------------------------------------------------------------- folding of levels

    def levels(self, action: str) -> list[list[Column]]:
        """The norms of an action by level, highest first; levels without norms are left out."""
        by_level = {
            lv: [c for c in self.columns if c.norm.level == lv and action in c.norm.actions] for lv in LEVELS
        }
        return [group for group in by_level.values() if group]

    def fold(self) -> list[list[str]]:
        """Stages of columns: level bits ``l…``, then states ``q…`` (see ``step_sql``)."""
        first: list[str] = []
        deepest = max((len(self.levels(a)) for a in ACTIONS), default=0)
        stages: list[list[str]] = [[] for _ in range(deepest)]
        for a, action in enumerate(ACTIONS):
            groups = self.levels(action)
            for n, group in enumerate(groups):
                first.append(f"({' | '.join(c.bits for c in group)}) AS l{a}_{n}")
                before = f"q{a}_{n - 1}" if n else None
                last = n + 1 == len(groups)
                if self.dialect.steps:
                    folded = looked_up(f"l{a}_{n}", before, last=last)
                else:
                    may = functools.reduce(or_, (_may(column.norm) for column in group))
                    folded = step_sql(f"l{a}_{n}", before, may, last=last)
                stages[n].append(f"{folded} AS q{a}_{n}")
        return [first, *stages]

    def possible(self, a: int) -> str:
        """The possible outcomes of an action, as bits from ``LEFT``."""
        depth = len(self.levels(ACTIONS[a]))
        return f"(q{a}_{depth - 1} & {31 << LEFT})" if depth else f"{16 << LEFT}"

    def norm_of(self, a: int) -> str:
        """The deciding norm's name."""
        d = self.dialect
        groups = self.levels(ACTIONS[a])
        wanted = {
            1: DOES_FORBID | DOES_REQUIRE,
            2: DOES_FORBID,
            4: DOES_REQUIRE,
            8: DOES_PERMIT | DOES_PREEMPT,
        }
        branches = []
        for possible, bits in wanted.items():
            whens = []
            for n, group in enumerate(groups):
                reach = f" AND (q{a}_{n - 1} & {REACHED}) <> 0" if n else ""
                able = (column for column in group if _can(column.norm) & bits)
                for name, versions in itertools.groupby(able, lambda column: column.norm.id):
                    found = " | ".join(column.bits for column in versions)
                    whens.append(f"WHEN (({found}) & {bits}) <> 0{reach} THEN {d.word('norm', name)}")
            if whens:
                branches.append(f"WHEN {possible << LEFT} THEN CASE {' '.join(whens)} END")
        return f"CASE p{a} {' '.join(branches)} END" if branches else "CAST(NULL AS VARCHAR(200))"

    def missing_words(self, a: int) -> list[str]:
        """Words of missing facts of an action: of every norm that could move it by what it turns out to be (0 unless its outcome
        is unknown)."""
        out = []
        for word in range(self.words):
            parts = [
                f"CASE WHEN {self._matters(a, n, column)} THEN {self.shared_missing.get(facts, facts)} ELSE 0 END"
                for n, group in enumerate(self.levels(ACTIONS[a]))
                for column in group
                if (facts := self.missing_of[column.index, word])
            ]
            out.append(f"CASE WHEN open{a} THEN {' | '.join(parts)} ELSE 0 END" if parts else "0")
        return out

    @staticmethod
    def _matters(a: int, n: int, column: Column) -> str:
        """As ``NormRule.uncertain`` and ``matters``."""
        seen = f"({column.bits} | q{a}_{n})"
        may = _may(column.norm)
        return " OR ".join(
            f"({seen} & {way | _DOES_ANY | gate}) = {way}" for way, gate in GATES.items() if may & way
        )

    # ---------------------------------------------------------------------------------------------------------- whole text

    def text(
        self,
        source: str,
        *,
        charge_stage: str | None,
        truth_bits: TruthBits | None = None,
        missing_bits: dict[int, str] | None = None,
    ) -> str:
        """The statement: its stages one inside the other, which is read quicker than one after the other."""
        (before, sql), *stages = self.stages(
            source, charge_stage=charge_stage, truth_bits=truth_bits, missing_bits=missing_bits
        )
        for name, stage in stages:
            head, tail = re.split(rf"\bFROM {before}\b", stage)
            sql = f"{head}FROM (\n{sql}{self.dialect.fence}) {before}{tail}"
            before = name
        return sql

    def stages(
        self,
        source: str,
        *,
        charge_stage: str | None,
        truth_bits: TruthBits | None = None,
        missing_bits: dict[int, str] | None = None,
    ) -> list[tuple[str, str]]:
        """The stages of the statement, each with its name; the last is the result.

        ``source``: SQL of ``s0``. ``charge_stage``: SQL that adds truth words and ``m0…`` to the relation ``s1``, or None when no
        condition looks at charges. ``truth_bits``: where its truth words say what, when it is not as in ``truth_bits``.
        ``missing_bits``: number of an ``any_charge`` -> SQL that stands for its ``m…``, when that is no column.
        """
        d = self.dialect
        stages: list[tuple[str, str]] = [("s0", source)]
        columns, joins = ["p.place AS place", "NOT (charges_known AND charges_whole) AS charges_open"], []
        columns.append("p.area AS area" if len(self.areas) > 1 else "0 AS area")
        if self.scope.on:
            columns += ["p.noon_s AS at_s", f"{quoted(self.scope.on)} AS at_day"]
        else:
            columns.append("s0.at_s0 AS at_s")
        for i, name in enumerate([*(() if self.scope.on else ("at",)), *sorted(self.conditions.instants)]):
            base = "s0.at_s0" if name == "at" else f"s0.{name.replace('.', '_')}_s"
            year = f"s0.{name.replace('.', '_')}_year"
            # the zone table holds the offsets of one zone in one UTC year
            shift = (
                f"CASE WHEN {base} < z{i}.change_1 THEN z{i}.offset_0 WHEN {base} < z{i}.change_2 "
                f"THEN z{i}.offset_1 ELSE z{i}.offset_2 END"
            )
            columns.append(f"{d.day(f'{base} + {shift}')} AS {name.replace('.', '_')}_day")
            joins.append(
                f"LEFT JOIN bw_zones{self.scope.tables} z{i} ON z{i}.zone = p.tz AND z{i}.utc_year = {year}"
            )
        places = f"bw_places{self.scope.tables} p ON p.written = s0.written"
        placed = f"SELECT s0.*, {', '.join(columns)} FROM s0 JOIN {places} {' '.join(joins)}"
        days = "".join(f", {sql} AS {name}" for sql, name in self.conditions.shifts.items())
        stages.append(("s1", f"SELECT *{days} FROM ({placed}) placed" if days else placed))
        last = "s1"
        if charge_stage is not None and self.conditions.anys:
            stages.append(("s2", charge_stage))
            truths = self.any_truths(self.truth_bits() if truth_bits is None else truth_bits)
            stages.append(("s3", f"SELECT *, {', '.join(truths)} FROM s2"))
            last = "s3"
        for i, shared in enumerate(self.conditions.shared.stages()):
            stages.append((f"c{i}", f"SELECT *, {', '.join(shared)} FROM {last}"))
            last = f"c{i}"
        if self.override_columns:
            stages.append(("s4", f"SELECT *, {', '.join(self.override_columns)} FROM {last}"))
            last = "s4"
        if self.only_ifs:
            stages.append(("g", f"SELECT *, {', '.join(self.only_ifs)} FROM {last}"))
            last = "g"
        stages.append(("s5", f"SELECT *, {', '.join(self.norm_columns) or '0 AS none'} FROM {last}"))
        last = "s5"
        if self.overridden_columns:
            stages.append(("o", f"SELECT *, {', '.join(self.overridden_columns)} FROM {last}"))
            last = "o"
        for i, columns_ in enumerate(self.fold()):
            if columns_:
                stages.append((f"t{i}", f"SELECT *, {', '.join(columns_)} FROM {last}{'' if i else d.steps}"))
                last = f"t{i}"
        possible = (f"{self.possible(a)} AS p{a}" for a in range(len(ACTIONS)))
        stages.append(("u", f"SELECT *, {', '.join(possible)} FROM {last}"))
        last = "u"
        norms = [f"{self.norm_of(a)} AS n{a}" for a in range(len(ACTIONS))]

        def with_missing(texts: list[str]) -> list[str]:
            told = missing_bits or {}
            return [re.sub(r"\bm(\d+)\b", lambda m: told.get(int(m[1]), m[0]), sql) for sql in texts]

        for i, unknown in enumerate(filter(None, self.conditions.unknown.stages())):
            stages.append((f"d{i}", f"SELECT *, {', '.join(with_missing(unknown))} FROM {last}"))
            last = f"d{i}"
        unsettled = [f"((p{a} & (p{a} - 1)) <> 0) AS open{a}" for a in range(len(ACTIONS))]
        stages.append(
            ("y", f"SELECT *, {', '.join([*unsettled, *with_missing(self.shared_columns)])} FROM {last}")
        )
        last = "y"
        kept = ["rn", "id", "place", "at_s", *(f"p{a}" for a in range(len(ACTIONS)))]
        stages.append(
            ("v", f"SELECT {', '.join([*kept, *norms, *with_missing(self.missing_columns)])} FROM {last}")
        )
        final = ["rn", "id", "place", "at_s"]
        for a, action in enumerate(ACTIONS):
            outcome = " ".join(
                f"WHEN {bit << LEFT} THEN {d.word('outcome', str(word))}" for bit, word in POSSIBLE
            )
            final.append(f"CASE p{a} {outcome} ELSE {d.word('outcome', 'unknown')} END AS {action}")
            final.append(f"n{a} AS {action}_norm")
            final.append(f"{self.missing_names[a]} AS {action}_missing")
            if action in self.told_possible:
                final.append(f"(p{a} >> {LEFT}) AS {action}_possible")
        stages.append(("decided", f"SELECT {', '.join(final)} FROM v{d.beside}"))
        return stages

    def _names(self, a: int) -> str:
        mine: set[str] = set()
        for group in self.levels(ACTIONS[a]):
            for column in group:
                for one in (column, *self.overridden_by.get(column.norm.id, ())):
                    mine |= self.missing[one.index]
                    if one.norm.open:
                        mine.add(f"norm:{one.norm.id}")
        bits = []
        for fact in sorted(mine):
            word, bit = divmod(self.fact_bits[fact], WORD)
            bits.append(NamedBit(fact, f"x{a}_{word}", bit))
        if not bits:
            return "''"
        some = " OR ".join(f"x{a}_{w} <> 0" for w in range(self.words))
        return self.dialect.names(ACTIONS[a], some, bits)

    def place_rows(self) -> list[tuple[str, str, int, str, int]]:
        """Rows of the table ``bw_places``: place as written, place, area, tz, UTC seconds of noon on the what-if day."""
        on = self.scope.on
        rows = []
        for written, p in self.scope.places.items():
            noon = (
                int(datetime(on.year, on.month, on.day, 12, tzinfo=zone(p.tz)).astimezone(UTC).timestamp())
                if on
                else 0
            )
            rows.append((written, p.path, self.area_of[p.path], p.tz, noon))
        return rows

    def zone_rows(self) -> list[tuple[str | int, ...]]:
        """Rows of the table ``bw_zones`` (see ``zones.ZoneYear``) for every year an instant may have."""
        return [
            tuple(row) for tz in sorted({p.tz for p in self.scope.places.values()}) for row in zone_years(tz)
        ]


def _null(name: str) -> str:
    kind = {Type.BOOLEAN: "BOOLEAN", Type.INTEGER: "INTEGER", Type.DATE: "DATE"}.get(
        CHARGE_FACTS[name].type, "VARCHAR(500)"
    )
    return f"CAST(NULL AS {kind})"


def _where(tests: list[str], sql: str, otherwise: str) -> str:
    """SQL worked out only for the rows where a norm is in force."""
    return f"(CASE WHEN {' AND '.join(tests)} THEN {sql} ELSE {otherwise} END)" if tests else sql


def _overridden(bits: str, by: Column, column: Column) -> str:
    """As ``decide.overridden``."""
    replaced = replaces(by.norm, column.norm)
    left = f"{bits} & {15 | (SPEAKS if replaced else 0)}"
    unsure = f"CASE WHEN ({bits} & 15) = (b{by.index} & 15) THEN {bits} ELSE {left} END" if replaced else left
    return f"(CASE WHEN e{by.index} THEN 0 WHEN e{by.index} IS NULL THEN {unsure} ELSE {bits} END)"


def _three(truth: str) -> str:
    """A truth as 0, 1, or 2 for unknown."""
    return "1" if truth == "TRUE" else _of_truth(truth, 1, 2)


def _of_truth(truth: str, if_true: int, if_unknown: int) -> str:
    """A number for each truth; 0 for false."""
    if not truth.isidentifier():
        return f"COALESCE(CAST({truth} AS INTEGER) * {if_true}, {if_unknown})"
    # a column is cheap to ask twice
    if if_true == if_unknown:
        return f"(CASE WHEN NOT {truth} THEN 0 ELSE {if_true} END)"
    return f"(CASE WHEN {truth} IS NULL THEN {if_unknown} WHEN {truth} THEN {if_true} ELSE 0 END)"


def _only_if_bits(norm: Norm) -> dict[tuple[int, int], int]:
    """As ``NormRule.bits`` of an only_if, by what speaks and what holds (see ``_three``)."""
    permit = MAY_PREEMPT if norm.preempts else MAY_PERMIT
    bits = {}
    for holds, may in ((0, MAY_FORBID), (1, permit), (2, permit | MAY_FORBID)):
        sure = SPEAKS | (may << 4 if holds < 2 else 0)
        bits[1, holds] = may if norm.open else may | sure
        bits[2, holds] = may
    return bits


def _only_if(norm: Norm, tests: list[str], speaks: str, holds: str) -> str:
    """The bits of an only_if in force under some tests, from two columns; most do not speak."""
    bits = _only_if_bits(norm)
    unknown, true, false = (
        f"CASE WHEN {speaks} THEN {bits[1, way]} ELSE {bits[2, way]} END" for way in (2, 1, 0)
    )
    told = f"CASE WHEN {holds} IS NULL THEN {unknown} WHEN {holds} THEN {true} ELSE {false} END"
    return f"(CASE WHEN NOT {speaks} THEN 0 ELSE {_where(tests, told, '0')} END)"


def _only_if_of_states(norm: Norm, states: str) -> str:
    """The bits of an only_if, from a column with 3 * speaks + holds."""
    whens = [f"WHEN {3 * speaks + holds} THEN {n}" for (speaks, holds), n in _only_if_bits(norm).items()]
    return f"(CASE {states} {' '.join(whens)} ELSE 0 END)"


def _all(parts: list[str]) -> str:
    return "(" + " AND ".join(parts) + ")" if parts else "TRUE"


def _may(norm: Norm) -> int:
    permit = MAY_PREEMPT if norm.preempts else MAY_PERMIT
    return {Effect.FORBID: MAY_FORBID, Effect.REQUIRE: MAY_REQUIRE, Effect.PERMIT: permit}.get(
        norm.effect, permit | MAY_FORBID
    )


def _can(norm: Norm) -> int:
    return 0 if norm.open else _may(norm) << 4


def looked_up(level: str, before: str | None, *, last: bool) -> str:
    """``step_sql``, from lists (see ``step_lists``) instead of conditions."""
    steps = "lasts" if last else "steps"
    if before is None:
        return f"{steps}[{level} + {(SILENT << REACH) + 1}]"
    return f"({before} & {31 << LEFT}) | {steps}[(({before} & {REACHED}) | {level}) + 1]"


def step_lists() -> str:
    """SQL that makes the lists: the states after every level, reached in every way."""
    made = (
        f"list(CAST({step_sql('l', 'q', 15, last=last)} AS INTEGER) ORDER BY n) AS {name}"
        for name, last in (("steps", False), ("lasts", True))
    )
    levels = (1 << REACH) - 1
    numbers = f"SELECT n, n & {levels} AS l, n & {REACHED} AS q FROM range({REACHED + levels + 1}) r(n)"
    return f"SELECT {', '.join(made)} FROM ({numbers})"


def step_sql(level: str, before: str | None, may: int, *, last: bool) -> str:
    """``decide.step`` and ``decide.matters`` as SQL, for a level whose norms may do only ``may``: the state after it.

    From ``LEFT``: the outcomes that are possible, with those that were before. From ``REACH``: how the next level is reached;
    after the last, silence and waiting are among the outcomes. The bits of ``GATES``: see there.

    ``before``: the state after the level above (None for the highest).
    """
    forbid, require, permit, preempt = (
        bool(may & bit) for bit in (MAY_FORBID, MAY_REQUIRE, MAY_PERMIT, MAY_PREEMPT)
    )
    silent, waiting = (16 << LEFT, 8 << LEFT) if last else (SILENT << REACH, WAITING << REACH)
    if before is None:
        kept = f"{silent}"
    elif last:
        kept = " | ".join(
            f"CASE WHEN ({before} & {way << REACH}) <> 0 THEN {left} ELSE 0 END"
            for way, left in ((SILENT, silent), (WAITING, waiting))
        )
    else:
        kept = f"({before} & {REACHED})"
    parts = [f"CASE WHEN ({level} & {SPEAKS}) = 0 THEN {kept} ELSE 0 END"]
    if forbid and require:
        parts.append(f"CASE WHEN ({level} & 3) = 3 THEN {1 << LEFT} ELSE 0 END")
    if forbid:
        parts.append(
            f"CASE WHEN {_has(level, MAY_FORBID, DOES_REQUIRE * require)} THEN {2 << LEFT} ELSE 0 END"
        )
    if require:
        parts.append(
            f"CASE WHEN {_has(level, MAY_REQUIRE, DOES_FORBID * forbid)} THEN {4 << LEFT} ELSE 0 END"
        )
    stopped = DOES_FORBID * forbid | DOES_REQUIRE * require
    if preempt:
        parts.append(f"CASE WHEN {_has(level, MAY_PREEMPT, stopped)} THEN {8 << LEFT} ELSE 0 END")
    if permit:
        permits = _has(level, MAY_PERMIT, stopped | DOES_PREEMPT * preempt)
        parts.append(f"CASE WHEN {permits} THEN {waiting} ELSE 0 END")
    blocked = DOES_FORBID | DOES_REQUIRE | DOES_PREEMPT
    stops = {
        MAY_FORBID: DOES_FORBID,
        MAY_REQUIRE: DOES_REQUIRE,
        MAY_PREEMPT: blocked,
        MAY_PERMIT: blocked | DOES_PERMIT,
    }
    for way, gate in GATES.items():
        if may & way:
            late = f" OR ({before} & {SILENT << REACH}) = 0" if before and way == MAY_PERMIT else ""
            parts.append(f"CASE WHEN ({level} & {stops[way]}) <> 0{late} THEN {gate} ELSE 0 END")
    now = " | ".join(parts)
    if before is None:
        return f"({now})"
    kept_possible, closed = f"({before} & {31 << LEFT})", sum(GATES.values())
    return f"({kept_possible} | CASE WHEN ({before} & {REACHED}) = 0 THEN {closed} ELSE {now} END)"


def _has(column: str, bit: int, lacks: int) -> str:
    """Whether a column of bits has one and none of some others."""
    return f"({column} & {bit | lacks}) = {bit}"
