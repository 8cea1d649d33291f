"""Sentences of law as JSON values: norms, duties, clocks, reports, notes."""

from __future__ import annotations

from datetime import date
from typing import Any, TypeAlias

from bailiwick.engine.lawbook import LawFile
from bailiwick.engine.norm import Clock, Duty, Norm, Note, Provision, Report

Dated: TypeAlias = Norm | Duty | Clock | Report


def kind(one: Dated) -> str:
    """`norm`, `duty`, `clock` or `report`."""
    return type(one).__name__.lower()


def says(one: Dated) -> str:
    """Its sentence."""
    return one.says if isinstance(one, Norm) else one.what


def as_json(one: Dated) -> dict[str, Any]:
    """Everything a sentence of law has, under the names of the law files."""
    out: dict[str, Any] = {"kind": kind(one), "id": one.id, "file": one.file}
    match one:
        case Norm():
            out |= {
                "action": list(one.actions),
                "effect": str(one.effect),
                "says": one.says,
                "level": one.level,
                "standard": one.standard,
                "preempts": one.preempts,
                "overrides": list(one.overrides),
            }
        case Duty():
            out |= {"what": one.what, "to": one.to, "within": one.within, "clock": one.clock}
        case Clock():
            out |= {
                "what": one.what,
                "start": one.start,
                "length": one.length,
                "until": one.until,
                "calendar": one.calendar,
                "holidays": list(one.holidays),
                "says": one.says,
            }
        case Report():
            out |= {
                "what": one.what,
                "by": one.by,
                "to": one.to,
                "due": one.due,
                "every": one.every,
                "items": list(one.items),
            }
    if isinstance(one, Provision):
        out |= {
            "custodian": list(one.custodians),
            **{k: one.texts.get(k) for k in ("given", "when", "unless")},
            "note": one.note,
            "proposal": one.proposal,
        }
    return out | {
        "cite": one.cite.text,
        "standing": str(one.cite.standing),
        "open": one.open,
        "in_force": {"from": _day(one.span.start), "to": _day(one.span.end)},
    }


def note_as_json(one: Note) -> dict[str, Any]:
    """A note."""
    return {
        "id": one.id,
        "kind": one.kind,
        "says": one.says,
        "cite": one.cite.text,
        "standing": str(one.cite.standing),
    }


def file_as_json(file: LawFile) -> dict[str, Any]:
    """Which file, and when and against what it was last checked."""
    return {
        "name": file.name,
        "title": file.title,
        "checked": {k: _day(v) if isinstance(v, date) else v for k, v in checked(file).items()},
    }


def checked(file: LawFile) -> dict[str, Any]:
    """When, against what and by whom a file was last checked (YAML 1.1 reads the bare key `on` as true)."""
    return {"on" if k == "True" else k: v for k, v in file.checked.items()}


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
