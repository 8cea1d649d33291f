"""Small forms of the file: what is done to it in one or two fields."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from bailiwick.custody.models import Agency, CitizenClaim, Departure
from bailiwick.desk.forms.times import WhenField
from bailiwick.desk.forms.words import HOW_GIVEN, Line, Sentence, YesNo, choices_of


class SayForm(forms.Form):
    """One text that must be given."""

    says = Sentence(label=_("What was wrong, and what is right?"))


class SealForm(forms.Form):
    """Why a file is sealed."""

    because = Sentence(label=_("Why is it sealed? The order, or the rule"))


class KnownForm(forms.Form):
    """Whether the charges listed are the whole record."""

    charges_complete = YesNo(label=_("Are the charges above the whole record?"))


class ClaimForm(forms.Form):
    """What the person says, and what they show."""

    says = Sentence(label=_("What does the person say?"))
    proof_kind = Line(
        label=_("What do they show?"), help_text=_("Passport, birth certificate; empty where nothing")
    )


class ReviewForm(forms.Form):
    """What the review of a claim found."""

    finding = forms.ChoiceField(
        label=_("What did the review find?"),
        choices=choices_of(CitizenClaim.Finding),
        widget=forms.RadioSelect,
    )
    says = Sentence(label=_("The reason, in a sentence"))


class DoneForm(forms.Form):
    """How something due was done."""

    how = Line(label=_("How was it done?"), most=300, required=True, help_text=_("To whom, in what manner"))


class WithdrawForm(forms.Form):
    """Why the asking agency took its request back."""

    because = Line(label=_("Why, as the agency says"), most=300)


class TimedForm(forms.Form):
    """A form with one instant, `at`, that is now when left empty."""

    at_label: Any = _("When?")

    def __init__(self, *args: Any, agency: Agency, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now
        self.fields["at"] = WhenField(
            label=self.at_label, zone=agency.tz, now=now, required=False,
            help_text=_("Empty means now. Time as 03:20, or day and time as 3/2/2026 03:20"),
        )  # fmt: skip

    def clean_at(self) -> datetime:
        found: datetime = self.cleaned_data["at"] or self.now
        return found


class ServeForm(TimedForm):
    """When and in what manner the person was given a copy."""

    at_label = _("Given at")
    how = forms.ChoiceField(label=_("In what manner?"), choices=HOW_GIVEN)


class GiveForm(TimedForm):
    """To whom papers were given, how and when."""

    at_label = _("Given at")
    to = Line(label=_("Given to"), required=True)
    how = forms.ChoiceField(label=_("In what manner?"), choices=HOW_GIVEN)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="give_%s", **kwargs)
        self.order_fields(["to", "how", "at"])


class LeaveForm(TimedForm):
    """How and when somebody left. Released, handed over, transferred and died are different events."""

    at_label = _("Left at")
    kind = forms.ChoiceField(
        label=_("How did the person leave?"), choices=choices_of(Departure.Kind), widget=forms.RadioSelect
    )
    to = Line(label=_("To whom, and where?"), help_text=_("For a transfer or handing over: agency and name"))
    past_limit_reason = Line(
        label=_("Why after the limit?"),
        most=4000,
        help_text=_("Needed where the limit has passed: what kept the person, in a sentence"),
        widget=forms.TextInput(attrs={"list": "reasons", "autocomplete": "off"}),
    )
    says = Line(label=_("Anything else to be written down"), most=4000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(["kind", "at", "past_limit_reason", "to", "says"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("kind") in ("handed_over", "transferred") and not data.get("to"):
            self.add_error(
                "to", _t("Expected the agency and the name of whoever took the person, found nothing.")
            )
        return data
