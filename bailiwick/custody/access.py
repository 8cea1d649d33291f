"""Accounts: failed log-ins and locks, accounts not used for long, and the weekly look at the log.

FBI CJIS Security Policy: AC-7 (five failures in 15 minutes, locked until released), AC-2 (disabled after 90 days without use),
AU-6 (log reviewed weekly). docs/reference/security-controls.md names the test of each.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from django.db import transaction
from django.db.models import Count, Q

from bailiwick.custody import clocks
from bailiwick.custody.acting import Actor, note
from bailiwick.custody.errors import Refused
from bailiwick.custody.models import Agency, Due, LogIn, LogReview, User

#: Failures within `WINDOW`, none of them followed by a success, that lock an account.
FAILURES = 5
WINDOW = timedelta(minutes=15)
#: An account not used for longer is disabled.
IDLE = timedelta(days=90)
WEEK = timedelta(days=7)


def locked(username: str, at: datetime) -> bool:
    """Whether this name may not log in now. A name that nobody has is locked the same way for as long as failures count, so
    that the answer does not tell which names exist."""
    user = User.objects.filter(username=username).first()
    return (user is not None and user.locked_at is not None) or _failures(username, user, at) >= FAILURES


def idle(user: User, at: datetime) -> bool:
    """Whether the account was not used for longer than `IDLE`."""
    return at - (user.last_active_at or user.date_joined) > IDLE


@transaction.atomic
def failed(username: str, at: datetime, *, address: str | None, how: str) -> bool:
    """Note a failed try. True where it locks the account."""
    user = User.objects.select_for_update().filter(username=username).first()
    LogIn.objects.create(
        username=username[:150], user=user, agency=user.agency if user else None, at=at,
        succeeded=False, address=address, how=how,
    )  # fmt: skip
    if user is None or user.locked_at is not None or _failures(username, user, at) < FAILURES:
        return False
    user.locked_at = at
    user.save(update_fields=["locked_at"])
    if user.agency is not None:
        note(Actor(user.agency, at, how="log-in"), "account.locked", user, failures=FAILURES)
    return True


def _failures(username: str, user: User | None, at: datetime) -> int:
    tries = LogIn.objects.filter(username=username)
    since = at - WINDOW
    if user is not None and user.released_at is not None:
        since = max(since, user.released_at)
    good = tries.filter(succeeded=True, at__lte=at).order_by("-at").values_list("at", flat=True).first()
    if good is not None:
        since = max(since, good)
    return tries.filter(succeeded=False, at__gt=since, at__lte=at).count()


@transaction.atomic
def succeeded(user: User, at: datetime, *, address: str | None, how: str) -> None:
    """Note that somebody logged in."""
    LogIn.objects.create(
        username=user.username, user=user, agency=user.agency, at=at, succeeded=True, address=address, how=how
    )
    seen(user, at)
    if user.agency is not None:
        note(Actor(user.agency, at, user, how="log-in"), "account.log_in", user, by=how)


def seen(user: User, at: datetime) -> None:
    """Somebody is at work: what the 90 days are counted from."""
    User.objects.filter(pk=user.pk).update(last_active_at=at)


# ------------------------------------------------------------------------------------------ what administrators do


@transaction.atomic
def release(actor: Actor, user: User) -> User:
    """Let a locked account, or one disabled because it was not used, log in again."""
    held = _held(actor, user)
    held.locked_at, held.released_at, held.last_active_at = None, actor.at, actor.at
    held.save(update_fields=["locked_at", "released_at", "last_active_at"])
    note(actor, "account.released", held)
    return held


@transaction.atomic
def make(
    actor: Actor, *, username: str, first_name: str, last_name: str, email: str, role: str, password: str
) -> User:
    """A new account of the agency, with a password to be changed at the first log-in.

    Raises:
        Refused: the name is taken.
    """
    if User.objects.filter(username__iexact=username).exists():
        raise Refused("User name '%(username)s' is taken; give another one.", username=username)
    user = User(
        agency=actor.agency, username=username, first_name=first_name, last_name=last_name, email=email, role=role,
        password_temporary=True, last_active_at=actor.at, date_joined=actor.at,
    )  # fmt: skip
    user.set_password(password)
    user.save()
    note(actor, "account.made", user, username=username, role=role)
    return user


#: What an administrator may change of an account.
CHANGES = ("role", "is_active", "sees_sealed", "compliance_officer", "first_name", "last_name", "email")


@transaction.atomic
def change(actor: Actor, user: User, **fields: object) -> User:
    """Change an account. Nobody changes their own role or switches.

    Raises:
        Refused: the own account, another agency's, or a field that is not one of `CHANGES`.
    """
    strange = sorted(set(fields) - set(CHANGES))
    if strange:
        raise Refused(
            "An account: expected %(changes)s; found %(strange)s.",
            changes=", ".join(CHANGES),
            strange=", ".join(strange),
        )
    held = _held(actor, user)
    if actor.user is not None and actor.user.pk == held.pk:
        raise Refused("Your own account is changed by another administrator.")
    before = {name: getattr(held, name) for name in fields}
    for name, value in fields.items():
        setattr(held, name, value)
    held.save(update_fields=list(fields))
    changed = {name: [before[name], value] for name, value in fields.items() if before[name] != value}
    if changed:
        note(actor, "account.changed", held, changed=changed)
    return held


@transaction.atomic
def set_password(actor: Actor, user: User, password: str) -> User:
    """A password given by an administrator, to be changed at the next log-in."""
    held = _held(actor, user)
    held.set_password(password)
    held.password_temporary = True
    held.save(update_fields=["password", "password_temporary"])
    note(actor, "account.password_set", held)
    return held


def _held(actor: Actor, user: User) -> User:
    held = User.objects.select_for_update().filter(pk=user.pk, agency=actor.agency).first()
    if held is None:
        raise Refused("This account belongs to another agency.")
    return held


@transaction.atomic
def disable_idle(agency: Agency, at: datetime) -> list[User]:
    """Disable the accounts of an agency that were not used for longer than `IDLE`. For the nightly job."""
    users = [user for user in User.objects.filter(agency=agency, is_active=True) if idle(user, at)]
    for user in users:
        user.is_active = False
        user.save(update_fields=["is_active"])
        note(Actor(agency, at, how="job"), "account.disabled", user, days=IDLE.days)
    return users


# -------------------------------------------------------------------------------------------------- weekly review


@dataclass(frozen=True, slots=True)
class Week:
    """Monday 00:00 to Monday 00:00, local time of the agency, as UTC instants."""

    from_at: datetime
    to_at: datetime


@dataclass(frozen=True, slots=True)
class LogSummary:
    """What a week's log shows. `failures`: names with the number of failed tries, most first."""

    week: Week
    log_ins: int
    failures: list[tuple[str, int]]
    locked: list[User]
    made: list[User]


def last_week(agency: Agency, at: datetime) -> Week:
    """The last whole week before an instant."""
    today = at.astimezone(agency.tz).date()
    monday = today - timedelta(days=today.weekday())
    start, end = (datetime.combine(day, time(), agency.tz).astimezone(UTC) for day in (monday - WEEK, monday))
    return Week(start, end)


@transaction.atomic
def owe_review(agency: Agency, at: datetime) -> Due | None:
    """Put the review of the last whole week on the list, unless it was made. For the daily job; safe to repeat."""
    week = last_week(agency, at)
    if LogReview.objects.filter(agency=agency, from_at=week.from_at).exists():
        return None
    local = week.from_at.astimezone(agency.tz).date()
    return clocks.owe(
        Actor(agency, at, how="job"),
        kind=Due.Kind.LOG_REVIEW,
        source=f"log_review/{local.isoformat()}",
        what=f"review the log of the week from {local.isoformat()}",
        since=week.to_at,
        due_at=week.to_at + WEEK,
        cite="CJIS Security Policy AU-6",
    )


def summary(agency: Agency, week: Week) -> LogSummary:
    """What happened at the doors in a week."""
    tries = LogIn.objects.filter(agency=agency, at__gte=week.from_at, at__lt=week.to_at)
    failures = (
        tries.filter(succeeded=False)
        .values_list("username")
        .annotate(n=Count("pk"))
        .order_by("-n", "username")
    )
    people = User.objects.filter(agency=agency)
    return LogSummary(
        week,
        tries.filter(succeeded=True).count(),
        [(name, n) for name, n in failures],
        list(people.filter(Q(locked_at__gte=week.from_at, locked_at__lt=week.to_at))),
        list(people.filter(date_joined__gte=week.from_at, date_joined__lt=week.to_at)),
    )


@transaction.atomic
def review(actor: Actor, week: Week, *, says: str) -> LogReview:
    """Somebody looked through the week's log and says what was found.

    Raises:
        Refused: nothing said, nobody, or reviewed already.
    """
    if actor.user is None:
        raise Refused("The review: expected a person, found none.")
    if not says.strip():
        raise Refused("The review: expected what you found in a sentence, found nothing.")
    made, new = LogReview.objects.get_or_create(
        agency=actor.agency,
        from_at=week.from_at,
        defaults={"to_at": week.to_at, "reviewed_at": actor.at, "reviewed_by": actor.user, "says": says},
    )
    if not new:
        raise Refused("This week was reviewed already, by %(reviewed_by)s.", reviewed_by=made.reviewed_by)
    note(actor, "log.reviewed", made, from_at=week.from_at, to_at=week.to_at, says=says)
    local = week.from_at.astimezone(actor.agency.tz).date()
    due = Due.objects.filter(
        agency=actor.agency, source=f"log_review/{local.isoformat()}", done_at=None, void_at=None
    ).first()
    if due is not None:
        clocks.done(actor, due, how=says)
    return made
