"""Whether the desk can answer, for the machine that watches it. Says nothing of anybody and needs no log-in."""

from __future__ import annotations

from django.conf import settings
from django.db import Error, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bailiwick import __version__
from bailiwick.engine.lawbook import default_lawbook


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 and `"status": "ok"`; 503 and `"status": "down"` when a database is configured and does not answer."""
    database = _database()
    up = database != "down"
    said = {
        "status": "ok" if up else "down",
        "lawbook": default_lawbook().version,
        "database": database,
        "version": __version__,
    }
    return JsonResponse(said, status=200 if up else 503)


def _database() -> str:
    """`ok`, `down`, or `absent` where none is configured."""
    if not settings.HAS_DATABASE:
        return "absent"
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        connection.close()
        return "down"
    return "ok"
