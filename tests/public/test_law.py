"""`/law` and `/law/<place>`: what stands there is what the lawbook holds on that day."""

from __future__ import annotations

import csv
import html
import io
import re
import xml.etree.ElementTree as ET
from datetime import date, timedelta

import pytest
from django.test import Client

from bailiwick.desk.public.coverage import coverage
from bailiwick.desk.public.place_law import anchor, place_law
from bailiwick.engine.facts import ACTION_SHORT, Outcome
from bailiwick.engine.lawbook import default_lawbook
from bailiwick.engine.words import STANDING
from bailiwick.evidence.history import SINCE, stretches
from bailiwick.evidence.pictures.charts import PATTERNS, paint
from bailiwick.evidence.pictures.timeline import PATTERN

GOVERNMENTS = [p.path for p in coverage(default_lawbook()).governments]


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return html.unescape(answer.content.decode())


@pytest.mark.parametrize("place", GOVERNMENTS)
def test_every_sentence_in_force_stands_on_the_page_with_its_citation(client: Client, place: str) -> None:
    book = default_lawbook()
    page = text(client, f"/law/{place}?on=2026-11-25")
    law = book.in_force(book.area(place), date(2026, 11, 25))
    for norm in law.norms:
        assert norm.says in page
        assert norm.cite.text in page
        assert f'id="{anchor(norm.id)}"' in page
        assert STANDING[norm.cite.standing] in page
    for one in (*law.duties, *law.clocks):
        assert one.what in page
    for file in (book.files[name] for name in book.area(place)):
        assert file.title in page
        for note in file.notes:
            assert note.says in page
        for report in file.reports:
            if date(2026, 11, 25) in report.span:
                assert report.what in page


def test_the_eight_short_answers_of_california_are_those_of_its_act() -> None:
    """Gov. Code § 7284.6(a)(1)(A) to (E), (a)(4); § 7283.1(a) without written consent."""
    book = default_lawbook()
    law = place_law(book, book.places.get("us/ca"), date(2024, 7, 25))
    found = {row.action: row.answer.outcome for row in law.short}
    assert set(found) == set(ACTION_SHORT)
    assert found.pop("answer_administrative_subpoena") is Outcome.UNREGULATED
    assert set(found.values()) == {Outcome.FORBIDDEN}


def test_a_subpoena_is_answered_as_a_subpoena() -> None:
    """8 U.S.C. § 1225(d)(4)(B): it binds once a district court orders it obeyed, and so the page says."""
    book = default_lawbook()
    law = place_law(book, book.places.get("us/ny/new-york-city"), date(2026, 1, 2))
    row = next(row for row in law.short if row.action == "answer_administrative_subpoena")
    assert [outcome for _, outcome in row.depends] == [Outcome.REQUIRED]


def test_the_day_moves_by_a_plain_form(client: Client) -> None:
    """SB 54 took effect on 4 January 2018; before it the TRUST Act spoke of holds only."""
    before, on = (text(client, f"/law/us/ca?on=2018-01-0{n}") for n in (3, 4))
    norm = f'id="{anchor("us/ca:values-act/notify")}"'
    assert norm not in before
    assert norm in on
    assert "3 January 2018" in before


def test_what_changes_later_is_marked_and_both_days_can_be_opened(client: Client) -> None:
    page = text(client, "/law/us/ca?on=2016-06-01")
    assert "?on=2018-01-04&" in page
    assert "?on=2018-01-03&" in page
    assert "after the day shown" in page


@pytest.mark.parametrize("typed", ["tomorrow", "2026-13-01", "0999-01-01", "2026-02-30", "9999-01-01"])
def test_a_day_that_is_none_is_said_to_be_so(client: Client, typed: str) -> None:
    answer = client.get("/law/us/ca", {"on": typed})
    assert answer.status_code == 400
    page = html.unescape(answer.content.decode())
    assert f"expected a day from 1996 to 2099, like 2026-03-02; found “{typed}”" in page
    assert 'id="norms"' not in page


def test_an_unknown_place_names_the_nearest(client: Client) -> None:
    answer = client.get("/law/us/ca/los-angels-county")
    assert answer.status_code == 404
    assert "us/ca/los-angeles-county" in answer.content.decode()


def test_a_place_without_a_file_says_that_it_was_not_read(client: Client) -> None:
    page = text(client, "/law/us/wy/teton-county")
    assert "no law file of its own" in page


def test_every_layer_is_marked_with_its_source(client: Client) -> None:
    page = text(client, "/law/us/ny/new-york-city?on=2026-11-25")
    for words in ("Local law", "State law", "Court holding", "Federal law"):
        assert words in page


@pytest.mark.parametrize(
    ("wanted", "path"),
    [("cook", "us/il/cook-county"), ("new york city", "us/ny/new-york-city"), ("us/wy", "us/wy")],
)
def test_a_place_is_found_by_part_of_its_name(client: Client, wanted: str, path: str) -> None:
    assert f'href="/law/{path}"' in text(client, f"/law?q={wanted}")


def test_the_first_page_counts_what_is_and_what_is_not_covered(client: Client) -> None:
    book, page = default_lawbook(), text(client, "/")
    counted = coverage(book)
    assert f'<strong class="n">{counted.norms}</strong>' in page
    assert counted.norms == sum(len(f.norms) for f in book.files.values() if not f.proposal)
    assert f"{counted.states_without} states and territories have no law file" in page


# ---------------------------------------------------------------------------------------------------------------- timeline


@pytest.mark.parametrize("place", ["us/ca", "us/md/montgomery-county", "us/ny/new-york-city", "us/wy"])
def test_the_timeline_says_on_every_day_what_the_page_of_that_day_says(place: str) -> None:
    book = default_lawbook()
    where = book.places.get(place)
    found = stretches(book, where)
    assert [one.action for one in found if one.start == SINCE] == list(ACTION_SHORT)
    days = {one.start for one in found}
    for day in sorted({*days, *(day - timedelta(days=1) for day in days - {SINCE}), date(2026, 11, 25)}):
        said = {
            one.action: one.outcome
            for one in found
            if one.start <= day and (one.end is None or day < one.end)
        }
        assert said == {row.action: row.answer.outcome for row in place_law(book, where, day).short}


def test_a_change_of_the_short_answer_stands_in_the_list_and_in_the_csv(client: Client) -> None:
    """SB 54 on 4 January 2018: telling the release date was free, and is forbidden without a qualifying record."""
    page = " ".join(re.sub(r"<[^>]+>", " ", text(client, "/law/us/ca?on=2026-11-25")).split())
    said = "The short answer changes: Tell the release date, No rule here speaks to this → You may not"
    assert said in page.partition("4 January 2018")[2].partition("2 April 2017")[0]
    rows = list(csv.DictReader(io.StringIO(text(client, "/law/us/ca/timeline.csv"))))
    (one,) = [r for r in rows if r["action"] == "notify_release" and r["what"] == "short answer changes"]
    assert (one["day"], one["before"], one["after"]) == ("2018-01-04", "unregulated", "forbidden")


@pytest.mark.parametrize("place", GOVERNMENTS[::6])
def test_the_csv_has_every_sentence_that_begins_or_ends_as_the_list_has(client: Client, place: str) -> None:
    rows = list(csv.DictReader(io.StringIO(text(client, f"/law/{place}/timeline.csv"))))
    page = text(client, f"/law/{place}")
    book = default_lawbook()
    norms = [norm for name in book.area(place) for norm in book.files[name].norms]
    for what, day_of in (("begins", "start"), ("ends", "end")):
        expected = sorted(
            (getattr(norm.span, day_of).isoformat(), norm.id) for norm in norms if getattr(norm.span, day_of)
        )
        assert sorted((r["day"], r["norm"]) for r in rows if r["what"] == what) == expected
    assert set(re.findall(r"<strong><a href=\"\?on=([\d-]+)", page)) == {r["day"] for r in rows}


@pytest.mark.parametrize("width", ["wide", "narrow"])
def test_the_timeline_is_drawn_without_colour_and_in_two_languages(client: Client, width: str) -> None:
    answer = client.get(f"/law/us/ca/timeline.{width}.svg")
    assert answer["Content-Type"].startswith("image/svg+xml")
    root = ET.fromstring(answer.content)
    assert root.findtext("{http://www.w3.org/2000/svg}title", "").startswith(
        "California: what did the law say"
    )
    paints = {e.get(key) for e in root.iter() for key in ("fill", "stroke") if e.get(key)}
    assert paints <= {"currentColor", "none", "transparent", *(f"url(#{one})" for one in PATTERNS)}
    assert len({paint(one) for one in PATTERN.values()}) == len(Outcome)
    said = {element.text for element in root.iter() if element.text}
    assert {*ACTION_SHORT.values(), "You may not"} <= said
    spanish = text(client, f"/law/us/ca/timeline.{width}.svg?in=es")
    assert "California: ¿qué decía la ley" in spanish
    assert "You may not" not in spanish


@pytest.mark.parametrize(
    "address", ["/law/us/zz/timeline.csv", "/law/us/ca/timeline.huge.svg", "/law/x/timeline.wide.svg"]
)
def test_a_timeline_of_no_place_or_width_is_not_found(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404
