"""Options and arguments that several commands share."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Format(StrEnum):
    """How a result is written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


def _place_names(incomplete: str) -> Iterator[str]:
    from bailiwick.engine.places import load_places

    depth = incomplete.count("/") + 1
    for place in load_places():
        if place.path.startswith(incomplete) and place.path.count("/") <= depth:
            yield place.path


def _proposal_names(incomplete: str) -> Iterator[str]:
    from bailiwick.engine.lawbook import LAW_DIRECTORY

    for path in sorted(LAW_DIRECTORY.rglob("proposals/*.yaml")):
        if path.stem.count(".") == 0:
            place = path.parent.parent.relative_to(LAW_DIRECTORY).as_posix()
            name = f"{place}:{path.stem}"
            if name.startswith(incomplete):
                yield name


LawOption = Annotated[
    Path | None,
    typer.Option("--law", metavar="DIR", envvar="BAILIWICK_LAW", show_envvar=True,
                 help="Another lawbook: a directory of law files instead of the one that ships."),
]  # fmt: skip
FormatOption = Annotated[
    Format | None,
    typer.Option("--format", metavar="table|json|csv", help="How to write the result; table when not given."),
]
WithOption = Annotated[
    list[str] | None,
    typer.Option("--with", metavar="BILL", autocompletion=_proposal_names,
                 help="Apply a bill that was never enacted, such as us/ca:ab-2641. May be given several times."),
]  # fmt: skip
PlaceArgument = Annotated[
    str, typer.Argument(metavar="PLACE", autocompletion=_place_names, help="A path such as us/ca/fresno-county.")
]
PlaceOption = Annotated[
    str | None,
    typer.Option("--place", metavar="PLACE", autocompletion=_place_names, help="What if it were there: us/tx/travis-county."),
]
OnOption = Annotated[str | None, typer.Option("--on", metavar="DATE", help="A day such as 2018-01-04.")]
