"""How long the public pages take under a steady load: five pages, 20 requests a second, over granian without a database.

    python benchmarks/public_pages.py [--seconds 20] [--page docs/benchmarks.md --date 2026-11-25]

Requests leave at even distances whatever the answers take (an open loop), each page in turn; the time of an answer runs from
the moment its request was due to the last byte. Each page is asked once before, so that what is kept in memory is there; the time
of that first request is given too. A connection a request: no browser's cache helps.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection

from measuring import against, free_port, options, publish, table

PAGES = ("/", "/atlas", "/law/us/ca", "/try", "/evidence")
RATE = 20
TARGET = 150.0


@contextmanager
def served(limits: str = "off") -> Iterator[int]:
    """granian on a free port of loopback, one worker, without a database; `limits` as the setting has them, "" the usual."""
    from bailiwick.desk.server import _granian, health

    environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"} | {
        "BAILIWICK_SECRET_KEY": "only for a measurement, never for a jail",
        "BAILIWICK_TLS": "0",
        "BAILIWICK_LIMITS": limits,
        "DJANGO_SETTINGS_MODULE": "bailiwick.desk.settings",
    }
    port = free_port()
    server = subprocess.Popen(_granian("127.0.0.1", port, 1), env=environment)
    try:
        end = time.monotonic() + 60
        while health("127.0.0.1", port) is None:
            if time.monotonic() > end or server.poll() is not None:
                raise SystemExit("expected the server to answer within a minute, found none")
            time.sleep(0.1)
        yield port
    finally:
        server.terminate()
        server.wait(20)


def ask(port: int, path: str) -> int:
    """One request on a connection of its own; how many bytes came."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise SystemExit(f"{path}: expected status 200, found {answer.status}")
        return len(body)
    finally:
        connection.close()


def load(port: int, seconds: float) -> dict[str, list[float]]:
    """Milliseconds of every answer, by page."""
    taken: dict[str, list[float]] = defaultdict(list)
    lock = threading.Lock()

    def one(path: str, due: float) -> None:
        ask(port, path)
        with lock:
            taken[path].append((time.perf_counter() - due) * 1000)

    begun = time.perf_counter() + 0.1
    with ThreadPoolExecutor(40) as threads:
        for n in range(int(seconds * RATE)):
            due = begun + n / RATE
            time.sleep(max(0.0, due - time.perf_counter()))
            threads.submit(one, PAGES[n % len(PAGES)], due)
    return taken


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--seconds", type=float, default=20.0, help="how long the load lasts")
    given = parser.parse_args()
    with served() as port:
        first, size = {}, {}
        for path in PAGES:
            begun = time.perf_counter()
            size[path] = ask(port, path)
            first[path] = (time.perf_counter() - begun) * 1000
        taken = load(port, given.seconds)
    rows = []
    for path in PAGES:
        p95 = statistics.quantiles(taken[path], n=20)[-1]
        rows.append(
            (
                f"`{path}`",
                len(taken[path]),
                f"{size[path] / 1024:.0f} KiB",
                f"{first[path]:.0f}",
                f"{statistics.median(taken[path]):.1f}",
                f"{p95:.1f}",
                against(p95, TARGET, " ms"),
            )
        )
    head = ("page", "requests", "size", "first, ms", "median, ms", "p95, ms", "asked: at most")
    text = (
        f"{RATE} requests a second for {given.seconds:g} s, one worker, no database.\n\n{table(head, rows)}"
    )
    publish(given, "The public pages", text)


if __name__ == "__main__":
    sys.exit(main())
