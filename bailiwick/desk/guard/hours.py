"""How long a log-in lasts: what the session remembers of it, and what follows at an instant.

FBI CJIS Security Policy: AC-11 (the screen locks after 30 minutes without use), AC-12 (the log-in ends after 12 hours).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any, Protocol

SCREEN_LOCK = timedelta(minutes=30)
LOG_IN_AGAIN = timedelta(hours=12)
#: Use is written down at most this often, always too early and never too late: the screen may lock this much sooner.
NOTED_EVERY = timedelta(seconds=60)

_BEGAN, _SEEN, _LOCKED = "bailiwick_began", "bailiwick_seen", "bailiwick_locked"


class Store(Protocol):
    """A session: names to values JSON knows."""

    def get(self, key: str, /) -> Any: ...
    def __setitem__(self, key: str, value: Any, /) -> None: ...


class State(Enum):
    """Of a session whose user is known."""

    OPEN = "open"
    LOCKED = "locked"
    ENDED = "ended"


def begin(session: Store, at: datetime) -> None:
    """Somebody logged in."""
    session[_BEGAN] = session[_SEEN] = at.timestamp()
    session[_LOCKED] = False


def state(session: Store, at: datetime) -> State:
    """What the session is worth at an instant. A log-in of which the beginning is not known begins now."""
    if session.get(_BEGAN) is None:
        begin(session, at)
    if at - _instant(session.get(_BEGAN)) > LOG_IN_AGAIN:
        return State.ENDED
    if session.get(_LOCKED) or at - _instant(session.get(_SEEN)) > SCREEN_LOCK:
        return State.LOCKED
    return State.OPEN


def used(session: Store, at: datetime) -> bool:
    """Note that somebody is at work; True where it was written down."""
    since = at - _instant(session.get(_SEEN))
    if timedelta() <= since < NOTED_EVERY:
        return False
    session[_SEEN] = at.timestamp()
    return True


def lock(session: Store) -> None:
    """Lock the screen until the password is given."""
    session[_LOCKED] = True


def unlock(session: Store, at: datetime) -> None:
    """The password was given."""
    session[_LOCKED] = False
    session[_SEEN] = at.timestamp()


def _instant(seconds: Any) -> datetime:
    return datetime.fromtimestamp(float(seconds or 0), UTC)
