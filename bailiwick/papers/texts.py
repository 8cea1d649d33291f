"""The words of the papers: one YAML file a language, every one with the same keys, filled in without markup."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from importlib.resources import files
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import yaml

#: ISO 639-1 codes, in the order of docs/explanation/papers.md.
LANGUAGES = ("en", "es", "zh", "tl", "vi", "ko", "ht", "fr", "pt", "ar")
RIGHT_TO_LEFT = frozenset({"ar"})
_HOLE = re.compile(r"\{([a-z_]+)\}")


class Piece(NamedTuple):
    """Part of a line. `given`: filled in at the desk, so of any script and direction."""

    text: str
    given: bool = False


Words = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Texts:
    """One language. `papers`: paper to key to sentence; `words`: what all papers share."""

    language: str
    name: str
    months: tuple[str, ...]
    day_pattern: str
    words: Mapping[str, str]
    papers: Mapping[str, Mapping[str, str]]

    @property
    def direction(self) -> str:
        return "rtl" if self.language in RIGHT_TO_LEFT else "ltr"

    def say(self, paper: str, key: str, /, **values: str | Words) -> Words:
        """A sentence of a paper, filled in. Raises KeyError for a sentence or value that is not there."""
        return fill(self.papers[paper][key], values)

    def word(self, key: str, /, **values: str | Words) -> Words:
        """A sentence that all papers share, filled in."""
        return fill(self.words[key], values)

    def when(self, at: datetime, zone: ZoneInfo) -> str:
        """`2 March 2026, 22:00 PST`, in the zone of the jail."""
        there = at.astimezone(zone)
        day = self.day_pattern.format(d=there.day, month=self.months[there.month - 1], y=there.year)
        return f"{day}, {there:%H:%M %Z}"

    def sha256(self, paper: str) -> str:
        """The hash of a paper's sentences with the English ones they stand for: any change of either gives another."""
        english = texts("en")
        both = [
            {
                "paper": one.papers[paper],
                "words": one.words,
                "months": list(one.months),
                "day": one.day_pattern,
            }
            for one in (self, english)
        ]
        return sha256(json.dumps(both, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def fill(sentence: str, values: Mapping[str, str | Words]) -> Words:
    """Put values into the holes of a sentence; they stay apart, so that nothing in them is read as a hole or as markup. A
    value of several scripts comes as its parts."""
    pieces: list[Piece] = []
    last = 0
    for hole in _HOLE.finditer(sentence):
        if hole.start() > last:
            pieces.append(Piece(sentence[last : hole.start()]))
        value = values[hole[1]]
        pieces += [Piece(value, given=True)] if isinstance(value, str) else value
        last = hole.end()
    if last < len(sentence):
        pieces.append(Piece(sentence[last:]))
    return tuple(piece for piece in pieces if piece.text)


def holes(sentence: str) -> set[str]:
    """The names that a sentence wants filled in."""
    return set(_HOLE.findall(sentence))


def in_brackets(given: str) -> Words:
    """` (Cal. Gov. Code § 7284.6)`: the brackets run as the sentence does, what is in them keeps its own direction."""
    return (Piece(" ("), Piece(given, given=True), Piece(")"))


def plain(words: Words) -> str:
    return "".join(piece.text for piece in words)


@functools.cache
def texts(language: str) -> Texts:
    """The words of a language. Raises KeyError for one that has no file."""
    if language not in LANGUAGES:
        raise KeyError(f"language: expected one of {', '.join(LANGUAGES)}; found '{language}'")
    raw: dict[str, Any] = yaml.safe_load(
        (files("bailiwick.papers") / "texts" / f"{language}.yaml").read_text(encoding="utf-8")
    )
    return Texts(raw["language"], raw["name"], tuple(raw["months"]), raw["day"], raw["words"], raw["papers"])
