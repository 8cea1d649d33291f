"""Worked examples: the law's tests, as data beside each law file, and what they cover.

``us/ca.examples.yaml`` is written by people from the text of the law; ``us/ca.coverage.yaml`` is generated to reach coverage
and counted apart. Their form is described in ``docs/reference/law-files.md``.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from bailiwick.engine.case import BadCase, Case, read_case
from bailiwick.engine.decide import Decider, Decision
from bailiwick.engine.facts import ACTIONS, Outcome, nearest
from bailiwick.engine.lawbook import Lawbook, LawError, read_yaml
from bailiwick.engine.zones import zone

WRITTEN, GENERATED = ".examples.yaml", ".coverage.yaml"
_KEYS = {
    "name",
    "why",
    "place",
    "at",
    "case",
    "expect",
    "because",
    "missing",
    "each",
    "clocks",
    "duties",
    "not_owed",
    "with",
}


@dataclass(slots=True)
class Example:
    """One case with what the law says of it.

    Attributes:
        where: file:line.
        expect: action -> outcome.
        because: action -> a norm that decides.
        missing: action -> facts that must be among those missing.
        clocks: clock -> its deadline (UTC) or None when it must not run; duties: those owed; not_owed: duties that are not,
            and clocks that do not run.
    """

    where: str
    file: str
    name: str
    why: str
    raw: dict[str, Any]
    expect: dict[str, str]
    because: dict[str, str]
    missing: dict[str, list[str]]
    clocks: dict[str, str | None]
    duties: list[str]
    not_owed: list[str]
    proposals: tuple[str, ...]
    generated: bool
    case: Case = field(init=False)


@dataclass(frozen=True, slots=True)
class Failure:
    """An example that does not come out as written."""

    where: str
    name: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.name}: {self.message}"


def load_examples(lawbook: Lawbook, only: str | None = None) -> tuple[list[Example], int, list[LawError]]:
    """Every example (``each`` expanded), how many were written (before expansion), and what is wrong with their files.

    ``only``: examples of files at or under this place (or ``courts/…``).
    """
    out: list[Example] = []
    written = 0
    errors: list[LawError] = []
    for path in sorted(lawbook.directory.rglob("*.yaml")):
        if not path.name.endswith((WRITTEN, GENERATED)):
            continue
        stem = path.relative_to(lawbook.directory).as_posix().removesuffix(WRITTEN).removesuffix(GENERATED)
        if stem in lawbook.unread or (only and not (stem == only or stem.startswith(only + "/"))):
            continue
        try:
            found, count = _read_file(lawbook, path, stem)
        except LawError as error:
            errors.append(error)
            continue
        out += found
        written += 0 if path.name.endswith(GENERATED) else count
    return out, written, errors


def _read_file(lawbook: Lawbook, path: Path, stem: str) -> tuple[list[Example], int]:
    shown = lawbook.shown(path)
    raw = read_yaml(path, shown)
    if not isinstance(raw, Mapping) or not isinstance(raw.get("examples"), list):
        raise LawError(f"{shown}:1", "expected 'examples:' with a list")
    out: list[Example] = []
    for row in raw["examples"]:
        where = f"{shown}:{getattr(row, 'line', 1)}"
        if not isinstance(row, Mapping):
            raise LawError(where, "expected an example")
        for key in row:
            if key not in _KEYS:
                raise LawError(where, f"unknown key '{key}' in an example{nearest(key, _KEYS)}")
        for key in ("name", "at"):
            if not row.get(key):
                raise LawError(where, f"example without '{key}'")
        for variant in _expand(row, where):
            out.append(_example(lawbook, path, stem, raw, variant, where))
    return out, len(raw["examples"])


def _expand(row: Mapping[str, Any], where: str) -> Iterator[dict[str, Any]]:
    each = row.get("each")
    if not each:
        yield dict(row)
        return
    if len(each) != 1:
        raise LawError(where, "each: expected one field with its values")
    ((path, values),) = each.items()
    for value in values:
        variant = {
            **row,
            "case": copy.deepcopy(dict(row.get("case") or {})),
            "name": f"{row['name']} ({value})",
        }
        _put(variant["case"], path.split("."), value, where)
        yield variant


def _put(target: Any, keys: list[str], value: Any, where: str) -> None:
    for key in keys[:-1]:
        try:
            target = target[int(key)] if key.isdigit() else target.setdefault(key, {})
        except (IndexError, KeyError, AttributeError):
            raise LawError(where, f"each: no '{key}' in the case to vary") from None
    target[int(keys[-1]) if keys[-1].isdigit() else keys[-1]] = value


def merged(base: Any, over: Any) -> Any:
    """``over`` deep-merged on ``base``; lists and null replace."""
    if isinstance(base, Mapping) and isinstance(over, Mapping):
        return {**base, **{k: merged(base.get(k), v) for k, v in over.items()}}
    return over


def _example(
    lawbook: Lawbook, path: Path, stem: str, raw: Mapping[str, Any], row: Mapping[str, Any], where: str
) -> Example:
    case = merged(raw.get("defaults") or {}, row.get("case") or {})
    case["place"] = (
        row.get("place") or case.get("place") or raw.get("place") or _default_place(lawbook, stem, where)
    )
    case["at"] = row["at"]
    expect = {}
    for action, outcome in (row.get("expect") or {}).items():
        if action not in ACTIONS:
            raise LawError(where, f"unknown action '{action}'{nearest(action, ACTIONS)}")
        if outcome not in list(Outcome):
            raise LawError(where, f"unknown outcome '{outcome}'{nearest(str(outcome), list(Outcome))}")
        expect[action] = outcome
    proposals = row.get("with") or ()
    example = Example(
        where=where,
        file=stem,
        name=str(row["name"]),
        why=str(row.get("why") or ""),
        raw=case,
        expect=expect,
        because=dict(row.get("because") or {}),
        missing={k: [v] if isinstance(v, str) else list(v) for k, v in (row.get("missing") or {}).items()},
        clocks={
            k: v.isoformat() if isinstance(v, datetime) else v for k, v in (row.get("clocks") or {}).items()
        },
        duties=list(row.get("duties") or []),
        not_owed=list(row.get("not_owed") or []),
        proposals=(proposals,) if isinstance(proposals, str) else tuple(proposals),
        generated=path.name.endswith(GENERATED),
    )
    if not (example.expect or example.clocks or example.duties or example.not_owed):
        raise LawError(where, f"example '{example.name}' expects nothing")
    example.case = case_of(case, lawbook, where)
    return example


def _default_place(lawbook: Lawbook, stem: str, where: str) -> str:
    file = next(
        (
            f
            for f in lawbook.files.values()
            if f.path.with_suffix("").relative_to(lawbook.directory).as_posix() == stem
        ),
        None,
    )
    if file is None:
        raise LawError(where, "an example of no law file, and no 'place'")
    return file.binds[0]


def case_of(raw: dict[str, Any], lawbook: Lawbook, where: str) -> Case:
    """A case of an example: a bare date is noon there; YAML's own dates and instants count as text."""
    try:
        place = lawbook.places.get(str(raw["place"]))
        at = raw["at"]
        if isinstance(at, str) and len(at) == 10:
            at = date.fromisoformat(at)
        if type(at) is date:
            at = datetime(at.year, at.month, at.day, 12, tzinfo=zone(place.tz))
        if isinstance(at, datetime) and at.tzinfo is None:
            at = at.replace(tzinfo=UTC)  # YAML turns an instant with offset into UTC without saying so
        raw["at"] = at.isoformat() if isinstance(at, datetime) else at
        return read_case(_texts(raw), lawbook.places)
    except (BadCase, ValueError) as error:
        raise LawError(where, str(error)) from None


def _texts(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {k: _texts(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_texts(v) for v in value]
    if isinstance(value, datetime):
        return (value.replace(tzinfo=UTC) if value.tzinfo is None else value).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def check(example: Example, decider: Decider) -> list[Failure]:
    """What of an example does not come out as written."""
    decision = decider.decide(example.case, example.proposals, would_change=False)
    return [Failure(example.where, example.name, m) for m in _messages(example, decision)]


def _messages(example: Example, decision: Decision) -> Iterator[str]:
    for action, outcome in example.expect.items():
        answer = decision.actions[action]
        if answer.outcome != outcome:
            reasons = ", ".join(b.norm.id for b in answer.because) or ", ".join(answer.missing)
            yield f"{action} is {answer.outcome}, not {outcome} ({reasons or 'no norm speaks'})"
    for action, norm in example.because.items():
        found = [b.norm.id for b in decision.actions[action].because]
        if norm not in found:
            yield f"{action} is decided by {', '.join(found) or 'nothing'}, not by {norm}"
    for action, facts in example.missing.items():
        known = decision.actions[action].missing
        lacking = [f for f in facts if f not in known and f"norm:{f}" not in known]
        if lacking:
            yield f"{action}: {', '.join(lacking)} is not among the missing ({', '.join(known)})"
    running = {c["id"]: c["due"] for c in decision.clocks}
    for clock, due in example.clocks.items():
        expected = None if due is None else datetime.fromisoformat(str(due).replace("Z", "+00:00"))
        actual = running.get(clock)
        if (actual is None) != (expected is None) or (
            actual and datetime.fromisoformat(actual.replace("Z", "+00:00")) != expected
        ):
            yield f"clock {clock} is due {actual}, not {due}"
    owed = {d["id"] for d in decision.duties}
    for duty in example.duties:
        if duty not in owed:
            yield f"duty {duty} is not owed"
    for name in example.not_owed:
        if name in owed or name in running:
            yield f"{name} is owed"
