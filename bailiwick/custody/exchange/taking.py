"""A batch of read rows becomes bookings, grounds, charges and releases.

What is new is written many rows at a time; whatever touches a file that has requests, or changes what stands, goes through the
same services as the pages, one by one. Either way each row's event is appended in the transaction of the row.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

import psycopg
from django.db import DatabaseError, connection, models, transaction
from django.db.models import F, Max

from bailiwick.custody import deciding, files, leaving
from bailiwick.custody.acting import Actor, note, plain
from bailiwick.custody.errors import Refused
from bailiwick.custody.exchange.ledger import Ledger
from bailiwick.custody.models import (
    Alarm,
    Booking,
    Charge,
    ChargeStatus,
    Departure,
    Due,
    Ground,
    Person,
    Request,
)
from bailiwick.custody.rights import sees_sealed
from bailiwick.record.log import body_of


@dataclass(slots=True)
class Line:
    """A row that could be read. `key` is what makes it the same row when it comes again."""

    line: int
    values: dict[str, Any]
    raw: dict[str, str]
    key: str = ""
    nth: int = 0


@dataclass
class Taken:
    """What became of a batch: lines taken, lines that changed nothing, and lines set aside with the reason."""

    taken: list[Line] = field(default_factory=list)
    unchanged: list[Line] = field(default_factory=list)
    aside: list[tuple[Line, str]] = field(default_factory=list)


class Notes:
    """Events appended together, in the transaction of the rows they tell of."""

    def __init__(self, actor: Actor) -> None:
        self._actor = actor
        self._events: list[tuple[str, str, str]] = []

    def add(self, kind: str, subject: models.Model, /, **data: Any) -> None:
        actor, name = self._actor, f"{subject._meta.model_name}/{subject.pk}"
        body = body_of(
            kind, name, plain({**data, "how": actor.how}),
            agency=actor.agency.pk, actor=actor.name, at=actor.at, salt=secrets.token_hex(16),
        )  # fmt: skip
        self._events.append((kind, name, body))

    def write(self) -> None:
        """One statement. Sent as binary arrays: quoting the texts one by one takes longer than all the rest."""
        if not self._events:
            return
        connection.ensure_connection()
        wire: psycopg.Connection[Any] = connection.connection
        with psycopg.Cursor(wire) as cursor:
            cursor.execute(
                "INSERT INTO record_event (at, agency_id, actor, kind, subject, body) "
                "SELECT %s, %s, %s, v.kind, v.subject, v.body "
                "FROM unnest(%b::text[], %b::text[], %b::text[]) AS v (kind, subject, body)",
                [
                    self._actor.at,
                    self._actor.agency.pk,
                    self._actor.name,
                    *map(list, zip(*self._events, strict=True)),
                ],
            )


Take = Callable[[Actor, list[Line]], Taken]


def take(actor: Actor, table: str, lines: list[Line], ledger: Ledger) -> Taken:
    """Take a batch. Inside the caller's transaction."""
    out = Taken()
    before = Alarm.objects.aggregate(last=Max("pk"))["last"] or 0
    fresh: list[Line] = []
    repeats: list[tuple[Line, int]] = []
    for one in lines:
        one.key = _KEY[table](one.values)
        if table == "charges":  # counts of one section are told apart by their order in the file
            one.nth = ledger.count(one.key)
            fresh.append(one)
            continue
        first, same = ledger.first(one.key, one.line, one.values)
        if first == one.line:
            fresh.append(one)
        elif same:
            repeats.append((one, first))
        else:
            out.aside.append(
                (
                    one,
                    f"expected each {_WHAT[table]} once, found it on line {first} with other values; keep one of the two rows",
                )
            )
    _all_or_each(actor, _TAKE[table], fresh, out)
    aside = {one.line for one, _ in out.aside}
    for one, first in repeats:
        if first in aside:
            out.aside.append((one, f"the same row stands on line {first}, which was set aside"))
        else:
            out.unchanged.append(one)
    if table != "charges":
        firsts = {one.line for one in fresh}
        for one, _ in out.aside:
            if one.line in firsts:
                ledger.forget(one.key)
    _quiet(actor, {one.values["number"] for one in out.taken}, before)
    return out


def _all_or_each(actor: Actor, way: Take, lines: list[Line], out: Taken) -> None:
    """All at once; where the database refuses (a number of a file one may not see), each on its own."""
    try:
        with transaction.atomic():
            found = way(actor, lines)
    except DatabaseError:
        found = Taken()
        for one in lines:
            try:
                with transaction.atomic():
                    alone = way(actor, [one])
            except DatabaseError:
                found.aside.append(
                    (
                        one,
                        "the database refused this row: its number may be that of a file you may not see; ask a supervisor",
                    )
                )
                continue
            found.taken += alone.taken
            found.unchanged += alone.unchanged
            found.aside += alone.aside
    out.taken += found.taken
    out.unchanged += found.unchanged
    out.aside += found.aside


def _quiet(actor: Actor, numbers: Iterable[str], before: int) -> None:
    """An import tells nobody: an alarm whose instant had passed when it was set stands on the page and goes nowhere else."""
    alarms = Alarm.objects.filter(
        pk__gt=before, agency=actor.agency, raised_at=None, at__lte=actor.at, due__booking__number__in=list(numbers),
        due__done_at=None, due__void_at=None,
    ).select_related("due", "due__booking")  # fmt: skip
    for alarm in alarms:
        alarm.raised_at, alarm.told = actor.at, ["page"]
        alarm.save(update_fields=["raised_at", "told"])
        due = alarm.due
        if alarm.stage == Alarm.Stage.MISSED:
            Due.objects.filter(pk=due.pk).update(missed_at=F("due_at"))
        kind = "due.missed" if alarm.stage == Alarm.Stage.MISSED else "alarm.raised"
        note(
            actor, kind, due.booking or due,
            due=due.pk, stage=alarm.stage, owner="", due_at=due.due_at, what=due.what, told=["page"],
        )  # fmt: skip


def _set(model: type[models.Model], rows: Sequence[models.Model], *names: str) -> None:
    """Write these fields of many rows in one statement (`bulk_update` builds a CASE for each row and takes ten times as long)."""
    columns: list[Any] = [model._meta.get_field(name) for name in ("id", *names)]
    types = [str(column.db_type(connection)).split(" ")[0].split("(")[0] for column in columns]
    quoted = [connection.ops.quote_name(column.column) for column in columns]
    # "timestamp with time zone" is cut to its first word above
    types = ["timestamptz" if kind == "timestamp" else kind for kind in types]
    sql = (
        f"UPDATE {connection.ops.quote_name(model._meta.db_table)} AS t "
        f"SET {', '.join(f'{name} = v.{name}' for name in quoted[1:])} "
        f"FROM unnest({', '.join(f'%s::{kind}[]' for kind in types)}) AS v ({', '.join(quoted)}) WHERE t.id = v.id"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [[getattr(row, column.attname) for row in rows] for column in columns])


def _held(
    actor: Actor, lines: list[Line], *, person: bool = False, grounds: bool = False
) -> dict[str, Booking]:
    """The bookings of a batch by number, locked until the transaction ends, with person or grounds where these are asked for."""
    numbers = {one.values["number"] for one in lines}
    rows = (
        Booking.objects.select_for_update(of=("self",))
        .filter(agency=actor.agency, number__in=numbers)
        .order_by("pk")
    )
    if person:
        rows = rows.select_related("person")
    if grounds:
        rows = rows.prefetch_related("grounds")
    found = {booking.number: booking for booking in rows}
    for booking in found.values():
        booking.agency = actor.agency
    return found


def _with_requests(bookings: Iterable[Booking]) -> set[int]:
    """Bookings whose files have requests: the engine is asked again there."""
    return set(Request.objects.filter(booking__in=list(bookings)).values_list("booking_id", flat=True))


def _missing(number: str) -> str:
    return (
        f"number: expected a booking of this agency, found none with number {number}; import it first, or match the row to "
        "another one"
    )


def _local(actor: Actor, at: datetime) -> str:
    return at.astimezone(actor.agency.tz).isoformat(" ", "minutes")


# ------------------------------------------------------------------------------------------------------ bookings

_WHO = ("family_name", "given_name", "birth_date")


def _bookings(actor: Actor, lines: list[Line]) -> Taken:
    out, there = Taken(), _held(actor, lines, person=True, grounds=True)
    new: list[Line] = []
    for one in lines:
        booking = there.get(one.values["number"])
        if one.values["booked_at"] > actor.at:
            out.aside.append((one, "booked_at: expected a time that has passed, found one in the future"))
        elif booking is not None:
            _one(out, one, partial(_again, actor, booking, one.values))
        elif one.values.get("juvenile") and actor.user is not None and not sees_sealed(actor.user):
            out.aside.append(
                (one, "juvenile: expected somebody who may see juvenile files to import this row")
            )
        else:
            new.append(one)
    _book(actor, new)
    out.taken += new
    return out


#: What is to be done about a row, through the services; nothing where the file says the same.
Deeds = list[Callable[[], object]]


def _one(out: Taken, one: Line, plan: Callable[[], Deeds]) -> None:
    """One row through the services, in a savepoint of its own; a row that changes nothing needs none."""
    try:
        deeds = plan()
        if deeds:
            with transaction.atomic():
                for deed in deeds:
                    deed()
    except Refused as refused:
        out.aside.append((one, refused.message))
    else:
        (out.taken if deeds else out.unchanged).append(one)


def _book(actor: Actor, lines: list[Line]) -> None:
    """New bookings, many at once: as `files.book` writes them."""
    agency, notes = actor.agency, Notes(actor)
    people = Person.objects.bulk_create(
        Person(
            agency=agency, **{name: one.values[name] for name in files.PERSON_FIELDS if name in one.values}
        )
        for one in lines
    )
    bookings = Booking.objects.bulk_create(
        Booking(
            agency=agency,
            number=one.values["number"],
            person=person,
            booked_at=one.values["booked_at"],
            juvenile=one.values.get("juvenile", False),
            charges_complete=one.values.get("charges_complete"),
        )
        for one, person in zip(lines, people, strict=True)
    )
    grounds: list[Ground] = []
    for one, booking in zip(lines, bookings, strict=True):
        notes.add(
            "booking.made",
            booking,
            number=booking.number,
            booked_at=booking.booked_at,
            juvenile=booking.juvenile,
            person={
                "id": booking.person_id,
                **{name: getattr(booking.person, name) for name in files.PERSON_FIELDS},
            },
        )
        if "ground" in one.values:
            says = one.values.get("ground_says", "")
            grounds.append(
                Ground(
                    agency=agency,
                    booking=booking,
                    kind=one.values["ground"],
                    says=says,
                    opened_at=booking.booked_at,
                )
            )
    for ground in Ground.objects.bulk_create(grounds):
        notes.add(
            "ground.opened",
            ground.booking,
            ground=ground.pk,
            kind=ground.kind,
            says=ground.says,
            opened_at=ground.opened_at,
        )
    notes.write()


def _again(actor: Actor, booking: Booking, values: dict[str, Any]) -> Deeds:
    """A booking that stands: what the file says differently. Raises Refused where it looks like another stay."""
    person = booking.person
    for name in _WHO:
        said, stands = values.get(name), getattr(person, name)
        if said is not None and stands is not None and str(said).casefold() != str(stands).casefold():
            raise Refused(
                "%(name)s: expected “%(stands)s”, as booking %(number)s has it, found “%(said)s”. "
                "Another person's booking under the same number? Give it another number, or correct "
                "the name on the file.",
                name=name,
                stands=stands,
                number=booking.number,
                said=said,
            )
    if values["booked_at"] != booking.booked_at:
        raise Refused(
            "booked_at: expected %(booked_at)s, as booking %(number)s has it, found "
            "%(booked_at_found)s. Another stay under the same number? Give it another number.",
            booked_at=_local(actor, booking.booked_at),
            number=booking.number,
            booked_at_found=_local(actor, values["booked_at"]),
        )
    if "juvenile" in values and values["juvenile"] != booking.juvenile:
        raise Refused("juvenile: expected what the file has, found the contrary; correct it on the file.")
    changed = {
        name: values[name]
        for name in files.PERSON_FIELDS
        if name in values and name not in _WHO[:2] and values[name] != getattr(person, name)
    }
    deeds: Deeds = []
    if changed:
        deeds.append(lambda: files.change_person(actor, booking, **changed))
    if "charges_complete" in values and values["charges_complete"] != booking.charges_complete:
        deeds.append(lambda: files.know_record(actor, booking, values["charges_complete"]))
    says = values.get("ground_says", "")
    if "ground" in values and not any(
        (ground.kind, ground.says) == (values["ground"], says) for ground in booking.grounds.all()
    ):
        deeds.append(
            lambda: files.open_ground(
                actor, booking, kind=values["ground"], says=says, opened_at=values["booked_at"]
            )
        )
    return deeds


# ------------------------------------------------------------------------------------------------------- grounds


def _grounds(actor: Actor, lines: list[Line]) -> Taken:
    out, there = Taken(), _held(actor, lines, grounds=True)
    for one in lines:
        booking = there.get(one.values["number"])
        if booking is None:
            out.aside.append((one, _missing(one.values["number"])))
            continue
        _one(out, one, partial(_ground, actor, booking, one.values))
    return out


def _ground(actor: Actor, booking: Booking, values: dict[str, Any]) -> Deeds:
    kind, says, since = values["kind"], values.get("says", ""), values["opened_at"]
    ended, how = values.get("ended_at"), values.get("ended_how", "")
    if since > actor.at:
        raise Refused("opened_at: expected a time that has passed, found one in the future.")
    if ended is not None and ended < since:
        raise Refused("ended_at: expected a time after opened_at, found one before; correct the row.")
    ground = next(
        (g for g in booking.grounds.all() if (g.kind, g.says, g.opened_at) == (kind, says, since)), None
    )
    if ground is None:

        def open_it() -> None:
            made = files.open_ground(actor, booking, kind=kind, says=says, opened_at=since)
            if ended is not None:
                files.end_ground(actor, made, at=ended, how=how)

        return [open_it]
    if ended is None or ended == ground.ended_at:
        return []
    if ground.ended_at is not None and ground.ended_at <= actor.at:
        raise Refused(
            "ended_at: expected %(ended_at)s, as the file has it, found %(ended)s; correct it on "
            "the file or in the jail's system.",
            ended_at=_local(actor, ground.ended_at),
            ended=_local(actor, ended),
        )
    return [lambda: files.end_ground(actor, ground, at=ended, how=how)]


# ------------------------------------------------------------------------------------------------------- charges


def _charge_key(values: dict[str, Any]) -> tuple[str, ...]:
    return tuple(str(values.get(name, "")) for name in ("statute", "code_system", "code", "description"))


def _charges(actor: Actor, lines: list[Line]) -> Taken:
    out, there = Taken(), _held(actor, lines)
    stand: dict[tuple[int, tuple[str, ...]], list[Charge]] = {}
    for charge in Charge.objects.filter(booking__in=list(there.values())).order_by("pk"):
        name = (charge.booking_id, (charge.statute, charge.code_system, charge.code, charge.description))
        stand.setdefault(name, []).append(charge)
    new: list[tuple[Line, Booking]] = []
    for one in lines:
        values, booking = one.values, there.get(one.values["number"])
        if booking is None:
            out.aside.append((one, _missing(values["number"])))
            continue
        if not any(_charge_key(values)):
            out.aside.append((one, "expected a section, a code or the offense in words, found none of them"))
            continue
        if values.get("convicted_on") and values.get("status", "convicted") != "convicted":
            out.aside.append(
                (
                    one,
                    f"convicted_on: expected the status convicted, found {values['status']}; correct one of the two",
                )
            )
            continue
        known = stand.get((booking.pk, _charge_key(values)), [])
        if one.nth < len(known):
            _one(out, one, partial(_charge, actor, known[one.nth], values))
        elif booking.left_at is not None:
            out.aside.append(
                (
                    one,
                    f"booking {booking.number} is closed: the person left; record a correction on the file instead",
                )
            )
        else:
            new.append((one, booking))
    _add_charges(actor, new)
    out.taken += [one for one, _ in new]
    return out


def _charge(actor: Actor, charge: Charge, values: dict[str, Any]) -> Deeds:
    changed = {
        name: values[name]
        for name in files.CHARGE_FIELDS
        if name in values and values[name] != getattr(charge, name)
    }
    return [lambda: files.change_charge(actor, charge, **changed)] if changed else []


def _add_charges(actor: Actor, rows: list[tuple[Line, Booking]]) -> None:
    """New charges, many at once: as `files.add_charge` writes them. Files with requests are answered again once."""
    if not rows:
        return
    agency, notes = actor.agency, Notes(actor)
    made = Charge.objects.bulk_create(
        Charge(
            agency=agency,
            booking=booking,
            **{name: one.values[name] for name in files.CHARGE_FIELDS if name in one.values},
        )
        for one, booking in rows
    )
    ChargeStatus.objects.bulk_create(
        ChargeStatus(agency=agency, charge=charge, status=charge.status, grade=charge.grade, since=actor.at)
        for charge in made
    )
    touched: dict[int, Booking] = {}
    for charge, (_, booking) in zip(made, rows, strict=True):
        booking.version += 1
        touched[booking.pk] = booking
        notes.add(
            "charge.added",
            booking,
            charge=charge.pk,
            **{name: getattr(charge, name) for name in files.CHARGE_FIELDS},
        )
    _set(Booking, list(touched.values()), "version")
    notes.write()
    for number in sorted(_with_requests(touched.values())):
        deciding.again(actor, Booking.objects.select_related("person", "agency").get(pk=number))


# ------------------------------------------------------------------------------------------------------ releases


def _releases(actor: Actor, lines: list[Line]) -> Taken:
    out, there = Taken(), _held(actor, lines, grounds=True)
    ids = [booking.pk for booking in there.values()]
    gone = {one.booking_id: one for one in Departure.objects.filter(booking__in=ids)}
    busy = _with_requests(there.values()) | set(
        Due.objects.filter(booking__in=ids, done_at=None, void_at=None).values_list("booking_id", flat=True)
    )
    plain_ones: list[tuple[Line, Booking, Ends]] = []
    for one in lines:
        values, booking = one.values, there.get(one.values["number"])
        if booking is None:
            out.aside.append((one, _missing(values["number"])))
            continue
        ends = _ends(booking, values)
        stands = gone.get(booking.pk)
        if stands is not None:
            _one(out, one, partial(_left, actor, stands, values))
            continue
        wrong = _release_fault(actor, booking, values, ends)
        if wrong:
            out.aside.append((one, wrong))
        elif booking.pk not in busy and _late(ends, values) and not values.get("past_limit_reason"):
            out.aside.append(
                (
                    one,
                    "past_limit_reason: the limit had run out when the person left: expected why, found nothing",
                )
            )
        elif booking.pk in busy:
            _one(out, one, partial(_release, actor, booking, values, ends))
        else:
            plain_ones.append((one, booking, ends))
    _release_many(actor, plain_ones)
    out.taken += [one for one, _, _ in plain_ones]
    return out


def _left(actor: Actor, stands: Departure, values: dict[str, Any]) -> Deeds:
    if (stands.kind, stands.at) == (values["kind"], values["left_at"]):
        return []
    raise Refused(
        "expected %(kind)s at %(at)s, as the file has it, found %(kind_found)s at "
        "%(left_at)s; record a correction on the file.",
        kind=stands.kind,
        at=_local(actor, stands.at),
        kind_found=values["kind"],
        left_at=_local(actor, values["left_at"]),
    )


class Ends(NamedTuple):
    """What a release does to the grounds of a file: those that are `open`, those it `ends`, and T0 as it will stand; None where a
    ground stays open or none was ever recorded."""

    open: list[Ground]
    ends: list[Ground]
    t0: datetime | None


def _ends(booking: Booking, values: dict[str, Any]) -> Ends:
    ended = values.get("grounds_ended_at")
    grounds = list(booking.grounds.all())
    still = [ground for ground in grounds if ground.ended_at is None]
    if still and ended is None:
        return Ends(still, [], None)
    ends = [ground.ended_at or ended for ground in grounds]
    return Ends(still, still, max((end for end in ends if end is not None), default=None))


def _release_fault(actor: Actor, booking: Booking, values: dict[str, Any], ends: Ends) -> str:
    """Why a release cannot be taken as it stands, or ''. What the gate of the pages says comes besides."""
    left, ended = values["left_at"], values.get("grounds_ended_at")
    if left > actor.at:
        return "left_at: expected a time that has passed, found one in the future"
    if left < booking.booked_at:
        return (
            f"left_at: expected a time after the booking ({_local(actor, booking.booked_at)}), found "
            f"{_local(actor, left)}; correct one of the two"
        )
    if ended is not None and any(ended < ground.opened_at for ground in ends.open):
        return "grounds_ended_at: expected a time after the ground was opened, found one before"
    t0 = ends.t0
    if values["kind"] == Departure.Kind.RELEASED:
        if t0 is None:
            return (
                "a ground of custody is open on the file: expected the time when it ended in grounds_ended_at, found nothing; "
                "give it, or end the ground on the file"
            )
        if t0 > left:
            return f"left_at: expected a time after the last ground ended ({_local(actor, t0)}), found {_local(actor, left)}"
    return ""


def _release(actor: Actor, booking: Booking, values: dict[str, Any], ends: Ends) -> Deeds:
    """Through the gate of the pages, like any other departure."""
    at, how = values.get("grounds_ended_at"), values.get("grounds_ended_how", "")

    def leave() -> None:
        for ground in ends.ends:
            files.end_ground(actor, ground, at=at, how=how)
        leaving.depart(
            actor,
            booking,
            kind=values["kind"],
            at=values["left_at"],
            to=values.get("to", ""),
            past_limit_reason=values.get("past_limit_reason", ""),
            says=values.get("says", ""),
        )

    return [leave]


def _release_many(actor: Actor, rows: list[tuple[Line, Booking, Ends]]) -> None:
    """Departures from files without requests and with nothing due, many at once: as the services write them."""
    if not rows:
        return
    agency, notes = actor.agency, Notes(actor)
    ended: list[Ground] = []
    departures: list[Departure] = []
    for one, booking, ends in rows:
        values, still, t0 = one.values, ends.ends, ends.t0
        for ground in still:
            ground.ended_at, ground.ended_how = (
                values["grounds_ended_at"],
                values.get("grounds_ended_how", ""),
            )
            notes.add(
                "ground.ended",
                booking,
                ground=ground.pk,
                kind=ground.kind,
                ended_at=ground.ended_at,
                ended_how=ground.ended_how,
            )
        ended += still
        if t0 != booking.t0:
            notes.add("t0.set", booking, t0=t0, before=booking.t0)
        late = _late(ends, values)
        departure = Departure(
            agency=agency,
            booking=booking,
            kind=values["kind"],
            at=values["left_at"],
            to=values.get("to", ""),
            limit_at=t0 if late else None,
            past_limit_reason=values.get("past_limit_reason", "") if late else "",
            says=values.get("says", ""),
        )
        booking.t0, booking.left_at = t0, departure.at
        booking.version += len(still) + 1
        departures.append(departure)
        notes.add(
            "departure.recorded",
            booking,
            kind_of_departure=departure.kind,
            at=departure.at,
            to=departure.to,
            t0=t0,
            limit=t0,
            past_limit=late,
            past_limit_reason=departure.past_limit_reason,
            says=departure.says,
        )
    _set(Ground, ended, "ended_at", "ended_how")
    Departure.objects.bulk_create(departures)
    _set(Booking, [booking for _, booking, _ in rows], "t0", "left_at", "version")
    notes.write()


def _late(ends: Ends, values: dict[str, Any]) -> bool:
    """Whether the person left after T0, in a file where nothing lengthens the stay."""
    t0 = ends.t0
    return t0 is not None and values["left_at"] > t0 and values["kind"] != Departure.Kind.DIED


_KEY: dict[str, Callable[[dict[str, Any]], str]] = {
    "bookings": lambda values: str(values["number"]),
    "grounds": lambda values: "\0".join(
        (values["number"], values["kind"], values.get("says", ""), values["opened_at"].isoformat())
    ),
    "charges": lambda values: "\0".join((values["number"], *_charge_key(values))),
    "releases": lambda values: str(values["number"]),
}
_TAKE: dict[str, Take] = {
    "bookings": _bookings,
    "grounds": _grounds,
    "charges": _charges,
    "releases": _releases,
}
_WHAT = {"bookings": "booking", "grounds": "ground", "releases": "release"}
