"""`bailiwick evidence paths`: what a release shows of people after their detainer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bailiwick.commands.errors import DONE
from bailiwick.commands.evidence_options import complaining, read_number, read_store
from bailiwick.commands.options import Format, FormatOption, read_format

if TYPE_CHECKING:
    from bailiwick.commands.rendering import Block
    from bailiwick.evidence.paths.linked import Linked
    from bailiwick.evidence.paths.steps import AfterDecline, Custody, Returned

COLUMNS = ("outcome", "people", "day", "still_followed", "later_detainer", "low", "high", "removed_before")


def paths(
    store: Annotated[
        str, typer.Option("--store", metavar="DIR", help="A store with detainers that number people.")
    ],
    release: Annotated[
        str | None,
        typer.Option("--release", metavar="NAME", help="Which release, where the store has several."),
    ] = None,
    within: Annotated[
        str, typer.Option("--within", metavar="DAYS", help="A stay counts when it began within so many days.")
    ] = "90",
    format: FormatOption = None,
) -> int:
    """Follow people from their detainer: to detention, to an arrest after a decline, to a later detainer or removal.

    People are linked by the release's own anonymous number, within one release only. Shares are cumulative
    incidences: removal competes with a later detainer, and who is followed no longer says nothing. All are lower
    bounds: a person whom the agency never met again stands in no file of it.

    \b
    A page to read, and the curves for a machine:
      bailiwick evidence paths --store store
      bailiwick evidence paths --store store --format csv
    """
    from bailiwick.commands import rendering
    from bailiwick.evidence.paths.linked import linked
    from bailiwick.evidence.paths.steps import after_decline, custody, returned

    how = read_format(format)
    days = read_number(within, "--within", 0, 3660, "days from 0 to 3660")
    with complaining(), linked(read_store(store), release) as (connection, known):
        back = returned(connection, known.end)
        stays = custody(connection, days)
        declined = after_decline(connection)
    if how is Format.JSON:
        rendering.write_json(_as_json(known, back, stays, declined))
    elif how is Format.CSV:
        out = rendering.Csv(COLUMNS)
        for row in _rows(back):
            out.row(row)
    else:
        rendering.show(_page(known, back, stays, declined))
    return DONE


def _rows(back: list[Returned]) -> Iterator[tuple[Any, ...]]:
    for one in back:
        for point, gone in zip(one.returned, one.removed, strict=True):
            yield (
                one.outcome,
                one.people,
                point.day,
                point.at_risk,
                point.share,
                point.low,
                point.high,
                gone.share,
            )


def _as_json(
    known: Linked, back: list[Returned], stays: list[Custody], declined: AfterDecline
) -> dict[str, Any]:
    from dataclasses import asdict

    return {
        "linked": asdict(known) | {"end": known.end.isoformat()},
        "returns": [asdict(one) for one in back],
        "custody": [asdict(one) for one in stays],
        "after_decline": asdict(declined),
    }


def _page(
    known: Linked, back: list[Returned], stays: list[Custody], declined: AfterDecline
) -> Iterator[Block]:
    from bailiwick.commands.rendering import Heading, Items, Table, Text
    from bailiwick.evidence.paths.steps import CANNOT_SEE
    from bailiwick.evidence.shares import percent

    yield Heading("What happened next to people with a detainer?", first=True)
    yield Text(
        f"Release {known.release}: {known.rows['detainers']:,} detainers linked, {known.unlinked['detainers']:,} that name "
        f"nobody; {known.doubted:,} numbers with two birth years and their "
        f"{known.doubted_rows:,} rows left out. Followed to {known.end}."
    )
    yield Heading("A later detainer, removal competing, by the outcome of the first")
    yield Table(
        ("outcome", "people", "day", "still followed", "later detainer", "95 % interval", "removed before"),
        [
            [
                outcome.replace("_", " "),
                f"{people:,}",
                str(day),
                f"{at_risk:,}",
                percent(share),
                f"{percent(low)} to {percent(high)}" if share is not None else "",
                percent(gone),
            ]
            for outcome, people, day, at_risk, share, low, high, gone in _rows(back)
        ],
        right=(1, 2, 3, 4, 6),
    )
    yield Heading(f"Detention that began within {stays[0].within if stays else 0} days of the detainer")
    yield Table(
        ("outcome", "detainers", "followed", "days in the middle"),
        [
            [
                one.outcome.replace("_", " "),
                f"{one.detainers:,}",
                f"{one.followed:,}",
                "" if one.median_days is None else f"{one.median_days:g}",
            ]
            for one in stays
        ],
        right=(1, 2, 3),
    )
    yield Heading("After a declined detainer: the first arrest by the agency")
    yield Text(
        f"{declined.people:,} people: {declined.in_custody:,} arrested in custody, {declined.at_large:,} at large, "
        f"{declined.otherwise:,} in a way not told; {declined.not_met:,} not met again."
    )
    yield Heading("What this cannot see")
    yield Items(CANNOT_SEE)
