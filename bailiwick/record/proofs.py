"""What is handed to somebody outside: events with the proofs that they are in the signed record, and nothing else of it."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from bailiwick.record.models import Checkpoint, Leaf
from bailiwick.record.store import Reader, prove_consistency
from bailiwick.record.tree import inclusion


class NoProof(LookupError):
    """What was asked for cannot be proved, and why."""


def proof(numbers: Iterable[int], checkpoint: Checkpoint | None = None) -> dict[str, Any]:
    """The proof of some events: `{"checkpoint": NOTE, "events": [{"number", "body", "path"}]}`, paths in Base64 from the leaf up.

    Without a checkpoint the newest is taken. Raises NoProof for an event that is not under it.
    """
    signed = checkpoint or newest()
    reader = Reader(signed.size)
    events = []
    for number in numbers:
        leaf = Leaf.objects.select_related("event").filter(number=number).first()
        if leaf is None:
            raise NoProof(f"the record has no event {number}")
        if number >= signed.size:
            raise NoProof(
                f"event {number} came after the newest checkpoint, which has {signed.size} events; sign one now: "
                "bailiwick record checkpoint"
            )
        path = inclusion(number, signed.size, reader)
        events.append({"number": number, "body": leaf.event.body, "path": [_text(step) for step in path]})
    return {"checkpoint": signed.note, "events": events}


def consistency(old: int, new: int) -> dict[str, Any]:
    """The proof that the record of one checkpoint is a beginning of that of another: `{"old": NOTE, "new": NOTE, "path": [...]}`.

    Raises NoProof where there is no checkpoint of such a size, or `old` is not smaller than `new` or is 0.
    """
    if not 0 < old < new:
        raise NoProof(f"expected two sizes, the smaller first and above 0, found {old} and {new}")
    first, second = _of_size(old), _of_size(new)
    path = prove_consistency(old, new)
    return {"old": first.note, "new": second.note, "path": [_text(step) for step in path]}


def newest() -> Checkpoint:
    """The newest checkpoint. Raises NoProof where none was signed."""
    found = Checkpoint.objects.order_by("size").last()
    if found is None:
        raise NoProof("the record has no signed checkpoint yet; sign one now: bailiwick record checkpoint")
    return found


def sample(seed: str, count: int, size: int) -> list[int]:
    """`count` different numbers below `size` (all of them where there are fewer), drawn with somebody's own seed.

    The n-th draw, from 0, is SHA-256(seed || newline || n) as a number with its first byte the highest, modulo `size`; what was
    drawn before is passed over. The numbers are returned in the order drawn.
    """
    drawn: dict[int, None] = {}
    turn = 0
    while len(drawn) < min(count, size):
        digest = sha256(f"{seed}\n{turn}".encode()).digest()
        drawn[int.from_bytes(digest, "big") % size] = None
        turn += 1
    return list(drawn)


def _of_size(size: int) -> Checkpoint:
    found = Checkpoint.objects.filter(size=size).first()
    if found is None:
        known = list(Checkpoint.objects.order_by("-size").values_list("size", flat=True)[:5])
        raise NoProof(
            f"no checkpoint has {size} events; the newest have {', '.join(map(str, known)) or 'none'}"
        )
    return found


def _text(hash_: bytes) -> str:
    return base64.b64encode(hash_).decode()
