"""Law beside data: what the law of its place and day said of each detainer, and what other law would have said.

What a release does not tell is unknown to the law, nothing is supposed: neither the papers that came with a form nor, in most
releases, any charge. So much comes out `unknown`, and every count here is a range, from what is sure to what is possible.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from bailiwick.engine.lawbook import Lawbook
from bailiwick.evidence.asif import AsIf, suppose
from bailiwick.evidence.columns import literal
from bailiwick.evidence.deciding import Engine, decide
from bailiwick.evidence.outcomes import condition, group_of, grouping
from bailiwick.evidence.store import NoStore, Store

if TYPE_CHECKING:
    import duckdb

__all__ = ["AsIf", "Beside", "Engine", "Moved", "WhatIf", "beside", "decisions", "suppose", "whatif"]


@dataclass(frozen=True, slots=True)
class Beside:
    """A group's detainers, with the law's answer beside what became of them.

    Attributes:
        group: column -> value, see `outcomes.BY`.
        detainers: all of them.
        required, forbidden: whose law is known to have required, or forbidden, what was asked.
        declined_required: declined where the law required it: surely, and at most, were every unknown law and every unrecorded
            outcome the one that counts here.
        taken_forbidden: taken into custody where the law forbade what was asked, surely and at most. Custody may have come by
            another way than the one forbidden: a notice, a transfer, an arrest elsewhere.
        law_unknown: the law turns on facts that the release does not tell.
        not_recorded: no outcome is recorded.
    """

    group: dict[str, str | None]
    detainers: int
    required: int
    forbidden: int
    declined_required: tuple[int, int]
    taken_forbidden: tuple[int, int]
    law_unknown: int
    not_recorded: int


@dataclass(frozen=True, slots=True)
class Moved:
    """Detainers whose answer is one under the law as it was and one under other law, and what became of them in fact."""

    before: str
    after: str
    detainers: int
    taken_into_custody: int
    declined: int
    not_recorded: int


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What other law would have said.

    Attributes:
        detainers: how many were asked about.
        changes: of how many the answer changes: surely (both answers are known), and at most (with those of which either is not).
        unknown: of how many that cannot be known.
        settles: fact -> of how many of those it is missing, most first. Several may be missing of one.
        moved: every pair of answers that occurs, most first.
    """

    detainers: int
    changes: tuple[int, int]
    unknown: int
    settles: dict[str, int]
    moved: tuple[Moved, ...]


# ------------------------------------------------------------------------------------------------------------------- deciding


def decisions(store: Store, book: Lawbook, release: str, engine: Engine | None = None) -> Path:
    """A Parquet file with the law's answer for each detainer of a release: part, row, action,
    law, norm, missing, may_require and may_forbid (whether that outcome is still possible).

    It is made once for each lawbook and kept beside the store, or, where that cannot be written, for this process. Raises NoStore
    where the release has none.
    """
    loads = store.quality(release, "detainers")
    if not any(one["taken"] for one in loads):
        raise NoStore(f"release {release}: expected detainers, found none")
    parts = "\n".join(one["part"] for one in loads)
    kept = _kept(store) / f"lawbook={book.version.removeprefix('sha256:')[:16]}"
    out = kept / f"{release}-{sha256(parts.encode()).hexdigest()[:12]}.parquet"
    if not out.is_file():
        how = engine or Engine()
        kept.mkdir(parents=True, exist_ok=True)
        with _scratch(store, how) as scratch, store.connection(release) as connection:
            decide(connection, book, "detainers", AsIf(), scratch / "law.parquet", how)
            _put(scratch / "law.parquet", out)
    return out


def _put(made: Path, out: Path) -> None:
    """A file at its place at once or not at all, wherever it was made."""
    beside = out.with_name(f".{out.name}.{os.getpid()}")
    shutil.copyfile(made, beside)
    beside.replace(out)


@lru_cache(maxsize=1)
def _elsewhere() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="bailiwick-law-")


def _kept(store: Store) -> Path:
    if store.directory != Store.shipped().directory and os.access(store.directory, os.W_OK):
        return store.directory / "law"
    return Path(_elsewhere().name) / sha256(str(store.directory.resolve()).encode()).hexdigest()[:12]


def join_law(
    connection: duckdb.DuckDBPyConnection,
    store: Store,
    book: Lawbook,
    release: str,
    engine: Engine | None = None,
) -> str:
    """Make the view `detainers_law`: the detainers with `action`, `law`, `norm` and `missing`. Returns its name."""
    answers = decisions(store, book, release, engine)
    connection.execute(
        "CREATE OR REPLACE VIEW detainers_law AS SELECT d.*, l.* EXCLUDE (part, row) FROM detainers d "
        f"LEFT JOIN read_parquet({literal(str(answers))}) l ON l.part = d.part AND l.row = d.row"
    )
    return "detainers_law"


# --------------------------------------------------------------------------------------------------------------------- asking


def beside(
    store: Store,
    book: Lawbook,
    by: Sequence[str] = (),
    where: Mapping[str, str] | None = None,
    *,
    release: str | None = None,
    engine: Engine | None = None,
) -> list[Beside]:
    """The law's answers beside the outcomes, by group in its order. Arguments and errors as those of `outcomes.outcomes`."""
    chosen = store.release("detainers", release)
    columns = grouping(by)
    counts = (
        "count(*)",
        "count(*) FILTER (law = 'required')",
        "count(*) FILTER (law = 'forbidden')",
        "count(*) FILTER (law = 'required' AND outcome = 'declined')",
        "count(*) FILTER (may_require AND outcome IN ('declined', 'not_recorded'))",
        "count(*) FILTER (law = 'forbidden' AND outcome = 'taken_into_custody')",
        "count(*) FILTER (may_forbid AND outcome IN ('taken_into_custody', 'not_recorded'))",
        "count(*) FILTER (law = 'unknown')",
        "count(*) FILTER (outcome = 'not_recorded')",
    )
    with store.connection(chosen) as connection:
        source = join_law(connection, store, book, chosen, engine)
        shown = ", ".join([*(f"{sql} AS {name}" for name, sql in columns.items()), *counts])
        tail = (
            " GROUP BY ALL ORDER BY " + ", ".join(f"{i + 1} NULLS LAST" for i in range(len(columns)))
            if columns
            else ""
        )
        rows = connection.execute(
            f"SELECT {shown} FROM {source} WHERE {condition(where or {})}{tail}"
        ).fetchall()
    out = []
    for row in rows:
        n, required, forbidden, declined, declined_most, taken, taken_most, unknown, blank = row[
            len(columns) :
        ]
        group = group_of(by, row)
        out.append(
            Beside(
                group, n, required, forbidden, (declined, declined_most), (taken, taken_most), unknown, blank
            )
        )
    return out


def whatif(
    store: Store,
    book: Lawbook,
    as_if: AsIf,
    where: Mapping[str, str] | None = None,
    *,
    release: str | None = None,
    engine: Engine | None = None,
) -> WhatIf:
    """What other law would have said of detainers. Arguments and errors as those of `outcomes.outcomes`; ValueError for an
    unknown place or bill."""
    if as_if.place:
        book.places.get(as_if.place)
    chosen, how = store.release("detainers", release), engine or Engine()
    with store.connection(chosen) as connection, _scratch(store, how) as scratch:
        source = join_law(connection, store, book, chosen, how)
        connection.execute(
            f"CREATE TEMP TABLE asked AS SELECT * EXCLUDE (action, norm, may_require, may_forbid) "
            f"FROM {source} WHERE {condition(where or {})}"
        )
        if not connection.execute("SELECT 1 FROM asked LIMIT 1").fetchall():
            return WhatIf(0, (0, 0), 0, {}, ())
        base = "asked"
        if as_if.supposed:
            own = AsIf(supposed=as_if.supposed)
            decide(connection, book, "asked", own, scratch / "own.parquet", how)
            connection.execute(
                "CREATE TEMP TABLE own AS SELECT a.* REPLACE (o.law AS law, o.missing AS missing) FROM asked a "
                f"JOIN read_parquet({literal(str(scratch / 'own.parquet'))}) o ON o.part = a.part AND o.row = a.row"
            )
            base = "own"
        decide(connection, book, "asked", as_if, scratch / "other.parquet", how)
        connection.execute(
            "CREATE TEMP TABLE pairs AS SELECT a.law AS before, o.law AS after, a.outcome, "
            "concat_ws(',', nullif(a.missing, ''), nullif(o.missing, '')) AS missing "
            f"FROM {base} a JOIN read_parquet({literal(str(scratch / 'other.parquet'))}) o ON o.part = a.part AND o.row = a.row"
        )
        moved = tuple(
            Moved(*row)
            for row in connection.execute(
                "SELECT before, after, count(*) AS n, count(*) FILTER (outcome = 'taken_into_custody'), "
                "count(*) FILTER (outcome = 'declined'), count(*) FILTER (outcome = 'not_recorded') FROM pairs "
                "GROUP BY 1, 2 ORDER BY n DESC, 1, 2"
            ).fetchall()
        )
        settles: Counter[str] = Counter()
        for missing, n in connection.execute(
            "SELECT missing, count(*) FROM pairs WHERE before = 'unknown' OR after = 'unknown' GROUP BY 1"
        ).fetchall():
            settles.update(dict.fromkeys({fact for fact in missing.split(",") if fact}, n))
    unknown = sum(one.detainers for one in moved if "unknown" in (one.before, one.after))
    sure = sum(
        one.detainers for one in moved if one.before != one.after and "unknown" not in (one.before, one.after)
    )
    order = sorted(settles.items(), key=lambda item: (-item[1], item[0]))
    return WhatIf(sum(one.detainers for one in moved), (sure, sure + unknown), unknown, dict(order), moved)


@contextmanager
def _scratch(store: Store, engine: Engine) -> Iterator[Path]:
    """A directory for files in between; of Spark beside the store, which every machine of its cluster sees."""
    if engine.name == "spark":
        _kept(store).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(
        dir=_kept(store) if engine.name == "spark" else None, prefix=".asking-"
    ) as name:
        yield Path(name)
