"""The record of charges on DuckDB: every charge becomes one number, and what follows from it is looked up.

Conditions inside ``any_charge`` share their atoms ("convicted", "a felony", "stands in this list"), but a lambda over a list
works out whatever is written in it again and again. So each atom is worked out once a charge, as a digit: 0 false, 1 true,
2 unknown. The digits of the atoms that a few ``any_charge`` read (a group) are a number in base 3; the numbers of all groups
stand side by side in one BIGINT. For each group a table has a row for every such number, worked out by the same SQL: which
``any_charge`` are true, which are unknown, and for want of which facts. The rows of a case's charges are united by ``bit_or``.
Nothing is gathered, so memory stays flat.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bailiwick.engine.bulk_sql import WORD, Statement
from bailiwick.engine.condition import AT, Compare, Const, InList, OneOf, Ref, walk
from bailiwick.engine.condition_sql import HoistedAtom, quoted
from bailiwick.engine.facts import Type

if TYPE_CHECKING:
    import duckdb

#: Atoms of a group whose table is made beforehand (3 to this power of rows); an ``any_charge`` of more is worked out in place.
_MOST_ATOMS = 9


@dataclass(slots=True)
class _Any:
    """One ``any_charge``: SQL of its truth and of the bits of the facts that keep it unknown, of which ``low`` is the first."""

    number: int
    truth: str
    missing: str
    atoms: list[str]
    areas: tuple[int, ...]
    low: int
    width: int


@dataclass(slots=True)
class _Group:
    """Atoms whose digits stand in one number, ``first`` bits up in the number of a charge."""

    areas: tuple[int, ...]
    atoms: list[str] = field(default_factory=list)
    anys: list[_Any] = field(default_factory=list)
    first: int = 0

    @property
    def bits(self) -> int:
        return int(3 ** len(self.atoms) - 1).bit_length()

    @property
    def tabled(self) -> bool:
        return len(self.atoms) <= _MOST_ATOMS

    def digits(self, number: str) -> dict[str, str]:
        """Atom -> its truth, from the group's number."""
        return {
            atom: f"CASE ({number}) // {3**i} % 3 WHEN 0 THEN FALSE WHEN 1 THEN TRUE END"
            for i, atom in enumerate(self.atoms)
        }


@dataclass(slots=True)
class _Part:
    """What a group adds to a word: each ``any_charge`` with its first bit (true, then unknown, then the missing facts)."""

    group: _Group
    table: str
    anys: list[tuple[_Any, int]] = field(default_factory=list)

    @property
    def sql(self) -> str:
        """From the atoms of a charge."""
        return " | ".join(
            f"CASE WHEN {a.truth} THEN {1 << bit} WHEN ({a.truth}) IS NULL "
            f"THEN {2 << bit} | (CAST(({a.missing}) AS BIGINT) >> {a.low} << {bit + 2}) ELSE 0 END"
            for a, bit in self.anys
        )


@dataclass(slots=True)
class _Word:
    """A BIGINT of answers, from the groups whose numbers stand in one column of numbers."""

    name: str
    number: int
    parts: list[_Part] = field(default_factory=list)
    used: int = 0


class Charges:
    """The stage of a statement that looks at charges.

    ``key``: SQL of the number of a charge's citation, from 0; None when charges have no citations.
    """

    def __init__(self, statement: Statement, key: str | None) -> None:
        self.statement = statement
        self.key = key
        self.table = f"bw_charges{statement.scope.tables}"
        self.masks = statement.masks()
        self.atoms: dict[str, HoistedAtom] = {}
        self.groups: list[_Group] = []
        #: The numbers of a charge: column -> groups in it.
        self.numbers: list[list[_Group]] = []
        self.words: list[_Word] = []
        self.citations: dict[int, list[int]] = {}
        for one in self._anys():
            self._place(one)
        self.atoms = {a.name: a for a in statement.conditions.hoisted.values()}
        self._pack()
        self.columns = [self._number(i) for i in range(len(self.numbers))]

    # ------------------------------------------------------------------------------------------------------------- what it holds

    def _anys(self) -> Iterator[_Any]:
        conditions, bits = self.statement.conditions, self.statement.word_bits(0)
        for column in conditions.anys.values():
            truth = conditions.of_charge(column.inner)
            missing = conditions.missing_of_charge(column.inner, bits) if column.asked else "0"
            found = [bits[f].bit_length() - 1 for f in conditions.may_miss(column.inner) if f in bits]
            low, high = (min(found), max(found) + 1) if found and missing != "0" else (0, 0)
            atoms = sorted(set(re.findall(r"\ba\d+\b", f"{truth} {missing}")), key=lambda a: int(a[1:]))
            areas = tuple(sorted(self.statement.any_areas.get(column.number, ())))
            yield _Any(column.number, truth, missing, atoms, areas, low, high - low)

    def _place(self, one: _Any) -> None:
        """Into the group of the same places that needs the fewest atoms more."""
        fitting = [
            g for g in self.groups if g.areas == one.areas and len({*g.atoms, *one.atoms}) <= _MOST_ATOMS
        ]
        group = min(fitting, key=lambda g: len({*g.atoms, *one.atoms}) - len(g.atoms), default=None)
        if group is None:
            group = _Group(one.areas)
            self.groups.append(group)
        group.atoms += [a for a in one.atoms if a not in group.atoms]
        group.anys.append(one)

    def _pack(self) -> None:
        """Groups of the same places side by side, and their answers."""
        for group in self.groups:
            if group.bits > WORD:
                raise ValueError(f"{len(group.atoms)} conditions inside one any_charge; at most 39")
            for packed in self.numbers:
                used = sum(g.bits for g in packed)
                if packed[0].areas == group.areas and used + group.bits <= WORD:
                    group.first = used
                    packed.append(group)
                    break
            else:
                self.numbers.append([group])
        for number, groups in enumerate(self.numbers):
            for group in groups:
                for one in group.anys:
                    self._answer(number, group, one)

    def _answer(self, number: int, group: _Group, one: _Any) -> None:
        """Into the first word of the same numbers that has room."""
        need = one.width + 2
        fitting = (w for w in self.words if w.number == number and w.used + need <= WORD)
        word = next(fitting, None)
        if word is None:
            word = _Word(f"w{len(self.words)}", number)
            self.words.append(word)
        part = next((p for p in word.parts if p.group is group), None)
        if part is None:
            part = _Part(group, f"{word.name}_of{len(word.parts)}")
            word.parts.append(part)
        part.anys.append((one, word.used))
        word.used += need

    # ----------------------------------------------------------------------------------------------------- the number of a charge

    def _number(self, i: int) -> str:
        """SQL of the number of a charge ``c``."""
        worth: dict[str, int] = {}
        for group in self.numbers[i]:
            for place, name in enumerate(group.atoms):
                worth[name] = worth.get(name, 0) + (3**place << group.first)
        parts: list[str] = []
        by_text: dict[str, list[tuple[frozenset[str], bool, int]]] = {}
        lists: dict[str, int] = {}
        for name, one in worth.items():
            atom = self.atoms[name]
            if isinstance(atom.node, InList):
                lists[atom.node.list_id] = one
            elif (compared := self._of_text(atom)) is not None:
                text, values, among = compared
                by_text.setdefault(text, []).append((values, among, one))
            else:
                parts.append(self._digit(atom, one).replace("(mask &", f"({self._listed('masks')} &"))
        for text, several in by_text.items():
            known = sorted({v for values, _, _ in several for v in values})
            whens = [f"WHEN {text} IS NULL THEN {sum(2 * one for _, _, one in several)}"]
            for value in known:
                worth_ = sum(one for values, among, one in several if (value in values) == among)
                whens.append(f"WHEN {text} = {quoted(value)} THEN {worth_}")
            parts.append(
                f"CASE {' '.join(whens)} ELSE {sum(one for _, among, one in several if not among)} END"
            )
        if lists:
            parts.append(self._of_lists(i, lists))
        return " + ".join(["CAST(0 AS BIGINT)", *parts])

    def _digit(self, atom: HoistedAtom, one: int) -> str:
        """What an atom adds: nothing, ``one`` where it is true, twice ``one`` where it is unknown."""
        unknown = f"({atom.sql}) IS NULL"
        match atom.node:
            case Ref(fact=fact, fill=None) if (
                fact.type is Type.BOOLEAN and atom.sql == self.statement.conditions.ref(atom.node)
            ):
                return f"COALESCE(CAST({atom.sql} AS BIGINT), 2) * {one}"
            case Ref() | Compare() | OneOf():
                refs = [n for n in walk(atom.node) if isinstance(n, Ref) and n.fact is not AT]
                if all(ref.fill is None for ref in refs):
                    unknown = " OR ".join(f"{self.statement.conditions.ref(ref)} IS NULL" for ref in refs)
        return f"CASE WHEN {unknown} THEN {2 * one} WHEN {atom.sql} THEN {one} ELSE 0 END"

    def _of_text(self, atom: HoistedAtom) -> tuple[str, frozenset[str], bool] | None:
        """An atom that asks whether a text is (or is not) one of some words: the text, the words, whether it asks for them."""
        match atom.node:
            case OneOf(ref=Ref(fact=fact, fill=None), values=values) if fact.type is Type.TEXT:
                words, among = values, True
            case Compare(op="=" | "<>" as op, left=Ref(fact=fact, fill=None), right=Const(value=word)) if (
                fact.type is Type.TEXT
            ):
                words, among = (word,), op == "="
            case _:
                return None
        return (self.statement.conditions.ref(Ref(fact)), frozenset(words), among)

    def _of_lists(self, i: int, lists: dict[str, int]) -> str:
        """What a charge's lists of offences add: for every citation worked out beforehand."""
        unknown = sum(2 * one for one in lists.values())
        if self.key is None:
            return str(unknown)
        shifts = {2 * self.statement.conditions.list_bits[name]: one for name, one in lists.items()}
        self.citations[i] = [
            sum((mask >> shift & 3) * one for shift, one in shifts.items()) for mask in self.masks
        ]
        return f"COALESCE({self._listed(f'cites{i}')}, {unknown})"

    def _listed(self, column: str) -> str:
        return "CAST(NULL AS BIGINT)" if self.key is None else f"{column}[{self.key} + 1]"

    # --------------------------------------------------------------------------------------------------------------------- stages

    def stage(self) -> str:
        """SQL that adds ``w0…`` to ``s1`` and takes its charges away."""
        numbers = [
            self._where(groups[0], f"list_transform(charges, lambda c: {sql})") + f" AS numbers{i}"
            for i, (sql, groups) in enumerate(zip(self.columns, self.numbers, strict=True))
        ]
        words = [
            self._where(
                self.numbers[word.number][0],
                f"COALESCE(list_bit_or(list_transform(numbers{word.number}, lambda n: {self._word(word)})), 0)",
            )
            + f" AS {word.name}"
            for word in self.words
        ]
        left_out = ["charges", *self._columns(), *(f"numbers{i}" for i in range(len(self.numbers)))]
        return (
            f"SELECT * EXCLUDE ({', '.join(left_out)}), {', '.join(words)} "
            f"FROM (SELECT *, {', '.join(numbers)} FROM s1, {self.table})"
        )

    def _where(self, group: _Group, sql: str) -> str:
        if not group.areas or len(group.areas) == len(self.statement.areas):
            return sql
        return f"CASE WHEN area IN ({', '.join(map(str, group.areas))}) THEN {sql} END"

    def _word(self, word: _Word) -> str:
        """SQL of a word, from the number ``n`` of a charge."""
        found = []
        for part in word.parts:
            group = part.group
            shifted = f"n >> {group.first}" if group.first else "n"
            number = f"(({shifted}) & {(1 << group.bits) - 1})"
            found.append(
                f"{part.table}[{number} + 1]" if group.tabled else f"({_put(group.digits(number), part.sql)})"
            )
        return " | ".join(found)

    def missing_bits(self) -> dict[int, str]:
        """Number of an ``any_charge`` -> SQL of the bits of the facts that keep it unknown, from its word."""
        return {
            one.number: f"(({word.name} >> {bit + 2}) & {(1 << one.width) - 1}) * {1 << one.low}"
            for word, one, bit in self._all()
            if one.width
        }

    def _all(self) -> Iterator[tuple[_Word, _Any, int]]:
        for word in self.words:
            for part in word.parts:
                for one, bit in part.anys:
                    yield word, one, bit

    def truth_bits(self) -> dict[int, tuple[str, int, int]]:
        """Number of an ``any_charge`` -> its word, and there the bit for true and the bit for unknown."""
        return {one.number: (word.name, 1 << bit, 2 << bit) for word, one, bit in self._all()}

    # --------------------------------------------------------------------------------------------------------------------- tables

    def _columns(self) -> dict[str, str]:
        """Column of the one-row table -> SQL of the list in it."""
        found = {f"cites{i}": _numbers(values) for i, values in self.citations.items()}
        if any(re.search(r"\bmasks\[", sql) for sql in self.columns):
            found["masks"] = _numbers(self.masks)
        for part in (part for word in self.words for part in word.parts if part.group.tabled):
            atoms = "".join(f", {sql} AS {atom}" for atom, sql in part.group.digits("n").items())
            rows = f"SELECT n{atoms} FROM range({3 ** len(part.group.atoms)}) r(n)"
            found[part.table] = f"(SELECT list({part.sql} ORDER BY n) FROM ({rows}))"
        return found

    def make_table(self, con: duckdb.DuckDBPyConnection) -> None:
        """The one-row table that the stage looks things up in."""
        columns = ", ".join(f"{sql} AS {name}" for name, sql in self._columns().items())
        con.execute(f"CREATE OR REPLACE TEMP TABLE {self.table} AS SELECT {columns}")


def _put(atoms: dict[str, str], sql: str) -> str:
    """SQL with every atom written out."""
    return re.sub(r"\ba\d+\b", lambda found: f"({atoms[found[0]]})", sql)


def _numbers(values: Iterable[int]) -> str:
    return f"CAST([{', '.join(map(str, values))}] AS BIGINT[])"
