"""The log-in page, with the notice that stands before it (FBI CJIS Security Policy, AC-8)."""

from __future__ import annotations

from typing import Any

from allauth.account.views import LoginView
from django.conf import settings


class LogIn(LoginView):  # type: ignore[misc]
    """Name and password, or the identity provider."""

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**more)
        context["notice"] = [line for line in settings.SYSTEM_USE_NOTICE.splitlines() if line.strip()]
        return context


log_in = LogIn.as_view()
