"""Verifying the whole record: whatever is changed, in any column of any of its tables, is found, with the event."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from django.db import connection

from bailiwick.record.authority import Authority as Named
from bailiwick.record.authority import stamp
from bailiwick.record.checkpoints import sign_checkpoint
from bailiwick.record.keys import Signer
from bailiwick.record.models import Checkpoint, Event, Leaf, Node
from bailiwick.record.stamps import Authorities, read_authorities
from bailiwick.record.verifying import Report, verify
from tests.record.authority import Authority, answering
from tests.record.conftest import SIGNER, SIZES, Tamper, grow_by

KEYS = (SIGNER.verifier,)
#: The event that is tampered with, in the first complete block of 256.
N = 77


#: Whose time stamps count, where a test makes one.
TRUSTED: dict[str, Authorities] = {}


def check(*held: str) -> Report:
    connection.close()
    return verify(KEYS, held, **TRUSTED)


def stamped(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    """One more checkpoint, signed now, with a time stamp; `check` believes who stamped it."""
    grow_by(1, 600)
    checkpoint = sign_checkpoint(SIGNER, datetime.now(UTC))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with answering(lambda question: (200, authority.answer(question))) as address:
        stamp(checkpoint, asked := Named(address, read_authorities(str(authority.root))))
    monkeypatch.setitem(TRUSTED, "authorities", asked.trusted)
    assert (check().stamps_checked, check().findings) == (1, [])


def events_named(report: Report) -> set[int | None]:
    return {finding.event for finding in report.findings}


def test_a_record_that_was_left_alone_is_whole(record: list[Checkpoint]) -> None:
    report = check(*(one.note for one in record))
    assert report.findings == []
    assert (report.events, report.checkpoints, report.signatures) == (600, 6, 6)
    assert Node.objects.count() == 2  # blocks of 256


def test_an_empty_record_is_whole(transactional_db: str) -> None:
    assert check().findings == []


#: Every column of every table of the record, and what somebody with all power over the database does to it.
COLUMNS = {
    "record_event.id": "UPDATE record_event SET id = 9000000 WHERE id = (SELECT event_id FROM record_leaf WHERE number = 77)",
    "record_event.at": "UPDATE record_event SET at = at - interval '1 day' WHERE subject = 'booking/77'",
    "record_event.agency_id": "UPDATE record_event SET agency_id = 9 WHERE subject = 'booking/77'",
    "record_event.actor": "UPDATE record_event SET actor = 'nobody' WHERE subject = 'booking/77'",
    "record_event.kind": "UPDATE record_event SET kind = 'booking.made' WHERE subject = 'booking/77'",
    "record_event.subject": "UPDATE record_event SET subject = 'booking/1' WHERE subject = 'booking/77'",
    "record_event.body": "UPDATE record_event SET body = replace(body, 'clerk', 'cleric') WHERE subject = 'booking/77'",
    "record_leaf.number": "UPDATE record_leaf SET number = 9000000 WHERE number = 77",
    "record_leaf.event_id": "UPDATE record_leaf SET event_id = 9000000 WHERE number = 77",
    "record_leaf.hash": "UPDATE record_leaf SET hash = sha256('x') WHERE number = 77",
    "record_node.id": "",
    "record_node.tier": "UPDATE record_node SET tier = 2 WHERE index = 0",
    "record_node.index": "UPDATE record_node SET index = 7 WHERE index = 0",
    "record_node.hash": "UPDATE record_node SET hash = sha256('x') WHERE index = 0",
    "record_checkpoint.id": "",
    "record_checkpoint.size": "UPDATE record_checkpoint SET size = 101 WHERE size = 100",
    "record_checkpoint.root": "UPDATE record_checkpoint SET root = sha256('x') WHERE size = 100",
    "record_checkpoint.at": "UPDATE record_checkpoint SET at = at + interval '1 day' WHERE size = 100",
    "record_stamp.id": "",
    "record_stamp.checkpoint_id": "UPDATE record_stamp SET checkpoint_id = (SELECT id FROM record_checkpoint WHERE size = 100)",
    "record_stamp.at": "UPDATE record_stamp SET at = at + interval '1 day'",
    "record_stamp.answer": "UPDATE record_stamp SET answer = set_byte(answer, 9, 0)",
    "record_checkpoint.note": "UPDATE record_checkpoint SET note = replace(note, 'at 2026', 'at 2025') WHERE size = 100",
}
#: Row numbers that nothing refers to and that say nothing.
SAY_NOTHING = {name for name, statement in COLUMNS.items() if not statement}


def test_every_column_of_the_record_is_tried(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_name LIKE 'record\\_%'"
        )
        assert {name for (name,) in cursor.fetchall()} == set(COLUMNS)


@pytest.mark.parametrize("column", sorted(set(COLUMNS) - SAY_NOTHING))
def test_a_change_is_found_in(
    column: str, tamper: Tamper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if column.startswith("record_stamp"):
        stamped(Authority(tmp_path), monkeypatch)
    tamper(COLUMNS[column])
    report = check()
    assert report.findings, column
    if column.startswith(("record_event", "record_leaf")):
        assert N in events_named(report), report.findings
    elif column.startswith("record_node"):
        assert 0 in events_named(report), report.findings
    else:
        named = "time stamp of the checkpoint of" if column.startswith("record_stamp") else "checkpoint of 10"
        assert any(named in f.says for f in report.findings), report.findings


def test_an_event_and_its_hash_changed_together_are_found_by_the_block(tamper: Tamper) -> None:
    body = Event.objects.get(subject="booking/77").body.replace("Núñez", "Muñoz")
    tamper(
        "UPDATE record_event SET body = %(body)s WHERE subject = 'booking/77'",
        "UPDATE record_leaf SET hash = %(hash)s WHERE number = 77",
        body=body, hash=sha256(b"\0" + body.encode()).digest(),
    )  # fmt: skip
    report = check()
    assert 0 in events_named(report)
    assert "from 0 to 255" in report.findings[0].says or any(
        "from 0 to 255" in f.says for f in report.findings
    )


def test_a_record_made_anew_with_another_key_is_found_by_who_kept_a_checkpoint(tamper: Tamper) -> None:
    """Somebody with all power rewrites an event, every hash over it and every checkpoint, and signs with a key of theirs."""
    kept = Checkpoint.objects.get(size=300).note
    body = Event.objects.get(subject="booking/77").body.replace("Núñez", "Muñoz")
    tamper(
        "UPDATE record_event SET body = %(body)s WHERE subject = 'booking/77'",
        "UPDATE record_leaf SET hash = %(hash)s WHERE number = 77",
        "DELETE FROM record_node",
        "DELETE FROM record_checkpoint",
        body=body, hash=sha256(b"\0" + body.encode()).digest(),
    )  # fmt: skip
    from bailiwick.record.checkpoints import sign_checkpoint
    from tests.record.conftest import AT

    sign_checkpoint(Signer(SIGNER.name, bytes(32)), AT)
    without = check()
    assert any("signature" in f.says for f in without.findings)
    theirs = verify((Signer(SIGNER.name, bytes(32)).verifier,), ())
    assert theirs.findings == []  # the machine alone cannot tell: this is why checkpoints are given away
    held = verify((Signer(SIGNER.name, bytes(32)).verifier, SIGNER.verifier), (kept,))
    assert any("held checkpoint 1" in f.says for f in held.findings)


def test_removed_events_are_found(tamper: Tamper) -> None:
    tamper(
        "DELETE FROM record_event WHERE subject = 'booking/77'", "DELETE FROM record_leaf WHERE number = 77"
    )
    assert N in events_named(check())


def test_a_record_cut_short_is_found_by_its_checkpoints_and_without_them_by_a_held_one(
    tamper: Tamper, record: list[Checkpoint]
) -> None:
    kept = record[-1].note
    tamper(
        "DELETE FROM record_leaf WHERE number >= 500",
        "DELETE FROM record_event WHERE subject ~ '/5[0-9][0-9]$'",
    )
    assert any("removed" in f.says for f in check().findings)
    tamper("DELETE FROM record_checkpoint WHERE size = 600")
    assert any("belongs to no events" in f.says for f in check().findings)
    tamper("DELETE FROM record_node WHERE index = 1")
    assert check().findings == []
    assert any("only 500 events" in f.says for f in check(kept).findings)


def test_events_put_in_without_a_number_are_found(tamper: Tamper) -> None:
    tamper(
        "INSERT INTO record_event (at, agency_id, actor, kind, subject, body) "
        "SELECT at, agency_id, actor, kind, subject, body FROM record_event WHERE subject = 'booking/77'"
    )
    assert any("no place in the tree" in f.says for f in check().findings)


def test_two_events_that_changed_places_are_found(tamper: Tamper) -> None:
    one, other = (Leaf.objects.get(number=n).event_id for n in (77, 78))
    tamper(
        "UPDATE record_leaf SET event_id = -1 WHERE number = 77",
        "UPDATE record_leaf SET event_id = %(one)s WHERE number = 78",
        "UPDATE record_leaf SET event_id = %(other)s WHERE number = 77",
        one=one, other=other,
    )  # fmt: skip
    assert {77, 78} <= events_named(check())


def test_what_is_appended_later_stays_consistent_with_every_checkpoint(record: list[Checkpoint]) -> None:
    grow_by(50, SIZES[-1])
    report = check(*(one.note for one in record))
    assert (report.events, report.findings) == (650, [])


def test_a_damaged_checkpoint_file_is_named(record: list[Checkpoint]) -> None:
    assert (
        check("this is no checkpoint").findings[0].says.startswith("held checkpoint 1: expected a checkpoint")
    )
