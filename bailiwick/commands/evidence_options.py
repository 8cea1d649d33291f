"""Options that the commands over a store share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bailiwick.commands.errors import BadInput

if TYPE_CHECKING:
    from bailiwick.evidence.store import Store

StoreOption = Annotated[
    str | None,
    typer.Option("--store", metavar="DIR", help="The store; without it, the one that comes with Bailiwick."),
]
ReleaseOption = Annotated[
    str | None,
    typer.Option("--release", metavar="NAME", help="One release, where the store has several."),
]
WhereOption = Annotated[
    list[str] | None,
    typer.Option(
        "--where",
        metavar="NAME=VALUE",
        help="Only these: state=us/ca, county=06037, month=2015-01, form=I-247, from=2015-01-01, to=2015-07-01 (that day "
        "excluded), place=us/ny/new-york-city. May be given several times.",
    ),
]
ByOption = Annotated[
    list[str] | None,
    typer.Option(
        "--by",
        metavar="NAME",
        help="Group by state, county, facility, month, year, form, kind, offence, criminality, area, release or law. May be "
        "given several times.",
    ),
]
EngineOption = Annotated[
    str | None, typer.Option("--engine", metavar="duckdb|spark", help="What counts; duckdb when not given.")
]
MasterOption = Annotated[
    str | None,
    typer.Option("--master", metavar="URL", help="With --engine spark: its master, spark://host:7077."),
]


def read_store(given: str | None) -> Store:
    """The store asked for. Raises BadInput."""
    from bailiwick.evidence.store import Store

    store = Store(Path(given)) if given is not None else Store.shipped()
    if not (store.directory / "loads").is_dir():
        raise BadInput(
            "--store",
            f"expected a store, found none in {store.directory}; make one: bailiwick evidence load FILE --store DIR",
        )
    return store


def read_where(given: list[str] | None) -> dict[str, str]:
    """The limits asked for. Raises BadInput."""
    found: dict[str, str] = {}
    for one in given or ():
        name, sign, value = one.partition("=")
        if not sign or not name or not value:
            raise BadInput("--where", f"expected NAME=VALUE such as state=us/ca, found '{one}'")
        if name in found:
            raise BadInput("--where", f"expected {name} once, found it twice")
        found[name] = value
    return found


def read_number(given: str, option: str, least: int, most: int, expected: str) -> int:
    """A number within bounds. Raises BadInput."""
    if not (given.isascii() and given.isdigit() and len(given) < 10 and least <= int(given) <= most):
        raise BadInput(option, f"expected {expected}, found '{given}'")
    return int(given)


def read_engine(name: str | None, master: str | None) -> str:
    """What is to count. Raises BadInput."""
    if name not in (None, "duckdb", "spark"):
        raise BadInput("--engine", f"expected duckdb or spark, found '{name}'")
    if master is not None and name != "spark":
        raise BadInput("--master", "expected with --engine spark only")
    return name or "duckdb"


@contextmanager
def complaining() -> Iterator[None]:
    """What the evidence refuses, as one line of bad input."""
    import duckdb

    from bailiwick.engine.bulk import BadSource, not_of_the_file
    from bailiwick.engine.places import UnknownPlace
    from bailiwick.evidence.outcomes import NotAsked
    from bailiwick.evidence.sources import NotARelease
    from bailiwick.evidence.store import NoStore

    try:
        yield
    except NotARelease as error:
        raise BadInput("evidence load", str(error)) from None
    except NotAsked as error:
        where, _, message = str(error).partition(": ")
        raise BadInput(
            f"--{where}" if where in ("by", "where", "suppose") else f"--where {where}", message
        ) from None
    except NoStore as error:
        where, _, message = str(error).partition(": ")
        raise BadInput("--release" if where == "release" else where, message) from None
    except UnknownPlace as error:
        raise BadInput("--law", f"{error}; find it with: bailiwick places NAME") from None
    except BadSource as error:
        raise BadInput("--engine", str(error)) from None
    except not_of_the_file():
        raise
    except duckdb.Error as error:
        said = str(error).splitlines()[0]
        raise BadInput(
            "--store", f"a file in it cannot be read ({said}); load its release again, into a new store"
        ) from None
