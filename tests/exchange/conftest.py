"""A jail's file as text, imported by the clerk at a fixed instant."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from bailiwick.custody.acting import Actor
from bailiwick.custody.exchange import importing, mapping, reading
from bailiwick.custody.models import Agency, Booking, ImportRow, ImportRun, Person, User

AT = datetime(2026, 3, 2, 11, 22, tzinfo=UTC)
HEAD = "number,family_name,given_name,booked_at,birth_date,ground"

Import = Callable[..., ImportRun]


@pytest.fixture
def jail(agency: Agency, clerk: User) -> Actor:
    """The clerk of Example County Jail, importing at 03:22 on 2 March 2026."""
    return Actor(agency, AT, clerk, how="import")


@pytest.fixture
def imported(jail: Actor) -> Import:
    """`imported(table, text or bytes, columns=…, values=…, dry=…)`: a file is read; columns are proposed by their names."""

    def run(table: str, content: str | bytes, **options: Any) -> ImportRun:
        data = content if isinstance(content, bytes) else content.encode()
        columns = options.pop("columns", None) or mapping.propose(
            table, reading.read(io.BytesIO(data)).columns
        )
        plan = mapping.Plan.of(table, {"columns": columns, "values": options.pop("values", {})})
        return importing.run_file(
            options.pop("actor", jail), plan, lambda: io.BytesIO(data), name="jail.csv", **options
        )

    return run


def problems(run: ImportRun) -> dict[int, str]:
    """Line to reason of what a run set aside."""
    return dict(ImportRow.objects.filter(run=run).values_list("line", "problem"))


def counts(run: ImportRun) -> tuple[int, int, int, int]:
    assert run.read == run.taken + run.unchanged + run.set_aside
    return run.read, run.taken, run.unchanged, run.set_aside


def stay(
    agency: Agency, number: str = "1", booked_at: datetime = datetime(2026, 3, 1, 4, tzinfo=UTC)
) -> Booking:
    """A booking that stands on the desk, without a ground."""
    person = Person.objects.create(agency=agency, family_name="Doe", given_name="Alex")
    return Booking.objects.create(agency=agency, number=number, person=person, booked_at=booked_at)
