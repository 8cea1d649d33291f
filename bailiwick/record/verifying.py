"""Checking the whole record: every text against its hash, every hash against the tree, every checkpoint against its key,
every time stamp against the authorities that are trusted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

import msgspec
from django.db import connection, transaction

from bailiwick.record import tree
from bailiwick.record.checkpoints import Statement, read_statement
from bailiwick.record.keys import Verifier
from bailiwick.record.models import Checkpoint, Node, Stamp
from bailiwick.record.stamps import Authorities, BadStamp, check_stamp
from bailiwick.record.store import BITS, WIDTH

#: Events read from the database at a time.
CHUNK = 20_000
#: Findings kept; a record with more is not worth reading further about.
MOST = 100
EVENTS = """
    SELECT l.number, l.hash, e.body, e.at, e.agency_id, e.actor, e.kind, e.subject
    FROM record_leaf l LEFT JOIN record_event e ON e.id = l.event_id ORDER BY l.number
"""
LEAFLESS = """
    SELECT e.id FROM record_event e WHERE NOT EXISTS (SELECT FROM record_leaf l WHERE l.event_id = e.id) ORDER BY e.id LIMIT 1
"""


class Said(msgspec.Struct, forbid_unknown_fields=True):
    """The body of an event."""

    actor: str
    agency: int | None
    at: datetime
    data: dict[str, Any]
    kind: str
    salt: str
    subject: str
    version: int


_read = msgspec.json.Decoder(Said).decode


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong. `event`: its number, None where it is not about one event."""

    event: int | None
    says: str


@dataclass(slots=True)
class Report:
    """What was checked and what was found wrong. `signatures`: checkpoints whose signature was checked; `stamps`: how many there
    are, `stamps_checked`: how many were checked."""

    events: int = 0
    checkpoints: int = 0
    signatures: int = 0
    stamps: int = 0
    stamps_checked: int = 0
    root: str = ""
    findings: list[Finding] = field(default_factory=list)

    def find(self, event: int | None, says: str) -> None:
        if len(self.findings) < MOST:
            self.findings.append(Finding(event, says))


def verify(
    keys: Sequence[Verifier] = (),
    held: Sequence[str] = (),
    progress: Callable[[int, int | None], None] | None = None,
    authorities: Authorities | None = None,
) -> Report:
    """Check the whole record as one moment of the database shows it.

    Args:
        keys: whose signatures count; without any, signatures are not checked.
        held: signed notes kept elsewhere, which the record must still agree with.
        progress: called with (done, total) now and then.
        authorities: whose time stamps count; without any, stamps are counted and not checked.
    """
    report = Report()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SELECT coalesce(max(number) + 1, 0) FROM record_leaf")
            total = int(cursor.fetchone()[0])
        notes = [(f"checkpoint of {c.size} events", c) for c in Checkpoint.objects.order_by("size")]
        wanted: dict[int, list[tuple[str, Statement]]] = {}
        for name, row in notes:
            _check_note(report, name, row.note, keys, wanted, row)
        for place, note in enumerate(held, 1):
            _check_note(report, f"held checkpoint {place}", note, keys, wanted)
        _check_stamps(report, authorities)
        _check_events(report, total, wanted, progress)
        with connection.cursor() as cursor:
            cursor.execute(LEAFLESS)
            found = cursor.fetchone()
        if found is not None:
            report.find(None, f"the event with row number {found[0]} has no place in the tree")
    return report


def _check_note(
    report: Report,
    name: str,
    note: str,
    keys: Sequence[Verifier],
    wanted: dict[int, list[tuple[str, Statement]]],
    row: Checkpoint | None = None,
) -> None:
    report.checkpoints += 1
    try:
        said = read_statement(note)
    except ValueError as error:
        report.find(None, f"{name}: {error}")
        return
    if keys:
        report.signatures += 1
        if not any(key.verify(note) for key in keys):
            report.find(None, f"{name}: its signature is not of a key that was given")
            return
    if row is not None and (row.size, bytes(row.root), row.at) != (said.size, said.root, said.at):
        report.find(None, f"{name}: its columns do not say what was signed")
    wanted.setdefault(said.size, []).append((name, said))


def _check_stamps(report: Report, authorities: Authorities | None) -> None:
    for row in Stamp.objects.select_related("checkpoint").order_by("id").iterator():
        report.stamps += 1
        if authorities is None:
            continue
        report.stamps_checked += 1
        checkpoint, name = row.checkpoint, f"time stamp of the checkpoint of {row.checkpoint.size} events"
        try:
            at = check_stamp(bytes(row.answer), checkpoint.note, checkpoint.at, authorities)
        except BadStamp as error:
            report.find(None, f"{name}: {error}")
            continue
        if at != row.at:
            report.find(None, f"{name}: its column does not say the time that was stamped")


def _check_events(
    report: Report,
    total: int,
    wanted: dict[int, list[tuple[str, Statement]]],
    progress: Callable[[int, int | None], None] | None,
) -> None:
    growing, blocks = tree.Growing(), _Blocks()
    changed: list[int] = []  # first events of the blocks whose hashes were changed together with the texts
    expected = 0
    _check_sizes(report, growing, wanted, changed)
    for number, hash_, *columns in _rows():
        if number != expected:
            report.find(expected, f"events {expected} to {number - 1} are missing")
            return
        expected += 1
        _check_event(report, number, hash_, columns)
        growing.add(hash_)
        for first in blocks.add(hash_):
            changed.append(first)
            report.find(first, f"an event from {first} to {number} was changed together with its hash")
        if expected in wanted:
            _check_sizes(report, growing, wanted, changed)
        if progress is not None and expected % CHUNK == 0:
            progress(expected, total)
    report.events = expected
    report.root = growing.root().hex()
    for first, last, says in blocks.wrong(max((size for size in wanted if size <= expected), default=0)):
        report.find(first, f"the kept hash over events {first} to {last} {says}")
    for size in sorted(wanted):
        if size > expected:
            names = ", ".join(name for name, _ in wanted[size])
            report.find(
                expected, f"{names}: the record now has only {expected} events; the last ones were removed"
            )


class _Blocks:
    """Roots of complete subtrees of 256, 65,536, ... leaves, compared with those that are kept (`record_node`)."""

    def __init__(self) -> None:
        rows = Node.objects.values_list("tier", "index", "hash").iterator()
        self._kept = {(tier, index): bytes(hash_) for tier, index, hash_ in rows}
        self._tiers = [tree.Growing()]
        self._counts: list[int] = [0]
        self._missing: list[tuple[int, int]] = []

    def add(self, leaf: bytes) -> Iterator[int]:
        """One more leaf. Gives the first event of each subtree that is complete now and is kept with another root."""
        root, tier = leaf, 0
        while True:
            if tier == len(self._tiers):
                self._tiers.append(tree.Growing())
                self._counts.append(0)
            growing = self._tiers[tier]
            growing.add(root)
            if growing.size % WIDTH:
                return
            root, index = growing.root(), self._counts[tier]
            self._tiers[tier], self._counts[tier] = tree.Growing(), index + 1
            tier += 1
            kept = self._kept.pop((tier, index), None)
            if kept is None:
                self._missing.append((tier, index))
            elif kept != root:
                yield index << (BITS * tier)

    def wrong(self, signed: int) -> Iterator[tuple[int, int, str]]:
        """First and last event of what is not kept although a checkpoint of `signed` events was made, or is kept of events that
        the record does not have."""
        for tier, index in self._missing:
            if (index + 1) << (BITS * tier) <= signed:
                yield *_events_of(tier, index), "is missing"
        for tier, index in sorted(self._kept):
            yield *_events_of(tier, index), "belongs to no events of the record"


def _events_of(tier: int, index: int) -> tuple[int, int]:
    return index << (BITS * tier), ((index + 1) << (BITS * tier)) - 1


def _check_sizes(
    report: Report,
    growing: tree.Growing,
    wanted: dict[int, list[tuple[str, Statement]]],
    changed: list[int],
) -> None:
    for name, said in wanted.get(growing.size, []):
        if growing.root() != said.root:
            since = f"from {changed[0]} on" if changed else f"among the first {said.size}"
            report.find(
                changed[0] if changed else None, f"{name}: its root is another: an event {since} was changed"
            )


def _check_event(report: Report, number: int, hash_: bytes, columns: list[Any]) -> None:
    body, *repeated = columns
    if body is None:
        report.find(number, "its text is missing")
        return
    raw = body.encode()
    if sha256(b"\0" + raw).digest() != hash_:
        report.find(
            number, "its text was changed: it does not give the hash that was written when it was committed"
        )
        return
    try:
        said = _read(raw)
    except msgspec.MsgspecError as error:
        report.find(number, f"its text is not an event: {error}")
        return
    if [said.at, said.agency, said.actor, said.kind, said.subject] != repeated:
        report.find(number, "its columns were changed: they do not say what its text says")


def _rows() -> Iterator[tuple[Any, ...]]:
    """Events in order, read in chunks through a cursor of the server."""
    connection.ensure_connection()
    with connection.connection.cursor(name="record_verify", binary=True) as cursor:
        cursor.itersize = CHUNK
        cursor.execute(EVENTS)
        yield from cursor
