"""The questions of the evidence page: each with its answer, doubt, table and picture, all counted from the shipped files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from bailiwick.engine import words
from bailiwick.engine.facts import Outcome
from bailiwick.engine.lawbook import Lawbook
from bailiwick.evidence.beside import beside
from bailiwick.evidence.pictures.charts import Width, intervals, lines, stacked
from bailiwick.evidence.pictures.shades import shaded
from bailiwick.evidence.shares import percent, share
from bailiwick.evidence.shipped import LIMIT, arrests, outcomes, recorded
from bailiwick.evidence.suppress import suppress

PERIOD = "October 2014 to July 2015"
#: What no page of this release can see.
BLIND = (
    "Whether a detainer without a recorded outcome was honored, declined or is still open: nobody recorded it.",
    "Who the person was, what he or she was charged with or convicted of, and what papers came with the form.",
    "When the form arrived, when the person was to be free, and whether anybody told the agency.",
    "What happened afterwards: the release has no arrests, no removals and no later detainers of the same person.",
)
#: How the many outcomes are drawn: four groups, each with its pattern.
DRAWN = (
    ("taken into custody", "filled", ("taken_into_custody",)),
    ("declined", "struck", ("declined",)),
    ("another recorded outcome", "dotted", ()),
    ("no outcome recorded", "blank", ("not_recorded",)),
)
OUTCOME_WORDS = {
    "taken_into_custody": "taken into custody",
    "declined": "declined",
    "insufficient_notice": "insufficient notice",
    "released_before_pickup": "released before pick-up",
    "withdrawn": "withdrawn by the issuing agency",
    "not_removable": "not removable",
    "superseded": "superseded by a new form, or a duplicate",
    "transferred": "transferred",
    "died": "died",
    "unrecognised": "a reason that is not recognised",
    "not_recorded": "no outcome recorded",
}
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


def grouped(counts: Counter[str]) -> dict[str, int]:
    """The groups that charts draw."""
    named = {name: sum(counts[o] for o in of) for name, _, of in DRAWN if of}
    rest = counts.total() - sum(named.values())
    return {name: named.get(name, rest) for name, _, _ in DRAWN}


def shown(groups: list[Counter[str]]) -> list[list[int | None]]:
    """For each group its total and the groups that charts draw, small cells hidden so that they cannot be worked out."""
    grid = suppress([list(grouped(counts).values()) for counts in groups])
    return [[row[-1], *row[:-1]] for row in grid[:-1]]


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
    counts = outcomes()["all"]
    total, known, part = counts.total(), recorded(counts), counts["declined"]
    found = share(part, known)
    title = f"How many detainers were declined, {PERIOD}?"
    parts = _without_blank(counts).most_common()
    rows: list[tuple[Value, ...]] = [
        ("issued", total, None),
        ("with a recorded outcome", known, percent(known / total)),
    ]
    rows += [
        (OUTCOME_WORDS[o], n, percent(n / known) if n else None)
        for (o, _), n in zip(parts, suppress([[n for _, n in parts]])[0], strict=False)
        if n != 0
    ]
    rows.append((OUTCOME_WORDS["not_recorded"], counts["not_recorded"], ""))
    bars = tuple(
        (group, kind, n)
        for group, shown in (("issued", grouped(counts)), ("recorded", grouped(_without_blank(counts))))
        for kind, n in shown.items()
    )
    return Question(
        "declined",
        title,
        f"{part:,} of {known:,} with a recorded outcome ({percent(found.value)}, 95 % interval {percent(found.low)} to "
        f"{percent(found.high)}). Of all {total:,} issued it is {percent(part / total)}.",
        f"For {total - known:,} of {total:,} no outcome was recorded; they are in the second number and not in the first.",
        ("step", "detainers", "share of recorded"),
        tuple(rows),
        lambda width: stacked(bars, _kinds(), title, width),
        "Two bars, all detainers and those with a recorded outcome, each divided into taken into custody, declined, another "
        "recorded outcome, and none recorded.",
        "bailiwick evidence outcomes --by month --format csv",
    )


def _without_blank(counts: Counter[str]) -> Counter[str]:
    return Counter({o: n for o, n in counts.most_common() if o != "not_recorded"})


def over_time(book: Lawbook) -> Question:
    """Outcomes by month."""
    months = outcomes("month")
    title = "Did outcomes change from month to month?"
    first, last = (share(c["declined"], recorded(c)) for c in (months["2014-10"], months["2015-06"]))
    missing = [percent(months[m]["not_recorded"] / months[m].total()) for m in ("2014-10", "2015-06")]
    rows: list[tuple[Value, ...]] = []
    for (month, counts), cells in zip(months.items(), shown(list(months.values())), strict=True):
        found = share(counts["declined"], recorded(counts))
        rows.append((month, *cells, *map(percent, (found.value, found.low, found.high))))
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
        "bailiwick evidence outcomes --by month --format csv",
    )


def by_state(book: Lawbook) -> Question:
    """The share declined by state."""
    title = "In which states were detainers recorded as declined?"
    rows: list[tuple[Value, ...]] = []
    dots = []
    states = outcomes("state")
    for (state, counts), cells in zip(states.items(), shown(list(states.values())), strict=True):
        name, known = book.places.get(state).name if state else "(no state written)", recorded(counts)
        found = share(counts["declined"], known)
        full = known >= LIMIT and None not in cells
        rows.append(
            (
                name,
                *cells,
                *(map(percent, (found.value, found.low, found.high)) if full else (None, None, None)),
            )
        )
        if full and state and found.value is not None and known >= 50:
            dots.append((name, found.value, found.low or 0.0, found.high or 0.0))
    dots.sort(key=lambda d: -d[1])
    most = dots[0]
    total = sum(c["declined"] for c in states.values())
    california = states["us/ca"]["declined"]
    return Question(
        "states",
        title,
        f"The share was highest in {most[0]}, {percent(most[1])} of those with a recorded outcome; California alone has "
        f"{california:,} of the {total:,} declines ({percent(california / total)}).",
        f"The state is that of the facility as the agency wrote it; {states[''].total():,} rows have none. "
        "In many states most outcomes are blank.",
        ("state", "detainers", *(name for name, _, _ in DRAWN), "declined of recorded", "from", "to"),
        tuple(rows),
        lambda width: intervals(tuple(dots), title, width),
        "A dot for each state with at least 50 recorded outcomes and a line for its 95 % interval, from the highest share down.",
        "bailiwick evidence outcomes --by state --format csv",
    )


def by_county(book: Lawbook) -> Question:
    """Detainers by county."""
    title = "In which counties were the people for whom detainers were prepared?"
    counts = {c: n for c, n in outcomes("county").items() if c}
    rows: list[tuple[Value, ...]] = []
    values: list[tuple[str, float | None]] = []
    for fips, cells in zip(counts, shown(list(counts.values())), strict=True):
        place = book.places.by_fips[fips]
        rows.append((fips, f"{place.name}, {(place.state or '')[3:].upper()}", *cells))
        values.append((fips, None if cells[0] is None else float(cells[0])))
    placed = sum(c.total() for c in counts.values())
    everything = outcomes()["all"].total()
    top = max(counts, key=lambda c: counts[c].total())
    most = book.places.by_fips[top]
    return Question(
        "counties",
        title,
        f"{placed:,} of {everything:,} detainers ({percent(placed / everything)}) name a facility whose county is certain; "
        f"they lie in {len(counts):,} counties, most in {most.name}, {counts[top].total():,}.",
        "The other detainers are in no county here: their facility is blank, not known, or its name fits more than one.",
        ("fips", "county", "detainers", *(name for name, _, _ in DRAWN)),
        tuple(rows),
        lambda width: shaded(tuple(values), (50, 200, 1000, 3000), "counties", title),
        "A map of counties in five steps from pale to dark: fewer than 50, from 50, from 200, from 1,000, from 3,000 detainers; "
        "struck through where fewer than 10.",
        "bailiwick evidence outcomes --by county --format csv",
    )


def law_beside(book: Lawbook) -> Question:
    """What the law said, and what happened."""
    title = "What did the law then say of what was asked, and what was recorded?"
    found = beside(book)
    total = sum(found.values())
    sums: dict[Outcome, Counter[str]] = {}
    for outcome in Outcome:
        counts = Counter({happened: n for (law, happened), n in found.items() if law is outcome})
        if counts:
            sums[outcome] = counts
    rows: list[tuple[Value, ...]] = [
        (words.OUTCOME[outcome], *cells)
        for outcome, cells in zip(sums, shown(list(sums.values())), strict=True)
    ]
    bars = _bars(rows)
    unknown = sums.get(Outcome.UNKNOWN, Counter())
    required = sums.get(Outcome.REQUIRED, Counter())
    silent = sums.get(Outcome.UNREGULATED, Counter())
    forbidden = sums.get(Outcome.FORBIDDEN, Counter())
    return Question(
        "law",
        title,
        f"Of {total:,} detainers the law required what was asked for {required.total():,} "
        f"and forbade it for {forbidden.total():,}, whoever was held; "
        f"for {unknown.total():,} it turned on facts that the release does not have; "
        f"for {silent.total():,} no rule in this lawbook spoke.",
        "Where no law file was read the answer is that no rule speaks, which may be wrong. What would settle the unknown ones: "
        "the charges and convictions, and what came with the form.",
        ("law of the place and day", "detainers", *(name for name, _, _ in DRAWN)),
        tuple(rows),
        lambda width: stacked(bars, _kinds(), title, width),
        "A bar for each answer of the law, divided into taken into custody, declined, another recorded outcome, none recorded.",
        "bailiwick evidence outcomes --by law --format csv",
        (*BLIND, "Law of places whose files are not in this lawbook."),
    )


def where_arrested(book: Lawbook) -> Question:
    """Arrests at large by area."""
    title = "Which share of arrests by ICE was made at large, October 2015 to August 2019?"
    chosen = ("New York City", "Chicago", "San Francisco", "Houston")
    rows: list[tuple[Value, ...]] = []
    drawn: list[tuple[str, str, float]] = []
    totals: Counter[str] = Counter()
    for one in arrests():
        whole = one.months > 0
        rows.append(
            (
                one.area,
                one.year,
                one.arrests if whole else None,
                one.at_large if whole else None,
                percent(one.at_large / one.arrests) if whole else None,
                one.hidden,
            )
        )
        totals["arrests"] += one.arrests
        totals["at_large"] += one.at_large
        if one.area in chosen and whole:
            drawn.append((one.area, str(one.year), one.at_large / one.arrests))
    drawn.sort(key=lambda d: (chosen.index(d[0]), d[1]))
    found = share(totals["at_large"], totals["arrests"])
    return Question(
        "arrests-at-large",
        title,
        f"{found.part:,} of {found.whole:,} ({percent(found.value)}). By fiscal year it was {_range(drawn, chosen[0])} "
        f"in the area of {chosen[0]} and {_range(drawn, chosen[-1])} in that of {chosen[-1]}.",
        "Areas hold several states. An arrest is at large where its method is “Located” or “Non-Custodial Arrest”. Fiscal years "
        "run from October to September; 2019 ends on 31 August. Months with fewer than ten of either kind are left out.",
        ("area", "fiscal year", "arrests", "at large", "share", "months left out"),
        tuple(rows),
        lambda width: lines(tuple(drawn), title, width),
        "Four lines by fiscal year, for New York City, Chicago, San Francisco and Houston.",
        "python tools/make_arrests.py ARRESTS.parquet",
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


@lru_cache(maxsize=32)
def question(book: Lawbook, name: str) -> Question:
    """One of QUESTIONS, worked out once.

    Raises:
        KeyError: there is none of that name.
    """
    return QUESTIONS[name](book)
