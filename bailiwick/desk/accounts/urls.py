"""Addresses around log-in: those of allauth that are used here, and no others. Nobody signs up and no address is changed by
e-mail."""

from __future__ import annotations

from allauth.account import views
from allauth.socialaccount import views as social
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, URLResolver, include, path
from django.views.decorators.http import require_safe

from bailiwick.custody.rights import allowed
from bailiwick.desk.accounts.views import log_in, second_factor


def closed(request: HttpRequest) -> HttpResponse:
    """What allauth knows an address for and Bailiwick does not offer."""
    raise Http404


@allowed("own_account")
def no_password(request: HttpRequest) -> HttpResponse:
    """Somebody whose password is kept by an identity provider wants to change it."""
    return redirect("own")


@require_safe
def not_known(request: HttpRequest) -> HttpResponse:
    """The identity provider named nobody who has an account here."""
    return render(request, "socialaccount/authentication_error.html")


urlpatterns: list[URLPattern | URLResolver] = [
    path("login/", log_in, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("password/change/", views.password_change, name="account_change_password"),
    path("password/set/", no_password, name="account_set_password"),
    path("signup/", closed, name="account_signup"),
    path("2fa/authenticate/", second_factor, name="mfa_authenticate"),
    path("2fa/", include("allauth.mfa.urls")),
    path("3rdparty/login/cancelled/", social.login_cancelled, name="socialaccount_login_cancelled"),
    path("3rdparty/login/error/", not_known, name="socialaccount_login_error"),
    path("3rdparty/signup/", closed, name="socialaccount_signup"),
    path("3rdparty/", closed, name="socialaccount_connections"),
    path("", include("allauth.socialaccount.providers.openid_connect.urls")),
]
