"""`bailiwick places`: the path of a place, by its name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bailiwick.commands.options import Format, FormatOption, LawOption, read_format

if TYPE_CHECKING:
    from bailiwick.engine.places import Place, Places


def places(
    search: Annotated[
        list[str], typer.Argument(metavar="SEARCH", help="Words of the name, a path, or a FIPS code.")
    ],
    format: FormatOption = None,
    law: LawOption = None,
) -> None:
    """Find the path of a place: nation, states, counties, and cities that make law of their own.

    The last column says whether the lawbook has a file of that place. Every place stands also under the law
    of all places above it.

    \b
    By name:
      bailiwick places fresno
    By name and state:
      bailiwick places us/tx travis
    By FIPS code:
      bailiwick places 48453
    """
    from bailiwick.commands import rendering
    from bailiwick.commands.errors import BadInput
    from bailiwick.engine.places import TABLE, load_places

    how = read_format(format)
    known = load_places()
    words = " ".join(search)
    found = _found(known, words)
    if not found:
        raise BadInput(
            "places", f"nothing is called '{words}'; expected part of a name, a path or a FIPS code"
        )
    directory = Path(law) if law else TABLE.parent
    own = {p.path: (directory / f"{p.path}.yaml").is_file() for p in found}
    if how is Format.JSON:
        rendering.write_json(
            [
                {
                    "path": p.path,
                    "name": p.name,
                    "kind": p.kind,
                    "fips": p.fips,
                    "tz": p.tz,
                    "law": own[p.path],
                }
                for p in found
            ]
        )
    elif how is Format.CSV:
        out = rendering.Csv(("path", "name", "kind", "fips", "tz", "law"))
        for p in found:
            out.row((p.path, p.name, p.kind, p.fips, p.tz, str(own[p.path]).lower()))
    else:
        rows = [(p.path, p.name, p.kind, p.fips, p.tz, "yes" if own[p.path] else "") for p in found]
        rendering.show([rendering.Table(("path", "name", "kind", "FIPS", "time zone", "own law"), rows)])


def _found(known: Places, search: str) -> list[Place]:
    """Places by path, alias or code, then those of exactly that name, then those that have every word."""
    exact = {known.get(search).path} if search in known else set()
    if search in known.by_fips:
        exact.add(known.by_fips[search].path)
    words = search.lower().replace(",", " ").split()
    found = [
        p
        for p in known
        if p.path in exact or (words and all(w in f"{p.path} {p.name} {p.fips}".lower() for w in words))
    ]
    return sorted(found, key=lambda p: (p.path not in exact, p.name.lower() != search.lower()))
