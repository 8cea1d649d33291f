"""Every command that a page shows is run, in order, and prints what the page says."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.docs.console import ROOT, commands, difference, run, workplace

PAGES = [
    p
    for p in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md")))
    if "reference" not in p.parts and "sources" not in p.parts and p.exists()
]


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("page", [p for p in PAGES if commands(p)], ids=name)
def test_the_commands_of_a_page_do_what_it_says(page: Path, tmp_path: Path) -> None:
    folder = workplace(tmp_path)
    for command in commands(page):
        if command.needs and shutil.which(command.needs) is None:
            pytest.skip(f"{command.where} needs {command.needs}: install it, then run this again")
        done = run(command, folder)
        said = f"{command.where}: $ {command.text}\n{done.stdout}{done.stderr}"
        assert done.returncode == command.status, f"{said}\nended with {done.returncode}"
        assert not (wrong := difference(command.expected, done.stdout + done.stderr)), f"{said}\n{wrong}"


@pytest.mark.parametrize("page", [*PAGES, *sorted((ROOT / "docs" / "reference").glob("*.md"))], ids=name)
def test_every_link_leads_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    links = re.findall(r"\]\(([^)\s]+)\)", text)
    assert [
        link for link in links if "://" not in link and not (page.parent / link.partition("#")[0]).exists()
    ] == []


def test_every_page_is_reached_from_the_index() -> None:
    reached, waiting = set(), [ROOT / "README.md", ROOT / "docs" / "index.md"]
    while waiting:
        page = waiting.pop().resolve()
        if page in reached or page.suffix != ".md" or not page.exists():
            continue
        reached.add(page)
        waiting += [
            page.parent / link
            for link in re.findall(r"\]\(([^)\s#]+)", page.read_text(encoding="utf-8"))
            if "://" not in link
        ]
    pages = [p for p in (ROOT / "docs").rglob("*.md") if "sources" not in p.parts]
    assert [name(p) for p in pages if p.resolve() not in reached] == []
