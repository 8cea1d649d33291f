"""Addresses of the pages without log-in."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from bailiwick.desk.public import front
from bailiwick.desk.public.language import language

urlpatterns: list[URLPattern | URLResolver] = [
    path("", front.front, name="front"),
    path("about", front.front, name="about"),
    path("", include("bailiwick.desk.public.law")),
    path("", include("bailiwick.desk.public.atlas")),
    path("", include("bailiwick.desk.public.trying")),
    path("", include("bailiwick.desk.public.evidence")),
    path("", include("bailiwick.desk.public.claiming")),
    path("language/<str:code>", language, name="language"),
]
