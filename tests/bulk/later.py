"""Cases with a conviction on, before and after the local day of the decision, near every midnight."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

ZONES = {
    "us/ca/fresno-county": "America/Los_Angeles",
    "us/ny/new-york-city": "America/New_York",
    "us/hi/honolulu-county": "Pacific/Honolulu",
    "us/gu": "Pacific/Guam",
}
#: UTC hours: midnight, and around the midnights of the zones, in summer time and without.
HOURS = (0, 3.99, 4, 4.99, 5, 6.99, 7, 7.99, 8, 9.99, 10, 13.99, 14, 23.99)
DAYS = (date(2026, 3, 7), date(2026, 3, 8), date(2026, 7, 1), date(2024, 2, 29))


SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("place", pa.string()),
        ("at", pa.timestamp("us", "UTC")),
        ("charges", pa.list_(pa.struct([("status", pa.string()), ("convicted_on", pa.date32())]))),
    ]
)


def cases() -> Iterator[tuple[dict[str, Any], bool]]:
    """Each with whether it can be decided."""
    for place, zone in ZONES.items():
        for day in DAYS:
            for hour in HOURS:
                at = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(hours=hour)
                local = at.astimezone(ZoneInfo(zone)).date()
                for later in (-1, 0, 1, 400):
                    on = local + timedelta(days=later)
                    name = f"{place} {at:%Y-%m-%dT%H:%M} {on}"
                    charges = [
                        {"status": "charged", "convicted_on": None},
                        {"status": "convicted", "convicted_on": on},
                    ]
                    yield {"id": name, "place": place, "at": at, "charges": charges}, later <= 0


def expected() -> set[str]:
    """The names of those that can be decided."""
    return {case["id"] for case, good in cases() if good}


def table() -> pa.Table:
    return pa.Table.from_pylist([case for case, _ in cases()], SCHEMA)


def as_text(case: dict[str, Any]) -> dict[str, Any]:
    """The same as JSON has it."""
    return json.loads(json.dumps(case, default=lambda value: value.isoformat()))  # type: ignore[no-any-return]
