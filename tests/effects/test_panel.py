"""Panels as people bring them, and dates of change from the lawbook."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bailiwick.engine.facts import Outcome
from bailiwick.engine.lawbook import default_lawbook
from bailiwick.evidence.effects.adoption import adoption, by_law
from bailiwick.evidence.effects.panel import BadPanel, read_panel

GOOD = "place,period,n,since\n" + "".join(
    f"{place},2017-{month:02},{month},{since}\n"
    for place, since in (("a", "2017-06-15"), ("b", ""), ("c", "2017-04"))
    for month in range(1, 13)
)


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "panel.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_law_of_the_middle_of_a_month_applies_from_the_next_and_that_month_is_left_out(
    tmp_path: Path,
) -> None:
    panel = read_panel(written(tmp_path, GOOD), "n", adopted="since")
    firsts = dict(panel.frame[["unit", "first"]].drop_duplicates().itertuples(index=False))
    assert {unit: panel.label(first) if first else "" for unit, first in firsts.items()} == {
        "a": "2017-07",
        "b": "",
        "c": "2017-04",
    }
    assert panel.left_out == {"the law took effect within this month": 1}
    assert len(panel.frame) + sum(panel.left_out.values()) == panel.read == 36


def test_rows_without_a_number_are_left_out_and_counted(tmp_path: Path) -> None:
    text = GOOD.replace("b,2017-03,3,", "b,2017-03,,").replace("b,2017-04,4,", "b,2017-04,n/a,")
    panel = read_panel(written(tmp_path, text), "n", adopted="since")
    assert panel.left_out["no number in n"] == 2


def test_a_unit_under_the_law_from_the_first_period_on_is_left_out_by_name(tmp_path: Path) -> None:
    text = GOOD.replace("2017-04\n", "2016-01-01\n")
    panel = read_panel(written(tmp_path, text), "n", adopted="since")
    assert panel.left_out["the law applied from the first period on"] == 12
    assert panel.notes == ("the law applied from the first period on: c",)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("place,", "county,"), "expected a column 'place'; found county, period, n, since"),
        (
            ("a,2017-02,", "a,2017-01,"),
            "expected one row for each place and period; found a twice in 2017-01",
        ),
        (
            ("a,2017-02,", "a,Feb 2017,"),
            "panel.csv:3: 'period': expected a month as '2017-01'; found 'Feb 2017'",
        ),
        (("a,2017-01,", "a,1/2017,"), "expected a year, quarter or month"),
        (
            ("c,2017-05,5,2017-04", "c,2017-05,5,2017-05"),
            "'since': expected one date for c; found 2017-04, 2017-05",
        ),
        (
            ("2017-06-15", "in June"),
            "'since': expected a day or a month, or nothing for never; found 'in June'",
        ),
    ],
)
def test_what_is_no_panel_is_refused_in_one_line(tmp_path: Path, change: tuple[str, str], says: str) -> None:
    with pytest.raises(BadPanel) as error:
        read_panel(written(tmp_path, GOOD.replace(*change)), "n", adopted="since")
    assert says in str(error.value)
    assert "\n" not in str(error.value)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadPanel, match="found none"):
        read_panel(tmp_path / "panel.csv", "n", adopted="since")


def test_years_and_quarters_are_periods_too(tmp_path: Path) -> None:
    for periods, label in ((("2015", "2016", "2017"), "2016"), (("2015-Q4", "2016-Q1", "2016Q2"), "2016-Q1")):
        text = "place,period,n,since\n" + "".join(
            f"{place},{period},1,{'2016-01-01' if place == 'a' else ''}\n"
            for place in "ab"
            for period in periods
        )
        panel = read_panel(written(tmp_path, text), "n", adopted="since")
        assert panel.label(int(panel.frame["first"].max())) == label


# California: TRUST Act 2014-01-01 forbade some holds; the Values Act (Gov. Code § 7284.6(a)(1)(B)) from 2018-01-04 all of them.
def test_california_began_to_forbid_the_ordinary_hold_on_the_day_the_lawbook_says() -> None:
    book = default_lawbook()
    found = adoption(book, "us/ca/fresno-county", date(2016, 1, 1), date(2020, 1, 1))
    # The TRUST Act (Gov. Code § 7282.5 of 2014) forbade the hold of a person without a listed conviction already.
    assert found.before
    assert adoption(book, "us/ca/fresno-county", date(2012, 1, 1), date(2020, 1, 1)).first == date(2014, 1, 1)


def test_texas_never_forbids_and_requires_from_its_act_on() -> None:
    book = default_lawbook()
    span = (date(2016, 1, 1), date(2020, 1, 1))
    assert adoption(book, "us/tx/harris-county", *span).first is None
    required = adoption(book, "us/tx/harris-county", *span, outcome=Outcome.REQUIRED)
    # Art. 2.251 is of 2017-09-01; a federal injunction of its duty was stayed on 2017-09-25.
    assert required.first == date(2017, 9, 25)
    assert required.norm.startswith("us/tx:")


def test_a_panel_takes_its_dates_from_the_lawbook(tmp_path: Path) -> None:
    places = ("us/ca/fresno-county", "us/ca/kern-county", "us/nv/clark-county", "us/az/pima-county")
    text = "place,period,n\n" + "".join(
        f"{place},{year}-{month:02},{month}\n"
        for place in places
        for year in (2013, 2014)
        for month in range(1, 13)
    )
    panel = read_panel(
        written(tmp_path, text), "n", adoptions=by_law(default_lawbook(), "hold", Outcome.FORBIDDEN)
    )
    firsts = dict(panel.frame[["unit", "first"]].drop_duplicates().itertuples(index=False))
    assert {unit: panel.label(first) if first else "never" for unit, first in firsts.items()} == {
        "us/ca/fresno-county": "2014-01",
        "us/ca/kern-county": "2014-01",
        "us/nv/clark-county": "never",
        "us/az/pima-county": "never",
    }


def test_a_place_that_does_not_exist_is_named() -> None:
    with pytest.raises(LookupError, match="us/ca/nowhere"):
        adoption(default_lawbook(), "us/ca/nowhere", date(2016, 1, 1), date(2017, 1, 1))
