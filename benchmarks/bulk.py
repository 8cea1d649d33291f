"""A million cases, three million charges: Bailiwick beside SQL written by hand for the same outcomes.

    python benchmarks/bulk.py [--cases 1000000] [--profile] [--page docs/benchmarks.md --date 2026-11-21]

Synthetic cases (synthetic.py) go from a Parquet file to a Parquet file: outcome, deciding norm and missing
facts of all eight actions. `hand_written.sql` says the law of Los Angeles County from 2010 to 2026 in DuckDB
SQL written by hand, `hand_written_new_york.sql` that of New York City, where it is longest; each is given,
ready made, the table of citations that Bailiwick makes in the run. Both outputs are compared, column by
column. Beside them openfisca-core decides one rule (peers.py) over the people of Los Angeles County. Then:
many places in one file (Bailiwick only).
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from measuring import (
    ROOT,
    Taken,
    against,
    alternating,
    at_most_two_cores,
    cores,
    least,
    options,
    publish,
    seconds,
    table,
)

sys.path.insert(0, str(ROOT))

import duckdb
import numpy as np
import peers
import pyarrow as pa
import synthetic

from bailiwick.engine import bulk
from bailiwick.engine.bulk import run_bulk
from bailiwick.engine.facts import ACTIONS
from bailiwick.engine.lawbook import Lawbook

TARGET_RATIO, TARGET_RATE = 1.5, 500_000


@dataclass(frozen=True)
class Statement:
    """The law of a place from 2010 to 2026 as SQL written by hand (in the local time of that place).

    Attributes:
        name: the place as people call it.
        file: the SQL, beside this file.
        lists: column of its table of citations -> list of the law.
    """

    name: str
    place: str
    file: str
    lists: dict[str, str]

    def citations(self, lawbook: Lawbook, cases: Path) -> pa.Table:
        """Every citation of a file of cases, with its place in the lists."""
        found = connect().execute(
            f"SELECT DISTINCT c.statute FROM (SELECT unnest(charges) AS c FROM '{cases}') WHERE c.statute IS "
            "NOT NULL"
        )
        names, state = [name for (name,) in found.fetchall()], "/".join(self.place.split("/")[:2])
        member = {
            column: pa.array([lawbook.member(name, state, {"statute": s}) for s in names], pa.bool_())
            for column, name in self.lists.items()
        }
        return pa.table({"statute": pa.array(names, pa.string()), **member})


LOS_ANGELES = Statement(
    "Los Angeles County",
    synthetic.PLACE,
    "hand_written.sql",
    {
        "serious": "ca/1192.7(c)",
        "violent": "ca/667.5(c)",
        "listed": "ca/7282.5(a)(3)",
        "felony_only": "ca/7282.5(a)(3)(G)(M)",
        "federal": "us/crimes",
        "proposition_47": "ca/proposition-47",
    },
)
NEW_YORK = Statement(
    "New York City",
    "us/ny/new-york-city",
    "hand_written_new_york.sql",
    {
        "violent_or_serious": "ny/violent-or-serious",
        "not_covered": "ny/not-covered-2013",
        "loitering": "ny/loitering-2013",
        "covered_case": "ny/covered-case-2013",
        "weapon": "ny/weapon-possession-2013",
    },
)


def connect() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect(
        config={"memory_limit": "1200MB", "temp_directory": tempfile.gettempdir(), "threads": cores()}
    )
    con.execute("SET TimeZone = 'UTC'")
    return con


class HandWritten:
    """A statement written by hand, with its table of citations made beforehand."""

    def __init__(self, given: Statement, lawbook: Lawbook, cases: Path) -> None:
        text = (Path(__file__).parent / given.file).read_text(encoding="utf-8")
        before, _, statement = text.rpartition("\n\nWITH ")
        self.offences = given.citations(lawbook, cases)
        self.macros = before
        self.statement = "WITH " + statement.replace("{cases}", str(cases)).replace("{offences}", "offences")

    def run(self, out: Path) -> None:
        con = connect()
        con.register("given", self.offences)
        con.execute("CREATE TABLE offences AS FROM given")
        con.execute(self.macros)
        con.execute(f"COPY ({self.statement}) TO '{out}' (FORMAT parquet, COMPRESSION snappy)")
        con.close()


def differences(ours: Path, theirs: Path) -> dict[str, int]:
    """How many rows differ, by column; rows are matched by id."""
    con = connect()
    columns = [f"{a}{end}" for a in ACTIONS for end in ("", "_norm", "_missing")]
    counts = ", ".join(f'count(*) FILTER (a."{c}" IS DISTINCT FROM b."{c}") AS "{c}"' for c in columns)
    row = con.execute(
        f"SELECT count(*), {counts} FROM '{ours}' a FULL JOIN '{theirs}' b USING (id)"
    ).fetchone()
    rows = con.execute(
        f"SELECT (SELECT count(*) FROM '{ours}'), (SELECT count(*) FROM '{theirs}')"
    ).fetchone()
    assert row
    assert rows
    found = {c: n for c, n in zip(columns, row[1:], strict=True) if n}
    if not row[0] == rows[0] == rows[1]:
        found["rows"] = abs(rows[0] - rows[1]) or row[0] - rows[0]
    return found


def parts(lawbook: Lawbook, cases: Path, out: Path, profile: bool) -> dict[str, str]:
    """Seconds of looking over the cases and writing the statement, of planning it, and of running it."""
    con = bulk.connect()
    begun = time.perf_counter()
    prepared = bulk.prepare(con, cases, lawbook)
    prepare = time.perf_counter() - begun
    final = f"COPY (SELECT * FROM ({prepared.sql})) TO '{out}' (FORMAT parquet, COMPRESSION snappy)"
    plan = seconds(lambda: con.execute(f"EXPLAIN {final}").fetchall())
    if profile:
        con.execute("PRAGMA enable_profiling = 'json'")
        con.execute(f"PRAGMA profiling_output = '{out}.json'")
    run = seconds(lambda: con.execute(final))
    if profile:
        show(json.loads(Path(f"{out}.json").read_text())["operator"], 0)
    con.close()
    return {
        "looking over the cases, writing the statement": f"{prepare:.2f}",
        "planning": f"{plan:.2f}",
        "running it": f"{run - plan:.2f}",
        "characters of the statement": f"{len(prepared.sql):,}",
    }


def show(operators: list[dict[str, Any]], depth: int) -> None:
    """A profile of DuckDB, an operator a line: seconds over all threads, what it is, its last column."""
    for operator in operators:
        columns = operator.get("extra_info", {}).get("Projections") or []
        columns = [columns] if isinstance(columns, str) else columns
        last = f"{len(columns)} columns to {columns[-1][:40]}" if columns else ""
        print(f"{operator.get('timing', 0):8.3f} s {' ' * depth}{operator.get('type')} {last}")
        show(operator.get("children", []), depth + 1)


SIZES = """
SELECT COALESCE(len(charges), 0) AS size, CAST(timezone('America/Los_Angeles', "at") AS DATE) AS day
FROM read_parquet('{cases}', file_row_number = true) ORDER BY file_row_number
"""
CHARGES = """
SELECT
    c.status = 'convicted' AS convicted,
    CASE c.grade WHEN 'felony' THEN 1 WHEN 'misdemeanor' THEN 2 ELSE 0 END AS grade,
    COALESCE(c.wobbler, FALSE) AS wobbler,
    COALESCE(o.listed, FALSE) AS listed,
    COALESCE(c.convicted_on, DATE '1900-01-01') AS day
FROM (
    SELECT file_row_number AS row_number, generate_subscripts(charges, 1) AS i, unnest(charges) AS c
    FROM read_parquet('{cases}', file_row_number = true)
) LEFT JOIN offences o ON o.statute = c.statute
ORDER BY row_number, i
"""
ANSWERS = """
SELECT COALESCE(bool_or(
    c.status = 'convicted' AND o.listed
    AND ((c.grade = 'misdemeanor' AND c.wobbler AND c.convicted_on > day - INTERVAL 5 YEAR)
         OR (c.grade = 'felony' AND c.convicted_on > day - INTERVAL 15 YEAR))
), FALSE) AS yes
FROM (
    SELECT file_row_number AS row_number, CAST(timezone('America/Los_Angeles', "at") AS DATE) AS day,
           unnest(COALESCE(NULLIF(charges, []), [NULL])) AS c
    FROM read_parquet('{cases}', file_row_number = true)
) LEFT JOIN offences o ON o.statute = c.statute
GROUP BY row_number ORDER BY row_number
"""


def openfisca(cases: Path, lawbook: Lawbook) -> tuple[Taken, bool]:
    """OpenFisca on the rule of peers.py over all people of a file of Los Angeles County: what filling a simulation
    and calculating take, and whether its answers are those of SQL."""
    con = connect()
    con.register("offences", LOS_ANGELES.citations(lawbook, cases))
    case, charge, answer = (
        con.execute(sql.replace("{cases}", str(cases))).fetchnumpy() for sql in (SIZES, CHARGES, ANSWERS)
    )
    arrays = {
        "status": np.ma.filled(charge["convicted"], False).astype(np.int16),
        "grade": charge["grade"].astype(np.int16),
        "wobbler": charge["wobbler"],
        "listed": charge["listed"],
        "convicted_on": charge["day"].astype("datetime64[D]"),
    }
    answers: list[Any] = []

    def decide() -> None:
        answers.append(peers.OpenFiscaRecords(case["size"].astype(np.int64), case["day"], arrays).decide())

    ((taken,),) = alternating(1, decide)
    return taken, bool(np.array_equal(np.asarray(answers[0]), np.ma.filled(answer["yes"], False)))


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--profile", action="store_true", help="print DuckDB's profile of the statement")
    parser.add_argument("--no-many-places", action="store_true", help="leave out the file of many places")
    given = parser.parse_args()
    at_most_two_cores()
    lawbook = Lawbook.load()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        text = beside_hand_written(given, lawbook, folder)
        if not given.no_many_places:
            text.append(many_places(given, lawbook, folder))
    publish(given, "A million cases at once", "\n\n".join(text))


def norms(lawbook: Lawbook, *places: str) -> int:
    """How many norms, each version of one counted, these places have."""
    return len({n.key for p in places for f in lawbook.area(p) for n in lawbook.files[f].norms})


def beside_hand_written(given: Any, lawbook: Lawbook, folder: Path) -> list[str]:
    """Bailiwick and the SQL written by hand, at both places in one run, and whether they say the same."""
    statements = (LOS_ANGELES, NEW_YORK)
    files = [[folder / f"{i}-{end}.parquet" for end in ("cases", "ours", "theirs")] for i in range(2)]
    works: list[Callable[[], Any]] = []
    charges = size = 0
    for statement, (cases, ours, theirs) in zip(statements, files, strict=True):
        charges += synthetic.write(cases, given.cases, places=(statement.place,), lawbook=lawbook)
        size += cases.stat().st_size
        works.append(partial(run_bulk, cases, ours, lawbook))
        works.append(partial(HandWritten(statement, lawbook, cases).run, theirs))
    taken = [least(times) for times in alternating(given.repeat, *works)]

    def row(name: str, taken: Taken) -> list[str]:
        return [name, f"{taken.wall:.2f}", f"{taken.processor:.2f}", f"{given.cases / taken.wall:,.0f}"]

    rows, verdicts = [], []
    most = max(norms(lawbook, p.path) for p in {lawbook.area(p.path): p for p in lawbook.places}.values())
    for i, (statement, (_, ours, theirs)) in enumerate(zip(statements, files, strict=True)):
        mine, their = taken[2 * i : 2 * i + 2]
        rows.append(row(f"{statement.name}: Bailiwick, from the file of cases to the finished output", mine))
        rows.append(row(f"{statement.name}: DuckDB SQL written by hand, likewise", their))
        ratio, rate = mine.wall / their.wall, given.cases / mine.wall
        found = differences(ours, theirs)
        verdicts.append(
            [
                f"{statement.name} ({statement.place})"
                + (", where the law is longest" if norms(lawbook, statement.place) == most else ""),
                norms(lawbook, statement.place),
                f"{ratio:.3f} (target {against(ratio, TARGET_RATIO)})",
                f"{rate:,.0f} (target {TARGET_RATE:,}, {'met' if rate >= TARGET_RATE else 'not met'})",
                f"{given.cases:,} rows: " + (f"differing in {found}" if found else "no difference"),
            ]
        )
    try:
        both, agrees = openfisca(files[0][0], lawbook)
        assert agrees, "openfisca-core answers the rule otherwise than SQL"
        rows.append(
            row(f"{LOS_ANGELES.name}: openfisca-core, one rule of the law's many, facts in memory", both)
        )
    except ImportError:
        rows.append(["openfisca-core: not installed (group `bench`)", "", "", ""])
    spent = [parts(lawbook, cases, ours, given.profile) for cases, ours, _ in files]
    return [
        f"{given.cases:,} synthetic cases of each place, 2010 to 2026 (together {charges:,} charges, "
        f"{size / 1e6:,.0f} MB of Parquet); {cores()} cores; least of {given.repeat} runs, all taken in turn.",
        table(["", "seconds", "processor seconds", "cases a second"], rows),
        f"Compared in this run, in {3 * len(ACTIONS)} columns (outcome, deciding norm and missing facts of "
        f"{len(ACTIONS)} actions):",
        table(
            ["", "norms over that span", "ratio to the SQL written by hand", "cases a second", "compared"],
            verdicts,
        ),
        "The statements written by hand lay the charges out one a row and gather them by `bit_or`, each condition once; they "
        "are given the table of citations with their places in the law's lists, and give outcomes and norms as enumerations. "
        "That of New York City leaves out what no column of these files tells. Bailiwick makes a number of each charge and "
        "looks up what follows from it, in tables that it makes in the run (nobody would write those by hand); it reads the "
        "citations, checks every word and date, and writes its statement within its time. openfisca-core answers one "
        "yes-or-no question and takes unknown for no.",
        "Where Bailiwick's time goes, in seconds (one more run):",
        table(
            ["", *(s.name for s in statements)],
            [[part, *(s[part] for s in spent)] for part in spent[0]],
        ),
    ]


def many_places(given: Any, lawbook: Lawbook, folder: Path) -> str:
    """Places of many states in one file."""
    cases, done = folder / "many.parquet", folder / "many-out.parquet"
    places = synthetic.MANY_PLACES
    synthetic.write(cases, given.cases, places=places, lawbook=lawbook)
    (found,) = alternating(given.repeat, lambda: run_bulk(cases, done, lawbook))
    taken, states = least(found), len({p[:5] for p in places})
    return (
        f"As many cases over many places ({len(places)} of {states} states, in one file), "
        f"{norms(lawbook, *places)} norms: {taken.wall:.2f} s ({taken.processor:.2f} processor seconds), "
        f"{given.cases / taken.wall:,.0f} cases a second."
    )


if __name__ == "__main__":
    main()
