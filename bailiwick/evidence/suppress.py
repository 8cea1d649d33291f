"""Small counts: one from 1 to below a limit is not shown, nor anything from which it could be worked out.

Further counts are hidden with it, those that say least first, until each small one could as well be larger by the limit less
one, and everything shown would be the same (`network.py`). A zero is shown: it is about nobody.

Tables that add up to one another are suppressed together (`suppress_tree`: counties, states and the nation are one), or share
nothing but a row of totals that every one of them shows (`suppress_tree` never hides one that is not small).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from bailiwick.evidence.network import Pipe, protect

#: Counts from 1 to below this are not shown.
LIMIT = 10

#: Where a row stands in a tree of rows: () is the sum of all, ("us/ca",) a state, ("us/ca", "06001") a county of it.
Path = tuple[str, ...]
Cells = list[int | None]
#: How many times its count hiding a cell costs, by row and column: dear ones are hidden last.
Dear = Callable[[Path, int], int]


@dataclass(frozen=True, slots=True)
class Tree:
    """Rows that add up, as they may be shown.

    Attributes:
        rows: every row that is published, its cells and at their end its total; None is a count that is not shown.
        reach: (row, column) of each small count, published or not -> by how much it is sure that it could be larger.
            Columns that are shown nowhere apart stand as one, at the end after the total.
        together: columns of which only the sum can be worked out, because the sum of all rows has a small count in one.
    """

    rows: dict[Path, Cells]
    reach: dict[tuple[Path, int], int]
    together: tuple[int, ...]


def suppress(counts: Sequence[Sequence[int]], limit: int = LIMIT) -> list[Cells]:
    """The table with its totals, unsafe counts as None.

    Args:
        counts: rows of counts, all of one length, none negative. No totals in them.
        limit: counts from 1 to below it are hidden, totals too. 1 or less hides nothing.

    Returns:
        The rows, each with its total at the end, and a last row of the totals of the columns, with the grand total at its end.

    Raises:
        ValueError: a negative count, or rows of several lengths.
    """
    width = _width(counts)
    leaves: dict[Path, list[int]] = {(str(n),): [*row, sum(row)] for n, row in enumerate(counts)}
    rows: dict[Path, list[int]] = {**leaves}
    rows[()] = [sum(column) for column in zip(*leaves.values(), strict=True)] or [0] * (width + 1)
    hidden = _hidden(rows, limit, (), lambda path, k: 1, fixed=False)
    return [[None if (path, k) in hidden else n for k, n in enumerate(row)] for path, row in rows.items()]


def suppress_tree(
    leaves: Mapping[Path, Sequence[int]],
    limit: int = LIMIT,
    unpublished: Callable[[Path], bool] = lambda path: False,
    dear: Dear = lambda path, column: 1,
) -> Tree:
    """Rows and the rows that they add up to, unsafe counts as None; everything that is published of them is in the answer.

    The sum of all rows is shown, so that any other tables with the same sum can stand beside: only a column in which it is
    small is hidden whole, with the next smallest where that takes it, in every table alike.

    Args:
        leaves: the rows that nothing is below, by where they stand; rows of counts of one length, none negative, no totals.
        limit: counts from 1 to below it are hidden, totals too.
        unpublished: whether a row is shown nowhere. Its small counts are protected like others, and what it hides anyway
            spares others.
        dear: how many times its count it costs to hide a cell of a row (a path) and column; dear ones are hidden last.

    Raises:
        ValueError: a negative count, rows of several lengths, or a row that others are below.
    """
    width = _width(list(leaves.values()))
    rows: dict[Path, list[int]] = {(): [0] * width}
    for leaf, counts in leaves.items():
        for depth in range(len(leaf) + 1):
            into = rows.setdefault(leaf[:depth], [0] * width)
            for k, n in enumerate(counts):
                into[k] += n
    above = {leaf[:depth] for leaf in leaves for depth in range(len(leaf))}
    if wrong := sorted(above & set(leaves)):
        raise ValueError(f"expected rows with none below them, found {wrong[0]}")
    together = _together(rows[()], limit)
    apart = [k for k in range(width) if k not in together]
    network = {
        path: [*(counts[k] for k in apart), sum(counts[k] for k in together), sum(counts)]
        for path, counts in rows.items()
    }
    name = dict(enumerate([*apart, width + 1, width]))
    secret = [path for path in rows if path and unpublished(path)]
    hidden = _hidden(
        network, limit, secret, lambda path, k: dear(path, name[k]), fixed=sum(rows[()]) >= limit
    )
    shown: dict[Path, Cells] = {}
    for path, counts in rows.items():
        if path in secret:
            continue
        cells: Cells = [None if sum(counts[k] for k in together) else 0] * (width + 1)
        for at, k in enumerate(apart):
            cells[k] = None if (path, at) in hidden else counts[k]
        cells[-1] = None if (path, len(apart) + 1) in hidden else sum(counts)
        shown[path] = cells
    reach = {(path, name[k]): more for (path, k), more in hidden.items() if 0 < network[path][k] < limit}
    return Tree(shown, reach, together)


def _width(counts: Sequence[Sequence[int]]) -> int:
    width = len(counts[0]) if counts else 0
    if any(len(row) != width for row in counts):
        raise ValueError("expected rows of one length")
    if any(count < 0 for row in counts for count in row):
        raise ValueError("expected counts that are not negative")
    return width


def _together(total: Sequence[int], limit: int) -> tuple[int, ...]:
    """Columns whose sum is small, with as many of the next smallest as make up the limit."""
    if sum(total) < limit:
        return ()
    found = {k for k, n in enumerate(total) if 0 < n < limit}
    for k in sorted(range(len(total)), key=lambda k: total[k]):
        if not 0 < sum(total[one] for one in found) < limit:
            break
        if total[k]:
            found.add(k)
    return tuple(sorted(found))


def _hidden(
    rows: Mapping[Path, Sequence[int]], limit: int, secret: Collection[Path], dear: Dear, *, fixed: bool
) -> dict[tuple[Path, int], int]:
    """(row, column) of what must be hidden -> by how much it is sure that it could be larger.

    rows: with the total at the end of each. fixed: the sum of all rows is shown.

    A count of a row without rows below it runs from the row to its column; there it meets those of its sisters, and they run on
    together to the column of the row above. Totals run the other way, down to each row.
    """
    joints: dict[tuple[Path, int], int] = {}

    def joint(path: Path, column: int) -> int:
        return joints.setdefault((path, column), len(joints))

    above = {path[:-1] for path in rows if path}
    pipes: list[Pipe] = []
    cells: list[tuple[Path, int]] = []
    for path, counts in rows.items():
        last = len(counts) - 1
        if not path and (fixed or not above):
            continue
        for k, n in enumerate(counts):
            if not n:
                continue
            near = joint(path, k) if path in above else joint(path, -1)
            far = joint(path[:-1], k) if path else joint((), -1)
            tail, head = (far, near) if k == last else (near, far)
            pipes.append(Pipe(tail, head, n, n * dear(path, k), path in secret))
            cells.append((path, k))
    return {cells[n]: more for n, more in protect(pipes, len(joints), limit).items()}
