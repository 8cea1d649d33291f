"""The pages in Spanish: every text has a translation, and what programs read says the same as what people edit."""

from __future__ import annotations

import ast
import gettext
import importlib.util
import io
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from bailiwick.custody import asking
from bailiwick.custody.acting import Actor
from bailiwick.custody.models import Agency, Due
from bailiwick.desk.deed_words import DEEDS, THINGS
from bailiwick.desk.due_words import due_words
from bailiwick.engine.facts import FACTS
from bailiwick.record.log import append
from bailiwick.record.models import Event
from tests.conftest import make_user
from tests.papers.conftest import make_file

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


def kinds_in_the_code() -> set[str]:
    """Kinds of event that the program appends: the first text with a dot that `note` or `append` is given."""
    found = set()
    for part in ("custody", "desk", "papers", "api"):
        for path in sorted((ROOT / "bailiwick" / part).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                name = getattr(node.func, "id", "") if isinstance(node, ast.Call) else ""
                if name not in ("note", "_note", "append"):
                    continue
                assert isinstance(node, ast.Call)
                found |= {
                    one.value
                    for argument in node.args[:2]
                    for one in ast.walk(argument)
                    if isinstance(one, ast.Constant)
                    and isinstance(one.value, str)
                    and re.fullmatch(r"[a-z0-9_]+\.[a-z0-9_]+", one.value)
                }
    return found


def test_every_deed_that_the_program_writes_down_has_its_words() -> None:
    kinds = kinds_in_the_code()
    assert len(kinds) > 60
    assert kinds <= set(DEEDS), f"say these in bailiwick/desk/deed_words.py: {sorted(kinds - set(DEEDS))}"


def test_no_deed_keeps_its_english_name_in_spanish() -> None:
    same = {}
    for kind, words in (DEEDS | THINGS).items():
        with translation.override("en"):
            english = str(words)
        with translation.override("es"):
            if str(words) == english:
                same[kind] = english
    assert same == {"webhook": "webhook", "apitoken": "token"}


def test_in_spanish_the_log_shows_no_english_name_of_a_deed(agency: Agency) -> None:
    clerk, auditor = make_user(agency, "clerk", "mwong"), make_user(agency, "auditor", "auditor")
    actor = Actor(agency, datetime(2026, 3, 2, 11, 30, tzinfo=UTC), clerk)
    for number, kind in enumerate(DEEDS):
        append(kind, f"due/{number}", {}, agency=agency, actor="mwong", at=actor.at)
    client = Client()
    client.force_login(auditor)

    def shown(address: str) -> list[str]:
        page = client.get(address).content.decode()
        return re.findall(r'<td data-label="(?:Qué|What)">(.*?)</td>', page)

    english = shown("/log") + shown("/log?before=" + str(Event.objects.order_by("-pk")[49].pk))
    assert {str(words) for words in DEEDS.values()} <= set(english)
    client.post("/language/es")
    spanish = shown("/log") + shown("/log?before=" + str(Event.objects.order_by("-pk")[49].pk))
    assert len(spanish) == len(english)
    assert set(spanish) & set(english) == set()
    assert "segundo factor añadido" in spanish
    assert shown("/log?kind=factor+a%C3%B1adido") == ["segundo factor añadido"]
    assert shown("/log?kind=factor_added") == ["segundo factor añadido"]


def test_what_is_due_is_said_in_spanish_with_what_was_filled_in() -> None:
    with translation.override("es"):
        assert due_words("answer subpoena 26-7 of ICE") == "contestar la citación 26-7 de ICE"
        known = [fact.ask for fact in FACTS.values() if fact.ask][:2]
        assert due_words(" ".join(known)) == " ".join(translation.gettext(ask) for ask in known)
        assert due_words("a sentence of a law file") == "a sentence of a law file"
    with translation.override("en"):
        assert due_words("answer subpoena 26-7 of ICE") == "answer subpoena 26-7 of ICE"


def test_what_the_services_say_is_due_is_known_in_spanish(agency: Agency) -> None:
    """A stay with a detainer, a claim of citizenship and a subpoena, and the duties that the lawbook sets there."""
    file = make_file(agency, make_user(agency, "clerk", "mwong"), signed=False)
    asking.claim_citizenship(file.actor, file.booking, says="Born in Fresno.", proof_kind="Passport")
    ours = Due.objects.all()
    kinds = {due.kind for due in ours}
    assert kinds >= {Due.Kind.FREE, Due.Kind.SUBPOENA, Due.Kind.SIGN, Due.Kind.CITIZEN, Due.Kind.PAPER}
    with translation.override("es"):
        assert [due.what for due in ours if due_words(due.what) == due.what] == []
