"""Connections: where events are sent (webhooks), what was sent or given up; letters of alarm that did not simply go out."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, URLResolver, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from bailiwick.custody.errors import Refused
from bailiwick.custody.exchange import letters, webhooks
from bailiwick.custody.models import Webhook, WebhookDelivery
from bailiwick.custody.rights import agency_of, allowed, found
from bailiwick.desk.forms.connections import ChangeWebhookForm, WebhookForm
from bailiwick.desk.pages.people import actor_of
from bailiwick.desk.refusal_words import refusal_words

MOST = 50


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("manage_connections")
def connections(request: HttpRequest) -> HttpResponse:
    """Every webhook with what waits for it and what was given up; letters to look at; a form for another webhook."""
    form = WebhookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = webhooks.make(actor_of(request), **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, refusal_words(refused))
        else:
            return _one(request, made, secret=made.secret)
    agency = agency_of(request)
    deliveries = WebhookDelivery.objects.filter(agency=agency)
    rows = [
        (
            one,
            webhooks.waiting(one).count(),
            deliveries.filter(webhook=one).exclude(given_up_at=None).count(),
            deliveries.filter(webhook=one).exclude(delivered_at=None).order_by("-delivered_at").first(),
        )
        for one in webhooks.of(agency)
    ]
    lost = deliveries.filter(webhook__active=True).exclude(given_up_at=None).count()
    lost += letters.to_look_at(agency).exclude(given_up_at=None).count()
    shown = {
        "rows": rows,
        "lost": lost,
        "form": form,
        "letters": list(letters.to_look_at(agency)[:MOST]),
        "tz": agency.tz,
    }
    return render(request, "connections/list.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("manage_connections")
def webhook(request: HttpRequest, pk: int) -> HttpResponse:
    """One webhook: change it, and see what was sent."""
    held = found(request, Webhook, pk=pk)
    if request.method != "POST":
        return _one(request, held)
    form = ChangeWebhookForm(request.POST)
    if form.is_valid():
        try:
            webhooks.change(actor_of(request), held, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, refusal_words(refused))
        else:
            messages.success(request, _("The webhook is changed."))
            return redirect("webhook", pk)
    return _one(request, held, form=form)


def _one(request: HttpRequest, held: Webhook, *, secret: str = "", form: Any = None) -> HttpResponse:
    rows = list(WebhookDelivery.objects.filter(webhook=held).order_by("-pk")[:MOST])
    kinds = webhooks.kinds_of(rows)
    shown = {
        "webhook": held,
        "secret": secret,
        "form": form
        or ChangeWebhookForm(initial={"url": held.url, "kinds": held.kinds, "active": held.active}),
        "rows": [(one, kinds.get(one.event, "")) for one in rows],
        "tz": agency_of(request).tz,
    }
    return render(request, "connections/one.html", shown)


@require_POST
@allowed("manage_connections")
def renew(request: HttpRequest, pk: int) -> HttpResponse:
    """A new secret, shown once."""
    renewed = webhooks.renew(actor_of(request), found(request, Webhook, pk=pk))
    return _one(request, renewed, secret=renewed.secret)


@require_POST
@allowed("manage_connections")
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Send once more what was given up."""
    held = found(request, WebhookDelivery, pk=pk)
    try:
        webhooks.try_again(actor_of(request), held)
    except Refused as refused:
        messages.info(request, refusal_words(refused))
    return redirect("webhook", held.webhook_id)


urlpatterns: list[URLPattern | URLResolver] = [
    path("connections", connections, name="connections"),
    path("connections/<int:pk>", webhook, name="webhook"),
    path("connections/<int:pk>/secret", renew, name="webhook_secret"),
    path("connections/deliveries/<int:pk>/again", again, name="delivery_again"),
]
