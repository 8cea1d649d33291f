"""Loading releases, counting outcomes, asking what-if: seconds and memory beside what was asked.

    python benchmarks/evidence_load.py [--rows 10000000] [--cases 1000000] [--workbook FILE] [--scratch DIR]

Makes its own rows in the layout of 2026 (benchmarks/releases.py), about 4.5 GB of CSV for ten million, and removes them. The
workbook is the agency's own of 2015; without it that part is left out. Takes about four minutes on two cores.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from measuring import ROOT, against, at_most_two_cores, options, publish, table
from releases import write_detainers

from bailiwick.engine.lawbook import default_lawbook
from bailiwick.evidence.law import AsIf, decisions, whatif
from bailiwick.evidence.outcomes import outcomes
from bailiwick.evidence.store import Store

WORKBOOK = ROOT.parent / "shared" / "data" / "ice-detainers-fy2015ytd" / "FOIA_15-87693_FY15YTD_original.xlsx"
#: Each runs in a process of its own, so that its memory and its imports are its own.
LOAD = """
import sys, time, resource
from pathlib import Path
from bailiwick.engine.places import load_places
from bailiwick.evidence.load import load
from bailiwick.evidence.store import Store
import bailiwick.evidence.cells, bailiwick.evidence.sheets, fastexcel, rapidfuzz.process
places = load_places()
begun = time.perf_counter()
(quality,) = load(Path(sys.argv[1]), Store(Path(sys.argv[2])), places).new
print(time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, quality.taken)
"""
BARE = """
import sys, time, resource
from python_calamine import CalamineWorkbook
begun = time.perf_counter()
book = CalamineWorkbook.from_path(sys.argv[1])
rows = [row for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python()]
print(time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, len(rows) - 1)
"""
PANDAS = """
import sys, time, resource
import openpyxl, pandas
begun = time.perf_counter()
rows = pandas.read_excel(sys.argv[1], engine="openpyxl")
print(time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, len(rows))
"""


class Ran(NamedTuple):
    """Seconds of the work (imports left out), GiB, rows, and seconds of the whole process."""

    seconds: float
    memory: float
    rows: int
    process: float


def run(program: str, *arguments: Path) -> Ran:
    """Run a program in its own process."""
    begun = time.perf_counter()
    ran = subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    process = time.perf_counter() - begun
    seconds, memory, rows = ran.stdout.split()
    return Ran(float(seconds), float(memory), int(rows), process)


def workbook(path: Path, scratch: Path, repeat: int) -> str:
    """The three ways in turn, the median of each: the work alone, and from the start of a process to its end."""
    ours, bare, pandas = [], [], []
    for i in range(max(repeat, 7)):
        ours.append(run(LOAD, path, scratch / f"book-{i}"))
        bare.append(run(BARE, path))
        pandas.append(run(PANDAS, path))
    assert {found.rows for found in (*ours, *bare, *pandas)} == {79_053}
    load, calamine, openpyxl = (median(one.seconds for one in way) for way in (ours, bare, pandas))
    whole = [f"{median(one.process for one in way):.2f}" for way in (ours, bare, pandas)]
    return table(
        ("workbook of 2015, 79,053 rows", "seconds", "whole process", "beside the load", "asked"),
        [
            ("load into a store, with places and quality", f"{load:.2f}", whole[0], "", ""),
            (
                "bare calamine",
                f"{calamine:.2f}",
                whole[1],
                f"load takes {load / calamine:.2f} times",
                against(load / calamine, 1.5),
            ),
            (
                "pandas and openpyxl",
                f"{openpyxl:.2f}",
                whole[2],
                f"load is {openpyxl / load:.1f} times faster",
                f"10, {'met' if openpyxl / load >= 10 else 'not met'}",
            ),
        ],
    )


def rows(count: int, cases: int, scratch: Path) -> str:
    """Made-up rows of 2026: load, count, ask."""
    book, made = default_lawbook(), scratch / "rows.csv"
    write_detainers(count, made)
    size = made.stat().st_size / 1e9
    seconds, memory, taken, _ = run(LOAD, made, scratch / "store")
    made.unlink()
    assert taken == count
    store = Store(scratch / "store")
    counting = min(_timed(outcomes, store, ("county", "month")) for _ in range(3))
    out = [
        (f"load {count:,} rows of CSV, {size:.1f} GB", f"{seconds:.1f} s", against(seconds, 60, " s")),
        ("memory of that", f"{memory:.2f} GiB", against(memory, 2, " GiB")),
        ("outcomes by county and month over them", f"{counting:.2f} s", against(counting, 1, " s")),
    ]
    write_detainers(cases, made)
    run(LOAD, made, scratch / "cases")
    made.unlink()
    fewer = Store(scratch / "cases")
    first = _timed(decisions, fewer, book, fewer.release())
    asked = min(_timed(whatif, fewer, book, AsIf(place="us/ca", on=date(2026, 1, 1))) for _ in range(3))
    out.append((f"what-if over {cases:,} detainers with charges", f"{asked:.2f} s", against(asked, 5, " s")))
    out.append(("their own law, once for a lawbook", f"{first:.2f} s", ""))
    return table(("what", "measured", "asked"), out)


def _timed(work: Any, *arguments: Any) -> float:
    begun = time.perf_counter()
    work(*arguments)
    return time.perf_counter() - begun


def placed() -> str:
    """The shipped release: rows that name a facility, and how many are in a county."""
    (quality,) = Store.shipped().quality()
    share = 1 - quality["placed"]["not placed"] / quality["facility"]
    ways = ", ".join(f"{how} {n:,}" for how, n in quality["placed"].items())
    return f"Of {quality['facility']:,} rows that name a facility {100 * share:.1f} % are in a county (asked: 90 %): {ways}."


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--workbook", type=Path, default=WORKBOOK)
    parser.add_argument("--scratch", type=Path, help="where to make and remove the rows")
    given = parser.parse_args()
    at_most_two_cores()
    with tempfile.TemporaryDirectory(dir=given.scratch) as name:
        said = [rows(given.rows, given.cases, Path(name)), placed()]
        if given.workbook.is_file():
            said.insert(0, workbook(given.workbook, Path(name), given.repeat))
        else:
            said.insert(
                0, f"The workbook of 2015 is not here ({given.workbook.name}): its part was left out."
            )
    publish(given, "Evidence: releases loaded and asked", "\n\n".join(said))


if __name__ == "__main__":
    main()
