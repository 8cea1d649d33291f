"""What the pages of a file share: the file itself, each look at it written down, and what a service refused."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import transaction
from django.http import Http404, HttpRequest
from django.urls import NoReverseMatch, reverse

from bailiwick.custody import collection
from bailiwick.custody.acting import note
from bailiwick.custody.errors import Edited, Refused
from bailiwick.custody.models import Agency, Booking, Request, User
from bailiwick.custody.rights import found, may
from bailiwick.desk.clock import now
from bailiwick.desk.pages.people import actor_of
from bailiwick.desk.refusal_words import refusal_words

FILE = Booking.objects.select_related("person", "agency")
REQUEST = Request.objects.select_related("booking", "booking__person", "booking__agency", "agency")


def file_of(request: HttpRequest, pk: int) -> Booking:
    """The file, of the user's agency and open to the user; else Http404."""
    return found(request, FILE, pk=pk)


def request_of(request: HttpRequest, pk: int) -> Request:
    """A request with its file; else Http404."""
    return found(request, REQUEST, pk=pk)


def looked(request: HttpRequest, booking: Booking, page: str) -> None:
    """Somebody looked at a page of the file: one event, in a transaction of its own, before anything is shown."""
    with transaction.atomic():
        note(actor_of(request), "file.seen", booking, page=page)


def user_of(request: HttpRequest) -> User:
    """Whoever is logged in."""
    if not isinstance(request.user, User):
        raise Http404
    return request.user


def forbidden(agency: Agency) -> dict[str, str]:
    """Fields of a person that may not be collected here today."""
    return collection.forbidden_fields(agency.place, agency.custodian, now().astimezone(agency.tz).date())


def refuse(form: forms.Form, refused: Refused) -> None:
    """Show what a service refused above the form. Where the file changed meanwhile, the next try is at its new version."""
    form.add_error(None, refusal_words(refused))
    if isinstance(refused, Edited):
        form.changed_to = refused.found  # type: ignore[attr-defined]


def version_of(request: HttpRequest) -> int | None:
    """The version of the file that the form was opened at; None where the form carries none."""
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else None


class Abilities:
    """What the user may do, for templates: `{% if may.sign %}`."""

    def __init__(self, user: Any) -> None:
        self._user = user

    def __getitem__(self, ability: str) -> bool:
        return may(self._user, ability)


def address(name: str, *args: object) -> str:
    """The address of that name, empty where this installation has no such page."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


__all__ = [
    "Abilities",
    "actor_of",
    "address",
    "file_of",
    "forbidden",
    "looked",
    "refuse",
    "request_of",
    "user_of",
    "version_of",
]
