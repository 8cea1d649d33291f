"""The outcomes of detainers as the public pages name, group and draw them."""

from __future__ import annotations

from collections import Counter

#: How the many outcomes are drawn: four groups, each with its pattern.
DRAWN = (
    ("taken into custody", "filled", ("taken_into_custody",)),
    ("declined", "struck", ("declined",)),
    ("another recorded outcome", "dotted", ()),
    ("no outcome recorded", "blank", ("not_recorded",)),
)
OUTCOME_WORDS = {
    "taken_into_custody": "taken into custody",
    "declined": "declined",
    "insufficient_notice": "insufficient notice",
    "released_before_pickup": "released before pick-up",
    "withdrawn": "withdrawn by the issuing agency",
    "not_removable": "not removable",
    "superseded": "superseded by a new form, or a duplicate",
    "transferred": "transferred",
    "died": "died",
    "unrecognised": "a reason that is not recognised",
    "not_recorded": "no outcome recorded",
}


def grouped(counts: Counter[str]) -> dict[str, int]:
    """Outcome -> detainers, in the groups that charts draw."""
    named = {name: sum(counts[o] for o in of) for name, _, of in DRAWN if of}
    rest = counts.total() - sum(named.values())
    return {name: named.get(name, rest) for name, _, _ in DRAWN}
