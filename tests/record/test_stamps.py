"""Time stamps over checkpoints: got from an authority, checked, kept, and checked again by `verify` and by OpenSSL."""

from __future__ import annotations

import base64
import json
import socket
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from django.db import connection

from bailiwick.cli import run
from bailiwick.desk import jobs
from bailiwick.record import authority
from bailiwick.record.checkpoints import sign_checkpoint
from bailiwick.record.der import with_certificates_sorted
from bailiwick.record.models import Checkpoint, Stamp
from bailiwick.record.stamps import BadStamp, check_stamp, read_authorities
from tests.record.authority import Authority, answering
from tests.record.conftest import SIGNER, grow_by


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Another, with the same names in its certificates and keys of its own."""
    return Authority(tmp_path_factory.mktemp("other"))


@pytest.fixture
def checkpoint(transactional_db: str) -> Checkpoint:
    """Ten events, signed just now."""
    grow_by(10)
    return sign_checkpoint(SIGNER, datetime.now(UTC))


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch, ours: Authority) -> None:
    monkeypatch.setenv("BAILIWICK_RECORD_KEY", str(SIGNER))
    monkeypatch.setenv("BAILIWICK_STAMP_CERTIFICATES", str(ours.root))
    monkeypatch.delenv("BAILIWICK_STAMP_SERVER", raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def named(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("BAILIWICK_STAMP_SERVER", address)


def ran(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    capsys.readouterr()
    status = run(["record", *words])
    out, err = capsys.readouterr()
    return status, out, err


def question_over(note: str) -> bytes:
    """A question as the desk sends it."""
    builder = authority.TimestampRequestBuilder().data(note.encode())
    return builder.hash_algorithm(authority.HashAlgorithm.SHA256).build().as_bytes()


def test_a_checkpoint_is_stamped_kept_and_checked(
    checkpoint: Checkpoint, ours: Authority, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    before = datetime.now(UTC).replace(microsecond=0)
    note, stamp = tmp_path / "checkpoint", tmp_path / "stamp"
    with answering(lambda question: (200, ours.answer(question))) as address:
        named(monkeypatch, address)
        status, out, err = ran(capsys, "stamp", "--out", str(stamp))
    assert (status, out) == (0, checkpoint.note)
    assert "10 events was stamped at 2" in err
    kept = Stamp.objects.get()
    assert kept.checkpoint == checkpoint
    assert before <= kept.at <= datetime.now(UTC)
    note.write_text(out, encoding="utf-8")
    assert ours.checks(note, stamp), "OpenSSL checks the same stamp with nothing of ours"
    status, out, _ = ran(capsys, "verify")
    assert status == 0
    assert "1 checkpoints, 1 signatures checked, 1 time stamps checked." in " ".join(out.split())
    # The authority is gone; one that is stamped already keeps its stamp, and asks nobody.
    assert ran(capsys, "stamp")[0] == 0
    assert Stamp.objects.count() == 1
    exported = json.loads(ran(capsys, "export")[1].splitlines()[-1])
    assert [base64.b64decode(one) for one in exported["stamps"]] == [stamp.read_bytes()]


def test_only_the_digest_leaves_the_house(
    checkpoint: Checkpoint, ours: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[bytes] = []

    def answer(question: bytes) -> tuple[int, bytes]:
        sent.append(question)
        return 200, ours.answer(question)

    with answering(answer) as address:
        named(monkeypatch, address)
        asked = authority.authority()
        assert asked is not None
        authority.stamp(checkpoint, asked)
    assert len(sent[0]) < 80
    assert SIGNER.name.encode() not in sent[0]


def test_nothing_happens_without_the_setting(
    checkpoint: Checkpoint, capsys: pytest.CaptureFixture[str]
) -> None:
    assert authority.authority() is None
    jobs.stamp.func()
    status, _, err = ran(capsys, "stamp")
    assert status == 2
    assert "BAILIWICK_STAMP_SERVER: expected the address" in err
    assert "time stamp" not in ran(capsys, "verify")[1]
    assert Stamp.objects.count() == 0


def test_the_worker_stamps_each_checkpoint_once(
    checkpoint: Checkpoint, ours: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    with answering(lambda question: (200, ours.answer(question))) as address:
        named(monkeypatch, address)
        jobs.stamp.func()
        jobs.stamp.func()
        assert Stamp.objects.count() == 1
        grow_by(1, 10)
        newer = sign_checkpoint(SIGNER, datetime.now(UTC))
        jobs.stamp.func()
    assert list(Stamp.objects.order_by("id").values_list("checkpoint", flat=True)) == [
        checkpoint.pk,
        newer.pk,
    ]


def test_a_worker_whose_authority_is_silent_says_so_in_the_log_and_goes_on(
    checkpoint: Checkpoint, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with answering(lambda _: (503, b"")) as address:
        named(monkeypatch, address)
        jobs.stamp.func()
    assert [one.message for one in caplog.records if one.name == "bailiwick.desk.jobs"] == [
        f"no time stamp: expected an answer from {address}, found: HTTP status 503; nothing was changed, try again later"
    ]


def test_an_answer_that_is_no_good_stamp_is_not_kept(
    checkpoint: Checkpoint, ours: Authority, other: Authority,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    stale = ours.answer(question_over(checkpoint.note))
    digest = sha256(checkpoint.note.encode()).digest()
    refusal = bytes.fromhex("3010 300e 020102 3009 0c07") + b"not now"
    cases = {
        "not of an authority whose certificates are trusted here": other.answer,
        "it stamps something else": lambda question: ours.answer(question.replace(digest, bytes(32))),
        "it answers another question": lambda _: stale,
        "the authority refused (status 2), saying: not now": lambda _: refusal,
        "expected the answer of a time stamping authority (RFC 3161), found something else": lambda _: (
            b"<html>"
        ),
        "more than 65536 bytes": lambda _: bytes(70_000),
    }
    for says, answer in cases.items():
        with answering(lambda question, answer=answer: (200, answer(question))) as address:
            named(monkeypatch, address)
            status, out, err = ran(capsys, "stamp")
        assert (status, out) == (2, "")
        assert says in err
        assert len(err.splitlines()) == 1
    assert Stamp.objects.count() == 0
    assert ran(capsys, "verify")[0] == 0


def test_an_authority_that_does_not_answer_is_one_clear_line(
    checkpoint: Checkpoint, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        monkeypatch.setattr(authority, "PATIENCE", 0.4)
        named(monkeypatch, address)
        status, _, err = ran(capsys, "stamp")
    assert status == 2
    assert err == (
        f"bailiwick: record: expected an answer from {address}, found: nothing within 0.4 seconds; "
        "nothing was changed, try again later\n"
    )
    status, _, err = ran(capsys, "stamp")  # nobody listens there any more
    assert status == 2
    assert f"expected an answer from {address}, found: [Errno 111] Connection refused" in err
    assert Stamp.objects.count() == 0
    assert ran(capsys, "verify")[0] == 0


def test_a_stamp_from_before_its_checkpoint_is_refused(checkpoint: Checkpoint, ours: Authority) -> None:
    trusted = read_authorities(str(ours.root))
    answer = ours.answer(question_over(checkpoint.note))
    at = check_stamp(answer, checkpoint.note, checkpoint.at, trusted)
    assert check_stamp(answer, checkpoint.note, at + timedelta(seconds=60), trusted) == at
    with pytest.raises(BadStamp, match=r"before the checkpoint's.*clocks is wrong"):
        check_stamp(answer, checkpoint.note, at + timedelta(seconds=61), trusted)


def test_no_byte_that_matters_can_be_changed(checkpoint: Checkpoint, ours: Authority) -> None:
    """Each byte up to the certificates, and of the signature after them: the stamp is refused or says the same."""
    trusted = read_authorities(str(ours.root))
    answer = ours.answer(question_over(checkpoint.note))
    at = check_stamp(answer, checkpoint.note, checkpoint.at, trusted)
    start, end = answer.index(b"Example Root"), answer.rindex(b"Example Root")
    refused = 0
    for place in [*range(start), *range(end, len(answer))]:
        changed = bytearray(answer)
        changed[place] ^= 0x10
        try:
            assert check_stamp(bytes(changed), checkpoint.note, checkpoint.at, trusted) == at
        except BadStamp:
            refused += 1
    assert refused > 0.98 * (start + len(answer) - end)


def test_certificates_come_in_any_order(checkpoint: Checkpoint, ours: Authority) -> None:
    answer = ours.answer(question_over(checkpoint.note))
    ordered = with_certificates_sorted(answer)
    assert with_certificates_sorted(ordered) == ordered
    assert sorted(ordered) == sorted(answer)
    for cut in range(len(answer)):
        assert with_certificates_sorted(answer[:cut]) == answer[:cut]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "expected a file of certificates, found: No such file"),
        (b"no certificate", "expected certificates in PEM, found none"),
        ("stamp.pem", "expected the root certificate of the authority, found only others"),
    ],
)
def test_a_wrong_file_of_certificates_is_one_clear_line(
    content: bytes | str | None, says: str, checkpoint: Checkpoint, ours: Authority, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    file = tmp_path / "trusted.pem"
    if content is not None:
        file.write_bytes((ours.folder / content).read_bytes() if isinstance(content, str) else content)
    status, _, err = ran(capsys, "verify", "--authority", str(file))
    assert status == 2
    assert says in err
    monkeypatch.setenv("BAILIWICK_STAMP_CERTIFICATES", str(file))
    named(monkeypatch, "http://127.0.0.1:9/")
    status, _, err = ran(capsys, "stamp")
    assert status == 2
    assert says in err
    assert len(err.splitlines()) == 1


def test_settings_that_lack_something_say_what(
    checkpoint: Checkpoint, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    named(monkeypatch, "stamps.example.org")
    assert "BAILIWICK_STAMP_SERVER: expected an address that begins" in ran(capsys, "stamp")[2]
    named(monkeypatch, "http://127.0.0.1:9/")
    monkeypatch.setenv("BAILIWICK_STAMP_CERTIFICATES", "")
    assert "BAILIWICK_STAMP_CERTIFICATES: expected the certificates" in ran(capsys, "stamp")[2]


def test_a_record_without_a_checkpoint_has_nothing_to_stamp(
    transactional_db: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    named(monkeypatch, "http://127.0.0.1:9/")
    status, _, err = ran(capsys, "stamp")
    assert status == 2
    assert "sign one now: bailiwick record checkpoint" in err


def test_stamps_are_counted_and_not_checked_without_certificates(
    checkpoint: Checkpoint,
    ours: Authority,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    Stamp.objects.create(
        checkpoint=checkpoint, at=datetime.now(UTC), answer=ours.answer(question_over(checkpoint.note))
    )
    monkeypatch.delenv("BAILIWICK_STAMP_CERTIFICATES")
    status, out, _ = ran(capsys, "verify")
    assert status == 0
    assert "1 time stamps not checked: no certificates of an authority were given" in " ".join(out.split())
    connection.close()
    assert json.loads(ran(capsys, "verify", "--format", "json")[1])["stamps_checked"] == 0
