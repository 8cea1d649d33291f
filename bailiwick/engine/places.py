"""The places: nation, states, counties and their equivalents, and the cities that make law of their own.

The table is `law/places.csv`; `tools/make_places.py` says from what it was made. A place is named by its
path; the law of every prefix of the path applies there.
"""

from __future__ import annotations

import csv
import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from .zones import Span, ZoneYear, zone_spans, zone_years

__all__ = ["Place", "Places", "Span", "UnknownPlace", "ZoneYear", "load_places", "zone_spans", "zone_years"]

TABLE = Path(__file__).parent.parent / "law" / "places.csv"
_COLUMNS = ["path", "name", "fips", "kind", "tz", "aliases"]


@dataclass(frozen=True, slots=True)
class Place:
    """One place.

    Attributes: path: `us/ca/los-angeles-county`. name: `Los Angeles County`. fips: two digits for a state,
        five for a county or equivalent, seven (state and Census place) for a city; empty for the nation.
        kind: `nation`, `state` (with the District of Columbia and the territories), `county` (with parishes,
            boroughs, census areas, municipios, independent cities and consolidated city-counties) or `city`.
        tz: IANA name of the zone that its local days follow; where a line cuts a county, the zone of its
            seat.
        state: path of its state, itself for a state; none for the nation.
    """

    path: str
    name: str
    fips: str
    kind: str
    tz: str
    state: str | None


class UnknownPlace(ValueError):
    """No place has that path. The message is one line and names the nearest right ones."""


class Places:
    """All places, by path, by alias and by FIPS code. Iteration is in the order of the table (by path)."""

    __slots__ = ("_by_path", "_found", "by_fips")

    by_fips: Mapping[str, Place]
    """Every code, second and former ones too (11001, 46113), as text with its leading zeros."""

    def __init__(self, rows: Iterable[list[str]]) -> None:
        by_path: dict[str, Place] = {}
        by_fips: dict[str, Place] = {}
        found: dict[str, Place] = {}
        for path, name, fips, kind, tz, aliases in rows:
            code, _, more = fips.partition(";")
            place = Place(path, name, code, kind, tz, path[:5] if len(path) > 4 else None)
            by_path[path] = found[path] = place
            if code:
                by_fips[code] = place
            if more:
                by_fips.update(dict.fromkeys(more.split(";"), place))
            if aliases:
                found.update(dict.fromkeys(aliases.split(";"), place))
        self._by_path = by_path
        self._found = found
        self.by_fips = MappingProxyType(by_fips)

    def get(self, path: str) -> Place:
        """The place of that path or alias.

        Raises:
            UnknownPlace: there is none; the message names the nearest.
        """
        try:
            return self._found[path]
        except KeyError:
            raise UnknownPlace(self._advice(path)) from None

    def prefixes(self, path: str) -> list[str]:
        """The paths whose law applies at the place, from the nation down to itself.

        Raises:
            UnknownPlace: there is no such place.
        """
        words = self.get(path).path.split("/")
        return ["/".join(words[: n + 1]) for n in range(len(words))]

    def __contains__(self, path: object) -> bool:
        return path in self._found

    def __iter__(self) -> Iterator[Place]:
        return iter(self._by_path.values())

    def __len__(self) -> int:
        return len(self._by_path)

    def _advice(self, path: str) -> str:
        typed = "-".join(str(path).lower().split())
        state = f"{typed[:5]}/"
        known: Iterable[str] = [name for name in self._found if name.startswith(state)] or self._found
        near = difflib.get_close_matches(typed, known, n=3, cutoff=0.75)
        if not near:
            return f"no place {path!r}: expected a path such as us/ca/los-angeles-county"
        return f"no place {path!r}; the nearest: {', '.join(near)}"


@lru_cache(maxsize=1)
def load_places() -> Places:
    """The table of places, read once."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        header = next(rows)
        if header != _COLUMNS:
            raise ValueError(
                f"{TABLE.name}: expected the columns {', '.join(_COLUMNS)}, found {', '.join(header)}"
            )
        return Places(rows)
