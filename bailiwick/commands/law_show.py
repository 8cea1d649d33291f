"""`bailiwick law show`: what is in force at a place on a day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from bailiwick.commands.options import Format, FormatOption, LawOption, OnOption, PlaceArgument, read_format

if TYPE_CHECKING:
    from bailiwick.commands.rendering import Block, Line
    from bailiwick.engine.lawbook import Lawbook, LawFile
    from bailiwick.engine.norm import Clock, Duty, Norm, Report
    from bailiwick.engine.places import Place

COLUMNS = (
    "kind",
    "action",
    "id",
    "effect",
    "says",
    "cite",
    "standing",
    "level",
    "custodian",
    "from",
    "to",
    "open",
    "file",
)


def show(
    place: PlaceArgument, on: OnOption = None, format: FormatOption = None, law: LawOption = None
) -> None:
    """Show the law in force at a place on a day: today there, when no day is given.

    The law of every place above it is shown with it, and what courts held for it. For each sentence: its
    citation, whether the text itself was read, since when it is in force and whom it binds.

    \b
    Today's law:
      bailiwick law show us/tx/travis-county
    The law of a day:
      bailiwick law show us/ca --on 2018-01-03
    """
    from bailiwick.commands import inputs, rendering
    from bailiwick.engine.zones import zone

    how = read_format(format)
    book = inputs.load_lawbook(law)
    where = inputs.read_place(place, book.places, "place")
    day = inputs.read_day(on, "--on") if on else datetime.now(zone(where.tz)).date()
    found = _Law(book, where, day)
    if how is Format.JSON:
        rendering.write_json(found.as_json())
    elif how is Format.CSV:
        out = rendering.Csv(COLUMNS)
        for row in found.rows():
            out.row(row)
    else:
        rendering.show(found.page())


class _Law:
    """The law of a place on a day."""

    def __init__(self, book: Lawbook, place: Place, day: date) -> None:
        from bailiwick.engine.facts import ACTIONS, LEVELS

        self.book, self.place, self.day = book, place, day
        area = book.area(place.path)
        law = book.in_force(area, day)
        self.files: list[LawFile] = [book.files[name] for name in area]
        by_level = sorted(law.norms, key=lambda n: LEVELS.index(n.level))
        self.norms: dict[str, list[Norm]] = {a: [n for n in by_level if a in n.actions] for a in ACTIONS}
        self.duties: tuple[Duty, ...] = law.duties
        self.clocks: tuple[Clock, ...] = law.clocks
        self.reports: list[Report] = [r for f in self.files for r in f.reports if day in r.span]
        self.notes = [n for f in self.files for n in f.notes]
        self.proposals = [
            book.files[name]
            for name in book.proposals
            if any(p.path in book.files[name].binds for p in self._above())
        ]
        self.changes = book.boundaries(area)

    def _above(self) -> list[Place]:
        return [self.book.places.get(path) for path in self.book.places.prefixes(self.place.path)]

    # ------------------------------------------------------------------------------------------- for machines

    def as_json(self) -> dict[str, Any]:
        from bailiwick.engine.provisions import as_json, file_as_json, note_as_json

        return {
            "place": self.place.path,
            "name": self.place.name,
            "on": self.day.isoformat(),
            "lawbook": self.book.version,
            "files": [file_as_json(f) for f in self.files],
            "actions": {action: [as_json(n) for n in norms] for action, norms in self.norms.items()},
            "duties": [as_json(d) for d in self.duties],
            "clocks": [as_json(c) for c in self.clocks],
            "reports": [as_json(r) for r in self.reports],
            "notes": [note_as_json(n) for n in self.notes],
            "proposals": [file_as_json(f) for f in self.proposals],
            "changes": [d.isoformat() for d in self.changes],
        }

    def rows(self) -> Iterator[tuple[Any, ...]]:
        for action, norms in self.norms.items():
            for n in norms:
                yield (
                    "norm",
                    action,
                    n.id,
                    n.effect,
                    n.says,
                    n.cite.text,
                    n.cite.standing,
                    n.level,
                    n.custodians,
                    n.span.start,
                    n.span.end,
                    n.open,
                    n.file,
                )
        for kind, group in (("duty", self.duties), ("clock", self.clocks)):
            for p in group:
                yield (
                    kind,
                    None,
                    p.id,
                    None,
                    p.what,
                    p.cite.text,
                    p.cite.standing,
                    None,
                    p.custodians,
                    p.span.start,
                    p.span.end,
                    p.open,
                    p.file,
                )
        for r in self.reports:
            yield (
                "report",
                None,
                r.id,
                None,
                r.what,
                r.cite.text,
                r.cite.standing,
                None,
                r.by,
                r.span.start,
                r.span.end,
                r.open,
                r.file,
            )
        for note in self.notes:
            yield (
                "note",
                None,
                note.id,
                None,
                note.says,
                note.cite.text,
                note.cite.standing,
                None,
                None,
                None,
                None,
                None,
                note.file,
            )

    # --------------------------------------------------------------------------------------------- for people

    def page(self) -> Iterator[Block]:
        from bailiwick.commands.rendering import Heading, Items, Line, Text
        from bailiwick.engine import words
        from bailiwick.engine.facts import ACTION_MEANING

        yield Heading(
            f"The law of {self.place.name} ({self.place.path}) on {words.day(self.day)}", first=True
        )
        for action, norms in self.norms.items():
            if norms:
                yield Heading(words.action(action))
                yield Text(f"To {ACTION_MEANING[action]}.")
                yield Items([self._norm(n) for n in norms])
        silent = [words.action(a).lower() for a, norms in self.norms.items() if not norms]
        if silent:
            yield Heading("No rule here speaks to")
            yield Text(", ".join(silent))
        if self.duties:
            yield Heading("What is owed")
            yield Items([self._owed(d) for d in self.duties])
        if self.clocks:
            yield Heading("Clocks")
            yield Items([self._clock(c) for c in self.clocks])
        if self.reports:
            yield Heading("What must be reported")
            yield Items([self._report(r) for r in self.reports])
        for kind, title in _NOTES:
            if notes := [n for n in self.notes if n.kind == kind]:
                yield Heading(title)
                yield Items([[Line(n.says), Line(_cite(n.cite), "faint")] for n in notes])
        if self.proposals:
            yield Heading("Proposals, never enacted")
            yield Items(
                [[Line(f.title), Line(f"apply it with: --with {f.name}", "faint")] for f in self.proposals]
            )
        yield from self._history()
        yield Heading("Last checked")
        yield Items([_checked(f) for f in self.files])

    def _history(self) -> Iterator[Block]:
        from bailiwick.commands.rendering import Heading, Text
        from bailiwick.engine import words

        before = [d for d in self.changes if d <= self.day]
        after = [d for d in self.changes if d > self.day]
        yield Heading("When this law changes")
        last = f"Last change on {words.day(before[-1])}." if before else "Nothing was in force before."
        following = f" Next known change on {words.day(after[0])}." if after else " No later change is known."
        yield Text(f"{last}{following} Compare two days: bailiwick law diff {self.place.path} DATE1 DATE2")

    @staticmethod
    def _norm(norm: Norm) -> list[Line]:
        from bailiwick.commands.rendering import Line
        from bailiwick.engine import words

        lines = [
            Line(f"{words.EFFECT[norm.effect].capitalize()}: {words.sentence(norm)}", "strong"),
            *_open(norm.open),
        ]
        lines.append(
            Line(f"{_footer(norm)}; {norm.level}; binds {words.custodians(norm.custodians)}", "faint")
        )
        return [*lines, Line(norm.note, "faint")] if norm.note else lines

    @staticmethod
    def _owed(duty: Duty) -> list[Line]:
        from bailiwick.commands.rendering import Line
        from bailiwick.engine import words

        within = f"{duty.within}: " if duty.within else ""
        to = f" (to the {duty.to})" if duty.to != "person" else ""
        binds = f"binds {words.custodians(duty.custodians)}"
        return [
            Line(f"{within}{duty.what}{to}", "strong"),
            *_open(duty.open),
            Line(f"{_footer(duty)}; {binds}", "faint"),
        ]

    def _clock(self, clock: Clock) -> list[Line]:
        from bailiwick.commands.rendering import Line
        from bailiwick.engine.facts import FACTS

        start = "the decision" if clock.start == "at" else FACTS[clock.start].means
        length = f"until {clock.until}" if clock.until else str(clock.length)
        whose = [self.book.files[name].title for name in clock.holidays]
        calendar = f", Saturdays, Sundays and holidays ({'; '.join(whose)}) not counted" if whose else ""
        return [
            Line(clock.what, "strong"),
            Line(f"{length} from: {start}{calendar}"),
            *_open(clock.open),
            Line(_footer(clock), "faint"),
        ]

    @staticmethod
    def _report(report: Report) -> list[Line]:
        from bailiwick.commands.rendering import Line

        parts = [
            f"by {report.by}" if report.by else "",
            f"to {report.to}" if report.to else "",
            f"every {report.every}" if report.every else "",
            f"due {report.due}" if report.due else "",
        ]
        lines = [Line(report.what, "strong"), Line("; ".join(p for p in parts if p))]
        if report.items:
            lines.append(Line(f"with: {'; '.join(report.items)}"))
        return [*lines, *_open(report.open), Line(_footer(report), "faint")]


_NOTES = (
    ("scope", "Scope"),
    ("remedy", "Remedies"),
    ("interpretation", "How the text was read"),
    ("open", "Open points"),
    ("history", "History"),
)


def _open(why: str | None) -> Iterable[Line]:
    from bailiwick.commands.rendering import Line

    if why:
        from bailiwick.engine import words

        yield Line(words.undecided(why), "strong")


def _cite(cite: Any) -> str:
    from bailiwick.engine import words

    return f"{cite.text}; {words.STANDING[cite.standing]}"


def _footer(one: Norm | Duty | Clock | Report) -> str:
    from bailiwick.engine import words

    return f"{_cite(one.cite)}; {words.span(one.span)}"


def _checked(file: LawFile) -> list[Line]:
    from bailiwick.commands.rendering import Line
    from bailiwick.engine import words
    from bailiwick.engine.provisions import checked

    on, by, against = (checked(file).get(key) for key in ("on", "by", "against"))
    when = words.day(on) if isinstance(on, date) else "never"
    signed = f", by {by}" if by else ", not yet signed by anybody"
    lines = [Line(f"{file.title} ({file.name}): {when}{signed}", "strong")]
    return [*lines, Line(f"against: {against}", "faint")] if against else lines
