"""`/evidence`: a question as title, its answer, the doubt beside it, the picture, its table, the CSV and the exact command."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from bailiwick.desk.public.choosing import NoChoice, choice, choosing, typed
from bailiwick.desk.public.kept import kept
from bailiwick.desk.public.next import next_part, next_picture, next_rows
from bailiwick.engine.lawbook import Lawbook, default_lawbook
from bailiwick.engine.places import Place
from bailiwick.evidence.atlas import atlas_places, own_files
from bailiwick.evidence.comparing import MEASURES, WHOLE, Side, compare, periods
from bailiwick.evidence.following import curves, followed, shown_paths
from bailiwick.evidence.groups import DRAWN
from bailiwick.evidence.here import NOT_HERE, Here, here, shown_counties
from bailiwick.evidence.pictures.charts import PIXELS, Width, stacked
from bailiwick.evidence.published import states
from bailiwick.evidence.questions import BLIND, PERIOD, QUESTIONS, Question, question
from bailiwick.evidence.shipped import LIMIT, NO_AREA, arrests
from bailiwick.evidence.store import Store

#: What browsers and proxies may keep of a picture or a table, in seconds.
KEEP = 3600


def _asked(name: str) -> Question:
    if name not in QUESTIONS:
        raise Http404(_("There is no question “%(name)s”.") % {"name": name[:40]})
    return question(default_lawbook(), name)


def prepare() -> None:
    """Work out what is kept, before anybody asks: what is published, and the people of the store being served."""
    book = default_lawbook()
    for name in QUESTIONS:
        question(book, name)
    followed(_store())


@require_safe
def evidence(request: HttpRequest) -> HttpResponse:
    """Every question with its answer and its doubt; the first with its picture."""
    book = default_lawbook()

    def context() -> dict[str, Any]:
        return {"questions": [question(book, name) for name in QUESTIONS]}

    body = kept("public/parts/evidence.html", book.version, context)
    choices = kept("public/parts/counties.html", book.version, lambda: {"counties": _counties(book)})
    return render(request, "public/evidence.html", {"body": body, "choices": choices})


@require_safe
@choosing
def choose_county(request: HttpRequest) -> HttpResponse:
    """From the form of the evidence page to the page of a county."""
    place, places = typed(request.GET, "place"), default_lawbook().places
    if not place:
        return HttpResponseRedirect(reverse("evidence"))
    if place not in places or places.get(place).kind != "county":
        raise NoChoice("place", _("the path of a county, such as us/il/cook-county"), place)
    return HttpResponseRedirect(reverse("evidence_county", args=[place]))


def _counties(book: Lawbook) -> list[tuple[str, list[Place]]]:
    """States with the counties that can be shown, or whose people can be followed."""
    found: dict[str, list[Place]] = {}
    for fips in sorted({*shown_counties(), *shown_paths(_store())}):
        place = book.places.by_fips[fips]
        if place.kind == "county":
            found.setdefault(book.places.get(place.state or "us").name, []).append(place)
    return sorted(found.items())


@require_safe
def one(request: HttpRequest, name: str) -> HttpResponse:
    """One question."""
    asked = _asked(name)
    body = kept(
        "public/parts/question.html", (default_lawbook().version, name), lambda: {"q": asked, "limit": LIMIT}
    )
    return render(request, "public/question.html", {"q": asked, "body": body})


@require_safe
def table(request: HttpRequest, name: str) -> HttpResponse:
    """The table of a question as CSV; a cell that is not shown is empty."""
    asked = _asked(name)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(asked.columns)
    writer.writerows(["" if value is None else value for value in row] for row in asked.rows)
    response = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="bailiwick-{name}.csv"'
    return _keep(response)


@require_safe
def picture(request: HttpRequest, name: str, width: Width) -> HttpResponse:
    """The picture of a question as SVG; drawn once in a process."""
    if width not in PIXELS:
        raise Http404
    return _keep(HttpResponse(_asked(name).draw(width), content_type="image/svg+xml; charset=utf-8"))


def _keep(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = f"public, max-age={KEEP}"
    response["ETag"] = quote_etag(default_lawbook().version[7:23])
    return response


@require_safe
@choosing
def comparison(request: HttpRequest) -> HttpResponse:
    """Two places beside each other, or the reason why they may not stand there."""
    book = default_lawbook()
    known = [(path, book.places.get(path).name) for path in states() if path]
    areas = sorted({a.area for a in arrests()} - {NO_AREA})
    places = {*(path for path, _ in known), *areas}
    sides = [_side(request.GET, which, places) for which in ("a", "b")]
    asked = "a_place" in request.GET and "b_place" in request.GET
    return render(
        request,
        "public/compare.html",
        {
            "sides": list(zip(("a", "b"), sides, strict=True)),
            "names": dict(known),
            "measures": MEASURES.values(),
            "states": known,
            "areas": areas,
            "periods": periods().items(),
            "found": compare(*sides) if asked else None,
            "titles": MEASURES,
        },
    )


@require_safe
@choosing
def county(request: HttpRequest, place: str) -> HttpResponse:
    """One county: declined out of how many, what happened next, and the same under another place's law (`?under=`)."""
    book = default_lawbook()
    if place not in book.places or book.places.get(place).kind != "county":
        raise Http404(_("There is no county “%(place)s”.") % {"place": place[:60]})
    where = book.places.get(place)
    under = choice(request.GET, "under", book.places, "", _("the path of a place, such as us/ca"))
    form = choice(request.GET, "format", ("csv", "next-csv", "next-svg"), "")
    width: Width = "narrow" if choice(request.GET, "width", PIXELS, "wide") == "narrow" else "wide"
    other = book.places.get(under) if under else None
    found, lines = here(book, where, other), curves(_store(), where.fips)
    if found is None and not any(line.points for line in lines):
        raise Http404(
            _("The number of detainers of %(place)s is not shown: it is below %(n)s, or tells one that is.")
            % {"n": LIMIT, "place": where.name}
        )
    if form in ("csv", "next-csv"):
        rows = next_rows(place, lines) if form == "next-csv" else _county_rows(place, found)
        out = io.StringIO()
        csv.writer(out).writerows(["" if v is None else v for v in row] for row in rows)
        return _keep(HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8"))
    if form == "next-svg":
        if not any(line.points for line in lines):
            raise Http404
        return _keep(
            HttpResponse(next_picture(where.name, lines, width), content_type="image/svg+xml; charset=utf-8")
        )
    groups = [name for name, _pattern, _of in DRAWN]
    return render(
        request,
        "public/county.html",
        {
            "found": found,
            "where": where,
            "groups": list(zip(groups, found.counts.groups, strict=True)) if found else [],
            "others": [p for p in atlas_places(book) if p.path in own_files(book)],
            "not_here": NOT_HERE,
            "next": kept(
                "public/parts/next.html", (_store(), where.path), lambda: next_part(_store(), where)
            ),
            "blind": BLIND,
            "period": PERIOD,
            "limit": LIMIT,
        },
    )


def _county_rows(place: str, found: Here | None) -> Iterator[Sequence[object]]:
    """The table of a county: its names, and a row where there is one."""
    groups = [name for name, _pattern, _of in DRAWN]
    yield ["place", "detainers", *groups, "declined_share", "declined_low", "declined_high"]
    if found:
        share = found.counts.of_recorded
        yield (place, *found.counts.cells, *(share[2:] if share else (None, None, None)))


def _store() -> Path:
    """The store being served."""
    return Path(settings.EVIDENCE_STORE) if settings.EVIDENCE_STORE else Store.shipped().directory


@require_safe
def county_picture(request: HttpRequest, place: str, width: Width) -> HttpResponse:
    """The bar of a county's outcomes as SVG; none where their number is not shown."""
    book = default_lawbook()
    where = book.places.get(place) if place in book.places else None
    found = here(book, where) if where and where.kind == "county" else None
    if width not in PIXELS or found is None:
        raise Http404
    svg = stacked(found.bars, found.kinds, found.place.name, width)
    return _keep(HttpResponse(svg, content_type="image/svg+xml; charset=utf-8"))


def _side(given: QueryDict, which: str, places: set[str]) -> Side:
    expected = _("the path of a state, such as us/ca, or an area, such as Chicago")
    return Side(
        choice(given, f"{which}_measure", MEASURES, "declined-recorded"),
        choice(given, f"{which}_place", places, "us/ca" if which == "a" else "us/tx", expected),
        choice(given, f"{which}_period", periods(), WHOLE),
    )


urlpatterns: list[URLPattern | URLResolver] = [
    path("evidence", evidence, name="evidence"),
    path("evidence/county/<path:place>.<str:width>.svg", county_picture, name="evidence_county_picture"),
    path("evidence/county/<path:place>", county, name="evidence_county"),
    path("evidence/county", choose_county, name="evidence_choose"),
    path("evidence/compare", comparison, name="evidence_compare"),
    path("evidence/<slug:name>.csv", table, name="evidence_table"),
    path("evidence/<slug:name>.<str:width>.svg", picture, name="evidence_picture"),
    path("evidence/<slug:name>", one, name="evidence_question"),
]
