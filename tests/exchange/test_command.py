"""`bailiwick desk import`: what it prints and takes, its exit status, and whom it refuses."""

from __future__ import annotations

import csv
import io
import json
import os
from pathlib import Path
from typing import Any

import pytest

from bailiwick.cli import run
from bailiwick.custody.acting import Actor
from bailiwick.custody.exchange import mapping
from bailiwick.custody.models import Booking, ImportRow, ImportRun, ImportUpload, User
from bailiwick.desk.clock import standing_at
from bailiwick.record.models import Event
from tests.conftest import make_agency
from tests.exchange.conftest import AT

TEXT = (
    "BookNo,Last Name,First Name,Booked,Nationality,Hold\n"
    "26-1,Doe,Alex,2026-03-01 22:00,Utopia,ARR\n"
    "26-2,Roe,,2026-03-01 23:00,Utopia,ARR\n"
    '26-3,"=HYPERLINK(1)",Sam,2027-03-01 23:00,Utopia,ARR\n'
)
COLUMNS = {
    "BookNo": "number",
    "Last Name": "family_name",
    "First Name": "given_name",
    "Booked": "booked_at",
    "Hold": "ground",
}
PLAN = {"columns": COLUMNS, "values": {"ground": {"ARR": "arrest"}}}


@pytest.fixture(autouse=True)
def _database(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("DATABASE_URL", os.environ.get("DATABASE_URL") or "postgresql://in-the-tests")
    with standing_at(AT):
        yield


@pytest.fixture
def clerk(db: str) -> User:
    agency = make_agency("A Jail")
    clerk = User.objects.create(agency=agency, role="clerk", username="mwong")
    mapping.save(Actor(agency, AT, clerk), "nightly", mapping.Plan.of("bookings", PLAN))
    User.objects.create(agency=agency, role="auditor", username="lookson")
    User.objects.create(agency=agency, role="clerk", username="gone", is_active=False)
    User.objects.create(agency=agency, role="clerk", username="shut", locked_at=AT)
    User.objects.create(agency=make_agency("B Jail"), role="clerk", username="other")
    return clerk


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "jail.csv"
    path.write_text(TEXT, encoding="utf-8")
    return path


def said(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    capsys.readouterr()
    status = run(["desk", "import", *map(str, words)])
    out, err = capsys.readouterr()
    return status, out, err


WHO = ("--agency", "A Jail", "--user", "mwong", "--mapping", "nightly")


def test_a_file_is_tried_then_imported_and_again_changes_nothing(
    clerk: User, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = said(capsys, "bookings", file, *WHO, "--dry-run")
    assert (status, err, Booking.objects.count()) == (1, "", 0)
    assert out.startswith("1 of 3 rows would be taken; nothing has been changed\n0 unchanged, 2 set aside.")
    words = " ".join(out.split())  # however wide the terminal is
    assert "Not read: Nationality; the law here forbids to collect it, Cal. Gov. Code § 7284.6" in words
    assert "3 given_name: expected given name, found an empty cell" in words
    assert "4 booked_at: expected a time that has passed, found one in the future" in words
    status, out, _ = said(capsys, "bookings", file, *WHO)
    assert (status, out.splitlines()[0]) == (1, "1 of 3 rows taken")
    assert Booking.objects.get().number == "26-1"
    assert ImportRow.objects.filter(done_at=None).count() == 2
    assert Event.objects.get(kind="booking.made").actor == clerk.username
    assert ImportUpload.objects.count() == 0
    status, out, _ = said(capsys, "bookings", file, *WHO)
    assert out.splitlines()[:2] == ["0 of 3 rows taken", "1 unchanged, 2 set aside. CSV, UTF-8, commas."]


def test_rows_set_aside_are_csv_that_is_safe_to_open_and_hold_nothing_forbidden(
    clerk: User, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, _ = said(capsys, "bookings", file, *WHO, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert status == 1
    assert [row["line"] for row in rows] == ["3", "4"]
    assert rows[0].keys() == {"line", "says", *COLUMNS}
    assert rows[1]["Last Name"] == "'=HYPERLINK(1)"
    assert "Utopia" not in out


def test_counts_are_json_and_all_taken_is_0(
    clerk: User, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, plan = tmp_path / "jail.csv", tmp_path / "plan.json"
    file.write_text("".join(TEXT.splitlines(keepends=True)[:2]), encoding="utf-8")
    plan.write_text(json.dumps(PLAN), encoding="utf-8")
    status, out, _ = said(capsys, "bookings", file, *WHO[:4], "--mapping", plan, "--format", "json")
    found = json.loads(out)
    assert status == 0
    assert found.pop("import") == ImportRun.objects.get().pk
    assert found.pop("dropped")[0]["column"] == "Nationality"
    assert found == {"dry_run": False, "read_as": "CSV, UTF-8, commas", "read": 1, "taken": 1, "unchanged": 0,
                     "set_aside": 0, "rows_set_aside": []}  # fmt: skip


def test_without_a_mapping_columns_go_by_their_names(
    clerk: User, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "jail.csv"
    file.write_text(
        "booking_number,dob,lname,fname,intake_date\n1,,Doe,Alex,2026-03-01 22:00\n", encoding="utf-8"
    )
    assert said(capsys, "bookings", file, *WHO[:4])[0] == 0
    assert Booking.objects.get().person.family_name == "Doe"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("people", "FILE", *WHO), "KIND: expected one of bookings, grounds, charges, releases, found 'people'"),
        (("bookings", "nowhere.csv", *WHO), "nowhere.csv: expected a file, found none of that name"),
        (("bookings", "FOLDER", *WHO), "expected a file, found a folder"),
        (("bookings", "FILE", *WHO[2:]), "--agency: expected one of 'A Jail', 'B Jail'; found 'nothing'"),
        (("bookings", "FILE", "--agency", "C", *WHO[2:]), "--agency: expected one of 'A Jail', 'B Jail'; found 'C'"),
        (("bookings", "FILE", *WHO[:2]), "--user: expected the account under whose name"),
        (("bookings", "FILE", *WHO[:3], "other"), "--user: expected an account of A Jail, found 'other'"),
        (("bookings", "FILE", *WHO[:3], "lookson"), "found 'lookson', who may not import files"),
        (("bookings", "FILE", *WHO[:3], "gone"), "found 'gone', which may not"),
        (("bookings", "FILE", *WHO[:3], "shut"), "found 'shut', which may not"),
        (("bookings", "FILE", *WHO[:5], "weekly"), "--mapping: expected one of nightly; found 'weekly'"),
        (("charges", "FILE", *WHO), "--mapping: expected a mapping of charges, found one of bookings"),
        (("bookings", "FILE", *WHO[:5], "none.json"), "none.json: expected a mapping, found No such file"),
        (("bookings", "FILE", *WHO[:4]), "The mapping: expected a column for"),
        (("bookings", "PDF", *WHO), "expected CSV or JSON, found a PDF"),
        (("bookings", "FILE", *WHO, "--format", "xml"), "--format: expected table, json, csv, found 'xml'"),
    ],
)  # fmt: skip
def test_bad_input_is_one_line_and_changes_nothing(
    words: tuple[str, ...], says: str, clerk: User, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pdf = file.with_name("a.pdf")
    pdf.write_bytes(b"%PDF-1.7")
    if words[1:] == ("FILE", *WHO[:4]):
        file.write_text("a,b\n1,2\n", encoding="utf-8")
    names = {"FILE": file, "FOLDER": file.parent, "PDF": pdf}
    status, out, err = said(capsys, *(names.get(word, word) for word in words))
    assert (status, out, len(err.strip().splitlines())) == (2, "", 1)
    assert says in err
    assert (ImportRun.objects.count(), Booking.objects.count()) == (0, 0)
