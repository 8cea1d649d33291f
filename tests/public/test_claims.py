"""`/claims`: all of them, each with its calculation or its source, each figure computed."""

from __future__ import annotations

import csv
import html
import io
import re
from typing import Any

import pytest
from django.test import Client

from bailiwick.cli import run
from bailiwick.engine.facts import Outcome
from bailiwick.engine.lawbook import default_lawbook
from bailiwick.evidence.claims import KINDS, STANDINGS, VERDICTS, Claim, calculations, claims
from bailiwick.evidence.claims.figures import FIGURES, at_large, booked, declined, figure, not_recorded, rule

EACH = pytest.mark.parametrize("claim", claims(), ids=lambda c: c.id)


def test_all_59_are_there_once() -> None:
    assert [c.id for c in claims()] == [f"C{n:02}" for n in range(1, 60)]


@EACH
def test_a_claim_says_what_was_counted_what_was_not_and_what_would_answer_it(claim: Claim) -> None:
    for words in (
        claim.claim,
        claim.finding,
        claim.counted,
        claim.not_counted,
        claim.denominator,
        claim.answer,
    ):
        assert words.strip()
    assert set(claim.kind) <= set(KINDS)
    assert claim.verdict in VERDICTS
    assert claim.calculation is None or claim.calculation is calculations()[claim.calculation.id]
    for source in claim.sources:
        assert source["text"].strip()
        assert source["standing"] in STANDINGS


@EACH
def test_no_verdict_stands_without_a_calculation_or_a_source(claim: Claim) -> None:
    if claim.verdict in ("supported", "partly", "contradicted"):
        assert claim.sources or claim.figures
    else:
        assert claim.calculation is not None or claim.sources or claim.figures or claim.missing


@EACH
def test_a_claim_has_a_figure_or_says_what_is_missing(claim: Claim) -> None:
    assert claim.figures or claim.missing


@EACH
def test_every_figure_is_computed_by_a_named_function(claim: Claim) -> None:
    for asked in claim.figures:
        assert asked["name"] in FIGURES
        found = figure(default_lawbook(), asked)
        assert found.answer
        assert found.command
        assert found.numbers


@EACH
def test_the_command_of_counted_figures_prints_their_numbers(
    claim: Claim, capsys: pytest.CaptureFixture[str]
) -> None:
    for asked in claim.figures:
        found = figure(default_lawbook(), asked)
        if not found.command.startswith("bailiwick evidence"):
            continue
        assert run(found.command.split()[1:]) == 0
        rows = list(csv.reader(io.StringIO(capsys.readouterr().out)))
        for beside in _beside(asked, found.numbers):
            assert any({str(n) for n in beside} <= set(row) for row in rows)


def _beside(asked: dict[str, Any], numbers: dict[str, Any]) -> list[tuple[int, ...]]:
    """Numbers that stand in one row."""
    if "state" in asked or "county" in asked:
        return [tuple(n for key, n in numbers.items() if key != "recorded")]
    return [value if isinstance(value, tuple) else (value,) for value in numbers.values()]


@EACH
def test_a_claim_names_no_side_and_uses_no_slogan(claim: Claim) -> None:
    words = f"{claim.claim} {claim.finding}".lower()
    for slogan in ("illegal alien", "illegals", "left-wing", "right-wing", "open border", "anti-immigrant"):
        assert slogan not in words


def test_shares_of_declined_detainers_are_those_counted_by_hand() -> None:
    """Counted apart from the same release: national, California, Colorado, Florida, and one county."""
    book = default_lawbook()
    assert declined(book).numbers == {"declined": 5_501, "recorded": 26_790, "issued": 79_053}
    for state, (part, issued) in {
        "us/ca": (2_134, 13_456), "us/co": (416, 1_403), "us/fl": (216, 2_923),
    }.items():  # fmt: skip
        numbers = declined(book, state).numbers
        assert (numbers["declined"], numbers["issued"]) == (part, issued)
    county = declined(book, county="us/il/cook-county").numbers
    assert (county["declined"], county["recorded"], county["issued"]) == (116, 151, 293)
    assert booked(book).numbers["booked"] == 15_877
    assert not_recorded(book).numbers["not_recorded"] == 52_263


@pytest.mark.parametrize(
    ("area", "percents"),
    [("New York City", (58, 52, 49, 56)), ("Chicago", (36, 38, 34, 30)), ("San Francisco", (24, 25, 33, 31)),
     ("Houston", (7, 9, 8, 4)), ("", (23, 25, 23, 23))],
)  # fmt: skip
def test_shares_of_arrests_at_large_are_those_counted_by_hand(area: str, percents: tuple[int, ...]) -> None:
    numbers = at_large(default_lawbook(), area).numbers
    assert tuple(round(100 * part / whole) for part, whole in numbers.values()) == percents


@pytest.mark.parametrize("state", ["us/gu", "us/nj"])
def test_what_is_too_small_or_would_tell_what_is_too_small_is_not_given(state: str) -> None:
    """Guam has thirteen detainers; New Jersey fourteen declined ones, in counties of one to nine each."""
    found = declined(default_lawbook(), state)
    assert "Too few to show" in found.answer
    assert "declined" not in found.numbers


def test_what_the_law_said_on_a_day_follows_the_day() -> None:
    from datetime import date

    book = default_lawbook()
    days = (date(2018, 1, 3), date(2018, 1, 4))
    found = [rule(book, "us/ca", day, "notify_release").outcome for day in days]
    assert found == [Outcome.UNREGULATED, Outcome.FORBIDDEN]


def test_the_page_shows_all_and_filters_by_kind_and_verdict(client: Client) -> None:
    page = html.unescape(client.get("/claims").content.decode())
    assert re.findall(r'<article class="claim" id="(C\d\d)"', page) == [c.id for c in claims()]
    for claim in claims():
        assert claim.claim in page
    some = client.get("/claims?kind=cause&verdict=contradicted").content.decode()
    chosen = [c.id for c in claims() if "cause" in c.kind and c.verdict == "contradicted"]
    assert re.findall(r'id="(C\d\d)"', some) == chosen


def test_in_spanish_the_page_says_that_the_claims_are_in_english(client: Client) -> None:
    words = "Estos textos están en inglés"
    assert words in client.get("/claims", headers={"accept-language": "es"}).content.decode()
    assert words not in client.get("/claims").content.decode()
    assert "in English" not in client.get("/claims").content.decode()
