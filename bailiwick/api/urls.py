"""/api/v1/: the operations, and their description at /api/v1/openapi.json."""

from __future__ import annotations

from django.urls import path
from ninja import NinjaAPI

from bailiwick import __version__
from bailiwick.api import public
from bailiwick.api.errors import install

api = NinjaAPI(
    title="Bailiwick",
    version=__version__,
    description="What the law of a place and day requires, allows or forbids a jail to do with a request.",
    docs_url=None,
    urls_namespace="api",
)
install(api)
api.add_router("", public.router)

urlpatterns = [path("", api.urls)]
