"""Which rows this thread's database session may see: the role and the values that row-level security goes by.

Outside every `seeing` block the connection is what it was opened as (migrations, the tests). Pages and the programming interface
enter one for each request; jobs enter `everything()`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from bailiwick.custody.rows import ROLE


@dataclass(frozen=True, slots=True)
class Scope:
    """What may be seen. `agencies`: comma list of numbers, `all`, `log-in`, or empty for nothing."""

    agencies: str = ""
    sealed: bool = False
    user: int | None = None


NOTHING = Scope()
LOGGING_IN = Scope("log-in")
EVERYTHING = Scope("all", sealed=True)

_current: ContextVar[Scope | None] = ContextVar("bailiwick_scope", default=None)
_SET = (
    "SELECT set_config('role', %s, false), set_config('bailiwick.agencies', %s, false), "
    "set_config('bailiwick.sealed', %s, false), set_config('bailiwick.user', %s, false)"
)


def current() -> Scope | None:
    """The scope in force, None outside every block."""
    return _current.get()


@contextmanager
def seeing(scope: Scope) -> Iterator[None]:
    """The session sees this scope's rows until the block ends."""
    before = _current.get()
    enter(scope)
    try:
        yield
    finally:
        _current.set(before)
        try:
            _apply(connection, before)
        except DatabaseError:
            # A session whose role cannot be set back must not be used again. Inside a transaction the rollback does it.
            if not connection.in_atomic_block:
                connection.close()


def everything() -> Any:
    """Every agency's rows, still under the application's role: for jobs."""
    return seeing(EVERYTHING)


def enter(scope: Scope) -> None:
    """Change the scope in force, as when somebody has just logged in. Not inside a transaction that may be rolled back."""
    _current.set(scope)
    _apply(connection, scope)


def _apply(to: Any, scope: Scope | None) -> None:
    if to.connection is None:
        return  # when it is opened, `_opened` sets it
    words = (
        ("none", "", "", "")
        if scope is None
        else (
            ROLE,
            scope.agencies,
            "on" if scope.sealed else "",
            "" if scope.user is None else str(scope.user),
        )
    )
    with to.cursor() as cursor:
        cursor.execute(_SET, words)


def _opened(sender: type[BaseDatabaseWrapper], connection: Any, **more: Any) -> None:
    if _current.get() is not None:
        _apply(connection, _current.get())


connection_created.connect(_opened, dispatch_uid="bailiwick.custody.seeing")
