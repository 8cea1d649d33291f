"""`bailiwick evidence effect`: what a change of law did to an outcome counted by place and period."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bailiwick.commands.errors import DONE, FINDING, BadInput
from bailiwick.commands.options import Format, FormatOption, LawOption, read_format

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bailiwick.commands.rendering import Block
    from bailiwick.evidence.effects.estimate import Effect, Estimate
    from bailiwick.evidence.effects.panel import Panel
    from bailiwick.evidence.effects.reading import Reading

COLUMNS = ("what", "distance", "effect", "low", "high", "units")


def effect(
    panel: Annotated[
        str, typer.Option("--panel", metavar="FILE", help="CSV or Parquet, one row a place and period.")
    ],
    outcome: Annotated[str, typer.Option("--outcome", metavar="COL", help="The column with the number.")],
    unit: Annotated[
        str, typer.Option("--unit", metavar="COL", help="The column that names the place.")
    ] = "place",
    period: Annotated[
        str,
        typer.Option("--period", metavar="COL", help="The column with the year, quarter or month (2016-01)."),
    ] = "period",
    adopted: Annotated[
        str | None,
        typer.Option(
            "--adopted",
            metavar="COL",
            help="The column with the day or period from which the law applied; empty for never.",
        ),
    ] = None,
    when: Annotated[
        str,
        typer.Option(
            "--when",
            metavar="ACTION=OUTCOME",
            help="Without --adopted: the law applied from the first day on which the lawbook answers so.",
        ),
    ] = "hold=forbidden",
    format: FormatOption = None,
    law: LawOption = None,
) -> int:
    """Estimate what a change of law did to an outcome, from places that changed at different times.

    Places whose law changed are compared with those whose law did not, or not yet. Dates come from the lawbook
    (the first day on which an ordinary detainer there is answered as --when says), or from a column. Standard
    errors are clustered by place. What the design cannot carry is said, and then the exit status is 1.

    \b
    Arrests by county and month, dates from the lawbook (places are paths such as us/ca/fresno-county):
      bailiwick evidence effect --panel arrests.csv --outcome at_large
    Dates from a column of the file:
      bailiwick evidence effect --panel arrests.csv --outcome at_large --unit county --adopted law_from
    """
    from bailiwick.commands import inputs, rendering
    from bailiwick.engine.facts import ACTIONS, Outcome
    from bailiwick.evidence.effects.adoption import by_law
    from bailiwick.evidence.effects.estimate import estimate
    from bailiwick.evidence.effects.panel import BadPanel, read_panel
    from bailiwick.evidence.effects.reading import read

    how = read_format(format)
    adoptions, made = None, None
    if adopted is None:
        action, _, word = when.partition("=")
        if action not in ACTIONS or word not in list(Outcome):
            raise BadInput(
                "--when", f"expected an action and an outcome, such as hold=forbidden; found '{when}'"
            )
        adoptions = by_law(inputs.load_lawbook(law), action, Outcome(word))
    try:
        made = read_panel(
            Path(panel), outcome, unit=unit, period=period, adopted=adopted or "", adoptions=adoptions
        )
        found = estimate(made)
    except BadPanel as error:
        left = [f"{rows:,} rows, {why}" for why, rows in made.left_out.items()] if made else []
        raise BadInput(
            "--panel", f"{error}{'; left out before: ' if left else ''}{'; '.join(left)}"
        ) from None
    except LookupError as error:
        raise BadInput(
            "--panel",
            f"{unit}: {error.args[0]}; find paths with `bailiwick places`, or give the dates with --adopted",
        ) from None
    reading = read(made, found)
    if how is Format.JSON:
        rendering.write_json(_as_json(found, reading))
    elif how is Format.CSV:
        out = rendering.Csv(COLUMNS)
        for row in _rows(found):
            out.row(row)
    else:
        rendering.show(_page(made, found, reading))
    return DONE if reading.carries else FINDING


def _estimates(found: Effect) -> tuple[Estimate, ...]:
    return found.two_stage, found.interacted, found.two_way


def _rows(found: Effect) -> Iterator[tuple[Any, ...]]:
    for one in _estimates(found):
        yield one.method, None, one.effect, one.low, one.high, found.changed
    for moment in found.moments:
        yield (
            "periods since the change",
            moment.distance,
            moment.effect,
            moment.low,
            moment.high,
            moment.units,
        )


def _as_json(found: Effect, reading: Reading) -> dict[str, Any]:
    return {
        "estimates": [
            {"method": one.method, "effect": one.effect, "low": one.low, "high": one.high, "se": one.se}
            for one in _estimates(found)
        ],
        "by_distance": [
            {"distance": m.distance, "effect": m.effect, "low": m.low, "high": m.high, "units": m.units}
            for m in found.moments
        ],
        "earlier_trend": {"periods": found.trend.leads, "p": found.trend.p},
        "units": {"changed": found.changed, "never": found.never, "dates": found.dates},
        "mean_before": found.before,
        "carries": reading.carries,
        "says": list(reading.says),
        "breaks": list(reading.breaks),
        "warns": list(reading.warns),
    }


def _page(made: Panel, found: Effect, reading: Reading) -> Iterator[Block]:
    from bailiwick.commands.rendering import Heading, Items, Table, Text

    yield Heading(f"What did the change of law do to {made.outcome}?", first=True)
    for sentence in reading.says:
        yield Text(sentence)
    yield Table(
        ("estimate", "effect", "95 % interval"),
        [
            [one.method, f"{one.effect:+.3g}", f"{one.low:+.3g} to {one.high:+.3g}"]
            for one in _estimates(found)
        ],
        right=(1,),
    )
    yield Table(
        (f"{made.kind}s since the change", "effect", "95 % interval", "units"),
        [
            [str(m.distance), f"{m.effect:+.3g}", f"{m.low:+.3g} to {m.high:+.3g}", str(m.units)]
            for m in found.moments
        ],
        right=(0, 1, 3),
    )
    if reading.breaks:
        yield Heading("This design cannot carry a claim of cause")
        yield Items(reading.breaks)
    yield Heading("What weakens it")
    yield Items(reading.warns)
