"""Which rows of a file were seen, on disk and not in memory: a file of any length is read in the same space."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Mapping
from typing import Any


class Ledger:
    """Keys of rows with the line each first stood on and what it said. Gone when closed."""

    def __init__(self) -> None:
        # '' is SQLite's name of a temporary database on disk
        self._rows = sqlite3.connect("", isolation_level=None)
        self._rows.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN;"
            "CREATE TABLE seen (key TEXT PRIMARY KEY, line INTEGER, digest BLOB) WITHOUT ROWID;"
            "CREATE TABLE times (key TEXT PRIMARY KEY, n INTEGER) WITHOUT ROWID;"
        )

    def first(self, key: str, line: int, values: Mapping[str, Any]) -> tuple[int, bool]:
        """The line on which this key first stood, and whether that row said the same."""
        digest = hashlib.blake2b(
            json.dumps(values, default=str, sort_keys=True).encode(), digest_size=12
        ).digest()
        new = self._rows.execute("INSERT OR IGNORE INTO seen VALUES (?, ?, ?)", (key, line, digest))
        if new.rowcount:
            return line, True
        found = self._rows.execute("SELECT line, digest FROM seen WHERE key = ?", (key,)).fetchone()
        return int(found[0]), found[1] == digest

    def forget(self, key: str) -> None:
        """The row was not taken after all."""
        self._rows.execute("DELETE FROM seen WHERE key = ?", (key,))

    def count(self, key: str) -> int:
        """How often this key stood before, from 0; counts this time."""
        found = self._rows.execute(
            "INSERT INTO times VALUES (?, 0) ON CONFLICT (key) DO UPDATE SET n = n + 1 RETURNING n", (key,)
        ).fetchone()
        return int(found[0])

    def close(self) -> None:
        self._rows.close()
