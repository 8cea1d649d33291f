"""A new booking: who, why kept, which charges. Fields that the law of the place forbids to collect are not on the form."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, URLResolver, path
from django.views.decorators.http import require_http_methods

from bailiwick.custody import files
from bailiwick.custody.errors import Refused
from bailiwick.custody.models import Person
from bailiwick.custody.rights import agency_of, allowed, found, sees_sealed
from bailiwick.desk.clock import now
from bailiwick.desk.forms.booking import CHARGE_ROWS, BookingForm, ChargeRow
from bailiwick.desk.pages.common import actor_of, forbidden, refuse, user_of
from bailiwick.desk.pages.drafts import begun, sent, show_again


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("keep_files")
def new(request: HttpRequest) -> HttpResponse:
    """Who is booked? `?person=` is somebody booked here before, whose fields are filled in."""
    agency, at = agency_of(request), now()
    before = found(request, Person, pk=request.GET["person"]) if request.GET.get("person") else None
    draft = begun(request)
    data = request.POST if request.method == "POST" else draft.data if draft else None
    barred = forbidden(agency)
    given = {name: getattr(before, name) for name in files.PERSON_FIELDS} if before else {}
    form = BookingForm(data, agency=agency, now=at, forbidden=barred, initial=given)
    charges = [ChargeRow(data, prefix=f"charge{n}", auto_id="id_%s") for n in range(CHARGE_ROWS)]
    if request.method == "POST" and form.is_valid() and all(row.is_valid() for row in charges):
        try:
            booking = _book(request, form, charges, before)
        except Refused as refused:
            refuse(form, refused)
        else:
            sent(request)
            return redirect("file", pk=booking.pk)
    shown = {
        "form": form,
        "person_fields": [form[name] for name in form.person_names()],
        "charges": charges,
        "barred": sorted(set(barred.values())),
        "draft": draft,
        "sees_sealed": sees_sealed(user_of(request)),
    }
    if draft:
        show_again(form, *charges)
    return render(request, "desk/booking.html", shown)


def _book(request: HttpRequest, form: BookingForm, charges: list[ChargeRow], before: Person | None) -> Any:
    data, at = form.cleaned_data, now()
    booked_at = data["booked_at"] or at
    actor = actor_of(request)
    with transaction.atomic():
        booking = files.book(
            actor,
            number=data["number"],
            person=before or form.person(),
            booked_at=booked_at,
            grounds=[{"kind": data["ground"], "says": data["ground_says"], "opened_at": booked_at}],
            charges=[row.cleaned_data for row in charges if any(row.cleaned_data.values())],
            juvenile=data["juvenile"],
            charges_complete=data["charges_complete"],
        )
        if before is not None:
            files.change_person(actor, booking, **form.person())
    return booking


urlpatterns: list[URLPattern | URLResolver] = [path("bookings/new", new, name="booking_new")]
