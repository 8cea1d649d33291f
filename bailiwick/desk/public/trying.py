"""`/try`: describe a case without log-in and see the answer, in one place or in all of them. Nothing typed is stored or logged.

The case comes by POST, for an address would stand in logs; the answer is never kept by a browser or a proxy. The form changes
nothing, so it needs no token against forgery, and without one no cookie is set.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, URLResolver, path
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from bailiwick.desk.fact_words import changes_words, question_words
from bailiwick.desk.forms.trying import PasteForm, TryForm, not_after, past_days
from bailiwick.desk.guard.headers import SECRET
from bailiwick.desk.public.cells import lines, maps
from bailiwick.desk.public.choosing import choice, choosing
from bailiwick.desk.public.days import asked, today
from bailiwick.desk.public.kept import kept
from bailiwick.engine.case import BadCase, Case, read_case
from bailiwick.engine.decide import Decision, decide
from bailiwick.engine.facts import ACTIONS, CUSTODIANS, Outcome
from bailiwick.engine.lawbook import Lawbook, default_lawbook
from bailiwick.evidence.atlas import atlas_places, counted, everywhere, in_order


@csrf_exempt
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@choosing
def try_case(request: HttpRequest) -> HttpResponse:
    """The form; after POST the answer above it."""
    book = default_lawbook()
    now = today()
    pasted = "case" in request.POST
    start = {
        "place": choice(request.GET, "place", book.places, "", _("the path of a place, such as us/ca")),
        "on": asked(request.GET).day,
        "custodian": choice(request.GET, "custodian", CUSTODIANS, "county_jail"),
        "paper": "I-247A",
        "warrant": "administrative",
        "record": "unknown",
    }
    if request.method != "POST":
        # the empty form is the same for everybody who begins there: made once, and nothing of a case is in it
        begin = (start["place"], start["on"], start["custodian"])
        blank = kept("public/parts/try.html", (book.version, now, *begin), lambda: _blank(book, now, start))
        return render(request, "public/try.html", {"blank": blank})
    typed = request.POST if not pasted else None
    form = TryForm(typed, places=book.places, today=now, initial=start)
    paste = PasteForm(request.POST if pasted else None)
    context: dict[str, Any] = {"form": form, "paste": paste, "places": atlas_places(book)}
    setattr(request, SECRET, True)
    whole = request.POST.get("where") == "everywhere"
    case = _read(paste if pasted else form, book, whole)
    if case is None:
        return render(request, "public/try.html", context, status=422)
    context |= _everywhere(book, case) if whole else _answer(book, case)
    return render(request, "public/try.html", context)


def _blank(book: Lawbook, now: date, start: dict[str, Any]) -> dict[str, Any]:
    return {
        "form": TryForm(None, places=book.places, today=now, initial=start),
        "paste": PasteForm(None),
        "places": atlas_places(book),
    }


def _read(form: TryForm | PasteForm, book: Lawbook, everywhere: bool) -> Case | None:
    """The case, or None with the form saying what is wrong."""
    if not form.is_valid():
        return None
    if isinstance(form, TryForm):
        if not form.cleaned_data["place"] and not everywhere:
            form.add_error("place", _("Expected a state, county or city, or choose “everywhere”."))
            return None
        raw = form.as_json()
    else:
        raw = form.cleaned_data["case"]
    try:
        case = read_case(raw, book.places)
    except BadCase as error:
        form.add_error("case" if isinstance(form, PasteForm) else None, str(error))
        return None
    if isinstance(form, PasteForm) and (late := list(past_days(case))):
        form.add_error("case", [f"{where}: {not_after(case.day, day.isoformat())}" for where, day in late])
        return None
    return case


def _answer(book: Lawbook, case: Case) -> dict[str, Any]:
    """One place: every action with why, what is missing and what would change it."""
    found: Decision = decide(case, book)
    rows = [
        {
            "action": action,
            "answer": answer,
            "missing": [question_words(name) for name in answer.missing],
            "changes": [
                (changes_words(one["change"]), Outcome(one["outcome"])) for one in answer.would_change
            ],
        }
        for action, answer in found.actions.items()
    ]
    return {"answered": case, "decision": found, "rows": rows, "tz": case.place.tz}


def _everywhere(book: Lawbook, case: Case) -> dict[str, Any]:
    """Every place of the atlas, on the case's local day."""
    rows = everywhere(
        book, case.day, lambda place: decide(case.moved(place, case.day), book, would_change=False).actions
    )
    wide, narrow = maps(rows, case.day, "hold")
    return {
        "answered": case,
        "wide": wide,
        "narrow": narrow,
        "counts": counted(rows, "hold").items(),
        "lines": lines(in_order(rows, "state", "hold"), case.day),
        "actions": ACTIONS,
        "action": "hold",
        "day": case.day,
    }


urlpatterns: list[URLPattern | URLResolver] = [path("try", try_case, name="try")]
