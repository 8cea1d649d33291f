"""Papers: in which language they are printed, to whom and how they were given, who signed a translation."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bailiwick.custody.models import Agency
from bailiwick.desk.forms.times import WhenField
from bailiwick.desk.forms.words import HOW_GIVEN, LANGUAGES


class LanguageForm(forms.Form):
    """In which language beside English; for notices of release also the date that was told."""

    def __init__(
        self,
        *args: Any,
        languages: tuple[str, ...],
        release: bool,
        agency: Agency,
        now: datetime,
        **more: Any,
    ) -> None:
        super().__init__(*args, **more)
        self.fields["language"] = forms.ChoiceField(
            label=_("Language of the paper"), choices=[one for one in LANGUAGES if one[0] in languages]
        )
        if release:
            self.fields["release"] = WhenField(
                label=_("Release date that the agency was told"), zone=agency.tz, now=now,
                help_text=_("Day and time as 3/9/2026 17:00"),
            )  # fmt: skip


class GiveForm(forms.Form):
    """To whom, how and when."""

    def __init__(self, *args: Any, agency: Agency, now: datetime, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["to"] = forms.CharField(label=_("Given to"), max_length=200)
        self.fields["how"] = forms.ChoiceField(label=_("How was it given?"), choices=HOW_GIVEN)
        self.fields["at"] = WhenField(
            label=_("Given at"), zone=agency.tz, now=now, required=False,
            help_text=_("Empty means now. Time as 22:00, or day and time as 3/1/2026 22:00"),
        )  # fmt: skip


class SignOffForm(forms.Form):
    """The reviewer of a translation, and what they can show for it."""

    reviewer = forms.CharField(label=_("Name of the reviewer"), max_length=200)
    standing = forms.CharField(
        label=_("What the reviewer can show"),
        max_length=300,
        help_text=_("Such as: court-certified interpreter, number of the certificate"),
    )
