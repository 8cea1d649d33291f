"""A request comes, is answered, its questions are asked on the spot, and somebody signs."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings

from bailiwick.custody import asking, deciding
from bailiwick.custody.models import Agency, Answer, Booking, Request, Scan
from tests.conftest import People
from tests.desk.conftest import NOW, RECEIVED, actor_for, make_booking, make_request, text

PAPER = {
    "paper": "I-247A", "received_at": "22:00", "received_how": "fax", "warrant": "administrative", "signed": "yes",
    "complete": "yes", "basis": ["biometric_match"], "subject_id": "370012345", "asks_hold": "on",
}  # fmt: skip


def current(ask: Request) -> Answer:
    return Answer.objects.get(request=ask, superseded_at=None)


@pytest.fixture
def texas(agency: Agency) -> Agency:
    agency.place, agency.zone = "us/tx/travis-county", "America/Chicago"
    agency.save()
    return agency


# ----------------------------------------------------------------------------------------------------- intake


def test_the_paper_is_written_down_with_its_scan_on_one_page(desk: Any, booking: Booking) -> None:
    scan = SimpleUploadedFile("fax.pdf", b"%PDF-1.7\n%%EOF\n", "application/pdf")
    answer = desk("clerk").post(f"/bookings/{booking.pk}/request", {**PAPER, "scan": scan})
    ask = Request.objects.get()
    assert answer["Location"] == f"/requests/{ask.pk}"
    assert (ask.kind, ask.form, ask.received_at) == ("immigration_detainer", "I-247A", RECEIVED)
    assert (ask.signed, ask.complete, ask.basis) == (True, True, ["biometric_match"])
    assert ask.fields == {"subject_id": "370012345", "asks_hold": True}
    assert Scan.objects.get().request == ask


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"paper": "I-247G"}, "This form never asks for a hold"),
        ({"received_at": "3/3/2026 22:00"}, "in the future"),
        ({"received_at": "25:00"}, "between 00:00 and 23:59"),
        ({"basis": ["biometric_match", "resume_custody"]}, "Box 1 and Box 2 are both ticked"),
        ({"no_basis": "on"}, "expected one or the other"),
        ({"scan": SimpleUploadedFile("a.pdf", b"MZ not a paper", "application/pdf")}, "is none of them"),
        (
            {"scan": SimpleUploadedFile("a.pdf", b"%PDF-1.7 /OpenAction << /JS (x) >>", "application/pdf")},
            "JavaScript",
        ),
    ],
)
def test_what_cannot_be_on_the_paper_is_said(desk: Any, booking: Booking, change: Any, says: str) -> None:
    answer = desk("clerk").post(f"/bookings/{booking.pk}/request", {**PAPER, **change})
    assert says in text(answer)
    assert 'value="370012345"' in answer.content.decode()
    assert not Request.objects.exists()


def test_a_scan_that_is_too_large_is_refused_with_both_sizes_and_what_was_typed_stays(
    desk: Any, booking: Booking
) -> None:
    scan = SimpleUploadedFile("fax.pdf", b"%PDF-1.7\n" + bytes(3 * 1_048_576), "application/pdf")
    with override_settings(SCAN_MAX_BYTES=2 * 1_048_576):
        answer = desk("clerk").post(f"/bookings/{booking.pk}/request", {**PAPER, "scan": scan})
    assert "The scan has 3 MB; at most 2 MB are taken." in text(answer)
    assert 'value="370012345"' in answer.content.decode()
    assert not Request.objects.exists()
    assert not Scan.objects.exists()


def test_i_247g_is_a_request_for_notice_and_no_hold_is_signed_for(desk: Any, booking: Booking) -> None:
    clerk = desk("clerk")
    paper = {name: value for name, value in PAPER.items() if name != "asks_hold"} | {"paper": "I-247G"}
    clerk.post(f"/bookings/{booking.pk}/request", paper)
    ask = Request.objects.get()
    page = clerk.get(f"/requests/{ask.pk}").content.decode()
    assert "This form never asks for a hold." in page
    assert "do_hold" not in page
    assert "do_notify_release" in page


# -------------------------------------------------------------------------------------------------- the answer


def test_a_forbidden_hold_is_said_with_its_section_and_since_when(desk: Any, ask: Request) -> None:
    page = desk("clerk").get(f"/requests/{ask.pk}").content.decode()
    row = page.partition('id="action-hold"')[2].partition("</tr>")[0]
    assert "outcome-forbidden" in row
    assert "keep this person past release" in row
    assert "Cal. Gov. Code § 7284.6(a)(1)(B)" in row
    assert "in force since 4 January 2018" in row


def test_a_question_is_answered_on_the_spot(desk: Any, texas: Agency, people: People) -> None:
    actor = actor_for(texas, people.clerk)
    ask = make_request(actor, make_booking(actor))
    clerk, url = desk("clerk"), f"/requests/{ask.pk}"
    page = text(clerk.get(url))
    assert "Has the person provided proof of U.S. citizenship?" in page
    assert "Why we ask" in page
    clerk.post(f"{url}/say", {"fact_person__citizen_proof": "no", "fact_person__lawful_status_proof": "no"})
    assert current(ask).decision["actions"]["hold"]["outcome"] == "required"
    nothing = clerk.post(f"{url}/say", {"fact_person__citizen_proof": ""}, follow=True)
    assert "Nothing was answered" in text(nothing)
    clerk.post(
        f"{url}/change",
        {"change-fact_person__citizen_proof": "", "change-fact_person__lawful_status_proof": "no"},
    )
    assert current(ask).decision["actions"]["hold"]["outcome"] == "unknown"


def test_an_answer_at_an_old_version_is_told_and_kept(desk: Any, ask: Request) -> None:
    answer = desk("clerk").post(
        f"/requests/{ask.pk}/check",
        {"version": "1", "statute": "PC 459", "fact_person__interview_consent": "no"},
    )
    assert "The file changed while it was open" in text(answer)
    assert 'value="PC 459"' in answer.content.decode()


def test_the_explanation_shown_is_the_one_that_was_stored(desk: Any, ask: Request) -> None:
    answer = current(ask)
    answer.decision["actions"]["hold"]["because"][0]["says"] = "What the law said that day."
    answer.save()
    assert "What the law said that day." in text(desk("clerk").get(f"/requests/{ask.pk}"))


# -------------------------------------------------------------------------------------------------- signatures


def signing(ask: Request, **choices: str) -> dict[str, str]:
    chosen = {"hold": "decline", "notify_release": "decline", "transfer": "decline"} | choices
    return {"answer": str(current(ask).pk), **{f"do_{name}": choice for name, choice in chosen.items()}}


def test_somebody_signs_what_is_done(desk: Any, people: People, ask: Request) -> None:
    desk("counsel").post(f"/requests/{ask.pk}/sign", signing(ask))
    assert current(ask).chosen == {"hold": "decline", "notify_release": "decline", "transfer": "decline"}
    page = text(desk("clerk").get(f"/requests/{ask.pk}"))
    assert f"Signed by {people.counsel}" in page
    assert "signed: we do not" in page


def test_a_forbidden_hold_is_refused_on_the_page(desk: Any, ask: Request) -> None:
    answer = desk("supervisor").post(
        f"/requests/{ask.pk}/sign", signing(ask, hold="honor") | {"reason": "we want to"}
    )
    assert "the law here forbids it" in text(answer)
    assert current(ask).chosen is None


def test_a_departure_asks_why_and_then_for_a_second_person(desk: Any, ask: Request) -> None:
    clerk, url = desk("clerk"), f"/requests/{ask.pk}"
    answer = clerk.post(f"{url}/sign", signing(ask, notify_release="honor"))
    assert "write why in a sentence" in text(answer)
    clerk.post(
        f"{url}/sign", signing(ask, notify_release="honor") | {"reason": "the date is on our public page"}
    )
    assert current(ask).needs_second == ["notify_release"]
    page = text(desk("supervisor").get(url))
    assert "Why it departs from the answer: the date is on our public page" in page
    assert "Sign as second person" not in text(clerk.get(url))
    desk("supervisor").post(f"{url}/second", {"answer": str(current(ask).pk)})
    assert "Second person" in text(clerk.get(url))


def test_a_signature_is_for_the_answer_that_was_read(
    desk: Any, agency: Agency, people: People, ask: Request
) -> None:
    form = signing(ask)
    deciding.say(actor_for(agency, people.clerk), ask, "person.interview_consent", True)
    answer = desk("counsel").post(f"/requests/{ask.pk}/sign", form)
    assert "The answer changed while the page was open" in text(answer)
    assert current(ask).chosen is None


def test_a_withdrawn_request_can_be_read_and_not_signed(
    desk: Any, agency: Agency, people: People, ask: Request
) -> None:
    asking.withdraw(actor_for(agency, people.clerk), ask, because="another person")
    page = text(desk("clerk").get(f"/requests/{ask.pk}"))
    assert "The asking agency withdrew this request" in page
    assert "Sign as" not in page


# ---------------------------------------------------------------------------------------------------- leaving


def test_the_gate_names_what_is_missing(desk: Any, booking: Booking, ask: Request) -> None:
    clerk, url = desk("clerk"), f"/bookings/{booking.pk}/release"
    refused = clerk.post(url, {"kind": "released", "past_limit_reason": "under way"})
    assert "To be given before the file closes: give the person a copy of the request" in text(refused)
    booking.refresh_from_db()
    assert booking.left_at is None


def test_the_limit_asks_why_and_a_transfer_asks_to_whom(desk: Any, booking: Booking) -> None:
    clerk, url = desk("clerk"), f"/bookings/{booking.pk}/release"
    assert "write why in a sentence" in text(clerk.post(url, {"kind": "released"}))
    assert "whoever took the person" in text(clerk.post(url, {"kind": "transferred"}))
    done = clerk.post(url, {"kind": "released", "at": "03:21", "past_limit_reason": "under way"})
    assert done.status_code == 302
    booking.refresh_from_db()
    assert booking.left_at is not None
    assert booking.left_at < NOW
    assert "left already" in text(clerk.get(url, follow=True))
