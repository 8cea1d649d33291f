"""How often the 95 % interval of an effect holds the true one, over simulated panels whose effect is known.

    python benchmarks/effects.py [--simulations 500] [--page docs/benchmarks.md]

The panels are those of tests/effects/simulated.py: 100 units, 20 months, levels of their own, common movements, noise that lasts
from month to month, four dates of change and units that never change.
"""

from __future__ import annotations

import os
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).parents[1]))

from measuring import options, publish, table

from bailiwick.evidence.effects.estimate import estimate
from tests.effects.simulated import panel

#: What differs between the panels.
DESIGNS = {
    "no effect": {"effect": 0.0},
    "one that stays": {"effect": 1.0, "growth": 0.0},
    "one that grows by a tenth each month": {"effect": 1.0, "growth": 0.1},
}
METHODS = ("two_stage", "interacted", "two_way")
LOW, HIGH = 0.93, 0.97


def one(job: tuple[str, int]) -> list[tuple[bool, float]]:
    """For each method: whether the interval holds the true effect, and the error."""
    design, seed = job
    made, true = panel(seed, **DESIGNS[design])
    found = estimate(made)
    estimates = [getattr(found, method) for method in METHODS]
    return [(e.low <= true <= e.high, e.effect - true) for e in estimates]


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--simulations", type=int, default=500)
    given = parser.parse_args()
    rows, covered = [], []
    with ProcessPoolExecutor(2) as pool:
        for place, design in enumerate(DESIGNS):
            jobs = [(design, 10_000 * (place + 1) + n) for n in range(given.simulations)]
            found = list(pool.map(one, jobs, chunksize=10))
            cells = []
            for m, method in enumerate(METHODS):
                share = sum(row[m][0] for row in found) / len(found)
                cells += [f"{share:.1%}", f"{sum(row[m][1] for row in found) / len(found):+.3f}"]
                if method != "two_way":
                    covered.append(share)
            rows.append([design, *cells])
    head = ["effect", "two-stage", "error", "interaction-weighted", "error", "two-way fixed effects", "error"]
    met = "met" if all(LOW <= share <= HIGH for share in covered) else "not met"
    publish(
        given,
        "Simulated effects",
        f"Share of {given.simulations} simulated panels whose 95 % interval holds the true effect, and the mean error.\n\n"
        f"{table(head, rows)}\n\n"
        f"Target: 93 to 97 % of the first two, {met}. Two-way fixed effects stands beside them to show what it does.",
    )


if __name__ == "__main__":
    main()
