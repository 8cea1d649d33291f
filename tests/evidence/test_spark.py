"""Counts, law and what-if of a store on Spark are those of DuckDB."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest

from bailiwick.engine.places import load_places
from bailiwick.evidence.law import AsIf, Engine, beside, decisions, suppose, whatif
from bailiwick.evidence.load import load
from bailiwick.evidence.outcomes import outcomes
from bailiwick.evidence.store import Store
from tests.engine.made_up import law, lawbook, norm
from tests.evidence.made_up import detainer, write_csv
from tests.spark import spark

__all__ = ["spark"]
pytestmark = pytest.mark.usefixtures("spark")
SPARK = Engine("spark")


def test_counts_on_spark_are_those_of_duckdb(tmp_path: Path) -> None:
    """Two files of one release, blanks in every grouping, convictions, the law of place and day; one test: Spark is slow to warm
    up."""
    store = Store(tmp_path / "store")
    rows = [
        detainer(
            unique_identifier=i,
            detainer_lift_reason=reason,
            detainer_prepare_date=f"2025-0{1 + i % 4}-15",
            facility_state=state,
            most_serious_conviction_charge="ASSAULT" if i % 3 else "",
            msc_conviction_date="2021-06-01" if i % 3 == 1 else "2009-01-01",
        )
        for i, (reason, state) in enumerate(
            (r, s) for r in ("", "Died", "Case Closed", "?") for s in ("TEXAS", "OHIO", "")
        )
    ]
    for name, some in (("a", rows[:7]), ("b", rows[7:])):
        load(write_csv(tmp_path / f"{name}.csv", some), store, load_places(), release="one")
    recent = "any_charge(status = 'convicted' AND convicted_on > at - INTERVAL '5' YEAR)"
    book = lawbook(
        tmp_path / "law",
        law("us/tx", norms=[norm("honor", "require", when="request.kind = 'immigration_detainer'")]),
        law(
            "us/oh",
            norms=[
                norm("recent", "require", when=recent),
                norm("watch", "forbid", when="request.warrant = 'administrative' AND person.watchlist_match"),
            ],
        ),
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
    before, said = duckdb.sql(f"FROM '{kept}' ORDER BY ALL").fetchall(), beside(store, book, ("state",))
    kept.unlink()
    again = decisions(store, book, "one", SPARK)
    assert duckdb.sql(f"FROM '{again}' ORDER BY ALL").fetchall() == before
    assert beside(store, book, ("state",), engine=SPARK) == said
    supposed = suppose(["request.warrant=administrative", "charges=none"])
    as_if, limits = AsIf(place="us/tx", on=date(2026, 1, 1), supposed=supposed), {"from": "2025-02-01"}
    there = whatif(store, book, as_if, limits)
    assert whatif(store, book, as_if, limits, engine=SPARK) == there
    assert len(there.moved) > 1
    moved = AsIf(place="us/tx", on=date(2025, 2, 15))
    there = whatif(store, book, moved)
    assert whatif(store, book, moved, engine=SPARK) == there
    assert {one.changes for one in there.moved} == {"yes", "no", "unknown"}
