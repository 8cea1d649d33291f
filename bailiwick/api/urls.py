"""/api/v1/: the operations, and their description at /api/v1/openapi.json."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import URLPattern, path, re_path
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from bailiwick import __version__
from bailiwick.api import desk, public, traffic
from bailiwick.api.errors import install, problem


class Api(NinjaAPI):
    """Describes what is answered when something is made as 201 alone."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        found = super().get_openapi_schema(**options)
        for operations in found["paths"].values():
            for operation in operations.values():
                answers = operation["responses"]
                if any(str(status) == "201" for status in answers):
                    operation["responses"] = {s: a for s, a in answers.items() if str(s) != "200"}
        return found


api = Api(
    title="Bailiwick",
    version=__version__,
    description="What the law of a place and day requires, allows or forbids a jail to do with a request; and, with a token, the "
    'files of the desk. Every error has one shape: {"error": {"where": …, "message": …}}.',
    docs_url=None,
    urls_namespace="api",
)
install(api)
api.add_router("", public.router)
api.add_router("", desk.router)
api.add_router("", traffic.router)


def _shaped(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A method that an address does not know is refused in the one shape too."""

    @functools.wraps(view)
    def shaped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        if response.status_code != 405:
            return response
        allow = response.headers.get("Allow", "")
        refused = problem(405, f"expected one of the methods {allow}, found {request.method}")
        refused.headers["Allow"] = allow
        return refused

    shaped.csrf_exempt = True  # type: ignore[attr-defined]
    return shaped


def nowhere(request: HttpRequest, rest: str = "") -> HttpResponse:
    """404 for what is no address of ours."""
    return problem(404, f"no address '{request.path}'; see /api/v1/openapi.json")


nowhere.csrf_exempt = True  # type: ignore[attr-defined]

_patterns, _app, _namespace = api.urls
for _one in _patterns:
    if isinstance(_one, URLPattern):
        _one.callback = _shaped(_one.callback)

urlpatterns = [path("", (_patterns, _app, _namespace)), re_path(r"^(?P<rest>.*)$", nowhere)]
