"""Tries to log in, written down as the database lets them: an agency's under that agency, a stranger's under none."""

from __future__ import annotations

from django.http import HttpRequest

from bailiwick.custody import access
from bailiwick.custody.models import User
from bailiwick.custody.seeing import LOGGING_IN, Scope, seeing
from bailiwick.desk.clock import now
from bailiwick.desk.guard.limits import address_of


def failed(request: HttpRequest, username: str, how: str) -> bool:
    """Note a failed try. True where it locked the account."""
    with seeing(LOGGING_IN):
        user = User.objects.filter(username=username).first()
    with seeing(_scope(user)):
        return access.failed(username, now(), address=address_of(request), how=how)


def succeeded(request: HttpRequest, user: User, how: str) -> None:
    """Note that somebody logged in or unlocked the screen."""
    with seeing(_scope(user)):
        access.succeeded(user, now(), address=address_of(request), how=how)


def locked(username: str) -> bool:
    """Whether this name may not log in now."""
    with seeing(LOGGING_IN):
        return access.locked(username, now())


def _scope(user: User | None) -> Scope:
    return LOGGING_IN if user is None or user.agency_id is None else Scope(str(user.agency_id), user=user.pk)
