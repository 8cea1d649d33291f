"""Exit codes, and the one shape of complaints: `bailiwick: WHERE: what was expected, found, what to do`."""

from __future__ import annotations

import sys

DONE, FINDING, BAD_INPUT = 0, 1, 2
INTERRUPTED, READER_GONE = 130, 141


class BadInput(Exception):
    """What was asked or given cannot be used. ``where``: a file, file:line, option or place."""

    def __init__(self, where: str, message: str) -> None:
        super().__init__(f"{where}: {message}")
        self.where = where
        self.message = message


def visible(text: object) -> str:
    """Text on one line; what could move the cursor or reverse what is read stands as an escape."""
    words = " ".join(str(text).split())
    if words.isprintable():
        return words
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in words)


def complain(where: str, message: str) -> None:
    """One line on standard error."""
    print(f"bailiwick: {visible(where)}: {visible(message)}", file=sys.stderr)
