"""Two agencies with one thing of every kind in the first, and people in every role of both: made once for the matrix."""

from __future__ import annotations

import functools
import hashlib
import io
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from cryptography.hazmat.primitives.asymmetric import ec
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.test import Client
from django.utils import timezone
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData

from bailiwick.custody import asking, concerns, files, subpoenas, tokens
from bailiwick.custody.acting import Actor
from bailiwick.custody.exchange import uploads
from bailiwick.custody.models import (
    Agency,
    ApiToken,
    Concern,
    Due,
    ImportRow,
    ImportRun,
    Paper,
    Role,
    TranslationReview,
    User,
    Webhook,
    WebhookDelivery,
)
from bailiwick.record.log import number_now
from bailiwick.record.models import Event
from tests.conftest import PASSWORD, make_agency

ROLES = tuple(Role.values)


#: With and without a look at the token of forms. Shared, because each loads the middleware anew.
_CLIENTS = {
    checks: Client(enforce_csrf_checks=checks, raise_request_exception=False) for checks in (True, False)
}


@dataclass
class Somebody:
    """One who asks: by browser with `cookies`, by program with `token`."""

    name: str
    user: User | None = None
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""

    def ask(self, method: str, path: str, *, body: Any = None, program: bool, checks: bool = False) -> Any:
        client = _CLIENTS[checks]
        client.cookies.clear()
        headers = {"X-By-Itself": "1"}
        if program:
            headers |= {"Authorization": f"Bearer {self.token}"} if self.token else {}
        else:
            for name, value in self.cookies.items():
                client.cookies[name] = value
        if program and body is not None:
            return client.generic(
                method, path, json.dumps(body), content_type="application/json", headers=headers
            )
        if method == "POST" and not program:
            return client.post(path, {}, headers=headers)
        return client.generic(method, path, headers=headers)


@dataclass
class World:
    """`things`: name in the table to number. `people`: by role, with `nobody`, `officer` and `disabled`. `elsewhere`: by role."""

    things: dict[str, int]
    people: dict[str, Somebody]
    elsewhere: dict[str, Somebody]


@functools.cache
def _hash() -> str:
    return make_password(PASSWORD)


def _user(agency: Agency, role: str, username: str, **more: Any) -> User:
    """All with one password, hashed once: that takes a third of a second."""
    return User.objects.create(
        agency=agency, role=role, username=username, password=_hash(), last_active_at=timezone.now(), **more
    )


def _somebody(agency: Agency, name: str, role: str, **more: Any) -> Somebody:
    user = _user(agency, role, f"{name}-{agency.pk}", **more)
    client = Client()
    client.force_login(user)
    session = client.session
    session["account_authentication_methods"] = [
        {"method": "password", "at": time.time(), "reauthenticated": True}
    ]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    text = tokens.make(Actor(agency, timezone.now(), user), name="matrix")[1]
    return Somebody(name, user, {"sessionid": client.cookies["sessionid"].value}, text)


def _everybody(agency: Agency) -> dict[str, Somebody]:
    people = {role: _somebody(agency, role, role) for role in ROLES}
    people["officer"] = _somebody(agency, "officer", Role.REPORTER, compliance_officer=True)
    return people


def _things(agency: Agency, people: dict[str, Somebody]) -> dict[str, int]:
    at = timezone.now()
    clerk = people["clerk"].user
    assert clerk is not None
    actor = Actor(agency, at - timedelta(minutes=40), clerk)
    booking = files.book(
        actor, number="26-1", person={"family_name": "Doe", "given_name": "Alex"}, booked_at=at - timedelta(hours=1),
        grounds=[{"kind": "arrest", "opened_at": at - timedelta(hours=1)}], charges=[{"statute": "PC 459"}],
    )  # fmt: skip
    request = asking.receive(
        actor, booking, kind="immigration_detainer", form="I-247A", received_at=at - timedelta(minutes=50),
        warrant="administrative", signed=True, complete=True,
    )  # fmt: skip
    request = request[0] if isinstance(request, tuple) else request
    subpoena = subpoenas.take_in(
        actor,
        number="0092",
        kind="information_request",
        issued_by="a court",
        received_at=at - timedelta(hours=1),
    )
    scan = asking.attach(
        actor, name="a.pdf", media_type="application/pdf", content=b"%PDF", subpoena=subpoena
    )
    file_scan = asking.attach(
        actor, name="b.pdf", media_type="application/pdf", content=b"%PDF", request=request
    )
    claim = asking.claim_citizenship(actor, booking, says="born in Fresno")
    concerns.report(Actor(agency, at, how="concern"), about="other", says="Something.")
    upload = uploads.hand_in(Actor(agency, at, clerk), "a.csv", io.BytesIO(b"number\n"), most=100)
    due = Due.objects.create(
        agency=agency,
        booking=booking,
        request=request,
        kind=Due.Kind.NOTICE,
        source="matrix",
        what="tell",
        since=at,
    )
    plan = {"columns": {"number": "number"}, "values": {}}
    for name in {one.paper for one in Due.objects.filter(request=request).exclude(paper="")}:
        # Printed and not given: nothing is printed again in the cells that ask for it, which would take seconds.
        Paper.objects.create(
            agency=agency, booking=booking, request=request, paper=name, language="en", printed_at=at, sha256="0" * 64,
            pdf=b"%PDF", text="a paper",
        )  # fmt: skip
    run = ImportRun.objects.create(
        agency=agency, table="bookings", file_name="a.csv", sha256="0" * 64, columns=plan, at=at
    )
    row = ImportRow.objects.create(agency=agency, run=run, line=2, raw={"number": ""}, problem="no number")
    webhook = Webhook.objects.create(
        agency=agency, url="https://hooks.example/", secret="s" * 40, kinds=["booking.opened"]
    )
    event = Event.objects.filter(agency_id=agency.pk, subject=f"booking/{booking.pk}").earliest("id")
    delivery = WebhookDelivery.objects.create(
        agency=agency, webhook=webhook, event=event.pk, next_at=at, given_up_at=at
    )
    paper = Paper(
        agency=agency, booking=booking, paper="record_extract", language="en", printed_at=at, sha256="0" * 64, pdf=b"%PDF",
        text="a file", said={"events": [], "checkpoint": None},
    )  # fmt: skip
    paper.save()
    review = TranslationReview.objects.create(
        agency=agency, language="es", paper="copy_of_request", sha256="0" * 64, reviewer="R. Ruiz", standing="certified",
        at=at, by=clerk,
    )  # fmt: skip
    TOTP.activate(clerk, "JBSWY3DPEHPK3PXP")
    RecoveryCodes.activate(clerk)
    key = Authenticator.objects.create(
        user=clerk, type="webauthn", data={"name": "Key", "credential": _credential()}
    )
    number_now()
    number = event.number
    assert number is not None
    return {
        "colleague": _user(agency, "clerk", f"colleague-{agency.pk}").pk,
        "clerks_token": ApiToken.objects.filter(user=clerk).earliest("pk").pk,
        "clerks_key": key.pk,
        "booking": booking.pk,
        "person": booking.person_id,
        "ground": booking.grounds.get().pk,
        "charge": booking.charges.get().pk,
        "request": request.pk,
        "answer": request.answers.latest("pk").pk,
        "claim": claim.pk,
        "scan": file_scan.pk,
        "subpoena": subpoena.pk,
        "subpoena_scan": scan.pk,
        "paper": paper.pk,
        "review": review.pk,
        "concern": Concern.objects.get(agency=agency).pk,
        "due": due.pk,
        "upload": upload.pk,
        "import_run": run.pk,
        "import_row": row.pk,
        "webhook": webhook.pk,
        "delivery": delivery.pk,
        "event": number,
    }


def _credential() -> dict[str, Any]:
    """What a browser hands over when a security key is added, made without one."""
    public = ES256.from_cryptography_key(ec.generate_private_key(ec.SECP256R1()).public_key())
    credential = AttestedCredentialData.create(b"\0" * 16, b"key-of-the-clerk", public)
    data = AuthenticatorData.create(hashlib.sha256(b"testserver").digest(), 0x41, 0, bytes(credential))
    client = json.dumps(
        {"type": "webauthn.create", "challenge": "AA", "origin": "http://testserver"}
    ).encode()
    return {
        "id": websafe_encode(b"key-of-the-clerk"),
        "rawId": websafe_encode(b"key-of-the-clerk"),
        "type": "public-key",
        "response": {
            "clientDataJSON": websafe_encode(client),
            "attestationObject": websafe_encode(bytes(AttestationObject.create("none", data, {}))),
        },
    }


@contextmanager
def world() -> Iterator[World]:
    """Inside one transaction that is rolled back."""
    with transaction.atomic():
        here, there = make_agency("Here"), make_agency("There")
        people = _everybody(here)
        elsewhere = _everybody(there)
        things = _things(here, people)
        disabled = _somebody(here, "disabled", Role.SUPERVISOR)
        assert disabled.user is not None
        User.objects.filter(pk=disabled.user.pk).update(is_active=False)
        people |= {"nobody": Somebody("nobody"), "disabled": disabled}
        yield World(things, people, elsewhere)
        transaction.set_rollback(True)
