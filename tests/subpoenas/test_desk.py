"""Subpoenas and requests for information, from the paper to the answer."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from bailiwick.custody.models import Agency, Booking, Due, Person, Scan, Subpoena
from bailiwick.desk.clock import standing_at
from bailiwick.record.models import Event
from tests.conftest import make_agency, make_user

NOW = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)  # 10:00 PST
PAPER = {
    "number": "0092",
    "kind": "administrative_subpoena",
    "issued_by": "U.S. Department of Homeland Security",
    "received_at": "09:30",
    "return_at": "3/9/2026 17:00",
    "named_person": "Alex Doe",
    "asks_for": "Booking photograph and address",
}


def text(answer: Any) -> str:
    return bytes(answer.content).decode()


def by(agency: Agency, role: str) -> Client:
    client = Client()
    with standing_at(NOW):
        client.force_login(make_user(agency, role, f"{role}-{agency.pk}"))
    return client


@pytest.fixture(autouse=True)
def _clock() -> Any:
    with standing_at(NOW):
        yield


def test_a_subpoena_is_written_down_routed_and_answered(agency: Agency) -> None:
    clerk, counsel = by(agency, "clerk"), by(agency, "counsel")
    scan = SimpleUploadedFile("subpoena.pdf", b"%PDF-1.7\n%%EOF\n", "application/pdf")
    made = clerk.post("/subpoenas/new", {**PAPER, "scan": scan})
    subpoena = Subpoena.objects.get()
    assert made["Location"] == f"/subpoenas/{subpoena.pk}"
    assert subpoena.received_at == datetime(2026, 3, 2, 17, 30, tzinfo=UTC)
    assert subpoena.return_at == datetime(
        2026, 3, 10, 0, 0, tzinfo=UTC
    )  # daylight saving time begins on 8 March
    due = Due.objects.get(kind="subpoena")
    assert due.due_at == subpoena.return_at

    page = text(clerk.get("/subpoenas"))
    assert "0092" in page
    assert "in 7 days" in page
    page = text(clerk.get(f"/subpoenas/{subpoena.pk}"))
    assert "Record the answer" not in page
    clerk.post(f"/subpoenas/{subpoena.pk}/counsel", {"why": "signed by no judge"})
    subpoena.refresh_from_db()
    assert subpoena.state == "counsel"
    assert Due.objects.filter(kind="counsel", done_at=None).exists()

    assert "Record the answer" in text(counsel.get(f"/subpoenas/{subpoena.pk}"))
    counsel.post(f"/subpoenas/{subpoena.pk}/answer", {"says": "Nothing given: signed by no judge."})
    subpoena.refresh_from_db()
    assert (subpoena.state, subpoena.answered_at) == ("answered", NOW)
    assert not Due.objects.filter(done_at=None, void_at=None).exists()
    kinds = list(
        Event.objects.filter(subject=f"subpoena/{subpoena.pk}").order_by("id").values_list("kind", flat=True)
    )
    assert kinds[0] == "subpoena.received"
    assert {"scan.attached", "subpoena.to_counsel", "subpoena.answered"} <= set(kinds)
    page = text(clerk.get(f"/subpoenas/{subpoena.pk}"))
    assert "Nothing given: signed by no judge." in page
    assert "signed by no judge" in page


def test_whether_the_person_may_be_told_is_not_known_until_somebody_who_answers_says_so(
    agency: Agency,
) -> None:
    clerk, counsel = by(agency, "clerk"), by(agency, "counsel")
    clerk.post("/subpoenas/new", PAPER)
    subpoena = Subpoena.objects.get()
    assert subpoena.telling == "unknown"
    page = text(clerk.get(f"/subpoenas/{subpoena.pk}"))
    assert "<dt>May the person be told of it?</dt><dd>Not known yet</dd>" in page
    address = f"/subpoenas/{subpoena.pk}/telling"
    assert f'action="{address}"' not in page
    assert clerk.post(address, {"telling": "free"}).status_code == 403
    assert "required" in text(counsel.post(address, {}))
    counsel.post(f"/subpoenas/{subpoena.pk}/answer", {"says": "Nothing given."})
    counsel.post(address, {"telling": "forbidden", "why": "18 U.S.C. § 2705(b) order of 3 March"})
    subpoena.refresh_from_db()
    assert subpoena.telling == "forbidden"
    page = text(clerk.get(f"/subpoenas/{subpoena.pk}"))
    assert "<dd>No: a court’s order or a law forbids it</dd>" in page
    assert "whether the person may be told was recorded · 18 U.S.C. § 2705(b) order of 3 March" in page
    clerk.post("/subpoenas/new", {**PAPER, "number": "0093", "telling": "free"})
    assert Subpoena.objects.get(number="0093").telling == "free"


def test_the_scan_is_handed_out_as_it_came_and_never_shown_in_the_page(agency: Agency) -> None:
    clerk = by(agency, "clerk")
    content = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
    clerk.post(
        "/subpoenas/new", {**PAPER, "scan": SimpleUploadedFile('a"\r\nX: y.pdf', content, "application/pdf")}
    )
    answer = clerk.get(f"/subpoenas/scans/{Scan.objects.get().pk}")
    assert bytes(answer.content) == content
    assert answer["Content-Disposition"].startswith("attachment;")
    assert "\n" not in answer["Content-Disposition"]
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_the_booking_of_the_person_named_is_found_by_its_number(agency: Agency) -> None:
    person = Person.objects.create(agency=agency, family_name="Doe", given_name="Alex")
    booking = Booking.objects.create(agency=agency, number="26-1", person=person, booked_at=NOW)
    clerk = by(agency, "clerk")
    clerk.post("/subpoenas/new", {**PAPER, "booking": "26-1"})
    assert Subpoena.objects.get().booking == booking
    wrong = text(clerk.post("/subpoenas/new", {**PAPER, "number": "0093", "booking": "26-2"}))
    assert "No booking has the number" in wrong
    assert Subpoena.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"number": ""}, "required"),
        ({"kind": "letter"}, "valid choice"),
        ({"received_at": "3/3/2026 09:00"}, "future"),
        ({"return_at": "3/1/2026 09:00"}, "after it was received"),
        ({"return_at": "next week"}, "Expected a time"),
    ],
)
def test_what_cannot_be_is_refused_in_words(agency: Agency, wrong: dict[str, str], says: str) -> None:
    answer = text(by(agency, "clerk").post("/subpoenas/new", {**PAPER, **wrong}))
    assert says in answer
    assert not Subpoena.objects.exists()


def test_one_number_is_written_down_once(agency: Agency) -> None:
    clerk = by(agency, "clerk")
    clerk.post("/subpoenas/new", PAPER)
    assert "exists already" in text(clerk.post("/subpoenas/new", PAPER))
    assert Subpoena.objects.count() == 1


def test_an_answered_one_is_not_answered_again(agency: Agency) -> None:
    by(agency, "clerk").post("/subpoenas/new", PAPER)
    counsel = by(agency, "counsel")
    pk = Subpoena.objects.get().pk
    counsel.post(f"/subpoenas/{pk}/answer", {"says": "first"})
    assert "answered already" in text(counsel.post(f"/subpoenas/{pk}/answer", {"says": "second"}))
    assert Subpoena.objects.get().answer == "first"


def test_a_late_one_stands_first_and_is_marked(agency: Agency) -> None:
    clerk = by(agency, "clerk")
    clerk.post("/subpoenas/new", PAPER)
    clerk.post("/subpoenas/new", {**PAPER, "number": "0090", "return_at": "3/2/2026 09:45"})
    page = text(clerk.get("/subpoenas"))
    assert page.index("0090") < page.index("0092")
    assert '<span class="late">15 min ago</span>' in page


def test_those_of_another_agency_are_not_found(agency: Agency) -> None:
    by(agency, "clerk").post("/subpoenas/new", PAPER)
    pk = Subpoena.objects.get().pk
    other = by(make_agency("There"), "counsel")
    assert other.get(f"/subpoenas/{pk}").status_code == 404
    assert other.post(f"/subpoenas/{pk}/answer", {"says": "x"}).status_code == 404
    assert "0092" not in text(other.get("/subpoenas"))


def test_one_about_a_sealed_file_is_hidden_with_it(agency: Agency) -> None:
    person = Person.objects.create(agency=agency, family_name="Doe", given_name="Alex")
    booking = Booking.objects.create(agency=agency, number="26-1", person=person, booked_at=NOW)
    clerk, counsel = by(agency, "clerk"), by(agency, "counsel")
    clerk.post("/subpoenas/new", {**PAPER, "booking": "26-1"})
    Booking.objects.filter(pk=booking.pk).update(sealed_at=NOW)
    pk = Subpoena.objects.get().pk
    assert clerk.get(f"/subpoenas/{pk}").status_code == 404
    assert "0092" not in text(clerk.get("/subpoenas"))
    assert counsel.get(f"/subpoenas/{pk}").status_code == 200
