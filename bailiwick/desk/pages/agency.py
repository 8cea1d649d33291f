"""The agency: how it is reached, who hears its alarms, when files are sealed."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, URLResolver, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bailiwick.custody import agencies
from bailiwick.custody.rights import agency_of, allowed
from bailiwick.desk.forms.people import AgencyForm
from bailiwick.desk.pages.people import actor_of


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("manage_agency")
def agency(request: HttpRequest) -> HttpResponse:
    """Look and change."""
    ours = agency_of(request)
    form = AgencyForm.of(ours, request.POST or None)
    if request.method == "POST" and form.is_valid():
        agencies.change(actor_of(request), **form.cleaned_data)
        messages.success(request, _("Changed."))
        return redirect("agency")
    return render(request, "people/agency.html", {"form": form, "agency": ours})


urlpatterns: list[URLPattern | URLResolver] = [path("agency", agency, name="agency")]
