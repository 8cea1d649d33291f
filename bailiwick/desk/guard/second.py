"""Who needs a second factor (FBI CJIS Security Policy, IA-2): the roles that the installation names."""

from __future__ import annotations

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest

from bailiwick.custody.models import User

#: How this session's user showed who they are, as allauth writes it down.
METHODS = "account_authentication_methods"


def needs_second_factor(user: User) -> bool:
    """Whether the user's role must have one."""
    return user.role in settings.SECOND_FACTOR_ROLES


def lacks_second_factor(request: HttpRequest, user: User) -> bool:
    """Whether this session must first add one. Where an identity provider logged the user in, the provider asks for it."""
    if not needs_second_factor(user):
        return False
    methods = {str(one.get("method")) for one in request.session.get(METHODS, [])}
    return not methods & {"mfa", "socialaccount"} and not is_mfa_enabled(user)
