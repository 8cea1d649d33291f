"""Paths of made-up people, each followed by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb
import pytest

from bailiwick.evidence.paths.steps import after_decline, custody, returned

END = date(2026, 1, 1)


@pytest.fixture
def release() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(
            """
            CREATE TABLE detainers (person VARCHAR, day DATE, outcome VARCHAR);
            CREATE TABLE arrests (person VARCHAR, day DATE, method VARCHAR);
            CREATE TABLE stays (person VARCHAR, day DATE);
            CREATE TABLE removals (person VARCHAR, day DATE);
            INSERT INTO detainers VALUES
                ('a', '2025-01-01', 'declined'), ('a', '2025-01-31', 'declined'),   -- back after 30 days
                ('b', '2025-01-01', 'declined'),                                    -- at large on the same day
                ('c', '2025-01-01', 'declined'),                                    -- never met again
                ('d', '2025-01-01', 'declined'), ('d', '2025-01-01', 'declined'),   -- twice on one day: no return
                ('e', '2025-01-01', 'taken_into_custody'),                          -- removed on day 10
                ('f', '2025-12-31', 'taken_into_custody'),                          -- followed for no day
                ('g', '2025-01-01', 'superseded'), ('g', '2025-01-03', 'declined'); -- starts with the second
            INSERT INTO arrests VALUES
                ('a', '2025-02-01', 'in_custody'), ('b', '2025-01-01', 'at_large'), ('b', '2025-05-01', 'in_custody'),
                ('d', '2024-12-31', 'at_large'), ('g', '2025-01-04', NULL);
            INSERT INTO stays VALUES ('e', '2025-01-03'), ('a', '2025-02-02'), ('f', '2025-12-30');
            INSERT INTO removals VALUES ('e', '2025-01-11');
            """
        )
        yield connection


def test_returns_are_counted_by_the_outcome_of_the_first_detainer(release: duckdb.DuckDBPyConnection) -> None:
    by = {one.outcome: one for one in returned(release, END, (0, 29, 30, 364))}
    assert {outcome: one.people for outcome, one in by.items()} == {"declined": 5, "taken_into_custody": 2}
    assert [point.share for point in by["declined"].returned] == pytest.approx([0, 0, 0.2, 0.2])
    assert by["declined"].never_met == 4
    assert [point.at_risk for point in by["declined"].returned] == [5, 5, 5, 3]
    # f is followed for no day, so of e alone it is known that removal came by day 30.
    assert [point.share for point in by["taken_into_custody"].removed][:3] == pytest.approx([0, 1, 1])


def test_after_a_decline_the_first_arrest_counts_and_who_is_not_met_is_said(
    release: duckdb.DuckDBPyConnection,
) -> None:
    found = after_decline(release)
    assert (found.people, found.in_custody, found.at_large, found.otherwise, found.not_met) == (5, 1, 1, 1, 2)
    assert found.median_days == 1  # 0, 1 and 31 days


def test_a_stay_belongs_to_the_latest_detainer_before_it(release: duckdb.DuckDBPyConnection) -> None:
    by = {one.outcome: one for one in custody(release)}
    assert (by["declined"].detainers, by["declined"].followed, by["declined"].median_days) == (7, 1, 2)
    assert (by["taken_into_custody"].detainers, by["taken_into_custody"].followed) == (2, 1)


def test_stays_later_than_asked_do_not_count(release: duckdb.DuckDBPyConnection) -> None:
    by = {one.outcome: one for one in custody(release, within=1)}
    assert by["declined"].followed == by["taken_into_custody"].followed == 0
