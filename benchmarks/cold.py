"""How long a new process takes: `bailiwick --help`, and loading the whole lawbook.

    python benchmarks/cold.py [--repeat 20] [--page docs/benchmarks.md --date 2026-11-21]

Each time is that of a process from start to end; `python -c pass` is the floor. As on any machine where the
program has run before, the file system's cache is warm and compiled bytecode is there (kept in a temporary
directory here, so that the figures do not depend on whether this environment lets Python write it).
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from measuring import ROOT, alternating, options, publish, table

LOAD = "from bailiwick.engine.lawbook import Lawbook; Lawbook.load()"
TARGETS = {"bailiwick --help": 150, "load the whole lawbook": 500}


def commands() -> dict[str, list[str]]:
    script = Path(sys.executable).with_name("bailiwick")
    program = (
        [str(script)] if script.exists() else [sys.executable, "-c", "from bailiwick.cli import main; main()"]
    )
    return {
        "python -c pass": [sys.executable, "-c", "pass"],
        "bailiwick --help": [*program, "--help"],
        "load the whole lawbook": [sys.executable, "-c", LOAD],
        "bailiwick law show us/dc": [*program, "law", "show", "us/dc", "--on", "2026-03-02"],
    }


def main() -> None:
    parser = options(__doc__)
    parser.set_defaults(repeat=20)
    given = parser.parse_args()

    found = commands()
    with tempfile.TemporaryDirectory() as bytecode:
        environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        environment["PYTHONPYCACHEPREFIX"] = bytecode

        def runner(command: list[str]) -> None:
            subprocess.run(command, check=True, capture_output=True, cwd=ROOT, env=environment)

        for command in found.values():
            runner(command)
        times = alternating(given.repeat, *(lambda c=c: runner(c) for c in found.values()))  # type: ignore[misc]
    rows = []
    for name, taken in zip(found, times, strict=True):
        median, target = statistics.median(t.wall for t in taken) * 1000, TARGETS.get(name)
        verdict = f"{target} ms, {'met' if median <= target else 'not met'}" if target else ""
        rows.append(
            [
                f"`{name}`" if " " in name and "lawbook" not in name else name,
                f"{median:.0f}",
                f"{min(t.wall for t in taken) * 1000:.0f}",
                verdict,
            ]
        )
    from bailiwick.engine.lawbook import Lawbook

    book = Lawbook.load()
    size = sum(f.path.stat().st_size for f in book.files.values()) / 1e6
    text = [
        f"Medians of {given.repeat} processes, run in turn. The lawbook: {len(book.files)} files of law, "
        f"{size:.1f} MB, "
        f"{sum(1 for _ in book.norms)} norms, {len(book.lists)} lists of offences, {len(book.places):,} "
        "places.",
        table(["new process", "median ms", "least ms", "target"], rows),
    ]
    publish(given, "Cold start", "\n\n".join(text))


if __name__ == "__main__":
    main()
