"""Every address of the project."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from bailiwick.desk.health import healthz

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz),
    path("accounts/", include("allauth.urls")),
    path("api/v1/", include("bailiwick.api.urls")),
]
