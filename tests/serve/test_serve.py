"""`bailiwick serve` as a process: the demonstration whole, the public pages alone, and what stops it."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import pytest

from bailiwick.desk import demo

BAILIWICK = (sys.executable, "-m", "bailiwick.cli")


def environment(**more: str) -> dict[str, str]:
    """What a user's shell has: nothing of the tests."""
    ours = ("DATABASE_URL", "DJANGO_SETTINGS_MODULE", "DJANGO_ALLOW_ASYNC_UNSAFE")
    kept = {k: v for k, v in os.environ.items() if k not in ours and not k.startswith("BAILIWICK_")}
    return {**kept, "PYTHONUNBUFFERED": "1", **more}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@contextmanager
def serving(*arguments: str, **more: str) -> Iterator[tuple[int, list[str], subprocess.Popen[str]]]:
    """The port and the lines printed until the desk was up, the last of them after its address."""
    port = free_port()
    process = subprocess.Popen(
        [*BAILIWICK, "serve", "--port", str(port), *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment(**more), stdin=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        lines: list[str] = []
        for line in process.stdout:
            lines.append(line.rstrip())
            if "Stop with Ctrl-C" in line:
                break
        assert process.poll() is None or lines, lines
        yield port, lines, process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.communicate(timeout=40)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        assert process.returncode == 0


class Browser:
    """Gets and posts with cookies, as a browser would."""

    def __init__(self, port: int) -> None:
        self.port, self.cookies = port, dict[str, str]()

    def __call__(self, path: str, data: dict[str, str] | None = None) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        if data is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(
            "GET" if data is None else "POST", path, urlencode(data) if data else None, headers
        )
        answer = connection.getresponse()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        body = answer.read().decode("utf-8", "replace")
        connection.close()
        return answer.status, body


def test_the_demonstration_opens_with_everything(tmp_path: Path) -> None:
    data = tmp_path / "data"
    tmp_path.chmod(0o755)
    for folder in tmp_path.parents:  # PostgreSQL runs under an account of its own when we are the superuser
        if folder.owner() == "root" and os.getuid() == 0 and Path(tempfile.gettempdir()) in folder.parents:
            folder.chmod(folder.stat().st_mode | 0o011)
    with serving("--demo", "--data", str(data)) as (port, lines, _process):
        browser = Browser(port)
        assert f"Bailiwick is at http://127.0.0.1:{port}/" in lines
        assert browser("/healthz")[0] == 200
        assert "Password" not in browser("/healthz")[1]
        status, page = browser("/accounts/login/")
        assert status == 200
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert found is not None
        token = found.group(1)
        status, _ = browser(
            "/accounts/login/", {"csrfmiddlewaretoken": token, "login": "clerk", "password": demo.PASSWORD}
        )
        assert status == 302
        status, home = browser("/")
        assert status == 200
        assert "What is due?" in home
        assert browser("/law/us/ca/fresno-county")[0] == 200
        socket_ = f"postgresql://postgres@/postgres?host={data / 'postgres'}"
        verified = subprocess.run(
            [*BAILIWICK, "record", "verify"], capture_output=True, text=True, env=environment(DATABASE_URL=socket_)
        )  # fmt: skip
        assert verified.returncode == 0, verified.stdout + verified.stderr
        assert "The record is whole" in verified.stdout
    # What was kept opens again, and nothing is made up twice.
    with serving("--demo", "--data", str(data)) as (_port, again, _process):
        assert not any("Making the tables" in line for line in again)


def test_without_a_database_the_public_pages_serve_alone() -> None:
    with serving() as (port, lines, _process):
        assert "No DATABASE_URL: the public pages alone. Stop with Ctrl-C." in lines
        browser = Browser(port)
        for path in ("/", "/law", "/law/us/ca", "/atlas", "/try", "/healthz", "/api/v1/openapi.json"):
            status, _ = browser(path)
            assert status in (200, 301), path
        for path in ("/bookings/1", "/accounts/login/", "/find", "/concern", "/nowhere"):
            assert browser(path)[0] == 404, path
        assert browser("/api/v1/bookings")[0] == 401


def test_a_port_in_use_is_said_in_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            [*BAILIWICK, "serve", "--port", str(port)], capture_output=True, text=True, env=environment()
        )  # fmt: skip
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert f"127.0.0.1:{port}" in done.stderr
    assert "--port" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "more", "says"),
    [
        (("--data", "x"), {}, "--demo"),
        (("--port", "0"), {}, "from 1 to 65535"),
        (("--workers", "many"), {}, "from 1 to 64"),
        ((), {"DATABASE_URL": "mysql://root@/desk", "BAILIWICK_SECRET_KEY": "k"}, "PostgreSQL"),
        (
            (),
            {"DATABASE_URL": "postgresql://x@/desk?host=/nowhere", "BAILIWICK_SECRET_KEY": "k"},
            "to answer",
        ),
        ((), {"DATABASE_URL": "postgresql://x@/desk?host=/nowhere"}, "BAILIWICK_SECRET_KEY"),
        ((), {"BAILIWICK_EMAIL_HOST": "mail.example.org"}, "BAILIWICK_EMAIL_FROM: expected the sender"),
        ((), {"BAILIWICK_LIMITS": "log_in=many"}, "BAILIWICK_LIMITS: expected off"),
        ((), {"BAILIWICK_IMPORT_MAX_BYTES": "64 MB"}, "BAILIWICK_IMPORT_MAX_BYTES: expected a whole number"),
    ],
)
def test_what_cannot_be_served_is_said_in_one_line(
    arguments: tuple[str, ...], more: dict[str, str], says: str
) -> None:
    port = () if "--port" in arguments else ("--port", str(free_port()))
    done = subprocess.run(
        [*BAILIWICK, "serve", *port, *arguments], capture_output=True, text=True, env=environment(**more)
    )
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert says in done.stderr
