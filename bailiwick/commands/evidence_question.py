"""`bailiwick evidence question`: a question of the page `/evidence`, with the numbers that stand there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from bailiwick.commands.errors import DONE, BadInput
from bailiwick.commands.options import Format, FormatOption, read_format

if TYPE_CHECKING:
    from bailiwick.commands.rendering import Block
    from bailiwick.evidence.questions import Question


def question(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            help="declined, months, states, counties, law or arrests-at-large, as in its address.",
        ),
    ],
    format: FormatOption = None,
) -> int:
    """Print the table of a question of the page /evidence: the same numbers, and the same ones hidden.

    \b
    How many detainers were declined?
      bailiwick evidence question declined
    What did the law say of what was asked, as CSV:
      bailiwick evidence question law --format csv
    """
    from bailiwick.commands import rendering
    from bailiwick.engine.lawbook import default_lawbook
    from bailiwick.evidence.questions import QUESTIONS
    from bailiwick.evidence.questions import question as ask

    how = read_format(format)
    if name not in QUESTIONS:
        raise BadInput("NAME", f"expected {', '.join(QUESTIONS)}; found '{name}'")
    found = ask(default_lawbook(), name)
    if how is Format.JSON:
        rendering.write_json(
            {
                "question": found.title,
                "answer": found.answer,
                "doubt": found.doubt,
                "rows": [dict(zip(found.columns, row, strict=True)) for row in found.rows],
            }
        )
    elif how is Format.CSV:
        out = rendering.Csv(found.columns)
        for row in found.rows:
            out.row(row)
    else:
        rendering.show(_page(found))
    return DONE


def _page(found: Question) -> Iterator[Block]:
    from bailiwick.commands.evidence_outcomes import number
    from bailiwick.commands.rendering import Heading, Table, Text
    from bailiwick.evidence.shipped import LIMIT

    yield Heading(found.title, first=True)
    yield Text(found.answer)
    yield Text(found.doubt)
    plain = {"fips", "fiscal year"}
    rows = [
        [
            str(cell) if isinstance(cell, str) or column in plain else number(cell)
            for column, cell in zip(found.columns, row, strict=True)
        ]
        for row in found.rows
    ]
    words = found.texts | {found.columns[0]}
    yield Table(found.columns, rows, right=[n for n, c in enumerate(found.columns) if c not in words])
    if any(None in row for row in found.rows):
        yield Text(f"‹: from 1 to {LIMIT - 1}, or hidden so that such a count cannot be worked out, or none.")
