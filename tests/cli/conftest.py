"""Running the command line: in this process for its output, as a program for its exit, and on a terminal."""

from __future__ import annotations

import io
import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bailiwick.cli import run

#: A lawbook made up for these tests.
LAW = Path(__file__).parent / "lawbook"


@dataclass(frozen=True)
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def complaints(self) -> list[str]:
        return self.err.splitlines()


Cli = Callable[..., Ran]


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    """`cli("decide", path)` under the made-up lawbook; `stdin` is what is piped in."""
    monkeypatch.setenv("BAILIWICK_LAW", str(LAW))
    monkeypatch.setenv("COLUMNS", "160")

    def call(*arguments: object, stdin: bytes | str = b"") -> Ran:
        content = stdin.encode() if isinstance(stdin, str) else stdin
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
        code = run([str(a) for a in arguments])
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    return call


def program(*arguments: object, **environment: str) -> Ran:
    """The program itself, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "bailiwick.cli", *map(str, arguments)],
        capture_output=True,
        env={**os.environ, "BAILIWICK_LAW": str(LAW), **environment},
        check=False,
    )
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


def on_terminal(*arguments: object, **environment: str) -> str:
    """What a person at a terminal of 100 columns sees, control sequences and all."""
    mine, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "bailiwick.cli", *map(str, arguments)],
        stdout=theirs,
        stderr=theirs,
        stdin=subprocess.DEVNULL,
        env={
            **os.environ,
            "BAILIWICK_LAW": str(LAW),
            "COLUMNS": "100",
            "TERM": "xterm-256color",
            **environment,
        },
    )
    os.close(theirs)
    seen = b""
    while True:
        try:
            part = os.read(mine, 65536)
        except OSError:
            break
        if not part:
            break
        seen += part
    os.close(mine)
    process.wait()
    return seen.decode()


def case(**over: Any) -> dict[str, Any]:
    """A detainer for a grown man without record in a Californian jail of 2026; `over` replaces keys."""
    return {
        "id": "26-1",
        "place": "us/ca/fresno-county",
        "at": "2026-03-02T10:15:00-08:00",
        "custodian": "county_jail",
        "request": {"kind": "immigration_detainer", "form": "I-247A", "warrant": "administrative"},
        "person": {"age": 31},
        "charges": [],
        "release": {"eligible_at": "2026-03-02T09:00:00-08:00", "public_information": False},
    } | over


FELONY = {"statute": "PC 211", "status": "convicted", "grade": "felony"}


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """`write("x.json", case)` or `write("x.jsonl", case, "not json", …)`: a file, its path returned."""

    def file(name: str, *content: Any) -> Path:
        path = tmp_path / name
        lines = [
            c if isinstance(c, bytes) else c.encode() if isinstance(c, str) else json.dumps(c).encode()
            for c in content
        ]
        path.write_bytes(b"\n".join(lines) + (b"\n" if lines else b""))
        return path

    return file
