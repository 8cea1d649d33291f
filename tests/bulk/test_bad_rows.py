"""What cannot be decided is listed with its row and its reason; the rest is decided."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bailiwick.engine.bulk import BadSource, BulkResult, run_bulk
from bailiwick.engine.case import read_case
from bailiwick.engine.decide import decide
from bailiwick.engine.lawbook import Lawbook
from tests.bulk import later

AT = "2026-03-02T10:15:00-08:00"
GOOD: dict[str, Any] = {
    "place": "us/ca/fresno-county",
    "at": AT,
    "custodian": "county_jail",
    "request": {"kind": "immigration_detainer"},
    "charges": [{"status": "convicted", "statute": "PC 459"}],
}
#: What is wrong with a row of text columns -> words its message must have.
BAD_ROWS: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "an unknown place": ({"place": "us/ca/frisno-county"}, ("place", "us/ca/fresno-county")),
    "no place": ({"place": None}, ("place",)),
    "a time without offset": ({"at": "2026-03-02T10:15:00"}, ("at", "offset", "2026-03-02T10:15:00")),
    "no time": ({"at": None}, ("at", "nothing")),
    "no time but words": ({"at": "yesterday"}, ("at", "yesterday")),
    "a year far off": (
        {"at": "2926-03-02T10:15:00-08:00"},
        ("at: expected a year between 1970 and 2099, found 2926",),
    ),
    "a year long gone": (
        {"at": "1600-03-02T10:15:00-08:00"},
        ("at: expected a year between 1970 and 2099, found 1600",),
    ),
    "a charge that is null": (
        {"charges": [GOOD["charges"][0], None]},
        ("charges[1]: expected an object, found null",),
    ),
    "an impossible day": ({"at": "2026-02-30T10:15:00-08:00"}, ("at", "2026-02-30")),
    "an unknown word": ({"request": {"kind": "detainer"}}, ("request.kind", "detainer")),
    "an unknown word of a charge": ({"charges": [{"status": "guilty", "statute": None}]}, ("charges",)),
}
SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("place", pa.string()),
        ("at", pa.string()),
        ("custodian", pa.string()),
        ("request", pa.struct([("kind", pa.string())])),
        ("charges", pa.list_(pa.struct([("status", pa.string()), ("statute", pa.string())]))),
    ]
)


def mixed() -> Iterator[dict[str, Any]]:
    """Good and bad rows in turn; the first and last are good."""
    for name, (wrong, _) in BAD_ROWS.items():
        yield GOOD | {"id": f"before {name}"}
        yield GOOD | wrong | {"id": name}
    yield GOOD | {"id": "last"}


def outcomes(out: Path) -> dict[str, str]:
    return {row["id"]: row["hold"] for row in pq.read_table(out).to_pylist()}


def parquet(path: Path, **columns: Any) -> Path:
    """A Parquet file of one row; a column given replaces the good one, None leaves it out."""
    arrays = {
        "place": pa.array([GOOD["place"]]),
        "at": pa.array([datetime(2026, 3, 2, tzinfo=UTC)]),
    } | columns
    pq.write_table(pa.table({k: v for k, v in arrays.items() if v is not None}), path)
    return path


def test_bad_rows_of_a_parquet_file_are_listed_and_the_rest_is_decided(book: Lawbook, tmp_path: Path) -> None:
    path, out = tmp_path / "cases.parquet", tmp_path / "out.parquet"
    pq.write_table(pa.Table.from_pylist(list(mixed()), SCHEMA), path)
    result = run_bulk(path, out, book)
    assert (result.cases, result.decided) == (2 * len(BAD_ROWS) + 1, len(BAD_ROWS) + 1)
    assert [bad.line for bad in result.bad] == [2 * i + 2 for i in range(len(BAD_ROWS))]
    for bad, (name, (_, words)) in zip(result.bad, BAD_ROWS.items(), strict=True):
        assert "\n" not in bad.message, name
        for word in words:
            assert word in bad.message, name
    assert outcomes(out) == dict.fromkeys([*(f"before {name}" for name in BAD_ROWS), "last"], "forbidden")


@pytest.mark.parametrize("rows_in_a_group", [45_000, 7_000])
@pytest.mark.parametrize(
    "written",
    [
        {},
        {"dictionary_pagesize_limit": 1},
        {"use_dictionary": False},
        {"version": "1.0", "data_page_size": 1},
    ],
    ids=["one dictionary", "a dictionary given up early", "no dictionary", "many pages"],
)
def test_a_word_or_citation_is_seen_wherever_in_the_file_and_however_it_is_written(
    book: Lawbook, tmp_path: Path, written: dict[str, Any], rows_in_a_group: int
) -> None:
    """Words are looked over by the dictionaries of a file; a file may give its dictionary up and go on in plain words."""
    at = datetime(2026, 3, 2, 18, 15, tzinfo=UTC)
    rows = [{"id": str(i), "place": GOOD["place"], "at": at, "charges": []} for i in range(40_000)]
    rows[11_000]["charges"] = [{"status": "arrested", "statute": "PC 459", "grade": "felony"}]
    rows[11_500]["charges"] = [{"status": "convicted", "statute": "PC 602", "grade": "misdemeanor"}]
    rows[39_990]["charges"] = [{"status": "guilty", "statute": "PC 459", "grade": "felony"}]
    rows[39_995]["charges"] = [{"status": "convicted", "statute": "PC 187", "grade": "felony"}]
    words = [(name, pa.string()) for name in ("status", "statute", "grade")]
    charges = ("charges", pa.list_(pa.struct(words)))
    schema = pa.schema(
        [("id", pa.string()), ("place", pa.string()), ("at", pa.timestamp("us", "UTC")), charges]
    )
    path, out = tmp_path / "cases.parquet", tmp_path / "out.parquet"
    pq.write_table(pa.Table.from_pylist(rows, schema), path, row_group_size=rows_in_a_group, **written)
    result = run_bulk(path, out, book)
    assert [bad.line for bad in result.bad] == [39_991]
    decided = {row["id"]: row for row in pq.read_table(out).to_pylist()}
    assert len(decided) == 39_999
    for number in (11_000, 11_500, 39_995):
        one = {**rows[number], "at": at.isoformat()}
        answer = decide(read_case(one, book.places), book).actions["notify_release"]
        assert decided[str(number)]["notify_release"] == str(answer.outcome), number


def test_a_folder_named_like_a_column_is_no_column(book: Lawbook, tmp_path: Path) -> None:
    folder = tmp_path / "kind=x"
    folder.mkdir()
    path = parquet(folder / "cases.parquet", id=["a"], place=["us/ca"], at=["2026-03-02T10:15:00-08:00"])
    assert run_bulk(path, tmp_path / "out.parquet", book).decided == 1


def test_bad_rows_stay_bad_when_place_and_day_are_overridden(book: Lawbook, tmp_path: Path) -> None:
    path, out = tmp_path / "cases.parquet", tmp_path / "out.parquet"
    pq.write_table(pa.Table.from_pylist(list(mixed()), SCHEMA), path)
    result = run_bulk(path, out, book, place="us/ca", on=date(2026, 1, 1))
    assert {"a time without offset", "an unknown word", "an unknown word of a charge"}.isdisjoint(
        outcomes(out)
    )
    assert result.decided == len(outcomes(out))


def test_bad_lines_of_a_jsonl_file_are_listed_and_the_rest_is_decided(book: Lawbook, tmp_path: Path) -> None:
    path, out = tmp_path / "cases.jsonl", tmp_path / "out.parquet"
    good = json.dumps(GOOD).encode()
    bad_lines = {
        b'{"place": "us/ca", "at": ': "not JSON",
        b"not JSON at all": "not JSON",
        b'{"place": "us/ca/\xff"}': "not UTF-8",
        b"[]": "expected a case",
        b'{"place": "us/ca", "at": "%s", "persn": {}}' % AT.encode(): "unknown fact 'persn'; nearest: person",
        b'{"place": "us/ca", "at": "%s", "person": {"age": "31"}}'
        % AT.encode(): "person.age: expected a whole number",
        b'{"place": "us/ca", "at": "%s", "charges": [{"grade": "F"}]}'
        % AT.encode(): "charges[0].grade: unknown word",
        b"[" * 100_000: "nested too deep",
        b'{"place": "us/ca", "person": {"age": %s}}' % (b"9" * 5_000): "4300 digits",
        rb'{"id": "\ud800", "place": "us/ca"}': "half a character",
    }
    with path.open("wb") as file:
        for line in bad_lines:
            file.write(good + b"\n" + line + b"\n")
        file.write(b"\n" + good)
    result = run_bulk(path, out, book)
    assert (result.cases, result.decided) == (2 * len(bad_lines) + 1, len(bad_lines) + 1)
    assert [bad.line for bad in result.bad] == [2 * i + 2 for i in range(len(bad_lines))]
    for bad, words in zip(result.bad, bad_lines.values(), strict=True):
        assert words in bad.message
        assert "\n" not in bad.message
    # a case without id gets its line as id
    lines = [*range(1, 2 * len(bad_lines), 2), 2 * len(bad_lines) + 2]
    assert sorted(outcomes(out), key=int) == [str(line) for line in lines]


def in_text(table: pa.Table) -> pa.Table:
    """Days and instants as text."""
    rows = [later.as_text(row) for row in table.to_pylist()]
    return pa.Table.from_pylist(rows)


@pytest.mark.parametrize("written", ["typed", "text", "lines"])
def test_a_conviction_is_not_after_the_local_day_of_the_decision(
    book: Lawbook, tmp_path: Path, written: str
) -> None:
    rows = [case for case, _ in later.cases()]
    path = tmp_path / ("cases.jsonl" if written == "lines" else "cases.parquet")
    if written == "lines":
        path.write_text("".join(json.dumps(later.as_text(case)) + "\n" for case in rows), encoding="utf-8")
    else:
        pq.write_table(later.table() if written == "typed" else in_text(later.table()), path)
    result = run_bulk(path, tmp_path / "out.parquet", book)
    assert set(outcomes(tmp_path / "out.parquet")) == later.expected()
    assert {rows[bad.line - 1]["id"] for bad in result.bad} == {
        case["id"] for case in rows
    } - later.expected()
    assert all(
        "convicted_on: expected a day not after that of the decision" in bad.message for bad in result.bad
    )
    assert "2027" in result.bad[1].message


@pytest.mark.parametrize("name", ["person", "charge"])
def test_a_number_below_0_is_a_bad_row(book: Lawbook, tmp_path: Path, name: str) -> None:
    path = tmp_path / "cases.parquet"
    numbers = pa.array([4, -3, None])
    columns = {"person": pa.StructArray.from_arrays([numbers], ["age"])}
    if name == "charge":
        one = pa.StructArray.from_arrays([numbers], ["sentence_years"])
        columns = {"charges": pa.ListArray.from_arrays(pa.array([0, 1, 2, 3], pa.int32()), one)}
    at = pa.array([datetime(2026, 3, 2, tzinfo=UTC)] * 3)
    pq.write_table(pa.table({"place": [GOOD["place"]] * 3, "at": at} | columns), path)
    result = run_bulk(path, tmp_path / "out.parquet", book)
    assert (result.decided, [bad.line for bad in result.bad]) == (2, [2])
    assert "number" in result.bad[0].message


def test_a_line_of_100_megabytes_is_listed_and_the_rest_is_decided(book: Lawbook, tmp_path: Path) -> None:
    path, out = tmp_path / "cases.jsonl", tmp_path / "out.parquet"
    good = json.dumps(GOOD).encode() + b"\n"
    with path.open("wb") as file:
        file.write(good + b'{"description": "')
        for _ in range(100):
            file.write(b"x" * 1_000_000)
        file.write(b'"}\n' + good)
    result = run_bulk(path, out, book)
    assert (result.cases, result.decided) == (3, 2)
    assert [bad.line for bad in result.bad] == [2]
    assert "longer than" in result.bad[0].message


def test_a_file_with_no_good_row_decides_nothing(book: Lawbook, tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_text("nothing\n")
    result = run_bulk(path, tmp_path / "out.parquet", book)
    assert (result.cases, result.decided, len(result.bad)) == (1, 0, 1)


@pytest.mark.parametrize("name", ["cases.parquet", "cases.jsonl"])
def test_an_empty_file_is_refused_in_one_line(book: Lawbook, tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    with pytest.raises(BadSource, match=rf"{name}.*(empty|not a readable Parquet file)") as raised:
        run_bulk(tmp_path / name, tmp_path / "out.parquet", book)
    assert "\n" not in str(raised.value)


def test_a_parquet_file_without_rows_is_refused(book: Lawbook, tmp_path: Path) -> None:
    path = tmp_path / "cases.parquet"
    pq.write_table(SCHEMA.empty_table(), path)
    with pytest.raises(BadSource, match="no cases"):
        run_bulk(path, tmp_path / "out.parquet", book)


@pytest.mark.parametrize("kept", [0.1, 0.9])
def test_a_truncated_parquet_file_is_refused_in_one_line(book: Lawbook, tmp_path: Path, kept: float) -> None:
    path = parquet(tmp_path / "cases.parquet")
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * kept)])
    with pytest.raises(BadSource, match="not a readable Parquet file") as raised:
        run_bulk(path, tmp_path / "out.parquet", book)
    assert "\n" not in str(raised.value)
    assert not (tmp_path / "out.parquet").exists()


@pytest.mark.parametrize("column", ["id", "at", "custodian", "request.kind", "charges.list.element.statute"])
@pytest.mark.parametrize("compression", ["snappy", "zstd"])
def test_a_parquet_file_damaged_in_its_middle_is_refused_in_one_line(
    book: Lawbook, tmp_path: Path, column: str, compression: str
) -> None:
    path, out = tmp_path / "cases.parquet", tmp_path / "out.parquet"
    pq.write_table(varied(500), path, compression=compression)
    damage(path, column)
    out.write_text("of an earlier run")
    with pytest.raises(BadSource, match=r"cases\.parquet: not a readable Parquet file") as raised:
        run_bulk(path, out, book)
    assert "\n" not in str(raised.value)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["cases.parquet", "out.parquet"]
    assert out.read_text() == "of an earlier run"


def varied(count: int) -> pa.Table:
    """Cases whose columns are all told apart, so that none is a page of a few bytes."""
    rows = [
        GOOD
        | {
            "id": f"{number * 7919 % 100_003}",
            "at": f"2026-03-{1 + number % 28:02}T{number % 24:02}:{number * 7 % 60:02}:00-08:00",
            "custodian": ("county_jail", "city_jail", "state_prison")[number * number % 3],
            "request": {"kind": ("immigration_detainer", "interview_request")[number * number % 7 % 2]},
            "charges": [{"status": "convicted", "statute": f"PC {number * 7919 % 10_007}"}],
        }
        for number in range(count)
    ]
    return pa.Table.from_pylist(rows, SCHEMA)


def damage(path: Path, column: str) -> None:
    """Overwrite the last half of a column's bytes."""
    group = pq.ParquetFile(path).metadata.row_group(0)
    (found,) = (c for c in map(group.column, range(group.num_columns)) if c.path_in_schema == column)
    begin = found.dictionary_page_offset or found.data_page_offset
    content = bytearray(path.read_bytes())
    for place in range(begin + found.total_compressed_size // 2, begin + found.total_compressed_size):
        content[place] = 0xFF
    path.write_bytes(content)


def test_rows_with_a_charge_that_is_null_are_the_only_ones_left_out_of_a_file_that_is_good_besides(
    book: Lawbook, tmp_path: Path
) -> None:
    """No look at the columns beforehand tells such a row, since a null charge has no words."""
    one = {"status": "convicted", "statute": "PC 459"}
    given = {
        "a": [one],
        "b": [None],
        "c": [],
        "d": None,
        "e": [one, one, None, None],
        "f": [dict.fromkeys(one)],
    }
    at = pa.array([datetime(2026, 3, 2, tzinfo=UTC)] * len(given))
    charges = pa.array(
        list(given.values()), pa.list_(pa.struct([("status", pa.string()), ("statute", pa.string())]))
    )
    path = parquet(
        tmp_path / "cases.parquet",
        id=pa.array(list(given)),
        place=pa.array([GOOD["place"]] * len(given)),
        at=at,
        charges=charges,
    )
    for place in (None, "us/tx"):
        out = tmp_path / f"{place and 'texas'}.parquet"
        result = run_bulk(path, out, book, place=place)
        assert (result.cases, result.decided) == (6, 4)
        assert [(b.line, b.message) for b in result.bad] == [
            (2, "charges[0]: expected an object, found null"),
            (5, "charges[2]: expected an object, found null"),
        ]
        assert sorted(outcomes(out)) == ["a", "c", "d", "f"]


def test_an_instant_of_a_year_that_no_law_reaches_is_a_bad_row(book: Lawbook, tmp_path: Path) -> None:
    years = [1600, 1969, 1970, 2099, 2100]
    at = pa.array([datetime(year, 6, 1, tzinfo=UTC) for year in years])
    path = parquet(tmp_path / "cases.parquet", place=pa.array([GOOD["place"]] * 5), at=at)
    result = run_bulk(path, tmp_path / "out.parquet", book)
    assert [(b.line, b.message.rpartition(" found ")[0]) for b in result.bad] == [
        (line, "at: expected a year between 1970 and 2099,") for line in (1, 2, 5)
    ]


def test_the_law_of_a_row_is_that_of_its_day_whatever_year_a_bad_row_names(
    book: Lawbook, tmp_path: Path
) -> None:
    """California's law of 2013 and that of 2020 say different things; a bad row at either end hides neither."""
    rows = {1600: "a", 2013: "b", 2020: "c", 2100: "d"}
    path, out = tmp_path / "cases.parquet", tmp_path / "out.parquet"
    one = {"place": GOOD["place"], "custodian": "county_jail", "request": {"kind": "immigration_detainer"}}
    table = [one | {"id": name, "at": datetime(year, 6, 1, tzinfo=UTC)} for year, name in rows.items()]
    pq.write_table(pa.Table.from_pylist(table), path)
    assert [b.line for b in run_bulk(path, out, book).bad] == [1, 4]
    alone = [decide(read_case(case, book.places), book).actions["hold"].outcome for case in table[1:3]]
    assert alone[0] != alone[1]
    assert outcomes(out) == dict(zip("bc", map(str, alone), strict=True))


def test_a_file_of_bad_rows_alone_leaves_what_was_written_before(book: Lawbook, tmp_path: Path) -> None:
    path, out = tmp_path / "cases.parquet", tmp_path / "out.parquet"
    pq.write_table(pa.Table.from_pylist([GOOD | {"request": {"kind": "detainer"}}] * 3, SCHEMA), path)
    out.write_text("of an earlier run")
    result = run_bulk(path, out, book)
    assert (result.cases, result.decided, len(result.bad)) == (3, 0, 3)
    assert out.read_text() == "of an earlier run"


def test_a_parquet_file_called_json_lines_is_refused_in_one_line(book: Lawbook, tmp_path: Path) -> None:
    path = parquet(tmp_path / "cases.parquet").rename(tmp_path / "cases.jsonl")
    with pytest.raises(
        BadSource, match=r"cases\.jsonl: expected JSON Lines, found Parquet; .*named \.parquet"
    ):
        run_bulk(path, tmp_path / "out.parquet", book)


def test_a_directory_of_cases_is_refused(book: Lawbook, tmp_path: Path) -> None:
    (tmp_path / "cases.parquet").mkdir()
    with pytest.raises(BadSource, match="expected a file, found a directory"):
        run_bulk(tmp_path / "cases.parquet", tmp_path / "out.parquet", book)


def test_a_file_that_is_not_there_is_refused(book: Lawbook, tmp_path: Path) -> None:
    with pytest.raises(BadSource, match="no such file"):
        run_bulk(tmp_path / "cases.parquet", tmp_path / "out.parquet", book)


@pytest.mark.parametrize(
    ("column", "array", "words"),
    [
        ("persn", pa.array([1]), "unknown column 'persn'; nearest: person"),
        ("person", pa.array([{"agee": 3}]), "unknown fact 'person.agee'; nearest: person.age"),
        ("person", pa.array([{"age": "31"}]), "'person.age' is VARCHAR; expected"),
        ("person", pa.array(["x"]), "expected a struct"),
        ("charges", pa.array([["PC 459"]]), "expected a list of structs"),
        ("charges", pa.array([[{"statue": "PC 459"}]]), "unknown fact 'charges[].statue'; nearest: statute"),
        ("charges", pa.array([[{"wobbler": "yes"}]]), "'charges[].wobbler' is VARCHAR; expected boolean"),
        ("place", pa.array([6]), "'place' is"),
        ("place", None, "no column 'place'"),
        ("at", pa.array([datetime(2026, 3, 2)]), "a time without zone is not an instant"),  # noqa: DTZ001
        ("at", pa.array([date(2026, 3, 2)]), "'at' is DATE"),
        ("at", None, "no column 'at'"),
    ],
)
def test_a_column_that_is_not_of_the_contract_is_refused(
    book: Lawbook, tmp_path: Path, column: str, array: pa.Array | None, words: str
) -> None:
    path = parquet(tmp_path / "cases.parquet", **{column: array})
    with pytest.raises(BadSource) as raised:
        run_bulk(path, tmp_path / "out.parquet", book)
    assert words in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_file_with_place_and_time_alone_is_decided(book: Lawbook, tmp_path: Path) -> None:
    path, out = parquet(tmp_path / "cases.parquet"), tmp_path / "out.parquet"
    assert run_bulk(path, out, book) == BulkResult(1, 1, [])
    row = pq.read_table(out).to_pylist()[0]
    assert (row["id"], row["hold"]) == (1, "unknown")
    assert "request.kind" in row["hold_missing"]
