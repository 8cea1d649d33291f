"""All law files: load, check, and answer "what is in force at this place and time?".

The files are data (``bailiwick/law``); their form is described in ``docs/reference/law-files.md``. Whatever is wrong in a file
is one LawError: file, line, what was found, what was expected.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from bailiwick.engine.clock import Holidays
from bailiwick.engine.condition import TRUE, Concept, ConditionError, Named, Names, Node, parse, walk
from bailiwick.engine.facts import ACTIONS, CHARGE_FACTS, CUSTODIANS, FACTS, LEVELS, Type, nearest
from bailiwick.engine.norm import Citation, Clock, Duty, Effect, Norm, Note, Provision, Report, Span, Standing
from bailiwick.engine.places import Places, load_places
from bailiwick.engine.statute import Codes, OffenceList, Truth, read_entries

LAW_DIRECTORY = Path(__file__).resolve().parent.parent / "law"


class LawError(ValueError):
    """A law file that cannot be taken. ``where`` is file:line."""

    def __init__(self, where: str, message: str) -> None:
        super().__init__(f"{where}: {' '.join(message.split())}")
        self.where = where


@dataclass(slots=True)
class Fill:
    """A fact the record leaves blank that the law, or a cited circumstance, settles."""

    fact: str
    cite: Citation
    node: Node
    text: str


@dataclass(slots=True)
class LawFile:
    """One file: the law of one government, the holdings of one court case, or one proposal."""

    name: str
    path: Path
    title: str
    binds: tuple[str, ...]
    checked: dict[str, Any]
    proposal: str | None = None
    concepts: dict[str, Concept] = field(default_factory=dict)
    lists: dict[str, OffenceList] = field(default_factory=dict)
    fills: dict[str, Fill] = field(default_factory=dict)
    norms: list[Norm] = field(default_factory=list)
    duties: list[Duty] = field(default_factory=list)
    clocks: list[Clock] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    forms: list[dict[str, Any]] = field(default_factory=list)

    @property
    def provisions(self) -> Iterator[Provision]:
        yield from self.norms
        yield from self.duties
        yield from self.clocks


@dataclass(frozen=True, slots=True)
class InForce:
    """The law in force at one place on one day, most local file last."""

    norms: tuple[Norm, ...]
    duties: tuple[Duty, ...]
    clocks: tuple[Clock, ...]


class Lawbook:
    """Every law file, checked.

    Attributes:
        files: by name (``us/ca``, ``courts/lunn``, ``us/ca:ab-2641``).
        version: ``sha256:…`` over every file.
    """

    def __init__(
        self,
        directory: Path,
        files: dict[str, LawFile],
        version: str,
        codes: Codes,
        places: Places,
        holidays: Holidays,
    ) -> None:
        self.directory = directory
        self.files = files
        self.version = version
        self.codes = codes
        self.places = places
        self.holidays = holidays
        self.lists: dict[str, OffenceList] = {k: v for f in files.values() for k, v in f.lists.items()}
        self.proposals = tuple(n for n, f in files.items() if f.proposal)
        self._areas: dict[str, tuple[str, ...]] = {}
        self._in_force: dict[tuple[tuple[str, ...], int], InForce] = {}
        self._boundaries: dict[tuple[str, ...], list[date]] = {}
        self._membership: dict[tuple[str, str, str, str | None, str | None], Truth] = {}

    @classmethod
    def load(cls, directory: Path | None = None) -> Lawbook:
        """Read every law file under a directory (the one that ships with Bailiwick by default).

        Raises LawError at the first thing wrong.
        """
        book, errors = cls.examine(directory)
        if errors or book is None:
            raise errors[0]
        return book

    @classmethod
    def examine(cls, directory: Path | None = None) -> tuple[Lawbook | None, list[LawError]]:
        """Read every law file and go on past what is wrong: the lawbook without it, and every error found."""
        loader = _Loader(directory or LAW_DIRECTORY)
        book = loader.load()
        return book, loader.errors

    # ------------------------------------------------------------------------------------------------- what is in force

    def area(self, place: str, proposals: Iterable[str] = ()) -> tuple[str, ...]:
        """Names of the files whose law applies at a place, nation first, proposals last."""
        if place not in self._areas:
            applicable = [
                f for f in self.files.values() if not f.proposal and any(_binds(b, place) for b in f.binds)
            ]
            applicable.sort(key=lambda f: (f.name.startswith("courts/"), f.name.count("/"), f.name))
            self._areas[place] = tuple(f.name for f in applicable)
        wanted = tuple(dict.fromkeys(proposals))
        for name in wanted:
            if name not in self.proposals:
                raise ValueError(f"unknown proposal '{name}'{nearest(name, self.proposals)}")
        return self._areas[place] + tuple(
            n for n in wanted if any(_binds(b, place) for b in self.files[n].binds)
        )

    def boundaries(self, area: tuple[str, ...]) -> list[date]:
        """The days on which the law of an area changes, in order."""
        if area not in self._boundaries:
            spans = [p.span for name in area for p in self.files[name].provisions]
            self._boundaries[area] = sorted({d for s in spans for d in (s.start, s.end) if d is not None})
        return self._boundaries[area]

    def in_force(self, area: tuple[str, ...], day: date) -> InForce:
        """What is in force in an area on a local day. Cached by the interval between two changes of law."""
        from bisect import bisect_right

        interval = bisect_right(self.boundaries(area), day)
        found = self._in_force.get((area, interval))
        if found is None:
            files = [self.files[name] for name in area]
            found = InForce(
                tuple(n for f in files for n in f.norms if day in n.span),
                tuple(d for f in files for d in f.duties if day in d.span),
                tuple(c for f in files for c in f.clocks if day in c.span),
            )
            self._in_force[(area, interval)] = found
        return found

    def member(self, list_id: str, state: str, charge: Mapping[str, Any]) -> Truth:
        """Whether the offence of a charge stands in a list. ``state``: where citations are read (``us/ca``)."""
        statute, system, code = charge.get("statute"), charge.get("code_system"), charge.get("code")
        if statute is None and code is None:
            return None
        key = (list_id, state, statute or "", system, code)
        if key not in self._membership:
            if len(self._membership) > 200_000:
                self._membership.clear()
            self._membership[key] = self._member(self.lists[list_id], state, statute, system, code)
        return self._membership[key]

    def _member(
        self, offences: OffenceList, state: str, statute: str | None, system: str | None, code: str | None
    ) -> Truth:
        if code is not None and system in offences.codes and code in offences.codes[system]:
            return True
        if statute is not None:
            return offences.contains(self.codes.read(statute, state))
        if system in offences.codes and offences.exhaustive:
            return False
        return None

    @property
    def norms(self) -> Iterator[Norm]:
        for file in self.files.values():
            yield from file.norms


def _binds(bound: str, place: str) -> bool:
    return place == bound or place.startswith(bound + "/")


@lru_cache(maxsize=1)
def default_lawbook() -> Lawbook:
    """The lawbook that ships with Bailiwick, loaded once."""
    return Lawbook.load()


# -------------------------------------------------------------------------------------------------------------- loading

_KEYS: dict[str, set[str]] = {
    "file": {
        "place",
        "court",
        "binds",
        "proposal",
        "title",
        "checked",
        "concepts",
        "lists",
        "fills",
        "norms",
        "duties",
        "clocks",
        "reports",
        "notes",
        "holidays",
        "forms",
        "level",
    },
    "concept": {"says", "when"},
    "list": {"title", "cite", "standing", "code", "exhaustive", "elsewhere", "attempts", "entries", "note"},
    "entry": {"sections", "code", "codes", "note"},
    "fill": {"fact", "when", "cite", "standing", "note"},
    "norm": {
        "id",
        "action",
        "effect",
        "custodian",
        "given",
        "when",
        "unless",
        "standard",
        "preempts",
        "overrides",
        "says",
        "cite",
        "standing",
        "draft",
        "interpretation",
        "chosen_by",
        "level",
        "note",
        "from",
        "to",
    },
    "duty": {
        "id",
        "what",
        "to",
        "within",
        "clock",
        "custodian",
        "given",
        "when",
        "unless",
        "says",
        "cite",
        "standing",
        "draft",
        "interpretation",
        "chosen_by",
        "note",
        "from",
        "ends",
    },
    "clock": {
        "id",
        "what",
        "start",
        "length",
        "until",
        "calendar",
        "custodian",
        "given",
        "when",
        "unless",
        "says",
        "cite",
        "standing",
        "draft",
        "interpretation",
        "chosen_by",
        "note",
        "from",
        "to",
    },
    "report": {
        "id",
        "what",
        "by",
        "to",
        "every",
        "due",
        "items",
        "cite",
        "standing",
        "draft",
        "interpretation",
        "note",
        "from",
        "ends",
        "says",
    },
    "note": {"id", "kind", "says", "cite", "standing"},
    "form": {"form", "asks", "hold", "life", "standing", "cite", "note"},
}
_LISTS = {
    "binds",
    "fills",
    "norms",
    "duties",
    "clocks",
    "reports",
    "notes",
    "holidays",
    "forms",
    "attempts",
    "entries",
    "items",
}
_MAPPINGS = {"checked", "concepts", "lists", "codes"}
_TEXTS_OR_TEXT = {"custodian", "action", "overrides"}
_FLAGS = {"exhaustive", "draft", "preempts"}
_ROWS = ("fills", "norms", "duties", "clocks", "reports", "notes", "holidays", "forms")
_FREE = {
    "from",
    "to",
    "ends",
    "sections",
    "hold",
    "due",
    "every",
    "life",
    "when",
    "given",
    "unless",
}
_NOTE_KINDS = ("remedy", "scope", "history", "open", "interpretation")
_ID = re.compile(r"[a-z0-9][a-z0-9./-]*")
_NOT_LAW = (".examples.yaml", ".coverage.yaml")


class _Map(dict[str, Any]):
    """A mapping of a law file that remembers its lines."""

    __slots__ = ("line", "lines")

    def __init__(self) -> None:
        super().__init__()
        self.line = 0
        self.lines: dict[str, int] = {}


_YamlLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(path: Path, shown: str) -> Any:
    """A YAML file as dicts that know their lines. Raises LawError for a tab, a repeated key, or anything YAML rejects."""
    return parse_yaml(path.read_bytes(), shown)


def parse_yaml(content: bytes, shown: str) -> Any:
    """YAML text as dicts that know their lines; ``shown`` names it in errors."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise LawError(shown, f"not UTF-8 text (byte {error.start})") from None
    if "\t" in text:
        line = text[: text.index("\t")].count("\n") + 1
        raise LawError(f"{shown}:{line}", "a tab; YAML is indented with spaces")
    loader = _YamlLoader(text)
    try:
        node = loader.get_single_node()
        return _plain(loader, node, shown) if node is not None else None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise LawError(f"{shown}:{mark.line + 1 if mark else 1}", f"not YAML: {error.problem}") from None
    finally:
        loader.dispose()


def _plain(loader: Any, node: yaml.Node, shown: str) -> Any:
    if isinstance(node, yaml.MappingNode):
        out = _Map()
        out.line = node.start_mark.line + 1
        for key_node, value_node in node.value:
            key = str(key_node.value)  # as written: YAML 1.1 would read a key `on` as true
            line = key_node.start_mark.line + 1
            if key in out:
                raise LawError(f"{shown}:{line}", f"'{key}' stands twice")
            out.lines[key] = line
            out[key] = _plain(loader, value_node, shown)
        return out
    if isinstance(node, yaml.SequenceNode):
        return [_plain(loader, item, shown) for item in node.value]
    try:
        value = loader.construct_object(node)
    except ValueError as error:
        raise LawError(f"{shown}:{node.start_mark.line + 1}", f"'{node.value}': {error}") from None
    if type(value) in (int, float) and str(value) != node.value:  # 130.50 would become 130.5, and 0777 511
        raise LawError(
            f"{shown}:{node.start_mark.line + 1}", f"'{node.value}' would be read as {value}: quote it"
        )
    return value


def _wrong_kind(kind: str, key: str, value: Any) -> str:
    """What is wrong with the kind of a value, or the empty string."""
    if value is None:
        return ""
    if key in _LISTS and not isinstance(value, list):
        return f"expected a list, found {value!r}"
    if key in _MAPPINGS and not isinstance(value, _Map):
        return f"expected a mapping, found {value!r}"
    texts = value if isinstance(value, list) else [value]
    if key in _TEXTS_OR_TEXT and not all(isinstance(v, str) for v in texts):
        return f"expected text or a list of texts, found {value!r}"
    if key in _FLAGS and not isinstance(value, bool):
        return f"expected true or false, found {value!r}"
    known = key in _LISTS | _MAPPINGS | _TEXTS_OR_TEXT | _FLAGS | _FREE or (kind, key) == ("clock", "until")
    if not known and not isinstance(value, str):
        return f"expected text, found {value!r} (quote it)"
    if isinstance(value, dict | list) and key in _FREE:
        return f"expected one value, found {value!r}"
    return ""


class _Loader:
    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.places = load_places()
        self.raw: dict[str, _Map] = {}
        self.files: dict[str, LawFile] = {}
        self.errors: list[LawError] = []

    def attempt(self, step: Callable[..., object], *args: Any) -> None:
        """Do a step; keep what is wrong with it and go on."""
        try:
            step(*args)
        except LawError as error:
            self.errors.append(error)

    def load(self) -> Lawbook | None:
        digest = hashlib.sha256()
        if not self.directory.is_dir():
            self.errors.append(LawError(str(self.directory), "no such directory of law files"))
            return None
        codes_path = self.directory / "codes.yaml"
        codes_at = codes_path if codes_path.exists() else LAW_DIRECTORY / "codes.yaml"
        self.codes = Codes(read_yaml(codes_at, "law/codes.yaml"))
        for path in sorted(self.directory.rglob("*.yaml")):
            if path.name.endswith(_NOT_LAW):
                continue
            content = path.read_bytes()
            relative = path.relative_to(self.directory).as_posix()
            digest.update(relative.encode() + b"\0" + content + b"\0")
            if path.name != "codes.yaml":
                self.attempt(self.head, path, relative, content)
        if not self.files:
            self.errors.append(LawError(str(self.directory), "no law files here"))
            return None
        order = sorted(
            self.files,
            key=lambda n: (
                self.files[n].name.startswith("courts/"),
                len(self.files[n].binds[0].split("/")),
                bool(self.files[n].proposal),
            ),
        )
        for name in order:
            self.attempt(self.lists, self.files[name])
        self.all_lists = {k: v for f in self.files.values() for k, v in f.lists.items()}
        for name in order:
            self.attempt(self.names, self.files[name])
        for name in order:
            self.body(self.files[name])
        self.cross_checks()
        try:
            holidays = Holidays.from_rules(self.holiday_rules())
        except ValueError as error:
            self.errors.append(LawError("law/us.yaml", str(error)))
            holidays = Holidays.from_rules([])
        return Lawbook(
            self.directory, self.files, f"sha256:{digest.hexdigest()}", self.codes, self.places, holidays
        )

    # ---------------------------------------------------------------------------------------------------------- helpers

    def fail(self, file: LawFile, line: int, message: str) -> LawError:
        return LawError(f"{self.shown(file)}:{line}", message)

    def shown(self, file: LawFile) -> str:
        return f"law/{file.path.relative_to(self.directory).as_posix()}"

    def keys(self, where: str, kind: str, row: Any) -> _Map:
        if not isinstance(row, _Map):
            raise LawError(where, f"expected a mapping for a {kind}, found {type(row).__name__}")
        for key in row:
            if key not in _KEYS[kind]:
                raise LawError(
                    f"{where.split(':')[0]}:{row.lines[key]}",
                    f"unknown key '{key}' in a {kind}{nearest(key, _KEYS[kind])}",
                )
            wrong = _wrong_kind(kind, key, row[key])
            if wrong:
                raise LawError(f"{where.split(':')[0]}:{row.lines[key]}", f"'{key}' of a {kind}: {wrong}")
        return row

    def need(self, file: LawFile, row: _Map, key: str, kind: str) -> Any:
        if row.get(key) in (None, ""):
            name = f" '{row['id']}'" if row.get("id") else ""
            raise self.fail(file, row.line, f"{kind}{name} without '{key}'")
        return row[key]

    def line(self, row: _Map, key: str) -> int:
        return row.lines.get(key, row.line)

    # ------------------------------------------------------------------------------------------------------------ parts

    def head(self, path: Path, relative: str, content: bytes) -> None:
        shown = f"law/{relative}"
        raw = parse_yaml(content, shown)
        if not isinstance(raw, _Map):
            raise LawError(f"{shown}:1", "empty law file; expected 'place:' and 'title:'")
        self.keys(f"{shown}:1", "file", raw)
        for key in _ROWS:
            for row in raw.get(key) or []:
                if not isinstance(row, _Map):
                    raise LawError(f"{shown}:{raw.lines[key]}", f"'{key}': expected a mapping, found {row!r}")
        stem = relative.removesuffix(".yaml")
        if "court" in raw:
            name, binds = f"courts/{raw['court']}", tuple(raw.get("binds") or ())
            if stem != name or not binds:
                raise LawError(
                    f"{shown}:1", f"a court file stands under law/{name}.yaml and says which places it binds"
                )
        elif "place" in raw:
            place = raw["place"]
            # a city that lies over several counties binds the custodians there too
            binds = (place, *(raw.get("binds") or ()))
            if raw.get("proposal"):
                name, expected = f"{place}:{raw['proposal']}", f"{place}/proposals/{raw['proposal']}"
            else:
                name, expected = place, place
            if stem != expected:
                raise LawError(
                    f"{shown}:{raw.lines['place']}", f"the law of '{place}' stands under law/{expected}.yaml"
                )
        else:
            raise LawError(f"{shown}:1", "neither 'place' nor 'court'")
        for bound in binds:
            try:
                canonical = self.places.get(bound).path
            except ValueError as error:
                raise LawError(
                    f"{shown}:{raw.lines.get('binds', raw.lines.get('place', 1))}", str(error)
                ) from None
            if canonical != bound:
                raise LawError(f"{shown}:1", f"'{bound}' is written '{canonical}'")
        if not raw.get("title"):
            raise LawError(f"{shown}:1", "no 'title'")
        file = LawFile(name, path, raw["title"], binds, dict(raw.get("checked") or {}), raw.get("proposal"))
        file.forms = [dict(self.keys(f"{shown}:{r.line}", "form", r)) for r in raw.get("forms") or []]
        self.files[name] = file
        self.raw[name] = raw

    def lists(self, file: LawFile) -> None:
        for list_id, row in (self.raw[file.name].get("lists") or {}).items():
            where = f"{self.shown(file)}:{row.line if isinstance(row, _Map) else 1}"
            self.keys(where, "list", row)
            for other in self.files.values():
                if list_id in other.lists:
                    raise LawError(where, f"list '{list_id}' stands in {self.shown(other)} too")
            cite = self.cite(file, row, f"list '{list_id}'")
            self.need(file, row, "title", f"list '{list_id}'")
            if row.get("elsewhere", "unknown") not in ("unknown", "no"):
                raise LawError(where, f"elsewhere: '{row['elsewhere']}'; expected unknown or no")
            offences = OffenceList(
                id=list_id,
                file=file.name,
                title=row["title"],
                cite=cite.text,
                standing=cite.standing,
                state="",
                exhaustive=bool(row.get("exhaustive", False)),
                elsewhere=row.get("elsewhere", "unknown"),
                entries=[],
                attempts=frozenset(str(a) for a in row.get("attempts") or ()),
            )
            try:
                default = self.codes.find(row["code"]) if row.get("code") else None
                for entry in self.need(file, row, "entries", f"list '{list_id}'"):
                    where = f"{self.shown(file)}:{entry.line if isinstance(entry, _Map) else row.line}"
                    self.keys(where, "entry", entry)
                    code = self.codes.find(entry["code"]) if entry.get("code") else default
                    if not entry.get("sections") and not entry.get("codes"):
                        raise ValueError("an entry without 'sections' and 'codes'")
                    if "sections" in entry:
                        if code is None:
                            raise ValueError("no 'code' for these sections")
                        offences.entries.extend(read_entries(str(entry["sections"]), code))
                    for system, values in (entry.get("codes") or {}).items():
                        if not isinstance(values, list) or not all(isinstance(v, str) for v in values):
                            raise ValueError(
                                f"codes of '{system}': expected a list of texts, found {values!r}"
                            )
                        offences.codes[system] = offences.codes.get(system, frozenset()) | set(values)
            except ValueError as error:
                raise LawError(where, str(error)) from None
            first = default or (offences.entries[0].code if offences.entries else None)
            offences.state = first.state if first else file.binds[0]
            file.lists[list_id] = offences

    def chain(self, file: LawFile) -> list[LawFile]:
        """Files whose concepts and fills this one sees: those of every prefix of its place, and itself."""
        place = "us" if file.name.startswith("courts/") and len(file.binds) > 1 else file.binds[0]
        prefixes = self.places.prefixes(place)
        seen = [self.files[p] for p in prefixes if p in self.files]
        return seen if file in seen else [*seen, file]

    def scope(self, file: LawFile) -> Names:
        concepts: dict[str, Concept] = {}
        fills: dict[str, Node] = {}
        for part in self.chain(file):
            concepts |= part.concepts
            fills |= {name: fill.node for name, fill in part.fills.items()}
        return Names(concepts, self.all_lists, fills)

    def names(self, file: LawFile) -> None:
        """Concepts (in any order; a cycle is an error), then fills."""
        raw = self.raw[file.name]
        rows = raw.get("concepts") or _Map()
        inherited = self.scope(file)
        for name, row in rows.items():
            self.keys(f"{self.shown(file)}:{rows.lines[name]}", "concept", row)
            if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or name in (*FACTS, *CHARGE_FACTS, "at"):
                raise self.fail(
                    file, rows.lines[name], f"'{name}' cannot name a concept (lower_case_words, not a fact)"
                )
            if name in inherited.concepts:
                other = inherited.concepts[name].file
                raise self.fail(file, rows.lines[name], f"concept '{name}' stands in '{other}' already")
            for key in ("says", "when"):
                if not row.get(key):
                    raise self.fail(file, rows.lines[name], f"concept '{name}' without '{key}'")
            file.concepts[name] = Concept(name, file.name, row["says"], str(row["when"]).strip())
        self.read_fills(file, raw)
        done: set[str] = set()

        def read(name: str, trail: tuple[str, ...]) -> None:
            if name in done:
                return
            if name in trail:
                cycle = " -> ".join((*trail[trail.index(name) :], name))
                raise self.fail(file, rows.lines[name], f"a cycle of concepts: {cycle}")
            concept = file.concepts[name]
            for word in set(re.findall(r"[a-z_][a-z0-9_.]*", re.sub(r"'[^']*'", "", concept.text))):
                if word in file.concepts:
                    read(word, (*trail, name))
            line = rows[name].lines.get("when", rows.lines[name])
            concept.tree, concept.of_charge = self.condition(file, concept.text, line, in_concept=True)
            done.add(name)

        for name in file.concepts:
            read(name, ())

    def read_fills(self, file: LawFile, raw: _Map) -> None:
        for row in raw.get("fills") or []:
            self.keys(f"{self.shown(file)}:{row.line}", "fill", row)
            name = self.need(file, row, "fact", "fill")
            if name not in FACTS or FACTS[name].type is not Type.BOOLEAN:
                raise self.fail(
                    file,
                    self.line(row, "fact"),
                    f"fill of '{name}': expected a boolean fact{nearest(name, FACTS)}",
                )
            text = str(self.need(file, row, "when", "fill")).strip()
            scope = self.scope(file)
            try:
                node, _ = parse(text, Names(scope.concepts, scope.lists, {}), in_charge=FACTS[name].of_charge)
            except ConditionError as error:
                raise self.fail(file, self.line(row, "when"), str(error)) from None
            file.fills[name] = Fill(name, self.cite(file, row, f"fill of '{name}'"), node, text)

    def condition(
        self, file: LawFile, text: str, line: int, *, in_concept: bool = False
    ) -> tuple[Node, bool]:
        try:
            node, of_charge = parse(text, self.scope(file))
        except ConditionError as error:
            raise self.fail(file, line, str(error)) from None
        if of_charge and not in_concept:
            raise self.fail(file, line, f"'{text}': a field of a charge stands outside any_charge(...)")
        return node, of_charge

    def cite(self, file: LawFile, row: _Map, kind: str) -> Citation:
        if row.get("cite") in (None, ""):
            raise self.fail(file, row.line, f"{kind} without a citation ('cite')")
        return Citation(str(row["cite"]), self.standing(file, row, kind))

    def standing(self, file: LawFile, row: _Map, kind: str) -> Standing:
        standing = row.get("standing")
        if standing not in list(Standing):
            raise self.fail(
                file,
                self.line(row, "standing"),
                f"{kind}: standing '{standing}'; expected seen, secondary or memory",
            )
        return Standing(standing)

    def span(self, file: LawFile, row: _Map, end_key: str) -> Span:
        days = []
        for key in ("from", end_key):
            value = row.get(key)
            if isinstance(value, str):
                try:
                    value = date.fromisoformat(value)
                except ValueError:
                    raise self.fail(
                        file, self.line(row, key), f"{key}: '{value}' is not a date like 2018-01-04"
                    ) from None
            if value is not None and type(value) is not date:
                raise self.fail(
                    file, self.line(row, key), f"{key}: expected a date like 2018-01-04, found {value!r}"
                )
            days.append(value)
        start, end = days
        if start is None and not file.proposal:
            raise self.fail(file, row.line, f"'{row.get('id')}' without 'from'")
        if file.proposal and (start or end):
            raise self.fail(file, row.line, "a proposal was never in force: no 'from' or 'to'")
        if start and end and end <= start:
            raise self.fail(file, row.line, f"'{row.get('id')}' ends ({end}) before it starts ({start})")
        return Span(start, end)

    def body(self, file: LawFile) -> None:
        raw = self.raw[file.name]
        default_level = raw.get("level") or self.default_level(file)
        for row in raw.get("norms") or []:
            self.attempt(lambda row: file.norms.append(self.norm(file, row, default_level)), row)
        for row in raw.get("duties") or []:
            self.attempt(lambda row: file.duties.append(self.duty(file, row)), row)
        for row in raw.get("clocks") or []:
            self.attempt(lambda row: file.clocks.append(self.clock(file, row)), row)
        for row in raw.get("reports") or []:
            self.attempt(lambda row: file.reports.append(self.report(file, row)), row)
        for row in raw.get("notes") or []:
            self.attempt(lambda row: file.notes.append(self.note(file, row)), row)

    def duty(self, file: LawFile, row: Any) -> Duty:
        common = self.common(file, row, "duty", "ends")
        return Duty(
            **common,
            what=self.need(file, row, "what", "duty"),
            to=row.get("to") or "person",
            within=row.get("within") or "",
            clock=self.full(file, row.get("clock") or ""),
        )

    def report(self, file: LawFile, row: Any) -> Report:
        self.keys(f"{self.shown(file)}:{row.line}", "report", row)
        cite = self.cite(file, row, "report")
        return Report(
            id=self.full(file, self.need(file, row, "id", "report")),
            file=file.name,
            line=row.line,
            what=self.need(file, row, "what", "report"),
            by=row.get("by") or "",
            to=row.get("to") or "",
            due=str(row.get("due") or ""),
            every=str(row.get("every") or ""),
            items=tuple(str(i) for i in row.get("items") or ()),
            cite=cite,
            span=self.span(file, row, "ends"),
            open=self.open(file, row, cite.standing),
        )

    def note(self, file: LawFile, row: Any) -> Note:
        self.keys(f"{self.shown(file)}:{row.line}", "note", row)
        if row.get("kind") not in _NOTE_KINDS:
            raise self.fail(
                file,
                self.line(row, "kind"),
                f"kind '{row.get('kind')}' of a note; expected {', '.join(_NOTE_KINDS)}",
            )
        cite = Citation(str(row.get("cite") or "none"), self.standing(file, row, "note"))
        return Note(
            id=self.full(file, self.need(file, row, "id", "note")),
            file=file.name,
            kind=row["kind"],
            says=self.need(file, row, "says", "note"),
            cite=cite,
        )

    def default_level(self, file: LawFile) -> str:
        if file.name.startswith("courts/"):
            return "constitution"
        return ("federal", "state", "local")[min(file.binds[0].count("/"), 2)]

    def full(self, file: LawFile, short: str) -> str:
        return (
            short if ":" in short or not short else f"{file.binds[0] if file.proposal else file.name}:{short}"
        )

    def open(self, file: LawFile, row: _Map, standing: Standing) -> str | None:
        if standing is Standing.MEMORY and not row.get("draft"):
            raise self.fail(
                file,
                row.line,
                f"'{row.get('id')}' is from memory: it must be 'draft: true' until the text is read",
            )
        if row.get("interpretation") and not row.get("chosen_by"):
            return f"interpretation: {str(row['interpretation']).strip()}"
        return "draft: the text has not been verified" if row.get("draft") else None

    def common(self, file: LawFile, row: Any, kind: str, end_key: str) -> dict[str, Any]:
        where = f"{self.shown(file)}:{row.line if isinstance(row, _Map) else 1}"
        self.keys(where, kind, row)
        short = str(self.need(file, row, "id", kind))
        if not _ID.fullmatch(short):
            raise self.fail(
                file,
                self.line(row, "id"),
                f"id '{short}': expected lower-case words, digits, '-', '.' and '/'",
            )
        if file.proposal and not short.startswith(f"{file.proposal}/"):
            raise self.fail(
                file, self.line(row, "id"), f"id '{short}' of a proposal starts with '{file.proposal}/'"
            )
        cite = self.cite(file, row, f"{kind} '{short}'")
        custodians = row.get("custodian") or ()
        custodians = (custodians,) if isinstance(custodians, str) else tuple(custodians)
        for custodian in custodians:
            if custodian not in CUSTODIANS:
                raise self.fail(
                    file,
                    self.line(row, "custodian"),
                    f"unknown custodian '{custodian}'{nearest(custodian, CUSTODIANS)}",
                )
        texts, nodes = {}, {}
        for key in ("given", "when", "unless"):
            if row.get(key) is not None:
                value = row[key]
                texts[key] = str(value).strip() if not isinstance(value, bool) else str(value).upper()
                nodes[key], _ = self.condition(file, texts[key], self.line(row, key))
        return {
            "id": self.full(file, short),
            "file": file.name,
            "line": row.line,
            "binds": file.binds,
            "cite": cite,
            "span": self.span(file, row, end_key),
            "custodians": custodians,
            "given": nodes.get("given", TRUE),
            "when": nodes.get("when", TRUE),
            "unless": nodes.get("unless"),
            "texts": texts,
            "proposal": file.name if file.proposal else None,
            "open": self.open(file, row, cite.standing),
            "note": str(row.get("note") or "").strip(),
        }

    def norm(self, file: LawFile, row: Any, default_level: str) -> Norm:
        common = self.common(file, row, "norm", "to")
        actions = row.get("action") or ()
        actions = (actions,) if isinstance(actions, str) else tuple(actions)
        if not actions:
            raise self.fail(file, row.line, f"norm '{row['id']}' without 'action'")
        for action in actions:
            if action not in ACTIONS:
                raise self.fail(
                    file, self.line(row, "action"), f"unknown action '{action}'{nearest(action, ACTIONS)}"
                )
        effect = row.get("effect")
        if effect not in list(Effect):
            raise self.fail(
                file,
                self.line(row, "effect"),
                f"effect '{effect}'; expected require, permit, forbid or only_if",
            )
        level = row.get("level") or default_level
        if level not in LEVELS:
            raise self.fail(file, self.line(row, "level"), f"unknown level '{level}'{nearest(level, LEVELS)}")
        if row.get("preempts") and effect not in ("permit", "only_if"):
            raise self.fail(file, self.line(row, "preempts"), "preempts stands only on a permit or only_if")
        overrides = row.get("overrides") or ()
        overrides = (overrides,) if isinstance(overrides, str) else tuple(overrides)
        return Norm(
            **common,
            actions=actions,
            effect=Effect(effect),
            says=str(self.need(file, row, "says", "norm")).strip(),
            level=level,
            standard=str(row.get("standard") or ""),
            preempts=bool(row.get("preempts")),
            overrides=tuple(self.full(file, o) for o in overrides),
        )

    def clock(self, file: LawFile, row: Any) -> Clock:
        from bailiwick.engine.clock import check_clock

        common = self.common(file, row, "clock", "to")
        start = self.need(file, row, "start", "clock")
        if start != "at" and (
            start not in FACTS or FACTS[start].type not in (Type.INSTANT, Type.DATE) or FACTS[start].of_charge
        ):
            raise self.fail(
                file,
                self.line(row, "start"),
                f"start '{start}': expected 'at' or a fact that is an instant or a date{nearest(start, FACTS)}",
            )
        length, until = row.get("length"), row.get("until")
        if (length is None) == (until is None):
            raise self.fail(file, row.line, f"clock '{row['id']}': expected 'length' or 'until', one of them")
        calendar = row.get("calendar") or "continuous"
        try:
            check_clock(length=length, until=str(until) if until is not None else None, calendar=calendar)
        except ValueError as error:
            raise self.fail(file, row.line, f"clock '{row['id']}': {error}") from None
        return Clock(
            **common,
            what=self.need(file, row, "what", "clock"),
            start=start,
            length=length,
            until=str(until) if until is not None else None,
            calendar=calendar,
            says=str(row.get("says") or ""),
        )

    # ----------------------------------------------------------------------------------------------------- whole lawbook

    def cross_checks(self) -> None:
        wrong = self.errors.append
        versions: dict[str, list[Provision]] = {}
        for file in self.files.values():
            for provision in file.provisions:
                versions.setdefault(provision.id, []).append(provision)
        for name, group in versions.items():
            for i, one in enumerate(group):
                for other in group[i + 1 :]:
                    at = self.files[other.proposal or other.file], other.line
                    if type(one) is not type(other):
                        wrong(self.fail(*at, f"'{name}' names two different things (line {one.line})"))
                    elif one.span.overlaps(other.span):
                        text = f"'{name}' from {other.span.start} overlaps its version {one.span} (line {one.line})"
                        wrong(self.fail(*at, text))
        for file in self.files.values():
            for norm in file.norms:
                for target in norm.overrides:
                    if target not in versions:
                        wrong(
                            self.fail(
                                file,
                                norm.line,
                                f"overrides unknown norm '{target}'{nearest(target, versions)}",
                            )
                        )
            for duty in file.duties:
                if duty.clock and duty.clock not in versions:
                    wrong(
                        self.fail(
                            file,
                            duty.line,
                            f"duty names unknown clock '{duty.clock}'{nearest(duty.clock, versions)}",
                        )
                    )
            for concept in file.concepts.values():
                if not concept.used:
                    line = self.raw[file.name]["concepts"].lines[concept.name]
                    wrong(self.fail(file, line, f"concept '{concept.name}' is used by nobody"))
            for offences in file.lists.values():
                if not offences.used:
                    line = self.raw[file.name]["lists"].lines[offences.id]
                    wrong(self.fail(file, line, f"list '{offences.id}' is used by nobody"))

    def holiday_rules(self) -> list[dict[str, Any]]:
        raw = self.raw.get("us")
        return [dict(r) for r in (raw.get("holidays") or [])] if raw else []


def concepts_of(node: Node) -> Iterator[Concept]:
    """Every concept a condition uses, nested ones too."""
    for part in walk(node):
        if isinstance(part, Named):
            yield part.concept
            yield from concepts_of(part.concept.tree)
