"""One made-up jail: its people at work, its names, and the steps from which stories are put together."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from bailiwick.custody import asking, clocks, deciding, files, leaving
from bailiwick.custody.acting import Actor
from bailiwick.custody.models import Agency, Answer, Booking, Due, Request, User
from bailiwick.desk.parts import if_there

FAMILY_NAMES = (
    "Abbott", "Alvarez", "Baker", "Banerjee", "Castillo", "Chen", "Cohen", "Cruz", "Dang", "Diaz", "Dubois", "Evans", "Fischer",
    "Flores", "Garcia", "Gomez", "Haddad", "Hernandez", "Hughes", "Ivanov", "Jackson", "Johansson", "Kim", "Kowalski", "Lopez",
    "Martin", "Mbeki", "Mendoza", "Murphy", "Nguyen", "Novak", "Ortiz", "Patel", "Pereira", "Quinn", "Ramirez", "Rossi", "Santos",
    "Schmidt", "Singh", "Smith", "Tanaka", "Thomas", "Torres", "Vang", "Washington", "Wilson", "Xiong", "Young", "Zamora",
)  # fmt: skip
GIVEN_NAMES = (
    "Alex", "Amara", "Ana", "Anthony", "Ben", "Carlos", "Chloe", "Daniel", "Elena", "Emma", "Farid", "Grace", "Hana", "Hugo",
    "Isaac", "Ivy", "James", "Jin", "Jose", "Kayla", "Kevin", "Laura", "Leo", "Linh", "Luis", "Maria", "Mark", "Mateo", "Mei",
    "Nadia", "Noah", "Olivia", "Omar", "Paul", "Priya", "Rosa", "Ryan", "Samuel", "Sofia", "Tyler", "Uma", "Victor", "Wendy",
    "Zoe",
)  # fmt: skip
LANGUAGES = ("en",) * 14 + ("es",) * 4 + ("zh", "vi", "tl", "ko")
ICE = "U.S. Immigration and Customs Enforcement"


class Jail:
    """A jail that is being filled. `now` is the moment of loading; nothing happens after it.

    Attributes:
        users: role to who has it; `compliance` is the compliance officer.
        draw: draws everything that is left to chance, from a fixed seed.
    """

    def __init__(self, agency: Agency, now: datetime) -> None:
        self.agency, self.now = agency, now
        self.users: dict[str, User] = {}
        self.draw = random.Random(f"bailiwick {agency.place}")
        self._number = 3970

    def ago(self, *, days: float = 0, hours: float = 0, minutes: float = 0) -> datetime:
        """A moment before now, to the minute."""
        at = self.now - timedelta(days=days, hours=hours, minutes=minutes)
        return at.replace(second=0, microsecond=0)

    def sometime(self, oldest: float, newest: float) -> datetime:
        """A moment drawn between so many days ago and so many."""
        return self.ago(days=self.draw.uniform(newest, oldest))

    def day(self, at: datetime) -> date:
        """The local day of a moment."""
        return at.astimezone(self.agency.tz).date()

    def by(self, role: str, at: datetime) -> Actor:
        return Actor(self.agency, at, self.users[role])

    def person(self, **fields: Any) -> dict[str, Any]:
        """Somebody made up. Where a language is not given it is drawn."""
        born = self.now.date() - timedelta(days=self.draw.randint(19 * 365, 62 * 365))
        return {
            "family_name": self.draw.choice(FAMILY_NAMES),
            "given_name": self.draw.choice(GIVEN_NAMES),
            "birth_date": date(born.year, born.month, born.day),
            "language": self.draw.choice(LANGUAGES),
            **fields,
        }

    # ------------------------------------------------------------------------------------------------- steps

    def book(
        self,
        at: datetime,
        charges: Sequence[Mapping[str, Any]],
        *,
        ground: str = "arrest",
        says: str = "",
        person: Mapping[str, Any] | None = None,
        complete: bool | None = None,
        **more: Any,
    ) -> Booking:
        """Somebody is booked, five minutes before it is typed in."""
        self._number += 1
        booked_at = at - timedelta(minutes=5)
        return files.book(
            self.by("supervisor" if more.get("juvenile") else "clerk", at),
            number=f"{at.astimezone(self.agency.tz):%y}-{self._number:06d}",
            person=person or self.person(),
            booked_at=booked_at,
            grounds=[{"kind": ground, "says": says, "opened_at": booked_at}],
            charges=charges,
            charges_complete=complete,
            **more,
        )

    def ask(self, at: datetime, booking: Booking, kind: str, form: str = "", **fields: Any) -> Request:
        """A request comes by fax and is typed in at once."""
        words = {"received_how": "fax", "requesting_agency": ICE, "signed": True, "complete": True}
        booking.refresh_from_db()
        return asking.receive(
            self.by("clerk", at),
            booking,
            kind=kind,
            received_at=at,
            **{**words, **({"form": form} if form else {}), **fields},
        )

    def standing(self, request: Request) -> Answer:
        """The answer that stands."""
        return request.answers.get(superseded_at=None)

    def say(self, at: datetime, request: Request, **facts: Any) -> None:
        """Questions are answered; `__` stands for the point in a fact's name."""
        deciding.say_all(
            self.by("clerk", at), request, {name.replace("__", "."): value for name, value in facts.items()}
        )

    def sign(
        self, at: datetime, request: Request, reason: str = "", role: str = "supervisor", **chosen: str
    ) -> Answer:
        return deciding.sign(self.by(role, at), self.standing(request), chosen, reason=reason)

    def second(self, at: datetime, request: Request, role: str = "counsel") -> Answer:
        return deciding.second(self.by(role, at), self.standing(request), reason="Read and agreed.")

    def serve(self, at: datetime, request: Request) -> None:
        """The person gets a copy by hand."""
        request.refresh_from_db()
        asking.serve(self.by("clerk", at), request, at=at, how="by hand")

    def hand_out(self, at: datetime, booking: Booking) -> None:
        """Everything on paper that is due to the person is printed and given; where papers cannot be made it is written down."""
        printing = if_there("bailiwick.papers.printing")
        actor = self.by("clerk", at)
        for due in Due.objects.filter(
            booking=booking, kind=Due.Kind.PAPER, done_at=None, void_at=None
        ).order_by("pk"):
            if printing is None:
                clocks.done(actor, due, how="given by hand")
                continue
            asked = printing.asked_for(actor, due.paper, booking=booking, request=due.request)
            paper = printing.print_paper(actor, asked)
            printing.give(actor, paper, to=str(booking.person), how="by hand")
            if Due.objects.filter(pk=due.pk, done_at=None, void_at=None).exists():
                clocks.done(actor, due, how="given by hand")

    def given(self, at: datetime, booking: Booking) -> None:
        """What is due on paper was given by hand, on forms of the jail's own."""
        for due in Due.objects.filter(booking=booking, kind=Due.Kind.PAPER, done_at=None, void_at=None):
            clocks.done(self.by("clerk", at), due, how="given by hand")

    def end(self, at: datetime, booking: Booking, how: str, *, ends: datetime | None = None) -> None:
        """Every ground of a stay ends, now or at a time that is foreseen."""
        for ground in booking.grounds.filter(ended_at=None):
            files.end_ground(self.by("clerk", at), ground, at=ends or at, how=how)

    def leave(
        self, at: datetime, booking: Booking, kind: str = "released", *, late: str = "", to: str = ""
    ) -> None:
        leaving.depart(self.by("clerk", at), booking, kind=kind, at=at, past_limit_reason=late, to=to)
