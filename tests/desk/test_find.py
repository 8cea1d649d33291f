"""Find a person: by name, number, birth date; page after page."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection

from bailiwick.custody.models import Agency, Booking, Person
from bailiwick.custody.models.bookings import name_key
from tests.conftest import make_agency
from tests.desk.conftest import NOW, text


def person(agency: Agency, family: str, given: str, born: date | None = None, number: str = "") -> Booking:
    made = Person.objects.create(agency=agency, family_name=family, given_name=given, birth_date=born)
    number = number or f"N-{made.pk}"
    return Booking.objects.create(
        agency=agency, number=number, person=made, booked_at=NOW - timedelta(minutes=made.pk % 50)
    )


@pytest.fixture
def four(agency: Agency) -> None:
    person(agency, "García López", "María", date(1990, 3, 2), "26-000001")
    person(agency, "Garcia", "Ann", date(1990, 3, 2), "26-000002")
    person(agency, "Marsh", "Garcilaso", number="25-999999")
    person(make_agency("Other"), "Garcia", "Elsewhere", number="26-000001")


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("garcia", ["Garcia, Ann", "García López, María"]),
        ("GARCÍA", ["Garcia, Ann", "García López, María"]),
        ("garcia lopez", ["García López, María"]),
        ("Garcia, Ann", ["Garcia, Ann"]),
        ("maria garcia", ["García López, María"]),
        ("mar", ["Marsh, Garcilaso", "García López, María"]),
        ("garcil", ["Marsh, Garcilaso"]),
        ("3/2/1990", ["García López, María", "Garcia, Ann"]),
        ("1990-03-02", ["García López, María", "Garcia, Ann"]),
        ("26-0", ["García López, María", "Garcia, Ann"]),
        ("25-999999", ["Marsh, Garcilaso"]),
        ("%", []),
        ("o'", []),
    ],
)
def test_what_is_typed_finds_whom(desk: Any, four: None, typed: str, found: list[str]) -> None:
    page = desk("clerk").get("/find", {"q": typed}).content.decode()
    assert re.findall(r'<th scope="row"><a href="/bookings/\d+">([^<]+)</a>', page) == found
    assert ("Nobody is found" in page) == (not found)


@pytest.mark.parametrize("typed", ["", "doe", "alex", "5/4/1994", "N-1"])
def test_pages_follow_one_another_and_nobody_is_lost_or_shown_twice(
    desk: Any, agency: Agency, typed: str
) -> None:
    for number in range(60):
        person(agency, "Doe", "Alex", date(1994, 5, 4), f"N-1{number:03}")
    clerk, url, seen = desk("clerk"), f"/find?q={typed}", []
    for _ in range(9):
        page = clerk.get(url).content.decode()
        seen += re.findall(r'href="/bookings/(\d+)"', page)
        further = re.search(r'href="/find\?(q=[^"]*after=[^"]+)"', page)
        if further is None:
            break
        url = "/find?" + further[1].replace("&amp;", "&")
    # A name that matches family name first and given name first is not both here: "Doe Alex", "Alex Doe".
    assert sorted(map(int, seen)) == sorted(Booking.objects.values_list("pk", flat=True))


def test_a_page_mark_that_was_changed_is_not_followed(desk: Any, four: None) -> None:
    assert "Garcia, Ann" in text(desk("clerk").get("/find?q=garcia&after=made-up"))


@pytest.mark.parametrize("name", ["García", "ÁÀÂÄÃÅ", "Ñandú", "O’Brien", "Çelik", "Müller", "Nguyễn"])
def test_the_database_makes_the_same_of_a_name_as_the_page(agency: Agency, name: str) -> None:
    person(agency, name, "x")
    assert Person.objects.get().family_first == name_key(f"{name} x")


#: Five thousand people and their stays, so that the planner has something to choose for.
_MANY = """
INSERT INTO custody_person (agency_id, family_name, given_name, birth_date, language, birthplace, citizenship_said,
    lawyer_name, lawyer_contact, designated_name, designated_contact)
SELECT %(agency)s, chr(65 + n %% 26) || 'arcia', 'Alex', DATE '1950-01-01' + n, 'en', '', '', '', '', '', ''
FROM generate_series(1, 5000) n;
INSERT INTO custody_booking (agency_id, number, person_id, booked_at, facts, juvenile, sealed_because, version)
SELECT agency_id, '2' || id %% 10 || '-' || id, id, now(), '{}', false, '', 1 FROM custody_person;
ANALYZE custody_person; ANALYZE custody_booking;
"""


@pytest.mark.parametrize(
    ("typed", "index"),
    [("garcia", "person_family_first"), ("26-0", "booking_number"), ("3/2/1990", "person_birth_date")],
)
def test_a_search_goes_by_an_index(agency: Agency, typed: str, index: str) -> None:
    from bailiwick.desk.pages.find import search

    with connection.cursor() as cursor:
        cursor.execute(_MANY, {"agency": agency.pk})
    connection.force_debug_cursor = True
    before = len(connection.queries)
    search(agency, typed)
    asked = connection.queries[before]["sql"]
    connection.force_debug_cursor = False
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + asked.replace("%", "%%"))
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert f"Index Scan using {index}" in plan
    assert "Seq Scan" not in plan
