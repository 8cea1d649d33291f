"""A record to look at and to tamper with: 600 events, three checkpoints, a key, and the database's superuser."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from bailiwick.record.checkpoints import sign_checkpoint
from bailiwick.record.keys import Signer
from bailiwick.record.log import append
from bailiwick.record.models import Checkpoint

AT = datetime(2026, 3, 2, 18, 15, tzinfo=UTC)
SIGNER = Signer("record.example-county.gov", bytes(range(32)))
SIZES = (100, 300, 600)

Tamper = Callable[..., None]


def grow_by(count: int, first: int = 0) -> None:
    """Events in transactions of a hundred."""
    for start in range(0, count, 100):
        with transaction.atomic():
            for n in range(first + start, first + min(start + 100, count)):
                append(
                    "booking.viewed", f"booking/{n}", {"n": n, "name": f"Núñez {n}"},
                    agency=n % 2 + 1, actor="clerk", at=AT + timedelta(seconds=n),
                )  # fmt: skip


@pytest.fixture
def record(transactional_db: str) -> list[Checkpoint]:
    """600 events in the record, and checkpoints of 100, 300 and 600."""
    checkpoints, before = [], 0
    for size in SIZES:
        grow_by(size - before, before)
        checkpoints.append(sign_checkpoint(SIGNER, AT + timedelta(seconds=size)))
        before = size
    return checkpoints


@pytest.fixture
def tamper(record: list[Checkpoint]) -> Tamper:
    """Runs SQL as the database's superuser with every trigger off, as whoever holds the machine could."""

    def run(*statements: str, **values: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            for statement in statements:
                cursor.execute(statement, values or None)
            cursor.execute("SET session_replication_role = origin")

    return run
