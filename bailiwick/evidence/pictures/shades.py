"""Maps of numbers: five steps from pale to dark that stay apart in grey, counties or states without a number struck through."""

from __future__ import annotations

from functools import lru_cache
from html import escape

from bailiwick.evidence.pictures.charts import dress
from bailiwick.evidence.pictures.outlines import outlines, state_lines

#: How much of the ink each step takes.
STEPS = (0.08, 0.28, 0.48, 0.7, 1.0)


def step(value: float, bounds: tuple[float, ...]) -> int:
    """Which step a value falls in; `bounds` are the lower ends of the steps after the first."""
    return sum(value >= bound for bound in bounds)


@lru_cache(maxsize=16)
def shaded(
    values: tuple[tuple[str, float | None], ...], bounds: tuple[float, ...], kind: str, title: str
) -> str:
    """A map by FIPS code; None is a number too small to show. kind: `states` or `counties`."""
    shapes = outlines()
    known = shapes.states if kind == "states" else shapes.counties
    groups: dict[str, list[str]] = {}
    for fips, value in values:
        if fips in known:
            fill = (
                'fill="url(#struck)"'
                if value is None
                else f'fill="currentColor" fill-opacity="{STEPS[step(value, bounds)]}"'
            )
            groups.setdefault(fill, []).append(known[fips].d)
    painted = "".join(f'<path d="{"".join(paths)}" {fill}/>' for fill, paths in groups.items())
    lines = f'<path d="{state_lines()}" fill="none" stroke="currentColor" stroke-width=".8"/>'
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {shapes.width} {shapes.height}" '
        f'width="{shapes.width}" height="{shapes.height}" role="img" aria-label="{escape(title)}">'
        f"{painted}{lines}</svg>"
    )
    return dress(svg, title)
