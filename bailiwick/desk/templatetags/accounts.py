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


_SUBPOENA: dict[str, str | Promise] = {
    "subpoena.received": _("received"),
    "subpoena.telling": _("whether the person may be told was recorded"),
    "subpoena.to_counsel": _("handed to counsel"),
    "subpoena.answered": _("answered"),
    "scan.attached": _("scan kept"),
    "paper.printed": _("reply printed"),
}


@register.filter
def subpoena_event(kind: str) -> str:
    """What was done with a subpoena."""
    return str(_SUBPOENA.get(kind, kind.replace(".", " ").replace("_", " ")))
