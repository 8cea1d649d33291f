"""Forms of webhooks: where events are sent, and which."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from bailiwick.custody.exchange.webhooks import KINDS


class WebhookForm(forms.Form):
    """Where, and what."""

    url = forms.CharField(
        label=_("Address"), max_length=500, help_text=_("https://…, a public address of your own system")
    )
    kinds = forms.MultipleChoiceField(
        label=_("Which events?"),
        choices=[(kind, f"{kind}: {means}") for kind, means in KINDS.items()],
        widget=forms.CheckboxSelectMultiple,
    )


class ChangeWebhookForm(WebhookForm):
    """Besides: on or off."""

    active = forms.BooleanField(label=_("Send to it"), required=False)
