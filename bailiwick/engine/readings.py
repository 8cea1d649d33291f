"""What a section as written may mean, where jails and courts write its subdivisions without their marks.

Systems drop parentheses, hyphens and dots, and put letters and digits behind a section: ``PL 130.65a`` for § 130.65-a,
``PL 120.0502`` for § 120.05(2), ``PL 125.25H`` for a hate crime under § 125.25, ``11377A HS`` for § 11377(a). Read to the
letter, each is another section, and a closed list of offences would say that it does not name it. So a section is held
against the form of its code's own sections (``form`` in ``law/codes.yaml``):

- One of the form may be that section (``PC 459.5`` is never § 459(5), and ``PC 460`` never § 459), and beside it what is
  left once letters behind it are taken for subdivisions: ``11377a`` is § 11377a or § 11377(a). A letter in parentheses
  or standing behind the section may be part of its number: ``PL 265.01(b)`` or ``PL 265.01 b`` for § 265.01-b.
- One that is not of the form (no section of the Penal Law of New York ends in a letter without a hyphen, has four
  decimals, two dots or none) is only what can be read from it: its beginning of the right form and subdivisions behind
  (``120.05.02``, ``1200502``), with the dot put in (``12005``), a zero (``120.5`` is § 120.05 or § 120.50) or a hyphen.
- A chapter alone (``PL 120``) is less exact than each of its sections.
- A letter that the code's courts put behind a section for a second crime (``suffixes``: H of New York is a hate crime,
  § 485.05) is read as the section without it, and as that crime.

What no rule reads has no reading, and is unknown. A list answers where all readings agree (``statute.OffenceList``):
``PL 130.65a`` is § 130.65-a or § 130.65(a), both listed in New York City; ``PL 265.01a`` is § 265.01-a, listed, or
§ 265.01 as a class A misdemeanor, not listed, and so unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Section:
    """A section with its subdivisions: ``26100(c)`` is ``("26100", ("c",))``.

    ``behind``: a letter that stands behind it and may belong to it (``PL 120.05 H``).
    ``120.`` is every section of chapter 120.
    """

    number: str
    subs: tuple[str, ...] = ()
    behind: str = ""


@dataclass(frozen=True, eq=False)
class Form:
    """What the sections of a code look like.

    Attributes:
        pattern: a whole section, lower case; None: not known here, so that every number may be one.
        dotted: every section is a chapter, a dot and digits.
        digits: subdivisions begin with digits, and systems glue them on.
        suffixes: letter behind a section -> section of the crime it adds.
    """

    pattern: str | None = None
    dotted: bool = False
    digits: bool = False
    suffixes: tuple[tuple[str, str], ...] = ()

    def fits(self, number: str) -> bool:
        return self.pattern is None or bool(re.fullmatch(self.pattern, number))


@dataclass(frozen=True, slots=True)
class Readings:
    """``own``: the section as written, where the code may have it. ``others``: what else it may be."""

    own: Section | None
    others: tuple[Section, ...]


#: No subdivision is a longer number, no run of letters a longer list of subdivisions, no section longer, and nothing glued.
_LONGEST_NUMBER, _LONGEST_LETTERS, _LONGEST_SECTION, _LONGEST_GLUED = 2, 4, 30, 10
#: A text that may mean more than this is not read at all.
_MOST = 200


@lru_cache(maxsize=10_000)
def readings(form: Form, written: Section) -> Readings:
    """What ``written`` may mean under the code whose sections have ``form``."""
    number = written.number
    subs, *other_subs = _explicit(written.subs)
    own = Section(number, subs) if form.fits(number) else None
    if own is None and form.dotted and re.fullmatch(r"\d{1,3}", number):
        return Readings(None, (Section(f"{number}."),))
    if len(number) > _LONGEST_SECTION:
        return Readings(own, ())
    found: dict[Section, None] = {}
    for text in _spellings(form, number):
        for beginning, glued in _cuts(form, text, fits=own is not None):
            for apart in _apart(glued):
                for explicit in (subs, *other_subs):
                    found[Section(beginning, (*apart, *explicit))] = None
            if glued and not subs and glued[-1] in dict(form.suffixes) and not glued[-2:-1].isalpha():
                for apart in _apart(glued[:-1].rstrip("-.")):
                    found[Section(beginning, apart)] = None
                found[Section(dict(form.suffixes)[glued[-1]])] = None
    if own is not None:
        letter = written.behind if not subs else subs[0] if re.fullmatch(r"[a-z]{1,2}", subs[0]) else ""
        for joined in (f"{number}{letter}", f"{number}-{letter}") if letter else ():
            if form.fits(joined):
                found[Section(joined, subs[1:])] = None
    if second := dict(form.suffixes).get(written.behind):
        found[Section(second)] = None
    if own is not None:
        found.pop(own, None)
    return Readings(own, tuple(found)) if len(found) <= _MOST else Readings(None, ())


def _bare(sub: str) -> str:
    return sub.lstrip("0") or sub


def _spellings(form: Form, number: str) -> Iterator[str]:
    """``number``, and with what it lacks: a hyphen before its first letter, its dot, a zero beside it."""
    yield number
    letter = re.match(r"\d[\d.]*(?=[a-z])", number)
    if letter and not form.fits(number):
        yield f"{number[: letter.end()]}-{number[letter.end() :]}"
    if form.dotted and "." not in number:
        for i in range(1, len(number)):
            if number[i - 1 : i + 1].isalnum():
                yield f"{number[:i]}.{number[i:]}"
    if form.dotted and (short := re.fullmatch(r"(\w+)\.(\d)(\D.*)?", number)):
        for two in (f"0{short[2]}", f"{short[2]}0"):
            yield f"{short[1]}.{two}{short[3] or ''}"


def _cuts(form: Form, text: str, *, fits: bool) -> Iterator[tuple[str, str]]:
    """Beginnings of ``text`` that may be a section, each with what is glued to it.

    A dot, colon or hyphen is a mark of the section itself where the whole is of the form; so are digits, unless the code
    glues them.
    """
    if form.fits(text):
        yield text, ""
    for i in range(1, len(text)):
        before, after = text[i - 1], text[i]
        if after.isalpha():
            may = before.isalnum()
        elif after.isdigit():
            may = before.isalpha() or (before.isdigit() and form.digits and _may_be_glued(form, text, i))
        else:
            may = not fits
        if may and form.fits(text[:i]):
            yield text[:i], text[i:]


def _may_be_glued(form: Form, text: str, i: int) -> bool:
    """Digits are glued behind the section's dot or hyphen (``120.05|02``), or make it too long (``600|2`` of four digits)."""
    run = re.match(r"\d+", text)
    return not run or i >= run.end() or not form.fits(run[0])


def _apart(glued: str) -> Iterator[tuple[str, ...]]:
    """``e1`` -> (e, 1); ``02`` -> (2,); ``ai`` -> (ai,) and (a, i). Nothing where it holds more than subdivisions."""
    found: list[tuple[str, ...]] = [()] if len(glued) <= _LONGEST_GLUED else []
    options: list[tuple[str, ...]]
    for run in re.findall(r"\d+|[a-z]+", glued):
        if run.isdigit():
            options = [(_bare(run),)] if len(_bare(run)) <= _LONGEST_NUMBER else []
        else:
            options = list(_compositions(run)) if len(run) <= _LONGEST_LETTERS else []
        found = [(*before, *option) for before in found for option in options]
    yield from found


def _compositions(letters: str) -> Iterator[tuple[str, ...]]:
    yield (letters,)
    for i in range(1, len(letters)):
        for rest in _compositions(letters[i:]):
            yield (letters[:i], *rest)


def _explicit(subs: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Subdivisions in parentheses. First as they are written, ``(2b)`` as (2)(b); then ``(ai)`` as (a)(i)."""
    found: list[tuple[str, ...]] = [()]
    for sub in subs:
        options: list[tuple[str, ...]] = [(_bare(sub),)]
        if not sub.isdigit() and not re.fullmatch(r"[ivx]+|([a-z])\1*", sub):  # (iv), (aa)
            options = list(_apart(sub))[: max(1, _MOST // len(found))] or options
        found = [(*before, *option) for before in found for option in options]
    return found
