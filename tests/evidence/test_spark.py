"""The counts of a store on Spark are those of DuckDB."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bailiwick.engine.places import load_places
from bailiwick.evidence.law import Engine, decisions
from bailiwick.evidence.load import load
from bailiwick.evidence.outcomes import outcomes
from bailiwick.evidence.store import Store
from tests.bulk.servers import java
from tests.engine.made_up import law, lawbook, norm
from tests.evidence.made_up import detainer, write_csv


@pytest.fixture(scope="module", autouse=True)
def spark() -> Iterator[None]:
    """One session on two cores for all of these tests."""
    if not java():
        pytest.skip("Spark needs Java, and there is none here")
    pytest.importorskip("pyspark", reason="Spark is an optional extra: pip install bailiwick[spark]")
    from pyspark.sql import SparkSession

    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    options: dict[str, Any] = {
        "spark.ui.enabled": "false",
        "spark.log.level": "ERROR",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.shuffle.partitions": "2",
    }
    session = SparkSession.builder.master("local[2]").config(map=options).getOrCreate()
    yield
    session.stop()


def test_counts_on_spark_are_those_of_duckdb(tmp_path: Path) -> None:
    """Two files of one release, blanks in every grouping, the law of place and day; one test: Spark is slow to warm up."""
    store = Store(tmp_path / "store")
    rows = [
        detainer(
            unique_identifier=i,
            detainer_lift_reason=reason,
            detainer_prepare_date=f"2025-0{1 + i % 4}-15",
            facility_state=state,
        )
        for i, (reason, state) in enumerate(
            (r, s) for r in ("", "Died", "Case Closed", "?") for s in ("TEXAS", "OHIO", "")
        )
    ]
    for name, some in (("a", rows[:7]), ("b", rows[7:])):
        load(write_csv(tmp_path / f"{name}.csv", some), store, load_places(), release="one")
    book = lawbook(
        tmp_path / "law",
        law("us/tx", norms=[norm("honor", "require", when="request.kind = 'immigration_detainer'")]),
    )
    asked: list[tuple[tuple[str, ...], dict[str, str]]] = [
        ((), {}),
        (("state", "month"), {}),
        (("county", "year", "form"), {"from": "2025-02-01", "place": "us/tx"}),
        (("law",), {"month": "2025-02"}),
    ]
    for by, where in asked:
        here = outcomes(store, by, where, law=book)
        assert outcomes(store, by, where, law=book, engine="spark") == here
        assert here
    kept = decisions(store, book, "one")
    import duckdb

    before = duckdb.sql(f"FROM '{kept}' ORDER BY ALL").fetchall()
    kept.unlink()
    again = decisions(store, book, "one", Engine("spark"))
    assert duckdb.sql(f"FROM '{again}' ORDER BY ALL").fetchall() == before
