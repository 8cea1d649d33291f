"""What an estimate says in plain words, and what it cannot carry."""

from __future__ import annotations

from dataclasses import dataclass

from bailiwick.evidence.effects.estimate import Effect
from bailiwick.evidence.effects.panel import Panel

#: Below these the interval cannot be trusted (Cameron and Miller, 2015: few clusters; few treated clusters are worse).
FEW_UNITS = 40
FEW_CHANGED = 10
#: Fewer periods before the change show no trend.
FEW_BEFORE = 3
#: A trend before the change this unlikely by chance.
TREND = 0.05


@dataclass(frozen=True, slots=True)
class Reading:
    """`says`: the estimate in sentences. `warns`: what weakens it. `carries`: whether the design can carry a claim of cause at
    all; False as soon as a warning is of that kind (`breaks`)."""

    says: tuple[str, ...]
    warns: tuple[str, ...]
    breaks: tuple[str, ...]

    @property
    def carries(self) -> bool:
        return not self.breaks


def read(panel: Panel, effect: Effect) -> Reading:
    """The reading of an effect."""
    best = effect.two_stage
    says = [
        f"{effect.changed} units whose law changed, on {effect.dates} date{'s' if effect.dates > 1 else ''}, "
        f"and {effect.never} whose law did not; {effect.rows} rows, by {panel.kind}.",
        f"After the change {panel.outcome} stood on average {_signed(best.effect)} against what the others' course foretells "
        f"(95 % interval {_signed(best.low)} to {_signed(best.high)}); before it the mean was {_number(effect.before)}.",
    ]
    if best.low <= 0 <= best.high:
        says.append(
            "The interval holds zero: these data do not tell an effect from none. That is not the same as no effect."
        )
    breaks, warns = [], []
    first = panel.frame[panel.frame["first"] > 0]
    before = (
        (first["first"] - first.groupby("unit")["period"].transform("min")).groupby(first["unit"]).first()
    )
    if effect.trend.p is not None and effect.trend.p < TREND:
        breaks.append(
            f"Before the change the two groups already moved apart (test of {effect.trend.leads} earlier periods: "
            f"p = {effect.trend.p:.3f}): what came after cannot be laid to the law."
        )
    if effect.trend.p is None or int(before.max()) < FEW_BEFORE:
        breaks.append(
            f"Fewer than {FEW_BEFORE} periods before the change: whether the groups moved alike cannot be checked."
        )
    elif effect.trend.p is not None and effect.trend.p >= TREND:
        warns.append(
            f"Earlier trends: none found over {effect.trend.leads} periods (p = {effect.trend.p:.2f}); "
            "such a test misses small ones."
        )
    if effect.changed < 2:
        breaks.append("Only one unit changed: one place's own history cannot be told from the law.")
    elif effect.changed < FEW_CHANGED:
        warns.append(f"Only {effect.changed} units changed: the interval is likely too narrow.")
    if effect.changed + effect.never < FEW_UNITS:
        warns.append(
            f"{effect.changed + effect.never} units in all, fewer than {FEW_UNITS}: clustered intervals tend to be too narrow."
        )
    if effect.never == 0:
        warns.append(
            "Every unit changed in the end: later ones stand in for unchanged ones, and what follows the last change is left out."
        )
    gap = abs(effect.two_way.effect - best.effect)
    if gap > max(best.se, effect.two_way.se):
        warns.append(
            f"Two-way fixed effects gives {_signed(effect.two_way.effect)}: it compares later changes with earlier ones "
            "and is off where effects grow or differ. Don't print it alone."
        )
    if (effect.interacted.effect > 0) != (best.effect > 0) and gap:
        warns.append(
            f"The other robust estimator has the other sign ({_signed(effect.interacted.effect)}): "
            "the answer hangs on the method."
        )
    uneven = panel.frame.groupby("unit")["period"].nunique()
    if uneven.min() < uneven.max():
        warns.append(
            f"Units are seen for {uneven.min()} to {uneven.max()} periods: who reports, and when, may itself follow the law."
        )
    if effect.alone:
        warns.append(
            f"Left out: {effect.alone} row{'s' if effect.alone > 1 else ''}, of units or periods that have fewer than two rows "
            "not under the law beside them."
        )
    warns += [f"Left out: {rows} rows, {why}." for why, rows in panel.left_out.items()]
    warns += list(panel.notes)
    return Reading(tuple(says), tuple(warns), tuple(breaks))


def _number(value: float) -> str:
    return f"{value:,.3g}" if abs(value) < 1000 else f"{value:,.0f}"


def _signed(value: float) -> str:
    return f"{'+' if value > 0 else ''}{_number(value)}"
