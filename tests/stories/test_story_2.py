"""Story 2: the same paper in Texas."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from bailiwick.custody import asking, clocks, deciding, files
from bailiwick.custody.acting import Actor
from bailiwick.custody.models import Agency, Alarm, Booking, Request
from bailiwick.desk.clock import stand_at, standing_at
from bailiwick.desk.jobs import tell
from bailiwick.record.models import Event
from tests.conftest import People, make_agency
from tests.desk.browser import log_in

#: Saturday 7 March 2026, 10:00 Central standard time; the clocks go forward at 02:00 on Sunday.
T0 = datetime(2026, 3, 7, 16, 0, tzinfo=UTC)
RECEIVED = T0 - timedelta(hours=10)
BOOKED = T0 - timedelta(days=2)
#: 48 hours on, continuous: Monday 9 March, 11:00 Central daylight time.
LIMIT = datetime(2026, 3, 9, 16, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with standing_at(T0 - timedelta(hours=1)):
        yield


@pytest.fixture
def jail(transactional_db: str) -> Agency:
    return make_agency("Travis County Jail", "us/tx/travis-county", zone="America/Chicago")


@pytest.fixture
def people(jail: Agency) -> People:
    return People(jail)


@pytest.fixture
def ask(jail: Agency, people: People) -> Request:
    """Booked on Thursday; the detainer comes on Saturday at midnight; the charge is dropped at 10:00."""
    clerk = Actor(jail, BOOKED, people.clerk)
    stay = files.book(
        clerk, number="26-000812", booked_at=BOOKED, person={"family_name": "Doe", "given_name": "Alex"},
        grounds=[{"kind": "charge", "opened_at": BOOKED}],
    )  # fmt: skip
    files.end_ground(clerk.later(T0 - timedelta(hours=2)), stay.grounds.get(), at=T0, how="charge dropped")
    return asking.receive(
        clerk.later(T0 - timedelta(hours=1)), stay, kind="immigration_detainer", form="I-247A", received_at=RECEIVED,
        warrant="administrative", signed=True, complete=True, basis=["biometric_match"],
    )  # fmt: skip


def answer(page: Page, **given: str) -> None:
    """Answer the questions about proof."""
    for words, value in given.items():
        question = {"citizen": "proof of U.S. citizenship", "status": "proof of lawful immigration status"}[
            words
        ]
        page.get_by_role("group", name=question).get_by_label(value, exact=True).check()
    page.get_by_role("button", name="Answer again").click()


def test_a_driver_s_licence_changes_the_answer_and_everybody_who_must_know_sees_it(
    people: People, ask: Request, page: Page, chromium: Browser, live_desk: str
) -> None:
    log_in(page, people.clerk.username)
    page.goto(f"/requests/{ask.pk}")
    answer(page, citizen="no", status="no")
    hold = page.locator("#action-hold")
    expect(hold).to_contain_text("You must")
    expect(hold).to_contain_text("Tex. Code Crim. Proc. art. 2A.060(a)(1), (b)")
    page.get_by_text("Every duty the law sets here").click()
    told = "tell the person that they are held on an immigration detainer request of ICE"
    expect(page.get_by_text(told)).to_be_visible()
    for what in ("Hold", "Tell the release date"):
        page.get_by_role("group", name=what).get_by_label("we do it").check()
    page.get_by_role("group", name="Hand over").get_by_label("we do not").check()
    page.get_by_role("button", name="Sign as").click()
    expect(page.get_by_text("A second person must sign", exact=False).first).to_be_visible()

    # The person shows the licence: the clerk records the proof.
    page.get_by_text("Change an answer").click()
    page.get_by_role("group", name="proof of lawful immigration status").get_by_label(
        "yes", exact=True
    ).check()
    page.get_by_role("button", name="Change the answers").click()
    expect(hold).not_to_contain_text("You must")
    expect(hold).to_contain_text("Not required here")
    expect(hold).to_contain_text("proof of lawful immigration status? yes")
    expect(hold).to_contain_text("Tex. Code Crim. Proc. art. 2A.060(a)(1), (b)")

    for somebody in (people.supervisor, people.counsel):
        other = chromium.new_context(base_url=live_desk)
        desk = other.new_page()
        log_in(desk, somebody.username)
        expect(desk.locator("#queue-sign")).to_contain_text("1")
        desk.locator("#queue-sign").click()
        expect(desk.locator("main")).to_contain_text(
            "the answer changed after it was signed: read it and sign again"
        )
        other.close()


def honor(ask: Request, people: People, at: datetime) -> None:
    """No proof is shown; the clerk signs the hold and the supervisor as second person."""
    clerk = Actor(ask.agency, at, people.clerk)
    found = deciding.say_all(clerk, ask, {"person.citizen_proof": False, "person.lawful_status_proof": False})
    deciding.sign(clerk, found, {"hold": "honor", "notify_release": "honor"})
    deciding.second(Actor(ask.agency, at, people.supervisor), found)


def test_48_hours_run_from_t0_through_the_change_of_the_clock_and_no_longer(
    jail: Agency, people: People, ask: Request, page: Page, context: BrowserContext
) -> None:
    honor(ask, people, T0 - timedelta(minutes=30))
    stay = Booking.objects.get(pk=ask.booking_id)
    assert clocks.held_until(stay)[0] == LIMIT

    stand_at(T0 + timedelta(hours=39))
    assert clocks.raise_alarms(T0 + timedelta(hours=40) - timedelta(seconds=1), tell) == 0
    stand_at(T0 + timedelta(hours=40))
    assert clocks.raise_alarms(T0 + timedelta(hours=40), tell) == 1
    event = Event.objects.get(kind="alarm.raised")
    assert event.data["owner"] == people.clerk.username
    assert Alarm.objects.get(stage="soon").told == ["page"]

    log_in(page, people.clerk.username)
    page.goto(f"/bookings/{stay.pk}")
    expect(page.locator("#stands")).to_have_text(
        "Held on a detainer: must be free by 11:00 CDT (in 8 h), and not a minute later."
    )
    expect(page.locator(".timeline")).to_contain_text(f"Alarm for {people.clerk.username}")
    page.goto("/")
    expect(page.locator("#due .late")).to_have_count(0)

    stand_at(LIMIT + timedelta(minutes=1))
    context.clear_cookies()  # eight hours later: another day's work
    log_in(page, people.clerk.username)
    late = page.locator("#due tbody tr", has_text="26-000812").filter(has_text="the hold ends")
    expect(late.locator(".late")).to_have_text("1 min ago")
    red = late.locator(".late").evaluate("one => getComputedStyle(one).backgroundColor")
    assert red == "rgb(179, 20, 11)"

    # A new detainer, signed by two, gives no new hours.
    at = LIMIT + timedelta(minutes=2)
    clerk = Actor(jail, at, people.clerk)
    again = asking.receive(
        clerk, stay, kind="immigration_detainer", form="I-247A", received_at=LIMIT, warrant="administrative",
        signed=True, complete=True,
    )  # fmt: skip
    honor(again, people, at)
    assert clocks.held_until(stay)[0] == LIMIT
    stand_at(at)
    page.goto(f"/bookings/{stay.pk}")
    expect(page.locator("#stands")).to_have_text(
        "Must be free: the hold ended at 11:00 CDT (2 min ago), and it can’t be made longer."
    )
