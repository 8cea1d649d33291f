"""What commands over the database share: Django, started with one clear line when it cannot be."""

from __future__ import annotations

import os
import secrets

from bailiwick.commands.errors import BadInput


def open_desk() -> None:
    """Connect to DATABASE_URL. Raises BadInput when it is missing, wrong, or its tables are not there."""
    if not os.environ.get("DATABASE_URL"):
        raise BadInput("DATABASE_URL", "expected postgresql://USER@HOST/NAME, found nothing")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bailiwick.desk.settings")
    # Nothing is signed with it by a command; the web server has its own.
    os.environ.setdefault("BAILIWICK_SECRET_KEY", secrets.token_urlsafe(50))
    try:
        import django
        from django.core.exceptions import ImproperlyConfigured
        from django.db import OperationalError, connection
    except ModuleNotFoundError as error:
        raise BadInput(
            "DATABASE_URL", f"expected {error.name} to be installed; install bailiwick[desk]"
        ) from None
    try:
        django.setup()
        tables = connection.introspection.table_names()
    except ImproperlyConfigured as error:
        where, colon, says = str(error).partition(": ")
        raise BadInput(*((where, says) if colon else ("settings", where))) from None
    except OperationalError as error:
        raise BadInput(
            "DATABASE_URL", f"expected PostgreSQL to answer, found: {str(error).splitlines()[0]}"
        ) from None
    if "record_event" not in tables:
        raise BadInput(
            "DATABASE_URL", "expected Bailiwick's tables, found none; start once: bailiwick serve --migrate"
        )
