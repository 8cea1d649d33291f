"""Appending to the record: one event in the transaction of the change it tells of."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Any, Protocol

from django.db import connection

from bailiwick.record.canonical import canonical
from bailiwick.record.models import Event


class HasKey(Protocol):
    """An agency or user: anything with a number."""

    @property
    def pk(self) -> Any: ...


def append(
    kind: str,
    subject: str,
    data: dict[str, Any],
    *,
    agency: HasKey | int | None,
    actor: object,
    at: datetime,
) -> Event:
    """Append one event, inside the caller's transaction: both are kept or neither is.

    Args:
        kind: what happened, such as `booking.opened`.
        subject: about what, such as `booking/123`.
        data: values JSON knows, without floats (write them as text).
        agency: the agency or its number.
        actor: a user, their name, or None for nobody.
        at: aware instant; kept in UTC to the microsecond.

    Raises:
        ValueError: for a naive instant, or data that has no canonical text.
    """
    number = agency if isinstance(agency, int) or agency is None else agency.pk
    name = _name(actor)
    return Event.objects.create(
        at=at,
        agency_id=number,
        actor=name,
        kind=kind,
        subject=subject,
        body=body_of(kind, subject, data, agency=number, actor=name, at=at, salt=secrets.token_hex(16)),
    )


def body_of(
    kind: str,
    subject: str,
    data: dict[str, Any],
    *,
    agency: int | None,
    actor: str,
    at: datetime,
    salt: str,
) -> str:
    """The canonical text of an event. The salt (32 hexadecimal digits) keeps its hash, which stands in the proofs of other
    events, from being guessed."""
    return canonical(
        {
            "actor": actor,
            "agency": agency,
            "at": instant(at),
            "data": data,
            "kind": kind,
            "salt": salt,
            "subject": subject,
            "version": 1,
        }
    )


def instant(at: datetime) -> str:
    """An aware instant as the record writes it: UTC, `2026-03-02T18:15:00Z`, with microseconds where there are any."""
    if at.tzinfo is None:
        raise ValueError("record: expected an instant with its zone, found a naive time")
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _name(actor: object) -> str:
    if actor is None or isinstance(actor, str):
        return actor or ""
    return str(getattr(actor, "username", actor))


def number_now() -> None:
    """Give this transaction's events their numbers now instead of when it commits; all deferred checks run too.

    From here to the end of the transaction nobody else can commit an event: call it last.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
