"""Lawbooks and cases made up for the tests of the engine. Nobody in them exists, and no law in them does.

Data files beside this one hold the cases where there are many.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import yaml

from bailiwick.engine.case import Case, read_case
from bailiwick.engine.decide import Answer, Decider
from bailiwick.engine.lawbook import Lawbook
from bailiwick.engine.places import load_places
from bailiwick.engine.zones import zone

DATA = Path(__file__).parent

#: The instants among the facts; in conditions they stand for their local day.
INSTANTS = ("request.received_at", "release.eligible_at")


def data(name: str) -> Any:
    """A data file of this folder."""
    return yaml.safe_load((DATA / f"{name}.yaml").read_text(encoding="utf-8"))


def norm(name: str, effect: str, **rest: Any) -> dict[str, Any]:
    """A norm on `hold` in force since 2000, with what every norm must have; `rest` replaces keys."""
    return {
        "id": name,
        "action": "hold",
        "effect": effect,
        "says": f"{name} says so.",
        "cite": f"Act § {name}",
        "standing": "seen",
        "from": date(2000, 1, 1),
    } | rest


def law(place: str = "us", **sections: Any) -> dict[str, Any]:
    """A law file: `law("us/ca", norms=[…])`."""
    return {"place": place, "title": f"Law of {place}"} | sections


def write(directory: Path, files: Mapping[str, Any]) -> Path:
    """Law files under a directory: path -> text, or what becomes YAML."""
    for name, content in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            path.write_bytes(content)
        elif isinstance(content, str):
            path.write_text(content, encoding="utf-8")
        else:
            path.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return directory


def lawbook(directory: Path, *laws: Mapping[str, Any]) -> Lawbook:
    """The lawbook of some law files."""
    files = {}
    for one in laws:
        if "court" in one:
            name = f"courts/{one['court']}"
        elif one.get("proposal"):
            name = f"{one['place']}/proposals/{one['proposal']}"
        else:
            name = str(one["place"])
        files[f"{name}.yaml"] = dict(one)
    return Lawbook.load(write(directory, files))


def raw_case(**facts: Any) -> dict[str, Any]:
    """A case in Wyoming at noon (UTC) of 1 July 2020; `person__age=3` sets a fact of a group."""
    raw: dict[str, Any] = {"place": "us/wy", "at": "2020-07-01T12:00:00Z"}
    for name, value in facts.items():
        group, _, field = name.partition("__")
        if field:
            raw.setdefault(group, {})[field] = value
        else:
            raw[name] = value
    return raw


def made_up_case(**facts: Any) -> Case:
    return read_case(raw_case(**facts), load_places())


def answer(book: Lawbook, action: str = "hold", *, would_change: bool = False, **facts: Any) -> Answer:
    """What a lawbook says of an action in a made-up case."""
    return Decider(book).decide(made_up_case(**facts), would_change=would_change).actions[action]


def as_json(case: Case) -> dict[str, Any]:
    """A case as the contract writes it."""

    def plain(value: Any) -> Any:
        if isinstance(value, tuple):
            return list(value)
        return value.isoformat() if isinstance(value, date) else value

    raw: dict[str, Any] = {"id": case.id, "place": case.place.path, "at": case.at.isoformat()}
    raw["charges_complete"] = case.complete
    for name, value in case.facts.items():
        group, _, field = name.partition(".")
        if field:
            raw.setdefault(group, {})[field] = plain(value)
        else:
            raw[name] = plain(value)
    if case.charges is not None:
        raw["charges"] = [{k: plain(v) for k, v in charge.items()} for charge in case.charges]
    return raw


def changed(raw: Mapping[str, Any], changes: list[Mapping[str, Any]], tz: str) -> dict[str, Any] | None:
    """The case after the changes that `would_change` reports, made by hand; None where it only names a kind of charge."""
    out = copy.deepcopy(dict(raw))
    for change in changes:
        fact, to = change["fact"], change["to"]
        if fact == "charges":
            if isinstance(to, str):
                return None
            out["charges"] = [*(out.get("charges") or []), to]
            continue
        if fact in INSTANTS:
            to = datetime.combine(date.fromisoformat(to), time(12), tzinfo=zone(tz)).isoformat()
        group, _, field = fact.partition(".")
        out.setdefault(group, {})[field] = to
    return out
