"""`bailiwick decide --bulk`: what the command line adds to the bulk engine."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from bailiwick.engine.facts import ACTIONS
from tests.cli.conftest import FELONY, Cli, case, on_terminal

Write = Callable[..., Path]


def test_the_outcomes_of_a_file_are_those_of_its_cases_one_by_one(
    cli: Cli, write: Write, tmp_path: Path
) -> None:
    cases = [
        case(id="a"),
        case(id="b", charges=[FELONY]),
        case(id="c", place="us/tx", person={}),
        case(id="d", place="us/fl"),
    ]
    path, out = write("cases.jsonl", *cases), tmp_path / "out.parquet"
    ran = cli("decide", path, "--bulk", "--out", out)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == f"4 cases decided; written to {out}\n"
    rows = {row["id"]: row for row in pq.read_table(out).to_pylist()}
    for line in cli("decide", path).out.splitlines():
        single = json.loads(line)
        for action in ACTIONS:
            assert rows[single["id"]][action] == single["actions"][action]["outcome"]


def test_the_summary_is_json_when_asked(cli: Cli, write: Write, tmp_path: Path) -> None:
    out = tmp_path / "out.parquet"
    ran = cli("decide", "--bulk", write("cases.jsonl", case()), "--out", out, "--format", "json")
    assert ran.json == {"cases": 1, "decided": 1, "bad": [], "out": str(out)}


def test_the_what_if_moves_every_case(cli: Cli, write: Write, tmp_path: Path) -> None:
    path, out = write("cases.jsonl", case(), case(place="us/tx")), tmp_path / "out.parquet"
    cli("decide", "--bulk", path, "--out", out, "--place", "us/fl", "--on", "2020-01-01")
    assert pq.read_table(out)["hold"].to_pylist() == ["conflict", "conflict"]


def test_bad_rows_are_listed_with_their_line_and_the_others_written(
    cli: Cli, write: Write, tmp_path: Path
) -> None:
    path, out = (
        write("cases.jsonl", case(id="a"), case(id="b", at="yesterday"), case(id="c")),
        tmp_path / "out.parquet",
    )
    ran = cli("decide", "--bulk", path, "--out", out)
    assert ran.code == 2
    assert len(ran.complaints) == 1
    assert ran.complaints[0].startswith(f"bailiwick: {path}:2: ")
    assert "2 cases decided, 1 bad line" in ran.out
    assert sorted(pq.read_table(out)["id"].to_pylist()) == ["a", "c"]


def test_of_many_bad_rows_the_first_twenty_are_listed_and_the_rest_counted(
    cli: Cli, write: Write, tmp_path: Path
) -> None:
    path = write("cases.jsonl", case(), *(case(at="yesterday") for _ in range(25)))
    ran = cli("decide", "--bulk", path, "--out", tmp_path / "out.parquet")
    assert (ran.code, len(ran.complaints)) == (2, 21)
    assert ran.complaints[-1] == f"bailiwick: {path}: 5 more bad lines not listed; all others are decided"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("cases.parquet", b"PAR1 and no more", ""),
        ("cases.csv", b"id\n1\n", "expected a .jsonl or .parquet file for --bulk"),
        ("cases.jsonl", b"", ""),
    ],
)
def test_a_file_that_cannot_be_read_is_one_line(
    cli: Cli, tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    ran = cli("decide", "--bulk", path, "--out", tmp_path / "out.parquet")
    assert (ran.code, ran.out, len(ran.complaints)) == (2, "", 1)
    assert ran.err.startswith(f"bailiwick: {path}: ")
    assert said in ran.err


def test_a_truncated_parquet_file_is_one_line(cli: Cli, write: Write, tmp_path: Path) -> None:
    whole = tmp_path / "whole.parquet"
    cli("decide", "--bulk", write("cases.jsonl", case()), "--out", whole)
    half = tmp_path / "half.parquet"
    half.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    ran = cli("decide", "--bulk", half, "--out", tmp_path / "out.parquet")
    assert (ran.code, len(ran.complaints)) == (2, 1)
    assert ran.err.startswith(f"bailiwick: {half}: ")


def test_a_missing_file_or_folder_is_one_line(cli: Cli, write: Write, tmp_path: Path) -> None:
    none = tmp_path / "none.parquet"
    assert cli("decide", "--bulk", none, "--out", tmp_path / "out.parquet").complaints == [
        f"bailiwick: {none}: no such file"
    ]
    out = tmp_path / "none" / "out.parquet"
    ran = cli("decide", "--bulk", write("cases.jsonl", case()), "--out", out)
    assert ran.complaints == [f"bailiwick: {out}: no such directory to write to"]


def test_a_parquet_file_without_bulk_says_what_to_do(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "cases.parquet"
    path.write_bytes(b"PAR1")
    assert "is decided with --bulk and --out" in cli("decide", path).err


def test_progress_is_shown_on_a_terminal_only(cli: Cli, write: Write, tmp_path: Path) -> None:
    path = write("cases.jsonl", case())
    assert "Deciding" in on_terminal("decide", "--bulk", path, "--out", tmp_path / "out.parquet")
    assert "Deciding" not in cli("decide", "--bulk", path, "--out", tmp_path / "out.parquet").err
