"""The file of a person in custody: bookings, grounds, charges. Each change appends one event to the record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from bailiwick.custody import clocks, deciding
from bailiwick.custody.acting import Actor, note, opened
from bailiwick.custody.collection import forbidden_fields
from bailiwick.custody.errors import Refused
from bailiwick.custody.models import Booking, Charge, ChargeStatus, Ground, Person
from bailiwick.custody.rights import sees_sealed

PERSON_FIELDS = (
    "family_name",
    "given_name",
    "birth_date",
    "language",
    "birthplace",
    "citizenship_said",
    "lawyer_name",
    "lawyer_contact",
    "designated_name",
    "designated_contact",
)
CHARGE_FIELDS = (
    "statute",
    "code_system",
    "code",
    "description",
    "status",
    "grade",
    "degree",
    "wobbler",
    "serious",
    "violent",
    "state_prison",
    "indictable",
    "convicted_on",
    "facts",
)


@transaction.atomic
def book(
    actor: Actor,
    *,
    number: str,
    person: Person | Mapping[str, Any],
    booked_at: datetime,
    grounds: Iterable[Mapping[str, Any]] = (),
    charges: Iterable[Mapping[str, Any]] = (),
    juvenile: bool = False,
    charges_complete: bool | None = None,
) -> Booking:
    """A new stay. `person` is somebody booked before or the fields of a new one; `grounds` and `charges` are fields of rows.

    Raises:
        Refused: the number is taken, the booking lies in the future, a field that the law here forbids to collect is filled, or a
            juvenile file is made by somebody who could not open it afterwards.
    """
    if booked_at > actor.at:
        raise Refused("Booked at: expected a time that has passed, found one in the future.")
    number = number.strip()
    if not number:
        raise Refused("Booking number: expected a number, found nothing.")
    if juvenile and actor.user is not None and not sees_sealed(actor.user):
        raise Refused(
            "A juvenile file: expected somebody who may see sealed and juvenile files, found "
            "%(name)s. Ask a supervisor or counsel to book this person.",
            name=actor.name,
        )
    if Booking.objects.filter(agency=actor.agency, number=number).exists():
        raise Refused("Booking %(number)s exists already; open it, or give another number.", number=number)
    if not isinstance(person, Person):
        person = Person.objects.create(
            agency=actor.agency, **_allowed(actor, _only(person, PERSON_FIELDS, "person"))
        )
    try:
        with transaction.atomic():
            booking = Booking.objects.create(
                agency=actor.agency,
                number=number,
                person=person,
                booked_at=booked_at,
                juvenile=juvenile,
                charges_complete=charges_complete,
            )
    except IntegrityError:  # a sealed file that this user does not see, or one made a moment ago
        raise Refused("Booking %(number)s exists already; give another number.", number=number) from None
    note(
        actor,
        "booking.made",
        booking,
        number=number,
        booked_at=booked_at,
        juvenile=juvenile,
        person={"id": person.pk, **_values(person, PERSON_FIELDS)},
    )
    for ground in grounds:
        _ground(actor, booking, **dict(ground))
    for charge in charges:
        _charge(actor, booking, charge)
    clocks.set_t0(actor, booking)
    clocks.settle(actor, booking)
    return booking


@transaction.atomic
def change_person(actor: Actor, booking: Booking, *, version: int | None = None, **fields: Any) -> Person:
    """Change what is written of the person. The record keeps what stood before."""
    held = opened(actor, booking, version, closed=True)
    person = held.person
    before = _values(person, PERSON_FIELDS)
    for name, value in _allowed(actor, _only(fields, PERSON_FIELDS, "person")).items():
        setattr(person, name, value)
    person.save()
    after = _values(person, PERSON_FIELDS)
    changed = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    note(actor, "person.changed", held, changed=changed)
    deciding.again(actor, held)
    return person


@transaction.atomic
def open_ground(
    actor: Actor,
    booking: Booking,
    *,
    kind: str,
    says: str = "",
    opened_at: datetime | None = None,
    version: int | None = None,
) -> Ground:
    """One more reason why the person is kept. T0 is gone while it is open."""
    held = opened(actor, booking, version)
    ground = _ground(actor, held, kind=kind, says=says, opened_at=opened_at)
    deciding.again(actor, held)
    return ground


def _ground(
    actor: Actor, held: Booking, *, kind: str, says: str = "", opened_at: datetime | None = None
) -> Ground:
    if kind not in Ground.Kind.values:
        raise Refused(
            "Ground: expected one of %(kind)s; found '%(kind_found)s'.",
            kind=", ".join(Ground.Kind.values),
            kind_found=kind,
        )
    since = opened_at or actor.at
    ground = Ground.objects.create(agency=actor.agency, booking=held, kind=kind, says=says, opened_at=since)
    note(actor, "ground.opened", held, ground=ground.pk, kind=kind, says=says, opened_at=since)
    return ground


@transaction.atomic
def end_ground(
    actor: Actor, ground: Ground, *, at: datetime | None = None, how: str = "", version: int | None = None
) -> Ground:
    """A ground ends at an instant, past or foreseen. When it was the last one the release clock starts at once.

    Raises:
        Refused: it has ended already, or the end lies before its beginning.
    """
    held = opened(actor, ground.booking, version)
    ground = Ground.objects.select_for_update().get(pk=ground.pk)
    ended = at or actor.at
    if ground.ended_at is not None and ground.ended_at <= actor.at:
        raise Refused("This ground has ended already.")
    if ended < ground.opened_at:
        raise Refused("The end of a ground: expected a time after it was opened, found one before.")
    ground.ended_at, ground.ended_how = ended, how
    ground.save(update_fields=["ended_at", "ended_how"])
    note(actor, "ground.ended", held, ground=ground.pk, kind=ground.kind, ended_at=ended, ended_how=how)
    deciding.again(actor, held)
    return ground


@transaction.atomic
def add_charge(actor: Actor, booking: Booking, *, version: int | None = None, **fields: Any) -> Charge:
    """A charge or conviction, in the words of a case's `charges`."""
    held = opened(actor, booking, version)
    charge = _charge(actor, held, fields)
    deciding.again(actor, held)
    return charge


def _charge(actor: Actor, held: Booking, fields: Mapping[str, Any]) -> Charge:
    charge = Charge.objects.create(
        agency=actor.agency, booking=held, **_convicted(actor, _only(fields, CHARGE_FIELDS, "charge"))
    )
    _status(actor, charge)
    note(actor, "charge.added", held, charge=charge.pk, **_values(charge, CHARGE_FIELDS))
    return charge


@transaction.atomic
def change_charge(actor: Actor, charge: Charge, *, version: int | None = None, **fields: Any) -> Charge:
    """Change a charge; its status history keeps what it was, and since when."""
    held = opened(actor, charge.booking, version)
    charge = Charge.objects.select_for_update().get(pk=charge.pk)
    before = _values(charge, CHARGE_FIELDS)
    for name, value in _convicted(actor, _only(fields, CHARGE_FIELDS, "charge")).items():
        setattr(charge, name, value)
    charge.save()
    after = _values(charge, CHARGE_FIELDS)
    if (before["status"], before["grade"]) != (after["status"], after["grade"]):
        _status(actor, charge)
    changed = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    note(actor, "charge.changed", held, charge=charge.pk, changed=changed)
    deciding.again(actor, held)
    return charge


@transaction.atomic
def know_record(
    actor: Actor, booking: Booking, complete: bool | None, *, version: int | None = None
) -> Booking:
    """Say whether the charges listed are the whole record (True), may be more (False), or it is not known (None)."""
    held = opened(actor, booking, version)
    held.charges_complete = complete
    held.save(update_fields=["charges_complete"])
    note(actor, "record.known", held, charges_complete=complete)
    deciding.again(actor, held)
    return held


@transaction.atomic
def seal(actor: Actor, booking: Booking, *, because: str) -> Booking:
    """Hide the file from all but those who may see sealed files. Needs a reason."""
    if not because.strip():
        raise Refused("Why is it sealed? Expected a sentence or the order, found nothing.")
    held = opened(actor, booking, closed=True)
    if held.sealed_at is not None:
        raise Refused("Booking %(number)s is sealed already.", number=held.number)
    held.sealed_at, held.sealed_because = actor.at, because
    held.save(update_fields=["sealed_at", "sealed_because"])
    note(actor, "booking.sealed", held, because=because)
    return held


@transaction.atomic
def correct(actor: Actor, booking: Booking, *, says: str) -> Booking:
    """A later correction: what was wrong and what is right, in words. Nothing that stood is taken away."""
    if not says.strip():
        raise Refused("The correction: expected a sentence, found nothing.")
    held = opened(actor, booking, closed=True)
    note(actor, "file.corrected", held, says=says)
    return held


def _status(actor: Actor, charge: Charge) -> None:
    ChargeStatus.objects.create(
        agency=actor.agency, charge=charge, status=charge.status, grade=charge.grade, since=actor.at
    )


def _only(fields: Mapping[str, Any], names: tuple[str, ...], what: str) -> dict[str, Any]:
    strange = sorted(set(fields) - set(names))
    if strange:
        raise Refused(
            "A %(what)s: expected fields %(names)s; found %(strange)s.",
            what=what,
            names=", ".join(names),
            strange=", ".join(strange),
        )
    return dict(fields)


def _allowed(actor: Actor, fields: dict[str, Any]) -> dict[str, Any]:
    agency, today = actor.agency, _today(actor)
    if (born := fields.get("birth_date")) and born > today:
        raise Refused("Date of birth: expected today or a day before, found one in the future.")
    forbidden = forbidden_fields(agency.place, agency.custodian, today)
    for name, cite in forbidden.items():
        if fields.get(name):
            raise Refused(
                "'%(name)s' may not be collected here (%(cite)s); leave it out.", name=name, cite=cite
            )
    return fields


def _convicted(actor: Actor, fields: dict[str, Any]) -> dict[str, Any]:
    if (convicted := fields.get("convicted_on")) and convicted > _today(actor):
        raise Refused("Convicted on: expected today or a day before, found one in the future.")
    return fields


def _today(actor: Actor) -> date:
    return actor.at.astimezone(actor.agency.tz).date()


def _values(row: Person | Charge, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
