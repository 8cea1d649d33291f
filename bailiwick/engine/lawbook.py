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
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

import yaml

from bailiwick.engine.clock import Holidays
from bailiwick.engine.condition import TRUE, Concept, ConditionError, Named, Names, Node, parse, walk
from bailiwick.engine.facts import ACTIONS, CHARGE_FACTS, CUSTODIANS, FACTS, LEVELS, Type, nearest
from bailiwick.engine.holidays import KEYS as HOLIDAY_KEYS
from bailiwick.engine.holidays import HolidayRule, read_rule
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
        directory, named: where it stands, and how its user named that; ``law`` for the one that comes with Bailiwick.
        files: by name (``us/ca``, ``courts/lunn``, ``us/ca:ab-2641``).
        version: ``sha256:…`` over every file.
        holidays: the tables of holidays, by the name of the file in which they stand.
        unread: paths of the files that could not be read (``us/ca``); empty in a lawbook that was loaded.
    """

    def __init__(
        self,
        directory: Path,
        named: Path,
        files: dict[str, LawFile],
        version: str,
        codes: Codes,
        places: Places,
        holidays: dict[str, Holidays],
        unread: frozenset[str],
    ) -> None:
        self.directory = directory
        self.named = named
        self.files = files
        self.version = version
        self.codes = codes
        self.places = places
        self.holidays = holidays
        self.unread = unread
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
        loader = _Loader(directory or LAW_DIRECTORY, directory or Path("law"))
        book = loader.load()
        return book, loader.errors

    def shown(self, path: Path) -> str:
        """A file of the lawbook as its user would find it."""
        return self.named.joinpath(path.relative_to(self.directory)).as_posix()

    def holidays_of(self, clock: Clock) -> tuple[Holidays, ...]:
        """The tables by which a clock is counted, one for each reading; the deadline is the earliest."""
        return tuple(self.holidays[name] for name in clock.holidays) or (_NO_HOLIDAYS,)

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


_NO_HOLIDAYS = Holidays()


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
        "holidays",
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
    "holiday": set(HOLIDAY_KEYS),
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
    texts_or_text = key in _TEXTS_OR_TEXT or (kind, key) == ("clock", "holidays")
    if key in _LISTS and not texts_or_text and not isinstance(value, list):
        return f"expected a list, found {value!r}"
    if key in _MAPPINGS and not isinstance(value, _Map):
        return f"expected a mapping, found {value!r}"
    texts = value if isinstance(value, list) else [value]
    if texts_or_text and not all(isinstance(v, str) for v in texts):
        return f"expected text or a list of texts, found {value!r}"
    if key in _FLAGS and not isinstance(value, bool):
        return f"expected true or false, found {value!r}"
    known = key in _LISTS | _MAPPINGS | _TEXTS_OR_TEXT | _FLAGS | _FREE or (kind, key) == ("clock", "until")
    if not known and not isinstance(value, str):
        return f"expected text, found {value!r} (quote it)"
    if isinstance(value, dict | list) and key in _FREE:
        return f"expected one value, found {value!r}"
    return ""


def _a(kind: str) -> str:
    return f"an {kind}" if kind[0] in "ae" else f"a {kind}"


def _words(condition: str) -> set[str]:
    """The names of facts and concepts that a condition uses: its words that stand in no quotes."""
    return set(re.findall(r"[a-z_][a-z0-9_.]*", re.sub(r"'[^']*'", "", condition)))


def _quoted(condition: str) -> set[str]:
    """What stands in quotes: values, and the ids of lists."""
    return set(re.findall(r"'([^']*)'", condition))


def _declared(text: str) -> set[str]:
    """What a file that cannot be read would seem to name: its keys and ids."""
    names = re.findall(r"^[ -]*([^\s:#]+):(?:\s|$)", text, re.MULTILINE)
    ids = re.findall(r"\bid:\s*([a-z0-9][a-z0-9./-]*)", text)
    return {*names, *ids} - set(FACTS) - set(CHARGE_FACTS) - {k for keys in _KEYS.values() for k in keys}


def _cycles(graph: Mapping[str, Iterable[str]]) -> Iterator[list[str]]:
    """The cycles of a graph that share no name: ``[a, b, a]``, from the one that stands first in the graph."""
    rest = dict(graph)
    while True:
        try:
            TopologicalSorter(rest).prepare()
        except CycleError as error:
            members = error.args[1][
                :0:-1
            ]  # from what is used to what uses it, the first once more at the end
            first = members.index(next(name for name in rest if name in members))
            cycle = members[first:] + members[:first]
            yield [*cycle, cycle[0]]
            for name in cycle:
                del rest[name]
        else:
            return


class _Follows(LawError):
    """What is wrong only because something else, already told, is."""


class _Loader:
    """What is wrong is told once. A part that has an error is left out, and so is, without a word, whatever names it."""

    def __init__(self, directory: Path, named: Path) -> None:
        self.directory = directory
        self.named = named
        self.places = load_places()
        self.raw: dict[str, _Map] = {}
        self.paths: dict[str, str] = {}
        self.files: dict[str, LawFile] = {}
        self.tables: dict[str, Holidays] = {}
        self.errors: list[LawError] = []
        #: The files that cannot be read (``us/ca``); the names of concepts, lists and provisions left out, and their text.
        self.unread: set[str] = set()
        self.lost: set[str] = set()
        self.lost_texts: list[str] = []

    def attempt(self, step: Callable[..., object], *args: Any, name: str = "", row: Any = "") -> None:
        """Do a step; keep what is wrong with it and go on. ``name``, ``row``: what is then left out."""
        try:
            step(*args)
        except LawError as error:
            if not isinstance(error, _Follows):
                self.errors.append(error)
            self.lose(name, row)

    def lose(self, name: str, row: Any) -> None:
        if name:
            self.lost.add(name)
        self.lost_texts.append(str(row))

    def is_lost(self, name: str) -> bool:
        """Whether a name is of something left out; of a file that cannot be read only short names are known."""
        return name in self.lost or (bool(self.unread) and name.rpartition(":")[2] in self.lost)

    def may_use(self, name: str) -> bool:
        """Whether something left out mentions a name."""
        mention = re.compile(rf"(?<![\w./-]){re.escape(name)}(?![\w/-])")
        return any(mention.search(text) for text in self.lost_texts)

    def load(self) -> Lawbook | None:
        digest = hashlib.sha256()
        if not self.directory.is_dir():
            self.errors.append(LawError(str(self.directory), "no such directory of law files"))
            return None
        codes_at, codes_named = self.directory / "codes.yaml", self.at("codes.yaml")
        if not codes_at.exists():
            codes_at, codes_named = LAW_DIRECTORY / "codes.yaml", "law/codes.yaml"
        self.codes = Codes(read_yaml(codes_at, codes_named))
        found = False
        for path in sorted(self.directory.rglob("*.yaml")):
            if path.name.endswith(_NOT_LAW):
                continue
            content = path.read_bytes()
            relative = path.relative_to(self.directory).as_posix()
            digest.update(relative.encode() + b"\0" + content + b"\0")
            if path.name != "codes.yaml":
                found = True
                self.read(path, relative, content)
        if not found:
            self.errors.append(LawError(str(self.directory), "no law files here"))
        if not self.files:
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
            self.lists(self.files[name])
        self.all_lists = {k: v for f in self.files.values() for k, v in f.lists.items()}
        for name in order:
            self.names(self.files[name])
            self.holidays(self.files[name])
        for name in order:
            self.body(self.files[name])
        self.cross_checks()
        self.override_cycles()
        return Lawbook(
            self.directory,
            self.named,
            self.files,
            f"sha256:{digest.hexdigest()}",
            self.codes,
            self.places,
            self.tables,
            frozenset(self.unread),
        )

    # ---------------------------------------------------------------------------------------------------------- helpers

    def fail(self, file: LawFile, line: int, message: str) -> LawError:
        return LawError(f"{self.shown(file)}:{line}", message)

    def at(self, relative: str) -> str:
        """A file as its user would find it: under the directory as it was named."""
        return (self.named / relative).as_posix()

    def shown(self, file: LawFile) -> str:
        return self.paths[file.name]

    def keys(self, path: str, line: int, kind: str, row: Any) -> _Map:
        """The row, if it is a mapping with the keys of its kind. ``path``, ``line``: where it is shown to stand."""
        if not isinstance(row, _Map):
            raise LawError(f"{path}:{line}", f"expected a mapping for {_a(kind)}, found {type(row).__name__}")
        for key in row:
            if key not in _KEYS[kind]:
                raise LawError(
                    f"{path}:{row.lines[key]}",
                    f"unknown key '{key}' in {_a(kind)}{nearest(key, _KEYS[kind])}",
                )
            wrong = _wrong_kind(kind, key, row[key])
            if wrong:
                raise LawError(f"{path}:{row.lines[key]}", f"'{key}' of {_a(kind)}: {wrong}")
        return row

    def need(self, file: LawFile, row: _Map, key: str, kind: str) -> Any:
        if row.get(key) in (None, ""):
            name = f" '{row['id']}'" if row.get("id") else ""
            raise self.fail(file, row.line, f"{kind}{name} without '{key}'")
        return row[key]

    def line(self, row: _Map, key: str) -> int:
        return row.lines.get(key, row.line)

    # ------------------------------------------------------------------------------------------------------------ parts

    def read(self, path: Path, relative: str, content: bytes) -> None:
        """The head of a file, or what is wrong with it."""
        try:
            self.head(path, relative, content)
        except LawError as error:
            self.errors.append(error)
            text = content.decode("utf-8", "replace")
            self.unread.add(relative.removesuffix(".yaml"))
            self.lost |= _declared(text)
            self.lost_texts.append(text)

    def head(self, path: Path, relative: str, content: bytes) -> None:
        at = self.at(relative)
        raw = parse_yaml(content, at)
        if not isinstance(raw, _Map):
            raise LawError(f"{at}:1", "empty law file; expected 'place:' and 'title:'")
        self.keys(at, 1, "file", raw)
        for key in _ROWS:
            for row in raw.get(key) or []:
                if not isinstance(row, _Map):
                    raise LawError(f"{at}:{raw.lines[key]}", f"'{key}': expected a mapping, found {row!r}")
        stem = relative.removesuffix(".yaml")
        if "court" in raw:
            name, binds = f"courts/{raw['court']}", tuple(raw.get("binds") or ())
            if stem != name or not binds:
                right = self.at(f"{name}.yaml")
                raise LawError(f"{at}:1", f"a court file stands under {right} and says which places it binds")
        elif "place" in raw:
            place = raw["place"]
            # a city that lies over several counties binds the custodians there too
            binds = (place, *(raw.get("binds") or ()))
            if raw.get("proposal"):
                name, expected = f"{place}:{raw['proposal']}", f"{place}/proposals/{raw['proposal']}"
            else:
                name, expected = place, place
            if stem != expected:
                right = self.at(f"{expected}.yaml")
                raise LawError(f"{at}:{raw.lines['place']}", f"the law of '{place}' stands under {right}")
        else:
            raise LawError(f"{at}:1", "neither 'place' nor 'court'")
        for bound in binds:
            try:
                canonical = self.places.get(bound).path
            except ValueError as error:
                raise LawError(
                    f"{at}:{raw.lines.get('binds', raw.lines.get('place', 1))}", str(error)
                ) from None
            if canonical != bound:
                raise LawError(f"{at}:1", f"'{bound}' is written '{canonical}'")
        if not raw.get("title"):
            raise LawError(f"{at}:1", "no 'title'")
        file = LawFile(name, path, raw["title"], binds, dict(raw.get("checked") or {}), raw.get("proposal"))
        file.forms = [dict(self.keys(at, r.line, "form", r)) for r in raw.get("forms") or []]
        self.files[name] = file
        self.raw[name] = raw
        self.paths[name] = at

    def lists(self, file: LawFile) -> None:
        rows = self.raw[file.name].get("lists") or _Map()
        for list_id, row in rows.items():
            self.attempt(self.offences, file, list_id, rows.lines[list_id], row, name=list_id, row=row)

    def offences(self, file: LawFile, list_id: str, line: int, row: Any) -> None:
        self.keys(self.shown(file), line, "list", row)
        where = f"{self.shown(file)}:{row.line}"
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
                self.keys(self.shown(file), row.line, "entry", entry)
                code = self.codes.find(entry["code"]) if entry.get("code") else default
                if not entry.get("sections") and not entry.get("codes"):
                    raise ValueError("an entry without 'sections' and 'codes'")
                if "sections" in entry:
                    if code is None:
                        raise ValueError("no 'code' for these sections")
                    offences.entries.extend(read_entries(str(entry["sections"]), code))
                for system, values in (entry.get("codes") or {}).items():
                    if not isinstance(values, list) or not all(isinstance(v, str) for v in values):
                        raise ValueError(f"codes of '{system}': expected a list of texts, found {values!r}")
                    offences.codes[system] = offences.codes.get(system, frozenset()) | set(values)
        except LawError:
            raise
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
        above = self.scope(file).concepts
        for name, row in rows.items():
            self.attempt(self.concept, file, name, rows.lines[name], row, above, name=name, row=row)
        for row in raw.get("fills") or []:
            self.attempt(self.fill, file, row, row=row)
        uses = {n: sorted(_words(c.text) & file.concepts.keys()) for n, c in file.concepts.items()}
        for cycle in _cycles(uses):
            text = f"a cycle of concepts: {' -> '.join(cycle)}"
            self.errors.append(self.fail(file, rows.lines[cycle[0]], text))
            for name in cycle[1:]:
                del file.concepts[name], uses[name]
                self.lose(name, rows[name])
        for name in TopologicalSorter(uses).static_order():
            if name in file.concepts:
                self.attempt(self.read_concept, file, name, rows, name=name, row=rows[name])
                if name in self.lost:
                    del file.concepts[name]

    def concept(self, file: LawFile, name: str, line: int, row: Any, above: Mapping[str, Concept]) -> None:
        self.keys(self.shown(file), line, "concept", row)
        if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or name in (*FACTS, *CHARGE_FACTS, "at"):
            raise self.fail(file, line, f"'{name}' cannot name a concept (lower_case_words, not a fact)")
        if name in above:
            raise self.fail(file, line, f"concept '{name}' stands in '{above[name].file}' already")
        for key in ("says", "when"):
            if not row.get(key):
                raise self.fail(file, line, f"concept '{name}' without '{key}'")
        file.concepts[name] = Concept(name, file.name, row["says"], str(row["when"]).strip())

    def read_concept(self, file: LawFile, name: str, rows: _Map) -> None:
        concept, line = file.concepts[name], self.line(rows[name], "when")
        concept.tree, concept.of_charge = self.condition(file, concept.text, line, in_concept=name)

    def fill(self, file: LawFile, row: Any) -> None:
        self.keys(self.shown(file), row.line, "fill", row)
        name = self.need(file, row, "fact", "fill")
        if name not in FACTS or FACTS[name].type is not Type.BOOLEAN:
            known = [n for n, fact in FACTS.items() if fact.type is Type.BOOLEAN]
            text = f"fill of '{name}': expected a boolean fact{nearest(name, known)}"
            raise self.fail(file, self.line(row, "fact"), text)
        text = str(self.need(file, row, "when", "fill")).strip()
        scope = self.scope(file)
        names = Names(scope.concepts, scope.lists, {})
        node, _ = self.parsed(file, text, self.line(row, "when"), names, in_charge=FACTS[name].of_charge)
        file.fills[name] = Fill(name, self.cite(file, row, f"fill of '{name}'"), node, text)

    def parsed(
        self, file: LawFile, text: str, line: int, names: Names, *, in_charge: bool = False, concept: str = ""
    ) -> tuple[Node, bool]:
        """A condition read; ``concept``: the name that it gets."""
        try:
            return parse(text, names, in_charge=in_charge)
        except ConditionError as error:
            if (_words(text) | _quoted(text)) & self.lost:
                raise _Follows(f"{self.shown(file)}:{line}", str(error)) from None
            raise self.fail(file, line, self.below(file, str(error), concept) or str(error)) from None

    def below(self, file: LawFile, error: str, concept: str) -> str:
        """What to say of an unknown name that is a concept of a file below, which a condition here cannot see."""
        for other in self.files.values():
            seen = self.chain(other)
            rows: dict[str, tuple[LawFile, int, set[str]]] = {}
            for part in seen if file in seen and other is not file else ():
                found = self.raw[part.name].get("concepts") or _Map()
                for name, row in found.items():
                    rows[name] = (
                        part,
                        found.lines[name],
                        _words(str(row.get("when"))) if isinstance(row, _Map) else set(),
                    )
            for name, (part, line, _) in rows.items():
                if part in self.chain(file) or f"unknown fact or concept '{name}'" not in error:
                    continue
                at = f"{self.shown(part)}:{line}"
                back = next(
                    _cycles({n: sorted(words & rows.keys()) for n, (_, _, words) in rows.items()}), []
                )
                if concept in back and name in back:
                    return f"a cycle of concepts: {' -> '.join(back)}, with '{name}' in {at}"
                return f"concept '{name}' stands in {at}, below; a file sees its own and those above it"
        return ""

    def condition(self, file: LawFile, text: str, line: int, *, in_concept: str = "") -> tuple[Node, bool]:
        node, of_charge = self.parsed(file, text, line, self.scope(file), concept=in_concept)
        if of_charge and not in_concept:
            raise self.fail(file, line, f"'{text}': a field of a charge stands outside any_charge(...)")
        return node, of_charge

    def cite(self, file: LawFile, row: _Map, kind: str) -> Citation:
        if str(row.get("cite") or "").strip().lower() in ("", "none"):
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
                    file, self.line(row, key), f"{key}: expected a date like 2018-01-04, found {value}"
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
        steps: dict[str, Callable[[Any], object]] = {
            "norms": lambda row: file.norms.append(self.norm(file, row, default_level)),
            "duties": lambda row: file.duties.append(self.duty(file, row)),
            "clocks": lambda row: file.clocks.append(self.clock(file, row)),
            "reports": lambda row: file.reports.append(self.report(file, row)),
            "notes": lambda row: file.notes.append(self.note(file, row)),
        }
        for kind, step in steps.items():
            for row in raw.get(kind) or []:
                self.attempt(step, row, name=self.full(file, str(row.get("id"))), row=row)

    def holidays(self, file: LawFile) -> None:
        """The file's table of holidays, if it has one."""
        rules: list[HolidayRule] = []
        for row in self.raw[file.name].get("holidays") or []:
            self.attempt(lambda row: rules.append(self.holiday(file, row)), row)
        if "holidays" in self.raw[file.name]:
            self.tables[file.name] = Holidays(rules)

    def holiday(self, file: LawFile, row: _Map) -> HolidayRule:
        if "standing" in row:
            self.standing(file, row, f"holiday '{row.get('name')}'")
        try:
            return read_rule(row)
        except ValueError as error:
            raise self.fail(file, row.line, str(error)) from None

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
        self.keys(self.shown(file), row.line, "report", row)
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
        self.keys(self.shown(file), row.line, "note", row)
        if row.get("kind") not in _NOTE_KINDS:
            raise self.fail(
                file,
                self.line(row, "kind"),
                f"kind '{row.get('kind')}' of a note; expected {', '.join(_NOTE_KINDS)}",
            )
        name = f"note '{row['id']}'" if row.get("id") else "note"
        cite = self.cite(file, row, name)
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
        self.keys(self.shown(file), row.line, kind, row)
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
        starts = [n for n, f in FACTS.items() if f.type in (Type.INSTANT, Type.DATE) and not f.of_charge]
        if start not in (*starts, "at"):
            text = f"start '{start}': expected 'at' or a fact that is an instant or a date{nearest(start, starts)}"
            raise self.fail(file, self.line(row, "start"), text)
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
            holidays=self.whose_holidays(file, row, calendar),
            says=str(row.get("says") or ""),
        )

    def whose_holidays(self, file: LawFile, row: _Map, calendar: str) -> tuple[str, ...]:
        """Names of the files whose tables a clock goes by: those it names, or its own, or the nearest above it."""
        named = row.get("holidays") or ()
        named = (named,) if isinstance(named, str) else tuple(named)
        if calendar == "continuous":
            if named:
                text = (
                    f"clock '{row['id']}': 'holidays' stands only with calendar excluding_weekends_holidays"
                )
                raise self.fail(file, self.line(row, "holidays"), text)
            return ()
        for name in named:
            if name in self.unread:
                raise _Follows(self.shown(file), f"'{name}' could not be read")
            if name not in self.tables:
                text = f"clock '{row['id']}': no holidays stand in '{name}'{nearest(name, self.tables)}"
                raise self.fail(file, self.line(row, "holidays"), text)
        if named:
            return named
        above = [part.name for part in self.chain(file) if part.name in self.tables]
        if above:
            return (above[-1],)
        if self.unread:
            raise _Follows(self.shown(file), "whose holidays?")
        text = f"clock '{row['id']}' leaves out holidays, and neither its file nor one above it lists any ('holidays:')"
        raise self.fail(file, row.line, text)

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
        norms = {name for name, (first, *_) in versions.items() if isinstance(first, Norm)}
        clocks = {name for name, (first, *_) in versions.items() if isinstance(first, Clock)}
        for file in self.files.values():
            for norm in file.norms:
                for target in norm.overrides:
                    if not self.is_lost(target) and target not in norms:
                        what = f"overrides unknown norm '{target}'{nearest(target, norms)}"
                        wrong(self.fail(file, norm.line, what))
            for duty in file.duties:
                if duty.clock and not self.is_lost(duty.clock) and duty.clock not in clocks:
                    what = f"duty names unknown clock '{duty.clock}'{nearest(duty.clock, clocks)}"
                    wrong(self.fail(file, duty.line, what))
            for concept in file.concepts.values():
                if not concept.used and not self.may_use(concept.name):
                    line = self.raw[file.name]["concepts"].lines[concept.name]
                    wrong(self.fail(file, line, f"concept '{concept.name}' is used by nobody"))
            for offences in file.lists.values():
                if not offences.used and not self.may_use(offences.id):
                    line = self.raw[file.name]["lists"].lines[offences.id]
                    wrong(self.fail(file, line, f"list '{offences.id}' is used by nobody"))

    def override_cycles(self) -> None:
        """Norms that override themselves or each other on a day would all be silent: no law.

        Their conditions are not compared: that they never hold together is for the conditions to say, without overrides.
        """
        norms = [(file, norm) for file in self.files.values() for norm in file.norms if norm.overrides]
        told: set[frozenset[str]] = set()
        # a span that all norms of a cycle share begins with one of them
        for day in sorted({norm.span.start or date.min for _, norm in norms}):
            found = {norm.id: (file, norm) for file, norm in norms if day in norm.span}
            for cycle in _cycles({name: norm.overrides for name, (_, norm) in found.items()}):
                if frozenset(cycle) in told:
                    continue
                told.add(frozenset(cycle))
                file, norm = found[cycle[0]]
                if len(cycle) == 2:
                    text = f"'{norm.id}' overrides itself"
                else:
                    where = dict.fromkeys(
                        f"{self.shown(f)}:{n.line}" for f, n in map(found.__getitem__, cycle[1:-1])
                    )
                    text = f"norms that override each other: {' -> '.join(cycle)} ({', '.join(where)})"
                self.errors.append(self.fail(file, norm.line, f"{text}; nothing would be left of them"))


def concepts_of(node: Node) -> Iterator[Concept]:
    """Every concept a condition uses, nested ones too."""
    for part in walk(node):
        if isinstance(part, Named):
            yield part.concept
            yield from concepts_of(part.concept.tree)
