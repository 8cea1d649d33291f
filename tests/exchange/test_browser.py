"""The pages in a real browser: the way from a file to its rows by keyboard, and axe in both themes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from bailiwick.custody.models import Booking
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
    page.get_by_role("button", name="Make it").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("whsec_")
    found += looked_through(page)
    page.set_viewport_size({"width": 320, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert found == []
