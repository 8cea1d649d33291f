"""Forms of allauth in our words, and those of the second factor look first whether the account is locked."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.webauthn.forms import AuthenticateWebAuthnForm
from django.utils.translation import gettext_lazy as _

from bailiwick.desk.accounts import tries
from bailiwick.desk.accounts.adapters import locked_error


class LogInForm(LoginForm):  # type: ignore[misc]
    """Name and password."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for name, words in (("login", _("User name")), ("password", _("Password"))):
            self.fields[name].label = words
            self.fields[name].widget.attrs.pop("placeholder", None)
        self.fields["login"].widget.attrs["autofocus"] = True


class Code(AuthenticateForm):  # type: ignore[misc]
    """A code of the authenticator app, or a recovery code."""

    def clean_code(self) -> str:
        if tries.locked(self.user.username):
            raise locked_error()
        return str(super().clean_code())


class CodeAgain(ReauthenticateForm):  # type: ignore[misc]
    """The same, asked again before something sensitive."""

    def clean_code(self) -> str:
        if tries.locked(self.user.username):
            raise locked_error()
        return str(super().clean_code())


class Key(AuthenticateWebAuthnForm):  # type: ignore[misc]
    """A security key."""

    def clean_credential(self) -> Any:
        if tries.locked(self.user.username):
            raise locked_error()
        return super().clean_credential()
