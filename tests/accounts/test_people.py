"""What an administrator does with accounts, tokens for programs, the log and its weekly review, and what runs by itself."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from bailiwick.custody import files, tokens
from bailiwick.custody.acting import Actor
from bailiwick.custody.models import Agency, ApiToken, Due, LogIn, LogReview, User
from bailiwick.desk.clock import standing_at
from bailiwick.desk.forms.people import temporary_password
from bailiwick.record.models import Event
from tests.conftest import make_agency, make_user

NOW = datetime(2026, 3, 3, 18, 0, tzinfo=UTC)  # a Tuesday
ACCOUNT = {"first_name": "Mei", "last_name": "Wong", "email": "", "role": "clerk"}


@pytest.fixture(autouse=True)
def _clock() -> Any:
    with standing_at(NOW):
        yield


def as_user(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def chief(agency: Agency) -> User:
    return make_user(agency, "administrator", "akim")


def text(answer: Any) -> str:
    return bytes(answer.content).decode()


def shown_once(answer: Any) -> str:
    found = re.search(r'<code class="once[^"]*">([^<]+)</code>', text(answer))
    assert found
    return found[1]


def test_an_account_is_made_with_a_password_that_is_shown_once_and_must_be_changed(
    agency: Agency, chief: User
) -> None:
    password = shown_once(
        as_user(chief).post("/people/new", {**ACCOUNT, "username": "mwong", "compliance_officer": "on"})
    )
    made = User.objects.get(username="mwong")
    assert (made.agency, made.role, made.compliance_officer, made.sees_sealed) == (
        agency,
        "clerk",
        True,
        False,
    )
    assert made.password_temporary
    assert made.check_password(password)
    event = Event.objects.get(kind="account.made")
    assert password not in event.body
    client = Client()
    client.post("/accounts/login/", {"login": "mwong", "password": password})
    assert client.get("/subpoenas")["Location"] == "/accounts/password/change/"


def test_a_taken_name_is_refused(agency: Agency, chief: User) -> None:
    make_user(agency, "clerk", "mwong")
    assert "is taken" in text(as_user(chief).post("/people/new", {**ACCOUNT, "username": "MWong"}))
    assert "without spaces" in text(as_user(chief).post("/people/new", {**ACCOUNT, "username": "m wong"}))
    assert User.objects.count() == 2


def test_what_is_changed_of_an_account_stands_in_the_record(agency: Agency, chief: User) -> None:
    clerk = make_user(agency, "clerk", "mwong", first_name="Mei", last_name="Wong")
    page = as_user(chief)
    page.post(
        f"/people/{clerk.pk}", {**ACCOUNT, "role": "supervisor", "sees_sealed": "on", "is_active": "on"}
    )
    clerk.refresh_from_db()
    assert (clerk.role, clerk.sees_sealed) == ("supervisor", True)
    assert Event.objects.get(kind="account.changed").data["changed"] == {
        "role": ["clerk", "supervisor"], "sees_sealed": [False, True],
    }  # fmt: skip


def test_nobody_changes_the_own_account(chief: User) -> None:
    page = as_user(chief)
    assert "another administrator" in text(page.get(f"/people/{chief.pk}"))
    answer = page.post(f"/people/{chief.pk}", {**ACCOUNT, "role": "supervisor", "is_active": "on"})
    assert "another administrator" in text(answer)
    chief.refresh_from_db()
    assert chief.role == "administrator"


def test_an_account_disabled_for_idleness_is_opened_again(agency: Agency, chief: User) -> None:
    clerk = make_user(agency, "clerk", "mwong")
    User.objects.filter(pk=clerk.pk).update(is_active=False, last_active_at=NOW - timedelta(days=200))
    as_user(chief).post(f"/people/{clerk.pk}", {**ACCOUNT, "is_active": "on"})
    clerk.refresh_from_db()
    assert clerk.is_active
    assert clerk.last_active_at == NOW


def test_a_new_password_is_given_and_lost_second_factors_are_removed(agency: Agency, chief: User) -> None:
    clerk = make_user(agency, "clerk", "mwong")
    Authenticator.objects.create(user=clerk, type="totp", data={"secret": "x"})
    page = as_user(chief)
    password = shown_once(page.post(f"/people/{clerk.pk}/password"))
    page.post(f"/people/{clerk.pk}/second-factors")
    clerk.refresh_from_db()
    assert clerk.check_password(password)
    assert clerk.password_temporary
    assert not Authenticator.objects.filter(user=clerk).exists()
    assert Event.objects.filter(kind="account.factors_removed").exists()


def test_passwords_given_are_long_and_never_the_same() -> None:
    given = {temporary_password() for _ in range(1000)}
    assert len(given) == 1000
    assert all(re.fullmatch(r"([a-hjkmnp-z2-9]{5}-){3}[a-hjkmnp-z2-9]{5}", one) for one in given)


def test_a_token_opens_the_interface_until_it_is_revoked(agency: Agency, chief: User) -> None:
    clerk = make_user(agency, "clerk", "mwong")
    page = as_user(clerk)
    token = shown_once(page.post("/account", {"name": "nightly import"}))
    row = ApiToken.objects.get()
    assert token not in repr(vars(row))
    program = Client(headers={"authorization": f"Bearer {token}"})
    assert program.get("/api/v1/me").json()["username"] == "mwong"
    assert program.get("/account").status_code == 302  # a token counts for nothing on pages
    assert "nightly import" in text(page.get("/account"))
    as_user(chief).post(f"/people/tokens/{row.pk}/revoke")
    assert program.get("/api/v1/me").status_code == 401


@pytest.mark.parametrize("change", [{"is_active": False}, {"locked_at": NOW}])
def test_a_token_of_somebody_who_may_not_log_in_is_worth_nothing(
    agency: Agency, change: dict[str, Any]
) -> None:
    clerk = make_user(agency, "clerk", "mwong")
    _row, token = tokens.make(Actor(agency, NOW, clerk), name="x")
    User.objects.filter(pk=clerk.pk).update(**change)
    assert Client(headers={"authorization": f"Bearer {token}"}).get("/api/v1/me").status_code == 401


def test_the_log_is_searched_by_person_file_day_and_deed(agency: Agency) -> None:
    auditor = make_user(agency, "auditor", "auditor")
    clerk, other = make_user(agency, "clerk", "mwong"), make_user(agency, "clerk", "jroe")
    for number, who, at in (("26-1", clerk, NOW - timedelta(days=3)), ("26-2", other, NOW)):
        files.book(
            Actor(agency, at, who),
            number=number,
            person={"family_name": "Doe", "given_name": "Alex"},
            booked_at=at,
        )
    page = as_user(auditor)
    every = text(page.get("/log"))
    assert "mwong" in every
    assert "jroe" in every
    assert "jroe" not in text(page.get("/log?person=mwong"))
    assert "26-2" not in text(page.get("/log?file=26-1"))
    assert "26-1" in text(page.get("/log?file=26-1"))
    assert "jroe" not in text(page.get("/log?day=2/28/2026"))
    assert "mwong" in text(page.get("/log?day=2/28/2026"))
    assert "Nothing in the log fits" in text(page.get("/log?kind=no+such+deed"))
    assert "jroe" not in text(page.get("/log?person=mwong&day=nonsense"))


def test_the_log_goes_on_page_by_page_and_never_shows_another_agency(agency: Agency) -> None:
    auditor = make_user(agency, "auditor", "auditor")
    there = make_agency("There")
    for number in range(120):
        who = agency if number % 2 else there
        files.book(
            Actor(who, NOW, None, how="job"),
            number=f"n-{number}",
            person={"family_name": "Doe", "given_name": "A"},
            booked_at=NOW,
        )
    page, url, numbers = as_user(auditor), "/log?kind=booking", []
    for _ in range(4):
        html = text(page.get(url))
        numbers += [int(n) for n in re.findall(r"booking n-(\d+)", html)]
        found = re.search(r'href="(/log\?[^"]*before=\d+)"', html)
        if not found:
            break
        url = found[1].replace("&amp;", "&")
    assert numbers == sorted(numbers, reverse=True)
    assert set(numbers) == {n for n in range(120) if n % 2}


def test_the_week_is_reviewed_once_and_is_due_until_then(agency: Agency) -> None:
    from bailiwick.desk.jobs import accounts

    auditor = make_user(agency, "auditor", "auditor")
    for name in ("eve", "eve", "mwong"):
        LogIn.objects.create(
            agency=agency, username=name, at=NOW - timedelta(days=5), succeeded=False, how="password"
        )
    accounts()
    accounts()
    due = Due.objects.get(kind="log_review")
    assert due.done_at is None
    page = as_user(auditor)
    html = text(page.get("/log/review"))
    assert "eve: 2, mwong: 1" in html
    assert "expected" not in html
    page.post("/log/review", {"says": "Two failures of eve, who forgot; nothing else."})
    due.refresh_from_db()
    assert due.done_at == NOW
    assert LogReview.objects.get().reviewed_by == auditor
    assert "reviewed already" in text(page.post("/log/review", {"says": "again"}))
    accounts()
    assert not Due.objects.filter(kind="log_review", done_at=None).exists()


def test_accounts_that_nobody_used_for_90_days_are_disabled_by_night(agency: Agency) -> None:
    from bailiwick.desk.jobs import accounts

    old, new = make_user(agency, "clerk", "old"), make_user(agency, "clerk", "new")
    User.objects.filter(pk=old.pk).update(last_active_at=NOW - timedelta(days=90, minutes=1))
    User.objects.filter(pk=new.pk).update(last_active_at=NOW - timedelta(days=89))
    accounts()
    assert set(User.objects.filter(is_active=False)) == {old}


def test_the_agencys_address_is_changed_and_its_law_is_not(agency: Agency, chief: User) -> None:
    page = as_user(chief)
    sent = {
        "address": "1 Main Street",
        "telephone": "555-0100",
        "contact": "",
        "alarm_email": "",
        "seal_after_days": "365",
    }
    page.post("/agency", {**sent, "place": "us/tx", "zone": "UTC"})
    agency.refresh_from_db()
    assert (agency.address, agency.seal_after_days) == ("1 Main Street", 365)
    assert (agency.place, agency.zone) == ("us/ca/los-angeles-county", "America/Los_Angeles")
    assert Event.objects.get(kind="agency.changed").data["changed"]["seal_after_days"] == [None, 365]
    assert 'role="alert"' in text(page.post("/agency", {**sent, "seal_after_days": "-1"}))


def test_the_language_is_kept_with_the_account(agency: Agency) -> None:
    clerk = make_user(agency, "clerk", "mwong")
    page = as_user(clerk)
    page.post("/language/es", {"next": "/account"})
    clerk.refresh_from_db()
    assert clerk.interface_language == "es"
    assert '<html lang="es">' in text(as_user(clerk).get("/account"))
    page.get("/language/en")
    clerk.refresh_from_db()
    assert clerk.interface_language == "es"
