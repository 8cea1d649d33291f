"""A number for each request, in its answer and in the log of the server; and what browsers and proxies may keep of an answer."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponseBase

#: Set to True on a request whose answer nobody may keep: behind log-in, around log-in, and the concern line.
SECRET = "bailiwick_secret"

_number: ContextVar[str] = ContextVar("bailiwick_request", default="-")
Next = Callable[[HttpRequest], HttpResponseBase]


class Numbered(logging.Filter):
    """Gives every line of the log the number of its request, as `request_id`."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = _number.get()
        return True


class Headers:
    """Middleware: `X-Request-ID` on every answer, `Cache-Control: no-store` on secret ones."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        number = secrets.token_hex(8)
        # Stays until the next request: Django writes its line about this one after the answer has left here.
        _number.set(number)
        response = self.get_response(request)
        response.headers["X-Request-ID"] = number
        if getattr(request, SECRET, False):
            response.headers["Cache-Control"] = "no-store, private"
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()"
        )
        return response
