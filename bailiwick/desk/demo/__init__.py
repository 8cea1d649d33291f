"""The demonstration: two made-up county jails, filled through the services of the desk, so that their record is true.

The first stands in California with 400 people in custody, the second in Texas with a few. Everything happened in the order of its
time, which is counted back from the moment of loading; a seed draws the rest, so two demonstrations differ in their dates alone.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction

from bailiwick.custody.acting import Actor, note
from bailiwick.custody.models import Agency, User
from bailiwick.desk.clock import now
from bailiwick.desk.demo import california, texas
from bailiwick.desk.demo.jail import Jail

#: Of every log-in of the demonstration; there is nobody real behind any of them.
PASSWORD = "everybody here is made up"
#: User name, first and last name, role, number of the jail.
LOG_INS = (
    ("clerk", "Robin", "Ames", "clerk", 0),
    ("supervisor", "Dana", "Okafor", "supervisor", 0),
    ("counsel", "Leslie", "Park", "counsel", 0),
    ("auditor", "Jordan", "Weiss", "auditor", 0),
    ("reporter", "Casey", "Lindqvist", "reporter", 0),
    ("administrator", "Morgan", "Reyes", "administrator", 0),
    ("compliance", "Avery", "Stone", "auditor", 0),
    ("clerk-texas", "Terry", "Boone", "clerk", 1),
    ("supervisor-texas", "Pat", "Guidry", "supervisor", 1),
    ("counsel-texas", "Lee", "Navarro", "counsel", 1),
)


def load() -> list[str]:
    """Fill an empty database, as one transaction; what is filled already stays as it is. Returns the log-ins, one a line."""
    if not Agency.objects.exists():
        with transaction.atomic():
            _fill(now())
    return log_ins()


def log_ins() -> list[str]:
    """User names and the password, for people to read."""
    agencies = {user.username: str(user.agency) for user in User.objects.select_related("agency")}
    width = max(len(name) for name, *_ in LOG_INS)
    lines = [f"{name:{width}}  {agencies.get(name, '')}" for name, *_ in LOG_INS]
    return [f"Password of every log-in: {PASSWORD}", *lines]


def _fill(at: datetime) -> None:
    jails = [Jail(Agency.objects.create(**part.AGENCY), at) for part in (california, texas)]
    hashed = make_password(PASSWORD)  # once: a hash is slow on purpose
    for username, first, last, role, number in LOG_INS:
        agency = jails[number].agency
        user = User.objects.create(
            agency=agency, username=username, first_name=first, last_name=last, role=role, password=hashed,
            compliance_officer=username == "compliance", sees_sealed=role in ("supervisor", "counsel"),
            last_active_at=at, date_joined=at,
        )  # fmt: skip
        jails[number].users[role if username != "compliance" else username] = user
        note(Actor(agency, at, how="demo"), "account.made", user, username=username, role=role)
    play([*california.stories(jails[0]), *texas.stories(jails[1])])


def play(stories: Iterable[Iterator[datetime]]) -> None:
    """Let each story go on when its time has come. A story says when its next step is and takes it when it is resumed."""
    waiting: list[tuple[datetime, int, Iterator[datetime]]] = []
    for place, story in enumerate(stories):
        heapq.heappush(waiting, (next(story), place, story))
    while waiting:
        before, place, story = heapq.heappop(waiting)
        following = next(story, None)
        if following is not None:
            assert following >= before, "a story goes forward"
            heapq.heappush(waiting, (following, place, story))


__all__ = ["LOG_INS", "PASSWORD", "load", "log_ins", "play"]
