"""What the pages of the law need: `{% load law %}`."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import template
from django.utils.translation import gettext as _

from bailiwick.desk.fact_words import changes_words, law_words, question_words
from bailiwick.desk.public.place_law import anchor, clock_start
from bailiwick.desk.templatetags.bailiwick import day
from bailiwick.engine import words
from bailiwick.engine.lawbook import default_lawbook
from bailiwick.engine.norm import Clock, Effect, Norm, Span, Standing
from bailiwick.evidence import shares

register = template.Library()
register.filter("anchor", anchor)
register.filter("clock_start", clock_start)
register.filter("law_said", law_words)


@register.filter
def depends_said(what: str | list[dict[str, Any]]) -> str:
    """What a short answer depends on: the question behind a missing fact, or changes of facts."""
    return question_words(what) if isinstance(what, str) else changes_words(what)


@register.filter
def effect_words(effect: Effect) -> str:
    """`may not`."""
    return _(words.EFFECT[effect]).capitalize()


@register.filter
def standing_words(standing: Standing) -> str:
    """`text read`."""
    return _(words.STANDING[standing])


@register.filter
def custodian_words(name: str) -> str:
    """`county jail`."""
    return _(words.CUSTODIAN[name])


@register.filter
def custodians_words(names: tuple[str, ...]) -> str:
    """`county jail, police lockup`, `every custodian`."""
    return ", ".join(_(words.CUSTODIAN[n]) for n in names) or _("every custodian")


@register.filter
def span_words(span: Span) -> str:
    """`4 January 2018 to today` of what has no end; else first and last day in force."""
    if span.start is None and span.end is None:
        return _("no date of beginning is given")
    last = day(span.end - timedelta(days=1)) if span.end else ""
    if span.end is None:
        return _("since %(day)s") % {"day": day(span.start)}
    if span.start is None:
        return _("until %(day)s") % {"day": last}
    return _("%(first)s to %(last)s") % {"first": day(span.start), "last": last}


@register.filter
def undecided(why: str) -> str:
    """What it means that a sentence is a draft or waits for counsel."""
    return words.undecided(why)


@register.filter
def sentence(norm: Norm) -> str:
    """What a norm says, with what qualifies it."""
    return words.sentence(norm)


@register.filter
def clock_length(clock: Clock) -> str:
    """`48 hours`, `until 23:59`."""
    if clock.until:
        return _("until %(time)s") % {"time": clock.until}
    return str(clock.length or "")


@register.filter
def clock_holidays(clock: Clock) -> str:
    """Whose holidays a clock leaves out: `United States; New York`."""
    files = default_lawbook().files
    return "; ".join(files[name].title for name in clock.holidays)


@register.filter
def percent(value: float | None) -> str:
    """`20.5 %`."""
    return shares.percent(value)


@register.filter
def is_number(value: object) -> bool:
    """Whether a cell of a table is a number, a share, or one that is not shown."""
    return not isinstance(value, str) or value.endswith("%") or not value


@register.filter
def get(mapping: dict[Any, Any], key: Any) -> Any:
    """A value of a mapping by a key that is a variable."""
    return mapping.get(key)


@register.filter
def day_before(value: date) -> str:
    """The day before, as an address takes it."""
    return (value - timedelta(days=1)).isoformat()
