"""Running the desk: the web server, the worker and, for the demonstration, PostgreSQL, as one thing that starts and stops."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import FrameType

#: A part that ends is started again, but not more often than this within a minute.
MOST_STARTS = 5
STOPPING = 25.0


class CannotServe(RuntimeError):
    """Why the desk does not start, and what to do."""


@dataclass(slots=True)
class Part:
    """A process of the desk and when it was started."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    starts: list[float] = field(default_factory=list)

    def start(self) -> None:
        self.starts.append(time.monotonic())
        # A group of its own: Ctrl-C in a terminal reaches the parent alone, which stops the parts in order.
        self.process = subprocess.Popen(self.command, start_new_session=True)

    def too_often(self) -> bool:
        limit = time.monotonic() - 60
        return sum(start > limit for start in self.starts) > MOST_STARTS

    def stop(self) -> None:
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(STOPPING)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def serve(
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    demo: bool = False,
    data: Path | None = None,
    migrate: bool = False,
    workers: int = 1,
    say: Callable[[str], None] = print,
) -> int:
    """Serve until SIGINT or SIGTERM. With `demo`, over PostgreSQL in `data` (thrown away when None) with made-up people;
    otherwise over DATABASE_URL, and without it the public pages alone.

    Returns the exit code. Raises CannotServe.
    """
    _free(host, port)
    with ExitStack() as stack, _signals() as stopped:
        if demo:
            directory = data or stack.enter_context(_passing())
            _demo_environment(directory)
            from bailiwick.desk.postgres import NoServer, embedded

            try:
                os.environ["DATABASE_URL"] = stack.enter_context(embedded(directory / "postgres"))
            except NoServer as error:
                raise CannotServe(str(error)) from None
        else:
            _environment(host)
        _check_settings()
        logins = _prepare(demo, migrate or demo, say)
        parts = [Part("web server", _granian(host, port, workers))]
        if os.environ.get("DATABASE_URL"):
            parts.append(Part("worker", [sys.executable, "-m", "bailiwick.cli", "jobs"]))
        stack.callback(_stop, parts)
        for part in parts:
            part.start()
        _wait_until_up(host, port, parts[0], stopped)
        if not stopped:
            _announce(host, port, demo, logins, say)
        return _watch(parts, stopped, say)


def _free(host: str, port: int) -> None:
    try:
        with socket.create_server((host, port)):
            pass
    except OSError as error:
        raise CannotServe(
            f"expected a free port, found {host}:{port}: {error.strerror}; choose another with --port"
        ) from None


@contextmanager
def _signals() -> Iterator[list[int]]:
    """A list that gets the signal that asks to stop."""
    got: list[int] = []

    def stop(number: int, frame: FrameType | None) -> None:
        got.append(number)

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield got
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _passing() -> Iterator[Path]:
    directory = Path(tempfile.mkdtemp(prefix="bailiwick-demo-"))
    # PostgreSQL runs under an account of its own when we are the superuser, and must reach its directory below.
    directory.chmod(0o711)
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _demo_environment(directory: Path) -> None:
    """Keys of the demonstration: made once and kept beside its data."""
    directory.mkdir(parents=True, exist_ok=True)
    os.environ["BAILIWICK_DEMO"] = "1"
    os.environ["BAILIWICK_TLS"] = "0"
    os.environ["BAILIWICK_SECRET_KEY"] = _kept(directory / "secret.key", lambda: secrets.token_urlsafe(50))
    from bailiwick.record.keys import make_key

    _kept(directory / "record.key", lambda: make_key("demo.bailiwick"))
    os.environ["BAILIWICK_RECORD_KEY"] = str(directory / "record.key")


def _kept(path: Path, make: Callable[[], str]) -> str:
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(make() + "\n", encoding="utf-8")
    return path.read_text(encoding="utf-8").strip()


def _environment(host: str) -> None:
    if not os.environ.get("BAILIWICK_SECRET_KEY"):
        if os.environ.get("DATABASE_URL"):
            raise CannotServe(
                "BAILIWICK_SECRET_KEY: expected a long random text, the same at every start, found nothing"
            )
        os.environ["BAILIWICK_SECRET_KEY"] = secrets.token_urlsafe(50)
    if not os.environ.get("DATABASE_URL") and host in ("127.0.0.1", "localhost", "::1"):
        os.environ.setdefault("BAILIWICK_TLS", "0")


def _check_settings() -> None:
    """Read the settings once before anything is started with them."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bailiwick.desk.settings")
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured

    try:
        settings.DEBUG  # noqa: B018 (reading one reads all)
    except ImproperlyConfigured as error:
        raise CannotServe(str(error)) from None


def _prepare(demo: bool, migrate: bool, say: Callable[[str], None]) -> list[str]:
    """Bring the tables to where the code is. Returns the log-ins of the demonstration, one a line."""
    if not os.environ.get("DATABASE_URL"):
        return []
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bailiwick.desk.settings")
    import django
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import call_command
    from django.db import OperationalError, connection, connections
    from django.db.migrations.executor import MigrationExecutor

    try:
        django.setup()
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except ImproperlyConfigured as error:
        raise CannotServe(str(error)) from None
    except OperationalError as error:
        raise CannotServe(
            f"DATABASE_URL: expected PostgreSQL to answer, found: {str(error).splitlines()[0]}"
        ) from None
    if missing and not migrate:
        raise CannotServe(
            f"the database lacks {len(missing)} changes of its tables; make a copy of it, then start once with --migrate"
        )
    if missing:
        say("Making the tables ...")
        call_command("migrate", verbosity=0, interactive=False)
    logins = _load_demo(say) if demo else []
    connections.close_all()
    return logins


def _load_demo(say: Callable[[str], None]) -> list[str]:
    from bailiwick.desk.parts import if_there

    demo = if_there("bailiwick.desk.demo")
    if demo is None:
        return []
    say("Making up a county jail ...")
    made = demo.load()
    return [str(line) for line in made] if isinstance(made, list | tuple) else []


def _granian(host: str, port: int, workers: int) -> list[str]:
    return [
        *(sys.executable, "-m", "granian", "bailiwick.desk.wsgi:application", "--interface", "wsgi"),
        *("--host", host, "--port", str(port), "--workers", str(workers), "--blocking-threads", "4"),
        *("--no-ws", "--log-level", "warning", "--respawn-failed-workers"),
        *("--workers-kill-timeout", "10"),
    ]


def _wait_until_up(host: str, port: int, server: Part, stopped: list[int], limit: float = 60.0) -> None:
    end = time.monotonic() + limit
    while not stopped and time.monotonic() < end:
        if server.process is not None and server.process.poll() is not None:
            raise CannotServe(
                f"the web server ended with exit code {server.process.returncode}; its words are above"
            )
        if health(host, port) is not None:
            return
        time.sleep(0.1)
    if not stopped:
        raise CannotServe(f"expected an answer at {host}:{port} within {limit:.0f} seconds, found none")


def health(host: str, port: int) -> dict[str, str] | None:
    """What /healthz says, None when nobody answers."""
    reach = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    connection = HTTPConnection(reach, port, timeout=5)
    try:
        connection.request("GET", "/healthz", headers={"Host": "localhost"})
        answer: dict[str, str] = json.loads(connection.getresponse().read())
    except (OSError, HTTPException, ValueError):
        return None
    finally:
        connection.close()
    return answer


def _announce(host: str, port: int, demo: bool, logins: list[str], say: Callable[[str], None]) -> None:
    shown = f"[{host}]" if ":" in host else host
    say(f"Bailiwick is at http://{shown}:{port}/")
    if demo:
        say("Everybody in it is made up. Stop with Ctrl-C.")
    elif not os.environ.get("DATABASE_URL"):
        say("No DATABASE_URL: the public pages alone. Stop with Ctrl-C.")
    for line in logins:
        say(f"  {line}")


def _watch(parts: list[Part], stopped: list[int], say: Callable[[str], None]) -> int:
    """Start again what ends, until told to stop. 1 when a part will not stay up."""
    while not stopped:
        for part in parts:
            if part.process is None or part.process.poll() is None:
                continue
            if part.too_often():
                say(f"The {part.name} ended {MOST_STARTS} times within a minute; stopping.")
                return 1
            say(f"The {part.name} ended with exit code {part.process.returncode}; starting it again.")
            time.sleep(min(5.0, 0.5 * len(part.starts)))
            if not stopped:
                part.start()
        time.sleep(0.2)
    return 0


def _stop(parts: list[Part]) -> None:
    for part in parts:
        part.stop()
