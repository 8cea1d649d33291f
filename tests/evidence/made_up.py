"""Made-up releases in the layouts of real ones. Nobody real is in them."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook

#: Columns of the detainer table of 2026 that are read, and some that are not.
DETAINERS = (
    *(
        "detainer_prepare_date",
        "facility_state",
        "facility_aor",
        "departed_date",
        "detainer_prepared_criminality",
    ),
    *(
        "detention_facility",
        "detention_facility_code",
        "facility_city",
        "birth_year",
        "most_serious_conviction_charge",
    ),
    *(
        "msc_charge_code",
        "msc_conviction_date",
        "final_order_yes_no",
        "detainer_lift_reason",
        "detainer_type",
    ),
    "unique_identifier",
)
FORM = "I247A - Immigration Detainer - Notice of Action (as of May 2025)"
FY2015 = (
    "Prepare Date",
    "Detainer Type",
    "Detainer Detention Facility",
    "State",
    "City",
    "Detainer Lift Reason",
)


def detainer(**more: Any) -> dict[str, Any]:
    """A row of the detainer table of 2026."""
    row = dict.fromkeys(DETAINERS, "")
    return (
        row
        | {
            "detainer_prepare_date": "2025-03-01",
            "facility_state": "TEXAS",
            "detention_facility": "TRAVIS COUNTY JAIL",
            "facility_city": "AUSTIN",
            "detainer_type": FORM,
            "unique_identifier": "p1",
            "birth_year": "1990",
        }
        | {name: str(value) for name, value in more.items()}
    )


def write_csv(path: Path, rows: Sequence[dict[str, Any]], columns: Sequence[str] = DETAINERS) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return path


def write_workbook(path: Path, sheets: dict[str, Sequence[Sequence[Any]]]) -> Path:
    """A workbook with the rows of each sheet as they stand."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    book.save(path)
    return path


def preamble(columns: Sequence[str]) -> list[list[Any]]:
    """Six rows that stand above the header in the workbooks of 2025 and 2026, and the header."""
    return [
        ["For official use"],
        [],
        ["Detainers"],
        ["Fiscal year 2025"],
        ["Redacted: b(6), b(7)c"],
        [],
        list(columns),
    ]
