"""Who acts, for which agency, and when: what every service takes first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from django.db import models

from bailiwick.custody.errors import Edited, Refused
from bailiwick.custody.models import Agency, Booking, User
from bailiwick.record.log import append


@dataclass(frozen=True, slots=True)
class Actor:
    """`at` is the instant (aware) read once at the edge; `how` is where the act came from: page, api, import, job."""

    agency: Agency
    at: datetime
    user: User | None = None
    how: str = "page"

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError("Actor.at: expected an instant with its zone, found a naive time")

    @property
    def name(self) -> str:
        return self.user.username if self.user else f"bailiwick:{self.how}"

    def later(self, at: datetime) -> Actor:
        return replace(self, at=at)


def note(actor: Actor, kind: str, subject: models.Model, /, **data: Any) -> None:
    """Append one event about a row to the record, inside the caller's transaction."""
    append(
        kind,
        f"{subject._meta.model_name}/{subject.pk}",
        plain({**data, "how": actor.how}),
        agency=actor.agency,
        actor=actor.name,
        at=actor.at,
    )


def plain(value: Any) -> Any:
    """A value as canonical JSON holds it: instants in UTC, days as text, models by number; no floats."""
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, models.Model):
        return value.pk
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, float):
        return str(value)
    return value


def opened(actor: Actor, booking: Booking, version: int | None = None, *, closed: bool = False) -> Booking:
    """The booking, locked until the transaction ends and one version on.

    Raises:
        Refused: another agency's file, or one whose stay has ended (unless `closed`).
        Edited: `version` is given and is no longer the file's.
    """
    held = Booking.objects.select_for_update().get(pk=booking.pk)
    if held.agency_id != actor.agency.pk:
        raise Refused(
            "Booking %(number)s belongs to another agency; expected one of %(agency)s.",
            number=held.number,
            agency=actor.agency,
        )
    if version is not None and held.version != version:
        raise Edited(version, held.version)
    if held.left_at is not None and not closed:
        raise Refused(
            "Booking %(number)s is closed: the person left. Record a correction instead.", number=held.number
        )
    held.version += 1
    held.save(update_fields=["version"])
    return held
