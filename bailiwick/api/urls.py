"""/api/v1/: the operations, and their description at /api/v1/openapi.json."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import URLPattern, path, re_path
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from bailiwick import __version__
from bailiwick.api import desk, public, traffic
from bailiwick.api.auth import Token
from bailiwick.api.errors import install, problem
from bailiwick.api.schema import says


class Api(NinjaAPI):
    """Describes what is answered when something is made as 201 alone, and what each operation needs."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        found = super().get_openapi_schema(**options)
        abilities = self.abilities()
        for operations in found["paths"].values():
            for operation in operations.values():
                # ninja's own numbers and our texts for the same status are one
                answers = {str(status): answer for status, answer in operation["responses"].items()}
                if "201" in answers:
                    answers.pop("200", None)
                # a word behind ? that is not known
                answers.setdefault("422", says({}, 422)["responses"]["422"])
                operation["responses"] = answers
                needed = abilities.get(operation["operationId"])
                if needed:
                    operation["x-abilities"] = list(needed)
        return found

    def abilities(self) -> dict[str, tuple[str, ...]]:
        """Name of each operation to the abilities one of which it needs."""
        return {
            str(operation.operation_id): one.abilities
            for _prefix, router in self._routers
            for view in router.path_operations.values()
            for operation in view.operations
            for one in operation.auth_callbacks or ()
            if isinstance(one, Token)
        }


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


@functools.cache
def _queries() -> dict[tuple[str, str], frozenset[str]]:
    """Method and address to the words that may stand behind its question mark."""
    return {
        (method.upper(), path): frozenset(
            one["name"] for one in operation.get("parameters", ()) if one["in"] == "query"
        )
        for path, operations in api.get_openapi_schema(path_prefix="")["paths"].items()
        for method, operation in operations.items()
    }


def _shaped(view: Callable[..., HttpResponseBase], route: str) -> Callable[..., HttpResponseBase]:
    """A word in the address that is not known is refused, and so is a method; both in the one shape."""
    address = "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route)

    @functools.wraps(view)
    def shaped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        known = _queries().get((request.method or "", address))
        strange = sorted(set(request.GET) - known) if known is not None else []
        if strange:
            expected = ", ".join(sorted(known or ())) or "none"
            return problem(
                422, f"expected no other words behind ? than {expected}; found '{strange[0]}'", strange[0]
            )
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
        _one.callback = _shaped(_one.callback, str(_one.pattern))

urlpatterns = [path("", (_patterns, _app, _namespace)), re_path(r"^(?P<rest>[\s\S]*)$", nowhere)]
