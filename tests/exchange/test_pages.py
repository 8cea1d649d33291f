"""The pages: hand in, say what the columns are, try, import; rows that wait; exports; connections."""

from __future__ import annotations

import csv
import io
import json
import os
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from django.utils.translation import override

from bailiwick.custody import files
from bailiwick.custody.acting import Actor
from bailiwick.custody.exchange import uploads, webhooks
from bailiwick.custody.models import (
    Agency,
    Booking,
    ImportMapping,
    ImportPart,
    ImportRow,
    ImportRun,
    ImportUpload,
    Webhook,
    WebhookDelivery,
)
from bailiwick.desk.clock import standing_at
from bailiwick.desk.forms.connections import MEANS
from bailiwick.record.models import Event
from tests.conftest import People
from tests.exchange.conftest import AT

TEXT = """BookNo,Last Name,First Name,Booked,Nationality,Hold
26-1,Doe,Alex,2026-03-01 22:00,Utopia,ARR
26-2,Roe,,2026-03-01 23:00,,ARR
"""


@pytest.fixture(autouse=True)
def clock() -> Any:
    with standing_at(AT):
        yield


@pytest.fixture
def browser(people: People) -> Any:
    def of(role: str) -> Client:
        client = Client()
        client.force_login(getattr(people, role))
        return client

    return of


def handed_in(client: Client, content: bytes | str = TEXT, name: str = "jail.csv") -> Any:
    data = content if isinstance(content, bytes) else content.encode()
    return client.post(
        "/imports/upload", {"file": SimpleUploadedFile(name, data), "table": "bookings"}, follow=True
    )


def columns(**more: str) -> dict[str, str]:
    """The answers of the page for TEXT; `Nationality` is not asked about."""
    fields = ("number", "family_name", "given_name", "booked_at", "ground")
    return {
        **{f"column-{n}": field for n, field in enumerate(fields)},
        "words": "ground: ARR = arrest",
        **more,
    }


def test_a_file_is_handed_in_tried_and_imported(browser: Any) -> None:
    client = browser("clerk")
    page = handed_in(client)
    assert "Nationality</strong>: Cal. Gov. Code" in page.content.decode()
    assert "Utopia" not in page.content.decode()
    tried = client.post(page.redirect_chain[-1][0], columns(save_as="Nightly"), follow=True)
    assert "1 of 2 rows would be taken, 1 set aside. Nothing has been changed." in tried.content.decode()
    assert "<dd>BookNo, Last Name, First Name, Booked, Hold <span" in tried.content.decode()
    assert "were left out before are not kept" in client.get(page.redirect_chain[-1][0]).content.decode()
    assert (Booking.objects.count(), ImportMapping.objects.get().name) == (0, "Nightly")
    run = ImportRun.objects.get()
    done = client.post(f"/imports/{run.pk}/go", follow=True)
    assert "1 of 2 rows taken, 1 set aside." in done.content.decode()
    assert Booking.objects.get().number == "26-1"
    assert ImportUpload.objects.count() == 0
    home = client.get("/imports").content.decode()
    assert "One row waits" in home
    assert "given_name: expected given name, found an empty cell" in home


def test_a_long_file_on_its_way_in_has_no_name_on_the_disk(
    browser: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[int, list[Path]]] = []
    hand_in = uploads.hand_in

    def look(actor: Actor, name: str, stream: Any, **more: Any) -> ImportUpload:
        seen.append((os.fstat(stream.fileno()).st_nlink, list(tmp_path.iterdir())))
        return hand_in(actor, name, stream, **more)

    monkeypatch.setattr(uploads, "hand_in", look)
    lines = "".join(f"26-{n},Doe,{'x' * 90},2026-03-01 22:00,Utopia,ARR\n" for n in range(30_000))
    with override_settings(FILE_UPLOAD_TEMP_DIR=str(tmp_path)):
        page = handed_in(browser("clerk"), TEXT.splitlines()[0] + "\n" + lines)
    assert "Which column is which?" in page.content.decode()
    assert seen == [(0, [])]
    assert ImportUpload.objects.get().size > 2_621_440


def test_a_file_that_is_gone_is_said_to_be_gone(browser: Any) -> None:
    client = browser("clerk")
    address = handed_in(client).redirect_chain[-1][0]
    client.post(address, columns())
    ImportPart.objects.all().delete()
    for page in (
        client.get(address, follow=True),
        client.post(f"/imports/{ImportRun.objects.get().pk}/go", follow=True),
    ):
        assert "Hand it in again." in page.content.decode()
    assert Booking.objects.count() == 0


def test_a_kept_mapping_is_chosen_by_its_name(browser: Any) -> None:
    client = browser("clerk")
    first = handed_in(client).redirect_chain[-1][0]
    client.post(first, columns(save_as="Nightly"))
    page = client.get(handed_in(client).redirect_chain[-1][0] + "?mapping=Nightly").content.decode()
    assert "ground: ARR = arrest" in page
    assert '<option value="ground" selected>' in page


def test_what_a_mapping_lacks_is_said_on_the_page(browser: Any) -> None:
    client = browser("clerk")
    address = handed_in(client).redirect_chain[-1][0]
    page = client.post(address, columns() | {"column-0": ""}).content.decode()
    assert "expected a column for number" in page
    page = client.post(address, columns(words="nonsense")).content.decode()
    assert "Expected a line as" in page
    assert ImportRun.objects.count() == 0


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"PK\x03\x04", "Excel workbook"),
        (b"%PDF", "PDF"),
        (b"a,a\n1,2\n", "more than once"),
        (b" ", "found nothing"),
    ],
)
def test_a_file_that_is_no_table_is_refused_on_the_page(browser: Any, content: bytes, says: str) -> None:
    assert says in handed_in(browser("clerk"), content).content.decode()


def waiting(client: Client) -> ImportRow:
    address = handed_in(client).redirect_chain[-1][0]
    client.post(address, columns())
    client.post(f"/imports/{ImportRun.objects.get().pk}/go")
    return ImportRow.objects.get(done_at=None)


def test_a_row_that_waits_is_mended_and_taken(browser: Any) -> None:
    client = browser("clerk")
    row = waiting(client)
    page = client.get(f"/imports/rows/{row.pk}").content.decode()
    assert 'value="Roe"' in page
    refused = client.post(
        f"/imports/rows/{row.pk}",
        {"cell-0": "26-2", "cell-1": "Roe", "cell-2": "", "cell-3": "x", "cell-4": "ARR"},
    )
    assert "expected given name" in refused.content.decode()
    client.post(
        f"/imports/rows/{row.pk}",
        {"cell-0": "26-2", "cell-1": "Roe", "cell-2": "Sam", "cell-3": "2026-03-01 23:00", "cell-4": "ARR"},
    )
    assert Booking.objects.filter(number="26-2").exists(), ImportRow.objects.get(pk=row.pk).done_how
    assert "No row waits." in client.get("/imports").content.decode()


def test_a_row_that_waits_is_put_down_with_a_reason(browser: Any) -> None:
    client = browser("clerk")
    row = waiting(client)
    assert (
        "This field is required" in client.post(f"/imports/rows/{row.pk}", {"because": ""}).content.decode()
    )
    client.post(f"/imports/rows/{row.pk}", {"because": "a test entry"})
    row.refresh_from_db()
    assert row.done_how == "put down: a test entry"


def test_a_long_import_goes_on_in_the_jobs(browser: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from procrastinate.contrib.django.models import ProcrastinateJob

    from bailiwick.custody.exchange import importing, later
    from bailiwick.desk.import_jobs import import_rows

    monkeypatch.setattr(later, "AT_ONCE", -1.0)
    monkeypatch.setattr(later.further, "__kwdefaults__", {"seconds": -1.0})
    monkeypatch.setattr(later.start, "__kwdefaults__", {"seconds": -1.0})
    monkeypatch.setattr(importing, "BATCH", 1)
    monkeypatch.setattr(importing.go_on, "__kwdefaults__", {"stop": importing.never, "batch": 1})
    client = browser("clerk")
    client.post(handed_in(client).redirect_chain[-1][0], columns())
    run = ImportRun.objects.get()
    assert (run.read, run.finished_at) == (1, None)
    assert "1 rows read so far; it goes on by itself." in client.get(f"/imports/{run.pk}").content.decode()
    job = ProcrastinateJob.objects.get(task_name="import_rows")
    import_rows(**job.args)
    run.refresh_from_db()
    assert (run.read, run.finished_at) == (2, AT)


def test_roles_that_may_not_import_export_or_connect_are_refused(browser: Any) -> None:
    for path, able in (
        ("/imports", {"clerk", "supervisor"}),
        ("/exports", {"supervisor", "counsel", "auditor"}),
        ("/connections", {"administrator"}),
    ):
        for role in ("clerk", "supervisor", "counsel", "auditor", "reporter", "administrator"):
            assert browser(role).get(path).status_code == (200 if role in able else 403), (path, role)


def test_another_agencys_file_and_rows_are_not_there(browser: Any, agency: Agency) -> None:
    from tests.conftest import make_agency, make_user

    row = waiting(browser("clerk"))
    other = Client()
    other.force_login(make_user(make_agency("Other"), "clerk", "other"))
    for path in (f"/imports/rows/{row.pk}", f"/imports/{row.run_id}"):
        assert other.get(path).status_code == 404


# ---------------------------------------------------------------------------------------------- exports, connections


@pytest.fixture
def booking(agency: Agency, people: People) -> Booking:
    return files.book(
        Actor(agency, AT, people.clerk),
        number="26-1",
        person={"family_name": "=Doe", "given_name": "Alex"},
        booked_at=AT,
    )


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_tables_and_files_are_taken_out_by_a_form_and_logged(browser: Any, booking: Booking) -> None:
    client = browser("supervisor")
    assert client.get("/exports/tables/bookings").status_code == 405
    rows = list(
        csv.DictReader(io.StringIO(body(client.post("/exports/tables/bookings")).decode("utf-8-sig")))
    )
    assert [(row["number"], row["family_name"]) for row in rows] == [("26-1", "'=Doe")]
    assert [one["booking"]["number"] for one in json.loads(body(client.post("/exports/files")))] == ["26-1"]
    for kind, name in (("json", "booking"), ("niem", "j:Booking")):
        assert name in client.post("/exports/file", {"number": "26-1", "format": kind}).json()
    assert (
        Event.objects.filter(kind="export.made", actor=client.session and Event.objects.last().actor).count()
        == 4
    )  # type: ignore[union-attr]
    assert "found none" in client.post("/exports/file", {"number": "9", "format": "json"}).content.decode()


def test_a_webhook_is_made_changed_and_its_secret_is_shown_once(browser: Any) -> None:
    client = browser("administrator")
    page = client.post(
        "/connections", {"url": "https://hook.example/in", "kinds": ["booking.made", "due.missed"]}
    ).content.decode()
    made = Webhook.objects.get()
    assert made.secret in page
    assert made.secret not in client.get(f"/connections/{made.pk}").content.decode()
    assert "https://hook.example/in" in client.get("/connections").content.decode()
    client.post(f"/connections/{made.pk}", {"url": made.url, "kinds": ["due.missed"], "active": "on"})
    old = made.secret
    page = client.post(f"/connections/{made.pk}/secret").content.decode()
    made.refresh_from_db()
    assert (made.kinds, made.secret != old, made.secret in page) == (["due.missed"], True, True)


def test_an_address_that_cannot_be_is_refused_on_the_page(browser: Any) -> None:
    page = browser("administrator").post(
        "/connections", {"url": "http://hook.example/", "kinds": ["due.missed"]}
    )
    assert "events are not sent in the open" in page.content.decode()


def test_what_was_given_up_is_shown_and_sent_once_more(browser: Any, agency: Agency, people: People) -> None:
    client = browser("administrator")
    webhooks.make(
        Actor(agency, AT, people.administrator), url="https://hook.example/", kinds=["booking.made"]
    )
    files.book(
        Actor(agency, AT, people.clerk),
        number="1",
        person={"family_name": "Doe", "given_name": "Alex"},
        booked_at=AT,
    )
    WebhookDelivery.objects.update(given_up_at=AT, tries=10, last_answer="500 Internal Server Error")
    delivery = WebhookDelivery.objects.get()
    page = client.get(f"/connections/{delivery.webhook_id}").content.decode()
    assert "given up" in page
    assert "500 Internal Server Error" in page
    client.post(f"/connections/deliveries/{delivery.pk}/again")
    delivery.refresh_from_db()
    assert delivery.given_up_at is None


def test_every_kind_of_event_may_be_chosen_and_is_said_in_the_language_of_the_page() -> None:
    with override("en"):
        assert {kind: str(means) for kind, means in MEANS.items()} == webhooks.KINDS
    with override("es"):
        assert all(str(means) != webhooks.KINDS[kind] for kind, means in MEANS.items())
