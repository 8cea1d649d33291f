"""Effects that are known are found, and designs that cannot carry a claim say so."""

from __future__ import annotations

import numpy as np
import pytest

from bailiwick.evidence.effects.estimate import estimate
from bailiwick.evidence.effects.panel import BadPanel
from bailiwick.evidence.effects.reading import read
from tests.effects.simulated import panel


def by_hand(frame: object) -> float:
    """Borusyak, Jaravel and Spiess: unit and period effects from what is not yet under the law, the rest imputed. By least
    squares over columns of zeros and ones, and nothing of pyfixest."""
    units = {name: n for n, name in enumerate(sorted(set(frame["unit"])))}  # type: ignore[index]
    periods = {name: n for n, name in enumerate(sorted(set(frame["period"])))}  # type: ignore[index]

    def columns(rows: object) -> np.ndarray:
        out = np.zeros((len(rows), len(units) + len(periods)))  # type: ignore[arg-type]
        for line, (unit, period) in enumerate(zip(rows["unit"], rows["period"], strict=True)):  # type: ignore[index]
            out[line, units[unit]] = out[line, len(units) + periods[period]] = 1
        return out

    under = (frame["first"] > 0) & (frame["period"] >= frame["first"])  # type: ignore[index]
    free, treated = frame[~under], frame[under]  # type: ignore[index]
    effects = np.linalg.lstsq(columns(free), free["value"].to_numpy(), rcond=None)[0]
    return float((treated["value"].to_numpy() - columns(treated) @ effects).mean())


def test_the_two_stage_estimate_is_the_imputation_worked_out_by_hand() -> None:
    for seed in range(3):
        made, _ = panel(seed, units=30)
        assert estimate(made).two_stage.effect == pytest.approx(by_hand(made.frame), abs=1e-6)


def test_known_effects_are_covered_and_two_way_fixed_effects_misses_growing_ones() -> None:
    found = [(estimate(made), true) for made, true in (panel(seed) for seed in range(20))]
    covered = sum(e.two_stage.low <= true <= e.two_stage.high for e, true in found)
    assert covered >= 16  # 19 of 20 expected; fewer than 16 happens once in 400 such runs
    bias = {
        name: float(np.mean([getattr(e, name).effect - true for e, true in found]))
        for name in ("two_stage", "interacted", "two_way")
    }
    assert abs(bias["two_stage"]) < 0.12
    assert abs(bias["interacted"]) < 0.15
    assert bias["two_way"] < -0.2


def test_where_nothing_changes_no_effect_is_read() -> None:
    made, true = panel(5, effect=0.0)
    assert true == 0
    effect = estimate(made)
    assert effect.two_stage.low < 0 < effect.two_stage.high
    assert "do not tell an effect from none" in " ".join(read(made, effect).says)


def test_groups_that_moved_apart_before_break_the_claim() -> None:
    made, _ = panel(3, effect=0.0, drift=0.4)
    effect = estimate(made)
    assert effect.trend.p is not None
    assert effect.trend.p < 0.05
    reading = read(made, effect)
    assert not reading.carries
    assert "moved apart" in reading.breaks[0]


def test_one_changed_unit_cannot_carry_a_claim() -> None:
    made, _ = panel(3, units=12, dates=(0,))
    made.frame.loc[made.frame["unit"] == "unit 003", "first"] = made.frame["period"].min() + 8
    reading = read(made, estimate(made))
    assert any("Only one unit changed" in one for one in reading.breaks)


def test_a_change_in_the_second_period_leaves_nothing_to_compare_with() -> None:
    made, _ = panel(3, dates=(0, 2))
    with pytest.raises(BadPanel, match="at least 2 periods before"):
        estimate(made)


def test_two_periods_before_the_change_show_no_trend_to_check() -> None:
    made, _ = panel(3, dates=(0, 3))
    reading = read(made, estimate(made))
    assert any("cannot be checked" in one for one in reading.breaks)


def test_where_all_change_in_the_end_the_periods_after_the_last_are_left_out() -> None:
    made, _ = panel(9, dates=(6, 9, 15))
    effect = estimate(made)
    assert effect.never > 0  # the last to change stand in for the unchanged
    assert effect.rows == 100 * 14
    assert effect.dates == 2


@pytest.mark.parametrize(
    ("dates", "says"), [((0,), "nothing to estimate"), ((7,), "nothing to compare with")]
)
def test_without_a_comparison_there_is_no_estimate(dates: tuple[int, ...], says: str) -> None:
    made, _ = panel(1, dates=dates)
    with pytest.raises(BadPanel, match=says):
        estimate(made)
