"""Arrests at large: every arrest of the release is in a row that is shown, and no small count follows from them."""

from __future__ import annotations

import csv
import html
import io
import runpy
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import pytest
from django.test import Client

from bailiwick.engine.lawbook import default_lawbook
from bailiwick.evidence.claims.figures import at_large
from bailiwick.evidence.shipped import NO_AREA, arrests
from bailiwick.evidence.suppress import suppress

ROOT = Path(__file__).parents[2]
#: Rows of the release by fiscal year, and of them those located or arrested without custody.
PUBLISHED = {
    2016: (110_104, 25_714),
    2017: (143_470, 35_484),
    2018: (158_581, 36_988),
    2019: (131_904, 30_489),
}
ALL = 544_059


def tool() -> dict[str, Any]:
    """`tools/make_arrests.py`."""
    return runpy.run_path(str(ROOT / "tools" / "make_arrests.py"))


def test_every_arrest_of_the_release_is_in_a_row() -> None:
    sums: dict[int, Counter[str]] = {}
    for one in arrests():
        sums.setdefault(one.year, Counter()).update(arrests=one.arrests, at_large=one.at_large)
    assert {year: (n["arrests"], n["at_large"]) for year, n in sums.items()} == PUBLISHED
    assert sum(one.arrests for one in arrests()) == ALL


def test_the_share_of_a_year_is_over_the_whole_year() -> None:
    """Buffalo, counted apart from the release. It has no month with a small count in fiscal year 2016."""
    found = {one.year: (one.arrests, one.at_large) for one in arrests() if one.area == "Buffalo"}
    assert found[2016] == (1_173, 218)
    assert found[2017] == (1_494, 414)


def test_no_count_of_the_file_is_small_nor_would_have_to_be_hidden() -> None:
    """All cells of the table are shown, so no other of it can be worked out; `suppress` would hide none."""
    rows = [(one.at_large, one.arrests - one.at_large) for one in arrests()]
    assert min(n for row in rows for n in row) >= 10
    assert all(None not in row for row in suppress(rows))


def test_the_page_shows_the_totals_and_says_where_each_arrest_is(client: Client) -> None:
    page = html.unescape(client.get("/evidence/arrests-at-large").content.decode())
    assert "All 544,059 arrests of the release are in these rows." in page
    assert NO_AREA in page
    rows = list(csv.DictReader(io.StringIO(client.get("/evidence/arrests-at-large.csv").content.decode())))
    totals = {
        int(row["fiscal year"]): (int(row["arrests"]), int(row["at large"]))
        for row in rows
        if row["area"] == "(all)"
    }
    assert totals == PUBLISHED
    assert sum(int(row["arrests"]) for row in rows if row["area"] != "(all)") == ALL
    assert all(row["share"] for row in rows)


def test_a_claim_counts_all_arrests_and_says_which_have_no_area() -> None:
    book = default_lawbook()
    nation, buffalo = at_large(book), at_large(book, "Buffalo")
    assert nation.numbers == {str(year): (part, whole) for year, (whole, part) in PUBLISHED.items()}
    assert buffalo.numbers["2016"] == (218, 1_173)
    without = sum(one.arrests for one in arrests() if one.area == NO_AREA)
    assert f"Of these arrests {without:,} are by headquarters or without an area" in nation.doubt
    assert f"{without:,} arrests by headquarters or without an area are in no area" in buffalo.doubt


def test_arrests_without_an_area_are_no_place_to_compare(client: Client) -> None:
    page = html.unescape(client.get("/evidence/compare").content.decode())
    assert "Buffalo" in page
    assert NO_AREA not in page


def made_up(path: Path, rows: list[tuple[str | None, str, str, int]]) -> Path:
    """A release of (area, day, method, how many times)."""
    values = [row[:3] for row in rows for _ in range(row[3])]
    with duckdb.connect() as connection:
        connection.execute(
            'CREATE TABLE a ("Area of Responsibility" TEXT, "Apprehension Date" DATE, "Apprehension Method" TEXT)'
        )
        connection.executemany("INSERT INTO a VALUES (?, ?, ?)", values)
        connection.execute(f"COPY a TO '{path}' (FORMAT parquet)")
    return path


FULL = [
    ("Elsewhere Area of Responsibility", "2018-09-30", "Located", 11),
    ("Elsewhere Area of Responsibility", "2018-09-30", "CAP Local Incarceration", 12),
    ("Elsewhere Area of Responsibility", "2018-10-01", "Non-Custodial Arrest", 13),
    ("HQ Area of Responsibility", "2018-11-05", "Located", 2),
    (None, "2019-09-01", "Located", 10),
    (None, "2019-09-01", "Patrol Interior", 14),
]


def test_the_tool_counts_every_row_and_puts_headquarters_with_what_has_no_area(tmp_path: Path) -> None:
    rows = tool()["counted"](made_up(tmp_path / "a.parquet", FULL))
    assert rows == [
        (NO_AREA, 2019, 26, 12),
        ("Elsewhere", 2018, 23, 11),
        ("Elsewhere", 2019, 13, 13),
    ]


def test_the_tool_writes_no_file_that_tells_a_small_count(tmp_path: Path) -> None:
    source = made_up(
        tmp_path / "a.parquet", [*FULL, ("Small Area of Responsibility", "2018-11-05", "Located", 3)]
    )
    with pytest.raises(SystemExit, match="found a small one"):
        tool()["main"](source, tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()
