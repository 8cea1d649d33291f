"""Signed checkpoints of the record (C2SP tlog-checkpoint): name, size and root, with the instant as an extension line."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import connection, transaction

from bailiwick.record.keys import Signer
from bailiwick.record.log import instant
from bailiwick.record.models import Checkpoint, Leaf
from bailiwick.record.store import grow, root_at

#: Serialises those who sign: a number of our own, as in the first migration.
_LOCK = 1112299340


@dataclass(frozen=True, slots=True)
class Statement:
    """What a checkpoint says. `origin` is the name of the key."""

    origin: str
    size: int
    root: bytes
    at: datetime

    def text(self) -> str:
        """The text that is signed."""
        root = base64.b64encode(self.root).decode()
        return f"{self.origin}\n{self.size}\n{root}\nat {instant(self.at)}\n"


def read_statement(note: str) -> Statement:
    """What a signed note says; its signature is not looked at. Raises ValueError."""
    lines = note.rpartition("\n\n")[0].split("\n")
    if len(lines) != 4 or not lines[1].isdigit() or not lines[3].startswith("at "):
        raise ValueError("expected a checkpoint: origin, size, root, instant")
    root = base64.b64decode(lines[2], validate=True)
    if len(root) != 32:
        raise ValueError("expected a root of 32 bytes")
    return Statement(lines[0], int(lines[1]), root, datetime.fromisoformat(lines[3][3:]))


def record_size() -> int:
    """How many events are in the record."""
    last = Leaf.objects.order_by("number").last()
    return 0 if last is None else last.number + 1


@transaction.atomic
def sign_checkpoint(signer: Signer, at: datetime) -> Checkpoint:
    """Sign the record as it is. An unchanged record keeps the checkpoint it has."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    size = record_size()
    known = Checkpoint.objects.filter(size=size).first()
    if known is not None:
        return known
    grow(size)
    root = root_at(size)
    note = signer.sign(Statement(signer.name, size, root, at.astimezone(UTC)).text())
    return Checkpoint.objects.create(size=size, root=root, at=at, note=note)
