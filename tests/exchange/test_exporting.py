"""Exports: whole, formula-safe, logged, and only what may be seen."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from typing import Any

import pytest

from bailiwick.custody import asking, files, leaving
from bailiwick.custody.acting import Actor
from bailiwick.custody.errors import Refused
from bailiwick.custody.exchange import exporting, niem
from bailiwick.custody.models import Agency, Booking, User
from bailiwick.record.models import Event
from tests.conftest import make_agency
from tests.exchange.conftest import AT, Import, counts


@pytest.fixture
def booking(jail: Actor) -> Booking:
    """A stay with a charge and a detainer."""
    made = files.book(
        jail, number="26-1", person={"family_name": "Doe", "given_name": "Alex", "language": "es"},
        booked_at=AT - timedelta(hours=10), grounds=[{"kind": "arrest", "opened_at": AT - timedelta(hours=10)}],
        charges=[{"statute": "PC 459", "status": "charged", "grade": "felony"}],
    )  # fmt: skip
    asking.receive(
        jail, made, kind="immigration_detainer", received_at=AT - timedelta(hours=5), form="I-247A", warrant="administrative",
        requesting_agency="ICE", fields={"event_number": "EVT0001"},
    )  # fmt: skip
    return Booking.objects.get(pk=made.pk)


def table(actor: Actor, name: str) -> list[dict[str, str]]:
    text = b"".join(exporting.table_csv(actor, name)).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＠"])
def test_a_cell_that_a_spreadsheet_would_calculate_is_escaped(jail: Actor, start: str) -> None:
    files.book(
        jail,
        number="1",
        person={"family_name": f"{start}cmd|' /C calc'!A0", "given_name": "Alex"},
        booked_at=AT,
    )
    text = b"".join(exporting.table_csv(jail, "bookings")).decode()
    assert f"'{start}cmd" in text
    assert table(jail, "bookings")[0]["family_name"].startswith("'")


def test_plain_cells_stay_as_they_are() -> None:
    values = (None, True, False, "Doe", "O'Neil", 5, AT, AT.date(), ["a"])
    assert [exporting.cell(value) for value in values] == [
        "", "yes", "no", "Doe", "O'Neil", "5", "2026-03-02T11:22:00Z", "2026-03-02", '["a"]',
    ]  # fmt: skip


def test_what_is_exported_can_be_imported_again_and_changes_nothing(
    imported: Import, jail: Actor, booking: Booking, agency: Agency
) -> None:
    for name in ("bookings", "grounds", "charges"):
        text = b"".join(exporting.table_csv(jail, name))
        assert counts(imported(name, text)) == (1, 0, 1, 0), name


@pytest.mark.parametrize("name", exporting.TABLES)
def test_every_table_is_written_and_logged(jail: Actor, booking: Booking, name: str) -> None:
    rows = table(jail, name)
    event = Event.objects.get(kind="export.made")
    assert (event.data["what"], event.data["rows"], event.actor) == (name, len(rows), jail.name)


def test_a_table_that_is_none_is_refused(jail: Actor) -> None:
    with pytest.raises(Refused, match="expected one of bookings"):
        exporting.table_csv(jail, "users")


def test_a_file_whole_holds_everything_that_stands_on_it(jail: Actor, booking: Booking) -> None:
    found = json.loads(json.dumps(exporting.one_file(jail, booking)))
    assert found["booking"]["person"]["family_name"] == "Doe"
    assert [one["statute"] for one in found["charges"]] == ["PC 459"]
    assert found["answers"][0]["decision"]["actions"]["hold"]["outcome"] == "forbidden"
    assert found["record"][0]["kind"] == "booking.made"
    assert found["record"][-1]["kind"] == "export.made"


def test_all_files_are_those_the_user_may_see(jail: Actor, booking: Booking, supervisor: User) -> None:
    files.book(
        Actor(jail.agency, AT, supervisor),
        number="26-2",
        person={"family_name": "Roe", "given_name": "Sam"},
        booked_at=AT,
        juvenile=True,
    )
    files.book(
        Actor(make_agency("Other"), AT),
        number="26-3",
        person={"family_name": "Poe", "given_name": "Kim"},
        booked_at=AT,
    )

    def numbers(actor: Actor) -> list[str]:
        return [one["booking"]["number"] for one in json.loads(b"".join(exporting.all_files(actor)))]

    assert numbers(jail) == ["26-1"]
    assert numbers(Actor(jail.agency, AT, supervisor)) == ["26-1", "26-2"]


def test_no_files_are_an_empty_array(jail: Actor) -> None:
    assert json.loads(b"".join(exporting.all_files(jail))) == []


# ------------------------------------------------------------------------------------------------------------ NIEM

#: Properties that stand in the types of NIEM 6.0 under these names (justice.xsd, immigration.xsd), read in the schemas.
SCHEMA = {
    "j:Booking": {"j:BookingAgency", "j:BookingAgencyRecordIdentification", "j:BookingRelease", "j:BookingSealedIndicator",
                  "j:BookingSubject"},
    "j:Charge": {"j:ChargeDescriptionText", "j:ChargeStatute", "j:ChargeSeverityText", "j:ChargeFelonyIndicator",
                 "j:ChargeDegreeText", "j:ChargeStatus", "j:ChargeDisposition", "j:ChargeSubject"},
    "j:ChargeStatute": {"j:StatuteCodeIdentification", "j:StatuteCodeSectionIdentification"},
    "j:DetainerNotificationRequest": {"j:NotificationRequestAuthorityText"},
    "im:DetainerLiftReason": {"im:DetentionDetainerLiftDescriptionText"},
}  # fmt: skip


def own(value: Any) -> set[str]:
    """Properties of the domains, not of the core."""
    rows = value if isinstance(value, list) else [value]
    return {name for row in rows for name in row if name.startswith(("j:", "im:"))}


def test_niem_json_uses_only_properties_of_the_schemas(jail: Actor, booking: Booking) -> None:
    charge = booking.charges.get()
    files.change_charge(
        jail,
        charge,
        status="convicted",
        convicted_on=AT.date(),
        degree="2",
        code="2202",
        code_system="ncic",
        description="Burglary",
    )
    asking.withdraw(jail, booking.requests.get(), because="new form")
    found = json.loads(json.dumps(niem.niem(jail, booking)))
    assert set(found) == {
        "@context",
        "j:Booking",
        "j:Charge",
        "j:DetainerNotificationRequest",
        "im:DetainerLiftReason",
    }
    for name in ("j:Booking", "j:Charge", "j:DetainerNotificationRequest", "im:DetainerLiftReason"):
        assert own(found[name]) <= SCHEMA[name], name
    assert own(found["j:Charge"][0]["j:ChargeStatute"]) <= SCHEMA["j:ChargeStatute"]
    assert found["@context"]["j"] == "https://docs.oasis-open.org/niemopen/ns/model/domains/justice/6.0/#"
    assert found["j:Booking"]["j:BookingAgencyRecordIdentification"]["nc:IdentificationID"] == "26-1"
    assert found["im:DetainerLiftReason"][0]["im:DetentionDetainerLiftDescriptionText"] == "new form"


def test_a_person_who_left_has_a_release_and_a_detainer_that_stands_has_no_lift_reason(jail: Actor) -> None:
    booking = files.book(
        jail, number="1", person={"family_name": "Doe", "given_name": "Alex"}, booked_at=AT - timedelta(hours=2),
        grounds=[{"kind": "arrest", "opened_at": AT - timedelta(hours=2)}],
    )  # fmt: skip
    assert "im:DetainerLiftReason" not in niem.niem_json(booking)
    files.end_ground(jail, booking.grounds.get(), at=AT)
    leaving.depart(jail, booking, kind="released", at=AT)
    assert niem.niem_json(booking)["j:Booking"]["j:BookingRelease"]["nc:ActivityDate"] == {
        "nc:DateTime": "2026-03-02T11:22:00Z"
    }


def test_niem_of_a_file_is_logged(jail: Actor, booking: Booking) -> None:
    niem.niem(jail, booking)
    assert Event.objects.get(kind="export.made").data["format"] == "niem"
