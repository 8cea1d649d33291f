"""`bailiwick audit`: what was done beside what the law says."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest

from bailiwick.commands.audit import Verdict, verdict
from bailiwick.engine.facts import Outcome
from tests.cli.conftest import FELONY, Cli, case

Write = Callable[..., Path]
O = Outcome  # noqa: E741
AGREE, CONTRARY, UNSETTLED = Verdict


@pytest.mark.parametrize(
    ("decided", "possible", "said"),
    [
        ("honored", (O.REQUIRED,), AGREE),
        ("honored", (O.ALLOWED,), AGREE),
        ("honored", (O.UNREGULATED,), AGREE),
        ("honored", (O.FORBIDDEN,), CONTRARY),
        ("honored", (O.CONFLICT,), UNSETTLED),
        ("declined", (O.REQUIRED,), CONTRARY),
        ("declined", (O.ALLOWED,), AGREE),
        ("declined", (O.UNREGULATED,), AGREE),
        ("declined", (O.FORBIDDEN,), AGREE),
        ("declined", (O.CONFLICT,), UNSETTLED),
        ("honored", (O.FORBIDDEN, O.ALLOWED), UNSETTLED),
        ("declined", (O.FORBIDDEN, O.ALLOWED), AGREE),
        ("honored", (O.REQUIRED, O.UNREGULATED), AGREE),
        ("declined", (O.REQUIRED, O.UNREGULATED), UNSETTLED),
        ("honored", (O.CONFLICT, O.FORBIDDEN), UNSETTLED),
    ],
)
def test_a_decision_is_judged_by_every_outcome_still_possible(
    decided: str, possible: tuple[Outcome, ...], said: Verdict
) -> None:
    assert verdict(decided, possible) is said


def test_the_json_of_an_audit_has_the_shape_that_others_build_on(cli: Cli, write: Write) -> None:
    path = write(
        "cases.jsonl",
        case(id=1, decided={"hold": "declined"}),
        case(id=2, decided={"hold": "honored"}),
        case(id=3, decided={"notify_release": "honored"}, charges=[FELONY]),
        case(id=4, decided={"notify_release": "honored"}, release={}),
        case(id=5, decided={"hold": "declined"}, place="us/tx", person={"citizen_proof": False}),
    )
    ran = cli("audit", path, "--format", "json")
    found = ran.json
    assert {k: v for k, v in found.items() if k != "findings"} == {"agree": 2, "contrary": 2, "unsettled": 1}
    honored, open_question, texas = found["findings"]
    assert {k: v for k, v in honored.items() if k != "because"} == {
        "id": 2,
        "action": "hold",
        "decided": "honored",
        "possible": ["forbidden"],
        "missing": [],
    }
    assert [b["norm"] for b in honored["because"]] == ["us/ca:second-act/hold"]
    assert (open_question["id"], open_question["possible"]) == (4, ["forbidden", "allowed"])
    assert (open_question["because"], open_question["missing"]) == ([], ["release.public_information"])
    assert (texas["id"], texas["possible"]) == (5, ["required"])
    assert (ran.code, ran.err) == (1, "")


def test_nothing_contrary_is_no_finding_even_if_something_is_unsettled(cli: Cli, write: Write) -> None:
    path = write("cases.jsonl", case(decided={"notify_release": "honored"}, release={}))
    ran = cli("audit", path, "--format", "json")
    assert (ran.code, ran.json["unsettled"]) == (0, 1)


def test_several_actions_of_a_case_are_judged_each(cli: Cli, write: Write) -> None:
    path = write(
        "cases.jsonl", case(decided={"hold": "honored", "notify_release": "declined", "transfer": "honored"})
    )
    found = cli("audit", path, "--format", "json").json
    assert (found["agree"], found["contrary"]) == (2, 1)


def test_cases_without_a_decision_are_counted_and_reported(cli: Cli, write: Write) -> None:
    path = write("cases.jsonl", case(id=1), case(id=2, decided={}), case(id=3, decided={"hold": "declined"}))
    ran = cli("audit", path, "--format", "json")
    assert ran.json == {"agree": 1, "contrary": 0, "unsettled": 0, "without_decision": 2, "findings": []}
    assert ran.complaints == [f"bailiwick: {path}: 2 cases carry no decision"]
    assert ran.code == 0


def test_a_case_without_id_is_found_by_its_line(cli: Cli, write: Write) -> None:
    path = write("cases.jsonl", "", case(id=None, decided={"hold": "honored"}))
    (finding,) = cli("audit", path, "--format", "json").json["findings"]
    assert (finding["id"], finding["line"]) == (None, 2)
    assert "line 2" in cli("audit", path).out


def test_bad_lines_are_named_and_the_others_judged(cli: Cli, write: Write) -> None:
    path = write("cases.jsonl", case(decided={"hold": "honored"}), case(decided={"hold": "yes"}))
    ran = cli("audit", path, "--format", "json")
    assert (ran.code, ran.json["contrary"]) == (2, 1)
    assert ran.complaints[0].startswith(f"bailiwick: {path}:2: decided: expected")


def test_a_person_reads_counts_then_what_is_contrary_then_what_is_open(cli: Cli, write: Write) -> None:
    path = write(
        "cases.jsonl",
        case(id="open", decided={"notify_release": "honored"}, release={}),
        case(id="wrong", decided={"hold": "honored"}),
    )
    out = cli("audit", path).out
    assert "2 decisions compared with the law of their place and day" in out
    assert (
        out.index("CONTRARY TO THE LAW")
        < out.index("Made-up California Code § 20")
        < out.index("NOT SETTLED")
    )
    assert "Is the release date public?" in out


def test_findings_as_csv_are_rows(cli: Cli, write: Write) -> None:
    ran = cli("audit", write("cases.jsonl", case(id="@1", decided={"hold": "honored"})), "--format", "csv")
    (row,) = csv.DictReader(io.StringIO(ran.out))
    assert (row["id"], row["finding"], row["norms"]) == ("'@1", "contrary", "us/ca:second-act/hold")


def test_an_audit_reads_standard_input(cli: Cli) -> None:
    import json

    assert (
        cli("audit", "-", "--format", "json", stdin=json.dumps(case(decided={"hold": "declined"}))).json[
            "agree"
        ]
        == 1
    )
