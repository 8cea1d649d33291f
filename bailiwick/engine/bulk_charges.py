"""The record of charges on DuckDB: every charge becomes one number, and what follows from it is looked up.

Conditions inside ``any_charge`` share their atoms ("convicted", "a felony", "stands in this list"), but a lambda over a list
works out whatever is written in it again and again. So each atom is worked out once a charge. Atoms that hang together (those
that compare one text, those that look the citation up, those that compare one day with others whose order is known) can turn
out in a few ways only, any other in three: false, true, unknown. The ways in which the atoms that a few ``any_charge`` read (a
group) turned out make a number; the numbers of all groups stand side by side in one. For each group a table has a row for every
such number, worked out by the same SQL: which ``any_charge`` are true, which are unknown, and for want of which facts. The rows
of a case's charges are united by ``bit_or``. Nothing is gathered, so memory stays flat.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from math import prod
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from bailiwick.engine.bulk_sql import WORD, Statement
from bailiwick.engine.condition import AT, Compare, Const, InList, OneOf, Ref, Shift, walk
from bailiwick.engine.condition_sql import HoistedAtom, quoted
from bailiwick.engine.facts import Type

if TYPE_CHECKING:
    import duckdb

#: Rows of a group's table at most; an ``any_charge`` that needs more is worked out in place.
_MOST_ROWS = 30_000
_FALSE, _TRUE, _UNKNOWN = 0, 1, 2


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
class _Axis:
    """Atoms that hang together, of a group.

    Attributes:
        what: the text that they compare, ``_LISTS``, or the one atom's name.
        atoms: their names.
        ways: the truths of these atoms, once for each way in which they may turn out together.
        worth: what a step in ``ways`` is worth in the number of the group.
    """

    what: str
    atoms: list[str]
    ways: list[tuple[int, ...]]
    worth: int

    def truths(self, number: str) -> Iterator[tuple[str, str]]:
        """Each atom with SQL of its truth, from the group's number."""
        way = f"({number}) // {self.worth} % {len(self.ways)}"
        for i, atom in enumerate(self.atoms):
            whens = [
                f"WHEN {n} THEN {'TRUE' if truths[i] == _TRUE else 'NULL'}"
                for n, truths in enumerate(self.ways)
                if truths[i] != _FALSE
            ]
            yield atom, f"CASE {way} {' '.join(whens)} ELSE FALSE END" if whens else "FALSE"


#: What the atoms hang on that look a charge's citation up.
_LISTS = "lists"
#: A day some years (or months, or days) from another; whether a day passes it by lying after it, or on it already.
_Border: TypeAlias = tuple[int, bool]
_TURNED = str.maketrans("<>", "><")


class _Day(NamedTuple):
    """An atom that compares a charge's day: what it hangs on, with which border, whether the day must lie past it; SQL of whether
    it does; and what must be known."""

    beside: str
    border: _Border
    past: bool
    sql: str
    days: tuple[str, ...]


@dataclass(slots=True)
class _Group:
    """Atoms whose ways stand in one number, ``first`` bits up in the number of a charge."""

    areas: tuple[int, ...]
    atoms: list[str] = field(default_factory=list)
    axes: list[_Axis] = field(default_factory=list)
    anys: list[_Any] = field(default_factory=list)
    first: int = 0

    @property
    def rows(self) -> int:
        return prod(len(axis.ways) for axis in self.axes)

    @property
    def bits(self) -> int:
        return (self.rows - 1).bit_length()

    @property
    def tabled(self) -> bool:
        return self.rows <= _MOST_ROWS

    def truths(self, number: str) -> dict[str, str]:
        """Atom -> SQL of its truth, from the group's number."""
        return dict(found for axis in self.axes for found in axis.truths(number))


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
        self._some = sorted(set(self.masks))
        self.groups: list[_Group] = []
        #: The numbers of a charge: column -> groups in it.
        self.numbers: list[list[_Group]] = []
        self.words: list[_Word] = []
        self.citations: dict[int, list[int]] = {}
        anys = list(self._anys())
        self.atoms = {a.name: a for a in statement.conditions.hoisted.values()}
        for one in anys:
            self._place(one)
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
        """Into the group of the same places whose table grows the least."""
        found: tuple[float, _Group, list[str], list[_Axis]] | None = None
        for group in self.groups:
            if group.areas == one.areas:
                atoms = group.atoms + [a for a in one.atoms if a not in group.atoms]
                axes = self._axes(atoms)
                rows = prod(len(axis.ways) for axis in axes)
                if rows <= _MOST_ROWS and (found is None or rows / group.rows < found[0]):
                    found = (rows / group.rows, group, atoms, axes)
        if found is None:
            group, atoms, axes = _Group(one.areas), one.atoms, self._axes(one.atoms)
            self.groups.append(group)
        else:
            _, group, atoms, axes = found
        group.atoms, group.axes = atoms, axes
        group.anys.append(one)

    def _axes(self, atoms: list[str]) -> list[_Axis]:
        together: dict[str, list[str]] = {}
        for name in sorted(atoms, key=lambda name: _told(self.atoms[name]) is not None):
            atom = self.atoms[name]
            told, compared, day = _told(atom), self._of_text(atom), self._of_day(atom)
            what = day.beside if day else compared[0] if compared else name
            if isinstance(atom.node, InList):
                what = _LISTS
            elif told and f"{told} beside at" in together:  # that comparison is unknown where this is
                what = f"{told} beside at"
            together.setdefault(what, []).append(name)
        axes, worth = [], 1
        for what, names in together.items():
            axes.append(_Axis(what, names, self._ways(what, names), worth))
            worth *= len(axes[-1].ways)
        return axes

    def _ways(self, what: str, names: list[str]) -> list[tuple[int, ...]]:
        nothing = (_UNKNOWN,) * len(names)
        if what == _LISTS:
            cited = {self._cited(names, mask) for mask in self._some} if self.key else set()
            return sorted({nothing, *cited})
        if what == names[0]:
            atom = self.atoms[what]
            if atom.sql == "CAST(NULL AS BOOLEAN)":
                return [nothing]
            return [*([] if _told(atom) else [(_FALSE,)]), (_TRUE,), nothing]
        if borders := self._borders(names):
            return sorted({nothing, *(self._passed(names, borders[:n]) for n in range(len(borders) + 1))})
        compared = [self._compared(names, word) for word in (*self._words(names), None)]
        return sorted({nothing, *compared})

    def _cited(self, names: list[str], mask: int) -> tuple[int, ...]:
        """Truths of atoms that look up a citation of these list bits."""
        lists = (self.atoms[name].node for name in names)
        bits = [
            mask >> 2 * self.statement.conditions.list_bits[n.list_id] for n in lists if isinstance(n, InList)
        ]
        return tuple(_UNKNOWN if found & 2 else found & 1 for found in bits)

    def _words(self, names: list[str]) -> list[str]:
        """Words that atoms compare a text with."""
        return sorted({word for name in names for word in (self._of_text(self.atoms[name]) or ("", ()))[1]})

    def _compared(self, names: list[str], word: str | None) -> tuple[int, ...]:
        """Truths of atoms that compare a text, where it is this word; None: one with which none of them compares it."""
        found = (self._of_text(self.atoms[name]) for name in names)
        return tuple(int((word in values) == among) for _, values, among in filter(None, found))

    def _borders(self, names: Iterable[str]) -> list[_Border]:
        """The days that atoms compare a day with, the earliest first."""
        return sorted({day.border for name in names if (day := self._of_day(self.atoms[name]))})

    def _passed(self, names: list[str], borders: list[_Border]) -> tuple[int, ...]:
        """Truths of atoms that compare a day, where it lies past some of their borders (or ask whether it is known)."""
        days = (self._of_day(self.atoms[name]) for name in names)
        return tuple(int((day.border in borders) == day.past) if day else _TRUE for day in days)

    def _pack(self) -> None:
        """Groups of the same places side by side, and their answers."""
        for group in self.groups:
            if group.bits > WORD:
                raise ValueError(f"{len(group.atoms)} conditions inside one any_charge: too many")
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
        kind = self._type(i)
        alone: dict[str, int] = {}
        together: dict[str, list[tuple[_Axis, int]]] = {}
        for group in self.numbers[i]:
            for axis in group.axes:
                worth = axis.worth << group.first
                if axis.what != axis.atoms[0]:
                    together.setdefault(axis.what, []).append((axis, worth))
                elif len(axis.ways) > 1:
                    alone[axis.what] = alone.get(axis.what, 0) + worth
        parts = [
            self._digit(self.atoms[name], one, kind).replace(
                "(mask &", f"({self._listed('masks', 'BIGINT')} &"
            )
            for name, one in alone.items()
        ]
        for what, axes in together.items():
            if what == _LISTS:
                parts.append(self._of_lists(i, axes))
            elif borders := self._borders(name for axis, _ in axes for name in axis.atoms):
                parts.append(self._of_days(borders, axes))
            else:
                parts.append(self._of_words(what, axes))
        return " + ".join([f"CAST(0 AS {kind})", *parts])

    def _type(self, i: int) -> str:
        """The type of a number; the smaller one is added up quicker."""
        return "INTEGER" if sum(group.bits for group in self.numbers[i]) < 31 else "BIGINT"

    def _of_words(self, text: str, axes: list[tuple[_Axis, int]]) -> str:
        """What a text adds."""
        words = sorted({word for axis, _ in axes for word in self._words(axis.atoms)})

        def worth(word: str | None) -> int:
            return sum(one * axis.ways.index(self._compared(axis.atoms, word)) for axis, one in axes)

        unknown = sum(one * axis.ways.index((_UNKNOWN,) * len(axis.atoms)) for axis, one in axes)
        whens = " ".join(f"WHEN {text} = {quoted(word)} THEN {worth(word)}" for word in words)
        return f"CASE WHEN {text} IS NULL THEN {unknown} {whens} ELSE {worth(None)} END"

    def _of_days(self, borders: list[_Border], axes: list[tuple[_Axis, int]]) -> str:
        """What a day adds: the latest border that it lies past tells."""
        atoms = [self.atoms[name] for axis, _ in axes for name in axis.atoms]
        past = {day.border: day for atom in atoms if (day := self._of_day(atom))}
        unknown = sum(one * axis.ways.index((_UNKNOWN,) * len(axis.atoms)) for axis, one in axes)
        whens = [f"WHEN {' OR '.join(f'{day} IS NULL' for day in past[borders[0]].days)} THEN {unknown}"]
        worth = [
            sum(one * axis.ways.index(self._passed(axis.atoms, borders[:n])) for axis, one in axes)
            for n in range(len(borders) + 1)
        ]
        whens += [f"WHEN {past[borders[n - 1]].sql} THEN {worth[n]}" for n in range(len(borders), 0, -1)]
        return f"CASE {' '.join(whens)} ELSE {worth[0]} END"

    def _digit(self, atom: HoistedAtom, one: int, kind: str) -> str:
        """What an atom adds: nothing, ``one`` where it is true, twice ``one`` where it is unknown. One that is never false:
        nothing, and ``one`` where it is unknown."""
        if told := _told(atom):
            return f"CASE WHEN {told} IS NULL THEN {one} ELSE 0 END"
        unknown = f"({atom.sql}) IS NULL"
        match atom.node:
            case Ref(fact=fact, fill=None) if (
                fact.type is Type.BOOLEAN and atom.sql == self.statement.conditions.ref(atom.node)
            ):
                return f"COALESCE(CAST({atom.sql} AS {kind}), 2) * {one}"
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

    def _of_day(self, atom: HoistedAtom) -> _Day | None:
        """An atom that asks whether a charge's day lies before or after a day some time from one of the case."""
        match atom.node:
            case Compare(left=Ref() as own, right=Shift() as other):
                op = atom.node.op
            case Compare(left=Shift() as other, right=Ref() as own):
                op = atom.node.op.translate(_TURNED)
            case _:
                return None
        base = other.base
        if op not in ("<", "<=", ">", ">=") or not isinstance(base, Ref):
            return None
        if not own.fact.of_charge or base.fact.of_charge or not own.fill is base.fill is None:
            return None
        ref = self.statement.conditions.ref
        past = op[0] == ">"
        days = (ref(own),) if base.fact is AT else (ref(own), ref(base))
        beside = f"{ref(own)} beside {'at' if base.fact is AT else ref(base)}"
        if other.unit != "YEAR":
            beside += f" in {other.unit}"
        border = (other.amount, op in (">", "<="))
        return _Day(beside, border, past, atom.sql if past else f"NOT {atom.sql}", days)

    def _of_lists(self, i: int, axes: list[tuple[_Axis, int]]) -> str:
        """What a charge's lists of offences add: for every citation worked out beforehand."""
        unknown = sum(one * axis.ways.index((_UNKNOWN,) * len(axis.atoms)) for axis, one in axes)
        if self.key is None:
            return str(unknown)
        worth = {
            mask: sum(one * axis.ways.index(self._cited(axis.atoms, mask)) for axis, one in axes)
            for mask in self._some
        }
        self.citations[i] = [worth[mask] for mask in self.masks]
        return f"COALESCE({self._listed(f'cites{i}', self._type(i))}, {unknown})"

    def _listed(self, column: str, kind: str) -> str:
        return f"CAST(NULL AS {kind})" if self.key is None else f"{column}[{self.key} + 1]"

    # --------------------------------------------------------------------------------------------------------------------- stages

    def stage(self) -> str:
        """SQL that adds ``w0…`` to ``s1`` and takes its charges away."""
        numbers, words, left_out = [], [], ["charges", *self._columns()]
        for i, (sql, groups) in enumerate(zip(self.columns, self.numbers, strict=True)):
            mine = [word for word in self.words if word.number == i]
            once = sum(len(word.parts) for word in mine) == 1 and groups[0].tabled
            if not once:  # the number is looked up again and again
                transformed = f"list_transform(charges, lambda c: {sql})"
                numbers.append(f"{self._where(groups[0], transformed)} AS numbers{i}")
                left_out.append(f"numbers{i}")
            for word in mine:
                told = (
                    f"charges, lambda c: {self._word(word, f'({sql})')}"
                    if once
                    else f"numbers{i}, lambda n: {self._word(word, 'n')}"
                )
                united = f"COALESCE(list_bit_or(list_transform({told})), 0)"
                words.append(f"{self._where(groups[0], united)} AS {word.name}")
        numbered = ", ".join(["*", *numbers])
        return (
            f"SELECT * EXCLUDE ({', '.join(left_out)}), {', '.join(words)} "
            f"FROM (SELECT {numbered} FROM s1, {self.table})"
        )

    def _where(self, group: _Group, sql: str) -> str:
        if not group.areas or len(group.areas) == len(self.statement.areas):
            return sql
        return f"CASE WHEN area IN ({', '.join(map(str, group.areas))}) THEN {sql} END"

    def _word(self, word: _Word, n: str) -> str:
        """SQL of a word, from the number of a charge."""
        found = []
        for part in word.parts:
            group = part.group
            number = f"({n} >> {group.first})" if group.first else n
            if len(self.numbers[word.number]) > 1:
                number = f"({number} & {(1 << group.bits) - 1})"
            found.append(
                f"{part.table}[{number} + 1]" if group.tabled else f"({_put(group.truths(number), part.sql)})"
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
        found = {f"cites{i}": _numbers(values, self._type(i)) for i, values in self.citations.items()}
        if any(re.search(r"\bmasks\[", sql) for sql in self.columns):
            found["masks"] = _numbers(self.masks, "BIGINT")
        for part in (part for word in self.words for part in word.parts if part.group.tabled):
            atoms = "".join(f", {sql} AS {atom}" for atom, sql in part.group.truths("n").items())
            rows = f"SELECT n{atoms} FROM range({part.group.rows}) r(n)"
            found[part.table] = f"(SELECT list({part.sql} ORDER BY n) FROM ({rows}))"
        return found

    def make_table(self, con: duckdb.DuckDBPyConnection) -> None:
        """The one-row table that the stage looks things up in."""
        columns = ", ".join(f"{sql} AS {name}" for name, sql in self._columns().items())
        con.execute(f"CREATE OR REPLACE TEMP TABLE {self.table} AS SELECT {columns}")


def _told(atom: HoistedAtom) -> str | None:
    """SQL of what an atom asks to be known, that asks nothing else and is never false."""
    found = re.fullmatch(r"CASE WHEN ([\w.]+) IS NOT NULL THEN TRUE END", atom.sql)
    return found[1] if found else None


def _put(atoms: dict[str, str], sql: str) -> str:
    """SQL with every atom written out."""
    return re.sub(r"\ba\d+\b", lambda found: f"({atoms[found[0]]})", sql)


def _numbers(values: Iterable[int], kind: str) -> str:
    return f"CAST([{', '.join(map(str, values))}] AS {kind}[])"
