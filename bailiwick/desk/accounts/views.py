"""Pages of allauth that say more or less here than there."""

from __future__ import annotations

from typing import Any

from allauth.account.views import LoginView
from allauth.mfa.base.views import AuthenticateView
from django.conf import settings


def _ours(context: dict[str, Any]) -> dict[str, Any]:
    """`site` is a word of our own pages; allauth's would stand before it."""
    context.pop("site", None)
    return context


class LogIn(LoginView):  # type: ignore[misc]
    """Name and password, or the identity provider, after the notice (FBI CJIS Security Policy, AC-8)."""

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        notice = [line for line in settings.SYSTEM_USE_NOTICE.splitlines() if line.strip()]
        return _ours(super().get_context_data(**more)) | {"notice": notice}


class SecondFactor(AuthenticateView):  # type: ignore[misc]
    """The second factor, after the password."""

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return _ours(super().get_context_data(**more))


log_in = LogIn.as_view()
second_factor = SecondFactor.as_view()
