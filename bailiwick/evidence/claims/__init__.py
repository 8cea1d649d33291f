"""Claims made in public debate: what was counted, what was not, and the calculation that would answer each.

The claims are data (`events.yaml`, `rules.yaml`, `counts.yaml`, `causes.yaml`); which side made one is not in them. Findings
keep the standing of their sources; figures are computed by named functions (`figures.py`) when a page asks for them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
FILES = ("counts", "rules", "events", "causes")
KINDS = ("count", "rule", "event", "cause")
VERDICTS = ("supported", "partly", "contradicted", "not settled", "not found")
STANDINGS = ("seen", "secondary")


@dataclass(frozen=True, slots=True)
class Calculation:
    """A calculation that answers many claims."""

    id: str
    title: str
    says: str


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim.

    Attributes:
        id: `C01` to `C59`.
        claim: in neutral words.
        kind: any of KINDS.
        verdict: about the claim as worded, one of VERDICTS.
        finding: what public sources say.
        counted, not_counted: what stands behind the claim, and what does not.
        denominator: out of what.
        answer: what would answer it.
        calculation: the calculation it needs, where it is one of many.
        sources: text and standing of each.
        figures: named functions with their arguments.
        missing: what is not held here; empty where the figures settle what can be settled.
    """

    id: str
    claim: str
    kind: tuple[str, ...]
    verdict: str
    finding: str
    counted: str
    not_counted: str
    denominator: str
    answer: str
    calculation: Calculation | None
    sources: tuple[dict[str, str], ...]
    figures: tuple[dict[str, Any], ...]
    missing: str


_NEEDED = ("id", "claim", "kind", "verdict", "finding", "counted", "not_counted", "denominator", "answer")
_MORE = ("needs", "sources", "figures", "missing")


@lru_cache(maxsize=1)
def calculations() -> dict[str, Calculation]:
    """The calculations by name."""
    data = yaml.safe_load((HERE / "calculations.yaml").read_text(encoding="utf-8"))
    return {name: Calculation(name, one["title"], one["says"].strip()) for name, one in data.items()}


@lru_cache(maxsize=1)
def claims() -> tuple[Claim, ...]:
    """Every claim, in the order of its number.

    Raises:
        ValueError: a claim that lacks a part, or has one nobody knows; the message names file and claim.
    """
    found = [
        _claim(raw, name)
        for name in FILES
        for raw in yaml.safe_load((HERE / f"{name}.yaml").read_text(encoding="utf-8"))
    ]
    return tuple(sorted(found, key=lambda c: c.id))


def _claim(raw: dict[str, Any], file: str) -> Claim:
    where = f"{file}.yaml, {raw.get('id', 'a claim without id')}"
    if lacks := [k for k in _NEEDED if k not in raw]:
        raise ValueError(f"{where}: expected {', '.join(lacks)}")
    if unknown := set(raw) - {*_NEEDED, *_MORE}:
        raise ValueError(f"{where}: unknown {', '.join(sorted(unknown))}")
    if raw["verdict"] not in VERDICTS or not set(raw["kind"]) <= set(KINDS):
        raise ValueError(f"{where}: expected a verdict of {VERDICTS} and kinds of {KINDS}")
    needs = raw.get("needs")
    if needs and needs not in calculations():
        raise ValueError(f"{where}: unknown calculation {needs}")
    return Claim(
        **{k: raw[k] for k in _NEEDED if k != "kind"},
        kind=tuple(raw["kind"]),
        calculation=calculations()[needs] if needs else None,
        sources=tuple(raw.get("sources", ())),
        figures=tuple(raw.get("figures", ())),
        missing=raw.get("missing", ""),
    )
