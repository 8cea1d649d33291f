"""Keys and signed notes: ours, the standard's own example, and the monitor's verifier agree."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bailiwick.record.keys import BadKey, Signer, Verifier, make_key, read_signer, read_verifier, signing_key
from tests.record.verifier import verifier

SEED = bytes(range(32))


def test_a_key_is_read_back_from_its_line_and_signs_what_its_verifier_accepts() -> None:
    signer = read_signer(make_key("record.example-county.gov") + "\n")
    note = signer.sign("record.example-county.gov\n1\nAAAA\n")
    known = read_verifier(f" {signer.verifier}\n")
    assert known == signer.verifier
    assert known.verify(note)
    assert not known.verify(note.replace("\n1\n", "\n2\n"))
    assert not Signer("record.example-county.gov", SEED).verifier.verify(note)
    assert not Verifier("another.name", known.key).verify(note)


def test_the_key_of_the_go_sum_database_is_read() -> None:
    line = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
    assert str(read_verifier(line)) == line


def test_the_secret_is_not_shown_by_accident() -> None:
    assert repr(Signer("record", SEED)) == "Signer('record')"


@pytest.mark.parametrize("name", ["", "two words", "a+b"])
def test_a_name_that_would_not_be_read_back_is_refused(name: str) -> None:
    with pytest.raises(BadKey, match="expected a name"):
        make_key(name)


@pytest.mark.parametrize("line", ["", "PRIVATE+KEY+a+00000000+AQID", "PRIVATE+KEY+x", "a+b+c"])
def test_a_line_that_is_no_signing_key_is_refused(line: str) -> None:
    with pytest.raises(BadKey):
        read_signer(line)


def test_a_changed_name_is_seen_and_a_signing_key_is_no_public_key() -> None:
    line = str(Signer("record", SEED))
    with pytest.raises(BadKey, match="changed"):
        read_signer(line.replace("record", "other"))
    with pytest.raises(BadKey, match="expected a line"):
        read_verifier(line)


def test_the_key_comes_from_the_environment_as_line_or_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BAILIWICK_RECORD_KEY", raising=False)
    assert signing_key() is None
    line = str(Signer("record", SEED))
    monkeypatch.setenv("BAILIWICK_RECORD_KEY", line)
    assert signing_key() == Signer("record", SEED)
    (tmp_path / "record.key").write_text(line + "\n")
    monkeypatch.setenv("BAILIWICK_RECORD_KEY", str(tmp_path / "record.key"))
    assert signing_key() == Signer("record", SEED)


def test_the_monitors_verifier_accepts_what_the_library_signs_and_nothing_near_it() -> None:
    checks, chance = verifier(), random.Random(7)
    for _ in range(5):
        seed = chance.randbytes(32)
        signer = Signer("record", seed)
        text = f"record\n{chance.randrange(9)}\n\nat 2026-03-02T18:15:00Z\n"
        note = signer.sign(text)
        assert checks.checkpoint(str(signer.verifier), note)[0] == int(text.split("\n")[1])
        flipped = bytearray(Ed25519PrivateKey.from_private_bytes(seed).sign(text.encode()))
        flipped[chance.randrange(64)] ^= 1 << chance.randrange(8)
        with pytest.raises(ValueError):  # noqa: PT011 - a point that does not exist, or a signature that fails
            checks.checkpoint(str(signer.verifier), _with(note, signer, bytes(flipped)))


def _with(note: str, signer: Signer, signature: bytes) -> str:
    import base64

    encoded = base64.b64encode(signer.verifier.id + signature).decode()
    return f"{note.partition(chr(10) * 2)[0]}\n\n— {signer.name} {encoded}\n"
