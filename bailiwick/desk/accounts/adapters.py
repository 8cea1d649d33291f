"""How allauth behaves here: nobody signs up, failures count toward the lock, secrets of second factors are kept encrypted."""

from __future__ import annotations

import base64
import hashlib
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from bailiwick.custody import access
from bailiwick.custody.models import User
from bailiwick.custody.seeing import LOGGING_IN, Scope, seeing
from bailiwick.desk.accounts import tries
from bailiwick.desk.clock import now
from bailiwick.desk.guard.limits import address_of
from bailiwick.desk.guard.second import needs_second_factor


def locked_error() -> ValidationError:
    """The same words whether or not anybody has the name."""
    return ValidationError(
        _("This name is locked after too many failed tries. An administrator of your agency can release it.")
    )


class Accounts(DefaultAccountAdapter):  # type: ignore[misc]
    """Log-in with name and password."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return address_of(request) or "0.0.0.0"

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        if tries.locked(str(credentials.get("username", ""))):
            raise locked_error()

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        name = str(credentials.get("username", ""))
        tries.failed(request, name, "password")
        if tries.locked(name):
            raise locked_error()

    def pre_login(self, request: HttpRequest, user: User, **more: Any) -> HttpResponse | None:
        refused: HttpResponse | None = super().pre_login(request, user, **more)
        return refused or may_not_log_in(request, user)


def may_not_log_in(request: HttpRequest, user: User) -> HttpResponse | None:
    """Where a known user is sent who may not log in: locked, or not seen for too long."""
    if user.locked_at is not None:
        messages.error(request, locked_error().messages[0])
        return redirect("account_login")
    if access.idle(user, now()):
        if user.agency is not None:
            with seeing(Scope(str(user.agency_id), user=user.pk)):
                access.disable_idle(user.agency, now())
        else:
            user.is_active = False
            user.save(update_fields=["is_active"])
        return redirect("account_inactive")
    return None


class SecondFactors(DefaultMFAAdapter):  # type: ignore[misc]
    """TOTP, security keys and recovery codes."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _lazy("This code is not right. The app shows a new one every 30 seconds."),
        "cannot_delete_authenticator": _lazy(
            "Your role must have a second factor: add another one before you remove this one."
        ),
        "cannot_generate_recovery_codes": _lazy("Set up an app or a key first."),
    }

    def get_totp_issuer(self) -> str:
        return f"Bailiwick {self._get_site_name()}"

    def _get_user_identifier(self, user: User) -> str:
        return user.username

    def encrypt(self, text: str) -> str:
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return _box().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            return ""  # made under another BAILIWICK_SECRET_KEY: matches no code

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Not the last one of somebody whose role must have one."""
        if not needs_second_factor(authenticator.user):
            return True
        others = Authenticator.objects.filter(user=authenticator.user).exclude(pk=authenticator.pk)
        return bool(others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists())


def _box() -> Fernet:
    key = hashlib.sha256(b"bailiwick second factors\0" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


class IdentityProvider(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Log-in by an OpenID Connect provider: for accounts that exist here, by their name."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        with seeing(LOGGING_IN):
            if not sociallogin.is_existing:
                user = self._named(sociallogin)
                if user is None:
                    raise ImmediateHttpResponse(redirect("socialaccount_login_error"))
                sociallogin.connect(request, user)
            refused = may_not_log_in(request, sociallogin.user)
        if refused is not None:
            raise ImmediateHttpResponse(refused)

    @staticmethod
    def _named(sociallogin: Any) -> User | None:
        data = sociallogin.account.extra_data or {}
        claims = data.get("userinfo") or data.get("id_token") or data
        name = claims.get(settings.OIDC_USERNAME_CLAIM)
        if not isinstance(name, str) or not name:
            return None
        # Once tied to the provider's number for a person, a name opens the account to that person alone.
        tied = SocialAccount.objects.filter(user__username=name).exists()
        return None if tied else User.objects.filter(username=name).first()
