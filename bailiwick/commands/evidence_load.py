"""`bailiwick evidence load`, `quality` and `facilities`: a release into a store, and what it holds and lacks."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from time import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bailiwick.commands.errors import BAD_INPUT, DONE, BadInput, complain
from bailiwick.commands.evidence_options import (
    ReleaseOption,
    StoreOption,
    read_number,
    read_store,
)
from bailiwick.commands.options import Format, FormatOption, read_format

if TYPE_CHECKING:
    from bailiwick.commands.rendering import Block
    from bailiwick.evidence.store import Store

COLUMNS = (
    *(
        "table",
        "release",
        "file",
        "sheet",
        "layout",
        "read",
        "taken",
        "set_aside",
        "duplicates",
        "shared_ids",
    ),
    *("facility", "placed", "part"),
)

#: What a load that was killed left is removed when nothing was written into it for so long, in seconds.
_DAY = 24 * 3600


def load(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE…", help="Workbooks, CSV or Parquet files of a release.")
    ],
    store: Annotated[
        str, typer.Option("--store", metavar="DIR", help="The store; made where there is none.")
    ],
    release: Annotated[
        str | None,
        typer.Option(
            "--release",
            metavar="NAME",
            help="What to call the release, instead of the agency's number in the file or the name of its layout.",
        ),
    ] = None,
    format: FormatOption = None,
) -> int:
    """Load public releases into a store: raw values beside canonical ones, each row with its file, sheet and place in it.

    A layout is recognised by its own columns, in every sheet, below any preamble; which one was taken is said. Every row is
    taken, or set aside with a reason: taken + set aside = read. The same file again changes nothing, whatever it is called. A new
    release stands beside the old ones.

    \b
    A release of several workbooks:
      bailiwick evidence load Detainers_FY23.xlsx Detainers_FY24.xlsx --store releases
    A newer edition of the same release, to be compared with the older:
      bailiwick evidence load Detainers_2026-06.parquet --store releases --release 2026-06

    Exit status: 0 all loaded; 2 when a file, or a sheet with rows, is no known release, or has no row that counts. The others are
    loaded all the same.
    """
    import duckdb

    from bailiwick.commands import rendering
    from bailiwick.engine.places import load_places
    from bailiwick.evidence.load import load as load_file
    from bailiwick.evidence.sources import NotARelease
    from bailiwick.evidence.store import Store

    how = read_format(format)
    if not files:
        raise BadInput("FILE", "expected at least one file")
    given, entries, known, failed = Store(Path(store)), [], [], False
    if given.directory.exists() and not given.directory.is_dir():
        raise BadInput("--store", f"expected a directory, found a file: {store}")
    given.clear(time() - _DAY)
    for file in files:
        try:
            done = load_file(
                Path(file),
                given,
                load_places(),
                release=release,
                say=lambda line: print(line, file=sys.stderr),
            )
        except NotARelease as error:
            complain(file, str(error).removeprefix(f"{Path(file).name}: ").removeprefix(f"{file}: "))
            failed = True
            continue
        except (duckdb.IOException, duckdb.OutOfMemoryException, OSError) as error:
            if isinstance(error, OSError) and error.errno != errno.ENOSPC:
                raise
            raise BadInput(
                "--store",
                f"expected room for {file} while it is loaded, one and a half times its size; found {_short(error)}; "
                "what could not be written was not loaded",
            ) from None
        new = [one.as_json() for one in done.new]
        entries += new
        known += done.known
        for sheet in done.refused:
            complain(
                _where(file, sheet.sheet),
                f"expected a sheet of a known release (see docs/how-to/load-a-release.md), found {sheet.why}; "
                "this sheet was not loaded",
            )
            failed = True
        for one in new:
            again = given.again(one["table"], one["release"], one["part"])
            if 2 * again > one["taken"]:  # files of one release hardly share a row
                print(
                    f"{_where(file, one['sheet'])}: {again:,} of its {one['taken']:,} rows were in this release already and "
                    "count twice; to count them once, load it alone into a new store, or under a --release of its own",
                    file=sys.stderr,
                )
        for one in (*new, *done.known):
            if not one["taken"]:
                why = ", ".join(f"{reason} ({n:,})" for reason, n in one["set_aside"].items())
                complain(
                    _where(file, one["sheet"]),
                    f"expected rows that count, found {f'none; set aside: {why}' if why else 'a header alone'}",
                )
                failed = True
    if how is Format.JSON:
        rendering.write_json({"loaded": entries, "known": known})
    elif how is Format.CSV:
        _csv(entries)
    else:
        rendering.show(_loaded(entries, known))
    return BAD_INPUT if failed else DONE


def quality(store: StoreOption = None, release: ReleaseOption = None, format: FormatOption = None) -> int:
    """Show what a store holds and lacks, for each sheet or file that was loaded.

    Rows read, taken and set aside with the reason; dates that cannot be read; spellings that nobody here knows; likely
    duplicates (same person, same day); persons under whose number several birth years stand; blank cells by column; how many
    of the rows that name a facility are in a county.

    \b
    Of the store that comes with Bailiwick:
      bailiwick evidence quality
    For machines:
      bailiwick evidence quality --store releases --format json
    """
    from bailiwick.commands import rendering

    how = read_format(format)
    given = read_store(store)
    _check_release(given, release)
    entries = given.quality(release)
    if how is Format.JSON:
        rendering.write_json(entries)
    elif how is Format.CSV:
        _csv(entries)
    else:
        rendering.show(block for i, entry in enumerate(entries) for block in report(entry, first=not i))
    return DONE


def facilities(
    store: StoreOption = None,
    release: ReleaseOption = None,
    most: Annotated[str, typer.Option("--most", metavar="N", help="How many to list; 0 for all.")] = "20",
    format: FormatOption = None,
) -> int:
    """List the facilities that could be given no county, those with most rows first, with the nearest listed name.

    A facility is placed by its code, by what its name says, or by a listed name or city of the same state; never by a name
    alone across states. What is not certain enough stands here, and its rows count as `not placed`, never nowhere.

    \b
    What to review first:
      bailiwick evidence facilities --most 10
    """
    from bailiwick.commands import rendering

    how = read_format(format)
    limit = read_number(most, "--most", 0, 10**9, "a number")
    given = read_store(store)
    _check_release(given, release)
    found = given.unplaced(release)
    shown = found[:limit] if limit else found
    columns = ("facility", "city", "state", "rows", "nearest", "score")
    rows = [(one.facility, one.city, one.state, one.rows, one.nearest, one.score) for one in shown]
    if how is Format.JSON:
        rendering.write_json([dict(zip(columns, row, strict=True)) for row in rows])
    elif how is Format.CSV:
        out = rendering.Csv(columns)
        for row in rows:
            out.row(row)
    else:
        words = [
            (facility, city, state, f"{n:,}", f"{near} {score:.0f}" if near else "")
            for facility, city, state, n, near, score in rows
        ]
        total = sum(one.rows for one in found)
        rendering.show(
            [
                rendering.Heading(f"{len(found):,} facilities in no county, {total:,} rows", first=True),
                rendering.Table(
                    ("facility", "city", "state", "rows", "nearest listed name, likeness"), words, right=(3,)
                ),
            ]
        )
    return DONE


# ------------------------------------------------------------------------------------------------------------------- writing


def _short(error: Exception) -> str:
    """What went wrong in a few words."""
    full = os.strerror(errno.ENOSPC)
    return full.lower() if full in str(error) else str(error).splitlines()[0]


def _where(file: str, sheet: str) -> str:
    return f"{file}, sheet {sheet}" if sheet else file


def _check_release(store: Store, release: str | None) -> None:
    """Raises BadInput where the store has no such release of any table."""
    known = sorted({one["release"] for one in store.loads()})
    if release is not None and release not in known:
        raise BadInput("--release", f"expected one of {', '.join(known)}; found '{release}'")


def _csv(entries: list[dict[str, Any]]) -> None:
    from bailiwick.commands import rendering

    out = rendering.Csv(COLUMNS)
    for one in entries:
        counted = one | {"set_aside": one["read"] - one["taken"], "placed": _placed(one)}
        out.row(tuple(counted[name] for name in COLUMNS))


def _placed(entry: Mapping[str, Any]) -> int:
    return sum(n for how, n in entry["placed"].items() if how != "not placed")


def _loaded(entries: list[dict[str, Any]], known: list[dict[str, Any]]) -> Iterator[Block]:
    from bailiwick.commands.rendering import Items, Text

    for i, entry in enumerate(entries):
        yield from report(entry, first=not i)
    for entry in known:
        where = _where(entry["file"], entry["sheet"])
        yield Text(f"Already in the store as {entry['release']}, from {where}: nothing changed.")
        now = entry.get("now", {"set_aside": {}, "lines": []})
        beside = [
            f"{why}: {n:,} of what this file has beside those rows" for why, n in now["set_aside"].items()
        ]
        beside += [f"line {one['line']:,}: {one['why']}" for one in now["lines"]]
        if beside:
            yield Items(beside)


def report(entry: Mapping[str, Any], *, first: bool = True) -> Iterator[Block]:
    """The quality of one sheet or file, for people."""
    from bailiwick.commands.rendering import Heading, Items, Table, Text
    from bailiwick.evidence.sources import beside, layouts, twice

    yield Heading(_where(entry["file"], entry["sheet"]), first=first)
    yield Text(f"Taken as: {entry['layout']}. Table {entry['table']}, release {entry['release']}.")
    aside = entry["read"] - entry["taken"]
    rows = [("read", f"{entry['read']:,}"), ("taken", f"{entry['taken']:,}"), ("set aside", f"{aside:,}")]
    rows += [(f"  {why}", f"{n:,}") for why, n in entry["set_aside"].items()]
    if entry["facility"]:
        share = _placed(entry) / entry["facility"]
        rows.append((f"name a facility; in a county: {100 * share:.1f} %", f"{entry['facility']:,}"))
    yield Table(("rows", "count"), rows, right=(1,))
    notes = [f"line {one['line']:,}: {one['why']}" for one in entry["lines"]]
    if entry["duplicates"]:
        notes.append(
            f"likely duplicates (same person, same day): {entry['duplicates']:,} rows; all are counted"
        )
    if entry["shared_ids"]:
        notes.append(
            f"numbers of persons with several birth years: {entry['shared_ids']:,}; nothing can be linked by them"
        )
    notes += [f"{column}: {n:,} cells are no date" for column, n in entry["unreadable_dates"].items()]
    for column, cells in entry.get("impossible_years", {}).items():  # of a store that was made before: none
        notes += [f"{column} of a year that cannot be: '{cell}', {n:,} rows" for cell, n in cells.items()]
    for what, words in entry["unknown"].items():
        notes += [f"{what} not known: '{word}', {n:,} rows" for word, n in words.items()]
    layout = next((one for one in layouts() if one.name == entry["layout"]), None)
    if entry["absent"]:
        lacking = entry["absent"] if layout is None else beside(layout, entry["absent"], entry["blank"])
        notes.append(f"columns that the layout has and the file lacks: {', '.join(lacking)}")
    if layout is not None and (again := twice(layout, list(entry["blank"]))):
        notes.append(f"columns that stand twice, of which the first counts: {', '.join(again)}")
    if notes:
        yield Items(notes)
    blank = [(column, f"{n:,}") for column, n in entry["blank"].items() if n]
    if blank:
        yield Table(("column", "blank or redacted"), blank, right=(1,))
