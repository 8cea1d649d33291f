"""Small cells: a count from 1 to below a limit is not shown, nor anything from which it could be worked out.

A table of counts with its totals is a grid in which every row and every column adds up, totals included. Think of each row
and each column as a point and of each hidden count as a line between its two points. A hidden count can be worked out from
what is shown exactly when its line is on no closed loop (a bridge): so loops are closed, by hiding further counts, the
smallest first, until no bridge is left (Cox 1995, network method of complementary suppression). Only counts above zero are
taken: along a loop of such counts one could be more and its neighbour less by one, and so on around, and every total shown
would be the same. A zero is shown: it is about nobody.

What is protected is one table with its totals. Two tables that add up to one another must be suppressed together, as one.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from itertools import pairwise

#: Counts from 1 to below this are not shown.
LIMIT = 10

Edge = tuple[int, int]


def suppress(counts: Sequence[Sequence[int]], limit: int = LIMIT) -> list[list[int | None]]:
    """The table with its totals, unsafe counts as None.

    Args:
        counts: rows of counts, all of one length, none negative. No totals in them.
        limit: counts from 1 to below it are hidden, totals too. 1 or less hides nothing.

    Returns:
        The rows, each with its total at the end, and a last row of the totals of the columns, with the grand total at its end.

    Raises:
        ValueError: a negative count, or rows of several lengths.
    """
    width = len(counts[0]) if counts else 0
    if any(len(row) != width for row in counts):
        raise ValueError("expected rows of one length")
    if any(count < 0 for row in counts for count in row):
        raise ValueError("expected counts that are not negative")
    rows = [[*row, sum(row)] for row in counts]
    grid = [*rows, [sum(column) for column in zip(*rows, strict=True)]] if rows else [[0]]
    hidden = {(r, c) for r, row in enumerate(grid) for c, count in enumerate(row) if 0 < count < limit}
    while bridges := _bridges(hidden, len(grid)):
        hidden |= _ends(grid, hidden, bridges) or _loop(grid, hidden, bridges[0])
    return [
        [None if (r, c) in hidden else count for c, count in enumerate(row)] for r, row in enumerate(grid)
    ]


def _lines(hidden: set[Edge], rows: int) -> dict[int, list[tuple[int, Edge]]]:
    """Point -> the points it is joined to. Points are row r, and column rows + c."""
    lines: dict[int, list[tuple[int, Edge]]] = {}
    for edge in sorted(hidden):
        r, c = edge
        lines.setdefault(r, []).append((rows + c, edge))
        lines.setdefault(rows + c, []).append((r, edge))
    return lines


def _bridges(hidden: set[Edge], rows: int) -> list[Edge]:
    """Hidden counts on no closed loop."""
    lines = _lines(hidden, rows)
    order: dict[int, int] = {}
    low: dict[int, int] = {}
    found: list[Edge] = []
    for start in lines:
        if start in order:
            continue
        order[start] = low[start] = len(order)
        stack: list[tuple[int, Edge | None, int]] = [(start, None, 0)]
        while stack:
            point, came, next_line = stack.pop()
            if next_line < len(lines[point]):
                stack.append((point, came, next_line + 1))
                other, edge = lines[point][next_line]
                if edge == came:
                    continue
                if other in order:
                    low[point] = min(low[point], order[other])
                else:
                    order[other] = low[other] = len(order)
                    stack.append((other, edge, 0))
            elif came is not None:
                parent = stack[-1][0]
                low[parent] = min(low[parent], low[point])
                if low[point] > order[parent]:
                    found.append(came)
    return sorted(found)


def _ends(grid: list[list[int]], hidden: set[Edge], bridges: list[Edge]) -> set[Edge]:
    """For each row or column that has one hidden count only: the smallest other one that closes a loop through hidden ones.

    Most bridges are of this kind, and this takes them all at once; the rest is left to `_loop`.
    """
    rows, columns = len(grid), len(grid[0])
    lines = _lines(hidden, rows)
    part = _parts(lines)
    found: set[Edge] = set()
    for r, c in bridges:
        if len(lines[r]) == 1:
            others = [(r, k) for k in range(columns) if k != c and part.get(rows + k) == part[rows + c]]
        elif len(lines[rows + c]) == 1:
            others = [(k, c) for k in range(rows) if k != r and part.get(k) == part[r]]
        else:
            continue
        closing = [edge for edge in others if grid[edge[0]][edge[1]] and edge not in hidden]
        if closing:
            found.add(min(closing, key=lambda edge: grid[edge[0]][edge[1]]))
    return found


def _parts(lines: dict[int, list[tuple[int, Edge]]]) -> dict[int, int]:
    """Point -> a number that all points joined to it share."""
    part: dict[int, int] = {}
    for start in lines:
        if start in part:
            continue
        part[start] = start
        stack = [start]
        while stack:
            for other, _ in lines[stack.pop()]:
                if other not in part:
                    part[other] = start
                    stack.append(other)
    return part


def _loop(grid: list[list[int]], hidden: set[Edge], edge: Edge) -> set[Edge]:
    """Counts to hide so that `edge` is on a loop: the path between its points, without itself, that hides least."""
    rows, columns = len(grid), len(grid[0])
    start, goal = edge[0], rows + edge[1]
    best: dict[int, int] = {start: 0}
    came: dict[int, int] = {}
    queue = [(0, start)]
    while queue:
        cost, point = heapq.heappop(queue)
        if point == goal:
            break
        if cost > best[point]:
            continue
        for other in range(rows, rows + columns) if point < rows else range(rows):
            r, c = (point, other - rows) if point < rows else (other, point - rows)
            if (r, c) == edge or not grid[r][c]:
                continue
            further = cost + (0 if (r, c) in hidden else grid[r][c])
            if further < best.get(other, further + 1):
                best[other] = further
                came[other] = point
                heapq.heappush(queue, (further, other))
    path = [goal]
    while path[-1] != start:
        path.append(came[path[-1]])
    return {(min(a, b), max(a, b) - rows) for a, b in pairwise(path)}
