"""The concern line: anyone in the jail, staff or held, may report without log-in and look for the answer by a code.

No address, browser or user is kept: the middleware forgets who is logged in on these pages, no session is opened, and the limits
of one address count in memory only.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, URLResolver, path
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from bailiwick.custody import concerns
from bailiwick.custody.acting import Actor
from bailiwick.custody.errors import Refused
from bailiwick.custody.models import Agency
from bailiwick.custody.seeing import Scope, seeing
from bailiwick.desk.clock import now
from bailiwick.desk.forms.concerns import ReceiptForm, ReportForm
from bailiwick.desk.refusal_words import refusal_words


@sensitive_post_parameters("says")
@require_http_methods(["GET", "HEAD", "POST"])
def concern(request: HttpRequest) -> HttpResponse:
    """Take a report; its receipt code is shown once, on the page that answers."""
    agencies = list(Agency.objects.order_by("name"))
    form = ReportForm(request.POST or None, agencies=agencies)
    if request.method == "POST" and agencies and form.is_valid():
        agency = form.agency()
        try:
            with seeing(Scope(str(agency.pk))):
                code = concerns.report(
                    Actor(agency, now(), how="concern"),
                    about=form.cleaned_data["about"],
                    says=form.cleaned_data["says"],
                )
        except Refused as refused:
            form.add_error("says", refusal_words(refused))
        else:
            return render(request, "concerns/receipt.html", {"code": code, "agency": agency})
    return render(request, "concerns/report.html", {"form": form, "agencies": agencies})


@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest) -> HttpResponse:
    """What the compliance officer answered to the report of a code."""
    form = ReceiptForm(request.POST or None)
    found = None
    if request.method == "POST" and form.is_valid():
        with seeing(Scope("all")):
            found = concerns.look_up(form.cleaned_data["code"])
        if found is None:
            form.add_error(
                "code", _("No report has this code. Look at each letter; O, I and L are never used.")
            )
    return render(
        request, "concerns/answer.html", {"form": form, "found": found, "tz": found and found.agency.tz}
    )


urlpatterns: list[URLPattern | URLResolver] = [
    path("concern", concern, name="concern"),
    path("concern/answer", answer, name="concern_answer"),
]
