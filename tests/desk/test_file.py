"""The file: what stands on it, who looked, what is done to it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from bailiwick.custody import asking, files, leaving
from bailiwick.custody.models import Agency, Booking, Draft, Due, Person, Request, Scan
from bailiwick.custody.rights import scope_of
from bailiwick.custody.seeing import seeing
from bailiwick.desk.clock import standing_at
from bailiwick.record.models import Event
from tests.conftest import People
from tests.desk.conftest import NOW, actor_for, make_booking, text

BOOK = {
    "number": "26-1", "family_name": "Roe", "given_name": "Sam", "birth_date": "5/4/1994", "language": "vi", "ground": "arrest",
    "booked_at": "03:00", "charge0-statute": "PC 459", "charge0-status": "arrested", "charges_complete": "no",
}  # fmt: skip


def seen(booking: Booking) -> list[tuple[str, str]]:
    events = Event.objects.filter(subject=f"booking/{booking.pk}", kind="file.seen").order_by("id")
    return [(event.actor, event.data["page"]) for event in events]


# ------------------------------------------------------------------------------------------------ a new booking


def test_a_booking_is_made_with_its_ground_and_charges(desk: Any, agency: Agency) -> None:
    answer = desk("clerk").post("/bookings/new", BOOK)
    made = Booking.objects.get()
    assert answer["Location"] == f"/bookings/{made.pk}"
    assert made.person.language == "vi"
    assert made.grounds.get().opened_at == made.booked_at == NOW - timedelta(minutes=22)
    assert [one.statute for one in made.charges.all()] == ["PC 459"]
    assert made.charges_complete is False


def test_what_the_law_forbids_to_collect_is_not_on_the_form(desk: Any, agency: Agency) -> None:
    clerk = desk("clerk")
    page = clerk.get("/bookings/new").content.decode()
    assert 'name="birthplace"' not in page
    assert "§ 7284.6(a)(1)(A)" in page
    clerk.post("/bookings/new", BOOK | {"birthplace": "Oaxaca"})
    assert Person.objects.get().birthplace == ""
    agency.place, agency.zone = "us/tx/travis-county", "America/Chicago"
    agency.save()
    assert 'name="birthplace"' in clerk.get("/bookings/new").content.decode()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"number": "26-004417"}, "Booking 26-004417 exists already"),
        ({"birth_date": "2/30/1994"}, "Expected a day as"),
        ({"charge0-convicted_on": "1/1/2019"}, "expected the status"),
        ({"juvenile": "on"}, "Ask a supervisor or counsel"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    desk: Any, booking: Booking, change: Any, says: str
) -> None:
    answer = desk("clerk").post("/bookings/new", BOOK | change)
    assert says in text(answer)
    assert 'value="Roe"' in answer.content.decode()
    assert Booking.objects.count() == 1


# -------------------------------------------------------------------------------------------------- the file


def test_every_look_at_a_file_is_written_down_one_event_a_look(
    desk: Any, people: People, booking: Booking, ask: Request
) -> None:
    pages = {
        "file": f"/bookings/{booking.pk}",
        "decision": f"/requests/{ask.pk}",
        "release": f"/bookings/{booking.pk}/release",
    }
    for url in pages.values():
        desk("clerk").get(url)
    desk("auditor").get(pages["file"])
    clerk, auditor = people.clerk.username, people.auditor.username
    assert seen(booking) == [(clerk, "file"), (clerk, "decision"), (clerk, "release"), (auditor, "file")]
    line = text(desk("clerk").get(f"{pages['file']}?all"))
    assert f"{auditor} Looked at: the file" in line


@pytest.mark.parametrize(
    ("place", "says"),
    [
        ("open", "In custody: 1 ground is open."),
        ("future", "In custody until 05:22 PST (in 2 h), when the last ground ends."),
        ("past", "Must be free: the last ground ended at 03:20 PST (2 min ago)."),
        ("left", "Free since 03:22 PST; nothing open."),
        ("died", "Died in custody at 03:22 PST; nothing open."),
    ],
)
def test_one_sentence_says_where_things_stand(
    desk: Any, agency: Agency, people: People, place: str, says: str
) -> None:
    actor = actor_for(agency, people.clerk)
    stay = make_booking(actor, free=None) if place in ("open", "future") else make_booking(actor)
    if place == "future":
        files.end_ground(actor, stay.grounds.get(), at=NOW + timedelta(hours=2), how="sentence ends")
    if place in ("left", "died"):
        kind = "released" if place == "left" else "died"
        leaving.depart(actor, stay, kind=kind, at=NOW, past_limit_reason="under way")
    assert (
        f'<p class="stands" id="stands">{says}</p>'
        in desk("clerk").get(f"/bookings/{stay.pk}").content.decode()
    )


def test_the_timeline_shows_forty_lines_and_goes_on(
    desk: Any, agency: Agency, people: People, booking: Booking
) -> None:
    actor = actor_for(agency, people.clerk)
    for number in range(45):
        files.correct(actor, booking, says=f"correction {number}")
    clerk, url = desk("clerk"), f"/bookings/{booking.pk}"
    first = clerk.get(url).content.decode()
    assert first.count("Correction: ") == 40
    assert "correction 44" in first
    before = first.partition("?before=")[2].partition("#")[0]
    assert "correction 4" in text(clerk.get(f"{url}?before={before}"))
    assert "Booked as 26-004417" in text(clerk.get(f"{url}?before={before}"))


def test_a_file_and_home_ask_few_statements(desk: Any, booking: Booking, ask: Request) -> None:
    clerk = desk("clerk")
    for url in ("/", f"/bookings/{booking.pk}", "/find?q=doe"):
        clerk.get(url)
        connection.force_debug_cursor = True
        before = len(connection.queries)
        clerk.get(url)
        asked = len(connection.queries) - before
        connection.force_debug_cursor = False
        # Inside the test's own transaction each atomic block is two statements more.
        assert asked <= 28, url


def test_a_sealed_file_is_found_by_nobody_who_may_not_see_it(
    desk: Any, people: People, booking: Booking
) -> None:
    sealed = desk("supervisor").post(f"/bookings/{booking.pk}/seal", {"because": "order of the court"})
    assert sealed.status_code == 302
    assert desk("clerk").get(f"/bookings/{booking.pk}").status_code == 404
    assert "26-004417" not in text(desk("clerk").get("/"))
    assert "Nobody is found" in text(desk("clerk").get("/find?q=doe"))
    assert desk("counsel").get(f"/bookings/{booking.pk}").status_code == 200
    with seeing(scope_of(people.clerk)):
        assert not Booking.objects.exists()


# ----------------------------------------------------------------------------------------------------- deeds


def test_a_ground_ends_and_the_release_clock_starts_at_once(
    desk: Any, agency: Agency, people: People
) -> None:
    stay = make_booking(actor_for(agency, people.clerk), free=None)
    clerk = desk("clerk")
    clerk.post(f"/grounds/{stay.grounds.get().pk}/end", {"how": "bond posted", "at": "03:20"})
    stay.refresh_from_db()
    assert stay.t0 == NOW - timedelta(minutes=2)
    assert "running 2 min" in text(clerk.get("/"))


def test_two_people_edit_one_file_and_what_the_second_typed_is_kept(desk: Any, booking: Booking) -> None:
    version = Booking.objects.get(pk=booking.pk).version
    first, second, url = desk("clerk"), desk("supervisor"), f"/bookings/{booking.pk}/charge"
    assert first.post(url, {"version": version, "statute": "PC 459"}).status_code == 302
    told = second.post(url, {"version": version, "statute": "PC 470"})
    page = told.content.decode()
    assert "The file changed while it was open" in text(told)
    assert 'value="PC 470"' in page
    assert f'name="version" value="{version + 1}"' in page
    assert second.post(url, {"version": version + 1, "statute": "PC 470"}).status_code == 302
    assert sorted(one.statute for one in booking.charges.all()) == ["PC 459", "PC 470", "PC 484"]


def test_a_closed_file_takes_a_correction_and_no_charge(
    desk: Any, agency: Agency, people: People, booking: Booking
) -> None:
    leaving.depart(
        actor_for(agency, people.clerk), booking, kind="released", at=NOW, past_limit_reason="under way"
    )
    clerk = desk("clerk")
    assert clerk.get(f"/bookings/{booking.pk}/charge").status_code == 404
    clerk.post(f"/bookings/{booking.pk}/correct", {"says": "It was 03:40."})
    assert "Correction: It was 03:40." in text(clerk.get(f"/bookings/{booking.pk}"))


def test_a_notice_is_recorded_as_done_and_a_release_clock_is_not(
    desk: Any, booking: Booking, ask: Request
) -> None:
    clerk = desk("clerk")
    copy = Due.objects.get(source="us/ca:truth-act/copy")
    clerk.post(f"/dues/{copy.pk}/done", {"how": "in person"})
    copy.refresh_from_db()
    assert copy.done_how == "in person"
    free = Due.objects.get(source="t0", done_at=None, void_at=None)
    assert clerk.post(f"/dues/{free.pk}/done", {"how": "x"}).status_code == 404


# ---------------------------------------------------------------------------------------------- kept forms


def test_a_form_begun_is_kept_and_filled_in_again(desk: Any, booking: Booking) -> None:
    clerk, url = desk("clerk"), f"/bookings/{booking.pk}/request"
    clerk.post(
        "/drafts/keep",
        {"_page": url, "paper": "I-247A", "received_at": "22:00", "requesting_officer": "K. Roe"},
    )
    with standing_at(NOW + timedelta(minutes=5)):
        page = clerk.get(url)
    assert "You began this form 5 min ago" in text(page)
    assert 'value="K. Roe"' in page.content.decode()
    assert "needs another look" not in text(page)
    clerk.post(url, {"paper": "I-247A", "received_at": "22:00", "received_how": "fax"})
    assert Request.objects.count() == 1
    assert not Draft.objects.exists()


def test_a_lost_session_in_the_middle_of_a_form_loses_nothing(
    desk: Any, people: People, booking: Booking
) -> None:
    clerk, url = desk("clerk"), f"/bookings/{booking.pk}/request"
    with standing_at(NOW + timedelta(minutes=45)):
        away = clerk.post(
            url,
            {
                "paper": "I-247A",
                "received_at": "22:00",
                "received_how": "fax",
                "requesting_officer": "K. Roe",
            },
        )
        assert away["Location"].startswith("/accounts/unlock/")
        assert not Request.objects.exists()
        again = desk("clerk").get(url)
    assert 'value="K. Roe"' in again.content.decode()


def test_of_a_scan_that_was_chosen_the_name_is_kept_and_nothing_else(
    desk: Any, people: People, booking: Booking
) -> None:
    clerk, url = desk("clerk"), f"/bookings/{booking.pk}/request"
    form = {"paper": "I-247A", "received_at": "22:00", "received_how": "fax"}
    with standing_at(NOW + timedelta(minutes=45)):
        clerk.post(url, form | {"scan": SimpleUploadedFile("detainer 7.pdf", b"%PDF-1.7 Atlantis")})
        draft = Draft.objects.get()
        assert draft.data.pop("_file:scan") == ["detainer 7.pdf"]
        assert draft.data == {name: [value] for name, value in form.items()}
        clerk = desk("clerk")
        page = clerk.get(url)
        assert "The file “detainer 7.pdf” was chosen and is not kept: choose it again." in text(page)
        assert "Choose “detainer 7.pdf” again" in text(page)
        # Lost once more before it was chosen again: it is still asked for.
        typed = form | {"_page": url, "_file:scan": "detainer 7.pdf", "requesting_officer": "K. Roe"}
        clerk.post("/drafts/keep", typed)
        kept = clerk.get("/drafts").content.decode()
        number = Draft.objects.get().pk
        assert "Choose “detainer 7.pdf” again</label>" in kept
        assert f'type="file" id="file-{number}-scan" name="scan"' in kept
        scan = SimpleUploadedFile("again.pdf", b"%PDF-1.7")
        clerk.post(url, form | {"_draft": number, "_file:scan": "detainer 7.pdf", "scan": scan})
    assert Scan.objects.get().name == "again.pdf"
    assert not Draft.objects.exists()
    page = clerk.get(url)
    assert "choose it again" not in text(page)


# ------------------------------------------------------------------------------------------------------ scans


def test_a_scan_is_saved_and_never_opened_by_the_browser(
    desk: Any, agency: Agency, people: People, ask: Request
) -> None:
    actor = actor_for(agency, people.clerk)
    scan = asking.attach(
        actor, name='a "b".pdf', media_type="application/pdf", content=b"%PDF-1.7", request=ask
    )
    answer = desk("clerk").get(f"/scans/{scan.pk}")
    assert answer["Content-Disposition"] == 'attachment; filename="a__b_.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer.content == b"%PDF-1.7"
    assert seen(ask.booking)[-1] == (people.clerk.username, "scan")
