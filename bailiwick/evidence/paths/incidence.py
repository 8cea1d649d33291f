"""Cumulative incidence with competing events, from days and what ended them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

Z = float(stats.norm.ppf(0.975))


@dataclass(frozen=True, slots=True)
class Point:
    """The share to whom it happened by this day. `low`, `high`: 95 % interval (log-minus-log); None where nobody is left to
    follow that far. `at_risk`: people followed for at least this long to whom nothing had happened before it. `after`: those of
    them to whom nothing happened on that day either, and who are followed beyond it."""

    day: int
    share: float | None
    low: float | None
    high: float | None
    at_risk: int
    after: int


def incidence(days: Sequence[int], ended: Sequence[int], event: int, at: Sequence[int]) -> tuple[Point, ...]:
    """Aalen-Johansen estimate of P(T <= day, event) by statsmodels; time 0 is kept.

    Args:
        days: days from the start to the end of each person's time, whole numbers from 0.
        ended: what ended it: 0 followed no longer, 1, 2, … the events.
        event: the one asked about.
        at: days to answer for.

    Raises:
        ValueError: lengths differ, or a negative day.
    """
    time, status = np.asarray(days, dtype=float), np.asarray(ended, dtype=int)
    if len(time) != len(status):
        raise ValueError(f"expected as many ends as days, found {len(status)} and {len(time)}")
    if len(time) and time.min() < 0:
        raise ValueError(f"expected days from 0, found {time.min():.0f}")
    out = []
    curve, errors, times = _curve(time, status, event)
    last = float(time.max()) if len(time) else -1.0
    # Where an event ended the time of everybody left, nothing more can happen and the share stands.
    settled = len(time) > 0 and bool((status[time == last] > 0).all())
    for day in at:
        at_risk, after = int((time >= day).sum()), int((time > day).sum())
        if day > last and not settled:
            out.append(Point(day, None, None, None, at_risk, after))
            continue
        k = int(np.searchsorted(times, day, side="right")) - 1
        share = float(curve[k]) if k >= 0 else 0.0
        error = float(errors[k]) if k >= 0 else 0.0
        # Who was lost from sight before that day says neither that it happened by then nor that it did not.
        told = int(((time >= day) | (status > 0)).sum())
        out.append(Point(day, share, *_interval(share, error, told), at_risk, after))
    return tuple(out)


def _curve(time: Any, status: Any, event: int) -> tuple[Any, Any, Any]:
    """The share and its standard error at each day on which somebody's time ended, and those days."""
    if not (status == event).any():
        return np.zeros(0), np.zeros(0), np.zeros(0)
    from statsmodels.duration.survfunc import CumIncidenceRight

    # Codes without gaps, the asked one first: statsmodels gives one curve for each code up to the largest.
    codes = {0: 0, event: 1}
    for other in sorted(set(status.tolist())):
        codes.setdefault(other, len(codes))
    with np.errstate(divide="ignore", invalid="ignore"):
        made = CumIncidenceRight(time, np.array([codes[one] for one in status.tolist()]))
    errors = np.asarray(made.cinc_se[0])
    return made.cinc[0], np.where(np.isfinite(errors), errors, _errors(time, status, event)), made.times


def _errors(time: Any, status: Any, event: int) -> Any:
    """The standard errors of statsmodels (delta method), and one where it has none: at a day on which the time of everybody left
    ends with an event. Without people lost from sight they are those of a binomial share.
    """
    times, at = np.unique(time, return_inverse=True)
    mine, any_event, all_ends = (
        np.bincount(at, weights=one, minlength=len(times))
        for one in (status == event, status > 0, np.ones(len(time)))
    )
    risk = all_ends[::-1].cumsum()[::-1]
    free = np.cumprod(np.append(1.0, 1 - any_event / risk)[:-1])  # of any event, just before
    step = free * mine / risk
    share = step.cumsum()
    left = risk - any_event
    # Where nobody is left the share changes no more: the term is 0, not 0 times infinity.
    hazard = np.divide(any_event, risk * left, out=np.zeros(len(times)), where=left > 0)
    variance = (
        share**2 * hazard.cumsum()
        - 2 * share * (share * hazard).cumsum()
        + (share**2 * hazard).cumsum()
        + (free**2 * mine * (risk - mine) / risk**3).cumsum()
        - 2 * share * (step / risk).cumsum()
        + 2 * (share * step / risk).cumsum()
    )
    return np.sqrt(np.maximum(variance, 0))


def _interval(share: float, error: float, told: int) -> tuple[float, float]:
    """Log-minus-log interval (Kalbfleisch and Prentice); where nothing or everything happened, the one of Clopper and Pearson
    for the people of whom that is told."""
    if share <= 0:
        return 0.0, 1 - 0.025 ** (1 / told)
    if share > 1 - 1e-9:  # 1, but for what adding up loses
        return 0.025 ** (1 / told), 1.0
    reach = Z * error / ((1 - share) * abs(math.log(1 - share)))
    return 1 - (1 - share) ** math.exp(-reach), 1 - (1 - share) ** math.exp(reach)
