"""The one shape of every error this interface gives: `{"error": {"where": …, "message": …}}`, where `where` may be null."""

from __future__ import annotations

import json
import logging
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError

from bailiwick.custody.errors import Edited, Refused

_log = logging.getLogger(__name__)


class Error(Schema):
    """Where the fault lies in what was sent (None: the whole), and what was expected, found, and to do."""

    where: str | None = None
    message: str


class Problem(Schema):
    error: Error


class Bad(Exception):
    """Answered with `status` and the one shape."""

    def __init__(self, status: int, message: str, where: str | None = None) -> None:
        super().__init__(message)
        self.status, self.message, self.where = status, message, where


def problem(status: int, message: str, where: str | None = None) -> HttpResponse:
    return JsonResponse({"error": {"where": where, "message": " ".join(message.split())}}, status=status)


def read_json(body: bytes) -> Any:
    """The JSON of a request's body. Raises Bad(400)."""
    if not body.strip():
        raise Bad(400, "expected JSON, found an empty body")
    try:
        return json.loads(body.decode("utf-8"), parse_constant=_no_number)
    except UnicodeDecodeError as error:
        raise Bad(400, f"expected UTF-8, found another byte at {error.start}") from None
    except RecursionError:
        raise Bad(400, "expected JSON nested less deeply") from None
    except ValueError as error:
        raise Bad(400, f"expected JSON: {error}") from None


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def install(api: NinjaAPI) -> None:
    """Give every kind of failure the one shape."""

    @api.exception_handler(Bad)
    def bad(request: HttpRequest, error: Bad) -> HttpResponse:
        return problem(error.status, error.message, error.where)

    @api.exception_handler(Refused)
    def refused(request: HttpRequest, error: Refused) -> HttpResponse:
        return problem(409 if isinstance(error, Edited) else 422, error.message)

    @api.exception_handler(AuthenticationError)
    def unknown(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
        answer = problem(401, "expected a token: Authorization: Bearer …")
        answer["WWW-Authenticate"] = "Bearer"
        return answer

    @api.exception_handler(PermissionDenied)
    def denied(request: HttpRequest, error: PermissionDenied) -> HttpResponse:
        return problem(403, str(error) or "expected a role that may do this, found another")

    @api.exception_handler(Http404)
    def missing(request: HttpRequest, error: Http404) -> HttpResponse:
        return problem(
            404, "expected something of your agency that you may see, found nothing under this number"
        )

    @api.exception_handler(RequestDataTooBig)
    def large(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
        return problem(413, f"expected at most {settings.DATA_UPLOAD_MAX_MEMORY_SIZE} bytes, found more")

    @api.exception_handler(Exception)
    def failed(request: HttpRequest, error: Exception) -> HttpResponse:
        _log.exception("%s %s failed", request.method, request.path)
        return problem(500, "something failed here; what you sent was not stored")

    @api.exception_handler(HttpError)
    def http(request: HttpRequest, error: HttpError) -> HttpResponse:
        return problem(error.status_code, str(error))

    @api.exception_handler(ValidationError)
    def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
        first = error.errors[0]
        # what stands first is the place (body, query, path, header) and the name of our own argument
        loc = [str(part) for part in first.get("loc", ())]
        where = ".".join(loc[2:] if loc[:2] == ["body", "body"] else loc[1:])
        return problem(422, str(first.get("msg", "could not be read")), where or None)
