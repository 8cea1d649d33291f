"""A file as NIEM 6.0 JSON: `j:Booking`, `j:Charge`, `j:DetainerNotificationRequest`, `im:DetainerLiftReason`.

Names are those of the justice and immigration domains of NIEM 6.0 (niemopen/niem-model, xsd/domains/justice.xsd and
immigration.xsd); docs/reference/niem.md maps each field and says which names were not checked against the schemas.
What NIEM has no property for is left out. It is not validated against a message specification: none exists for these messages.
"""

from __future__ import annotations

from typing import Any

from bailiwick.custody.acting import Actor, note, plain
from bailiwick.custody.models import Booking, Charge, Departure, Person, Request

_MODEL = "https://docs.oasis-open.org/niemopen/ns/model"
CONTEXT = {
    "nc": f"{_MODEL}/niem-core/6.0/#",
    "j": f"{_MODEL}/domains/justice/6.0/#",
    "im": f"{_MODEL}/domains/immigration/6.0/#",
}
#: Kinds of requests that ask to be told of, or to be given, a person upon release.
_DETAINERS = ("immigration_detainer", "release_notification_request", "transfer_request")


def niem(actor: Actor, booking: Booking) -> dict[str, Any]:
    """A file as NIEM JSON, and the event that it was handed out."""
    note(actor, "export.made", booking, what="file", format="niem")
    return niem_json(booking)


def niem_json(booking: Booking) -> dict[str, Any]:
    subject = {"@id": f"#subject-{booking.pk}"}
    departure = Departure.objects.filter(booking=booking).first()
    requests = list(booking.requests.filter(kind__in=_DETAINERS).order_by("pk"))
    out: dict[str, Any] = {
        "@context": CONTEXT,
        "j:Booking": _known(
            {
                "@id": f"#booking-{booking.pk}",
                "nc:ActivityDate": _when(booking.booked_at),
                "j:BookingAgency": {"nc:OrganizationName": booking.agency.name},
                "j:BookingAgencyRecordIdentification": {"nc:IdentificationID": booking.number},
                "j:BookingSubject": {**subject, "nc:EntityPerson": _person(booking.person)},
                "j:BookingSealedIndicator": booking.sealed_at is not None,
                "j:BookingRelease": _release(departure) if departure else None,
            }
        ),
        "j:Charge": [_charge(one, subject) for one in booking.charges.order_by("pk")],
        "j:DetainerNotificationRequest": [_request(one) for one in requests],
    }
    lifted = [reason for one in requests if (reason := _lifted(one, departure))]
    if lifted:
        out["im:DetainerLiftReason"] = lifted
    return out


def _known(values: dict[str, Any]) -> dict[str, Any]:
    """Without what is not known."""
    return {name: value for name, value in values.items() if value not in (None, "", {}, [])}


def _when(at: Any) -> dict[str, Any]:
    return {"nc:DateTime": plain(at)}


def _person(person: Person) -> dict[str, Any]:
    return _known(
        {
            "nc:PersonName": {
                "nc:PersonGivenName": person.given_name,
                "nc:PersonSurName": person.family_name,
            },
            "nc:PersonBirthDate": {"nc:Date": person.birth_date.isoformat()} if person.birth_date else None,
        }
    )


def _release(departure: Departure) -> dict[str, Any]:
    return {
        "nc:ActivityDate": _when(departure.at),
        "nc:ActivityDescriptionText": departure.get_kind_display(),
    }


def _charge(charge: Charge, subject: dict[str, Any]) -> dict[str, Any]:
    section = {"nc:IdentificationID": charge.statute} if charge.statute else None
    code = _known({"nc:IdentificationID": charge.code, "nc:IdentificationSourceText": charge.code_system})
    disposition = None
    if charge.status in ("convicted", "dismissed", "acquitted"):
        disposition = _known(
            {
                "nc:DispositionDescriptionText": charge.status,
                "nc:DispositionDate": {"nc:Date": charge.convicted_on.isoformat()}
                if charge.convicted_on
                else None,
            }
        )
    return _known(
        {
            "@id": f"#charge-{charge.pk}",
            "j:ChargeDescriptionText": charge.description,
            "j:ChargeStatute": _known(
                {"j:StatuteCodeSectionIdentification": section, "j:StatuteCodeIdentification": code}
            ),
            "j:ChargeSeverityText": charge.grade,
            "j:ChargeFelonyIndicator": charge.grade == "felony" if charge.grade else None,
            "j:ChargeDegreeText": charge.degree,
            "j:ChargeStatus": {"nc:StatusDescriptionText": charge.status} if charge.status else None,
            "j:ChargeDisposition": disposition,
            "j:ChargeSubject": subject,
        }
    )


def _request(request: Request) -> dict[str, Any]:
    identification = _known(
        {
            "nc:IdentificationID": request.fields.get("event_number"),
            "nc:IdentificationSourceText": request.form,
        }
    )
    return _known(
        {
            "@id": f"#request-{request.pk}",
            "nc:ActivityIdentification": identification if "nc:IdentificationID" in identification else None,
            "nc:ActivityCategoryText": request.form or request.kind,
            "nc:ActivityDate": _when(request.received_at),
            "j:NotificationRequestAuthorityText": request.requesting_agency,
        }
    )


def _lifted(request: Request, departure: Departure | None) -> dict[str, Any] | None:
    """Why a detainer no longer stands, in our own words: the codes of `im:DetentionDetainerLiftCode` are the federal
    government's to give."""
    if request.kind != "immigration_detainer":
        return None
    if request.withdrawn_at is not None:
        says = request.withdrawn_because or "withdrawn by the issuing agency"
    elif departure is not None:
        says = departure.get_kind_display()
    else:
        return None
    return {"@id": f"#request-{request.pk}", "im:DetentionDetainerLiftDescriptionText": says}
