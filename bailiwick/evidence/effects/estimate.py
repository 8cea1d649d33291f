"""Difference-in-differences where places change at different times: two-way fixed effects beside estimators that survive it.

Sources: Goodman-Bacon (2021) and de Chaisemartin and D'Haultfoeuille (2020) on what two-way fixed effects weigh; Gardner
(2022), two-stage differences-in-differences; Sun and Abraham (2021), interaction-weighted event study; Borusyak, Jaravel and
Spiess (2024) on testing trends among observations not yet treated. Estimated by pyfixest; standard errors are clustered by unit.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from bailiwick.evidence.effects.panel import BadPanel, Panel

#: Most periods before the change that the test of earlier trends looks at.
LEADS = 5


@dataclass(frozen=True, slots=True)
class Estimate:
    """The average effect on those whose law changed, over their periods under it.

    Attributes:
        method: how it was estimated.
        effect: in the units of the outcome.
        low, high: 95 % interval; t with (units - 1) degrees of freedom.
        se: standard error, clustered by unit.
    """

    method: str
    effect: float
    low: float
    high: float
    se: float


@dataclass(frozen=True, slots=True)
class Moment:
    """The effect a number of periods after the change; before it, the difference that should not be there. `units`: how many
    changed units are seen at that distance."""

    distance: int
    effect: float
    low: float
    high: float
    units: int


@dataclass(frozen=True, slots=True)
class Trend:
    """Test that changed and unchanged units moved alike before the change: `p` of all leads being zero. None: not testable."""

    leads: int
    p: float | None


@dataclass(frozen=True, slots=True)
class Effect:
    """Everything estimated from a panel.

    Attributes:
        two_stage: Gardner's two-stage estimate: the one that is read.
        interacted: Sun and Abraham's.
        two_way: two-way fixed effects; biased where effects grow or differ and dates do; shown because it is often printed.
        moments: by distance from the change (-1 is the reference and left out).
        trend: test on the periods before.
        changed, never: number of units; `dates`: number of different dates of change; `before`: mean of the changed units'
            outcome before.
        alone: rows of units and periods that have fewer than two rows not under the law, and so nothing beside them.
    """

    two_stage: Estimate
    interacted: Estimate
    two_way: Estimate
    moments: tuple[Moment, ...]
    trend: Trend
    changed: int
    never: int
    dates: int
    before: float
    rows: int
    alone: int = 0


def estimate(panel: Panel) -> Effect:
    """Estimate the effect of a change of law.

    Raises:
        BadPanel: no unit changed within the panel, all changed at once, none has two periods before its change, or nothing can
            be estimated for want of numbers.
    """
    frame = panel.frame
    units = frame.groupby("unit")["first"].first()
    changed, never = int((units > 0).sum()), int((units == 0).sum())
    if changed == 0:
        raise BadPanel(
            "expected at least one unit whose law changed within the panel, found none: nothing to estimate"
        )
    if never == 0 and units.nunique() < 2:
        raise BadPanel(
            "expected units whose law did not change, or changed later; found that all changed at once: nothing to compare with"
        )
    if never == 0:
        # Once the last unit changes nobody is left to compare with: those periods say nothing.
        last = int(units.max())
        frame = frame[frame["period"] < last].copy()
        frame.loc[frame["first"] == last, "first"] = 0
        units = frame.groupby("unit")["first"].first()
    data = _numbered(frame)
    units = data.groupby("unit")["first"].first()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            two_stage, two_way = (_average(data, method) for method in ("did2s", "twfe"))
            interacted, moments = _interacted(data)
            trend = _trend(data)
        except (ValueError, ArithmeticError, np.linalg.LinAlgError):
            raise BadPanel(
                f"expected numbers that tell an effect from what else differs; found too few, or too far apart, in {len(units)} "
                f"units and {data['period'].nunique()} periods: more of either may help"
            ) from None
    before = data[(data["first"] > 0) & (data["period"] < data["first"])]["value"]
    return Effect(
        two_stage,
        interacted,
        two_way,
        tuple(moments),
        trend,
        int((units > 0).sum()),
        int((units == 0).sum()),
        int(units[units > 0].nunique()),
        float(before.mean()) if len(before) else float("nan"),
        len(data),
        len(frame) - len(data),
    )


def _numbered(frame: pd.DataFrame) -> pd.DataFrame:
    """Units as numbers. A unit or a period with fewer than two rows that are not under the law is left out: its own level
    cannot be told from its course (and the two-stage estimator has no residual for it)."""
    data = frame
    while True:
        free = data[(data["first"] == 0) | (data["period"] < data["first"])]
        counts = [data[name].map(free[name].value_counts()).fillna(0) for name in ("unit", "period")]
        kept = (counts[0] >= 2) & (counts[1] >= 2)
        if kept.all():
            break
        data = data[kept]
    data = data.copy()
    if not (data["first"] > 0).any():
        raise BadPanel(
            "expected at least 2 periods before the change, found fewer in every changed unit: nothing to compare with"
        )
    if not (data["period"] >= data["first"])[data["first"] > 0].any():
        raise BadPanel(
            "expected periods after the change in which at least 2 units are not under the law, found none: nothing to compare "
            "with"
        )
    data["number"] = pd.factorize(data["unit"])[0]
    return data


def _interval(effect: float, se: float, clusters: int) -> tuple[float, float]:
    reach = float(stats.t.ppf(0.975, max(clusters - 1, 1))) * se
    return effect - reach, effect + reach


def _average(data: pd.DataFrame, method: str) -> Estimate:
    import pyfixest

    fitted: Any = pyfixest.event_study(
        data, "value", "number", "period", "first", cluster="number", estimator=method, att=True
    )
    row = fitted.tidy().iloc[0]
    effect, se = float(row["Estimate"]), float(row["Std. Error"])
    names = {"did2s": "two-stage (Gardner)", "twfe": "two-way fixed effects"}
    return Estimate(names[method], effect, *_interval(effect, se, data["number"].nunique()), se)


def _interacted(data: pd.DataFrame) -> tuple[Estimate, list[Moment]]:
    """Sun and Abraham: one coefficient for each date of change and distance, then averages by the number of observations."""
    import pyfixest

    fitted: Any = pyfixest.event_study(
        data, "value", "number", "period", "first", cluster="number", estimator="saturated", att=False
    )
    named = pd.Series([str(name) for name in fitted._coefnames]).str.extract(
        r"rel_time::(?P<distance>-?\d+)(?:\.0)?:.+::(?P<first>\d+)"
    )
    cells = named.astype(int)
    sizes = data[data["first"] > 0].assign(distance=lambda d: d["period"] - d["first"])
    counted = sizes.groupby(["distance", "first"]).size()
    weights = np.array(
        [counted.get((d, f), 0) for d, f in zip(cells["distance"], cells["first"], strict=True)], dtype=float
    )
    beta, covariance = np.asarray(fitted._beta_hat), np.asarray(fitted._vcov)
    clusters = data["number"].nunique()

    def mean(which: Any) -> tuple[float, float]:
        share = np.where(which, weights, 0.0)
        share = share / share.sum()
        return float(share @ beta), float(np.sqrt(max(share @ covariance @ share, 0.0)))

    distances = cells["distance"].to_numpy()
    moments = []
    for distance in sorted(set(distances.tolist())):
        effect, se = mean(distances == distance)
        seen = sizes[sizes["distance"] == distance]["number"].nunique()
        moments.append(Moment(int(distance), effect, *_interval(effect, se, clusters), int(seen)))
    effect, se = mean(distances >= 0)
    return Estimate(
        "interaction-weighted (Sun and Abraham)", effect, *_interval(effect, se, clusters), se
    ), moments


def _trend(data: pd.DataFrame) -> Trend:
    """Leads among observations not yet under the law, with fixed effects of units and periods; all of them zero?"""
    import pyfixest

    free = data[(data["first"] == 0) | (data["period"] < data["first"])].copy()
    distance = (free["first"] - free["period"]).where(free["first"] > 0, 0)
    names = []
    for lead in range(1, LEADS + 1):
        column = (distance == lead).astype(float)
        # Units seen only at this distance or nearer say nothing of a trend.
        if column.sum() >= 2 and (distance > lead).any():
            free[f"lead{lead}"] = column
            names.append(f"lead{lead}")
    if not names:
        return Trend(0, None)
    fitted: Any = pyfixest.feols(
        f"value ~ {' + '.join(names)} | number + period", data=free, vcov={"CRV1": "number"}
    )
    kept = len(fitted._coefnames)
    if kept == 0:
        return Trend(0, None)
    beta, covariance = np.asarray(fitted._beta_hat), np.asarray(fitted._vcov)
    wald = float(beta @ np.linalg.pinv(covariance) @ beta)
    clusters = free["number"].nunique()
    return Trend(kept, float(stats.f.sf(wald / kept, kept, max(clusters - 1, 1))))
