"""Loading releases: every row is taken or set aside with its reason, whatever the file is like."""

from __future__ import annotations

import csv
import zipfile
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import duckdb
import pytest
from openpyxl import load_workbook

from bailiwick.engine.places import load_places
from bailiwick.evidence import pieces
from bailiwick.evidence.lines import mend
from bailiwick.evidence.load import Loaded, load
from bailiwick.evidence.sources import TABLES, NotARelease, layouts, nearly, recognise
from bailiwick.evidence.store import NoStore, Store
from tests.evidence.made_up import DETAINERS, FORM, FY2015, detainer, preamble, write_csv, write_workbook

PLACES = load_places()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


def put(path: Path, store: Store, **more: Any) -> Loaded:
    done = load(path, store, PLACES, **more)
    for quality in done.new:
        assert quality.taken + sum(quality.set_aside.values()) == quality.read
    return done


def rows(store: Store, sql: str, release: str | None = None) -> list[tuple[Any, ...]]:
    with store.connection(release) as connection:
        return connection.execute(sql).fetchall()


# ------------------------------------------------------------------------------------------------------------------- layouts


def test_every_layout_is_recognised_by_its_own_marks_and_by_no_lesser_set() -> None:
    for layout in layouts():
        assert recognise(layout.marks) == layout
        for mark in layout.marks:
            assert recognise(layout.marks - {mark}) != layout


def test_every_layout_maps_to_columns_that_its_table_has() -> None:
    from bailiwick.evidence.columns import CANONICAL

    for layout in layouts():
        assert layout.table in TABLES
        assert set(layout.columns) <= set(CANONICAL[layout.table]), layout.name
        assert "day" in layout.columns


def test_the_workbook_of_2015_is_told_from_rows_that_others_made_of_it(tmp_path: Path, store: Store) -> None:
    book = write_workbook(
        tmp_path / "a.xlsx",
        {
            "FOIA 15-06333 Detail": [
                FY2015,
                [
                    date(2015, 1, 2),
                    "I247 Immigration Detainer",
                    "ORANGE COUNTY JAIL",
                    "FLORIDA",
                    "ORLANDO",
                    "",
                ],
            ]
        },
    )
    others = write_csv(
        tmp_path / "b.csv",
        [
            {
                "date": "2009-05-01",
                "det_facility": "ORANGE COUNTY JAIL",
                "state": "TEXAS",
                "detainer_type": "I247",
            }
        ],
        ("date", "lift_reason", "det_facility", "city", "state", "detainer_type"),
    )
    assert [q.release for q in put(book, store).new] == ["foia-15-87693"]
    assert [q.release for q in put(others, store).new] == ["foia-2008-2015"]
    assert rows(store, "SELECT release, day, county, form, outcome FROM detainers ORDER BY 1") == [
        ("foia-15-87693", date(2015, 1, 2), "12095", "I-247", "not_recorded"),
        ("foia-2008-2015", date(2009, 5, 1), "48361", "I-247", "not_recorded"),
    ]


def test_a_workbook_with_preamble_and_several_sheets_is_read_sheet_by_sheet(
    tmp_path: Path, store: Store
) -> None:
    older = tuple(name for name in DETAINERS if name != "birth_year")
    first = [*preamble([name.replace("_", " ").title() for name in DETAINERS]), list(detainer().values())]
    row = detainer(detainer_prepare_date="2024-02-29")
    second = [*preamble(older), [row[name] for name in older], [row[name] for name in older]]
    book = write_workbook(
        tmp_path / "2026-ICLI-00005_Detainers.xlsx", {"FY25": first, "FY24": second, "Notes": []}
    )
    done = put(book, store)
    assert [(q.sheet, q.read, q.taken, q.release) for q in done.new] == [
        ("FY25", 1, 1, "2026-icli-00005"),
        ("FY24", 2, 2, "2026-icli-00005"),
    ]
    assert done.new[1].absent == ["birth_year"]
    assert done.new[1].duplicates == 1
    assert rows(store, "SELECT count(*), count(birth_year) FROM detainers") == [(3, 1)]


@pytest.mark.parametrize(
    ("table", "columns", "values"),
    [
        (
            "arrests",
            ("apprehension_date", "apprehension_method", "unique_identifier"),
            ("2025-01-02", "Located", "p"),
        ),
        (
            "arrests",
            ("apprehension_date_time", "apprehension_method", "unique_id"),
            ("1/2/2025 09:00", "", "p"),
        ),
        (
            "stays",
            ("stay_book_in_date_time", "stay_book_out_date_time", "unique_id"),
            ("2025-01-02 13:00", "", "p"),
        ),
        (
            "stays",
            ("book_in_date_time", "detention_facility", "unique_identifier"),
            ("2025-01-02 13:00:00", "X", "p"),
        ),
        ("encounters", ("event_date", "responsible_aor", "unique_identifier"), ("1/2/2025", "Miami", "p")),
        (
            "removals",
            ("departed_date", "departure_country", "port_of_departure", "anonymized_identifier"),
            ("2025-01-02", "", "", "p"),
        ),
    ],
)
def test_the_other_tables_are_told_apart(
    tmp_path: Path, store: Store, table: str, columns: tuple[str, ...], values: tuple[str, ...]
) -> None:
    path = write_csv(tmp_path / "x.csv", [dict(zip(columns, values, strict=True))], columns)
    assert [q.table for q in put(path, store).new] == [table]
    assert rows(store, f"SELECT day, person FROM {table}") == [(date(2025, 1, 2), "p")]


def test_parquet_is_read_like_the_rest(tmp_path: Path, store: Store) -> None:
    write_csv(tmp_path / "x.csv", [detainer(detainer_lift_reason="Died")])
    duckdb.sql(f"COPY (FROM read_csv('{tmp_path}/x.csv')) TO '{tmp_path}/x.parquet'")
    put(tmp_path / "x.parquet", store)
    assert rows(store, "SELECT day, outcome, county, birth_year FROM detainers") == [
        (date(2025, 3, 1), "died", "48453", "1990")
    ]


def test_truth_values_and_numbers_of_parquet_are_the_words_and_years_of_csv(
    tmp_path: Path, store: Store
) -> None:
    people = [
        detainer(unique_identifier=f"p{i}", final_order_yes_no=word, birth_year=year)
        for i, (word, year) in enumerate((("YES", "1980"), ("NO", "1990"), ("", "")))
    ]
    path = write_csv(tmp_path / "x.csv", people)
    put(path, store)
    typed = "final_order_yes_no = 'YES' AS final_order_yes_no, birth_year::DOUBLE AS birth_year"
    rest = "detainer_prepare_date::TIMESTAMP AS detainer_prepare_date"
    source = f"(SELECT * REPLACE ({typed}, {rest}) FROM read_csv('{path}', all_varchar = true))"
    duckdb.sql(f"COPY {source} TO '{tmp_path}/x.parquet'")
    types = duckdb.sql(f"SELECT typeof(final_order_yes_no), typeof(birth_year) FROM '{tmp_path}/x.parquet'")
    assert types.fetchall()[0] == ("BOOLEAN", "DOUBLE")
    assert [one["file"] for one in put(tmp_path / "x.parquet", store).known] == ["x.csv"]
    more = (
        f"SELECT * FROM {source} UNION ALL SELECT * REPLACE ('p9' AS unique_identifier) FROM {source} LIMIT 4"
    )
    duckdb.sql(f"COPY ({more}) TO '{tmp_path}/more.parquet'")
    (quality,) = put(tmp_path / "more.parquet", store).new
    assert (quality.unknown, quality.impossible_years) == ({}, {})
    assert store.again("detainers", quality.release, quality.part) == 3


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize(
    ("word", "order"),
    [
        *((word, True) for word in ("YES", "yes", " Y", "true", "T", "1", "1.0")),
        *((word, False) for word in ("NO", "n", "FALSE", "f", "0", "0.0")),
        *((word, None) for word in ("", "NA", "(b)(6)")),
    ],
)
def test_yes_and_no_are_read_however_they_are_plainly_written(
    word: str, order: bool | None, kind: str, tmp_path: Path, store: Store
) -> None:
    row = detainer(final_order_yes_no=word)
    path = (
        write_csv(tmp_path / "x.csv", [row])
        if kind == "csv"
        else write_workbook(tmp_path / "x.xlsx", {"S": [DETAINERS, [row[name] for name in DETAINERS]]})
    )
    assert put(path, store).new[0].unknown == {}
    assert rows(store, "SELECT final_order FROM detainers") == [(order,)]


def test_a_yes_or_no_that_nobody_knows_is_told(tmp_path: Path, store: Store) -> None:
    words = ["Yes", "Pending", "Pending", "2"]
    found = [detainer(final_order_yes_no=word, unique_identifier=i) for i, word in enumerate(words)]
    quality = put(write_csv(tmp_path / "x.csv", found), store).new[0]
    assert quality.unknown == {"final_order": {"Pending": 2, "2": 1}}
    assert rows(store, "SELECT count(*), count(final_order) FROM detainers") == [(4, 1)]


def test_a_state_that_nobody_knows_is_told_of_arrests_too(tmp_path: Path, store: Store) -> None:
    columns = ("apprehension_date", "apprehension_method", "apprehension_state", "unique_identifier")
    found = [
        dict(zip(columns, ("2025-01-02", "Located", state, "p"), strict=True)) for state in ("TEXAS", "TEJAS")
    ]
    quality = put(write_csv(tmp_path / "x.csv", found, columns), store).new[0]
    assert quality.unknown == {"state": {"TEJAS": 1}}
    assert rows(store, "SELECT state FROM arrests ORDER BY 1 NULLS LAST") == [("us/tx",), (None,)]


# --------------------------------------------------------------------------------------------------------- raw and canonical


def test_raw_cells_stay_as_they_stood_beside_canonical_ones(tmp_path: Path, store: Store) -> None:
    cells = detainer(detainer_lift_reason=" Booked into  Detention", facility_city="(b)(6)", birth_year="NA")
    put(
        write_csv(tmp_path / "x.csv", [cells, detainer(detainer_lift_reason=" Booked into Detention ")]),
        store,
    )
    sql = (
        "SELECT r.detainer_lift_reason, r.facility_city, r.birth_year, d.outcome, d.city, d.birth_year FROM detainers d "
        "JOIN (SELECT *, row_number() OVER () AS row FROM raw_detainers) r USING (row) ORDER BY row"
    )
    assert rows(store, sql) == [
        (" Booked into  Detention", "(b)(6)", "NA", "unrecognised", None, None),
        (" Booked into Detention ", "AUSTIN", "1990", "taken_into_custody", "AUSTIN", "1990"),
    ]
    quality = store.quality()[0]
    assert quality["unknown"]["lift_reason"] == {" Booked into  Detention": 1}
    assert (quality["blank"]["facility_city"], quality["blank"]["birth_year"]) == (1, 1)


@pytest.mark.parametrize(
    ("reason", "outcome"),
    [
        ("", "not_recorded"),
        ("NA", "not_recorded"),
        ("Detainer Declined by LEA", "declined"),
        ("DETAINER DECLINED BY LEA", "declined"),
        ("Insufficient Notice to ICE", "insufficient_notice"),
        ("No longer in State, Local, or Federal Custody", "released_before_pickup"),
        ("Lifted - Lack of Funds", "withdrawn"),
        ("Noncitizen Not Amenable to Removal", "not_removable"),
        ("Superseding - New Form Issued", "superseded"),
        ("Transferred", "transferred"),
        ("Honored", "unrecognised"),
    ],
)
def test_a_lift_reason_is_an_outcome_and_a_blank_one_is_not_recorded(
    tmp_path: Path, store: Store, reason: str, outcome: str
) -> None:
    put(write_csv(tmp_path / "x.csv", [detainer(detainer_lift_reason=reason)]), store)
    assert rows(store, "SELECT outcome FROM detainers") == [(outcome,)]


def test_days_are_read_in_every_way_releases_write_them(tmp_path: Path, store: Store) -> None:
    written = [
        "2025-03-01",
        "2025-03-01 00:00:00",
        "2025-03-01T13:05:00",
        "3/1/2025",
        "03/01/2025 14:00",
        "01MAR2025",
        "20250301",
    ]
    put(
        write_csv(
            tmp_path / "x.csv",
            [detainer(detainer_prepare_date=one, unique_identifier=i) for i, one in enumerate(written)],
        ),
        store,
    )
    assert rows(store, "SELECT day, count(*) FROM detainers GROUP BY 1") == [(date(2025, 3, 1), len(written))]


# ----------------------------------------------------------------------------------------------------------------- bad input


def test_days_outside_of_all_reason_and_unreadable_ones_are_set_aside_with_their_rows(
    tmp_path: Path, store: Store
) -> None:
    days = ["0999-01-01", "2099-01-01", "soon", "", "b(6), b(7)c", "2025-03-01"]
    done = put(write_csv(tmp_path / "x.csv", [detainer(detainer_prepare_date=one) for one in days]), store)
    assert done.new[0].set_aside == {
        "a date not between 1996 and 2035": 2,
        "no date": 2,
        "a date that cannot be read": 1,
    }
    (aside,) = store.files("detainers", kind="set_aside")
    found = duckdb.sql(
        f"SELECT row, reason, cells->>'detainer_prepare_date' FROM '{aside}' ORDER BY row"
    ).fetchall()
    assert [(row, cell) for row, _, cell in found] == [
        (1, "0999-01-01"),
        (2, "2099-01-01"),
        (3, "soon"),
        (4, None),
        (5, "b(6), b(7)c"),
    ]


def test_another_date_that_cannot_be_read_is_counted_and_its_row_is_kept(
    tmp_path: Path, store: Store
) -> None:
    done = put(write_csv(tmp_path / "x.csv", [detainer(msc_conviction_date="00/00/1999")]), store)
    assert (done.new[0].taken, done.new[0].unreadable_dates) == (1, {"msc_conviction_date": 1})


IMPOSSIBLE = ("0999-01-01", "2099-01-01", "12/31/1899", "01/02/24", "infinity")
POSSIBLE = ("1900-01-01", "2024-02-29", "12/31/2035", "")


@pytest.mark.parametrize("kind", ["csv", "xlsx", "csv, many"])
@pytest.mark.parametrize(
    ("column", "canonical"),
    [("msc_conviction_date", "convicted_on"), ("departed_date", "departed"), ("apprehension_date", None)],
)
def test_a_date_beside_the_main_one_that_cannot_be_is_told_and_is_no_date_of_its_row(
    column: str,
    canonical: str | None,
    kind: str,
    tmp_path: Path,
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if kind == "csv, many":  # more different ones than are looked at one by one
        monkeypatch.setattr("bailiwick.evidence.rows.FEW", 2)
    columns = tuple(dict.fromkeys((*DETAINERS, column)))
    days = (*IMPOSSIBLE, *POSSIBLE, IMPOSSIBLE[0])
    found = [detainer(**{column: day}, unique_identifier=i) for i, day in enumerate(days)]
    path = (
        write_workbook(
            tmp_path / "x.xlsx", {"S": [columns, *([row[name] for name in columns] for row in found)]}
        )
        if kind == "xlsx"
        else write_csv(tmp_path / "x.csv", found, columns)
    )
    quality = put(path, store).new[0]
    assert (quality.taken, quality.unreadable_dates) == (10, {})
    assert quality.impossible_years == {column: dict.fromkeys(IMPOSSIBLE, 1) | {IMPOSSIBLE[0]: 2}}
    raw = rows(store, f"SELECT {column} FROM raw_detainers")
    assert [cell or "" for (cell,) in raw] == list(days)
    if canonical:
        said = rows(store, f"SELECT {canonical} FROM detainers WHERE {canonical} IS NOT NULL ORDER BY 1")
        assert said == [(date(1900, 1, 1),), (date(2024, 2, 29),), (date(2035, 12, 31),)]


def test_a_date_that_lies_ahead_by_its_name_may_be_as_late_as_it_likes(tmp_path: Path, store: Store) -> None:
    found = [detainer(projected_release_date=day) for day in ("2071-05-01", "0071-05-01")]
    columns = (*DETAINERS, "projected_release_date")
    quality = put(write_csv(tmp_path / "x.csv", found, columns), store).new[0]
    assert quality.impossible_years == {"projected_release_date": {"0071-05-01": 1}}


def test_a_year_of_birth_that_cannot_be_is_told_and_puts_nobody_in_doubt(
    tmp_path: Path, store: Store
) -> None:
    years = ("1990", "0999", "2099", "90", "1990.0", "NA")
    days = [f"2025-03-0{i}" for i in range(1, 7)]
    found = [
        detainer(birth_year=year, detainer_prepare_date=day) for year, day in zip(years, days, strict=True)
    ]
    quality = put(write_csv(tmp_path / "x.csv", found), store).new[0]
    assert quality.impossible_years == {"birth_year": {"0999": 1, "2099": 1, "90": 1}}
    assert (quality.taken, quality.shared_ids) == (6, 0)
    assert rows(store, "SELECT birth_year FROM detainers ORDER BY day") == [
        *(("1990",), (None,), (None,), (None,), ("1990",), (None,)),
    ]


def test_a_conviction_of_an_impossible_year_says_no_day_to_the_law(tmp_path: Path, store: Store) -> None:
    bad = {"most_serious_conviction_charge": "Assault", "msc_conviction_date": "0999-01-01"}
    put(write_csv(tmp_path / "x.csv", [detainer(**bad)]), store)
    assert rows(store, "SELECT offence, convicted_on FROM detainers") == [("Assault", None)]


def test_a_quote_that_is_never_closed_takes_no_other_row_with_it(tmp_path: Path, store: Store) -> None:
    """Far more rows after it than a reader takes in at once: DuckDB alone would leave out thousands without a word."""
    path = write_csv(tmp_path / "x.csv", [detainer(unique_identifier=i) for i in range(30_000)])
    lines = path.read_text("utf-8").split("\n")
    lines[10_000] = lines[10_000].replace("TRAVIS COUNTY JAIL", '"TRAVIS COUNTY JAIL')
    lines[20_000] += ",one,too,many"
    lines[20_001] = "2025-01-01,TEXAS"
    path.write_text("\n".join(lines), "utf-8")
    quality = put(path, store).new[0]
    assert (quality.read, quality.taken) == (30_000, 29_997)
    assert quality.lines == [
        {"line": 10_001, "why": "a quote that is never closed"},
        {"line": 20_001, "why": f"expected {len(DETAINERS)} columns, found {len(DETAINERS) + 3}"},
        {"line": 20_002, "why": f"expected {len(DETAINERS)} columns, found 2"},
    ]
    assert rows(store, "SELECT count(DISTINCT person) FROM detainers") == [(29_997,)]


def test_line_breaks_within_quotes_are_part_of_their_row(tmp_path: Path, store: Store) -> None:
    path = write_csv(
        tmp_path / "x.csv", [detainer(facility_city="AUSTIN\nTRAVIS"), detainer(unique_identifier="p2")]
    )
    quality = put(path, store).new[0]
    assert (quality.read, quality.taken, quality.lines) == (2, 2, [])
    assert rows(store, "SELECT city FROM detainers WHERE person = 'p1'") == [("AUSTIN\nTRAVIS",)]


def test_bytes_that_are_no_text_set_their_line_aside(tmp_path: Path, store: Store) -> None:
    path = write_csv(
        tmp_path / "x.csv", [detainer(facility_city="DONA ANA"), detainer(unique_identifier="p2")]
    )
    path.write_bytes(path.read_bytes().replace(b"DONA", b"DO\xd1A"))
    quality = put(path, store).new[0]
    assert (quality.read, quality.taken, quality.lines) == (2, 1, [{"line": 2, "why": "not UTF-8"}])


def test_mending_uses_no_more_memory_for_an_endless_line(tmp_path: Path) -> None:
    path, out = tmp_path / "x.csv", tmp_path / "y.csv"
    path.write_bytes(b"a,b\n1,2\n" + b"x" * 5_000_000 + b"\n3,4\n")
    written, broken = mend(path, out, 1, 2)
    assert (written, out.read_text()) == (2, "1,2\n3,4\n")
    assert [(one.line, one.why, len(one.text)) for one in broken] == [(3, "longer than 2,000,000 bytes", 500)]


def test_a_renamed_column_is_named_with_what_is_near(tmp_path: Path, store: Store) -> None:
    columns = [name.replace("detainer_lift_reason", "detainer_lifted_reason") for name in DETAINERS]
    path = write_csv(tmp_path / "x.csv", [], columns)
    with pytest.raises(NotARelease, match=r"lacks detainer_lift_reason .*'detainer_lifted_reason' is near"):
        put(path, store)
    assert store.loads() == []


def test_a_missing_column_that_is_no_mark_is_reported_and_the_rest_loads(
    tmp_path: Path, store: Store
) -> None:
    columns = [name for name in DETAINERS if name != "detention_facility_code"]
    quality = put(write_csv(tmp_path / "x.csv", [detainer()], columns), store).new[0]
    assert (quality.taken, quality.absent) == (1, ["detention_facility_code"])


def test_a_workbook_of_another_kind_is_refused_with_what_was_found(tmp_path: Path, store: Store) -> None:
    book = write_workbook(tmp_path / "x.xlsx", {"Budget": [["Item", "Amount"], ["Paper", 3]]})
    with pytest.raises(NotARelease, match="columns that no layout has: Item, Amount"):
        put(book, store)
    assert not store.directory.exists()


def test_a_sheet_that_cannot_be_read_is_refused_and_the_others_load(tmp_path: Path, store: Store) -> None:
    row = ["2015-01-02", "I247", "ORANGE COUNTY JAIL", "FLORIDA", "ORLANDO", "Died"]
    whole = write_workbook(tmp_path / "whole.xlsx", {"A": [FY2015, row], "B": [FY2015, row]})
    broken, alone = tmp_path / "broken.xlsx", tmp_path / "alone.xlsx"
    with zipfile.ZipFile(whole) as read:
        for out, cut in ((broken, ("sheet2",)), (alone, ("sheet1", "sheet2"))):
            with zipfile.ZipFile(out, "w") as write:
                for name in read.namelist():
                    cells = read.read(name)
                    write.writestr(
                        name, cells[: len(cells) // 2] + b"<<&" if any(c in name for c in cut) else cells
                    )
    done = put(broken, store)
    assert [quality.sheet for quality in done.new] == ["A"]
    assert [one.sheet for one in done.refused] == ["B"]
    assert done.refused[0].why.startswith("a sheet that cannot be read (")
    with pytest.raises(NotARelease, match="found a sheet that cannot be read"):
        load(alone, store, PLACES)


def test_merged_headers_refuse_their_sheet_and_the_others_load(tmp_path: Path, store: Store) -> None:
    book = write_workbook(
        tmp_path / "x.xlsx",
        {
            "Merged": [FY2015, ["2015-01-02"] * 6],
            "Good": [FY2015, ["2015-01-02", "I247", "X", "TEXAS", "Y", ""]],
        },
    )
    opened = load_workbook(book)
    opened["Merged"].merge_cells("C1:F1")
    opened.save(book)
    done = put(book, store)
    assert [q.sheet for q in done.new] == ["Good"]
    assert [
        (one.sheet, "columns that no layout has" in one.why or "lacks" in one.why) for one in done.refused
    ] == [("Merged", True)]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("x.xlsx", b"PK not a workbook", "expected a workbook, found a file that cannot be opened as one"),
        ("x.xlsx", b"", "expected a workbook, found a file that cannot be opened as one"),
        ("x.xlsx", b"\xd0\xcf\x11\xe0 and more", "found a workbook of an old kind or with a password"),
        ("x.parquet", b"PAR1", "expected Parquet"),
        ("x.csv", b"PK\x03\x04", "expected CSV in UTF-8, found a workbook or zip file"),
        ("x.csv", "a,b".encode("utf-16"), "found bytes that are no text in UTF-8"),
        (
            "x.csv",
            b"detainer_prepare_date;facility_state\n",
            "semicolons between them; save it as CSV with commas",
        ),
        ("x.txt", b"detainer_prepare_date\tfacility_state\n", "tabs between them"),
        ("x.pdf", b"%PDF", "expected .xlsx, .xls, .csv or .parquet; found '.pdf'"),
        ("x.csv", b"", "no rows"),
    ],
)
def test_what_is_no_file_of_its_kind_is_refused_in_one_line(
    tmp_path: Path, store: Store, name: str, content: bytes, words: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(NotARelease) as raised:
        put(tmp_path / name, store)
    assert words in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_directory_and_a_zip_file_without_a_workbook_are_refused(tmp_path: Path, store: Store) -> None:
    (tmp_path / "folder.xlsx").mkdir()
    with pytest.raises(NotARelease, match="found a directory"):
        put(tmp_path / "folder.xlsx", store)
    with zipfile.ZipFile(tmp_path / "x.xlsx", "w") as file:
        file.writestr("letter.txt", "no workbook")
    with pytest.raises(NotARelease, match="expected a workbook, found a file that cannot be opened as one"):
        put(tmp_path / "x.xlsx", store)
    assert not store.directory.exists()


def test_half_a_workbook_is_refused(tmp_path: Path, store: Store) -> None:
    path = write_workbook(tmp_path / "x.xlsx", {"S": [FY2015, *[["2015-01-02"] * 6] * 500]})
    path.write_bytes(path.read_bytes()[:-400])
    with pytest.raises(NotARelease, match="get it again, whole"):
        put(path, store)


def test_parquet_that_breaks_in_its_midst_is_refused_and_leaves_nothing(tmp_path: Path, store: Store) -> None:
    rows_of_it = [detainer(unique_identifier=f"{i * 7919 % 100_003}") for i in range(5_000)]
    write_csv(tmp_path / "x.csv", rows_of_it)
    path = tmp_path / "x.parquet"
    duckdb.sql(f"COPY (FROM read_csv('{tmp_path}/x.csv', all_varchar = true)) TO '{path}'")
    broken = bytearray(path.read_bytes())
    broken[1000:3000] = b"\xaa" * 2000
    path.write_bytes(broken)
    with pytest.raises(NotARelease, match="expected Parquet that can be read to its end"):
        put(path, store)
    assert list(store.directory.iterdir()) == []


def test_a_sheet_whose_words_are_no_words_is_refused_and_the_others_load(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bailiwick.evidence.rows.FEW", 5)
    row = ["2015-01-02", "I247", "ORANGE COUNTY JAIL", "FLORIDA", "ORLANDO"]
    many = [FY2015, *[[*row, f"reason {i}"] for i in range(9)]]
    book = write_workbook(tmp_path / "x.xlsx", {"Many": many, "Good": [FY2015, [*row, "Died"]]})
    done = put(book, store)
    assert [(quality.sheet, quality.taken) for quality in done.new] == [("Good", 1)]
    assert [one.sheet for one in done.refused] == ["Many"]
    assert "different words, found more" in done.refused[0].why


def test_cells_of_every_kind_in_a_sheet_are_text_and_every_row_is_accounted_for(
    tmp_path: Path, store: Store
) -> None:
    """Days as days, with an hour, as text, as numbers, outside of all reason; rows too short, too long, blank."""
    jail = ["I247D", " ORANGE COUNTY JAIL", "FLORIDA", "ORLANDO", "Died"]
    days = [
        datetime.combine(date(2015, 1, 2), time()),
        datetime.combine(date(2015, 1, 2), time(13, 5)),
        "2015-01-02",
        "0999-01-01",
        date(2099, 1, 1),
        41_000,
    ]
    sheet = [
        FY2015,
        *[[day, *jail] for day in days],
        [None] * 6,
        ["", *jail],
        ["2015-01-03"],
        [days[0], *jail, "more"],
    ]
    quality = put(write_workbook(tmp_path / "x.xlsx", {"S": sheet}), store).new[0]
    assert (quality.read, quality.taken) == (10, 5)
    assert quality.set_aside == {
        "a date not between 1996 and 2035": 2,
        "a date that cannot be read": 1,
        "an empty row": 1,
        "no date": 1,
    }
    assert rows(store, "SELECT row, day, facility, county FROM detainers ORDER BY row") == [
        *((n, date(2015, 1, 2), "ORANGE COUNTY JAIL", "12095") for n in (1, 2, 3)),
        (9, date(2015, 1, 3), None, None),
        (10, date(2015, 1, 2), "ORANGE COUNTY JAIL", "12095"),
    ]
    raw = rows(store, "SELECT prepare_date, detainer_detention_facility, column_7 FROM raw_detainers")
    assert raw[:2] == [
        ("2015-01-02", " ORANGE COUNTY JAIL", None),
        ("2015-01-02 13:05:00", " ORANGE COUNTY JAIL", None),
    ]
    assert (len(raw), raw[9][2]) == (10, "more")


def test_a_number_shared_by_two_birth_years_is_reported_and_its_rows_are_kept(
    tmp_path: Path, store: Store
) -> None:
    both = [detainer(), detainer(birth_year="1955", detainer_prepare_date="2025-05-01")]
    quality = put(write_csv(tmp_path / "x.csv", both), store).new[0]
    assert (quality.taken, quality.shared_ids, quality.duplicates) == (2, 1, 0)


# --------------------------------------------------------------------------------------------------------- again, and beside


def test_loading_twice_changes_nothing_whatever_the_file_is_called(tmp_path: Path, store: Store) -> None:
    path = write_csv(tmp_path / "x.csv", [detainer()])
    put(path, store)
    before = sorted((p, p.stat().st_mtime_ns) for p in store.directory.rglob("*"))
    other = tmp_path / "y.csv"
    other.write_bytes(path.read_bytes())
    assert put(other, store).new == []
    assert sorted((p, p.stat().st_mtime_ns) for p in store.directory.rglob("*")) == before


def test_the_same_rows_from_a_workbook_and_from_csv_are_loaded_once(tmp_path: Path, store: Store) -> None:
    row = ["2015-01-02", "I247", "ORANGE COUNTY JAIL", "FLORIDA", "ORLANDO", "Died"]
    put(write_workbook(tmp_path / "x.xlsx", {"S": [FY2015, row]}), store)
    with (tmp_path / "x.csv").open("w", newline="") as file:
        csv.writer(file).writerows([FY2015, row])
    done = put(tmp_path / "x.csv", store)
    assert (done.new, [one["file"] for one in done.known]) == ([], ["x.xlsx"])
    assert rows(store, "SELECT count(*) FROM detainers") == [(1,)]


def test_a_new_release_stands_beside_the_old_one(tmp_path: Path, store: Store) -> None:
    put(write_csv(tmp_path / "a.csv", [detainer()]), store, release="Spring 2026")
    put(
        write_csv(tmp_path / "b.csv", [detainer(), detainer(unique_identifier="p2")]),
        store,
        release="Summer 2026",
    )
    assert store.releases() == ["spring-2026", "summer-2026"]
    assert rows(store, "SELECT count(*) FROM detainers", "summer-2026") == [(2,)]
    with pytest.raises(NoStore, match="expected one of spring-2026, summer-2026; found several"):
        store.release()
    with pytest.raises(NoStore, match="found 'autumn'"):
        store.release("detainers", "autumn")


PIECED = (
    "SELECT d.row, d.person, d.outcome, r.unique_identifier, r.facility_city FROM detainers d "
    "JOIN (SELECT *, row_number() OVER () AS row FROM raw_detainers) r USING (row) ORDER BY row"
)


def _whole_and_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Store, Store]:
    """The file x.csv loaded as one piece, and as two."""
    whole, pieced = Store(tmp_path / "whole"), Store(tmp_path / "pieced")
    put(tmp_path / "x.csv", whole)
    monkeypatch.setattr(pieces, "SMALL", 1)
    assert len(pieces.cut(tmp_path / "x.csv", 2)) == 2
    put(tmp_path / "x.csv", pieced)
    return whole, pieced


def test_a_file_read_in_pieces_gives_the_same_rows_in_the_same_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_csv(
        tmp_path / "x.csv",
        [detainer(unique_identifier=f"p{i}", birth_year=f"{1950 + i % 40}") for i in range(999)],
    )
    whole, pieced = _whole_and_in_pieces(tmp_path, monkeypatch)
    assert len(pieced.files("detainers", kind="raw")) == 2
    assert [row[1] for row in rows(pieced, PIECED)] == [f"p{i}" for i in range(999)]
    assert rows(pieced, PIECED) == rows(whole, PIECED)
    assert pieced.quality() == whole.quality()


@pytest.mark.parametrize("broken", ["line break", "open quote", "short row"])
def test_what_stands_where_a_piece_would_end_is_read_as_in_a_whole_file(
    broken: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_csv(tmp_path / "x.csv", [detainer(unique_identifier=f"p{i}") for i in range(101)])
    lines = path.read_text("utf-8").splitlines(keepends=True)
    for k in range(45, 58):  # wherever the middle of the file falls
        match broken:
            case "line break":
                lines[k] = lines[k].replace("AUSTIN", '"AUS\nTIN"')
            case "open quote":
                lines[k] = lines[k].replace("AUSTIN", '"AUSTIN') if k == 50 else lines[k]
            case _:
                lines[k] = "a,b\n"
    path.write_text("".join(lines), "utf-8")
    whole, pieced = _whole_and_in_pieces(tmp_path, monkeypatch)
    assert rows(pieced, PIECED) == rows(whole, PIECED)
    assert len(rows(pieced, PIECED)) == {"line break": 101, "open quote": 100, "short row": 88}[broken]
    assert pieced.quality() == whole.quality()


def test_a_reader_that_fails_leaves_no_writer_waiting(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"row\n" * 2_000_000)

    def fail(pipe: Path, number: int) -> None:
        if number:  # begins, and stops early
            with pipe.open("rb") as file:
                file.read(10)
        raise ValueError(f"{number} failed")

    with pytest.raises(ValueError, match="0 failed"):
        pieces.each(tmp_path / "x", [(0, 4_000_000), (4_000_000, 8_000_000)], tmp_path, fail)
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


def test_a_load_that_fails_leaves_nothing_behind(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("the power went out")

    monkeypatch.setattr("bailiwick.evidence.load.count", fail)
    with pytest.raises(RuntimeError):
        put(write_csv(tmp_path / "x.csv", [detainer()]), store)
    assert list(store.directory.iterdir()) == []


def test_nothing_near_is_said_of_columns_that_are_near_none() -> None:
    assert nearly(["Item", "Amount"]) == ""
    assert FORM.startswith("I247A")


def test_line_endings_of_two_kinds_in_one_file_are_read(tmp_path: Path, store: Store) -> None:
    path = write_csv(tmp_path / "x.csv", [detainer(unique_identifier=i) for i in range(4)])
    lines = path.read_bytes().split(b"\r\n")
    path.write_bytes(b"\r\n".join(lines[:3]) + b"\n" + b"\n".join(lines[3:]))
    assert put(path, store).new[0].taken == 4
