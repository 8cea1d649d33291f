"""What the law said of the detainers of one county, in blocks: so that no two answers of two laws tell more than a block.

Under another law the same detainers are divided otherwise, and the difference of two such counts is a count too, as small as
may be. So the detainers of a county are put in blocks of at least `LIMIT`, once and for all laws: by what was asked, the form
and who holds the person, in order of the day. A count is a sum of whole blocks; whatever is added or subtracted, what comes out
is one too. A block that a law answers in two ways is counted apart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from bailiwick.engine.facts import Outcome
from bailiwick.engine.lawbook import Lawbook
from bailiwick.engine.places import Place
from bailiwick.evidence.beside import Alike, alike, answered
from bailiwick.evidence.shipped import LIMIT


@dataclass(frozen=True, slots=True)
class Told:
    """The answers of a law.

    Attributes:
        answers: outcome in law -> detainers, each a sum of whole blocks.
        apart: detainers of blocks that it answers in more than one way.
    """

    answers: dict[Outcome, int]
    apart: int


@lru_cache(maxsize=1)
def _by_county() -> dict[str, list[Alike]]:
    found: dict[str, list[Alike]] = {}
    for one in alike():
        if one.county:
            found.setdefault(one.county, []).append(one)
    return found


@lru_cache(maxsize=256)
def blocks(county: str) -> tuple[tuple[Alike, ...], ...]:
    """The blocks of a county (FIPS code); none where it has fewer than `LIMIT` detainers. A kind of one day is never divided."""
    kinds: dict[tuple[str, ...], list[Alike]] = {}
    for one in _by_county().get(county, ()):
        key = (one.kind or "", one.form or "", one.custodian or "", one.place, one.day.isoformat())
        kinds.setdefault(key, []).append(one)
    found: list[list[Alike]] = [[]]
    for _, ones in sorted(kinds.items()):
        if _size(found[-1]) >= LIMIT:
            found.append([])
        found[-1] += ones
    if _size(found[-1]) < LIMIT:
        last = found.pop()
        if not found:
            return ()
        found[-1] += last
    return tuple(map(tuple, found))


def _size(block: Sequence[Alike]) -> int:
    return sum(one.detainers for one in block)


@lru_cache(maxsize=256)
def told(book: Lawbook, county: Place, under: str = "") -> Told:
    """What its own law said of the detainers of a county, or the law of the place `under`."""
    answers: Counter[Outcome] = Counter()
    apart = 0
    for block in blocks(county.fips):
        said = {answer for _, answer in answered(book, block, under)}
        size = _size(block)
        if len(said) == 1:
            answers[said.pop()] += size
        else:
            apart += size
    return Told(dict(sorted(answers.items())), apart)
