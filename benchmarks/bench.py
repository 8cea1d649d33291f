"""Every benchmark, one after the other, into one page.

    python benchmarks/bench.py [--date 2026-11-21] [--page docs/benchmarks.md] [--quick]

Each runs in a process of its own. `--quick` takes small inputs: it shows that everything runs, its figures
mean nothing. `make bench` calls it without arguments.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from measuring import PAGE

HERE = Path(__file__).resolve().parent
HEAD = """# Benchmarks

Written by `make bench`; each section names the machine it was measured on. How each figure is taken stands at
the head of its script in `benchmarks/`. The large comparisons for equality are in [proof](proof.md).
"""
#: Script -> arguments of a quick run.
SCRIPTS: dict[str, list[str]] = {
    "single.py": ["--calls", "200"],
    "bulk.py": ["--cases", "20000", "--repeat", "1"],
    "growth.py": ["--sizes", "1000,10000", "--repeat", "1"],
    "cold.py": ["--repeat", "2"],
    "real/travis.py": [],
    "public_pages.py": ["--seconds", "2"],
    "flood.py": ["--requests", "1600"],
    "demo.py": [],
    "desk_keys.py": [],
    "desk_load.py": ["--bookings", "2000", "--seconds", "2"],
    "import_rows.py": ["--rows", "500"],
    "record.py": ["--events", "2000"],
    "evidence_load.py": ["--rows", "10000", "--cases", "1000", "--repeat", "1"],
    "effects.py": ["--simulations", "10"],
}


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--page", type=Path, default=PAGE)
    parser.add_argument("--date", default="", help="day of the measurement, for the page")
    parser.add_argument("--quick", action="store_true")
    given = parser.parse_args()
    page: Path = given.page
    if not page.exists() or not page.read_text(encoding="utf-8").startswith("# "):
        page.write_text(HEAD, encoding="utf-8")
    failed = []
    for script, quick in SCRIPTS.items():
        print(f"== benchmarks/{script}", flush=True)
        command = [
            sys.executable,
            str(HERE / script),
            "--page",
            str(page),
            "--date",
            given.date,
            *(quick if given.quick else []),
        ]
        if subprocess.run(command).returncode:
            failed.append(script)
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
