"""The words of choices, as a clerk reads them; the values are those of a case."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

YES_NO = (("", _("not known yet")), ("yes", _("yes")), ("no", _("no")))

#: The paper on the table: its name here, to the kind of request and the form.
PAPERS: dict[str, tuple[Any, str, str]] = {
    "I-247A": (_("Immigration detainer, Form I-247A"), "immigration_detainer", "I-247A"),
    "I-247G": (
        _("Request for advance notification of release, Form I-247G (asks for no hold)"),
        "release_notification_request",
        "I-247G",
    ),
    "I-247": (_("Immigration detainer, Form I-247 (until 2015)"), "immigration_detainer", "I-247"),
    "I-247D": (_("Immigration detainer, Form I-247D (2015 to 2017)"), "immigration_detainer", "I-247D"),
    "I-247N": (
        _("Request for notification, Form I-247N (asks for no hold)"),
        "release_notification_request",
        "I-247N",
    ),
    "I-247X": (_("Request for transfer, Form I-247X"), "transfer_request", "I-247X"),
    "detainer": (_("Immigration detainer without a form"), "immigration_detainer", ""),
    "notification": (_("Request for notice of release without a form"), "release_notification_request", ""),
    "transfer": (_("Request for transfer without a form"), "transfer_request", ""),
    "administrative_warrant": (
        _("Warrant signed by an immigration officer, alone (I-200, I-205)"),
        "administrative_warrant",
        "",
    ),
    "judicial_warrant": (_("Warrant signed by a judge"), "judicial_warrant", ""),
    "administrative_subpoena": (_("Subpoena signed by no judge"), "administrative_subpoena", ""),
    "parole_warrant": (_("Parole warrant"), "parole_warrant", ""),
    "probation_hold": (_("Probation hold"), "probation_hold", ""),
    "military_deserter": (_("Military deserter notice"), "military_deserter", ""),
    "fugitive_warrant": (_("Fugitive warrant"), "fugitive_warrant", ""),
    "interstate_detainer": (_("Interstate detainer"), "interstate_detainer", ""),
}

KIND = {
    "immigration_detainer": _("Immigration detainer"),
    "release_notification_request": _("Request for notice of release"),
    "transfer_request": _("Request for transfer"),
    "administrative_warrant": _("Warrant signed by an immigration officer"),
    "judicial_warrant": _("Warrant signed by a judge"),
    "administrative_subpoena": _("Subpoena signed by no judge"),
    "judicial_subpoena": _("Subpoena signed by a judge"),
    "information_request": _("Request for information"),
    "parole_warrant": _("Parole warrant"),
    "probation_hold": _("Probation hold"),
    "military_deserter": _("Military deserter notice"),
    "fugitive_warrant": _("Fugitive warrant"),
    "interstate_detainer": _("Interstate detainer"),
}

#: What each paper is called on the pages; `bailiwick.papers.registry` says which there are.
PAPER_NAMES = {
    "copy_of_request": _("Copy of the request"),
    "statement_of_intent": _("What we will do about the request"),
    "release_notice_person": _("Notice of release to the person"),
    "release_notice_lawyer": _("Notice of release to the lawyer"),
    "consent_to_interview": _("Consent to an interview"),
    "reply_to_agency": _("Reply to the agency that asked"),
    "subpoena_reply": _("Reply to the subpoena"),
    "record_extract": _("The person's own file"),
}

WARRANT = (
    ("", _("not known yet")),
    ("none", _("nothing")),
    ("administrative", _("a warrant signed by an immigration officer (I-200, I-205)")),
    ("judicial_criminal", _("a criminal warrant signed by a judge")),
    ("judicial_civil", _("a civil warrant signed by a judge")),
    ("court_order", _("another court order")),
)

BASIS = (
    ("final_order", _("Box 1: a final order of removal")),
    ("pending_proceedings", _("Box 1: removal proceedings are pending")),
    ("biometric_match", _("Box 1: biometric match and a check of federal databases")),
    ("statements", _("Box 1: statements of the person, or other evidence")),
    ("resume_custody", _("Box 2: lent to this jail; the agency means to resume custody")),
)

STATUS = (
    ("", _("not known yet")),
    ("arrested", _("arrested")),
    ("charged", _("charged")),
    ("held_to_answer", _("held to answer")),
    ("convicted", _("convicted")),
    ("dismissed", _("dismissed")),
    ("acquitted", _("acquitted")),
)
GRADE = (
    ("", _("not known yet")),
    ("felony", _("felony")),
    ("misdemeanor", _("misdemeanor")),
    ("infraction", _("infraction")),
)

#: Languages of the papers, each in its own name.
LANGUAGES = (
    ("en", "English"),
    ("es", "Español"),
    ("zh", "中文"),
    ("tl", "Tagalog"),
    ("vi", "Tiếng Việt"),
    ("ko", "한국어"),
    ("ht", "Kreyòl ayisyen"),
    ("fr", "Français"),
    ("pt", "Português"),
    ("ar", "العربية"),
)

HOW_RECEIVED = (
    ("fax", _("fax")),
    ("e-mail", _("e-mail")),
    ("in person", _("in person")),
    ("system", _("a law-enforcement message system")),
    ("mail", _("mail")),
)
HOW_GIVEN = (
    ("in person", _("in person")),
    ("inmate mail", _("inmate mail")),
    ("e-mail", _("e-mail")),
    ("fax", _("fax")),
    ("mail", _("mail")),
)


def choices_of(kind: type[TextChoices]) -> list[tuple[str, Any]]:
    """The choices of a model in the language of the page: the file keeps their values, `tools/make_catalogue.py` their words."""
    return [(one.value, _(str(one.label))) for one in kind]


class YesNo(forms.TypedChoiceField):
    """Yes, no, or not known yet: `cleaned_data` holds True, False or None. Never a bare box, where no tick could mean either."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        kwargs.setdefault("widget", forms.RadioSelect)
        super().__init__(choices=YES_NO, coerce=lambda word: word == "yes", empty_value=None, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return {True: "yes", False: "no", None: ""}.get(value, value)


class Line(forms.CharField):
    """One line of text, not required."""

    def __init__(self, *, most: int = 200, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        super().__init__(max_length=most, **kwargs)


class Sentence(forms.CharField):
    """A few lines of text."""

    def __init__(self, *, most: int = 4000, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 3}))
        super().__init__(max_length=most, **kwargs)
