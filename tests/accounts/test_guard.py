"""What stands before every page: limits of one address, headers, the number of each request."""

from __future__ import annotations

import json
import logging
import os
import re
import subprocess
import sys
from typing import Any

import pytest
from django.test import Client, RequestFactory, override_settings

from bailiwick.custody.models import User
from bailiwick.desk.guard import limits
from bailiwick.desk.guard.limits import LIMITS, Counter, Limit, address_of, network_of, read_limits
from tests.conftest import PASSWORD

PAGES = ("/", "/accounts/login/", "/concern", "/language/es", "/nowhere")


def test_ten_thousand_requests_from_one_address_are_refused_after_the_first_ones_and_hurt_nobody_else() -> (
    None
):
    counter, limit = Counter(), Limit(100, 60)
    passed = sum(counter.take("requests", "198.51.100.1", limit, at / 1000) == 0 for at in range(10_000))
    assert passed == 100 + 9  # at once, and one a second for the ten seconds it took
    assert counter.take("requests", "198.51.100.2", limit, 10.0) == 0
    assert counter.take("requests", "198.51.100.1", limit, 70.0) == 0


def test_what_to_wait_is_what_it_takes() -> None:
    counter, limit = Counter(), Limit(1, 6)
    assert counter.take("x", "a", limit, 0.0) == 0
    wait = counter.take("x", "a", limit, 0.0)
    assert wait == 10
    assert counter.take("x", "a", limit, wait - 0.5) > 0
    assert counter.take("x", "a", limit, wait + 0.0) == 0


def test_a_million_addresses_do_not_fill_the_memory() -> None:
    counter = Counter(most=1000)
    for number in range(5000):
        counter.take("requests", f"10.0.{number // 256}.{number % 256}", Limit(10, 10), 0.0)
    assert len(counter) == 1000


def test_addresses_are_kept_only_as_a_keyed_hash() -> None:
    counter = Counter()
    counter.take("concern", "198.51.100.77", Limit(3, 1), 0.0)
    assert b"198.51.100.77" not in b"".join(counter._buckets)
    assert list(Counter()._buckets) != list(counter._buckets)


@pytest.mark.parametrize(("path", "kind"), [("/concern", "text/html"), ("/api/v1/facts", "application/json")])
def test_the_429_says_when_to_come_back_in_the_form_that_was_asked_for(
    db: None, path: str, kind: str
) -> None:
    with override_settings(LIMITS={"requests": Limit(2, 6)}):
        client = Client()
        answers = [client.get(path) for _ in range(4)]
    assert [one.status_code for one in answers] == [200, 200, 429, 429]
    last = answers[-1]
    assert last["Content-Type"].startswith(kind)
    assert 1 <= int(last["Retry-After"]) <= 20
    assert last["Cache-Control"] == "no-store"
    if kind == "application/json":
        assert json.loads(last.content)["error"]["where"] is None
    else:
        assert "Too many requests from your address" in last.content.decode()


def test_log_in_concern_and_decide_have_lower_limits_than_looking() -> None:
    for name in ("log_in", "concern", "receipt", "decide"):
        assert LIMITS[name].burst < LIMITS["requests"].burst
        assert LIMITS[name].a_minute < LIMITS["requests"].a_minute


def test_an_address_named_by_the_asker_counts_only_behind_a_proxy_that_is_trusted() -> None:
    request = RequestFactory().get(
        "/", REMOTE_ADDR="203.0.113.9", headers={"x-forwarded-for": "1.2.3.4, 198.51.100.7"}
    )
    assert address_of(request) == "203.0.113.9"
    with override_settings(SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https")):
        assert address_of(request) == "198.51.100.7"


def test_one_network_of_ipv6_counts_as_one() -> None:
    assert network_of("2001:db8::1") == network_of("2001:db8::ffff:2")
    assert network_of("2001:db8::1") != network_of("2001:db8:0:1::1")
    assert network_of(None) == "unknown"


def test_limits_are_read_from_the_environment() -> None:
    assert read_limits("off") == {}
    assert read_limits("") == LIMITS
    assert read_limits("decide=5:10")["decide"] == Limit(5, 10)
    for wrong in ("decide", "decide=x:1", "decide=0:1", "decide=1:0", "other=1:1", "decide=1"):
        with pytest.raises(ValueError, match="expected off, or NAME=AT_ONCE:A_MINUTE"):
            read_limits(wrong)


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_carries_the_headers_that_browsers_go_by(db: None, path: str) -> None:
    answer = Client().get(path)
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "geolocation=()" in answer["Permissions-Policy"]
    assert re.fullmatch("[0-9a-f]{16}", answer["X-Request-ID"])
    policy = {part.split()[0]: part.split()[1:] for part in answer["Content-Security-Policy"].split("; ")}
    assert policy["default-src"] == ["'none'"]
    assert policy["frame-ancestors"] == ["'none'"]
    assert policy["base-uri"] == ["'none'"]
    assert policy["form-action"] == ["'self'"]
    assert all("unsafe" not in word for words in policy.values() for word in words)


def test_each_request_has_its_own_number(db: None) -> None:
    client = Client()
    assert client.get("/concern")["X-Request-ID"] != client.get("/concern")["X-Request-ID"]


def test_the_log_of_the_server_names_the_request(db: None) -> None:
    lines: list[str] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    configured = logging.getLogger().handlers[0]
    kept = Kept()
    kept.filters, kept.formatter = configured.filters, configured.formatter
    logging.getLogger("django.request").addHandler(kept)
    try:
        number = Client().get("/nowhere")["X-Request-ID"]
    finally:
        logging.getLogger("django.request").removeHandler(kept)
    assert len(lines) == 1
    assert f" WARNING {number} django.request: Not Found: /nowhere" in lines[0]


def test_the_log_gets_one_line_a_minute_about_refused_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    at, seldom = 1000.0, limits.Seldom()
    monkeypatch.setattr("bailiwick.desk.guard.limits.time.monotonic", lambda: at)

    def passes(status: int) -> bool:
        record = logging.LogRecord("django.request", logging.WARNING, "", 0, "", (), None)
        record.status_code = status
        return bool(seldom.filter(record))

    assert [passes(429), passes(429), passes(404), passes(404)] == [True, False, True, True]
    at += 61
    assert [passes(429), passes(429)] == [True, False]


def test_the_level_of_the_log_holds_for_what_django_writes_too() -> None:
    (handler,) = [one for one in logging.getLogger().handlers if one.name == "console"]
    assert handler.level == logging.WARNING


def test_no_page_holds_a_script_or_style_of_its_own() -> None:
    from bailiwick.desk.settings import HERE

    own = re.compile(
        r"<script(?![^>]*(?:\ssrc=|application/json|nonce=))[^>]*>|<style(?![^>]*nonce=)|\son[a-z]+=\"|\sstyle=\""
    )
    wrong = [
        f"{path.name}: {found[0]}"
        for path in sorted((HERE / "templates").rglob("*.html"))
        for found in own.finditer(path.read_text(encoding="utf-8"))
    ]
    assert wrong == []


def test_no_browser_keeps_what_is_behind_the_log_in(db: None, clerk: User) -> None:
    client = Client()
    client.force_login(clerk)
    for path in ("/account", "/subpoenas", "/drafts", "/nowhere", "/accounts/2fa/"):
        assert client.get(path)["Cache-Control"] == "no-store, private", path
    assert "no-store" in Client().get("/accounts/login/")["Cache-Control"]


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(db: None, clerk: User) -> None:
    client = Client()
    client.get("/accounts/login/")
    client.post("/accounts/login/", {"login": clerk.username, "password": PASSWORD})
    session, token = client.cookies["sessionid"], client.cookies["csrftoken"]
    assert session["httponly"]
    assert session["samesite"] == "Lax"
    assert token["samesite"] == "Lax"


def _settings(**environment: str) -> Any:
    """What settings come out of an environment, in a process of its own."""
    code = (
        "import json, django; django.setup(); from django.conf import settings as s; from django.core.checks import run_checks\n"
        "names = ['SESSION_COOKIE_SECURE', 'CSRF_COOKIE_SECURE', 'SECURE_SSL_REDIRECT', 'SECURE_HSTS_SECONDS', 'DEBUG',"
        " 'SECOND_FACTOR_ROLES', 'MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN']\n"
        "found = {name: getattr(s, name) for name in names}\n"
        "found['warnings'] = sorted(w.id for w in run_checks(include_deployment_checks=True))\n"
        "print(json.dumps(found))"
    )
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("BAILIWICK_", "DJANGO_"))
    }
    told = {**clean, "DJANGO_SETTINGS_MODULE": "bailiwick.desk.settings", **environment}
    return json.loads(
        subprocess.run([sys.executable, "-c", code], env=told, capture_output=True, check=True).stdout
    )


def test_behind_tls_cookies_travel_only_encrypted_and_every_role_needs_a_second_factor() -> None:
    found = _settings(
        BAILIWICK_SECRET_KEY="a long random text, the same at every start, of more than fifty letters, 0123456789"
    )
    assert found["SESSION_COOKIE_SECURE"]
    assert found["CSRF_COOKIE_SECURE"]
    assert found["SECURE_SSL_REDIRECT"]
    assert found["SECURE_HSTS_SECONDS"] >= 31_536_000
    assert not found["DEBUG"]
    assert not found["MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN"]
    assert sorted(found["SECOND_FACTOR_ROLES"]) == sorted(
        ["clerk", "supervisor", "counsel", "auditor", "reporter", "administrator"]
    )
    # Left to the county, whose other sites it would bind: HSTS for subdomains (W005) and preload (W021).
    assert found["warnings"] == ["security.W005", "security.W021"]
