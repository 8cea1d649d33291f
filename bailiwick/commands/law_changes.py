"""What changed in the law of a place between two days, and whose outcome changes with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from typing import Any

from bailiwick.engine.case import Case
from bailiwick.engine.decide import Answer, decide
from bailiwick.engine.lawbook import Lawbook
from bailiwick.engine.places import Place
from bailiwick.engine.provisions import Dated, as_json

# ---------------------------------------------------------------------------------------------------- the law


@dataclass(frozen=True, slots=True)
class Reworded:
    """A sentence of law with two versions. ``fields``: name -> before, after."""

    before: Dated
    after: Dated
    fields: dict[str, tuple[Any, Any]]


@dataclass(frozen=True, slots=True)
class Changed:
    """What differs between the law of two days."""

    ended: list[Dated]
    began: list[Dated]
    reworded: list[Reworded]

    @property
    def any(self) -> bool:
        return bool(self.ended or self.began or self.reworded)


def compare(book: Lawbook, place: Place, days: tuple[date, date], bills: tuple[str, ...] = ()) -> Changed:
    """The law of a place on two days. ``bills`` are in force on the second only."""
    first = _in_force(book, book.area(place.path), days[0])
    second = _in_force(book, book.area(place.path, bills), days[1])
    reworded = []
    for name, before in first.items():
        after = second.get(name)
        if after is not None and (fields := _fields(before, after)):
            reworded.append(Reworded(before, after, fields))
    return Changed(
        [one for name, one in first.items() if name not in second],
        [one for name, one in second.items() if name not in first],
        reworded,
    )


def _in_force(book: Lawbook, area: tuple[str, ...], day: date) -> dict[str, Dated]:
    law = book.in_force(area, day)
    reports = [r for name in area for r in book.files[name].reports if day in r.span]
    every: tuple[Dated, ...] = (*law.norms, *law.duties, *law.clocks, *reports)
    return {one.id: one for one in every}


#: What of a sentence of law is compared; its dates, notes and place in the file are not.
_IGNORED = ("file", "in_force", "note", "kind", "id", "proposal")


def _fields(before: Dated, after: Dated) -> dict[str, tuple[Any, Any]]:
    old, new = as_json(before), as_json(after)
    return {k: (old[k], new[k]) for k in old if k not in _IGNORED and old[k] != new.get(k)}


def reworded(before: str, after: str) -> str:
    """Both texts in one: `may [-hold-] {+not hold+} a person`."""
    old, new = before.split(), after.split()
    out: list[str] = []
    for what, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            out += old[i1:i2]
            continue
        if i1 < i2:
            out.append(f"[-{' '.join(old[i1:i2])}-]")
        if j1 < j2:
            out.append(f"{{+{' '.join(new[j1:j2])}+}}")
    return " ".join(out)


# -------------------------------------------------------------------------------------------------- the cases


@dataclass(frozen=True, slots=True)
class Change:
    """One action of one case with another outcome."""

    line: int
    id: Any
    action: str
    before: Answer
    after: Answer


@dataclass(frozen=True, slots=True)
class Affected:
    """Of the cases read: how many stand at the place, how many elsewhere (left out), and what changes."""

    count: int
    elsewhere: int
    changes: list[Change]

    @property
    def cases(self) -> int:
        return len({c.line for c in self.changes})


def whose(
    book: Lawbook,
    place: Place,
    days: tuple[date, date],
    bills: tuple[str, ...],
    cases: Iterable[tuple[int, Case]],
) -> Affected:
    """Whose outcome changes. ``cases``: line number and case."""
    count = elsewhere = 0
    changes = []
    for line, case in cases:
        if not _at(case, place):
            elsewhere += 1
            continue
        count += 1
        before = decide(case.moved(on=days[0]), book, would_change=False)
        after = decide(case.moved(on=days[1]), book, bills, would_change=False)
        for action, old in before.actions.items():
            new = after.actions[action]
            if old.outcome is not new.outcome:
                changes.append(Change(line, case.id, action, old, new))
    return Affected(count, elsewhere, changes)


def _at(case: Case, place: Place) -> bool:
    return case.place.path == place.path or case.place.path.startswith(f"{place.path}/")
