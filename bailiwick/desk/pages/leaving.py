"""The release gate: what stands in the way, and how the person leaves. Released, handed over, transferred and died differ."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, URLResolver, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bailiwick.custody import clocks, leaving
from bailiwick.custody.clocks import NOW
from bailiwick.custody.errors import Refused
from bailiwick.custody.models import Booking, Departure
from bailiwick.custody.rights import allowed
from bailiwick.desk.clock import now
from bailiwick.desk.forms.file import LeaveForm
from bailiwick.desk.pages.common import Abilities, actor_of, address, file_of, looked, refuse, version_of
from bailiwick.desk.pages.drafts import begun, sent, show_again
from bailiwick.desk.pages.home import row
from bailiwick.desk.standing import standing


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("record_departures")
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """May this person leave now, and what is to be done first?"""
    booking, at = file_of(request, pk), now()
    if booking.left_at is not None:
        messages.info(request, _("This person has left already."))
        return redirect("file", pk=pk)
    draft = begun(request)
    data = request.POST if request.method == "POST" else draft.data if draft else None
    form = LeaveForm(data, agency=booking.agency, now=at, initial={"kind": "released"})
    version = booking.version
    if request.method == "POST" and form.is_valid():
        try:
            leaving.depart(actor_of(request), booking, version=version_of(request), **form.cleaned_data)
        except Refused as refused:
            refuse(form, refused)
            booking.refresh_from_db(fields=["version"])
            version = booking.version
        else:
            sent(request)
            messages.success(request, _("Recorded. The clocks of this stay have ended."))
            return redirect("file", pk=pk)
    if draft:
        show_again(form)
    if request.method != "POST":
        looked(request, booking, "release")
    limit, held = leaving.limit_of(booking), clocks.held_until(booking)[0] is not None
    shown: dict[str, Any] = {
        "booking": booking,
        "form": form,
        **_ways(booking, at, request),
        "limit": limit,
        "late": limit is not None and (limit < at - NOW or (held and limit < at)),
        "held": held,
        "stands": standing(booking, at),
        "at": at,
        "tz": booking.agency.tz,
        "version": version,
        "draft": draft,
        "papers_url": address("papers", booking.pk),
        "may": Abilities(request.user),
    }
    return render(request, "desk/release.html", shown)


def _ways(booking: Booking, at: datetime, request: HttpRequest) -> dict[str, Any]:
    """What stands in the way: of everybody who leaves alive (`common`), and of each way of leaving besides (`ways`)."""
    gates = {kind: leaving.gate(booking, at, kind) for kind in Departure.Kind}
    alive = [gates[kind] for kind in Departure.Kind if kind != Departure.Kind.DIED]
    common = [one for one in alive[0] if all(one in other for other in alive)]
    return {
        "common": [(one, row(one.due, at, request.user) if one.due else None) for one in common],
        "ways": [
            (_(str(kind.label)), [one for one in gates[kind] if one not in common]) for kind in Departure.Kind
        ],
    }


urlpatterns: list[URLPattern | URLResolver] = [path("bookings/<int:pk>/release", leave, name="release")]
