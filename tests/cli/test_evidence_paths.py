"""Effects, paths and the static site at the command line: good input and bad."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from bailiwick.engine.places import load_places
from bailiwick.evidence.load import load
from bailiwick.evidence.store import Store
from tests.cli.conftest import Cli
from tests.effects.simulated import panel
from tests.evidence.made_up import detainer, write_csv

SHIPPED = Store.shipped().directory


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A panel of 100 units whose law's effect is known."""
    made, _ = panel(4)
    rows = made.frame.assign(
        period=[made.label(int(p)) for p in made.frame["period"]],
        since=[made.label(int(f)) if f else "" for f in made.frame["first"]],
    )
    path = tmp_path_factory.mktemp("panel") / "panel.csv"
    rows[["unit", "period", "value", "since"]].to_csv(path, index=False)
    return path


def test_an_effect_is_a_page_a_table_and_values(cli: Cli, file: Path) -> None:
    asked = (
        "evidence",
        "effect",
        "--panel",
        file,
        "--outcome",
        "value",
        "--unit",
        "unit",
        "--adopted",
        "since",
    )
    page = cli(*asked)
    assert (page.code, page.err) == (0, "")
    assert "What did the change of law do to value?" in page.out
    assert "two-stage (Gardner)" in page.out
    values = cli(*asked, "--format", "json").json
    assert values["carries"] is True
    assert [one["method"] for one in values["estimates"]][2] == "two-way fixed effects"
    rows = cli(*asked, "--format", "csv").out.splitlines()
    assert rows[0] == "what,distance,effect,low,high,units"
    assert len(rows) == 1 + 3 + len(values["by_distance"])


def test_a_design_that_cannot_carry_a_claim_is_a_finding(cli: Cli, tmp_path: Path) -> None:
    made, _ = panel(3, effect=0.0, drift=0.4)
    rows = made.frame.assign(
        period=[made.label(int(p)) for p in made.frame["period"]],
        since=[made.label(int(f)) if f else "" for f in made.frame["first"]],
    )
    rows.to_csv(tmp_path / "panel.csv", index=False)
    found = cli(
        *("evidence", "effect", "--panel", tmp_path / "panel.csv"),
        *("--outcome", "value", "--unit", "unit", "--adopted", "since"),
    )
    assert found.code == 1
    assert "cannot carry a claim of cause" in found.out.lower()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            ("--outcome", "arrests", "--unit", "unit"),
            "expected a column 'arrests'; found unit, period, value, since",
        ),
        (("--outcome", "value", "--when", "hold=never"), "--when: expected an action and an outcome"),
        (("--outcome", "value", "--unit", "unit"), "expected the path of a place"),
    ],
)
def test_what_cannot_be_estimated_is_said_in_one_line(
    cli: Cli, file: Path, change: tuple[str, ...], says: str
) -> None:
    found = cli("evidence", "effect", "--panel", file, *change)
    assert found.code == 2
    assert len(found.complaints) == 1
    assert says in found.err


def test_a_site_of_the_shipped_release_is_written_and_not_over_another(cli: Cli, tmp_path: Path) -> None:
    out = tmp_path / "site"
    made = cli("evidence", "report", "--out", out)
    assert (made.code, made.err) == (0, "")
    assert "5,501 of 26,790" in (out / "index.html").read_text("utf-8")
    again = cli("evidence", "report", "--out", out)
    assert again.code == 2
    assert again.complaints == [
        f"bailiwick: --out: {out}: expected an empty directory, found files; name another"
    ]


def test_a_release_that_numbers_nobody_cannot_be_followed(cli: Cli) -> None:
    found = cli("evidence", "paths", "--store", SHIPPED)
    assert found.code == 2
    assert "expected detainers with a number for each person; found none" in found.err


@pytest.fixture(scope="module")
def numbered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five people with a declined detainer, one with a superseded one, one after the last day; detainers and arrests alone."""
    folder = tmp_path_factory.mktemp("numbered")
    declined = {"detainer_lift_reason": "Detainer Declined by LEA"}
    rows = [detainer(unique_identifier=f"p{n}", **declined) for n in range(5)]
    rows += [detainer(unique_identifier="p0", detainer_prepare_date="2025-03-20")]
    rows += [detainer(unique_identifier="s", detainer_lift_reason="Superseding - New Form Issued")]
    rows += [detainer(unique_identifier="l", detainer_prepare_date="2025-09-01")]
    file = write_csv(folder / "detainers.csv", rows)
    arrests = folder / "arrests.csv"
    head = "apprehension_date,apprehension_method,unique_identifier,birth_year"
    arrests.write_text(f"{head}\n2025-06-01,Located,p1,1990\n2025-06-30,Located,nobody,1990\n", "utf-8")
    store = Store(folder / "store")
    for one in (file, arrests):
        load(one, store, load_places(), release="numbered")
    return store.directory


def test_the_page_says_the_last_day_who_is_left_out_and_who_is_nowhere(cli: Cli, numbered: Path) -> None:
    page = cli("evidence", "paths", "--store", numbered).out
    text = " ".join(page.split())
    assert "Followed to the last day, 2025-06-30." in text
    assert "Nothing can be linked of: stays, removals, encounters." in text
    assert "5 people followed. Left out: 1 whose detainers were all replaced by another form" in text
    assert "1 whose first one is later than the last day" in text
    assert "Of the other 4 the release shows 1 again in another way and 3 nowhere." in text
    assert "no stays in detention that can be linked" in text


def test_what_the_release_lacks_has_no_value(cli: Cli, numbered: Path) -> None:
    found = cli("evidence", "paths", "--store", numbered, "--format", "json").json
    assert (found["linked"]["end"], found["linked"]["last_day"]) == ("2025-07-01", "2025-06-30")
    assert found["linked"]["missing"] == ["stays", "removals", "encounters"]
    assert (found["custody"], found["left_out"]) == (None, {"superseded": 1, "late": 1})
    assert {one["removed"] for one in found["returns"]} == {None}
    after = found["after_decline"]
    assert (after["at_large"], after["detainer"], after["nowhere"]) == (1, 1, 3)
    assert (after["removed"], after["detained"], after["encountered"]) == (None, None, None)
    rows = list(
        csv.DictReader(cli("evidence", "paths", "--store", numbered, "--format", "csv").out.splitlines())
    )
    assert {row["removed_before"] for row in rows} == {""}
    # p0 is back on day 19.
    assert [(row["day"], row["still_followed"]) for row in rows][:2] == [("0", "5"), ("30", "4")]
