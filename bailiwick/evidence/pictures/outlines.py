"""Outlines of states and counties (``data/us_map.json``; how it was made: ``tools/make_map.py``), and a grid of states."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

FILE = Path(__file__).parents[1] / "data" / "us_map.json"

#: A square a state, for narrow screens: column and row, so that neighbours stay near each other.
GRID: dict[str, tuple[int, int]] = {
    "ak": (0, 0),
    "me": (10, 0),
    "vt": (9, 1),
    "nh": (10, 1),
    "wa": (0, 2),
    "id": (1, 2),
    "mt": (2, 2),
    "nd": (3, 2),
    "mn": (4, 2),
    "il": (5, 2),
    "wi": (6, 2),
    "mi": (7, 2),
    "ny": (8, 2),
    "ri": (9, 2),
    "ma": (10, 2),
    "or": (0, 3),
    "nv": (1, 3),
    "wy": (2, 3),
    "sd": (3, 3),
    "ia": (4, 3),
    "in": (5, 3),
    "oh": (6, 3),
    "pa": (7, 3),
    "nj": (8, 3),
    "ct": (9, 3),
    "ca": (0, 4),
    "ut": (1, 4),
    "co": (2, 4),
    "ne": (3, 4),
    "mo": (4, 4),
    "ky": (5, 4),
    "wv": (6, 4),
    "va": (7, 4),
    "md": (8, 4),
    "de": (9, 4),
    "az": (1, 5),
    "nm": (2, 5),
    "ks": (3, 5),
    "ar": (4, 5),
    "tn": (5, 5),
    "nc": (6, 5),
    "sc": (7, 5),
    "dc": (8, 5),
    "ok": (3, 6),
    "la": (4, 6),
    "ms": (5, 6),
    "al": (6, 6),
    "ga": (7, 6),
    "hi": (0, 7),
    "tx": (3, 7),
    "fl": (8, 7),
    "as": (1, 8),
    "gu": (2, 8),
    "mp": (3, 8),
    "pr": (9, 8),
    "vi": (10, 8),
}


class Outline(NamedTuple):
    """An SVG path in a plane of 975 by 610, and the middle of its largest part."""

    d: str
    x: int
    y: int


class Outlines(NamedTuple):
    """Outlines by FIPS code: two digits for a state, five for a county."""

    width: int
    height: int
    states: dict[str, Outline]
    counties: dict[str, Outline]


@lru_cache(maxsize=1)
def outlines() -> Outlines:
    """The file, read once."""
    data = json.loads(FILE.read_text(encoding="utf-8"))
    states, counties = (
        {fips: Outline(one["d"], *one["at"]) for fips, one in data[name].items()}
        for name in ("states", "counties")
    )
    return Outlines(data["width"], data["height"], states, counties)


@lru_cache(maxsize=1)
def state_lines() -> str:
    """All states as one path."""
    return "".join(one.d for one in outlines().states.values())
