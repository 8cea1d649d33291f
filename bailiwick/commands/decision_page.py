"""A decision as a person reads it: what may be done, what is owed and when, what would change it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from bailiwick.commands.rendering import Block, Heading, Items, Line, Table, Text, on_terminal
from bailiwick.engine import words
from bailiwick.engine.case import Case
from bailiwick.engine.change import fact_question
from bailiwick.engine.decide import Answer, Decision
from bailiwick.engine.facts import FACTS, Outcome
from bailiwick.engine.zones import zone


def page(case: Case, decision: Decision) -> Iterator[Block]:
    """The whole decision."""
    tz = zone(case.place.tz)
    yield Heading(_asked(case, tz), first=True)
    at = words.instant(decision.at, tz)
    yield Text(
        f"{case.place.name} ({case.place.path}), {at}"
        + (f", {decision.id}" if decision.id is not None else "")
    )
    for bill in decision.proposals:
        yield Text(f"As if {bill} had been enacted; it never was.")
    rows = [_row(action, found) for action, found in decision.actions.items()]
    yield Table(("what", "answer", "law"), rows, limits=(16, 0, 34))
    if any(found.outcome is Outcome.UNREGULATED for found in decision.actions.values()):
        yield Text(
            "Where no rule speaks, no law in this lawbook requires, allows or forbids it there on that day."
        )
    owed = [d for d in decision.duties if d["to"] in ("person", "lawyer")]
    others = [d for d in decision.duties if d not in owed]
    if owed:
        yield Heading("What you owe the person")
        yield Items([_duty(d, tz) for d in owed])
    if others:
        yield Heading("What you owe others")
        yield Items([_duty(d, tz) for d in others])
    if decision.clocks:
        yield Heading("Clocks")
        yield Items([_clock(c, tz) for c in decision.clocks])
    changes = [c for action, found in decision.actions.items() for c in _changes(action, found)]
    if changes:
        yield Heading("What would change this")
        yield Items(changes)
    questions = list(_questions(decision))
    if questions:
        yield Heading("Questions still open")
        yield Items(questions)
    norms = {b.norm.key: b.norm for found in decision.actions.values() for b in found.because}
    if norms:
        yield Heading("The words of the law")
        yield Items(
            [[Line(words.sentence(n), "strong"), Line(words.citation(n), "faint")] for n in norms.values()]
        )


def summary(line: int, decision: Decision) -> Iterator[Block]:
    """A decision among many, in a few lines."""
    name = f"{line}" if decision.id is None else f"{line} ({decision.id})"
    parts = []
    for outcome in Outcome:
        if outcome is not Outcome.UNREGULATED:
            actions = [
                words.action(a).lower() for a, found in decision.actions.items() if found.outcome is outcome
            ]
            if actions:
                parts.append(f"{words.OUTCOME[outcome]}: {', '.join(actions)}.")
    at = str(decision.to_json()["at"])
    yield Items(
        [
            [
                Line(f"{name}  {decision.place}  {at}", "strong"),
                Line(" ".join(parts) or words.OUTCOME[Outcome.UNREGULATED]),
            ]
        ]
    )


def _asked(case: Case, tz: Any) -> str:
    """`Immigration detainer I-247A, received …, a warrant signed by an immigration officer came with it`."""
    facts = case.facts
    parts = [str(facts.get("request.kind") or "a request of unknown kind").replace("_", " ").capitalize()]
    if facts.get("request.form"):
        parts[0] += f" {facts['request.form']}"
    if facts.get("request.received_at"):
        parts.append(f"received {words.instant(facts['request.received_at'], tz)}")
    if facts.get("request.warrant"):
        parts.append(f"{words.value('request.warrant', facts['request.warrant'])} came with it")
    return ", ".join(parts)


def _row(action: str, found: Answer) -> tuple[Any, ...]:
    mark = f"{words.MARK[found.outcome]} " if on_terminal() else ""
    answer = [
        Line(
            mark + words.answer(action, found),
            "strong" if found.outcome is not Outcome.UNREGULATED else "faint",
        )
    ]
    if found.outcome is Outcome.UNKNOWN:
        more = len(found.missing) - 1
        further = f"; {words.counted(more, 'more question')} below" if more > 0 else ""
        possible = ", ".join(_POSSIBLE[o] for o in found.possible)
        answer.append(Line(f"possible: {possible}{further}", "faint"))
    answer += [Line(b.norm.standard) for b in found.because if b.norm.standard]
    cites = [Line(text, "faint") for text in dict.fromkeys(words.citation(b.norm) for b in found.because)]
    return [Line(words.action(action), "strong")], answer, cites


_POSSIBLE = {
    Outcome.REQUIRED: "you must",
    Outcome.ALLOWED: "you may",
    Outcome.FORBIDDEN: "you may not",
    Outcome.UNREGULATED: "no rule",
    Outcome.CONFLICT: "conflict",
}


def _depends(names: Iterable[str]) -> list[Line]:
    questions = [fact_question(name) for name in names]
    return [Line(f"depends on: {' '.join(questions)}")] if questions else []


def _duty(duty: dict[str, Any], tz: Any) -> list[Line]:
    when = f"by {words.stamp(duty['due'], tz)}" if duty["due"] else duty["within"]
    to = f" (to the {duty['to']})" if duty["to"] not in ("person", "lawyer") else ""
    first = Line(f"{when + ': ' if when else ''}{duty['what']}{to}", "strong")
    return [first, Line(duty["cite"], "faint"), *_depends(duty.get("missing", ()))]


def _clock(clock: dict[str, Any], tz: Any) -> list[Line]:
    due = words.stamp(clock["due"], tz) if clock["due"] else "not running yet"
    began = f"counted from {words.stamp(clock['from'], tz)}; " if clock["from"] else ""
    first = Line(f"{due}: {clock['what']}", "strong")
    return [first, Line(f"{began}{clock['cite']}", "faint"), *_depends(clock.get("missing", ()))]


def _changes(action: str, found: Answer) -> Iterator[list[Line]]:
    """Changes, grouped by the outcome they lead to: the fewest words first."""
    by_outcome: dict[str, list[str]] = {}
    for one in found.would_change:
        text = ", and ".join(words.change(part) for part in one["change"])
        by_outcome.setdefault(one["outcome"], []).append(text)
    for outcome, texts in by_outcome.items():
        given = "this" if len(texts) == 1 else "one of these"
        lines = [
            Line(
                f"{words.action(action)}: {words.OUTCOME[Outcome(outcome)].lower()}, given {given}", "strong"
            )
        ]
        lines += [Line(text) for text in islice(texts, 3)]
        if len(texts) > 3:
            lines.append(Line(f"(and {words.counted(len(texts) - 3, 'other way')}: --format json)", "faint"))
        yield lines


def _questions(decision: Decision) -> Iterator[list[Line]]:
    settles: dict[str, list[str]] = {}
    for action, found in decision.actions.items():
        for name in found.missing:
            settles.setdefault(name, []).append(words.action(action))
    for name, actions in settles.items():
        known_by = f"{FACTS[name].known_by}; " if name in FACTS else ""
        yield [
            Line(fact_question(name), "strong"),
            Line(
                f"{known_by}{name.removeprefix('norm:')}; needed for: {', '.join(actions).lower()}", "faint"
            ),
        ]
