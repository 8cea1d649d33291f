"""What norms and levels come to: the engine against a slow model of the design's words, and SQL against the engine."""

from __future__ import annotations

from itertools import product

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bailiwick.engine.bulk_sql import GATES, LEFT, REACH, REACHED, looked_up, step_lists, step_sql
from bailiwick.engine.decide import SILENT, SPEAKS, WAITING, matters, step
from bailiwick.engine.lawbook import Lawbook
from bailiwick.engine.norm import Effect
from tests.bulk.model import Voice, engine, moving, ways

TRUTHS = st.sampled_from((True, False, None))


@st.composite
def voices(draw: st.DrawFn, *, most: int = 5, overrides: bool = False) -> list[Voice]:
    """Norms on three levels; with ``overrides``, some override others of their level (and none of those overrides)."""
    found = []
    for _ in range(draw(st.integers(1, most))):
        effect = draw(st.sampled_from(Effect))
        found.append(
            Voice(
                effect,
                level=draw(st.integers(0, 2)),
                speaks=draw(TRUTHS),
                holds=draw(TRUTHS),
                open=draw(st.integers(0, 4)) == 0,
                preempts=effect in (Effect.PERMIT, Effect.ONLY_IF) and draw(st.integers(0, 2)) == 0,
            )
        )
    if not overrides:
        return found
    over = {i for i in range(len(found)) if draw(st.booleans())}
    return [
        Voice(
            v.effect,
            v.level,
            v.speaks,
            v.holds,
            v.open,
            v.preempts,
            tuple(j for j, w in enumerate(found) if i in over and j not in over and w.level == v.level),
        )
        for i, v in enumerate(found)
    ]


def preempts_or_forbids(voice: Voice) -> bool:
    """Surely ends the search at its level, one way or the other: that is the one thing that bits cannot say."""
    return voice.effect is Effect.ONLY_IF and voice.preempts and voice.holds is None and not voice.open


@given(voices().filter(lambda found: not any(map(preempts_or_forbids, found))))
@settings(max_examples=1_500)
def test_the_possible_outcomes_are_exactly_those_of_every_way_things_may_turn_out(found: list[Voice]) -> None:
    assert engine(found).outcomes == set(ways(found).values())


@given(voices(overrides=True))
@settings(max_examples=1_500)
def test_no_outcome_that_may_come_about_is_left_out(found: list[Voice]) -> None:
    assert engine(found).outcomes >= set(ways(found).values())


@given(voices(overrides=True))
@settings(max_examples=1_500)
def test_an_outcome_that_is_certain_is_never_called_unknown(found: list[Voice]) -> None:
    outcomes = set(ways(found).values())
    if len(outcomes) == 1:
        assert engine(found).outcomes == outcomes


@given(voices(overrides=True))
@settings(max_examples=1_500)
def test_a_norm_that_could_move_the_outcome_is_never_left_out_of_what_is_missing(found: list[Voice]) -> None:
    every = ways(found)
    if len(set(every.values())) > 1:
        assert engine(found).matters >= moving(found, every)


def feasible(may: int) -> list[int]:
    """The bits that a level may have whose norms may do only ``may``."""
    out = []
    for mays, does, speaks in product(range(16), range(16), (0, SPEAKS)):
        if mays & ~may or does & ~mays or (does and not speaks) or (speaks and not mays):
            continue
        out.append(mays | does << 4 | speaks)
    return out


def left(possible: int, reached: int) -> int:
    """The outcomes that are possible when nothing speaks any more."""
    return possible | (16 if reached & SILENT else 0) | (8 if reached & WAITING else 0)


@pytest.mark.parametrize("last", [False, True])
@pytest.mark.parametrize("may", range(1, 16))
def test_the_step_in_sql_is_the_step_of_the_engine(may: int, last: bool) -> None:
    levels = feasible(may)
    assert len(levels) > 3
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE bits AS SELECT unnest(?) AS l", [levels])
        first = connection.execute(f"SELECT l, {step_sql('l', None, may, last=last)} FROM bits").fetchall()
        # every outcome may have been possible before; the level is reached in each of the four ways
        states = f"SELECT (p << {LEFT}) | (r << {REACH}) AS q FROM range(32) a(p), range(4) b(r)"
        later = connection.execute(
            f"SELECT l, q, {step_sql('l', 'q', may, last=last)} FROM bits, ({states})"
        ).fetchall()
        connection.execute(f"CREATE TABLE lists AS {step_lists()}")
        found = connection.execute(
            f"SELECT l, q, {looked_up('l', 'q', last=last)}, {looked_up('l', None, last=last)} FROM bits, ({states}), lists"
        ).fetchall()
    assert len(first) == len(levels)
    assert len(later) == len(found) == 128 * len(levels)
    wrong: list[tuple[int, ...]] = []

    def hold(level: int, before: int, reached_by: int, got: int) -> None:
        possible, reached = step(reached_by, level)
        wanted = before | (left(possible, reached) if last else possible)
        gates = [
            gate
            for way, gate in GATES.items()
            if may & way and bool(got & gate) == matters(way, level, reached_by)
        ]
        if got >> LEFT & 31 != wanted or (got & REACHED) >> REACH != (0 if last else reached) or gates:
            wrong.append((level, before, reached_by, got))

    for level, got in first:
        hold(level, 0, SILENT, got)
    for level, above, got in later:
        hold(level, above >> LEFT, (above & REACHED) >> REACH, got)
    for level, above, got, got_first in found:
        hold(level, above >> LEFT, (above & REACHED) >> REACH, got)
        hold(level, 0, SILENT, got_first)
    assert wrong == []


def test_a_permission_beside_a_norm_that_preempts_or_forbids_keeps_one_outcome_too_many() -> None:
    """Bits of a level cannot say that it surely ends the search, one way or the other; its permission seems to wait for the next.

    One bit more a level would, in every engine, for norms that no law has (see the next test). What is decided stays right: the
    action is unknown either way.
    """
    found = [
        Voice(Effect.ONLY_IF, 0, speaks=True, holds=None, preempts=True),
        Voice(Effect.PERMIT, 0, speaks=True, holds=True),
        Voice(Effect.REQUIRE, 1, speaks=True, holds=True),
    ]
    assert set(ways(found).values()) == {"forbidden", "allowed"}
    assert engine(found).outcomes == {"forbidden", "allowed", "required"}


def test_no_law_has_a_norm_that_preempts_or_forbids(book: Lawbook) -> None:
    norms = [norm for file in book.files.values() for norm in file.norms]
    assert len(norms) > 100
    assert [norm.id for norm in norms if norm.effect is Effect.ONLY_IF and norm.preempts] == []


def test_a_norm_and_an_exception_that_may_override_it_keep_a_conflict_that_cannot_come_about() -> None:
    """Bits of two norms cannot say that only one of them speaks. What is decided stays right: unknown either way."""
    found = [
        Voice(Effect.FORBID, 0, speaks=True, holds=True),
        Voice(Effect.REQUIRE, 0, speaks=True, holds=None, overrides=(0,)),
    ]
    assert set(ways(found).values()) == {"forbidden", "required"}
    assert engine(found).outcomes == {"forbidden", "required", "conflict"}
