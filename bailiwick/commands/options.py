"""Options and arguments that several commands share. All are texts and flags: `lazy.py` says why."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated

import typer

from bailiwick.commands.errors import BadInput


class Format(StrEnum):
    """How a result is written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


def read_format(given: str | None) -> Format | None:
    """How a result is to be written. Raises BadInput."""
    if given is None:
        return None
    try:
        return Format(given)
    except ValueError:
        raise BadInput("--format", f"expected {', '.join(Format)}, found '{given}'") from None


def _formats(incomplete: str) -> Iterator[str]:
    yield from (f for f in Format if f.startswith(incomplete))


def _place_names(incomplete: str) -> Iterator[str]:
    from bailiwick.engine.places import load_places

    depth = incomplete.count("/") + 1
    for place in load_places():
        if place.path.startswith(incomplete) and place.path.count("/") <= depth:
            yield place.path


def _proposal_names(incomplete: str) -> Iterator[str]:
    from bailiwick.engine.places import TABLE

    for path in sorted(TABLE.parent.rglob("proposals/*.yaml")):
        if "." not in path.stem:
            place = path.parent.parent.relative_to(TABLE.parent).as_posix()
            name = f"{place}:{path.stem}"
            if name.startswith(incomplete):
                yield name


LawOption = Annotated[
    str | None,
    typer.Option(
        "--law",
        metavar="DIR",
        envvar="BAILIWICK_LAW",
        show_envvar=True,
        help="Another lawbook: a directory of law files instead of the one that ships.",
    ),
]
FormatOption = Annotated[
    str | None,
    typer.Option(
        "--format",
        metavar="table|json|csv",
        autocompletion=_formats,
        help="How to write the result; table when not given.",
    ),
]
WithOption = Annotated[
    list[str] | None,
    typer.Option(
        "--with",
        metavar="BILL",
        autocompletion=_proposal_names,
        help="Apply a bill that was never enacted, such as us/ca:ab-2641. May be given several times.",
    ),
]
PlaceArgument = Annotated[
    str,
    typer.Argument(metavar="PLACE", autocompletion=_place_names, help="A path such as us/ca/fresno-county."),
]
PlaceOption = Annotated[
    str | None,
    typer.Option(
        "--place",
        metavar="PLACE",
        autocompletion=_place_names,
        help="What if it were there: us/tx/travis-county.",
    ),
]
OnOption = Annotated[str | None, typer.Option("--on", metavar="DATE", help="A day such as 2018-01-04.")]
