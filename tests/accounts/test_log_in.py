"""Logging in: name and password, the lock, idle accounts, second factors, and what is not offered."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
import struct
import subprocess
import sys
import time
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client, override_settings
from django.utils import timezone

from bailiwick.custody.models import Agency, LogIn, User
from bailiwick.record.models import Event
from tests.conftest import PASSWORD, make_agency, make_user

LOGIN = "/accounts/login/"


def text(answer: Any) -> str:
    return bytes(answer.content).decode()


def log_in(client: Client, username: str, password: str = PASSWORD, **more: str) -> Any:
    return client.post(LOGIN, {"login": username, "password": password, **more})


def totp(secret: str, at: float | None = None) -> str:
    """RFC 6238, written here a second time. A code of now has at least five seconds left, for somebody has to type it."""
    if at is None and (left := 30 - time.time() % 30) < 5:
        time.sleep(left)
    counter = struct.pack(">Q", int((at or time.time()) // 30))
    digest = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


@pytest.fixture
def clerk(agency: Agency) -> User:
    return make_user(agency, "clerk", "mwong")


@pytest.fixture
def client() -> Client:
    return Client(enforce_csrf_checks=False)


def test_the_notice_stands_before_the_log_in(client: Client, clerk: User) -> None:
    page = text(client.get(LOGIN))
    assert page.index("system of a government agency") < page.index('name="password"')
    with override_settings(SYSTEM_USE_NOTICE="Only for the sheriff.\nEverything is recorded."):
        page = text(client.get(LOGIN))
    assert "<p>Only for the sheriff.</p><p>Everything is recorded.</p>" in page
    assert "system of a government agency" not in page


def test_the_right_password_opens_and_is_written_down(client: Client, clerk: User) -> None:
    answer = log_in(client, "mwong", next="/account")
    assert (answer.status_code, answer["Location"]) == (302, "/account")
    assert client.get("/account").status_code == 200
    tried = LogIn.objects.get()
    assert (tried.user, tried.succeeded, tried.how, tried.address) == (clerk, True, "password", "127.0.0.1")
    assert Event.objects.filter(kind="account.log_in", subject=f"user/{clerk.pk}").count() == 1


def test_the_page_after_log_in_is_never_on_another_site(client: Client, clerk: User) -> None:
    assert log_in(client, "mwong", next="https://evil.example/")["Location"] == "/"


def test_five_failures_in_15_minutes_lock_the_account_until_it_is_released(
    client: Client, clerk: User
) -> None:
    for _ in range(4):
        assert "locked" not in text(log_in(client, "mwong", "wrong")).partition("usa-alert--error")[2][:400]
    assert "locked after too many failed tries" in text(log_in(client, "mwong", "wrong"))
    assert log_in(client, "mwong").status_code == 200
    clerk.refresh_from_db()
    assert clerk.locked_at is not None
    assert Event.objects.filter(kind="account.locked").count() == 1
    administrator = Client()
    administrator.force_login(make_user(clerk.agency, "administrator"))
    assert administrator.post(f"/people/{clerk.pk}/release").status_code == 302
    assert log_in(client, "mwong").status_code == 302


def test_a_name_that_nobody_has_is_locked_in_the_same_words(client: Client, agency: Agency) -> None:
    for _ in range(5):
        last = text(log_in(client, "nobody", "wrong"))
    assert "locked after too many failed tries" in last
    assert LogIn.objects.filter(username="nobody", user=None, agency=None, succeeded=False).count() == 5


def test_a_disabled_account_does_not_open(client: Client, clerk: User) -> None:
    User.objects.filter(pk=clerk.pk).update(is_active=False)
    assert log_in(client, "mwong")["Location"] == "/accounts/inactive/"
    assert "disabled" in text(client.get("/accounts/inactive/"))
    assert client.get("/account").status_code == 302


def test_an_account_not_used_for_90_days_is_disabled(client: Client, clerk: User) -> None:
    User.objects.filter(pk=clerk.pk).update(last_active_at=timezone.now() - timedelta(days=90, minutes=1))
    assert log_in(client, "mwong")["Location"] == "/accounts/inactive/"
    clerk.refresh_from_db()
    assert not clerk.is_active
    assert Event.objects.filter(kind="account.disabled").count() == 1


def test_an_account_used_89_days_ago_opens(client: Client, clerk: User) -> None:
    User.objects.filter(pk=clerk.pk).update(last_active_at=timezone.now() - timedelta(days=89))
    assert log_in(client, "mwong")["Location"] == "/"


def test_nobody_signs_up_and_nothing_is_reset_by_letter(client: Client, agency: Agency) -> None:
    for path in (
        "signup/",
        "3rdparty/signup/",
        "3rdparty/",
        "password/reset/",
        "email/",
        "confirm-email/",
        "login/code/",
    ):
        assert client.get(f"/accounts/{path}").status_code == 404, path
        assert client.post(f"/accounts/{path}").status_code == 404, path


def test_a_temporary_password_must_be_changed_first(client: Client, clerk: User) -> None:
    User.objects.filter(pk=clerk.pk).update(password_temporary=True)
    log_in(client, "mwong")
    for path in ("/account", "/drafts"):
        assert client.get(path)["Location"] == "/accounts/password/change/"
    short = {"oldpassword": PASSWORD, "password1": "fourteen chars", "password2": "fourteen chars"}
    assert "at least 15 characters" in text(client.post("/accounts/password/change/", short)).replace(
        "&#x27;", "'"
    )
    new = "another sentence for the tests"
    answer = client.post(
        "/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new}
    )
    assert answer.status_code == 302
    assert client.get("/account").status_code == 200
    clerk.refresh_from_db()
    assert not clerk.password_temporary
    assert Event.objects.filter(kind="account.password_changed").count() == 1


def add_totp(client: Client) -> str:
    """Through the pages, as a clerk does. Returns the secret."""
    page = client.get("/accounts/2fa/totp/activate/")
    if page.status_code == 302:
        client.post("/accounts/reauthenticate/", {"password": PASSWORD})
        page = client.get("/accounts/2fa/totp/activate/")
    found = re.search(r'id="authenticator_secret">([A-Z2-7]+)<', text(page))
    assert found
    secret = found[1]
    answer = client.post("/accounts/2fa/totp/activate/", {"code": totp(secret)})
    assert answer["Location"] == "/accounts/2fa/recovery-codes/"
    return secret


def test_where_the_role_needs_a_second_factor_nothing_opens_before_it_is_added(
    client: Client, clerk: User
) -> None:
    with override_settings(SECOND_FACTOR_ROLES=["clerk"]):
        log_in(client, "mwong")
        assert client.get("/account")["Location"] == "/accounts/2fa/"
        assert client.get("/accounts/2fa/").status_code == 200
        add_totp(client)
        assert client.get("/account").status_code == 200
        page = text(client.post("/accounts/2fa/totp/deactivate/"))
        assert "Your role must have a second factor" in page
        assert Authenticator.objects.filter(user=clerk, type="totp").exists()


def test_with_a_second_factor_the_password_alone_does_not_open(client: Client, clerk: User) -> None:
    log_in(client, "mwong")
    secret = add_totp(client)
    stored = Authenticator.objects.get(user=clerk, type="totp").data["secret"]
    assert secret not in stored
    other = Client()
    assert log_in(other, "mwong")["Location"] == "/accounts/2fa/authenticate/"
    assert other.get("/account").status_code == 302
    wrong = f"{(int(totp(secret)) + 1) % 1_000_000:06}"
    assert other.post("/accounts/2fa/authenticate/", {"code": wrong}).status_code == 200
    assert other.get("/account").status_code == 302
    # The code that switched it on was used up: take the next one.
    with override_settings(MFA_TOTP_TOLERANCE=1):
        answer = other.post("/accounts/2fa/authenticate/", {"code": totp(secret, time.time() + 30)})
    assert answer["Location"] == "/"
    assert other.get("/account").status_code == 200
    assert LogIn.objects.filter(user=clerk, succeeded=True).order_by("-at")[0].how == "second factor"


#: Log in and give each code, in a web server's other process; whether it opened.
ANOTHER_PROCESS = """
import sys
from django.core.wsgi import get_wsgi_application
get_wsgi_application()
from django.test import Client, override_settings
for code in sys.argv[2:]:
    client = Client()
    client.post("/accounts/login/", {"login": "mwong", "password": sys.argv[1]})
    with override_settings(MFA_TOTP_TOLERANCE=2):
        client.post("/accounts/2fa/authenticate/", {"code": code})
    print(client.get("/account").status_code)
"""


def test_a_used_code_of_an_app_opens_in_no_process(transactional_db: str) -> None:
    make_user(make_agency(), "clerk", "mwong")
    client = Client()
    log_in(client, "mwong")
    secret = add_totp(client)
    began = time.time()
    used, fresh = totp(secret, began + 30), totp(secret, began + 60)
    other = Client()
    log_in(other, "mwong")
    with override_settings(MFA_TOTP_TOLERANCE=1):
        assert other.post("/accounts/2fa/authenticate/", {"code": used})["Location"] == "/"
    answer = subprocess.run(
        [sys.executable, "-c", ANOTHER_PROCESS, PASSWORD, used, fresh, fresh],
        env=os.environ | {"DATABASE_URL": transactional_db}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert answer.stdout.split() == ["302", "200", "302"]


def test_wrong_codes_lock_the_account_too(client: Client, clerk: User) -> None:
    log_in(client, "mwong")
    secret = add_totp(client)
    other = Client()
    log_in(other, "mwong")
    for _ in range(5):
        other.post("/accounts/2fa/authenticate/", {"code": "000000"})
    clerk.refresh_from_db()
    assert clerk.locked_at is not None
    with override_settings(MFA_TOTP_TOLERANCE=1):
        other.post("/accounts/2fa/authenticate/", {"code": totp(secret, time.time() + 30)})
    assert other.get("/account").status_code == 302


def test_a_recovery_code_opens_once(client: Client, clerk: User) -> None:
    log_in(client, "mwong")
    add_totp(client)
    codes = Authenticator.objects.get(user=clerk, type="recovery_codes").wrap().get_unused_codes()
    assert codes[0] in text(client.get("/accounts/2fa/recovery-codes/"))
    for expected in ("/", None):
        other = Client()
        log_in(other, "mwong")
        answer = other.post("/accounts/2fa/authenticate/", {"code": codes[0]})
        assert answer.headers.get("Location") == expected


def test_logging_out_ends_the_session_and_needs_a_button(client: Client, clerk: User) -> None:
    log_in(client, "mwong")
    assert client.get("/accounts/logout/").status_code == 200
    assert client.get("/account").status_code == 200
    client.post("/accounts/logout/")
    assert client.get("/account").status_code == 302
    assert Event.objects.filter(kind="account.log_out").count() == 1


def test_a_password_is_not_kept_in_readable_form(clerk: User) -> None:
    assert PASSWORD not in clerk.password
    assert clerk.password.startswith("pbkdf2_sha256$")
