"""Who is there, for how long, and what the database session may see: around every request.

Browsers are known by their session, on every page; programs by their token, under /api/ alone, where sessions count for nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.models import AnonymousUser
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.urls import reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _

from bailiwick.custody import access, drafts, tokens
from bailiwick.custody.models import User
from bailiwick.custody.rights import scope_of
from bailiwick.custody.seeing import LOGGING_IN, NOTHING, Scope, enter, seeing
from bailiwick.desk.clock import now
from bailiwick.desk.guard import hours
from bailiwick.desk.guard.headers import SECRET, Next
from bailiwick.desk.guard.hours import State
from bailiwick.desk.guard.second import lacks_second_factor

#: Where somebody may look for accounts while nobody is known yet.
LOG_IN_PATHS = "/accounts/"
API_PATHS = "/api/"
#: Answers under these are never kept by browsers or proxies.
SECRET_PATHS = (LOG_IN_PATHS, "/concern")
#: Open to a locked session, and to one that must first change its password or add a second factor.
ALWAYS = {"unlock", "account_logout", "account_login", "language", "concern", "concern_answer", "api-root"}
#: Besides: what such a session is sent to.
PASSWORD = {"account_change_password"}
SECOND = {
    "mfa_index", "mfa_activate_totp", "mfa_list_webauthn", "mfa_add_webauthn", "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes", "mfa_download_recovery_codes", "account_reauthenticate", "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
}  # fmt: skip
#: In an anonymous session: a form that was sent after the log-in was lost.
KEPT = "bailiwick_kept"
_TAKEN = "bailiwick_taken"
#: Asks without somebody at the keyboard (a page that looks again by itself) carry this and do not count as use.
BY_ITSELF = "X-By-Itself"


class Watch:
    """Middleware. After the one that knows sessions and users, before every view."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith(SECRET_PATHS):
            setattr(request, SECRET, True)
        with seeing(LOGGING_IN):
            scope = self._scope(request)
            if scope != LOGGING_IN:
                enter(scope)
            response = self.get_response(request)
            scope = getattr(request, "bailiwick_scope", scope)
            _sent(request, response)
        if isinstance(response, StreamingHttpResponse) and not response.is_async:
            response.streaming_content = _still_seeing(response, scope)
        return response

    def _scope(self, request: HttpRequest) -> Scope:
        """Who asks, and what their session may see."""
        request.bailiwick_state = None  # type: ignore[attr-defined]
        if request.path.startswith(API_PATHS):
            return self._program(request)
        nameless = request.path == "/concern" or request.path.startswith("/concern/")
        if nameless or not settings.HAS_DATABASE or settings.SESSION_COOKIE_NAME not in request.COOKIES:
            request.user = AnonymousUser()
        user = request.user
        if not isinstance(user, User):
            return LOGGING_IN if request.path.startswith(LOG_IN_PATHS) else NOTHING
        setattr(request, SECRET, True)
        at = now()
        state = State.ENDED if user.locked_at is not None else hours.state(request.session, at)
        request.bailiwick_state = state  # type: ignore[attr-defined]
        translation.activate(user.interface_language)
        request.LANGUAGE_CODE = translation.get_language()
        if state is not State.OPEN:
            return LOGGING_IN if request.path.startswith(LOG_IN_PATHS) else NOTHING
        if request.headers.get(BY_ITSELF) is None and hours.used(request.session, at):
            access.seen(user, at)
        return scope_of(user)

    @staticmethod
    def _program(request: HttpRequest) -> Scope:
        request.user = AnonymousUser()
        request.token = None  # type: ignore[attr-defined]
        kind, _space, text = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer" or not settings.HAS_DATABASE:
            return NOTHING
        setattr(request, SECRET, True)
        token = tokens.find(text.strip(), now())
        if token is None:
            return NOTHING
        request.user, request.token = token.user, token  # type: ignore[attr-defined]
        return scope_of(token.user)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Send a session that may not go on to where it can; keep what was typed."""
        state: State | None = request.bailiwick_state  # type: ignore[attr-defined]
        name = request.resolver_match.view_name if request.resolver_match else ""
        if state is None:
            if (
                request.method == "POST"
                and hasattr(view, "abilities")
                and not request.path.startswith(API_PATHS)
            ):
                return _lost(request)
            return None
        user = request.user
        assert isinstance(user, User)
        if state is State.ENDED and name != "account_logout":
            return _ended(request, user, view)
        if name in ALWAYS:
            return None
        if state is State.LOCKED:
            hours.lock(request.session)
            return away(request, reverse("unlock"), _keep(request, user, view) or _back(request))
        if user.password_temporary:
            return None if name in PASSWORD else away(request, reverse("account_change_password"))
        if lacks_second_factor(request, user):
            return None if name in SECOND else away(request, reverse("mfa_index"))
        return None


def away(request: HttpRequest, url: str, then: str = "") -> HttpResponse:
    """Go to another page and, from there, on to `then`. Parts of a page that were asked for take the whole page along."""
    if then:
        url = f"{url}?{urlencode({'next': then})}"
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)


def _back(request: HttpRequest) -> str:
    """The page to come back to."""
    if request.headers.get("HX-Request") or request.method not in ("GET", "HEAD"):
        return "/"
    return request.get_full_path()


def fields_of(request: HttpRequest) -> drafts.Fields:
    """What was typed into the form that was sent, and the names of the files that were chosen."""
    own = {"next"} if request.path == reverse("lock") else set()
    typed = {
        name: [str(value) for value in values] for name, values in request.POST.lists() if name not in own
    }
    chosen = {
        f"{drafts.FILE}{name}": [str(one.name) for one in uploads] for name, uploads in request.FILES.lists()
    }
    return typed | chosen


def _keep(request: HttpRequest, user: User, view: Callable[..., Any]) -> str:
    """Keep a form of ours as typed. The page that shows it, empty where there was nothing to keep."""
    if request.method != "POST" or not hasattr(view, "abilities"):
        return ""
    with seeing(scope_of(user)):
        draft = drafts.keep(user, form_of(request), fields_of(request), now())
    return reverse("drafts") if draft else ""


def form_of(request: HttpRequest) -> str:
    """The address a form is for: that of the request, or the page that was locked with what was typed into it."""
    if request.path != reverse("lock"):
        return request.get_full_path()
    page = request.POST.get("_page", "")
    return page if page.startswith("/") and url_has_allowed_host_and_scheme(page, allowed_hosts=None) else ""


def taken(request: HttpRequest) -> None:
    """Say that a form was taken, where the answer is a page and not a redirect."""
    setattr(request, _TAKEN, True)


def _sent(request: HttpRequest, response: HttpResponseBase) -> None:
    """A kept form that was taken is kept no longer."""
    gone_on = response.status_code in (204, 302, 303) or hasattr(request, _TAKEN)
    if request.method == "POST" and gone_on and isinstance(request.user, User):
        number = request.POST.get("_draft")
        if number and request.bailiwick_state is State.OPEN:  # type: ignore[attr-defined]
            drafts.drop(request.user, number)


def _ended(request: HttpRequest, user: User, view: Callable[..., Any]) -> HttpResponse | None:
    """The log-in is over: nobody is there any more. Public pages go on without them."""
    kept = _keep(request, user, view)
    locked = user.locked_at is not None
    logout(request)
    request.bailiwick_state = None  # type: ignore[attr-defined]
    if hasattr(view, "abilities") or (
        request.path.startswith(LOG_IN_PATHS) and not request.path.endswith("/login/")
    ):
        messages.warning(
            request,
            _("Your account is locked. An administrator of your agency can release it.")
            if locked
            else _("A log-in lasts 12 hours. Please log in again."),
        )
        return away(request, settings.LOGIN_URL, kept or _back(request))
    return None


def _lost(request: HttpRequest) -> HttpResponse:
    """A form came from somebody whose log-in is gone: kept in this browser's new session until they log in."""
    fields = drafts.without_secrets(fields_of(request))
    if sum(len(name) + sum(map(len, values)) for name, values in fields.items()) <= drafts.MOST:
        request.session[KEPT] = {"form": request.get_full_path(), "fields": fields}
        request.session.set_expiry(hours.LOG_IN_AGAIN)
    messages.warning(request, _("You were no longer logged in. Log in again; what you typed is kept."))
    return away(request, settings.LOGIN_URL, reverse("drafts"))


def _still_seeing(response: StreamingHttpResponse, scope: Scope) -> Iterator[bytes]:
    """What is read while the answer is on its way is read with the same rights."""
    content = response.streaming_content

    def stream() -> Iterator[bytes]:
        with seeing(scope):
            yield from content  # type: ignore[misc]

    return stream()
