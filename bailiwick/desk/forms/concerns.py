"""The concern line: a report, a receipt code, an answer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bailiwick.custody.concerns import MOST
from bailiwick.custody.models import Agency
from bailiwick.desk.forms.words import Sentence

ABOUT = (
    ("held_past_limit", _("Somebody is or was kept past the time when they had to be free")),
    ("notice_not_given", _("Somebody was not given a paper or a notice that the law requires")),
    ("other", _("Something else about this jail")),
)
ABOUT_SHORT = {
    "held_past_limit": _("Kept past the limit"),
    "notice_not_given": _("Notice not given"),
    "other": _("Something else"),
}


class ReportForm(forms.Form):
    """What happened. Nobody is asked who they are."""

    about = forms.ChoiceField(label=_("What is it about?"), choices=ABOUT, widget=forms.RadioSelect)
    says = Sentence(
        label=_("What happened?"),
        most=MOST,
        help_text=_("Who, where, when, as far as you know it. You need not say who you are."),
    )

    def __init__(self, *args: Any, agencies: list[Agency], **more: Any) -> None:
        super().__init__(*args, **more)
        self.agencies = agencies
        if len(agencies) > 1:
            choices = [("", _("choose one")), *((str(one.pk), one.name) for one in agencies)]
            self.fields["agency"] = forms.ChoiceField(label=_("Which jail?"), choices=choices)
            self.order_fields(["agency"])
        self.fields["says"].widget.attrs.update({"rows": 8, "autocomplete": "off"})

    def agency(self) -> Agency:
        """The agency that was chosen, or the only one."""
        number = self.cleaned_data.get("agency")
        return next(one for one in self.agencies if number is None or str(one.pk) == number)


class ReceiptForm(forms.Form):
    """The code that was shown after a report."""

    code = forms.CharField(
        label=_("Receipt code"),
        max_length=40,
        help_text=_("16 letters and digits, as ABCD-EFGH-JKMN-PQRS"),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )


class AnswerForm(forms.Form):
    """What the compliance officer answers."""

    says = Sentence(label=_("Your answer, for whoever has the receipt code"), most=MOST)
