"""Loading a release into a store: raw rows, canonical rows, what is set aside, and a report of it all."""

from __future__ import annotations

import gc
import importlib
import json
import re
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bailiwick.engine.places import Places
from bailiwick.evidence.columns import TooMany
from bailiwick.evidence.facilities import facilities, read
from bailiwick.evidence.lines import Broken, Measured, measure
from bailiwick.evidence.quality import LISTED, Quality, count
from bailiwick.evidence.reading import WORKBOOKS, Part, Refused, forget, parts, shared
from bailiwick.evidence.rows import OfFile, OfSheet, Rows, copy, opened, spilling
from bailiwick.evidence.sources import NotARelease
from bailiwick.evidence.store import Store

if TYPE_CHECKING:
    import duckdb


@dataclass(slots=True)
class Loaded:
    """What became of one file.

    Attributes:
        file: its path.
        new: quality of each part that was loaded now.
        known: entries of parts that the store already had, by the content of the file or by their rows; nothing was changed.
            Where by their rows, `now` has what this file has beside them: rows read, set aside, and lines that are none.
        refused: sheets that are no known release.
    """

    file: Path
    new: list[Quality] = field(default_factory=list)
    known: list[dict[str, Any]] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)


Say = Callable[[str], None]


def load(
    file: Path, store: Store, places: Places, *, release: str | None = None, say: Say | None = None
) -> Loaded:
    """Load a workbook, CSV or Parquet file. The same content is loaded once, whatever it is called.

    Args:
        release: name of the release, instead of the one that the layout or the agency's number in the file gives.
        say: told, in a line, what is about to be done.

    Raises:
        NotARelease: it is none that is known; the store is as before.
    """
    named, out, failed = plain(release) if release else "", Loaded(file), None
    with _undisturbed(), ThreadPoolExecutor(2) as pool:
        workbook = file.suffix.lower() in WORKBOOKS
        measuring = pool.submit(measure, file) if workbook else None
        prepared = [pool.submit(_prepare, file, places, measuring)]  # a workbook is parsed meanwhile
        number, known = -1, _alike(store, file)
        for part in parts(file):
            if isinstance(part, Refused):
                out.refused.append(part)
                continue
            if measuring is None:
                measuring = pool.submit(measure, file)
            number += 1
            if known and (name := _name(measuring.result(), number)) in known:
                out.known.append(known[name])
                continue
            if say:
                say(f"{file.name}{f', sheet {part.sheet}' if part.sheet else ''}: {part.layout.name}")
            quality = _quality(part, named)
            database = prepared.pop().result() if prepared else opened()
            try:
                same = _load(part, number, store, places, quality, measuring, pool, database)
            except NotARelease as error:
                failed = error
                out.refused.append(Refused(part.sheet, str(error).removeprefix(f"{file.name}: ")))
                continue
            if same is None:
                out.new.append(quality)
            else:
                out.known.append(same)
    forget()
    if not out.new and not out.known:
        why = out.refused[0].why if out.refused else "no rows"
        raise failed or NotARelease(
            f"{file.name}: expected the columns of a known release (see docs/how-to/load-a-release.md); found {why}"
        )
    return out


def _alike(store: Store, file: Path) -> dict[str, dict[str, Any]]:
    """By part: what was loaded of a file as long as this one, which may be it; any other need not wait for its digest."""
    size = file.stat().st_size if file.is_file() else -1
    return {one["part"]: one for one in store.loads() if one.get("bytes", size) == size}


def _quality(part: Part, release: str) -> Quality:
    return Quality(
        part="",
        file=part.file.name,
        sheet=part.sheet,
        sha256="",
        layout=part.layout.name,
        table=part.layout.table,
        release=release,
        header=part.header,
        bytes=part.file.stat().st_size,
    )


def _name(measured: Measured, number: int) -> str:
    return f"{measured.sha256[:16]}-{number}"


def plain(name: str) -> str:
    """A release's name as a directory is called. Raises NotARelease where nothing is left of it."""
    found = re.sub(r"[^a-z0-9.]+", "-", name.lower()).strip("-.")
    if not found:
        raise NotARelease(f"release: expected letters or digits, found '{name}'")
    return found


def _prepare(file: Path, places: Places, measuring: Future[Measured] | None) -> duckdb.DuckDBPyConnection:
    """What is needed once the rows are there, and takes a while to be opened, imported or read; returns a database.

    measuring: the digest of a workbook is made first. That needs no lock of Python's, nor does what is begun meanwhile, to unpack
    its sheet. What needs the lock most comes next, and the database, which needs it least, while the sheet is cut.
    """
    importlib.import_module("rapidfuzz.process")
    if measuring is not None:
        wait((measuring,))
    facilities(places)
    if measuring is None:
        return opened()
    for text in shared(file):
        read(text)
    database = opened(threads=1)  # its rows are too few for two
    importlib.import_module("bailiwick.evidence.sheets").rehearse(database)
    return database


def _load(
    part: Part,
    number: int,
    store: Store,
    places: Places,
    quality: Quality,
    measuring: Future[Measured],
    pool: Executor,
    database: duckdb.DuckDBPyConnection,
) -> dict[str, Any] | None:
    """Load one part; or return the entry of another file that had the very same rows, and change nothing."""
    store.directory.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(dir=store.directory, prefix=".loading-") as name,
        spilling(database, Path(name)) as connection,
    ):
        scratch, rows = Path(name), _rows(connection, part, measuring, pool, Path(name))
        measured = measuring.result()
        quality.sha256, quality.part = measured.sha256, _name(measured, number)
        quality.release = quality.release or _release(connection, part)
        try:
            rows.split(places, quality.part, scratch)
        except TooMany as error:
            raise NotARelease(f"{part.file.name}: {error}") from None
        count(connection, rows.raw, quality)
        _account(connection, quality, rows.broken)
        copy(connection, "FROM aside ORDER BY line NULLS LAST, row", scratch / "aside.parquet")
        quality.fingerprint = rows.fingerprint()
        rows.wait()
        for one in store.quality(quality.release, quality.table):
            if quality.taken and (one["fingerprint"], one["taken"]) == (quality.fingerprint, quality.taken):
                return one | {
                    "now": {name: getattr(quality, name) for name in ("read", "set_aside", "lines")}
                }
        hive = f"table={quality.table}/release={quality.release}/{quality.part}.parquet"
        _keep(store.directory / hive, scratch / "taken.parquet")
        raw = store.raw(quality.table, quality.release, quality.part)
        for file, target in zip(rows.files, raw, strict=False):
            _keep(target, file)
        _keep(store.directory / f"set_aside/{quality.part}.parquet", scratch / "aside.parquet")
        _keep(store.directory / f"facilities/{quality.part}.parquet", scratch / "sites.parquet")
        entry = scratch / "load.json"
        entry.write_text(json.dumps(quality.as_json(), indent=1, ensure_ascii=False) + "\n", "utf-8")
        _keep(store.directory / f"loads/{quality.part}.json", entry)
    return None


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Without Python's search for cycles: each time some thousand facilities were read or looked up it would go through all
    reference tables, and takes as long as the rest of a load. There are no cycles here."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def _rows(
    connection: duckdb.DuckDBPyConnection,
    part: Part,
    measuring: Future[Measured],
    pool: Executor,
    scratch: Path,
) -> Rows:
    if part.file.suffix.lower() in WORKBOOKS:
        return OfSheet(connection, part, pool, scratch)
    return OfFile(connection, part, measuring, scratch)


def _keep(target: Path, file: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    file.replace(target)


def _release(connection: duckdb.DuckDBPyConnection, part: Part) -> str:
    """The agency's number of the release, from the file's name or its column `file_original`; else the layout's own name."""
    pattern = part.layout.named
    if not pattern:
        return part.layout.release
    if named := re.search(pattern, part.file.name):
        return plain(named[0])
    if "file_original" in part.columns:
        found = connection.execute(
            "SELECT regexp_extract(file_original, ?) AS number FROM raw WHERE number <> '' LIMIT 1", [pattern]
        ).fetchall()
        if found:
            return plain(found[0][0])
    return part.layout.release


def _account(connection: duckdb.DuckDBPyConnection, quality: Quality, broken: list[Broken]) -> None:
    """Count what was read, taken and set aside, each from its own source: they must add up."""
    (rows, taken) = connection.execute(
        "SELECT (SELECT count(*) FROM raw), (SELECT count(*) FROM taken)"
    ).fetchone() or (0, 0)
    quality.read, quality.taken = rows + len(broken), taken
    quality.set_aside = dict(
        connection.execute("SELECT reason, count(*) FROM aside GROUP BY 1 ORDER BY 2 DESC, 1").fetchall()
    )
    quality.lines = [{"line": one.line, "why": one.why} for one in broken[:LISTED]]
    if quality.taken + sum(quality.set_aside.values()) != quality.read:
        raise NotARelease(
            f"{quality.file}: expected {quality.read:,} rows to be taken or set aside, found {quality.taken:,} and "
            f"{sum(quality.set_aside.values()):,}; nothing was loaded"
        )
