"""Story 5: the reporter. How many detainers were declined here, out of how many, and what happened next?

Cook County, Illinois, with the release that comes with the program; the county's own log is made up. What is expected of the
release was counted apart from the program (186 detainers for the county's jail: 115 declined, 68 blank, 3 booked).
"""

from __future__ import annotations

import csv
import html
import io
import json
import re
from pathlib import Path

import pytest
from django.test import Client

from bailiwick.cli import run
from bailiwick.evidence.claims import claims
from bailiwick.evidence.here import NOT_HERE
from bailiwick.evidence.shares import share
from bailiwick.evidence.shipped import RELEASE
from bailiwick.evidence.store import Store

COUNTY, FIPS = "us/il/cook-county", "17031"


@pytest.fixture(scope="module")
def page() -> str:
    answer = Client().get(f"/evidence/county/{COUNTY}", {"under": "us/tx"})
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_the_public_release_is_loaded(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The agency's columns, written out again; loaded, every row is taken or set aside, and the count is the same."""
    release = tmp_path / "release.csv"
    with Store.shipped().connection(RELEASE) as connection:
        connection.execute(
            "COPY (SELECT strftime(day, '%m/%d/%Y') AS \"Prepare Date\", form || ' - Immigration Detainer' AS \"Detainer Type\", "
            'facility AS "Detainer Detention Facility", \'ILLINOIS\' AS "State", city AS "City", '
            f"lift_reason AS \"Detainer Lift Reason\" FROM detainers WHERE county = '{FIPS}') TO '{release}' (HEADER)"
        )
    assert run(["evidence", "load", str(release), "--store", str(tmp_path / "store")]) == 0
    capsys.readouterr()
    assert (
        run(
            [
                "evidence",
                "outcomes",
                "--store",
                str(tmp_path / "store"),
                "--where",
                f"county={FIPS}",
                "--format",
                "csv",
            ]
        )
        == 0
    )
    again = rows(capsys.readouterr().out)
    assert run(["evidence", "outcomes", "--where", f"county={FIPS}", "--format", "csv"]) == 0
    assert again == rows(capsys.readouterr().out)


def test_the_countys_log_is_set_against_the_law(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two holds of January 2020: one declined as 5 ILCS 805/15 wants it, one kept against it."""
    case = {
        "place": COUNTY,
        "at": "2020-01-15T12:00:00-06:00",
        "custodian": "county_jail",
        "request": {"kind": "immigration_detainer", "form": "I-247A", "warrant": "administrative"},
        "charges": [],
    }
    log = tmp_path / "log.jsonl"
    log.write_text(
        "".join(
            json.dumps(case | {"id": f"L-{n}", "decided": {"hold": did}}) + "\n"
            for n, did in ((1, "declined"), (2, "honored"))
        )
    )
    assert run(["audit", str(log), "--format", "json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert (found["agree"], found["contrary"]) == (1, 1)
    assert [one["id"] for one in found["findings"]] == ["L-2"]


def test_the_page_says_how_many_out_of_how_many_with_the_interval(page: str) -> None:
    with Store.shipped().connection(RELEASE) as connection:
        total, known, part = connection.execute(
            "SELECT count(*), count(*) FILTER (outcome <> 'not_recorded'), count(*) FILTER (outcome = 'declined') "
            f"FROM detainers WHERE county = '{FIPS}'"
        ).fetchone() or (0, 0, 0)
    found = share(part, known)
    assert part >= 115  # those of the jail alone
    assert (
        f"{part} of {known} with a recorded outcome ({100 * part / known:.1f} %, 95 % interval "
        f"{100 * (found.low or 0):.1f} % to {100 * (found.high or 0):.1f} %)" in page
    )
    assert f"Of all {total} issued it is {100 * part / total:.1f} %." in page
    assert "nobody knows whether the detainer was honored" in page


def test_what_happened_next_is_not_in_this_file_for_declined_and_honored_alike(page: str) -> None:
    table = page.partition('<table class="rows">')[2].partition("</table>")[0]
    for outcome in ("declined", "taken into custody"):
        row = re.search(rf'<th scope="row"[^>]*>{outcome}</th>(.*?)</tr>', table, re.DOTALL)
        assert row is not None
        assert row[1].count("not in this file") == len(NOT_HERE)
    for name, why in NOT_HERE:
        assert f"{name.capitalize()}</dt>" in page
        assert why in page


def test_it_says_what_the_federal_data_cannot_see(page: str) -> None:
    box = page.partition("What this cannot see")[2]
    for words in ("nobody recorded it", "charged with or convicted of", "no arrests, no removals"):
        assert words in box


def test_the_same_county_is_shown_under_another_places_law(page: str) -> None:
    assert "The same detainers, were they in Texas" in page
    here, there = (part.partition("</ul>")[0] for part in page.partition('id="law"')[2].split("<h3>")[1:3])
    assert here != there
    answer = Client().get(f"/evidence/county/{COUNTY}")
    assert "The same detainers" not in answer.content.decode()


def test_chart_table_and_commands_go_with_the_reporter(page: str, capsys: pytest.CaptureFixture[str]) -> None:
    picture = Client().get(f"/evidence/county/{COUNTY}.wide.svg")
    assert picture.content.startswith(b"<svg")
    table = rows(Client().get(f"/evidence/county/{COUNTY}?format=csv").content.decode())
    for command in re.findall(r'<code class="cmd">bailiwick (.*?)</code>', page):
        assert run([*command.split(), *([] if "--format" in command else ["--format", "csv"])]) == 0
        printed = rows(capsys.readouterr().out)
        if "outcomes" in command:
            assert printed[0]["detainers"] == table[0]["detainers"]
            assert float(printed[0]["declined_share"]) == pytest.approx(
                float(table[0]["declined_share"]), abs=1e-6
            )


def test_two_claims_one_from_each_side_lack_a_denominator() -> None:
    """Over 1,000 people released in a county; crime at record lows because of the laws."""
    page = html.unescape(Client().get("/claims").content.decode())
    for name in ("C21", "C05"):
        claim = next(c for c in claims() if c.id == name)
        article = page.partition(f'id="{name}"')[2].partition("</article>")[0]
        assert claim.denominator == "not given"
        assert re.search(r"<dt>Out of</dt><dd[^>]*>not given</dd>", article)
        assert claim.verdict in ("partly", "not settled")
