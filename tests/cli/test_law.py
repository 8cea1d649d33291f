"""`bailiwick law`: show, check, diff."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bailiwick.commands.law_changes import reworded
from bailiwick.engine.facts import ACTIONS
from tests.cli.conftest import FELONY, LAW, Cli, case

Write = Callable[..., Path]


# show


def test_the_law_of_a_day_is_shown_in_words_with_citation_standing_and_span(cli: Cli) -> None:
    out = cli("law", "show", "us/ca/fresno-county", "--on", "2018-01-03").out
    assert "The law of Fresno County (us/ca/fresno-county) on 3 January 2018" in out
    assert "May only if: A jail may hold a person only after a felony conviction." in out
    assert (
        "Made-up California Code § 10; text read; 1 January 2014 to 3 January 2018; state; binds county jail"
        in out
    )
    assert "Made-up California Code § 20" not in out


def test_the_law_of_the_next_day_is_another(cli: Cli) -> None:
    out = cli("law", "show", "us/ca", "--on", "2018-01-04").out
    assert "May not: A jail may not hold a person on a detainer." in out
    assert "read in a secondary source; since 4 January 2018" in out
    assert "It does not decide, and keeps the answer open: draft: the text has not been verified" in out
    for section in (
        "WHAT IS OWED",
        "CLOCKS",
        "WHAT MUST BE REPORTED",
        "SCOPE",
        "PROPOSALS, NEVER ENACTED",
        "WHEN THIS LAW CHANGES",
        "LAST CHECKED",
        "NO RULE HERE SPEAKS TO",
    ):
        assert f"\n{section}\n" in out
    assert "apply it with: --with us/ca:ab-1" in out
    assert "Made-up California (us/ca): 15 January 2026, not yet signed by anybody" in out


def test_without_a_day_the_law_is_that_of_today_there(cli: Cli) -> None:
    before = datetime.now(ZoneInfo("America/Los_Angeles")).date()
    found = cli("law", "show", "us/ca", "--format", "json").json
    after = datetime.now(ZoneInfo("America/Los_Angeles")).date()
    assert found["on"] in (before.isoformat(), after.isoformat())


def test_law_show_as_json_has_everything(cli: Cli) -> None:
    found = cli("law", "show", "us/ca", "--on", "2018-01-04", "--format", "json").json
    assert list(found["actions"]) == list(ACTIONS)
    (hold,) = found["actions"]["hold"]
    assert hold["id"] == "us/ca:second-act/hold"
    assert hold["in_force"] == {"from": "2018-01-04", "to": None}
    assert (hold["effect"], hold["level"], hold["standing"]) == ("forbid", "state", "seen")
    assert (
        found["actions"]["notify_release"][0]["when"] == "release.public_information OR convicted_of_felony"
    )
    assert [d["id"] for d in found["duties"]] == ["us:copy", "us:review"]
    assert [c["id"] for c in found["clocks"]] == ["us:two-days"]
    assert [r["id"] for r in found["reports"]] == ["us/ca:second-act/count"]
    assert [n["id"] for n in found["notes"]] == ["us/ca:scope/prison"]
    assert [p["name"] for p in found["proposals"]] == ["us/ca:ab-1"]
    assert found["files"][1]["checked"]["on"] == "2026-01-15"
    assert found["changes"] == ["2000-01-01", "2014-01-01", "2018-01-04"]


def test_law_show_as_csv_has_a_row_a_sentence(cli: Cli) -> None:
    rows = list(
        csv.DictReader(io.StringIO(cli("law", "show", "us/ca", "--on", "2018-01-04", "--format", "csv").out))
    )
    assert {r["kind"] for r in rows} == {"norm", "duty", "clock", "report", "note"}
    assert [(r["action"], r["effect"]) for r in rows if r["id"] == "us/ca:second-act/hold"] == [
        ("hold", "forbid")
    ]


def test_a_place_without_a_file_of_its_own_has_the_law_above_it(cli: Cli) -> None:
    found = cli("law", "show", "us/ny/albany-county", "--format", "json").json
    assert [f["name"] for f in found["files"]] == ["us"]


# check


@pytest.fixture
def lawbook(tmp_path: Path) -> Path:
    """A copy of the made-up lawbook, to spoil."""
    return Path(shutil.copytree(LAW, tmp_path / "law"))


def test_a_lawbook_that_is_right_passes_and_its_examples_are_counted(cli: Cli) -> None:
    ran = cli("law", "check")
    assert ran.code == 0
    assert "2 written examples (3 cases) and 0 generated cases; 0 failures" in ran.out


def test_generated_examples_are_counted_apart(cli: Cli, lawbook: Path) -> None:
    examples = (lawbook / "us/ca.examples.yaml").read_text()
    (lawbook / "us/ca.coverage.yaml").write_text(examples)
    ran = cli("law", "check", "us/ca", "--law", lawbook, "--format", "json")
    assert ran.json["examples"] == {"written": 2, "cases": 3, "generated": 3}


def test_an_example_that_fails_is_a_finding(cli: Cli, lawbook: Path) -> None:
    path = lawbook / "us/ca.examples.yaml"
    path.write_text(
        path.read_text().replace("{hold: forbidden, notify_release: allowed}", "{hold: required}")
    )
    ran = cli("law", "check", "--law", lawbook)
    assert ran.code == 1
    assert "law/us/ca.examples.yaml:10: no hold without a conviction" in ran.out
    assert "hold is forbidden, not required (us/ca:first-act/hold)" in ran.out
    found = cli("law", "check", "--law", lawbook, "--format", "json").json
    assert found["failures"] == [
        {
            "where": f"{lawbook}/us/ca.examples.yaml:10",
            "name": "no hold without a conviction",
            "message": "hold is forbidden, not required (us/ca:first-act/hold)",
        }
    ]


def test_coverage_names_what_the_examples_leave_out_and_fails(cli: Cli) -> None:
    ran = cli("law", "check", "us/ca", "--coverage")
    assert ran.code == 1
    assert "NOT COVERED" in ran.out
    assert "us/ca:second-act/hold: no example where it does not" in ran.out
    assert "COVERAGE" in ran.out
    found = cli("law", "check", "us/ca", "--coverage", "--format", "json").json
    assert found["coverage"]["norms"]["covered"] < found["coverage"]["norms"]["counted"]
    assert found["gaps"]


SMALLEST_LAW = """
place: us
title: T
norms:
  - {id: n, action: hold, effect: forbid, when: release.public_information, says: S., cite: C, standing: seen,
     from: 2000-01-01}
"""
SMALLEST_EXAMPLES = """
examples:
  - {name: a, at: 1999-12-31, expect: {hold: unregulated}}
  - {name: b, at: 2000-01-01, case: {release: {public_information: yes}}, expect: {hold: forbidden}}
  - {name: c, at: 2000-01-01, case: {release: {public_information: no}}, expect: {hold: unregulated}}
"""


def test_coverage_that_is_complete_is_no_finding(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "us.yaml").write_text(SMALLEST_LAW)
    (tmp_path / "us.examples.yaml").write_text(SMALLEST_EXAMPLES)
    ran = cli("law", "check", "--coverage", "--law", tmp_path)
    assert (ran.code, ran.err) == (0, "")
    assert "100 %" in ran.out


def test_every_error_of_every_file_is_printed_at_once(cli: Cli, lawbook: Path) -> None:
    for name in ("us/tx.yaml", "us/fl.yaml"):
        path = lawbook / name
        path.write_text(path.read_text().replace("    cite: Made-up", "    quote: Made-up", 1))
    path = lawbook / "us/ca.examples.yaml"
    path.write_text(path.read_text().replace("hold: forbidden", "hold: refused", 1))
    ran = cli("law", "check", "--law", lawbook)
    assert ran.code == 2
    assert [c.split(": ")[1].rpartition(":")[0] for c in ran.complaints] == [
        f"{lawbook}/us/fl.yaml",
        f"{lawbook}/us/tx.yaml",
        f"{lawbook}/us/ca.examples.yaml",
    ]


def test_a_file_is_named_as_its_user_would_find_it(
    cli: Cli, lawbook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (lawbook / "us/tx.yaml").write_text("place: us/tx\n\ttitle: T\n")
    monkeypatch.chdir(lawbook.parent)
    for directory in ("law", "./law", "law/"):
        ran = cli("law", "check", "--law", directory)
        assert [c.split(": ")[1] for c in ran.complaints] == ["law/us/tx.yaml:2"]
    monkeypatch.chdir(lawbook)
    assert cli("law", "check", "--law", ".").complaints[0].startswith("bailiwick: us/tx.yaml:2: ")


def test_no_example_is_run_while_a_law_file_is_wrong(cli: Cli, lawbook: Path) -> None:
    """What is left of the lawbook decides otherwise; each example that met it would be told as another fault."""
    path = lawbook / "us/ca.yaml"
    path.write_text(path.read_text().replace("    cite: Made-up", "    quote: Made-up", 1))
    ran = cli("law", "check", "--law", lawbook, "--coverage")
    assert ran.code == 2
    assert len(ran.complaints) == 1
    assert ran.out.strip().endswith("none was run; 1 error in the files")
    found = cli("law", "check", "--law", lawbook, "--coverage", "--format", "json").json
    assert (found["failures"], found["examples_run"], "coverage" in found) == ([], False, False)


def test_the_examples_of_a_file_that_cannot_be_read_are_no_second_error(cli: Cli, lawbook: Path) -> None:
    path = lawbook / "us/ca.yaml"
    path.write_text(path.read_text() + "\ttab: in it\n")
    assert len(cli("law", "check", "--law", lawbook).complaints) == 1


def test_nothing_is_decided_under_a_lawbook_that_is_not_whole(cli: Cli, lawbook: Path, write: Write) -> None:
    path = lawbook / "us/tx.yaml"
    path.write_text(path.read_text().replace("us/tx", "us/tex", 1))
    ran = cli("decide", write("case.json", case()), "--law", lawbook)
    assert (ran.code, ran.out, len(ran.complaints)) == (2, "", 1)


# diff

DAYS = ("2018-01-03", "2018-01-04")


def test_what_ended_began_and_changed_is_said_in_words(cli: Cli) -> None:
    ran = cli("law", "diff", "us/ca", *DAYS)
    assert ran.code == 1
    ended, began, changed = (ran.out.index(f"\n{word}\n") for word in ("ENDED", "BEGAN", "CHANGED"))
    assert ended < ran.out.index("Hold: may only if. A jail may hold a person only after") < began
    assert began < ran.out.index("Hold: may not. A jail may not hold a person on a detainer.") < changed
    assert ran.out.index("Report: how many detainers were declined") < changed
    said = " ".join(ran.out.split())
    assert "says: A jail may tell the release date of a [-person.-] {+person only if it is public or" in said
    assert "effect: [-permit-] {+only_if+}" in ran.out
    assert "cite: Made-up California Code § [-11-] {+21+}" in ran.out


def test_nothing_changes_between_days_of_the_same_law(cli: Cli) -> None:
    ran = cli("law", "diff", "us/ca", "2018-01-04", "2026-01-01")
    assert ran.code == 0
    assert "No rule, duty, clock or report changed." in ran.out


def test_the_cases_whose_outcome_changes_are_counted_and_listed(cli: Cli, write: Write) -> None:
    path = write(
        "cases.jsonl",
        case(id="none"),
        case(id="felon", charges=[FELONY]),
        case(id="prison", custodian="state_prison"),
        case(id="public", release={"public_information": True}),
        case(id="Texas", place="us/tx"),
    )
    ran = cli("law", "diff", "us/ca", *DAYS, "--cases", path)
    assert ran.code == 1
    assert "2 of 4 cases change." in ran.out
    assert "Left out: 1 case at other places." in ran.out
    assert "felon (line 2)" in ran.out
    assert (
        "Hold: you may (Made-up California Code § 10) → you may not (Made-up California Code § 20)"
        in " ".join(ran.out.split())
    )
    found = cli("law", "diff", "us/ca", *DAYS, "--cases", path, "--format", "json").json["cases"]
    assert (found["count"], found["changed"], found["elsewhere"]) == (4, 2, 1)
    said = [
        (c["id"], c["line"], c["action"], c["from"]["outcome"], c["to"]["outcome"]) for c in found["changes"]
    ]
    assert said == [
        ("none", 1, "notify_release", "allowed", "forbidden"),
        ("felon", 2, "hold", "allowed", "forbidden"),
    ]
    assert found["changes"][1]["from"]["because"][0]["norm"] == "us/ca:first-act/hold"
    assert found["changes"][1]["to"]["because"][0]["norm"] == "us/ca:second-act/hold"


def test_a_bill_is_in_force_on_the_second_day_only(cli: Cli, write: Write) -> None:
    path = write("cases.jsonl", case(id="none"), case(id="felon", charges=[FELONY]))
    ran = cli(
        "law", "diff", "us/ca", DAYS[1], DAYS[1], "--with", "us/ca:ab-1", "--cases", path, "--format", "json"
    )
    assert ran.code == 1
    assert [n["id"] for n in ran.json["began"]] == ["us/ca:ab-1/hold"]
    assert [(c["id"], c["to"]["outcome"]) for c in ran.json["cases"]["changes"]] == [("felon", "required")]


def test_cases_that_do_not_change_under_the_same_law_are_no_finding(cli: Cli, write: Write) -> None:
    ran = cli("law", "diff", "us/ca", "2020-01-01", "2021-01-01", "--cases", write("cases.jsonl", case()))
    assert ran.code == 0
    assert "0 of 1 case change." in ran.out


def test_a_bad_line_among_the_cases_is_named_and_the_others_are_compared(cli: Cli, write: Write) -> None:
    path = write("cases.jsonl", case(id="none"), "{")
    ran = cli("law", "diff", "us/ca", *DAYS, "--cases", path)
    assert ran.code == 2
    assert ran.complaints[0].startswith(f"bailiwick: {path}:2: not JSON")
    assert "1 of 1 case changes." in ran.out


def test_a_diff_as_csv_has_a_row_a_change(cli: Cli, write: Write) -> None:
    ran = cli(
        "law", "diff", "us/ca", *DAYS, "--cases", write("cases.jsonl", case(id="=1")), "--format", "csv"
    )
    rows = list(csv.DictReader(io.StringIO(ran.out)))
    assert [r["change"] for r in rows if r["kind"] == "report"] == ["began"]
    assert [(r["case"], r["action"], r["from"], r["to"]) for r in rows if r["change"] == "case"] == [
        ("'=1", "notify_release", "allowed", "forbidden")
    ]


def test_changed_words_stand_in_brackets_and_braces() -> None:
    assert reworded("a jail may hold", "a jail may not hold") == "a jail may {+not+} hold"
    assert reworded("one two three", "one three") == "one [-two-] three"
    assert reworded("", "new") == "{+new+}"
