"""What is done to a file in one small form each: a ground opened or ended, a charge, a claim, a correction, a seal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, URLResolver, path
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from bailiwick.custody import asking, clocks, files
from bailiwick.custody.acting import Actor
from bailiwick.custody.errors import Refused
from bailiwick.custody.models import Booking, Charge, CitizenClaim, Due, Ground, Request
from bailiwick.custody.rights import allowed, found
from bailiwick.desk.clock import now
from bailiwick.desk.forms import file as small
from bailiwick.desk.forms.booking import ChargeForm, EndForm, GroundForm, PersonForm
from bailiwick.desk.pages.common import actor_of, file_of, forbidden, looked, refuse, version_of
from bailiwick.desk.pages.drafts import begun, sent, show_again

Data = Mapping[str, Any]


def _nothing(subject: Any) -> dict[str, Any]:
    return {}


class Deed(NamedTuple):
    """One small form: its title as a question, its button, who may send it, its fields, what follows, and what it says then.

    `of`: the table whose row it is about; `timed`: its fields need the agency and the clock; `closed`: done after somebody left
    too; `given`: what the fields hold at first; `back`: the page shown afterwards.
    """

    title: str | Promise
    button: str | Promise
    ability: str
    form: Callable[..., forms.Form]
    do: Callable[[Actor, Any, Data, int | None], object]
    says: str | Promise
    of: type[Any] = Booking
    timed: bool = False
    closed: bool = False
    given: Callable[[Any], dict[str, Any]] = _nothing
    back: str = "file"


def _of_charge(charge: Charge) -> dict[str, Any]:
    return {name: getattr(charge, name) for name in ChargeForm.base_fields}


def _of_person(booking: Booking) -> dict[str, Any]:
    return {name: getattr(booking.person, name) for name in files.PERSON_FIELDS}


DEEDS: dict[str, Deed] = {
    "person": Deed(
        _("What is right about the person?"), _("Change"), "keep_files", PersonForm,
        lambda actor, booking, data, version: files.change_person(actor, booking, version=version, **data),
        _("The change is written down; the record keeps what stood before."),
        timed=True, closed=True, given=_of_person,
    ),
    "ground": Deed(
        _("Why is the person kept?"), _("Write it down"), "keep_files", GroundForm,
        lambda actor, booking, data, version: files.open_ground(actor, booking, version=version, **data),
        _("The ground is written down."), timed=True,
    ),
    "end": Deed(
        _("How did this ground end?"), _("It ended"), "keep_files", EndForm,
        lambda actor, ground, data, version: files.end_ground(actor, ground, version=version, **data),
        _("The ground has ended."), of=Ground, timed=True,
    ),
    "charge": Deed(
        _("What is charged?"), _("Add the charge"), "keep_files", ChargeForm,
        lambda actor, booking, data, version: files.add_charge(actor, booking, version=version, **data),
        _("The charge is written down."),
    ),
    "change": Deed(
        _("What is right about this charge?"), _("Change"), "keep_files", ChargeForm,
        lambda actor, charge, data, version: files.change_charge(actor, charge, version=version, **data),
        _("The charge is changed; its history keeps what it was."), of=Charge, given=_of_charge,
    ),
    "known": Deed(
        _("Is the record complete?"), _("Write it down"), "keep_files", small.KnownForm,
        lambda actor, booking, data, version: files.know_record(
            actor, booking, data["charges_complete"], version=version
        ),
        _("Written down."), given=lambda booking: {"charges_complete": booking.charges_complete},
    ),
    "correct": Deed(
        _("What was wrong, and what is right?"), _("Write the correction"), "correct_files", small.SayForm,
        lambda actor, booking, data, version: files.correct(actor, booking, says=data["says"]),
        _("The correction stands in the timeline; nothing that stood was taken away."), closed=True,
    ),
    "seal": Deed(
        _("Why is this file sealed?"), _("Seal the file"), "seal_files", small.SealForm,
        lambda actor, booking, data, version: files.seal(actor, booking, because=data["because"]),
        _("The file is sealed: only supervisors, counsel, and those named for it find it now."), closed=True,
    ),
    "claim": Deed(
        _("Does the person say they are a U.S. citizen?"), _("Write the claim down"), "keep_requests",
        small.ClaimForm,
        lambda actor, booking, data, version: asking.claim_citizenship(actor, booking, version=version, **data),
        _("The claim is written down. Nobody is held on an immigration detainer until it has been reviewed."),
    ),
    "review": Deed(
        _("What did the review of the claim find?"), _("Record the review"), "review_claims", small.ReviewForm,
        lambda actor, claim, data, version: asking.review_claim(actor, claim, **data),
        _("The review is written down."), of=CitizenClaim,
    ),
    "done": Deed(
        _("How was it done?"), _("Done"), "keep_requests", small.DoneForm,
        lambda actor, due, data, version: clocks.done(actor, due, how=data["how"]),
        _("Written down as done."), of=Due, closed=True,
    ),
    "serve": Deed(
        _("When was the person given a copy?"), _("Write it down"), "keep_requests", small.ServeForm,
        lambda actor, ask, data, version: asking.serve(actor, ask, at=data["at"], how=data["how"]),
        _("Written down: the person has a copy."), of=Request, timed=True, back="decision",
    ),
    "withdraw": Deed(
        _("Did the asking agency take its request back?"), _("It was withdrawn"), "keep_requests",
        small.WithdrawForm,
        lambda actor, ask, data, version: asking.withdraw(actor, ask, because=data["because"]),
        _("The request is withdrawn: its clocks and questions have ended."), of=Request,
    ),
}  # fmt: skip

_ADDRESSES: dict[type[Any], str] = {
    Booking: "bookings", Ground: "grounds", Charge: "charges", CitizenClaim: "claims", Due: "dues", Request: "requests",
}  # fmt: skip


def deed(name: str) -> Callable[..., HttpResponse]:
    """The page of one of them: the form, and what follows when it is sent. What is refused is said above what was typed."""
    about = DEEDS[name]

    @require_http_methods(["GET", "HEAD", "POST"])
    @allowed(about.ability)
    def take(request: HttpRequest, pk: int) -> HttpResponse:
        subject, booking = _subject(request, about, pk)
        if booking.left_at is not None and not about.closed:
            raise Http404
        more: dict[str, Any] = {"agency": booking.agency, "now": now()} if about.timed else {}
        if about.form is PersonForm:
            more["forbidden"] = forbidden(booking.agency)
        draft = begun(request)
        data = request.POST if request.method == "POST" else draft.data if draft else None
        form = about.form(data, initial=about.given(subject), **more)
        if request.method == "POST" and form.is_valid():
            try:
                about.do(actor_of(request), subject, form.cleaned_data, version_of(request))
            except Refused as refused:
                refuse(form, refused)
                booking.refresh_from_db(fields=["version", "left_at"])
            else:
                sent(request)
                messages.success(request, str(about.says))
                return redirect(about.back, pk=subject.pk if about.back == "decision" else booking.pk)
        if draft:
            show_again(form)
        if request.method != "POST":
            looked(request, booking, name)
        shown = {"about": about, "form": form, "booking": booking, "subject": subject, "draft": draft, "name": name,
                 "version": _version(request, booking, form), "tz": booking.agency.tz}  # fmt: skip
        return render(request, "desk/deed.html", shown)

    take.__name__, take.__doc__ = f"deed_{name}", f"{about.title}"
    return take


def _subject(request: HttpRequest, about: Deed, pk: int) -> tuple[Any, Booking]:
    if about.of is Booking:
        booking = file_of(request, pk)
        return booking, booking
    subject = found(request, about.of.objects.select_related("booking__person", "booking__agency"), pk=pk)
    if subject.booking is None or (about.of is Due and subject.kind not in (Due.Kind.NOTICE, Due.Kind.PAPER)):
        raise Http404
    return subject, subject.booking


def _version(request: HttpRequest, booking: Booking, form: forms.Form) -> int:
    """What the form is sent with: the version it was opened at, until somebody was told that the file changed."""
    sent_with = version_of(request)
    return booking.version if sent_with is None or hasattr(form, "changed_to") else sent_with


urlpatterns: list[URLPattern | URLResolver] = [
    path(f"{_ADDRESSES[about.of]}/<int:pk>/{name}", deed(name), name=f"deed_{name}")
    for name, about in DEEDS.items()
]
