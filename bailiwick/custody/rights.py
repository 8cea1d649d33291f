"""Who may do what: roles and abilities in one table, sealed files, and the decorator that pages and the interface carry.

Rows of other agencies are hidden by the database (`bailiwick.custody.rows`): what belongs to another agency is not found (404).
What a role may not do is refused (403).
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar, cast

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponseBase

from bailiwick.custody.models import Agency, Booking, Role, User
from bailiwick.custody.seeing import LOGGING_IN, NOTHING, Scope

_C, _S, _L, _A, _R, _M = (
    Role.CLERK,
    Role.SUPERVISOR,
    Role.COUNSEL,
    Role.AUDITOR,
    Role.REPORTER,
    Role.ADMINISTRATOR,
)

#: Ability to the roles that have it. Abilities are named for what is done, as pages say it.
ABILITIES: dict[str, frozenset[str]] = {
    name: frozenset(roles)
    for name, roles in {
        # Look
        "see_files": (_C, _S, _L, _A),
        "see_log": (_S, _L, _A),
        "see_reports": (_S, _L, _A, _R),
        # The file
        "keep_files": (_C, _S),
        "correct_files": (_C, _S, _L),
        "seal_files": (_S, _L),
        # Requests and answers
        "keep_requests": (_C, _S, _L),
        "answer_questions": (_C, _S, _L),
        "sign": (_C, _S, _L),
        "sign_second": (_S, _L),
        "review_claims": (_S, _L),
        "print_papers": (_C, _S, _L),
        "review_translations": (_L,),
        "record_departures": (_C, _S),
        # Subpoenas
        "keep_subpoenas": (_C, _S, _L),
        "answer_subpoenas": (_S, _L),
        # In and out
        "import_files": (_C, _S),
        "export_files": (_S, _L, _A),
        # People and the house
        "review_log": (_S, _A),
        "manage_people": (_M,),
        "manage_connections": (_M,),
        "manage_agency": (_M,),
        # Everybody who works here
        "own_account": (_C, _S, _L, _A, _R, _M),
    }.items()
}
#: Not a role: the agency's compliance officer, whatever else that person is (DESIGN: the concern line goes nowhere else).
COMPLIANCE = "read_concerns"
#: Roles that see sealed and juvenile files. Anybody else is named one by one (`User.sees_sealed`).
SEE_SEALED = frozenset({Role.SUPERVISOR, Role.COUNSEL})

View = TypeVar("View", bound=Callable[..., Any])
Row = TypeVar("Row", bound=models.Model)


def may(user: Any, ability: str) -> bool:
    """Whether a user has an ability. False for nobody, for somebody without an agency, and for a disabled account."""
    if not isinstance(user, User) or not user.is_active or user.agency_id is None:
        return False
    if ability == COMPLIANCE:
        return user.compliance_officer
    return user.role in ABILITIES[ability]


def sees_sealed(user: User | None) -> bool:
    """Whether sealed and juvenile files are shown to this user."""
    return user is not None and user.is_active and (user.sees_sealed or user.role in SEE_SEALED)


def may_see(user: User, booking: Booking) -> bool:
    """Whether a user may see one file: of the own agency, and neither sealed nor juvenile unless named for these."""
    hidden = booking.juvenile or booking.sealed_at is not None
    return (
        may(user, "see_files") and booking.agency_id == user.agency_id and (not hidden or sees_sealed(user))
    )


def scope_of(user: Any) -> Scope:
    """What the database session of a user may see."""
    if not isinstance(user, User) or not user.is_active:
        return NOTHING
    agencies = "" if user.agency_id is None else str(user.agency_id)
    return Scope(agencies, sealed=sees_sealed(user), user=user.pk)


def allowed(*abilities: str) -> Callable[[View], View]:
    """A view for people who have any of these abilities.

    Nobody logged in: to the log-in page. Without the ability: PermissionDenied (403). The view carries `abilities`, from
    which the matrix of roles and pages is checked.
    """
    for ability in abilities:
        if ability != COMPLIANCE and ability not in ABILITIES:
            raise LookupError(f"allowed: expected one of {', '.join(ABILITIES)}; found '{ability}'")

    def around(view: View) -> View:
        @functools.wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            user = request.user
            if not user.is_authenticated:
                from django.contrib.auth.views import redirect_to_login

                return redirect_to_login(request.get_full_path())
            if not any(may(user, ability) for ability in abilities):
                raise PermissionDenied
            return cast(HttpResponseBase, view(request, *args, **kwargs))

        checked.abilities = abilities  # type: ignore[attr-defined]
        return cast(View, checked)

    return around


def found(request: HttpRequest, rows: type[Row] | models.QuerySet[Row], /, **where: Any) -> Row:
    """One row of the user's agency that the user may see, else Http404. For tables with `agency`."""
    user = request.user
    if not isinstance(user, User) or user.agency_id is None:
        raise Http404
    query = rows if isinstance(rows, models.QuerySet) else rows._default_manager.all()
    try:
        row = query.get(agency_id=user.agency_id, **where)
    except (ObjectDoesNotExist, ValueError, OverflowError):
        raise Http404 from None
    booking = row if isinstance(row, Booking) else getattr(row, "booking", None)
    if isinstance(booking, Booking) and (booking.juvenile or booking.sealed_at) and not sees_sealed(user):
        raise Http404
    return row


def agency_of(request: HttpRequest) -> Agency:
    """The agency of the user; PermissionDenied where there is none."""
    user = request.user
    if not isinstance(user, User) or user.agency is None:
        raise PermissionDenied
    return user.agency


__all__ = [
    "ABILITIES",
    "COMPLIANCE",
    "LOGGING_IN",
    "SEE_SEALED",
    "agency_of",
    "allowed",
    "found",
    "may",
    "may_see",
    "scope_of",
    "sees_sealed",
]
