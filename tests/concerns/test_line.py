"""The concern line: no log-in, nothing kept of who reports, and nobody but the compliance officer reads it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client, override_settings

from bailiwick.custody.models import Agency, Concern, Due, User
from bailiwick.custody.rights import scope_of
from bailiwick.custody.seeing import seeing
from bailiwick.desk.guard.limits import Limit
from bailiwick.record.models import Event
from tests.conftest import make_agency, make_user

REPORT = {"about": "held_past_limit", "says": "Alex in C-pod was due out at noon. It is 7 in the evening."}


def text(answer: Any) -> str:
    return bytes(answer.content).decode()


def code_of(answer: Any) -> str:
    found = re.search(r'<code class="once">([0-9A-Z-]{19})</code>', text(answer))
    assert found
    return found[1]


@pytest.fixture
def officer(agency: Agency) -> User:
    return make_user(agency, "auditor", "officer", compliance_officer=True)


@pytest.fixture
def browser(officer: User) -> Client:
    return Client()


def as_user(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_report_is_taken_without_log_in_and_answered_by_its_code(browser: Client, officer: User) -> None:
    code = code_of(browser.post("/concern", REPORT))
    assert "Not answered yet" in text(browser.post("/concern/answer", {"code": code}))
    page = as_user(officer)
    concern = Concern.objects.get()
    assert REPORT["says"] in text(page.get(f"/concerns/{concern.pk}"))
    page.post(f"/concerns/{concern.pk}", {"says": "He was released at 19:20."})
    later = text(Client().post("/concern/answer", {"code": code.lower().replace("-", " ")}))
    assert "He was released at 19:20." in later
    assert REPORT["says"] not in later


def test_nothing_of_who_reports_is_kept(browser: Client, agency: Agency) -> None:
    browser.get("/concern")
    browser.post(
        "/concern",
        REPORT,
        REMOTE_ADDR="198.51.100.77",
        headers={"user-agent": "Telltale/9.9", "referer": "http://localhost/x"},
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
        )
        tables = [row[0] for row in cursor.fetchall()]
        for table in tables:
            cursor.execute(
                f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE ANY (%s)',
                [["%198.51.100.77%", "%Telltale%"]],
            )
            assert cursor.fetchone() == (0,), table
    assert "custody_concern" in tables
    assert "sessionid" not in browser.cookies
    assert browser.cookies["csrftoken"]["max-age"] == ""


def test_who_is_logged_in_is_not_kept_either(browser: Client, agency: Agency) -> None:
    clerk = make_user(agency, "clerk", "telltale")
    before = User.objects.get(pk=clerk.pk).last_active_at
    page = as_user(clerk)
    answer = page.get("/concern")
    assert "telltale" not in text(answer)
    page.post("/concern", REPORT)
    event = Event.objects.get(kind="concern.received")
    assert event.actor == "bailiwick:concern"
    assert "telltale" not in event.body
    assert REPORT["says"] not in event.body
    assert User.objects.get(pk=clerk.pk).last_active_at == before


def test_no_letter_is_sent_and_what_is_due_says_nothing_of_it(browser: Client) -> None:
    browser.post("/concern", REPORT)
    assert getattr(mail, "outbox", []) == []
    due = Due.objects.get(kind="concern")
    assert "Alex" not in due.what


def test_the_code_is_kept_only_as_a_hash(browser: Client) -> None:
    code = code_of(browser.post("/concern", REPORT))
    concern = Concern.objects.get()
    assert code not in repr(vars(concern))
    assert code.replace("-", "") not in repr(vars(concern))


def test_nobody_but_the_compliance_officer_reads_it(browser: Client, officer: User, agency: Agency) -> None:
    browser.post("/concern", REPORT)
    concern = Concern.objects.get()
    for role in ("clerk", "supervisor", "counsel", "auditor", "reporter", "administrator"):
        user = make_user(agency, role)
        page = as_user(user)
        assert page.get("/concerns").status_code == 403
        assert page.get(f"/concerns/{concern.pk}").status_code == 403
        with seeing(scope_of(user)):
            assert Concern.objects.count() == 0, role
    with seeing(scope_of(officer)):
        assert Concern.objects.count() == 1


def test_another_agencys_officer_does_not_find_it(browser: Client) -> None:
    browser.post("/concern", {**REPORT, "agency": ""})
    concern = Concern.objects.get()
    other = as_user(make_user(make_agency("There"), "auditor", "other", compliance_officer=True))
    assert other.get("/concerns").status_code == 200
    assert other.get(f"/concerns/{concern.pk}").status_code == 404
    assert other.post(f"/concerns/{concern.pk}", {"says": "x"}).status_code == 404


def test_where_there_are_several_jails_one_is_chosen(browser: Client, agency: Agency) -> None:
    there = make_agency("There")
    assert "Which jail?" in text(browser.get("/concern"))
    assert browser.post("/concern", {**REPORT, "agency": str(there.pk)}).status_code == 200
    assert Concern.objects.get().agency == there
    assert browser.post("/concern", {**REPORT, "agency": "999999"}).status_code == 200
    assert Concern.objects.count() == 1


@pytest.mark.parametrize(
    "wrong", [{"about": "x"}, {"says": ""}, {"says": "  "}, {"says": "x" * 4001}, {"says": "a\0b"}]
)
def test_what_cannot_be_taken_is_said_and_nothing_is_stored(browser: Client, wrong: dict[str, str]) -> None:
    answer = browser.post("/concern", {**REPORT, **wrong})
    assert answer.status_code == 200
    assert 'role="alert"' in text(answer)
    assert not Concern.objects.exists()


@pytest.mark.parametrize("code", ["ABCD-EFGH-JKMN-PQRS", "", "'; DROP TABLE custody_concern", "é" * 30])
def test_an_unknown_code_finds_nothing(browser: Client, code: str) -> None:
    assert 'role="alert"' in text(browser.post("/concern/answer", {"code": code}))


def test_neither_page_may_be_kept_by_a_browser(browser: Client) -> None:
    for answer in (browser.get("/concern"), browser.post("/concern", REPORT), browser.get("/concern/answer")):
        assert "no-store" in answer["Cache-Control"]


def test_reports_from_one_address_are_limited_without_keeping_it(officer: User) -> None:
    with override_settings(LIMITS={"concern": Limit(3, 1)}):
        browser = Client()
        answers = [browser.post("/concern", REPORT, REMOTE_ADDR="203.0.113.5") for _ in range(5)]
        assert [one.status_code for one in answers] == [200, 200, 200, 429, 429]
        assert int(answers[-1]["Retry-After"]) > 30
        assert browser.post("/concern", REPORT, REMOTE_ADDR="203.0.113.6").status_code == 200
        assert browser.get("/concern", REMOTE_ADDR="203.0.113.5").status_code == 200
    assert Concern.objects.count() == 4
