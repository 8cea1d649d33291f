"""Which layout a file is taken as: the one that explains most of its columns, and none where a column of that one is missing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bailiwick.engine.places import load_places
from bailiwick.evidence.columns import column_of
from bailiwick.evidence.load import load
from bailiwick.evidence.sources import Layout, NotARelease, layouts, nearly, recognise
from bailiwick.evidence.store import Store
from tests.evidence.made_up import FY2015, detainer, write_csv

#: Columns of the workbooks of 2025 and 2026 and of older releases, as they are headed. Every table tells of what came after.
HEADERS = {
    "detainers, 2026": (
        "detainer_prepare_date facility_state facility_aor port_of_departure departure_country departed_date case_status "
        "detainer_prepared_criminality detention_facility detention_facility_code facility_city birth_year entry_status "
        "most_serious_conviction_charge msc_charge_code msc_charge_date msc_conviction_date felon apprehension_method "
        "final_order_yes_no final_order_date apprehension_date entry_date detainer_lift_reason detainer_lift_reason_code "
        "detainer_type unique_identifier"
    ),
    "detainers, 2025": (
        "detainer_prepare_date facility_state facility_aor port_of_departure departure_country departed_date case_status "
        "detainer_prepared_criminality detention_facility detention_facility_code facility_city birth_year "
        "most_serious_conviction_msc_charge msc_charge_code msc_conviction_date apprehension_method final_order_yes_no "
        "apprehension_date detainer_lift_reason detainer_type unique_identifier"
    ),
    "detainers, March 2026": (
        "detainer_prepare_date facility_state facility_aor port_of_departure departure_country departed_date case_status "
        "detainer_criminality detainer_facility detainer_facility_code facility_city birth_year msc_charge msc_charge_code "
        "msc_conviction_date apprehension_method final_order_yes_no apprehension_date detainer_lift_reason detainer_type "
        "anonymized_identifier"
    ),
    "stays, 2025": (
        "stay_book_in_date_time book_in_date_time detention_facility detention_facility_code detention_book_out_date_time "
        "stay_book_out_date_time detention_release_reason stay_release_reason religion gender birth_year entry_status felon "
        "bond_posted_date case_status final_order_yes_no book_in_criminality departed_date departure_country msc_charge "
        "unique_identifier"
    ),
    "stays, 2026": (
        "stay_book_in_date_time book_in_date_time detention_facility book_out_date_time stay_book_out_date_time "
        "stay_release_reason birth_country entry_status msc_charge msc_charge_code case_status final_order_yes_no "
        "departed_date departure_country detention_facility_code birth_year book_in_criminality entry_date msc_charge_date "
        "msc_conviction_date book_in_site book_in_aor anonymized_identifier"
    ),
    "stays, one row a stay": (
        "stay_id unique_identifier stay_book_in_date_time stay_book_out_date_time stay_release_reason gender birth_year "
        "detention_facility_first book_in_date_time_first detention_facility_last departed_date departure_country msc_charge"
    ),
    "encounters, 2025": (
        "event_date responsible_aor responsible_site lead_event_type lead_source event_type final_program "
        "encounter_criminality processing_disposition case_status departed_date departure_country final_order_yes_no "
        "final_order_date birth_year citizenship_country gender event_landmark unique_identifier"
    ),
    "removals, 2025": (
        "departed_date port_of_departure departure_country docket_aor apprehension_state apprehension_county case_status "
        "birth_country birth_year entry_date entry_status msc_charge_date msc_conviction_date case_threat_level felon "
        "final_program latest_person_apprehension_date final_order_yes_no prior_deport_yes_no unique_identifier"
    ),
    "removals, 2026": (
        "apprehension_state apprehension_city birth_year case_criminality case_status departed_date departure_country "
        "docket_aor entry_date entry_status final_charge_code final_order_yes_no final_program gender apprehension_date "
        "latest_apprehension_program msc_charge msc_charge_code msc_conviction_date port_of_departure prior_deport_yes_no "
        "anonymized_unique_identifier"
    ),
    "arrests, 2025": (
        "apprehension_date apprehension_state apprehension_aor final_program apprehension_method apprehension_criminality "
        "case_status departed_date departure_country final_order_yes_no birth_year apprehension_site_landmark "
        "unique_identifier"
    ),
    "arrests, 2026": (
        "apprehension_date apprehension_type state toa_current_duty_aor arresting_agency apprehension_method "
        "apprehension_criminality case_status departure_country final_order_yes_no birth_year departed_date "
        "apprehension_site_landmark anonymized_identifier"
    ),
    "arrests, 2019": (
        "area_of_responsibility apprehension_date apprehension_method apprehension_landmark processing_disposition "
        "citizenship gender fiscal_year"
    ),
    "detainers, 2015": (
        "prepare_date detainer_type detainer_detention_facility state city detainer_lift_reason"
    ),
    "detainers, 2008 to 2015": "date lift_reason det_facility city state detainer_type",
}
REAL = [(name.partition(",")[0], tuple(header.split())) for name, header in HEADERS.items()]


def taken(columns: tuple[str, ...]) -> Layout:
    layout = recognise(columns)
    assert layout is not None
    return layout


def without(columns: tuple[str, ...], mark: str) -> Iterator[tuple[str, ...]]:
    """The columns with one missing, and with one that is called otherwise."""
    yield tuple(name for name in columns if name != mark)
    for other in (f"ice_{mark}", mark.rpartition("_")[2] + "_x", "column_9"):
        yield tuple(other if name == mark else name for name in columns)


@pytest.mark.parametrize(("table", "columns"), REAL, ids=list(HEADERS))
def test_the_columns_of_a_release_are_taken_as_its_table(table: str, columns: tuple[str, ...]) -> None:
    assert taken(columns).table == table


@pytest.mark.parametrize(("table", "columns"), REAL, ids=list(HEADERS))
def test_a_file_that_lacks_a_mark_is_refused_by_that_name_and_never_taken_as_another_table(
    table: str, columns: tuple[str, ...]
) -> None:
    layout = taken(columns)
    for mark in layout.marks:
        # of a column with several names, such as a person's number, any one is asked for
        alike = [one for one in layouts() if one.name == layout.name]
        asked = {mark}.union(*(one.marks - layout.marks for one in alike if mark not in one.marks))
        for file in without(columns, mark):
            assert recognise(file) is None, (mark, file)
            said = nearly(file)
            assert said.startswith(
                tuple(f"columns like those of {layout.name}, but it lacks {name}" for name in asked)
            ), said


@pytest.mark.parametrize("layout", layouts(), ids=lambda one: f"{one.table}, {one.release}")
def test_a_file_with_all_that_a_layout_knows_is_never_of_another_table_for_want_of_one_mark(
    layout: Layout,
) -> None:
    columns = tuple(sorted(layout.known()))
    assert taken(columns).table == layout.table
    own = tuple(
        f"columns like those of {one.name}, but it lacks" for one in layouts() if one.table == layout.table
    )
    for mark in layout.marks:
        for file in without(columns, mark):
            found, said = recognise(file), nearly(file)
            assert found.table == layout.table if found else said.startswith(own), said


@pytest.mark.parametrize("release", ["detainers, 2025", "detainers, March 2026"])
def test_nothing_that_is_read_of_a_detainer_is_lost_by_the_name_that_a_release_gives_it(release: str) -> None:
    columns = HEADERS[release].split()
    layout = taken(tuple(columns))
    assert [name for name in layout.columns if column_of(layout, name, columns) is None] == []


def test_a_detainer_file_with_two_renamed_marks_is_no_file_of_removals() -> None:
    (columns,) = (columns for table, columns in REAL if "detainer_lift_reason_code" in columns)
    renamed = {"detainer_prepare_date": "prepared", "detainer_lift_reason": "lift_reason"}
    file = [renamed.get(name, name) for name in columns]
    assert recognise(file) is None
    assert "it lacks detainer_lift_reason ('lift_reason' is near), detainer_prepare_date" in nearly(file)


def test_columns_of_two_tables_alike_are_refused_with_both_names() -> None:
    file = ["book_in_date_time", "detention_facility", "event_date", "responsible_aor", "unique_identifier"]
    assert recognise(file) is None
    said = nearly(file)
    assert "ICE detention stays," in said
    assert "ICE encounters," in said


def test_of_arrests_with_every_mark_of_two_releases_the_numbers_of_persons_count() -> None:
    foia = next(columns for name, columns in zip(HEADERS, REAL, strict=True) if name == "arrests, 2019")[1]
    more = ("unique_identifier", "birth_year", "apprehension_state", "apprehension_criminality")
    assert "person" in taken((*foia, *more)).columns


@pytest.mark.parametrize("departed", ["2025-06-01", ""])
@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("detainer_lift_reason", "lift_reason", "lacks detainer_lift_reason ('lift_reason' is near)"),
        ("facility_state", None, "lacks facility_state"),
    ],
)
def test_a_detainer_file_with_departures_is_refused_by_the_name_that_is_missing(
    departed: str, old: str, new: str | None, said: str, tmp_path: Path
) -> None:
    header = HEADERS["detainers, 2026"].split()
    columns = [new if name == old else name for name in header if new or name != old]
    row = detainer(departed_date=departed, apprehension_date="2025-02-28")
    path = write_csv(tmp_path / "x.csv", [{new or "": "Died"} | row] * 3, [name or "" for name in columns])
    with pytest.raises(NotARelease) as raised:
        load(path, Store(tmp_path / "store"), load_places())
    assert said in str(raised.value)
    assert "ICE removals" in str(raised.value)
    assert not (tmp_path / "store").exists()


def test_the_workbook_of_2015_is_known_by_names_as_they_are_printed() -> None:
    assert taken(FY2015).release == "foia-15-87693"
