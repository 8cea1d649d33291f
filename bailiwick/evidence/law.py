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

from bailiwick.engine.decide import POSSIBLE
from bailiwick.engine.facts import Outcome
from bailiwick.engine.lawbook import Lawbook
from bailiwick.evidence.asif import AsIf, suppose
from bailiwick.evidence.columns import literal
from bailiwick.evidence.deciding import Engine, decide
from bailiwick.evidence.outcomes import condition, group_of, grouping
from bailiwick.evidence.same import same_law
from bailiwick.evidence.store import NoStore, Store

if TYPE_CHECKING:
    import duckdb

__all__ = ["AsIf", "Beside", "Engine", "Moved", "WhatIf", "beside", "decisions", "suppose", "whatif"]

#: Told apart in the name of what is kept, so that a file with other columns is not taken for it.
_LAYOUT = "possible\n"


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
    """Detainers whose answer is one under the law as it was and one under other law, and what became of them in fact.

    `changes`: whether the answer changes, `yes`, `no` or `unknown` (see `whatif`).
    """

    before: str
    after: str
    changes: str
    detainers: int
    taken_into_custody: int
    declined: int
    not_recorded: int


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What other law would have said.

    Attributes:
        detainers: how many were asked about.
        changes: of how many the answer changes: for certain, and at most (with those of which it cannot be known).
        unknown: of how many that cannot be known.
        settles: fact -> of how many of those it is missing, most first. Several may be missing of one.
        moved: every pair of answers that occurs, and whether it is a change, most first.
    """

    detainers: int
    changes: tuple[int, int]
    unknown: int
    settles: dict[str, int]
    moved: tuple[Moved, ...]


# ------------------------------------------------------------------------------------------------------------------- deciding


def decisions(store: Store, book: Lawbook, release: str, engine: Engine | None = None) -> Path:
    """A Parquet file with the law's answer for each detainer of a release: part, row, action,
    law, norm, missing and possible (the outcomes that are, as bits of `engine.decide.POSSIBLE`).

    It is made once for each lawbook and kept beside the store, or, where that cannot be written, for this process. Raises NoStore
    where the release has none.
    """
    loads = store.quality(release, "detainers")
    if not any(one["taken"] for one in loads):
        raise NoStore(f"release {release}: expected detainers, found none")
    parts = "\n".join(one["part"] for one in loads)
    kept = _kept(store) / f"lawbook={book.version.removeprefix('sha256:')[:16]}"
    out = kept / f"{release}-{sha256((_LAYOUT + parts).encode()).hexdigest()[:12]}.parquet"
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
    bits = {outcome: bit for bit, outcome in POSSIBLE}

    def may(outcome: Outcome) -> str:
        return f"(possible & {bits[outcome]}) <> 0"

    counts = (
        "count(*)",
        "count(*) FILTER (law = 'required')",
        "count(*) FILTER (law = 'forbidden')",
        "count(*) FILTER (law = 'required' AND outcome = 'declined')",
        f"count(*) FILTER ({may(Outcome.REQUIRED)} AND outcome IN ('declined', 'not_recorded'))",
        "count(*) FILTER (law = 'forbidden' AND outcome = 'taken_into_custody')",
        f"count(*) FILTER ({may(Outcome.FORBIDDEN)} AND outcome IN ('taken_into_custody', 'not_recorded'))",
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


def compared(
    connection: duckdb.DuckDBPyConnection,
    store: Store,
    book: Lawbook,
    source: str,
    as_if: AsIf,
    engine: Engine | None = None,
) -> str:
    """Make the view `compared`: each detainer's part, row and outcome, its answers before and after, whether that changes (`yes`,
    `no` or `unknown`), and what is missing of either. Returns its name.

    source: a table of detainers, not empty, with what their own law says (`join_law`; without `action`, which is asked again).

    The answer of a detainer

    - *changes for certain* where no outcome is possible in both. What is possible in each is found from that law alone, over
      everything that is not known; so whatever the facts are, each answer is one of its own set, and the sets do not meet;
    - *stays for certain* where both are known and one, or where the same law decides both from the same facts (`same.py`);
    - else it cannot be known.
    """
    base, how = source, engine or Engine()
    with _scratch(store, how) as scratch:
        own, other = scratch / "own.parquet", scratch / "other.parquet"
        if as_if.supposed:
            decide(connection, book, source, AsIf(supposed=as_if.supposed), own, how)
            replaced = ", ".join(f"o.{name} AS {name}" for name in ("law", "missing", "possible"))
            connection.execute(
                f"CREATE TEMP TABLE own AS SELECT a.* REPLACE ({replaced}) FROM {source} a "
                f"JOIN read_parquet({literal(str(own))}) o ON o.part = a.part AND o.row = a.row"
            )
            base = "own"
        decide(connection, book, source, as_if, other, how)
        connection.execute(
            "CREATE TEMP TABLE pairs AS SELECT a.part, a.row, a.outcome, a.law AS before, o.law AS after, "
            "concat_ws(',', nullif(a.missing, ''), nullif(o.missing, '')) AS missing, "
            "CASE WHEN (a.possible & o.possible) = 0 THEN 'yes' "
            "WHEN a.law <> 'unknown' AND o.law <> 'unknown' THEN 'no' ELSE 'unknown' END AS changes, "
            "a.place, a.day, a.custodian, a.kind, a.form, a.final_order "
            f"FROM {base} a JOIN read_parquet({literal(str(other))}) o ON o.part = a.part AND o.row = a.row"
        )
    connection.execute("CREATE TEMP VIEW open_pairs AS SELECT * FROM pairs WHERE changes = 'unknown'")
    joins, same = same_law(connection, book, "open_pairs", as_if)
    connection.execute(
        "CREATE TEMP VIEW compared AS SELECT d.part, d.row, d.outcome, d.before, d.after, d.missing, "
        f"CASE WHEN d.changes = 'unknown' AND {same} THEN 'no' ELSE d.changes END AS changes FROM pairs d {joins}"
    )
    return "compared"


def whatif(
    store: Store,
    book: Lawbook,
    as_if: AsIf,
    where: Mapping[str, str] | None = None,
    *,
    release: str | None = None,
    engine: Engine | None = None,
) -> WhatIf:
    """What other law would have said of detainers (see `compared`). Arguments and errors as those of `outcomes.outcomes`;
    ValueError for an unknown place or bill."""
    if as_if.place:
        book.places.get(as_if.place)
    chosen = store.release("detainers", release)
    with store.connection(chosen) as connection:
        source = join_law(connection, store, book, chosen, engine)
        connection.execute(
            f"CREATE TEMP TABLE asked AS SELECT * EXCLUDE (action, norm) FROM {source} WHERE {condition(where or {})}"
        )
        if not connection.execute("SELECT 1 FROM asked LIMIT 1").fetchall():
            return WhatIf(0, (0, 0), 0, {}, ())
        each = compared(connection, store, book, "asked", as_if, engine)
        connection.execute(
            f"CREATE TEMP TABLE told AS SELECT before, after, changes, outcome, missing, count(*) AS n FROM {each} GROUP BY ALL"
        )
        became = ", ".join(
            f"CAST(coalesce(sum(n) FILTER (outcome = {literal(outcome)}), 0) AS BIGINT)"
            for outcome in ("taken_into_custody", "declined", "not_recorded")
        )
        rows = connection.execute(
            f"SELECT before, after, changes, CAST(sum(n) AS BIGINT) AS detainers, {became} FROM told "
            "GROUP BY 1, 2, 3 ORDER BY detainers DESC, 1, 2, 3"
        ).fetchall()
        settles: Counter[str] = Counter()
        for missing, n in connection.execute(
            "SELECT missing, CAST(sum(n) AS BIGINT) FROM told WHERE changes = 'unknown' GROUP BY 1"
        ).fetchall():
            settles.update(dict.fromkeys({fact for fact in missing.split(",") if fact}, n))
    moved = tuple(Moved(*row) for row in rows)
    of: Counter[str] = Counter()
    for one in moved:
        of[one.changes] += one.detainers
    order = sorted(settles.items(), key=lambda item: (-item[1], item[0]))
    sure, unknown = of["yes"], of["unknown"]
    return WhatIf(of.total(), (sure, sure + unknown), unknown, dict(order), moved)


@contextmanager
def _scratch(store: Store, engine: Engine) -> Iterator[Path]:
    """A directory for files in between; of Spark beside the store, which every machine of its cluster sees."""
    if engine.name == "spark":
        _kept(store).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(
        dir=_kept(store) if engine.name == "spark" else None, prefix=".asking-"
    ) as name:
        yield Path(name)
