"""`bailiwick decide --bulk`: what the command line adds to the bulk engine."""

from __future__ import annotations

import json
import os
import resource
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
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


def test_every_bad_row_is_listed_and_a_person_at_a_terminal_is_told_how_to_have_them_all(
    cli: Cli, write: Write, tmp_path: Path
) -> None:
    path = write("cases.jsonl", case(), *(case(at="yesterday") for _ in range(25)))
    asked = ("decide", "--bulk", path, "--out", tmp_path / "out.parquet")
    ran = cli(*asked)
    assert [c.split(": ")[1] for c in ran.complaints] == [f"{path}:{line}" for line in range(2, 27)]
    ran = cli(*asked, "--format", "json")
    assert [row["line"] for row in ran.json["bad"]] == list(range(2, 27))
    assert ran.complaints[20:] == [f"bailiwick: {path}: 5 more bad lines; all are in the JSON"]
    seen = on_terminal(*asked, COLUMNS="200")
    assert (f"{path}:21:" in seen, f"{path}:22:" in seen) == (True, False)
    assert f"{path}: 5 more bad lines; to list all: 2> FILE, or --format json" in seen


def test_where_no_line_is_good_nothing_is_said_to_be_written(cli: Cli, write: Write, tmp_path: Path) -> None:
    out = tmp_path / "out.parquet"
    ran = cli("decide", "--bulk", write("cases.jsonl", case(at="yesterday")), "--out", out)
    assert ran.out == "0 cases decided, 1 bad line; nothing written\n"
    assert not out.exists()


def cases_of(path: Path) -> bytes:
    path.write_text(json.dumps(case()) + "\n")
    return path.read_bytes()


@pytest.mark.parametrize("made", [os.link, os.symlink], ids=["a hard link", "a symbolic link"])
def test_the_file_of_cases_is_never_written_over(
    cli: Cli, tmp_path: Path, made: Callable[[Path, Path], None]
) -> None:
    """Under its own name, by the name of a link, or where the link is what is read."""
    path, link = tmp_path / "cases.parquet", tmp_path / "link.parquet"
    cases_of(tmp_path / "cases.jsonl")
    assert cli("decide", "--bulk", tmp_path / "cases.jsonl", "--out", path).code == 0
    content = path.read_bytes()
    made(path, link)
    for source, out in ((path, path), (path, link), (link, path)):
        ran = cli("decide", "--bulk", source, "--out", out)
        assert (ran.code, ran.complaints) == (
            2,
            [f"bailiwick: {out}: is the file of cases itself; expected another"],
        )
    assert path.read_bytes() == content


def test_outcomes_are_written_to_a_file_named_parquet_only(cli: Cli, tmp_path: Path) -> None:
    """A word too few on the command line must not cost a file of another kind."""
    path, notes = tmp_path / "cases.jsonl", tmp_path / "notes.txt"
    cases = cases_of(path)
    notes.write_text("mine")
    for out in (path, notes):
        ran = cli("decide", "--bulk", path, "--out", out)
        assert ran.complaints == [f"bailiwick: --out: expected a file named like OUT.parquet, found '{out}'"]
        assert ran.code == 2
    assert (path.read_bytes(), notes.read_text()) == (cases, "mine")


def test_what_is_no_regular_file_is_not_replaced(cli: Cli, tmp_path: Path) -> None:
    path, folder, pipe = (tmp_path / name for name in ("cases.jsonl", "folder.parquet", "pipe.parquet"))
    cases_of(path)
    folder.mkdir()
    os.mkfifo(pipe)
    for out, kind in ((folder, "a directory"), (pipe, "a device or a pipe")):
        ran = cli("decide", "--bulk", path, "--out", out)
        assert (ran.code, ran.complaints) == (2, [f"bailiwick: {out}: expected a file, found {kind}"])
    assert (folder.is_dir(), pipe.is_fifo()) == (True, True)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["cases.jsonl", "folder.parquet", "pipe.parquet"]


def test_a_symbolic_link_is_followed_and_stays_a_link(cli: Cli, tmp_path: Path) -> None:
    path, link, there = tmp_path / "cases.jsonl", tmp_path / "newest.parquet", tmp_path / "there"
    cases_of(path)
    there.mkdir()
    link.symlink_to("there/1.parquet")
    for _ in ("not there yet", "there already"):
        assert cli("decide", "--bulk", path, "--out", link).code == 0
        assert link.is_symlink()
        assert len(pq.read_table(there / "1.parquet")) == 1
    assert [p.name for p in there.iterdir()] == ["1.parquet"]


@pytest.mark.parametrize(
    ("leads_to", "said"),
    [
        ("notes.txt", "expected one to a file named .parquet"),
        ("out.parquet", "leads nowhere"),
        ("none/out.parquet", "no such directory to write to"),
    ],
    ids=["to a file of another kind", "to itself", "to a directory that is not there"],
)
def test_a_symbolic_link_that_names_no_file_for_outcomes_is_one_line(
    cli: Cli, tmp_path: Path, leads_to: str, said: str
) -> None:
    path, out, notes = tmp_path / "cases.jsonl", tmp_path / "out.parquet", tmp_path / "notes.txt"
    cases_of(path)
    notes.write_text("mine")
    out.symlink_to(leads_to)
    ran = cli("decide", "--bulk", path, "--out", out)
    assert (ran.code, len(ran.complaints)) == (2, 1)
    assert ran.err.startswith(f"bailiwick: {out}: ")
    assert said in ran.err
    assert (out.is_symlink(), notes.read_text()) == (True, "mine")


def test_a_disk_that_is_full_is_one_line_and_leaves_the_last_outcomes(cli: Cli, tmp_path: Path) -> None:
    path, out = tmp_path / "cases.parquet", tmp_path / "out.parquet"
    at = pa.array([datetime(2026, 3, 2, tzinfo=UTC)])
    pq.write_table(pa.table({"place": ["us/ca"], "at": at}), path)
    out.write_bytes(b"of an earlier run")
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limit[1]))
    try:
        ran = cli("decide", "--bulk", path, "--out", out)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    assert (ran.code, len(ran.complaints)) == (2, 1)
    assert ran.err.startswith(f"bailiwick: {out}: cannot be written to")
    assert out.read_bytes() == b"of an earlier run"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["cases.parquet", "out.parquet"]


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


def test_a_column_like_no_fact_is_one_line_with_where_to_look(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "cases.parquet"
    at = pa.array([datetime(2026, 3, 2, tzinfo=UTC)])
    pq.write_table(pa.table({"place": ["us/ca"], "at": at, "foo": [1]}), path)
    assert cli("decide", "--bulk", path, "--out", tmp_path / "out.parquet").complaints == [
        f"bailiwick: {path}: unknown column 'foo'; the facts a case may carry: bailiwick facts"
    ]


def test_a_parquet_file_without_bulk_says_what_to_do(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "cases.parquet"
    path.write_bytes(b"PAR1")
    assert "is decided with --bulk and --out" in cli("decide", path).err


def test_progress_is_shown_on_a_terminal_only(cli: Cli, write: Write, tmp_path: Path) -> None:
    path = write("cases.jsonl", case())
    assert "Deciding" in on_terminal("decide", "--bulk", path, "--out", tmp_path / "out.parquet")
    assert "Deciding" not in cli("decide", "--bulk", path, "--out", tmp_path / "out.parquet").err
