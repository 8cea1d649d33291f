"""Law beside data: what the law of its place and day said of each detainer, and what other law would have said.

What a release does not tell is unknown to the law, nothing is supposed: neither the papers that came with a form nor, in most
releases, any charge. So much comes out `unknown`, and every count here is a range, from what is sure to what is possible.
"""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from bailiwick.engine.bulk import run_bulk
from bailiwick.engine.facts import FACTS, Type
from bailiwick.engine.lawbook import Lawbook
from bailiwick.engine.norm import Effect
from bailiwick.evidence.columns import literal
from bailiwick.evidence.outcomes import BY, NotAsked, condition, group_of
from bailiwick.evidence.store import Store

if TYPE_CHECKING:
    import duckdb

#: What is asked by each kind of request: the action whose outcome is put beside the detainer's.
ASKED = {
    "immigration_detainer": "hold",
    "release_notification_request": "notify_release",
    "transfer_request": "transfer",
}


@dataclass(frozen=True, slots=True)
class AsIf:
    """Other law.

    Attributes:
        place: as if every detainer had come there. One that did come there, or to a place within, keeps its own.
        on: as if each had been prepared on that day.
        proposals: with these bills that were never enacted.
        supposed: facts that a release does not tell -> their value as SQL, taken as so in both answers (`suppose`). `charges` is
            only ever that there are none.
    """

    place: str | None = None
    on: date | None = None
    proposals: tuple[str, ...] = ()
    supposed: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Engine:
    """What decides: `duckdb`, or `spark` with the address of its master."""

    name: str = "duckdb"
    master: str | None = None


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


#: What an ordinary case is like where a release is silent: an administrative warrant with a signed and complete form, no charges,
#: and nothing that takes a case out of the ordinary.
ORDINARY = (
    *(
        "request.warrant=administrative",
        "request.signed=true",
        "request.complete=true",
        "request.served_on_person=true",
    ),
    *(
        "request.basis=biometric_match",
        "person.age=31",
        "person.citizen_claim=false",
        "person.citizen_proof=false",
    ),
    *("person.lawful_status_proof=false", "person.final_order=false", "person.watchlist_match=false"),
    *(
        "person.offender_registrant=false",
        "person.illegal_reentry=false",
        "person.federal_felony_warrant=false",
    ),
    *("release.public_information=false", "charges=none"),
)


def suppose(given: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Suppositions as people write them, `fact=value`, checked; `ordinary` is all of ORDINARY.

    Raises:
        NotAsked: no such fact, one that a release tells or that cannot be supposed, or a value that it cannot have.
    """
    found: dict[str, str] = {}
    for one in (text for each in given for text in (ORDINARY if each == "ordinary" else (each,))):
        name, sign, value = one.partition("=")
        if name == "charges" and value == "none":
            found[name] = "none"
            continue
        fact = FACTS.get(name)
        if not sign or fact is None or name.partition(".")[0] not in ("request", "person", "release"):
            raise NotAsked(
                f"suppose: expected ordinary, charges=none or FACT=VALUE such as request.warrant=none; found '{one}'"
            )
        if name in ("request.kind", "request.form"):
            raise NotAsked(f"suppose: {name} is in the release; expected another fact")
        words = value.split("+")
        if fact.values and set(words) - set(fact.values):
            raise NotAsked(f"suppose: {name}: expected {', '.join(fact.values)}; found '{value}'")
        match fact.type:
            case Type.BOOLEAN if value in ("true", "false"):
                found[name] = value
            case Type.INTEGER if value.isdigit():
                found[name] = value
            case Type.TEXT:
                found[name] = literal(value)
            case Type.TEXTS:
                found[name] = f"[{', '.join(map(literal, words))}]"
            case _:
                raise NotAsked(f"suppose: {name}: expected a {fact.type} value, found '{value}'")
    return tuple(found.items())


# ------------------------------------------------------------------------------------------------------------------- deciding


def decisions(store: Store, book: Lawbook, release: str, engine: Engine | None = None) -> Path:
    """A Parquet file with the law's answer for each detainer of a release: part, row, action,
    law, norm, missing, may_require and may_forbid (whether that outcome is still possible).

    It is made once for each lawbook and kept beside the store, or, where that cannot be written, for this process.
    """
    parts = "\n".join(one["part"] for one in store.quality(release, "detainers"))
    kept = _kept(store) / f"lawbook={book.version.removeprefix('sha256:')[:16]}"
    out = kept / f"{release}-{sha256(parts.encode()).hexdigest()[:12]}.parquet"
    if not out.is_file():
        kept.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept, prefix=".deciding-") as scratch:
            made = Path(scratch) / "law.parquet"
            with store.connection(release) as connection:
                _decide(connection, book, "detainers", AsIf(), made, engine or Engine())
            made.replace(out)
    return out


@lru_cache(maxsize=1)
def _elsewhere() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="bailiwick-law-")


def _kept(store: Store) -> Path:
    if store.directory != Store.shipped().directory and os.access(store.directory, os.W_OK):
        return store.directory / "law"
    return Path(_elsewhere().name) / sha256(str(store.directory.resolve()).encode()).hexdigest()[:12]


def _decide(
    connection: duckdb.DuckDBPyConnection, book: Lawbook, source: str, as_if: AsIf, out: Path, engine: Engine
) -> None:
    with tempfile.TemporaryDirectory() as name:
        cases, decided = Path(name) / "cases.parquet", Path(name) / "decided.parquet"
        write_cases(connection, book, source, cases, as_if)
        run_bulk(
            cases,
            decided,
            book,
            engine=engine.name,
            master=engine.master,
            on=as_if.on,
            proposals=as_if.proposals,
        )
        files = f"{decided}/*.parquet" if decided.is_dir() else str(decided)
        actions = sorted(set(ASKED.values()))
        # Noon in every zone of the places is the same day in UTC.
        day = f"DATE {literal(as_if.on.isoformat())}" if as_if.on else 'CAST("at" AS DATE)'

        def of(suffix: str) -> str:
            whens = " ".join(f"WHEN {literal(action)} THEN {action}{suffix}" for action in actions)
            return f"CASE split_part(id, '|', 3) {whens} END"

        _could(connection, book, as_if.proposals)
        connection.execute(
            f"""
            COPY (
                WITH decided AS (
                    SELECT split_part(id, '|', 1) AS part, split_part(id, '|', 2)::BIGINT AS row,
                           split_part(id, '|', 3) AS action,
                           {of("")} AS law, {of("_norm")} AS norm, {of("_missing")} AS missing, place, {day} AS day
                    FROM read_parquet({literal(files)})
                )
                SELECT part, row, d.action, law, norm, missing,
                       law = 'required' OR (law = 'unknown' AND coalesce(c.require, false)) AS may_require,
                       law = 'forbidden' OR (law = 'unknown' AND coalesce(c.forbid, false)) AS may_forbid
                FROM decided d
                LEFT JOIN could c ON c.place = d.place AND c.action = d.action AND d.day >= c.since AND d.day < c.until
            ) TO {literal(str(out))} (FORMAT parquet, COMPRESSION zstd)
            """
        )


def _could(connection: duckdb.DuckDBPyConnection, book: Lawbook, proposals: tuple[str, ...]) -> None:
    """Make the table `could`: where and when some norm in force can require, or forbid, an action at all. What no norm can do is
    not possible, whatever facts are missing."""
    rows: list[tuple[str, str, date, date, bool, bool]] = []
    known: dict[tuple[str, ...], list[tuple[str, date, date, bool, bool]]] = {}
    for place in book.places:
        area = book.area(place.path, proposals)
        if area not in known:
            days = [date.min, *book.boundaries(area), date.max]
            known[area] = [
                (action, since, until, *_effects(book, area, since, action))
                for action in sorted(set(ASKED.values()))
                for since, until in pairwise(days)
            ]
        rows += [(place.path, *one) for one in known[area] if one[3] or one[4]]
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE could "
        "(place VARCHAR, action VARCHAR, since DATE, until DATE, require BOOLEAN, forbid BOOLEAN)"
    )
    if rows:
        import pyarrow as pa

        names = ["place", "action", "since", "until", "require", "forbid"]
        connection.register("could_rows", pa.table(list(map(list, zip(*rows, strict=True))), names))
        connection.execute("INSERT INTO could SELECT * FROM could_rows")
        connection.unregister("could_rows")


def _effects(book: Lawbook, area: tuple[str, ...], day: date, action: str) -> tuple[bool, bool]:
    effects = {norm.effect for norm in book.in_force(area, day).norms if action in norm.actions}
    return Effect.REQUIRE in effects, bool(effects & {Effect.FORBID, Effect.ONLY_IF})


def write_cases(
    connection: duckdb.DuckDBPyConnection, book: Lawbook, source: str, out: Path, as_if: AsIf | None = None
) -> None:
    """Write detainers as a Parquet file of cases (`engine.bulk`): noon of its day, at the place whose law binds.

    `id` is `part|row|action`, the action being what was asked. A conviction that the release names is one charge of a list that
    may be longer; without one nothing is said of charges.
    """
    zones = ", ".join(f"({literal(place.path)}, {literal(place.tz)})" for place in book.places)
    place = "d.place"
    if as_if and as_if.place:
        inside = f"d.place = {literal(as_if.place)} OR starts_with(d.place, {literal(as_if.place + '/')})"
        place = f"CASE WHEN {inside} THEN d.place ELSE {literal(as_if.place)} END"
    asked = " ".join(f"WHEN {literal(kind)} THEN {literal(action)}" for kind, action in ASKED.items())
    known = {name: _any(connection, source, name) for name in ("offence", "charge_code", "final_order")}
    groups: dict[str, dict[str, str]] = {
        "request": {"kind": "d.kind", "form": "d.form"},
        "person": {},
        "release": {},
    }
    supposed = dict(as_if.supposed) if as_if else {}
    for fact, value in supposed.items():
        group, _, name = fact.partition(".")
        if name:
            groups[group][name] = value
    if known["final_order"]:
        groups["person"]["final_order"] = (
            f"coalesce(d.final_order, {supposed.get('person.final_order', 'NULL')})"
        )
    more = "".join(
        f", {{{', '.join(f'{literal(name)}: {value}' for name, value in facts.items())}}} AS {group}"
        for group, facts in groups.items()
        if facts
    )
    if "charges" in supposed:
        more += ", CAST([] AS STRUCT(statute VARCHAR, status VARCHAR)[]) AS charges"
    elif known["offence"] or known["charge_code"]:
        more += (
            ", CASE WHEN coalesce(d.offence, d.charge_code) IS NOT NULL THEN [{'description': d.offence, 'code': d.charge_code, "
            "'code_system': CASE WHEN d.charge_code IS NOT NULL THEN 'ncic' END, 'status': 'convicted', "
            "'convicted_on': d.convicted_on}] END AS charges, false AS charges_complete"
        )
    connection.execute(
        f"COPY (WITH zones(path, tz) AS (VALUES {zones}), placed AS (SELECT *, {place} AS where_ FROM {source} d) "
        f"SELECT concat(d.part, '|', d.row, '|', CASE d.kind {asked} ELSE 'hold' END) AS id, d.where_ AS place, "
        f'timezone(z.tz, d.day + INTERVAL 12 HOUR) AS "at", d.custodian{more} '
        f"FROM placed d JOIN zones z ON z.path = d.where_) TO {literal(str(out))} (FORMAT parquet, COMPRESSION zstd)"
    )


def _any(connection: duckdb.DuckDBPyConnection, source: str, column: str) -> bool:
    return (
        connection.execute(f"SELECT 1 FROM {source} WHERE {column} IS NOT NULL LIMIT 1").fetchone()
        is not None
    )


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
    columns = {column: sql for name in by for column, sql in BY[name].items()}
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
    chosen = store.release("detainers", release)
    with store.connection(chosen) as connection, _scratch() as scratch:
        source = join_law(connection, store, book, chosen, engine)
        connection.execute(
            f"CREATE TEMP TABLE asked AS SELECT * EXCLUDE (action, norm, may_require, may_forbid) "
            f"FROM {source} WHERE {condition(where or {})}"
        )
        if not _any(connection, "asked", "part"):
            return WhatIf(0, (0, 0), 0, {}, ())
        base = "asked"
        if as_if.supposed:
            own = AsIf(supposed=as_if.supposed)
            _decide(connection, book, "asked", own, scratch / "own.parquet", engine or Engine())
            connection.execute(
                "CREATE TEMP TABLE own AS SELECT a.* REPLACE (o.law AS law, o.missing AS missing) FROM asked a "
                f"JOIN read_parquet({literal(str(scratch / 'own.parquet'))}) o ON o.part = a.part AND o.row = a.row"
            )
            base = "own"
        _decide(connection, book, "asked", as_if, scratch / "other.parquet", engine or Engine())
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
def _scratch() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)
