"""A web worker loads what its pages need when it starts; what cannot be loaded stops nothing."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bailiwick.desk import warm
from bailiwick.desk.server import _granian
from tests.serve.test_serve import free_port

_START = """
import os, sys, threading
{before}
from bailiwick.desk import wsgi
(thread,) = [one for one in threading.enumerate() if one.name == "warm-up"] or [None]
if thread:
    thread.join()
"""
_IS_WARM = """
from bailiwick.engine.lawbook import default_lawbook
from bailiwick.papers import fonts, pdf
assert default_lawbook.cache_info().currsize == 1
assert fonts.configuration.cache_info().currsize == 1
assert pdf._style.cache_info().currsize == 1
"""


def run(program: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """A process as a worker is, whose temporary files lie in a folder."""
    environment = {**os.environ, "TMPDIR": str(folder)}
    return subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, timeout=60
    )


def test_a_worker_that_starts_loads_all_and_leaves_no_folder_behind(tmp_path: Path) -> None:
    done = run(_START.format(before="") + _IS_WARM + "print(len(os.listdir(os.environ['TMPDIR'])))", tmp_path)
    # where a library of the system is old, WeasyPrint says so and works
    said = [line for line in done.stderr.splitlines() if "WARNING - weasyprint: " not in line]
    assert (done.returncode, done.stdout, said) == (0, "0\n", [])
    assert list(tmp_path.iterdir()) == []


def test_a_worker_forked_from_one_that_loads_has_all_and_prints(tmp_path: Path) -> None:
    program = f"""
import os
from bailiwick.desk import wsgi
child = os.fork()
if child == 0:
    try:
        {"; ".join(_IS_WARM.strip().splitlines())}
        pdf.warm()
    except BaseException as error:
        print(repr(error))
        os._exit(1)
    os._exit(0)
raise SystemExit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    done = run(program, tmp_path)
    assert (done.returncode, done.stdout) == (0, "")


def test_without_the_libraries_of_pdf_a_worker_starts_says_so_and_answers(tmp_path: Path) -> None:
    program = (
        _START.format(before="sys.modules['weasyprint'] = None")
        + """
said = []
body = b"".join(wsgi.application({
    "REQUEST_METHOD": "GET", "PATH_INFO": "/healthz", "SERVER_NAME": "localhost", "SERVER_PORT": "80",
    "HTTP_HOST": "localhost", "wsgi.input": open(os.devnull, "rb"), "wsgi.url_scheme": "http",
}, lambda status, headers: said.append(status)))
assert b'"database": "down"' in body, body
print(*said)
"""
    )
    done = run(program, tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "503 Service Unavailable\n"
    assert "what makes a PDF could not be loaded when the worker started" in done.stderr


def test_a_step_that_fails_is_logged_and_the_next_is_taken(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    taken: list[str] = []

    def fails() -> None:
        raise OSError("cannot load library")

    monkeypatch.setattr(warm, "STEPS", (("the first", fails), ("the second", lambda: taken.append("second"))))
    with caplog.at_level(logging.WARNING):
        thread = warm.start()
        thread.join()
    assert taken == ["second"]
    assert [record.getMessage() for record in caplog.records] == [
        "the first could not be loaded when the worker started"
    ]


def test_the_public_pages_alone_load_nothing_that_prints(monkeypatch: pytest.MonkeyPatch) -> None:
    from bailiwick.papers import pdf

    def printed() -> None:
        raise AssertionError("warm was called")

    monkeypatch.setattr(pdf, "warm", printed)
    monkeypatch.setattr(warm.settings, "HAS_DATABASE", False)
    warm._papers()
    monkeypatch.setattr(warm.settings, "HAS_DATABASE", True)
    with pytest.raises(AssertionError, match="warm was called"):
        warm._papers()


@contextmanager
def web(workers: int) -> Iterator[int]:
    """The process id of the web server that `bailiwick serve` starts."""
    process = subprocess.Popen(_granian("127.0.0.1", free_port(), workers))
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait(30)


def children(pid: int) -> set[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return {int(one) for one in listed.split()}


def prints(pid: int) -> bool:
    """Whether a process has Pango, which WeasyPrint draws with, and a font of ours in memory."""
    try:
        return "libpango-" in Path(f"/proc/{pid}/maps").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


def ready(pid: int, count: int, other_than: frozenset[int] = frozenset()) -> set[int]:
    """The workers, once all of them are warm."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        found = {one for one in children(pid) if prints(one)} - other_than
        if len(found) == count:
            return found
        time.sleep(0.1)
    raise AssertionError(f"expected {count} workers that can print, found {found} of {children(pid)}")


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="needs Linux's /proc to look into a worker")
def test_every_worker_of_the_web_server_is_warm_and_so_is_one_that_takes_its_place() -> None:
    with web(2) as pid:
        first = ready(pid, 2)
        gone = min(first)
        os.kill(gone, signal.SIGKILL)
        (last,) = ready(pid, 1, frozenset(first))
        assert last not in first
