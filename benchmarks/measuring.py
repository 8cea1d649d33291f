"""What the benchmarks share: the machine they run on, repeated timing, tables, and the page they write to."""

from __future__ import annotations

import argparse
import os
import platform
import re
import socket
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from report import write_section

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "benchmarks.md"


def options(doc: str | None) -> argparse.ArgumentParser:
    """A command line with what every benchmark takes."""
    parser = argparse.ArgumentParser(description=(doc or "").partition("\n")[0])
    parser.add_argument("--page", type=Path, help="write the result into this Markdown page as well")
    parser.add_argument(
        "--date", default="", help="day of the measurement, for the page (nothing here asks the clock for it)"
    )
    parser.add_argument("--repeat", type=int, default=3, help="runs of each timing")
    return parser


def publish(given: argparse.Namespace, title: str, text: str) -> None:
    """Print a section, and write it into the page that was asked for, with the machine it was measured on."""
    print(f"{title}\n\n{text.strip()}\n", flush=True)
    if given.page:
        day = f"{given.date}, " if given.date else ""
        write_section(given.page, title, f"{text.strip()}\n\n*Measured: {day}{machine()}.*")


def machine() -> str:
    """Processor, cores this process may use, memory, versions."""
    import duckdb

    cpu = platform.processor() or platform.machine()
    info, memory = Path("/proc/cpuinfo"), ""
    if info.exists() and (found := re.search(r"model name\s*:\s*(.+)", info.read_text())):
        cpu = found[1].strip()
    if "SC_PHYS_PAGES" in os.sysconf_names:
        memory = f"{os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE') / 2**30:.0f} GiB, "
    return f"{cpu}, {cores()} cores, {memory}Python {platform.python_version()}, DuckDB {duckdb.__version__}"


def cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def at_most_two_cores() -> None:
    """Keep this process to two cores, so that figures of other machines can be compared."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])


def free_port() -> int:
    """A port of loopback on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def seconds(work: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


class Taken(NamedTuple):
    """Seconds on the clock, and seconds of processor of all threads of this process."""

    wall: float
    processor: float


def alternating(repeat: int, *works: Callable[[], Any]) -> list[list[Taken]]:
    """What several pieces of work take, run in turn so that a busy machine slows them alike."""
    taken: list[list[Taken]] = [[] for _ in works]
    for _ in range(repeat):
        for times, work in zip(taken, works, strict=True):
            begun = time.process_time()
            wall = seconds(work)
            times.append(Taken(wall, time.process_time() - begun))
    return taken


def least(times: Iterable[Taken]) -> Taken:
    """The least of each."""
    found = list(times)
    return Taken(min(t.wall for t in found), min(t.processor for t in found))


def microseconds(work: Callable[[Any], Any], inputs: Sequence[Any], rounds: int) -> float:
    """The median time of one call, over inputs taken in turn, after one round that is not counted."""
    for given in inputs:
        work(given)
    times = []
    for _ in range(rounds):
        for given in inputs:
            begun = time.perf_counter_ns()
            work(given)
            times.append(time.perf_counter_ns() - begun)
    return statistics.median(times) / 1000


def table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A Markdown table; every column but the first is set to the right."""
    lines = ["| " + " | ".join(head) + " |", "|---|" + "--:|" * (len(head) - 1)]
    return "\n".join([*lines, *("| " + " | ".join(map(str, row)) + " |" for row in rows)])


def against(value: float, target: float, unit: str = "") -> str:
    """The target, and whether it is met."""
    return f"{target:g}{unit}, {'met' if value <= target else 'not met'}"
