"""Accounts of the agency: who may log in, as what; locks released, passwords given, lost second factors removed."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, URLResolver, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bailiwick.custody import access, tokens
from bailiwick.custody.acting import Actor, note
from bailiwick.custody.errors import Refused
from bailiwick.custody.models import ApiToken, User
from bailiwick.custody.rights import agency_of, allowed, found
from bailiwick.desk.clock import now
from bailiwick.desk.forms.people import ROLE, AccountForm, NewAccountForm, temporary_password
from bailiwick.desk.guard.watch import taken
from bailiwick.desk.refusal_words import refusal_words


def actor_of(request: HttpRequest) -> Actor:
    """Whoever is logged in, now."""
    user = request.user
    assert isinstance(user, User)
    return Actor(agency_of(request), now(), user)


@require_safe
@allowed("manage_people")
def people(request: HttpRequest) -> HttpResponse:
    """Everybody who has an account, locked and disabled ones first."""
    agency = agency_of(request)
    users = User.objects.filter(agency=agency).order_by("last_name", "first_name", "username")
    rows = sorted(users, key=lambda user: (user.locked_at is None, user.is_active))
    with_factor = set(Authenticator.objects.filter(user__in=rows).values_list("user_id", flat=True))
    return render(
        request,
        "people/list.html",
        {
            "rows": [(u, ROLE[u.role], u.pk in with_factor) for u in rows],
            "tz": agency.tz,
            "officer": any(u.compliance_officer and u.is_active for u in rows),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("manage_people")
def new(request: HttpRequest) -> HttpResponse:
    """Make an account. Its password is shown once."""
    form = NewAccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        marks = {name: data.pop(name) for name in ("sees_sealed", "compliance_officer")}
        password = temporary_password()
        actor = actor_of(request)
        try:
            with transaction.atomic():
                user = access.make(actor, password=password, **data)
                if any(marks.values()):
                    access.change(actor, user, **marks)
        except Refused as refused:
            form.add_error("username", refusal_words(refused))
        else:
            return _shown_once(request, user, password)
    return render(request, "people/new.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("manage_people")
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """One account: look and change."""
    user = found(request, User, pk=pk)
    form = AccountForm.of(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        actor = actor_of(request)
        try:
            with transaction.atomic():
                opened = form.cleaned_data["is_active"] and not user.is_active
                access.change(actor, user, **form.cleaned_data)
                if opened:
                    access.release(actor, user)
        except Refused as refused:
            form.add_error(None, refusal_words(refused))
        else:
            messages.success(request, _("Changed."))
            return redirect("person", pk=pk)
    shown: dict[str, Any] = {
        "form": form,
        "who": user,
        "tz": agency_of(request).tz,
        "factors": Authenticator.objects.filter(user=user).count(),
        "tokens": ApiToken.objects.filter(user=user, revoked_at=None).order_by("made_at"),
        "tries": user.log_ins.order_by("-at")[:10],
        "own": request.user.pk == user.pk,
    }
    return render(request, "people/one.html", shown)


@require_POST
@allowed("manage_people")
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a locked account log in again."""
    user = found(request, User, pk=pk)
    access.release(actor_of(request), user)
    messages.success(request, _("The lock is released."))
    return redirect("person", pk=pk)


@require_POST
@allowed("manage_people")
def password(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a new password. It is shown once and must be changed at the next log-in."""
    user = found(request, User, pk=pk)
    given = temporary_password()
    access.set_password(actor_of(request), user, given)
    return _shown_once(request, user, given)


@require_POST
@allowed("manage_people")
def factors(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove every second factor: the telephone or key was lost."""
    user = found(request, User, pk=pk)
    with transaction.atomic():
        gone, _rows = Authenticator.objects.filter(user=user).delete()
        if gone:
            note(actor_of(request), "account.factors_removed", user, count=gone)
    messages.success(request, _("The second factors are removed; a new one is added at the next log-in."))
    return redirect("person", pk=pk)


@require_POST
@allowed("manage_people")
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """End a program's token."""
    token = found(request, ApiToken, pk=pk)
    tokens.revoke(actor_of(request), token)
    messages.success(request, _("The token is worth nothing any more."))
    return redirect("person", pk=token.user_id)


def _shown_once(request: HttpRequest, user: User, given: str) -> HttpResponse:
    taken(request)
    return render(request, "people/password.html", {"who": user, "password": given})


urlpatterns: list[URLPattern | URLResolver] = [
    path("people", people, name="people"),
    path("people/new", new, name="person_new"),
    path("people/<int:pk>", one, name="person"),
    path("people/<int:pk>/release", release, name="person_release"),
    path("people/<int:pk>/password", password, name="person_password"),
    path("people/<int:pk>/second-factors", factors, name="person_factors"),
    path("people/tokens/<int:pk>/revoke", revoke, name="person_token_revoke"),
]
