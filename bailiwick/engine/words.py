"""The words a person reads: outcomes, days, instants, values of facts, changes of fact."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from bailiwick.engine.change import fact_question
from bailiwick.engine.facts import ACTION_SHORT, FACTS, Outcome, Type
from bailiwick.engine.norm import Effect, Norm, Provision, Span, Standing

if TYPE_CHECKING:
    from bailiwick.engine.decide import Answer

OUTCOME = {
    Outcome.REQUIRED: "You must",
    Outcome.ALLOWED: "You may",
    Outcome.FORBIDDEN: "You may not",
    Outcome.UNREGULATED: "No rule here speaks to this",
    Outcome.UNKNOWN: "Cannot be answered yet",
    Outcome.CONFLICT: "Rules conflict: ask counsel",
}

#: Marks beside the words, for a terminal: filled, outlined, barred, dotted, asked, split.
MARK = {
    Outcome.REQUIRED: "■",
    Outcome.ALLOWED: "□",
    Outcome.FORBIDDEN: "⊟",
    Outcome.UNREGULATED: "·",
    Outcome.UNKNOWN: "?",
    Outcome.CONFLICT: "◧",
}

DEED = {
    "hold": "keep this person past release",
    "notify_release": "tell the asking agency the release date",
    "transfer": "hand this person over",
    "interview": "let the asking agency interview this person",
    "share_information": "give it non-public personal information",
    "ask_status": "ask about citizenship, status or birthplace",
    "act_on_administrative_warrant": "act on a warrant that no judge signed",
    "answer_administrative_subpoena": "answer a subpoena that no judge signed",
}

EFFECT = {
    Effect.REQUIRE: "must",
    Effect.PERMIT: "may",
    Effect.FORBID: "may not",
    Effect.ONLY_IF: "may only if",
}

STANDING = {
    Standing.SEEN: "text read",
    Standing.SECONDARY: "read in a secondary source",
    Standing.MEMORY: "unverified",
}

CUSTODIAN = {
    "county_jail": "county jail",
    "state_prison": "state prison",
    "police_lockup": "police lockup",
    "probation": "probation",
    "court": "court",
}

_VALUE = {
    "none": "nothing",
    "administrative": "a warrant signed by an immigration officer",
    "judicial_civil": "a civil warrant signed by a judge",
    "judicial_criminal": "a criminal warrant signed by a judge",
    "court_order": "another court order",
}


def answer(action: str, found: Answer) -> str:
    """`You may not hand this person over`."""
    words = OUTCOME[found.outcome]
    if found.outcome in (Outcome.REQUIRED, Outcome.ALLOWED, Outcome.FORBIDDEN):
        return f"{words} {DEED[action]}"
    if found.outcome is Outcome.UNKNOWN and found.missing:
        return f"{words}: {fact_question(found.missing[0])}"
    return words


def day(value: date) -> str:
    """`2 March 2026`."""
    return f"{value.day} {value:%B %Y}"


def instant(value: datetime, zone: Any) -> str:
    """`2 March 2026, 10:15 PST (18:15 UTC)`; the UTC day too, where it is another."""
    here, there = value.astimezone(zone), value.astimezone(UTC)
    other_day = f"{day(there)}, " if there.date() != here.date() else ""
    return f"{day(here)}, {here:%H:%M %Z} ({other_day}{there:%H:%M} UTC)"


def stamp(text: str, zone: Any) -> str:
    """An instant or day of a decision, which is text, as a person reads it."""
    if "T" in text:
        return instant(datetime.fromisoformat(text.replace("Z", "+00:00")), zone)
    return day(date.fromisoformat(text))


def span(value: Span) -> str:
    """`since 4 January 2018`, `1 January 2014 to 3 January 2018` (the last day in force)."""
    if value.start is None and value.end is None:
        return "never in force"
    if value.end is None:
        return f"since {day(value.start)}" if value.start else ""
    last = day(date.fromordinal(value.end.toordinal() - 1))
    return f"{day(value.start)} to {last}" if value.start else f"until {last}"


def value(fact: str, found: Any) -> str:
    """The value of a fact: `yes`, `a civil warrant signed by a judge`, `10 January 2015`."""
    if found is None:
        return "not known"
    if found is True or found is False:
        return "yes" if found else "no"
    if isinstance(found, list | tuple):
        return ", ".join(value(fact, f) for f in found) or "none"
    known = FACTS.get(fact)
    if known is not None and known.type in (Type.DATE, Type.INSTANT):
        return day(date.fromisoformat(str(found)[:10]))
    if known is not None and known.values:
        return (
            _VALUE.get(str(found), str(found).replace("_", " "))
            if fact == "request.warrant"
            else str(found).replace("_", " ")
        )
    return str(found)


def change(part: Mapping[str, Any]) -> str:
    """One change of fact that would change an answer, as a question with another answer."""
    fact, to, says = part["fact"], part.get("to"), part.get("says", "")
    if fact == "charges":
        if isinstance(to, str):
            return f"the record does not show: {says.removeprefix('not: ')}" if says else f"the record {to}"
        if says:
            return f"the record shows: {says}"
        return "the record shows a charge with " + ", ".join(
            f"{name.replace('_', ' ')} {value(f'charges[].{name}', v)}" for name, v in (to or {}).items()
        )
    now = f" (now: {value(fact, part['from'])})" if part.get("from") is not None else ""
    return f"{fact_question(fact)} {value(fact, to)}{now}"


def citation(norm: Provision) -> str:
    """A citation, with its standing where the text itself was not read."""
    if norm.cite.standing is Standing.SEEN:
        return norm.cite.text
    return f"{norm.cite.text} ({STANDING[norm.cite.standing]})"


def sentence(norm: Norm) -> str:
    """What a norm says, with what qualifies it."""
    return f"{norm.says} ({norm.standard})" if norm.standard else norm.says


def undecided(why: str) -> str:
    """What it means that a provision is a draft, or that its reading is not chosen."""
    if why.startswith("interpretation: "):
        readings = why.removeprefix("interpretation: ")
        return f"Until counsel chooses a reading it does not decide, and keeps the answer open. {readings}"
    return f"It does not decide, and keeps the answer open: {why}"


def custodians(names: Iterable[str]) -> str:
    """Whom it binds."""
    return ", ".join(CUSTODIAN[n] for n in names) or "every custodian"


def action(name: str) -> str:
    """The short name of an action."""
    return ACTION_SHORT[name]


def counted(n: int, one: str, many: str | None = None) -> str:
    """`1 case`, `2,300 cases`."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"
