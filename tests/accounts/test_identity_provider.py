"""Log-in by an OpenID Connect provider: a real one over HTTP on loopback, made up by the test."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client, override_settings
from django.utils import timezone

from bailiwick.custody.models import Agency, LogIn, User
from tests.conftest import make_user


class Provider(HTTPServer):
    """Says that whoever asks is `person`."""

    person: dict[str, str]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Answers(BaseHTTPRequestHandler):
    server: Provider

    def do_GET(self) -> None:
        url = self.server.url
        if self.path.startswith("/.well-known/"):
            names = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri")
            self._say({"issuer": url, **{name: f"{url}/{name}" for name in names}})
        elif self.path == "/userinfo_endpoint" and self.headers["Authorization"] == "Bearer opened":
            self._say(self.server.person)
        else:
            self.send_error(403)

    def do_POST(self) -> None:
        sent = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        good = sent.get("code") == ["right"] and len(sent.get("code_verifier", [""])[0]) >= 43
        self._say({"access_token": "opened", "token_type": "Bearer"} if good else {"error": "invalid_grant"})

    def _say(self, data: Any) -> None:
        body = json.dumps(data).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def provider() -> Iterator[Provider]:
    server = Provider(("127.0.0.1", 0), _Answers)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    app = {
        "provider_id": "sso", "name": "County log-in", "client_id": "desk", "secret": "s", "settings": {"server_url": server.url},
    }  # fmt: skip
    settings = {"openid_connect": {"APPS": [app], "OAUTH_PKCE_ENABLED": True}}
    with override_settings(SOCIALACCOUNT_PROVIDERS=settings):
        yield server
    server.shutdown()
    server.server_close()
    thread.join()


def come_back(client: Client, code: str = "right") -> Any:
    """From the log-in page to the provider and back."""
    away = client.post("/accounts/oidc/sso/login/")
    asked = parse_qs(urlsplit(away["Location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    return client.get("/accounts/oidc/sso/login/callback/", {"code": code, "state": asked["state"][0]})


def test_an_account_of_the_same_name_is_logged_in(agency: Agency, provider: Provider) -> None:
    clerk = make_user(agency, "clerk", "mwong")
    provider.person = {"sub": "17", "preferred_username": "mwong"}
    client = Client()
    assert "Log in with County log-in" in bytes(client.get("/accounts/login/").content).decode()
    assert come_back(client)["Location"] == "/"
    assert client.get("/account").status_code == 200
    assert LogIn.objects.get().how == "identity provider"
    assert SocialAccount.objects.get().user == clerk
    with override_settings(SECOND_FACTOR_ROLES=["clerk"]):
        assert client.get("/account").status_code == 200  # the provider asks for it


def test_a_name_given_to_somebody_else_later_does_not_open_the_account(
    agency: Agency, provider: Provider
) -> None:
    make_user(agency, "clerk", "mwong")
    provider.person = {"sub": "17", "preferred_username": "mwong"}
    come_back(Client())
    provider.person = {"sub": "18", "preferred_username": "mwong"}
    client = Client()
    come_back(client)
    assert client.get("/account").status_code == 302


def test_nobody_else_gets_in_and_no_account_is_made(agency: Agency, provider: Provider) -> None:
    for person in (
        {"sub": "1", "preferred_username": "stranger"},
        {"sub": "2"},
        {"sub": "3", "preferred_username": ""},
    ):
        provider.person = person
        client = Client()
        assert come_back(client)["Location"] == "/accounts/3rdparty/login/error/"
        assert client.get("/account").status_code == 302
    assert not User.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"is_active": False},
        {"locked_at": timezone.now()},
        {"last_active_at": timezone.now() - timedelta(days=91)},
    ],
)
def test_a_closed_account_stays_closed(agency: Agency, provider: Provider, change: dict[str, Any]) -> None:
    clerk = make_user(agency, "clerk", "mwong")
    User.objects.filter(pk=clerk.pk).update(**change)
    provider.person = {"sub": "17", "preferred_username": "mwong"}
    client = Client()
    come_back(client)
    assert client.get("/account").status_code == 302


def test_a_wrong_code_opens_nothing(agency: Agency, provider: Provider) -> None:
    make_user(agency, "clerk", "mwong")
    provider.person = {"sub": "17", "preferred_username": "mwong"}
    client = Client()
    answer = come_back(client, code="wrong")
    assert b"The log-in did not work" in answer.content
    assert client.get("/account").status_code == 302


def test_an_answer_to_a_question_nobody_asked_opens_nothing(agency: Agency, provider: Provider) -> None:
    make_user(agency, "clerk", "mwong")
    provider.person = {"sub": "17", "preferred_username": "mwong"}
    client = Client()
    client.get("/accounts/oidc/sso/login/callback/", {"code": "right", "state": "made up"})
    assert client.get("/account").status_code == 302
