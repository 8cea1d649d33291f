"""The sentences of law: Norm, Duty, Clock, and what they carry."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from bailiwick.engine.condition import TRUE, Node


class Effect(StrEnum):
    """What a norm does to an action. ``only_if``: forbidden where its condition is false, allowed where it is true."""

    REQUIRE = "require"
    PERMIT = "permit"
    FORBID = "forbid"
    ONLY_IF = "only_if"


class Standing(StrEnum):
    """How a claim about law is known: primary text read, a secondary source, or memory (drafts only)."""

    SEEN = "seen"
    SECONDARY = "secondary"
    MEMORY = "memory"


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open span of local days, ``[start, end)``; None is without limit."""

    start: date | None = None
    end: date | None = None

    def __contains__(self, day: date) -> bool:
        return (self.start is None or self.start <= day) and (self.end is None or day < self.end)

    def overlaps(self, other: Span) -> bool:
        after = self.end is not None and other.start is not None and self.end <= other.start
        before = other.end is not None and self.start is not None and other.end <= self.start
        return not (after or before)

    def __str__(self) -> str:
        return f"{self.start or 'any time'} to {self.end or 'open'}"


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a sentence of law stands, and how it was read."""

    text: str
    standing: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Provision:
    """What every sentence of law has.

    Attributes:
        id: full name, ``us/ca:values-act/hold``.
        file: the law file's name, ``us/ca`` or ``courts/lunn``.
        line: where it stands in the file.
        binds: places whose custodians it binds; law of every prefix applies.
        proposal: name of the bill when it was never enacted (``us/ca:ab-2641``), else None.
        open: why it never decides (a draft, or an interpretation counsel has not chosen); None when it decides.
        given, when, unless: conditions; it speaks where ``given`` and not ``unless``.
    """

    id: str
    file: str
    line: int
    binds: tuple[str, ...]
    cite: Citation
    span: Span
    custodians: tuple[str, ...] = ()
    given: Node = TRUE
    when: Node = TRUE
    unless: Node | None = None
    texts: dict[str, str] = field(default_factory=dict)
    proposal: str | None = None
    open: str | None = None
    note: str = ""

    @property
    def key(self) -> str:
        """The name of this version: id and first day."""
        return f"{self.id}@{self.span.start or ''}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Norm(Provision):
    """One sentence of law that requires, permits, forbids, or permits only if, one or more actions."""

    actions: tuple[str, ...]
    effect: Effect
    says: str
    level: str
    standard: str = ""
    preempts: bool = False
    overrides: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty(Provision):
    """What must be done for or told to the person, a court or an agency."""

    what: str
    to: str
    within: str = ""
    clock: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock(Provision):
    """A deadline: a start event, a length or a local time of day, and a calendar.

    ``holidays``: names of the files whose tables say which holidays do not count; where there are several, the text
    bears several readings, and the earliest deadline that any of them gives is the clock's.
    """

    what: str
    start: str
    length: str | None = None
    until: str | None = None
    calendar: str = "continuous"
    holidays: tuple[str, ...] = ()
    says: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What must be reported, by whom, to whom and when. Not evaluated on a case."""

    id: str
    file: str
    line: int
    what: str
    by: str
    to: str
    due: str
    every: str
    items: tuple[str, ...]
    cite: Citation
    span: Span
    open: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Law that decides no action: remedies, scope, litigation, history, open points."""

    id: str
    file: str
    kind: str
    says: str
    cite: Citation
