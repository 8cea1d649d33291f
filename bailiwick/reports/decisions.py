"""What was decided in a year: one row for each action of each signed answer, with the number of its event in the record."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from bailiwick.custody.models import Agency
from bailiwick.record.models import Event


class Row(NamedTuple):
    """`event`: number of the signing in the record. `signed_at`: UTC. `chosen`: honor or decline. `departs`: another choice than
    the law's answer leaves open. Nobody is named."""

    event: int
    signed_at: str
    booking: int
    request_kind: str
    action: str
    outcome: str
    chosen: str
    departs: str
    lawbook: str


def decisions(agency: Agency, year: int) -> Iterator[Row]:
    """Every signing of a calendar year at the place, in the order of the record; read from the record alone.

    Events that are not numbered yet (their transaction is open) are not in it.
    """
    start, end = (datetime(y, 1, 1, tzinfo=agency.tz).astimezone(UTC) for y in (year, year + 1))
    answers: dict[int, tuple[dict[str, str], str, str]] = {}
    events = (
        Event.objects.filter(agency_id=agency.pk, kind__in=("answer.given", "answer.signed"), at__lt=end)
        .exclude(leaf=None)
        .select_related("leaf")
        .order_by("leaf__number")
    )
    for event in events.iterator(chunk_size=2000):
        data = event.data
        if event.kind == "answer.given":
            outcomes = {name: one["outcome"] for name, one in data["decision"]["actions"].items()}
            answers[data["answer"]] = outcomes, data["case"]["request"]["kind"], data["lawbook"]
        elif event.at >= start:
            outcomes, kind, lawbook = answers[data["answer"]]
            for action, chosen in sorted(data["chosen"].items()):
                yield Row(
                    event.leaf.number,
                    event.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
                    int(event.subject.removeprefix("booking/")),
                    kind,
                    action,
                    outcomes[action],
                    chosen,
                    "yes" if action in data["departures"] else "no",
                    lawbook,
                )
