"""Appending: canonical text, numbers without gaps in the order of commits, nothing changed or removed afterwards."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.db import DatabaseError, connection, transaction

from bailiwick.record.canonical import canonical
from bailiwick.record.log import append, number_now
from bailiwick.record.models import Event, Leaf

AT = datetime(2026, 3, 2, 10, 15, tzinfo=timezone(timedelta(hours=-8)))


def test_keys_are_sorted_by_their_utf_16_units_and_text_stays_as_it_is() -> None:
    # U+1F600 is the pair D83D DE00 and so comes before U+FB33 (RFC 8785, section 3.2.3).
    value = {"\ufb33": 1, "\U0001f600": 2, "é": [True, None, 'a\n\u0001"/'], "1": {}}
    assert canonical(value) == '{"1":{},"é":[true,null,"a\\n\\u0001\\"/"],"\U0001f600":2,"\ufb33":1}'


@pytest.mark.parametrize("value", [1.5, 2**53, {1: 2}, "\ud800", {"a": [object()]}, float("nan")])
def test_what_has_no_single_text_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="canonical JSON"):
        canonical(value)


def test_an_event_keeps_its_exact_text_and_gets_a_number(db: None) -> None:
    before = Leaf.objects.count()
    first = append("booking.opened", "booking/1", {"name": "Ana Núñez"}, agency=7, actor="clerk", at=AT)
    second = append("booking.viewed", "booking/1", {}, agency=None, actor=None, at=AT)
    assert first.number is None
    number_now()
    assert (first.number, second.number) == (before, before + 1)
    said = json.loads(first.body)
    salt = said.pop("salt")
    assert len(salt) == 32
    assert said == {
        "actor": "clerk",
        "agency": 7,
        "at": "2026-03-02T18:15:00Z",
        "data": {"name": "Ana Núñez"},
        "kind": "booking.opened",
        "subject": "booking/1",
        "version": 1,
    }
    leaf = Leaf.objects.get(event=first)
    assert bytes(leaf.hash) == hashlib.sha256(b"\0" + first.body.encode()).digest()


def test_an_event_without_a_zone_is_refused() -> None:
    naive = datetime(2026, 3, 2, tzinfo=UTC).replace(tzinfo=None)
    with pytest.raises(ValueError, match="naive"):
        append("booking.opened", "booking/1", {}, agency=1, actor="clerk", at=naive)


def test_a_transaction_rolled_back_leaves_no_gap(transactional_db: str) -> None:
    def say(kind: str) -> None:
        append(kind, "booking/1", {}, agency=1, actor="clerk", at=AT)

    with transaction.atomic():
        say("first")
    with transaction.atomic():
        say("lost")
        transaction.set_rollback(True)
    with transaction.atomic():
        say("second")
        say("third")
    kinds = list(Leaf.objects.order_by("number").values_list("number", "event__kind"))
    assert kinds == [(0, "first"), (1, "second"), (2, "third")]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE record_event SET actor = 'nobody'",
        "DELETE FROM record_event",
        "TRUNCATE record_event CASCADE",
        "UPDATE record_leaf SET hash = '\\x00'",
        "DELETE FROM record_checkpoint",
        "TRUNCATE record_node",
        "DELETE FROM record_stamp",
    ],
)
def test_the_database_refuses_to_change_or_remove(db: None, statement: str) -> None:
    append("booking.opened", "booking/1", {}, agency=1, actor="clerk", at=AT)
    number_now()
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert Event.objects.filter(actor="clerk").exists()
