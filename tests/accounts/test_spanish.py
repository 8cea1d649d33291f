"""The pages in Spanish: every text has a translation, and what programs read says the same as what people edit."""

from __future__ import annotations

import gettext
import importlib.util
import io
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from bailiwick.custody.models import Agency

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def maker() -> Any:
    spec = importlib.util.spec_from_file_location("make_catalogue", ROOT / "tools" / "make_catalogue.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_every_text_of_the_pages_has_a_translation(maker: Any) -> None:
    kept = maker.read_po(maker.FOLDER / "django.po")
    used = maker.in_use()
    assert len(used) > 1000
    missing = sorted(words.singular for words in used if words not in kept or not all(kept[words].texts))
    assert missing == [], (
        "translate these in bailiwick/desk/locale/es/…/django.po: run python tools/make_catalogue.py"
    )


def test_nothing_is_translated_that_no_page_says(maker: Any) -> None:
    kept = set(maker.read_po(maker.FOLDER / "django.po"))
    assert sorted(words.singular for words in kept - set(maker.in_use())) == [], (
        "run python tools/make_catalogue.py"
    )


def test_what_is_filled_in_is_the_same_in_both_languages(maker: Any) -> None:
    wrong = []
    for words, entry in maker.read_po(maker.FOLDER / "django.po").items():
        for source, text in zip((words.singular, words.plural or words.singular), entry.texts, strict=False):
            holes = [sorted(set(re.findall(r"%\(\w+\)[sd]|\{\w+\}", one))) for one in (source, text)]
            # «One» may be said without its number.
            if holes[0] != holes[1] and not (words.plural and set(holes[1]) <= set(holes[0]) | {"%(n)s"}):
                wrong.append(f"{source} -> {text}")
            if source.strip() and (source[0].isspace(), source[-1].isspace()) != (
                text[0].isspace(),
                text[-1].isspace(),
            ):
                wrong.append(f"space around: {source!r}")
    assert wrong == []


def test_the_compiled_file_is_the_one_that_was_edited(maker: Any) -> None:
    catalogue = maker.read_po(maker.FOLDER / "django.po")
    compiled = (maker.FOLDER / "django.mo").read_bytes()
    assert compiled == maker.mo(catalogue), "run python tools/make_catalogue.py"
    read = gettext.GNUTranslations(io.BytesIO(compiled))
    for words, entry in catalogue.items():
        if words.plural:
            assert read.ngettext(words.singular, words.plural, 2) == entry.texts[1]
        else:
            assert read.gettext(words.singular) == entry.texts[0]


def test_a_catalogue_is_read_as_it_was_written(maker: Any, tmp_path: Path) -> None:
    made = {
        maker.Words('a "quoted"\nline\\n', "", "context"): maker.Entry(["una «línea»\n"], ["x.py"]),
        maker.Words("one", "many"): maker.Entry(["uno", "muchos"], []),
    }
    maker.write_po(tmp_path / "x.po", made)
    read = maker.read_po(tmp_path / "x.po")
    assert {words: entry.texts for words, entry in read.items()} == {w: e.texts for w, e in made.items()}


def test_pages_speak_spanish_and_say_that_nobody_reviewed_it(agency: Agency) -> None:
    client = Client()
    client.get("/language/es")
    page = client.get("/concern").content.decode()
    assert '<html lang="es">' in page
    assert "¿Se retiene a alguien demasiado tiempo, o no se entregó un aviso?" in page
    assert "Traducción hecha por máquina" in page
    with translation.override("es"):
        assert translation.gettext("You may not") == "No pueden"
    assert "Traducción" not in Client().get("/concern").content.decode()


def test_errors_speak_spanish_too(agency: Agency) -> None:
    client = Client()
    client.get("/language/es")
    assert "No hay tal página" in client.get("/nowhere").content.decode()
    assert "obligatorio" in client.post("/concern", {"says": ""}).content.decode()
