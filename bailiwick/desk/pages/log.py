"""Who saw and did what: the record of the agency, to search, and the weekly look at it (FBI CJIS Security Policy, AU-6)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, URLPattern, URLResolver, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from bailiwick.custody import access
from bailiwick.custody.errors import Refused
from bailiwick.custody.models import Agency, Booking, LogReview, User
from bailiwick.custody.rights import agency_of, allowed
from bailiwick.desk.clock import now
from bailiwick.desk.deed_words import deed, kinds_like, thing
from bailiwick.desk.forms.people import ReviewForm
from bailiwick.desk.forms.times import DayField
from bailiwick.desk.forms.words import Line
from bailiwick.desk.pages.people import actor_of
from bailiwick.desk.refusal_words import refusal_words
from bailiwick.record.models import Event

PAGE = 50


class SearchForm(forms.Form):
    """What to look for; every field may stay empty."""

    person = Line(label=gettext_lazy("Who did it (user name)"), most=150)
    file = Line(label=gettext_lazy("Booking number"), most=40)
    day = DayField(label=gettext_lazy("Day"), required=False)
    kind = Line(label=gettext_lazy("What was done, in part"), most=80)
    before = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=1)


class Line_(NamedTuple):
    """One event as the page shows it."""

    event: Event
    what: str
    about: str
    url: str


@require_safe
@allowed("see_log")
def log(request: HttpRequest) -> HttpResponse:
    """The newest events first, 50 a page."""
    agency = agency_of(request)
    form = SearchForm(request.GET)
    events: list[Event] = []
    more = ""
    if form.is_valid():
        events = list(_search(agency, form.cleaned_data)[: PAGE + 1])
        if len(events) > PAGE:
            events = events[:PAGE]
            asked = {name: value for name, value in request.GET.items() if value and name != "before"}
            more = urlencode({**asked, "before": str(events[-1].pk)})
    shown = {"form": form, "rows": _lines(events), "more": more, "tz": agency.tz}
    return render(request, "people/log.html", shown)


def _search(agency: Agency, asked: dict[str, Any]) -> Any:
    events = Event.objects.filter(agency_id=agency.pk).order_by("-id")
    if asked["person"]:
        events = events.filter(actor=asked["person"])
    if asked["file"]:
        numbers = Booking.objects.filter(agency=agency, number=asked["file"]).values_list("pk", flat=True)
        events = events.filter(subject__in=[f"booking/{pk}" for pk in numbers])
    if asked["day"]:
        start, end = day_of(agency, asked["day"])
        events = events.filter(at__gte=start, at__lt=end)
    if asked["kind"]:
        name = asked["kind"].strip().lower().replace(" ", "_")
        events = events.filter(Q(kind__in=kinds_like(asked["kind"])) | Q(kind__contains=name))
    return events.filter(id__lt=asked["before"]) if asked["before"] else events


def day_of(agency: Agency, day: date) -> tuple[datetime, datetime]:
    """From midnight to midnight at the agency, UTC."""
    start, end = (
        datetime.combine(one, time(), agency.tz).astimezone(UTC) for one in (day, day + timedelta(days=1))
    )
    return start, end


def _lines(events: list[Event]) -> list[Line_]:
    subjects = [event.subject.partition("/") for event in events]
    numbers = {
        str(pk): number
        for pk, number in Booking.objects.filter(
            pk__in={int(pk) for table, _slash, pk in subjects if table == "booking"}
        ).values_list("pk", "number")
    }
    names = {
        str(user.pk): user.username
        for user in User.objects.filter(pk__in={int(pk) for table, _slash, pk in subjects if table == "user"})
    }
    lines = []
    for event, (table, _slash, pk) in zip(events, subjects, strict=True):
        about, url = f"{thing(table)} {pk}", ""
        if table == "booking" and pk in numbers:
            about, url = _("booking %(number)s") % {"number": numbers[pk]}, _file(pk)
        elif table == "user" and pk in names:
            about = names[pk]
        lines.append(Line_(event, deed(event.kind), about, url))
    return lines


def _file(pk: str) -> str:
    try:
        return reverse("file", args=[int(pk)])
    except NoReverseMatch:
        return ""


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("review_log")
def review(request: HttpRequest) -> HttpResponse:
    """The last whole week at a glance; say what was found."""
    agency = agency_of(request)
    week = access.last_week(agency, now())
    form = ReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            access.review(actor_of(request), week, says=form.cleaned_data["says"])
        except Refused as refused:
            form.add_error(None, refusal_words(refused))
        else:
            messages.success(request, _("The review is recorded."))
            return redirect("log_review")
    made = LogReview.objects.filter(agency=agency).select_related("reviewed_by").order_by("-from_at")[:10]
    shown = {
        "form": form,
        "week": access.summary(agency, week),
        "made": made,
        "done": any(one.from_at == week.from_at for one in made),
        "tz": agency.tz,
    }
    return render(request, "people/review.html", shown)


urlpatterns: list[URLPattern | URLResolver] = [
    path("log", log, name="log"),
    path("log/review", review, name="log_review"),
]
