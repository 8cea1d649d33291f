"""What follows when somebody logs in: the hours begin, the database session sees with their rights, a form that was lost is
theirs again."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest

from bailiwick.custody import drafts
from bailiwick.custody.models import User
from bailiwick.custody.rights import scope_of
from bailiwick.custody.seeing import current, enter, seeing
from bailiwick.desk.clock import now
from bailiwick.desk.guard import hours
from bailiwick.desk.guard.watch import KEPT


def logged_in(sender: Any, request: HttpRequest, user: User, **more: Any) -> None:
    """For `django.contrib.auth.signals.user_logged_in`."""
    at = now()
    hours.begin(request.session, at)
    kept = request.session.pop(KEPT, None)
    scope = scope_of(user)
    if kept:
        with seeing(scope):
            drafts.keep(user, kept["form"], kept["fields"], at)
    if current() is not None:
        enter(scope)
        request.bailiwick_scope = scope  # type: ignore[attr-defined]


def connect() -> None:
    """Listen from now on."""
    user_logged_in.connect(logged_in, dispatch_uid="bailiwick.desk.accounts.session")
