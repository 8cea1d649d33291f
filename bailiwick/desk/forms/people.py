"""Accounts and the agency, as an administrator fills them in."""

from __future__ import annotations

import secrets
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from bailiwick.custody.models import Agency, User
from bailiwick.desk.forms.words import Line, Sentence

#: Role to its name and what it is for.
ROLES = (
    ("clerk", _("Clerk: books people, takes in requests, prints and gives papers, records releases")),
    ("supervisor", _("Supervisor: what a clerk does; signs as second person, seals files, reads the log")),
    (
        "counsel",
        _("Counsel: signs as second person, answers subpoenas, reviews translations; keeps no bookings"),
    ),
    ("auditor", _("Auditor: sees files and the log and reviews it; changes nothing")),
    ("reporter", _("Reporter: sees reports and figures; no file of a person")),
    (
        "administrator",
        _("Administrator: keeps accounts, connections and the agency’s address; no file of a person"),
    ),
)
ROLE = {
    "clerk": _("Clerk"),
    "supervisor": _("Supervisor"),
    "counsel": _("Counsel"),
    "auditor": _("Auditor"),
    "reporter": _("Reporter"),
    "administrator": _("Administrator"),
}
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def temporary_password() -> str:
    """Four groups of five letters and digits that are not mistaken for one another (98 bits)."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(4))


class AccountForm(forms.Form):
    """An account as it stands."""

    marks_optional = True
    first_name = forms.CharField(label=_("Given name"), max_length=150)
    last_name = forms.CharField(label=_("Family name"), max_length=150)
    email = forms.EmailField(
        label=_("E-mail address"),
        required=False,
        help_text=_("Where alarms are sent, for whoever owns something that is due"),
    )
    role = forms.ChoiceField(label=_("Role"), choices=ROLES, widget=forms.RadioSelect)
    sees_sealed = forms.BooleanField(
        label=_("May see sealed and juvenile files, whatever the role"), required=False
    )
    compliance_officer = forms.BooleanField(
        label=_("Is the compliance officer: reads and answers the concern line"), required=False
    )
    is_active = forms.BooleanField(label=_("May log in"), required=False)

    @classmethod
    def of(cls, user: User, data: Any = None) -> AccountForm:
        return cls(data, initial={name: getattr(user, name) for name in cls.base_fields})


class NewAccountForm(AccountForm):
    """A new account."""

    username = forms.CharField(
        label=_("User name"),
        max_length=150,
        help_text=_("Letters, digits and . - _ @; with an identity provider the same name as there"),
        validators=[
            RegexValidator(r"\A[\w.@+-]+\Z", _("Expected letters, digits and . - _ @ without spaces."))
        ],
    )
    field_order = (
        "username",
        "first_name",
        "last_name",
        "email",
        "role",
        "sees_sealed",
        "compliance_officer",
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        del self.fields["is_active"]


class AgencyForm(forms.Form):
    """How the agency is reached, and when its files are sealed."""

    marks_optional = True
    address = forms.CharField(
        label=_("Address, as printed on papers"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    telephone = Line(label=_("Telephone"), most=60)
    contact = Line(label=_("Whom a person may call about their file"))
    alarm_email = forms.EmailField(
        label=_("E-mail address for alarms"),
        required=False,
        help_text=_("Letters name the number of a booking and nobody"),
    )
    seal_after_days = forms.IntegerField(
        label=_("Days after release until a file is sealed"), required=False, min_value=0, max_value=36_500,
        help_text=_("Empty: files stay open to view. Ask counsel what the law here says."),
    )  # fmt: skip

    @classmethod
    def of(cls, agency: Agency, data: Any = None) -> AgencyForm:
        return cls(data, initial={name: getattr(agency, name) for name in cls.base_fields})


class TokenForm(forms.Form):
    """A token for a program."""

    name = forms.CharField(label=_("What the token is for"), max_length=120)


class ReviewForm(forms.Form):
    """What somebody found in a week of the log."""

    says = Sentence(label=_("What you looked at and what you found"))
