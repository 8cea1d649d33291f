"""Make the store of detainers that ships with the project.

    python tools/make_fy2015.py RELEASE.xlsx MONTHS.csv REASONS.csv

RELEASE.xlsx is the agency's workbook (FOIA 15-87693). MONTHS.csv and REASONS.csv are the counts published from it by month
(year_month, count) and by calendar year and lift reason (year, lift_reason, count): the rows must give them exactly or nothing is
written. Writes bailiwick/evidence/data/store. No row of the release describes a person.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from bailiwick.engine.places import load_places  # noqa: E402
from bailiwick.evidence.load import load  # noqa: E402
from bailiwick.evidence.store import Store  # noqa: E402

ROWS = 79_053


def main(release: str, months: str, reasons: str) -> None:
    target = Store.shipped().directory
    with tempfile.TemporaryDirectory() as scratch:
        store = Store(Path(scratch) / "store")
        (quality,) = load(Path(release), store, load_places()).new
        check(store, months, reasons)
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(store.directory, target)
    size = sum(path.stat().st_size for path in target.rglob("*") if path.is_file())
    placed = quality.facility - quality.placed.get("not placed", 0)
    print(
        f"{quality.taken:,} rows, {size:,} bytes; {placed:,} of {quality.facility:,} that name a facility are in a county"
    )


def check(store: Store, months: str, reasons: str) -> None:
    """The rows give the published counts exactly, or this ends."""
    with store.connection() as db:
        (rows,) = db.execute("SELECT count(*) FROM detainers").fetchone() or (0,)
        by_month = db.execute(
            "SELECT strftime(day, '%Y-%m') AS m, count(*) FROM detainers GROUP BY m"
        ).fetchall()
        by_reason = db.execute(
            "SELECT lift_reason, count(*) FROM detainers WHERE year(day) = 2015 AND lift_reason IS NOT NULL GROUP BY 1"
        ).fetchall()
        published_months = db.execute(
            "SELECT year_month, count FROM read_csv(?) WHERE year_month >= '2014-10'", [months]
        ).fetchall()
        published_reasons = db.execute(
            "SELECT lift_reason, count FROM read_csv(?) WHERE year = 2015", [reasons]
        ).fetchall()
    if rows != ROWS or dict(by_month) != dict(published_months) or dict(by_reason) != dict(published_reasons):
        sys.exit("the rows do not give the published counts: nothing written")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
