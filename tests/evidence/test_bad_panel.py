"""Panels that are broken or uneven: each is refused with its line, or read whole; none ends in an error of a library."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from bailiwick.cli import run
from bailiwick.evidence.effects.estimate import estimate
from bailiwick.evidence.effects.panel import BadPanel, Panel, read_panel
from bailiwick.evidence.effects.reading import read

Row = tuple[str, object, object, object]


def rows(units: int = 8, effect: float = 5.0) -> list[Row]:
    """Half of the units change, in 2012 and 2013; the panel runs from 2006 to 2017."""
    drawn, out = random.Random(1), []
    for unit in range(units):
        since = 2012 + unit % 2 if unit < units // 2 else 0
        for year in range(2006, 2018):
            value = 10 + unit + year % 5 + drawn.gauss(0, 0.1) + (effect if since and year >= since else 0)
            out.append((f"u{unit}", year, value, since or ""))
    return out


def panel(tmp_path: Path, given: Sequence[Row]) -> Panel:
    path = tmp_path / "panel.csv"
    lines = ["place,period,n,since", *(",".join(map(str, row)) for row in given)]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return read_panel(path, "n", adopted="since")


WHOLE = rows()
UNCHANGED = [row for row in WHOLE if row[3] == ""]


@pytest.mark.parametrize(
    ("given", "alone"),
    [
        ([*WHOLE, ("alone", 2010, 3.0, "")], 1),
        ([*WHOLE, ("alone", 2010, 3.0, ""), ("too", 2011, 3.0, "")], 2),
        ([*WHOLE, ("u7", 2030, 3.0, "")], 1),
        # in 2015 nobody, or one alone, is left to compare the four changed ones with
        ([row for row in WHOLE if row[1] != 2015 or row[3]], 4),
        ([row for row in WHOLE if row[1] != 2015 or row[3] or row[0] == "u7"], 5),
        ([*WHOLE, *(("late", year, 1.0, 2012) for year in (2011, 2012, 2013))], 3),
    ],
)
def test_what_has_nothing_beside_it_is_left_out_and_told(
    given: list[Row], alone: int, tmp_path: Path
) -> None:
    made = panel(tmp_path, given)
    found = estimate(made)
    assert (found.rows, found.alone) == (len(given) - alone, alone)
    assert found.two_stage.effect == pytest.approx(5, abs=0.3)
    assert any(f"Left out: {alone} row" in line and "beside" in line for line in read(made, found).warns)


def test_of_a_whole_panel_nothing_is_left_out(tmp_path: Path) -> None:
    made = panel(tmp_path, WHOLE)
    assert (estimate(made).alone, estimate(made).rows) == (0, 96)


@pytest.mark.parametrize(
    "given",
    [
        [row for row in WHOLE if row[0] in ("u0", "u7")],
        [row for row in WHOLE if row[0] in ("u0", "u7") and row[1] in (2010, 2011, 2012)],
        [
            row for row in WHOLE if int(str(row[1])) < 2012 or row[3] == 2012
        ],  # after the change nobody to compare with
        [(unit, year, float(str(value)) * 1e300, since) for unit, year, value, since in WHOLE],
    ],
)
def test_a_panel_that_tells_no_effect_is_refused_in_words(given: list[Row], tmp_path: Path) -> None:
    with pytest.raises(BadPanel, match=r"^expected ") as raised:
        estimate(panel(tmp_path, given))
    assert "\n" not in str(raised.value)


GOOD = "place,period,n,since\n" + "".join(f"{a},{b},{c},{d}\n" for a, b, c, d in WHOLE)
FIFTH = GOOD.splitlines()[4]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (GOOD + "u9\n", "panel.csv:98: expected 4 columns as in the header, found 1"),
        (GOOD + "u9,2010,3,,,,9\n", "panel.csv:98: expected 4 columns as in the header, found 7"),
        (GOOD.replace(FIFTH, '"' + FIFTH), "panel.csv:5: expected a quote to be closed, found none that does"),
        (
            GOOD.replace(FIFTH, '"' + FIFTH).replace("u7,2017,", 'u7",2017,'),
            "panel.csv:5: expected a quote to be closed in its line, found that it takes in the lines after it",
        ),
        (GOOD.replace("u0,2006,", 'u"0",2006,').replace("u1,", '"u1" ,'), "panel.csv:14: "),
        (GOOD.replace(",n,", ",period,"), "expected the column 'period' once, found it twice"),
        (GOOD.replace(",2009,", ",0999,"), "panel.csv:5: 'period': expected a year from 1900 to 2100; found '0999'"),
        (GOOD.replace(",2009,", ",0000,"), "panel.csv:5: 'period': expected a year from 1900 to 2100; found '0000'"),
        (GOOD.replace(",2009,", ",spring,"), "panel.csv:5: 'period': expected a year as '2006'; found 'spring'"),
        ("\n\n\n", "expected rows, found none"),
        ("", "expected rows, found none"),
        ("place,period,n,since\n", "expected rows, found none"),
    ],
)  # fmt: skip
def test_a_broken_panel_is_refused_with_its_line(content: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "panel.csv").write_text(content, "utf-8")
    with pytest.raises(BadPanel) as raised:
        read_panel(tmp_path / "panel.csv", "n", adopted="since")
    assert words in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_panel_in_other_bytes_or_of_another_kind_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "panel.csv").write_bytes(GOOD.encode("utf-16"))
    with pytest.raises(BadPanel, match=r"panel\.csv: expected CSV in UTF-8, found other bytes; save it as"):
        read_panel(tmp_path / "panel.csv", "n", adopted="since")
    (tmp_path / "panel.xlsx").write_bytes(b"PK")
    with pytest.raises(
        BadPanel, match=r"panel.xlsx: expected \.csv or \.parquet, found '\.xlsx'; save it as CSV"
    ):
        read_panel(tmp_path / "panel.xlsx", "n", adopted="since")


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_panel_is_read_whatever_stands_between_its_columns(mark: str, tmp_path: Path) -> None:
    (tmp_path / "panel.csv").write_text("\ufeff" + GOOD.replace(",", mark).replace("\n", "\r\n\r\n"), "utf-8")
    made = read_panel(tmp_path / "panel.csv", "n", adopted="since")
    assert (made.read, len(made.frame)) == (96, 96)


def test_a_panel_of_which_nothing_is_left_says_what_was_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "panel.csv"
    path.write_text(GOOD.replace(",2012\n", ",2006\n").replace(",2013\n", ",2006\n"), "utf-8")
    assert run(["evidence", "effect", "--panel", str(path), "--outcome", "n", "--adopted", "since"]) == 2
    assert capsys.readouterr().err == (
        "bailiwick: --panel: expected at least one unit whose law changed within the panel, found none: nothing to estimate; "
        "left out before: 48 rows, the law applied from the first period on\n"
    )
