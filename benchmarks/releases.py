"""Made-up releases of any size in the layouts of real ones, for benchmarks. Nobody real is in them."""

from __future__ import annotations

import csv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NAMES = ROOT / "bailiwick" / "evidence" / "data" / "facility_names.csv"
#: Columns of the detainer table in the release of 2026.
COLUMNS = (
    *(
        "detainer_prepare_date",
        "facility_state",
        "facility_aor",
        "port_of_departure",
        "departure_country",
        "departed_date",
    ),
    *(
        "case_status",
        "detainer_prepared_criminality",
        "detention_facility",
        "detention_facility_code",
        "facility_city",
    ),
    *(
        "detainer_prep_threat_level",
        "gender",
        "citizenship_country",
        "birth_country",
        "birth_year",
        "entry_status",
    ),
    *(
        "most_serious_conviction_charge",
        "msc_sentence_days",
        "msc_sentence_months",
        "msc_sentence_years",
        "msc_charge_code",
    ),
    *("msc_charge_date", "msc_conviction_date", "felon", "processing_disposition", "case_category"),
    *(
        "arrest_time_case_category",
        "arrest_time_current_program",
        "apprehension_method",
        "final_order_yes_no",
    ),
    *(
        "final_order_date",
        "apprehension_date",
        "entry_date",
        "prior_felony_yes_no",
        "multiple_prior_misd_yes_no",
    ),
    *(
        "violent_misdemeanor_yes_no",
        "illegal_entry_yes_no",
        "illegal_reentry_yes_no",
        "immigration_fraud_yes_no",
    ),
    *(
        "significant_risk_yes_no",
        "other_removal_reason_yes_no",
        "criminal_street_gang_yes_no",
        "aggravated_felony_yes_no",
    ),
    *(
        "deportation_ordered_yes_no",
        "order_show_cause_served_yes_no",
        "biometric_match_yes_no",
        "statements_made_yes_no",
    ),
    *(
        "unlawful_attempt_yes_no",
        "unlawful_entry_yes_no",
        "visa_yes_no",
        "federal_interest_yes_no",
        "resume_custody_yes_no",
    ),
    *("detainer_lift_reason", "detainer_lift_reason_code", "active_investigation_yes_no", "detainer_type"),
    *(
        "notify_release_request_yes_no",
        "tod_current_duty_site",
        "unique_identifier",
        "duplicate_likely",
        "file_original",
    ),
    *("sheet_original", "row_original"),
)
REASONS = (
    "",
    "",
    "Booked into Detention",
    "Detainer Declined by LEA",
    "Case Closed",
    "Early Release",
    "Transferred",
)
OFFENCES = ("", "", "Assault", "Larceny", "Driving Under Influence Liquor", "Burglary", "Homicide")
CODES = ("", "", "1399", "2399", "5404", "2202", "0999")


def write_detainers(rows: int, out: Path) -> None:
    """CSV in the layout of 2026, rows drawn by number, so that the same number of rows gives the same file."""
    import duckdb

    with NAMES.open(encoding="utf-8", newline="") as file:
        known = [(row["name"], row["state"].removeprefix("us/").upper()) for row in csv.DictReader(file)]
    with duckdb.connect(config={"memory_limit": "1500MB", "temp_directory": str(out.parent)}) as db:
        db.execute("SET preserve_insertion_order = false")
        db.execute("CREATE TABLE sites (k INTEGER, name VARCHAR, state VARCHAR)")
        db.executemany("INSERT INTO sites VALUES (?, ?, ?)", [(k, *one) for k, one in enumerate(known[::2])])
        cells = ", ".join(f"{_cell(name, k, rows)} AS {name}" for k, name in enumerate(COLUMNS))
        db.execute(
            f"COPY (SELECT {cells} FROM range({rows}) t(i) JOIN sites s ON s.k = {_drawn(101)} % {len(known[::2])}) "
            f"TO '{out}' (FORMAT csv, HEADER)"
        )


def _drawn(k: int) -> str:
    return f"CAST(hash(i * 131 + {k}) >> 1 AS BIGINT)"


def _one_of(words: tuple[str, ...], k: int) -> str:
    listed = ", ".join(f"'{word}'" for word in words)
    return f"nullif([{listed}][1 + {_drawn(k)} % {len(words)}], '')"


def _cell(name: str, k: int, rows: int) -> str:
    person = f"{_drawn(200)} % {max(rows * 7 // 10, 1)}"
    special = {
        "detainer_prepare_date": f"DATE '2023-10-01' + CAST({_drawn(k)} % 900 AS INTEGER)",
        "facility_state": "s.state",
        "detention_facility": "s.name",
        "detention_facility_code": "'X' || s.k",
        "facility_city": "'TOWN ' || s.k",
        "unique_identifier": f"md5(CAST({person} AS VARCHAR))",
        "birth_year": f"1950 + ({person}) % 55",
        "detainer_lift_reason": _one_of(REASONS, k),
        "most_serious_conviction_charge": _one_of(OFFENCES, 300),
        "msc_charge_code": _one_of(CODES, 300),
        "detainer_type": "'I247A - Immigration Detainer - Notice of Action (as of May 2025)'",
        "file_original": "'made-up.xlsx'",
        "row_original": "i",
        "gender": _one_of(("Male", "Female"), k),
    }
    if name in special:
        return special[name]
    if name.endswith("_date"):
        return (
            f"CASE WHEN {_drawn(k)} % 3 > 0 THEN DATE '2005-01-01' + CAST({_drawn(k)} % 7000 AS INTEGER) END"
        )
    if name.endswith("_yes_no"):
        return _one_of(("YES", "NO", ""), k)
    return f"CASE WHEN {_drawn(k)} % 3 > 0 THEN 'value ' || {_drawn(k)} % 50 END"
