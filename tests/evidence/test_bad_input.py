"""Files that are broken in ways that hide rows: what is broken is set aside and named, every other row is taken."""

from __future__ import annotations

import random
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from bailiwick.engine.places import load_places
from bailiwick.evidence import lines, pieces
from bailiwick.evidence.lines import measure, mend
from bailiwick.evidence.load import load
from bailiwick.evidence.quality import Quality
from bailiwick.evidence.sources import nearly
from bailiwick.evidence.store import Store
from tests.evidence.made_up import DETAINERS, detainer, write_csv

PLACES = load_places()
WIDTH = len(DETAINERS)
OPEN = "a quote that is never closed"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


def put(path: Path, store: Store) -> Quality:
    (quality,) = load(path, store, PLACES).new
    assert quality.taken + sum(quality.set_aside.values()) == quality.read
    return quality


def people(store: Store) -> set[str]:
    with store.connection() as connection:
        return {person for (person,) in connection.execute("SELECT person FROM detainers").fetchall()}


def city(store: Store, person: str) -> Any:
    with store.connection() as connection:
        return connection.execute("SELECT city FROM detainers WHERE person = ?", [person]).fetchone()


def written(path: Path, count: int = 6) -> list[bytes]:
    """The lines of a good file of so many rows, the header first, without their ends."""
    write_csv(path, [detainer(unique_identifier=f"p{i}") for i in range(1, count + 1)])
    return path.read_bytes().split(b"\r\n")[:-1]


def test_lines_that_end_as_on_an_old_macintosh_are_lines(tmp_path: Path, store: Store) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b"\r".join(written(path)) + b"\r")
    quality = put(path, store)
    assert (quality.read, quality.taken) == (6, 6)


@pytest.mark.parametrize(
    ("content", "count"),
    [(b"", 0), (b"a", 1), (b"a\n", 1), (b"a\rb", 2), (b"a\r\nb\r\n", 2), (b"\r\n\r\r\n\n\r", 5)],
)
@pytest.mark.parametrize("chunk", [1, 2, 1 << 20])
def test_lines_are_counted_whatever_they_end_with(
    content: bytes, count: int, chunk: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "CHUNK", chunk)
    (tmp_path / "x").write_bytes(content)
    assert measure(tmp_path / "x").lines == count


def test_line_ends_of_three_kinds_in_one_file_are_read(tmp_path: Path, store: Store) -> None:
    path = tmp_path / "x.csv"
    one, *rest = written(path)
    path.write_bytes(one + b"\n" + b"".join(map(bytes.__add__, rest, [b"\r", b"\n", b"\r\n"] * 2)))
    assert put(path, store).taken == 6
    assert people(store) == {f"p{i}" for i in range(1, 7)}


def test_a_stray_carriage_return_divides_its_own_line_and_no_other(tmp_path: Path, store: Store) -> None:
    path = tmp_path / "x.csv"
    found = written(path)
    found[3] = found[3].replace(b"AUSTIN", b"AUS\rTIN")  # the eighth cell of sixteen
    path.write_bytes(b"\n".join(found) + b"\n")
    quality = put(path, store)
    assert people(store) == {"p1", "p2", "p4", "p5", "p6"}
    assert (quality.read, quality.lines) == (
        7,
        [
            {"line": 4, "why": "expected 16 columns, found 8"},
            {"line": 5, "why": "expected 16 columns, found 9"},
        ],
    )


def test_a_carriage_return_within_quotes_stays_in_its_cell(tmp_path: Path, store: Store) -> None:
    path = tmp_path / "x.csv"
    found = written(path)
    found[3] = found[3].replace(b"AUSTIN", b'"AUS\rTIN"')
    found[5] += b",one,too,many"
    path.write_bytes(b"\n".join(found) + b"\n")
    quality = put(path, store)
    assert (quality.read, quality.taken) == (6, 5)
    # a carriage return within quotes is a line of its own to whoever counts lines
    assert quality.lines == [{"line": 7, "why": "expected 16 columns, found 19"}]
    assert city(store, "p3") == ("AUS\rTIN",)


@pytest.mark.parametrize("apart", [1, 4])
def test_two_stray_quotes_do_not_make_one_cell_of_the_rows_between(
    apart: int, tmp_path: Path, store: Store
) -> None:
    """To the letter of CSV it is one row with line breaks in a cell; but what the cell takes in are rows of their own."""
    path = tmp_path / "x.csv"
    found = written(path)
    found[2] = found[2].replace(b"TRAVIS COUNTY JAIL", b'"TRAVIS COUNTY JAIL')
    found[2 + apart] = found[2 + apart].replace(b"TRAVIS COUNTY JAIL", b'TRAVIS COUNTY JAIL"')
    path.write_bytes(b"\n".join(found) + b"\n")
    quality = put(path, store)
    assert (quality.read, quality.lines) == (6, [{"line": 3, "why": OPEN}])
    assert people(store) == {"p1", "p3", "p4", "p5", "p6"}


@pytest.mark.parametrize("column", ["detainer_prepare_date", "facility_city", "unique_identifier"])
def test_a_cell_of_several_lines_is_one_cell_in_whatever_column(column: str, tmp_path: Path) -> None:
    path, out = tmp_path / "x.csv", tmp_path / "y.csv"
    cell = "one, two\nthree, four\nfive"
    write_csv(path, [detainer(**{column: cell}), detainer()])
    assert mend(path, out, 1, WIDTH) == (2, [])


def test_empty_cells_past_the_last_column_are_no_cells_on_a_mended_line_either(
    tmp_path: Path, store: Store
) -> None:
    path = tmp_path / "x.csv"
    found = written(path)
    found[1:] = [line + b",," for line in found[1:]]
    found[4] = found[4].replace(b"AUSTIN", b'"AUSTIN, TX"')
    whole = path.with_name("whole.csv")
    whole.write_bytes(b"\n".join(found) + b"\n")
    assert put(whole, Store(tmp_path / "whole")).taken == 6
    found[2] = found[2].replace(b"AUSTIN", b'"AUSTIN')
    path.write_bytes(b"\n".join(found) + b"\n")
    quality = put(path, store)
    assert (quality.read, quality.lines) == (6, [{"line": 3, "why": OPEN}])
    assert people(store) == {"p1", "p3", "p4", "p5", "p6"}


def test_a_quote_that_is_closed_within_its_cell_is_said(tmp_path: Path, store: Store) -> None:
    path = tmp_path / "x.csv"
    found = written(path)
    found[2] = found[2].replace(b"TRAVIS COUNTY JAIL", b'"TRAVIS" COUNTY JAIL')
    path.write_bytes(b"\n".join(found) + b"\n")
    assert put(path, store).lines == [
        {"line": 3, "why": "quotes that do not fit: expected a comma after a closing quote"}
    ]
    assert people(store) == {"p1", "p3", "p4", "p5", "p6"}


def test_a_header_of_two_lines_is_no_row(tmp_path: Path, store: Store) -> None:
    path = tmp_path / "x.csv"
    found = written(path)
    found[0] = found[0].replace(b"facility_city", b'"facility\ncity"')
    path.write_bytes(b"\n".join(found) + b"\n")
    quality = put(path, store)
    assert (quality.read, quality.taken, quality.set_aside) == (6, 6, {})
    found[2] += b",one too many"
    path.write_bytes(b"\n".join(found) + b"\n")
    assert put(path, Store(tmp_path / "broken")).lines == [
        {"line": 4, "why": "expected 16 columns, found 17"}
    ]


def test_of_very_many_broken_lines_the_first_keep_their_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "TEXTS", 2)
    path = tmp_path / "x.csv"
    path.write_bytes(b"a,b\n1\n2\n3,3\n4\n")
    rows, broken = mend(path, tmp_path / "y.csv", 1, 2)
    assert (rows, [(one.line, one.text) for one in broken]) == (1, [(2, "1"), (3, "2"), (5, "")])


def test_a_large_file_without_a_line_break_is_not_read_into_memory_to_be_cut(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    with path.open("wb") as file:
        for _ in range(70):
            file.write(b"x" * (1 << 20))
    tracemalloc.start()
    found = pieces.cut(path, 2)
    (_, peak) = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found == [(0, 70 << 20)]
    assert peak < 8 << 20


FAULTS = (
    lambda line: line.replace(b"TRAVIS", b'"TRAVIS'),
    lambda line: line.replace(b"JAIL", b'JAIL"'),
    lambda line: line.replace(b"AUSTIN", b'"AUS"TIN"'),
    lambda line: line.replace(b"AUSTIN", b"AUS\rTIN"),
    lambda line: line.replace(b"AUSTIN", b"AUS\nTIN"),
    lambda line: line.replace(b"AUSTIN", b"AU\xff"),
    lambda line: line + b',"',
    lambda line: line + b",more",
    lambda line: line[: len(line) // 2],
    lambda line: b'"' + line,
    lambda line: b"",
    lambda line: b'"""',
    lambda line: b"\0" * 30,
)


@pytest.mark.parametrize("seed", range(12))
def test_whatever_is_broken_every_line_that_is_not_is_taken(seed: int, tmp_path: Path) -> None:
    """Faults at random, several near each other, each line with an end at random; some good lines have quoted cells."""
    drawn, path = random.Random(seed), tmp_path / "x.csv"
    found = written(path, 300)
    for number in drawn.sample(range(1, 301), 100):
        found[number] = found[number].replace(b"AUSTIN", drawn.choice([b'"AUSTIN, TX"', b'"THE ""X"" OF"']))
    ends = drawn.choice([[b"\n"], [b"\r\n"], [b"\r"], [b"\n", b"\r\n"]])
    faults = (
        FAULTS[:-1] if ends == [b"\r"] else FAULTS
    )  # zeros in what seems its first line: a file that is no text
    broken = {drawn.randrange(1, 301) for _ in range(15)}
    for number in broken:
        found[number] = drawn.choice(faults)(found[number])
    path.write_bytes(b"".join(line + drawn.choice(ends) for line in found))
    store = Store(tmp_path / "store")
    put(path, store)
    assert {f"p{i}" for i in range(1, 301) if i not in broken} <= people(store)


def test_what_is_near_a_missing_column_is_no_column_that_means_something_else() -> None:
    columns = [name for name in DETAINERS if name != "detainer_prepare_date"]
    assert nearly(columns).endswith(", but it lacks detainer_prepare_date")
    assert nearly([*columns, "detainer_prepared_date"]).endswith(
        ", but it lacks detainer_prepare_date ('detainer_prepared_date' is near)"
    )


def test_a_file_of_known_rows_with_broken_lines_beside_them_still_names_those(
    tmp_path: Path, store: Store
) -> None:
    good = tmp_path / "good.csv"
    all_lines = written(good)
    put(good, store)
    again = tmp_path / "again.csv"
    again.write_bytes(b"\r\n".join([*all_lines, b"one,two", b"three"]) + b"\r\n")
    done = load(again, store, PLACES)
    assert done.new == []
    (known,) = done.known
    assert (known["file"], known["read"]) == ("good.csv", 6)
    assert known["now"]["read"] == 8
    assert sum(known["now"]["set_aside"].values()) == 2
    assert [one["line"] for one in known["now"]["lines"]] == [8, 9]


def test_a_file_without_a_row_that_counts_is_not_taken_for_another_such_file(
    tmp_path: Path, store: Store
) -> None:
    one, other = tmp_path / "one.csv", tmp_path / "other.csv"
    header, *_ = written(one)
    one.write_bytes(header + b"\r\n")
    other.write_bytes(header + b"\r\n" + b"broken\r\n")
    assert put(one, store).taken == 0
    quality = put(other, store)
    assert (quality.read, quality.taken, [line["line"] for line in quality.lines]) == (1, 0, [2])


def test_what_a_later_line_holds_does_not_make_an_old_macintosh_file_no_text(
    tmp_path: Path, store: Store
) -> None:
    path = tmp_path / "x.csv"
    all_lines = written(path)
    path.write_bytes(b"\r".join([*all_lines[:-1], b"a\0b"]) + b"\r")
    quality = put(path, store)
    assert (quality.read, quality.taken) == (6, 5)
