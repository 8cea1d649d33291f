"""Find a person: by name, booking number or birth date. Each way goes by an index, and pages go on from the last row shown."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple

from django.core import signing
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, URLResolver, path
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from bailiwick.custody.models import Agency, Booking
from bailiwick.custody.models.bookings import name_key
from bailiwick.custody.rights import agency_of, allowed
from bailiwick.desk.forms.times import read_day
from bailiwick.desk.pages.common import Abilities

PAGE = 25
#: Above every character of a name: the end of what begins with a text.
_LAST = "\U0010ffff"
_SALT = "bailiwick.find"


class Found(NamedTuple):
    """A page of stays, in order, and where the next one begins ("" at the end)."""

    rows: list[Booking]
    after: str


@require_safe
@allowed("see_files")
def find(request: HttpRequest) -> HttpResponse:
    """Who is it? The newest bookings where nothing was typed."""
    agency = agency_of(request)
    text = " ".join(request.GET.get("q", "").split())[:200]
    found = search(agency, text, _mark(request.GET.get("after", "")))
    shown = {
        "q": text,
        "rows": found.rows,
        "next": urlencode({"q": text, "after": found.after}) if found.after else "",
        "first": urlencode({"q": text}),
        "further": bool(request.GET.get("after")),
        "by_day": read_day(text),
        "agency": agency,
        "tz": agency.tz,
        "may": Abilities(request.user),
    }
    return render(request, "desk/find.html", shown)


def search(agency: Agency, text: str, after: list[Any] | None = None) -> Found:
    """Stays that a text finds: a day is a birth date, what holds a digit is (the beginning of) a booking number, the rest is
    (the beginning of) a name, family name first or given name first. Without a text: the newest."""
    stays = Booking.objects.filter(agency=agency).select_related("person")
    born = read_day(text)
    if born is not None:
        return _by_birth(stays, agency, born, after)
    if any(letter.isdigit() for letter in text):
        return _by_number(stays, text, after)
    if key := " ".join(name_key(text.replace(",", " ")).split()):
        return _by_name(stays, agency, key, after)
    return _newest(stays, after)


def _newest(stays: QuerySet[Booking], after: list[Any] | None) -> Found:
    if after:
        at, pk = datetime.fromisoformat(after[0]), after[1]
        stays = stays.filter(booked_at__lte=at).exclude(booked_at=at, pk__gte=pk)
    rows = list(stays.order_by("-booked_at", "-pk")[: PAGE + 1])
    return _page([(row, [row.booked_at.isoformat(), row.pk]) for row in rows])


def _by_number(stays: QuerySet[Booking], text: str, after: list[Any] | None) -> Found:
    stays = stays.filter(number__gte=text, number__lt=text + _LAST)
    if after:
        stays = stays.filter(number__gt=after[0])
    return _page([(row, [row.number]) for row in stays.order_by("number")[: PAGE + 1]])


def _by_birth(stays: QuerySet[Booking], agency: Agency, born: date, after: list[Any] | None) -> Found:
    stays = stays.filter(person__agency=agency, person__birth_date=born)
    if after:
        stays = stays.filter(person__gte=after[0]).exclude(person=after[0], pk__lte=after[1])
    rows = stays.order_by("person_id", "pk")[: PAGE + 1]
    return _page([(row, [row.person_id, row.pk]) for row in rows])


def _by_name(stays: QuerySet[Booking], agency: Agency, key: str, after: list[Any] | None) -> Found:
    """Those whose family name comes first in what was typed, then those whose given name does."""
    begun, *mark = after or ["family_first"]
    rows: list[tuple[Booking, list[Any]]] = []
    for column in ("family_first", "given_first"):
        if (column, begun) == ("family_first", "given_first") or len(rows) > PAGE:
            continue
        name = f"person__{column}"
        found = stays.filter(**{"person__agency": agency, f"{name}__gte": key, f"{name}__lt": key + _LAST})
        if mark and column == begun:
            at, person, pk = mark
            found = found.filter(**{f"{name}__gte": at})
            found = found.exclude(**{name: at, "person__lt": person}).exclude(
                **{name: at, "person": person, "pk__lte": pk}
            )
        some = found.order_by(name, "person_id", "pk")[: PAGE + 1 - len(rows)]
        rows += [(row, [column, getattr(row.person, column), row.person_id, row.pk]) for row in some]
    return _page(rows)


def _page(rows: list[tuple[Booking, list[Any]]]) -> Found:
    shown = rows[:PAGE]
    after = signing.dumps(shown[-1][1], salt=_SALT, compress=True) if len(rows) > PAGE else ""
    return Found([row for row, _mark in shown], after)


def _mark(text: str) -> list[Any] | None:
    """Where a page begins, as a link of ours said; None where there is none, or it was changed."""
    try:
        found: list[Any] = signing.loads(text, salt=_SALT) if text else []
    except signing.BadSignature:
        return None
    return found or None


urlpatterns: list[URLPattern | URLResolver] = [path("find", find, name="find")]
