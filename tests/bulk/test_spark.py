"""The single path and the one statement on Spark say the same of every case."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bailiwick.engine.bulk import BadSource, BadTarget, BulkResult, run_bulk
from bailiwick.engine.bulk_spark import run_spark
from bailiwick.engine.decide import Decider
from bailiwick.engine.lawbook import Lawbook
from tests.bulk import later
from tests.bulk.random_law import BILL, PLACES, random_law
from tests.bulk.test_bad_rows import BAD_ROWS, SCHEMA, damage, mixed, outcomes, parquet, varied
from tests.engine.made_up import law, lawbook, norm
from tests.equality import differences, write
from tests.random_cases import RandomCases
from tests.spark import spark

__all__ = ["spark"]
pytestmark = pytest.mark.usefixtures("spark")
#: Few places, because Spark takes seconds to read through the law of all of them; the proof over 10,000 cases takes them all.
WHERE = ["us/ca/los-angeles-county", "us/tx/travis-county", "us/wy"]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Lawbook:
    """A lawbook that Spark reads through at once."""
    when = "request.kind = 'immigration_detainer' AND any_charge(status = 'convicted')"
    norms = [norm("one", "forbid", when=when, custodian=["county_jail"])]
    return lawbook(tmp_path_factory.mktemp("law"), law("us/ca", norms=norms))


def test_random_cases_come_out_as_one_by_one(book: Lawbook, single: Decider, tmp_path: Path) -> None:
    """Where and when they are, elsewhere on another day, and under law drawn at random; in one test, because Spark is slow to
    warm up and tests may be spread over processes."""
    cases = list(islice(RandomCases(book, seed=4, places=WHERE), 300))
    path, out, other = (tmp_path / f"{name}.parquet" for name in ("cases", "out", "other"))
    write(cases, path)
    assert run_bulk(path, out, book, engine="spark") == BulkResult(300, 300, [])
    assert differences(single, cases, out) == (0, [])
    # one file, with the rows in the order of the input and the columns of DuckDB's
    found = pq.read_table(out)
    assert found["id"].to_pylist() == [case.id for case in cases]
    run_bulk(path, other, book)
    assert found.column_names == pq.read_schema(other).names
    assert found.schema.field("at").type == pa.timestamp("us", "UTC")

    there, then = "us/tx/travis-county", date(2017, 8, 31)
    run_bulk(path, out, book, engine="spark", place=there, on=then, possible=("hold",))
    assert "hold_possible" in pq.read_schema(out).names
    moved = [case.moved(book.places.get(there), then) for case in cases]
    assert differences(single, moved, out) == (0, [])

    drawn = random_law(200, tmp_path / "law")
    cases = list(islice(RandomCases(drawn, 200, places=PLACES), 150))
    write(cases, path)
    run_bulk(path, out, drawn, engine="spark", proposals=(BILL,))
    assert differences(Decider(drawn), cases, out, proposals=(BILL,)) == (0, [])


def test_bad_rows_are_listed_as_duckdb_lists_them_and_the_rest_is_decided(
    small: Lawbook, tmp_path: Path
) -> None:
    path, out = tmp_path / "cases.parquet", tmp_path / "out.parquet"
    pq.write_table(pa.Table.from_pylist(list(mixed()), SCHEMA), path)
    result = run_spark(path, out, small)
    other = run_bulk(path, tmp_path / "duckdb.parquet", small)
    assert (result.cases, result.decided) == (other.cases, other.decided)
    assert [b.line for b in result.bad] == [b.line for b in other.bad]
    for bad, (name, (_, words)) in zip(result.bad, BAD_ROWS.items(), strict=True):
        for word in words:
            assert word in bad.message, name
    assert outcomes(out) == outcomes(tmp_path / "duckdb.parquet")
    assert set(outcomes(out).values()) == {"forbidden"}


def test_a_conviction_is_not_after_the_local_day_of_the_decision(small: Lawbook, tmp_path: Path) -> None:
    path, out = tmp_path / "cases.parquet", tmp_path / "out.parquet"
    pq.write_table(later.table(), path)
    result = run_spark(path, out, small)
    other = run_bulk(path, tmp_path / "duckdb.parquet", small)
    assert set(outcomes(out)) == later.expected()
    assert result.bad == other.bad


def test_a_directory_of_parts_takes_the_place_of_one_file_when_there_are_many_cases(
    small: Lawbook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bailiwick.engine.bulk_spark.ONE_FILE", 0)
    out = tmp_path / "out.parquet"
    out.write_text("from an earlier run")
    for _ in range(2):
        run_spark(parquet(tmp_path / "cases.parquet"), out, small)
        assert len(pq.read_table(out)) == 1
    assert out.is_dir()
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []


def test_a_directory_that_the_cases_are_in_is_not_replaced(small: Lawbook, tmp_path: Path) -> None:
    out = tmp_path / "out.parquet"
    out.mkdir()
    (out / "_SUCCESS").touch()
    path = parquet(out / "cases.parquet")
    with pytest.raises(BadTarget, match="the cases are in it"):
        run_bulk(path, out, small, engine="spark")
    assert path.exists()


@pytest.mark.parametrize("column", ["id", "charges.list.element.statute"])
def test_a_file_damaged_in_its_middle_is_refused_in_one_line(
    small: Lawbook, tmp_path: Path, column: str
) -> None:
    path = tmp_path / "cases.parquet"
    pq.write_table(varied(500), path)
    damage(path, column)
    with pytest.raises(BadSource) as raised:
        run_spark(path, tmp_path / "out.parquet", small)
    assert "\n" not in str(raised.value)
    assert [p.name for p in tmp_path.iterdir()] == ["cases.parquet"]


def test_a_directory_that_is_not_sparks_is_not_replaced(small: Lawbook, tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "one").touch()
    with pytest.raises(BadTarget, match="that Spark did not write"):
        run_spark(parquet(tmp_path / "cases.parquet"), tmp_path / "letters", small)


@pytest.mark.parametrize(
    ("column", "array", "words"),
    [
        ("persn", pa.array([1]), "unknown column 'persn'; nearest: person"),
        ("person", pa.array([{"agee": 3}]), "unknown fact 'person.agee'; nearest: person.age"),
        ("person", pa.array([{"age": "31"}]), "'person.age' is string; expected"),
        ("charges", pa.array([["PC 459"]]), "expected a list of structs"),
        ("at", pa.array([date(2026, 3, 2)]), "'at' is date"),
        ("place", None, "no column 'place'"),
    ],
)
def test_a_column_that_is_not_of_the_contract_is_refused(
    book: Lawbook, tmp_path: Path, column: str, array: Any, words: str
) -> None:
    path = parquet(tmp_path / "cases.parquet", **{column: array})
    with pytest.raises(BadSource) as raised:
        run_spark(path, tmp_path / "out.parquet", book)
    assert words in str(raised.value)


def test_a_file_that_is_no_parquet_file_is_refused_in_one_line(book: Lawbook, tmp_path: Path) -> None:
    path = tmp_path / "cases.parquet"
    for content in (b"", b"PAR1 and no more"):
        path.write_bytes(content)
        with pytest.raises(BadSource, match="not a readable Parquet file") as raised:
            run_spark(path, tmp_path / "out.parquet", book)
        assert "\n" not in str(raised.value)


def test_another_master_than_the_running_one_is_refused(book: Lawbook, tmp_path: Path) -> None:
    with pytest.raises(BadSource, match=r"already runs on local\[2\]"):
        run_spark(parquet(tmp_path / "c.parquet"), tmp_path / "o.parquet", book, master="spark://127.0.0.1:1")


def test_without_pyspark_or_java_one_line_says_what_to_install(tmp_path: Path) -> None:
    """In a process of its own, where the one or the other is hidden."""
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from bailiwick.engine.bulk import BadSource\n"
        "from bailiwick.engine.bulk_spark import session\n"
        "if sys.argv[1] == 'pyspark': sys.modules['pyspark'] = None\n"
        "try:\n"
        "    with session(None): pass\n"
        "except BadSource as error:\n"
        "    print(error)\n"
    )
    environment = {k: v for k, v in os.environ.items() if k != "JAVA_HOME"} | {"PATH": str(tmp_path)}
    for hidden, words in {
        "pyspark": "Spark is not installed; pip install bailiwick[spark]",
        "java": "Spark needs Java",
    }.items():
        ran = subprocess.run(
            [sys.executable, "-c", program, hidden],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        assert ran.stdout.startswith(words)
        assert ran.stdout.count("\n") == 1
