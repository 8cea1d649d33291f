"""The tables of the record. Nothing in them is ever changed or removed: triggers of the database refuse it."""

from __future__ import annotations

import json
from typing import Any

from django.db import models


class Event(models.Model):
    """One thing that was done, seen or decided. `body` is the canonical text that is hashed; the other columns repeat it for
    searching, and `bailiwick record verify` compares them with it.

    The number of an event in the record is given when its transaction commits (`leaf`), so numbers have no gaps and stand in the
    order of commits.
    """

    at = models.DateTimeField()
    #: Number of the agency; None for what belongs to none. No foreign key: the record outlives every other table.
    agency_id = models.BigIntegerField(null=True)
    actor = models.TextField()
    kind = models.CharField(max_length=80)
    #: What it is about: name of the table and number of the row, `booking/123`.
    subject = models.CharField(max_length=120)
    body = models.TextField()

    class Meta:
        indexes = (
            models.Index(fields=["subject", "id"], name="event_subject"),
            models.Index(fields=["agency_id", "at"], name="event_agency_at"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"

    @property
    def data(self) -> dict[str, Any]:
        """What the event says besides who, when and about what."""
        found: dict[str, Any] = json.loads(self.body)["data"]
        return found

    @property
    def number(self) -> int | None:
        """Its place in the record, from 0; None until its transaction is committed."""
        leaf = Leaf.objects.filter(event_id=self.pk).first()
        return leaf.number if leaf else None


class Leaf(models.Model):
    """An event's place in the tree. Written by the database itself when the transaction commits."""

    number = models.BigIntegerField(primary_key=True)
    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="leaf")
    #: SHA-256(0x00 || body), RFC 6962.
    hash = models.BinaryField(max_length=32)


class Node(models.Model):
    """Root of a complete subtree of 256^tier leaves: the `index`-th of its tier. Kept so that a proof reads little."""

    tier = models.PositiveSmallIntegerField()
    index = models.BigIntegerField()
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["tier", "index"], name="node_once"),)


class Checkpoint(models.Model):
    """A signed statement: at this instant the record had this many events and this root. `note` is what was signed and the
    signature, in the form of a signed note (docs/explanation/record.md)."""

    size = models.BigIntegerField(unique=True)
    root = models.BinaryField(max_length=32)
    at = models.DateTimeField()
    note = models.TextField()


class Stamp(models.Model):
    """A time stamp (RFC 3161) of a time stamping authority over the note of a checkpoint."""

    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, related_name="stamps")
    #: What the authority says the time was.
    at = models.DateTimeField()
    #: The answer as it came, in DER.
    answer = models.BinaryField(max_length=65536)
