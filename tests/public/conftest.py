"""The public pages over a server that has no database to speak to, and a real browser beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import pytest
from django.test import Client

from tests.conftest import launch
from tests.serving import serving

T = TypeVar("T")


@pytest.fixture
def client() -> Client:
    """Nobody, logged in nowhere. No `db`: a page that asked for the database would fail."""
    return Client()


@pytest.fixture(scope="session")
def public_site() -> Iterator[str]:
    """The address of the pages on loopback."""
    with serving() as address:
        yield address


@pytest.fixture(scope="session")
def browse(public_site: str) -> Iterator[Callable[..., Any]]:
    """`browse(work, **options)`: work(page) in a new context. Playwright has a thread of its own, beside that of other tests."""
    from playwright.sync_api import sync_playwright

    with ThreadPoolExecutor(1) as thread:
        playwright = thread.submit(sync_playwright().start).result()
        try:
            browser = thread.submit(launch, playwright).result()

            def run(work: Callable[[Any], T], options: dict[str, Any]) -> T:
                context = browser.new_context(base_url=public_site, **options)
                context.set_default_timeout(15_000)
                try:
                    return work(context.new_page())
                finally:
                    context.close()

            yield lambda work, **options: thread.submit(run, work, options).result()
            thread.submit(browser.close).result()
        finally:
            thread.submit(playwright.stop).result()
