"""Help that teaches, versions, completion, the vocabulary and the places."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bailiwick import __version__
from bailiwick.engine.facts import FACTS
from tests.cli.conftest import Cli, program

COMMANDS = [
    ("decide",),
    ("law", "show"),
    ("law", "check"),
    ("law", "diff"),
    ("audit",),
    ("facts",),
    ("places",),
]


@pytest.mark.parametrize("command", [(), ("law",), *COMMANDS], ids=" ".join)
def test_every_help_says_what_it_is_for_and_shows_an_example(cli: Cli, command: tuple[str, ...]) -> None:
    ran = cli(*command, "--help")
    assert (ran.code, ran.err) == (0, "")
    said = " ".join(ran.out.split())
    assert said.startswith("Usage: bailiwick")
    examples = [
        line.strip() for line in ran.out.splitlines() if line.startswith("    ") and "bailiwick " in line
    ]
    assert any(" ".join(("bailiwick", *command)) in e for e in examples)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_takes_a_lawbook_and_a_format(cli: Cli, command: tuple[str, ...]) -> None:
    out = cli(*command, "--help").out
    assert "--law DIR" in out
    assert "--format table|json|csv" in out


def test_no_command_at_all_shows_the_help(cli: Cli) -> None:
    assert cli().out == cli("--help").out
    assert cli("law").out == cli("law", "--help").out
    assert (cli().code, cli("law").code) == (0, 0)


def test_the_version_is_said(cli: Cli) -> None:
    assert cli("--version").out == f"bailiwick {__version__}\n"


def test_the_help_imports_no_command_and_nothing_heavy() -> None:
    asked = (
        "import sys; from bailiwick.cli import run; run(['--help']); "
        "parts = ('bailiwick.', 'rich', 'pydantic', 'yaml', 'sqlglot', 'duckdb'); "
        "print(*(m for m in sys.modules if m.startswith(parts)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, check=True)
    assert set(done.stderr.decode().split()) == {
        "bailiwick.cli",
        "bailiwick.commands",
        "bailiwick.commands.errors",
        "bailiwick.commands.lazy",
    }


def completions(words: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", "from bailiwick.cli import main; main()"],
        capture_output=True,
        env={
            **os.environ,
            "_BAILIWICK_COMPLETE": "complete_bash",
            "COMP_WORDS": words,
            "COMP_CWORD": str(words.count(" ")),
        },
        check=False,
    )
    return done.stdout.decode().split()


def test_the_shell_completes_commands_places_and_bills() -> None:
    assert completions("bailiwick la") == ["law"]
    assert completions("bailiwick law d") == ["diff"]
    assert completions("bailiwick law show us/ca/los") == ["us/ca/los-angeles-county"]
    assert "us/ca:ab-2641" in completions("bailiwick decide --with us/ca")
    assert completions("bailiwick facts --format c") == ["csv"]


def test_a_reader_that_has_enough_ends_the_program_quietly(tmp_path: Path) -> None:
    done = subprocess.run(
        f"{sys.executable} -m bailiwick.cli facts --format json | head -c 10",
        shell=True,
        capture_output=True,
        check=False,
    )
    assert done.stderr == b""


def test_a_full_disk_and_a_closed_input_are_one_line() -> None:
    for command, said in (
        ("facts > /dev/full", "bailiwick: standard output: No space left on device"),
        ("decide - <&-", "bailiwick: standard input: is closed; expected a case"),
    ):
        done = subprocess.run(
            f"{sys.executable} -m bailiwick.cli {command}", shell=True, capture_output=True, check=False
        )
        assert (done.returncode, done.stderr.decode().strip()) == (2, said)


# facts and places


def test_the_vocabulary_has_every_fact(cli: Cli) -> None:
    found = cli("facts", "--format", "json").json
    assert [f["name"] for f in found] == list(FACTS)
    assert found[0] == {
        "name": "custodian",
        "type": "text",
        "values": ["county_jail", "state_prison", "police_lockup", "probation", "court"],
        "means": "who holds the person",
        "known_by": "the agency itself",
        "ask": "Who holds the person?",
    }
    assert [r["name"] for r in csv.DictReader(io.StringIO(cli("facts", "--format", "csv").out))] == list(
        FACTS
    )
    assert "who holds the person" in cli("facts").out


def test_the_facts_of_a_place_are_those_its_law_turns_on(cli: Cli) -> None:
    names = [f["name"] for f in cli("facts", "--place", "us/tx", "--format", "json").json]
    assert names == [
        "custodian",
        "request.kind",
        "request.warrant",
        "person.citizen_proof",
        "release.eligible_at",
    ]


def test_a_place_is_found_by_name_state_and_code(cli: Cli) -> None:
    def paths(*words: str) -> list[str]:
        return [p["path"] for p in cli("places", *words, "--format", "json").json]

    assert paths("fresno") == ["us/ca/fresno-county"]
    assert paths("Travis", "County") == ["us/tx/travis-county"]
    assert paths("48453") == ["us/tx/travis-county"]
    assert paths("us/tx", "travis") == ["us/tx/travis-county"]
    assert "us/tx/washington-county" in paths("washington")


def test_a_place_says_whether_the_lawbook_has_a_file_of_it(cli: Cli) -> None:
    assert cli("places", "Texas", "--format", "json").json[0] == {
        "path": "us/tx",
        "name": "Texas",
        "kind": "state",
        "fips": "48",
        "tz": "America/Chicago",
        "law": True,
    }
    (row,) = csv.DictReader(io.StringIO(cli("places", "fresno", "--format", "csv").out))
    assert row["law"] == "false"


def test_the_program_runs_by_itself() -> None:
    assert program("--version").out == f"bailiwick {__version__}\n"
