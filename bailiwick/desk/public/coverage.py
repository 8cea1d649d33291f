"""What the lawbook covers and what it does not: counted, never claimed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from bailiwick.engine.lawbook import Lawbook, LawFile
from bailiwick.engine.norm import Standing
from bailiwick.engine.places import Place
from bailiwick.engine.provisions import checked


@dataclass(frozen=True, slots=True)
class Coverage:
    """Counts over one lawbook.

    Attributes:
        governments: places with a law file of their own, by path.
        states: how many of those are states (with the District of Columbia).
        states_all: states and territories there are.
        counties_all: counties and their equivalents.
        cases: court cases read.
        proposals: bills never enacted.
        norms, duties, clocks, reports: sentences of each kind, bills left out.
        by_standing: sentences by how their text was read.
        open_norms: norms that never decide yet (a draft, or a reading that counsel has not chosen).
        signed: files whose reading a named person signed.
        files: files of law in force, bills left out.
        checked_last: the latest day on which a file was checked.
    """

    governments: tuple[Place, ...]
    states: int
    states_all: int
    counties_all: int
    cases: int
    proposals: int
    norms: int
    duties: int
    clocks: int
    reports: int
    by_standing: dict[Standing, int]
    open_norms: int
    signed: int
    files: int
    checked_last: date | None

    @property
    def local(self) -> int:
        """Counties and cities with a law file."""
        return sum(p.kind in ("county", "city") for p in self.governments)

    @property
    def counties(self) -> int:
        """Counties with a law file."""
        return sum(p.kind == "county" for p in self.governments)

    @property
    def states_without(self) -> int:
        """States and territories without one."""
        return self.states_all - self.states


@lru_cache(maxsize=4)
def coverage(book: Lawbook) -> Coverage:
    """Count what a lawbook holds."""
    law = [f for f in book.files.values() if not f.proposal]
    own = tuple(book.places.get(path) for path in sorted(_governments(law)))
    standing = dict.fromkeys(Standing, 0)
    for file in law:
        cited = [*(one.cite for one in file.provisions), *(one.cite for one in file.reports)]
        for cite in (*cited, *(one.cite for one in file.notes)):
            standing[cite.standing] += 1
    days = [day for f in law if isinstance(day := checked(f).get("on"), date)]
    return Coverage(
        governments=own,
        states=sum(p.kind == "state" for p in own),
        states_all=sum(p.kind == "state" for p in book.places),
        counties_all=sum(p.kind == "county" for p in book.places),
        cases=sum(f.name.startswith("courts/") for f in law),
        proposals=len(book.proposals),
        norms=sum(len(f.norms) for f in law),
        duties=sum(len(f.duties) for f in law),
        clocks=sum(len(f.clocks) for f in law),
        reports=sum(len(f.reports) for f in law),
        by_standing=standing,
        open_norms=sum(n.open is not None for f in law for n in f.norms),
        signed=sum(bool(checked(f).get("by")) for f in law),
        files=len(law),
        checked_last=max(days, default=None),
    )


def _governments(law: list[LawFile]) -> Iterator[str]:
    """Places that have a law file of their own: its first place, where the file is a government's and not a court's."""
    for file in law:
        if not file.name.startswith("courts/"):
            yield file.binds[0]
