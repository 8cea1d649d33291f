"""How time and peak memory of a bulk run grow with the number of cases, each size in its own process.

    python benchmarks/growth.py [--sizes 100000,1000000] [--page docs/benchmarks.md --date 2026-11-21]

The files (three charges a case, see synthetic.py) stand in a temporary directory and are deleted afterwards;
ten million cases take about 700 MB there. Memory is the largest resident set of the process, as the system
counts it. The exponent is the slope of a straight line through the logarithms.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from measuring import ROOT, against, at_most_two_cores, cores, options, publish, table

sys.path.insert(0, str(ROOT))

TARGET_EXPONENT, TARGET_MEMORY = 1.05, 2.0


def child(cases: Path, out: Path) -> None:
    """One bulk run; prints its seconds (starting Python, loading libraries and the lawbook apart) and its peak
    memory in bytes."""
    import duckdb  # noqa: F401, so that loading it is not timed either
    import pyarrow.parquet  # noqa: F401

    from bailiwick.engine.bulk import run_bulk
    from bailiwick.engine.lawbook import Lawbook

    lawbook = Lawbook.load()
    begun = time.perf_counter()
    result = run_bulk(cases, out, lawbook)
    taken = time.perf_counter() - begun
    unit = 1 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    print(json.dumps({"seconds": taken, "peak": peak, "decided": result.decided}))


def run(cases: Path, out: Path) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, __file__, "--child", cases, out], check=True, capture_output=True, text=True
    )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def exponent(sizes: list[int], times: list[float]) -> float:
    """The slope of log(time) over log(size), by least squares."""
    import numpy as np

    return float(np.polyfit(np.log(sizes), np.log(times), 1)[0])


def measure(sizes: list[int], repeat: int) -> str:
    import synthetic

    rows, times, peaks = [], [], []
    for size in sizes:
        with tempfile.TemporaryDirectory() as scratch:
            cases, out = Path(scratch) / "cases.parquet", Path(scratch) / "out.parquet"
            synthetic.write(cases, size)
            runs = [run(cases, out) for _ in range(repeat if size <= 1_000_000 else 1)]
            assert all(r["decided"] == size for r in runs)
            times.append(min(r["seconds"] for r in runs))
            peaks.append(max(r["peak"] for r in runs) / 2**30)
            file = cases.stat().st_size / 1e6
        rows.append(
            [
                f"{size:,}",
                f"{file:,.0f} MB",
                f"{times[-1]:.2f}",
                f"{size / times[-1]:,.0f}",
                f"{peaks[-1]:.2f} GiB",
            ]
        )
    slope = f"{against(round(exponent(sizes, times), 3), TARGET_EXPONENT)}"
    text = [
        f"A bulk run at {synthetic.PLACE}, 2010 to 2026, from Parquet to Parquet on {cores()} cores, a new "
        "process each.",
        table(["cases", "file", "seconds", "cases a second", "peak memory"], rows),
    ]
    if len(sizes) > 1:
        text.append(
            f"Exponent {exponent(sizes, times):.3f} (target {slope}); largest peak {max(peaks):.2f} GiB "
            f"(target {against(max(peaks), TARGET_MEMORY, ' GiB')})."
        )
        text.append(
            "The smallest run pays the fixed cost (looking over the file, writing and planning the "
            "statement) over few cases, which lowers the exponent."
        )
        text.append(f"Between the two largest alone it is {exponent(sizes[-2:], times[-2:]):.3f}.")
    return "\n\n".join(text)


def main() -> None:
    if sys.argv[1:2] == ["--child"]:
        at_most_two_cores()
        child(Path(sys.argv[2]), Path(sys.argv[3]))
        return
    parser = options(__doc__)
    parser.add_argument("--sizes", type=sizes_of, default=[100_000, 1_000_000, 10_000_000])
    given = parser.parse_args()
    at_most_two_cores()
    publish(given, "Growth", measure(given.sizes, given.repeat))


def sizes_of(text: str) -> list[int]:
    try:
        return [int(part) for part in text.split(",")]
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected numbers like 100000,1000000, found {text}") from None


if __name__ == "__main__":
    main()
