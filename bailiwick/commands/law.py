"""`bailiwick law`: show, check and compare the law of a place."""

from __future__ import annotations

from typing import ClassVar

import typer

from bailiwick.commands.lazy import Lazy, LazyGroup

HELP = """
Show, check and compare the law of a place.

The law is data: one file a government, read by people who know law and not Python.

\b
What the law of a place is, today or on a day:
  bailiwick law show us/ca/los-angeles-county --on 2018-01-04
Whether the law files are right, and their worked examples come out:
  bailiwick law check us/ca --coverage
What changed between two days, and for whom:
  bailiwick law diff us/ca 2018-01-03 2018-01-04 --cases cases.jsonl
"""


class Law(LazyGroup):
    lazy: ClassVar[dict[str, Lazy]] = {
        "show": Lazy("bailiwick.commands.law_show:show", "What is in force at a place on a day."),
        "check": Lazy(
            "bailiwick.commands.law_check:check", "Check the law files and run their worked examples."
        ),
        "diff": Lazy(
            "bailiwick.commands.law_diff:diff", "What changed between two days, and whose outcome with it."
        ),
    }


app = typer.Typer(cls=Law, help=HELP, rich_markup_mode=None, add_completion=False, no_args_is_help=True)


@app.callback()
def _law() -> None:
    pass
