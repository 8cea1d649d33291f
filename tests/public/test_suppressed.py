"""No page tells a small count, and all pages together tell none: everything that they show of the shipped release, read from
the tables that they offer, and set against the counts made from its rows."""

from __future__ import annotations

import csv
import io
import random
from collections import Counter
from typing import Any

import numpy as np
import pytest
from django.test import Client
from scipy.optimize import linprog
from scipy.sparse import csr_matrix, hstack, vstack

from bailiwick.engine.facts import Outcome
from bailiwick.engine.lawbook import default_lawbook
from bailiwick.evidence import published
from bailiwick.evidence.atlas import atlas_places, own_files
from bailiwick.evidence.beside import answered
from bailiwick.evidence.blocks import blocks, told
from bailiwick.evidence.groups import DRAWN, grouped
from bailiwick.evidence.shipped import LIMIT, RELEASE, cells, outcomes
from bailiwick.evidence.store import Store

BOOK = default_lawbook()
GROUPS = [name for name, _, _ in DRAWN]
#: What each unknown of the reader is: the state, the county (empty: in none) and the group of detainers.
Unknown = tuple[str, str, str]


def truth() -> dict[Unknown, int]:
    """The counts, from the rows of the release."""
    with Store.shipped().connection(RELEASE) as connection:
        rows = connection.execute(
            "SELECT coalesce(state, ''), coalesce(county, ''), outcome, count(*) FROM detainers GROUP BY ALL ORDER BY ALL"
        ).fetchall()
    found: dict[tuple[str, str], Counter[str]] = {}
    for state, county, outcome, n in rows:
        found.setdefault((state, county), Counter())[outcome] += n
    return {(*at, group): n for at, counts in sorted(found.items()) for group, n in grouped(counts).items()}


def table(client: Client, name: str) -> list[dict[str, str]]:
    """What a page offers as CSV."""
    return list(csv.DictReader(io.StringIO(client.get(f"/evidence/{name}.csv").content.decode())))


class Reader:
    """What somebody who reads every page knows: sums of unknowns, and the cells that are hidden."""

    def __init__(self, client: Client) -> None:
        self.truth = truth()
        self.at = {one: i for i, one in enumerate(self.truth)}
        self.x = np.array(list(self.truth.values()), dtype=float)
        self.groups = [group for _, _, group in self.truth]
        self.of: dict[tuple[str, str], list[int]] = {}
        for i, (state, county, _) in enumerate(self.truth):
            for near in (("", ""), ("state", state), ("county", county)):
                self.of.setdefault(near, []).append(i)
        self.rows: list[tuple[list[int], int]] = []
        self.hidden: list[list[int]] = []
        names = {"(no state written)": "", **{p.name: p.path for p in BOOK.places if p.kind == "state"}}
        for row in table(client, "states"):
            self.read(row, {"state": names[row["state"]]})
        for row in table(client, "counties"):
            self.read(row, {"county": row["fips"]})
            place = BOOK.places.by_fips[row["fips"]]
            if row["detainers"] and place.kind == "county":
                page = client.get(f"/evidence/county/{place.path}?format=csv")
                (again,) = csv.DictReader(io.StringIO(page.content.decode()))
                self.read(again, {"county": row["fips"]})
        self.read(self.sum_of_months(table(client, "months")), {})
        for row in table(client, "declined"):
            if row["step"] in GROUPS:
                self.read({row["step"]: row["detainers"]}, {})

    def sum_of_months(self, rows: list[dict[str, str]]) -> dict[str, str]:
        return {
            name: str(sum(int(row[name]) for row in rows)) if all(row[name] for row in rows) else ""
            for name in ("detainers", *GROUPS)
        }

    def unknowns(self, group: str, where: dict[str, str]) -> list[int]:
        (near,) = where.items() or [("", "")]
        return [i for i in self.of[near] if group in ("detainers", self.groups[i])]

    def read(self, row: dict[str, str], where: dict[str, str]) -> None:
        for group in ("detainers", *GROUPS):
            if group in row:
                of = self.unknowns(group, where)
                if row[group]:
                    self.rows.append((of, int(row[group])))
                else:
                    self.hidden.append(of)

    def matrix(self, sums: list[list[int]]) -> Any:
        places = [(r, c) for r, of in enumerate(sums) for c in of]
        return csr_matrix(
            ([1.0] * len(places), ([r for r, _ in places], [c for _, c in places])), (len(sums), len(self.x))
        )


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(Client())


def test_everything_that_is_read_is_true_and_nothing_small_is_shown(reader: Reader) -> None:
    assert len(reader.rows) > 4_000
    for of, shown in reader.rows:
        assert shown == sum(reader.x[of])
        assert shown == 0 or shown >= LIMIT


class Others:
    """Other releases, of which every page would be the same."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.small = [[i] for i, n in enumerate(reader.x) if 0 < n < LIMIT]
        self.small += [of for of in reader.hidden if len(of) > 1 and 0 < sum(reader.x[of]) < LIMIT]
        self.known = reader.matrix([of for of, _ in reader.rows])
        self.shown = [n for _, n in reader.rows]
        # Every zero of a county or a state is shown, and a reader may know that: what is hidden there is at least one.
        alive = [of for of in reader.hidden if sum(reader.x[of])]
        self.alive, self.least = reader.matrix(alive), [1.0] * len(alive)

    def gains(self, small: list[list[int]], most: int) -> Any:
        """By how much each of the small counts is larger in another release, in which their sum is as large as may be."""
        unknown, extra = len(self.reader.x), len(small)
        more = csr_matrix(([-1.0] * extra, (range(extra), range(extra))), (extra, extra))
        found = linprog(
            [0.0] * unknown + [-1.0] * extra,
            A_eq=hstack([self.known, csr_matrix((self.known.shape[0], extra))]),
            b_eq=self.shown,
            A_ub=-vstack(
                [
                    hstack([self.reader.matrix(small), more]),
                    hstack([self.alive, csr_matrix((self.alive.shape[0], extra))]),
                ]
            ),
            b_ub=[-sum(self.reader.x[of]) for of in small] + [-n for n in self.least],
            bounds=[(0, None)] * unknown + [(0, most)] * extra,
        )
        assert found.status == 0
        return found.x[unknown:]


def test_no_small_count_follows_from_all_pages_together(reader: Reader) -> None:
    """For each of them there is another release, of which every page would be the same, in which it is larger by one at least."""
    others = Others(reader)
    small = others.small
    assert len(small) > 3_000
    for _ in range(20):
        gains = others.gains(small, 1)
        small = [of for of, gain in zip(small, gains, strict=True) if gain < 1 - 1e-6]
        if not small:
            return
    pytest.fail(f"{len(small)} counts follow from what is shown")


def test_not_even_that_a_count_is_small_follows_from_all_pages_together(reader: Reader) -> None:
    """Of a sample of them, each by itself: it could be larger by nine, and so ten or more."""
    others = Others(reader)
    for of in random.Random(7).sample(others.small, 40):
        assert others.gains([of], LIMIT - 1)[0] >= LIMIT - 1 - 1e-6


def test_one_figure_more_would_tell_a_small_count(reader: Reader) -> None:
    """That such a release is sought can fail: were the rest of a row shown, its small count would follow."""
    others = Others(reader)
    known = [(state, county) for state, county, _ in reader.truth]
    of = next(
        one
        for one in others.small
        if len(one) == 1 and known[one[0]][1] and reader.groups[one[0]] == "declined"
    )
    row = reader.of["county", known[of[0]][1]]
    told = [[i for i in row if i not in of], row]
    others.known = vstack([others.known, reader.matrix(told)])
    others.shown = [*others.shown, *(int(sum(reader.x[part])) for part in told)]
    assert others.gains([of], 1)[0] < 1 - 1e-6


def test_the_network_promises_what_the_pages_keep() -> None:
    assert set(published.places().reach.values()) == {LIMIT - 1}


def test_no_question_shows_a_small_count(client: Client) -> None:
    for name in ("declined", "months", "states", "counties", "law"):
        for row in table(client, name):
            for column, cell in row.items():
                if column != "fips" and cell.isdigit():
                    assert int(cell) == 0 or int(cell) >= LIMIT


# ------------------------------------------------------------------------------------------------- the laws of a county


COUNTIES = [BOOK.places.by_fips[fips] for fips, n in published.counties().items() if n.detainers is not None]


def test_blocks_hold_every_detainer_of_their_county_once_and_none_is_small() -> None:
    sizes = {fips: counts.total() for fips, counts in outcomes("county").items()}
    for place in COUNTIES:
        found = [sum(one.detainers for one in block) for block in blocks(place.fips)]
        assert min(found) >= LIMIT
        assert sum(found) == sizes[place.fips]


def test_whatever_two_laws_answer_their_difference_is_of_whole_blocks() -> None:
    """The detainers that one law answers so and another so: nobody, or ten at least. For every county, and every pair of laws."""
    laws = ["", *(p.path for p in atlas_places(BOOK) if p.path in own_files(BOOK))][::4]
    for place in COUNTIES[::12]:
        said = [
            [{answer for _, answer in answered(BOOK, block, law)} for block in blocks(place.fips)]
            for law in laws
        ]
        sizes = [sum(one.detainers for one in block) for block in blocks(place.fips)]
        for law, answers in zip(laws, said, strict=True):
            found = told(BOOK, place, law)
            expected: Counter[Outcome] = Counter()
            for answer, size in zip(answers, sizes, strict=True):
                if len(answer) == 1:
                    expected[next(iter(answer))] += size
            assert found.answers == expected
            assert found.apart == sum(sizes) - expected.total()
            assert all(n >= LIMIT for n in found.answers.values())
            assert found.apart == 0 or found.apart >= LIMIT


def test_the_answers_of_the_nation_less_those_of_all_counties_are_not_small() -> None:
    rest = {answer: counts.detainers or 0 for answer, counts in published.answers(BOOK).items()}
    for place in COUNTIES:
        for answer, n in told(BOOK, place).answers.items():
            rest[answer] -= n
    assert all(n == 0 or n >= LIMIT for n in rest.values())


def test_the_release_has_a_row_for_every_count() -> None:
    assert sum(truth().values()) == sum(c.detainers for c in cells()) == 79_053
