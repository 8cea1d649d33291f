"""The public pages over a server that has no database to speak to, and a real browser beside it."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

import pytest
from django.core.wsgi import get_wsgi_application
from django.test import Client

from tests.conftest import CHROMIUM_FLAGS, chromium_path

T = TypeVar("T")


@pytest.fixture
def client() -> Client:
    """Nobody, logged in nowhere. No `db`: a page that asked for the database would fail."""
    return Client()


class _Threaded(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture(scope="session")
def public_site() -> Iterator[str]:
    """The address of the pages on loopback."""
    server = _Threaded(("127.0.0.1", 0), _Quiet)
    server.set_app(get_wsgi_application())
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="session")
def browse(public_site: str) -> Iterator[Callable[..., Any]]:
    """`browse(work, **options)`: work(page) in a new context. Playwright has a thread of its own, beside that of other tests."""
    path = chromium_path()
    from playwright.sync_api import sync_playwright

    with ThreadPoolExecutor(1) as thread:
        manager = sync_playwright()
        playwright = thread.submit(manager.start).result()
        browser = thread.submit(
            lambda: playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        ).result()

        def run(work: Callable[[Any], T], options: dict[str, Any]) -> T:
            context = browser.new_context(base_url=public_site, **options)
            context.set_default_timeout(10_000)
            try:
                return work(context.new_page())
            finally:
                context.close()

        yield lambda work, **options: thread.submit(run, work, options).result()
        thread.submit(browser.close).result()
        thread.submit(playwright.stop).result()
