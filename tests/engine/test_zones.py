"""Zones as tables: against the zone files, against `zoneinfo`, and through SQL that knows no time zones."""

from __future__ import annotations

import random
import sqlite3
from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from bailiwick.engine.places import load_places
from bailiwick.engine.zones import zone, zone_spans, zone_years
from tests.engine.second_clock import SECOND, zone_spells

ZONES = sorted({place.tz for place in load_places()})
BEGIN = int(datetime(1970, 1, 1, tzinfo=UTC).timestamp())
END = int(datetime(2101, 1, 1, tzinfo=UTC).timestamp())


@pytest.mark.parametrize("tz", ZONES)
def test_the_spans_are_those_of_the_zone_file(tz: str) -> None:
    expected = [
        (max(begin // SECOND, BEGIN), min(end // SECOND, END), offset // SECOND)
        for begin, end, offset in zone_spells(tz)
        if end // SECOND > BEGIN and begin // SECOND < END
    ]
    assert [(span.utc_from, span.utc_to, span.offset) for span in zone_spans(tz)] == expected


@pytest.mark.parametrize("tz", ZONES)
def test_each_span_begins_where_the_one_before_it_ends(tz: str) -> None:
    spans = zone_spans(tz)
    assert (spans[0].utc_from, spans[-1].utc_to) == (BEGIN, END)
    for one, other in pairwise(spans):
        assert one.utc_to == other.utc_from
        assert one.offset != other.offset


@pytest.mark.parametrize("tz", ZONES)
def test_every_year_has_a_row_and_at_most_two_changes_in_order(tz: str) -> None:
    rows = zone_years(tz)
    assert [row.utc_year for row in rows] == list(range(1970, 2101))
    for row in rows:
        new_year = int(datetime(row.utc_year, 1, 1, tzinfo=UTC).timestamp())
        next_year = int(datetime(row.utc_year + 1, 1, 1, tzinfo=UTC).timestamp())
        assert new_year < row.change_1 <= row.change_2 <= next_year


def test_a_year_without_changes_repeats_its_offset() -> None:
    row = zone_years("America/Phoenix", 2026, 2026)[0]
    assert (row.offset_0, row.offset_1, row.offset_2) == (-25200, -25200, -25200)
    assert row.change_1 == row.change_2 == int(datetime(2027, 1, 1, tzinfo=UTC).timestamp())


def test_a_year_with_three_changes_does_not_fit_a_row() -> None:
    with pytest.raises(ValueError, match="America/Metlakatla changed its offset 3 times in 2019"):
        zone_years("America/Metlakatla")


def test_a_join_and_two_comparisons_give_the_local_date_in_sql_without_time_zones() -> None:
    chance = random.Random(1970)
    changes = [(tz, span.utc_from) for tz in ZONES for span in zone_spans(tz)[1:]]
    instants = [(tz, at + chance.randint(-90_000, 90_000)) for tz, at in chance.sample(changes, 3000)]
    instants += [(chance.choice(ZONES), chance.randrange(BEGIN, END)) for _ in range(3000)]
    base = sqlite3.connect(":memory:")
    base.execute("CREATE TABLE zone_year (zone, utc_year, offset_0, change_1, offset_1, change_2, offset_2)")
    base.execute("CREATE TABLE instant (zone, u)")
    for tz in ZONES:
        base.executemany("INSERT INTO zone_year VALUES (?, ?, ?, ?, ?, ?, ?)", zone_years(tz))
    base.executemany("INSERT INTO instant VALUES (?, ?)", instants)
    rows = base.execute(
        """
        SELECT i.zone, i.u, date(u + CASE WHEN u < change_1 THEN offset_0 WHEN u < change_2 THEN offset_1 ELSE
               offset_2 END, 'unixepoch')
        FROM instant i JOIN zone_year z
          ON z.zone = i.zone AND z.utc_year = CAST(strftime('%Y', i.u, 'unixepoch') AS INTEGER)
        """
    ).fetchall()
    assert len(rows) == len(instants)
    for tz, at, found in rows:
        assert found == datetime.fromtimestamp(at, ZoneInfo(tz)).date().isoformat()


def test_a_zone_that_does_not_exist_is_an_error_that_shows_a_right_name() -> None:
    with pytest.raises(ValueError, match="unknown time zone 'Central': expected an IANA name"):
        zone("Central")
