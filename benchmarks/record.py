"""Verify a record of a million events, prove one of them, and append: how long each takes.

    python benchmarks/record.py [--events 1000000] [--repeat 3] [--page docs/benchmarks.md --date 2026-11-25]

The events are made by `COPY` with the triggers of the record on, which number and hash them as they do for the desk; bodies are
those of a usual event (about 300 bytes). PostgreSQL is the embedded one, with its own settings. Proofs are checked with
`docs/verifier.py`.
"""

from __future__ import annotations

import importlib.util
import json
import os
import random
import resource
import secrets
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
sys.path.insert(0, str(HERE))

from measuring import at_most_two_cores, options, publish, table  # noqa: E402

START = datetime(2026, 1, 1, tzinfo=UTC)
#: Events of one COPY, so of one transaction.
BATCH = 20_000


def fill(events: int) -> float:
    """So many events, in batches. Returns the seconds they took."""
    from django.db import connection, transaction

    from bailiwick.record.log import body_of

    before = time.perf_counter()
    for first in range(0, events, BATCH):
        with transaction.atomic():
            connection.ensure_connection()
            cursor = connection.connection.cursor()
            with cursor.copy(
                "COPY record_event (at, agency_id, actor, kind, subject, body) FROM STDIN"
            ) as copy:
                for n in range(first, min(first + BATCH, events)):
                    at, kind, subject = START + timedelta(seconds=n), "due.set", f"booking/{n % 4000}"
                    data = {
                        "due": n,
                        "source": "us/ca:truth-act/copy",
                        "what": "give the person a copy",
                        "how": "page",
                    }
                    body = body_of(
                        kind, subject, data, agency=1, actor="clerk", at=at, salt=secrets.token_hex(16)
                    )
                    copy.write_row((at, 1, "clerk", kind, subject, body))
    return time.perf_counter() - before


def measure(events: int, repeat: int) -> list[tuple[str, str, str]]:
    from django.db import connection, transaction

    from bailiwick.record import proofs
    from bailiwick.record.checkpoints import sign_checkpoint
    from bailiwick.record.keys import make_key, read_signer
    from bailiwick.record.log import append
    from bailiwick.record.verifying import verify

    signer = read_signer(make_key("benchmark"))
    filled = fill(events)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE record_leaf; ANALYZE record_event")
    begun = time.perf_counter()
    signed = sign_checkpoint(signer, START)
    first_checkpoint = time.perf_counter() - begun

    draw = random.Random(1)
    single: list[float] = []
    spec = importlib.util.spec_from_file_location("verifier", HERE.parent / "docs" / "verifier.py")
    assert spec is not None
    assert spec.loader is not None
    verifier = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(verifier)
    for _ in range(100):
        number = draw.randrange(events)
        begun = time.perf_counter()
        made: dict[str, Any] = proofs.proof([number])
        single.append(time.perf_counter() - begun)
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump(made, file)
            file.flush()
            with open(os.devnull, "w") as nothing:
                shown, sys.stdout = sys.stdout, nothing
                try:
                    wrong = verifier.main(str(signer.verifier), file.name)
                finally:
                    sys.stdout = shown
        if wrong:
            raise SystemExit(f"the proof of event {number} does not verify")
    single.sort()

    times = []
    for _ in range(repeat):
        begun = time.perf_counter()
        report = verify([signer.verifier], [signed.note])
        times.append(time.perf_counter() - begun)
        if report.findings or report.events != events:
            raise SystemExit(f"the record does not verify: {report.findings[:3]}")

    begun = time.perf_counter()
    for n in range(200):
        with transaction.atomic():
            append("booking.viewed", f"booking/{n}", {}, agency=1, actor="clerk", at=START)
    appended = (time.perf_counter() - begun) / 200
    begun = time.perf_counter()
    sign_checkpoint(signer, START + timedelta(days=1))
    later = time.perf_counter() - begun
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [
        (f"verify {events:,} events, every text, hash and checkpoint", "60 s", f"{min(times):.1f} s"),
        ("one inclusion proof, median of 100", "50 ms", f"{single[50] * 1000:.1f} ms"),
        ("one inclusion proof, slowest of 100", "50 ms", f"{single[-1] * 1000:.1f} ms"),
        ("sign a checkpoint an hour later", "", f"{later * 1000:.0f} ms"),
        (f"sign the first checkpoint, over {events:,} events", "", f"{first_checkpoint:.1f} s"),
        ("append one event, a transaction of its own", "", f"{appended * 1000:.1f} ms"),
        (f"append {events:,} events by COPY, triggers on", "", f"{filled:.0f} s"),
        ("most memory", "", f"{memory:.0f} MiB"),
    ]


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    given = parser.parse_args()
    at_most_two_cores()
    from bailiwick.desk.postgres import embedded

    with embedded() as uri:
        os.environ.update(
            DATABASE_URL=uri, DJANGO_SETTINGS_MODULE="bailiwick.desk.settings", BAILIWICK_SECRET_KEY=secrets.token_urlsafe(50)
        )  # fmt: skip
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connections

        call_command("migrate", verbosity=0, interactive=False)
        rows = measure(given.events, given.repeat)
        connections.close_all()
    publish(given, "The record", table(("what", "asked", "measured"), rows))


if __name__ == "__main__":
    main()
