"""Which column of a jail's file is which field, checked against the file and against the law of the place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from bailiwick.custody.acting import Actor, note
from bailiwick.custody.collection import STATUS_FIELDS, forbidden_column, forbidden_fields
from bailiwick.custody.errors import Refused
from bailiwick.custody.exchange.reading import Row
from bailiwick.custody.exchange.tables import TABLES, Field, fields
from bailiwick.custody.models import Agency, ImportMapping


@dataclass(frozen=True)
class Plan:
    """How a file is read: column to field, and what a jail's own words mean (field to word to our word)."""

    table: str
    columns: dict[str, str]
    values: dict[str, dict[str, str]] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return {"columns": self.columns, "values": self.values}

    @classmethod
    def of(cls, table: str, data: Mapping[str, Any]) -> Plan:
        """From JSON. Raises Refused for another shape, a table or field that does not exist, or one given twice."""
        if table not in TABLES:
            raise Refused(f"Table: expected one of {', '.join(TABLES)}; found '{table}'.")
        columns, values = data.get("columns"), data.get("values") or {}
        if (
            columns is None
            or not _texts(columns)
            or not isinstance(values, dict)
            or not all(map(_texts, values.values()))
        ):
            raise Refused(
                'A mapping: expected {"columns": {column: field}, "values": {field: {word: our word}}}, found something else.'
            )
        known = fields(table)
        strange = sorted({*columns.values(), *values} - set(known))
        if strange:
            raise Refused(
                f"A mapping of {table}: expected fields {', '.join(known)}; found {', '.join(strange)}."
            )
        given = list(columns.values())
        twice = sorted({name for name in given if given.count(name) > 1})
        if twice:
            raise Refused(
                f"A mapping: expected each field from one column, found {', '.join(twice)} from two."
            )
        lower = {
            name: {word.strip().lower(): ours for word, ours in words.items()}
            for name, words in values.items()
        }
        return cls(table, dict(columns), lower)


def _texts(value: Any) -> bool:
    return isinstance(value, dict) and all(
        isinstance(k, str) and isinstance(v, str) for k, v in value.items()
    )


def propose(table: str, columns: Iterable[str]) -> dict[str, str]:
    """Column to field, by their names; for a person to look over."""
    names: dict[str, str] = {}
    for one in TABLES[table]:
        for name in (one.name, *one.also):
            names.setdefault(name, one.name)
    found: dict[str, str] = {}
    for column in columns:
        field_name = names.get("_".join("".join(c if c.isalnum() else " " for c in column.lower()).split()))
        if field_name is not None and field_name not in found.values():
            found[column] = field_name
    return found


@dataclass(frozen=True)
class Fitted:
    """A plan fitted to one file. `dropped`: columns that may not be collected here, each with the section."""

    plan: Plan
    reads: tuple[tuple[str, Field], ...]
    dropped: dict[str, str]
    zone: ZoneInfo

    def values(self, row: Row) -> dict[str, Any]:
        """The values of a row; an empty cell is left out. Raises ValueError that names the field."""
        out: dict[str, Any] = {}
        for column, one in self.reads:
            cell = row.cells.get(column, "").strip()
            if cell:
                words = self.plan.values.get(one.name)
                if words:
                    cell = words.get(cell.lower(), cell)
                try:
                    out[one.name] = one.read(cell, self.zone)
                except ValueError as error:
                    raise ValueError(f"{one.name}: {error}") from None
            elif one.required:
                raise ValueError(f"{one.name}: expected {one.means}, found an empty cell")
        return out

    def raw(self, row: Row) -> dict[str, str]:
        """The cells as they came, without those that may not be collected."""
        return {name: cell for name, cell in row.cells.items() if name not in self.dropped}


def fit(plan: Plan, columns: Iterable[str], agency: Agency, on: date) -> Fitted:
    """Fit a plan to a file's columns under the law of the agency's place on a day.

    Raises:
        Refused: a required field has no column in the file.
    """
    names = list(columns)
    forbidden = forbidden_fields(agency.place, agency.custodian, on)
    cite = next(iter(forbidden.values()), "")
    dropped = {
        name: cite
        for name in names
        if forbidden and (forbidden_column(name) or plan.columns.get(name) in STATUS_FIELDS)
    }
    known = fields(plan.table)
    reads = tuple(
        (name, known[plan.columns[name]]) for name in names if name in plan.columns and name not in dropped
    )
    have = {one.name for _, one in reads}
    missing = [one.name for one in known.values() if one.required and one.name not in have]
    if missing:
        raise Refused(
            f"The mapping: expected a column for {', '.join(missing)}; the file has {', '.join(names)}. "
            "Say in the mapping which column it is."
        )
    return Fitted(plan, reads, dropped, agency.tz)


@transaction.atomic
def save(actor: Actor, name: str, plan: Plan) -> ImportMapping:
    """Keep a mapping under a name; one of that name is replaced, and the record keeps both."""
    name = name.strip()
    if not name:
        raise Refused("Name of the mapping: expected a name, found nothing.")
    saved, _ = ImportMapping.objects.update_or_create(
        agency=actor.agency, name=name, defaults={"table": plan.table, "columns": plan.to_json()}
    )
    note(actor, "mapping.saved", saved, name=name, table=plan.table, **plan.to_json())
    return saved


def saved(agency: Agency, name: str) -> Plan:
    """The plan saved under a name. Raises Refused where there is none."""
    found = ImportMapping.objects.filter(agency=agency, name=name).first()
    if found is None:
        known = list(
            ImportMapping.objects.filter(agency=agency).order_by("name").values_list("name", flat=True)
        )
        raise Refused(f"Mapping: expected one of {', '.join(known) or 'none yet'}; found '{name}'.")
    return Plan.of(found.table, found.columns)
