"""The law of one place on one day, arranged for its page: short answers first, then every sentence by its source."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from bailiwick.engine.decide import Answer
from bailiwick.engine.facts import ACTIONS, FACTS, LEVELS, Outcome
from bailiwick.engine.lawbook import Lawbook, LawFile
from bailiwick.engine.norm import Clock, Duty, Norm, Note, Report
from bailiwick.engine.places import Place
from bailiwick.engine.provisions import checked
from bailiwick.evidence.canonical import ORDINARY, canonical_cases

#: Sources of law in the order in which they stand on the page: what is nearest first.
LAYERS = ("local", "state", "court", "federal")
#: Changes of fact shown beside a short answer; the rest is behind "try a case here".
MOST_CHANGES = 3


@dataclass(frozen=True, slots=True)
class Short:
    """The short answer of one action for an ordinary detainer, and what it depends on: a missing fact by its name, or changes of
    facts, said in the language of the page."""

    action: str
    answer: Answer
    depends: tuple[tuple[str | list[dict[str, Any]], Outcome | None], ...]
    more: int


@dataclass(frozen=True, slots=True)
class Source:
    """One law file that applies here, with what of it is in force on the day."""

    layer: str
    file: LawFile
    norms: tuple[Norm, ...]
    own: bool

    @property
    def checked_on(self) -> date | None:
        on = checked(self.file).get("on")
        return on if isinstance(on, date) else None

    @property
    def checked(self) -> dict[str, Any]:
        return checked(self.file)


@dataclass(frozen=True, slots=True)
class Turn:
    """A day on which the law here changes: which sentences begin and which end."""

    day: date
    begins: tuple[Norm, ...]
    ends: tuple[Norm, ...]
    duties: int


@dataclass(frozen=True, slots=True)
class PlaceLaw:
    """Everything on the page of a place."""

    place: Place
    day: date
    custodian: str
    above: tuple[Place, ...]
    own_file: bool
    short: tuple[Short, ...]
    sources: tuple[Source, ...]
    turns: tuple[Turn, ...]
    duties: tuple[Duty, ...]
    clocks: tuple[Clock, ...]
    reports: tuple[Report, ...]
    notes: dict[str, tuple[Note, ...]]
    proposals: tuple[LawFile, ...]


def layer(file: LawFile) -> str:
    """Which of LAYERS a law file belongs to."""
    if file.name.startswith("courts/"):
        return "court"
    return {1: "federal", 2: "state"}.get(file.binds[0].count("/") + 1, "local")


def anchor(norm_id: str) -> str:
    """The id of a norm's place on the page."""
    return "n-" + re.sub(r"[^a-z0-9]+", "-", norm_id.lower()).strip("-")


@lru_cache(maxsize=512)
def place_law(book: Lawbook, place: Place, day: date, custodian: str = "county_jail") -> PlaceLaw:
    """The page of a place. Cached: a lawbook does not change while the program runs."""
    area = book.area(place.path)
    law = book.in_force(area, day)
    files = [book.files[name] for name in area]
    above = tuple(book.places.get(path) for path in book.places.prefixes(place.path))
    by_level = sorted(law.norms, key=lambda n: LEVELS.index(n.level))
    sources = tuple(
        Source(layer(f), f, tuple(n for n in by_level if n.file == f.name), f.binds[0] == place.path)
        for f in sorted(files, key=lambda f: LAYERS.index(layer(f)))
    )
    notes: dict[str, list[Note]] = {}
    for file in files:
        for note in file.notes:
            notes.setdefault(note.kind, []).append(note)
    paths = {p.path for p in above}
    return PlaceLaw(
        place=place,
        day=day,
        custodian=custodian,
        above=above,
        own_file=any(s.own for s in sources if s.layer != "court"),
        short=tuple(short_answers(book, place, day, custodian)),
        sources=sources,
        turns=tuple(turns(files)),
        duties=law.duties,
        clocks=law.clocks,
        reports=tuple(r for f in files for r in f.reports if day in r.span),
        notes={kind: tuple(found) for kind, found in notes.items()},
        proposals=tuple(book.files[n] for n in book.proposals if paths & set(book.files[n].binds)),
    )


def short_answers(book: Lawbook, place: Place, day: date, custodian: str) -> Iterator[Short]:
    """What the ordinary detainer (no judge's warrant, no conviction) comes to, and what would change it."""
    answers = canonical_cases()[ORDINARY].answers(book, place, day, custodian, changes=True)
    for action in ACTIONS:
        answer = answers[action]
        depends: list[tuple[str | list[dict[str, Any]], Outcome | None]] = []
        if answer.outcome is Outcome.UNKNOWN:
            depends = [(name, None) for name in answer.missing]
        for one in answer.would_change:
            depends.append((one["change"], Outcome(one["outcome"])))
        yield Short(action, answer, tuple(depends[:MOST_CHANGES]), max(0, len(depends) - MOST_CHANGES))


def turns(files: list[LawFile]) -> Iterator[Turn]:
    """The days on which the law of these files changes, newest first."""
    days: dict[date, tuple[list[Norm], list[Norm], list[Any]]] = {}
    for file in files:
        for one in file.provisions:
            for day, which in ((one.span.start, 0), (one.span.end, 1)):
                if day is None:
                    continue
                found = days.setdefault(day, ([], [], []))
                if isinstance(one, Norm):
                    found[which].append(one)
                else:
                    found[2].append(one)
    for day in sorted(days, reverse=True):
        begins, ends, others = days[day]
        yield Turn(day, tuple(begins), tuple(ends), len(others))


def clock_start(clock: Clock) -> str:
    """From when a clock runs, in words."""
    return "the decision" if clock.start == "at" else FACTS[clock.start].means
