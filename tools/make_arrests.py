"""Write `bailiwick/evidence/data/arrests_fy16_19.csv`: arrests by ICE by area and month, no row of it about one person.

    python tools/make_arrests.py ARRESTS.parquet

ARRESTS.parquet: the release FOIA 2019-ICFO-53623 as rows (areas of responsibility, days and methods of arrests from October 2015
to August 2019). An arrest is at large where its method is "Located" or "Non-Custodial Arrest". Cells from 1 to 9 are left blank,
with the arrests of that area and month, and where one area alone would be blank in a month the next smallest is blank too, so
that no total gives it away. Arrests without area or day, or outside those months, are in no row.
"""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from pathlib import Path

import duckdb

OUT = Path(__file__).resolve().parents[1] / "bailiwick" / "evidence" / "data" / "arrests_fy16_19.csv"
LIMIT = 10


def main(source: Path) -> None:
    rows = (
        duckdb.connect()
        .execute(
            """
        SELECT replace("Area of Responsibility", ' Area of Responsibility', '') AS area,
               date_trunc('month', "Apprehension Date")::DATE AS month, count(*) AS arrests,
               count(*) FILTER ("Apprehension Method" IN ('Located', 'Non-Custodial Arrest')) AS at_large
        FROM read_parquet(?) WHERE "Area of Responsibility" IS NOT NULL
          AND "Apprehension Date" BETWEEN DATE '2015-10-01' AND DATE '2019-08-31'
        GROUP BY ALL ORDER BY ALL
        """,
            [str(source)],
        )
        .fetchall()
    )
    blank = {
        (area, month) for area, month, arrests, large in rows if _small(large) or _small(arrests - large)
    }
    by_month = defaultdict(list)
    for area, month, arrests, _ in rows:
        by_month[month].append((arrests, area))
    for month, areas in by_month.items():
        if sum((area, month) in blank for _, area in areas) == 1:
            blank.update([(area, month) for _, area in sorted(areas) if (area, month) not in blank][:1])
    with OUT.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["area", "month", "arrests", "at_large"])
        for area, month, arrests, large in rows:
            hidden = (area, month) in blank
            out.writerow([area, f"{month:%Y-%m}", "" if hidden else arrests, "" if hidden else large])
    print(f"{len(rows)} areas and months, {len(blank)} blank, {OUT.stat().st_size} bytes")


def _small(count: int) -> bool:
    return 0 < count < LIMIT


if __name__ == "__main__":
    main(Path(sys.argv[1]))
