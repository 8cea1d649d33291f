"""The public pages in a real browser: readable by everybody, without JavaScript, on a narrow screen, in both themes."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

SHORT = (
    "/",
    "/law?q=cook",
    "/law/us/wy?on=1996-01-01",
    "/try?place=us/tx",
    "/evidence/declined",
    "/evidence/county/us/il/cook-county?under=us/tx",
    "/evidence/compare?a_measure=declined-recorded&a_place=us/ca&b_measure=declined-recorded&b_place=us/tx",
    "/claims?kind=count&verdict=not%20found",
)
LONG = ("/law/us/md/montgomery-county?on=2024-01-01", "/atlas?on=2018-01-04", "/evidence")
Browse = Callable[..., Any]


@pytest.mark.parametrize(
    ("scheme", "width", "pages"), [("light", 320, SHORT), ("dark", 1280, SHORT), ("light", 320, LONG)]
)
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    browse: Browse, scheme: str, width: int, pages: tuple[str, ...]
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    axe = Axe()

    def work(page: Any) -> list[str]:
        wrong: list[str] = []
        page.on("console", lambda message: wrong.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
        for address in pages:
            page.goto(address)
            found = axe.run(page).response["violations"]
            wrong += [f"{address}: {v['id']} {v['nodes'][0]['html'][:90]}" for v in found]
            if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
                wrong.append(f"{address}: wider than {width}")
        return wrong

    assert browse(work, color_scheme=scheme, viewport={"width": width, "height": 900}) == []


def test_the_pages_work_without_javascript(browse: Browse) -> None:
    def work(page: Any) -> None:
        page.goto("/")
        page.get_by_label("The law of a state, county or city").fill("California")
        page.get_by_role("button", name="Find the place").click()
        page.get_by_role("link", name="California", exact=True).first.click()
        page.get_by_label("On which day?").fill("2018-01-03")
        page.get_by_role("button", name="Show that law").click()
        expect(page.get_by_text("The law in force on 3 January 2018.")).to_be_visible()
        page.get_by_role("link", name="Try a case here").click()
        page.get_by_label("What is known of charges and convictions?").select_option("none")
        page.get_by_role("button", name="Answer for this place").click()
        expect(page.locator("#answer tbody tr")).to_have_count(8)
        expect(page).to_have_url(re.compile("/try$"))
        page.goto("/atlas")
        page.get_by_label("Case").select_option("citizen")
        page.get_by_label("Day", exact=True).fill("2026-11-25")
        page.get_by_role("button", name="Show", exact=True).click()
        row = page.locator(".matrix tr", has=page.get_by_role("link", name="Texas", exact=True))
        expect(row.locator("td").first).to_contain_text("No rule here speaks to this")
        expect(page.locator("#slide")).to_be_hidden()
        page.goto("/evidence")
        page.get_by_label("One county").select_option("us/il/cook-county")
        page.get_by_role("button", name="Show the county").click()
        expect(page.locator("h1")).to_contain_text("Cook County")

    browse(work, java_script_enabled=False)


def test_with_javascript_the_day_slides(browse: Browse) -> None:
    def work(page: Any) -> None:
        page.goto("/atlas?on=2018-01-04&action=notify_release")
        before = page.locator("#atlas-part h2").inner_text()
        assert "4 January 2018" in before
        slide = page.locator("#slide")
        slide.focus()
        with page.expect_response(lambda answer: "part=1" in answer.url):
            slide.press("ArrowLeft")
        page.get_by_role("heading", name="4 January 2018").wait_for(state="detached")
        day = page.locator("#on").input_value()
        assert day < "2018-01-04"
        expect(page).to_have_url(re.compile(f"on={day}"))

    browse(work)


def test_the_pages_work_by_keyboard(browse: Browse) -> None:
    def work(page: Any) -> None:
        page.goto("/law/us/tx")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Skip to main content"
        page.keyboard.press("Enter")
        for _ in range(40):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.id") == "custodian":
                break
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_url("**custodian=state_prison**")

    browse(work)


def test_a_page_prints_without_its_forms(browse: Browse) -> None:
    def work(page: Any) -> None:
        page.goto("/law/us/ca")
        page.emulate_media(media="print")
        assert not page.locator("form.tools").is_visible()
        assert page.locator("#norms").is_visible()
        assert page.locator(".norm").first.is_visible()

    browse(work)
