"""What keeps a condition unknown is the same with its whole trace and without."""

from __future__ import annotations

from bailiwick.engine.condition import TRUE, compile_trace
from bailiwick.engine.decide import Decider
from bailiwick.engine.gap import compile_gap
from bailiwick.engine.lawbook import Lawbook
from tests.random_cases import RandomCases


def test_every_condition_of_the_lawbook_misses_without_a_trace_what_it_misses_with_one() -> None:
    book = Lawbook.load()
    decider = Decider(book)
    conditions = [
        (node, compile_gap(node), compile_trace(node))
        for file in book.files.values()
        for provision in file.provisions
        for node in (provision.given, provision.unless, provision.when)
        if node is not None and node is not TRUE
    ]
    supply = RandomCases(book, 5)
    unknown = 0
    for i in range(60):
        view = decider.view(supply.case(i))
        for node, gap, trace in conditions:
            found, whole = gap(view, None), trace(view, None, -1)
            assert found == (whole.missing if whole.truth is None else whole.truth), node
            unknown += whole.truth is None
    assert unknown > 1000
