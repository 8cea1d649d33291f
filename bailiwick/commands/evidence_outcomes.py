"""`bailiwick evidence outcomes`: what became of detainers, counted, with intervals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bailiwick.commands.errors import DONE
from bailiwick.commands.evidence_options import (
    ByOption,
    EngineOption,
    MasterOption,
    ReleaseOption,
    StoreOption,
    WhereOption,
    complaining,
    read_engine,
    read_number,
    read_store,
    read_where,
)
from bailiwick.commands.options import Format, FormatOption, LawOption, read_format

if TYPE_CHECKING:
    from bailiwick.commands.rendering import Block
    from bailiwick.evidence.outcomes import Shown

SHARE = ("declined_share", "declined_low", "declined_high")


def outcomes(
    by: ByOption = None,
    where: WhereOption = None,
    store: StoreOption = None,
    release: ReleaseOption = None,
    suppress: Annotated[
        str,
        typer.Option("--suppress", metavar="N", help="Counts from 1 to below N are not shown; 1 shows all."),
    ] = "10",
    engine: EngineOption = None,
    master: MasterOption = None,
    format: FormatOption = None,
    law: LawOption = None,
) -> int:
    """Count what became of detainers, by state, county, facility, month, form, offence, criminality, or law in force.

    A blank outcome is `not_recorded`, never "honored". The share declined is of detainers with a recorded outcome, with a 95 %
    Wilson interval. Small counts are hidden, and as many others as it takes that they cannot be worked out from the totals.

    \b
    By state:
      bailiwick evidence outcomes --by state
    By county and month in one state, as CSV:
      bailiwick evidence outcomes --by county --by month --where state=us/ca --format csv
    By what the law of the place and day said:
      bailiwick evidence outcomes --by law
    On a Spark cluster:
      bailiwick evidence outcomes --store releases --by state --engine spark --master spark://host:7077
    """
    from bailiwick.commands import inputs, rendering
    from bailiwick.evidence.outcomes import BY, shown
    from bailiwick.evidence.outcomes import outcomes as count

    how = read_format(format)
    below = read_number(suppress, "--suppress", 1, 10**9, "a number from 1")
    limits, names = read_where(where), tuple(dict.fromkeys(by or ()))
    book = inputs.load_lawbook(law) if "law" in names or "law" in limits else None
    with complaining():
        rows = count(
            read_store(store),
            names,
            limits,
            release=release,
            law=book,
            engine=read_engine(engine, master),
            master=master,
        )
    made, total = shown(rows, below)
    columns = [column for name in names for column in BY[name]]
    if how is Format.JSON:
        rendering.write_json(
            {
                "rows": [_as_json(one) for one in made],
                "all": _as_json(total),
                "suppressed_below": below,
            }
        )
    elif how is Format.CSV:
        from bailiwick.evidence.words import OUTCOMES

        out = rendering.Csv((*columns, "detainers", *OUTCOMES, *SHARE))
        for one in made:
            out.row(
                (*(one.group[name] for name in columns), one.detainers, *one.counts.values(), *_share(one))
            )
    else:
        rendering.show(_page(columns, made, total, below))
    return DONE


def _share(one: Shown) -> tuple[float | None, float | None, float | None]:
    found = one.declined
    if found is None or found.value is None or found.low is None or found.high is None:
        return None, None, None
    return round(found.value, 6), round(found.low, 6), round(found.high, 6)


def _as_json(one: Shown) -> dict[str, Any]:
    return {
        **one.group,
        "detainers": one.detainers,
        **one.counts,
        **dict(zip(SHARE, _share(one), strict=True)),
    }


def named(column: str, value: str | None) -> str:
    """A value of a group for people: a place by its name."""
    from bailiwick.engine.places import load_places

    if value is None:
        return {"county": "not placed", "state": "not recorded"}.get(column, "not recorded")
    if column == "county":
        place = load_places().by_fips[value]
        return f"{place.name} ({value})"
    if column == "state":
        return load_places().get(value).name
    return value


def _page(columns: Sequence[str], rows: Sequence[Shown], total: Shown, limit: int) -> Iterator[Block]:
    from bailiwick.commands.rendering import Heading, Table, Text

    yield Heading("What became of detainers", first=True)
    seen = [name for name in total.counts if total.counts[name] != 0]

    def cells(one: Shown) -> list[str]:
        share, low, high = _share(one)
        said = (
            ""
            if share is None or low is None or high is None
            else f"{100 * share:.1f} ({100 * low:.1f} to {100 * high:.1f})"
        )
        return [number(one.detainers), *(number(one.counts[name]) for name in seen), said]

    body = [[*(named(name, one.group[name]) for name in columns), *cells(one)] for one in rows]
    if columns:
        body.append(["all", *("" for _ in columns[1:]), *cells(total)])
    head = (
        *columns,
        "detainers",
        *(name.replace("_", " ") for name in seen),
        "declined % of recorded (95 %)",
    )
    yield Table(head, body, right=tuple(range(len(columns), len(head))))
    yield Text(
        "Not recorded: still open, or nobody entered what became of it. It is not a detainer that was honored."
    )
    if any(None in (one.detainers, *one.counts.values()) for one in (*rows, total)):
        yield Text(f"‹: from 1 to {limit - 1}, or hidden so that such a count cannot be worked out.")


def number(count: int | None) -> str:
    """A count for people; `‹` where it is not shown."""
    return "‹" if count is None else f"{count:,}"
