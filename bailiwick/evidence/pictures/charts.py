"""Charts as SVG by Altair and vl-convert, drawn on the server in the colour of the text around them.

Areas differ by pattern, never by colour alone. Each chart comes in two widths, so that its letters stay readable at 320 pixels.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Literal, NamedTuple

Width = Literal["wide", "narrow"]
PIXELS: dict[Width, int] = {"wide": 640, "narrow": 250}

#: Pattern -> its lines. The last is for what is not told apart.
PATTERNS: dict[str, str] = {
    "filled": "",
    "struck": '<path d="M-1 7 7 -1M3 11 11 3" stroke="currentColor" stroke-width="2.4"/>',
    "dotted": '<circle cx="4" cy="4" r="1.3" fill="currentColor"/>',
    "blank": "",
    "sparse": '<circle cx="4" cy="4" r=".9" fill="currentColor"/>',
    "dashed": '<path d="M0 2h5M7 2h1M4 6h4M0 6h2" stroke="currentColor" stroke-width="1.2"/>',
    "split": '<path d="M0 0h8L0 8z" fill="currentColor"/>',
    "crossed": '<path d="M0 4H8M4 0V8" stroke="currentColor" stroke-width=".8"/>',
}
#: Dashes and marks by which lines differ.
DASHES = [[1, 0], [8, 3], [2, 3], [12, 3, 2, 3], [4, 4]]
SHAPES = ["circle", "square", "triangle-up", "diamond", "cross"]
_FONT = "Public Sans Web, Public Sans, Arial, sans-serif"
#: As a picture of its own the SVG does not inherit: it follows the reader's light or dark by itself.
_INK = (
    "<style>:root{color:#1b1b1f}@media (prefers-color-scheme:dark){:root{color:#ecebef}}"
    "@media print{:root{color:#000}}</style>"
)


def paint(pattern: str) -> str:
    """The fill of a pattern."""
    return {"filled": "currentColor", "blank": "transparent"}.get(pattern, f"url(#{pattern})")


def dress(svg: str, title: str) -> str:
    """Patterns, the reader's colours and a title into what Vega drew."""
    patterns = "".join(
        f'<pattern id="{name}" width="8" height="8" patternUnits="userSpaceOnUse">{lines}</pattern>'
        for name, lines in PATTERNS.items()
        if lines
    )
    safe = title.replace("&", "&amp;").replace("<", "&lt;")
    return re.sub(r"(<svg\b[^>]*>)", rf"\1<title>{safe}</title>{_INK}<defs>{patterns}</defs>", svg, count=1)


def data_of(alt: Any, rows: list[dict[str, Any]]) -> Any:
    """Rows for a chart."""
    return alt.Data(values=rows)


def _config(chart: Any) -> Any:
    ink = "currentColor"
    return (
        chart.configure(background="transparent", font=_FONT)
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=ink,
            titleColor=ink,
            tickColor=ink,
            domainColor=ink,
            gridColor=ink,
            gridOpacity=0.15,
            labelFontSize=12,
            titleFontSize=12,
            titleFontWeight="normal",
        )
        .configure_legend(
            labelColor=ink,
            titleColor=ink,
            labelFontSize=12,
            orient="top",
            title=None,
            columns=2,
            symbolSize=180,
        )
        .configure_text(color=ink, fontSize=12)
    )


def draw(chart: Any, title: str) -> str:
    """The chart as SVG, in the colours of its reader."""
    import vl_convert

    drawn: str = vl_convert.vegalite_to_svg(_config(chart).to_json(), show_warnings=False)
    return dress(drawn, title)


@lru_cache(maxsize=64)
def stacked(
    rows: tuple[tuple[str, str, int], ...], kinds: tuple[tuple[str, str], ...], title: str, width: Width
) -> str:
    """Bars by group, stacked by kind.

    rows: group, kind, count. kinds: kind and its pattern, from the axis outward.
    """
    import altair as alt

    names = [name for name, _ in kinds]
    data = [{"group": g, "kind": k, "n": n, "order": names.index(k)} for g, k, n in rows]
    chart = (
        alt.Chart(data_of(alt, data))
        .mark_bar(stroke="currentColor", strokeWidth=1)
        .encode(
            y=alt.Y("group:N", title=None, sort=None),
            x=alt.X("n:Q", title=None, axis=alt.Axis(tickCount=4, format=",d")),
            order=alt.Order("order:Q"),
            fill=alt.Fill(
                "kind:N",
                scale=alt.Scale(domain=names, range=[paint(p) for _, p in kinds]),
                legend=alt.Legend(columns=1 if width == "narrow" else 2, labelLimit=240),
            ),
        )
        .properties(width=PIXELS[width] - (0 if width == "wide" else 30), height=alt.Step(24))
    )
    return draw(chart, title)


class Step(NamedTuple):
    """A step of a funnel: its name, its pattern, from which count to which its bar runs, and what more a wide picture says."""

    name: str
    pattern: str
    start: int
    end: int
    more: str = ""


@lru_cache(maxsize=16)
def funnel(steps: tuple[Step, ...], title: str, width: Width) -> str:
    """From all to what became of them: a bar for each step, under its name and number, each below the part that it divides."""
    import altair as alt

    wide = width == "wide"
    patterns = list(dict.fromkeys(step.pattern for step in steps))
    data = [
        {
            "order": n,
            "start": step.start,
            "end": step.end,
            "pattern": step.pattern,
            "label": f"{step.name}: {step.end - step.start:,}"
            + (f" ({step.more})" if wide and step.more else ""),
        }
        for n, step in enumerate(steps)
    ]
    base = alt.Chart(data_of(alt, data)).encode(y=alt.Y("order:O", axis=None))
    most = max((step.end for step in steps), default=1)
    x = alt.X("start:Q", axis=None, scale=alt.Scale(domain=[0, most], nice=False))
    bars = base.mark_bar(stroke="currentColor", strokeWidth=1, height=16, yOffset=9).encode(
        x=x,
        x2="end:Q",
        fill=alt.Fill(
            "pattern:N", scale=alt.Scale(domain=patterns, range=[paint(one) for one in patterns]), legend=None
        ),
    )
    labels = base.mark_text(
        align="left", baseline="middle", fill="currentColor", yOffset=-9, fontSize=12
    ).encode(x=alt.value(0), text="label:N")
    return draw(
        (bars + labels).properties(width=PIXELS[width] + (0 if wide else 10), height=alt.Step(42)), title
    )


@lru_cache(maxsize=64)
def intervals(rows: tuple[tuple[str, float, float, float], ...], title: str, width: Width) -> str:
    """Shares with their intervals: group, value, low, high, each from 0 to 1."""
    import altair as alt

    data = [{"group": g, "value": v, "low": lo, "high": hi} for g, v, lo, hi in rows]
    base = alt.Chart(data_of(alt, data)).encode(y=alt.Y("group:N", title=None, sort=None))
    scale, axis = alt.Scale(domain=[0, 1]), alt.Axis(format=".0%", tickCount=5)
    chart = (
        base.mark_rule(stroke="currentColor", strokeWidth=2).encode(
            x=alt.X("low:Q", scale=scale, axis=axis, title=None), x2="high:Q"
        )
        + base.mark_point(filled=True, color="currentColor", size=55).encode(x=alt.X("value:Q", scale=scale))
    ).properties(width=PIXELS[width] - (0 if width == "wide" else 60), height=alt.Step(20))
    return draw(chart, title)


@lru_cache(maxsize=64)
def lines(rows: tuple[tuple[str, str, float], ...], title: str, width: Width) -> str:
    """Shares over time: series, period, value from 0 to 1. Series differ by dash and by mark."""
    import altair as alt

    data = [{"series": s, "period": p, "value": v} for s, p, v in rows]
    names = list(dict.fromkeys(s for s, _, _ in rows))
    legend = alt.Legend(columns=1 if width == "narrow" else 3, symbolStrokeWidth=2)
    series = {
        "strokeDash": alt.StrokeDash(
            "series:N", scale=alt.Scale(domain=names, range=DASHES[: len(names)]), legend=legend
        ),
        "shape": alt.Shape(
            "series:N", scale=alt.Scale(domain=names, range=SHAPES[: len(names)]), legend=legend
        ),
    }
    base = alt.Chart(data_of(alt, data)).encode(
        x=alt.X("period:N", title=None, sort=None, axis=alt.Axis(labelAngle=0)),
        y=alt.Y("value:Q", title=None, scale=alt.Scale(zero=True), axis=alt.Axis(format=".0%", tickCount=5)),
    )
    chart = (
        base.mark_line(stroke="currentColor", strokeWidth=2).encode(strokeDash=series["strokeDash"])
        + base.mark_point(filled=True, color="currentColor", size=60).encode(shape=series["shape"])
    ).properties(width=PIXELS[width], height=260)
    return draw(chart, title)


@lru_cache(maxsize=256)
def curves(
    rows: tuple[tuple[str, int, float, float, float], ...], title: str, days: str, width: Width
) -> str:
    """Shares that grow with the days, each with its interval: series, day, value, low, high, from 0 to 1.

    Series differ by dash and by mark. Between two days nothing is said: a line joins them only to be followed by the eye.
    days: the words under the axis.
    """
    import altair as alt

    data = [{"series": s, "day": d, "value": v, "low": lo, "high": hi} for s, d, v, lo, hi in rows]
    names = list(dict.fromkeys(s for s, *_ in rows))
    legend = alt.Legend(columns=1 if width == "narrow" else 2, symbolStrokeWidth=2, labelLimit=240)
    base = alt.Chart(data_of(alt, data)).encode(
        x=alt.X("day:Q", title=days, axis=alt.Axis(tickCount=5)),
        y=alt.Y("value:Q", title=None, scale=alt.Scale(zero=True), axis=alt.Axis(format=".0%", tickCount=5)),
    )
    dash = alt.StrokeDash(
        "series:N", scale=alt.Scale(domain=names, range=DASHES[: len(names)]), legend=legend
    )
    shape = alt.Shape("series:N", scale=alt.Scale(domain=names, range=SHAPES[: len(names)]), legend=legend)
    drawn = (
        base.mark_rule(stroke="currentColor", strokeWidth=1).encode(y="low:Q", y2="high:Q")
        + base.mark_line(stroke="currentColor", strokeWidth=2).encode(strokeDash=dash)
        + base.mark_point(filled=True, color="currentColor", size=60).encode(shape=shape)
    )
    return draw(drawn.properties(width=PIXELS[width], height=260), title)
