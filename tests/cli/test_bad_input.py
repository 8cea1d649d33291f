"""Bad input: one line that says where and what to do, exit code 2, never a traceback."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Cli, case, program

Write = Callable[..., Path]

BAD_CASES: dict[str, tuple[Any, str]] = {
    "unknown fact": (case(person={"agee": 31}), "unknown fact 'person.agee'; nearest: person.age"),
    "unknown key": (case(custodien="county_jail"), "unknown fact 'custodien'; nearest: custodian"),
    "unknown fact of a charge": (
        case(charges=[{"grad": "felony"}]),
        "unknown fact 'charges[0].grad'; nearest: grade",
    ),
    "wrong type": (case(person={"age": "31"}), 'person.age: expected a whole number, 0 or more, found "31"'),
    "wrong word": (case(custodian="jail"), 'custodian: unknown word "jail"'),
    "impossible date": (
        case(charges=[{"convicted_on": "2015-02-29"}]),
        'charges[0].convicted_on: expected a date like 2015-01-10, found "2015-02-29"',
    ),
    "impossible instant": (case(at="2026-02-30T10:00:00Z"), "at: expected an instant"),
    "a year out of range": (case(at="1492-10-12T10:00:00Z"), "at: expected a year between 1970 and 2099"),
    "no such place": (
        case(place="us/ca/fresnoo-county"),
        "place: no place 'us/ca/fresnoo-county'; the nearest",
    ),
    "no place": (case(place=None), "place: expected a path like us/ca/los-angeles-county, found null"),
    "no instant": (case(at=None), "at: required"),
    "an instant without zone": (case(at="2026-03-02T10:15:00"), "at: expected an instant with its offset"),
    "a fact like no other": (
        case(foo=1),
        "unknown fact 'foo'; the facts a case may carry: bailiwick facts",
    ),
    "a list instead of a case": ([case()], "expected a case (a JSON object), found ["),
    "a word that nobody decided": (case(decided={"hold": "refused"}), "decided: expected"),
    "an action that does not exist": (
        case(decided={"held": "honored"}),
        "decided: unknown action 'held'; nearest: hold",
    ),
}


@pytest.mark.parametrize(("content", "said"), BAD_CASES.values(), ids=BAD_CASES)
def test_a_bad_case_is_one_line(cli: Cli, write: Write, content: Any, said: str) -> None:
    path = write("case.json", content)
    ran = cli("decide", path)
    assert (ran.code, ran.out, len(ran.complaints)) == (2, "", 1)
    assert ran.err.startswith(f"bailiwick: {path}: ")
    assert said in ran.err


@pytest.mark.parametrize(("content", "said"), BAD_CASES.values(), ids=BAD_CASES)
def test_a_bad_line_is_one_line_with_its_number(cli: Cli, write: Write, content: Any, said: str) -> None:
    path = write("cases.jsonl", case(id="good"), content)
    ran = cli("decide", path)
    assert (ran.code, len(ran.out.splitlines()), len(ran.complaints)) == (2, 1, 1)
    assert ran.err.startswith(f"bailiwick: {path}:2: ")
    assert said in ran.err


BAD_BYTES: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "empty; expected a case"),
    "white space": (b" \n\n", "empty; expected a case"),
    "half a case": (b'{"place": "us/ca",', "not JSON"),
    "two cases": (
        b"{}\n{}",
        "not JSON: Extra data, column 1; for one case a line name the file .jsonl or add --lines",
    ),
    "latin-1": (b'{"id": "Jos\xe9"}', "not UTF-8 text, byte 12"),
    "utf-16": ('{"id": 1}'.encode("utf-16"), "it looks like UTF-16"),
    "a fact twice": (b'{"at": "x", "at": "y"}', "'at' stands twice in one object"),
    "no number": (b'{"person": {"age": NaN}}', "NaN is no JSON number"),
    "a number without end": (b'{"id": ' + b"9" * 5000 + b"}", "digits"),
    "a well": (b"[" * 100_000, "nested too deeply"),
    "half a character": (rb'{"charges": [{"description": "\udc00"}]}', "half a character"),
    "binary": (b"\x00\x01\x02\xff\xfe", "not UTF-8 text"),
    "Parquet": (b"PAR1\x15\n\xff\n\n\n", "found Parquet; only decide --bulk reads it"),
    "gzip": (b"\x1f\x8b\x08\n\xff\n\n\n", "found gzip; unpack it first"),
    "a workbook": (b"PK\x03\x04\n\xff\n", "found zip, as workbooks are"),
}


@pytest.mark.parametrize("name", ["case.json", "cases.jsonl"])
@pytest.mark.parametrize(("content", "said"), BAD_BYTES.values(), ids=BAD_BYTES)
def test_what_is_no_case_at_all_ends_with_a_line(
    cli: Cli, tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    ran = cli("decide", path)
    assert (ran.code, ran.out) == (2, "")
    assert all(c.startswith(f"bailiwick: {path}") for c in ran.complaints)
    if name == "case.json":
        assert len(ran.complaints) == 1
        assert said in ran.err


@pytest.mark.parametrize(
    "command",
    [("decide",), ("audit",), ("law", "diff", "us/ca", "2018-01-03", "2018-01-04", "--cases")],
    ids=["decide", "audit", "law diff"],
)
def test_a_parquet_file_in_place_of_json_lines_is_one_line_however_many_it_seems_to_have(
    cli: Cli, tmp_path: Path, command: tuple[str, ...]
) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_bytes(b"PAR1" + 50 * b"\xff\n")
    ran = cli(*command, path)
    assert (ran.code, ran.out) == (2, "")
    assert ran.complaints == [
        f"bailiwick: {path}: expected JSON Lines, found Parquet; only decide --bulk reads it, from a file named .parquet"
    ]


def test_a_line_is_refused_in_the_same_words_alone_and_in_bulk(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    head = b'{"place": "us/ca", "at": "2026-03-02T10:15:00-08:00"'
    lines = [
        head + b', "place": "us/tx"}',
        head + b', "person": {"citizen_proof": true, "citizen_proof": false}}',
        head + b', "charges": [{"grade": "felony"}, {"grade": "felony", "grade": "felony"}]}',
        head + rb', "charges": [{"statute": "\ud800"}]}',
        head + b', "person": {"age": NaN}}',
        head + b', "person": {"age": ' + b"9" * 5000 + b"}}",
        head + b"} x",
        head + b', "foo": 1}',
        head + b', "id": "\xe9"}',
        head + b', "charges": [null]}',
        b"[" * 100_000,
    ]
    good = [head + b"}", head + rb', "id": "\ud83d\ude00"}']
    path.write_bytes(b"\xef\xbb\xbf" + b"\n".join([*good, *lines]))
    alone = cli("decide", path)
    assert (len(alone.complaints), len(alone.out.splitlines())) == (len(lines), len(good))
    bulk = cli("decide", "--bulk", path, "--out", tmp_path / "out.parquet")
    assert bulk.complaints == alone.complaints
    assert "'citizen_proof' stands twice in one object; which is meant?" in bulk.complaints[1]


def test_a_file_without_any_case_is_one_line(cli: Cli, write: Write) -> None:
    for command in ("decide", "audit"):
        path = write("cases.jsonl")
        assert cli(command, path).complaints == [
            f"bailiwick: {path}: no case in it; expected one JSON object a line"
        ]
        assert cli(command, path).code == 2


def test_a_case_of_more_than_ten_megabytes_is_refused(cli: Cli, write: Write) -> None:
    path = write("case.json", '{"id": "' + "x" * 11_000_000 + '"}')
    assert cli("decide", path).err.startswith(f"bailiwick: {path}: longer than 10 MB")


@pytest.mark.parametrize(
    "command", [("decide",), ("audit",), ("law", "diff", "us/ca", "2018-01-03", "2018-01-04", "--cases")]
)
@pytest.mark.parametrize("name", ["none.json", "none.jsonl"])
def test_a_file_that_is_not_there_or_is_a_directory_is_one_line(
    cli: Cli, tmp_path: Path, command: tuple[str, ...], name: str
) -> None:
    path = tmp_path / name
    assert cli(*command, path).complaints == [f"bailiwick: {path}: no such file"]
    path.mkdir()
    ran = cli(*command, path)
    assert ran.complaints == [f"bailiwick: {path}: expected a file, found a directory"]
    assert ran.code == 2


BAD_OPTIONS: dict[str, tuple[tuple[str, ...], str]] = {
    "no such day": (
        ("decide", "CASE", "--on", "2026-02-30"),
        "--on: expected a date like 2018-01-04, found '2026-02-30'",
    ),
    "a day in words": (
        ("law", "show", "us/ca", "--on", "today"),
        "--on: expected a date like 2018-01-04, found 'today'",
    ),
    "a day too early": (
        ("decide", "CASE", "--on", "1900-01-01"),
        "--on: expected a year between 1970 and 2099",
    ),
    "no such place": (("law", "show", "us/cal"), "place: no place 'us/cal'"),
    "no such what-if": (("decide", "CASE", "--place", "us/zz"), "--place: no place 'us/zz'"),
    "no such bill": (
        ("decide", "CASE", "--with", "us/ca:ab-2"),
        "--with: unknown proposal 'us/ca:ab-2'; nearest: us/ca:ab-1",
    ),
    "no such format": (("facts", "--format", "xml"), "--format: expected table, json, csv, found 'xml'"),
    "no such command": (
        ("decid",),
        "command: No such command 'decid'. Did you mean 'decide'; see: bailiwick --help",
    ),
    "no such law command": (
        ("law", "dif"),
        "law: No such command 'dif'. Did you mean 'diff'; see: bailiwick law --help",
    ),
    "no such option": (("decide", "--fromat", "json"), "decide: No such option"),
    "no case": (("decide",), "decide: Missing argument 'CASE'; see: bailiwick decide --help"),
    "bulk without out": (("decide", "CASE", "--bulk"), "--bulk: expected --out OUT.parquet"),
    "out without bulk": (("decide", "CASE", "--out", "x.parquet"), "--out: expected --bulk beside it"),
    "no such engine": (
        ("decide", "CASE", "--engine", "flink"),
        "--engine: expected duckdb or spark, found 'flink'",
    ),
    "a cluster without Spark": (
        ("decide", "CASE", "--master", "spark://x"),
        "--master: names a Spark cluster",
    ),
    "nothing to search": (("places", "nowhere-at-all"), "places: nothing is called 'nowhere-at-all'"),
    "no such file of law": (("law", "check", "us/cal"), "us/cal: no law file at or under it; nearest: us/ca"),
}


@pytest.mark.parametrize(("arguments", "said"), BAD_OPTIONS.values(), ids=BAD_OPTIONS)
def test_a_wrong_option_is_one_line(cli: Cli, write: Write, arguments: tuple[str, ...], said: str) -> None:
    path = write("case.json", case())
    ran = cli(*(str(path) if a == "CASE" else a for a in arguments))
    assert (ran.code, ran.out, len(ran.complaints)) == (2, "", 1)
    assert ran.err.startswith(f"bailiwick: {said}")


def test_a_complaint_is_one_line_whatever_the_input_holds(cli: Cli, write: Write) -> None:
    path = write("case.json", json.dumps({"place": "us/ca", "at\nX\x1b[2J\u202e": 1}))
    ran = cli("decide", path)
    assert len(ran.complaints) == 1
    assert "\x1b" not in ran.err
    assert "\u202e" not in ran.err


LAW_HEAD = "place: us\ntitle: T\n"
NORM = (
    "norms:\n  - id: n\n    action: hold\n    effect: forbid\n    when: {when}\n    says: S.\n    cite: C\n"
    "    standing: seen\n    from: 2000-01-01\n"
)
BAD_LAW: dict[str, tuple[str, str]] = {
    "a tab": (LAW_HEAD + "norms:\n\t- id: n\n", "us.yaml:4: a tab"),
    "no citation": (LAW_HEAD + NORM.format(when="TRUE").replace("    cite: C\n", ""), "without a citation"),
    "an unknown fact": (LAW_HEAD + NORM.format(when="person.agee > 3"), "nearest: person.age"),
    "a cycle": (
        LAW_HEAD + "concepts:\n  a: {says: A, when: b}\n  b: {says: B, when: a}\n" + NORM.format(when="a"),
        "a cycle of concepts: a -> b -> a",
    ),
    "versions that overlap": (
        LAW_HEAD
        + NORM.format(when="TRUE")
        + NORM.format(when="TRUE").removeprefix("norms:\n").replace("2000-", "2001-"),
        "overlaps its version",
    ),
    "no YAML": (LAW_HEAD + "norms: [\n", "us.yaml:"),
    "nothing": ("", "us.yaml:1: empty law file"),
}


@pytest.mark.parametrize("command", [("law", "check"), ("law", "show", "us"), ("decide", "-")])
@pytest.mark.parametrize(("text", "said"), BAD_LAW.values(), ids=BAD_LAW)
def test_a_law_file_that_is_wrong_is_named_by_line(
    cli: Cli, tmp_path: Path, command: tuple[str, ...], text: str, said: str
) -> None:
    (tmp_path / "us.yaml").write_text(text)
    ran = cli(*command, "--law", tmp_path, stdin=json.dumps(case()))
    assert ran.code == 2
    (complaint,) = ran.complaints  # nothing that only follows from it
    assert complaint.startswith(f"bailiwick: {tmp_path}/us.yaml:")
    assert said in complaint
    assert "Traceback" not in ran.err


def test_a_lawbook_that_is_not_there_is_one_line(cli: Cli, tmp_path: Path) -> None:
    ran = cli("law", "check", "--law", tmp_path / "none")
    assert (ran.code, ran.complaints) == (
        2,
        [f"bailiwick: {tmp_path / 'none'}: no such directory of law files"],
    )
    assert cli("law", "check", "--law", tmp_path).complaints == [f"bailiwick: {tmp_path}: no law files here"]


def test_the_program_never_answers_bad_input_with_a_traceback(tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_bytes(b"[" * 100_000 + b"\n\xff\n{}\n")
    ran = program("decide", path)
    assert ran.code == 2
    assert "Traceback" not in ran.err
    assert len(ran.complaints) == 3
