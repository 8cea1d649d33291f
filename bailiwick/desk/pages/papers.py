"""The papers of a file: what is owed, a look before printing, the PDF, what was given to whom; replies to subpoenas."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, URLResolver, path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bailiwick.custody.acting import Actor
from bailiwick.custody.errors import Refused
from bailiwick.custody.models import Booking, Due, Paper, Request, Subpoena
from bailiwick.custody.rights import allowed, found, may
from bailiwick.desk.clock import now
from bailiwick.desk.forms.papers import GiveForm, LanguageForm
from bailiwick.desk.pages.common import actor_of, file_of, looked
from bailiwick.desk.refusal_words import RefusedHere, refusal_words
from bailiwick.desk.templatetags.desk import paper_words
from bailiwick.papers import printing
from bailiwick.papers.composing import ASKS, Asked
from bailiwick.papers.extract import proof_of
from bailiwick.papers.registry import PAPERS
from bailiwick.papers.reviewing import is_draft
from bailiwick.record import checkpoints
from bailiwick.record.keys import BadKey, signing_key
from bailiwick.record.proofs import NoProof

#: Papers about a request that a clerk may print though nothing is due.
ABOUT_REQUEST = tuple(kind.name for kind in PAPERS.values() if kind.about == "request")
_LIGHT = Paper.objects.defer("pdf", "text").select_related(
    "booking", "booking__person", "request", "subpoena"
)


@require_safe
@allowed("see_files")
def papers(request: HttpRequest, pk: int) -> HttpResponse:
    """What is owed, what is printed and waits to be given, what was given."""
    booking = file_of(request, pk)
    looked(request, booking, "papers")
    return _page(request, booking)


def _page(request: HttpRequest, booking: Booking, form: Any = None) -> HttpResponse:
    at = now()
    rows = list(_LIGHT.filter(booking=booking).order_by("-pk"))
    waiting = [row for row in rows if row.given_at is None]
    owed = _owed(booking, waiting)
    language = (
        booking.person.language if booking.person.language in PAPERS["record_extract"].languages else "en"
    )
    shown = {
        "booking": booking,
        "person": booking.person,
        "owed": owed,
        "language": language,
        "drafts": [due for due in owed if is_draft(booking.agency, due.paper, language)],
        "waiting": waiting,
        "given": [row for row in rows if row.given_at is not None],
        "requests": [
            (one, _for_request(one))
            for one in booking.requests.order_by("-received_at")
            if one.withdrawn_at is None
        ],
        "give_form": form or GiveForm(agency=booking.agency, now=at, initial={"to": str(booking.person)}),
        "form": form,
        "may_print": may(request.user, "print_papers"),
        "tz": booking.agency.tz,
    }
    return render(request, "papers/list.html", shown)


def _owed(booking: Booking, waiting: list[Paper]) -> list[Due]:
    """What is due as a paper and not printed yet."""
    printed = {(row.paper, row.request_id) for row in waiting if not row.said.get("open")}
    dues = (
        Due.objects.filter(booking=booking, done_at=None, void_at=None)
        .exclude(paper="")
        .select_related("request")
    )
    seen: set[tuple[str, int | None]] = set()
    out = []
    for due in dues.order_by("due_at", "pk"):
        key = (due.paper, due.request_id)
        if due.paper in PAPERS and key not in printed and key not in seen:
            seen.add(key)
            out.append(due)
    return out


def _for_request(request: Request) -> list[str]:
    return [name for name in ABOUT_REQUEST if request.kind in ASKS or name == "copy_of_request"]


# ------------------------------------------------------------------------------------------------ before printing


@require_safe
@allowed("print_papers")
def preview(request: HttpRequest, pk: int, paper: str) -> HttpResponse:
    """The words of a paper before it is printed, and what the clerk must know about them."""
    booking = file_of(request, pk)
    looked(request, booking, f"preview of {paper}")
    return _preview(request, booking, paper, request.GET)


def _preview(
    request: HttpRequest, booking: Booking, paper: str, data: Any, refused: str = ""
) -> HttpResponse:
    about = _request_of(booking, data.get("request", ""))
    kind = PAPERS.get(paper)
    if kind is None or kind.about == "subpoena" or (kind.about == "request") != (about is not None):
        raise Http404
    at, actor = now(), actor_of(request)
    asked = printing.asked_for(actor, paper, booking=booking, request=about)
    release = paper.startswith("release_notice")
    first = {"language": asked.language, "release": asked.release}
    sent = {name: data[name] for name in ("language", "release") if name in data}
    form = LanguageForm(
        {**_initial(first, booking), **sent} if sent else None,
        languages=kind.languages, release=release, agency=booking.agency, now=at, initial=first,
    )  # fmt: skip
    if sent and form.is_valid():
        asked = printing.asked_for(actor, paper, form.cleaned_data["language"], booking=booking, request=about,
                                   release=form.cleaned_data.get("release"))  # fmt: skip
    sheets = None
    try:
        sheets = printing.sheets_of(asked)
    except Refused as error:
        refused = refused or refusal_words(error)
    shown = {
        "booking": booking,
        "about": about,
        "paper": paper,
        "asked": asked,
        "refused": refused,
        "sheets": sheets.sheets if sheets else [],
        "draft": is_draft(asked.agency, paper, asked.language),
        "replaced": [(f"U+{ord(c):04X}", c) for c in sheets.replaced] if sheets else [],
        "open": bool(sheets and sheets.said.get("open")),
        "form": form,
        "release": form["release"].value() if release and sent else "",
        "tz": booking.agency.tz,
    }
    return render(
        request, "papers/preview.html", shown, status=422 if refused and request.method == "POST" else 200
    )


def _initial(first: dict[str, Any], booking: Booking) -> dict[str, str]:
    release = first["release"]
    return {
        "language": first["language"],
        "release": f"{release.astimezone(booking.agency.tz):%Y-%m-%d %H:%M}" if release else "",
    }


def _request_of(booking: Booking, number: str) -> Request | None:
    if not number.isdecimal() or len(number) > 17:
        return None
    return booking.requests.filter(pk=int(number)).first()


# ------------------------------------------------------------------------------------------------------- printing


@require_POST
@allowed("print_papers")
def print_(request: HttpRequest, pk: int) -> HttpResponse:
    """Print one paper or several (`papers`: name, or name:request), all or none of them."""
    booking = file_of(request, pk)
    actor = actor_of(request)
    wanted = request.POST.getlist("papers")[:20]
    paper = wanted[0].partition(":")[0] if wanted else ""
    try:
        if not wanted:
            raise RefusedHere(_("Papers: expected one at least, found none."))
        if any(one.startswith("record_extract") for one in wanted):
            _sign_record(actor)
        with transaction.atomic():
            rows = [printing.print_paper(actor, _asked(request, actor, booking, one)) for one in wanted]
    except Refused as error:
        if len(wanted) == 1 and paper in PAPERS and PAPERS[paper].about != "subpoena":
            data = request.POST.copy()
            data["request"] = wanted[0].partition(":")[2]
            return _preview(request, booking, paper, data, refusal_words(error))
        messages.error(request, refusal_words(error))
        return redirect("papers", pk=pk)
    messages.success(
        request,
        ngettext(
            "Printed. Open the PDF, give the paper, then record it below.",
            "Printed. Open each PDF, give the papers, then record them below.",
            len(rows),
        ),
    )
    for row in rows:
        _tell(request, row)
    return redirect("papers", pk=pk)


def _asked(request: HttpRequest, actor: Actor, booking: Booking, one: str) -> Asked:
    """What was asked to be printed, from a form. Raises Refused."""
    name, _colon, number = one.partition(":")
    kind = PAPERS.get(name)
    if kind is None or kind.about == "subpoena":
        raise Refused("Paper: expected one about a file, found '%(name)s'.", name=name)
    about = _request_of(booking, number)
    language = request.POST.get("language", "")
    if language and language not in kind.languages:
        language = ""
    release = None
    if name.startswith("release_notice") and request.POST.get("release"):
        form = LanguageForm(
            {"language": language or "en", "release": request.POST["release"]},
            languages=kind.languages, release=True, agency=booking.agency, now=actor.at,
        )  # fmt: skip
        if not form.is_valid():
            raise RefusedHere(" ".join(str(error) for errors in form.errors.values() for error in errors))
        release = form.cleaned_data["release"]
    return printing.asked_for(actor, name, language, booking=booking, request=about, release=release)


def _tell(request: HttpRequest, row: Paper) -> None:
    """What a clerk must know about what was printed."""
    title = paper_words(row.paper)
    if row.said.get("replaced"):
        codes = ", ".join(row.said["replaced"])
        text = _(
            "%(title)s: no font here has %(codes)s. They are printed as � in the paper: write them by hand."
        )
        messages.warning(request, text % {"title": title, "codes": codes})
    if row.said.get("open"):
        text = _("%(title)s: part of it is not decided yet. It stays due: print it again after the decision.")
        messages.warning(request, text % {"title": title})


def _sign_record(actor: Actor) -> None:
    """So that the file's entries can be proved today: sign the record as it is, where this installation has its key."""
    try:
        signer = signing_key()
    except (BadKey, OSError):
        signer = None
    if signer is not None:
        checkpoints.sign_checkpoint(signer, actor.at)


@require_safe
@allowed("see_files")
def pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The paper as it was printed; the look is written down."""
    row = _paper(request, pk, whole=True)
    with transaction.atomic():
        printing.looked_at(actor_of(request), row)
    response = HttpResponse(bytes(row.pdf), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{row.paper}-{row.language}-{row.pk}.pdf"'
    response["Cache-Control"] = "no-store"
    return response


@require_safe
@allowed("print_papers")
def proof(request: HttpRequest, pk: int) -> HttpResponse:
    """The file that proves the lines of an extract, for the verifier in the documentation."""
    row = _paper(request, pk)
    if row.paper != "record_extract":
        raise Http404
    try:
        proved = proof_of(row.said)
    except NoProof as error:
        messages.error(request, str(error))
        return redirect("papers", pk=row.booking_id)
    with transaction.atomic():
        printing.looked_at(actor_of(request), row, "proof")
    response = HttpResponse(json.dumps(proved, ensure_ascii=False, indent=1), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="proof-{row.pk}.json"'
    response["Cache-Control"] = "no-store"
    return response


def _paper(request: HttpRequest, pk: int, *, whole: bool = False) -> Paper:
    every = Paper.objects.select_related("booking", "booking__person", "request", "subpoena")
    return found(request, every if whole else _LIGHT, pk=pk)


# --------------------------------------------------------------------------------------------------------- giving


@require_POST
@allowed("print_papers")
def give_all(request: HttpRequest, pk: int) -> HttpResponse:
    """Record the ticked papers as given, all or none of them."""
    booking = file_of(request, pk)
    actor = actor_of(request)
    form = GiveForm(request.POST, agency=booking.agency, now=actor.at)
    numbers = [int(one) for one in request.POST.getlist("paper") if one.isdecimal() and len(one) < 18]
    rows = list(_LIGHT.filter(booking=booking, pk__in=numbers).order_by("pk"))
    if form.is_valid():
        try:
            if not rows:
                raise RefusedHere(_("Papers: expected one at least to be ticked, found none."))
            _give(actor, rows, form.cleaned_data)
        except Refused as refused:
            form.add_error(None, refusal_words(refused))
        else:
            messages.success(
                request,
                ngettext("Recorded: the paper was given.", "Recorded: the papers were given.", len(rows)),
            )
            return redirect("papers", pk=pk)
    return _page(request, booking, form)


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("print_papers")
def give(request: HttpRequest, pk: int) -> HttpResponse:
    """Record one paper as given."""
    row, actor = _paper(request, pk), actor_of(request)
    reader = PAPERS[row.paper].reader
    to = row.said.get("recipient") or (str(row.booking.person) if row.booking and reader == "person" else "")
    if row.subpoena:
        to = row.subpoena.issued_by
    elif row.request and reader == "agency":
        to = row.request.requesting_agency
    form = GiveForm(request.POST or None, agency=row.agency, now=actor.at, initial={"to": to})
    if request.method == "POST" and form.is_valid():
        try:
            _give(actor, [row], form.cleaned_data)
        except Refused as refused:
            form.add_error(None, refusal_words(refused))
        else:
            messages.success(request, _("Recorded: the paper was given."))
            return _back(row)
    shown = {"row": row, "form": form, "tz": row.agency.tz}
    return render(request, "papers/give.html", shown)


@transaction.atomic
def _give(actor: Actor, rows: list[Paper], data: dict[str, Any]) -> None:
    for row in rows:
        printing.give(actor, row, to=data["to"], how=data["how"], at=data["at"])


def _back(row: Paper) -> HttpResponse:
    if row.booking_id is not None and row.subpoena_id is None:
        return redirect("papers", pk=row.booking_id)
    return redirect("paper-subpoena", pk=row.subpoena_id)


# ----------------------------------------------------------------------------------------------- replies to subpoenas


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("answer_subpoenas")
def subpoena(request: HttpRequest, pk: int) -> HttpResponse:
    """The reply to a subpoena: its words, print, what was printed."""
    row = found(request, Subpoena.objects.select_related("booking"), pk=pk)
    actor = actor_of(request)
    refused, sheets = "", None
    try:
        asked = printing.asked_for(actor, "subpoena_reply", subpoena=row)
        if request.method == "POST":
            _tell(request, printing.print_paper(actor, asked))
            messages.success(request, _("Printed. Open the PDF below."))
            return redirect("paper-subpoena", pk=pk)
        sheets = printing.sheets_of(asked)
    except Refused as error:
        refused = refusal_words(error)
    shown = {
        "subpoena": row,
        "sheets": sheets.sheets if sheets else [],
        "refused": refused,
        "printed": _LIGHT.filter(subpoena=row).order_by("-pk"),
        "tz": row.agency.tz,
    }
    return render(request, "papers/subpoena.html", shown)


urlpatterns: list[URLPattern | URLResolver] = [
    path("bookings/<int:pk>/papers", papers, name="papers"),
    path("bookings/<int:pk>/papers/print", print_, name="paper-print"),
    path("bookings/<int:pk>/papers/given", give_all, name="papers-give"),
    path("bookings/<int:pk>/papers/<slug:paper>", preview, name="paper-preview"),
    path("papers/<int:pk>.pdf", pdf, name="paper-pdf"),
    path("papers/<int:pk>/proof.json", proof, name="paper-proof"),
    path("papers/<int:pk>/give", give, name="paper-give"),
    path("subpoenas/<int:pk>/reply", subpoena, name="paper-subpoena"),
]
