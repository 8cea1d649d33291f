"""Row-level security: what a raw SQL statement in a request's session can see."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from bailiwick.custody.models import Agency, Booking, Charge, ChargeStatus, Due, Person, User
from bailiwick.custody.rights import scope_of
from bailiwick.custody.seeing import LOGGING_IN, NOTHING, Scope, enter, everything, seeing
from tests.conftest import make_agency, make_user

AT = datetime(2026, 3, 2, 11, 22, tzinfo=UTC)


def stay(agency: Agency, number: str, **more: Any) -> Booking:
    person = Person.objects.create(agency=agency, family_name=f"Doe {number}", given_name="Alex")
    booking = Booking.objects.create(agency=agency, number=number, person=person, booked_at=AT, **more)
    charge = Charge.objects.create(agency=agency, booking=booking, statute="PC 459")
    ChargeStatus.objects.create(agency=agency, charge=charge, status="arrested", since=AT)
    Due.objects.create(agency=agency, booking=booking, kind="fact", source="facts", what="one fact", since=AT)
    return booking


@pytest.fixture
def two(db: None) -> tuple[Agency, Agency]:
    here, there = make_agency("Here"), make_agency("There", "us/tx/travis-county")
    for agency in (here, there):
        stay(agency, "1")
    return here, there


def raw(sql: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return [row[0] for row in cursor.fetchall()]


TABLES = ("person", "booking", "charge", "chargestatus", "due")


def test_a_raw_query_sees_only_the_rows_of_the_agency_that_is_set(two: tuple[Agency, Agency]) -> None:
    here, _ = two
    with seeing(Scope(str(here.pk))):
        for table in TABLES:
            assert raw(f"SELECT agency_id FROM custody_{table}") == [here.pk], table


def test_with_nothing_set_nothing_is_seen(two: tuple[Agency, Agency]) -> None:
    for scope in (NOTHING, LOGGING_IN):
        with seeing(scope):
            for table in TABLES:
                assert raw(f"SELECT count(*) FROM custody_{table}") == [0], table


def test_jobs_see_every_agency(two: tuple[Agency, Agency]) -> None:
    with everything():
        assert raw("SELECT count(*) FROM custody_booking") == [2]


def test_a_row_of_another_agency_can_neither_be_written_nor_changed_nor_deleted(
    two: tuple[Agency, Agency],
) -> None:
    here, there = two
    with seeing(Scope(str(here.pk))):
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            Person.objects.create(agency=there, family_name="Roe", given_name="Sam")
        assert Person.objects.filter(agency=there).update(family_name="Roe") == 0
        assert ChargeStatus.objects.filter(agency=there).delete()[0] == 0
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            Person.objects.update(agency=there)


def test_the_session_runs_under_a_role_that_cannot_bypass(two: tuple[Agency, Agency]) -> None:
    with seeing(Scope(str(two[0].pk))):
        assert raw("SELECT current_user::text") == ["bailiwick_app"]
        assert raw("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user") == [False]


def test_the_role_outlives_a_transaction_that_is_rolled_back(transactional_db: str) -> None:
    agency = make_agency()
    with seeing(Scope(str(agency.pk))):
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            raise ZeroDivisionError
        assert raw("SELECT current_user::text") == ["bailiwick_app"]


def test_a_connection_opened_anew_is_restricted_too(transactional_db: str) -> None:
    make_agency()
    with seeing(NOTHING):
        connection.close()
        assert raw("SELECT current_user::text") == ["bailiwick_app"]
        assert raw("SELECT count(*) FROM custody_person") == [0]
    assert raw("SELECT current_user::text") != ["bailiwick_app"]


def test_when_somebody_is_known_the_scope_changes(two: tuple[Agency, Agency]) -> None:
    here, _ = two
    clerk = make_user(here, "clerk")
    make_user(two[1], "clerk", "their-clerk")
    with seeing(LOGGING_IN):
        assert User.objects.count() == 2
        enter(scope_of(clerk))
        assert [user.pk for user in User.objects.all()] == [clerk.pk]
        assert raw("SELECT count(*) FROM custody_booking") == [1]


def test_sealed_and_juvenile_files_are_hidden_with_all_that_belongs_to_them(
    two: tuple[Agency, Agency],
) -> None:
    here, _ = two
    stay(here, "2", juvenile=True)
    stay(here, "3", sealed_at=AT)
    for scope, seen in (
        (scope_of(make_user(here, "clerk")), 1),
        (scope_of(make_user(here, "supervisor")), 3),
    ):
        with seeing(scope):
            for table in TABLES:
                assert raw(f"SELECT count(*) FROM custody_{table}") == [seen], table


def test_a_clerk_named_for_sealed_files_sees_them(two: tuple[Agency, Agency]) -> None:
    here, _ = two
    stay(here, "2", juvenile=True)
    with seeing(scope_of(make_user(here, "clerk", sees_sealed=True))):
        assert Booking.objects.count() == 2


def test_a_person_with_one_open_and_one_sealed_stay_is_seen_with_the_open_one_only(
    two: tuple[Agency, Agency],
) -> None:
    here, _ = two
    sealed = stay(here, "2", sealed_at=AT)
    Booking.objects.create(agency=here, number="3", person=sealed.person, booked_at=AT)
    with seeing(scope_of(make_user(here, "clerk"))):
        person = Person.objects.get(pk=sealed.person.pk)
        assert [booking.number for booking in person.bookings.all()] == ["3"]


def test_every_table_that_names_an_agency_is_secured(db: None) -> None:
    open_tables = raw(
        """SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
           WHERE c.relkind IN ('r', 'p') AND a.attname = 'agency_id' AND NOT c.relrowsecurity"""
    )
    assert open_tables == []
