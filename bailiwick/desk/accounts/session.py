"""What follows when somebody logs in or out or changes how they do: the hours begin, the database session sees with their
rights, a form that was lost is theirs again, and the record says what happened."""

from __future__ import annotations

from typing import Any

from allauth.account import signals as account
from allauth.mfa import signals as mfa
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.http import HttpRequest

from bailiwick.custody import drafts
from bailiwick.custody.acting import Actor, note
from bailiwick.custody.models import User
from bailiwick.custody.rights import scope_of
from bailiwick.custody.seeing import current, enter, seeing
from bailiwick.desk.accounts import tries
from bailiwick.desk.clock import now
from bailiwick.desk.guard import hours
from bailiwick.desk.guard.second import METHODS
from bailiwick.desk.guard.watch import KEPT

_HOW = {"mfa": "second factor", "socialaccount": "identity provider", "password": "password"}


def began(sender: Any, request: HttpRequest, user: User, **more: Any) -> None:
    """A session has a user from now on (`django.contrib.auth.signals.user_logged_in`)."""
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


def logged_in(sender: Any, request: HttpRequest, user: User, **more: Any) -> None:
    """Somebody came through the log-in page (`allauth.account.signals.user_logged_in`)."""
    methods = {str(one.get("method")) for one in request.session.get(METHODS, [])}
    how = next((words for method, words in _HOW.items() if method in methods), "password")
    tries.succeeded(request, user, how)


def logged_out(sender: Any, request: HttpRequest, user: User | None, **more: Any) -> None:
    """`django.contrib.auth.signals.user_logged_out`."""
    if user is not None:
        _note(user, "account.log_out")


def password_changed(sender: Any, request: HttpRequest, user: User, **more: Any) -> None:
    """A password given by an administrator is temporary no more."""
    User.objects.filter(pk=user.pk).update(password_temporary=False)
    user.password_temporary = False
    _note(user, "account.password_changed")


def factor_failed(sender: Any, request: HttpRequest, user: User, **more: Any) -> None:
    """A wrong code counts as a failed log-in."""
    tries.failed(request, user.username, "second factor")


def factor_added(sender: Any, user: User, authenticator: Any, **more: Any) -> None:
    _note(user, "account.factor_added", factor=str(authenticator.type))


def factor_removed(sender: Any, user: User, authenticator: Any, **more: Any) -> None:
    _note(user, "account.factor_removed", factor=str(authenticator.type))


def factor_reset(sender: Any, user: User, authenticator: Any, **more: Any) -> None:
    _note(user, "account.factor_reset", factor=str(authenticator.type))


def _note(user: User, kind: str, **data: Any) -> None:
    if user.agency is not None:
        with seeing(scope_of(user)):
            note(Actor(user.agency, now(), user), kind, user, **data)


def connect() -> None:
    """Listen from now on."""
    for signal, listener in (
        (user_logged_in, began),
        (user_logged_out, logged_out),
        (account.user_logged_in, logged_in),
        (account.password_changed, password_changed),
        (mfa.authentication_failed, factor_failed),
        (mfa.authenticator_added, factor_added),
        (mfa.authenticator_removed, factor_removed),
        (mfa.authenticator_reset, factor_reset),
    ):
        signal.connect(listener, dispatch_uid=f"bailiwick.{listener.__name__}")
