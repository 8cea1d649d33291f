"""The real releases: rows, months and lift reasons equal the published counts. Skipped where the data is not there."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import duckdb
import pytest

from bailiwick.engine.places import load_places
from bailiwick.evidence.load import load
from bailiwick.evidence.quality import Quality
from bailiwick.evidence.shipped import arrests
from bailiwick.evidence.store import Store

DATA = Path(__file__).parents[3] / "shared" / "data"
pytestmark = pytest.mark.skipif(
    not DATA.is_dir(), reason="the releases are not beside the project (../shared/data)"
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return Store(tmp_path_factory.mktemp("real") / "store")


@pytest.fixture(scope="module")
def loaded(store: Store) -> dict[str, Quality]:
    """Every release there is, by file."""
    files = [
        DATA / "ice-detainers-fy2015ytd" / "FOIA_15-87693_FY15YTD_original.xlsx",
        DATA / "ddp-mn-2022-2026" / "st_cloud_denied.csv",
        DATA / "ice-arrests-fy16-19" / "arrests_fy16_19.parquet",
    ]
    return {path.name: load(path, store, load_places()).new[0] for path in files}


def rows(store: Store, sql: str, release: str) -> list[tuple[Any, ...]]:
    with store.connection(release) as connection:
        return connection.execute(sql).fetchall()


def test_the_workbook_of_2015_gives_the_published_months_and_lift_reasons(
    store: Store, loaded: dict[str, Quality]
) -> None:
    quality = loaded["FOIA_15-87693_FY15YTD_original.xlsx"]
    assert (quality.read, quality.taken, quality.set_aside, quality.unknown) == (79_053, 79_053, {}, {})
    folder = DATA / "ice-detainers-agg-2007-2015"
    published = f"read_csv('{folder}/detainers_by_year_and_month.csv')"
    months = duckdb.sql(
        f"SELECT year_month, count FROM {published} WHERE year_month >= '2014-10' ORDER BY 1"
    ).fetchall()
    sql = "SELECT strftime(day, '%Y-%m') AS m, count(*) FROM detainers GROUP BY m ORDER BY m"
    assert rows(store, sql, "foia-15-87693") == months
    reasons = duckdb.sql(
        f"SELECT lift_reason, count FROM read_csv('{folder}/detainers_by_lift_reason_and_year.csv') WHERE year = 2015 ORDER BY 1"
    ).fetchall()
    sql = "SELECT lift_reason, count(*) FROM detainers WHERE year(day) = 2015 AND lift_reason IS NOT NULL GROUP BY 1 ORDER BY 1"
    assert rows(store, sql, "foia-15-87693") == reasons


def test_the_csv_of_the_same_rows_changes_nothing(store: Store, loaded: dict[str, Quality]) -> None:
    done = load(DATA / "ice-detainers-fy2015ytd" / "detainers_fy2015ytd.csv", store, load_places())
    assert (done.new, len(done.known)) == ([], 1)


def test_the_shipped_store_is_the_workbook(loaded: dict[str, Quality]) -> None:
    (shipped,) = Store.shipped().quality()
    quality = loaded["FOIA_15-87693_FY15YTD_original.xlsx"]
    assert (shipped["sha256"], shipped["fingerprint"]) == (quality.sha256, quality.fingerprint)


def test_rows_of_2026_are_read_with_every_column(store: Store, loaded: dict[str, Quality]) -> None:
    quality = loaded["st_cloud_denied.csv"]
    assert (quality.read, quality.taken, quality.release) == (22, 22, "2026-icli-00005")
    assert (quality.absent, quality.unknown, quality.unreadable_dates) == ([], {}, {})
    sql = "SELECT DISTINCT outcome, form, state, year(day) >= 2022 FROM detainers"
    assert rows(store, sql, "2026-icli-00005") == [("declined", "I-247A", "us/mn", True)]


def test_arrests_of_2015_to_2019_give_the_published_years(store: Store, loaded: dict[str, Quality]) -> None:
    quality = loaded["arrests_fy16_19.parquet"]
    assert (quality.read, quality.taken, quality.unknown) == (544_059, 544_059, {})
    sql = "SELECT year(day + INTERVAL 3 MONTH) AS y, count(*) FROM arrests GROUP BY y ORDER BY y"
    found = dict(rows(store, sql, "foia-2019-icfo-53623"))
    assert (found[2016], found[2017], found[2018]) == (110_104, 143_470, 158_581)


def test_the_arrests_that_are_shipped_are_what_the_tool_makes_of_the_release() -> None:
    tool = runpy.run_path(str(Path(__file__).parents[2] / "tools" / "make_arrests.py"))
    assert [tuple(one) for one in arrests()] == tool["counted"](
        DATA / "ice-arrests-fy16-19" / "arrests_fy16_19.parquet"
    )
