"""`/evidence`: figures counted from the shipped files, with what is not known beside them."""

from __future__ import annotations

import csv
import html
import io
import re
import xml.etree.ElementTree as ET
from collections import Counter

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from bailiwick.cli import run
from bailiwick.engine.facts import Outcome
from bailiwick.engine.lawbook import default_lawbook
from bailiwick.evidence.beside import alike, beside
from bailiwick.evidence.comparing import WHOLE, YEARS, Side, compare
from bailiwick.evidence.groups import DRAWN, grouped
from bailiwick.evidence.here import here
from bailiwick.evidence.outcomes import outcomes as by
from bailiwick.evidence.pictures.charts import PIXELS
from bailiwick.evidence.pictures.maps import grid_map, state_map
from bailiwick.evidence.pictures.outlines import GRID, outlines
from bailiwick.evidence.questions import QUESTIONS, question
from bailiwick.evidence.shares import share
from bailiwick.evidence.shipped import LIMIT, outcomes, recorded
from bailiwick.evidence.store import Store

#: Published by month from the same release (`data/PROVENANCE.md`).
FIRST_MONTH, LAST_MONTH = 11_437, 3_986


def test_the_counts_are_those_published_of_the_release() -> None:
    counts = outcomes()["all"]
    assert counts.total() == 79_053
    assert counts["not_recorded"] == 52_263
    months = outcomes("month")
    assert (months["2014-10"].total(), months["2015-07"].total()) == (FIRST_MONTH, LAST_MONTH)
    assert sum(c.total() for c in months.values()) == 79_053
    # calendar year 2015: declined by the custodian, booked into detention
    year = sum((c for m, c in months.items() if m >= "2015"), Counter())
    assert (year["declined"], year["taken_into_custody"]) == (2_785, 10_122)


@pytest.mark.parametrize("column", ["month", "state", "county", "form"])
def test_every_detainer_is_in_one_group(column: str) -> None:
    assert sum(c.total() for c in outcomes(column).values()) == 79_053


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_exact_command_gives_the_numbers_of_the_page(
    client: Client, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    page = html.unescape(client.get(f"/evidence/{name}").content.decode())
    (command,) = re.findall(r'<code class="cmd">bailiwick (.*?)</code>', page)
    assert run(command.split()) == 0
    printed = list(csv.reader(io.StringIO(capsys.readouterr().out)))
    table = re.findall(r"<tr>(.*?)</tr>", page.partition('id="table"')[2].partition("</table>")[0])
    shown = [[text(cell) for cell in re.findall(r"<t[hd].*?>(.*?)</t[hd]>", row)] for row in table]
    assert [cell.lower() for cell in shown[0]] == [cell.lower() for cell in printed[0]]
    assert len(shown) > 2
    for row, cells in zip(shown[1:], printed[1:], strict=False):
        assert [plain(cell) for cell in row] == cells


def text(cell: str) -> str:
    return re.sub(r"<[^>]+>", "", cell)


def plain(cell: str) -> str:
    """A cell of a page as the CSV has it: no commas in numbers, nothing for a dash."""
    return "" if cell == "–" else re.sub(r"(?<=\d),(?=\d{3}\b)", "", cell)


@given(st.integers(0, 400), st.integers(0, 400))
def test_the_interval_is_wilsons(part: int, more: int) -> None:
    found = share(part, part + more)
    if found.whole == 0:
        assert found.value is None
        return
    low, high = proportion_confint(part, part + more, method="wilson")
    assert found.low == pytest.approx(low, abs=1e-9)
    assert found.high == pytest.approx(high, abs=1e-9)
    assert 0 <= (found.low or 0) <= (found.value or 0) <= (found.high or 0) <= 1


def test_a_part_larger_than_its_whole_is_refused() -> None:
    with pytest.raises(ValueError, match="expected a part from 0 to 3, found 4"):
        share(4, 3)


@pytest.mark.parametrize("name", ["declined", "months", "states", "counties", "law"])
def test_no_small_cell_is_printed_nor_can_be_worked_out_from_its_row(name: str) -> None:
    asked = question(default_lawbook(), name)
    for row in asked.rows:
        numbers = [v for v in row if isinstance(v, int)]
        assert [v for v in numbers if 0 < v < LIMIT] == []
    if name in ("states", "counties", "months"):
        first = asked.columns.index("detainers")
        for row in asked.rows:
            total, cells = row[first], row[first + 1 : first + 1 + len(DRAWN)]
            assert cells.count(None) != 1 or total is None


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_has_answer_doubt_table_command_and_what_it_cannot_see(client: Client, name: str) -> None:
    asked = question(default_lawbook(), name)
    page = html.unescape(client.get(f"/evidence/{name}").content.decode())
    for words in (asked.title, asked.answer, asked.doubt, asked.command, asked.seen, *asked.blind):
        assert words in page
    assert asked.title.endswith("?")
    rows = list(csv.reader(io.StringIO(client.get(f"/evidence/{name}.csv").content.decode())))
    assert rows[0] == list(asked.columns)
    assert len(rows) == len(asked.rows) + 1


@pytest.mark.parametrize("width", ["wide", "narrow"])
@pytest.mark.parametrize("name", QUESTIONS)
def test_a_picture_tells_nothing_by_colour(client: Client, name: str, width: str) -> None:
    answer = client.get(f"/evidence/{name}.{width}.svg")
    assert answer["Content-Type"].startswith("image/svg+xml")
    svg = answer.content.decode()
    root = ET.fromstring(svg)
    assert root.findtext("{http://www.w3.org/2000/svg}title") == question(default_lawbook(), name).title
    paints = {
        value
        for element in root.iter()
        for key in ("fill", "stroke")
        if (value := element.get(key)) is not None
    }
    allowed = {"currentColor", "none", "transparent", "url(#struck)", "url(#dotted)"}
    assert paints <= allowed
    assert " style=" not in svg


def test_the_funnel_divides_each_bar_into_those_below_it() -> None:
    """Every number of the picture is one of the table; the parts of the recorded begin where the part before them ends."""
    asked = question(default_lawbook(), "declined")
    for width in PIXELS:
        said = re.findall(r">([^<>:]+): ([\d,]+)", asked.draw(width))
        counts = {name: int(n.replace(",", "")) for name, n in said}
        assert list(counts) == ["issued", "with a recorded outcome", *(name for name, _, _ in DRAWN)]
        *parts, blank = list(counts.values())[2:]
        assert sum(parts) == counts["with a recorded outcome"]
        assert sum(parts) + blank == counts["issued"]
        rows = {str(row[0]): row[1] for row in asked.rows}
        assert all(rows.get(name, n) == n for name, n in counts.items())


def test_the_parts_of_a_bar_have_a_pattern_each() -> None:
    assert len({pattern for _, pattern, _ in DRAWN}) == len(DRAWN)
    counts = outcomes()["all"]
    assert sum(grouped(counts).values()) == counts.total()


def test_maps_mark_each_outcome_by_a_pattern_of_its_own() -> None:
    places = [default_lawbook().places.get(f"us/{s}") for s in ("ca", "tx", "fl", "ny", "il", "wa", "oh")]
    said = [(p, o, f"{p.name}: {o}", "/law") for p, o in zip(places, [*Outcome, None], strict=False)]
    for svg in (state_map(said, "t"), grid_map(said, "t")):
        ET.fromstring(svg)
        fills = re.findall(r'fill="([^"]+)" stroke="currentColor" stroke-width="([^"]+)"', svg)
        assert len(set(fills)) == len(Outcome) + 1


def test_every_state_stands_on_the_map_and_in_the_grid() -> None:
    book = default_lawbook()
    states = [p for p in book.places if p.kind == "state"]
    assert {p.path[3:] for p in states} == set(GRID)
    assert len(set(GRID.values())) == len(GRID)
    territories = {"us/as", "us/gu", "us/mp", "us/pr", "us/vi"}
    assert {p.path for p in states if p.fips not in outlines().states} == territories


def test_law_beside_data_counts_every_detainer_once() -> None:
    book = default_lawbook()
    assert sum(beside(book).values()) == 79_053
    assert sum(one.detainers for one in alike()) == 79_053
    under = beside(book, under="us/tx")
    assert sum(under.values()) == 79_053


def test_law_beside_data_is_that_of_the_command_line() -> None:
    """`bailiwick evidence outcomes --by law` counts the same answers row by row."""
    book = default_lawbook()
    own = Counter[str]()
    for (outcome, _), n in beside(book).items():
        own[str(outcome)] += n
    assert own == {row.group["law"]: row.detainers for row in by(Store.shipped(), ("law",), law=book)}


def test_under_another_law_the_same_detainers_come_out_otherwise() -> None:
    """In 2015 Texas had no act, so a detainer was answered by none; California's turned on the record, which is not known."""
    book = default_lawbook()
    fips = book.places.get("us/tx/travis-county").fips
    own, california = Counter[Outcome](), Counter[Outcome]()
    for sums, under in ((own, ""), (california, "us/ca")):
        for (outcome, _), n in beside(book, county=fips, under=under).items():
            sums[outcome] += n
    assert not own[Outcome.REQUIRED] + own[Outcome.FORBIDDEN]
    assert own.total() == california.total()
    jail = sum(
        a.detainers
        for a in alike()
        if a.county == fips and a.kind == "immigration_detainer" and a.custodian == "county_jail"
    )
    assert california[Outcome.UNKNOWN] >= jail > 0


def test_a_county_with_few_detainers_is_not_shown(client: Client) -> None:
    book = default_lawbook()
    few = next(
        book.places.by_fips[fips]
        for fips, counts in outcomes("county").items()
        if fips and 0 < counts.total() < LIMIT and book.places.by_fips[fips].kind == "county"
    )
    assert here(book, few) is None
    assert few.path not in client.get("/evidence").content.decode()
    assert client.get(f"/evidence/county/{few.path}").status_code == 404


# ------------------------------------------------------------------------------------------------------------- comparisons

SAME = WHOLE


@pytest.mark.parametrize(
    ("left", "right", "why"),
    [
        (Side("declined-recorded", "us/ca", SAME), Side("at-large", "Chicago", SAME), "different things"),
        (Side("declined-recorded", "us/ca", SAME), Side("declined-issued", "us/tx", SAME), "denominators"),
        (Side("at-large", "Chicago", "2016"), Side("at-large", "Houston", YEARS), "periods"),
        (Side("at-large", "Chicago", SAME), Side("at-large", "Houston", SAME), "not known for that period"),
        (
            Side("declined-issued", "us/ca", "2016"),
            Side("declined-issued", "us/tx", "2016"),
            "not known for that period",
        ),
        (
            Side("declined-recorded", "us/ca", SAME),
            Side("declined-recorded", "Chicago", SAME),
            "known by states",
        ),
        (
            Side("at-large", "us/ca", "2016"),
            Side("at-large", "Chicago", "2016"),
            "California is none of them",
        ),
        (Side("declined-recorded", "us/ca", SAME), Side("declined-recorded", "us/gu", SAME), "too small"),
        # 14 declined in New Jersey, in counties of one to nine each: shown, they would bound one another.
        (
            Side("declined-recorded", "us/ca", SAME),
            Side("declined-recorded", "us/nj", SAME),
            "tell a small one",
        ),
    ],
)
def test_what_may_not_be_compared_is_refused_with_the_reason(left: Side, right: Side, why: str) -> None:
    found = compare(left, right)
    assert why in found.refused
    assert found.left is found.right is None


def test_the_same_measure_period_and_denominator_stand_side_by_side() -> None:
    found = compare(Side("declined-recorded", "us/ca", SAME), Side("declined-recorded", "us/co", SAME))
    assert found.left is not None
    assert found.right is not None
    by_state = outcomes("state")
    for side, state in ((found.left, "us/ca"), (found.right, "us/co")):
        assert (side.part, side.whole) == (by_state[state]["declined"], recorded(by_state[state]))


def test_all_fiscal_years_are_the_sum_of_each(client: Client) -> None:
    years = [
        compare(*[Side("at-large", "Chicago", year)] * 2).left for year in ("2016", "2017", "2018", "2019")
    ]
    whole = compare(*[Side("at-large", "Chicago", YEARS)] * 2).left
    assert whole is not None
    assert whole[:2] == (sum(y.part for y in years if y), sum(y.whole for y in years if y))


def test_any_choices_of_the_lists_are_answered(client: Client) -> None:
    page = client.get("/evidence/compare").content.decode()
    places, measures = (
        re.findall(r'<option value="([^"]+)"', page.partition(f'id="a_{field}"')[2].partition("</select>")[0])
        for field in ("place", "measure")
    )
    assert {"us/ca", "Chicago"} <= set(places)
    for place in places:
        for measure in measures:
            asked = {"a_measure": measure, "b_measure": measure, "a_place": place, "b_place": "us/tx"}
            assert client.get("/evidence/compare", asked).status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        "/evidence/nothing",
        "/evidence/nothing.csv",
        "/evidence/declined.huge.svg",
        "/evidence/county/us/ca",
        "/evidence/county/us/zz/none",
    ],
)
def test_what_is_not_there_is_not_found(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404
