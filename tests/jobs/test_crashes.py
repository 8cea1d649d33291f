"""What dies is taken up again: a job whose worker is gone, and everything, after kill -9 of each part."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from django.db import connection

from bailiwick.desk import jobs

PROOF = Path(__file__).parents[2] / "benchmarks" / "proof_crashes.py"


def _jobs() -> list[tuple[int, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, status::text FROM procrastinate_jobs ORDER BY id")
        return list(cursor.fetchall())


def test_jobs_of_a_worker_that_died_are_queued_again_and_those_of_a_living_one_are_not(
    transactional_db: str,
) -> None:
    jobs.alarms.defer()
    jobs.post.defer()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '40 seconds'), (now()) RETURNING id"
        )
        workers = [row[0] for row in cursor.fetchall()]
        for (job, _), worker in zip(_jobs(), workers, strict=True):
            cursor.execute(
                "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE id = %s", [worker, job]
            )
    # In a thread of its own: a browser of other tests may keep a loop in this one.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(jobs.stalled(0))).result()
    assert [status for _, status in _jobs()] == ["todo", "doing"]


def test_five_kills_lose_nothing_and_do_nothing_twice() -> None:
    done = subprocess.run(
        [sys.executable, str(PROOF), "--kills", "5", "--seed", "5"],
        capture_output=True,
        text=True,
        timeout=540,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "5 times kill -9" in done.stdout
