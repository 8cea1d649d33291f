"""The catalogue of the pages' words in another language, without any tool but Python.

    python tools/make_catalogue.py            look for words in the code and the templates, keep what is translated, write
                                              django.po (new ones without translation) and django.mo
    python tools/make_catalogue.py --check    say what is missing or stale, and end with 1 if anything is

The translator edits bailiwick/desk/locale/es/LC_MESSAGES/django.po and runs this again.
"""

from __future__ import annotations

import ast
import re
import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CODE = ("bailiwick/desk", "bailiwick/custody", "bailiwick/api")
#: Where `Refused` is raised.
REFUSING = ("bailiwick/custody", "bailiwick/papers", "bailiwick/desk", "bailiwick/api")
TEMPLATES = "bailiwick/desk/templates"
FOLDER = ROOT / "bailiwick" / "desk" / "locale" / "es" / "LC_MESSAGES"

#: Function of django.utils.translation to the places of context, singular and plural among its arguments.
FUNCTIONS: dict[str, tuple[int | None, int, int | None]] = {
    "gettext": (None, 0, None),
    "gettext_lazy": (None, 0, None),
    "gettext_noop": (None, 0, None),
    "ngettext": (None, 0, 1),
    "ngettext_lazy": (None, 0, 1),
    "pgettext": (0, 1, None),
    "pgettext_lazy": (0, 1, None),
}
HEADER = """Project-Id-Version: Bailiwick\\n
Language: es\\n
MIME-Version: 1.0\\n
Content-Type: text/plain; charset=UTF-8\\n
Content-Transfer-Encoding: 8bit\\n
Plural-Forms: nplurals=2; plural=(n != 1);\\n
X-State: machine-drafted; no named reviewer has signed it\\n"""


@dataclass(frozen=True, order=True)
class Words:
    """What is translated. `context` and `plural` are empty where there are none."""

    singular: str
    plural: str = ""
    context: str = ""


@dataclass
class Entry:
    """A translation: one text, or one for each number. Empty texts are not translated yet."""

    texts: list[str]
    where: list[str] = field(default_factory=list)


Catalogue = dict[Words, Entry]


# ------------------------------------------------------------------------------------------------- words in use


def in_code(path: Path) -> Iterator[Words]:
    """Words of one module: literal arguments of the functions of django.utils.translation, whatever they are called there."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
        if alias.name in FUNCTIONS
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        place = FUNCTIONS.get(names.get(called, ""))
        if place is None:
            continue
        texts = [
            a.value if isinstance(a, ast.Constant) and isinstance(a.value, str) else None for a in node.args
        ]
        context, one, many = (texts[at] if at is not None and at < len(texts) else "" for at in place)
        if one:
            yield Words(one, many or "", context or "")


_CALL = re.compile(
    r"\b(?P<name>gettext|ngettext|pgettext|npgettext|_)\(\s*(?P<args>(?:u?(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")\s*,?\s*)+)"
)


def in_template(path: Path) -> Iterator[Words]:
    """Words of one template: `translate` and `blocktranslate`."""
    from django.utils.translation.template import templatize

    text = templatize(path.read_text(encoding="utf-8"), origin=path.name)
    for found in _CALL.finditer(text):
        given = [
            ast.literal_eval(one)
            for one in re.findall(r"u?('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")", found["args"])
        ]
        if found["name"] == "ngettext":
            yield Words(given[0], given[1])
        elif found["name"] == "pgettext":
            yield Words(given[1], context=given[0])
        elif given[0]:
            yield Words(given[0])


def of_the_engine() -> Iterator[Words]:
    """Words that the engine keeps and the pages translate."""
    from bailiwick.engine import words
    from bailiwick.engine.change import fact_question
    from bailiwick.engine.facts import ACTION_MEANING, ACTION_SHORT, FACTS

    for table in (
        words.OUTCOME,
        words.DEED,
        words.EFFECT,
        words.STANDING,
        words.CUSTODIAN,
        ACTION_SHORT,
        ACTION_MEANING,
    ):
        yield from (Words(text) for text in table.values())
    yield Words(fact_question("charges"))
    for fact in FACTS.values():
        yield from (Words(text) for text in (fact.ask, fact.means, fact.known_by) if text)
        yield from (Words(words.value(fact.name, value)) for value in fact.values or ())
    yield from (Words(words.value("", value)) for value in (True, False, None, []))


def of_the_law() -> Iterator[Words]:
    """Sentences of the duties and clocks of the law files that come with Bailiwick: what is to be done, and within what time.
    What the law itself says (norms, concepts) stays in the language it was enacted in."""
    from bailiwick.engine.lawbook import LAW_DIRECTORY, Lawbook

    for file in Lawbook.load(LAW_DIRECTORY).files.values():
        for duty in file.duties:
            yield from (Words(text) for text in (duty.what, duty.within) if text)
        yield from (Words(clock.what) for clock in file.clocks)


def of_the_refusals() -> Iterator[Words]:
    """Sentences with which the services refuse: the templates that `Refused` is given, wherever that is."""
    from bailiwick.custody.errors import Edited

    yield Words(Edited.TEMPLATE)
    for folder in REFUSING:
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Refused":
                    template = node.args[0]
                    if not isinstance(template, ast.Constant) or not isinstance(template.value, str):
                        raise SystemExit(
                            f"{path}:{node.lineno}: expected Refused with a sentence as it is translated, found an "
                            "expression; give the values by name"
                        )
                    yield Words(template.value)


def of_the_models() -> Iterator[Words]:
    """Words of the choices that the pages show (`choices_of`, `choice_words`)."""
    from bailiwick.custody.models import CitizenClaim, Departure, Ground, Signature

    for kind in (CitizenClaim.Finding, Departure.Kind, Ground.Kind, Signature.Place):
        yield from (Words(str(label)) for label in kind.labels)


def in_use() -> dict[Words, list[str]]:
    """Every text that the pages translate, with the files it stands in."""
    found: dict[Words, list[str]] = {}
    files = [(p, in_code) for folder in CODE for p in sorted((ROOT / folder).rglob("*.py"))]
    files += [
        (p, in_template) for p in sorted((ROOT / TEMPLATES).rglob("*")) if p.suffix in (".html", ".txt")
    ]
    for path, read in files:
        for one in read(path):
            where = found.setdefault(one, [])
            name = path.relative_to(ROOT).as_posix()
            if name not in where:
                where.append(name)
    for one in of_the_engine():
        found.setdefault(one, ["bailiwick/engine"])
    for one in of_the_law():
        found.setdefault(one, ["bailiwick/law"])
    for one in of_the_models():
        found.setdefault(one, ["bailiwick/custody/models"])
    for one in of_the_refusals():
        found.setdefault(one, ["bailiwick/custody"])
    return found


# --------------------------------------------------------------------------------------------------------- files


def read_po(path: Path) -> Catalogue:
    """A catalogue in the form of GNU gettext."""
    catalogue: Catalogue = {}
    for block in re.split(r"\n\s*\n", path.read_text(encoding="utf-8")) if path.exists() else []:
        texts: dict[str, str] = {}
        key = ""
        for line in block.splitlines():
            if found := re.match(r'(msgctxt|msgid_plural|msgid|msgstr(?:\[\d\])?)\s+(".*")$', line):
                key = found[1]
                texts[key] = _unquote(found[2])
            elif line.startswith('"') and key:
                texts[key] += _unquote(line)
        if texts.get("msgid"):
            words = Words(texts["msgid"], texts.get("msgid_plural", ""), texts.get("msgctxt", ""))
            names = ("msgstr[0]", "msgstr[1]") if words.plural else ("msgstr",)
            catalogue[words] = Entry([texts.get(name, "") for name in names])
    return catalogue


def write_po(path: Path, catalogue: Catalogue) -> None:
    lines = [
        "# Spanish of the pages. Machine-drafted: no named reviewer has signed it.",
        'msgid ""',
        'msgstr ""',
    ]
    lines += [f'"{line}"' for line in HEADER.split("\n")]
    for words, entry in sorted(catalogue.items()):
        lines += ["", *(f"#: {name}" for name in entry.where)]
        lines += [f"msgctxt {_quote(words.context)}"] if words.context else []
        lines.append(f"msgid {_quote(words.singular)}")
        if words.plural:
            lines.append(f"msgid_plural {_quote(words.plural)}")
            lines += [f"msgstr[{n}] {_quote(text)}" for n, text in enumerate(entry.texts)]
        else:
            lines.append(f"msgstr {_quote(entry.texts[0])}")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def mo(catalogue: Catalogue) -> bytes:
    """The catalogue as programs read it (GNU MO): texts that are not translated are left out."""
    pairs = {b"": HEADER.replace("\\n\n", "\n").replace("\\n", "\n").encode()}
    for words, entry in catalogue.items():
        if all(entry.texts):
            key = f"{words.context}\x04{words.singular}" if words.context else words.singular
            key = f"{key}\x00{words.plural}" if words.plural else key
            pairs[key.encode()] = "\x00".join(entry.texts).encode()
    keys = sorted(pairs)
    start = 7 * 4 + 16 * len(keys)
    table, body = [], b""
    for texts in (keys, [pairs[key] for key in keys]):
        for text in texts:
            table.append(struct.pack("<II", len(text), start + len(body)))
            body += text + b"\x00"
    head = struct.pack("<7I", 0x950412DE, 0, len(keys), 28, 28 + 8 * len(keys), 0, start)
    return head + b"".join(table) + body


def _quote(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def _unquote(text: str) -> str:
    return re.sub(r"\\(.)", lambda found: {"n": "\n"}.get(found[1], found[1]), text[1:-1])


def merged(old: Catalogue, used: dict[Words, list[str]]) -> Catalogue:
    """Every text in use, with its translation where there is one."""
    return {
        words: Entry(old[words].texts if words in old else [""] * (2 if words.plural else 1), where)
        for words, where in used.items()
    }


def main() -> int:
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bailiwick.desk.settings")
    os.environ.setdefault("BAILIWICK_SECRET_KEY", "only to read templates")
    sys.path.insert(0, str(ROOT))
    import django

    django.setup()
    po, binary = FOLDER / "django.po", FOLDER / "django.mo"
    catalogue = merged(read_po(po), in_use())
    missing = sorted(words.singular for words, entry in catalogue.items() if not all(entry.texts))
    if "--check" in sys.argv:
        stale = not binary.exists() or binary.read_bytes() != mo(read_po(po))
        for text in missing:
            print(f"no translation: {text}")
        if stale:
            print("django.mo is stale: run python tools/make_catalogue.py")
        return 1 if missing or stale else 0
    write_po(po, catalogue)
    binary.write_bytes(mo(catalogue))
    print(f"{len(catalogue)} texts, {len(missing)} without translation")
    return 0


if __name__ == "__main__":
    sys.exit(main())
