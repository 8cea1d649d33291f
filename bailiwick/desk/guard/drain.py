"""What a client sends with a request that is answered without it (a 429, a 401, a page not there) is read and thrown away.

A server that has not seen the end of a request cannot read the next one: it closes a connection that the client means to go on
using, and the client finds no answer to what it sent next, or to this one while it is still sending. So the rest is read first;
of a rest that is too long, the answer says `Connection: close`, and the client opens another.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from bailiwick.desk.guard.headers import Next

#: The most bytes thrown away of a request that comes too often: more than a form or a case has, less than a file.
TOO_OFTEN = 64 * 1024
_CHUNK = 64 * 1024


class Drain:
    """Middleware. Outermost: nothing reads the request after it."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        # Where the stream ends with the request. Where it does not, the server (Django's own, in tests) reads the rest itself.
        if request.META.get("wsgi.input_terminated"):
            most = TOO_OFTEN if response.status_code == 429 else settings.IMPORT_MAX_BYTES
            waits = (
                "100-continue" in request.META.get("HTTP_EXPECT", "").lower()
            )  # sends nothing until it is read
            if waits or not read_to_end(request.META["wsgi.input"], most):
                response.headers["Connection"] = "close"
        return response


def read_to_end(stream: Any, most: int) -> bool:
    """Read what is left of a request. False where that is `most` bytes or more, or the client is gone."""
    try:
        while most > 0 and (found := stream.read(min(most, _CHUNK))):
            most -= len(found)
    except OSError:
        return False
    return most > 0
