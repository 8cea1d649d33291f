"""Imports of a jail's own system: rows a second, every row accounted for, repeated without change, in flat memory.

    python benchmarks/import_rows.py      100,000 bookings, 1 % of them bad; then as many charges and releases, others of them bad
    python benchmarks/import_rows.py --rows 1000000 --bad 1 --only bookings        a million rows with one bad

On an embedded PostgreSQL that writes to disk as it would in a county (fsync on), with the rights of a clerk (row-level security
on), two cores. Which rows are set aside is known beforehand and compared line by line: the bad ones, and those of bookings that
were themselves set aside. A repeated import must take nothing and append no event but its own. The record is verified at the end:
every row taken has its event, numbered without a gap.

`processor` is what this process and its server process of PostgreSQL took, one after the other: what the time would be on
a machine with nothing else to do and a disk that does not wait.
"""

from __future__ import annotations

import os
import random
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from measuring import against, at_most_two_cores, options, publish, table

TARGET = 60.0
#: Ways in which a row is bad, in turn.
BAD = (
    ("Doe", "", "2026-01-02 03:04"),
    ("Doe", "Alex", "45352.9"),
    ("Doe", "Alex", "2025-11-02 01:30"),
    ("Doe", "Alex", "2199-01-01 00:00"),
    ("Doe", "Alex", "yesterday"),
)


def bookings(path: Path, rows: int, wrong: set[int]) -> None:
    """A file of bookings."""
    with path.open("w", encoding="utf-8") as file:
        file.write("Booking No,Last Name,First Name,DOB,Booking Date,Ground,Nationality\n")
        for n in range(rows):
            family, given, at = (
                BAD[n % len(BAD)] if n in wrong else (f"Doe{n % 9973}", f"Alex{n % 97}", _when(n))
            )
            file.write(
                f"B{n:08},{family},{given},19{60 + n % 40}-0{1 + n % 9}-1{n % 10},{at},arrest,Utopia\n"
            )


def _when(n: int) -> str:
    return f"2026-0{1 + n % 3}-{1 + n % 27:02} {n % 24:02}:{n % 60:02}"


def charges(path: Path, rows: int, wrong: set[int]) -> None:
    """A charge for each booking; a bad row names a booking that is none."""
    with path.open("w", encoding="utf-8") as file:
        file.write("Booking No,Section,Charge Status,Grade\n")
        for n in range(rows):
            file.write(
                f"{'X' if n in wrong else 'B'}{n:08},PC {400 + n % 90},charged,{'felony' if n % 3 else 'misdemeanor'}\n"
            )


def releases(path: Path, rows: int, wrong: set[int]) -> None:
    """A release for each booking, when its last ground ended; a bad row says one before the booking."""
    with path.open("w", encoding="utf-8") as file:
        file.write("Booking No,kind,left_at,grounds_ended_at\n")
        for n in range(rows):
            at = "2020-01-01 00:00" if n in wrong else "2026-04-01 10:00"
            file.write(f"B{n:08},released,{at},{at}\n")


FILES = {"bookings": bookings, "charges": charges, "releases": releases}


def desk() -> Iterator[str]:
    """A migrated database of its own; gives its address."""
    import django

    from bailiwick.desk.postgres import embedded

    with embedded() as uri:
        os.environ.update(
            DATABASE_URL=uri,
            DJANGO_SETTINGS_MODULE="bailiwick.desk.settings",
            BAILIWICK_SECRET_KEY="benchmark",
        )
        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0, interactive=False)
        yield uri


def measure(rows: int, bad: int, only: str, folder: Path) -> list[tuple[Any, ...]]:
    from datetime import UTC, datetime

    from bailiwick.custody.acting import Actor
    from bailiwick.custody.exchange import importing, mapping, reading
    from bailiwick.custody.models import Agency, Booking, ImportRow, User
    from bailiwick.custody.rights import scope_of
    from bailiwick.custody.seeing import seeing
    from bailiwick.record.models import Event
    from bailiwick.record.verifying import verify

    agency = Agency.objects.create(
        name="Benchmark County Jail",
        place="us/ca/fresno-county",
        custodian="county_jail",
        zone="America/Los_Angeles",
    )
    clerk = User.objects.create(username="clerk", agency=agency, role="clerk")
    actor = Actor(agency, datetime(2026, 6, 1, tzinfo=UTC), clerk, how="import")
    out: list[tuple[Any, ...]] = []

    def events() -> int:
        return Event.objects.exclude(kind__startswith="import.").count()

    no_booking: set[int] = set()
    with seeing(scope_of(clerk)):
        for seed, name in enumerate(FILES):
            if only and name != only:
                continue
            path = folder / f"{name}.csv"
            wrong = set(random.Random(seed).sample(range(rows), bad))
            FILES[name](path, rows, wrong)
            aside = wrong | no_booking
            if name == "bookings":
                no_booking = wrong
            with path.open("rb") as file:
                plan = mapping.Plan(name, mapping.propose(name, reading.read(file).columns))
            for what, dry in (("trial", True), ("import", False), ("again", False)):
                stood, begun, before, spent = events(), time.perf_counter(), peak(), processor()
                run = importing.run_file(
                    actor, plan, lambda path=path: path.open("rb"), name=path.name, dry=dry
                )  # type: ignore[misc]
                took, worked = time.perf_counter() - begun, processor() - spent
                assert run.read == rows == run.taken + run.unchanged + run.set_aside, run.__dict__
                assert run.set_aside == len(aside), (name, what, run.set_aside, len(aside))
                if not dry:
                    found = set(ImportRow.objects.filter(run=run).values_list("line", flat=True))
                    assert found == {n + 2 for n in aside}, sorted(found ^ {n + 2 for n in aside})[:5]
                if what != "import":
                    assert events() == stood, f"{name}: {what} changed something"
                if what == "again":
                    assert run.taken == 0, "a repeated import changed something"
                out.append(
                    (
                        name,
                        what,
                        run.read,
                        run.taken,
                        run.unchanged,
                        run.set_aside,
                        f"{took:.1f} s",
                        f"{worked:.1f} s",
                        f"{rows / took:,.0f}",
                        f"{peak() - before:+.0f} MB",
                    )
                )
                print(*out[-1], sep="  ", flush=True)
    report = verify()
    assert report.findings == [], report.findings[:3]
    made = Event.objects.filter(kind="booking.made").count()
    assert made == Booking.objects.count(), "a booking without its event"
    return out


def processor() -> float:
    """Seconds of processor of this process and of the process of PostgreSQL that serves it."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        number = cursor.fetchone()[0]
    words = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
    return time.process_time() + (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def peak() -> float:
    """Most memory of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--bad", type=int, help="how many rows are bad; 1 %% when not given")
    parser.add_argument(
        "--only", choices=["bookings"], default="", help="bookings alone, without what belongs to them"
    )
    given = parser.parse_args()
    bad = given.rows // 100 if given.bad is None else given.bad
    at_most_two_cores()
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        for _ in desk():
            rows = measure(given.rows, bad, given.only, Path(folder))
    took = {row[0]: float(row[6].split()[0]) for row in rows if row[1] == "import"}
    head = (
        "table",
        "what",
        "rows read",
        "taken",
        "unchanged",
        "set aside",
        "time",
        "processor",
        "rows/s",
        "more memory at most",
    )
    said = " ".join(
        f"Import of {given.rows:,} {name}, {bad:,} bad: {seconds:.1f} s (target {against(seconds, TARGET, ' s')})."
        for name, seconds in took.items()
    )
    text = f"{table(head, rows)}\n\n{said}"
    publish(given, "Importing a jail's own files", text)


if __name__ == "__main__":
    sys.exit(main())
