"""`bailiwick evidence`: public releases of detainers, loaded, counted, and put beside the law."""

from __future__ import annotations

from typing import ClassVar

import typer

from bailiwick.commands.lazy import Lazy, LazyGroup

HELP = """
Load public releases of detainers, count what became of them, and put the law beside it.

A store is a directory of Parquet files. Without --store the commands read the one that comes with Bailiwick: every detainer
from October 2014 to July 2015 (no row describes a person).

\b
Load a release, and see what it holds and lacks:
  bailiwick evidence load Detainers_FY26.xlsx --store releases
How many detainers were declined, of how many with a recorded outcome, by state:
  bailiwick evidence outcomes --by state
What the law required or forbade, beside what was done:
  bailiwick evidence law --by state
What would another law have said of the same detainers?
  bailiwick evidence whatif --law us/ca --where state=us/tx
"""


class Evidence(LazyGroup):
    lazy: ClassVar[dict[str, Lazy]] = {
        "load": Lazy("bailiwick.commands.evidence_load:load", "Load workbooks, CSV or Parquet into a store."),
        "quality": Lazy("bailiwick.commands.evidence_load:quality", "What a store holds and lacks."),
        "facilities": Lazy(
            "bailiwick.commands.evidence_load:facilities", "Facilities that are in no county yet, for review."
        ),
        "outcomes": Lazy(
            "bailiwick.commands.evidence_outcomes:outcomes", "What became of detainers, with intervals."
        ),
        "question": Lazy(
            "bailiwick.commands.evidence_question:question", "The table of a question of the page /evidence."
        ),
        "law": Lazy(
            "bailiwick.commands.evidence_law:law",
            "What the law of the place and day said, beside what was done.",
        ),
        "whatif": Lazy(
            "bailiwick.commands.evidence_law:whatif",
            "What another law would have said of the same detainers.",
        ),
        "compare": Lazy("bailiwick.commands.evidence_compare:compare", "What changed between two releases."),
        "paths": Lazy(
            "bailiwick.commands.evidence_paths:paths", "What the release shows of people after a detainer."
        ),
        "effect": Lazy(
            "bailiwick.commands.evidence_effect:effect",
            "What a change of law did to an outcome, by place and period.",
        ),
        "report": Lazy(
            "bailiwick.commands.evidence_report:report", "Write a static site of a store's figures."
        ),
    }


app = typer.Typer(cls=Evidence, help=HELP, rich_markup_mode=None, add_completion=False, no_args_is_help=True)


@app.callback()
def _evidence() -> None:
    pass
