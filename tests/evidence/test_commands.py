"""Wrong arguments of the commands over a store: one line, what was expected, what was found, exit status 2."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable
from pathlib import Path
from unittest.mock import ANY

import duckdb
import pytest

from bailiwick.cli import run
from tests.evidence.made_up import DETAINERS, detainer, write_csv

Said = Callable[..., tuple[int, str, str]]


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Said:
    def call(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        code = run([str(one) for one in arguments])
        found = capsys.readouterr()
        return code, found.out, found.err

    return call


@pytest.fixture
def store(tmp_path: Path, said: Said) -> Path:
    """A store with the releases `one` and `two`."""
    for release, count in (("one", 3), ("two", 4)):
        path = write_csv(tmp_path / f"{release}.csv", [detainer(unique_identifier=i) for i in range(count)])
        assert said("evidence", "load", path, "--store", tmp_path / "store", "--release", release)[0] == 0
    return tmp_path / "store"


@pytest.mark.parametrize("command", ["outcomes", "law"])
def test_what_nothing_can_be_grouped_by_is_refused(command: str, said: Said) -> None:
    code, out, err = said("evidence", command, "--by", "stat")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("bailiwick: --by: expected state, county, facility,")
    assert err.endswith("found 'stat'\n")


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        ("state=tx", "--where state: expected the path of a state, such as us/tx; found 'tx'"),
        ("state=us/tx/travis-county", "such as us/tx; found 'us/tx/travis-county'"),
        ("county=9999", "--where county: expected a county's FIPS code, such as 06037; found '9999'"),
        ("county=06", "such as 06037; found '06'"),
        (
            "place=us/zz",
            "--where place: expected the path of a place, such as us/ny/new-york-city; found 'us/zz'",
        ),
        ("law=purple", "--where law: expected required, allowed, forbidden,"),
        ("kind=fax", "--where kind: expected immigration_detainer,"),
        ("form=I247A", "--where form: expected I-247, I-247A,"),
    ],
)
@pytest.mark.parametrize("command", [("outcomes",), ("law",), ("whatif", "--law", "us/ca")])
def test_a_limit_that_no_detainer_can_meet_is_no_zero(
    command: tuple[str, ...], limit: str, words: str, said: Said
) -> None:
    code, out, err = said("evidence", *command, "--where", limit)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert words in err


def test_limits_that_detainers_can_meet_are_counted(store: Path, said: Said) -> None:
    given = ("--store", store, "--release", "one", "--suppress", "1", "--format", "csv")
    limits = ("state=us/tx", "county=48453", "place=us", "place=us/tx/travis-county", "form=I-247A")
    for limit in (*limits, "kind=immigration_detainer"):
        code, out, _ = said("evidence", "outcomes", "--where", limit, *given)
        assert (code, out.splitlines()[1].split(",")[0]) == (0, "3"), limit


@pytest.mark.parametrize("number", ["²", "-1", "x", "", "9" * 5000])
@pytest.mark.parametrize(
    "command",
    [("outcomes", "--suppress"), ("facilities", "--most"), ("paths", "--store", "x", "--within")],
)
def test_what_is_no_number_is_refused(command: tuple[str, ...], number: str, said: Said) -> None:
    code, out, err = said("evidence", *command, number)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert f"bailiwick: {command[-1]}: expected " in err


@pytest.mark.parametrize("number", ["²", "٣"])
def test_a_supposed_number_is_one(number: str, said: Said) -> None:
    code, _, err = said("evidence", "whatif", "--law", "us/ca", "--suppose", f"person.age={number}")
    assert (code, err) == (
        2,
        f"bailiwick: --suppose: person.age: expected a whole number, found '{number}'\n",
    )


#: Commands over one release of a store.
OF_A_STORE = (
    ("outcomes",),
    ("law",),
    ("whatif", "--law", "us/ca"),
    ("quality",),
    ("facilities",),
    ("paths",),
    ("report", "--out", "site"),
)


@pytest.mark.parametrize("there", ["none", "file", "empty"])
@pytest.mark.parametrize(
    "command",
    [*OF_A_STORE, ("compare", "one", "two")],
)
def test_a_store_that_is_none_is_said_in_one_way(
    command: tuple[str, ...], there: str, tmp_path: Path, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("no store")
    (tmp_path / "empty").mkdir()
    assert said("evidence", *command, "--store", there) == (
        2,
        "",
        f"bailiwick: --store: expected a store, found none in {there}; make one: bailiwick evidence load FILE --store DIR\n",
    )
    assert not (tmp_path / "site").exists()


@pytest.mark.parametrize(
    "command",
    OF_A_STORE,
)
def test_a_release_that_the_store_lacks_is_said_in_one_way(
    command: tuple[str, ...], store: Path, said: Said
) -> None:
    assert said("evidence", *command, "--store", store, "--release", "three") == (
        2,
        "",
        "bailiwick: --release: expected one of one, two; found 'three'\n",
    )


def test_releases_to_compare_are_named_as_the_command_names_them(store: Path, said: Said) -> None:
    assert said("evidence", "compare", "one", "three", "--store", store)[::2] == (
        2,
        "bailiwick: RELEASE2: expected one of one, two; found 'three'\n",
    )
    assert said("evidence", "compare", "three", "two", "--store", store)[::2] == (
        2,
        "bailiwick: RELEASE1: expected one of one, two; found 'three'\n",
    )
    code, _, err = said("evidence", "compare", "one", "two", "--store", store, "--table", "arrests")
    assert (code, err) == (
        2,
        f"bailiwick: {store}: expected a store with arrests; found none (bailiwick evidence load FILE --store DIR)\n",
    )


def test_a_site_is_not_written_into_a_file_or_over_files(tmp_path: Path, said: Said) -> None:
    (tmp_path / "file").write_text("kept")
    assert said("evidence", "report", "--out", tmp_path / "file") == (
        2,
        "",
        f"bailiwick: --out: {tmp_path}/file: expected a directory, found a file; name another\n",
    )
    assert said("evidence", "report", "--out", tmp_path) == (
        2,
        "",
        f"bailiwick: --out: {tmp_path}: expected an empty directory, found files; name another\n",
    )
    assert (tmp_path / "file").read_text() == "kept"


# ------------------------------------------------------------------------------------------------------------------- loading


def test_a_file_of_which_nothing_was_taken_is_said_with_its_reasons(tmp_path: Path, said: Said) -> None:
    path = write_csv(tmp_path / "x.csv", [detainer(facility_city="DONA"), detainer(facility_city="DONA")])
    path.write_bytes(path.read_bytes().replace(b"DONA", b"DO\xd1A"))
    for _ in range(2):  # once loaded, and once already there
        code, _, err = said("evidence", "load", path, "--store", tmp_path / "store")
        assert code == 2
        assert err.splitlines()[-1] == (
            f"bailiwick: {path}: expected rows that count, found none; set aside: not UTF-8 (2)"
        )


def test_a_header_without_rows_is_said(tmp_path: Path, said: Said) -> None:
    path = write_csv(tmp_path / "x.csv", [])
    code, _, err = said("evidence", "load", path, "--store", tmp_path / "store")
    assert code == 2
    assert err.splitlines()[-1] == f"bailiwick: {path}: expected rows that count, found a header alone"


@pytest.mark.parametrize(
    "command", [("law",), ("whatif", "--law", "us/ca"), ("whatif", "--on", "2026-01-01")]
)
def test_of_a_release_without_rows_no_law_is_asked(
    command: tuple[str, ...], tmp_path: Path, said: Said
) -> None:
    said("evidence", "load", write_csv(tmp_path / "x.csv", []), "--store", tmp_path / "store")
    assert said("evidence", *command, "--store", tmp_path / "store") == (
        2,
        "",
        "bailiwick: release deportation-data: expected detainers, found none\n",
    )


def test_a_column_that_was_renamed_or_stands_twice_is_told(tmp_path: Path, said: Said) -> None:
    columns = ["detainer_lift_reason", *(name.replace("city", "town") for name in DETAINERS)]
    path = tmp_path / "x.csv"
    path.write_text(",".join(columns) + "\n" + ",".join(["Died", *detainer().values()]) + "\n", "utf-8")
    code, out, _ = said("evidence", "load", path, "--store", tmp_path / "store", "--format", "table")
    words = " ".join(out.split())
    assert code == 0
    assert "columns that the layout has and the file lacks: facility_city ('facility_town' is near)" in words
    assert "columns that stand twice, of which the first counts: detainer_lift_reason" in words


def test_a_mended_copy_of_a_file_in_the_same_release_is_told(tmp_path: Path, said: Said) -> None:
    rows = [detainer(unique_identifier=i) for i in range(4)]
    store = tmp_path / "store"
    for name, given, told in (
        ("x.csv", rows[:3], False),
        (
            "y.csv",
            [detainer(unique_identifier=i, detainer_prepare_date="2024-05-06") for i in range(4)],
            False,
        ),
        ("mended.csv", rows, True),
    ):
        path = write_csv(tmp_path / name, given)
        code, _, err = said("evidence", "load", path, "--store", store)
        words = "3 of its 4 rows were in this release already and count twice; to count them once, load"
        assert (code, words in err) == (0, told), name
    assert said("evidence", "load", path, "--store", store, "--release", "mended") == (0, ANY, ANY)
    assert "count twice" not in said("evidence", "load", path, "--store", store)[2]


def test_a_store_that_is_a_file_is_said(tmp_path: Path, said: Said) -> None:
    (tmp_path / "store").write_text("kept")
    path = write_csv(tmp_path / "x.csv", [detainer()])
    code, _, err = said("evidence", "load", path, "--store", tmp_path / "store")
    assert (code, err.splitlines()[-1]) == (
        2,
        f"bailiwick: --store: expected a directory, found a file: {tmp_path}/store",
    )


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        duckdb.IOException(
            'IO Error: {"message": "Could not write file raw-0.parquet: No space left on device"}'
        ),
        duckdb.OutOfMemoryException("Out of Memory Error: failed to allocate"),
    ],
)
def test_a_store_without_room_is_said_and_left_as_it_was(
    error: Exception, tmp_path: Path, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("bailiwick.evidence.load.count", fail)
    path = write_csv(tmp_path / "x.csv", [detainer()])
    code, out, err = said("evidence", "load", path, "--store", tmp_path / "store")
    assert (code, out) == (2, "")
    assert err.splitlines()[-1].startswith(
        f"bailiwick: --store: expected room for {path} while it is loaded, one and a half times its size; found "
    )
    assert list((tmp_path / "store").iterdir()) == []


def test_what_a_killed_load_left_is_cleared_by_a_later_one(tmp_path: Path, said: Said) -> None:
    old, running = tmp_path / "store" / ".loading-old", tmp_path / "store" / ".loading-running"
    for directory in (old, running):
        directory.mkdir(parents=True)
        (directory / "good.csv").write_text("half")
    then = time.time() - 2 * 24 * 3600
    for path in (old / "good.csv", old):
        os.utime(path, (then, then))
    # as one that another load just removed
    (tmp_path / "store" / ".loading-gone").symlink_to(tmp_path / "gone")
    path = write_csv(tmp_path / "x.csv", [detainer()])
    assert said("evidence", "load", path, "--store", tmp_path / "store")[0] == 0
    left = sorted(one.name for one in (tmp_path / "store").iterdir() if one.name.startswith(".loading-"))
    assert left == [".loading-gone", ".loading-running"]
