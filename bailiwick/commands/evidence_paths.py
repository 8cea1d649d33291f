"""`bailiwick evidence paths`: what a release shows of people after their detainer."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from bailiwick.commands.errors import DONE
from bailiwick.commands.evidence_options import complaining, read_number, read_store
from bailiwick.commands.options import Format, FormatOption, read_format

if TYPE_CHECKING:
    from bailiwick.commands.rendering import Block
    from bailiwick.evidence.paths.linked import Linked
    from bailiwick.evidence.paths.steps import AfterDecline, Custody, LeftOut, Returned

COLUMNS = ("outcome", "people", "day", "still_followed", "later_detainer", "low", "high", "removed_before")

#: Table -> what `AfterDecline` has of it.
_TOLD_BY = {
    "arrests": ("in_custody", "at_large", "otherwise", "median_days"),
    "removals": ("removed",),
    "stays": ("detained",),
    "encounters": ("encountered",),
}


def paths(
    store: Annotated[
        str, typer.Option("--store", metavar="DIR", help="A store with detainers that number people.")
    ],
    release: Annotated[
        str | None,
        typer.Option("--release", metavar="NAME", help="Which release, where the store has several."),
    ] = None,
    within: Annotated[
        str,
        typer.Option(
            "--within",
            metavar="DAYS",
            help="A stay counts when it began within so many days; younger detainers are left out.",
        ),
    ] = "90",
    format: FormatOption = None,
) -> int:
    """Follow people from their detainer: to detention, to what came after a decline, to a later detainer or removal.

    People are linked by the release's own anonymous number, within one release only. Shares are cumulative
    incidences: removal competes with a later detainer, and who is followed no longer says nothing. All are lower
    bounds: a person whom the agency never met again stands in no file of it. Whom the release cannot follow is
    counted and named.

    \b
    A page to read, and the curves for a machine:
      bailiwick evidence paths --store store
      bailiwick evidence paths --store store --format csv
    """
    from bailiwick.commands import rendering
    from bailiwick.evidence.paths.linked import linked
    from bailiwick.evidence.paths.steps import after_decline, custody, left_out, returned

    how = read_format(format)
    days = read_number(within, "--within", 0, 3660, "days from 0 to 3660")
    with complaining(), linked(read_store(store), release) as (connection, known):
        found = _Found(
            known,
            returned(connection, known.end),
            left_out(connection, known.end),
            custody(connection, known.end, days),
            after_decline(connection),
            days,
        )
    if how is Format.JSON:
        rendering.write_json(_as_json(found))
    elif how is Format.CSV:
        out = rendering.Csv(COLUMNS)
        for row in _rows(found):
            out.row(row)
    else:
        rendering.show(_page(found))
    return DONE


class _Found(NamedTuple):
    known: Linked
    back: list[Returned]
    left: LeftOut
    stays: list[Custody]
    declined: AfterDecline
    within: int


def _rows(found: _Found) -> Iterator[tuple[Any, ...]]:
    told = found.known.removals_told
    for one in found.back:
        for point, gone in zip(one.returned, one.removed, strict=True):
            yield (
                one.outcome,
                one.people,
                point.day,
                point.after,
                point.share,
                point.low,
                point.high,
                gone.share if told else None,
            )


def _as_json(found: _Found) -> dict[str, Any]:
    from dataclasses import asdict

    known = found.known
    # What a table that is not there would tell is null, not 0.
    untold = [name for table in known.missing for name in _TOLD_BY.get(table, ())]
    removed = {} if known.removals_told else {"removed": None}
    dates = {"end": known.end.isoformat(), "last_day": known.last_day.isoformat()}
    return {
        "linked": asdict(known) | dates | {"missing": known.missing},
        "left_out": asdict(found.left),
        "returns": [asdict(one) | removed for one in found.back],
        "custody": [asdict(one) for one in found.stays] if known.rows["stays"] else None,
        "after_decline": asdict(found.declined) | dict.fromkeys(untold),
    }


def _page(found: _Found) -> Iterator[Block]:
    from bailiwick.commands.rendering import Heading, Items, Table, Text
    from bailiwick.evidence.paths.steps import CANNOT_SEE
    from bailiwick.evidence.shares import percent

    known, left = found.known, found.left
    nobody = ", ".join(f"{n:,} {table}" for table, n in known.unlinked.items() if n)
    yield Heading("What happened next to people with a detainer?", first=True)
    yield Text(
        f"Release {known.release}: {known.rows['detainers']:,} detainers linked. Rows that name nobody: {nobody or 'none'}. "
        f"Numbers with more than one birth year: {known.doubted:,}, left out with their {known.doubted_rows:,} rows. "
        f"Followed to the last day, {known.last_day}."
    )
    if known.missing:
        yield Text(f"Nothing can be linked of: {', '.join(known.missing)}.")
    yield Heading("A later detainer, removal competing, by the outcome of the first")
    yield Text(
        f"{sum(one.people for one in found.back):,} people followed. Left out: {left.superseded:,} whose detainers were all "
        f"replaced by another form or are duplicates, so that none tells an outcome; {left.late:,} whose first one is later "
        "than the last day."
    )
    if not known.removals_told:
        yield Text("The release tells of no removal: who was removed stands as still followed.")
    yield Table(
        (
            *("outcome", "people", "day", "followed after", "later detainer", "95 % interval"),
            "removed before",
        ),
        [
            [
                outcome.replace("_", " "),
                f"{people:,}",
                str(day),
                f"{after:,}",
                percent(share),
                f"{percent(low)} to {percent(high)}" if share is not None else "",
                percent(gone),
            ]
            for outcome, people, day, after, share, low, high, gone in _rows(found)
        ],
        right=(1, 2, 3, 4, 6),
    )
    yield from _detained(found)
    yield from _declined(found.declined, known.missing)
    yield Heading("What this cannot see")
    yield Items(CANNOT_SEE)


def _detained(found: _Found) -> Iterator[Block]:
    from bailiwick.commands.rendering import Heading, Table, Text

    yield Heading(f"Detention that began within {found.within} days of the detainer")
    if not found.known.rows["stays"]:
        yield Text("The release has no stays in detention that can be linked: nothing can be said.")
        return
    recent = sum(one.recent for one in found.stays)
    yield Text(
        f"{recent:,} detainers of the last {found.within} days, or later than the last day, are left out."
    )
    yield Table(
        ("outcome", "detainers", "detained", "days in the middle"),
        [
            [
                one.outcome.replace("_", " "),
                f"{one.detainers:,}",
                f"{one.followed:,}",
                "" if one.median_days is None else f"{one.median_days:g}",
            ]
            for one in found.stays
        ],
        right=(1, 2, 3),
    )


def _declined(found: AfterDecline, missing: Collection[str]) -> Iterator[Block]:
    from bailiwick.commands.rendering import Heading, Table, Text
    from bailiwick.evidence.paths.steps import after_sentence, after_words

    yield Heading("After a declined detainer")
    yield Text(after_sentence(found, missing))
    yield Table(
        ("what the release shows after", "people"),
        [[words, f"{n:,}"] for words, n in after_words(found, missing).items()],
        right=(1,),
    )
