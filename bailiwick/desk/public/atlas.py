"""`/atlas`: the same case, everywhere, on any day: a map, and a matrix of places and actions with the six marks."""

from __future__ import annotations

import csv
import io
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, URLResolver, path
from django.views.decorators.http import require_safe

from bailiwick.desk.public.cells import lines, maps
from bailiwick.desk.public.choosing import choice, choosing
from bailiwick.desk.public.days import Asked, asked, today
from bailiwick.desk.public.kept import kept
from bailiwick.engine.facts import ACTIONS, CUSTODIANS
from bailiwick.engine.lawbook import Lawbook, default_lawbook
from bailiwick.evidence import atlas as places
from bailiwick.evidence.canonical import ORDINARY, canonical_cases


class Wanted(NamedTuple):
    """What a reader chose; what is not chosen is the first of the choices."""

    case: str
    action: str
    sort: str
    custodian: str
    on: Asked


def _wanted(request: HttpRequest) -> Wanted:
    given = request.GET
    return Wanted(
        choice(given, "case", canonical_cases(), ORDINARY),
        choice(given, "action", ACTIONS, "hold"),
        choice(given, "sort", places.SORTS, "state"),
        choice(given, "custodian", CUSTODIANS, "county_jail"),
        asked(given),
    )


def _part(book: Lawbook, wanted: Wanted) -> str:
    """Map, counts and matrix, made once for each choice."""
    day, action = wanted.on.day, wanted.action

    def context() -> dict[str, Any]:
        rows = places.atlas(book, wanted.case, day, wanted.custodian)
        wide, narrow = maps(rows, day, action)
        return {
            "wide": wide,
            "narrow": narrow,
            "counts": places.counted(rows, action).items(),
            "lines": lines(places.in_order(rows, wanted.sort, action), day),
            "day": day,
            "action": action,
            "actions": ACTIONS,
        }

    key = (book.version, day, wanted.case, action, wanted.sort, wanted.custodian)
    return kept("public/parts/atlas.html", key, context)


@require_safe
@choosing
def atlas(request: HttpRequest) -> HttpResponse:
    """The atlas; with `?part=1` only what changes with the day, for the slider."""
    book = default_lawbook()
    wanted, only = _wanted(request), choice(request.GET, "part", ("1",), "")
    part = _part(book, wanted)
    if only:
        return HttpResponse(part)
    now = today()
    return render(
        request,
        "public/atlas.html",
        {
            "cases": canonical_cases().values(),
            "case": canonical_cases()[wanted.case],
            "wanted": wanted,
            "actions": ACTIONS,
            "custodians": CUSTODIANS,
            "part": part,
            "days": [d for d in places.change_days(book) if d.year >= 2005],
            "today": now,
            "query": request.GET.urlencode(),
        },
    )


@require_safe
@choosing
def atlas_csv(request: HttpRequest) -> HttpResponse:
    """The matrix as CSV: place, action, outcome, deciding norm, citation, missing facts."""
    wanted = _wanted(request)
    rows = places.atlas(default_lawbook(), wanted.case, wanted.on.day, wanted.custodian)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(
        ["case", "on", "place", "custodian", "action", "outcome", "norm", "cite", "missing", "law_changed"]
    )
    for row in places.in_order(rows, wanted.sort, wanted.action):
        for action, answer in row.answers.items():
            writer.writerow(
                [
                    *(wanted.case, wanted.on.day.isoformat(), row.place.path, row.custodian, action),
                    str(answer.outcome),
                    "; ".join(b.norm.id for b in answer.because),
                    "; ".join(b.norm.cite.text for b in answer.because),
                    "; ".join(answer.missing),
                    row.changed.isoformat() if row.changed else "",
                ]
            )
    response = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="atlas-{wanted.case}-{wanted.on.day}.csv"'
    return response


urlpatterns: list[URLPattern | URLResolver] = [
    path("atlas", atlas, name="atlas"),
    path("atlas.csv", atlas_csv, name="atlas_csv"),
]
