"""A part of a whole, with its 95 % interval."""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

#: The 97.5th percentile of the normal distribution.
_Z = 1.959963984540054


class Share(NamedTuple):
    """`part` of `whole`, and the Wilson score interval of the share (Wilson 1927), all from 0 to 1; none of an empty whole."""

    part: int
    whole: int
    value: float | None
    low: float | None
    high: float | None


def share(part: int, whole: int) -> Share:
    """The share with its interval.

    Raises:
        ValueError: a part that is negative or larger than its whole.
    """
    if not 0 <= part <= whole:
        raise ValueError(f"expected a part from 0 to {whole}, found {part}")
    if whole == 0:
        return Share(0, 0, None, None, None)
    p, n = part / whole, whole
    middle = (p + _Z * _Z / (2 * n)) / (1 + _Z * _Z / n)
    half = _Z / (1 + _Z * _Z / n) * sqrt(p * (1 - p) / n + _Z * _Z / (4 * n * n))
    return Share(part, whole, p, max(0.0, min(p, middle - half)), min(1.0, max(p, middle + half)))


def percent(value: float | None) -> str:
    """`20.5 %`."""
    return "" if value is None else f"{100 * value:.1f} %"
