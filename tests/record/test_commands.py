"""`bailiwick record …`: what each prints, its exit status, and that the monitor's own verifier agrees."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bailiwick.cli import run
from bailiwick.record.canonical import leaf_hash
from bailiwick.record.keys import read_signer, read_verifier
from bailiwick.record.models import Checkpoint, Leaf
from bailiwick.record.proofs import sample
from tests.record.conftest import SIGNER, Tamper, grow_by
from tests.record.verifier import PATH, verifier

KEY = str(SIGNER.verifier)


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAILIWICK_RECORD_KEY", str(SIGNER))


def ran(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    capsys.readouterr()
    status = run(["record", *words])
    out, err = capsys.readouterr()
    return status, out, err


def monitor(proof: str | Path, *more: str, key: str = KEY, folder: Path) -> tuple[int, str]:
    """The verifier as a monitor runs it: alone, with nothing of ours on its path."""
    if isinstance(proof, str):
        (folder / "proof.json").write_text(proof, encoding="utf-8")
        proof = folder / "proof.json"
    done = subprocess.run(
        [sys.executable, "-I", str(PATH), key, str(proof), *more],
        capture_output=True, text=True, cwd=folder, env={"PATH": os.environ["PATH"]},
    )  # fmt: skip
    assert done.stderr == ""
    return done.returncode, done.stdout


def test_the_verifier_is_at_most_a_hundred_lines_of_the_standard_library() -> None:
    lines = PATH.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 100
    imports = {line.split()[1] for line in lines if line.startswith(("import ", "from "))}
    assert imports <= set(sys.stdlib_module_names)


def test_verify_says_whole_and_exits_0(record: list[Checkpoint], capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = ran(capsys, "verify")
    assert status == 0
    assert "The record is whole" in out
    assert "600 events, 3 checkpoints, 3 signatures checked." in out


def test_verify_names_the_event_and_exits_1(tamper: Tamper, capsys: pytest.CaptureFixture[str]) -> None:
    tamper("UPDATE record_event SET actor = 'nobody' WHERE subject = 'booking/77'")
    status, out, _ = ran(capsys, "verify", "--format", "json")
    assert status == 1
    assert json.loads(out)["findings"] == [
        {"event": 77, "says": "its columns were changed: they do not say what its text says"}
    ]
    status, out, _ = ran(capsys, "verify", "--format", "csv")
    assert status == 1
    assert out.splitlines()[0] == "event,says"
    assert out.splitlines()[1].startswith("77,")


def test_verify_holds_the_record_against_a_checkpoint_kept_elsewhere(
    tamper: Tamper, record: list[Checkpoint], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "checkpoint"
    kept.write_text(record[-1].note, encoding="utf-8")
    assert ran(capsys, "verify", "--checkpoint", str(kept))[0] == 0
    tamper(
        "DELETE FROM record_leaf WHERE number >= 520", "DELETE FROM record_event WHERE subject ~ '/5[2-9][0-9]$'",
        "DELETE FROM record_checkpoint WHERE size = 600",
    )  # fmt: skip
    assert ran(capsys, "verify")[0] == 0
    status, out, _ = ran(capsys, "verify", "--checkpoint", str(kept))
    assert status == 1
    assert "only 520 events" in " ".join(out.split())


def test_prove_is_accepted_by_the_monitors_verifier(
    record: list[Checkpoint], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, _ = ran(capsys, "prove", "0", "77", "599")
    assert status == 0
    assert [one["number"] for one in json.loads(out)["events"]] == [0, 77, 599]
    assert monitor(out, folder=tmp_path) == (0, "3 events of 600, signed at 2026-03-02T18:25:00Z; wrong: 0\n")


@pytest.mark.parametrize("what", ["body", "number", "path"])
def test_whatever_is_altered_in_a_proof_is_named(
    what: str, record: list[Checkpoint], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    proof = json.loads(ran(capsys, "prove", "5", "77")[1])
    event: dict[str, Any] = proof["events"][1]
    event[what] = {
        "body": event["body"].replace("Núñez", "Muñoz"), "number": 78, "path": event["path"][::-1]
    }[what]  # fmt: skip
    status, out = monitor(json.dumps(proof), folder=tmp_path)
    assert status == 1
    assert f"event {event['number']} was ALTERED" in out
    assert "event 5" not in out


def test_another_key_or_a_changed_checkpoint_is_not_signed(
    record: list[Checkpoint], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = ran(capsys, "prove", "5")[1]
    other = str(type(SIGNER)(SIGNER.name, bytes(32)).verifier)
    assert monitor(out, key=other, folder=tmp_path) == (
        1, "cannot be trusted: the checkpoint is NOT SIGNED by this key\n",
    )  # fmt: skip
    proof = json.loads(out)
    proof["checkpoint"] = proof["checkpoint"].replace("\n600\n", "\n601\n")
    assert monitor(json.dumps(proof), folder=tmp_path)[0] == 1
    assert monitor("not JSON", folder=tmp_path)[0] == 2
    assert monitor(out, key=KEY[:-6], folder=tmp_path)[0] == 2


def test_consistency_between_every_two_checkpoints(
    record: list[Checkpoint], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for old, new in ((100, 300), (100, 600), (300, 600)):
        status, out, _ = ran(capsys, "consistency", str(old), str(new))
        assert status == 0
        assert monitor(out, folder=tmp_path)[0] == 0


def test_a_record_rewritten_between_two_checkpoints_has_no_consistency_proof(
    tamper: Tamper, record: list[Checkpoint], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The county holds its key and signs again, over a record in which event 77 says something else."""
    body = Leaf.objects.select_related("event").get(number=77).event.body.replace("Núñez", "Muñoz")
    tamper(
        "UPDATE record_event SET body = %(body)s WHERE subject = 'booking/77'",
        "UPDATE record_leaf SET hash = %(hash)s WHERE number = 77",
        "DELETE FROM record_node",
        "DELETE FROM record_checkpoint WHERE size > 100",
        body=body, hash=leaf_hash(body.encode()),
    )  # fmt: skip
    grow_by(50, 600)
    assert ran(capsys, "checkpoint")[0] == 0
    out = ran(capsys, "consistency", "100", "650")[1]
    assert monitor(out, folder=tmp_path) == (
        1,
        "the record of 100 events was CHANGED: it is not the beginning of that of 650\n"
        + monitor(out, folder=tmp_path)[1].splitlines()[1] + "\n",
    )  # fmt: skip


def test_a_record_cut_short_cannot_prove_what_was_cut(
    tamper: Tamper, capsys: pytest.CaptureFixture[str]
) -> None:
    tamper("DELETE FROM record_leaf WHERE number >= 500")
    status, _, err = ran(capsys, "consistency", "300", "600")
    assert status == 2
    assert "cut" in err
    assert ran(capsys, "prove", "550")[0] == 2


def test_the_verifier_draws_what_the_desk_draws(
    record: list[Checkpoint], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, _ = ran(capsys, "sample", "--seed", "from the monitor", "--count", "40")
    assert status == 0
    numbers = [one["number"] for one in json.loads(out)["events"]]
    assert numbers == sample("from the monitor", 40, 600)
    assert len(set(numbers)) == 40
    assert monitor(out, "from the monitor", "40", folder=tmp_path)[0] == 0
    status, said = monitor(out, "another seed", "40", folder=tmp_path)
    assert status == 1
    assert "NOT THE EVENTS that the seed draws" in said
    left_out = json.loads(out)
    del left_out["events"][7]
    assert monitor(json.dumps(left_out), "from the monitor", "40", folder=tmp_path)[0] == 1


def test_a_small_record_is_drawn_whole(transactional_db: str) -> None:
    assert sorted(sample("any", 40, 7)) == list(range(7))


def test_checkpoint_prints_what_is_signed_and_keeps_one_of_each_size(
    record: list[Checkpoint], capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, _ = ran(capsys, "checkpoint")
    assert (status, out) == (0, record[-1].note)
    grow_by(1, 600)
    out = ran(capsys, "checkpoint")[1]
    assert SIGNER.verifier.verify(out)
    assert verifier().checkpoint(KEY, out)[0] == 601
    assert Checkpoint.objects.count() == 4


def test_export_writes_every_event_with_its_exact_text(
    record: list[Checkpoint], capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [json.loads(line) for line in io.StringIO(ran(capsys, "export")[1])]
    events = [row for row in rows if "number" in row]
    hashes = [bytes(leaf.hash) for leaf in Leaf.objects.order_by("number")]
    assert [leaf_hash(row["body"].encode()) for row in events] == hashes
    assert [row["checkpoint"] for row in rows[len(events) :]] == [one.note for one in record]


def test_key_makes_a_key_and_prints_its_public_half(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    status, out, _ = ran(capsys, "key", "record.example-county.gov")
    assert status == 0
    made = read_signer(out)
    file = tmp_path / "record.key"
    file.write_text(out, encoding="utf-8")
    monkeypatch.setenv("BAILIWICK_RECORD_KEY", str(file))
    assert read_verifier(ran(capsys, "key", "--public")[1]) == made.verifier


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("prove", "x"), "whole number"),
        (("prove", "600"), "no event 600"),
        (("consistency", "300", "100"), "the smaller first"),
        (("consistency", "100", "599"), "no checkpoint has 599 events"),
        (("sample",), "--seed"),
        (("sample", "--seed", "x", "--count", "-1"), "--count"),
        (("key",), "NAME"),
        (("key", "a name"), "without spaces"),
        (("verify", "--key", "a+b+c"), "--key"),
        (("verify", "--checkpoint", "/nowhere"), "/nowhere"),
    ],
)
def test_bad_input_is_one_clear_line_and_exits_2(
    words: tuple[str, ...], says: str, record: list[Checkpoint], capsys: pytest.CaptureFixture[str]
) -> None:
    status, _, err = ran(capsys, *words)
    assert status == 2
    assert len(err.strip().splitlines()) == 1
    assert says in err


def test_what_came_after_the_newest_checkpoint_waits_for_the_next(
    record: list[Checkpoint], capsys: pytest.CaptureFixture[str]
) -> None:
    grow_by(1, 600)
    status, _, err = ran(capsys, "prove", "600")
    assert status == 2
    assert "sign one now" in err


def test_without_a_key_nothing_is_signed(
    record: list[Checkpoint], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BAILIWICK_RECORD_KEY")
    status, _, err = ran(capsys, "checkpoint")
    assert status == 2
    assert "BAILIWICK_RECORD_KEY" in err
    status, out, _ = ran(capsys, "verify")
    assert status == 0
    assert "no signature checked" in out
