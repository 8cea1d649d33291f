"""What the concern line brought, for the agency's compliance officer alone."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, URLResolver, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from bailiwick.custody import concerns
from bailiwick.custody.errors import Refused
from bailiwick.custody.models import Concern
from bailiwick.custody.rights import COMPLIANCE, agency_of, allowed, found
from bailiwick.desk.forms.concerns import ABOUT_SHORT, AnswerForm
from bailiwick.desk.pages.people import actor_of
from bailiwick.desk.refusal_words import refusal_words


@require_safe
@allowed(COMPLIANCE)
def all_concerns(request: HttpRequest) -> HttpResponse:
    """Those not answered first, oldest first."""
    agency = agency_of(request)
    rows = Concern.objects.filter(agency=agency)
    waiting = [(one, ABOUT_SHORT[one.about]) for one in rows.filter(answered_at=None).order_by("received_at")]
    done = [
        (one, ABOUT_SHORT[one.about]) for one in rows.exclude(answered_at=None).order_by("-answered_at")[:100]
    ]
    return render(request, "concerns/list.html", {"waiting": waiting, "done": done, "tz": agency.tz})


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(COMPLIANCE)
def one_concern(request: HttpRequest, pk: int) -> HttpResponse:
    """One report, and its answer."""
    concern = found(request, Concern, pk=pk)
    form = AnswerForm(request.POST or None, initial={"says": concern.answer})
    if request.method == "POST" and form.is_valid():
        try:
            concerns.answer(actor_of(request), concern, says=form.cleaned_data["says"])
        except Refused as refused:
            form.add_error("says", refusal_words(refused))
        else:
            messages.success(request, _("Answered. Whoever has the receipt code can read it."))
            return redirect("concerns")
    shown = {
        "form": form,
        "concern": concern,
        "about": ABOUT_SHORT[concern.about],
        "tz": agency_of(request).tz,
    }
    return render(request, "concerns/one.html", shown)


urlpatterns: list[URLPattern | URLResolver] = [
    path("concerns", all_concerns, name="concerns"),
    path("concerns/<int:pk>", one_concern, name="concern_one"),
]
