"""Exports: tables as CSV, all files and one file as JSON. Each is an event of the record, so each is asked for by a form."""

from __future__ import annotations

from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
    StreamingHttpResponse,
)
from django.shortcuts import render
from django.urls import URLPattern, URLResolver, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from bailiwick.custody.exchange import exporting, niem
from bailiwick.custody.models import Booking
from bailiwick.custody.rights import allowed, found
from bailiwick.desk.forms.imports import ExportForm
from bailiwick.desk.pages.people import actor_of

TABLES = {
    "bookings": gettext_lazy("Bookings"),
    "grounds": gettext_lazy("Grounds of custody"),
    "charges": gettext_lazy("Charges"),
    "requests": gettext_lazy("Requests"),
    "releases": gettext_lazy("Releases and transfers"),
    "dues": gettext_lazy("What was due"),
}


@require_safe
@allowed("export_files")
def exports(request: HttpRequest) -> HttpResponse:
    """What may be taken out."""
    return _page(request, ExportForm())


def _page(request: HttpRequest, form: ExportForm) -> HttpResponse:
    return render(request, "imports/exports.html", {"tables": TABLES.items(), "form": form})


@require_POST
@allowed("export_files")
def table(request: HttpRequest, name: str) -> HttpResponseBase:
    """A table as CSV."""
    if name not in TABLES:
        raise Http404
    return _attached(exporting.table_csv(actor_of(request), name), "text/csv; charset=utf-8", f"{name}.csv")


@require_POST
@allowed("export_files")
def every_file(request: HttpRequest) -> HttpResponseBase:
    """All files that may be seen, whole."""
    return _attached(exporting.all_files(actor_of(request)), "application/json", "files.json")


@require_POST
@allowed("export_files")
def file(request: HttpRequest) -> HttpResponseBase:
    """One file, whole."""
    form = ExportForm(request.POST)
    if form.is_valid():
        try:
            booking = found(
                request,
                Booking.objects.select_related("person", "agency"),
                number=form.cleaned_data["number"].strip(),
            )
        except Http404:
            form.add_error("number", _("Expected the number of a booking that you may see; found none."))
        else:
            actor, kind = actor_of(request), form.cleaned_data["format"]
            data = niem.niem(actor, booking) if kind == "niem" else exporting.one_file(actor, booking)
            response = JsonResponse(data, json_dumps_params={"ensure_ascii": False, "indent": 1})
            response["Content-Disposition"] = f'attachment; filename="file-{booking.pk}-{kind}.json"'
            return response
    return _page(request, form)


def _attached(parts: object, media: str, name: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(parts, content_type=media)  # type: ignore[arg-type]
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


urlpatterns: list[URLPattern | URLResolver] = [
    path("exports", exports, name="exports"),
    path("exports/tables/<str:name>", table, name="export_table"),
    path("exports/files", every_file, name="export_files"),
    path("exports/file", file, name="export_file"),
]
