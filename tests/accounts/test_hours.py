"""How long a log-in lasts, and that nothing typed is lost when it ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.test import Client
from django.urls import include, path

from bailiwick.custody.models import Booking, Draft, Person, User
from bailiwick.custody.rights import allowed
from bailiwick.custody.seeing import current
from bailiwick.desk.clock import stand_at, standing_at
from tests.conftest import PASSWORD, make_agency, make_user

START = datetime(2026, 3, 2, 11, 22, tzinfo=UTC)


@allowed("see_files")
def numbers(request: HttpRequest) -> HttpResponse:
    return HttpResponse(",".join(sorted(Booking.objects.values_list("number", flat=True))))


@allowed("see_files")
def slowly(request: HttpRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse(
        f"{number};" for number in Booking.objects.values_list("number", flat=True).iterator()
    )


@allowed("keep_files")
def take(request: HttpRequest) -> HttpResponse:
    assert request.POST["family_name"] == "Doe"
    return redirect("/files/numbers")


def anybody(request: HttpRequest) -> HttpResponse:
    scope = current()
    return HttpResponse(f"{scope.agencies if scope else None}|{Booking.objects.count()}|{request.user}")


urlpatterns = [
    path("files/numbers", numbers),
    path("files/slowly", slowly),
    path("files/take", take),
    path("open", anybody),
    path("api/anybody", anybody),
    path("", include("bailiwick.desk.urls")),
]


@pytest.fixture(autouse=True)
def _pages(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    from django.test import override_settings

    with override_settings(ROOT_URLCONF=__name__), standing_at(START):
        yield


@pytest.fixture
def desk(db: None) -> Client:
    """A clerk of one of two agencies, logged in; each agency has one file."""
    for number, agency in (("ours", make_agency("Here")), ("theirs", make_agency("There"))):
        person = Person.objects.create(agency=agency, family_name="Doe", given_name="Alex")
        Booking.objects.create(agency=agency, number=number, person=person, booked_at=START)
        make_user(agency, "clerk", f"clerk-{number}")
    client = Client()
    client.force_login(User.objects.get(username="clerk-ours"))
    return client


@contextmanager
def after(**length: int) -> Iterator[None]:
    stand_at(START + timedelta(**length))
    yield


def text(answer: Any) -> str:
    return bytes(answer.content).decode()


def test_a_request_sees_the_rows_of_its_users_agency_and_no_others(desk: Client) -> None:
    assert text(desk.get("/files/numbers")) == "ours"


def test_a_streaming_answer_sees_no_more_and_the_session_is_set_back_after_it(desk: Client) -> None:
    answer: Any = desk.get("/files/slowly")
    assert b"".join(answer.streaming_content) == b"ours;"
    assert current() is None


def test_nobody_sees_nothing(desk: Client) -> None:
    assert text(Client().get("/open")) == "|0|AnonymousUser"


def test_a_session_counts_for_nothing_where_programs_ask(desk: Client) -> None:
    assert text(desk.get("/api/anybody")) == "|0|AnonymousUser"


def test_after_30_minutes_without_use_the_screen_is_locked(desk: Client) -> None:
    assert desk.get("/files/numbers").status_code == 200
    with after(minutes=29):
        assert desk.get("/files/numbers").status_code == 200
    with after(minutes=60):
        answer = desk.get("/files/numbers?sort=name")
        assert answer.status_code == 302
        assert answer["Location"] == "/accounts/unlock/?next=%2Ffiles%2Fnumbers%3Fsort%3Dname"
        assert desk.get("/open").status_code == 302
        page = text(desk.get(answer["Location"]))
        assert "The screen is locked" in page
        assert "ours" not in page.replace("clerk-ours", "")


def test_the_password_opens_it_again_where_it_was(desk: Client) -> None:
    with after(minutes=31):
        desk.get("/files/numbers")
        wrong = desk.post("/accounts/unlock/", {"password": "not it", "next": "/files/numbers"})
        assert wrong.status_code == 200
        assert desk.get("/files/numbers").status_code == 302
        answer = desk.post("/accounts/unlock/", {"password": PASSWORD, "next": "/files/numbers"})
        assert answer["Location"] == "/files/numbers"
        assert text(desk.get("/files/numbers")) == "ours"


def test_going_on_never_leads_to_another_site(desk: Client) -> None:
    with after(minutes=31):
        desk.get("/files/numbers")
        answer = desk.post("/accounts/unlock/", {"password": PASSWORD, "next": "//evil.example/"})
        assert answer["Location"] == "/"


def test_five_wrong_passwords_at_a_locked_screen_lock_the_account(desk: Client) -> None:
    with after(minutes=31):
        desk.get("/files/numbers")
        for _ in range(4):
            assert desk.post("/accounts/unlock/", {"password": "not it"}).status_code == 200
        assert desk.post("/accounts/unlock/", {"password": "not it"}).status_code == 302
        assert User.objects.get(username="clerk-ours").locked_at is not None
        assert desk.get("/files/numbers")["Location"].startswith("/accounts/login/")


def test_a_page_that_looks_again_by_itself_does_not_keep_the_screen_open(desk: Client) -> None:
    desk.get("/files/numbers")
    for minutes in (10, 20, 29):
        with after(minutes=minutes):
            assert desk.get("/files/numbers", headers={"X-By-Itself": "1"}).status_code == 200
    with after(minutes=31):
        assert desk.get("/files/numbers", headers={"X-By-Itself": "1"}).status_code == 302


def test_a_part_of_a_page_takes_the_whole_page_to_the_locked_screen(desk: Client) -> None:
    with after(minutes=31):
        answer = desk.get("/files/numbers", headers={"HX-Request": "true"})
        assert (answer.status_code, answer["HX-Redirect"]) == (204, "/accounts/unlock/?next=%2F")


FORM = {"family_name": "Doe", "note": "two\nlines", "password": "kept by nobody", "_draft": ""}


def test_what_was_typed_when_the_screen_locked_is_kept_and_sent_afterwards(desk: Client) -> None:
    with after(minutes=31):
        answer = desk.post("/files/take?on=1", FORM)
        assert answer["Location"] == "/accounts/unlock/?next=%2Fdrafts"
        desk.post("/accounts/unlock/", {"password": PASSWORD, "next": "/drafts"})
        draft = Draft.objects.get()
        assert draft.data == {"family_name": ["Doe"], "note": ["two\nlines"]}
        page = text(desk.get("/drafts"))
        assert 'action="/files/take?on=1"' in page
        assert "two<br>lines" in page
        assert "kept by nobody" not in page
        assert desk.post(draft.form, {"family_name": "Doe", "_draft": draft.pk}).status_code == 302
        assert not Draft.objects.exists()


def test_after_12_hours_one_logs_in_again_and_what_was_typed_is_kept(desk: Client) -> None:
    for minutes in range(0, 720, 25):
        with after(minutes=minutes):
            assert desk.get("/files/numbers").status_code == 200
    with after(hours=12, minutes=1):
        answer = desk.post("/files/take", FORM)
        assert answer["Location"] == "/accounts/login/?next=%2Fdrafts"
        assert Draft.objects.get().data["note"] == ["two\nlines"]
        assert desk.get("/files/numbers")["Location"].startswith("/accounts/login/")
        assert desk.get("/open").status_code == 200


def test_a_form_sent_after_the_log_in_was_lost_is_kept_for_whoever_logs_in_there(desk: Client) -> None:
    desk.post("/accounts/logout/")
    answer = desk.post("/files/take", FORM)
    assert answer["Location"] == "/accounts/login/?next=%2Fdrafts"
    assert not Draft.objects.exists()
    desk.post("/accounts/login/", {"login": "clerk-ours", "password": PASSWORD})
    assert Draft.objects.get().data["note"] == ["two\nlines"]


def test_after_the_log_in_was_lost_the_name_of_a_chosen_file_is_kept_and_nothing_else(desk: Client) -> None:
    desk.post("/accounts/logout/")
    name = "n" * 300 + ".pdf"
    desk.post("/files/take", {"scan": SimpleUploadedFile(name, b"Atlantis", "application/pdf")})
    desk.post("/accounts/login/", {"login": "clerk-ours", "password": PASSWORD})
    draft = Draft.objects.get()
    assert list(draft.data) == ["_file:scan"]
    assert 0 < len(draft.data["_file:scan"][0]) <= 200
    page = text(desk.get("/drafts"))
    assert 'name="scan"' in page
    assert "Atlantis" not in page


def test_kept_forms_are_shown_to_nobody_else(desk: Client) -> None:
    with after(minutes=31):
        desk.post("/files/take", FORM)
    other = Client()
    other.force_login(make_user(User.objects.get(username="clerk-ours").agency, "supervisor"))
    draft = Draft.objects.get()
    assert "two" not in text(other.get("/drafts"))
    other.post(f"/drafts/{draft.pk}/drop")
    assert Draft.objects.exists()


@pytest.mark.parametrize("change", [{"is_active": False}, {"locked_at": START}])
def test_an_account_disabled_or_locked_ends_its_sessions_at_once(
    desk: Client, change: dict[str, Any]
) -> None:
    assert desk.get("/files/numbers").status_code == 200
    User.objects.filter(username="clerk-ours").update(**change)
    assert desk.get("/files/numbers")["Location"].startswith("/accounts/login/")
    assert text(desk.get("/open")) == "|0|AnonymousUser"


def test_use_is_written_down(desk: Client) -> None:
    with after(minutes=5):
        desk.get("/files/numbers")
        assert User.objects.get(username="clerk-ours").last_active_at == START + timedelta(minutes=5)


def test_the_screen_can_be_locked_by_hand_with_what_was_typed(desk: Client) -> None:
    answer = desk.post("/accounts/lock/", {"_page": "/files/take", "family_name": "Doe"})
    assert answer["Location"] == "/accounts/unlock/?next=/drafts"
    assert desk.get("/files/numbers").status_code == 302
    assert Draft.objects.get().data == {"family_name": ["Doe"]}
