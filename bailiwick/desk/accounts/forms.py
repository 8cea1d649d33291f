"""Forms of allauth in our words, and those of the second factor look first whether the account is locked."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, AuthenticateWebAuthnForm, EditWebAuthnForm
from django import forms
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

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        _ask_code(self.fields["code"])
        self.fields["code"].widget.attrs["autofocus"] = True

    def clean_code(self) -> str:
        if tries.locked(self.user.username):
            raise locked_error()
        return str(super().clean_code())


class CodeAgain(ReauthenticateForm):  # type: ignore[misc]
    """The same, asked again before something sensitive."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        _ask_code(self.fields["code"])

    def clean_code(self) -> str:
        if tries.locked(self.user.username):
            raise locked_error()
        return str(super().clean_code())


class NewApp(ActivateTOTPForm):  # type: ignore[misc]
    """The first code of an authenticator app that is being set up."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        _ask_code(self.fields["code"])


class NewKey(AddWebAuthnForm):  # type: ignore[misc]
    """A security key that is being added."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["name"].label = _("Name of the key")


class KeyName(EditWebAuthnForm):  # type: ignore[misc]
    """Another name for a security key."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["name"].label = _("Name of the key")


def _ask_code(field: forms.Field) -> None:
    field.label = _("Code")
    field.widget.attrs.pop("placeholder", None)


class Key(AuthenticateWebAuthnForm):  # type: ignore[misc]
    """A security key."""

    def clean_credential(self) -> Any:
        if tries.locked(self.user.username):
            raise locked_error()
        return super().clean_credential()
