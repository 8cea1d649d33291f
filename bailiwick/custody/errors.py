"""What a service answers when it does not do what was asked. Nothing was changed then."""

from __future__ import annotations

from collections.abc import Iterable


class Refused(ValueError):
    """One sentence for the person at the desk: what was expected, what was found, what to do.

    Args:
        template: the sentence in English, with `%(name)s` where a value stands. Programs and the record read it filled in
            (`message`); a page puts its own language's sentence in its place, and fills in the same values.
        values: what is filled in.
    """

    def __init__(self, template: str, /, **values: object) -> None:
        self.template, self.values = template, values
        self.message = template % values if values else template
        super().__init__(self.message)


class Quoted(Refused):
    """Refused in the words of another part of the program, for which no sentence stands here. They are English."""


class Blocked(Refused):
    """Refused because of something that must be done first: the sentences of what is to be done."""

    def __init__(self, sentences: Iterable[str]) -> None:
        self.sentences = tuple(sentences)
        super().__init__(" ".join(self.sentences))


class Edited(Refused):
    """Somebody else changed the file since it was opened."""

    TEMPLATE = (
        "The file changed while it was open: it was read at version %(opened)s and stands at version %(found)s. "
        "What you typed is kept below; look at what changed and send it again."
    )

    def __init__(self, opened: int, found: int) -> None:
        super().__init__(self.TEMPLATE, opened=opened, found=found)
        self.opened = opened
        self.found = found
