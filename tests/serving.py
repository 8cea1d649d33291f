"""A server on loopback for a real browser."""

from __future__ import annotations

import socketserver
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from django.core.wsgi import get_wsgi_application
from django.db import connection

#: Seconds between the head of a page and its words.
APART = 0.05


def _apart(app: Any) -> Callable[..., Iterator[bytes]]:
    """Each page's head, and then its words. To a browser a click is done once the head is there: a test that reads a page without
    waiting for what it reads fails here every time, and not on a busy machine alone."""

    def answer(environ: dict[str, Any], start_response: Any) -> Iterator[bytes]:
        parts: Iterable[bytes] = app(environ, start_response)
        try:
            body = b"".join(parts)
        finally:
            if close := getattr(parts, "close", None):
                close()
        yield body[:1]
        if body.startswith(b"<!"):
            time.sleep(APART)
        yield body[1:]

    return answer


class _Threaded(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 64

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        # Here and not at the end of the answer: what a browser left unread is ended wherever rubbish is collected, which may be
        # a thread that is using its own connection.
        try:
            super().process_request_thread(request, client_address)
        finally:
            connection.close()


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def serving() -> Iterator[str]:
    """The address of the desk and the public pages, in this process."""
    server = _Threaded(("127.0.0.1", 0), _Quiet)
    server.set_app(_apart(get_wsgi_application()))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
