"""Which column of a jail's file is which field, checked against the file and against the law of the place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
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
            raise Refused(
                "Table: expected one of %(tables)s; found '%(table)s'.", tables=", ".join(TABLES), table=table
            )
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
                "A mapping of %(table)s: expected fields %(known)s; found %(strange)s.",
                table=table,
                known=", ".join(known),
                strange=", ".join(strange),
            )
        given = list(columns.values())
        twice = sorted({name for name in given if given.count(name) > 1})
        if twice:
            raise Refused(
                "A mapping: expected each field from one column, found %(twice)s from two.",
                twice=", ".join(twice),
            )
        return cls(table, dict(columns), {name: dict(words) for name, words in values.items()})


def _texts(value: Any) -> bool:
    return isinstance(value, dict) and all(
        isinstance(k, str) and isinstance(v, str) for k, v in value.items()
    )


def propose(table: str, columns: Iterable[str]) -> dict[str, str]:
    """Column to field, by their names; for a person to look over."""
    names: dict[str, str] = {}
    for one in TABLES[table]:
        for name in (one.name, *one.also):
            names.setdefault(_letters(name), one.name)
    found: dict[str, str] = {}
    for column in columns:
        field_name = names.get(_letters(column))
        if field_name is not None and field_name not in found.values():
            found[column] = field_name
    return found


def _letters(name: str) -> str:
    """A name without what is written differently: `Booking No.`, `booking_no` and `BookingNo` are one."""
    return "".join(letter for letter in name.lower() if letter.isalnum())


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
                words = self._words.get(one.name)
                if words:
                    cell = words.get(cell.lower(), cell)
                try:
                    out[one.name] = one.read(cell, self.zone)
                except ValueError as error:
                    raise ValueError(f"{one.name}: {error}") from None
            elif one.required:
                raise ValueError(f"{one.name}: expected {one.means}, found an empty cell")
        return out

    @cached_property
    def _words(self) -> dict[str, dict[str, str]]:
        """The jail's own words in lower case."""
        return {
            name: {word.strip().lower(): ours for word, ours in words.items()}
            for name, words in self.plan.values.items()
        }

    def raw(self, row: Row) -> dict[str, str]:
        """The cells that are read, as they came. What nobody mapped may be anything, what the law forbids to collect too."""
        return {name: row.cells[name] for name, _ in self.reads if name in row.cells}


def dropped_of(
    columns: Iterable[str], chosen: Mapping[str, str], agency: Agency, at: datetime
) -> dict[str, str]:
    """The columns that may not be collected at an agency now, each with the section that forbids it."""
    return _dropped(columns, chosen, agency, at.astimezone(agency.tz).date())


def _dropped(columns: Iterable[str], chosen: Mapping[str, str], agency: Agency, on: date) -> dict[str, str]:
    forbidden = forbidden_fields(agency.place, agency.custodian, on)
    cite = next(iter(forbidden.values()), "")
    return {
        name: cite
        for name in columns
        if forbidden and (forbidden_column(name) or chosen.get(name) in STATUS_FIELDS)
    }


def fit(plan: Plan, columns: Iterable[str], agency: Agency, on: date) -> Fitted:
    """Fit a plan to a file's columns under the law of the agency's place on a day.

    Raises:
        Refused: a required field has no column in the file.
    """
    names = list(columns)
    dropped = _dropped(names, plan.columns, agency, on)
    known = fields(plan.table)
    reads = tuple(
        (name, known[plan.columns[name]]) for name in names if name in plan.columns and name not in dropped
    )
    have = {one.name for _, one in reads}
    missing = [one.name for one in known.values() if one.required and one.name not in have]
    if missing:
        raise Refused(
            "The mapping: expected a column for %(missing)s; the file has %(names)s. Say in the "
            "mapping which column it is.",
            missing=", ".join(missing),
            names=", ".join(names),
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
        raise Refused(
            "Mapping: expected one of %(known)s; found '%(name)s'.",
            known=", ".join(known) or "none yet",
            name=name,
        )
    return Plan.of(found.table, found.columns)
