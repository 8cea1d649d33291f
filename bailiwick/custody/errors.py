"""What a service answers when it does not do what was asked. Nothing was changed then."""

from __future__ import annotations


class Refused(ValueError):
    """One sentence for the person at the desk: what was expected, what was found, what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Edited(Refused):
    """Somebody else changed the file since it was opened."""

    def __init__(self, opened: int, found: int) -> None:
        super().__init__(
            f"The file changed while it was open: it was read at version {opened} and stands at version {found}. "
            "What you typed is kept below; look at what changed and send it again."
        )
        self.opened = opened
        self.found = found
