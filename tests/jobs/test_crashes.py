"""What dies is taken up again: a job whose worker is gone, and everything, after kill -9 of each part."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from django.db import connection

from bailiwick.custody.exchange import later
from bailiwick.desk import jobs

PROOF = Path(__file__).parents[2] / "benchmarks" / "proof_crashes.py"


def _jobs() -> list[tuple[int, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, status::text FROM procrastinate_jobs ORDER BY id")
        return list(cursor.fetchall())


def test_what_a_dead_worker_held_is_queued_again_once_and_a_living_one_is_left_alone(
    transactional_db: str,
) -> None:
    later._queue(7)
    jobs.alarms.defer()
    jobs.post.defer()
    jobs.deliveries.defer()
    dead, living = _workers()
    _held({0: dead, 1: dead, 2: dead, 3: living})
    # the import and the alarms were queued again since; those take the place of what is held, else nothing could run them
    later._queue(7)
    jobs.alarms.defer()
    before = [number for number, _ in _jobs()]
    _stalled()
    assert dict(_jobs()) == {before[2]: "todo", before[3]: "doing", before[4]: "todo", before[5]: "todo"}


def _workers() -> list[int]:
    """One that gave no sign for 40 seconds, and one that did just now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '40 seconds'), (now()) RETURNING id"
        )
        return [row[0] for row in cursor.fetchall()]


def _held(by: dict[int, int]) -> None:
    """Jobs, by their place in the queue, as held by a worker."""
    queued = _jobs()
    with connection.cursor() as cursor:
        for place, worker in by.items():
            cursor.execute(
                "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE id = %s",
                [worker, queued[place][0]],
            )


def _stalled() -> None:
    # In a thread of its own: a browser of other tests may keep a loop in this one.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(jobs.stalled(0))).result()


def test_five_kills_lose_nothing_and_do_nothing_twice() -> None:
    done = subprocess.run(
        [sys.executable, str(PROOF), "--kills", "5", "--seed", "5"],
        capture_output=True,
        text=True,
        timeout=540,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "5 times kill -9" in done.stdout
