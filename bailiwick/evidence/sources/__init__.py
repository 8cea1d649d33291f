"""The layouts of public releases, one file each: which columns mark them and what each column means.

A new source is one file here with a tuple `LAYOUTS`. A layout is recognised by its own columns (`marks`), never by a file's name.
Names of columns are compared in lower case with `_` for whatever is no letter or digit.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache

#: Tables of a store.
TABLES = ("detainers", "arrests", "stays", "encounters", "removals")


class NotARelease(ValueError):
    """A file or sheet that is no known release: what was expected, what was found."""


@dataclass(frozen=True, slots=True)
class Layout:
    """One layout of one table.

    Attributes:
        name: of the layout, as printed.
        release: what a load is called when no other name is given.
        table: one of TABLES.
        marks: columns that must all be there.
        columns: canonical column to the names it may have here, the first that exists counts. A canonical column that a layout
            does not give is empty in its rows.
        named: a pattern of the agency's number of a release, looked for in the file's name and its column `file_original`; what
            it finds names the release.
        year: first and last year that its main date may lie in; a date outside is set aside.
    """

    name: str
    release: str
    table: str
    marks: frozenset[str]
    columns: Mapping[str, tuple[str, ...]]
    named: str = ""
    year: tuple[int, int] = (1996, 2035)


def normal(name: object) -> str:
    """A column's name as layouts write it."""
    return re.sub(r"[^a-z0-9]+", "_", str(name).strip().lower()).strip("_")


@lru_cache(maxsize=1)
def layouts() -> tuple[Layout, ...]:
    """Every layout of every file of this package."""
    found: list[Layout] = []
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda one: one.name):
        found += importlib.import_module(f"{__name__}.{module.name}").LAYOUTS
    return tuple(found)


def recognise(columns: Iterable[object]) -> Layout | None:
    """The first layout whose marks are all there, None where none fits. Tables of one release share columns, so a file of
    layouts names the most telling first."""
    names = {normal(column) for column in columns}
    return next((layout for layout in layouts() if layout.marks <= names), None)


def nearly(columns: Iterable[object]) -> str:
    """What keeps these columns from being the layout they are nearest to; empty where they are near none."""
    names = {normal(column) for column in columns}
    best = max(layouts(), key=lambda layout: len(layout.marks & names) / len(layout.marks))
    lacking = sorted(best.marks - names)
    if len(lacking) * 2 > len(best.marks):
        return ""
    return f"columns like those of {best.name}, but it lacks {', '.join(beside(best, lacking, names))}"


def beside(layout: Layout, lacking: Iterable[str], names: Iterable[str]) -> Iterator[str]:
    """Each column that is lacking, with the nearest of the names that mean nothing in the layout."""
    used = layout.marks.union(*layout.columns.values())
    free = [name for name in names if name not in used]
    for name in lacking:
        near = get_close_matches(name, free, 1)
        yield f"{name} ('{near[0]}' is near)" if near else name


def twice(layout: Layout, names: Sequence[str]) -> list[str]:
    """Columns that the layout reads and that stand more than once; a second one is called by its place too."""
    read = {name for several in layout.columns.values() for name in several}
    again = (name.removesuffix(f"_{n}") for n, name in enumerate(names, start=1) if name.endswith(f"_{n}"))
    return [name for name in again if name in read and name in names]
