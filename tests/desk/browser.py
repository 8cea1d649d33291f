"""A real browser over the live desk, and a small county jail committed to its database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.conftest import PASSWORD


@pytest.fixture
def context(chromium: Browser, live_desk: str) -> Iterator[BrowserContext]:
    """A browser nobody has used, at the live desk."""
    made = chromium.new_context(base_url=live_desk)
    made.set_default_timeout(15_000)
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


def log_in(page: Page, username: str, then: str = "/") -> None:
    """Log in by the form, as a person does."""
    page.goto(f"/accounts/login/?next={then}")
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Log out").wait_for()
