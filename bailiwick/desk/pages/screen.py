"""The locked screen, and forms that were kept while it was locked or the log-in was lost."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, URLResolver, path
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bailiwick.custody import drafts
from bailiwick.custody.models import User
from bailiwick.custody.rights import allowed
from bailiwick.desk.accounts import tries
from bailiwick.desk.clock import now
from bailiwick.desk.guard import hours
from bailiwick.desk.guard.watch import fields_of, form_of


class PasswordForm(forms.Form):
    """The password of whoever is logged in."""

    password = forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )


def next_page(request: HttpRequest) -> str:
    """Where to go afterwards: an address of this site, or the home page."""
    url = request.POST.get("next") or request.GET.get("next") or "/"
    return url if url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None) else "/"


@require_http_methods(["GET", "HEAD", "POST"])
def unlock(request: HttpRequest) -> HttpResponse:
    """Ask for the password again. Wrong ones count as failed log-ins do."""
    user = request.user
    if not isinstance(user, User):
        return redirect("account_login")
    if hours.state(request.session, now()) is not hours.State.LOCKED:
        return HttpResponseRedirect(next_page(request))
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not tries.locked(user.username) and user.check_password(form.cleaned_data["password"]):
            hours.unlock(request.session, now())
            request.session.cycle_key()
            tries.succeeded(request, user, "screen lock")
            return HttpResponseRedirect(next_page(request))
        if tries.failed(request, user.username, "screen lock") or tries.locked(user.username):
            logout(request)
            return redirect("account_login")
        form.add_error("password", _("This is not the password of this account."))
    return render(request, "accounts/unlock.html", {"form": form, "next": next_page(request), "who": user})


@require_POST
@allowed("own_account")
def lock(request: HttpRequest) -> HttpResponse:
    """Lock the screen now. What was typed into the page's form comes along and is kept."""
    user = request.user
    assert isinstance(user, User)
    kept = drafts.keep(user, form_of(request), fields_of(request), now())
    hours.lock(request.session)
    back = "/drafts" if kept else next_page(request)
    return redirect(f"/accounts/unlock/?next={back}")


@require_POST
@allowed("own_account")
def alive(request: HttpRequest) -> JsonResponse:
    """Somebody is typing: the screen does not lock."""
    return JsonResponse({"open": True})


def _words(fields: drafts.Fields) -> list[tuple[str, str]]:
    return [
        (name.replace("-", " ").replace("_", " ").capitalize(), ", ".join(filter(None, values)))
        for name, values in fields.items()
        if any(values)
    ]


@require_safe
@allowed("own_account")
def kept(request: HttpRequest) -> HttpResponse:
    """Forms kept for whoever is logged in: to look at, send, or throw away."""
    user = request.user
    assert isinstance(user, User)
    assert user.agency is not None
    rows: list[dict[str, Any]] = [
        {
            "draft": draft,
            "words": _words(drafts.typed_in(draft)),
            "fields": [(name, value) for name, values in drafts.typed_in(draft).items() for value in values],
            "files": drafts.files_of(draft),
        }
        for draft in drafts.of(user)
    ]
    return render(request, "accounts/drafts.html", {"rows": rows, "tz": user.agency.tz})


@require_POST
@allowed("own_account")
def throw_away(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget one kept form."""
    assert isinstance(request.user, User)
    drafts.drop(request.user, pk)
    return redirect("drafts")


urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/unlock/", unlock, name="unlock"),
    path("accounts/lock/", lock, name="lock"),
    path("accounts/alive/", alive, name="alive"),
    path("drafts", kept, name="drafts"),
    path("drafts/<int:pk>/drop", throw_away, name="draft_drop"),
]
