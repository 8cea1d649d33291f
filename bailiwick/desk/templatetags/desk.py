"""Words of the file and its pages: `{% load desk %}`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from bailiwick.custody.models import Answer, Booking
from bailiwick.desk.clock import now
from bailiwick.desk.due_words import due_marked
from bailiwick.desk.fact_words import (
    in_english,
    law_words,
    manner_words,
    question_words,
    role_words,
    value_words,
)
from bailiwick.desk.forms.words import GRADE, KIND, LANGUAGES, PAPER_NAMES, STATUS
from bailiwick.desk.templatetags.bailiwick import _length, day, local, local_time
from bailiwick.engine.facts import FACTS

register = template.Library()


@register.filter
def local_short(value: datetime, tz: Any) -> SafeString | str:
    """`03:20 PST` where it is today at the place, else the day too."""
    there = value.astimezone(tz)
    if there.date() == now().astimezone(tz).date():
        return local_time(value, tz)
    text = _("%(day)s, %(time)s") % {"day": day(there.date()), "time": f"{there:%H:%M %Z}"}
    return format_html('<time datetime="{}">{}</time>', there.isoformat(), text)


@register.filter
def length_since(value: datetime) -> str:
    """`41 min`, `2 h 5 min`: how long ago, without saying so."""
    return _length(max(0, round((now() - value.astimezone(UTC)).total_seconds() / 60)))


@register.filter
def kind_words(kind: str) -> str:
    """`Immigration detainer`."""
    return str(KIND.get(kind, kind.replace("_", " ")))


@register.filter
def status_words(status: str) -> str:
    """`held to answer`; what is empty is not known yet."""
    return str(dict(STATUS).get(status, status))


@register.filter
def grade_words(grade: str) -> str:
    """`misdemeanor`, empty where it is not known."""
    return str(dict(GRADE).get(grade, grade)) if grade else ""


@register.filter
def language_name(code: str) -> str:
    """`Español`."""
    return dict(LANGUAGES).get(code, code)


@register.filter
def fact_words(name: str) -> str:
    """The question behind a fact: `Is the form signed?`."""
    if name in ("charges", "charges_complete"):
        return _("Is there a qualifying conviction? What does the record check show?")
    return question_words(name)


@register.filter
def fact_known_by(name: str) -> str:
    """Who would know it."""
    return _(FACTS[name].known_by) if name in FACTS else ""


@register.filter
def fact_means(name: str) -> str:
    """What a fact means, in a sentence."""
    return _(FACTS[name].means) if name in FACTS else ""


@register.filter
def sentence_of(booking: Booking) -> str:
    """One sentence: where things stand."""
    from bailiwick.desk.standing import standing

    return standing(booking, now())


@register.simple_tag
def fact_value(name: str, value: Any, tz: Any = None) -> SafeString | str:
    """`yes`, `a warrant signed by an immigration officer`; instants in local time."""
    if isinstance(value, str) and "T" in value and name.endswith("_at") and tz is not None:
        return local(value, tz)
    return value_words(name, value)


@register.filter
def main_actions(answer: Answer) -> list[tuple[str, Any]]:
    """The actions a request is mostly about, with what was answered."""
    actions = answer.decision["actions"]
    return [(name, actions[name]) for name in ("hold", "notify_release", "transfer") if name in actions]


@register.filter
def get(values: Any, name: str) -> Any:
    """A value of a mapping by a name that is a variable; None where there is none."""
    return values.get(name) if values else None


@register.filter
def paper_words(name: str) -> str:
    """`Notice of release to the lawyer`."""
    return str(PAPER_NAMES.get(name, name.replace("_", " ").capitalize()))


@register.filter
def choice_words(label: str) -> str:
    """The word of a model's choice in the language of the page."""
    return _(label) if label else ""


register.filter("due_said", due_marked)
register.filter("law_said", law_words)
register.filter("law_text", in_english)
register.filter("role_words", role_words)
register.filter("manner_words", manner_words)


@register.filter
def choice_of(form: Any, action: str) -> Any:
    """The field that chooses about an action."""
    return form[f"do_{action}"]
