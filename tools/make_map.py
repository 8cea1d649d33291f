"""Write `bailiwick/evidence/data/us_map.json`, the outlines that maps are drawn from.

    python tools/make_map.py DIRECTORY

DIRECTORY: the npm package `us-atlas`, version 3.0.1, unpacked; its files `states-albers-10m.json` and `counties-albers-10m.json`
(U.S. Census Bureau cartographic boundaries of 2017, projected to a plane of 975 by 610, Alaska and Hawaii moved in). Coordinates
are rounded to whole units and points that then lie on a line are left out, so a state or county is an SVG path of integers.
"""

from __future__ import annotations

import json
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

OUT = Path(__file__).resolve().parents[1] / "bailiwick" / "evidence" / "data" / "us_map.json"
Point = tuple[int, int]


def arcs(topology: dict[str, Any]) -> list[list[tuple[float, float]]]:
    """The arcs of a topology, with its quantisation undone."""
    (kx, ky), (dx, dy) = topology["transform"]["scale"], topology["transform"]["translate"]
    out = []
    for arc in topology["arcs"]:
        x = y = 0
        line = []
        for mx, my in arc:
            x, y = x + mx, y + my
            line.append((x * kx + dx, y * ky + dy))
        out.append(line)
    return out


def ring(indexes: list[int], lines: list[list[tuple[float, float]]]) -> list[Point]:
    """One ring, in whole units, without points that add nothing."""
    points: list[Point] = []
    for index in indexes:
        for x, y in lines[index] if index >= 0 else reversed(lines[~index]):
            point = (round(x), round(y))
            if not points or points[-1] != point:
                points.append(point)
    kept: list[Point] = []
    for point in points:
        while len(kept) >= 2 and _straight(kept[-2], kept[-1], point):
            kept.pop()
        kept.append(point)
    return kept


def _straight(a: Point, b: Point, c: Point) -> bool:
    return (b[0] - a[0]) * (c[1] - a[1]) == (b[1] - a[1]) * (c[0] - a[0])


def path(geometry: dict[str, Any], lines: list[list[tuple[float, float]]]) -> tuple[str, Point | None]:
    """An SVG path with relative moves, and the middle of its largest ring."""
    polygons = {"Polygon": [geometry.get("arcs")], "MultiPolygon": geometry.get("arcs")}.get(
        geometry["type"]
    ) or []
    text, largest, middle = [], 0.0, None
    for polygon in polygons:
        for indexes in polygon:
            points = ring(indexes, lines)
            if len(points) < 4:
                continue
            x, y = points[0]
            moves = [f"M{x} {y}l"]
            for px, py in points[1:-1]:
                moves.append(f"{px - x} {py - y} ")
                x, y = px, py
            text.append("".join(moves).strip() + "z")
            size, centre = _middle(points)
            if size > largest:
                largest, middle = size, centre
    return "".join(text), middle


def _middle(points: list[Point]) -> tuple[float, Point]:
    double = cx = cy = 0
    for (ax, ay), (bx, by) in pairwise(points):
        cross = ax * by - bx * ay
        double, cx, cy = double + cross, cx + (ax + bx) * cross, cy + (ay + by) * cross
    if not double:
        return 0.0, points[0]
    return abs(double) / 2, (round(cx / (3 * double)), round(cy / (3 * double)))


def main(directory: Path) -> None:
    out: dict[str, Any] = {"width": 975, "height": 610}
    for name in ("states", "counties"):
        topology = json.loads((directory / f"{name}-albers-10m.json").read_text(encoding="utf-8"))
        lines = arcs(topology)
        found = {}
        for geometry in topology["objects"][name]["geometries"]:
            text, middle = path(geometry, lines)
            if middle:
                found[geometry["id"]] = {"d": text, "at": list(middle)}
        out[name] = dict(sorted(found.items()))
    OUT.write_text(json.dumps(out, separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"{len(out['states'])} states, {len(out['counties'])} counties, {OUT.stat().st_size} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
