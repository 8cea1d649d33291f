"""The interface without a token: what it answers is what the command line prints, and it needs no database."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.test import Client

from bailiwick.cli import run

CASE = Path(__file__).parents[2] / "demo" / "case.json"


def _post(body: Any, content_type: str = "application/json") -> Any:
    text = body if isinstance(body, bytes | str) else json.dumps(body)
    return Client().post("/api/v1/decide", data=text, content_type=content_type)


def _printed(capsys: Any, *words: str) -> Any:
    assert run([*words]) == 0
    return json.loads(capsys.readouterr().out)


def test_a_decision_over_http_is_exactly_what_the_command_prints(capsys: Any) -> None:
    answer = _post(CASE.read_bytes())
    assert answer.status_code == 200
    assert answer.json() == _printed(capsys, "decide", str(CASE), "--format", "json")


def test_a_case_without_its_day_is_refused_and_the_error_says_where() -> None:
    answer = _post({"place": "us/ca"})
    assert answer.status_code == 422
    assert answer.json()["error"]["where"] == "at"


def test_text_that_is_not_json_is_refused() -> None:
    answer = _post("{not json")
    assert answer.status_code == 400
    assert set(answer.json()["error"]) == {"where", "message"}


def test_another_content_type_is_refused() -> None:
    assert _post("place=us/ca", "text/plain").status_code == 415


def test_a_case_of_two_megabytes_is_refused() -> None:
    assert _post(b'{"place": "' + b"x" * 2_000_000 + b'"}').status_code == 413


def test_an_unknown_place_is_refused_with_its_name() -> None:
    answer = _post({"place": "us/zz", "at": "2026-03-02T10:15:00-08:00"})
    assert answer.status_code == 422
    assert "us/zz" in json.dumps(answer.json())


def test_the_facts_are_those_of_the_command(capsys: Any) -> None:
    names = {fact["name"] for fact in Client().get("/api/v1/facts").json()}
    assert names == {fact["name"] for fact in _printed(capsys, "facts", "--format", "json")}


def test_a_place_is_found_by_a_part_of_its_name() -> None:
    found = Client().get("/api/v1/places", {"q": "travis"}).json()
    assert {"us/tx/travis-county"} <= {place["place"] for place in found}


def test_the_law_of_a_day_leaves_out_what_came_later() -> None:
    def norms(day: str) -> set[str]:
        answer = Client().get("/api/v1/law/us/ca", {"on": day})
        assert answer.status_code == 200
        return {norm["norm"].rpartition(":")[2] for norm in answer.json()["norms"]}

    assert "values-act/hold" not in norms("2018-01-03")
    assert "values-act/hold" in norms("2018-01-04")


def test_the_description_of_the_interface_names_every_address() -> None:
    paths = Client().get("/api/v1/openapi.json").json()["paths"]
    assert "/api/v1/decide" in paths
    assert "post" in paths["/api/v1/decide"]
