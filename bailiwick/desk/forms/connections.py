"""Forms of webhooks: where events are sent, and which."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

#: Kind of event to what it is, in the language of the page (`custody.exchange.webhooks.KINDS`).
MEANS = {
    "alarm.raised": _("something is due soon"),
    "due.missed": _("an instant passed and it was not done"),
    "due.set": _("something is to be done"),
    "due.done": _("it was done"),
    "booking.made": _("a booking"),
    "booking.sealed": _("a file was sealed"),
    "ground.opened": _("one more reason why the person is kept"),
    "ground.ended": _("one of these reasons ended"),
    "t0.set": _("the moment from which the person must be free is known, or changed"),
    "charge.added": _("a charge"),
    "charge.changed": _("a charge changed"),
    "request.received": _("an outside agency asks"),
    "request.served": _("the person was given a copy of a request"),
    "request.withdrawn": _("a request was withdrawn"),
    "citizenship.claimed": _("a claim of citizenship, which stops a hold"),
    "citizenship.reviewed": _("the claim was reviewed"),
    "answer.given": _("the engine answered"),
    "answer.signed": _("somebody signed what is done"),
    "answer.seconded": _("a second person signed"),
    "departure.recorded": _("the person left"),
    "file.corrected": _("a correction"),
    "subpoena.received": _("a subpoena"),
    "subpoena.to_counsel": _("a subpoena went to counsel"),
    "subpoena.answered": _("a subpoena was answered"),
    "import.finished": _("an import was read to its end (its rows are not sent one by one)"),
}


class WebhookForm(forms.Form):
    """Where, and what."""

    url = forms.CharField(
        label=_("Address"), max_length=500, help_text=_("https://…, a public address of your own system")
    )
    kinds = forms.MultipleChoiceField(
        label=_("Which events?"),
        choices=lambda: [(kind, f"{kind}: {means}") for kind, means in MEANS.items()],
        widget=forms.CheckboxSelectMultiple,
    )


class ChangeWebhookForm(WebhookForm):
    """Besides: on or off."""

    active = forms.BooleanField(label=_("Send to it"), required=False)
