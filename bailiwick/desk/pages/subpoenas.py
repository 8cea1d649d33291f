"""Subpoenas and requests for information: intake, route to counsel, answer, and what was done with each."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, URLResolver, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bailiwick.custody import asking, subpoenas
from bailiwick.custody.errors import Refused
from bailiwick.custody.models import Scan, Subpoena, User
from bailiwick.custody.rights import agency_of, allowed, found, may, may_see
from bailiwick.desk.clock import now
from bailiwick.desk.forms.subpoenas import (
    KIND,
    STATE,
    TELLING,
    AnswerForm,
    CounselForm,
    IntakeForm,
    ScanForm,
    TellingForm,
)
from bailiwick.desk.pages.people import actor_of
from bailiwick.desk.refusal_words import refusal_words
from bailiwick.record.models import Event

MOST = 200


@require_safe
@allowed("see_files")
def every(request: HttpRequest) -> HttpResponse:
    """Those not answered, the first due first; then the last ones answered."""
    agency = agency_of(request)
    rows = Subpoena.objects.filter(agency=agency)
    open_ones = rows.exclude(state=Subpoena.State.ANSWERED).order_by(
        F("return_at").asc(nulls_last=True), "received_at"
    )
    done = rows.filter(state=Subpoena.State.ANSWERED).order_by("-answered_at")
    shown = {
        "open": [(one, KIND[one.kind], STATE[one.state]) for one in open_ones[:MOST]],
        "open_count": open_ones.count(),
        "done": [(one, KIND[one.kind]) for one in done[:50]],
        "tz": agency.tz,
        "now": now(),
        "may_keep": may(request.user, "keep_subpoenas"),
    }
    return render(request, "subpoenas/list.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("keep_subpoenas")
def new(request: HttpRequest) -> HttpResponse:
    """Write one down as it came."""
    agency, at = agency_of(request), now()
    form = IntakeForm(request.POST or None, request.FILES or None, agency=agency, now=at)
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        scan = data.pop("scan")
        data["received_at"] = data["received_at"] or at
        actor = actor_of(request)
        try:
            with transaction.atomic():
                made = subpoenas.take_in(actor, **data)
                if scan:
                    name, kind, content = scan
                    asking.attach(actor, name=name, media_type=kind, content=content, subpoena=made)
        except Refused as refused:
            form.add_error(None, refusal_words(refused))
        else:
            return redirect("subpoena", pk=made.pk)
    return render(request, "subpoenas/new.html", {"form": form})


@require_safe
@allowed("see_files")
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """One subpoena: what it asks, where it lies, what was done."""
    return _page(request, found(request, Subpoena, pk=pk))


def _page(request: HttpRequest, subpoena: Subpoena, **forms: Any) -> HttpResponse:
    user = request.user
    assert isinstance(user, User)
    answered = subpoena.state == Subpoena.State.ANSWERED
    shown = {
        "subpoena": subpoena,
        "kind": KIND[subpoena.kind],
        "state": STATE[subpoena.state],
        "telling": TELLING[subpoena.telling],
        "scans": Scan.objects.filter(subpoena=subpoena).defer("content").order_by("pk"),
        "events": Event.objects.filter(subject=f"subpoena/{subpoena.pk}")
        .exclude(kind__startswith="due.")
        .order_by("-id"),
        "file": subpoena.booking if subpoena.booking and may_see(user, subpoena.booking) else None,
        "may_route": not answered and subpoena.state == Subpoena.State.OPEN and may(user, "keep_subpoenas"),
        "may_answer": not answered and may(user, "answer_subpoenas"),
        "may_tell": may(user, "answer_subpoenas"),
        "may_print": may(user, "answer_subpoenas"),
        "may_scan": may(user, "keep_subpoenas"),
        "counsel_form": forms.get("counsel_form", CounselForm()),
        "answer_form": forms.get("answer_form", AnswerForm()),
        "telling_form": forms.get("telling_form", TellingForm(initial={"telling": subpoena.telling})),
        "scan_form": forms.get("scan_form", ScanForm()),
        "form": next(iter(forms.values()), None),
        "tz": agency_of(request).tz,
    }
    return render(request, "subpoenas/one.html", shown)


@require_POST
@allowed("keep_subpoenas")
def counsel(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand it to counsel."""
    subpoena = found(request, Subpoena, pk=pk)
    form = CounselForm(request.POST)
    if form.is_valid():
        try:
            subpoenas.to_counsel(actor_of(request), subpoena, why=form.cleaned_data["why"])
        except Refused as refused:
            form.add_error(None, refusal_words(refused))
        else:
            messages.success(request, _("It lies with counsel now, and stays due."))
            return redirect("subpoena", pk=pk)
    return _page(request, subpoena, counsel_form=form)


@require_POST
@allowed("answer_subpoenas")
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down what was answered."""
    subpoena = found(request, Subpoena, pk=pk)
    form = AnswerForm(request.POST)
    if form.is_valid():
        try:
            subpoenas.answer(actor_of(request), subpoena, says=form.cleaned_data["says"])
        except Refused as refused:
            form.add_error(None, refusal_words(refused))
        else:
            messages.success(request, _("The answer is recorded; nothing is due for it any more."))
            return redirect("subpoena", pk=pk)
    return _page(request, subpoena, answer_form=form)


@require_POST
@allowed("answer_subpoenas")
def telling(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down whether the person may be told of it."""
    subpoena = found(request, Subpoena, pk=pk)
    form = TellingForm(request.POST)
    if form.is_valid():
        subpoenas.may_tell(
            actor_of(request), subpoena, form.cleaned_data["telling"], why=form.cleaned_data["why"]
        )
        messages.success(request, _("Whether the person may be told is recorded."))
        return redirect("subpoena", pk=pk)
    return _page(request, subpoena, telling_form=form)


@require_POST
@allowed("keep_subpoenas")
def scan(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep one more scan with it."""
    subpoena = found(request, Subpoena, pk=pk)
    form = ScanForm(request.POST, request.FILES)
    if form.is_valid():
        name, kind, content = form.cleaned_data["scan"]
        asking.attach(actor_of(request), name=name, media_type=kind, content=content, subpoena=subpoena)
        return redirect("subpoena", pk=pk)
    return _page(request, subpoena, scan_form=form)


@require_safe
@allowed("see_files")
def scanned(request: HttpRequest, pk: int) -> HttpResponse:
    """A scan as it came, to be saved and opened outside the browser."""
    row = found(request, Scan, pk=pk)
    if row.subpoena_id is None:
        raise Http404
    response = HttpResponse(bytes(row.content), content_type=row.media_type)
    name = "".join(c if c.isalnum() or c in "-_." else "_" for c in row.name)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


urlpatterns: list[URLPattern | URLResolver] = [
    path("subpoenas", every, name="subpoenas"),
    path("subpoenas/new", new, name="subpoena_new"),
    path("subpoenas/<int:pk>", one, name="subpoena"),
    path("subpoenas/<int:pk>/counsel", counsel, name="subpoena_counsel"),
    path("subpoenas/<int:pk>/answer", answer, name="subpoena_answer"),
    path("subpoenas/<int:pk>/telling", telling, name="subpoena_telling"),
    path("subpoenas/<int:pk>/scan", scan, name="subpoena_scan"),
    path("subpoenas/scans/<int:pk>", scanned, name="subpoena_scanned"),
]
