"""A request comes in: the fields as they stand on the paper, and the scan, on one page."""

from __future__ import annotations

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, URLResolver, path
from django.views.decorators.http import require_http_methods, require_safe

from bailiwick.custody import asking
from bailiwick.custody.errors import Refused
from bailiwick.custody.models import Scan
from bailiwick.custody.rights import allowed, found
from bailiwick.desk.clock import now
from bailiwick.desk.forms.request import RequestForm
from bailiwick.desk.pages.common import actor_of, file_of, forbidden, looked, refuse, version_of
from bailiwick.desk.pages.drafts import begun, sent, show_again


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("keep_requests")
def new(request: HttpRequest, pk: int) -> HttpResponse:
    """What does the paper say?"""
    booking = file_of(request, pk)
    if booking.left_at is not None:
        raise Http404
    draft = begun(request)
    data = request.POST if request.method == "POST" else draft.data if draft else None
    files = request.FILES if request.method == "POST" else None
    barred = forbidden(booking.agency)
    form = RequestForm(data, files, agency=booking.agency, now=now(), status_forbidden=bool(barred))
    version = booking.version
    if request.method == "POST" and form.is_valid():
        actor = actor_of(request)
        try:
            with transaction.atomic():
                made = asking.receive(actor, booking, version=version_of(request), **form.values())
                if form.cleaned_data["scan"]:
                    name, kind, content = form.cleaned_data["scan"]
                    asking.attach(actor, name=name, media_type=kind, content=content, request=made)
        except Refused as refused:
            refuse(form, refused)
            booking.refresh_from_db(fields=["version"])
            version = booking.version
        else:
            sent(request)
            return redirect("decision", pk=made.pk)
    elif request.method == "POST":
        version = version_of(request) or version
    if draft:
        draft.name_files(form)
        show_again(form)
    if request.method != "POST":
        looked(request, booking, "request")
    main = (
        "paper",
        "received_at",
        "received_how",
        "warrant",
        "signed",
        "complete",
        "basis",
        "no_basis",
        "scan",
    )
    whose = ("requesting_agency", "requesting_officer", "requesting_contact")
    shown = {
        "booking": booking,
        "form": form,
        "main": [form[name] for name in main],
        "whose": [form[name] for name in whose],
        "rest": form.on_the_form(),
        "rest_open": bool(form.errors),
        "version": version,
        "draft": draft,
    }
    return render(request, "desk/request.html", shown)


@require_safe
@allowed("see_files")
def scan(request: HttpRequest, pk: int) -> HttpResponse:
    """A scan as it came, to be saved and opened outside the browser. The look is written down."""
    row = found(request, Scan.objects.select_related("booking"), pk=pk)
    if row.booking is None:
        raise Http404
    looked(request, row.booking, "scan")
    response = HttpResponse(bytes(row.content), content_type=row.media_type)
    name = "".join(c if c.isascii() and (c.isalnum() or c in "-_.") else "_" for c in row.name)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


urlpatterns: list[URLPattern | URLResolver] = [
    path("bookings/<int:pk>/request", new, name="request_new"),
    path("scans/<int:pk>", scan, name="scan"),
]
