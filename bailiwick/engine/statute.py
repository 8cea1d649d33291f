"""Citations of offences as people write them, and lists of offences.

``PC 459``, ``459(a) PC``, ``Cal. Penal Code § 459(a)``, ``720 ILCS 5/19-1`` and ``PL 110/125.25`` (an attempt) are read into
a code, a section and its subdivisions. A citation that cannot be read is unknown, never "not in the list"; what a section
with glued subdivisions may mean is told in ``readings``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bailiwick.engine.facts import nearest
from bailiwick.engine.readings import Form, Section, readings

Truth = bool | None

_STATE_WORDS = {
    "california": "us/ca", "calif": "us/ca", "cal": "us/ca", "ca": "us/ca",
    "new york": "us/ny", "nys": "us/ny", "ny": "us/ny", "n y": "us/ny",
    "illinois": "us/il", "ill": "us/il", "il": "us/il",
    "new jersey": "us/nj", "nj": "us/nj", "n j": "us/nj",
    "maryland": "us/md", "md": "us/md",
    "massachusetts": "us/ma", "mass": "us/ma", "ma": "us/ma",
    "colorado": "us/co", "colo": "us/co", "co": "us/co",
    "texas": "us/tx", "tex": "us/tx", "tx": "us/tx",
    "florida": "us/fl", "fla": "us/fl", "fl": "us/fl",
    "dc": "us/dc", "d c": "us/dc", "district of columbia": "us/dc",
    "us": "us", "u s": "us", "fed": "us", "federal": "us",
}  # fmt: skip

_SECTION = r"\d[\da-z]*(?:[.:\-]\d[\da-z]*|-[a-z](?![a-z]))*"
_WITH_SUBS = re.compile(rf"({_SECTION})((?:\s*\(\w{{1,4}}\))*)")
#: What follows the section and makes the whole uncertain: another section, or a word of attempt or conspiracy.
_MORE = re.compile(r"\d{3}|\d[a-z]?[.:/\-]\d|\b(?:att|consp|solic)")
_GRADE = re.compile(r"[\d.]+[a-z]?-[fim]")
#: A letter that stands behind the section, with or without a subdivision between: ``120.05 H``, ``120.05 02H``. F, M and I
#: are grades.
_BEHIND = re.compile(r"\s*-?\s*(?:\d{1,2}\s?)?([a-eghj-ln-z])(?![\w.&])")
_GLUED = re.compile(r"-[a-z]{2,3}\d{0,2}(?!\w)")
_NOISE = re.compile(r"§+|\bsections?\b|\bsecs?\b|[,;#]")


@dataclass(frozen=True, slots=True)
class Code:
    """A body of law that offences are cited from."""

    id: str
    state: str
    title: str
    names: tuple[str, ...]
    hyphens: bool = False
    chapter_first: bool = False
    letters: bool = False
    form: Form = field(default_factory=Form)


@dataclass(frozen=True, slots=True)
class Citation:
    """An offence cited. ``before``: sections combined with it, as in attempt (``PC 664/459``: before 664, section 459)."""

    code: Code
    section: Section
    before: tuple[Section, ...] = ()


class Codes:
    """All codes, and how each is written."""

    def __init__(self, table: Mapping[str, Mapping[str, Any]]) -> None:
        self.by_id: dict[str, Code] = {}
        self._names: dict[tuple[str, str], Code] = {}
        for code_id, row in table.items():
            code = Code(
                id=code_id,
                state=row["state"],
                title=row["title"],
                names=tuple(row["names"]),
                hyphens=bool(row.get("hyphens")),
                chapter_first=bool(row.get("chapter_first")),
                letters=bool(row.get("letters")),
                form=Form(
                    pattern=row.get("form"),
                    dotted=bool(row.get("dotted")),
                    digits=bool(row.get("digits")),
                    suffixes=tuple(sorted((row.get("suffixes") or {}).items())),
                ),
            )
            self.by_id[code_id] = code
            for name in (*code.names, _plain(code.title)):
                self._names[(code.state, name)] = code
        self._federal = [c for c in self.by_id.values() if c.state == "us"]
        self._cache: dict[tuple[str, str], Citation | None] = {}

    def find(self, name: str) -> Code:
        """A code by id, title or name with its state, as a law file writes it. Raises ValueError with the nearest."""
        if name in self.by_id:
            return self.by_id[name]
        code = self._code_named(_plain(name), "")
        if code is None:
            titles = [c.title for c in self.by_id.values()]
            raise ValueError(
                f"unknown code '{name}'{nearest(name, [*titles, *self.by_id])} (codes stand in law/codes.yaml)"
            )
        return code

    def _code_named(self, words: str, state: str) -> Code | None:
        """``words`` without dots and section signs, lower case; ``state`` is who reads it."""
        if not words:
            return None
        for prefix in sorted(_STATE_WORDS, key=len, reverse=True):
            if words == prefix or words.startswith(prefix + " "):
                named = self._names.get((_STATE_WORDS[prefix], words[len(prefix) :].strip()))
                if named:
                    return named
        for code in self._federal:
            if words in code.names:
                return code
        if (state, words) in self._names:
            return self._names[(state, words)]
        owners = {c.id: c for (_, n), c in self._names.items() if n == words}
        if not state and len(owners) == 1:
            return next(iter(owners.values()))
        for code in self.by_id.values():
            if _plain(code.title) == words:
                return code
            if code.chapter_first and words in code.names:
                return code
        return None

    def read(self, text: str, state: str) -> Citation | None:
        """A citation, read in a state (``us/ca``); None when it cannot be read with certainty."""
        key = (text, state)
        if key not in self._cache:
            if len(self._cache) > 100_000:
                self._cache.clear()
            self._cache[key] = self._read(text, state)
        return self._cache[key]

    def _read(self, text: str, state: str) -> Citation | None:
        ungraded = re.sub(r"\s\([FMI]\)", " ", text)  # PC 459 (F): a felony, hardly subdivision (f)
        clean = _plain(_NOISE.sub(" ", ungraded.lower()), keep_dots=True)
        found = _ilcs_or_usc(clean)
        if found:
            name, number, subs = found
            code = self._code_named(name, state) or self._code_named(name.replace(" ", ""), state)
            return Citation(code, Section(number, subs)) if code and code.chapter_first else None
        first = re.search(r"\d", clean)
        if not first:
            return None
        lead = _plain(clean[: first.start()])
        rest = clean[first.start() :]
        numbers: list[Section] = []
        position = 0
        while True:
            match = _WITH_SUBS.match(rest, position)
            if not match:
                return None
            subs = tuple(re.findall(r"\((\w+)\)", match[2]))
            numbers.append(Section(match[1].rstrip("-:.").lstrip("0"), subs))
            position = match.end()
            joined = re.match(r"\s*/\s*(?=\d)", rest[position:])
            if not joined:
                break
            position += joined.end()
        if _MORE.search(rest, position):
            return None
        tail = _plain(re.sub(r"[/\-]\s*(?:f|m|i)\w{0,10}\b|\((?:f|m|i)\)", " ", rest[position:]))
        code = self._code_named(lead, state) or (self._code_named(tail, state) if tail else None)
        if code is None and numbers[0].number.startswith("2c:"):
            code = self.by_id.get("nj/justice")
        if code is None:
            return None
        if code.chapter_first:  # ILCS 720/5/24-1, USC 18/922(g), USC 18:922(g)
            whole = "/".join(n.number for n in numbers).replace(":", "/")
            return Citation(code, Section(re.sub(r"(?<=\d)\.0(?=/)", "", whole), numbers[-1].subs))
        if code.hyphens and "-" not in numbers[-1].number:  # CR.3.202 is written 3-202
            return None
        numbers[-1] = _with_what_follows(numbers[-1], rest[position:])
        if not code.hyphens and len(numbers) == 1:
            combined = re.fullmatch(r"(\d{2,5}(?:\.\d+)?)-(\d[\da-z.]*(?:-[a-z]+)?)", numbers[0].number)
            if combined:
                numbers = [Section(combined[1]), replace(numbers[0], number=combined[2])]
            elif _GRADE.fullmatch(numbers[0].number):  # PC 459-F: felony, or a section of its own
                return None
        if code.letters:
            numbers = [_letters_apart(s) for s in numbers]
        return Citation(code, numbers[-1], tuple(numbers[:-1]))


def _plain(text: str, *, keep_dots: bool = False) -> str:
    text = text.lower().replace("’", "'")
    text = re.sub(r"(?<=[a-z])\.(?!(?<=\d[a-z]\.)\d)|(?<!\d)\.(?!\d)" if keep_dots else r"[.§,]", " ", text)
    return re.sub(r"\s+", " ", text).strip()


def _ilcs_or_usc(clean: str) -> tuple[str, str, tuple[str, ...]] | None:
    """``720 ILCS 5/19-1`` -> (ilcs, 720/5/19-1, ()); ``18 USC 922(g)`` -> (usc, 18/922, (g))."""
    match = re.fullmatch(r"(\d{1,3})[ /\-]+((?:[a-z]+ ?)+?)[ ]*(\d[\w./\-]*)((?:\s*\(\w{1,4}\))*)", clean)
    if not match:
        return None
    name = re.sub(r"\s+", " ", match[2]).strip()
    if name.replace(" ", "") not in ("ilcs", "illcompstat", "usc", "usca", "uscode"):
        return None
    number = re.sub(r"(?<=\d)\.0(?=/)", "", match[3].rstrip(".-/"))  # the state police writes act 5 as 5.0
    return name, f"{match[1]}/{number}", tuple(re.findall(r"\((\w+)\)", match[4]))


def _letters_apart(section: Section) -> Section:
    match = re.fullmatch(r"(2c:[\d]+-[\d.]+)([a-z])", section.number)
    return replace(section, number=match[1], subs=(match[2], *section.subs)) if match else section


def _with_what_follows(section: Section, rest: str) -> Section:
    glued = _GLUED.match(rest)
    if glued and not section.subs and glued[0][1] not in "fmi":  # 265.01-bH; 459-FEL is a grade
        return Section(section.number + glued[0])
    behind = _BEHIND.match(rest)
    return replace(section, behind=behind[1]) if behind else section


# --------------------------------------------------------------------------------------------------------------- lists


@dataclass(slots=True)
class Entry:
    """One line of a list: single sections or a range of one code (``first`` and ``last`` inclusive), or every section."""

    code: Code
    first: Section | None
    last: Section | None = None

    def matches(self, cited: Section) -> Truth:
        """True: named here. None: the citation is less exact than the entry (``26100`` against ``26100(c)``)."""
        if self.first is None:
            return True
        if cited.number.endswith("."):
            return self._within(cited.number)
        if self.last is not None:
            return _in_range(cited.number, self.first.number, self.last.number)
        if cited.number != self.first.number:
            return False
        depth = min(len(cited.subs), len(self.first.subs))
        if cited.subs[:depth] != self.first.subs[:depth]:
            return False
        return True if len(cited.subs) >= len(self.first.subs) else None

    def _within(self, chapter: str) -> Truth:
        """A chapter, ``120.``, against sections of its own or of others: never exact enough to be named."""
        assert self.first is not None  # every section: answered before
        ends = [re.match(r"\d*", s.number) for s in (self.first, self.last or self.first)]
        first, last = (int(found[0] or 0) for found in ends if found)
        return None if first <= int(chapter[:-1]) <= last else False

    def __str__(self) -> str:
        if self.first is None:
            return f"{self.code.title} (every section)"
        text = f"{self.code.title} {_show(self.first)}"
        return f"{text} to {_show(self.last)}" if self.last else text


def _show(section: Section) -> str:
    return section.number + "".join(f"({s})" for s in section.subs)


def _key(number: str) -> tuple[tuple[tuple[int, str], ...], ...]:
    """Sorts sections as a code orders them: 130.65, 130.65-a, 130.66; 24-1, 24-1.2-5, 24-10, 24.5-5."""
    return tuple(
        tuple((int(n), "") if n else (-1, letters) for n, letters in re.findall(r"(\d+)|([a-z]+)", part))
        for part in re.split(r"[/:\-]", number)
    )


def _in_range(number: str, first: str, last: str) -> bool:
    return _key(first) <= _key(number) <= _key(last)


class _Entries:
    """The entries of one code, found by number."""

    def __init__(self, entries: list[Entry]) -> None:
        self.all = entries
        self.every = any(e.first is None for e in entries)
        self._ranges = [e for e in entries if e.last is not None]
        self._singles: dict[str, list[Entry]] = {}
        for entry in entries:
            if entry.first is not None and entry.last is None:
                self._singles.setdefault(entry.first.number, []).append(entry)

    def name(self, section: Section) -> Truth:
        """Whether they name a section; None where it is less exact than they are."""
        chapter = section.number.endswith(".")
        held = self.all if chapter else [*self._singles.get(section.number, ()), *self._ranges]
        found = [e.matches(section) for e in held]
        return True if True in found else None if None in found else False


@dataclass(slots=True)
class OffenceList:
    """Offences that a law names, by statute or by code.

    Attributes:
        exhaustive: False where the text says "including but not limited to": an unlisted statute of the same state is
            then unknown.
        elsewhere: what a statute of another sovereign is: ``unknown`` (equivalents count) or ``no``.
        attempts: sections that, combined with a listed one, stay in the list (attempt, conspiracy).
        codes: code system -> codes.
        of_code: the entries by the id of their code, made where first asked for.
    """

    id: str
    file: str
    title: str
    cite: str
    standing: str
    state: str
    exhaustive: bool
    elsewhere: str
    entries: list[Entry]
    attempts: frozenset[str] = frozenset()
    codes: dict[str, frozenset[str]] = field(default_factory=dict)
    used: bool = False
    of_code: dict[str, _Entries] = field(default_factory=dict, repr=False, compare=False)

    def contains(self, citation: Citation | None) -> Truth:
        if citation is None:
            return None
        if citation.code.state != self.state and not any(e.code is citation.code for e in self.entries):
            return False if self.elsewhere == "no" else None
        target = self._lookup(citation.code, citation.section)
        if citation.before:
            if any(self._attempt(citation.code, s) for s in citation.before):
                return target
            others = [self._lookup(citation.code, s) for s in citation.before]
            return False if target is False and all(o is False for o in others) else None
        if self._attempt(citation.code, citation.section) is not False and target is not True:
            return None
        return target

    def _attempt(self, code: Code, section: Section) -> Truth:
        """Whether a section is one of ``attempts``; None where only one of its readings is."""
        if section.number in self.attempts:
            return True
        may = readings(code.form, section)
        found = [s.number in self.attempts for s in may.others]
        if may.own is None and found and all(found):
            return True
        return None if any(found) else False

    def _lookup(self, code: Code, section: Section) -> Truth:
        """True or False where every reading of the section answers so."""
        if code.id not in self.of_code:
            self.of_code[code.id] = _Entries([e for e in self.entries if e.code is code])
        entries = self.of_code[code.id]
        truth: Truth = False
        if entries.every:
            return True
        if entries.all:
            may = readings(code.form, section)
            own = entries.name(may.own) if may.own else None
            if own:
                return True
            others = [entries.name(s) for s in may.others]
            if may.own:
                truth = own if not any(o is not False for o in others) else None
            else:
                truth = others[0] if others and all(o is others[0] for o in others) else None
        return None if truth is False and not self.exhaustive else truth


def read_entries(sections: str, code: Code) -> list[Entry]:
    """``"217.1, 266a-266d, 265.02(2)-(8), 26100(c)"`` of one code. Raises ValueError naming the part it cannot read."""
    if sections.strip().lower() in ("all", "any"):
        return [Entry(code, None)]
    entries: list[Entry] = []
    for part in (p.strip().lower() for p in sections.split(",")):
        if part:
            entries.extend(_read_part(part, code))
    return entries


#: ``720/5/24-1(a)``, and ``720/5/24-1 to 720/5/24-10``.
_CHAPTER_FIRST = re.compile(
    r"(\d{1,3})[/ ](\d[\w./\-]*)((?:\(\w{1,4}\))*)(?:\s+to\s+(\d{1,3})[/ ](\d[\w./\-]*))?"
)


def _read_part(part: str, code: Code) -> Iterable[Entry]:
    subs_range = re.fullmatch(rf"({_SECTION})\((\d+)\)\s*(?:-|to)\s*\((\d+)\)", part)
    if subs_range:
        low, high = int(subs_range[2]), int(subs_range[3])
        return [Entry(code, Section(subs_range[1], (str(n),))) for n in range(low, high + 1)]
    spread = re.fullmatch(rf"({_SECTION})\s+to\s+({_SECTION})", part)
    if not spread and not code.hyphens:
        spread = re.fullmatch(r"(\d[\d.]*[a-z]{0,2})-(\d[\d.]*[a-z]{0,2})", part)
    if spread:
        return [Entry(code, Section(spread[1]), Section(spread[2]))]
    single = _WITH_SUBS.fullmatch(part)
    if single:
        section = Section(single[1], tuple(re.findall(r"\((\w+)\)", single[2])))
        return [Entry(code, _letters_apart(section) if code.letters else section)]
    if code.chapter_first and (named := _CHAPTER_FIRST.fullmatch(part)):
        first = Section(f"{named[1]}/{named[2]}", tuple(re.findall(r"\((\w+)\)", named[3])))
        if not named[4]:
            return [Entry(code, first)]
        if not named[3]:
            return [Entry(code, first, Section(f"{named[4]}/{named[5]}"))]
    raise ValueError(f"cannot read the section '{part}' of {code.title}")
