"""Who asks: a program with a token of one user, with that user's rights (`bailiwick.custody.rights`) and rows.

The middleware of the desk has looked the token up before any operation runs; sessions of browsers count for nothing here.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.module_loading import import_string
from ninja.security import HttpBearer

from bailiwick.api.errors import Bad
from bailiwick.custody.acting import Actor
from bailiwick.custody.models import User
from bailiwick.custody.rights import ABILITIES, may


class Token(HttpBearer):
    """Authorization: Bearer, and any of these abilities. Without a token 401, without the ability 403."""

    def __init__(self, *abilities: str) -> None:
        super().__init__()
        for ability in abilities:
            if ability not in ABILITIES:
                raise LookupError(f"Token: expected one of {', '.join(ABILITIES)}; found '{ability}'")
        self.abilities = abilities

    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        user = request.user
        if not isinstance(user, User):
            return None
        if user.agency is None or not any(may(user, ability) for ability in self.abilities):
            raise Bad(403, f"expected a role that may {' or '.join(self.abilities)}, found {user.role}")
        return user


def needs(operation: dict[str, Any]) -> str:
    """What a described operation needs, in words: `see_files`, or empty where it needs no token."""
    return " or ".join(f"`{name}`" for name in operation.get("x-abilities", ()))


def now() -> datetime:
    """This instant, by the clock of the edge (settings.CLOCK)."""
    clock: Callable[[], datetime] = import_string(settings.CLOCK)
    return clock()


def acting(request: HttpRequest, how: str = "api") -> Actor:
    """The token's user, now."""
    user = request.user
    assert isinstance(user, User)
    assert user.agency is not None
    return Actor(user.agency, now(), user, how=how)
