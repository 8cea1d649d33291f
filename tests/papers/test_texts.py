"""Every language says everything, with the same holes, in characters that the bundled fonts have."""

from __future__ import annotations

from importlib.resources import files

import pytest
import yaml

from bailiwick.desk.forms.words import LANGUAGES as OFFERED
from bailiwick.papers import fonts
from bailiwick.papers.registry import PAPERS, TRANSLATED
from bailiwick.papers.texts import LANGUAGES, fill, holes, plain, texts

OTHERS = LANGUAGES[1:]


def test_the_languages_are_those_that_the_desk_offers_and_each_has_its_file() -> None:
    assert tuple(code for code, _ in OFFERED) == LANGUAGES
    found = {path.name for path in (files("bailiwick.papers") / "texts").iterdir()}
    assert found == {f"{language}.yaml" for language in LANGUAGES}


@pytest.mark.parametrize("language", OTHERS)
def test_a_language_says_every_sentence_of_every_translated_paper(language: str) -> None:
    english, own = texts("en"), texts(language)
    assert own.language == language
    assert len(own.months) == 12
    assert set(own.papers) == set(TRANSLATED)
    assert set(own.words) == set(english.words)
    for paper in TRANSLATED:
        assert set(own.papers[paper]) == set(english.papers[paper]), paper
        for key, sentence in english.papers[paper].items():
            assert own.papers[paper][key].strip(), (paper, key)
            assert holes(own.papers[paper][key]) == holes(sentence), (paper, key)
    for key, sentence in english.words.items():
        assert holes(own.words[key]) == holes(sentence), key


@pytest.mark.parametrize("language", OTHERS)
def test_no_long_sentence_was_left_in_english(language: str) -> None:
    english, own = texts("en"), texts(language)
    same = [
        (paper, key)
        for paper in TRANSLATED
        for key, sentence in own.papers[paper].items()
        if sentence == english.papers[paper][key] and len(sentence) > 12 and key != "outcome"
    ]
    assert same == []


def test_every_paper_of_the_registry_has_english_words() -> None:
    assert set(texts("en").papers) == set(PAPERS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_fonts_have_every_character_of_our_own_texts(language: str) -> None:
    raw = (files("bailiwick.papers") / "texts" / f"{language}.yaml").read_text(encoding="utf-8")
    assert fonts.unprintable(" ".join(_strings(yaml.safe_load(raw)))) == ""


def _strings(value: object) -> list[str]:
    if isinstance(value, dict):
        return [one for part in value.values() for one in _strings(part)]
    return [one for part in value for one in _strings(part)] if isinstance(value, list) else [str(value)]


def test_no_font_file_is_large_and_its_licence_lies_beside() -> None:
    assert (fonts.folder() / "OFL.txt").read_text(encoding="utf-8").count("SIL OPEN FONT LICENSE") == 1
    assert max(path.stat().st_size for path in fonts.folder().iterdir()) < 1_400_000


def test_what_is_filled_in_is_never_read_as_a_hole() -> None:
    pieces = fill("{a} and {b}.", {"a": "{b}", "b": "<b>"})
    assert plain(pieces) == "{b} and <b>."
    assert [piece.given for piece in pieces] == [True, False, True, False]


def test_a_sentence_without_its_value_is_an_error() -> None:
    with pytest.raises(KeyError):
        fill("{a}", {})
