"""Imports: every row accounted for, nothing changed by the same file again, nothing printed, given or sent."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection

from bailiwick.custody import asking, clocks, files, leaving
from bailiwick.custody.acting import Actor
from bailiwick.custody.errors import Refused
from bailiwick.custody.exchange import importing, mapping
from bailiwick.custody.models import (
    Agency,
    Alarm,
    Answer,
    Booking,
    Charge,
    ChargeStatus,
    Departure,
    Due,
    Ground,
    ImportRow,
    ImportRun,
    Paper,
    Person,
    User,
)
from bailiwick.custody.rights import scope_of
from bailiwick.custody.seeing import seeing
from bailiwick.record.models import Event, Leaf
from tests.conftest import make_agency
from tests.exchange.conftest import AT, HEAD, Import, counts, problems, stay

GOOD = f"{HEAD}\n1,Doe,Alex,2026-03-01 22:00,1990-05-04,arrest\n2,Roe,Sam,3/1/2026 23:15,,charge\n"


def kinds() -> list[str]:
    found = Event.objects.exclude(kind__startswith="import.").order_by("pk")
    return list(found.values_list("kind", flat=True))


def everything() -> dict[str, Any]:
    """What stands in the desk's tables, without numbers of rows."""
    return {
        "bookings": list(Booking.objects.order_by("number").values("number", "booked_at", "t0", "left_at", "version")),
        "people": list(Person.objects.order_by("pk").values("family_name", "given_name", "birth_date", "language")),
        "grounds": list(Ground.objects.order_by("pk").values("booking__number", "kind", "says", "opened_at", "ended_at")),
        "charges": list(Charge.objects.order_by("pk").values("booking__number", "statute", "status", "grade", "convicted_on")),
        "left": list(Departure.objects.order_by("pk").values("booking__number", "kind", "at", "limit_at", "past_limit_reason")),
        "dues": list(Due.objects.order_by("pk").values("booking__number", "source", "due_at", "done_at", "void_at")),
    }  # fmt: skip


# -------------------------------------------------------------------------------------------------------- bookings


def test_bookings_are_taken_and_the_same_file_again_changes_nothing(imported: Import) -> None:
    assert counts(imported("bookings", GOOD)) == (2, 2, 0, 0)
    before, events = everything(), Event.objects.exclude(kind__startswith="import.").count()
    assert counts(imported("bookings", GOOD)) == (2, 0, 2, 0)
    assert everything() == before
    assert Event.objects.exclude(kind__startswith="import.").count() == events


def test_a_booking_taken_in_bulk_is_what_the_page_would_have_made(
    imported: Import, jail: Actor, agency: Agency
) -> None:
    imported("bookings", GOOD.splitlines()[0] + "\n" + GOOD.splitlines()[1])
    made = Booking.objects.get(number="1")
    by_hand = files.book(
        jail,
        number="hand",
        person={"family_name": "Doe", "given_name": "Alex", "birth_date": made.person.birth_date},
        booked_at=made.booked_at,
        grounds=[{"kind": "arrest", "opened_at": made.booked_at}],
    )
    for name in ("booked_at", "t0", "left_at", "version", "charges_complete", "juvenile"):
        assert getattr(made, name) == getattr(by_hand, name), name

    def told(booking: Booking) -> list[Any]:
        out = []
        for event in Event.objects.filter(subject=f"booking/{booking.pk}").order_by("pk"):
            data = event.data
            data.pop("ground", None)
            data.pop("number", None)
            if "person" in data:
                data["person"].pop("id")
            out.append((event.kind, event.actor, event.at, data))
        return out

    assert told(made) == told(by_hand)


def test_every_row_has_its_event_in_the_record_and_the_record_has_no_gap(
    transactional_db: str, jail: Actor, imported: Import
) -> None:
    rows = "\n".join(f"{n},Doe,Alex{n},2026-03-01 22:00,,arrest" for n in range(250))
    run = imported("bookings", f"{HEAD}\n{rows}\n", batch=100)
    assert counts(run) == (250, 250, 0, 0)
    assert Event.objects.filter(kind="booking.made").count() == 250
    numbers = list(Leaf.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(Event.objects.count()))
    from bailiwick.record.verifying import verify

    assert verify([]).findings == []


def test_what_the_file_says_anew_is_changed_through_the_services(imported: Import) -> None:
    imported("bookings", GOOD)
    run = imported(
        "bookings",
        "number,family_name,given_name,booked_at,birth_date,language,lawyer_name\n"
        "1,Doe,Alex,2026-03-01 22:00,1990-05-04,es,\n2,Roe,Sam,2026-03-01 23:15,1985-01-02,,Kim Poe\n",
    )
    assert counts(run) == (2, 2, 0, 0)
    one, two = (Booking.objects.get(number=n) for n in "12")
    assert (one.person.language, two.person.lawyer_name, str(two.person.birth_date)) == (
        "es",
        "Kim Poe",
        "1985-01-02",
    )
    changed = Event.objects.get(kind="person.changed", subject=f"booking/{one.pk}")
    assert changed.data["changed"] == {"language": ["en", "es"]}


def test_an_empty_cell_takes_nothing_away(imported: Import) -> None:
    imported("bookings", GOOD)
    run = imported("bookings", f"{HEAD}\n1,Doe,Alex,2026-03-01 22:00,,\n")
    assert counts(run) == (1, 0, 1, 0)
    assert str(Booking.objects.get(number="1").person.birth_date) == "1990-05-04"


def test_a_number_that_stands_for_somebody_else_is_set_aside(imported: Import) -> None:
    imported("bookings", GOOD)
    run = imported("bookings", f"{HEAD}\n1,Poe,Kim,2026-03-01 22:00,,\n")
    assert counts(run) == (1, 0, 0, 1)
    assert "expected “Doe”" in problems(run)[2]
    assert Booking.objects.get(number="1").person.family_name == "Doe"


def test_another_time_of_booking_under_the_same_number_is_set_aside(imported: Import) -> None:
    imported("bookings", GOOD)
    run = imported("bookings", f"{HEAD}\n1,Doe,Alex,2026-02-01 22:00,,\n")
    assert "Another stay under the same number?" in problems(run)[2]


@pytest.mark.parametrize("batch", [1, 100])
def test_a_number_twice_in_a_file_is_told_with_the_line_of_the_first(imported: Import, batch: int) -> None:
    rows = [f"1,Doe,{name},2026-03-01 22:00,,arrest" for name in ("Alex", "Kim", "Alex")]
    text = "\n".join([HEAD, *rows])
    for taken in (1, 0):
        run = imported("bookings", text, batch=batch)
        assert counts(run) == (3, taken, 2 - taken, 1)
        assert "found it on line 2" in problems(run)[3]
    assert Booking.objects.get().person.given_name == "Alex"


def test_the_same_row_twice_is_set_aside_twice_where_it_is_wrong(imported: Import) -> None:
    stay(ImportRun.agency.field.related_model.objects.get(), "1")
    row = "1,Poe,Kim,2026-03-01 22:00,,\n"
    run = imported("bookings", f"{HEAD}\n{row}{row}")
    assert counts(run) == (2, 0, 0, 2)


def test_a_row_of_the_future_and_a_time_that_happened_twice_are_set_aside(imported: Import) -> None:
    run = imported(
        "bookings",
        f"{HEAD}\n1,Doe,A,2026-03-02 04:00,,\n2,Doe,B,2025-11-02 01:30,,\n3,Doe,C,2025-11-02 01:30-07:00,,\n4,Doe,D,45352.9,,\n",
    )
    assert counts(run) == (4, 1, 0, 3)
    said = problems(run)
    assert "in the future" in said[2]
    assert "which one was it, 2025-11-02 01:30-07:00 or 2025-11-02 01:30-08:00" in said[3]
    assert "Excel" in said[5]


def test_the_words_of_the_jails_system_are_translated_by_the_mapping(imported: Import) -> None:
    run = imported(
        "bookings",
        f"{HEAD}\n1,Doe,A,2026-03-01 22:00,,FRESH ARR\n",
        values={"ground": {"Fresh Arr": "arrest"}},
    )
    assert counts(run) == (1, 1, 0, 0)
    assert Ground.objects.get().kind == "arrest"


def test_columns_that_may_not_be_collected_are_dropped_with_the_section_and_are_nowhere(
    imported: Import,
) -> None:
    run = imported(
        "bookings",
        f"{HEAD},Country of Citizenship,place of birth\n1,Doe,A,2026-03-01 22:00,,arrest,Utopia,Atlantis\n"
        "2,,B,2026-03-01 22:00,,,Utopia,Atlantis\n",
    )
    assert [one["column"] for one in run.dropped] == ["Country of Citizenship", "place of birth"]
    assert {one["cite"] for one in run.dropped} == {"Cal. Gov. Code § 7284.6(a)(1)(A)"}
    assert (Person.objects.get().birthplace, Person.objects.get().citizenship_said) == ("", "")
    everywhere = json.dumps(
        [*ImportRow.objects.values_list("raw", flat=True), *Event.objects.values_list("body", flat=True)]
    )
    assert "Utopia" not in everywhere
    assert "Atlantis" not in everywhere


def test_where_the_law_is_silent_the_same_columns_are_kept(db: None) -> None:
    agency = make_agency("Jail in Wyoming", "us/wy/laramie-county", zone="America/Denver")
    plan = mapping.Plan.of(
        "bookings",
        {"columns": {n: n for n in ("number", "family_name", "given_name", "booked_at", "birthplace")}},
    )
    text = "number,family_name,given_name,booked_at,birthplace\n1,Doe,A,2026-03-01 22:00,Atlantis\n"
    run = importing.run_file(
        Actor(agency, AT, how="import"), plan, lambda: io.BytesIO(text.encode()), name="x"
    )
    assert (run.dropped, Person.objects.get().birthplace) == ([], "Atlantis")


def test_a_file_without_a_required_column_is_refused_whole(imported: Import) -> None:
    with pytest.raises(Refused, match="expected a column for family_name, booked_at"):
        imported("bookings", "number,given_name\n1,Alex\n")
    assert ImportRun.objects.count() == 0


def test_a_million_rows_with_one_bad_is_told_by_its_line(imported: Import) -> None:
    rows = [f"{n},Doe,Alex,2026-03-01 22:00,,arrest" for n in range(3000)]
    rows[1717] = "1717,Doe,Alex,yesterday,,arrest"
    run = imported("bookings", HEAD + "\n" + "\n".join(rows))
    assert counts(run) == (3000, 2999, 0, 1)
    assert list(problems(run)) == [1719]


def test_a_clerk_meets_a_hidden_number_without_seeing_it(
    imported: Import, agency: Agency, clerk: User
) -> None:
    hidden = stay(agency, "2")
    Booking.objects.filter(pk=hidden.pk).update(juvenile=True)
    with seeing(scope_of(clerk)):
        run = imported("bookings", GOOD)
        assert counts(run) == (2, 1, 0, 1)
        assert "a file you may not see" in problems(run)[3]
        assert Booking.objects.get().number == "1"


def test_a_juvenile_file_is_imported_by_those_who_may_see_it(
    imported: Import, jail: Actor, clerk: User, supervisor: User
) -> None:
    text = "number,family_name,given_name,booked_at,juvenile\n1,Doe,A,2026-03-01 22:00,yes\n"
    with seeing(scope_of(clerk)):
        assert "juvenile files" in problems(imported("bookings", text))[2]
    with seeing(scope_of(supervisor)):
        run = imported("bookings", text, actor=Actor(jail.agency, AT, supervisor, how="import"))
        assert counts(run) == (1, 1, 0, 0)


# ----------------------------------------------------------------------------------------------- trials, interruptions


def test_a_trial_says_what_would_happen_and_changes_nothing(imported: Import) -> None:
    run = imported("bookings", GOOD + "3,Poe,Kim,nonsense,,\n", dry=True)
    assert counts(run) == (3, 2, 0, 1)
    assert (Booking.objects.count(), kinds()) == (0, [])
    assert ImportRow.objects.filter(done_at=None).count() == 0
    assert "nonsense" in problems(run)[4]


def test_an_import_that_was_interrupted_goes_on_where_it_stood(imported: Import, jail: Actor) -> None:
    rows = [f"{n},Doe,Alex,2026-03-01 22:00,,arrest" for n in range(90)] + ["3,Roe,Kim,2026-03-01 22:00,,"]
    data = "\n".join([HEAD, *rows]).encode()
    plan = mapping.Plan.of("bookings", {"columns": mapping.propose("bookings", HEAD.split(","))})

    all_rows = importing.rows_of(lambda: io.BytesIO(data))
    run = importing.begin(jail, plan, name="x", sha256="", rows=all_rows)
    stops = iter([False, True])
    assert not importing.go_on(jail, run, all_rows, stop=lambda: next(stops), batch=20)
    again = ImportRun.objects.get()
    assert counts(again) == (40, 40, 0, 0)
    assert importing.go_on(jail, again, all_rows, batch=20)
    assert counts(again) == (91, 90, 0, 1)
    assert "line 5" in problems(again)[92]


def test_two_who_run_one_import_do_not_take_a_batch_twice(jail: Actor) -> None:
    rows = importing.rows_of(lambda: io.BytesIO(GOOD.encode()))
    plan = mapping.Plan.of("bookings", {"columns": mapping.propose("bookings", HEAD.split(","))})
    run = importing.begin(jail, plan, name="x", sha256="", rows=rows)
    other = ImportRun.objects.get()
    importing.go_on(jail, run, rows)
    with pytest.raises(Refused, match="run elsewhere"):
        importing.go_on(jail, other, rows)
    assert Booking.objects.count() == 2


# -------------------------------------------------------------------------------------------------- charges, grounds


CHARGES = "number,statute,status,grade,convicted_on\n"


def test_charges_are_taken_once_and_their_status_follows(imported: Import, agency: Agency) -> None:
    stay(agency)
    text = CHARGES + "1,PC 459,charged,felony,\n1,PC 484,charged,misdemeanor,\n"
    assert counts(imported("charges", text)) == (2, 2, 0, 0)
    assert counts(imported("charges", text)) == (2, 0, 2, 0)
    run = imported("charges", text.replace("PC 459,charged,felony,", "PC 459,convicted,felony,2026-02-27"))
    assert counts(run) == (2, 1, 1, 0)
    charge = Charge.objects.get(statute="PC 459")
    assert (charge.status, str(charge.convicted_on)) == ("convicted", "2026-02-27")
    assert list(charge.history.values_list("status", flat=True)) == ["charged", "convicted"]


def test_two_counts_of_one_section_stay_two(imported: Import, agency: Agency) -> None:
    stay(agency)
    text = CHARGES + "1,PC 459,charged,felony,\n1,PC 459,dismissed,felony,\n"
    for taken in (2, 0):
        assert counts(imported("charges", text)) == (2, taken, 2 - taken, 0)
    assert list(Charge.objects.order_by("pk").values_list("status", flat=True)) == ["charged", "dismissed"]


def test_a_charge_taken_in_bulk_is_what_the_page_would_have_made(
    imported: Import, jail: Actor, agency: Agency
) -> None:
    one, two = stay(agency, "1"), stay(agency, "2")
    imported("charges", CHARGES + "1,PC 459,charged,felony,\n")
    files.add_charge(jail, two, statute="PC 459", status="charged", grade="felony")
    made, by_hand = (
        Event.objects.get(kind="charge.added", subject=f"booking/{b.pk}").data for b in (one, two)
    )
    assert made | {"charge": 0} == by_hand | {"charge": 0}
    assert [b.version for b in Booking.objects.order_by("number")] == [2, 2]
    assert ChargeStatus.objects.count() == 2


def test_a_charge_on_a_file_with_a_request_is_answered_again_in_the_same_import(
    imported: Import, jail: Actor, agency: Agency
) -> None:
    agency.place = "us/ca/fresno-county"
    agency.save()
    booking = stay(agency)
    files.know_record(jail, booking, True)
    asking.receive(
        jail, booking, kind="immigration_detainer", received_at=AT, form="I-247A", warrant="administrative"
    )
    before = Answer.objects.get().decision["actions"]["notify_release"]["outcome"]
    imported(
        "charges",
        CHARGES + "1,PC 187,convicted,felony,2020-05-01\n",
    )
    after = Answer.objects.get(superseded_at=None).decision["actions"]["notify_release"]["outcome"]
    assert (before, after) == ("unknown", "allowed")


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("9,PC 459,charged,felony,", "found none with number 9"),
        ("1,,charged,felony,", "found none of them"),
        ("1,PC 459,F,felony,", "found “F”"),
        ("1,PC 459,charged,felony,2020-01-01", "expected the status convicted"),
    ],
)
def test_a_charge_that_cannot_be_right_is_set_aside(
    imported: Import, agency: Agency, row: str, says: str
) -> None:
    stay(agency)
    run = imported("charges", CHARGES + row)
    assert counts(run) == (1, 0, 0, 1)
    assert says in problems(run)[2]


GROUNDS = "number,kind,opened_at,ended_at,ended_how\n"


def test_grounds_open_and_end_and_t0_follows(imported: Import, agency: Agency) -> None:
    booking = stay(agency)
    run = imported("grounds", GROUNDS + "1,arrest,2026-02-28 20:00,,\n1,warrant,2026-03-01 08:00,,\n")
    assert counts(run) == (2, 2, 0, 0)
    text = (
        GROUNDS
        + "1,arrest,2026-02-28 20:00,2026-03-02 01:00,bond posted\n1,warrant,2026-03-01 08:00,2026-03-02 02:30,recalled\n"
    )
    for taken in (2, 0):
        assert counts(imported("grounds", text)) == (2, taken, 2 - taken, 0)
    booking.refresh_from_db()
    assert booking.t0 == datetime(2026, 3, 2, 10, 30, tzinfo=UTC)
    assert Due.objects.get(source=clocks.T0).due_at == booking.t0


def test_a_ground_that_ended_at_another_time_is_asked_about(imported: Import, agency: Agency) -> None:
    stay(agency)
    imported("grounds", GROUNDS + "1,arrest,2026-02-28 20:00,2026-03-02 01:00,bond\n")
    run = imported("grounds", GROUNDS + "1,arrest,2026-02-28 20:00,2026-03-02 01:05,bond\n")
    assert "as the file has it" in problems(run)[2]


# --------------------------------------------------------------------------------------------------------- releases

RELEASES = "number,kind,left_at,grounds_ended_at,past_limit_reason,to\n"


def test_a_release_before_its_booking_is_set_aside(imported: Import, agency: Agency) -> None:
    stay(agency)
    run = imported("releases", RELEASES + "1,released,2026-02-28 10:00,2026-02-28 09:00,,\n")
    assert "expected a time after the booking" in problems(run)[2]
    assert Departure.objects.count() == 0


def test_releases_are_taken_once(imported: Import) -> None:
    imported("bookings", GOOD)
    text = (
        RELEASES
        + "1,released,2026-03-02 01:00,2026-03-02 00:40,count and papers took 20 min,\n"
        + "2,transferred,2026-03-02 02:00,,,State prison\n"
    )
    for taken in (2, 0):
        assert counts(imported("releases", text)) == (2, taken, 2 - taken, 0)
    left = Departure.objects.get(booking__number="1")
    assert (left.limit_at, left.past_limit_reason) == (
        datetime(2026, 3, 2, 8, 40, tzinfo=UTC),
        "count and papers took 20 min",
    )
    assert Departure.objects.get(booking__number="2").to == "State prison"


def test_a_release_past_its_limit_without_a_reason_is_set_aside(imported: Import) -> None:
    imported("bookings", GOOD)
    run = imported("releases", RELEASES + "1,released,2026-03-02 01:00,2026-03-02 00:40,,\n")
    assert "the limit had run out" in problems(run)[2]


def test_a_release_while_a_ground_is_open_is_set_aside(imported: Import) -> None:
    imported("bookings", GOOD)
    run = imported("releases", RELEASES + "1,released,2026-03-02 01:00,,,\n")
    assert "a ground of custody is open" in problems(run)[2]


def test_another_time_of_release_is_asked_about(imported: Import) -> None:
    imported("bookings", GOOD)
    row = "1,released,2026-03-02 01:00,2026-03-02 01:00,,\n"
    imported("releases", RELEASES + row)
    run = imported("releases", RELEASES + row.replace("01:00,2026", "02:00,2026"))
    assert "as the file has it" in problems(run)[2]


def test_a_release_in_bulk_leaves_what_the_services_leave(imported: Import, jail: Actor) -> None:
    imported(
        "bookings",
        GOOD.replace("\n2,Roe,Sam,3/1/2026 23:15,,charge", "\n2,Doe,Alex,2026-03-01 22:00,1990-05-04,arrest"),
    )
    ended, left = datetime(2026, 3, 2, 8, 40, tzinfo=UTC), datetime(2026, 3, 2, 9, tzinfo=UTC)
    imported("releases", RELEASES + "1,released,2026-03-02 01:00,2026-03-02 00:40,papers,\n")
    two = Booking.objects.get(number="2")
    files.end_ground(jail, two.grounds.get(), at=ended)
    leaving.depart(jail, two, kind="released", at=left, past_limit_reason="papers")
    for table in ("bookings", "grounds", "left"):
        first, second = everything()[table]
        assert {k: v for k, v in first.items() if "number" not in k} == {
            k: v for k, v in second.items() if "number" not in k
        }, table
    # the release clock was never set in bulk: the person had left when the file was read
    assert {due["booking__number"] for due in everything()["dues"]} == {"2"}

    def told(number: str) -> list[Any]:
        subject = f"booking/{Booking.objects.get(number=number).pk}"
        found = (
            Event.objects.filter(subject=subject)
            .exclude(kind__startswith="due.")
            .exclude(kind__in=["booking.made", "ground.opened"])
        )
        return [(event.kind, event.data | {"ground": 0}) for event in found.order_by("pk")]

    assert told("1") == told("2")


def test_a_release_of_a_file_with_papers_to_give_goes_through_the_gate(imported: Import, jail: Actor) -> None:
    imported("bookings", GOOD)
    booking = Booking.objects.get(number="1")
    asking.receive(
        jail, booking, kind="immigration_detainer", received_at=AT, form="I-247A", warrant="administrative"
    )
    run = imported("releases", RELEASES + "1,released,2026-03-02 03:00,2026-03-02 03:00,,\n")
    assert "To be given before the file closes" in problems(run)[2]
    assert Booking.objects.get(number="1").t0 is None


# ------------------------------------------------------------------------------------------------------ tells nobody


def tell_into(told: list[str]) -> Callable[[Alarm], list[str]]:
    def tell(alarm: Alarm) -> list[str]:
        told.append(alarm.stage)
        return ["page"]

    return tell


def test_an_import_tells_nobody_and_what_was_late_long_ago_stands_on_the_page_only(
    imported: Import, jail: Actor, agency: Agency
) -> None:
    for number in range(30):
        stay(agency, str(number))
    rows = "".join(f"{n},arrest,2026-02-28 20:00,2026-03-01 09:00,bond\n" for n in range(30))
    imported("grounds", GROUNDS + rows)
    dues = Due.objects.filter(source=clocks.T0, done_at=None)
    assert dues.count() == 30
    assert {due.missed_at for due in dues} == {datetime(2026, 3, 1, 17, tzinfo=UTC)}
    told: list[str] = []
    clocks.raise_alarms(AT + timedelta(minutes=1), tell_into(told))
    assert (told, getattr(mail, "outbox", []), Paper.objects.count()) == ([], [], 0)
    assert Event.objects.filter(kind="due.missed").count() == 30


def test_an_alarm_that_lies_ahead_still_rings(imported: Import, agency: Agency) -> None:
    stay(agency)
    imported("grounds", GROUNDS + "1,sentence,2026-02-28 20:00,2026-03-02 20:00,served\n")
    told: list[str] = []
    clocks.raise_alarms(AT + timedelta(days=1), tell_into(told))
    assert told == ["missed"]


# ---------------------------------------------------------------------------------------------------- rows set aside


def test_a_row_set_aside_is_mended_and_taken(imported: Import, jail: Actor) -> None:
    run = imported("bookings", f"{HEAD}\n1,Doe,Alex,45352.9,,arrest\n")
    row = run.rows.get()
    with pytest.raises(Refused, match="Excel"):
        importing.take_again(jail, row, {})
    importing.take_again(jail, row, {"booked_at": "2026-03-01 22:00"})
    row.refresh_from_db()
    assert (row.done_how, Booking.objects.get().number) == ("taken", "1")
    assert Event.objects.get(kind="import.row_taken").data["changed"] == {
        "booked_at": ["45352.9", "2026-03-01 22:00"]
    }
    with pytest.raises(Refused, match="dealt with already"):
        importing.put_down(jail, row, because="late")


def test_a_row_that_matched_nobody_is_matched_to_a_booking(
    imported: Import, jail: Actor, agency: Agency
) -> None:
    stay(agency, "26-1")
    run = imported("charges", CHARGES + "26/1,PC 459,charged,felony,\n")
    importing.take_again(jail, run.rows.get(), {"number": "26-1"})
    assert Charge.objects.get().booking.number == "26-1"


def test_a_row_is_put_down_with_a_reason(imported: Import, jail: Actor) -> None:
    run = imported("bookings", f"{HEAD}\n1,Doe,,2026-03-01 22:00,,arrest\n")
    with pytest.raises(Refused, match="found nothing"):
        importing.put_down(jail, run.rows.get(), because=" ")
    importing.put_down(jail, run.rows.get(), because="a test entry of the jail's system")
    assert not list(importing.open_rows(jail.agency))
    assert (
        Event.objects.get(kind="import.row_put_down").data["because"] == "a test entry of the jail's system"
    )


def test_columns_are_proposed_however_their_names_are_written() -> None:
    names = ["Booking No.", "LastName", "first name", "DOB", "Booking_Date", "Cell block"]
    fields = ["number", "family_name", "given_name", "birth_date", "booked_at"]
    assert mapping.propose("bookings", names) == dict(zip(names, fields, strict=False))


def test_a_mapping_is_saved_by_name_and_found_again(jail: Actor, agency: Agency) -> None:
    plan = mapping.Plan.of(
        "bookings", {"columns": {"BookNo": "number"}, "values": {"ground": {"ARR": "arrest"}}}
    )
    mapping.save(jail, "Nightly", plan)
    assert mapping.saved(agency, "Nightly") == plan
    with pytest.raises(Refused, match="expected one of Nightly"):
        mapping.saved(agency, "Daily")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"columns": {"A": "nobody"}}, "found nobody"),
        ({"columns": {"A": "number", "B": "number"}}, "number from two"),
        ({"columns": ["number"]}, "found something else"),
        ({}, "found something else"),
    ],
)
def test_a_mapping_that_is_none_is_refused(data: dict[str, Any], says: str) -> None:
    with pytest.raises(Refused, match=says):
        mapping.Plan.of("bookings", data)


def test_the_database_keeps_the_agencies_apart(imported: Import, clerk: User) -> None:
    imported("bookings", GOOD)
    with seeing(scope_of(clerk)), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM custody_importrun")
        assert cursor.fetchone() == (1,)
    other = make_agency("Other")
    from bailiwick.custody.seeing import Scope

    with seeing(Scope(str(other.pk))), connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM custody_importrun) + (SELECT count(*) FROM custody_importupload)"
        )
        assert cursor.fetchone() == (0,)
