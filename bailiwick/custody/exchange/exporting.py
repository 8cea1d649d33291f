"""What goes out: a file whole as JSON, all files a user may see, tables as CSV. Each export is an event of the record."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import Model, QuerySet

from bailiwick.custody.acting import Actor, note, plain
from bailiwick.custody.errors import Refused
from bailiwick.custody.files import CHARGE_FIELDS, PERSON_FIELDS
from bailiwick.custody.models import Booking, Charge, Departure, Due, Ground, Request
from bailiwick.custody.rights import sees_sealed
from bailiwick.record.models import Event, Leaf

#: What a spreadsheet would take for a formula when a cell begins with it (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def cell(value: Any) -> str:
    """A value as a cell of CSV: instants in UTC, yes and no, lists as JSON; never something a spreadsheet would calculate."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return str(plain(value))
    if isinstance(value, date):
        return value.isoformat()
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


# ----------------------------------------------------------------------------------------------------------- JSON


def bookings_of(actor: Actor) -> QuerySet[Booking]:
    """The stays of the agency that the actor may see, oldest first."""
    rows = Booking.objects.filter(agency=actor.agency).select_related("person", "agency").order_by("pk")
    if actor.user is not None and not sees_sealed(actor.user):
        rows = rows.filter(juvenile=False, sealed_at=None)
    return rows


def _row(row: Model, *names: str) -> dict[str, Any]:
    return {name: plain(getattr(row, name)) for name in names}


def booking_json(booking: Booking) -> dict[str, Any]:
    """A stay in short: what stands on it now."""
    return {
        "number": booking.number,
        **_row(booking, "booked_at", "t0", "left_at", "charges_complete", "juvenile", "sealed_at", "version"),
        "person": _row(booking.person, *PERSON_FIELDS),
    }


def ground_json(ground: Ground) -> dict[str, Any]:
    return {"id": ground.pk, **_row(ground, "kind", "says", "opened_at", "ended_at", "ended_how")}


def charge_json(charge: Charge) -> dict[str, Any]:
    return {
        "id": charge.pk,
        **_row(charge, *CHARGE_FIELDS),
        "history": [_row(one, "status", "grade", "since") for one in charge.history.order_by("pk")],
    }


_REQUEST = (
    "kind", "form", "received_at", "received_how", "requesting_agency", "requesting_officer", "requesting_contact", "warrant",
    "signed", "complete", "basis", "fields", "served_at", "served_how", "withdrawn_at", "withdrawn_because", "facts",
)  # fmt: skip


def request_json(request: Request) -> dict[str, Any]:
    return {"id": request.pk, "booking": request.booking.number, **_row(request, *_REQUEST)}


def answer_json(answer: Any) -> dict[str, Any]:
    """An answer whole, with who signed."""
    return {
        "id": answer.pk,
        "request": answer.request_id,
        **_row(
            answer,
            "at",
            "lawbook",
            "case",
            "decision",
            "chosen",
            "needs_second",
            "departure_reason",
            "superseded_at",
        ),
        "signatures": [
            {**_row(one, "place", "at", "role", "reason"), "user": one.user.username}
            for one in answer.signatures.select_related("user").order_by("at")
        ],
    }


def due_json(due: Due) -> dict[str, Any]:
    return {
        "id": due.pk,
        "booking": due.booking.number if due.booking else None,
        "request": due.request_id,
        "subpoena": due.subpoena.number if due.subpoena else None,
        "owner": due.owner.username if due.owner else None,
        **_row(
            due,
            "kind",
            "source",
            "what",
            "cite",
            "paper",
            "since",
            "due_at",
            "done_at",
            "done_how",
            "void_at",
            "missed_at",
        ),
    }


def departure_json(departure: Departure) -> dict[str, Any]:
    return _row(departure, "kind", "at", "to", "limit_at", "past_limit_reason", "says")


def file_json(booking: Booking) -> dict[str, Any]:
    """A file whole: everything that stands on it, and every event of the record about it. Scans and papers are named with their
    SHA-256, not sent along."""
    events = list(Event.objects.filter(subject=f"booking/{booking.pk}").order_by("pk"))
    numbers = dict(Leaf.objects.filter(event__in=events).values_list("event_id", "number"))
    departure = Departure.objects.filter(booking=booking).first()
    return {
        "agency": {"name": booking.agency.name, "place": booking.agency.place, "custodian": booking.agency.custodian},
        "booking": booking_json(booking),
        "grounds": [ground_json(one) for one in booking.grounds.order_by("pk")],
        "charges": [charge_json(one) for one in booking.charges.order_by("pk")],
        "requests": [request_json(one) for one in booking.requests.order_by("pk")],
        "answers": [answer_json(one) for one in booking.answers.order_by("pk")],
        "citizen_claims": [
            {"id": one.pk, **_row(one, "said_at", "says", "proof_kind", "reviewed_at", "finding", "review_says")}
            for one in booking.citizen_claims.order_by("pk")
        ],
        "papers": [
            {"id": one.pk, **_row(one, "paper", "language", "printed_at", "sha256", "given_at", "given_to", "given_how")}
            for one in booking.papers.defer("pdf", "text").order_by("pk")
        ],
        "scans": [
            {"id": one.pk, **_row(one, "name", "media_type", "size", "sha256")}
            for one in booking.scans.defer("content").order_by("pk")
        ],
        "dues": [due_json(one) for one in booking.dues.order_by("pk")],
        "departure": departure_json(departure) if departure else None,
        "record": [
            {"number": numbers.get(one.pk), "at": plain(one.at), "actor": one.actor, "kind": one.kind, "data": one.data}
            for one in events
        ],
    }  # fmt: skip


def one_file(actor: Actor, booking: Booking) -> dict[str, Any]:
    """A file whole, and the event that it was handed out."""
    note(actor, "export.made", booking, what="file", format="json")
    return file_json(booking)


def all_files(actor: Actor) -> Iterator[bytes]:
    """Every file the actor may see, as one JSON array, a file at a time."""
    rows = bookings_of(actor)
    note(actor, "export.made", actor.agency, what="files", format="json", rows=rows.count())
    return _array(map(file_json, rows.iterator(chunk_size=200)))


def _array(items: Iterable[Any]) -> Iterator[bytes]:
    before = "[\n"
    for item in items:
        yield f"{before}{json.dumps(item, ensure_ascii=False)}".encode()
        before = ",\n"
    yield b"\n]\n" if before == ",\n" else b"[]\n"


# ------------------------------------------------------------------------------------------------------------ CSV


class Table(NamedTuple):
    """`rows` of the bookings that may be seen; `columns`: heading to the value of a row. Headings are the fields of an import."""

    rows: Callable[[QuerySet[Booking]], QuerySet[Any]]
    columns: dict[str, Callable[[Any], Any]]


def _of(*names: str) -> dict[str, Callable[[Any], Any]]:
    def getter(name: str) -> Callable[[Any], Any]:
        return lambda row: getattr(row, name)

    return {name: getter(name) for name in names}


def _person(*names: str) -> dict[str, Callable[[Any], Any]]:
    def getter(name: str) -> Callable[[Any], Any]:
        return lambda row: getattr(row.person, name)

    return {name: getter(name) for name in names}


_NUMBER: dict[str, Callable[[Any], Any]] = {"number": lambda row: row.booking.number if row.booking else None}

TABLES: dict[str, Table] = {
    "bookings": Table(
        lambda rows: rows,
        {**_of("number"), **_person(*PERSON_FIELDS),
         **_of("booked_at", "t0", "left_at", "juvenile", "charges_complete", "sealed_at")},
    ),
    "grounds": Table(
        lambda rows: Ground.objects.filter(booking__in=rows).select_related("booking"),
        {**_NUMBER, **_of("kind", "says", "opened_at", "ended_at", "ended_how")},
    ),
    "charges": Table(
        lambda rows: Charge.objects.filter(booking__in=rows).select_related("booking"),
        {**_NUMBER, **_of(*(name for name in CHARGE_FIELDS if name != "facts"))},
    ),
    "requests": Table(
        lambda rows: Request.objects.filter(booking__in=rows).select_related("booking"),
        {**_NUMBER, **_of("kind", "form", "received_at", "received_how", "requesting_agency", "warrant", "signed", "complete",
                          "served_at", "served_how", "withdrawn_at")},
    ),
    "releases": Table(
        lambda rows: Departure.objects.filter(booking__in=rows).select_related("booking"),
        {**_NUMBER, "kind": lambda row: row.kind, "left_at": lambda row: row.at,
         **_of("to", "limit_at", "past_limit_reason", "says")},
    ),
    "dues": Table(
        lambda rows: Due.objects.filter(booking__in=rows).select_related("booking"),
        {**_NUMBER, **_of("kind", "what", "cite", "since", "due_at", "done_at", "done_how", "missed_at")},
    ),
}  # fmt: skip


def table_csv(actor: Actor, name: str) -> Iterator[bytes]:
    """A table as CSV (UTF-8 with a byte order mark, so that Excel reads it), row by row.

    Raises:
        Refused: no such table.
    """
    if name not in TABLES:
        raise Refused(
            "Table: expected one of %(tables)s; found '%(name)s'.", tables=", ".join(TABLES), name=name
        )
    table = TABLES[name]
    rows = table.rows(bookings_of(actor)).order_by("pk")
    note(actor, "export.made", actor.agency, what=name, format="csv", rows=rows.count())
    return _lines(table, rows)


def _lines(table: Table, rows: QuerySet[Any]) -> Iterator[bytes]:
    out = io.StringIO()
    writer = csv.writer(out)
    out.write("\ufeff")
    writer.writerow(table.columns)
    for row in rows.iterator(chunk_size=1000):
        writer.writerow([cell(value(row)) for value in table.columns.values()])
        if out.tell() > 1 << 16:
            yield out.getvalue().encode()
            out.seek(0)
            out.truncate()
    yield out.getvalue().encode()
