"""Reading what a command is given: a case, a file of cases line by line, a day, a place, a lawbook.

Whatever is wrong with it is one line: BadInput for the whole input; for one line of many, a complaint at
once, counted, while the other lines go on.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from bailiwick.commands.errors import BAD_INPUT, BadInput, complain

if TYPE_CHECKING:
    from bailiwick.engine.case import Case
    from bailiwick.engine.lawbook import Lawbook, LawError
    from bailiwick.engine.places import Place, Places

STANDARD_INPUT = "-"


def shown(source: str) -> str:
    """What complaints call an input."""
    return "standard input" if source == STANDARD_INPUT else source


@contextmanager
def opened(source: str) -> Iterator[BinaryIO]:
    """A file, or standard input for `-`. Raises BadInput when it cannot be read."""
    if source == STANDARD_INPUT:
        if sys.stdin is None:
            raise BadInput(shown(source), "is closed; expected a case")
        yield sys.stdin.buffer
        return
    try:
        file = Path(source).open("rb")  # noqa: SIM115 (closed below; errors of use are not errors of opening)
    except FileNotFoundError:
        raise BadInput(source, "no such file") from None
    except IsADirectoryError:
        raise BadInput(source, "expected a file, found a directory") from None
    except (OSError, ValueError) as error:
        raise BadInput(source, getattr(error, "strerror", None) or str(error)) from None
    with file:
        yield file


# ------------------------------------------------------------------------------------------------------- JSON


def _parse(content: bytes, where: str, *, line: int | None = None) -> Any:
    """JSON of a whole file (``line`` None) or of one line of it. Raises BadInput."""
    from bailiwick.engine.case_lines import NotJson, read_json

    try:
        return read_json(content)
    except NotJson as error:
        if line is not None:
            raise BadInput(f"{where}:{line}", error.of_a_line) from None
        if error.line is None:
            raise BadInput(where, str(error)) from None
        several = "Extra data" in str(error)
        hint = "; for one case a line name the file .jsonl or add --lines" if several else ""
        raise BadInput(f"{where}:{error.line}", f"{error}{hint}") from None


def read_case_file(source: str, places: Places) -> Case:
    """The one case of a JSON file or of standard input. Raises BadInput."""
    from bailiwick.engine.case_lines import LONGEST, TOO_LONG, OtherKind, begin

    name = shown(source)
    with opened(source) as file:
        content = file.read(LONGEST + 1)
    try:
        content = begin(content, "a case (a JSON object)")
    except OtherKind as error:
        raise BadInput(name, str(error)) from None
    if len(content) > LONGEST:
        raise BadInput(
            name, f"{TOO_LONG.split(';')[0]}; for many cases write one a line and name the file .jsonl"
        )
    if not content.strip():
        raise BadInput(name, "empty; expected a case (a JSON object)")
    return _case(_parse(content, name), name, places)


def _case(raw: Any, where: str, places: Places) -> Case:
    from bailiwick.engine.case import BadCase, read_case

    try:
        return read_case(raw, places)
    except BadCase as error:
        raise BadInput(where, hinted(str(error))) from None
    except RecursionError:
        raise BadInput(where, "nested too deeply for a case") from None


def hinted(message: str) -> str:
    """What is wrong with a case, with the command that lists the facts where no name is near the one that was found."""
    if message.startswith(("unknown fact ", "unknown column ")) and ";" not in message:
        return f"{message}; the facts a case may carry: bailiwick facts"
    return message


# ------------------------------------------------------------------------------------------------- many cases


@dataclass(slots=True)
class Cases:
    """The cases of a JSON Lines file, in order, one in memory at a time.

    Attributes:
        read: cases read so far.
        bad: lines that could not be; each was complained of when it was met.
    """

    source: str
    places: Places
    read: int = 0
    bad: int = 0
    _name: str = field(init=False)

    def __post_init__(self) -> None:
        self._name = shown(self.source)

    def __iter__(self) -> Iterator[tuple[int, Case]]:
        """Line number and case. Raises BadInput when there is no case at all, or the file cannot be read."""
        from bailiwick.engine.case_lines import TOO_LONG, OtherKind, read_lines

        with opened(self.source) as file:
            try:
                for number, content in read_lines(file):
                    here = f"{self._name}:{number}"
                    try:
                        if content is None:
                            raise BadInput(here, TOO_LONG)
                        case = _case(_parse(content, self._name, line=number), here, self.places)
                    except BadInput as error:
                        self.bad += 1
                        complain(error.where, error.message)
                        continue
                    self.read += 1
                    yield number, case
            except OtherKind as error:
                raise BadInput(self._name, str(error)) from None
        if not self.read and not self.bad:
            raise BadInput(self._name, "no case in it; expected one JSON object a line")

    @property
    def exit_code(self) -> int:
        return BAD_INPUT if self.bad else 0


def is_lines(source: str, asked: bool) -> bool:
    """Whether an input is JSON Lines: by its name, or because it was said."""
    return asked or source.lower().endswith((".jsonl", ".ndjson"))


# ------------------------------------------------------------------------------------------ days, places, law

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def read_day(text: str, where: str, first: int = 1900, last: int = 2200) -> date:
    """A day as people give it to a command. Raises BadInput."""
    try:
        if not _DAY.fullmatch(text):
            raise ValueError
        day = date.fromisoformat(text)
    except ValueError:
        raise BadInput(where, f"expected a date like 2018-01-04, found '{text}'") from None
    if not first <= day.year <= last:
        raise BadInput(where, f"expected a year between {first} and {last}, found '{text}'")
    return day


def read_case_day(text: str, where: str) -> date:
    """A day on which a case is decided: the years an instant may have."""
    return read_day(text, where, 1970, 2099)


def read_place(path: str, places: Places, where: str) -> Place:
    """A place by its path. Raises BadInput, with the nearest right ones."""
    try:
        return places.get(path)
    except ValueError as error:
        raise BadInput(where, f"{error}; find it with: bailiwick places NAME") from None


def read_proposals(names: Sequence[str] | None, book: Lawbook) -> tuple[str, ...]:
    """Bills by name, each once. Raises BadInput."""
    from bailiwick.engine.facts import nearest

    for name in names or ():
        if name not in book.proposals:
            known = nearest(name, book.proposals) or f"; known: {', '.join(book.proposals) or 'none'}"
            raise BadInput("--with", f"unknown proposal '{name}'{known}")
    return tuple(dict.fromkeys(names or ()))


def load_lawbook(directory: str | None) -> Lawbook:
    """The lawbook. Complains of everything wrong in it; nothing is decided under law that is not whole."""
    book, errors = examine(directory)
    if errors or book is None:
        complain_of_law(errors[:-1])
        raise BadInput(errors[-1].where, law_message(errors[-1]))
    return book


def examine(directory: str | None) -> tuple[Lawbook | None, list[LawError]]:
    """The lawbook without what is wrong in it, and everything that is."""
    from bailiwick.engine.lawbook import Lawbook, LawError

    try:
        return Lawbook.examine(Path(directory) if directory else None)
    except LawError as error:
        return None, [error]
    except OSError as error:
        raise BadInput(str(error.filename or directory), error.strerror or str(error)) from None


def law_message(error: LawError) -> str:
    """What is wrong in a law file, without where."""
    return str(error).removeprefix(f"{error.where}: ")


def complain_of_law(errors: Sequence[LawError]) -> None:
    """One line on standard error for each thing wrong in a law file."""
    for error in errors:
        complain(error.where, law_message(error))
