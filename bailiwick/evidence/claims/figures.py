"""The figures under a claim, each by a named function over the data and the law held here. None is typed.

A function takes the lawbook and the arguments that the claim's file gives, and returns a Figure.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from bailiwick.engine import words
from bailiwick.engine.case import read_case
from bailiwick.engine.decide import decide
from bailiwick.engine.facts import ACTION_SHORT, Outcome
from bailiwick.engine.lawbook import Lawbook
from bailiwick.evidence.atlas import atlas, counted
from bailiwick.evidence.canonical import ORDINARY, canonical_cases
from bailiwick.evidence.published import counties, details, nation, states
from bailiwick.evidence.shares import Share, percent, share
from bailiwick.evidence.shipped import LIMIT, NO_AREA, arrests


@dataclass(frozen=True, slots=True)
class Figure:
    """One computed figure.

    Attributes:
        asks: what was computed.
        answer: the figure in words, with its interval where it is a share.
        doubt: what it leaves open.
        command: what computes it again.
        outcome: the outcome, of a figure about a rule.
        place, on, norm: where its rule can be read.
        numbers: the numbers of the answer by name.
    """

    asks: str
    answer: str
    doubt: str = ""
    command: str = ""
    outcome: Outcome | None = None
    place: str = ""
    on: date | None = None
    norm: str = ""
    numbers: dict[str, Any] = field(default_factory=dict)


PERIOD = "October 2014 to July 2015"


def _interval(found: Share) -> str:
    return f"{percent(found.value)}, 95 % interval {percent(found.low)} to {percent(found.high)}"


def rule(
    book: Lawbook,
    place: str,
    day: date,
    action: str,
    case: str = ORDINARY,
    custodian: str = "county_jail",
) -> Figure:
    """What the law of a place and day said of one action in one of the canonical cases."""
    where = book.places.get(place)
    chosen = canonical_cases()[case]
    found = chosen.answers(book, where, day, custodian)[action]
    cites = "; ".join(dict.fromkeys(b.norm.cite.text for b in found.because))
    return Figure(
        asks=f"{ACTION_SHORT[action]}, {where.name}, {words.CUSTODIAN[custodian]}, {words.day(day)}: {chosen.title}",
        answer=words.answer(action, found) + (f" ({cites})" if cites else ""),
        doubt="" if found.outcome is not Outcome.UNKNOWN else "Possible: " + ", ".join(found.possible),
        command=f"bailiwick law show {place} --on {day.isoformat()}",
        outcome=found.outcome,
        place=place,
        on=day,
        norm=found.because[0].norm.id if found.because else "",
        numbers={"outcome": str(found.outcome)},
    )


def places(book: Lawbook, day: date, action: str, case: str = ORDINARY) -> Figure:
    """In how many places the law of a day gave which answer; states apart from counties and cities, which lie inside them."""
    found = counted(atlas(book, case, day), action)
    said = [
        f"{words.OUTCOME[outcome]}: {states} states and territories, {local} counties and cities"
        for outcome, (states, local) in found.items()
        if outcome is not None
    ]
    unread = found.get(None, (0, 0))[0]
    return Figure(
        asks=f"{ACTION_SHORT[action]} on {words.day(day)}: {canonical_cases()[case].title}",
        answer="; ".join(said),
        doubt=f"{unread} states and territories have no law file here and are in none of these numbers.",
        command=f"GET /atlas.csv?case={case}&on={day.isoformat()}&action={action}",
        numbers={str(o) if o else "unread": n for o, n in found.items()},
    )


def declined(book: Lawbook, state: str = "", county: str = "") -> Figure:
    """Recorded declines, of all detainers and of those with a recorded outcome, as far as they are published.

    state, county: path of one; neither: the nation.
    """
    place = book.places.get(county or state) if county or state else None
    counts = nation() if place is None else (counties().get(place.fips) if county else states().get(state))
    asks = f"Detainers declined, {place.name if place else 'the United States'}, {PERIOD}"
    table = "counties" if county else "states" if state else "declined"
    command = f"bailiwick evidence question {table} --format csv"
    if counts is None or counts.declined is None or counts.detainers is None:
        return Figure(
            asks,
            f"Too few to show: a number below {LIMIT} is not printed, nor one from which it could be worked out.",
            command=command,
            numbers={name: n for name, n in (("issued", counts and counts.detainers),) if n is not None},
        )
    part, total, of_known, of_all = counts.declined, counts.detainers, counts.of_recorded, counts.of_all
    numbers = {"declined": part, "recorded": counts.recorded, "issued": total}
    of_issued = f"of all {total:,} issued {percent(of_all.value if of_all else None)}"
    if of_known is None:
        return Figure(
            asks,
            f"{part:,}; {of_issued}.",
            "How many had a recorded outcome is not shown, because a small number could be worked out from it.",
            command,
            numbers=numbers,
        )
    return Figure(
        asks=asks,
        answer=f"{part:,} of {of_known.whole:,} with a recorded outcome ({_interval(of_known)}); {of_issued}.",
        doubt=f"For {total - of_known.whole:,} of {total:,} no outcome was recorded; nobody knows whether they were honored.",
        command=command,
        numbers=numbers,
    )


def not_recorded(book: Lawbook) -> Figure:
    """The share of detainers without a recorded outcome."""
    counts = nation()
    total, part = counts.detainers or 0, counts.declined or 0
    found = share(total - (counts.recorded or 0), total)
    return Figure(
        asks=f"Detainers without a recorded outcome, United States, {PERIOD}",
        answer=f"{found.part:,} of {found.whole:,} ({percent(found.value)}).",
        doubt="If each of them had been declined, or none, the share declined of all would lie between "
        f"{percent(part / total)} and {percent((part + found.part) / total)}.",
        command="bailiwick evidence question declined --format csv",
        numbers={"not_recorded": found.part, "issued": found.whole},
    )


def booked(book: Lawbook) -> Figure:
    """Detainers that ended with custody, of all and of those with a recorded outcome."""
    counts = nation()
    part, known, total = details()["taken_into_custody"] or 0, counts.recorded or 0, counts.detainers or 0
    found = share(part, known)
    return Figure(
        asks=f"Detainers that ended with the person taken into custody, United States, {PERIOD}",
        answer=f"{part:,} of {known:,} with a recorded outcome ({_interval(found)}); "
        f"of all {total:,} issued {percent(part / total)}.",
        doubt="What followed custody (bond, release, removal, return) is not in this file.",
        command="bailiwick evidence question declined --format csv",
        numbers={"booked": part, "recorded": known, "issued": total},
    )


def at_large(book: Lawbook, area: str = "") -> Figure:
    """Arrests at large as a share of arrests, by fiscal year."""
    years: dict[int, list[int]] = {}
    nowhere = 0
    for one in arrests():
        if one.area == NO_AREA:
            nowhere += one.arrests
        if area in ("", one.area):
            sums = years.setdefault(one.year, [0, 0])
            sums[0] += one.at_large
            sums[1] += one.arrests
    said = [
        f"{year}: {part:,} of {whole:,} ({percent(share(part, whole).value)})"
        for year, (part, whole) in sorted(years.items())
    ]
    unplaced = (
        f"{nowhere:,} arrests by headquarters or without an area are in no area's numbers."
        if area
        else f"Of these arrests {nowhere:,} are by headquarters or without an area."
    )
    return Figure(
        asks=f"Arrests by ICE at large (located, or a non-custodial arrest), {area or 'all areas'}, by fiscal year",
        answer="; ".join(said) + ".",
        doubt=f"Areas hold several states. The release ends on 1 September 2019. {unplaced}",
        command="bailiwick evidence question arrests-at-large --format csv",
        numbers={str(year): (part, whole) for year, (part, whole) in sorted(years.items())},
    )


def proposal(book: Lawbook, bill: str, day: date, statute: str) -> Figure:
    """What a bill never enacted would have changed for one conviction of a crime against a minor."""
    file = book.files[bill]
    where = book.places.get(file.binds[0])
    raw = canonical_cases()["robbery-convicted"].as_json(where, day)
    raw["charges"][0] |= {
        "statute": statute,
        "description": statute,
        "minor_victim": True,
        "sex_registration": True,
    }
    case = read_case(raw, book.places)
    before = decide(case, book, would_change=False).actions
    after = decide(case, book, (bill,), would_change=False).actions
    changed = {
        a: (before[a].outcome, after[a].outcome) for a in before if before[a].outcome != after[a].outcome
    }
    return Figure(
        asks=f"What the bill would have changed, {where.name}, county jail, {words.day(day)}: "
        f"convicted under {statute}, the victim a minor",
        answer="; ".join(
            f"{ACTION_SHORT[a]}: from “{words.OUTCOME[old]}” to “{words.OUTCOME[new]}”"
            for a, (old, new) in changed.items()
        )
        + ".",
        doubt="How many real cases it would have changed is not known here: the release holds no convictions.",
        command=f"bailiwick decide CASE.json --with {bill}",
        place=where.path,
        on=day,
        numbers={a: (str(old), str(new)) for a, (old, new) in changed.items()},
    )


FIGURES: dict[str, Callable[..., Figure]] = {
    f.__name__: f for f in (rule, places, declined, not_recorded, booked, at_large, proposal)
}


def figure(book: Lawbook, asked: dict[str, Any]) -> Figure:
    """The figure that a claim asks for.

    Raises:
        KeyError: no function of that name.
    """
    arguments = {k: v for k, v in asked.items() if k != "name"}
    return FIGURES[asked["name"]](book, **arguments)
