"""`bailiwick evidence law` and `whatif`: the law beside what was done, and what other law would have said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bailiwick.commands.errors import DONE
from bailiwick.commands.evidence_options import (
    ByOption,
    EngineOption,
    MasterOption,
    ReleaseOption,
    StoreOption,
    WhereOption,
    complaining,
    read_engine,
    read_store,
    read_where,
)
from bailiwick.commands.options import Format, FormatOption, LawOption, OnOption, WithOption, read_format

if TYPE_CHECKING:
    from bailiwick.commands.rendering import Block
    from bailiwick.evidence.law import AsIf, Beside, WhatIf

COUNTS = (
    *("detainers", "required", "declined_required_least", "declined_required_most", "forbidden"),
    *("taken_forbidden_least", "taken_forbidden_most", "law_unknown", "not_recorded"),
)
#: Whether an answer changes, as shown.
CHANGES = {"yes": "yes", "no": "no", "unknown": "cannot be known"}


def law(
    by: ByOption = None,
    where: WhereOption = None,
    store: StoreOption = None,
    release: ReleaseOption = None,
    engine: EngineOption = None,
    master: MasterOption = None,
    format: FormatOption = None,
    law: LawOption = None,
) -> int:
    """Put what the law of its place and day said beside what became of each detainer.

    Counts those declined where the law required what was asked, and those taken into custody where it forbade it, each from
    what is sure to what is possible: what a release does not tell (the papers, the charges) is unknown to the law, and a
    blank outcome may have been any. Custody may have come by another way than the one forbidden.

    \b
    By state:
      bailiwick evidence law --by state
    One county, by month:
      bailiwick evidence law --by month --where county=06037
    """
    from bailiwick.commands import inputs, rendering
    from bailiwick.evidence.law import Engine, beside
    from bailiwick.evidence.outcomes import BY

    how = read_format(format)
    names, limits = tuple(dict.fromkeys(by or ())), read_where(where)
    book = inputs.load_lawbook(law)
    with complaining():
        rows = beside(
            read_store(store),
            book,
            names,
            limits,
            release=release,
            engine=Engine(read_engine(engine, master), master),
        )
    columns = [column for name in names for column in BY[name]]
    if how is Format.JSON:
        rendering.write_json([{**one.group, **_counts(one)} for one in rows])
    elif how is Format.CSV:
        out = rendering.Csv((*columns, *COUNTS))
        for one in rows:
            out.row((*(one.group[name] for name in columns), *_counts(one).values()))
    else:
        rendering.show(_beside(columns, rows))
    return DONE


def _counts(one: Beside) -> dict[str, int]:
    found = (one.detainers, one.required, *one.declined_required, one.forbidden, *one.taken_forbidden)
    return dict(zip(COUNTS, (*found, one.law_unknown, one.not_recorded), strict=True))


def _beside(columns: Sequence[str], rows: Sequence[Beside]) -> Iterator[Block]:
    from bailiwick.commands.evidence_outcomes import named
    from bailiwick.commands.rendering import Heading, Table, Text

    yield Heading("What the law said, beside what was done", first=True)
    head = (
        *columns,
        *("detainers", "required", "of them declined", "forbidden", "of them taken into custody"),
        *("law cannot be known", "outcome not recorded"),
    )
    body = [
        [
            *(named(name, one.group[name]) for name in columns),
            *(f"{one.detainers:,}", f"{one.required:,}", span(one.declined_required)),
            *(
                f"{one.forbidden:,}",
                span(one.taken_forbidden),
                f"{one.law_unknown:,}",
                f"{one.not_recorded:,}",
            ),
        ]
        for one in rows
    ]
    yield Table(head, body, right=tuple(range(len(columns), len(head))))
    yield Text(
        "Ranges: at least those of whom the law and the outcome are known; at most those of whom they may be such. "
        "Custody may have come by another way than the one forbidden: a notice, a transfer, an arrest elsewhere."
    )


def span(between: tuple[int, int]) -> str:
    """`3 to 12`, or `3`."""
    least, most = between
    return f"{least:,}" if least == most else f"{least:,} to {most:,}"


def whatif(
    law: Annotated[
        str | None,
        typer.Option(
            "--law", metavar="PLACE", help="As if every detainer had come there: us/ca, us/tx/travis-county."
        ),
    ] = None,
    proposals: WithOption = None,
    on: OnOption = None,
    supposed: Annotated[
        list[str] | None,
        typer.Option(
            "--suppose",
            metavar="FACT=VALUE",
            help="Take a fact that the release does not tell as so: request.warrant=administrative, charges=none; "
            "`ordinary` for an ordinary case. May be given several times.",
        ),
    ] = None,
    where: WhereOption = None,
    store: StoreOption = None,
    release: ReleaseOption = None,
    engine: EngineOption = None,
    master: MasterOption = None,
    format: FormatOption = None,
    lawbook: Annotated[
        str | None,
        typer.Option(
            "--lawbook",
            metavar="DIR",
            envvar="BAILIWICK_LAW",
            show_envvar=True,
            help="Another lawbook: a directory of law files instead of the one that ships.",
        ),
    ] = None,
) -> int:
    """Ask what another law would have said of the same detainers.

    Their own law is that of their place and day. The other one is that of a place (--law; detainers that came there, or to a
    place within it, keep their own), of another day (--on), with bills that were never enacted (--with), or all of these. Shows
    of how many the answer changes, of how many that cannot be known, and which facts would settle it.

    An answer that is not known may still be known to change, where nothing that is possible under one law is so under the other;
    or not to, where the same rules decide on the same facts. Another day moves ages and look-backs, and with them the facts.

    \b
    Detainers sent to Texas, had the law of California applied:
      bailiwick evidence whatif --law us/ca --where state=us/tx
    Those sent to California, with a bill that was never enacted:
      bailiwick evidence whatif --with us/ca:ab-2641 --where state=us/ca
    All of them under the law of a later day, had each been an ordinary case:
      bailiwick evidence whatif --on 2026-01-01 --suppose ordinary
    """
    from bailiwick.commands import inputs, rendering
    from bailiwick.commands.errors import BadInput
    from bailiwick.evidence.law import AsIf, Engine, suppose
    from bailiwick.evidence.law import whatif as ask

    how = read_format(format)
    book = inputs.load_lawbook(lawbook)
    if law is not None:
        law = inputs.read_place(law, book.places, "--law").path
    day = inputs.read_case_day(on, "--on") if on else None
    with complaining():
        as_if = AsIf(law, day, inputs.read_proposals(proposals, book), suppose(supposed or ()))
    if as_if == AsIf(supposed=as_if.supposed):
        raise BadInput(
            "whatif", "expected --law, --on or --with, found none; see: bailiwick evidence whatif --help"
        )
    with complaining():
        found = ask(
            read_store(store),
            book,
            as_if,
            read_where(where),
            release=release,
            engine=Engine(read_engine(engine, master), master),
        )
    if how is Format.JSON:
        rendering.write_json(_as_json(found))
    elif how is Format.CSV:
        out = rendering.Csv(
            ("before", "after", "changes", "detainers", "taken_into_custody", "declined", "not_recorded")
        )
        for one in found.moved:
            out.row(tuple(asdict(one).values()))
    else:
        rendering.show(_whatif(as_if, found))
    return DONE


def _as_json(found: WhatIf) -> dict[str, Any]:
    return {
        "detainers": found.detainers,
        "changes_least": found.changes[0],
        "changes_most": found.changes[1],
        "cannot_be_known": found.unknown,
        "settles": found.settles,
        "answers": [asdict(one) for one in found.moved],
    }


def _whatif(as_if: AsIf, found: WhatIf) -> Iterator[Block]:
    from bailiwick.commands.rendering import Heading, Table, Text
    from bailiwick.engine import words
    from bailiwick.engine.change import fact_question
    from bailiwick.engine.facts import Outcome
    from bailiwick.engine.places import load_places

    said = [f"the law of {load_places().get(as_if.place).name}"] if as_if.place else []
    said += [f"the law of {words.day(as_if.on)}"] if as_if.on else []
    said += [f"{bill}, which was never enacted" for bill in as_if.proposals]
    yield Heading(f"What if: {', '.join(said)}", first=True)
    if as_if.supposed:
        marks = str.maketrans("", "", "[]'")
        facts = [f"{name} = {value.translate(marks)}" for name, value in as_if.supposed if value != "false"]
        if not_so := [name for name, value in as_if.supposed if value == "false"]:
            facts.append(f"and not {', '.join(not_so)}")
        yield Text(f"Supposed of every case, in both answers: {', '.join(facts)}.")
    yield Text(
        f"The answer changes for {span(found.changes)} of {found.detainers:,} detainers. "
        f"For {found.unknown:,} it cannot be known whether it does."
    )
    if not found.detainers:
        return
    rows = [
        (
            words.OUTCOME[Outcome(one.before)],
            words.OUTCOME[Outcome(one.after)],
            CHANGES[one.changes],
            *(f"{n:,}" for n in (one.detainers, one.taken_into_custody, one.declined, one.not_recorded)),
        )
        for one in found.moved
    ]
    head = (
        "their own law",
        "the other law",
        "changes",
        "detainers",
        "taken into custody",
        "declined",
        "outcome not recorded",
    )
    yield Table(head, rows, right=(3, 4, 5, 6))
    if found.settles:
        yield Heading("What would settle it")
        yield Table(
            ("fact", "missing of", "question"),
            [(fact, f"{n:,}", _question(fact, fact_question)) for fact, n in found.settles.items()],
            right=(1,),
        )


def _question(fact: str, ask: Any) -> str:
    return "What is the person charged with and convicted of?" if fact == "charges" else str(ask(fact))
