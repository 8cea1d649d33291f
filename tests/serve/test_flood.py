"""Too many requests from one address, over the server as it runs: each is answered on the connection that was kept alive."""

from __future__ import annotations

import http.client
import io
import socket
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bailiwick.desk.guard.drain import read_to_end
from tests.serve.test_serve import serving

CASE = (Path(__file__).parents[2] / "demo" / "case.json").read_bytes()
JSON = {"Content-Type": "application/json"}


def flood(
    port: int, source: str, times: int, body: bytes = CASE, path: str = "/api/v1/decide"
) -> Counter[int]:
    """Statuses of requests on one connection, which must stay open; the body leaves after the head, as most clients do it."""
    wire = http.client.HTTPConnection("127.0.0.1", port, timeout=30, source_address=(source, 0))
    wire.connect()
    begun, found = wire.sock, Counter[int]()
    for _ in range(times):
        wire.request("POST", path, body, JSON)
        answer = wire.getresponse()
        answer.read()
        found[answer.status] += 1
        assert answer.status != 429 or answer.headers["Retry-After"].isdigit()
        assert wire.sock is begun
    wire.close()
    return found


def test_every_request_of_a_flood_is_answered_and_another_address_is_served() -> None:
    # Nobody reads the log here while it lasts: a line for each would fill its pipe, and the server would wait.
    # So slowly refilled that no more come free however long it lasts.
    with serving(BAILIWICK_LIMITS="decide=40:0.1") as (port, _lines, _process):
        with ThreadPoolExecutor(5) as threads:
            many = [threads.submit(flood, port, "127.0.0.1", 250) for _ in range(4)]
            other = threads.submit(flood, port, "127.0.0.2", 10)
            found = sum((one.result() for one in many), Counter[int]())
            assert other.result() == {200: 10}
        assert found == {200: 40, 429: 960}
        # Whatever else is answered before its body was read: an answer, and the connection stays.
        assert flood(port, "127.0.0.3", 3, b"x" * 5_000_000, "/api/v1/bookings") == {401: 3}
        # More than is thrown away of a request that comes too often: the client is told to open another connection.
        wire = http.client.HTTPConnection("127.0.0.1", port, timeout=30, source_address=("127.0.0.1", 0))
        wire.request("POST", "/api/v1/decide", b"x" * 70_000, JSON)
        answer = wire.getresponse()
        assert (answer.status, answer.headers["Connection"]) == (429, "close")
        # Who waits to be asked for the body is not asked for it.
        with socket.create_connection(("127.0.0.1", port), timeout=30) as raw:
            raw.sendall(
                b"POST /api/v1/bookings HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n"
            )
            said = raw.makefile("rb").readline()
        assert said.startswith(b"HTTP/1.1 401")


class Gone(io.RawIOBase):
    """A client that went away in the middle."""

    def read(self, size: int = -1, /) -> bytes:
        raise ConnectionResetError


@pytest.mark.parametrize(
    ("stream", "whole"),
    [
        (io.BytesIO(b""), True),
        (io.BytesIO(b"x" * 99), True),
        (io.BytesIO(b"x" * 100), False),
        (Gone(), False),
    ],
)
def test_a_rest_is_read_up_to_a_bound(stream: io.IOBase, whole: bool) -> None:
    assert read_to_end(stream, 100) is whole
