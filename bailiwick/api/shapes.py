"""What operations take: strict shapes. A field that is not named is refused, and nothing is turned into another kind silently."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import BeforeValidator, ConfigDict, Field, StrictBool, StringConstraints, WithJsonSchema
from pydantic_core import core_schema

from bailiwick.api.schema import INSTANT
from bailiwick.custody import subpoenas
from bailiwick.custody.exchange.tables import TABLES
from bailiwick.custody.exchange.webhooks import KINDS
from bailiwick.custody.models import Departure, Ground
from bailiwick.engine.facts import FACTS

_DAY = r"^(19|20)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
#: No zero byte: the database holds none.
_PLAIN = r"^[^\u0000]*$"


class OneOf:
    """One of these words and no other."""

    def __init__(self, *words: str) -> None:
        self.words = words

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> core_schema.CoreSchema:
        return core_schema.literal_schema(list(self.words))


def _instant(value: Any) -> datetime:
    if not isinstance(value, str) or not re.match(INSTANT, value):
        raise ValueError("expected an instant with its offset, as 2026-03-02T03:22:00-08:00")
    return datetime.fromisoformat(value).astimezone(UTC)


def _day(value: Any) -> date:
    if not isinstance(value, str) or not re.match(_DAY, value):
        raise ValueError("expected a day, as 2019-05-04")
    return date.fromisoformat(value)


Instant = Annotated[
    datetime,
    BeforeValidator(_instant),
    WithJsonSchema({"type": "string", "format": "date-time", "pattern": INSTANT}),
]
Day = Annotated[
    date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date", "pattern": _DAY})
]


Word = Annotated[str, StringConstraints(max_length=40, pattern=_PLAIN)]
Line = Annotated[str, StringConstraints(max_length=200, pattern=_PLAIN)]
Short = Annotated[str, StringConstraints(max_length=120, pattern=_PLAIN)]
Long = Annotated[str, StringConstraints(max_length=300, pattern=_PLAIN)]
Prose = Annotated[str, StringConstraints(max_length=4000, pattern=_PLAIN)]
Sentence = Annotated[str, StringConstraints(min_length=1, max_length=4000, pattern=_PLAIN)]
Number = Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=_PLAIN)]
GroundKind = Annotated[str, OneOf(*Ground.Kind.values)]
RequestKind = Annotated[str, OneOf(*FACTS["request.kind"].values)]
Warrant = Annotated[str, OneOf("", *FACTS["request.warrant"].values)]
Basis = Annotated[str, OneOf(*FACTS["request.basis"].values)]
Status = Literal["", "arrested", "charged", "held_to_answer", "convicted", "dismissed", "acquitted"]
Grade = Literal["", "felony", "misdemeanor", "infraction"]
Fact = Annotated[str, OneOf(*(name for name, fact in FACTS.items() if not fact.of_charge))]
TableName = Annotated[str, OneOf(*TABLES)]
EventKind = Annotated[str, OneOf(*KINDS)]
DepartureKind = Annotated[str, OneOf(*Departure.Kind.values)]
SubpoenaKind = Annotated[str, OneOf(*subpoenas.KINDS)]


class Shape(Schema):
    """Fields that were not sent are not changed."""

    model_config = ConfigDict(extra="forbid")

    def given(self) -> dict[str, Any]:
        """What was sent."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class PersonIn(Shape):
    family_name: Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=_PLAIN)]
    given_name: Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=_PLAIN)]
    birth_date: Day | None = None
    language: Annotated[str, StringConstraints(min_length=2, max_length=10, pattern=r"^[A-Za-z-]+$")] = "en"
    birthplace: Short = ""
    citizenship_said: Short = ""
    lawyer_name: Line = ""
    lawyer_contact: Line = ""
    designated_name: Line = ""
    designated_contact: Line = ""


class PersonChange(Shape):
    family_name: Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=_PLAIN)] = "-"
    given_name: Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=_PLAIN)] = "-"
    birth_date: Day | None = None
    language: Annotated[str, StringConstraints(min_length=2, max_length=10, pattern=r"^[A-Za-z-]+$")] = "en"
    birthplace: Short = ""
    citizenship_said: Short = ""
    lawyer_name: Line = ""
    lawyer_contact: Line = ""
    designated_name: Line = ""
    designated_contact: Line = ""


class GroundIn(Shape):
    kind: GroundKind
    says: Long = ""
    opened_at: Instant | None = None


class GroundEnd(Shape):
    at: Instant | None = None
    how: Long = ""


class ChargeIn(Shape):
    statute: Line = ""
    code_system: Word = ""
    code: Annotated[str, StringConstraints(max_length=60, pattern=_PLAIN)] = ""
    description: Long = ""
    status: Status = ""
    grade: Grade = ""
    degree: Word = ""
    wobbler: StrictBool | None = None
    serious: StrictBool | None = None
    violent: StrictBool | None = None
    state_prison: StrictBool | None = None
    indictable: StrictBool | None = None
    convicted_on: Day | None = None


class BookingIn(Shape):
    number: Number
    person: PersonIn
    booked_at: Instant
    grounds: Annotated[list[GroundIn], Field(max_length=50)] = Field(default_factory=list)
    charges: Annotated[list[ChargeIn], Field(max_length=200)] = Field(default_factory=list)
    juvenile: StrictBool = False
    charges_complete: StrictBool | None = None


class RecordKnown(Shape):
    charges_complete: StrictBool | None


class RequestIn(Shape):
    kind: RequestKind
    received_at: Instant
    form: Annotated[str, StringConstraints(max_length=20, pattern=_PLAIN)] = ""
    received_how: Word = ""
    requesting_agency: Line = ""
    requesting_officer: Line = ""
    requesting_contact: Line = ""
    warrant: Warrant = ""
    signed: StrictBool | None = None
    complete: StrictBool | None = None
    basis: list[Basis] | None = None
    fields: Annotated[dict[Short, Long], Field(max_length=60)] = Field(default_factory=dict)


class Served(Shape):
    at: Instant
    how: Line


class Withdrawn(Shape):
    because: Long = ""


class FactIn(Shape):
    fact: Fact
    value: StrictBool | Annotated[int, Field(strict=True, ge=0, le=100000)] | Line | list[Line] | None


class ClaimIn(Shape):
    says: Sentence
    proof_kind: Line = ""


class DepartureIn(Shape):
    kind: DepartureKind
    at: Instant
    to: Line = ""
    past_limit_reason: Prose = ""
    says: Prose = ""


class SubpoenaIn(Shape):
    number: Number
    kind: SubpoenaKind
    issued_by: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=_PLAIN)]
    received_at: Instant
    return_at: Instant | None = None
    named_person: Line = ""
    booking: Number | None = None
    asks_for: Prose = ""
    telling: Literal["unknown", "free", "forbidden"] = "unknown"


class Why(Shape):
    why: Prose = ""


class Says(Shape):
    says: Sentence


class Because(Shape):
    because: Annotated[str, StringConstraints(min_length=1, max_length=180, pattern=_PLAIN)]


class Cells(Shape):
    cells: Annotated[
        dict[Short, Annotated[str, StringConstraints(max_length=1000, pattern=_PLAIN)]], Field(max_length=60)
    ]


class MappingIn(Shape):
    table: TableName
    columns: Annotated[dict[Short, Word], Field(max_length=200)]
    values: Annotated[dict[Word, dict[Short, Short]], Field(max_length=40)] = Field(default_factory=dict)


class WebhookIn(Shape):
    url: Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=_PLAIN)]
    kinds: Annotated[list[EventKind], Field(min_length=1)]


class WebhookChange(Shape):
    url: Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=_PLAIN)] | None = None
    kinds: Annotated[list[EventKind], Field(min_length=1)] | None = None
    active: StrictBool | None = None
