"""Hold every clock against a second, independent implementation, over all zones and 131 years.

    python benchmarks/proof_clocks.py [--starts 1000000] [--processes 2] [--seed 1]

Each start is drawn in one zone of the table of places, between 1970 and 2100, under the holidays of the United
States (in New York's zone also under those of the other law files that list any): half of them anywhere, half
within two days of a change of offset or of a new year, one in ten as a date. From each start every clock of
`CLOCKS` is run in both implementations (`tests/engine/second_clock.py` is the other) and the deadlines are
compared to the microsecond. Ends with 1 if any differs. Then the speed of one deadline and of loading the
places is measured.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import count
from multiprocessing import Pool
from pathlib import Path
from typing import Any, NamedTuple

import yaml

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from bailiwick.engine.clock import Holidays, due  # noqa: E402
from bailiwick.engine.places import load_places  # noqa: E402
from bailiwick.engine.zones import zone_spans  # noqa: E402
from tests.engine.second_clock import DAY, SECOND, SecondClock, day_number, excluded_days  # noqa: E402

LENGTHS = ["PT5H", "PT24H", "PT48H", "-PT48H", "PT72H", "PT90M", "P1D", "P5D", "-P3D", "P30D", "P1DT2H"]
LENGTHS += ["P1M", "-P1M", "P1Y", "P10Y"]
CALENDARS = ["continuous", "excluding_weekends_holidays"]
#: The law files beside that of the United States that list holidays.
OTHERS = ["us/dc", "us/ny"]
TIMES = ["00:00", "02:30", "17:00", "23:59"]
#: Length, time of day, calendar of each clock.
CLOCKS: list[tuple[str | None, str | None, str]] = [
    *((length, None, calendar) for length in LENGTHS for calendar in CALENDARS),
    *((None, until, CALENDARS[0]) for until in TIMES),
]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST_DAY, LAST_DAY = day_number(1970, 1, 1), day_number(2100, 12, 31)
MICROSECOND = timedelta(microseconds=1)


class Share(NamedTuple):
    """The part of the work in one zone under one table of holidays."""

    tz: str
    holidays: str
    starts: int
    seed: int


class Result(NamedTuple):
    tz: str
    holidays: str
    starts: int
    compared: int
    differences: list[str]


def rules(whose: str = "us") -> list[dict[str, Any]]:
    text = (ROOT / "bailiwick" / "law" / f"{whose}.yaml").read_text(encoding="utf-8")
    found: list[dict[str, Any]] = yaml.safe_load(text)["holidays"]
    return found


def compare(share: Share) -> Result:
    chance = random.Random(f"{share.seed} {share.tz} {share.holidays}")
    table = rules(share.holidays)
    holidays, second = Holidays.from_rules(table), SecondClock(share.tz, excluded_days(table))
    turns = [day_number(year, 1, 1) * 86_400 for year in range(1970, 2101)]
    turns += [span.utc_from for span in zone_spans(share.tz)]
    differences = []
    for _ in range(share.starts):
        kind = chance.random()
        start: datetime | date
        if kind < 0.1:
            number = chance.randint(FIRST_DAY, LAST_DAY)
            start, instant = EPOCH.date() + timedelta(days=number), second.instant(number * DAY)
        else:
            seconds = (
                chance.choice(turns) + chance.randint(-172_800, 172_800)
                if kind < 0.55
                else chance.randrange(FIRST_DAY * 86_400, (LAST_DAY + 1) * 86_400)
            )
            instant = seconds * SECOND + chance.choice((0, 0, 1, 999_999))
            start = EPOCH + timedelta(microseconds=instant)
        for length, until, calendar in CLOCKS:
            ours = due(start, length=length, until=until, calendar=calendar, tz=share.tz, holidays=holidays)
            theirs = second.due(instant, length, until, calendar)
            if (ours - EPOCH) // MICROSECOND != theirs:
                what = f"{start.isoformat()} {length or until} {calendar}"
                differences.append(f"{share.tz} {share.holidays} {what}")
    return Result(share.tz, share.holidays, share.starts, share.starts * len(CLOCKS), differences)


def prove(starts: int, processes: int, seed: int) -> int:
    """Compare, print, and return the number of differences."""
    zones = sorted({place.tz for place in load_places()})
    work = [(tz, "us") for tz in zones] + [("America/New_York", whose) for whose in OTHERS]
    shares = [Share(*one, (starts + n) // len(work), seed) for n, one in enumerate(work)]
    begun = time.perf_counter()
    with Pool(processes) as pool:
        results = []
        for done, result in zip(count(1), pool.imap_unordered(compare, shares, chunksize=1)):
            results.append(result)
            print(
                f"{done:3}/{len(shares)} {result.tz:32} {result.holidays:6} {len(result.differences)} differences",
                flush=True,
            )
    differences = [line for result in results for line in result.differences]
    for line in differences[:20]:
        print(line)
    print(
        f"{sum(r.starts for r in results):,} starts in {len(zones)} zones, {len(CLOCKS)} clocks each:"
        f" {sum(r.compared for r in results):,} deadlines compared, {len(differences):,} differences,"
        f" {time.perf_counter() - begun:.0f} s on {processes} cores"
    )
    return len(differences)


def best_of(work: Callable[[], object], repeat: int = 5) -> float:
    """The shortest of several runs, in seconds."""
    seconds = []
    for _ in range(repeat):
        begun = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - begun)
    return min(seconds)


def measure() -> None:
    """Print the speed of one deadline, by kind, and the time to load the places."""
    chance, holidays = random.Random(1), Holidays.from_rules(rules())
    first, last = FIRST_DAY * 86_400, (LAST_DAY + 1) * 86_400
    spread = [EPOCH + timedelta(seconds=chance.randrange(first, last)) for _ in range(10_000)]
    year = [EPOCH.replace(year=2026) + timedelta(seconds=chance.randrange(31_000_000)) for _ in range(10_000)]
    for name, starts in (("1970 to 2100", spread), ("one year", year)):
        for length, until, calendar in (
            ("PT48H", None, CALENDARS[0]),
            ("P5D", None, CALENDARS[0]),
            ("P1M", None, CALENDARS[0]),
            (None, "23:59", CALENDARS[0]),
            ("PT48H", None, CALENDARS[1]),
            ("P5D", None, CALENDARS[1]),
            ("P30D", None, CALENDARS[1]),
        ):

            def work(
                starts: list[datetime] = starts,
                length: str | None = length,
                until: str | None = until,
                calendar: str = calendar,
            ) -> None:
                for start in starts:
                    due(
                        start,
                        length=length,
                        until=until,
                        calendar=calendar,
                        tz="America/Chicago",
                        holidays=holidays,
                    )

            micro = best_of(work) / len(starts) * 1e6
            print(f"{length or until:6} {calendar:28} {name:13} {micro:6.2f} microseconds")

    def load() -> None:
        load_places.cache_clear()
        load_places()

    print(f"{len(load_places()):,} places loaded in {best_of(load, 20) * 1e3:.1f} ms")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--starts", type=int, default=1_000_000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    differences = prove(options.starts, options.processes, options.seed)
    measure()
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
