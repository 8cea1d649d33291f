"""Ten thousand requests from one address: each is answered, and another address is served meanwhile.

    python benchmarks/flood.py [--requests 10000] [--page docs/benchmarks.md --date 2026-11-25]

Four connections that are kept alive ask `POST /api/v1/decide` as fast as answers come, over granian without a database, with the
limits that an installation has when it sets none. Each body is sent after its head in a packet of its own, as most clients do. A
connection that is closed without `Connection: close` counts as an error: nobody told the client. Meanwhile another address of
loopback asks twice a second.
"""

from __future__ import annotations

import json
import statistics
import sys
import threading
import time
from collections import Counter
from http.client import HTTPConnection, HTTPException

from measuring import ROOT, options, publish, table
from public_pages import served

CONNECTIONS = 4
FLOOD, OTHER = "127.0.0.1", "127.0.0.2"


class Asker:
    """One address on one connection: what came back."""

    def __init__(self, port: int, source: str, body: bytes) -> None:
        self._port, self._source, self._body = port, source, body
        self.found: Counter[str] = Counter()
        self.times: list[float] = []
        self.waits: set[str] = set()
        self._wire = self._open()

    def _open(self) -> HTTPConnection:
        return HTTPConnection("127.0.0.1", self._port, timeout=30, source_address=(self._source, 0))

    def ask(self) -> None:
        begun = time.perf_counter()
        try:
            self._wire.request("POST", "/api/v1/decide", self._body, {"Content-Type": "application/json"})
            answer = self._wire.getresponse()
            said = answer.read()
        except (OSError, HTTPException) as error:
            self.found[type(error).__name__] += 1
            self._wire = self._open()
            return
        self.times.append((time.perf_counter() - begun) * 1000)
        self.found[str(answer.status)] += 1
        if answer.status == 429:
            self.waits.add(answer.headers["Retry-After"])
            assert "wait" in json.loads(said)["error"]["message"]


def flood(port: int, requests: int) -> tuple[list[Asker], Asker, float]:
    """The askers of the flood, the other one, and how many seconds it took."""
    body = (ROOT / "demo" / "case.json").read_bytes()
    askers = [Asker(port, FLOOD, body) for _ in range(CONNECTIONS)]
    other = Asker(port, OTHER, body)

    def many(asker: Asker) -> None:
        for _ in range(requests // CONNECTIONS):
            asker.ask()

    begun = time.perf_counter()
    threads = [threading.Thread(target=many, args=(one,)) for one in askers]
    for one in threads:
        one.start()
    while any(one.is_alive() for one in threads):
        other.ask()
        time.sleep(0.5)
    return askers, other, time.perf_counter() - begun


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--requests", type=int, default=10_000, help="requests of the one address")
    given = parser.parse_args()
    with served("") as port:
        askers, other, seconds = flood(port, given.requests)
    found = sum((one.found for one in askers), Counter[str]())
    errors = {name: n for name, n in (found + other.found).items() if not name.isdigit()}
    waits = {wait for one in askers for wait in one.waits}
    rows = [
        (
            "the one address",
            sum(found.values()),
            found["200"],
            found["429"],
            sum(n for name, n in found.items() if not name.isdigit()),
            f"{max(max(one.times) for one in askers):.0f}",
        ),
        (
            "another address meanwhile",
            sum(other.found.values()),
            other.found["200"],
            other.found["429"],
            sum(n for name, n in other.found.items() if not name.isdigit()),
            f"{max(other.times):.0f} (median {statistics.median(other.times):.0f})",
        ),
    ]
    head = ("who asks", "requests", "200", "429", "no answer", "slowest, ms")
    text = (
        f"`POST /api/v1/decide`, {CONNECTIONS} connections kept alive, {seconds:.0f} s; every 429 names the seconds to wait "
        f"({', '.join(sorted(waits))}). Asked: an answer to every request, and the other address served.\n\n{table(head, rows)}"
    )
    publish(given, "Ten thousand requests from one address", text)
    if errors or other.found["429"] or found["429"] == 0:
        raise SystemExit(f"expected an answer to every request, found {errors or dict(other.found)}")


if __name__ == "__main__":
    sys.exit(main())
