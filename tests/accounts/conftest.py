"""A real browser over the live desk."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page


@pytest.fixture
def context(chromium: Browser, live_desk: str) -> Iterator[BrowserContext]:
    """A browser nobody has used, at the live desk. `localhost`, because security keys want a name and not an address."""
    context = chromium.new_context(base_url=live_desk.replace("127.0.0.1", "localhost"))
    context.set_default_timeout(15_000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()
