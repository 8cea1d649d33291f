"""The questions of the evidence page: each with its answer, doubt, table and picture, all read from what is published of
the shipped release (`published.py`)."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from bailiwick.engine import words
from bailiwick.engine.facts import Outcome
from bailiwick.engine.lawbook import Lawbook
from bailiwick.evidence.groups import DRAWN, OUTCOME_WORDS
from bailiwick.evidence.pictures.charts import Step, Width, funnel, intervals, lines, stacked
from bailiwick.evidence.pictures.shades import shaded
from bailiwick.evidence.published import Counts, answers, counties, details, months, nation, states
from bailiwick.evidence.shares import Share, percent, share
from bailiwick.evidence.shipped import NO_AREA, Arrests, arrests

PERIOD = "October 2014 to July 2015"
#: What no page of this release can see.
BLIND = (
    "Whether a detainer without a recorded outcome was honored, declined or is still open: nobody recorded it.",
    "Who the person was, what he or she was charged with or convicted of, and what papers came with the form.",
    "When the form arrived, when the person was to be free, and whether anybody told the agency.",
    "What happened afterwards: the release has no arrests, no removals and no later detainers of the same person.",
)
Value = str | int | None


@dataclass(frozen=True, slots=True)
class Question:
    """A question with everything that stands under it.

    Attributes:
        id: its name in addresses.
        title: the question.
        answer: one sentence, with its interval where it is a share.
        doubt: what it leaves open.
        columns, rows: its table, which is also its CSV. None: fewer than LIMIT, or hidden lest one be worked out.
        draw: the picture in a width.
        seen: what the picture shows, for who cannot see it.
        command: what makes the table again.
        blind: what this cannot see.
    """

    id: str
    title: str
    answer: str
    doubt: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    draw: Callable[[Width], str]
    seen: str
    command: str
    blind: tuple[str, ...] = BLIND

    @property
    def texts(self) -> frozenset[str]:
        """Columns that hold words, apart from the first."""
        return frozenset({"county"} & set(self.columns))


def _command(name: str) -> str:
    """What prints the table of a question."""
    return f"bailiwick evidence question {name} --format csv"


def _kinds() -> tuple[tuple[str, str], ...]:
    return tuple((name, pattern) for name, pattern, _ in DRAWN)


def _bars(rows: list[tuple[Value, ...]]) -> tuple[tuple[str, str, int], ...]:
    """The bars of a table's rows (name, total, the groups): only what the table shows, so that no length tells what it hides."""
    return tuple(
        (str(row[0]), kind, cell)
        for row in rows
        for (kind, _, _), cell in zip(DRAWN, row[2:], strict=False)
        if isinstance(cell, int)
    )


# ------------------------------------------------------------------------------------------------------------- the questions


def how_many_declined(book: Lawbook) -> Question:
    """From the detainer to its outcome."""
    all_ = nation()
    total, known, part = all_.detainers or 0, all_.recorded or 0, all_.declined or 0
    found = share(part, known)
    title = f"How many detainers were declined, {PERIOD}?"
    parts = [(o, n) for o, n in details().items() if o != "not_recorded" and n != 0]
    rows: list[tuple[Value, ...]] = [
        ("issued", total, percent(1.0), ""),
        ("with a recorded outcome", known, percent(known / total), percent(1.0)),
    ]
    rows += [
        (OUTCOME_WORDS[o], *((n, percent(n / total), percent(n / known)) if n else (None, None, None)))
        for o, n in sorted(parts, key=lambda one: -(one[1] or 0))
    ]
    rows.append((OUTCOME_WORDS["not_recorded"], total - known, percent(1 - known / total), ""))
    steps = [
        Step("issued", "blank", 0, total),
        Step("with a recorded outcome", "blank", 0, known, f"{percent(known / total)} of issued"),
    ]
    for (kind, pattern, _), n in zip(DRAWN[:-1], all_.groups, strict=False):
        done = steps[-1].end if len(steps) > 2 else 0
        steps.append(Step(kind, pattern, done, done + (n or 0), f"{percent((n or 0) / known)} of recorded"))
    steps.append(
        Step(OUTCOME_WORDS["not_recorded"], "blank", known, total, f"{percent(1 - known / total)} of issued")
    )
    return Question(
        "declined",
        title,
        f"{part:,} of {known:,} with a recorded outcome ({percent(found.value)}, 95 % interval {percent(found.low)} to "
        f"{percent(found.high)}). Of all {total:,} issued it is {percent(part / total)}.",
        f"For {total - known:,} of {total:,} no outcome was recorded; they are in the second number and not in the first.",
        ("step", "detainers", "share of issued", "share of recorded"),
        tuple(rows),
        lambda width: funnel(tuple(steps), title, width),
        "A bar for all detainers; below it one for those with a recorded outcome, the bars into which that divides (taken into "
        "custody, declined, another recorded outcome), and one for those without.",
        _command("declined"),
    )


def _shares(found: Share | None) -> tuple[Value, ...]:
    """A share with its interval as three cells; None where it is not shown."""
    return (None, None, None) if found is None else tuple(map(percent, (found.value, found.low, found.high)))


def over_time(book: Lawbook) -> Question:
    """Outcomes by month."""
    title = "Did outcomes change from month to month?"
    of = months()
    first, last = (of[month].of_recorded or share(0, 0) for month in ("2014-10", "2015-06"))
    missing = [_blank(of[month]) for month in ("2014-10", "2015-06")]
    rows: list[tuple[Value, ...]] = [
        (month, *counts.cells, *_shares(counts.of_recorded)) for month, counts in of.items()
    ]
    bars = _bars([row[: 2 + len(DRAWN)] for row in rows])
    return Question(
        "months",
        title,
        f"Of detainers of October 2014 with a recorded outcome {percent(first.value)} were declined, of those of June 2015 "
        f"{percent(last.value)} (95 % intervals {percent(first.low)} to {percent(first.high)} and {percent(last.low)} to "
        f"{percent(last.high)}).",
        f"Later months had less time to get an outcome: without one were {missing[0]} of October 2014 and {missing[1]} of June "
        "2015. July 2015 ends on the 19th.",
        ("month", "detainers", *(name for name, _, _ in DRAWN), "declined of recorded", "from", "to"),
        tuple(rows),
        lambda width: stacked(bars, _kinds(), title, width),
        "A bar for each month, divided into taken into custody, declined, another recorded outcome, and none recorded.",
        _command("months"),
    )


def _blank(counts: Counts) -> str:
    """The share without a recorded outcome."""
    if counts.detainers is None or counts.recorded is None:
        return ""
    return percent(1 - counts.recorded / counts.detainers)


def by_state(book: Lawbook) -> Question:
    """The share declined by state."""
    title = "In which states were detainers recorded as declined?"
    rows: list[tuple[Value, ...]] = []
    dots = []
    for state, counts in states().items():
        name = book.places.get(state).name if state else "(no state written)"
        found = counts.of_recorded
        rows.append((name, *counts.cells, *_shares(found)))
        if found and state and found.value is not None and found.whole >= 50:
            dots.append((name, found.value, found.low or 0.0, found.high or 0.0))
    dots.sort(key=lambda d: -d[1])
    most = dots[0]
    total = nation().declined or 0
    california, unwritten = states()["us/ca"].declined or 0, states()[""].detainers or 0
    return Question(
        "states",
        title,
        f"The share was highest in {most[0]}, {percent(most[1])} of those with a recorded outcome, among the {len(dots)} states "
        f"that can be shown with at least 50; California alone has {california:,} of the {total:,} declines "
        f"({percent(california / total)}).",
        f"The state is that of the facility as the agency wrote it; {unwritten:,} rows have none. "
        "In many states most outcomes are blank.",
        ("state", "detainers", *(name for name, _, _ in DRAWN), "declined of recorded", "from", "to"),
        tuple(rows),
        lambda width: intervals(tuple(dots), title, width),
        "A dot for each state with at least 50 recorded outcomes and a line for its 95 % interval, from the highest share down.",
        _command("states"),
    )


def by_county(book: Lawbook) -> Question:
    """Detainers by county."""
    title = "In which counties were the people for whom detainers were prepared?"
    rows: list[tuple[Value, ...]] = []
    values: list[tuple[str, float | None]] = []
    for fips, counts in counties().items():
        place = book.places.by_fips[fips]
        rows.append((fips, f"{place.name}, {(place.state or '')[3:].upper()}", *counts.cells))
        values.append((fips, None if counts.detainers is None else float(counts.detainers)))
    told = {fips: counts.detainers for fips, counts in counties().items() if counts.detainers is not None}
    everything = nation().detainers or 0
    top = max(told, key=lambda fips: told[fips])
    return Question(
        "counties",
        title,
        f"Detainers name a facility of {len(rows):,} counties. In {len(told):,} of them their number can be shown, together "
        f"{sum(told.values()):,} of {everything:,}; most were in {book.places.by_fips[top].name}, {told[top]:,}.",
        "The other detainers are in a county whose number is too small, or in none here: their facility is blank, not known, or "
        "its name fits more than one.",
        ("fips", "county", "detainers", *(name for name, _, _ in DRAWN)),
        tuple(rows),
        lambda width: shaded(tuple(values), (50, 200, 1000, 3000), "counties", title),
        "A map of counties in five steps from pale to dark: fewer than 50, from 50, from 200, from 1,000, from 3,000 detainers; "
        "struck through where the number is not shown.",
        _command("counties"),
    )


def law_beside(book: Lawbook) -> Question:
    """What the law said, and what happened."""
    title = "What did the law then say of what was asked, and what was recorded?"
    of = answers(book)
    rows: list[tuple[Value, ...]] = [(words.OUTCOME[answer], *counts.cells) for answer, counts in of.items()]
    bars = _bars(rows)

    def of_law(answer: Outcome) -> str:
        if answer not in of:
            return "0"
        n = of[answer].detainers
        return "a number that is not shown" if n is None else f"{n:,}"

    return Question(
        "law",
        title,
        f"Of {nation().detainers:,} detainers the law required what was asked for {of_law(Outcome.REQUIRED)} "
        f"and forbade it for {of_law(Outcome.FORBIDDEN)}, whoever was held; "
        f"for {of_law(Outcome.UNKNOWN)} it turned on facts that the release does not have; "
        f"for {of_law(Outcome.UNREGULATED)} no rule in this lawbook spoke.",
        "Where no law file was read the answer is that no rule speaks, which may be wrong. What would settle the unknown ones: "
        "the charges and convictions, and what came with the form.",
        ("law of the place and day", "detainers", *(name for name, _, _ in DRAWN)),
        tuple(rows),
        lambda width: stacked(bars, _kinds(), title, width),
        "A bar for each answer of the law, divided into taken into custody, declined, another recorded outcome, none recorded.",
        _command("law"),
        (*BLIND, "Law of places whose files are not in this lawbook."),
    )


def where_arrested(book: Lawbook) -> Question:
    """Arrests at large by area."""
    title = "Which share of arrests by ICE was made at large, fiscal years 2016 to 2019?"
    chosen = ("New York City", "Chicago", "San Francisco", "Houston")
    years: dict[int, Counter[str]] = {}
    for one in arrests():
        years.setdefault(one.year, Counter()).update(arrests=one.arrests, at_large=one.at_large)
    sums = [Arrests("(all)", year, n["arrests"], n["at_large"]) for year, n in sorted(years.items())]
    rows = tuple(
        (one.area, one.year, one.arrests, one.at_large, percent(one.at_large / one.arrests))
        for one in (*sums, *sorted(arrests()))
    )
    drawn = [
        (area, str(one.year), one.at_large / one.arrests)
        for area in chosen
        for one in arrests()
        if one.area == area
    ]
    found = share(sum(one.at_large for one in sums), sum(one.arrests for one in sums))
    nowhere = sum(one.arrests for one in arrests() if one.area == NO_AREA)
    return Question(
        "arrests-at-large",
        title,
        f"{found.part:,} of {found.whole:,} ({percent(found.value)}). By fiscal year it was {_range(drawn, chosen[0])} "
        f"in the area of {chosen[0]} and {_range(drawn, chosen[-1])} in that of {chosen[-1]}.",
        "Areas hold several states. An arrest is at large where its method is “Located” or “Non-Custodial Arrest”. Fiscal years "
        "run from October to September; the release ends on 1 September 2019. "
        f"All {found.whole:,} arrests of the release are in these rows. {nowhere:,} of them, by headquarters or without an area, "
        "share one row a year: counts of headquarters alone are too small to show.",
        ("area", "fiscal year", "arrests", "at large", "share"),
        rows,
        lambda width: lines(tuple(drawn), title, width),
        "Four lines by fiscal year, for New York City, Chicago, San Francisco and Houston.",
        _command("arrests-at-large"),
        (
            "Which arrests followed a declined detainer: no person is numbered in this release.",
            "What was done with force, and who was hurt: no public file says so.",
            "Detainers of the same areas and months: they are in another release, of other years.",
        ),
    )


def _range(drawn: list[tuple[str, str, float]], area: str) -> str:
    found = [value for name, _, value in drawn if name == area]
    return f"{percent(min(found))} to {percent(max(found))}"


QUESTIONS: dict[str, Callable[[Lawbook], Question]] = {
    "declined": how_many_declined,
    "months": over_time,
    "states": by_state,
    "counties": by_county,
    "law": law_beside,
    "arrests-at-large": where_arrested,
}


#: A question asked while a worker still works it out waits for that, and does not do it again.
_working = threading.Lock()


def question(book: Lawbook, name: str) -> Question:
    """One of QUESTIONS, worked out once.

    Raises:
        KeyError: there is none of that name.
    """
    with _working:
        return _question(book, name)


@lru_cache(maxsize=32)
def _question(book: Lawbook, name: str) -> Question:
    return QUESTIONS[name](book)
