"""Webhooks: queued with their event, signed, tried again, given up and shown; never sent into the house."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import transaction

from bailiwick.custody import clocks, concerns, files
from bailiwick.custody.acting import Actor
from bailiwick.custody.errors import Refused
from bailiwick.custody.exchange import webhooks
from bailiwick.custody.exchange.addresses import ip_address, may_send, read_url, target
from bailiwick.custody.models import Agency, Alarm, Due, Person, User, Webhook, WebhookDelivery
from bailiwick.record.models import Event
from tests.exchange.conftest import AT, HEAD, Import, stay


class Receiver:
    """A program on loopback that keeps what it was sent and answers as told."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.status = 204
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(receiver.status)
                if receiver.status == 302:
                    self.send_header("Location", f"{receiver.url}elsewhere")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()


@pytest.fixture
def receiver(settings_of_webhooks: None) -> Iterator[Receiver]:
    found = Receiver()
    yield found
    found.server.shutdown()
    found.server.server_close()


@pytest.fixture
def settings_of_webhooks() -> Iterator[None]:
    from django.test import override_settings

    with override_settings(WEBHOOK_NETWORKS=["127.0.0.0/8"]):
        yield


@pytest.fixture
def webhook(receiver: Receiver, jail: Actor) -> Webhook:
    return webhooks.make(jail, url=receiver.url, kinds=["booking.made", "due.missed", "alarm.raised"])


def book(jail: Actor, number: str = "1") -> None:
    desk = Actor(jail.agency, jail.at, jail.user, how="page")
    files.book(
        desk,
        number=number,
        person={"family_name": "Doe", "given_name": "Alex"},
        booked_at=AT,
        grounds=[{"kind": "arrest"}],
    )


def test_an_event_of_a_chosen_kind_is_sent_and_names_no_person(
    jail: Actor, webhook: Webhook, receiver: Receiver
) -> None:
    book(jail)
    assert [d.event for d in WebhookDelivery.objects.all()] == [Event.objects.get(kind="booking.made").pk]
    assert webhooks.deliver_due(AT) == 1
    headers, body = receiver.got[0]
    said = json.loads(body)
    assert (said["type"], said["data"]["booking"]) == ("booking.made", "1")
    assert b"Doe" not in body
    assert b"Alex" not in body
    assert headers["content-type"] == "application/json"
    assert webhooks.deliver_due(AT + timedelta(days=1)) == 0


def test_the_signature_is_that_of_standard_webhooks(
    jail: Actor, webhook: Webhook, receiver: Receiver
) -> None:
    book(jail)
    webhooks.deliver_due(AT)
    headers, body = receiver.got[0]
    # written out here from the specification: HMAC-SHA256 of "id.timestamp.body" under the Base64 after whsec_
    key = base64.b64decode(webhook.secret.split("_", 1)[1])
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    wanted = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{wanted}"
    assert abs(int(headers["webhook-timestamp"]) - AT.timestamp()) < 5


def test_the_signature_of_the_published_example() -> None:
    # the test vector of the Standard Webhooks libraries
    assert webhooks.signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
    ) == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="  # fmt: skip


def test_what_is_rolled_back_is_not_sent(jail: Actor, webhook: Webhook) -> None:
    with transaction.atomic():
        book(jail)
        transaction.set_rollback(True)
    assert WebhookDelivery.objects.count() == 0


def test_other_kinds_other_agencies_and_a_webhook_switched_off_are_left_alone(
    jail: Actor, webhook: Webhook
) -> None:
    from tests.conftest import make_agency

    book(jail)
    book(Actor(make_agency("Other"), AT, how="page"), "9")
    assert WebhookDelivery.objects.count() == 1
    webhooks.change(jail, webhook, active=False)
    book(jail, "2")
    assert WebhookDelivery.objects.filter(given_up_at=None).count() == 0


def test_a_failed_delivery_is_tried_again_with_growing_pauses_then_given_up_and_noted(
    jail: Actor, webhook: Webhook, receiver: Receiver
) -> None:
    receiver.status = 500
    book(jail)
    at, waits = AT, []
    for _ in range(30):
        delivery = WebhookDelivery.objects.get()
        if delivery.given_up_at:
            break
        waits.append(delivery.next_at - at)
        at = max(at, delivery.next_at) + timedelta(seconds=1)
        webhooks.deliver_due(at)
    assert len(receiver.got) == 10
    assert waits[1:] == sorted(waits[1:])
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1
    assert delivery.last_answer.startswith("500")
    assert Event.objects.get(kind="webhook.given_up").data["tries"] == 10
    receiver.status = 200
    webhooks.try_again(jail.later(at), delivery)
    assert webhooks.deliver_due(at) == 1


def test_a_webhook_that_fails_holds_up_nobody(jail: Actor, webhook: Webhook, receiver: Receiver) -> None:
    dead = webhooks.make(jail, url="http://127.0.0.1:9/", kinds=["booking.made"])
    for number in "123":
        book(jail, number)
    assert webhooks.deliver_due(AT) == 3
    assert sorted(webhooks.waiting(dead).values_list("tries", flat=True)) == [0, 0, 1]


def test_a_redirect_is_not_followed(jail: Actor, webhook: Webhook, receiver: Receiver) -> None:
    receiver.status = 302
    book(jail)
    assert webhooks.deliver_due(AT) == 0
    assert len(receiver.got) == 1


def test_gone_switches_the_webhook_off(jail: Actor, webhook: Webhook, receiver: Receiver) -> None:
    receiver.status = 410
    book(jail)
    webhooks.deliver_due(AT)
    webhook.refresh_from_db()
    assert not webhook.active


def test_a_sealed_or_juvenile_file_is_not_named(
    webhook: Webhook, receiver: Receiver, agency: Agency, supervisor: User
) -> None:
    desk = Actor(agency, AT, supervisor, how="page")
    person = Person.objects.create(agency=agency, family_name="Doe", given_name="Alex")
    files.book(desk, number="7", person=person, booked_at=AT, juvenile=True)
    webhooks.deliver_due(AT)
    assert json.loads(receiver.got[0][1])["data"]["booking"] is None


def test_an_alarm_goes_out_by_webhook_and_says_so(
    jail: Actor, webhook: Webhook, receiver: Receiver, agency: Agency
) -> None:
    from bailiwick.desk.jobs import tell

    booking = stay(agency)
    desk = Actor(agency, AT, jail.user, how="page")
    clocks.owe(
        desk,
        kind=Due.Kind.NOTICE,
        source="x",
        what="tell the lawyer",
        since=AT,
        due_at=AT + timedelta(hours=2),
        booking=booking,
    )
    late = AT + timedelta(hours=3)
    assert clocks.raise_alarms(late, tell) == 2
    assert [alarm.told for alarm in Alarm.objects.order_by("at")] == [["page", "webhook 127.0.0.1"]] * 2
    webhooks.deliver_due(late)
    assert [json.loads(body)["type"] for _, body in receiver.got] == ["alarm.raised", "due.missed"]
    assert json.loads(receiver.got[1][1])["data"]["what"] == "tell the lawyer"


def test_rows_of_an_import_are_not_sent_one_by_one(jail: Actor, receiver: Receiver, imported: Import) -> None:
    webhooks.make(jail, url=receiver.url, kinds=["booking.made", "import.finished"])
    imported("bookings", f"{HEAD}\n1,Doe,A,2026-03-01 22:00,,arrest\n2,Doe,B,2026-03-01 22:00,,arrest\n")
    webhooks.deliver_due(AT)
    assert [json.loads(body)["type"] for _, body in receiver.got] == ["import.finished"]
    assert json.loads(receiver.got[0][1])["data"]["taken"] == 2


def test_a_concern_is_never_sent(jail: Actor, receiver: Receiver) -> None:
    with pytest.raises(Refused, match=r"found concern\.received"):
        webhooks.make(jail, url=receiver.url, kinds=["concern.received"])
    assert not [kind for kind in webhooks.KINDS if kind.startswith(("concern", "account", "file.viewed"))]
    concerns.report(jail, about="other", says="something")
    assert WebhookDelivery.objects.count() == 0


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "::1",
     "fe80::1", "fd00::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::"],
)  # fmt: skip
def test_addresses_of_the_house_are_refused(address: str) -> None:
    assert not may_send(ip_address(address))
    with pytest.raises(OSError, match="not a public address"):
        target(urlsplit("https://hook.example/"), (), lambda host, port: ["93.184.216.34", address])


def test_a_network_that_the_installation_names_is_allowed() -> None:
    assert may_send(ip_address("10.1.2.3"), ["10.1.0.0/16"])
    assert not may_send(ip_address("10.2.2.3"), ["10.1.0.0/16"])
    assert target(
        urlsplit("https://hook.example:8443/"), ["10.1.0.0/16"], lambda host, port: ["10.1.2.3"]
    ) == ("10.1.2.3", 8443)


@pytest.mark.parametrize(
    "url",
    ["http://hook.example/", "ftp://hook.example/", "https://", "https://user:secret@hook.example/", "https://hook.example:99999/",
     "hook", "http://127.0.0.1/", "file:///etc/passwd"],
)  # fmt: skip
def test_addresses_that_cannot_be_are_refused_when_the_webhook_is_made(url: str) -> None:
    with pytest.raises(Refused):
        read_url(url)


def test_a_private_address_is_refused_when_it_is_sent_to(jail: Actor) -> None:
    webhook = Webhook.objects.create(
        agency=jail.agency, url="https://127.0.0.1/", kinds=["booking.made"], secret=webhooks.new_secret()
    )
    book(jail)
    webhooks.deliver_due(AT)
    assert "not a public address" in webhooks.waiting(webhook).get().last_answer
