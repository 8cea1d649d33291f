"""Paths of made-up people, each followed by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb
import pytest

from bailiwick.evidence.paths.steps import (
    AfterDecline,
    LeftOut,
    after_decline,
    after_words,
    custody,
    ends,
    left_out,
    returned,
)

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
            CREATE TABLE encounters (person VARCHAR, day DATE);
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
    assert by["declined"].neither == 4
    assert [point.at_risk for point in by["declined"].returned] == [5, 5, 5, 3]
    # f is followed for no day, so of e alone it is known that removal came by day 30.
    assert [point.share for point in by["taken_into_custody"].removed][:3] == pytest.approx([0, 1, 1])


def test_after_a_decline_the_first_arrest_counts_and_who_is_not_met_is_said(
    release: duckdb.DuckDBPyConnection,
) -> None:
    found = after_decline(release)
    # a in custody, b at large, g without a method; c and d, whose only arrest came before, in no row of a later day.
    assert (found.people, found.in_custody, found.at_large, found.otherwise) == (5, 1, 1, 1)
    assert (found.met_otherwise, found.nowhere) == (0, 2)
    assert found.median_days == 1  # 0, 1 and 31 days


def test_a_stay_belongs_to_the_latest_detainer_before_it(release: duckdb.DuckDBPyConnection) -> None:
    by = {one.outcome: one for one in custody(release, END)}
    assert (by["declined"].detainers, by["declined"].followed, by["declined"].median_days) == (7, 1, 2)
    assert (by["taken_into_custody"].detainers, by["taken_into_custody"].followed) == (1, 1)


def test_stays_later_than_asked_do_not_count(release: duckdb.DuckDBPyConnection) -> None:
    by = {one.outcome: one for one in custody(release, END, within=1)}
    assert by["declined"].followed == by["taken_into_custody"].followed == 0


def test_a_detainer_too_recent_to_be_followed_for_so_long_is_in_no_denominator(
    release: duckdb.DuckDBPyConnection,
) -> None:
    """f's detainer is of the last day."""
    by = {within: {one.outcome: one for one in custody(release, END, within)} for within in (0, 1)}
    assert [(by[n]["taken_into_custody"].detainers, by[n]["taken_into_custody"].recent) for n in (0, 1)] == [
        (2, 0),
        (1, 1),
    ]


@pytest.fixture
def declined(release: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """People each with a detainer declined on 10 May 2025, by what the release shows of them besides."""
    for table in ("detainers", "arrests", "stays", "removals", "encounters"):
        release.execute(f"DELETE FROM {table}")
    people = (
        *(
            "nothing",
            "before",
            "double",
            "same day",
            "stay",
            "detainer",
            "removal",
            "encounter",
            "twice",
            "all",
        ),
        "arrest",
    )
    release.executemany(
        "INSERT INTO detainers VALUES (?, '2025-05-10', 'declined')", [(one,) for one in people]
    )
    release.execute(
        """
        INSERT INTO detainers VALUES
            ('before', '2025-05-09', 'not_recorded'), ('double', '2025-05-10', 'superseded'),
            ('detainer', '2025-05-11', 'superseded'), ('twice', '2025-09-01', 'declined'),
            ('all', '2025-06-01', 'declined'), ('arrest', '2025-06-01', 'declined');
        INSERT INTO stays VALUES
            ('before', '2025-05-09'), ('same day', '2025-05-10'), ('stay', '2025-05-01'), ('stay', '2025-08-01'),
            ('all', '2025-06-01'), ('arrest', '2025-06-01');
        INSERT INTO removals VALUES
            ('before', '2025-05-09'), ('removal', '2025-05-10'), ('all', '2025-06-01'), ('arrest', '2025-06-01');
        INSERT INTO encounters VALUES
            ('before', '2025-05-09'), ('double', '2025-05-10'), ('encounter', '2025-05-11'), ('all', '2025-06-01');
        INSERT INTO arrests VALUES ('before', '2025-05-09', 'at_large'), ('arrest', '2025-07-01', 'at_large');
        """
    )
    return release


def test_who_is_said_to_be_nowhere_stands_in_no_table_of_a_later_day(
    declined: duckdb.DuckDBPyConnection,
) -> None:
    """A stay, a removal or an arrest of the same day is later; a detainer or an encounter of the same day is not."""
    assert after_decline(declined) == AfterDecline(
        people=11,
        in_custody=0,
        at_large=1,
        otherwise=0,
        removed=2,  # removal, all
        detained=2,  # same day, stay
        detainer=2,  # detainer, twice
        encountered=1,
        nowhere=3,  # nothing, before, double
        median_days=52,
    )


def test_each_person_after_a_decline_is_counted_once(declined: duckdb.DuckDBPyConnection) -> None:
    found = after_decline(declined)
    assert sum(after_words(found).values()) == found.people
    assert found.arrested + found.met_otherwise + found.nowhere == found.people


def test_what_a_table_that_is_not_there_would_tell_is_not_shown_as_none(
    declined: duckdb.DuckDBPyConnection,
) -> None:
    declined.execute("DELETE FROM encounters")
    words = after_words(after_decline(declined), ("encounters",))
    assert [one for one in words if "encounter" in one] == []
    assert words["nowhere in the release after"] == 4


def test_the_method_of_the_first_arrest_counts_though_it_is_not_recorded(
    declined: duckdb.DuckDBPyConnection,
) -> None:
    declined.execute(
        "INSERT INTO arrests VALUES ('nothing', '2025-05-12', NULL), ('nothing', '2025-05-13', 'in_custody')"
    )
    found = after_decline(declined)
    assert (found.in_custody, found.otherwise) == (0, 1)


def test_people_whom_no_detainer_starts_are_counted_by_why(release: duckdb.DuckDBPyConnection) -> None:
    release.execute(
        """
        INSERT INTO detainers VALUES
            ('h', '2025-01-01', 'superseded'), ('h', '2025-02-01', 'superseded'),
            ('i', '2026-01-01', 'declined'),
            ('j', '2025-01-01', 'superseded'), ('j', '2026-02-01', 'declined')
        """
    )
    assert left_out(release, END) == LeftOut(superseded=1, late=2)
    (everybody,) = release.execute("SELECT count(DISTINCT person) FROM detainers").fetchone() or (0,)
    assert sum(one.people for one in returned(release, END)) + 3 == everybody


def test_of_several_first_detainers_of_a_day_a_recorded_outcome_counts(
    release: duckdb.DuckDBPyConnection,
) -> None:
    release.execute(
        """
        DELETE FROM detainers;
        INSERT INTO detainers VALUES
            ('a', '2025-01-01', 'not_recorded'), ('a', '2025-01-01', 'taken_into_custody'),
            ('a', '2025-01-01', 'declined')
        """
    )
    assert [one.outcome for one in returned(release, END)] == ["taken_into_custody"]


def test_the_county_is_that_of_the_first_detainer_though_it_is_in_none(
    release: duckdb.DuckDBPyConnection,
) -> None:
    release.execute(
        """
        ALTER TABLE detainers ADD COLUMN county VARCHAR;
        DELETE FROM detainers;
        INSERT INTO detainers VALUES ('a', '2025-01-01', 'declined', NULL), ('a', '2025-02-01', 'declined', '06019')
        """
    )
    assert [(one.county, one.days, one.ended) for one in ends(release, END, counties=True)] == [("", 31, 1)]


def test_a_stay_belongs_to_each_detainer_of_the_latest_day(release: duckdb.DuckDBPyConnection) -> None:
    release.execute(
        """
        DELETE FROM detainers; DELETE FROM stays;
        INSERT INTO detainers VALUES
            ('a', '2025-01-01', 'declined'), ('a', '2025-01-10', 'superseded'), ('a', '2025-01-10', 'not_recorded');
        INSERT INTO stays VALUES ('a', '2025-01-12')
        """
    )
    assert {one.outcome: one.followed for one in custody(release, END)} == {
        "declined": 0,
        "superseded": 1,
        "not_recorded": 1,
    }
