"""A paper before it is printed: lines in one language, and the same lines in English."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from bailiwick.papers.texts import Piece, Texts, Words, plain, texts

#: How a line is set. `pair`: label and value; `box`: to be marked; `sign`: label and an empty line; `entry`: of the record.
KINDS = ("text", "section", "pair", "box", "sign", "entry", "strong", "draft", "law", "small")


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph. `label` stands before it; `proof` is the small print of an entry (when, number and hash)."""

    kind: str
    words: Words = ()
    label: str = ""
    proof: Words = ()

    @property
    def text(self) -> str:
        """The line as a reader reads it."""
        return " ".join(part for part in (self.label, plain(self.words), plain(self.proof)) if part)


@dataclass(slots=True)
class Sheet:
    """One language of a paper."""

    texts: Texts
    title: Words
    can_do: Words
    lines: list[Line] = field(default_factory=list)

    def add(self, kind: str, words: Words | str = (), *, label: str = "", proof: Words = ()) -> None:
        given = (Piece(words, given=True),) if isinstance(words, str) else words
        self.lines.append(Line(kind, given, label, proof))

    def all_lines(self) -> Iterator[Line]:
        """Title, what the person can do and whom to call, then the rest."""
        yield Line("title", self.title)
        yield Line("lead", self.can_do)
        yield from self.lines

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.all_lines())


@dataclass(slots=True)
class Sheets:
    """A whole paper: the reader's language first, English second where it is another one.

    `said`: what was filled in that later steps need; kept with the printed paper.
    """

    paper: str
    language: str
    sheets: list[Sheet]
    said: dict[str, object] = field(default_factory=dict)
    #: Characters that no font of the papers has, replaced by U+FFFD.
    replaced: str = ""

    @property
    def text(self) -> str:
        """The text as it is sent to the printer."""
        return "\n".join(sheet.text for sheet in self.sheets)

    @property
    def title(self) -> str:
        return plain(self.sheets[0].title)


def begun(texts_: Texts, paper: str, contact: str) -> Sheet:
    """A sheet with its first two lines."""
    can_do = (*texts_.say(paper, "can_do"), Piece(" "), *texts_.word("call", contact=contact))
    return Sheet(texts_, texts_.say(paper, "title"), can_do)


def both(language: str) -> Iterable[Texts]:
    """The reader's language, then English."""
    return [texts(language)] if language == "en" else [texts(language), texts("en")]


def mended(sheet: Sheet, mend: dict[int, str]) -> Sheet:
    """With some characters replaced in everything that was filled in."""

    def words(some: Words) -> Words:
        return tuple(piece._replace(text=piece.text.translate(mend)) for piece in some)

    return Sheet(
        sheet.texts,
        words(sheet.title),
        words(sheet.can_do),
        [replace(line, words=words(line.words), label=line.label.translate(mend)) for line in sheet.lines],
    )
