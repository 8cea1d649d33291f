"""A subpoena or request for information, as it came and as it was answered."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from bailiwick.custody.models import Agency, Booking
from bailiwick.desk.forms.scans import ScanField
from bailiwick.desk.forms.times import WhenField
from bailiwick.desk.forms.words import Line, Sentence

KINDS = (
    ("administrative_subpoena", _("Subpoena signed by no judge")),
    ("judicial_subpoena", _("Subpoena signed by a judge or a court’s clerk")),
    ("information_request", _("Request for information")),
)
KIND = dict(KINDS)
TELLINGS = (
    ("unknown", _("Not known yet")),
    ("free", _("Yes: no order and no law forbids it")),
    ("forbidden", _("No: a court’s order or a law forbids it")),
)
TELLING = dict(TELLINGS)
STATE = {"open": _("With the records desk"), "counsel": _("With counsel"), "answered": _("Answered")}


class IntakeForm(forms.Form):
    """What came, from whom, about whom, by when."""

    marks_optional = True
    number = forms.CharField(
        label=_("Number"), max_length=40, help_text=_("The number on the paper, or one of your own")
    )
    kind = forms.ChoiceField(label=_("What came?"), choices=KINDS, widget=forms.RadioSelect)
    issued_by = forms.CharField(label=_("Who issued it?"), max_length=200)
    named_person = Line(label=_("Person named in it"), most=240)
    booking = Line(label=_("Booking number, where the person is or was here"), most=40)
    asks_for = Sentence(label=_("What it asks for"), required=False)
    telling = forms.ChoiceField(
        label=_("May the person be told of it?"), choices=TELLINGS, initial="unknown", widget=forms.RadioSelect,
        help_text=_("Only what may be told stands in the person’s own file"), required=False,
    )  # fmt: skip
    scan = ScanField(label=_("Scan of the paper"))

    field_order = ("number", "kind", "issued_by", "received_at", "return_at")

    def __init__(self, *args: Any, agency: Agency, now: datetime, **more: Any) -> None:
        super().__init__(*args, **more)
        self.agency = agency
        self.fields["received_at"] = WhenField(
            label=_("Received at"), zone=agency.tz, now=now, required=False,
            help_text=_("Empty means now. Time as 22:00, or day and time as 3/1/2026 22:00"),
        )  # fmt: skip
        self.fields["return_at"] = WhenField(
            label=_("Answer due"), zone=agency.tz, now=now, required=False,
            help_text=_("The return date on the paper: day and time as 3/9/2026 17:00"),
        )  # fmt: skip
        self.order_fields(self.field_order)

    def clean_booking(self) -> Booking | None:
        number = self.cleaned_data["booking"].strip()
        if not number:
            return None
        booking = Booking.objects.filter(agency=self.agency, number=number).first()
        if booking is None:
            raise forms.ValidationError(_t("No booking has the number “%(number)s”.") % {"number": number})
        return booking

    def clean_telling(self) -> str:
        return self.cleaned_data["telling"] or "unknown"


class TellingForm(forms.Form):
    """Whether the person may be told, and by what."""

    telling = forms.ChoiceField(
        label=_("May the person be told of it?"), choices=TELLINGS, widget=forms.RadioSelect,
        help_text=_("Only what may be told stands in the person’s own file"),
    )  # fmt: skip
    why = Line(label=_("Which order or law, or who looked"), most=1000)


class CounselForm(forms.Form):
    """Why it goes to counsel."""

    why = Line(label=_("What counsel should look at"), most=1000)


class AnswerForm(forms.Form):
    """What was given, or why nothing was."""

    says = Sentence(label=_("What was answered: what was given, or why nothing was"))


class ScanForm(forms.Form):
    """One more scan."""

    scan = ScanField(label=_("Scan"), required=True)
