"""Cumulative incidence against a second implementation in fractions."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bailiwick.evidence.paths.incidence import incidence

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


def test_nobody_followed_is_no_share() -> None:
    (point,) = incidence([], [], 1, [30])
    assert (point.share, point.at_risk) == (None, 0)


def test_a_negative_day_is_refused() -> None:
    with pytest.raises(ValueError, match="expected days from 0"):
        incidence([-1], [0], 1, [0])
