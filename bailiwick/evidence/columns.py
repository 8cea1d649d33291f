"""The canonical columns of each table of a store, and the SQL that makes them of raw text. Days are the agency's local days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bailiwick.evidence.sources import Layout
from bailiwick.evidence.words import BLANKS, FORMS, LIFTED, METHODS

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
#: The raw columns that place a row.
SITE = ("facility", "facility_code", "state", "city")
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


def text(column: str | None) -> str:
    """A cell without blanks around it; null where it says nothing or was redacted."""
    if column is None:
        return "NULL::VARCHAR"
    cell = f"trim({quoted(column)})"
    return f"CASE WHEN lower({cell}) IN ({literals(BLANKS)}) THEN NULL ELSE {cell} END"


def day(column: str | None) -> str:
    """A day; null where the cell is blank or cannot be read."""
    if column is None:
        return "NULL::DATE"
    cell = f"trim({quoted(column)})"
    return (
        f"coalesce(TRY_CAST({cell} AS DATE), CAST(TRY_CAST({cell} AS TIMESTAMP) AS DATE), "
        f"CAST(try_strptime({cell}, {_FORMATS}) AS DATE))"
    )


def chosen(subject: str, words: Mapping[str, str], otherwise: str) -> str:
    """What each known word means; `otherwise` (SQL) for another."""
    cases = " ".join(f"WHEN {literal(word)} THEN {literal(meaning)}" for word, meaning in words.items())
    return f"CASE {subject} {cases} ELSE {otherwise} END"


def form_key(column: str | None) -> str:
    """`I247A` from any spelling of a form's name."""
    return f"nullif(regexp_replace(upper({text(column)}), '^.*?I-?(247[A-Z]?).*$|^.*$', 'I\\1'), 'I')"


def canonical(layout: Layout, columns: Iterable[str]) -> dict[str, str]:
    """Canonical column -> SQL over the raw columns, and over `stands` (see `load.py`) for where a facility stands."""
    there = tuple(columns)

    def raw(name: str) -> str | None:
        return column_of(layout, name, there)

    special = {
        "outcome": f"CASE WHEN {text(raw('lift_reason'))} IS NULL THEN 'not_recorded' ELSE "
        + chosen(f"lower({text(raw('lift_reason'))})", LIFTED, "'unrecognised'")
        + " END",
        "kind": chosen(form_key(raw("form")), {key: kind for key, (kind, _) in FORMS.items()}, "NULL"),
        "form": chosen(form_key(raw("form")), {key: form for key, (_, form) in FORMS.items()}, "NULL"),
        "method": f"CASE WHEN {text(raw('apprehension_method'))} IS NULL THEN NULL ELSE "
        + chosen(f"lower({text(raw('apprehension_method'))})", METHODS, "'other'")
        + " END",
        "final_order": chosen(f"lower({text(raw('final_order'))})", {"yes": "true", "no": "false"}, "NULL")
        + "::BOOLEAN",
        "state": "stands.at_state",
        "county": "stands.at_county",
        "placed": "stands.at_placed",
        "place": "stands.at_place",
        "custodian": "stands.at_custodian",
    }
    out = {}
    for name, kind in CANONICAL[layout.table].items():
        if name in special and (name != "final_order" or raw(name)):
            out[name] = special[name]
        elif kind == "DATE":
            out[name] = day(raw(name))
        else:
            out[name] = f"{text(raw(name))}::{kind}"
    return out
