"""`/evidence`: a question as title, its answer, the doubt beside it, the picture, its table, the CSV and the exact command."""

from __future__ import annotations

import csv
import io
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, URLResolver, path
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from bailiwick.desk.public.kept import kept
from bailiwick.engine.lawbook import default_lawbook
from bailiwick.evidence.comparing import MEASURES, Side, compare
from bailiwick.evidence.pictures.charts import PIXELS, Width
from bailiwick.evidence.questions import QUESTIONS, Question, question
from bailiwick.evidence.shipped import LIMIT, arrests, cells

#: What browsers and proxies may keep of a picture or a table, in seconds.
KEEP = 3600


def _asked(name: str) -> Question:
    if name not in QUESTIONS:
        raise Http404(_("There is no question “%(name)s”.") % {"name": name[:40]})
    return question(default_lawbook(), name)


@require_safe
def evidence(request: HttpRequest) -> HttpResponse:
    """Every question with its answer and its doubt; the first with its picture."""
    book = default_lawbook()

    def context() -> dict[str, Any]:
        return {"questions": [question(book, name) for name in QUESTIONS]}

    body = kept("public/parts/evidence.html", book.version, context)
    return render(request, "public/evidence.html", {"body": body})


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
def comparison(request: HttpRequest) -> HttpResponse:
    """Two places beside each other, or the reason why they may not stand there."""
    months = sorted({c.month for c in cells()})
    years = sorted({str(a.year) for a in arrests()})
    states = sorted({c.state for c in cells() if c.state})
    areas = sorted({a.area for a in arrests()})
    given = request.GET
    sides = [_side(given, which, months) for which in ("a", "b")]
    asked = "a_place" in given and "b_place" in given
    places, wrong = {*states, *areas}, ""
    if asked and any(s.measure not in MEASURES or s.place not in places for s in sides):
        asked, wrong = False, _("Expected a measure and a place of the lists.")
    return render(
        request,
        "public/compare.html",
        {
            "sides": list(zip(("a", "b"), sides, strict=True)),
            "measures": MEASURES.values(),
            "states": states,
            "areas": areas,
            "periods": [*months, *years],
            "found": compare(*sides) if asked else None,
            "titles": MEASURES,
            "wrong": wrong,
        },
        status=400 if wrong else 200,
    )


def _side(given: Any, which: str, months: list[str]) -> Side:
    return Side(
        given.get(f"{which}_measure", "declined-recorded"),
        given.get(f"{which}_place", "CALIFORNIA" if which == "a" else "TEXAS"),
        given.get(f"{which}_first", months[0])[:7],
        given.get(f"{which}_last", months[-1])[:7],
    )


urlpatterns: list[URLPattern | URLResolver] = [
    path("evidence", evidence, name="evidence"),
    path("evidence/compare", comparison, name="evidence_compare"),
    path("evidence/<slug:name>.csv", table, name="evidence_table"),
    path("evidence/<slug:name>.<str:width>.svg", picture, name="evidence_picture"),
    path("evidence/<slug:name>", one, name="evidence_question"),
]
