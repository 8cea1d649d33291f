"""The desk under load: home, file and find with a million bookings, and `POST /api/v1/decide`.

    python benchmarks/desk_load.py [--bookings 1000000] [--seconds 30] [--page docs/benchmarks.md] [--date 2026-11-25]

Fills an embedded PostgreSQL with made-up people: one booking a person, with its ground, charge and status history, all closed,
by plain SQL into the tables; and 60 stays that are open, with a request each, by the services. Starts granian with two
workers and asks it from threads of this process on the same two cores, a request every 1/rate seconds whether or not earlier
ones have been answered; a time counts from when the request was to be sent. Every look at a file is written into the record,
as in production. The million old stays have no events of their own.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from measuring import against, at_most_two_cores, free_port, options, publish, table

PAGES, DECISIONS = 20, 50
FAMILY = (
    "Garcia",
    "Smith",
    "Nguyen",
    "Johnson",
    "Martinez",
    "Brown",
    "Lopez",
    "Tran",
    "Davis",
    "Hernandez",
    "Kim",
    "Jones",
)
GIVEN = (
    "Maria",
    "James",
    "Linh",
    "Robert",
    "Ana",
    "Michael",
    "Jose",
    "Wei",
    "David",
    "Rosa",
    "Sofia",
    "Luis",
    "Emma",
    "Omar",
)

FILL = """
INSERT INTO custody_person (agency_id, family_name, given_name, birth_date, language, birthplace, citizenship_said,
    lawyer_name, lawyer_contact, designated_name, designated_contact)
SELECT {agency}, (%(family)s::text[])[1 + n %% {families}] || ' ' || chr(65 + n %% 26) || chr(97 + n / 26 %% 26) || (n %% 997),
    (%(given)s::text[])[1 + n / 7 %% {givens}], DATE '1950-01-01' + n %% 20000, 'en', '', '', '', '', '', ''
FROM generate_series(1, {bookings}) n;
INSERT INTO custody_booking (agency_id, number, person_id, booked_at, t0, left_at, facts, juvenile, sealed_because, version)
SELECT {agency}, 'B' || lpad(row_number() OVER (ORDER BY id)::text, 8, '0'), id, at, at + INTERVAL '2 days',
    at + INTERVAL '2 days 1 hour', '{{}}', false, '', 4
FROM (SELECT id, TIMESTAMPTZ '2016-01-01' + (id %% 3600) * INTERVAL '1 day' AS at FROM custody_person
    WHERE agency_id = {agency}) p;
INSERT INTO custody_ground (agency_id, booking_id, kind, says, opened_at, ended_at, ended_how)
SELECT agency_id, id, 'arrest', '', booked_at, t0, 'bond posted' FROM custody_booking;
INSERT INTO custody_charge (agency_id, booking_id, statute, code_system, code, description, status, grade, degree, facts)
SELECT agency_id, id, 'PC ' || (450 + id %% 50), '', '', '', 'charged', 'misdemeanor', '', '{{}}' FROM custody_booking;
INSERT INTO custody_chargestatus (agency_id, charge_id, status, grade, since)
SELECT c.agency_id, c.id, c.status, c.grade, b.booked_at FROM custody_charge c JOIN custody_booking b ON b.id = c.booking_id;
"""


def main() -> int:
    parser = options(__doc__)
    parser.add_argument("--bookings", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=int, default=30, help="of each load")
    given = parser.parse_args()
    at_most_two_cores()
    with tempfile.TemporaryDirectory(prefix="bailiwick-load-") as name:
        directory = Path(name)
        directory.chmod(0o711)
        from bailiwick.desk.postgres import embedded

        with embedded(directory / "postgres") as uri:
            os.environ |= {
                "DATABASE_URL": uri,
                "DJANGO_SETTINGS_MODULE": "bailiwick.desk.settings",
                "BAILIWICK_SECRET_KEY": "only for this measurement, never for a jail",
                "BAILIWICK_TLS": "0",
                "BAILIWICK_SECOND_FACTOR": "",
                "BAILIWICK_LIMITS": "off",
            }
            filled = time.perf_counter()
            world = fill(given.bookings)
            filled = time.perf_counter() - filled
            statements = count_statements(world)
            with server() as port:
                pages = load(port, page_requests(world), PAGES, given.seconds)
                decisions = load(port, decide_requests(), DECISIONS, given.seconds)
    return report(given, filled, statements, pages, decisions)


# ---------------------------------------------------------------------------------------------------------- filling


def fill(bookings: int) -> dict[str, Any]:
    """The tables, the people, and a session of a clerk."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection, connections
    from django.test import Client

    from bailiwick.custody.models import Agency, Booking, User

    call_command("migrate", verbosity=0, interactive=False)
    agency = Agency.objects.create(
        name="Example County Jail",
        place="us/ca/fresno-county",
        custodian="county_jail",
        zone="America/Los_Angeles",
    )
    clerk = User.objects.create_user("clerk", password=None, agency=agency, role="clerk")
    words = {"agency": agency.pk, "bookings": bookings, "families": len(FAMILY), "givens": len(GIVEN)}
    with connection.cursor() as cursor:
        for statement in FILL.format(**words).split(";\n"):
            if statement.strip():
                cursor.execute(statement, {"family": list(FAMILY), "given": list(GIVEN)})
        cursor.execute("ANALYZE")
        cursor.execute("CHECKPOINT")
    old = list(Booking.objects.order_by("pk").values_list("pk", flat=True)[:: max(1, bookings // 500)])
    opened = open_stays(agency, clerk)
    client = Client()
    client.force_login(clerk)
    cookie = client.cookies["sessionid"].value
    connections.close_all()
    return {"cookie": cookie, "files": [*old, *opened], "client": client, "old": old, "open": opened}


def open_stays(agency: Any, clerk: Any) -> list[int]:
    """Sixty people who are here, a third of whom must be free, each with a detainer."""
    from datetime import timedelta

    from bailiwick.custody import asking, files
    from bailiwick.custody.acting import Actor
    from bailiwick.desk.clock import now

    out = []
    for number in range(60):
        at = now() - timedelta(hours=number % 20, minutes=30)
        actor = Actor(agency, at, clerk)
        stay = files.book(
            actor, number=f"OPEN-{number:03}", booked_at=at,
            person={"family_name": FAMILY[number % 12], "given_name": GIVEN[number % 14]},
            grounds=[{"kind": "arrest", "opened_at": at}], charges=[{"statute": "PC 459", "status": "arrested"}],
        )  # fmt: skip
        asking.receive(
            actor, stay, kind="immigration_detainer", form="I-247A", received_at=at, warrant="administrative",
            signed=True, complete=True,
        )  # fmt: skip
        if number % 3 == 0:
            files.end_ground(actor.later(at + timedelta(minutes=10)), stay.grounds.get(), how="bond posted")
        out.append(stay.pk)
    return out


# ---------------------------------------------------------------------------------------------------------- asking


def finds(choose: random.Random) -> str:
    """A search as people type it: part of a name, a number, a day."""
    day = f"{choose.randrange(1, 13)}/{choose.randrange(1, 29)}/{choose.randrange(1955, 2000)}"
    return choose.choice(
        (
            f"{choose.choice(FAMILY).lower()}+{chr(65 + choose.randrange(26))}",
            choose.choice(GIVEN),
            f"{choose.choice(GIVEN)}+{choose.choice(FAMILY)[:4]}",
            f"B{choose.randrange(10_000):08}",
            f"B000{choose.randrange(1000):03}",
            day.replace("/", "%2F"),
        )
    )


def page_requests(world: dict[str, Any]) -> Iterator[tuple[str, str, bytes, dict[str, str]]]:
    """Name, path, body and headers, for ever: a quarter home, a half files, a quarter searches."""
    choose = random.Random(20)
    headers = {"Cookie": f"sessionid={world['cookie']}", "Host": "localhost"}
    while True:
        yield "home", "/", b"", headers
        yield "file", f"/bookings/{choose.choice(world['old'])}", b"", headers
        yield "find", f"/find?q={finds(choose)}", b"", headers
        yield "file", f"/bookings/{choose.choice(world['open'])}", b"", headers


def decide_requests() -> Iterator[tuple[str, str, bytes, dict[str, str]]]:
    """Cases of several places."""
    choose = random.Random(50)
    headers = {"Host": "localhost", "Content-Type": "application/json"}
    places = (
        "us/ca/los-angeles-county",
        "us/ca/fresno-county",
        "us/tx/travis-county",
        "us/il/cook-county",
        "us/co/denver",
    )
    while True:
        case = {
            "place": choose.choice(places), "at": "2026-03-02T10:15:00-08:00", "custodian": "county_jail",
            "request": {"kind": "immigration_detainer", "form": "I-247A", "received_at": "2026-03-01T22:00:00-08:00",
                        "warrant": choose.choice(("administrative", "none", "judicial_criminal")), "signed": True},
            "person": {"age": choose.randrange(18, 70)},
            "charges": [{"statute": "Cal. Penal Code 459", "status": "convicted", "grade": "felony",
                         "convicted_on": f"20{choose.randrange(10, 26)}-01-10"}],
            "release": {"eligible_at": "2026-03-02T09:00:00-08:00"},
        }  # fmt: skip
        yield "decide", "/api/v1/decide", json.dumps(case).encode(), headers


def load(port: int, requests: Iterator[Any], rate: int, seconds: int) -> dict[str, list[float]]:
    """Milliseconds of each answer by name; what failed is under `error`."""
    times: dict[str, list[float]] = {"error": []}
    lock, local = threading.Lock(), threading.local()

    def ask(due: float, name: str, path: str, body: bytes, headers: dict[str, str]) -> None:
        time.sleep(max(0.0, due - time.perf_counter()))
        try:
            if getattr(local, "connection", None) is None:
                local.connection = HTTPConnection("127.0.0.1", port, timeout=30)
            local.connection.request("POST" if body else "GET", path, body or None, headers)
            answer = local.connection.getresponse()
            answer.read()
            ok = answer.status == 200
        except OSError:
            local.connection, ok = None, False
        took = (time.perf_counter() - due) * 1000
        with lock:
            times.setdefault(name if ok else "error", []).append(took)

    with ThreadPoolExecutor(24) as pool:
        # Warm, and not counted: both workers have loaded the lawbook and the pages' templates.
        for warm in [pool.submit(ask, time.perf_counter(), *next(requests)) for _ in range(4 * rate)]:
            warm.result()
        times.clear()
        times["error"] = []
        begun = time.perf_counter() + 0.2
        for number in range(rate * seconds):
            pool.submit(ask, begun + number / rate, *next(requests))
    return times


@contextmanager
def server() -> Iterator[int]:
    """granian with two workers on a free port of loopback."""
    from bailiwick.desk.server import _granian, health

    port = free_port()
    process = subprocess.Popen(_granian("127.0.0.1", port, 2))
    try:
        end = time.monotonic() + 60
        while health("127.0.0.1", port) is None:
            if process.poll() is not None or time.monotonic() > end:
                raise SystemExit("the web server did not start")
            time.sleep(0.2)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def count_statements(world: dict[str, Any]) -> dict[str, int]:
    """SQL statements of one page each, everything counted: session, rights, and the look that is written down."""
    from django.conf import settings
    from django.db import connection

    settings.ALLOWED_HOSTS = ["*"]
    pages = {"home": "/", "file": f"/bookings/{world['open'][0]}", "find": "/find?q=garcia"}
    out = {}
    for name, path in pages.items():
        world["client"].get(path)
        connection.force_debug_cursor = True
        before = len(connection.queries)
        answer = world["client"].get(path)
        out[name] = len(connection.queries) - before
        connection.force_debug_cursor = False
        if answer.status_code != 200:
            raise SystemExit(f"{path}: expected 200, found {answer.status_code}")
    connection.close()
    return out


# --------------------------------------------------------------------------------------------------------- telling


def quantile(times: list[float], share: float) -> float:
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")


def report(given: Any, filled: float, statements: dict[str, int], *loads: dict[str, list[float]]) -> int:
    rows, met = [], True
    limits: dict[str, float] = {"home": 100, "file": 100, "find": 100, "decide": 25}
    show: Callable[[float], str] = "{:.1f}".format
    for times in loads:
        for name in (one for one in limits if one in times):
            found = times[name]
            p95 = quantile(found, 0.95)
            met = met and p95 <= limits[name]
            rows.append(
                (name, len(found), statements.get(name, "–"), show(quantile(found, 0.5)), show(p95), show(max(found)),
                 against(p95, limits[name], " ms"))
            )  # fmt: skip
    errors = sum(len(times["error"]) for times in loads)
    text = "\n\n".join(
        (
            f"{given.bookings:,} bookings (filled in {filled:.0f} s); {PAGES} pages a second and "
            f"{DECISIONS} decisions a second for {given.seconds} s each; two workers, the database and "
            f"the asking side share two cores. Errors: {errors}.",
            table(
                ("asked", "answers", "SQL statements", "median ms", "p95 ms", "slowest ms", "at most"), rows
            ),
        )
    )
    publish(given, "The desk under load", text)
    return 0 if met and not errors else 1


if __name__ == "__main__":
    sys.exit(main())
