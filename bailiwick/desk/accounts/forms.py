"""Forms of the second factor that look first whether the account is locked."""

from __future__ import annotations

from typing import Any

from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.webauthn.forms import AuthenticateWebAuthnForm

from bailiwick.desk.accounts import tries
from bailiwick.desk.accounts.adapters import locked_error


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
