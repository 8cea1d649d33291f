"""The servers that the tests and the proofs start for themselves."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from bailiwick.desk.postgres import NoServer
from bailiwick.desk.postgres import embedded as postgres_server

__all__ = ["NoServer", "java", "postgres_server"]


def java() -> bool:
    """Whether Java is here."""
    home = os.environ.get("JAVA_HOME")
    return bool(shutil.which("java") or (home and (Path(home) / "bin" / "java").exists()))
