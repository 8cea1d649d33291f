"""Story 1: three in the morning, a county jail in California."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from bailiwick.custody import files
from bailiwick.custody.acting import Actor
from bailiwick.custody.models import Agency, Booking
from bailiwick.desk.clock import stand_at, standing_at
from bailiwick.record.models import Event
from tests.conftest import People, make_agency
from tests.desk.browser import log_in

#: 2 March 2026, Pacific standard time: 03:20 the bond, 03:22 the clerk looks, 03:41 the person leaves.
BOOKED, BOND, LOOKS, LEAVES = (
    datetime(2026, 3, 1, 20, 0, tzinfo=UTC),
    datetime(2026, 3, 2, 11, 20, tzinfo=UTC),
    datetime(2026, 3, 2, 11, 22, tzinfo=UTC),
    datetime(2026, 3, 2, 11, 41, tzinfo=UTC),
)


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with standing_at(LOOKS):
        yield


@pytest.fixture
def jail(transactional_db: str) -> Agency:
    """The jail has said once that release dates are not public here."""
    return make_agency(
        "Fresno County Jail", "us/ca/fresno-county", settings={"facts": {"release.public_information": False}}
    )


@pytest.fixture
def stay(jail: Agency) -> Booking:
    """Booked at noon; the bond is posted at 03:20, and the last ground ends."""
    clerk = Actor(jail, BOOKED, People(jail).clerk)
    made = files.book(
        clerk, number="26-004417", booked_at=BOOKED,
        person={"family_name": "Doe", "given_name": "Alex", "language": "es"},
        grounds=[{"kind": "arrest", "says": "PC 484", "opened_at": BOOKED}],
    )  # fmt: skip
    files.end_ground(clerk.later(BOND), made.grounds.get(), how="bond posted")
    return made


def test_the_bond_is_posted_the_fax_has_come_and_the_person_leaves_at_03_41(
    jail: Agency, stay: Booking, page: Page, chromium: Browser, live_desk: str
) -> None:
    people = People(jail)
    log_in(page, people.clerk.username)
    seen: list[str] = []
    page.on("framenavigated", lambda frame: seen.append(urlsplit(frame.url).path))

    page.goto("/")
    first = page.locator("#due tbody tr").first
    expect(first).to_contain_text("26-004417")
    expect(page.locator("#due")).to_contain_text("running 2 min")
    page.locator("#due tbody tr").first.get_by_role("link").click()

    expect(page.locator("#stands")).to_contain_text("Must be free: the last ground ended at 03:20 PST")
    page.get_by_role("link", name="A request came").click()

    page.get_by_label("Received at").fill("22:00")
    page.get_by_label("What came with it, and who signed it?").select_option("administrative")
    page.get_by_role("group", name="Is the form signed?").get_by_label("yes").check()
    page.get_by_role("group", name="Is the form complete?").get_by_label("yes").check()
    page.get_by_label("Box 1: biometric match").check()
    page.get_by_label("Scan of the paper").set_input_files(
        {"name": "detainer.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n%%EOF\n"}
    )
    page.get_by_role("button", name="What may we do?").first.click()

    hold, notice = page.locator("#action-hold"), page.locator("#action-notify_release")
    expect(hold).to_contain_text("You may not")
    expect(hold).to_contain_text("Cal. Gov. Code § 7284.6(a)(1)(B)")
    expect(hold).to_contain_text("in force since 4 January 2018")
    expect(notice).to_contain_text("Cannot be answered yet")
    expect(notice).to_contain_text("Is there a qualifying conviction?")

    # The record check: one misdemeanor of 2019 that could have been a felony; no registry, no federal warrant.
    page.get_by_label("Section").fill("PC 459")
    page.get_by_label("How far has it come?").select_option("convicted")
    page.get_by_label("Grade").select_option("misdemeanor")
    page.get_by_label("Convicted on").fill("5/4/2019")
    for question, answer in (
        ("Could it have been charged as felony or misdemeanor?", "yes"),
        ("Is that the whole record?", "yes"),
        ("Is there an outstanding federal felony arrest warrant?", "no"),
        ("Is the person on the offender registry?", "no"),
    ):
        page.get_by_role("group", name=question).get_by_label(answer, exact=True).check()
    page.get_by_role("button", name="Answer again").click()
    expect(notice).to_contain_text("You may not")
    expect(notice).to_contain_text("§ 7284.6(a)(1)(C)")
    asked = urlsplit(page.url).path

    # The supervisor reads it at another desk and signs.
    other = chromium.new_context(base_url=live_desk)
    desk = other.new_page()
    log_in(desk, people.supervisor.username)
    desk.goto(asked)
    for what in ("Tell the release date", "Hand over"):
        desk.get_by_role("group", name=what).get_by_label("we do not").check()
    desk.get_by_role("button", name="Sign as").click()
    expect(desk.get_by_text("Signed.", exact=True)).to_be_visible()
    other.close()

    page.reload()
    page.get_by_role("button", name="Print all 2").click()
    papers = page.locator("#papers")
    expect(papers.get_by_role("link", name="Copy of the request, Español")).to_be_visible()
    expect(papers.get_by_role("link", name="What we will do about the request, Español")).to_be_visible()
    with page.expect_download() as download:
        papers.get_by_role("link", name="What we will do about the request, Español").click(modifiers=["Alt"])
    assert download.value
    page.get_by_role("button", name="Record that they were given").click()
    expect(page.locator("#papers")).not_to_contain_text("Printed, not yet given")

    stand_at(LEAVES)
    page.get_by_role("link", name="The person leaves").click()
    expect(page.locator("main")).to_contain_text("say why. (does not block)")
    page.get_by_label("Why after the limit?").fill(
        "Release was under way: property and identity were checked."
    )
    page.get_by_role("button", name="Record that the person left").click()

    expect(page.locator("#stands")).to_have_text("Free since 03:41 PST; nothing open.")
    kinds = {
        path.rpartition("/")[0] if path.rsplit("/", 1)[-1].isdecimal() else path.rsplit("/", 1)[-1]
        for path in seen
    }
    assert kinds == {"", "/bookings", "request", "/requests", "release"}, "five pages"

    page.get_by_role("link", name="With everybody who looked").click()
    line = page.locator(".timeline li", has_text="Looked at: the answer to a request")
    expect(line.filter(has_text=people.supervisor.username)).to_have_count(2)
    expect(page.locator(".timeline")).to_contain_text("Left: Released, 2 March 2026, 03:41 PST")
    stay.refresh_from_db()
    assert stay.left_at == LEAVES
    assert stay.departure.limit_at == BOND
    assert Event.objects.filter(subject=f"booking/{stay.pk}", kind="paper.given").count() == 2
