"""The pages in a real browser: the way from a file to its rows by keyboard, and axe in both themes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import transaction
from playwright.sync_api import Browser, Page, expect

from bailiwick.custody import clocks, files
from bailiwick.custody.acting import Actor
from bailiwick.custody.exchange import letters, webhooks
from bailiwick.custody.models import Agency, Booking, Due, Letter, Webhook, WebhookDelivery
from tests.conftest import PASSWORD, make_agency, make_user

CSV = b"""BookNo,Last Name,First Name,Booked,Nationality,Hold
26-1,Doe,Alex,2026-03-01 22:00,Utopia,ARR
26-2,Roe,,2026-03-01 23:00,,ARR
"""


@pytest.fixture
def page(chromium: Browser, live_desk: str) -> Iterator[Page]:
    context = chromium.new_context(base_url=live_desk)
    yield context.new_page()
    context.close()


def log_in(page: Page, username: str) -> None:
    page.context.clear_cookies()
    page.goto("/accounts/login/")
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/login/" not in url)


def looked_through(page: Page) -> list[Any]:
    """What axe finds, in light and dark."""
    out = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        found = Axe().run(page).response["violations"]
        out += [(page.url, scheme, one["id"], one["nodes"][0]["html"]) for one in found]
    return out


def test_from_a_file_to_its_rows_and_nothing_in_the_way(page: Page) -> None:
    agency = make_agency()
    for role in ("clerk", "supervisor", "administrator"):
        make_user(agency, role)
    found = []
    log_in(page, "clerk")
    page.goto("/imports")
    page.get_by_label("File (CSV or JSON)").set_input_files(
        {"name": "jail.csv", "mimeType": "text/csv", "buffer": CSV}
    )
    page.get_by_role("button", name="Hand in").press("Enter")
    expect(page.get_by_role("note")).to_contain_text("§ 7284.6(a)(1)(A)")
    page.get_by_label("Hold").select_option("ground")
    page.get_by_label("What do the jail").fill("ground: ARR = arrest")
    found += looked_through(page)
    page.get_by_role("button", name="Try it").press("Enter")
    expect(page.locator(".lead")).to_contain_text("1 of 2 rows would be taken, 1 set aside.")
    found += looked_through(page)
    page.get_by_role("button", name="Import this one row").press("Enter")
    expect(page.locator(".lead")).to_contain_text("1 of 2 rows taken, 1 set aside.")
    page.goto("/imports")
    found += looked_through(page)
    page.get_by_role("link", name="line 3").press("Enter")
    expect(page.get_by_label("First Name")).to_be_visible()
    found += looked_through(page)
    page.get_by_label("First Name").fill("Sam")
    page.get_by_role("button", name="Take the row").press("Enter")
    expect(page.get_by_text("No row waits.")).to_be_visible()
    assert sorted(Booking.objects.values_list("number", flat=True)) == ["26-1", "26-2"]
    log_in(page, "supervisor")
    page.goto("/exports")
    found += looked_through(page)
    log_in(page, "administrator")
    page.goto("/connections")
    page.get_by_label("Address").fill("https://hook.example/in")
    page.get_by_label("booking.made").check()
    found += looked_through(page)
    page.get_by_role("button", name="Make the webhook").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("whsec_")
    found += looked_through(page)
    page.set_viewport_size({"width": 320, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert found == []


def connected(agency: Agency) -> Webhook:
    """Webhooks and letters in every state there is, with addresses and answers as long as they come."""
    clerk, at = make_user(agency, "clerk"), datetime(2026, 3, 2, 11, 22, tzinfo=UTC)
    desk = Actor(agency, at, clerk)
    kinds = ["booking.made", "due.set", "alarm.raised"]
    address = "https://hook.a-county-with-a-long-name.example/systems/jail-management/events/incoming-and-nothing-else"
    held = webhooks.make(desk, url=address, kinds=kinds)
    webhooks.change(desk, webhooks.make(desk, url="https://old.example/", kinds=kinds), active=False)
    for n in range(4):
        files.book(desk, number=f"26-{n}", person={"family_name": "Doe", "given_name": "A"}, booked_at=at)
    answer = "500 Internal Server Error: " + "nothing-of-this-can-be-broken-" * 6
    states: list[dict[str, Any]] = [
        {"delivered_at": at, "tries": 1, "last_answer": "204 No Content"},
        {"given_up_at": at, "tries": 10, "last_answer": answer},
        {"tries": 3, "last_answer": answer},
        {},
    ]
    for delivery, state in zip(
        WebhookDelivery.objects.filter(webhook=held).order_by("pk"), states, strict=True
    ):
        WebhookDelivery.objects.filter(pk=delivery.pk).update(**state)
    said: list[dict[str, Any]] = [
        {"tries": 2, "last_answer": answer},
        {"tries": 11, "given_up_at": at, "last_answer": answer},
        {"tries": 2, "sent_at": at, "unsure_at": at},
    ]
    for n, state in enumerate(said):
        due = clocks.owe(
            desk, kind=Due.Kind.NOTICE, source=f"x{n}", what="tell the lawyer and one other person whom the person chose",
            since=at, due_at=at + timedelta(hours=2), booking=Booking.objects.get(number=f"26-{n}"),
        )  # fmt: skip
        assert due is not None
        letter = letters.queue(
            due.alarms.all()[0], "the-watch-commander-of-the-night@a-county-with-a-long-name.example"
        )
        Letter.objects.filter(pk=letter.pk).update(**state)
    return held


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 320)])
def test_connections_with_something_in_every_state(
    page: Page, live_desk: str, scheme: Any, width: int
) -> None:
    agency = make_agency()
    with transaction.atomic():
        held = connected(agency)
    make_user(agency, "administrator")
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)
    log_in(page, "administrator")
    found = []
    for address in ("/connections", f"/connections/{held.pk}"):
        page.goto(address)
        expect(page.locator("td .late").first).to_be_visible()
        found += [(one["id"], one["nodes"][0]["html"]) for one in Axe().run(page).response["violations"]]
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider <= 0, address
    assert found == []
