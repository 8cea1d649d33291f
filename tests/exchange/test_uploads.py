"""What is kept of a file that was handed in, looked up in the bytes of the database: no column that may not be collected, and
after the trial none that is not read; and the rows are those of the file, with its lines."""

from __future__ import annotations

import hashlib
import io
import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bailiwick.custody.acting import Actor
from bailiwick.custody.collection import STATUS_FIELDS, forbidden_column
from bailiwick.custody.errors import Refused
from bailiwick.custody.exchange import later, mapping, reading, uploads
from bailiwick.custody.exchange.tables import fields
from bailiwick.custody.models import Booking, ImportPart, ImportRow, ImportRun, ImportUpload
from bailiwick.record.models import Event
from tests.conftest import make_agency, make_user
from tests.exchange.conftest import AT, counts, problems

HEAD = "number,family_name,given_name,booked_at,ground"
#: Columns that may not be collected by their names; one under a name of the system's own; one that nobody maps.
MIXED = (
    f"{HEAD},Country of Citizenship,CTZ,Scars\n"
    '1,Doe,"Alex\nMaria",2026-03-01 22:00,arrest,Utopia,Atlantis,left knee\n'
    "\n"
    "2,Roe,,2026-03-01 22:00,arrest,Utopia,Atlantis,left knee\n"
    "3,Poe,Sam,2026-03-01 22:00,arrest,Utopia,Atlantis,left knee,one too many\n"
    "4,Poe,Sam,2026-03-01 23:00,arrest,Utopia,Atlantis,left knee\n"
)


def stored() -> str:
    """Every byte that is kept of files."""
    parts = ImportPart.objects.order_by("upload", "number").values_list("content", flat=True)
    return b"".join(map(bytes, parts)).decode()


def handed_in(actor: Actor, content: str | bytes, **more: Any) -> ImportUpload:
    data = content if isinstance(content, bytes) else content.encode()
    return uploads.hand_in(actor, "jail.csv", io.BytesIO(data), most=10_000_000, **more)


def plan(**more: str) -> mapping.Plan:
    return mapping.Plan("bookings", {name: name for name in HEAD.split(",")} | more)


def test_what_may_not_be_collected_is_never_stored_where_its_name_says_so(jail: Actor) -> None:
    upload = handed_in(jail, MIXED)
    assert "Utopia" not in stored()
    assert "Atlantis" in stored()  # nobody knows yet what CTZ is
    sheet = uploads.sheet_of(upload)
    assert sheet.dropped == {"Country of Citizenship": "Cal. Gov. Code § 7284.6(a)(1)(A)"}
    assert sheet.columns == [*HEAD.split(","), "CTZ", "Scars"]


@pytest.mark.parametrize("more", [{}, {"CTZ": "citizenship_said"}])
def test_from_the_trial_on_only_the_columns_that_are_read_are_stored(
    jail: Actor, more: dict[str, str]
) -> None:
    upload = handed_in(jail, MIXED)
    tried = later.start(jail, plan(**more), upload, dry=True)
    assert all(word not in stored() for word in ("Utopia", "Atlantis", "left knee"))
    assert "Poe" in stored()
    assert {one["column"] for one in tried.dropped} == {"Country of Citizenship", *more}
    run = later.start(jail, plan(**more), upload, dry=False)
    assert [one["column"] for one in run.dropped] == [one["column"] for one in tried.dropped]
    everywhere = json.dumps(
        [*ImportRow.objects.values_list("raw", flat=True), *Event.objects.values_list("body", flat=True)]
    )
    assert all(word not in everywhere for word in ("Utopia", "Atlantis", "left knee"))


def test_rows_are_named_by_the_line_of_the_persons_own_file_and_the_same_file_again_changes_nothing(
    jail: Actor,
) -> None:
    upload = handed_in(jail, MIXED)
    tried = later.start(jail, plan(), upload, dry=True)
    run = later.start(jail, plan(), upload, dry=False)
    assert counts(tried) == counts(run) == (4, 2, 0, 2)
    assert problems(tried) == problems(run)
    assert set(problems(run)) == {5, 6}  # a quoted line break and an empty line stand before them
    assert "given_name: expected given name" in problems(run)[5]
    assert "expected 8 cells, found 9" in problems(run)[6]
    assert sorted(Booking.objects.values_list("person__given_name", flat=True)) == ["Alex\nMaria", "Sam"]
    again = later.start(jail, plan(), handed_in(jail, MIXED), dry=False)
    assert counts(again) == (4, 0, 2, 2)
    assert ImportUpload.objects.count() == 0


def test_a_program_that_names_its_mapping_leaves_no_other_column_even_for_a_moment(jail: Actor) -> None:
    upload = handed_in(jail, MIXED, plan=plan(CTZ="citizenship_said"))
    assert all(word not in stored() for word in ("Utopia", "Atlantis", "left knee"))
    assert set(uploads.sheet_of(upload).dropped) == {"Country of Citizenship", "CTZ"}
    with pytest.raises(Refused, match="expected a column for booked_at"):
        handed_in(jail, "number,family_name,given_name\n1,Doe,Alex\n", plan=plan())
    assert ImportUpload.objects.count() == 1


def test_a_key_that_comes_late_in_a_json_file_is_kept_nowhere(jail: Actor) -> None:
    rows: list[dict[str, Any]] = [
        {"number": str(n), "family_name": "Doe", "given_name": "A", "booked_at": "2026-03-01 22:00"}
        for n in range(150)
    ]
    rows[120] |= {"citizenship": "Utopia", "given_name": ""}
    upload = handed_in(jail, json.dumps(rows))
    assert "Utopia" not in stored()
    run = later.start(jail, plan(), upload, dry=False)
    assert problems(run).keys() == {121}
    assert "Utopia" not in json.dumps(list(ImportRow.objects.values_list("raw", flat=True)))


def test_where_the_law_is_silent_a_mapped_column_is_kept(db: str) -> None:
    agency = make_agency("Jail in Wyoming", "us/wy/laramie-county", zone="America/Denver")
    actor = Actor(agency, AT, make_user(agency, "clerk"), how="import")
    text = "number,family_name,given_name,booked_at,birthplace\n1,Doe,A,2026-03-01 22:00,Atlantis\n"
    upload = handed_in(actor, text)
    assert uploads.sheet_of(upload).dropped == {}
    where = mapping.Plan("bookings", {name: name for name in text.split("\n")[0].split(",")})
    later.start(actor, where, upload, dry=False)
    assert Booking.objects.get().person.birthplace == "Atlantis"


def test_every_name_that_is_proposed_for_a_forbidden_field_is_a_forbidden_name() -> None:
    for one in fields("bookings").values():
        assert all(forbidden_column(name) == (one.name in STATUS_FIELDS) for name in (one.name, *one.also))


def test_size_and_digest_are_those_of_the_file_as_it_came(jail: Actor) -> None:
    content = json.dumps([{"number": "1"}]).encode() + b"\n" * 300_000
    upload = handed_in(jail, content)
    assert (upload.size, upload.sha256) == (len(content), hashlib.sha256(content).hexdigest())


def test_a_file_of_many_parts_gives_the_rows_that_the_file_gives(jail: Actor) -> None:
    lines = "".join(f"{n},Doe,{'x' * (n % 90)},2026-03-01 22:00,caf\xe9,Utopia\n" for n in range(40_000))
    content = f"{HEAD},citizenship\n{lines}".encode("latin-1")
    upload = handed_in(jail, content)
    assert ImportPart.objects.count() > 2
    kept, whole = uploads.sheet_of(upload), reading.read(io.BytesIO(content))
    for ours, theirs in zip(kept.rows, whole.rows, strict=True):
        theirs.cells.pop("citizenship")
        assert ours == theirs
    assert (kept.other, kept.read_as) == (whole.other, whole.read_as) == ([40_000], "CSV, UTF-8, commas")
    uploads.keep_only(jail, upload, plan())
    assert [row.line for row in uploads.sheet_of(upload).rows] == list(range(2, 40_002))


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(["a", "b", "c"]), st.text(st.characters(codec=None), max_size=20), min_size=1
        ),
        min_size=1,
        max_size=8,
    )
)
def test_whatever_the_cells_hold_is_read_back(jail: Actor, rows: list[dict[str, str]]) -> None:
    content = "\n".join(map(json.dumps, rows))
    found = uploads.sheet_of(handed_in(jail, content))
    assert list(found.rows) == list(reading.read(io.BytesIO(content.encode())).rows)


def test_a_file_that_is_being_read_is_not_read_a_second_time(jail: Actor) -> None:
    upload = handed_in(jail, MIXED)
    run = later.start(jail, plan(), upload, dry=False, seconds=0)
    ImportRun.objects.filter(pk=run.pk).update(finished_at=None)
    upload = handed_in(jail, MIXED)
    ImportRun.objects.filter(pk=run.pk).update(upload=upload)
    with pytest.raises(Refused, match="is being read"):
        later.start(jail, plan(), upload, dry=True)


def test_what_is_deleted_while_it_is_read_is_no_end_of_the_file(jail: Actor) -> None:
    sheet = uploads.sheet_of(upload := handed_in(jail, HEAD + "\n" + "1,a,b,c,d\n" * 100_000))
    next(sheet.rows)
    upload.delete()
    with pytest.raises(Refused, match="not kept any more"):
        list(sheet.rows)


def test_a_file_handed_in_and_forgotten_is_gone_after_a_day(jail: Actor) -> None:
    handed_in(jail, "number\n")
    assert uploads.let_go(None, AT + timedelta(hours=23)) == 0
    assert uploads.let_go(None, AT + timedelta(hours=25)) > 0
    assert (ImportUpload.objects.count(), stored()) == (0, "")


@pytest.mark.parametrize("content", [b"number\n" + b"1\n" * 500, b"", b"%PDF", b"[]" + b" " * 1000])
def test_a_file_that_is_too_large_or_no_table_is_refused_and_not_kept(jail: Actor, content: bytes) -> None:
    with pytest.raises(Refused):
        uploads.hand_in(jail, "jail.csv", io.BytesIO(content), most=900)
    assert (ImportUpload.objects.count(), stored()) == (0, "")
