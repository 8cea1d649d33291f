"""Write `bailiwick/evidence/data/arrests_fy16_19.csv`: arrests by ICE by area and fiscal year, no row of it about one person.

    python tools/make_arrests.py ARRESTS.parquet

ARRESTS.parquet: the release FOIA 2019-ICFO-53623 as rows (areas of responsibility, days and methods of arrests from 1 October
2015 to 1 September 2019). An arrest is at large where its method is "Located" or "Non-Custodial Arrest".

Every arrest is in one row. Some counts of headquarters are below ten: its arrests share a row with those without an area, so that
no count from 1 to 9 is in the file, nor one from which it could be worked out. There are no months in it: from them and the years
small months would follow.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Sequence
from pathlib import Path

import duckdb

from bailiwick.evidence.shipped import ARRESTS, NO_AREA
from bailiwick.evidence.suppress import suppress

#: Area, fiscal year, arrests, of them at large.
Row = tuple[str, int, int, int]
#: The area of which counts are too small to stand alone.
HEADQUARTERS = "HQ"


def main(source: Path, out: Path = ARRESTS) -> None:
    rows = counted(source)
    if wrong := unsafe(rows):
        sys.exit(f"{source}: expected counts of 10 and more, or none; found a small one in {wrong[0]}")
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["area", "fiscal_year", "arrests", "at_large"])
        writer.writerows(rows)
    print(f"{sum(row[2] for row in rows):,} arrests in {len(rows)} areas and years")


def counted(source: Path) -> list[Row]:
    """Every arrest of the release, by area and fiscal year (October to September)."""
    return (
        duckdb.connect()
        .execute(
            """
        SELECT CASE WHEN area IS NULL OR area = $headquarters THEN $no_area ELSE area END AS area,
               year(day) + CAST(month(day) >= 10 AS INTEGER) AS fiscal_year, count(*) AS arrests,
               count(*) FILTER (method IN ('Located', 'Non-Custodial Arrest')) AS at_large
        FROM (SELECT replace("Area of Responsibility", ' Area of Responsibility', '') AS area,
                     "Apprehension Date" AS day, "Apprehension Method" AS method FROM read_parquet($source))
        GROUP BY ALL ORDER BY ALL
        """,
            {"source": str(source), "headquarters": HEADQUARTERS, "no_area": NO_AREA},
        )
        .fetchall()
    )


def unsafe(rows: Sequence[Row]) -> list[tuple[str, int]]:
    """Areas and years of which a count would have to be hidden."""
    cells = suppress([(large, arrests - large) for _, _, arrests, large in rows])
    return [(area, year) for (area, year, _, _), row in zip(rows, cells, strict=False) if None in row]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
