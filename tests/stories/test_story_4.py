"""Story 4: a monitor asks for last year's report and proof, and checks it with a verifier that is not the county's.

The county sends the report, the checkpoint and 40 events drawn with the monitor's own seed. The monitor runs `docs/verifier.py`
by itself (`python -I`, a folder of its own), with the public key it got a year ago.
"""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from bailiwick.custody import asking, deciding, files
from bailiwick.custody.acting import Actor
from bailiwick.custody.models import Agency
from bailiwick.record.keys import Signer
from tests.conftest import People

VERIFIER = Path(__file__).parents[2] / "docs" / "verifier.py"
SIGNER = Signer("record.example-county.gov", bytes(range(32)))
SEED = "office of the attorney general, 4711"
#: 20 people were asked about in 2025, one in the last hour of 2024 and one in the first of 2026, by the clock of the place.
FIRST = datetime(2025, 1, 20, 18, 0, tzinfo=UTC)
EDGES = (datetime(2025, 1, 1, 7, 30, tzinfo=UTC), datetime(2026, 1, 1, 8, 30, tzinfo=UTC))


@pytest.fixture
def year(transactional_db: str, agency: Agency, people: People) -> str:
    """The database of a jail that had a year of requests; half of the holds were declined by the first who signed."""
    days = [FIRST + timedelta(days=16 * n) for n in range(20)]
    for n, at in enumerate(sorted([*days, *EDGES])):
        actor = Actor(agency, at, people.clerk)
        booking = files.book(
            actor, number=f"25-{n:06d}", person={"family_name": "Doe", "given_name": f"Person {n}"},
            booked_at=at - timedelta(hours=2), grounds=[{"kind": "charge"}], charges_complete=True,
        )  # fmt: skip
        request = asking.receive(
            actor, booking, kind="immigration_detainer", form="I-247A", received_at=at - timedelta(hours=1),
            warrant="administrative", signed=True, complete=True,
        )  # fmt: skip
        answer = request.answers.get(superseded_at=None)
        deciding.sign(Actor(agency, at, people.supervisor), answer, {"hold": "decline"})
    connection.close()
    return transactional_db


def county(database: str, *words: str) -> str:
    """What the county prints. Each command is a process of its own, as in the county's shell."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("BAILIWICK_", "DJANGO_", "DATABASE_"))}
    done = subprocess.run(
        [sys.executable, "-m", "bailiwick.cli", *words], capture_output=True, text=True,
        env={**kept, "DATABASE_URL": database, "BAILIWICK_RECORD_KEY": str(SIGNER)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def monitor(folder: Path, proof: str) -> tuple[int, list[str]]:
    """The monitor's own computer: the verifier of the documentation, the public key, what was sent."""
    folder.mkdir(exist_ok=True)
    shutil.copy(VERIFIER, folder / "verifier.py")
    (folder / "proof.json").write_text(proof, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-I", "verifier.py", str(SIGNER.verifier), "proof.json", SEED, "40"],
        capture_output=True, text=True, cwd=folder, env={},
    )  # fmt: skip
    assert done.stderr == ""
    return done.returncode, done.stdout.splitlines()


def test_the_monitor(year: str, tmp_path: Path) -> None:
    # Asked for last year's report and proof, the county sends three things.
    report = list(csv.DictReader(io.StringIO(county(year, "report", "decisions", "--year", "2025"))))
    checkpoint = county(year, "record", "checkpoint")
    proof = county(year, "record", "sample", "--seed", SEED, "--count", "40")

    # The report has the year by the clock of the place, and each row the event that it rests on.
    assert Counter((row["action"], row["outcome"], row["chosen"], row["departs"]) for row in report) == {
        ("hold", "forbidden", "decline", "no"): 20
    }
    assert {row["signed_at"][:4] for row in report} == {"2025"}

    # The monitor checks it alone: everything is true, and these are the events the seed draws.
    sent: dict[str, Any] = json.loads(proof)
    assert sent["checkpoint"] == checkpoint
    status, said = monitor(tmp_path / "monitor", proof)
    assert (status, said[-1].partition(",")[0]) == (0, f"40 events of {checkpoint.splitlines()[1]}")
    assert said[-1].endswith("wrong: 0")

    # Rows of the report whose events were drawn say what those events say.
    drawn = {event["number"]: json.loads(event["body"]) for event in sent["events"]}
    met = [row for row in report if int(row["event"]) in drawn]
    assert met
    for row in met:
        body = drawn[int(row["event"])]
        assert (body["kind"], body["at"], body["data"]["chosen"]) == (
            "answer.signed", row["signed_at"], {row["action"]: row["chosen"]},
        )  # fmt: skip

    # One event altered in the file that was sent: the verifier names it, and no other.
    victim = int(met[0]["event"])
    altered: dict[str, Any] = json.loads(proof)
    for event in altered["events"]:
        if event["number"] == victim:
            event["body"] = event["body"].replace('"hold":"decline"', '"hold":"honor"')
    status, said = monitor(tmp_path / "monitor", json.dumps(altered))
    assert status == 1
    assert said == [f"event {victim} was ALTERED: it is not what was signed", said[-1]]
    assert said[-1].endswith("wrong: 1")

    # The same event altered in the database by somebody with all power over it, and drawn again: named again.
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            """UPDATE record_event SET body = replace(body, '"hold":"decline"', '"hold":"honor"')
               WHERE id = (SELECT event_id FROM record_leaf WHERE number = %s)""",
            [victim],
        )
    again = county(year, "record", "sample", "--seed", SEED, "--count", "40")
    assert monitor(tmp_path / "monitor", again) == (1, said)
