"""Error pages, in words for the person who meets them. The interface for programs has its own (`bailiwick.api.errors`)."""

from __future__ import annotations

import logging

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

_log = logging.getLogger(__name__)
_PLAIN = "Something failed here. What you sent may not have been stored: look before you send it again.\n"


def page(request: HttpRequest, status: int, detail: str = "", again: str = "") -> HttpResponse:
    """The error page of a status (400, 403, 404, 413, 429, 500), with one more sentence where there is one.

    again: the address of the page as it is where nothing is chosen, for 400.
    """
    try:
        said = {"status": status, "detail": detail, "again": again}
        text = render_to_string(f"{status}.html", said, request)
    except Exception:  # an error page that fails must still answer
        _log.exception("the page for status %s could not be made", status)
        return HttpResponse(_PLAIN, status=status, content_type="text/plain; charset=utf-8")
    return HttpResponse(text, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400; 413 where the form was larger than DATA_UPLOAD_MAX_MEMORY_SIZE."""
    return page(request, 413 if isinstance(exception, RequestDataTooBig) else 400)


def forbidden(request: HttpRequest, exception: Exception | None = None, reason: str = "") -> HttpResponse:
    """403, for a refused right and for a form whose token ran out (CSRF_FAILURE_VIEW)."""
    return page(request, 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404. What a view said with Http404(message) is shown; Django's own words are not."""
    said = exception.args[0] if exception is not None and exception.args else ""
    return page(request, 404, said if isinstance(said, str) else "")


def failed(request: HttpRequest) -> HttpResponse:
    """500."""
    return page(request, 500)


def too_large(request: HttpRequest, detail: str = "") -> HttpResponse:
    """413."""
    return page(request, 413, detail)


def too_many(request: HttpRequest, seconds: int = 60) -> HttpResponse:
    """429, with Retry-After."""
    response = page(request, 429)
    response["Retry-After"] = str(seconds)
    return response
