"""A hidden count cannot be worked out from the counts and totals that are shown."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bailiwick.evidence.suppress import suppress

TABLES = st.integers(1, 5).flatmap(
    lambda width: st.lists(
        st.lists(st.integers(0, 30), min_size=width, max_size=width), min_size=1, max_size=6
    )
)


def full(counts: list[list[int]]) -> list[list[int]]:
    """The table with its totals."""
    rows = [[*row, sum(row)] for row in counts]
    return [*rows, [sum(column) for column in zip(*rows, strict=True)]]


def determined(safe: list[list[int | None]]) -> list[tuple[int, int]]:
    """Hidden counts that follow from what is shown, by linear algebra: every row and column adds up to its last cell."""
    height, width = len(safe), len(safe[0])
    unknown = [(r, c) for r, c in product(range(height), range(width)) if safe[r][c] is None]
    at = {cell: i for i, cell in enumerate(unknown)}
    equations = [[(r, c) for c in range(width)] for r in range(height)]
    equations += [[(r, c) for r in range(height)] for c in range(width)]
    matrix = np.zeros((len(equations), len(unknown)))
    for i, cells in enumerate(equations):
        for cell in cells[:-1]:
            if cell in at:
                matrix[i, at[cell]] = 1
        if cells[-1] in at:
            matrix[i, at[cells[-1]]] = -1
    rank = np.linalg.matrix_rank(matrix) if unknown else 0
    out = []
    for cell, i in at.items():
        one = np.zeros((1, len(unknown)))
        one[0, i] = 1
        if np.linalg.matrix_rank(np.vstack([matrix, one])) == rank:
            out.append(cell)
    return out


def other_tables(safe: list[list[int | None]], truth: list[list[int]]) -> set[tuple[int, int]]:
    """Hidden cells of which some other table, with no negative count and all that is shown alike, has another value: found by
    moving one along a closed loop of hidden cells."""
    height, width = len(safe), len(safe[0])
    hidden = {(r, c) for r, c in product(range(height), range(width)) if safe[r][c] is None}
    moved = set()
    for start in hidden:
        if _around(hidden, start, height, width) and truth[start[0]][start[1]] > 0:
            moved.add(start)
    return moved


def _around(hidden: set[tuple[int, int]], start: tuple[int, int], height: int, width: int) -> bool:
    """Whether the ends of a hidden cell are joined by other hidden cells."""
    seen, stack = {("row", start[0])}, [("row", start[0])]
    while stack:
        kind, k = stack.pop()
        near = [("column", c) for r, c in hidden - {start} if kind == "row" and r == k]
        near += [("row", r) for r, c in hidden - {start} if kind == "column" and c == k]
        for point in near:
            if point not in seen:
                seen.add(point)
                stack.append(point)
    return ("column", start[1]) in seen


@settings(max_examples=300, deadline=None)
@given(TABLES, st.integers(2, 12))
def test_no_hidden_count_follows_from_what_is_shown(counts: list[list[int]], limit: int) -> None:
    safe, truth = suppress(counts, limit), full(counts)
    assert determined(safe) == []
    hidden = {(r, c) for r, row in enumerate(safe) for c, cell in enumerate(row) if cell is None}
    assert other_tables(safe, truth) == hidden


@given(TABLES, st.integers(2, 12))
def test_every_small_count_and_total_is_hidden_and_all_others_shown_are_true(
    counts: list[list[int]], limit: int
) -> None:
    safe, truth = suppress(counts, limit), full(counts)
    for shown, row in zip(safe, truth, strict=True):
        for cell, count in zip(shown, row, strict=True):
            assert cell is None or (cell == count and not 0 < count < limit)


@given(TABLES)
def test_a_zero_is_shown_and_nothing_is_hidden_without_a_small_count(counts: list[list[int]]) -> None:
    safe, truth = suppress(counts), full(counts)
    assert all(
        cell == 0
        for shown, row in zip(safe, truth, strict=True)
        for cell, n in zip(shown, row, strict=True)
        if n == 0
    )
    if not any(0 < n < 10 for row in truth for n in row):
        assert safe == truth


def test_one_small_count_takes_three_along() -> None:
    """The smallest loop through it: in its row, in its column, and where those meet."""
    assert suppress([[3, 50, 60], [40, 70, 80], [90, 91, 92]]) == [
        [None, None, 60, 113],
        [None, None, 80, 190],
        [90, 91, 92, 273],
        [133, 211, 232, 576],
    ]


def test_a_bridge_between_two_loops_is_closed_too() -> None:
    """Two hidden counts in each row and column are not enough: the one between two loops would follow."""
    counts = [[3, 3, 50, 50], [3, 3, 3, 50], [50, 50, 3, 3], [50, 50, 3, 3]]
    assert determined(suppress(counts)) == []
    assert suppress(counts)[1][2] is None


def test_a_limit_of_one_hides_nothing() -> None:
    assert suppress([[1, 2]], 1) == [[1, 2, 3], [1, 2, 3]]


@pytest.mark.parametrize(
    ("counts", "words"), [([[1, 2], [3]], "rows of one length"), ([[-1]], "not negative")]
)
def test_what_is_no_table_of_counts_is_refused(counts: list[list[int]], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        suppress(counts)


def test_a_table_of_no_rows_is_its_total() -> None:
    assert suppress([]) == [[0]]
