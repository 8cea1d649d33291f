"""`bailiwick audit`: compare what was done with what the law says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bailiwick.commands.errors import BAD_INPUT, DONE, FINDING, complain
from bailiwick.commands.options import Format, FormatOption, LawOption, read_format

if TYPE_CHECKING:
    from bailiwick.commands.rendering import Block
    from bailiwick.engine.case import Case
    from bailiwick.engine.decide import Answer
    from bailiwick.engine.facts import Outcome

COLUMNS = ("id", "line", "action", "decided", "finding", "possible", "norms", "cites", "missing")


class Verdict(StrEnum):
    """What the law says of something that was done."""

    AGREE = "agree"
    CONTRARY = "contrary"
    UNSETTLED = "unsettled"


#: Outcomes that what was done agrees with, and those it is contrary to. Where no rule speaks, neither is
#: contrary; where rules conflict, neither is anything before counsel has spoken.
AGREES = {
    "honored": ("required", "allowed", "unregulated"),
    "declined": ("forbidden", "allowed", "unregulated"),
}
CONTRARY = {"honored": ("forbidden",), "declined": ("required",)}


def verdict(decided: str, possible: tuple[Outcome, ...]) -> Verdict:
    """Agrees with every outcome still possible, is contrary to every one, or is not settled."""
    if all(outcome in AGREES[decided] for outcome in possible):
        return Verdict.AGREE
    if all(outcome in CONTRARY[decided] for outcome in possible):
        return Verdict.CONTRARY
    return Verdict.UNSETTLED


def audit(
    cases: Annotated[
        str,
        typer.Argument(
            metavar="CASES.jsonl",
            help="Cases, one a line, each with what was decided; - reads standard input.",
        ),
    ],
    format: FormatOption = None,
    law: LawOption = None,
) -> int:
    """Compare decisions that were made with what the law of their place and day says.

    Each case carries what was done: "decided": {"hold": "honored"} or {"hold": "declined"}; other actions may
    stand beside. A decision agrees with every outcome that the facts leave possible, is contrary to every
    one, or the facts do not settle it; the last two are listed, with the norms that decide or the questions
    that would settle it.

    \b
    A list to read, and the same for a machine:
      bailiwick audit cases.jsonl
      bailiwick audit cases.jsonl --format json
    A case of such a file:
      {"id": "26-004417", "place": "us/ca/fresno-county", "at": "2026-03-02T10:15:00-08:00",
       "custodian": "county_jail", "request": {"kind": "immigration_detainer"},
       "decided": {"hold": "honored"}}

    Exit status: 1 when a decision is contrary to the law.
    """
    from bailiwick.commands import inputs, rendering
    from bailiwick.engine.words import counted

    how = read_format(format)
    book = inputs.load_lawbook(law)
    source = inputs.Cases(cases, book.places)
    found = _Audit()
    for line, case in source:
        found.add(line, case, book)
    if how is Format.JSON:
        rendering.write_json(found.as_json())
    elif how is Format.CSV:
        out = rendering.Csv(COLUMNS)
        for finding in found.findings:
            out.row(finding.row())
    else:
        rendering.show(found.page())
    if found.without_decision:
        carry = "carries" if found.without_decision == 1 else "carry"
        complain(inputs.shown(cases), f"{counted(found.without_decision, 'case')} {carry} no decision")
    if source.bad:
        return BAD_INPUT
    return FINDING if found.counts[Verdict.CONTRARY] else DONE


@dataclass(frozen=True, slots=True)
class Finding:
    """A decision that is contrary to the law, or that the facts do not settle."""

    line: int
    id: Any
    action: str
    decided: str
    verdict: Verdict
    answer: Answer

    def as_json(self) -> dict[str, Any]:
        found = self.answer.to_json()
        out: dict[str, Any] = {"id": self.id}
        if self.id is None:
            out["line"] = self.line
        return out | {
            "action": self.action,
            "decided": self.decided,
            "possible": found["possible"],
            "because": found["because"],
            "missing": found["missing"],
        }

    def row(self) -> tuple[Any, ...]:
        because = self.answer.because
        return (
            self.id,
            self.line,
            self.action,
            self.decided,
            self.verdict,
            self.answer.possible,
            [b.norm.id for b in because],
            [b.norm.cite.text for b in because],
            self.answer.missing,
        )


@dataclass(slots=True)
class _Audit:
    counts: dict[Verdict, int] = field(default_factory=lambda: dict.fromkeys(Verdict, 0))
    findings: list[Finding] = field(default_factory=list)
    without_decision: int = 0

    def add(self, line: int, case: Case, book: Any) -> None:
        from bailiwick.engine.decide import decide

        if not case.decided:
            self.without_decision += 1
            return
        decision = decide(case, book, would_change=False)
        for action, decided in case.decided.items():
            answer = decision.actions[action]
            judged = verdict(decided, answer.possible)
            self.counts[judged] += 1
            if judged is not Verdict.AGREE:
                self.findings.append(Finding(line, case.id, action, decided, judged, answer))

    def as_json(self) -> dict[str, Any]:
        out: dict[str, Any] = {str(v): n for v, n in self.counts.items()}
        if self.without_decision:
            out["without_decision"] = self.without_decision
        return out | {"findings": [f.as_json() for f in self.findings]}

    def page(self) -> Iterator[Block]:
        from bailiwick.commands.rendering import Heading, Table
        from bailiwick.engine.words import counted

        total = sum(self.counts.values())
        yield Heading(
            f"{counted(total, 'decision')} compared with the law of their place and day", first=True
        )
        rows = [
            ("agree with every outcome still possible", f"{self.counts[Verdict.AGREE]:,}"),
            ("contrary to every outcome still possible", f"{self.counts[Verdict.CONTRARY]:,}"),
            ("not settled by the facts given", f"{self.counts[Verdict.UNSETTLED]:,}"),
        ]
        yield Table(("decisions", "number"), rows, right=(1,))
        for judged, title in ((Verdict.CONTRARY, "Contrary to the law"), (Verdict.UNSETTLED, "Not settled")):
            group = [f for f in self.findings if f.verdict is judged]
            if group:
                yield Heading(title)
                columns = ("case", "what", "decided", "the law", "because, or the questions left")
                yield Table(columns, [_row(f) for f in group], loose=True, limits=(16, 16, 8, 24))


def _row(finding: Finding) -> tuple[Any, ...]:
    from bailiwick.commands.rendering import Line
    from bailiwick.engine import words
    from bailiwick.engine.change import fact_question

    name = f"line {finding.line}" if finding.id is None else str(finding.id)
    answer = finding.answer
    why = [Line(words.citation(b.norm)) for b in answer.because] + [
        Line(fact_question(m)) for m in answer.missing
    ]
    return (
        [Line(name, "strong")],
        words.action(finding.action),
        finding.decided,
        words.OUTCOME[answer.outcome],
        why,
    )
