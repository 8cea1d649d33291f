"""The reference pages are what the code says today, and leave nothing out."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest
import yaml

from bailiwick.engine import examples, lawbook
from bailiwick.engine.facts import ACTIONS, CUSTODIANS, FACTS, LEVELS, Outcome

DOCS = Path(__file__).parents[2] / "docs"


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, DOCS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def pages() -> dict[Path, str]:
    return script("make_reference").pages()


#: Reference pages that no program writes; tests of their own hold them to the code.
BY_HAND = {"security-controls.md", "settings.md"}


def reference(name: str) -> str:
    return (DOCS / "reference" / f"{name}.md").read_text(encoding="utf-8")


def test_the_pages_are_up_to_date(pages: dict[Path, str]) -> None:
    stale = [p.name for p, text in pages.items() if not p.exists() or p.read_text(encoding="utf-8") != text]
    assert stale == [], "run: make docs"
    written = {p.name for p in (DOCS / "reference").glob("*.md")} - BY_HAND
    assert sorted(written) == sorted(p.name for p in pages)


def test_the_picture_is_up_to_date() -> None:
    images = script("make_images")
    for name, picture in images.PICTURES.items():
        shown = (DOCS / "images" / name).read_text(encoding="utf-8")
        assert images.drawn(name, picture) == shown, "run: make docs"


@pytest.mark.parametrize("fact", FACTS)
def test_every_fact_is_documented(fact: str) -> None:
    assert f"| `{fact}` |" in reference("facts")


@pytest.mark.parametrize("word", [*ACTIONS, *Outcome, *LEVELS, *CUSTODIANS])
def test_every_action_outcome_level_and_custodian_is_documented(word: str) -> None:
    assert f"| `{word}` |" in reference("actions")


def test_no_meaning_is_of_a_word_that_is_gone() -> None:
    words = yaml.safe_load((DOCS / "sources" / "words.yaml").read_text(encoding="utf-8"))
    assert words["outcomes"].keys() == set(map(str, Outcome))
    assert tuple(words["levels"]) == LEVELS
    assert tuple(words["custodians"]) == CUSTODIANS


@pytest.mark.parametrize("kind", lawbook._KEYS)
def test_every_key_of_a_law_file_is_explained(kind: str) -> None:
    explained = yaml.safe_load((DOCS / "sources" / "law_file_keys.yaml").read_text(encoding="utf-8"))
    assert {k.rstrip("*") for k in explained[kind]["keys"]} == lawbook._KEYS[kind]


def test_every_key_of_an_example_is_explained() -> None:
    explained = yaml.safe_load((DOCS / "sources" / "law_file_keys.yaml").read_text(encoding="utf-8"))
    assert {k.rstrip("*") for k in explained["example"]["keys"]} == examples._KEYS
    assert set(explained) == {"shared", "example", *lawbook._KEYS}


def test_every_command_and_option_is_documented() -> None:
    from typer.main import get_command

    from bailiwick.cli import app

    page = reference("commands")

    def walk(command: object, path: str, parent: object) -> None:
        context = command.context_class(command, info_name=path, parent=parent)  # type: ignore[attr-defined]
        assert re.search(rf"^## {path}$", page, re.MULTILINE), path
        for option in command.params:  # type: ignore[attr-defined]
            for flag in option.opts:
                assert not flag.startswith("--") or flag in page, f"{path} {flag}"
        for name in getattr(command, "list_commands", lambda _: [])(context):
            walk(command.get_command(context, name), f"{path} {name}", context)  # type: ignore[attr-defined]

    walk(get_command(app), "bailiwick", None)


def test_every_law_file_is_in_the_lawbook_page() -> None:
    page = reference("lawbook")
    book = lawbook.default_lawbook()
    assert [
        f.name
        for f in book.files.values()
        if f"`law/{f.path.relative_to(lawbook.LAW_DIRECTORY).as_posix()}`" not in page
    ] == []


def test_the_readme_names_every_government_of_the_lawbook() -> None:
    readme = " ".join((DOCS.parent / "README.md").read_text(encoding="utf-8").split())
    book = lawbook.default_lawbook()
    names = {
        f.binds[0]: book.places.get(f.binds[0]).name
        for f in book.files.values()
        if f.name.startswith("us/") and not f.proposal
    }
    short = {path: name.removeprefix("City of ").removesuffix(" County") for path, name in names.items()}
    assert [name for name in short.values() if name not in readme] == []
