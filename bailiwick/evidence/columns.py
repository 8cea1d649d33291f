"""The canonical columns of each table of a store, and the SQL that makes them of raw text. Days are the agency's local days."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from bailiwick.evidence.sources import Layout
from bailiwick.evidence.words import BLANKS, FORMS, LIFTED, METHODS, YES_NO

_PLACE = {
    "facility": "VARCHAR",
    "facility_code": "VARCHAR",
    "city": "VARCHAR",
    "state": "VARCHAR",
    "county": "VARCHAR",
    "placed": "VARCHAR",
    "place": "VARCHAR",
    "custodian": "VARCHAR",
}
_WHO = {"person": "VARCHAR", "birth_year": "VARCHAR"}
#: Table -> canonical column -> type. `state` is a place's path, `county` a FIPS code, `placed` how the county is known
#: (`facilities.Stands.how`), `place` the path of the place whose law binds (`facilities.binding`).
CANONICAL: dict[str, dict[str, str]] = {
    "detainers": {
        "day": "DATE",
        "outcome": "VARCHAR",
        "lift_reason": "VARCHAR",
        "kind": "VARCHAR",
        "form": "VARCHAR",
        **_PLACE,
        **_WHO,
        "offence": "VARCHAR",
        "charge_code": "VARCHAR",
        "convicted_on": "DATE",
        "final_order": "BOOLEAN",
        "criminality": "VARCHAR",
        "area": "VARCHAR",
        "departed": "DATE",
    },
    "arrests": {
        "day": "DATE",
        "method": "VARCHAR",
        "apprehension_method": "VARCHAR",
        "area": "VARCHAR",
        "landmark": "VARCHAR",
        "state": "VARCHAR",
        "criminality": "VARCHAR",
        **_WHO,
    },
    "stays": {"day": "DATE", "ended": "DATE", **_PLACE, **_WHO},
    "encounters": {"day": "DATE", "area": "VARCHAR", **_WHO},
    "removals": {"day": "DATE", **_WHO},
}
#: Canonical columns that come from where the facility stands.
PLACED = ("state", "county", "placed", "place", "custodian")
#: The raw columns that place a row.
SITE = ("facility", "facility_code", "state", "city")
#: A column with at most this many distinct cells is read by them.
FEW = 30_000
#: First year that a date beside the main one, or a birth, may lie in: a conviction may be far older than the release.
EARLIEST = 1900
#: What the name of a column says whose dates lie ahead: they may be as late as they like.
_AHEAD = re.compile(r"project|schedul|expect|expir|next")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_YEAR = re.compile(r"\d{4}")
_FORMATS = "['%m/%d/%Y', '%m/%d/%Y %H:%M', '%m/%d/%Y %H:%M:%S', '%m/%d/%Y %I:%M:%S %p', '%d%b%Y', '%d-%b-%Y', '%Y%m%d']"


def quoted(name: str) -> str:
    """A name as SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as SQL."""
    return "'" + text.replace("'", "''") + "'"


def literals(texts: Iterable[str]) -> str:
    """Texts as SQL, with commas between."""
    return ", ".join(literal(text) for text in texts)


def column_of(layout: Layout, name: str, columns: Iterable[str]) -> str | None:
    """The raw column that holds a canonical one: the first that the layout names and the file has."""
    there = set(columns)
    return next((one for one in layout.columns.get(name, ()) if one in there), None)


def is_blank(cell: str) -> bool:
    """Whether a cell says nothing or was redacted."""
    return cell.strip().lower() in BLANKS


def no_word(cell: str) -> str:
    """Whether a cell is not a word as it stands: blanks around it, or one that says nothing, as SQL; null where there is none."""
    short = max(map(len, BLANKS))
    return f"{cell} LIKE ' %' OR {cell} LIKE '% ' OR (strlen({cell}) <= {short} AND lower({cell}) IN ({literals(BLANKS)}))"


def form_key(cell: str) -> str:
    """`I247A` from any spelling of a form's name; empty where it names none."""
    found = re.search(r"I-?(247[A-Z]?)(?![A-Z])", cell.upper())
    return f"I{found[1]}" if found else ""


def any_day(cell: str) -> str:
    """A day in any of the forms in which releases write one, as SQL; null where it is none."""
    return (
        f"coalesce(TRY_CAST({cell} AS DATE), CAST(TRY_CAST({cell} AS TIMESTAMP) AS DATE), "
        f"CAST(try_strptime({cell}, {_FORMATS}) AS DATE))"
    )


@dataclass(frozen=True, slots=True)
class Raw:
    """The raw columns of a sheet or file.

    Attributes:
        layout: what they are.
        columns: their names.
        values: column -> its distinct cells -> rows, blanks among them but not nulls; of columns with few distinct cells.
            What SQL need not do for each row is then done once for each of these.
        full: column -> rows that have a cell, of columns with many distinct cells where each is a word (`no_word`).
    """

    layout: Layout
    columns: tuple[str, ...]
    values: Mapping[str, Mapping[str, int]]
    full: Mapping[str, int]

    def of(self, canonical: str) -> str | None:
        """The raw column that holds a canonical one."""
        return column_of(self.layout, canonical, self.columns)

    def text(self, column: str | None) -> str:
        """A cell without blanks around it, as SQL; null where it says nothing or was redacted."""
        if column is None:
            return "NULL::VARCHAR"
        values = self.values.get(column)
        if values is not None and not any(is_blank(cell) or cell != cell.strip() for cell in values):
            return quoted(column)
        if column in self.full:
            return quoted(column)
        cell = f"trim({quoted(column)})"
        return f"CASE WHEN lower({cell}) IN ({literals(BLANKS)}) THEN NULL ELSE {cell} END"

    def day(self, column: str | None) -> str:
        """A day, as SQL; null where the cell is blank or cannot be read."""
        if column is None:
            return "NULL::DATE"
        values = self.values.get(column)
        if values is not None and all(_ISO.fullmatch(cell) or is_blank(cell) for cell in values):
            return f"TRY_CAST({quoted(column)} AS DATE)"
        return any_day(f"trim({quoted(column)})")

    def years(self, column: str) -> tuple[int, int]:
        """First and last year that the dates or years of a column may lie in."""
        if column == self.of("day"):
            return self.layout.year
        return EARLIEST, 9999 if _AHEAD.search(column) else self.layout.year[1]

    def day_that_can_be(self, column: str | None) -> str:
        """A day within `years`, as SQL; null where the cell is blank, cannot be read or says another."""
        day = self.day(column)
        if column is None or self._all(column, _ISO):
            return day
        first, last = self.years(column)
        return f"CASE WHEN {day} BETWEEN DATE '{first}-01-01' AND DATE '{last}-12-31' THEN {day} END"

    def year_that_can_be(self, column: str | None) -> str:
        """A year within `years` as four digits, as SQL; null where the cell says none. Parquet may have it as `1990.0`."""
        cell = self.text(column)
        if column is None or self._all(column, _YEAR):
            return cell
        first, last = self.years(column)
        digits = rf"regexp_extract({cell}, '^(\d{{4}})(\.0+)?$', 1)"
        return f"CASE WHEN {digits} BETWEEN '{first}' AND '{last}' THEN {digits} END"

    def _all(self, column: str, form: re.Pattern[str]) -> bool:
        """Whether the distinct cells of a column are few, and each is blank or has a form that begins with a year of `years`."""
        values, (first, last) = self.values.get(column), self.years(column)
        return values is not None and all(
            (form.fullmatch(cell) and first <= int(cell[:4]) <= last) or is_blank(cell) for cell in values
        )

    def word(
        self,
        column: str | None,
        known: Mapping[str, str],
        key: Callable[[str], str],
        *,
        blank: str = "NULL",
        otherwise: str = "NULL",
    ) -> str:
        """What a cell means, as SQL: `known` by its key; `blank` for one that says nothing, `otherwise` for others (SQL)."""
        if column is None:
            return blank
        cells = self.values.get(column)
        if cells is None:
            raise TooMany(f"{column}: expected at most {FEW:,} different words, found more")
        whens = [f"WHEN {quoted(column)} IS NULL THEN {blank}"]
        for cell in sorted(cells, key=lambda one: -cells[one]):
            meaning = (
                blank if is_blank(cell) else literal(known[key(cell)]) if key(cell) in known else otherwise
            )
            whens.append(f"WHEN {quoted(column)} = {literal(cell)} THEN {meaning}")
        return f"CASE {' '.join(whens)} END"


class TooMany(ValueError):
    """A column of words has so many that they cannot be words."""


def lower(cell: str) -> str:
    """The key of a word."""
    return cell.strip().lower()


@dataclass(frozen=True, slots=True)
class Made:
    """What is made of a raw column: SQL over it; a column that the file lacks is None."""

    column: str | None
    sql: str


def canonical(raw: Raw) -> dict[str, Made]:
    """Canonical column -> what it is made of; all but those of PLACED, which come from where the facility stands."""
    forms = {key: form for key, (_, form) in FORMS.items()}
    kinds = {key: kind for key, (kind, _) in FORMS.items()}
    special: dict[str, tuple[str, Callable[[str | None], str]]] = {
        "outcome": (
            "lift_reason",
            lambda column: raw.word(
                column, LIFTED, lower, blank="'not_recorded'", otherwise="'unrecognised'"
            ),
        ),
        "kind": ("form", lambda column: raw.word(column, kinds, form_key)),
        "form": ("form", lambda column: raw.word(column, forms, form_key)),
        "method": (
            "apprehension_method",
            lambda column: raw.word(column, METHODS, lower, otherwise="'other'"),
        ),
        "final_order": ("final_order", lambda column: raw.word(column, YES_NO, lower)),
        "day": ("day", raw.day),
        "birth_year": ("birth_year", raw.year_that_can_be),
    }
    out = {}
    for name, kind in CANONICAL[raw.layout.table].items():
        if name in PLACED:
            continue
        source, sql = special.get(name, (name, raw.day_that_can_be if kind == "DATE" else raw.text))
        column = raw.of(source)
        out[name] = Made(column, f"({sql(column)})::{kind}")
    return out


def site(raw: Raw) -> dict[str, Made]:
    """The four cells that place a row, by name; of a table without facilities, its state alone."""
    facilities = "facility" in CANONICAL[raw.layout.table]
    columns = {name: raw.of(name) if facilities or name == "state" else None for name in SITE}
    return {name: Made(column, raw.text(column)) for name, column in columns.items()}
