"""Noting that something was handed to another system, so that as little as possible lies between the two.

What is handed over is claimed first, in a transaction of its own that is committed before anything leaves. Once the other side
has it, one statement says so: PostgreSQL finishes a statement that has reached it even when the program that sent it dies.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from django.db import DatabaseError, InterfaceError, OperationalError, connection

#: Seconds to keep at it while the database is away: it may be starting again.
PATIENCE = 60.0
_PAUSE = 0.2


def note_at_once(statement: str, values: Sequence[Any], patience: float = PATIENCE) -> int:
    """Run one statement that may be run twice, until the database has taken it. Returns how many rows it changed.

    Inside a transaction of the caller it is run once: what that transaction lost cannot be noted alone.

    Raises:
        DatabaseError: it was refused, or the database did not come back in time.
    """
    end = time.monotonic() + patience
    while True:
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement, values)
                return int(cursor.rowcount)
        except (OperationalError, InterfaceError) as error:
            if connection.in_atomic_block or time.monotonic() > end:
                raise DatabaseError(*error.args) from error
            connection.close()
            time.sleep(_PAUSE)
