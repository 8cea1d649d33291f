"""The file and the decision in Spanish: what is left in English is a name, a citation, what was typed, or marked as English."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from django.test import Client
from django.utils import translation

from bailiwick.custody import asking, clocks, files
from bailiwick.custody.models import Agency, Due, User
from bailiwick.desk.clock import standing_at
from bailiwick.desk.due_words import done_words, due_words
from bailiwick.desk.fact_words import (
    FIELDS,
    change_words,
    field_words,
    law_words,
    manner_words,
    question_words,
    role_words,
    value_words,
)
from bailiwick.desk.timeline import say
from bailiwick.engine import words
from bailiwick.engine.facts import FACTS
from bailiwick.engine.lawbook import default_lawbook
from bailiwick.papers import printing
from tests.conftest import People
from tests.papers.conftest import AT, File, make_file

VOID = {"br", "input", "meta", "link", "img", "hr", "wbr", "path", "use", "circle", "col"}
#: Not words of the pages: names, what was typed, citations, hashes, zones, and words that are the same in both languages.
NOT_WORDS = re.compile(
    r"Bailiwick|Atlas|Español|\S+-\d+|supervisor-\d+|clerk-\d+|[\d:]+ P[SD]T|Alex Doe.*|Doe, Alex.*|"
    r"Example County Jail.*|: bond posted|Pat Lee, Esq., 555-0199|U\.S\. Immigration and Customs Enforcement, Los Angeles,?|"
    r"Born in Fresno\. \(Passport\)|"
    r"sha256:\w+|;? ?(?:Cal\.|Form I-247A|ICE Directive|County of Riverside|Los Angeles County Board).*"
)


class Said(HTMLParser):
    """The texts of a page that are not marked as English, and those of attributes that are read aloud or shown."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._english = [False]
        self._script = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.said += [given[name] or "" for name in ("aria-label", "title", "data-label") if given.get(name)]
        if tag not in VOID:
            inherited = self._english[-1]
            self._english.append(given["lang"] == "en" if "lang" in given and tag != "html" else inherited)
        self._script += tag in ("script", "style")

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            self._english.pop()
        self._script -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        text = " ".join(data.split())
        if text and not self._script and not self._english[-1]:
            self.said.append(text)


def said(client: Client, address: str, language: str) -> list[str]:
    client.post(f"/language/{language}")
    answer = client.get(address)
    assert answer.status_code == 200
    reader = Said()
    reader.feed(answer.content.decode())
    return reader.said


def looking(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with standing_at(AT), translation.override("en"):
        yield


@pytest.fixture
def file(agency: Agency, people: People) -> File:
    """A stay in Los Angeles with nearly everything in it that a timeline can tell."""
    made = make_file(agency, people.clerk)
    actor, booking = made.actor, made.booking
    files.change_person(actor, booking, lawyer_name="Pat Lee, Esq.", language="es")
    files.change_charge(actor, booking.charges.get(), status="convicted", grade="felony", wobbler=True)
    asking.serve(actor, made.request, at=AT, how="in person")
    asking.claim_citizenship(actor, booking, says="Born in Fresno.", proof_kind="Passport")
    due = Due.objects.filter(booking=booking, paper="statement_of_intent", done_at=None).first()
    assert due is not None
    clocks.done(actor, due, how="given by hand")
    return made


@pytest.mark.parametrize("page", ["file", "decision"])
def test_a_page_in_spanish_has_no_english_words(page: str, file: File, people: People) -> None:
    address = f"/bookings/{file.booking.pk}?all" if page == "file" else f"/requests/{file.request.pk}"
    client = looking(people.supervisor)
    english, spanish = said(client, address, "en"), said(client, address, "es")
    assert len(spanish) > 100
    same = {text for text in spanish if text in set(english) and re.search("[A-Za-z]{3}", text)}
    assert sorted(text for text in same if not NOT_WORDS.fullmatch(text)) == []
    for sentence in law_sentences():
        assert not [text for text in spanish if sentence in text], sentence
    whole = "\n".join(spanish)
    if page == "file":
        for part in (
            "nombre del abogado: Pat Lee → Pat Lee, Esq.",
            "estado: arrestado → condenado",
            "entregado en mano",
            "dar a la persona una copia de la solicitud",
        ):
            assert part in whole
    else:
        assert "(" + role_in_spanish("clerk") + ")" in whole
        assert "antes de que empiece la retención" in whole


def role_in_spanish(role: str) -> str:
    with translation.override("es"):
        return role_words(role).lower()


def law_sentences() -> set[str]:
    """What the duties and clocks of the lawbook say is to be done; the short ones could stand in any sentence."""
    provisions = [one for law in default_lawbook().files.values() for one in (*law.duties, *law.clocks)]
    return {one.what for one in provisions if len(one.what) > 12}


def test_every_duty_and_clock_of_the_law_files_has_spanish_words() -> None:
    duties = [duty for law in default_lawbook().files.values() for duty in law.duties]
    sentences = law_sentences() | {duty.within for duty in duties if duty.within}
    assert len(sentences) > 45
    with translation.override("es"):
        missing = [one for one in sorted(sentences) if law_words(one) == f'<span lang="en">{one}</span>']
    assert missing == [], "translate these in bailiwick/desk/locale/es: run python tools/make_catalogue.py"


def test_a_law_file_that_nobody_translated_is_shown_and_marked_as_english() -> None:
    sentence = "give the person <a paper> of some other place"
    with translation.override("es"):
        assert (
            law_words(sentence)
            == '<span lang="en">give the person &lt;a paper&gt; of some other place</span>'
        )
        assert due_words(sentence) == sentence
        assert law_words("") == ""
    with translation.override("en"):
        assert law_words(sentence) == "give the person &lt;a paper&gt; of some other place"


def test_in_the_timeline_such_a_sentence_is_marked_and_what_somebody_wrote_is_text(
    agency: Agency, people: People
) -> None:
    booking = make_file(agency, people.clerk).booking
    due = {"what": "give <a paper> of some other place", "manner": "to <b>Pat</b>"}
    with translation.override("es"):
        assert say("due.done", due, booking) == (
            'Hecho: <span lang="en">give &lt;a paper&gt; of some other place</span>. to &lt;b&gt;Pat&lt;/b&gt;'
        )
        assert say("due.set", {"what": "give the person a copy of the request"}, booking) == (
            "Vence: dar a la persona una copia de la solicitud"
        )
        assert say("unheard.of<i>", {}, booking) == "unheard: of&lt;i&gt;"
    assert say("file.corrected", {"says": "<script>"}, booking) == "Correction: &lt;script&gt;"


def test_facts_values_and_changes_are_said_in_english_as_the_command_line_says_them() -> None:
    for name, fact in FACTS.items():
        for value in (*(fact.values or ()), None):
            assert value_words(name, value) == words.value(name, value)
        assert value_words(name, []) == words.value(name, [])
    changes = [
        {"fact": "request.warrant", "from": "administrative", "to": "judicial_criminal"},
        {"fact": "person.citizen_proof", "to": True},
        {"fact": "charges", "to": {"grade": "felony", "wobbler": True}},
        {"fact": "charges", "to": {"grade": "felony"}, "says": "a listed felony"},
        {"fact": "charges", "to": "without the 2 that count here"},
        {"fact": "charges", "to": "without the 2 that count here", "says": "not: a listed felony"},
    ]
    for change in changes:
        assert change_words(change) == words.change(change)


def test_facts_values_and_changes_are_said_in_spanish() -> None:
    with translation.override("es"):
        same = [
            (name, value)
            for name, fact in FACTS.items()
            for value in fact.values or ()
            if value_words(name, value) == words.value(name, value)
        ]
        assert same == []
        assert [name for name in FIELDS if field_words(name) == name.replace("_", " ")] == []
        assert change_words(
            {"fact": "request.warrant", "from": "administrative", "to": "judicial_criminal"}
        ).endswith(
            "una orden penal firmada por un juez (ahora: una orden firmada por un oficial de inmigración)"
        )
        assert change_words({"fact": "charges", "to": {}, "says": "a <listed> felony"}) == (
            'los antecedentes muestran: <span lang="en">a &lt;listed&gt; felony</span>'
        )
        assert change_words({"fact": "charges", "to": "without the 2 that count here"}) == (
            "los antecedentes sin los 2 que cuentan aquí"
        )
        assert question_words("norm:us/ca:x") == (
            "¿Ha verificado la asesoría jurídica la norma us/ca:x, o elegido cómo se lee?"
        )


def test_how_a_thing_that_was_due_was_done_is_said_in_spanish() -> None:
    with translation.override("es"):
        assert done_words("answered") == "contestada"
        assert done_words("signed by mwong") == "firmado por mwong"
        assert done_words("given to the person: in person") == "entregado a la persona: en persona"
        assert done_words("given to the person: fax, to Pat Lee") == "entregado a la persona: fax, a Pat Lee"
        title = printing.PAPERS["copy_of_request"].title
        assert (
            done_words(f"{title}: in person, to Alex Doe") == "Copia de la solicitud: en persona, a Alex Doe"
        )
        assert done_words("told Pat Lee: by telephone") == "told Pat Lee: by telephone"
        assert manner_words("a window") == "a window"
    with translation.override("en"):
        assert done_words("given to the person: in person") == "given to the person: in person"
