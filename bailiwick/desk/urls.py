"""Every address of the project."""

from __future__ import annotations

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from bailiwick.desk.health import healthz

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz),
    path("", include("bailiwick.desk.pages.screen")),
    path("", include("bailiwick.desk.pages.own")),
    path("", include("bailiwick.desk.pages.people")),
    path("", include("bailiwick.desk.pages.agency")),
    path("", include("bailiwick.desk.pages.log")),
    path("", include("bailiwick.desk.pages.home")),
    path("", include("bailiwick.desk.pages.find")),
    path("", include("bailiwick.desk.pages.booking")),
    path("", include("bailiwick.desk.pages.file")),
    path("", include("bailiwick.desk.pages.deeds")),
    path("", include("bailiwick.desk.pages.requests")),
    path("", include("bailiwick.desk.pages.decision")),
    path("", include("bailiwick.desk.pages.leaving")),
    path("", include("bailiwick.desk.pages.drafts")),
    path("", include("bailiwick.desk.pages.papers")),
    path("", include("bailiwick.desk.pages.translations")),
    path("", include("bailiwick.desk.pages.subpoenas")),
    path("", include("bailiwick.desk.pages.concerns")),
    path("", include("bailiwick.desk.public.concern")),
    path("accounts/", include("bailiwick.desk.accounts.urls")),
    path("", include("bailiwick.desk.pages.imports")),
    path("", include("bailiwick.desk.pages.exports")),
    path("", include("bailiwick.desk.pages.connections")),
    path("api/v1/", include("bailiwick.api.urls")),
    # last: the pages of the desk stand before it, its home page too
    path("", include("bailiwick.desk.public.urls")),
]

if not settings.HAS_DATABASE:
    #: The public pages alone: everything else would only fail.
    urlpatterns = [
        path("healthz", healthz),
        path("api/v1/", include("bailiwick.api.urls")),
        path("", include("bailiwick.desk.public.urls")),
    ]

handler400 = "bailiwick.desk.public.errors.bad_request"
handler403 = "bailiwick.desk.public.errors.forbidden"
handler404 = "bailiwick.desk.public.errors.not_found"
handler500 = "bailiwick.desk.public.errors.failed"
