"""A new stay: the person, why they are kept, the charges. Fields that the law of the place forbids to collect are not there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from bailiwick.custody.models import Agency, Ground
from bailiwick.desk.forms.times import DayField, WhenField
from bailiwick.desk.forms.words import GRADE, LANGUAGES, STATUS, Line, YesNo, choices_of

CHARGE_ROWS = 3


class PersonForm(forms.Form):
    """Who the person is. `forbidden`: fields that may not be collected here, with the section that says so."""

    family_name = forms.CharField(label=_("Family name"), max_length=120)
    given_name = forms.CharField(label=_("Given name"), max_length=120)
    birth_date = DayField(label=_("Date of birth"), required=False)
    language = forms.ChoiceField(label=_("Language the person reads"), choices=LANGUAGES, initial="en")
    birthplace = Line(label=_("Place of birth, as the person says"), most=120)
    citizenship_said = Line(label=_("Citizenship, as the person says"), most=120)
    lawyer_name = Line(label=_("Lawyer"))
    lawyer_contact = Line(label=_("Lawyer’s telephone, e-mail or fax"))
    designated_name = Line(label=_("One other person to be told, whom the person chose"))
    designated_contact = Line(label=_("How to reach them"))

    def __init__(
        self, *args: Any, agency: Agency, now: datetime, forbidden: Mapping[str, str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.agency, self.now = agency, now
        for name in forbidden:
            self.fields.pop(name, None)

    def clean_birth_date(self) -> Any:
        born = self.cleaned_data["birth_date"]
        if born and born > self.now.astimezone(self.agency.tz).date():
            raise forms.ValidationError(_t("Expected a day that has passed, found one in the future."))
        return born


class BookingForm(PersonForm):
    """The whole of a new booking but its charges, which are rows of `ChargeRow`."""

    number = forms.CharField(label=_("Booking number"), max_length=40)
    ground = forms.ChoiceField(
        label=_("Why is the person kept?"), choices=choices_of(Ground.Kind), initial="arrest"
    )
    ground_says = Line(label=_("Case or warrant number, court, arresting agency"), most=300)
    charges_complete = YesNo(label=_("Are the charges below the whole record?"))
    juvenile = forms.BooleanField(label=_("The person is under 18: a juvenile file"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["booked_at"] = WhenField(
            label=_("Booked at"), zone=self.agency.tz, now=self.now, required=False,
            help_text=_("Empty means now. Time as 22:00, or day and time as 3/1/2026 22:00"),
        )  # fmt: skip
        self.fields["number"].widget.attrs["autofocus"] = True

    def person_names(self) -> list[str]:
        """The fields of the person that are on this form."""
        return [name for name in PersonForm.base_fields if name in self.fields]

    def person(self) -> dict[str, Any]:
        """What was typed of the person."""
        return {name: self.cleaned_data[name] for name in self.person_names()}


class ChargeRow(forms.Form):
    """One charge in few fields; the rest is asked where the law turns on it."""

    statute = Line(label=_("Section"), help_text=_("As people write it: PC 459"))
    description = Line(label=_("Offense in words"), most=300)
    status = forms.ChoiceField(label=_("How far has it come?"), choices=STATUS, required=False)
    grade = forms.ChoiceField(label=_("Grade"), choices=GRADE, required=False)
    convicted_on = DayField(label=_("Convicted on"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if any(data.values()) and not (data.get("statute") or data.get("description")):
            raise forms.ValidationError(_t("Expected the section or the offense in words, found neither."))
        if data.get("convicted_on") and data.get("status") not in ("convicted", None):
            raise forms.ValidationError(_t("A day of conviction is given: expected the status “convicted”."))
        return data


class ChargeForm(ChargeRow):
    """One charge, with every mark that law turns on most often."""

    degree = Line(label=_("Class or degree"), most=40)
    code_system = Line(
        label=_("Code system"), most=40, help_text=_("ncic, tx-offense-code; empty where there is none")
    )
    code = Line(label=_("Code"), most=60)
    wobbler = YesNo(label=_("Could it have been charged as felony or misdemeanor?"))
    serious = YesNo(label=_("Serious in the meaning of the law here?"))
    violent = YesNo(label=_("Violent in the meaning of the law here?"))
    state_prison = YesNo(label=_("Punishable in state prison?"))
    indictable = YesNo(label=_("Indictable in the meaning of the law here?"))


class RecordForm(ChargeRow):
    """What a record check shows, typed beside the question: one conviction or charge, and whether that is all."""

    wobbler = YesNo(label=_("Could it have been charged as felony or misdemeanor?"))
    charges_complete = YesNo(label=_("Is that the whole record?"))


class GroundForm(forms.Form):
    """One more reason why the person is kept."""

    kind = forms.ChoiceField(label=_("Why is the person kept?"), choices=choices_of(Ground.Kind))
    says = Line(label=_("Case or warrant number, court, who asked"), most=300)

    def __init__(self, *args: Any, agency: Agency, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["opened_at"] = WhenField(
            label=_("Since"), zone=agency.tz, now=now, required=False,
            help_text=_("Empty means now. Time as 22:00, or day and time as 3/1/2026 22:00"),
        )  # fmt: skip


class EndForm(forms.Form):
    """How and when a ground ended."""

    how = forms.CharField(
        label=_("How did it end?"),
        max_length=300,
        help_text=_("Bond posted, charge dropped, sentence served, …"),
    )

    def __init__(self, *args: Any, agency: Agency, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["at"] = WhenField(
            label=_("When?"), zone=agency.tz, now=now, required=False,
            help_text=_("Empty means now. Time as 03:20, or day and time as 3/2/2026 03:20; a sentence may end in the future"),
        )  # fmt: skip
