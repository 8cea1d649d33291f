"""Where a detention facility stands: by its code, by what its name says, by a listed name or city of the same state.

Nothing is ever matched across states: a county's name exists in many. Each answer says how it is known, with a score; what is not
certain enough to place is listed for review beside its nearest name, never dropped. The reference tables are made by
`tools/make_facilities.py`; whence they come stands in `data/PROVENANCE.md`.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from bailiwick.engine.places import Place, Places

DATA = Path(__file__).parent / "data"
CODES = DATA / "facility_codes.csv"
NAMES = DATA / "facility_names.csv"
CITIES = DATA / "city_counties.csv"
#: A listed name at least this like (0 to 100, rapidfuzz token_sort_ratio over written-out words) is taken; one at least
#: REVIEW like is put up for review.
TAKEN, REVIEW = 94.0, 80.0
#: So many names are compared with all the listed ones of their state at once.
_AT_ONCE = 10_000

WORDS = {
    **dict.fromkeys(("CO", "CTY", "CNTY", "COUNTYY"), "COUNTY"),
    **dict.fromkeys(("PAR",), "PARISH"),
    **dict.fromkeys(("DET", "DETN", "DETENT"), "DETENTION"),
    **dict.fromkeys(("CTR", "CNTR", "CENT", "CEN", "CRT"), "CENTER"),
    **dict.fromkeys(("DEPT", "DEPARTMENT", "DEP"), "DEPT"),
    **dict.fromkeys(("CORR", "CORREC", "COR", "CORRECT", "CORRECTION", "CORRECTIONS"), "CORRECTIONAL"),
    **dict.fromkeys(("FAC", "FACIL"), "FACILITY"),
    **dict.fromkeys(("INST", "INSTITUTE"), "INSTITUTION"),
    **dict.fromkeys(("SHERIFFS", "SHERRIFF"), "SHERIFF"),
    "REG": "REGIONAL",
    "POL": "POLICE",
    "ADC": "ADULT DETENTION CENTER",
}
#: Abbreviations where a name begins.
FIRST = {"ST": "SAINT", "STE": "SAINT", "FT": "FORT"}
_INITIALS = re.compile(r"\b(?:[A-Z]\.){2,}")
_NO_WORD = re.compile(r"[^A-Z0-9]+")
_BREAK = re.compile(r"[-/,(]")
#: Facility, code, state and city as they are written.
Written = tuple[str | None, str | None, str | None, str | None]
COUNTY_WORDS = ("COUNTY", "PARISH", "BOROUGH")
#: States whose independent cities stand beside counties.
INDEPENDENT = ("us/va", "us/md", "us/mo")


def plain(name: str) -> str:
    """A name in capitals, its letters without accents."""
    name = name.upper()
    return name if name.isascii() else unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()


def tokens(name: str, letters: str = "") -> tuple[str, ...]:
    """The words of a facility's name, abbreviations written out, the state's letters at the end dropped."""
    words, written_out = _words(name)
    if len(words) > 2 and words[-1] == letters:
        return _written_out(words[:-1])
    return written_out


@lru_cache(maxsize=100_000)
def _words(name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words of a name, as they stand and written out."""
    text = plain(name).replace("&", " AND ").replace("'", "")
    if "." in text:
        text = _INITIALS.sub(lambda initials: initials[0].replace(".", "") + " ", text)
    words = tuple(_NO_WORD.sub(" ", text).split())
    return words, _written_out(words)


def _written_out(words: tuple[str, ...]) -> tuple[str, ...]:
    text = " ".join([WORDS.get(word, word) for word in words])
    if words and (first := FIRST.get(words[0])):
        text = first + text[len(words[0]) :]
    return tuple(text.split())


def read(name: str) -> None:
    """Read a name beforehand: it is then quicker to place."""
    for _ in segments(name, ""):
        pass


def segments(name: str, letters: str) -> Iterator[tuple[str, ...]]:
    """The name, and each part of it after a dash, stroke, comma or bracket."""
    yield tokens(name, letters)
    for part in _BREAK.split(name)[1:]:
        yield tokens(part, letters)


@dataclass(frozen=True, slots=True)
class Stands:
    """Where a facility stands.

    Attributes:
        state: path of the state, empty where it is not recorded or no state.
        fips: code of the county, empty where it is not placed.
        how: `code`, `named` (the name says the county), `listed` (exactly a listed name), `alike` (nearly one), `city` (all of
            the city's listed facilities are in that county); empty where not placed. A listed name in a city of another county
            is for review.
        score: likeness of the name, 100 where nothing was guessed.
        nearest: for review, the nearest listed name, with its county.
    """

    state: str
    fips: str = ""
    how: str = ""
    score: float = 0.0
    nearest: str = ""


@dataclass(frozen=True, slots=True)
class _Unlisted:
    """A facility whose name is not listed: its state's path, and its words and city's, written out."""

    state: str
    words: str
    town: str


class Facilities:
    """The reference tables, and the answer for one facility."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self.states: dict[str, str] = {}
        self.counties: dict[str, dict[tuple[str, ...], str]] = defaultdict(dict)
        for place in places:
            if place.kind == "state":
                self.states[place.name.upper().removeprefix("U.S. ")] = place.path
                self.states[place.path.removeprefix("us/").upper()] = place.path
        for place in places:
            if place.kind == "county" and place.state:
                self.counties[place.state][spelled(place)] = place.fips
        self.codes = dict(_rows(CODES, "code", "fips"))
        self.names: dict[str, dict[str, str]] = defaultdict(dict)
        for state, name, fips in _rows(NAMES, "state", "name", "fips"):
            self.names[state][name] = fips
        self._sorted = {state: [*map(_sorted, names)] for state, names in self.names.items()}
        self._nearby: dict[tuple[str, str], tuple[str, float, str] | None] = {}
        self.cities = {(state, city): fips for state, city, fips in _rows(CITIES, "state", "city", "fips")}

    def find(self, facility: str | None, code: str | None, state: str | None, city: str | None) -> Stands:
        """Where it stands, as far as that is certain. `state` as a name or two letters, in any case."""
        return self.find_all([(facility, code, state, city)])[0]

    def find_all(self, sites: Iterable[Written]) -> list[Stands]:
        """The same of many, in their order: names that are nowhere listed are compared together, which is quicker."""
        found = [self._certain(*site) for site in sites]
        self._compare({(one.words, one.state) for one in found if isinstance(one, _Unlisted)})
        return [self._likely(one) if isinstance(one, _Unlisted) else one for one in found]

    def state(self, code: str | None, state: str | None) -> str:
        """Path of the state where it stands, which its name and city do not change."""
        return self._of_code(code, state)[0]

    def _of_code(self, code: str | None, state: str | None) -> tuple[str, str]:
        """Path of the state, and the county's FIPS code where the facility's own is listed and the state does not gainsay it."""
        path = self.states.get((state or "").strip().upper(), "")
        if code and (fips := self.codes.get(code.strip().upper())):
            county = self.places.by_fips[fips]
            if not path or county.state == path:
                return county.state or path, fips
        return path, ""

    def _certain(
        self, facility: str | None, code: str | None, state: str | None, city: str | None
    ) -> Stands | _Unlisted:
        path, of_code = self._of_code(code, state)
        if of_code:
            return Stands(path, of_code, "code", 100.0)
        if not path or not facility:
            return Stands(path)
        letters = path.removeprefix("us/").upper()
        named = self.named(facility, path, letters)
        if len(named) == 1:
            return Stands(path, named.pop(), "named", 100.0)
        words = " ".join(tokens(facility, letters))
        town = " ".join(tokens(city or "", letters))
        if fips := self.names[path].get(words):
            if self.cities.get((path, town), fips) != fips:
                return Stands(path, "", "", 100.0, f"{words} ({self.places.by_fips[fips].name})")
            return Stands(path, fips, "listed", 100.0)
        return _Unlisted(path, words, town)

    def _likely(self, unlisted: _Unlisted) -> Stands:
        path, town = unlisted.state, unlisted.town
        near = self._nearby[unlisted.words, path]
        if near is not None and near[1] >= TAKEN and self._agrees(near[2], path, town):
            return Stands(path, near[2], "alike", near[1], near[0])
        if town and (fips := self.cities.get((path, town))):
            return Stands(path, fips, "city", 100.0)
        if near is not None:
            return Stands(path, "", "", near[1], f"{near[0]} ({self.places.by_fips[near[2]].name})")
        return Stands(path)

    def named(self, facility: str, state: str, letters: str) -> set[str]:
        """Counties (and independent cities) of the state that the name itself says."""
        found = set()
        for words in segments(facility, letters):
            for i, word in enumerate(words):
                if word in COUNTY_WORDS or (word == "CITY" and state in INDEPENDENT):
                    fips = self.counties[state].get(words[: i + 1])
                    if fips:
                        found.add(fips)
                        break
        return found

    def _compare(self, unlisted: Iterable[tuple[str, str]]) -> None:
        """Find the nearest listed name of words in a state; remembered, because a release names a facility with many cities."""
        from rapidfuzz import fuzz, process

        asked: dict[str, list[str]] = defaultdict(list)
        for words, state in unlisted:
            if (words, state) not in self._nearby:
                asked[state].append(words)
        for state, written in asked.items():
            self._nearby |= {(words, state): None for words in written}
            listed = list(self.names[state].items())
            for start in range(0, len(written) if listed else 0, _AT_ONCE):
                some = written[start : start + _AT_ONCE]
                likeness = process.cdist(
                    [_sorted(words) for words in some],
                    self._sorted[state],
                    scorer=fuzz.ratio,
                    score_cutoff=REVIEW,
                    dtype=float,
                )
                for words, nearest, scores in zip(some, likeness.argmax(axis=1), likeness, strict=True):
                    if (score := float(scores[nearest])) >= REVIEW:
                        name, fips = listed[nearest]
                        self._nearby[words, state] = (name, round(score, 1), fips)

    def _agrees(self, fips: str, state: str, town: str) -> bool:
        """A name that is nearly another's is that one's only where the city says so too: Martin is not Marion."""
        return self.cities.get((state, town)) == fips


def spelled(place: Place) -> tuple[str, ...]:
    """`LOS ANGELES COUNTY`; an independent city as `RICHMOND CITY`."""
    name = place.name
    if name.startswith("City of "):
        name = name.removeprefix("City of ") + " City"
    if name.startswith("City and County of "):
        name = name.removeprefix("City and County of ") + " County"
    return tokens(name)


def _sorted(name: str) -> str:
    """The words in order, so that likeness does not turn on theirs (rapidfuzz's token_sort_ratio, once for each name)."""
    return " ".join(sorted(name.split()))


def _rows(path: Path, *columns: str) -> Iterator[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        if next(rows) != list(columns):
            raise ValueError(f"{path}: expected the columns {', '.join(columns)}")
        yield from rows


@lru_cache(maxsize=2)
def facilities(places: Places) -> Facilities:
    """The reference tables, read once."""
    return Facilities(places)
