"""Maps of the six outcomes: states with the counties and cities that have law of their own, and a grid for narrow screens.

Each outcome is a pattern: filled, blank, struck through, dotted, dashed with a question mark, half filled.
Nothing is told by colour.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from bailiwick.engine.facts import Outcome
from bailiwick.engine.places import Place
from bailiwick.evidence.pictures.outlines import GRID, Outline, outlines

#: Cities of the atlas: the counties they are drawn as, or the county at whose middle they are a circle.
CITY_COUNTIES = {
    "us/ny/new-york-city": (("36005", "36047", "36061", "36081", "36085"), None),
    "us/il/chicago": ((), "17031"),
    "us/ma/boston": ((), "25025"),
}

_LINES = {
    Outcome.FORBIDDEN: ('<path d="M-1 7 7 -1M3 11 11 3" stroke="currentColor" stroke-width="2.4"/>', 8),
    Outcome.UNREGULATED: ('<circle cx="4" cy="4" r=".9" fill="currentColor"/>', 8),
    Outcome.UNKNOWN: (
        '<path d="M0 3h5M7 3h2M4 8h5" stroke="currentColor" stroke-width="1.2" stroke-dasharray="3 1.5"/>',
        10,
    ),
    Outcome.CONFLICT: ('<path d="M0 0h8L0 8z" fill="currentColor"/>', 8),
}

#: Place, outcome (None: nothing was read of it), what a reader of the shape hears, the address it opens.
Said = tuple[Place, Outcome | None, str, str]


def patterns(prefix: str) -> str:
    """The definitions that `fill` refers to; `prefix` keeps the ids of two pictures on one page apart."""
    made = "".join(
        f'<pattern id="{prefix}-{outcome}" width="{size}" height="{size}" patternUnits="userSpaceOnUse">{lines}</pattern>'
        for outcome, (lines, size) in _LINES.items()
    )
    return f"<defs>{made}</defs>"


def fill(prefix: str, outcome: Outcome | None) -> str:
    """The paint of an outcome."""
    if outcome is Outcome.REQUIRED:
        return "currentColor"
    return "none" if outcome in (Outcome.ALLOWED, None) else f"url(#{prefix}-{outcome})"


def _stroke(outcome: Outcome | None, width: float) -> str:
    """What is allowed has a strong outline and no filling; what was not read a thin one."""
    wide = width * 2.4 if outcome is Outcome.ALLOWED else width * 0.6 if outcome is None else width
    return f'stroke="currentColor" stroke-width="{wide:.1f}"'


def state_map(said: Iterable[Said], title: str, prefix: str = "m") -> str:
    """A map as inline SVG.

    said: see Said; what a reader hears is `California: You may not`.
    """
    shapes = outlines()
    rows = list(said)
    body = [
        _shape(shapes.states[place.fips].d, prefix, outcome, label, url)
        for place, outcome, label, url in rows
        if place.kind == "state" and place.fips in shapes.states
    ]
    body += [part for row in rows if row[0].kind != "state" for part in _local(row, prefix)]
    body += [
        _letters(place, shapes.states[place.fips])
        for place, *_ in rows
        if place.kind == "state" and place.fips in shapes.states
    ]
    return _svg(f"0 0 {shapes.width} {shapes.height}", title, prefix, "".join(body))


def _local(row: Said, prefix: str) -> Iterator[str]:
    place, outcome, label, url = row
    counties = outlines().counties
    drawn, centre = CITY_COUNTIES.get(place.path, ((place.fips,), None))
    if centre and centre in counties:
        at = counties[centre]
        paint = f'<circle cx="{at.x}" cy="{at.y}" r="6" '
        yield _linked(
            f'{paint}class="sheet"/>{paint}fill="{fill(prefix, outcome)}" stroke="currentColor" stroke-width="1.5"/>',
            label,
            url,
        )
    elif found := "".join(counties[f].d for f in drawn if f in counties):
        yield _linked(
            f'<path class="sheet" d="{found}"/>'
            f'<path d="{found}" fill="{fill(prefix, outcome)}" stroke="currentColor" stroke-width="1.5"/>',
            label,
            url,
        )


def grid_map(said: Iterable[Said], title: str, prefix: str = "g") -> str:
    """The states and territories as squares, for a narrow screen."""
    size, body = 28, []
    for place, outcome, label, url in said:
        at = GRID.get(place.path[3:]) if place.kind == "state" else None
        if at:
            x, y = at[0] * size + 1, at[1] * size + 1
            paint, letters = f'x="{x}" y="{y}" width="{size - 3}" height="{size - 3}"', place.path[3:].upper()
            body.append(
                _linked(
                    f'<rect {paint} fill="{fill(prefix, outcome)}" {_stroke(outcome, 1.2)}/>'
                    f'<text class="halo" x="{x + 12.5}" y="{y + 16.5}" text-anchor="middle" font-size="11">{letters}</text>',
                    label,
                    url,
                )
            )
    return _svg(f"0 0 {11 * size} {9 * size}", title, prefix, "".join(body))


def _shape(d: str, prefix: str, outcome: Outcome | None, label: str, url: str) -> str:
    return _linked(
        f'<path d="{d}" fill="{fill(prefix, outcome)}" {_stroke(outcome, 0.9)} pointer-events="all"/>',
        label,
        url,
    )


def _linked(inner: str, label: str, url: str) -> str:
    return f'<a href="{escape(url)}" aria-label="{escape(label)}"><title>{escape(label)}</title>{inner}</a>'


def _letters(place: Place, at: Outline) -> str:
    return (
        f'<text class="halo" x="{at.x}" y="{at.y + 4}" text-anchor="middle" font-size="12" pointer-events="none" '
        f'aria-hidden="true">{place.path[3:].upper()}</text>'
    )


def _svg(box: str, title: str, prefix: str, body: str) -> str:
    return (
        f'<svg viewBox="{box}" role="group" aria-label="{escape(title)}" font-family="inherit">'
        f"{patterns(prefix)}{body}</svg>"
    )
