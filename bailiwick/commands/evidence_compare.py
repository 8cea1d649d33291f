"""`bailiwick evidence compare`: what an agency changed between two releases."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from bailiwick.commands.errors import DONE, FINDING, BadInput
from bailiwick.commands.evidence_options import complaining, read_store
from bailiwick.commands.options import Format, FormatOption, read_format


def compare(
    first: Annotated[
        str, typer.Argument(metavar="RELEASE1", help="The older release, by its name in the store.")
    ],
    second: Annotated[str, typer.Argument(metavar="RELEASE2", help="The newer one.")],
    store: Annotated[str, typer.Option("--store", metavar="DIR", help="The store with both.")],
    table: Annotated[
        str,
        typer.Option("--table", metavar="TABLE", help="detainers, arrests, stays, encounters or removals."),
    ] = "detainers",
    format: FormatOption = None,
) -> int:
    """Show what the agency changed between two releases: rows, columns, blank cells, counts by month, spellings, outcomes.

    \b
    Two editions, loaded under two names:
      bailiwick evidence compare 2026-icli-00005 2026-06 --store releases

    Exit status: 0 when nothing differs, 1 when something does.
    """
    from bailiwick.commands import rendering
    from bailiwick.evidence.compare import compare as differences
    from bailiwick.evidence.compare import people, rows
    from bailiwick.evidence.sources import TABLES

    how = read_format(format)
    if table not in TABLES:
        raise BadInput("--table", f"expected {', '.join(TABLES)}; found '{table}'")
    given = read_store(store)
    with complaining():
        known = given.releases(table)
        for where, name in (("RELEASE1", first), ("RELEASE2", second)):
            if known and name not in known:
                raise BadInput(where, f"expected one of {', '.join(known)}; found '{name}'")
        found = differences(given, first, second, table)
        shared = people(given, first, second, table)
        became = {name: rows(given, name, table) for name in (first, second)}
    if how is Format.JSON:
        rendering.write_json(
            {
                "rows": {name: asdict(one) for name, one in became.items()},
                "differences": [asdict(one) for one in found],
                "shared_person_numbers": shared and shared[0],
            }
        )
    elif how is Format.CSV:
        out = rendering.Csv(("what", "value", "first", "second"))
        for one in found:
            out.row((one.what, one.value, one.first, one.second))
    else:
        blocks: list[rendering.Block] = [rendering.Heading(f"{table}: {first} and {second}", first=True)]
        blocks += [
            rendering.Text(
                f"{name}: {one.read:,} rows read, {one.taken:,} taken, {one.aside:,} set aside"
                + "".join(f"; {why}: {n:,}" for why, n in one.set_aside.items())
                + "."
            )
            for name, one in became.items()
        ]
        if not found:
            blocks.append(rendering.Text("Nothing differs."))
        else:
            lines = [
                (
                    one.what.replace("_", " "),
                    one.value,
                    f"{one.first:,}",
                    f"{one.second:,}",
                    f"{one.second - one.first:+,}",
                )
                for one in found
            ]
            blocks.append(
                rendering.Table(("what", "which", first, second, "difference"), lines, right=(2, 3, 4))
            )
        if shared is not None:
            blocks.append(
                rendering.Text(
                    f"{shared[0]:,} of the {shared[1]:,} numbers of persons of {second} are in {first} too. A number links "
                    "rows within one release only."
                )
            )
        rendering.show(blocks)
    return FINDING if found else DONE
