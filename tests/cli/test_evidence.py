"""The commands over a store: figures, refusals in one line, exit status."""

from __future__ import annotations

import csv
import json
from io import StringIO
from pathlib import Path

import pytest

from bailiwick.cli import run
from tests.evidence.made_up import DETAINERS, detainer, write_csv, write_workbook


def asked(capsys: pytest.CaptureFixture[str], *arguments: str, exit: int = 0) -> tuple[str, str]:
    code = run(["evidence", *arguments])
    out, err = capsys.readouterr()
    assert code == exit, err
    return out, err


def test_a_release_is_loaded_counted_and_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = str(tmp_path / "store")
    rows = [detainer(unique_identifier=i, detainer_lift_reason="Died") for i in range(30)]
    first = str(write_csv(tmp_path / "a.csv", rows))
    out, err = asked(capsys, "load", first, "--store", store, "--release", "a", "--format", "json")
    (entry,) = json.loads(out)["loaded"]
    assert (entry["read"], entry["taken"], entry["release"]) == (30, 30, "a")
    assert "ICE detainers, Deportation Data Project (2025 and 2026)" in err
    out, _ = asked(capsys, "load", first, "--store", store)
    assert "nothing changed" in out
    second = str(write_csv(tmp_path / "b.csv", rows[1:]))
    asked(capsys, "load", second, "--store", store, "--release", "b")
    out, _ = asked(capsys, "compare", "a", "b", "--store", store, exit=1)
    assert "month" in out
    assert "a: 30 rows read, 30 taken, 0 set aside." in out
    assert "b: 29 rows read, 29 taken, 0 set aside." in out
    asked(capsys, "compare", "a", "a", "--store", store)
    out, _ = asked(capsys, "outcomes", "--store", store, "--release", "a", "--by", "state", "--format", "csv")
    (row,) = csv.DictReader(StringIO(out))
    assert (row["state"], row["detainers"], row["died"], row["declined"], row["declined_share"]) == (
        "us/tx",
        "30",
        "30",
        "0",
        "0.0",
    )
    _, err = asked(capsys, "outcomes", "--store", store, exit=2)
    assert "--release: expected one of a, b; found several" in err


@pytest.mark.parametrize(
    "command", [["outcomes"], ["law"], ["whatif", "--law", "us/ca"], ["report", "--out", "site"], ["paths"]]
)
@pytest.mark.parametrize("kept", [0.5, 0])
def test_a_damaged_store_is_one_line(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    command: list[str],
    kept: float,
) -> None:
    monkeypatch.chdir(tmp_path)
    rows = [detainer(unique_identifier=i) for i in range(30)]
    asked(capsys, "load", str(write_csv(tmp_path / "a.csv", rows)), "--store", "store", "--release", "a")
    for file in (tmp_path / "store").glob("table=detainers/**/*.parquet"):
        whole = file.read_bytes()
        file.write_bytes(
            whole[: len(whole) // 2]
            if kept
            else whole[:4] + bytes(len(whole) // 4) + whole[4 + len(whole) // 4 :]
        )
    _, err = asked(capsys, *command, "--store", "store", exit=2)
    assert err.count("\n") == 1
    assert "--store" in err


def test_the_shipped_release_answers_without_a_store(capsys: pytest.CaptureFixture[str]) -> None:
    out, _ = asked(capsys, "outcomes", "--format", "json")
    everything = json.loads(out)["all"]
    assert (everything["detainers"], everything["declined"], everything["not_recorded"]) == (
        79_053,
        5_501,
        52_263,
    )
    assert everything["declined_share"] == pytest.approx(5_501 / (79_053 - 52_263), abs=1e-6)
    assert everything["died"] is None  # fewer than ten
    out, _ = asked(capsys, "outcomes", "--by", "state")
    assert "California" in out
    assert "It is not a detainer that was honored" in " ".join(out.split())
    out, _ = asked(capsys, "facilities", "--most", "3", "--format", "json")
    assert len(json.loads(out)) == 3
    out, _ = asked(capsys, "quality")
    assert "79,053" in out


def test_what_another_law_would_have_said(capsys: pytest.CaptureFixture[str]) -> None:
    where = ("--where", "county=48453", "--where", "month=2015-01")
    out, _ = asked(capsys, "whatif", "--law", "us/ca", *where, "--format", "json")
    found = json.loads(out)
    assert (
        found["changes_least"] <= found["changes_most"] == found["changes_least"] + found["cannot_be_known"]
    )
    assert sum(one["detainers"] for one in found["answers"]) == found["detainers"]
    out, _ = asked(capsys, "whatif", "--law", "us/ca", "--suppose", "ordinary", *where)
    assert "The answer changes for" in out
    assert "CHANGES" in out
    out, _ = asked(capsys, "whatif", "--law", "us/ca", *where, "--format", "csv")
    told = list(csv.DictReader(StringIO(out)))
    for way, counted in (("yes", "changes_least"), ("unknown", "cannot_be_known")):
        assert sum(int(one["detainers"]) for one in told if one["changes"] == way) == found[counted]
    out, _ = asked(capsys, "law", "--by", "month", *where, "--format", "csv")
    (row,) = csv.DictReader(StringIO(out))
    assert row["month"] == "2015-01"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("outcomes", "--by", "shoe"), "--by: expected state"),
        (("outcomes", "--where", "state"), "--where: expected NAME=VALUE"),
        (("outcomes", "--where", "state=us/ca", "--where", "state=us/tx"), "found it twice"),
        (("outcomes", "--suppress", "few"), "--suppress: expected a number from 1, found 'few'"),
        (("outcomes", "--store", "nowhere"), "--store: expected a store, found none in nowhere"),
        (("outcomes", "--release", "2099"), "--release: expected one of foia-15-87693; found '2099'"),
        (("outcomes", "--engine", "abacus"), "--engine: expected duckdb or spark, found 'abacus'"),
        (("outcomes", "--master", "spark://x"), "--master: expected with --engine spark only"),
        (("whatif",), "expected --law, --on or --with"),
        (("whatif", "--law", "us/atlantis"), "--law: "),
        (("whatif", "--with", "us/ca:nothing"), "--with: unknown proposal"),
        (("whatif", "--on", "2026-01-01", "--suppose", "shoe=9"), "--suppose: expected ordinary"),
        (("quality", "--release", "2099"), "--release: expected one of foia-15-87693; found '2099'"),
        (("facilities", "--most", "some"), "--most: expected a number"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_one_line(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], words: str
) -> None:
    _, err = asked(capsys, *arguments, exit=2)
    assert words in err
    assert err.count("\n") == 1


def test_a_file_that_is_no_release_does_not_keep_the_others_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = write_workbook(tmp_path / "budget.xlsx", {"Budget": [["Item", "Amount"]]})
    good = write_csv(tmp_path / "good.csv", [detainer()], DETAINERS)
    out, err = asked(capsys, "load", str(bad), str(good), "--store", str(tmp_path / "store"), exit=2)
    assert "Item, Amount" in err
    assert "good.csv" in out
