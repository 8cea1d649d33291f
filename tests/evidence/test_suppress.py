"""A hidden count cannot be worked out from the counts and totals that are shown, of one table or of several that add up."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from bailiwick.evidence.suppress import Path, Tree, suppress, suppress_tree

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


@settings(max_examples=300)
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


# ----------------------------------------------------------------------------------------- counties, states and the nation


def kept_back(path: Path) -> bool:
    """Rows of no county are shown nowhere."""
    return len(path) == 2 and not path[1]


@st.composite
def nations(draw: Any) -> dict[Path, list[int]]:
    """Up to three states of up to three counties each, with detainers of no county, in two to four groups."""
    width = draw(st.integers(2, 4))
    row = st.lists(st.one_of(st.integers(0, 4), st.integers(0, 40)), min_size=width, max_size=width)
    return {
        (state, county): draw(row)
        for state in "abc"[: draw(st.integers(1, 3))]
        for county in ("", "1", "2", "3")[draw(st.integers(0, 1)) : draw(st.integers(2, 4))]
    }


class Known:
    """What a reader knows: every cell shown, that the rest adds up, and that no count is negative."""

    def __init__(self, leaves: dict[Path, list[int]], tree: Tree, least: int) -> None:
        """least: what a hidden published count is at least, 1 for a reader who knows that every zero is shown."""
        self.leaves, self.width = list(leaves), len(next(iter(leaves.values())))
        self.tree = tree
        self.equal: list[tuple[list[int], int]] = []
        self.above: list[tuple[list[int], int]] = []
        for path, cells in tree.rows.items():
            for column, cell in enumerate(cells):
                if cell is not None:
                    self.equal.append((self.sum_of(path, column), cell))
                elif least and column not in tree.together:
                    self.above.append((self.sum_of(path, column), least))

    def sum_of(self, path: Path, column: int) -> list[int]:
        """A cell as a sum of cells of the rows below; column `width` is the total, the next the columns taken together."""
        columns = (
            self.tree.together
            if column == self.width + 1
            else range(self.width)
            if column == self.width
            else (column,)
        )
        return [
            int(leaf[: len(path)] == path and k in columns) for leaf in self.leaves for k in range(self.width)
        ]

    def most(self, path: Path, column: int, sign: int = 1) -> float:
        """The most that a cell may be; with sign -1 the least."""
        found = linprog(
            [-sign * n for n in self.sum_of(path, column)],
            A_eq=[row for row, _ in self.equal] or None,
            b_eq=[value for _, value in self.equal] or None,
            A_ub=[[-n for n in row] for row, _ in self.above] or None,
            b_ub=[-value for _, value in self.above] or None,
            bounds=(0, 10_000),
        )
        assert found.status == 0
        return -sign * float(found.fun)


def true_count(leaves: dict[Path, list[int]], tree: Tree, path: Path, column: int) -> int:
    sum_of = Known(leaves, Tree({}, {}, tree.together), 0).sum_of(path, column)
    return int(np.dot(sum_of, [n for row in leaves.values() for n in row]))


@settings(max_examples=40)
@given(nations(), st.sampled_from([3, 10]))
def test_no_small_count_of_a_county_a_state_or_the_rest_is_told_by_the_others(
    leaves: dict[Path, list[int]], limit: int
) -> None:
    """By linear programming: each small count, shown nowhere, could be larger by what is promised, and is never certain."""
    tree = suppress_tree(leaves, limit, kept_back)
    wary, simple = Known(leaves, tree, 1), Known(leaves, tree, 0)
    for (path, column), more in tree.reach.items():
        count = true_count(leaves, tree, path, column)
        assert 0 < count < limit
        assert 0 <= more < limit
        if more:
            assert wary.most(path, column) >= count + more - 1e-6
        else:
            assert simple.most(path, column) - simple.most(path, column, -1) >= 1 - 1e-6


@given(nations(), st.sampled_from([3, 10]))
def test_every_small_count_of_a_tree_is_hidden_and_has_a_promise(
    leaves: dict[Path, list[int]], limit: int
) -> None:
    tree = suppress_tree(leaves, limit, kept_back)
    width = len(next(iter(leaves.values())))
    assert not any(kept_back(path) for path in tree.rows)
    for path, cells in tree.rows.items():
        for column, cell in enumerate(cells):
            count = true_count(leaves, tree, path, column)
            assert cell in (None, count)
            if 0 < count < limit:
                assert cell is None
                assert column in tree.together or (path, column) in tree.reach
    for leaf, counts in leaves.items():
        small = {k for k, n in enumerate([*counts, sum(counts)]) if 0 < n < limit and k not in tree.together}
        assert {k for path, k in tree.reach if path == leaf and k <= width} == small


@given(nations(), st.sampled_from([3, 10]))
def test_tables_of_the_same_detainers_show_the_same_sum(leaves: dict[Path, list[int]], limit: int) -> None:
    """So they need no suppression as one: what they share is known from each of them."""
    by_place = suppress_tree(leaves, limit, kept_back)
    turned = suppress_tree({(county, state): row for (state, county), row in leaves.items()}, limit)
    total = sum(sum(row) for row in leaves.values())
    if total >= limit:
        assert by_place.rows[()] == turned.rows[()]
        assert by_place.rows[()][-1] == total
        hidden = [k for k, n in enumerate(by_place.rows[()]) if n is None]
        assert tuple(hidden) == by_place.together
        kept = sum(row[k] for row in leaves.values() for k in by_place.together)
        assert kept == 0 or kept >= limit


def test_a_county_is_not_its_state_less_the_others() -> None:
    """Suppressed apart, county 2 would show its declines: 33 less 30."""
    leaves = {("a", "1"): [30, 100], ("a", "2"): [3, 60], ("b", "1"): [50, 90], ("b", "2"): [40, 80]}
    tree = suppress_tree(leaves)
    shown = [tree.rows[path][0] for path in (("a",), ("a", "1"), ("a", "2"))]
    assert shown[2] is None
    assert None in shown[:2]
    assert set(tree.reach.values()) == {9}


def test_what_is_shown_nowhere_hides_for_others() -> None:
    """The same with detainers in no county: nothing more need be hidden."""
    leaves = {("a", "1"): [30, 100], ("a", "2"): [3, 60], ("a", ""): [25, 25]}
    tree = suppress_tree(leaves, unpublished=kept_back)
    assert tree.rows[("a",)] == [58, 185, 243]
    assert tree.rows[("a", "1")] == [30, 100, 130]
    assert tree.rows[("a", "2")] == [None, None, 63]


def test_dear_counts_are_hidden_last() -> None:
    leaves = {("a",): [3, 20, 30], ("b",): [40, 50, 60], ("c",): [70, 80, 90]}
    assert suppress_tree(leaves).rows[("a",)] == [None, None, 30, 53]
    assert suppress_tree(leaves, dear=lambda path, column: 5 if column == 1 else 1).rows[("a",)] == [
        None, 20, None, 53,
    ]  # fmt: skip


def test_a_row_that_others_are_below_is_refused() -> None:
    with pytest.raises(ValueError, match="none below them"):
        suppress_tree({("a",): [1], ("a", "b"): [2]})
