"""Webhooks: events of chosen kinds, sent to an agency's own systems, signed, tried again with growing pauses.

The database queues a delivery in the transaction that appends the event (migration 0006), so neither exists without the other.
What is sent names the kind, the booking number and the event's number in the record, and no person. Signed as Standard Webhooks
1.0.0 says: `webhook-id`, `webhook-timestamp`, `webhook-signature`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import secrets
import socket
import ssl
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from bailiwick.custody.acting import Actor, note
from bailiwick.custody.errors import Refused
from bailiwick.custody.exchange.addresses import read_url, target
from bailiwick.custody.exchange.handing import note_at_once
from bailiwick.custody.models import Agency, Alarm, Booking, Webhook, WebhookDelivery
from bailiwick.record.log import instant
from bailiwick.record.models import Event, Leaf

#: Kinds of events that may be sent. Concerns, log-ins and views of files are never among them.
KINDS: dict[str, str] = {
    "alarm.raised": "something is due soon",
    "due.missed": "an instant passed and it was not done",
    "due.set": "something is to be done",
    "due.done": "it was done",
    "booking.made": "a booking",
    "booking.sealed": "a file was sealed",
    "ground.opened": "one more reason why the person is kept",
    "ground.ended": "one of these reasons ended",
    "t0.set": "the moment from which the person must be free is known, or changed",
    "charge.added": "a charge",
    "charge.changed": "a charge changed",
    "request.received": "an outside agency asks",
    "request.served": "the person was given a copy of a request",
    "request.withdrawn": "a request was withdrawn",
    "citizenship.claimed": "a claim of citizenship, which stops a hold",
    "citizenship.reviewed": "the claim was reviewed",
    "answer.given": "the engine answered",
    "answer.signed": "somebody signed what is done",
    "answer.seconded": "a second person signed",
    "departure.recorded": "the person left",
    "file.corrected": "a correction",
    "subpoena.received": "a subpoena",
    "subpoena.to_counsel": "a subpoena went to counsel",
    "subpoena.answered": "a subpoena was answered",
    "import.finished": "an import was read to its end (its rows are not sent one by one)",
}
#: How long to wait after each failed try; after the last one it is given up.
PAUSES = (
    *(timedelta(minutes=n) for n in (1, 5, 30)),
    *(timedelta(hours=n) for n in (2, 5, 10, 14, 20, 24)),
)
#: Seconds to connect and to answer.
PATIENCE = 10
_SECRET = "whsec_"


# ------------------------------------------------------------------------------------------------- who is told what


@transaction.atomic
def make(actor: Actor, *, url: str, kinds: Sequence[str]) -> Webhook:
    """A webhook of the agency, with a new secret (`Webhook.secret`).

    Raises:
        Refused: an address or kinds that cannot be.
    """
    webhook = Webhook.objects.create(
        agency=actor.agency, url=_url(url), kinds=_kinds(kinds), secret=new_secret()
    )
    note(actor, "webhook.made", webhook, url=webhook.url, kinds=webhook.kinds)
    return webhook


@transaction.atomic
def change(
    actor: Actor,
    webhook: Webhook,
    *,
    url: str | None = None,
    kinds: Sequence[str] | None = None,
    active: bool | None = None,
) -> Webhook:
    """Another address, other kinds, on or off. What waits for one that is switched off is given up."""
    held = _held(actor, webhook)
    if url is not None:
        held.url = _url(url)
    if kinds is not None:
        held.kinds = _kinds(kinds)
    if active is not None:
        held.active = active
    held.save(update_fields=["url", "kinds", "active"])
    if not held.active:
        waiting(held).update(given_up_at=actor.at, last_answer="the webhook was switched off")
    note(actor, "webhook.changed", held, url=held.url, kinds=held.kinds, active=held.active)
    return held


@transaction.atomic
def renew(actor: Actor, webhook: Webhook) -> Webhook:
    """A new secret; the old one is worth nothing from now on."""
    held = _held(actor, webhook)
    held.secret = new_secret()
    held.save(update_fields=["secret"])
    note(actor, "webhook.secret_renewed", held)
    return held


@transaction.atomic
def try_again(actor: Actor, delivery: WebhookDelivery) -> WebhookDelivery:
    """Send once more what was given up."""
    held = (
        WebhookDelivery.objects.select_for_update(of=("self",)).select_related("webhook").get(pk=delivery.pk)
    )
    _held(actor, held.webhook)
    if held.given_up_at is None:
        raise Refused("This delivery was not given up.")
    held.given_up_at, held.tries, held.next_at = None, 0, actor.at
    held.save(update_fields=["given_up_at", "tries", "next_at"])
    note(actor, "webhook.tried_again", held, event=held.event)
    return held


def _held(actor: Actor, webhook: Webhook) -> Webhook:
    held = Webhook.objects.select_for_update().get(pk=webhook.pk)
    if held.agency_id != actor.agency.pk:
        raise Refused("This webhook belongs to another agency.")
    return held


def _url(url: str) -> str:
    read_url(url, allowed_networks())
    if len(url.strip()) > 500:
        raise Refused("Address: expected at most 500 characters, found %(length)s.", length=len(url.strip()))
    return url.strip()


def _kinds(kinds: Sequence[str]) -> list[str]:
    strange = sorted(set(kinds) - set(KINDS))
    if strange or not kinds:
        raise Refused(
            "Kinds: expected some of %(kinds)s; found %(strange)s.",
            kinds=", ".join(KINDS),
            strange=", ".join(strange) or "none",
        )
    return [kind for kind in KINDS if kind in kinds]


def allowed_networks() -> list[str]:
    """Networks that may be sent to although they are not public: BAILIWICK_WEBHOOK_NETWORKS."""
    return list(getattr(settings, "WEBHOOK_NETWORKS", []))


def new_secret() -> str:
    return _SECRET + base64.b64encode(secrets.token_bytes(32)).decode()


def waiting(webhook: Webhook) -> Any:
    """Deliveries not delivered and not given up."""
    return WebhookDelivery.objects.filter(webhook=webhook, delivered_at=None, given_up_at=None)


def queue_alarm(alarm: Alarm) -> list[str]:
    """By which webhooks an alarm goes out. The event that raises it queues the deliveries itself, in the same transaction."""
    kind = "due.missed" if alarm.stage == Alarm.Stage.MISSED else "alarm.raised"
    rows = Webhook.objects.filter(agency=alarm.agency, active=True, kinds__contains=[kind]).order_by("pk")
    return [f"webhook {urlsplit(row.url).hostname}" for row in rows]


# ------------------------------------------------------------------------------------------------------- the message


def body_of(event: Event) -> bytes:
    """What is sent: `{"type", "timestamp", "data": {"agency", "booking", "event"}}`, of alarms what is due and by when too.

    A sealed or juvenile file is not named.
    """
    data: dict[str, Any] = {"agency": event.agency_id, "booking": _booking(event), "event": _number(event)}
    if event.kind in ("alarm.raised", "due.missed"):
        said = event.data
        data |= {name: said.get(name) for name in ("what", "stage", "due_at")}
    if event.kind == "import.finished":
        said = event.data
        data |= {name: said.get(name) for name in ("table", "read", "taken", "unchanged", "set_aside")}
    return json.dumps(
        {"type": event.kind, "timestamp": instant(event.at), "data": data}, ensure_ascii=False
    ).encode()


def _booking(event: Event) -> str | None:
    table, _, number = event.subject.partition("/")
    if table != "booking":
        return None
    found = Booking.objects.filter(pk=number, juvenile=False, sealed_at=None).first()
    return found.number if found else None


def _number(event: Event) -> int | None:
    return Leaf.objects.filter(event_id=event.pk).values_list("number", flat=True).first()


def signature(secret: str, message: str, at: int, body: bytes) -> str:
    """`v1,` and the HMAC-SHA256, in Base64, of `id.timestamp.body` under the secret."""
    key = base64.b64decode(secret.removeprefix(_SECRET))
    signed = hmac.new(key, f"{message}.{at}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(signed).decode()}"


# --------------------------------------------------------------------------------------------------------- sending


@dataclass(frozen=True, slots=True)
class Reply:
    """`status` 0: nobody answered, `says` why."""

    status: int
    says: str

    @property
    def good(self) -> bool:
        return 200 <= self.status < 300


def deliver_due(now: datetime, most: int = 200) -> int:
    """Send what waits and whose time has come. Returns how many were delivered.

    A webhook that does not answer is asked once a sweep, so it holds up nobody else. Each try is committed before it is made; one
    without an end, because the process died in between, is made again after its pause, under the same `webhook-id`.
    """
    begun, failed, delivered = time.monotonic(), set[int](), 0
    for _ in range(most):
        at = now + timedelta(seconds=time.monotonic() - begun)
        delivery = _claim(at, failed)
        if delivery is None:
            break
        reply = send(
            delivery.webhook, f"delivery_{delivery.pk}", body_of(Event.objects.get(pk=delivery.event)), at
        )
        if reply.good:
            note_at_once(_DELIVERED, [at, _answer(reply), delivery.pk])
            delivered += 1
        else:
            _failed(delivery, reply, at)
            failed.add(delivery.webhook_id)
    return delivered


#: One statement; run twice it does nothing the second time.
_DELIVERED = """
UPDATE custody_webhookdelivery SET delivered_at = %s, given_up_at = NULL, last_answer = %s
WHERE id = %s AND delivered_at IS NULL
"""
_INTERRUPTED = "interrupted; whether it arrived is not known"


def _claim(now: datetime, failed: set[int]) -> WebhookDelivery | None:
    """The next delivery, its try counted and the one after it set, committed before anything leaves."""
    while True:
        with transaction.atomic():
            delivery = (
                WebhookDelivery.objects.select_for_update(skip_locked=True, of=("self",))
                .filter(delivered_at=None, given_up_at=None, next_at__lte=now, webhook__active=True)
                .exclude(webhook__in=failed)
                .select_related("webhook", "agency")
                .order_by("next_at", "pk")
                .first()
            )
            if delivery is None:
                return None
            if delivery.tries > len(PAUSES):  # the last try has no end
                _give_up(delivery, now)
                delivery.save()
                continue
            delivery.next_at = now + PAUSES[min(delivery.tries, len(PAUSES) - 1)]
            delivery.tries, delivery.last_answer = delivery.tries + 1, _INTERRUPTED
            delivery.save()
            return delivery


def _answer(reply: Reply) -> str:
    return f"{reply.status} {reply.says}".strip()[:300]


@transaction.atomic
def _failed(delivery: WebhookDelivery, reply: Reply, now: datetime) -> None:
    delivery.last_answer = _answer(reply)
    if reply.status == http.client.GONE:
        _give_up(delivery, now)
        Webhook.objects.filter(pk=delivery.webhook_id).update(active=False)
    elif delivery.tries > len(PAUSES):
        _give_up(delivery, now)
    delivery.save()


def _give_up(delivery: WebhookDelivery, now: datetime) -> None:
    delivery.given_up_at = now
    note(
        Actor(delivery.agency, now, how="job"), "webhook.given_up", delivery,
        webhook=delivery.webhook_id, event=delivery.event, tries=delivery.tries, answer=delivery.last_answer,
    )  # fmt: skip


def send(webhook: Webhook, message: str, body: bytes, now: datetime) -> Reply:
    """One try. Redirects are not followed; whatever goes wrong is an answer, never an exception."""
    allowed = allowed_networks()
    try:
        parts = read_url(webhook.url, allowed)
        address, port = target(parts, allowed)
        at = int(now.timestamp())
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Bailiwick",
            "webhook-id": message,
            "webhook-timestamp": str(at),
            "webhook-signature": signature(webhook.secret, message, at, body),
        }
        assert parts.hostname is not None
        wire = _Wire(parts.hostname, port, address, secure=parts.scheme == "https")
        try:
            wire.request(
                "POST", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""), body, headers
            )
            answer = wire.getresponse()
            answer.read(1024)
            return Reply(answer.status, answer.reason)
        finally:
            wire.close()
    except (OSError, http.client.HTTPException, Refused, ValueError) as error:
        return Reply(0, " ".join(str(error).split()) or type(error).__name__)


class _Wire(http.client.HTTPConnection):
    """A connection to the address that was checked, under the name that was asked for."""

    def __init__(self, host: str, port: int, address: str, *, secure: bool) -> None:
        super().__init__(host, port, timeout=PATIENCE)
        self._address, self._secure = address, secure
        if secure:
            self.default_port = http.client.HTTPS_PORT

    def connect(self) -> None:
        self.sock = socket.create_connection((self._address, self.port), self.timeout)
        if self._secure:
            self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)


def of(agency: Agency) -> Any:
    """The webhooks of an agency."""
    return Webhook.objects.filter(agency=agency).order_by("pk")


def kinds_of(deliveries: Sequence[WebhookDelivery]) -> dict[int, str]:
    """The kinds of the events that deliveries carry, by number of the event's row. Event of a file one may not see: not there."""
    rows = Event.objects.filter(pk__in=[one.event for one in deliveries])
    return dict(rows.values_list("pk", "kind"))
