"""Deciding an action by the words of the design (section 4), slowly: every way in which what is unknown may turn out.

No bits and no formula: each norm turns out to be one of the things it may be, the levels are gone down, and the outcomes of all
ways are gathered. Tests hold ``decide.step`` and ``decide.resolve`` against it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from itertools import product
from operator import or_

from bailiwick.engine.condition import Truth
from bailiwick.engine.decide import OUTCOMES_OF, NormRule, matters, overridden, resolve
from bailiwick.engine.facts import LEVELS
from bailiwick.engine.norm import Citation, Effect, Norm, Span, Standing


@dataclass(frozen=True)
class Voice:
    """A norm, with what is known of whether it speaks and whether its condition holds."""

    effect: Effect
    level: int
    speaks: Truth
    holds: Truth
    open: bool = False
    preempts: bool = False
    overrides: tuple[int, ...] = ()

    def turns(self) -> list[str | None]:
        """What it may turn out to say: nothing (None), forbid, require, permit or preempt."""
        found: set[str | None] = set()
        for speaks in (True, False) if self.speaks is None else (self.speaks,):
            for holds in (True, False) if self.holds is None else (self.holds,):
                found.add(self._says(speaks, holds))
        # an open norm may also turn out not to be law at all
        return sorted(found | ({None} if self.open else set()), key=str)

    def _says(self, speaks: bool, holds: bool) -> str | None:
        permit = "preempt" if self.preempts else "permit"
        if self.effect is Effect.ONLY_IF:
            return (permit if holds else "forbid") if speaks else None
        if not (speaks and holds):
            return None
        return permit if self.effect is Effect.PERMIT else str(self.effect)


def settle(levels: list[set[str]]) -> str:
    """The outcome when it is known what every norm says, the highest level first."""
    waiting = False
    for said in levels:
        if "forbid" in said and "require" in said:
            return "conflict"
        if "forbid" in said:
            return "forbidden"
        if "require" in said:
            return "required"
        if "preempt" in said:
            return "allowed"
        waiting = waiting or "permit" in said
    return "allowed" if waiting else "unregulated"


Ways = dict[tuple[str | None, ...], str]


def ways(voices: list[Voice]) -> Ways:
    """What every norm may say, all together -> the outcome then."""
    found = {}
    for said in product(*(voice.turns() for voice in voices)):
        removed = {j for voice, word in zip(voices, said, strict=True) if word for j in voice.overrides}
        levels: list[set[str]] = [set() for _ in LEVELS]
        for i, (voice, word) in enumerate(zip(voices, said, strict=True)):
            if word is not None and i not in removed:
                levels[voice.level].add(word)
        found[said] = settle(levels)
    return found


def moving(voices: list[Voice], found: Ways) -> set[int]:
    """The norms of which it makes a difference, somewhere, what they turn out to say."""
    out = set()
    for i, voice in enumerate(voices):
        if any(len({found[(*w[:i], t, *w[i + 1 :])] for t in voice.turns()}) > 1 for w in found):
            out.add(i)
    return out


def rule(voice: Voice, number: int = 0) -> NormRule:
    """The norm as the engine has it."""
    return NormRule(
        Norm(
            id=f"n{number}",
            file="us",
            line=1,
            binds=("us",),
            cite=Citation("Act § 1", Standing.SEEN),
            span=Span(),
            actions=("hold",),
            effect=voice.effect,
            says="It says so.",
            level=LEVELS[voice.level],
            preempts=voice.preempts,
            open="draft" if voice.open else None,
        )
    )


@dataclass(frozen=True)
class Found:
    """What the engine says: the possible outcomes, and the norms whose facts it would name as missing."""

    outcomes: set[str]
    matters: set[int]


def engine(voices: list[Voice]) -> Found:
    """The same by the engine: bits of the norms, overrides, levels, ``resolve`` and ``matters``."""
    rules = [rule(voice, i) for i, voice in enumerate(voices)]
    first = [r.bits(v.speaks, v.speaks is not False and v.holds) for r, v in zip(rules, voices, strict=True)]
    takes = [
        r.effective(v.speaks, v.speaks is not False and v.holds) for r, v in zip(rules, voices, strict=True)
    ]
    bits = list(first)
    for i, voice in enumerate(voices):
        for j in voice.overrides:
            bits[j] = overridden(bits[j], takes[i], first[i], replaced=voice.level == voices[j].level)
    levels = sorted({voice.level for voice in voices})
    unions = [reduce(or_, (b for b, v in zip(bits, voices, strict=True) if v.level == lv)) for lv in levels]
    possible, reached = resolve(tuple(unions))
    uncertain = set()
    for i, voice in enumerate(voices):
        place = levels.index(voice.level)
        if rules[i].uncertain(bits[i]) and matters(bits[i], unions[place], reached[place]):
            # the facts of a norm that may override it are asked for with its own
            uncertain |= {i, *(j for j, v in enumerate(voices) if i in v.overrides and takes[j] is None)}
    return Found({str(outcome) for outcome in OUTCOMES_OF[possible]}, uncertain)
