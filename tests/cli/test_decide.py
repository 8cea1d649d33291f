"""`bailiwick decide`: one case and many, to read and for machines."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

from bailiwick.engine.case import read_case
from bailiwick.engine.decide import decide
from bailiwick.engine.facts import ACTIONS
from bailiwick.engine.lawbook import Lawbook
from tests.cli.conftest import FELONY, LAW, Cli, case, on_terminal, program

Write = Callable[..., Path]
BOOK = Lawbook.load(LAW)


# one case, for machines


def test_the_json_of_a_case_is_exactly_what_the_engine_decides(cli: Cli, write: Write) -> None:
    ran = cli("decide", write("case.json", case()), "--format", "json")
    decision = decide(read_case(case(), BOOK.places), BOOK)
    assert ran.out == json.dumps(decision.to_json(), indent=2, ensure_ascii=False) + "\n"
    assert (ran.code, ran.err) == (0, "")


def test_a_decision_has_the_shape_that_others_build_on(cli: Cli, write: Write) -> None:
    found = cli("decide", write("case.json", case(charges=[FELONY])), "--format", "json").json
    assert found["id"] == "26-1"
    assert found["place"] == "us/ca/fresno-county"
    assert found["at"] == "2026-03-02T18:15:00Z"
    assert found["lawbook"].startswith("sha256:")
    assert list(found["actions"]) == list(ACTIONS)
    hold = found["actions"]["hold"]
    assert hold["outcome"] == "forbidden"
    assert hold["because"][0]["norm"] == "us/ca:second-act/hold"
    assert hold["because"][0]["cite"] == "Made-up California Code § 20"
    assert hold["because"][0]["facts"]["request.kind"] == "immigration_detainer"
    assert hold["missing"] == []
    clock, duty = found["clocks"][0], found["duties"][0]
    assert clock["id"] == "us:two-days"
    assert (clock["from"], clock["due"]) == ("2026-03-02T17:00:00Z", "2026-03-04T17:00:00Z")
    assert duty == {
        "id": "us:copy",
        "what": "give the person a copy of the request",
        "to": "person",
        "due": None,
        "within": "on receipt",
        "cite": "Made-up Form 1",
    }


def test_the_smallest_case_is_decided_and_says_what_it_lacks(cli: Cli) -> None:
    ran = cli(
        "decide", "-", "--format", "json", stdin='{"place": "us/ca", "at": "2026-03-02T10:15:00-08:00"}'
    )
    hold = ran.json["actions"]["hold"]
    assert hold["outcome"] == "unknown"
    assert set(hold["missing"]) == {"custodian", "request.kind"}


def test_csv_has_a_row_an_action(cli: Cli, write: Write) -> None:
    ran = cli("decide", write("case.json", case()), "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(ran.out)))
    assert [r["action"] for r in rows] == list(ACTIONS)
    assert rows[0]["outcome"] == "forbidden"
    assert rows[0]["norms"] == "us/ca:second-act/hold"
    assert rows[0]["cites"] == "Made-up California Code § 20"


def test_no_cell_of_csv_is_taken_for_a_formula(cli: Cli, write: Write) -> None:
    for name in ('=HYPERLINK("x")', "+1", "-1", "@x", "\tx", "\rx"):
        ran = cli("decide", write("case.json", case(id=name)), "--format", "csv")
        rows = list(csv.DictReader(io.StringIO(ran.out, newline="")))
        assert rows[0]["id"] == f"'{name}"


def test_standard_input_is_read_for_a_dash(cli: Cli) -> None:
    ran = cli("decide", "-", "--format", "json", stdin=json.dumps(case(), indent=3))
    assert ran.json["actions"]["hold"]["outcome"] == "forbidden"


def test_a_byte_order_mark_is_no_obstacle(cli: Cli, write: Write) -> None:
    assert cli("decide", write("case.json", b"\xef\xbb\xbf" + json.dumps(case()).encode())).code == 0
    assert cli("decide", write("cases.jsonl", b"\xef\xbb\xbf" + json.dumps(case()).encode())).code == 0


# one case, for people


def test_a_person_reads_the_answers_in_words_with_their_citations(cli: Cli, write: Write) -> None:
    out = cli("decide", write("case.json", case())).out
    assert "You may not keep this person past release" in out
    assert "Made-up California Code § 20" in out
    assert "No rule here speaks to this" in out
    assert (
        "Cannot be answered yet: Has counsel verified, or chosen the reading of, us/ca:second-act/interview?"
        not in out
    )
    for section in ("WHAT YOU OWE THE PERSON", "WHAT YOU OWE OTHERS", "CLOCKS", "THE WORDS OF THE LAW"):
        assert section in out
    assert "on receipt: give the person a copy of the request" in out


def test_clocks_are_in_local_time_with_zone_and_in_utc(cli: Cli, write: Write) -> None:
    out = cli("decide", write("case.json", case())).out
    assert "4 March 2026, 09:00 PST (17:00 UTC): the time the form asks for ends" in out
    assert "by 4 March 2026, 09:00 PST (17:00 UTC): bring the request before a judge (to the court)" in out


def test_missing_facts_are_questions_with_who_would_know(cli: Cli, write: Write) -> None:
    out = cli("decide", write("case.json", case(release={}))).out
    assert "Cannot be answered yet: Is the release date public?" in out
    assert "QUESTIONS STILL OPEN" in out
    assert "the agency's own practice; release.public_information; needed for: tell the release date" in out
    assert "not running yet: the time the form asks for ends" in out
    assert "depends on: When would the person otherwise be free?" in out


def test_what_would_change_an_answer_is_said(cli: Cli, write: Write) -> None:
    out = cli("decide", write("case.json", case())).out
    assert "WHAT WOULD CHANGE THIS" in out
    assert "Tell the release date: you may, given one of these" in out
    assert "Is the release date public? yes (now: no)" in out
    assert "the record shows: convicted of a felony" in out


def test_each_outcome_has_its_own_words(cli: Cli, write: Write) -> None:
    def words(**over: object) -> str:
        return cli("decide", write("case.json", case(**over))).out

    assert "You must keep this person past release" in words(place="us/tx", person={"citizen_proof": False})
    assert "as far as practicable" in words(place="us/tx", person={"citizen_proof": False})
    assert "You may tell the asking agency the release date" in words(charges=[FELONY])
    assert "Rules conflict: ask counsel" in words(place="us/fl")
    assert (
        "Cannot be answered yet: Has counsel verified, or chosen the reading of, us/ca:second-act/interview?"
        in words(person={"age": 17})
    )


def test_plain_text_has_neither_colour_nor_boxes(cli: Cli, write: Write) -> None:
    out = cli("decide", write("case.json", case())).out
    assert "\x1b" not in out
    assert not set(out) & set("─│┌┐└┘━┃")


def test_a_terminal_shows_marks_beside_the_words(write: Write) -> None:
    seen = on_terminal("decide", write("case.json", case()))
    assert "⊟ You may not" in seen
    assert "\x1b[" in seen


def test_no_color_is_honoured(write: Write) -> None:
    seen = on_terminal("decide", write("case.json", case()), NO_COLOR="1")
    assert "You may not" in seen
    assert "\x1b[3" not in seen
    assert "\x1b[9" not in seen


def test_a_case_cannot_write_on_the_terminal(write: Write) -> None:
    seen = on_terminal("decide", write("case.json", case(id="\x1b[2Jgone\u202e")))
    assert "\x1b[2J" not in seen
    assert "\\x1b[2Jgone\\u202e" in seen


# what-if


def test_another_place_and_day_are_tried(cli: Cli, write: Write) -> None:
    path = write("case.json", case())
    moved = cli(
        "decide", path, "--place", "us/tx/travis-county", "--on", "2017-09-01", "--format", "json"
    ).json
    assert (moved["place"], moved["at"]) == ("us/tx/travis-county", "2017-09-01T17:00:00Z")
    assert moved["actions"]["hold"]["possible"] == ["required", "unregulated"]
    before = cli(
        "decide", path, "--place", "us/tx/travis-county", "--on", "2017-08-31", "--format", "json"
    ).json
    assert before["actions"]["hold"]["outcome"] == "unregulated"


def test_a_bill_is_applied_when_asked_for_and_only_then(cli: Cli, write: Write) -> None:
    path = write("case.json", case(charges=[FELONY]))
    with_bill = cli("decide", path, "--with", "us/ca:ab-1", "--with", "us/ca:ab-1", "--format", "json").json
    assert with_bill["with"] == ["us/ca:ab-1"]
    assert with_bill["actions"]["hold"]["outcome"] == "required"
    assert cli("decide", path, "--format", "json").json["actions"]["hold"]["outcome"] == "forbidden"
    assert (
        "As if us/ca:ab-1 had been enacted; it never was." in cli("decide", path, "--with", "us/ca:ab-1").out
    )


def test_the_lawbook_is_that_of_the_option_before_that_of_the_environment(cli: Cli, write: Write) -> None:
    path = write("case.json", case())
    version = cli("decide", path, "--format", "json", "--law", LAW).json["lawbook"]
    assert version == BOOK.version
    assert cli("decide", path, "--law", path.parent / "none").complaints == [
        f"bailiwick: {path.parent / 'none'}: no such directory of law files"
    ]


# many cases


def test_a_file_of_cases_gives_one_decision_a_line_in_order(cli: Cli, write: Write) -> None:
    cases = [case(id=i, place=p) for i, p in enumerate(("us/ca", "us/tx", "us/fl", "us/ny"))]
    ran = cli("decide", write("cases.jsonl", *cases))
    found = [json.loads(line) for line in ran.out.splitlines()]
    assert [f["id"] for f in found] == [0, 1, 2, 3]
    assert found == [decide(read_case(c, BOOK.places), BOOK).to_json() for c in cases]
    assert (ran.code, ran.err) == (0, "")


def test_a_line_that_cannot_be_read_is_named_and_the_others_are_decided(cli: Cli, write: Write) -> None:
    path = write("cases.jsonl", case(id=1), "{", "", case(id=4, at="2026-03-02T10:15:00"), "[]", case(id=6))
    ran = cli("decide", path)
    assert [json.loads(line)["id"] for line in ran.out.splitlines()] == [1, 6]
    assert [c.split(": ", 2)[:2] for c in ran.complaints] == [["bailiwick", f"{path}:{n}"] for n in (2, 4, 5)]
    assert "not JSON" in ran.complaints[0]
    assert "with its offset" in ran.complaints[1]
    assert "expected a case (a JSON object), found []" in ran.complaints[2]
    assert ran.code == 2


def test_a_line_of_more_than_ten_megabytes_is_refused_and_passed_over(cli: Cli, write: Write) -> None:
    path = write("cases.jsonl", case(id=1), '{"id": "' + "x" * 12_000_000 + '"}', case(id=3))
    ran = cli("decide", path)
    assert [json.loads(line)["id"] for line in ran.out.splitlines()] == [1, 3]
    assert ran.complaints == [f"bailiwick: {path}:2: longer than 10 MB; expected one case a line"]
    assert ran.code == 2


def test_many_cases_as_csv_have_a_row_a_case_and_action(cli: Cli, write: Write) -> None:
    ran = cli("decide", write("cases.jsonl", case(id="a"), case(id="b")), "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(ran.out)))
    assert [(r["id"], r["line"]) for r in rows] == [("a", "1")] * 8 + [("b", "2")] * 8


def test_lines_are_read_from_standard_input_when_said(cli: Cli) -> None:
    text = f"{json.dumps(case(id=1))}\n{json.dumps(case(id=2))}\n"
    assert len(cli("decide", "-", "--lines", stdin=text).out.splitlines()) == 2
    assert "add --lines" in cli("decide", "-", stdin=text).complaints[0]


def test_many_cases_to_read_take_a_few_lines_each(cli: Cli, write: Write) -> None:
    out = cli("decide", write("cases.jsonl", case(id="a"), case(id="b")), "--format", "table").out
    assert "1 (a) us/ca/fresno-county 2026-03-02T18:15:00Z" in out
    assert "You may not: hold, tell the release date." in out


# the program


def test_one_case_as_json_loads_nothing_that_it_does_not_need(write: Write) -> None:
    import os
    import subprocess
    import sys

    asked = (
        "import sys; from bailiwick.cli import run; run(sys.argv[1:]); "
        "heavy = {'duckdb', 'pyarrow', 'rich', 'pydantic', 'pyspark', 'numpy', 'pandas', 'msgspec'}; "
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", asked, "decide", str(write("case.json", case())), "--format", "json"],
        capture_output=True,
        env={**os.environ, "BAILIWICK_LAW": str(LAW)},
        check=True,
    )
    assert done.stderr.decode().strip() == "[]"


def test_the_program_ends_with_the_exit_code(write: Write) -> None:
    assert program("decide", write("case.json", case())).code == 0
    assert program("decide", write("bad.json", "{")).code == 2


def test_half_a_character_in_a_case_is_refused_in_one_line_and_a_whole_one_comes_back(write: Write) -> None:
    one = '{"id": "%s", "place": "us/ca", "at": "2026-03-02T10:15:00Z"}'
    ran = program("decide", write("case.json", one % "\\ud83d"), "--format", "json")
    assert (ran.code, ran.out, len(ran.complaints)) == (2, "", 1)
    ran = program("decide", write("case.json", one % "\\ud83d\\ude00"), "--format", "json")
    assert (ran.code, ran.json["id"]) == (0, "😀")
