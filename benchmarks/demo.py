"""How long the demonstration takes to open: `bailiwick serve --demo`, until its first page answers.

    python benchmarks/demo.py [--page docs/benchmarks.md --date 2026-11-29]

The first time it makes its database, a made-up jail in it, and what its pages need; the second time it finds them.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from measuring import ROOT, free_port, options, publish, table

TARGET = 60


def opened(data: Path) -> float:
    """Seconds from the command to the first page."""
    port = str(free_port())
    command = [sys.executable, "-m", "bailiwick.cli", "serve", "--demo", "--data", str(data), "--port", port]
    before = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if "Stop with Ctrl-C" in line:
                break
        else:
            raise SystemExit("bailiwick serve --demo ended before it was open")
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30) as answer:
            answer.read()
        return time.perf_counter() - before
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)


def main() -> None:
    given = options(__doc__).parse_args()
    folder = Path(tempfile.mkdtemp(prefix="bailiwick-benchmark-"))
    try:
        if os.name == "posix":
            folder.chmod(0o755)  # PostgreSQL runs under an account of its own when we are the superuser
        first, again = opened(folder / "demo"), opened(folder / "demo")
    finally:
        shutil.rmtree(folder)
    rows = [
        ["nothing there yet", f"{first:.1f}", f"{TARGET} s, {'met' if first <= TARGET else 'not met'}"],
        ["opened again over what was kept", f"{again:.1f}", ""],
    ]
    publish(given, "The demonstration opens", table(["", "seconds until its first page", "target"], rows))


if __name__ == "__main__":
    main()
