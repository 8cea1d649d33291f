"""The clock of the edge: the only place where the pages read what time it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

_standing: list[datetime] = []


def now() -> datetime:
    """This instant, UTC."""
    return _standing[-1] if _standing else datetime.now(UTC)


@contextmanager
def standing_at(instant: datetime) -> Iterator[None]:
    """Let the clock of this process stand at an instant; nested ones win. For tests and for the demonstration's data."""
    if instant.tzinfo is None:
        raise ValueError("standing_at: expected an instant with its zone, found a naive time")
    _standing.append(instant.astimezone(UTC))
    try:
        yield
    finally:
        _standing.pop()


def stand_at(instant: datetime) -> None:
    """Move the hand of a standing clock."""
    if not _standing:
        raise RuntimeError("stand_at: expected to be inside standing_at()")
    _standing[-1] = instant.astimezone(UTC)
