"""How often the 95 % interval of an effect holds the true one, over simulated panels whose effect is known."""

from __future__ import annotations

import os
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bailiwick.evidence.effects.estimate import estimate
from tests.effects.simulated import panel

SIMULATIONS = int(os.environ.get("SIMULATIONS", "500"))
#: What differs between the panels: no effect, one that stays, one that grows.
DESIGNS = {
    "no effect": {"effect": 0.0},
    "an effect that stays": {"effect": 1.0, "growth": 0.0},
    "an effect that grows": {"effect": 1.0, "growth": 0.1},
}
METHODS = ("two_stage", "interacted", "two_way")


def one(job: tuple[str, int]) -> list[tuple[bool, float]]:
    design, seed = job
    made, true = panel(seed, **DESIGNS[design])
    found = estimate(made)
    estimates = [getattr(found, method) for method in METHODS]
    return [(e.low <= true <= e.high, e.effect - true) for e in estimates]


def main() -> None:
    print(f"{SIMULATIONS} simulated panels of 100 units and 20 months each, dates of change staggered; 95 % intervals")
    print("design | two-stage: covered, bias | interaction-weighted: covered, bias | two-way fixed effects: covered, bias")
    with ProcessPoolExecutor(2) as pool:
        for design in DESIGNS:
            jobs = [(design, 10_000 + n) for n in range(SIMULATIONS)]
            found = list(pool.map(one, jobs, chunksize=10))
            cells = []
            for m in range(len(METHODS)):
                covered = sum(row[m][0] for row in found) / len(found)
                bias = sum(row[m][1] for row in found) / len(found)
                cells.append(f"{covered:.1%}, {bias:+.3f}")
            print(" | ".join([design, *cells]), flush=True)


if __name__ == "__main__":
    main()
