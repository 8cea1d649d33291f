"""The layouts of public releases, one file each: which columns mark them and what each column means.

A new source is one file here with a tuple `LAYOUTS`. A layout is recognised by its own columns (`marks`), never by a file's name,
and only where no other layout explains more of the columns: a file of detainers has every mark of removals too, and must not be
taken for removals because one of its own is missing. Names of columns are compared in lower case with `_` for whatever is no
letter or digit.
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
        also: columns that are not read and may stand in such a file. They tell it from a file of another table.
        named: a pattern of the agency's number of a release, looked for in the file's name and its column `file_original`; what
            it finds names the release.
        year: first and last year that its main date may lie in; a date outside is set aside.
    """

    name: str
    release: str
    table: str
    marks: frozenset[str]
    columns: Mapping[str, tuple[str, ...]]
    also: frozenset[str] = frozenset()
    named: str = ""
    year: tuple[int, int] = (1996, 2035)

    def known(self) -> frozenset[str]:
        """Every name of a column that means something here."""
        return self.marks.union(self.also, *self.columns.values())


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


@lru_cache(maxsize=1)
def _known() -> tuple[tuple[Layout, frozenset[str]], ...]:
    return tuple((layout, layout.known()) for layout in layouts())


@dataclass(frozen=True, slots=True)
class _Near:
    """A layout of whose marks at least half are there: those that are not, and how many columns it explains."""

    layout: Layout
    lacking: tuple[str, ...]
    explained: int


def _near(names: set[str]) -> list[_Near]:
    """The layouts that these columns may be, the likeliest first: those that explain most of them, of those the ones that are
    whole or lack least; else in their order."""
    found = [
        _Near(layout, lacking, len(known & names))
        for layout, known in _known()
        if 2 * len(lacking := tuple(sorted(layout.marks - names))) <= len(layout.marks)
    ]
    return sorted(found, key=lambda one: (-one.explained, len(one.lacking) / len(one.layout.marks)))


def _other(near: list[_Near]) -> _Near | None:
    """The first whole layout of another table than the likeliest."""
    others = (one for one in near if one.layout.table != near[0].layout.table and not one.lacking)
    return next(others, None)


def recognise(columns: Iterable[object]) -> Layout | None:
    """The layout that explains most of the columns, where all its marks are there and none of another table explains as many;
    None where there is none. Why not is said by `nearly`."""
    near = _near({normal(column) for column in columns})
    if not near or near[0].lacking:
        return None
    other = _other(near)
    return near[0].layout if other is None or other.explained < near[0].explained else None


def nearly(columns: Iterable[object]) -> str:
    """What keeps these columns from being the layout they are nearest to; empty where they are near none."""
    names = {normal(column) for column in columns}
    near = _near(names)
    if not near:
        return ""
    best, other = near[0], _other(near)
    if not best.lacking:
        with_other = f" as well as those of {other.layout.name}" if other else ""
        return f"the columns of {best.layout.name}{with_other}; take those out that are not its own"
    said = (
        f"columns like those of {best.layout.name}, but it lacks "
        f"{', '.join(beside(best.layout, best.lacking, names))}"
    )
    if other is None:
        return said
    return f"{said}; of its columns {best.explained} are of those, {other.explained} of {other.layout.name}"


def beside(layout: Layout, lacking: Iterable[str], names: Iterable[str]) -> Iterator[str]:
    """Each column that is lacking, with the nearest of the names that mean nothing in the layout."""
    known = layout.known()
    free = sorted(set(names) - known)
    for name in lacking:
        near = get_close_matches(name, free, 1)
        yield f"{name} ('{near[0]}' is near)" if near else name


def twice(layout: Layout, names: Sequence[str]) -> list[str]:
    """Columns that the layout reads and that stand more than once; a second one is called by its place too."""
    read = {name for several in layout.columns.values() for name in several}
    again = (name.removesuffix(f"_{n}") for n, name in enumerate(names, start=1) if name.endswith(f"_{n}"))
    return [name for name in again if name in read and name in names]
