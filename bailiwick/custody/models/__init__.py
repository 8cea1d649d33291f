"""The desk's tables. Every row belongs to one agency; a row is changed only by a service, which appends to the record."""

from bailiwick.custody.models.access import LogIn, LogReview
from bailiwick.custody.models.agencies import Agency, OfAgency, Role, User
from bailiwick.custody.models.answers import Answer, CitizenClaim, Signature
from bailiwick.custody.models.asks import Request, Scan, Subpoena
from bailiwick.custody.models.bookings import Booking, Charge, ChargeStatus, Ground, Person
from bailiwick.custody.models.concerns import Concern
from bailiwick.custody.models.due import Alarm, Due, Letter
from bailiwick.custody.models.outs import Departure, Paper, TranslationReview
from bailiwick.custody.models.traffic import (
    ApiCall,
    ApiToken,
    Draft,
    ImportMapping,
    ImportPart,
    ImportRow,
    ImportRun,
    ImportUpload,
    Webhook,
    WebhookDelivery,
)

__all__ = [
    "Agency",
    "Alarm",
    "Answer",
    "ApiCall",
    "ApiToken",
    "Booking",
    "Charge",
    "ChargeStatus",
    "CitizenClaim",
    "Concern",
    "Departure",
    "Draft",
    "Due",
    "Ground",
    "ImportMapping",
    "ImportPart",
    "ImportRow",
    "ImportRun",
    "ImportUpload",
    "Letter",
    "LogIn",
    "LogReview",
    "OfAgency",
    "Paper",
    "Person",
    "Request",
    "Role",
    "Scan",
    "Signature",
    "Subpoena",
    "TranslationReview",
    "User",
    "Webhook",
    "WebhookDelivery",
]
