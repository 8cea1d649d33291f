"""How often one address may ask. What is more is refused with 429 and Retry-After before anything else looks at it.

Counted in memory, in each worker on its own, and forgotten when it stops; addresses are kept only as a keyed hash.
"""

from __future__ import annotations

import hashlib
import logging
import math
import secrets
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import get_language

from bailiwick.desk.guard.headers import Next


class Limit(NamedTuple):
    """At most `burst` requests at once, and `a_minute` in the long run."""

    burst: int
    a_minute: float


#: Name to limit. `requests` counts every request; the others count besides.
LIMITS: dict[str, Limit] = {
    "requests": Limit(1200, 3600),
    "decide": Limit(600, 3300),
    "log_in": Limit(60, 30),
    "concern": Limit(10, 1 / 3),
    "receipt": Limit(30, 6),
}
#: What counts under which name: method, beginning of the path, name.
_COUNTS = (
    ("POST", "/accounts/", "log_in"),
    ("POST", "/concern/answer", "receipt"),
    ("POST", "/concern", "concern"),
    ("POST", "/api/v1/decide", "decide"),
    ("POST", "/try", "decide"),
)
#: Buckets remembered; the one not used for longest is forgotten first.
MOST = 20_000


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float


class Counter:
    """Token buckets by name and address. `take` gives the seconds to wait, 0 where the request may pass."""

    def __init__(self, most: int = MOST) -> None:
        self._key = secrets.token_bytes(16)
        self._buckets: OrderedDict[bytes, _Bucket] = OrderedDict()
        self._most = most
        self._lock = threading.Lock()

    def take(self, name: str, address: str, limit: Limit, at: float) -> int:
        """Count one request at `at`, seconds of a clock that never goes back."""
        key = hashlib.blake2b(f"{name} {address}".encode(), key=self._key, digest_size=12).digest()
        rate = limit.a_minute / 60
        with self._lock:
            bucket = self._buckets.get(key)
            if bucket is None:
                bucket = self._buckets[key] = _Bucket(float(limit.burst), at)
                if len(self._buckets) > self._most:
                    self._buckets.popitem(last=False)
            self._buckets.move_to_end(key)
            bucket.left = min(float(limit.burst), bucket.left + (at - bucket.at) * rate)
            bucket.at = at
            if bucket.left >= 1:
                bucket.left -= 1
                return 0
            return max(1, math.ceil((1 - bucket.left) / rate))

    def __len__(self) -> int:
        return len(self._buckets)


def address_of(request: HttpRequest) -> str | None:
    """Where a request came from: behind a proxy that is trusted (BAILIWICK_PROXY) the last address it names."""
    found = str(request.META.get("REMOTE_ADDR") or "")
    if settings.SECURE_PROXY_SSL_HEADER:
        found = str(request.META.get("HTTP_X_FORWARDED_FOR") or found).rpartition(",")[2].strip()
    try:
        return str(ip_address(found))
    except ValueError:
        return None


def network_of(address: str | None) -> str:
    """What is counted as one: an IPv4 address, the /64 of an IPv6 one."""
    if address is None:
        return "unknown"
    number = ip_address(address)
    return str(int(number) >> 64) if isinstance(number, IPv6Address) else address


class Limits:
    """Middleware. Stands outside everything that costs more than counting."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response
        self.counter = Counter()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        limits: dict[str, Limit] = settings.LIMITS
        if limits and request.path != "/healthz":
            address = network_of(address_of(request))
            at = time.monotonic()
            for name in self._names(request):
                wait = self.counter.take(name, address, limits[name], at) if name in limits else 0
                if wait:
                    return too_many(request, wait)
        return self.get_response(request)

    @staticmethod
    def _names(request: HttpRequest) -> list[str]:
        more = (
            name
            for method, start, name in _COUNTS
            if request.method == method and request.path.startswith(start)
        )
        first = next(more, None)
        return ["requests"] if first is None else ["requests", first]


class Seldom(logging.Filter):
    """Lets one line a minute about refused requests into the log: a flood shall not fill the disk, nor wait for the log."""

    EVERY = 60.0

    def __init__(self) -> None:
        super().__init__()
        self._next = 0.0

    def filter(self, record: logging.LogRecord) -> bool:
        if getattr(record, "status_code", None) != 429:
            return True
        at = time.monotonic()
        if at < self._next:
            return False
        self._next = at + self.EVERY
        return True


def too_many(request: HttpRequest, seconds: int) -> HttpResponse:
    """429, in the form that was asked for."""
    if request.path.startswith("/api/"):
        message = f"too many requests from this address; wait {seconds} s, then send it again"
        answer: HttpResponse = JsonResponse({"error": {"where": None, "message": message}}, status=429)
    else:
        answer = HttpResponse(_page(get_language() or "en"), status=429)
    answer["Retry-After"] = str(seconds)
    answer["Cache-Control"] = "no-store"
    return answer


@lru_cache(maxsize=8)
def _page(language: str) -> str:
    return render_to_string("429.html", {"status": 429})


def read_limits(text: str) -> dict[str, Limit]:
    """Limits as `requests=1200:3600 decide=600:3300` (at once : a minute), over the usual ones; `off` for none.

    Raises:
        ValueError: a name or number that is not one.
    """
    if text.strip() == "off":
        return {}
    limits = dict(LIMITS)
    for word in text.split():
        name, _, numbers = word.partition("=")
        burst, _, a_minute = numbers.partition(":")
        try:
            if name not in LIMITS:
                raise ValueError
            limits[name] = Limit(int(burst), float(a_minute))
            if limits[name].burst < 1 or not limits[name].a_minute > 0:
                raise ValueError
        except ValueError:
            raise ValueError(
                f"BAILIWICK_LIMITS: expected off, or NAME=AT_ONCE:A_MINUTE with NAME one of {', '.join(LIMITS)}; found '{word}'"
            ) from None
    return limits
