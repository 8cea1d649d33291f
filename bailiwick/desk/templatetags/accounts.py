"""Words around accounts: `{% load accounts %}`."""

from __future__ import annotations

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

register = template.Library()

_HOW: dict[str, str | Promise] = {
    "password": _("password"),
    "second factor": _("second factor"),
    "identity provider": _("identity provider"),
    "screen lock": _("screen lock"),
}


@register.filter
def try_words(how: str) -> str:
    """By what somebody tried to log in."""
    return str(_HOW.get(how, how))
