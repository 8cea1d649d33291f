"""A request as it stands on the paper: the fields of Form I-247A, and what came with it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from bailiwick.custody.models import Agency
from bailiwick.desk.forms.scans import ScanField
from bailiwick.desk.forms.times import DayField, WhenField
from bailiwick.desk.forms.words import BASIS, HOW_RECEIVED, PAPERS, WARRANT, Line, YesNo

#: The rest of Form I-247A, from top to bottom; what is ticked is a box of the form.
ON_THE_FORM: dict[str, forms.Field] = {
    "subject_id": Line(label=_("Subject ID"), most=40),
    "event_number": Line(label=_("Event number"), most=40),
    "file_number": Line(label=_("File number (A-number)"), most=40),
    "issued_on": DayField(label=_("Date of the form"), required=False),
    "to": Line(label=_("To (name and title of institution)")),
    "from_office": Line(label=_("From (office and address)"), most=300),
    "name_on_form": Line(label=_("Name on the form")),
    "birth_date_on_form": DayField(label=_("Date of birth on the form"), required=False),
    "citizenship_on_form": Line(label=_("Citizenship on the form")),
    "sex_on_form": Line(label=_("Sex on the form"), most=20),
    "asks_notice": forms.BooleanField(label=_("Asks for notice 48 hours before release"), required=False),
    "asks_hold": forms.BooleanField(label=_("Asks to keep the person up to 48 hours"), required=False),
    "asks_relay": forms.BooleanField(label=_("Asks to pass the form on to a next custodian"), required=False),
    "asks_events": forms.BooleanField(
        label=_("Asks to be told of death, hospital or transfer"), required=False
    ),
    "call_office": Line(label=_("Telephone numbers to notify")),
    "officer_signature": YesNo(label=_("Is the officer’s name legible beside the signature?")),
    "cancels_dated": DayField(label=_("Cancels an earlier detainer dated"), required=False),
    "version": Line(label=_("Version of the form (foot of the page)"), most=40),
    "warrant_number": Line(label=_("Number of the warrant that came with it"), most=60),
    "warrant_form": Line(label=_("Form of the warrant (I-200, I-205, court)"), most=60),
}


class RequestForm(forms.Form):
    """What came, when, from whom, on what it rests."""

    paper = forms.ChoiceField(label=_("What came?"), choices=[(name, row[0]) for name, row in PAPERS.items()])
    received_how = forms.ChoiceField(label=_("How did it come?"), choices=HOW_RECEIVED)
    warrant = forms.ChoiceField(
        label=_("What came with it, and who signed it?"), choices=WARRANT, required=False
    )
    signed = YesNo(label=_("Is the form signed?"))
    complete = YesNo(label=_("Is the form complete?"))
    basis = forms.MultipleChoiceField(
        label=_("Which boxes are ticked?"), choices=BASIS, required=False, widget=forms.CheckboxSelectMultiple
    )
    no_basis = forms.BooleanField(label=_("No box is ticked"), required=False)
    requesting_agency = Line(
        label=_("Asking agency"),
        initial="U.S. Immigration and Customs Enforcement",
        help_text=_("As on the paper"),
    )
    requesting_officer = Line(label=_("Name and title of the officer"))
    requesting_contact = Line(label=_("Telephone, fax or e-mail to answer to"))
    scan = ScanField(label=_("Scan of the paper"))

    def __init__(
        self, *args: Any, agency: Agency, now: datetime, status_forbidden: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["received_at"] = WhenField(label=_("Received at"), zone=agency.tz, now=now)
        for name, field in ON_THE_FORM.items():
            if not (status_forbidden and name == "citizenship_on_form"):
                self.fields[name] = field
        self.fields["paper"].widget.attrs["autofocus"] = True
        first = ["paper", "received_at"]
        self.order_fields([*first, *(name for name in self.fields if name not in first)])

    def on_the_form(self) -> list[forms.BoundField]:
        """The fields of the form that no rule turns on."""
        return [self[name] for name in ON_THE_FORM if name in self.fields]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        basis = data.get("basis") or []
        if basis and data.get("no_basis"):
            self.add_error("no_basis", _t("A box is ticked above: expected one or the other."))
        if "resume_custody" in basis and len(basis) > 1 and data.get("complete"):
            self.add_error(
                "complete",
                _t("Box 1 and Box 2 are both ticked, which the form does not allow: it is not complete."),
            )
        if data.get("paper") in ("I-247G", "I-247N") and data.get("asks_hold"):
            self.add_error(
                "asks_hold",
                _t("This form never asks for a hold. Look at the number at the foot of the page."),
            )
        return data

    def values(self) -> dict[str, Any]:
        """Arguments of `asking.receive`, without the scan."""
        data = self.cleaned_data
        _words, kind, form = PAPERS[data["paper"]]
        names = ("received_at", "received_how", "warrant", "signed", "complete")
        whose = ("requesting_agency", "requesting_officer", "requesting_contact")
        rest = {
            name: data[name]
            for name in ON_THE_FORM
            if name in self.fields and data.get(name) not in (None, "", False)
        }
        return {
            "kind": kind,
            "form": form,
            **{name: data[name] for name in (*names, *whose)},
            "basis": data["basis"] or ([] if data["no_basis"] else None),
            "fields": {
                name: value.isoformat() if hasattr(value, "isoformat") else value
                for name, value in rest.items()
            },
        }
