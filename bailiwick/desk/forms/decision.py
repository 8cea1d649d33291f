"""The questions an answer leaves open, as fields, and the choices a person signs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from bailiwick.custody.models import Agency
from bailiwick.desk.fact_words import value_words
from bailiwick.desk.forms.booking import ChargeRow
from bailiwick.desk.forms.times import DayField, WhenField
from bailiwick.desk.forms.words import BASIS, WARRANT, YesNo
from bailiwick.engine.change import fact_question
from bailiwick.engine.facts import FACTS, Type

#: Asked by a form of its own, or by nobody at the desk.
CHARGES = ("charges", "charges_complete")
_CHOICES: dict[str, Any] = {"request.warrant": WARRANT}


def field_name(fact: str) -> str:
    """The name of a fact's field: `person.age` is `fact_person__age`."""
    return "fact_" + fact.replace(".", "__")


def askable(facts: Iterable[str]) -> list[str]:
    """Those that can be answered here: facts of the case, not of a charge, nor norms that counsel must read."""
    return [fact for fact in facts if fact in FACTS and not FACTS[fact].of_charge and fact not in CHARGES]


class QuestionsForm(forms.Form):
    """One field a missing fact: yes, no, or not known yet; what stays unknown is left as it is."""

    def __init__(self, *args: Any, facts: Iterable[str], agency: Agency, now: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.facts = list(facts)
        for fact in self.facts:
            self.fields[field_name(fact)] = _field(fact, agency, now)

    def said(self) -> dict[str, Any]:
        """Fact to value, of those that were answered."""
        values = {fact: self.cleaned_data.get(field_name(fact)) for fact in self.facts}
        return {fact: _plain(value) for fact, value in values.items() if value not in (None, "", [])}

    def changed(self, before: Mapping[str, Any]) -> dict[str, Any]:
        """Fact to value, of those that say something else than `before`; None takes an answer back."""
        values = {fact: _plain(self.cleaned_data.get(field_name(fact))) for fact in self.facts}
        values = {fact: None if value in ("", []) else value for fact, value in values.items()}
        return {fact: value for fact, value in values.items() if value != before.get(fact)}

    def rows(self) -> list[tuple[str, forms.BoundField]]:
        """Each fact with its field."""
        return [(fact, self[field_name(fact)]) for fact in self.facts]


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _field(fact: str, agency: Agency, now: Any) -> forms.Field:
    known = FACTS[fact]
    more: dict[str, Any] = {"label": _t(fact_question(fact)), "required": False}
    match known.type:
        case Type.BOOLEAN:
            return YesNo(**more)
        case Type.INTEGER:
            return forms.IntegerField(min_value=0, max_value=200, **more)
        case Type.DATE:
            return DayField(**more)
        case Type.INSTANT:
            return WhenField(zone=agency.tz, now=now, **more)
        case Type.TEXTS:
            return forms.MultipleChoiceField(choices=BASIS, widget=forms.CheckboxSelectMultiple, **more)
        case Type.TEXT if known.values:
            words = _CHOICES.get(fact) or [
                ("", _t("not known yet")),
                *((v, value_words(fact, v)) for v in known.values),
            ]
            return forms.ChoiceField(choices=words, **more)
        case _:
            return forms.CharField(max_length=200, **more)


class CheckForm(ChargeRow):
    """What a record check shows: one conviction or charge (empty where it shows none), and whether that is all."""

    wobbler = YesNo(label=_("Could it have been charged as felony or misdemeanor?"))
    charges_complete = YesNo(label=_("Is that the whole record?"))

    def clean(self) -> dict[str, Any]:
        whole = self.cleaned_data.pop("charges_complete", None)
        data = super().clean()
        data["charges_complete"] = whole
        return data

    def charge(self) -> dict[str, Any] | None:
        """The fields of the charge; None where none was typed."""
        data = {name: value for name, value in self.cleaned_data.items() if name != "charges_complete"}
        return data if data.get("statute") or data.get("description") else None


class SignForm(forms.Form):
    """What is done about each action; where it departs from the answer, why."""

    reason = forms.CharField(
        label=_("Why is it done otherwise than the answer says?"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Needed only where you depart from the answer; a second person must then agree"),
    )

    def __init__(self, *args: Any, actions: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actions = dict(actions)
        for action, outcome in self.actions.items():
            self.fields[f"do_{action}"] = forms.ChoiceField(
                choices=[("honor", _t("we do it")), ("decline", _t("we do not"))],
                widget=forms.RadioSelect,
                initial={"required": "honor", "forbidden": "decline"}.get(outcome),
                label=action,
            )

    def chosen(self) -> dict[str, str]:
        """Action to `honor` or `decline`."""
        return {action: self.cleaned_data[f"do_{action}"] for action in self.actions}
