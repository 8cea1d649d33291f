"""`bailiwick desk`: what is done at the desk, from a command line on its machine."""

from __future__ import annotations

from typing import ClassVar

import typer

from bailiwick.commands.lazy import Lazy, LazyGroup

HELP = """
What is done at the desk, from a command line on its machine, over DATABASE_URL.

\b
Try last night's bookings, then import them
  bailiwick desk import bookings bookings.csv --agency "Example County Jail" --user mwong --mapping nightly --dry-run
  bailiwick desk import bookings bookings.csv --agency "Example County Jail" --user mwong --mapping nightly
"""


class Desk(LazyGroup):
    lazy: ClassVar[dict[str, Lazy]] = {
        "import": Lazy("bailiwick.commands.desk_import:import_file", "Import a file of a jail's own system."),
    }


app = typer.Typer(cls=Desk, help=HELP, rich_markup_mode=None, add_completion=False, no_args_is_help=True)


@app.callback()
def _desk() -> None:
    pass
