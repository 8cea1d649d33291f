"""`bailiwick serve`: the pages and the programming interface."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bailiwick.commands.errors import BadInput


def serve(
    demo: Annotated[
        bool, typer.Option("--demo", help="A county jail of made-up people, with its own PostgreSQL.")
    ] = False,
    host: Annotated[
        str | None, typer.Option("--host", metavar="HOST", help="Where to listen; 127.0.0.1 when not given.")
    ] = None,
    port: Annotated[
        str | None, typer.Option("--port", metavar="N", help="The port; 8000 when not given.")
    ] = None,
    data: Annotated[
        str | None,
        typer.Option(
            "--data", metavar="DIR", help="Keep the data of --demo here; thrown away when not given."
        ),
    ] = None,
    migrate: Annotated[
        bool, typer.Option("--migrate", help="First bring the tables of the database up to date.")
    ] = False,
    workers: Annotated[
        str | None, typer.Option("--workers", metavar="N", help="Web server processes; 1 when not given.")
    ] = None,
) -> int:
    """Serve the pages and the programming interface.

    Over the PostgreSQL of DATABASE_URL, with the worker that raises alarms; without DATABASE_URL, the public pages alone
    (the law, try a case, the evidence). With --demo, over a PostgreSQL of its own and made-up people.

    Stops on Ctrl-C. /healthz tells a monitor whether the desk can answer.
    """
    if data is not None and not demo:
        raise BadInput(
            "--data", "expected with --demo only; a desk of your own keeps its data in DATABASE_URL"
        )
    number, processes = _number("--port", port, 8000, 65535), _number("--workers", workers, 1, 64)
    try:
        from bailiwick.desk.server import CannotServe
        from bailiwick.desk.server import serve as run
    except ModuleNotFoundError as error:
        raise BadInput("serve", f"expected {error.name} to be installed; install bailiwick[desk]") from None
    try:
        return run(
            host=host or "127.0.0.1",
            port=number,
            demo=demo,
            data=Path(data).expanduser().resolve() if data else None,
            migrate=migrate,
            workers=processes,
            say=lambda line: print(line, flush=True),
        )
    except CannotServe as error:
        raise BadInput("serve", str(error)) from None


def _number(option: str, given: str | None, default: int, most: int) -> int:
    if given is None:
        return default
    if not given.isascii() or not given.isdigit() or not 1 <= int(given) <= most:
        raise BadInput(option, f"expected a whole number from 1 to {most}, found '{given}'")
    return int(given)
