"""What templates need: `{% load bailiwick %}`, then marks and words of outcomes, days and instants."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms, template
from django.forms.widgets import Input
from django.utils import formats
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from bailiwick.desk import marks
from bailiwick.desk.clock import now
from bailiwick.engine import words
from bailiwick.engine.facts import ACTION_MEANING, ACTION_SHORT, Outcome

register = template.Library()
register.simple_tag(marks.mark, name="mark")


@register.simple_tag
def outcome(found: Outcome | str) -> SafeString:
    """The mark and its words: `■ You must`."""
    return format_html(
        '<span class="outcome outcome-{}">{} {}</span>', str(found), marks.mark(found), outcome_words(found)
    )


@register.filter
def outcome_words(found: Outcome | str) -> str:
    """`You may not`."""
    return _(words.OUTCOME[Outcome(found)])


@register.filter
def action_words(name: str) -> str:
    """`Tell the release date`."""
    return _(ACTION_SHORT[name])


@register.filter
def action_meaning(name: str) -> str:
    """`tell the asking agency the date or time of release`."""
    return _(ACTION_MEANING[name])


@register.filter
def deed_words(name: str) -> str:
    """What follows an outcome: `keep this person past release`."""
    return _(words.DEED[name])


@register.filter
def day(value: date | datetime | str | None) -> str:
    """`2 March 2026`. Of an instant: its day in UTC; use `local` where a place is known."""
    if value is None or value == "":
        return ""
    if isinstance(value, str):
        value = date.fromisoformat(value[:10])
    # Translators: how a day is written: 2 March 2026
    return formats.date_format(value, _("j F Y"), use_l10n=False)


def _zone(tz: Any) -> Any:
    return ZoneInfo(tz) if isinstance(tz, str) else tz


def _instant(value: datetime | str) -> datetime:
    return datetime.fromisoformat(value.replace("Z", "+00:00")) if isinstance(value, str) else value


@register.filter
def local(value: datetime | str | None, tz: Any) -> SafeString | str:
    """`2 March 2026, 10:15 PST` in the zone of a place, inside `<time>`."""
    if not value:
        return ""
    there = _instant(value).astimezone(_zone(tz))
    return format_html(
        '<time datetime="{}">{}, {}</time>', there.isoformat(), day(there.date()), f"{there:%H:%M %Z}"
    )


@register.filter
def local_time(value: datetime | str | None, tz: Any) -> SafeString | str:
    """`10:15 PST` in the zone of a place, inside `<time>`."""
    if not value:
        return ""
    there = _instant(value).astimezone(_zone(tz))
    return format_html('<time datetime="{}">{}</time>', there.isoformat(), f"{there:%H:%M %Z}")


@register.filter
def away(value: datetime | str | None) -> str:
    """`in 41 min`, `2 h 5 min ago`, `in 3 days`: how far an instant is from now."""
    if not value:
        return ""
    minutes = round((_instant(value).astimezone(UTC) - now()).total_seconds() / 60)
    length = _length(abs(minutes))
    if minutes == 0:
        return _("now")
    return (_("in %(length)s") if minutes > 0 else _("%(length)s ago")) % {"length": length}


def _length(minutes: int) -> str:
    if minutes < 60:
        return _("%(n)s min") % {"n": minutes}
    if minutes < 48 * 60:
        hours, rest = divmod(minutes, 60)
        return (
            f"{_('%(n)s h') % {'n': hours}} {_('%(n)s min') % {'n': rest}}"
            if rest
            else _("%(n)s h") % {"n": hours}
        )
    return _("%(n)s days") % {"n": minutes // 1440}


_CLASS: dict[type[forms.Widget], str] = {
    forms.CheckboxInput: "usa-checkbox__input",
    forms.Textarea: "usa-textarea",
    forms.Select: "usa-select",
    forms.FileInput: "file-input",
    Input: "usa-input",
}


@register.simple_tag
def control(field: forms.BoundField) -> SafeString:
    """A form field's control with the class of its kind."""
    widget = field.field.widget
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return field.as_widget()
    name = next((c for kind, c in _CLASS.items() if isinstance(widget, kind)), "")
    wrong = (
        " usa-input--error" if field.errors and name in ("usa-input", "usa-select", "usa-textarea") else ""
    )
    own = widget.attrs.get("class", "")
    return field.as_widget(attrs={"class": f"{name}{wrong} {own}".strip()})


@register.filter
def is_box(field: forms.BoundField) -> bool:
    """Whether a field is one box to tick, whose label follows it."""
    return isinstance(field.field.widget, forms.CheckboxInput)


@register.filter
def wrong_fields(form: forms.BaseForm) -> list[forms.BoundField]:
    """The fields of a form that have errors, in its order."""
    return [form[name] for name in form.fields if name in form.errors]


@register.filter
def jump_id(field: forms.BoundField) -> str:
    """The id that a link of the error summary leads to: the first control of the field."""
    return field.subwidgets[0].id_for_label if field.use_fieldset and field.subwidgets else field.id_for_label
