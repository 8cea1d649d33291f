"""Each benchmark runs on tiny input; its figures mean nothing here, what it compares must hold."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

ROOT = Path(__file__).parents[2]
BENCHMARKS = ROOT / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))

import synthetic  # noqa: E402
from report import write_section  # noqa: E402

PEERS = all(importlib.util.find_spec(name) for name in ("openfisca_core", "zen"))


def run(script: str, *arguments: object, **environment: str) -> str:
    """Run a benchmark in a process of its own; what it printed."""
    command = [sys.executable, BENCHMARKS / script, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **environment})
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_section_of_a_page_is_replaced_and_the_others_stay(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Title\n\nWords.\n", encoding="utf-8")
    write_section(page, "One", "1")
    write_section(page, "Two", "2")
    write_section(page, "One", "first\n")
    assert page.read_text(encoding="utf-8") == "# Title\n\nWords.\n\n## One\n\nfirst\n\n## Two\n\n2\n"


def test_synthetic_cases_follow_the_contract_and_their_seed(tmp_path: Path) -> None:
    first, again, other = (tmp_path / f"{name}.parquet" for name in ("first", "again", "other"))
    assert synthetic.write(first, 1000, seed=5) == 3000
    synthetic.write(again, 1000, seed=5)
    synthetic.write(other, 1000, seed=6)
    assert pq.read_table(first).equals(pq.read_table(again))
    assert not pq.read_table(first).equals(pq.read_table(other))
    sizes = [len(c) for c in pq.read_table(first)["charges"].to_pylist() if c is not None]
    assert max(sizes) == 8


def test_one_decision_is_timed() -> None:
    out = run("single.py", "--calls", 20)
    assert "three charges, all known" in out
    assert "zen-engine, one compiled expression" in out
    assert not PEERS or "not installed" not in out


def test_the_law_written_by_hand_says_what_bailiwick_says() -> None:
    out = run("bulk.py", "--cases", 20_000, "--repeat", 1, "--no-many-places")
    assert "in 24 columns (outcome, deciding norm and missing facts of 8 actions)" in out
    for place in ("us/ca/los-angeles-county", "us/ny/new-york-city"):
        (line,) = (found for found in out.splitlines() if f"({place})" in found)
        assert line.endswith("| 20,000 rows: no difference |")


def test_growth_is_measured_in_processes_of_their_own(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    out = run("growth.py", "--sizes", "200,2000", "--repeat", 1, "--page", page, "--date", "2026-11-21")
    assert "peak memory" in out
    assert "Exponent" in out
    assert "*Measured: 2026-11-21, " in page.read_text(encoding="utf-8")


def test_cold_start_is_timed() -> None:
    assert "load the whole lawbook" in run("cold.py", "--repeat", 1)


def test_travis_county_is_skipped_with_a_word_where_its_data_is_absent(tmp_path: Path) -> None:
    assert run("real/travis.py", BAILIWICK_DATA=str(tmp_path)).startswith("skipped: ")


@pytest.mark.skipif(
    not (ROOT.parent / "shared" / "data" / "travis-tx-detainers").exists(),
    reason="no ../shared/data/travis-tx-detainers",
)
def test_travis_county_matches_its_own_summary_and_shows_counts_only() -> None:
    out = run("real/travis.py")
    assert "9,533 bookings, 24,750 rows of charges." in out
    assert "1,752, month by month as in the summary" in out
    assert "New York City today" in out
    assert "| 9,533 |" in out
