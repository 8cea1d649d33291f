"""`/law`: which governments have a law file. `/law/<place>`: what must, may and may not a jail there do with a detainer, and
its timeline as a picture and as CSV."""

from __future__ import annotations

import csv
import io
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.views.decorators.http import require_safe

from bailiwick.desk.public.choosing import choice, choosing
from bailiwick.desk.public.coverage import coverage
from bailiwick.desk.public.days import asked, today
from bailiwick.desk.public.kept import kept
from bailiwick.desk.public.place_law import place_law
from bailiwick.desk.public.turning import HISTORY_COLUMNS, drawn, history_rows
from bailiwick.engine.facts import CUSTODIANS
from bailiwick.engine.lawbook import Lawbook, default_lawbook
from bailiwick.engine.places import Place, UnknownPlace
from bailiwick.evidence.history import changes
from bailiwick.evidence.pictures.charts import PIXELS, Width

#: Places shown for one search.
MOST = 50
LAYER_WORDS = {
    "federal": gettext_lazy("Federal law"),
    "court": gettext_lazy("Court holding"),
    "state": gettext_lazy("State law"),
    "local": gettext_lazy("Local law"),
}
#: Kinds of notes, each with its heading, in the order of the page.
NOTE_WORDS = {
    "remedy": gettext_lazy("Penalties and remedies"),
    "scope": gettext_lazy("Whom the law binds"),
    "interpretation": gettext_lazy("How the text was read"),
    "open": gettext_lazy("Open points"),
    "history": gettext_lazy("What came before"),
}


@require_safe
def law_list(request: HttpRequest) -> HttpResponse:
    """Every government with a law file, and a search over all places."""
    book = default_lawbook()
    wanted = request.GET.get("q", "").strip()[:100]
    found = _search(book, wanted) if wanted else []
    counted = coverage(book)
    own = {p.path for p in counted.governments}
    return render(
        request,
        "public/law_list.html",
        {
            "q": wanted,
            "found": found[:MOST],
            "more": max(0, len(found) - MOST),
            "own": own,
            "coverage": counted,
            "states": _by_state(book, counted.governments),
            "without": [p for p in book.places if p.kind == "state" and p.path not in own],
            "courts": [f for f in book.files.values() if f.name.startswith("courts/")],
        },
    )


@require_safe
@choosing
def law_page(request: HttpRequest, place: str) -> HttpResponse:
    """The law of a place on a day (`?on=`), for a custodian (`?custodian=`)."""
    book = default_lawbook()
    where = _place(book, place)
    if where.path != place:
        query = request.META.get("QUERY_STRING", "")
        return HttpResponseRedirect(reverse("law_place", args=[where.path]) + (f"?{query}" if query else ""))
    on = asked(request.GET, where.tz)
    custodian = _custodian(request)
    law = place_law(book, where, on.day, custodian)

    def context() -> dict[str, Any]:
        return {
            "law": law,
            "on": on,
            "custodians": CUSTODIANS,
            "layers": LAYER_WORDS,
            "notes": [(NOTE_WORDS[k], law.notes[k]) for k in NOTE_WORDS if k in law.notes],
            "lower": _lower(book, where),
            "changes": changes(book, where, custodian),
        }

    body = kept("public/parts/law.html", (book.version, where.path, on, custodian), context)
    return render(request, "public/law.html", {"law": law, "body": body})


def _custodian(request: HttpRequest) -> str:
    return choice(request.GET, "custodian", CUSTODIANS, "county_jail")


def _place(book: Lawbook, path: str) -> Place:
    try:
        return book.places.get(path)
    except UnknownPlace as error:
        raise Http404(_("There is %(error)s.") % {"error": error}) from None


@require_safe
@choosing
def law_picture(request: HttpRequest, place: str, width: Width) -> HttpResponse:
    """The timeline as SVG, in English or (`?in=es`) in Spanish; drawn once in a process."""
    if width not in PIXELS:
        raise Http404
    book = default_lawbook()
    where = _place(book, place)
    custodian, language = _custodian(request), choice(request.GET, "in", ("en", "es"), "en")
    with override(language):
        svg = drawn(book, where, custodian, today(where.tz), width)
    return _keep(HttpResponse(svg, content_type="image/svg+xml; charset=utf-8"), book)


@require_safe
@choosing
def law_csv(request: HttpRequest, place: str) -> HttpResponse:
    """The timeline as CSV: what began and ended on which day, and which short answers changed."""
    book = default_lawbook()
    where = _place(book, place)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HISTORY_COLUMNS)
    writer.writerows(history_rows(book, where, _custodian(request)))
    response = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    name = where.path.replace("/", "-")
    response["Content-Disposition"] = f'attachment; filename="law-{name}.csv"'
    return _keep(response, book)


def _keep(response: HttpResponse, book: Lawbook) -> HttpResponse:
    response["Cache-Control"] = "public, max-age=3600"
    response["ETag"] = quote_etag(book.version[7:23])
    return response


def _search(book: Lawbook, wanted: str) -> list[Place]:
    """Places whose name or path holds every word, those that begin with the first word before others."""
    parts = wanted.lower().replace(",", " ").split()
    hits = []
    for place in book.places:
        state = book.places.get(place.state).name if place.state else ""
        text = f"{place.path} {place.name} {state}".lower()
        if all(word in text for word in parts):
            hits.append(place)
    return sorted(hits, key=lambda p: (not p.name.lower().startswith(parts[0]), p.path.count("/"), p.path))


def _by_state(book: Lawbook, governments: tuple[Place, ...]) -> list[tuple[Place, list[Place]]]:
    """Governments with a file, each state followed by its counties and cities."""
    found: dict[str, list[Place]] = {}
    for place in governments:
        if place.state:
            found.setdefault(place.state, [])
            if place.kind != "state":
                found[place.state].append(place)
    return [(book.places.get(state), local) for state, local in sorted(found.items())]


def _lower(book: Lawbook, where: Place) -> list[Place]:
    """Counties and cities of a state that have a law file of their own."""
    return [p for p in coverage(book).governments if p.path.startswith(where.path + "/") and p != where]


urlpatterns: list[URLPattern | URLResolver] = [
    path("law", law_list, name="law"),
    path("law/<path:place>/timeline.<str:width>.svg", law_picture, name="law_picture"),
    path("law/<path:place>/timeline.csv", law_csv, name="law_csv"),
    path("law/<path:place>", law_page, name="law_place"),
]
