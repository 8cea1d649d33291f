"""Times and days as a clerk types them, read in the zone of the jail."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

_TIME = re.compile(r"(\d{1,2}):?(\d{2})(?::\d{2})?")
_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_US_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


def read_day(text: str) -> date | None:
    """A day as `2019-05-04` or `5/4/2019` (month first); None when it is neither, or no day of the calendar."""
    text = text.strip()
    try:
        if found := _DAY.fullmatch(text):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := _US_DAY.fullmatch(text):
            return date(int(found[3]), int(found[1]), int(found[2]))
    except ValueError:
        return None
    return None


def read_when(text: str, zone: ZoneInfo, now: datetime) -> datetime:
    """An instant (UTC) from `22:00`, `2200`, `2026-03-01 22:00` or `3/1/2026 22:00`, local time of `zone`.

    A time alone is the latest such time that has passed at `now`. A zone's abbreviation may follow (`01:30 PST`); it is needed
    in the hour that happens twice when the clock is set back.

    Raises:
        ValidationError: in words for the person who typed it.
    """
    words = text.replace("T", " ").replace(",", " ").split()
    named = words.pop() if words and words[-1].isalpha() else ""
    clock = _TIME.fullmatch(words[-1]) if words else None
    day = read_day(words[0]) if len(words) == 2 else None
    if clock is None or len(words) > 2 or (len(words) == 2 and day is None):
        raise ValidationError(
            _("Expected a time as 22:00, or a day and a time as 3/1/2026 22:00; found “%(found)s”.")
            % {"found": text}
        )
    hour, minute = int(clock[1]), int(clock[2])
    if hour > 23 or minute > 59:
        raise ValidationError(
            _("Expected a time between 00:00 and 23:59; found “%(found)s”.") % {"found": text}
        )
    if day is not None:
        return _local(day, hour, minute, zone, named)
    today = now.astimezone(zone).date()
    found = _local(today, hour, minute, zone, named)
    return found if found <= now else _local(today - timedelta(days=1), hour, minute, zone, named)


def _local(day: date, hour: int, minute: int, zone: ZoneInfo, named: str) -> datetime:
    """The instant of a local time; asks where the clock shows it twice or never."""
    both = [datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone, fold=fold) for fold in (0, 1)]
    real = [
        one for one in both if one.astimezone(UTC).astimezone(zone).replace(fold=0, tzinfo=None) == _bare(one)
    ]
    if not real:
        raise ValidationError(
            _(
                "%(time)s did not happen that day: the clock was set forward an hour. Write the time the clock showed."
            )
            % {"time": f"{hour:02}:{minute:02}"}
        )
    if named:
        real = [one for one in real if one.tzname() == named.upper()]
        if not real:
            raise ValidationError(
                _("Expected the zone %(expected)s; found %(found)s.")
                % {"expected": both[0].tzname(), "found": named}
            )
    instants = sorted({one.astimezone(UTC) for one in real})
    if len(instants) > 1:
        first, second = (one.tzname() for one in real)
        raise ValidationError(
            _(
                "%(time)s happened twice that night. Write %(time)s %(first)s for the first, %(time)s %(second)s for the second."
            )
            % {"time": f"{hour:02}:{minute:02}", "first": first, "second": second}
        )
    return instants[0]


def _bare(one: datetime) -> datetime:
    return one.replace(fold=0, tzinfo=None)


class WhenField(forms.CharField):
    """A time, or a day and a time, in the zone of the agency. `cleaned_data` holds an instant, UTC."""

    def __init__(self, *, zone: ZoneInfo, now: datetime, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", gettext_lazy("Time as 22:00, or day and time as 3/1/2026 22:00"))
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "off", "inputmode": "text"}))
        super().__init__(max_length=40, **kwargs)
        self.zone, self.now = zone, now

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        return read_when(text, self.zone, self.now) if text else None

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, datetime):
            return f"{value.astimezone(self.zone):%Y-%m-%d %H:%M}"
        return value


class DayField(forms.CharField):
    """A day of the calendar. `cleaned_data` holds a date."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", gettext_lazy("Month/day/year, as 5/4/2019"))
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}))
        super().__init__(max_length=20, **kwargs)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        day = read_day(text)
        if day is None or not 1900 <= day.year <= 2200:
            raise ValidationError(
                _("Expected a day as 5/4/2019 (month, day, year); found “%(found)s”.") % {"found": text}
            )
        return day
