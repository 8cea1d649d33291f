"""The timeline of a file: its events from the record, newest first, each in words with who, when, the paper, and its number."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from bailiwick.custody.models import Booking, Departure, Ground
from bailiwick.desk.due_words import done_words, due_marked
from bailiwick.desk.fact_words import field_words, manner_words, question_words, value_words
from bailiwick.desk.forms.words import GRADE, KIND, LANGUAGES, PAPER_NAMES, STATUS
from bailiwick.desk.pages.common import address
from bailiwick.desk.templatetags.bailiwick import action_words, day
from bailiwick.engine import words
from bailiwick.engine.facts import ACTIONS
from bailiwick.record.models import Event

PAGE = 40

#: Kind of event to its words. `%(…)s` are taken from what the event says.
WORDS: dict[str, str | Promise] = {
    "booking.made": _("Booked as %(number)s"),
    "booking.sealed": _("File sealed: %(because)s"),
    "person.changed": _("What is written of the person changed: %(changed)s"),
    "ground.opened": _("Ground opened: %(ground)s"),
    "ground.ended": _("Ground ended: %(ground)s"),
    "charge.added": _("Charge added: %(charge)s"),
    "charge.changed": _("Charge changed: %(changed)s"),
    "record.known": _("The list of charges: %(complete)s"),
    "t0.set": _("T0, when the last ground ends: %(t0)s"),
    "file.corrected": _("Correction: %(says)s"),
    "file.seen": _("Looked at: %(page)s"),
    "file.exported": _("File exported"),
    "request.received": _("Request received: %(request)s"),
    "request.served": _("Copy of the request given to the person, %(manner)s"),
    "request.withdrawn": _("Request withdrawn by the asking agency. %(because)s"),
    "scan.attached": _("Scan kept: %(name)s"),
    "answer.given": _("Answer of the lawbook: %(answers)s"),
    "answer.signed": _("Signed: %(chosen)s"),
    "answer.seconded": _("Signed as second person. %(reason)s"),
    "fact.said": _("Question answered: %(fact)s"),
    "clocks.set": _("Clocks set anew"),
    "citizenship.claimed": _("The person says: a citizen of the United States. %(says)s"),
    "citizenship.reviewed": _("Claim of citizenship reviewed: %(finding)s. %(says)s"),
    "due.set": _("Due: %(what)s"),
    "due.done": _("Done: %(what)s. %(manner)s"),
    "due.void": _("No longer due: %(what)s"),
    "due.missed": _("Missed: %(what)s. It was with %(owner)s."),
    "alarm.raised": _("Alarm for %(owner)s: %(what)s"),
    "letter.sent": _("Letter of alarm sent to %(address)s%(again)s"),
    "letter.given_up": _("Letter of alarm to %(address)s given up after %(tries)s tries: %(answer)s"),
    "departure.recorded": _("Left: %(departure)s"),
    "paper.printed": _("Paper printed: %(paper)s"),
    "paper.given": _("Paper given: %(paper)s"),
}
#: Shown only when asked for: looks, and clocks as they are set and fall away.
QUIET = ("file.seen", "due.set", "due.void", "clocks.set")
_WARN = ("due.missed", "letter.given_up")


class Line(NamedTuple):
    """One line. `number`: its place in the record, None where the user may not see it; `url`: its proof; `link`: the paper."""

    at: datetime
    who: str
    words: SafeString
    number: int | None
    url: str
    link: str
    warn: bool


def timeline(
    booking: Booking, *, before: int | None = None, everything: bool = False
) -> tuple[list[Line], int | None]:
    """A page of the timeline, and the number to go on from (None at the end).

    Raises nothing: an event of a kind without words here is shown by its name.
    """
    events = Event.objects.filter(subject=f"booking/{booking.pk}").select_related("leaf").order_by("-id")
    if before is not None:
        events = events.filter(id__lt=before)
    if not everything:
        events = events.exclude(Q(kind__in=QUIET))
    found = list(events[: PAGE + 1])
    shown = found[:PAGE]
    return [line(event, booking) for event in shown], shown[-1].pk if len(found) > PAGE else None


def line(event: Event, booking: Booking) -> Line:
    """An event in words."""
    number = event.leaf.number if hasattr(event, "leaf") else None
    url = address("event", number) if number is not None else ""
    data = event.data
    return Line(
        event.at,
        event.actor or "—",
        say(event.kind, data, booking),
        number,
        url or (address("proof", number) if number is not None else ""),
        _link(event.kind, data),
        event.kind in _WARN or bool(data.get("past_limit")),
    )


def say(kind: str, data: Mapping[str, Any], booking: Booking) -> SafeString:
    """An event's words, fit for a page: what somebody wrote is in them as text."""
    known = WORDS.get(kind)
    if known is None:
        return format_html("{}", kind.replace(".", ": ").replace("_", " "))
    tz = booking.agency.tz
    filled = {name: "" if value is None else value for name, value in data.items()}
    filled.setdefault("owner", "—")
    filled["owner"] = filled["owner"] or "—"
    if kind in ("ground.opened", "ground.ended"):
        at = data.get("opened_at") or data.get("ended_at")
        filled["ground"] = _joined(
            _t(str(Ground.Kind(data["kind"]).label)), data.get("says") or data.get("ended_how"), _when(at, tz)
        )
    elif kind in ("charge.added",):
        filled["charge"] = _joined(
            data.get("statute"),
            data.get("description"),
            *(_value(name, data[name]) for name in ("status", "grade") if data.get(name)),
        )
    elif kind in ("person.changed", "charge.changed"):
        filled["changed"] = "; ".join(
            f"{field_words(name)}: {_value(name, old)} → {_value(name, new)}"
            for name, (old, new) in data["changed"].items()
        )
    elif kind == "record.known":
        whole = {
            True: _t("the whole record"),
            False: _t("there may be more"),
            None: _t("not known whether whole"),
        }
        filled["complete"] = whole[data["charges_complete"]]
    elif kind in ("due.set", "due.done", "due.void", "due.missed", "alarm.raised"):
        filled["what"] = due_marked(str(filled.get("what", "")))
        filled["manner"] = done_words(str(filled.get("manner", "")))
    elif kind == "t0.set":
        filled["t0"] = _when(data.get("t0"), tz) or _t("none: a ground is open")
    elif kind == "request.received":
        filled["request"] = _joined(
            str(KIND.get(data["kind"], data["kind"])), data.get("form"), _when(data["received_at"], tz)
        )
    elif kind == "request.served":
        filled["manner"] = _joined(manner_words(data.get("manner") or ""), _when(data.get("at"), tz))
    elif kind == "answer.given":
        outcomes = data["decision"]["actions"]
        filled["answers"] = "; ".join(
            f"{action_words(a)}: {_t(words.OUTCOME[found['outcome']]).lower()}"
            for a in ("hold", "notify_release", "transfer")
            if (found := outcomes.get(a))
        )
    elif kind == "answer.signed":
        filled["chosen"] = _joined(
            *(
                f"{action_words(a)}: {_t('yes') if c == 'honor' else _t('no')}"
                for a, c in sorted(data["chosen"].items(), key=lambda one: ACTIONS.index(one[0]))
            ),
            data.get("reason"),
        )
    elif kind == "fact.said":
        filled["fact"] = f"{question_words(data['fact'])} {value_words(data['fact'], data['value'])}"
    elif kind == "departure.recorded":
        reason = data.get("past_limit_reason")
        filled["departure"] = _joined(
            _t(str(Departure.Kind(data["kind_of_departure"]).label)),
            _when(data["at"], tz),
            data.get("to"),
            _t("after the limit, because: %(why)s") % {"why": reason} if reason else "",
            data.get("says"),
        )
    elif kind == "citizenship.reviewed":
        filled["finding"] = _t("proof shown") if data["finding"] == "proof" else _t("no proof shown")
    elif kind == "letter.sent" and data.get("interrupted_at"):
        filled["again"] = _t("; it may have come twice: a try at %(when)s was interrupted") % {
            "when": _when(data["interrupted_at"], tz)
        }
    elif kind in ("paper.printed", "paper.given"):
        filled["paper"] = str(PAPER_NAMES.get(data["paper"], data["paper"]))
    elif kind == "file.seen":
        filled["page"] = str(_PAGES.get(data.get("page", ""), data.get("page", "")))
    escaped = _Anything({name: conditional_escape(value) for name, value in filled.items()})
    # Safe: the sentence is ours, and each value in it was escaped.
    return mark_safe(conditional_escape(str(known)) % escaped)


_PAGES: dict[str, str | Promise] = {
    "file": _("the file"),
    "decision": _("the answer to a request"),
    "release": _("the release page"),
    "request": _("a new request"),
    "papers": _("the papers"),
    "scan": _("a scan"),
}


class _Anything(dict[str, Any]):
    """What an event does not say is left out of its words."""

    def __missing__(self, name: str) -> str:
        return ""


def _joined(*parts: Any) -> str:
    return ", ".join(str(part) for part in parts if part)


_CHOICES: dict[str, dict[str, Any]] = {
    "status": dict(STATUS),
    "grade": dict(GRADE),
    "language": dict(LANGUAGES),
}


def _value(name: str, value: Any) -> str:
    """What a field of a person or charge said."""
    if value in (None, ""):
        return _t("nothing")
    if isinstance(value, bool):
        return _t("yes") if value else _t("no")
    return str(_CHOICES.get(name, {}).get(str(value), value))


def _when(value: Any, tz: Any) -> str:
    if not value:
        return ""
    there = datetime.fromisoformat(str(value).replace("Z", "+00:00")).astimezone(tz)
    return _t("%(day)s, %(time)s") % {"day": day(there.date()), "time": f"{there:%H:%M %Z}"}


def _link(kind: str, data: Mapping[str, Any]) -> str:
    if kind == "scan.attached":
        return address("scan", data["scan"])
    if data.get("request") and kind.startswith(("request.", "answer.", "fact.")):
        return address("decision", data["request"])
    return ""
