"""Does the bulk path say what the single path says? Shared by the tests and by the proof over a million cases."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from bailiwick.engine.bulk import case_row, write_cases
from bailiwick.engine.case import Case
from bailiwick.engine.decide import Decider
from bailiwick.engine.facts import ACTIONS


def expected(
    decider: Decider, case: Case, proposals: tuple[str, ...] = ()
) -> dict[str, tuple[str, str | None, str]]:
    """What a bulk row should say of a case: action -> (outcome, deciding norm, missing facts)."""
    decision = decider.decide(case, proposals, would_change=False)
    return {
        a: (str(x.outcome), x.because[0].norm.id if x.because else None, ",".join(x.missing))
        for a, x in decision.actions.items()
    }


def write(cases: Iterable[Case], path: Path) -> int:
    return write_cases((case_row(c) for c in cases), path)


def differences(
    decider: Decider, cases: list[Case], out: Path, most: int = 5, proposals: tuple[str, ...] = ()
) -> tuple[int, list[str]]:
    """How many (case, action) pairs differ between the decisions of cases and a bulk output, and some of them in words."""
    rows = {row["id"]: row for row in pq.read_table(out).to_pylist()}
    return compare(decider, cases, rows, most, proposals)


def compare(
    decider: Decider,
    cases: list[Case],
    rows: dict[str, dict[str, Any]],
    most: int = 5,
    proposals: tuple[str, ...] = (),
) -> tuple[int, list[str]]:
    count, shown = 0, []
    for case in cases:
        row = rows.get(str(case.id))
        if row is None:
            count += 1
            shown.append(f"{case.id}: no row")
            continue
        want = expected(decider, case, proposals)
        possible = decider.outcomes(case, proposals)
        for action in ACTIONS:
            if row.get(f"{action}_possible", possible[action]) != possible[action]:
                count += 1
                shown.append(
                    f"{case.id} {action}: possible {possible[action]}, bulk {row[f'{action}_possible']}"
                )
            got = (row[action], row[f"{action}_norm"], row[f"{action}_missing"])
            if got != want[action]:
                count += 1
                if len(shown) < most:
                    both = f"single {want[action]}, bulk {got}"
                    shown.append(
                        f"{case.id} {case.place.path} {case.at} {action}: {both}; {case.facts} {case.charges}"
                    )
    return count, shown
