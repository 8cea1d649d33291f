"""Home: what is due, by minute; and each queue as a list of its own. A count that is zero is shown too."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, URLResolver, path
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from bailiwick.custody.clocks import NOW, T0
from bailiwick.custody.models import Due
from bailiwick.custody.rights import COMPLIANCE, agency_of, allowed, may
from bailiwick.custody.worklist import Worklist, open_dues, run_out, worklist
from bailiwick.desk.clock import now
from bailiwick.desk.pages.common import Abilities, address
from bailiwick.desk.public.front import front

#: With nothing due for this long the page says so.
QUIET = timedelta(hours=12)
MOST = 200


class Words(NamedTuple):
    """A queue's name on the page, its title as a question, and the address of its list where that is another page."""

    short: str | Promise
    title: str | Promise
    page: str = ""
    needs: str = "see_files"


QUEUES: dict[str, Words] = {
    Due.Kind.SIGN: Words(_("Needs a signature"), _("What waits for a signature?")),
    Due.Kind.FACT: Words(_("Waiting for a fact"), _("What waits for a fact?")),
    Due.Kind.SECOND: Words(_("Needs a second person"), _("What waits for a second person?")),
    Due.Kind.COUNSEL: Words(_("Needs counsel"), _("What waits for counsel?")),
    Due.Kind.CITIZEN: Words(
        _("Citizenship claims to review"), _("Which claims of citizenship wait for review?")
    ),
    Due.Kind.IMPORT: Words(_("Unmatched imports"), _("Which imported rows are unmatched?"), "imports", "import_files"),
    Due.Kind.CONCERN: Words(
        _("Concerns to be answered"), _("Which concerns wait for an answer?"), "concerns", COMPLIANCE
    ),
    Due.Kind.LOG_REVIEW: Words(
        _("Weeks of the log to review"), _("Which weeks of the log wait for review?"), "log_review", "review_log"
    ),
}  # fmt: skip
#: The other lists: everything with a clock, and what has passed its instant.
LISTS: dict[str, Words] = {
    "overdue": Words(_("Overdue"), _("What is overdue?")),
    Due.Kind.FREE: Words(_("Must be free"), _("Who must be free?")),
    Due.Kind.NOTICE: Words(_("Notices"), _("Which notices are due?")),
    Due.Kind.PAPER: Words(_("Papers to be given"), _("Which papers are to be given?")),
    Due.Kind.SUBPOENA: Words(_("Subpoenas"), _("Which subpoena answers are due?"), "subpoenas"),
}


class Row(NamedTuple):
    """One thing due, as it is shown. `state`: `late` (its instant passed), `running` (T0 passed, counting up), or empty."""

    due: Due
    at: datetime | None
    state: str
    url: str
    words: str | Promise


@require_safe
def first(request: HttpRequest) -> HttpResponse:
    """What is due for those who see files; the public first page for everybody else."""
    return home(request) if may(request.user, "see_files") else front(request)


@require_safe
@allowed("see_files")
def home(request: HttpRequest) -> HttpResponse:
    """What is due?"""
    agency, at = agency_of(request), now()
    work = worklist(agency, at)
    counts = [
        {"words": words.short, "number": queue.number, "url": _list_url(queue.kind, request.user), "kind": queue.kind}
        for queue in work.queues
        if (words := QUEUES[queue.kind]) and may(request.user, words.needs)
    ]  # fmt: skip
    shown = {
        "agency": agency,
        "tz": agency.tz,
        "at": at,
        "free": [row(due, at, request.user) for due in work.free],
        "next": [row(due, at, request.user) for due in work.next],
        "counts": counts,
        "overdue": work.overdue,
        "free_number": work.free_number,
        "next_number": work.next_number,
        "quiet": _quiet(work, at),
        "later": work.later,
        "may": Abilities(request.user),
    }
    return render(request, "desk/home.html", shown)


@require_safe
@allowed("see_files")
def queue(request: HttpRequest, kind: str) -> HttpResponse:
    """One list, whole: every open thing of a kind, the soonest first."""
    words = QUEUES.get(kind) or LISTS.get(kind)
    if words is None:
        raise Http404
    if not may(request.user, words.needs):
        raise PermissionDenied
    agency, at = agency_of(request), now()
    dues = open_dues(agency)
    dues = dues.filter(run_out(at)) if kind == "overdue" else dues.filter(kind=kind)
    if not may(request.user, COMPLIANCE):
        dues = dues.exclude(kind=Due.Kind.CONCERN)
    found = list(dues.order_by(F("due_at").asc(nulls_last=True), "since", "pk")[: MOST + 1])
    shown = {
        "title": words.title,
        "rows": [row(due, at, request.user) for due in found[:MOST]],
        "more": len(found) > MOST,
        "most": MOST,
        "tz": agency.tz,
        "may": Abilities(request.user),
    }
    return render(request, "desk/queue.html", shown)


def row(due: Due, at: datetime, user: Any = None) -> Row:
    """A thing due, with where it is done and in which words."""
    url, words = _where(due, user)
    return Row(due, due.due_at or due.since, state_of(due, at), url, words)


def state_of(due: Due, at: datetime) -> str:
    """`late` where a clock has run out. T0 itself is not a limit but a beginning: it counts up, and is late after an hour."""
    if due.due_at is None or due.due_at > at:
        return ""
    if due.source == T0 and due.due_at == due.since and at - due.due_at < NOW:
        return "running"
    return "late"


def _where(due: Due, user: Any) -> tuple[str, str | Promise]:
    if due.subpoena_id is not None:
        return address("subpoena", due.subpoena_id), _("Open")
    if due.kind in QUEUES and QUEUES[due.kind].page:
        return _list_url(due.kind, user), _("Open")
    if due.booking_id is None:
        return "", ""
    if due.paper and (papers := address("papers", due.booking_id)):
        return papers, _("Print and record")
    if due.kind in (Due.Kind.FACT, Due.Kind.SIGN, Due.Kind.SECOND, Due.Kind.COUNSEL) and due.request_id:
        return address("decision", due.request_id), _("Answer") if due.kind == Due.Kind.FACT else _("Open")
    return address("file", due.booking_id), _("Open")


def _list_url(kind: str, user: Any) -> str:
    words = QUEUES[kind]
    return (address(words.page) if words.page else "") or address("queue", kind)


def _quiet(work: Worklist, at: datetime) -> bool:
    limit = at + QUIET
    soon = [due for due in work.next if due.due_at is None or due.due_at <= limit]
    return not work.free and not soon and not work.overdue


urlpatterns: list[URLPattern | URLResolver] = [
    path("", first, name="home"),
    path("due/<slug:kind>", queue, name="queue"),
]
