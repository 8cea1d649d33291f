"""What a service refuses is said in the language of the page; programs read it in English."""

from __future__ import annotations

from typing import Any

from django.utils import translation

from bailiwick.custody.errors import Blocked, Quoted, Refused
from bailiwick.custody.models import Booking
from bailiwick.desk.refusal_words import refusal_words
from tests.desk.conftest import text

TAKEN = Refused("Booking %(number)s exists already; give another number.", number="<b>26-1</b>")


def test_a_refusal_is_in_the_language_of_the_page_and_its_values_are_safe() -> None:
    with translation.override("es"):
        assert refusal_words(TAKEN) == "El ingreso &lt;b&gt;26-1&lt;/b&gt; ya existe; dé otro número."
    with translation.override("en"):
        assert "exists already; give another number." in refusal_words(TAKEN)
    assert TAKEN.message == str(TAKEN) == "Booking <b>26-1</b> exists already; give another number."


def test_what_has_no_translation_is_marked_as_english() -> None:
    with translation.override("es"):
        for one in (Refused("No such sentence <i>."), Quoted("Expected <i> of the engine.")):
            assert refusal_words(one).startswith('<span lang="en">')
            assert "&lt;i&gt;" in refusal_words(one)


def test_of_what_must_be_done_first_each_sentence_is_said() -> None:
    with translation.override("en"):
        assert refusal_words(Blocked(["One <thing>.", "Another."])).endswith("Another.")
        assert "&lt;thing&gt;" in refusal_words(Blocked(["One <thing>."]))


def test_the_second_of_two_who_edit_one_file_reads_why_in_spanish(desk: Any, booking: Booking) -> None:
    version = Booking.objects.get(pk=booking.pk).version
    first, second, url = desk("clerk"), desk("supervisor"), f"/bookings/{booking.pk}/charge"
    second.post("/language/es")
    first.post(url, {"version": version, "statute": "PC 459"})
    told = second.post(url, {"version": version, "statute": "PC 470"})
    assert f"se leyó en la versión {version} y está en la versión {version + 1}." in text(told)
    assert 'value="PC 470"' in told.content.decode()
