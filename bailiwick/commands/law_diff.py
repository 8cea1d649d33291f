"""`bailiwick law diff`: what changed between two days, and whose outcome changes with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bailiwick.commands.errors import BAD_INPUT, DONE, FINDING
from bailiwick.commands.options import Format, FormatOption, LawOption, PlaceArgument, WithOption, read_format

if TYPE_CHECKING:
    from bailiwick.commands.law_changes import Affected, Change, Changed, Reworded
    from bailiwick.commands.rendering import Block, Line
    from bailiwick.engine.decide import Answer
    from bailiwick.engine.lawbook import Lawbook
    from bailiwick.engine.places import Place
    from bailiwick.engine.provisions import Dated

COLUMNS = ("change", "kind", "id", "case", "line", "action", "from", "to", "law_from", "law_to")


def diff(
    place: PlaceArgument,
    date1: Annotated[str, typer.Argument(metavar="DATE1", help="The day before, such as 2018-01-03.")],
    date2: Annotated[str, typer.Argument(metavar="DATE2", help="The day after, such as 2018-01-04.")],
    cases: Annotated[
        str | None,
        typer.Option(
            "--cases",
            metavar="FILE",
            help="Cases, one a line: whose outcome changes? - reads standard input.",
        ),
    ] = None,
    proposals: WithOption = None,
    format: FormatOption = None,
    law: LawOption = None,
) -> int:
    """Show what changed in the law of a place between two days: what ended, what began, which words changed.

    Words that went stand in [-brackets-], words that came in {+braces+}. With --cases every case of that
    place, and of the places in it, is decided at noon of both days; look-backs and ages of convictions run to
    each day, and a conviction of a later day counts as one of that day. With --with a bill that was never
    enacted is in force on the second day only: the same day twice shows what it alone would do.

    \b
    What the Values Act changed:
      bailiwick law diff us/ca 2018-01-03 2018-01-04
    For which of your cases:
      bailiwick law diff us/ca 2018-01-03 2018-01-04 --cases cases.jsonl
    What a bill would change:
      bailiwick law diff us/ca 2024-06-01 2024-06-01 --with us/ca:ab-2641 --cases cases.jsonl

    Exit status: 0 when nothing changes, 1 when something does.
    """
    from bailiwick.commands import inputs, rendering
    from bailiwick.commands.law_changes import compare, whose

    how = read_format(format)
    book = inputs.load_lawbook(law)
    where = inputs.read_place(place, book.places, "place")
    read = inputs.read_case_day if cases else inputs.read_day
    days = read(date1, "DATE1"), read(date2, "DATE2")
    bills = inputs.read_proposals(proposals, book)
    changed = compare(book, where, days, bills)
    source = inputs.Cases(cases, book.places) if cases is not None else None
    affected = whose(book, where, days, bills, source) if source is not None else None
    if how is Format.JSON:
        rendering.write_json(_as_json(book, where, days, bills, changed, affected))
    elif how is Format.CSV:
        out = rendering.Csv(COLUMNS)
        for row in _rows(changed, affected):
            out.row(row)
    else:
        rendering.show(_page(where, days, bills, changed, affected))
    if source is not None and source.bad:
        return BAD_INPUT
    return FINDING if changed.any or (affected is not None and affected.changes) else DONE


# ----------------------------------------------------------------------------------------------- for machines


def _as_json(
    book: Lawbook,
    place: Place,
    days: tuple[date, date],
    bills: tuple[str, ...],
    changed: Changed,
    affected: Affected | None,
) -> dict[str, Any]:
    from bailiwick.engine.provisions import as_json

    out: dict[str, Any] = {
        "place": place.path,
        "from": days[0].isoformat(),
        "to": days[1].isoformat(),
        "lawbook": book.version,
    }
    if bills:
        out["with"] = list(bills)
    out["ended"] = [as_json(one) for one in changed.ended]
    out["began"] = [as_json(one) for one in changed.began]
    out["changed"] = [
        {"id": r.after.id, "fields": list(r.fields), "from": as_json(r.before), "to": as_json(r.after)}
        for r in changed.reworded
    ]
    if affected is not None:
        out["cases"] = {
            "count": affected.count,
            "changed": affected.cases,
            "elsewhere": affected.elsewhere,
            "changes": [
                {
                    "id": c.id,
                    "line": c.line,
                    "action": c.action,
                    "from": _answer(c.before),
                    "to": _answer(c.after),
                }
                for c in affected.changes
            ],
        }
    return out


def _answer(answer: Answer) -> dict[str, Any]:
    found = answer.to_json()
    del found["would_change"]
    return found


def _rows(changed: Changed, affected: Affected | None) -> Iterator[tuple[Any, ...]]:
    from bailiwick.engine.provisions import kind, says

    for one in changed.ended:
        yield ("ended", kind(one), one.id, None, None, _actions(one), says(one), None, one.cite.text, None)
    for one in changed.began:
        yield ("began", kind(one), one.id, None, None, _actions(one), None, says(one), None, one.cite.text)
    for r in changed.reworded:
        for name, (old, new) in r.fields.items():
            yield (
                f"changed: {name}",
                kind(r.after),
                r.after.id,
                None,
                None,
                _actions(r.after),
                old,
                new,
                r.before.cite.text,
                r.after.cite.text,
            )
    for c in affected.changes if affected is not None else ():
        yield (
            "case",
            None,
            None,
            c.id,
            c.line,
            c.action,
            c.before.outcome,
            c.after.outcome,
            [b.norm.id for b in c.before.because],
            [b.norm.id for b in c.after.because],
        )


def _actions(one: Dated) -> Sequence[str]:
    return getattr(one, "actions", ())


# ------------------------------------------------------------------------------------------------- for people


def _page(
    place: Place, days: tuple[date, date], bills: tuple[str, ...], changed: Changed, affected: Affected | None
) -> Iterator[Block]:
    from bailiwick.commands.rendering import Heading, Items, Table, Text
    from bailiwick.engine import words
    from bailiwick.engine.facts import ACTIONS

    between = f"between {words.day(days[0])} and {words.day(days[1])}"
    yield Heading(f"The law of {place.name} ({place.path}) {between}", first=True)
    for bill in bills:
        yield Text(f"On the second day as if {bill} had been enacted; it never was.")
    if not changed.any:
        yield Text("No rule, duty, clock or report changed.")
    for title, group in (("Ended", changed.ended), ("Began", changed.began)):
        if group:
            yield Heading(title)
            yield Items([_sentence(one) for one in group])
    if changed.reworded:
        yield Heading("Changed")
        yield Items([_reworded(r) for r in changed.reworded])
    if affected is None:
        return
    yield Heading("Cases")
    verb = "changes" if affected.cases == 1 else "change"
    yield Text(f"{affected.cases:,} of {words.counted(affected.count, 'case')} {verb}.")
    if affected.elsewhere:
        yield Text(f"Left out: {words.counted(affected.elsewhere, 'case')} at other places.")
    if affected.changes:
        kinds = Counter((c.action, c.before.outcome, c.after.outcome) for c in affected.changes)
        rows = [
            (words.action(action), words.OUTCOME[old], words.OUTCOME[new], f"{n:,}")
            for (action, old, new), n in sorted(kinds.items(), key=lambda item: ACTIONS.index(item[0][0]))
        ]
        yield Table(("what", "from", "to", "cases"), rows, right=(3,))
        yield Heading("Case by case")
        yield Items([_case(list(group)) for _, group in groupby(affected.changes, key=lambda c: c.line)])


def _sentence(one: Dated) -> list[Line]:
    from bailiwick.commands.rendering import Line
    from bailiwick.engine import words
    from bailiwick.engine.norm import Norm
    from bailiwick.engine.provisions import kind, says

    if isinstance(one, Norm):
        actions = ", ".join(words.action(a) for a in one.actions)
        head = f"{actions}: {words.EFFECT[one.effect]}. {words.sentence(one)}"
    else:
        head = f"{kind(one).capitalize()}: {says(one)}"
    footer = f"{one.cite.text}; {words.STANDING[one.cite.standing]}; {words.span(one.span)}; {one.id}"
    lines = [Line(head, "strong"), Line(footer, "faint")]
    return [*lines, Line(words.undecided(one.open))] if one.open else lines


def _reworded(r: Reworded) -> list[Line]:
    from bailiwick.commands.law_changes import reworded
    from bailiwick.commands.rendering import Line

    lines = _sentence(r.after)
    for name, (old, new) in r.fields.items():
        lines.append(Line(f"{name}: {reworded(_text(old), _text(new))}"))
    return lines


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(v) for v in value)
    return "" if value is None else str(value)


def _case(changes: list[Change]) -> list[Line]:
    from bailiwick.commands.rendering import Line
    from bailiwick.engine import words

    first = changes[0]
    lines = [Line(f"line {first.line}" if first.id is None else f"{first.id} (line {first.line})", "strong")]
    for c in changes:
        lines.append(Line(f"{words.action(c.action)}: {_outcome(c.before)} → {_outcome(c.after)}"))
    return lines


def _outcome(answer: Answer) -> str:
    """`you may not (Cal. Gov. Code § 7284.6(a)(1)(B))`, `cannot be answered yet (Is the person …?)`."""
    from bailiwick.engine import words
    from bailiwick.engine.change import fact_question

    why = [words.citation(b.norm) for b in answer.because] or [fact_question(name) for name in answer.missing]
    said = words.OUTCOME[answer.outcome]
    said = said[0].lower() + said[1:]
    return f"{said} ({'; '.join(dict.fromkeys(why))})" if why else said
