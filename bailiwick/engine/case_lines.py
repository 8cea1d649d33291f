"""JSON text -> values, and a file of JSON Lines -> its lines. What cannot be taken says why, in the same words everywhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, BinaryIO

#: A line longer than this is refused, unread beyond it.
LONGEST = 10_000_000
TOO_LONG = f"longer than {LONGEST // 1_000_000} MB; expected one case a line"
_BOM = b"\xef\xbb\xbf"
#: How files of another kind begin -> what they are, and what to do.
_KINDS = {
    b"PAR1": ("Parquet", "only decide --bulk reads it, from a file named .parquet"),
    b"\x1f\x8b": ("gzip", "unpack it first"),
    b"PK\x03\x04": ("zip, as workbooks are", "expected text"),
}
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


class NotJson(ValueError):
    """Text that is no JSON, or says something twice.

    Attributes:
        line, column: from 1, where the text breaks off being JSON; None where the fault has no one place.
    """

    def __init__(self, message: str, line: int | None = None, column: int | None = None) -> None:
        super().__init__(message if column is None else f"{message}, column {column}")
        self.line = line
        self.column = column

    @property
    def of_a_line(self) -> str:
        """The message where one case a line is expected."""
        return str(self) if self.line is None else f"{self}; expected one case a line"


class OtherKind(ValueError):
    """A file that is no JSON text at all: what it is, and what to do."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                raise NotJson(f"'{name}' stands twice in one object; which is meant?")
            seen.add(name)
    return found


def _no_constant(name: str) -> Any:
    raise NotJson(f"not JSON: {name} is no JSON number")


#: Made once: json.loads would make one for every line.
_DECODER = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_no_constant)


def read_json(content: bytes) -> Any:
    """The value of a JSON text. Raises NotJson."""
    try:
        raw = _DECODER.decode(content.decode())
        if b"\\ud" in content or b"\\uD" in content:  # half a character, unless its other half follows
            json.dumps(raw, ensure_ascii=False).encode()
    except UnicodeDecodeError as error:
        raise NotJson(f"not UTF-8 text, byte {error.start + 1}; save it as UTF-8") from None
    except UnicodeEncodeError:
        raise NotJson("not text: half a character (a lone \\ud800 to \\udfff)") from None
    except json.JSONDecodeError as error:
        raise NotJson(f"not JSON: {error.msg}", error.lineno, error.colno) from None
    except RecursionError:
        raise NotJson("nested too deeply for a case") from None
    except NotJson:
        raise
    except ValueError as error:  # a number of thousands of digits
        raise NotJson(str(error).partition(";")[0]) from None
    return raw


def begin(content: bytes, expected: str) -> bytes:
    """The beginning of a text without its byte order mark. Raises OtherKind where it begins as no JSON text does."""
    if content[:2] in _UTF_16:
        raise OtherKind("not UTF-8 text (it looks like UTF-16); save it as UTF-8")
    for magic, (kind, hint) in _KINDS.items():
        if content.startswith(magic):
            raise OtherKind(f"expected {expected}, found {kind}; {hint}")
    return content.removeprefix(_BOM)


def read_lines(file: BinaryIO) -> Iterator[tuple[int, bytes | None]]:
    """Lines that are not blank with their numbers, from 1; None for one that is too long, whose rest is passed over and never
    kept. Raises OtherKind."""
    number = 0
    while line := file.readline(LONGEST + 1):
        number += 1
        if number == 1:
            line = begin(line, "JSON Lines")
        if len(line) > LONGEST and not line.endswith(b"\n"):
            while (rest := file.readline(1 << 20)) and not rest.endswith(b"\n"):
                pass
            yield number, None
        elif line.strip():
            yield number, line
