"""Panels whose effect is known: units with levels of their own, common movements, noise that lasts, staggered dates."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bailiwick.evidence.effects.panel import Panel

#: January 2014 as the number of a month.
START = 2014 * 12


def panel(
    seed: int,
    *,
    units: int = 100,
    periods: int = 20,
    effect: float = 1.0,
    growth: float = 0.1,
    dates: tuple[int, ...] = (0, 6, 9, 12, 15),
    drift: float = 0.0,
) -> tuple[Panel, float]:
    """A panel by month and the true average effect on the changed in it.

    `growth`: by how much of itself an effect rises each month; `dates`: months of change, 0 for never; `drift`: what changed
    units move by each month whether or not the law changed, which breaks the design.
    """
    chance = np.random.default_rng(seed)
    unit = np.repeat(np.arange(units), periods)
    period = np.tile(np.arange(1, periods + 1), units)
    first = chance.choice(dates, size=units)[unit]
    under = (first > 0) & (period >= first)
    true = np.where(under, effect * (1 + growth * (period - first)), 0.0)
    noise = chance.normal(size=(units, periods))
    for later in range(1, periods):
        noise[:, later] += 0.5 * noise[:, later - 1]
    level = chance.normal(size=units)[unit]
    common = np.cumsum(chance.normal(scale=0.3, size=periods))[period - 1]
    value = level + common + true + noise.ravel() + drift * period * (first > 0)
    frame = pd.DataFrame(
        {
            "unit": [f"unit {number:03}" for number in unit],
            "period": START + period,
            "first": np.where(first > 0, START + first, 0),
            "value": value,
        }
    )
    return Panel(frame, "month", "arrests", len(frame)), float(true[under].mean()) if under.any() else 0.0
