"""The file of a person in custody: who this is, what was asked, what was done."""

from __future__ import annotations

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, URLResolver, path
from django.views.decorators.http import require_safe

from bailiwick.custody.clocks import held_until
from bailiwick.custody.models import Answer, Booking, Paper, Request, Scan
from bailiwick.custody.rights import allowed
from bailiwick.desk.clock import now
from bailiwick.desk.pages.common import Abilities, address, file_of, forbidden, looked
from bailiwick.desk.pages.home import row
from bailiwick.desk.standing import standing
from bailiwick.desk.timeline import timeline


@require_safe
@allowed("see_files")
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """Who is this, what was asked, what did we do?"""
    booking = file_of(request, pk)
    looked(request, booking, "file")
    at, tz = now(), booking.agency.tz
    grounds = [
        (one, one.ended_at is None or one.ended_at > at)
        for one in booking.grounds.order_by("opened_at", "pk")
    ]
    dues = (
        booking.dues.filter(done_at=None, void_at=None)
        .select_related("owner", "booking__person", "request", "subpoena")
        .order_by("due_at", "since", "pk")
    )
    due_rows = [row(due, at, request.user) for due in dues]
    limit = held_until(booking)[0] if booking.left_at is None else None
    lines, older = timeline(booking, before=_number(request, "before"), everything="all" in request.GET)
    shown = {
        "booking": booking,
        "person": booking.person,
        "tz": tz,
        "at": at,
        "stands": standing(
            booking, at, left_open=len(due_rows), grounds=sum(is_open for _, is_open in grounds), limit=limit
        ),
        "grounds": grounds,
        "limit": limit,
        "charges": booking.charges.prefetch_related("history").order_by("pk"),
        "requests": requests_of(booking),
        "claims": booking.citizen_claims.order_by("pk"),
        "papers": Paper.objects.filter(booking=booking).defer("pdf", "text").order_by("-pk"),
        "scans": Scan.objects.filter(booking=booking).defer("content").order_by("pk"),
        "dues": due_rows,
        "lines": lines,
        "older": older,
        "everything": "all" in request.GET,
        "further": "before" in request.GET,
        "barred": forbidden(booking.agency),
        "papers_url": address("papers", booking.pk),
        "may": Abilities(request.user),
        "closed": booking.left_at is not None,
        "departure": getattr(booking, "departure", None) if booking.left_at else None,
    }
    return render(request, "desk/file.html", shown)


def requests_of(booking: Booking) -> list[Request]:
    """The file's requests, the newest first, each with `current`: the answer that stands, none where it was withdrawn."""
    standing_ones = Answer.objects.filter(superseded_at=None).prefetch_related("signatures__user")
    found = booking.requests.prefetch_related(Prefetch("answers", queryset=standing_ones, to_attr="current"))
    return list(found.order_by("-received_at", "-pk"))


def _number(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 18 else None


urlpatterns: list[URLPattern | URLResolver] = [path("bookings/<int:pk>", file, name="file")]
