"""What an address asks for behind its `?`: what is none of the page's choices is refused with a sentence, never replaced."""

from __future__ import annotations

import html
import re

import pytest
from django.test import Client

#: An address, a field, a value that is none of its choices, and words of what is expected.
WRONG = [
    ("/atlas", "on", "x", "a day from 1996 to 2099"),
    ("/atlas", "on", "0999-01-01", "a day from 1996 to 2099"),
    ("/atlas", "case", "nope", "no-licence"),
    ("/atlas", "action", "zzz", "notify_release"),
    ("/atlas", "sort", "zzz", "changed"),
    ("/atlas", "custodian", "zzz", "county_jail"),
    ("/atlas", "part", "zzz", "1"),
    ("/atlas.csv", "on", "x", "a day from 1996 to 2099"),
    ("/atlas.csv", "on", "0999-01-01", "a day from 1996 to 2099"),
    ("/atlas.csv", "case", "nope", "no-licence"),
    ("/atlas.csv", "custodian", "zzz", "county_jail"),
    ("/law/us/ca", "on", "2026-02-30", "a day from 1996 to 2099"),
    ("/law/us/ca", "custodian", "zzz", "county_jail"),
    ("/law/us/ca/timeline.csv", "custodian", "zzz", "county_jail"),
    ("/law/us/ca/timeline.wide.svg", "custodian", "zzz", "county_jail"),
    ("/law/us/ca/timeline.wide.svg", "in", "fr", "es"),
    ("/claims", "kind", "zzz", "cause"),
    ("/claims", "verdict", "x", "not settled"),
    ("/evidence/compare", "a_measure", "x", "declined-recorded"),
    ("/evidence/compare", "b_place", "us/zz", "the path of a state"),
    ("/evidence/compare", "a_period", "2014-11", "2014-10/2015-07"),
    ("/evidence/county/us/il/cook-county", "under", "us/zz", "the path of a place"),
    ("/evidence/county/us/il/cook-county", "format", "xlsx", "next-csv"),
    ("/evidence/county/us/il/cook-county", "width", "huge", "narrow"),
    ("/evidence/county", "place", "us/ca", "the path of a county"),
    ("/try", "place", "us/zz", "the path of a place"),
    ("/try", "on", "2026-13-01", "a day from 1996 to 2099"),
    ("/try", "custodian", "zzz", "county_jail"),
]  # fmt: skip
EACH = pytest.mark.parametrize(("address", "field", "found", "expected"), WRONG)


def sentence(page: str) -> str:
    """What the answer says: all of a plain one, the first paragraph of a page."""
    inner = re.search(r'<p class="lead">(.*?)</p>', page, re.DOTALL)
    return html.unescape(inner.group(1) if inner else page).strip()


@EACH
def test_a_value_that_is_no_choice_is_refused_with_field_expected_and_found(
    client: Client, address: str, field: str, found: str, expected: str
) -> None:
    answer = client.get(address, {field: found})
    assert answer.status_code == 400
    said = sentence(answer.content.decode())
    assert said.count("\n") == 0
    assert re.search(rf"(^|\(){field}\)?: expected .*{re.escape(expected)}", said)
    assert f"found “{found}”" in said


@EACH
def test_an_empty_value_is_the_pages_own_choice(
    client: Client, address: str, field: str, found: str, expected: str
) -> None:
    empty, absent = client.get(address, {field: " "}), client.get(address)
    assert empty.status_code == absent.status_code
    assert empty.status_code in (200, 302)
    if empty.status_code == 302:
        assert empty["Location"] == "/evidence"


@EACH
def test_a_file_is_refused_with_the_sentence_alone(
    client: Client, address: str, field: str, found: str, expected: str
) -> None:
    answer = client.get(address, {field: found})
    plain = "." in address or field in ("format", "part")
    assert answer["Content-Type"] == f"text/{'plain' if plain else 'html'}; charset=utf-8"
    assert ("<" in answer.content.decode()) is not plain


def test_the_table_of_a_county_is_refused_alike(client: Client) -> None:
    answer = client.get("/evidence/county/us/il/cook-county?format=csv&under=us/zz")
    assert answer.status_code == 400
    assert answer["Content-Type"].startswith("text/plain")


def test_a_long_value_is_shortened_and_no_value_is_markup(client: Client) -> None:
    answer = client.get("/atlas", {"case": "<script>" + "z" * 5_000 + "\nend"})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "<script>zz" not in page
    assert "“<script>zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz…”" in html.unescape(page)
    assert "end" not in sentence(page)


def test_the_sentence_is_in_the_language_of_the_page(client: Client) -> None:
    said = sentence(client.get("/claims?kind=zzz", headers={"accept-language": "es"}).content.decode())
    assert said.startswith("Clase de afirmación (kind): se esperaba uno de ")
    assert said.endswith("; se encontró «zzz».")


def test_what_was_typed_is_in_no_log(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    client.get("/try?place=Zaphod-Quux-4711")
    assert "Zaphod" not in caplog.text


def test_the_page_of_the_refusal_leads_to_the_same_page_without_the_value(client: Client) -> None:
    page = client.get("/atlas?case=nope").content.decode()
    assert 'href="/atlas"' in page.partition("<h1>")[2]
