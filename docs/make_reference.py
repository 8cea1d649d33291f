"""Write docs/reference from docs/sources, the code and the law files.

    python docs/make_reference.py            write the pages
    python docs/make_reference.py --check    say which differ, and end with 1 if any does

A page in docs/sources holds the words; ``{{ name argument }}`` is filled in by the method of that name.
Nothing knows what day it is: the same tree gives the same pages.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from bailiwick.engine import words as spoken
from bailiwick.engine.examples import load_examples
from bailiwick.engine.facts import ACTION_MEANING, ACTION_SHORT, ACTIONS, FACTS, Fact, Outcome
from bailiwick.engine.lawbook import LAW_DIRECTORY, Lawbook, LawFile
from bailiwick.engine.norm import Standing

HERE = Path(__file__).parent
ROOT = HERE.parent
HEAD = "<!-- Written by docs/make_reference.py from docs/sources, the code and the law: make docs. -->\n\n"
WIDTH = 96
COUNTED = ("norms", "duties", "clocks", "reports", "open", "examples", "last checked")


def table(head: Sequence[str], rows: Iterable[Sequence[Any]], right: Iterable[int] = ()) -> str:
    """A table in Markdown; ``right``: columns of numbers."""
    numbers = set(right)
    lines = [head, ["--:" if i in numbers else "---" for i in range(len(head))], *rows]
    return "\n".join("| " + " | ".join(cell(c) for c in line) + " |" for line in lines)


def cell(value: Any) -> str:
    return " ".join(str(value).split()).replace("|", "\\|")


def code(names: Iterable[str]) -> str:
    return ", ".join(f"`{n}`" for n in names)


def source(name: str) -> Any:
    return yaml.safe_load((HERE / "sources" / name).read_text(encoding="utf-8"))


class Reference:
    """What the markers of docs/sources stand for: one method a name."""

    # ---------------------------------------------------------------------------------------- the vocabulary

    def facts(self, group: str) -> str:
        """The facts of one group of a case (``case`` for those without)."""
        wanted = "" if group == "case" else group
        found = [f for f in FACTS.values() if f.name.rpartition(".")[0] == wanted]
        return table(("fact", "type", "meaning", "who would know it", "the question"), map(self._fact, found))

    @staticmethod
    def _fact(fact: Fact) -> tuple[str, ...]:
        means = f"{fact.means}; one of {code(fact.values)}" if fact.values else fact.means
        return f"`{fact.name}`", str(fact.type), means, fact.known_by, fact.ask

    def actions(self) -> str:
        rows = ((f"`{a}`", ACTION_SHORT[a], ACTION_MEANING[a]) for a in ACTIONS)
        return table(("action", "short", "meaning"), rows)

    def words(self, kind: str) -> str:
        """Outcomes, levels or custodians with their meaning."""
        meanings = source("words.yaml")[kind]
        if kind == "outcomes":
            rows = [(f"`{w}`", spoken.OUTCOME[Outcome(w)], means) for w, means in meanings.items()]
            return table(("outcome", "a person reads", "meaning"), rows)
        return table(
            (kind.removesuffix("s"), "meaning"), ((f"`{w}`", means) for w, means in meanings.items())
        )

    # --------------------------------------------------------------------------------------------- law files

    def keys(self, *kinds: str) -> str:
        """A section for each kind of entry of a law file: what it is, and its keys."""
        explained = source("law_file_keys.yaml")
        return "\n\n".join(self._keys(kind, explained[kind], explained["shared"]) for kind in kinds)

    @staticmethod
    def _keys(kind: str, explained: dict[str, Any], shared: dict[str, str]) -> str:
        rows = []
        for key, means in explained["keys"].items():
            name = key.rstrip("*")
            rows.append((f"`{name}`" + (" (must stand)" if name != key else ""), means or shared[name]))
        article = "The" if kind == "file" else "An" if kind[0] in "ae" else "A"
        heading = "An entry of a list" if kind == "entry" else f"{article} {kind}"
        return f"## {heading}\n\n{explained['about']}\n\n" + table(("key", "meaning"), rows)

    # ---------------------------------------------------------------------------------------------- commands

    def commands(self) -> str:
        """The help of every command, as it prints."""
        from typer.main import get_command

        from bailiwick.cli import app

        found = self._helps(get_command(app), ("bailiwick",), None)
        return "\n\n".join(f"## {' '.join(path)}\n\n```text\n{text.rstrip()}\n```" for path, text in found)

    def _helps(
        self, command: Any, path: tuple[str, ...], parent: Any
    ) -> Iterator[tuple[tuple[str, ...], str]]:
        context = command.context_class(command, info_name=path[-1], parent=parent, terminal_width=WIDTH)
        yield path, command.get_help(context)
        for name in command.list_commands(context) if hasattr(command, "list_commands") else ():
            sub = command.get_command(context, name)
            if not sub.hidden:
                yield from self._helps(sub, (*path, name), context)

    # ----------------------------------------------------------------------------- the interface for programs

    def api(self) -> str:
        """Every operation of the interface, by what it is about, from its OpenAPI description."""
        import os

        import django
        from django.apps import apps

        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bailiwick.desk.settings")
        os.environ.setdefault("BAILIWICK_SECRET_KEY", "only to describe the interface")
        if not apps.ready:
            django.setup()
        from bailiwick.api.auth import needs
        from bailiwick.api.urls import api

        found = api.get_openapi_schema(path_prefix="/api/v1/")
        groups: dict[str, list[str]] = {}
        for path, operations in found["paths"].items():
            for method, operation in operations.items():
                text = self._operation(
                    f"{method.upper()} {path}", operation, needs(operation), found["components"]["schemas"]
                )
                groups.setdefault(operation["tags"][0], []).append(text)
        return "\n\n".join(
            f"## {name.capitalize()}\n\n" + "\n\n".join(texts) for name, texts in groups.items()
        )

    @staticmethod
    def _operation(title: str, operation: dict[str, Any], abilities: str, schemas: dict[str, Any]) -> str:
        out = [f"### `{title}`", f"{operation['summary']}. {operation['description']}"]
        rows = [
            (
                f"`{one['name']}`",
                one["in"],
                "must stand" if one.get("required") else "",
                one.get("description", ""),
            )
            for one in operation.get("parameters", ())
        ]
        body = (
            operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
        )
        shape = schemas.get(body.get("$ref", "").rpartition("/")[2], {})
        wanted = shape.get("required", [])
        rows += [
            (f"`{name}`", "body", "must stand" if name in wanted else "", "")
            for name in shape.get("properties", ())
        ]
        if rows:
            out.append(table(("name", "where", "", "meaning"), rows))
        answers = ", ".join(sorted(map(str, operation["responses"])))
        out.append(f"{f'Needs {abilities}. ' if abilities else 'Needs no token. '}Answers {answers}.")
        return "\n\n".join(out)

    # --------------------------------------------------------------------------------- places and the lawbook

    @cached_property
    def book(self) -> Lawbook:
        return Lawbook.load()

    @cached_property
    def files(self) -> list[LawFile]:
        return sorted(self.book.files.values(), key=lambda f: f.name)

    def places(self) -> str:
        """How many there are of each kind, and the cities by name."""
        kinds = Counter(p.kind for p in self.book.places)
        cities = code(p.path for p in self.book.places if p.kind == "city")
        return table(("kind", "places"), kinds.items(), right=(1,)) + f"\n\nCities: {cities}."

    def summary(self) -> str:
        """The lawbook in figures."""
        provisions = [p for f in self.files for p in f.provisions]
        standing = Counter(p.cite.standing for p in provisions)
        written, cases, generated = (sum(counts) for counts in zip(*self._examples.values(), strict=True))
        rows = [
            ("governments", len(self._laws)),
            ("court cases", len(self._courts)),
            ("bills never enacted", len(self._bills)),
            ("norms, duties and clocks", f"{len(provisions):,}"),
            ("of these: the primary text was read (`seen`)", f"{standing[Standing.SEEN]:,}"),
            ("of these: from a secondary source", f"{standing[Standing.SECONDARY]:,}"),
            ("of these: unverified (`memory`), all drafts", f"{standing[Standing.MEMORY]:,}"),
            (
                "drafts and open readings, which never decide",
                f"{sum(p.open is not None for p in provisions):,}",
            ),
            ("worked examples written from the text of the law", f"{written:,}"),
            ("the cases that these come to", f"{cases:,}"),
            ("cases generated to reach coverage", f"{generated:,}"),
            ("files that a named person answers for", sum(bool(f.checked.get("by")) for f in self.files)),
        ]
        return table(("in the lawbook", "number"), rows, right=(1,))

    @property
    def _laws(self) -> list[LawFile]:
        return [f for f in self.files if not f.proposal and not f.name.startswith("courts/")]

    @property
    def _courts(self) -> list[LawFile]:
        return [f for f in self.files if f.name.startswith("courts/")]

    @property
    def _bills(self) -> list[LawFile]:
        return [f for f in self.files if f.proposal]

    @cached_property
    def _examples(self) -> dict[str, tuple[int, int, int]]:
        """File stem -> examples written by hand, the cases they make, generated cases."""
        found, _, errors = load_examples(self.book)
        if errors:
            raise errors[0]
        written: dict[str, set[str]] = {}
        cases, generated = Counter[str](), Counter[str]()
        for example in found:
            if example.generated:
                generated[example.file] += 1
            else:
                cases[example.file] += 1
                written.setdefault(example.file, set()).add(example.where)
        return {s: (len(written.get(s, ())), cases[s], generated[s]) for s in sorted(cases | generated)}

    def governments(self) -> str:
        rows = ((f"`{f.name}`", f.title, *self._numbers(f)) for f in self._laws)
        return table(("place", "title", *COUNTED), rows, right=range(2, 8))

    def courts(self) -> str:
        rows = ((f.title, code(f.binds), *self._numbers(f)) for f in self._courts)
        return table(("case", "binds", *COUNTED), rows, right=range(2, 8))

    def bills(self) -> str:
        rows = ((f"`{f.name}`", f.title, *self._numbers(f)) for f in self._bills)
        return table(("bill", "title", *COUNTED), rows, right=range(2, 8))

    def _numbers(self, file: LawFile) -> tuple[Any, ...]:
        unsettled = sum(p.open is not None for p in file.provisions)
        written = self._examples.get(_stem(file), (0, 0, 0))[0]
        parts = (file.norms, file.duties, file.clocks, file.reports)
        return (*map(len, parts), unsettled, written, file.checked.get("on") or "not yet")

    def checked(self) -> str:
        """For every file: what was read, what never decides until settled, which points are open."""
        return "\n\n".join(self._checked(f) for f in (*self._laws, *self._courts, *self._bills))

    @staticmethod
    def _checked(file: LawFile) -> str:
        by = file.checked.get("by")
        against = cell(file.checked.get("against") or "nothing yet").rstrip(".")
        out = [f"### {file.title}", f"`law/{_stem(file)}.yaml`. Checked against: {against}."]
        if by:
            out[-1] += f" Answered for by {by}."
        unsettled = sorted({f"- `{p.id}`: {cell(p.open)}" for p in file.provisions if p.open})
        if unsettled:
            out += ["Never decides until settled:", "\n".join(unsettled)]
        points = [n for n in file.notes if n.kind in ("open", "interpretation")]
        if points:
            cites = [f" ({cell(n.cite.text)})" for n in points]
            lines = [f"- {cell(n.says)}{cite}" for n, cite in zip(points, cites, strict=True)]
            out += ["Open points:", "\n".join(lines)]
        return "\n\n".join(out)


def _stem(file: LawFile) -> str:
    return file.path.relative_to(LAW_DIRECTORY).as_posix().removesuffix(".yaml")


def pages() -> dict[Path, str]:
    """Every generated page, by path."""
    reference = Reference()

    def fill(marker: re.Match[str]) -> str:
        name, *arguments = marker[1].split()
        return str(getattr(reference, name)(*arguments))

    return {
        HERE / "reference" / path.name: HEAD
        + re.sub(r"\{\{ ([^}]+) \}\}", fill, path.read_text(encoding="utf-8"))
        for path in sorted((HERE / "sources").glob("*.md"))
    }


def main() -> None:
    written = pages()
    stale = [p for p, text in written.items() if not p.exists() or p.read_text(encoding="utf-8") != text]
    if "--check" in sys.argv[1:]:
        for path in stale:
            print(f"{path.relative_to(ROOT)}: out of date; run: make docs")
        sys.exit(1 if stale else 0)
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(written[path], encoding="utf-8")


if __name__ == "__main__":
    main()
