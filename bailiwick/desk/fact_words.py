"""Facts, their values and changes of them in the language of the page; what only a law file says stays English and is marked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from bailiwick.desk.forms.people import ROLE
from bailiwick.desk.forms.words import HOW_GIVEN, HOW_RECEIVED
from bailiwick.desk.templatetags.bailiwick import day
from bailiwick.engine import words
from bailiwick.engine.change import fact_question
from bailiwick.engine.facts import FACTS, Type

_NORM = "norm:"
_WITHOUT = re.compile(r"without the (\d+) that count here")
#: What is written of a person or a charge, by the name of its field.
FIELDS: dict[str, str | Promise] = {
    "family_name": _lazy("family name"),
    "given_name": _lazy("given name"),
    "birth_date": _lazy("birth date"),
    "language": _lazy("language"),
    "birthplace": _lazy("birthplace"),
    "citizenship_said": _lazy("citizenship said"),
    "lawyer_name": _lazy("lawyer name"),
    "lawyer_contact": _lazy("lawyer contact"),
    "designated_name": _lazy("designated name"),
    "designated_contact": _lazy("designated contact"),
    "statute": _lazy("statute"),
    "code_system": _lazy("code system"),
    "code": _lazy("code"),
    "description": _lazy("description"),
    "status": _lazy("status"),
    "grade": _lazy("grade"),
    "class": _lazy("class"),
    "degree": _lazy("degree"),
    "wobbler": _lazy("wobbler"),
    "serious": _lazy("serious"),
    "violent": _lazy("violent"),
    "state_prison": _lazy("state prison"),
    "indictable": _lazy("indictable"),
    "convicted_on": _lazy("convicted on"),
    "facts": _lazy("facts"),
}


def in_english(text: str) -> SafeString:
    """English words on a page, marked as such where the page is in another language."""
    if (get_language() or "en").startswith("en"):
        return format_html("{}", text)
    return format_html('<span lang="en">{}</span>', text)


def law_words(sentence: str) -> SafeString:
    """A sentence of a duty or clock: translated, or as the law file has it, marked as English."""
    said = _(sentence) if sentence else ""
    return in_english(sentence) if sentence and said == sentence else format_html("{}", said)


def question_words(name: str) -> str:
    """The question behind a fact, or behind a norm that counsel must read: `Is the form signed?`."""
    if name.startswith(_NORM):
        return _("Has counsel verified, or chosen the reading of, %(norm)s?") % {
            "norm": name.removeprefix(_NORM)
        }
    return _(fact_question(name))


def field_words(name: str) -> str:
    """`family name`; one that has no word here by its name."""
    known = FIELDS.get(name)
    return str(known) if known is not None else name.replace("_", " ")


def role_words(role: str) -> str:
    """`Supervisor`."""
    return str(ROLE.get(role, role))


def manner_words(how: str) -> str:
    """In what manner something was handed over or came: a choice of a form; anything else as it was written."""
    choices = dict((*HOW_GIVEN, *HOW_RECEIVED))
    if how in choices:
        return str(choices[how])
    manner, found, who = how.partition(", to ")
    if found and manner in choices:
        return _("%(how)s, to %(who)s") % {"how": choices[manner], "who": who}
    return how


def value_words(fact: str, value: Any) -> str:
    """`yes`, `a civil warrant signed by a judge`, `10 January 2015`."""
    if isinstance(value, list | tuple):
        return ", ".join(value_words(fact, one) for one in value) or _("none")
    known = FACTS.get(fact)
    if value is not None and known is not None and known.type in (Type.DATE, Type.INSTANT):
        return day(date.fromisoformat(str(value)[:10]))
    said = words.value(fact, value)
    spoken = value is None or isinstance(value, bool) or (known is not None and known.values)
    return _(said) if spoken else said


def change_words(part: Mapping[str, Any]) -> SafeString:
    """One change of fact that would change an answer, as a question with another answer. Concepts speak in the law's words."""
    fact, to, says = part["fact"], part.get("to"), part.get("says", "")
    if fact == "charges":
        return _charges(to, says)
    now = ""
    if part.get("from") is not None:
        now = " " + _("(now: %(value)s)") % {"value": value_words(fact, part["from"])}
    return format_html("{} {}{}", question_words(fact), value_words(fact, to), now)


def changes_words(parts: Iterable[Mapping[str, Any]]) -> SafeString:
    """The changes of facts that together would change an answer."""
    return format_html_join(f" {_('and')} ", "{}", ((change_words(part),) for part in parts))


def _charges(to: Any, says: str) -> SafeString:
    if isinstance(to, str):
        if says:
            lacks = in_english(says.removeprefix("not: "))
            return format_html("{} {}", _("the record does not show:"), lacks)
        found = _WITHOUT.fullmatch(to)
        if found is None:
            return in_english(f"the record {to}")
        return format_html("{}", _("the record without the %(n)s that count here") % {"n": found[1]})
    if says:
        return format_html("{} {}", _("the record shows:"), in_english(says))
    parts = [
        (field_words(name), value_words(f"charges[].{name}", value)) for name, value in (to or {}).items()
    ]
    return format_html("{} {}", _("the record shows a charge with"), format_html_join(", ", "{} {}", parts))
