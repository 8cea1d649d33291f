"""A timeline of answers: a bar for each action, divided where the answer changed, each outcome a pattern."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import NamedTuple

from bailiwick.engine.facts import Outcome
from bailiwick.evidence.pictures.charts import PIXELS, Width, data_of, draw, paint

#: Outcome -> its pattern, the same as on the maps.
PATTERN = {
    Outcome.REQUIRED: "filled",
    Outcome.ALLOWED: "blank",
    Outcome.FORBIDDEN: "struck",
    Outcome.CONFLICT: "split",
    Outcome.UNKNOWN: "dashed",
    Outcome.UNREGULATED: "sparse",
}


class Bar(NamedTuple):
    """A stretch of days on which the answer for an action, in words, was one outcome, in words."""

    action: str
    outcome: Outcome
    said: str
    start: date
    end: date


@lru_cache(maxsize=256)
def timeline(bars: tuple[Bar, ...], title: str, width: Width) -> str:
    """The bars under the names of their actions, over years; a legend of the outcomes that are there.

    bars: by action, in order of the days.
    """
    import altair as alt

    names = list(dict.fromkeys(bar.action for bar in bars))
    known = {bar.outcome: bar.said for bar in bars}
    legend = {known[one]: paint(PATTERN[one]) for one in PATTERN if one in known}
    data = [
        {
            "row": names.index(bar.action),
            "action": bar.action,
            "said": bar.said,
            "start": bar.start.isoformat(),
            "end": bar.end.isoformat(),
        }
        for bar in bars
    ]
    first = {bar.action: n for n, bar in reversed(list(enumerate(bars)))}
    heads = [data[n] for n in sorted(first.values())]
    y = alt.Y("row:O", axis=None)
    scale = alt.Scale(
        domain=[min(bar.start for bar in bars).isoformat(), max(bar.end for bar in bars).isoformat()],
        nice=False,
    )
    axis = alt.Axis(format="%Y", tickCount=5 if width == "narrow" else 12, title=None, labelFlush=True)
    drawn = (
        alt.Chart(data_of(alt, data))
        .mark_bar(stroke="currentColor", strokeWidth=1, height=16, yOffset=8)
        .encode(
            y=y,
            x=alt.X("start:T", scale=scale, axis=axis),
            x2="end:T",
            fill=alt.Fill(
                "said:N",
                scale=alt.Scale(domain=list(legend), range=list(legend.values())),
                legend=alt.Legend(columns=1 if width == "narrow" else 3, labelLimit=240),
            ),
        )
    )
    labels = (
        alt.Chart(data_of(alt, heads))
        .mark_text(align="left", baseline="middle", fill="currentColor", yOffset=-9, fontSize=12)
        .encode(y=y, x=alt.value(0), text="action:N")
    )
    return draw((drawn + labels).properties(width=PIXELS[width], height=alt.Step(40)), title)
