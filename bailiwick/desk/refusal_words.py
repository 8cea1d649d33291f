"""What a service refused, in the language of the page. Services speak English; what has no translation is marked as English."""

from __future__ import annotations

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from bailiwick.custody.errors import Blocked, Quoted, Refused
from bailiwick.desk.due_words import due_marked, due_words
from bailiwick.desk.fact_words import in_english
from bailiwick.desk.forms.words import PAPER_NAMES
from bailiwick.papers.registry import PAPERS

#: Words of ours that services fill in, by the name of the value; anything else stands as it was found.
_OURS = {
    "strange": {"none": gettext_noop("none")},
    "known": {"none yet": gettext_noop("none yet")},
    "about": {"request": gettext_noop("request"), "subpoena": gettext_noop("subpoena")},
}


class RefusedHere(Refused):
    """Refused by a page itself, in the language of the page."""


def refusal_words(refused: Refused) -> SafeString:
    """The sentence of a refusal for a page, safe to show: its values are escaped."""
    if isinstance(refused, Blocked):
        return format_html_join(" ", "{}", ((due_marked(one),) for one in refused.sentences))
    if isinstance(refused, RefusedHere):
        return format_html("{}", refused.message)
    said = _(refused.template)
    if isinstance(refused, Quoted) or said == refused.template:
        return in_english(refused.message)
    values = {name: _value(name, value) for name, value in refused.values.items()}
    return format_html("{}", said % values if values else said)


def _value(name: str, value: object) -> str:
    text = str(value)
    if name == "title":
        return next((str(PAPER_NAMES[one.name]) for one in PAPERS.values() if one.title == text), text)
    if name == "what":
        return due_words(text)
    known = _OURS.get(name, {}).get(text)
    return _(known) if known else text
