"""Cumulative incidence against a second implementation in fractions."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from statsmodels.duration.survfunc import CumIncidenceRight

from bailiwick.evidence.paths.incidence import _errors, incidence

PEOPLE = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 2)), min_size=1, max_size=40)


def aalen_johansen(people: list[tuple[int, int]], event: int, day: int) -> Fraction:
    """Sum over days t of S(t-) d_event(t) / n(t), by definition."""
    share, free = Fraction(0), Fraction(1)
    for t in range(day + 1):
        at_risk = sum(days >= t for days, _ in people)
        if at_risk == 0:
            break
        happened = sum(days == t and ended == event for days, ended in people)
        any_event = sum(days == t and ended > 0 for days, ended in people)
        share += free * Fraction(happened, at_risk)
        free *= 1 - Fraction(any_event, at_risk)
    return share


@given(PEOPLE, st.integers(0, 35), st.sampled_from((1, 2)))
def test_the_share_is_that_of_the_definition(people: list[tuple[int, int]], day: int, event: int) -> None:
    days, ended = zip(*people, strict=True)
    (point,) = incidence(days, ended, event, [day])
    if day > max(days) and any(one == (max(days), 0) for one in people):
        assert point.share is None
        assert point.at_risk == 0
    else:
        assert point.share == pytest.approx(float(aalen_johansen(people, event, day)), abs=1e-9)
        assert point.low is not None
        assert point.high is not None
        assert 0 <= point.low <= point.share + 1e-12
        assert point.share - 1e-12 <= point.high <= 1


def test_what_happens_on_the_first_day_is_kept() -> None:
    (point,) = incidence([0, 0, 10, 10], [1, 0, 0, 0], 1, [0])
    assert point.share == pytest.approx(0.25)


@given(PEOPLE)
def test_our_errors_are_those_of_statsmodels_where_it_has_them(people: list[tuple[int, int]]) -> None:
    days, ended = (np.array(one) for one in zip(*people, strict=True))
    assume(1 in ended)
    with np.errstate(divide="ignore", invalid="ignore"):
        known = np.asarray(CumIncidenceRight(days.astype(float), ended).cinc_se[0])
    has = np.isfinite(known)
    assert _errors(days, ended, 1)[has] == pytest.approx(known[has], abs=1e-7)
    assert has[:-1].all()


def test_where_nobody_is_left_the_interval_is_that_of_a_binomial_share() -> None:
    """40 of 100 came back and 60 were removed, all on the first day: the error is sqrt(0.4 * 0.6 / 100)."""
    (point,) = incidence([0] * 100, [1] * 40 + [2] * 60, 1, [0])
    reach = 1.959964 * np.sqrt(0.4 * 0.6 / 100) / (0.6 * abs(np.log(0.6)))
    assert point.low == pytest.approx(1 - 0.6 ** np.exp(-reach), abs=1e-6)
    assert point.high == pytest.approx(1 - 0.6 ** np.exp(reach), abs=1e-6)


def test_who_is_lost_from_sight_before_says_nothing_of_an_event_that_nobody_had() -> None:
    """Of 1,000 people 990 are lost on day 5: that nobody came back by day 10 is known of ten, and by day 5 of all."""
    early, late = incidence([5] * 990 + [20] * 10, [0] * 1000, 1, [5, 10])
    assert early.high == pytest.approx(1 - 0.025 ** (1 / 1000))
    assert late.high == pytest.approx(1 - 0.025 ** (1 / 10))


def test_who_is_followed_beyond_a_day_is_told_from_who_is_at_risk_on_it() -> None:
    (point,) = incidence([0, 10, 10, 11], [1, 2, 0, 0], 1, [10])
    assert (point.at_risk, point.after) == (3, 1)


def test_nobody_followed_is_no_share() -> None:
    (point,) = incidence([], [], 1, [30])
    assert (point.share, point.at_risk) == (None, 0)


def test_a_negative_day_is_refused() -> None:
    with pytest.raises(ValueError, match="expected days from 0"):
        incidence([-1], [0], 1, [0])
