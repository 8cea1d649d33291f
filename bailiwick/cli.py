"""The command line, `bailiwick`: each command is a module of `bailiwick.commands`, imported on demand."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from typing import Annotated, Any, ClassVar

import typer
from typer.main import get_command

from bailiwick import __version__
from bailiwick.commands.errors import BAD_INPUT, DONE, INTERRUPTED, READER_GONE, BadInput, complain, visible
from bailiwick.commands.lazy import Lazy, LazyGroup

HELP = """
What the law of a place and day requires, allows or forbids a jail to do with an immigration detainer: the
answer, the words of law it rests on, and what it would take to change it.

Every answer is one of six: you must, you may, you may not, no rule here speaks to this, cannot be answered
yet (and which question would settle it), rules conflict (ask counsel).

\b
Decide a case:
  bailiwick decide case.json
See the law of a place, today or on a day:
  bailiwick law show us/ca/los-angeles-county --on 2018-01-04
See what a change of law does to your cases:
  bailiwick law diff us/ca 2018-01-03 2018-01-04 --cases cases.jsonl
Check what was done against the law:
  bailiwick audit cases.jsonl

Exit status: 0 done, 1 a finding (an audit, a diff or a check that found something), 2 bad input.
"""


class Bailiwick(LazyGroup):
    lazy: ClassVar[dict[str, Lazy]] = {
        "decide": Lazy(
            "bailiwick.commands.decide:decide", "Decide a case, a file of cases, or millions at once."
        ),
        "law": Lazy("bailiwick.commands.law:app", "Show, check and compare the law of a place."),
        "audit": Lazy("bailiwick.commands.audit:audit", "Compare what was done with what the law says."),
        "evidence": Lazy(
            "bailiwick.commands.evidence:app",
            "Public releases of detainers: load, count, put the law beside them.",
        ),
        "serve": Lazy("bailiwick.commands.serve:serve", "Serve the pages and the programming interface."),
        "jobs": Lazy(
            "bailiwick.commands.jobs:jobs", "Run what runs by itself: alarms, checkpoints, deliveries."
        ),
        "desk": Lazy(
            "bailiwick.commands.desk_group:app", "Import a file of a jail's own system into the desk."
        ),
        "record": Lazy(
            "bailiwick.commands.record:app", "Check the record, and prove that it was not changed."
        ),
        "report": Lazy("bailiwick.commands.report:app", "Reports of an agency, as CSV."),
        "facts": Lazy("bailiwick.commands.facts:facts", "List the facts a case may carry."),
        "places": Lazy("bailiwick.commands.places:places", "Find the path of a place."),
    }

    def invoke(self, ctx: Any) -> Any:
        try:
            code = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:  # the reader (`| head`) has enough
            _silence()
            return READER_GONE
        except OSError as error:
            if error.filename is None:
                _silence()
            raise BadInput(str(error.filename or "standard output"), error.strerror or str(error)) from None
        return code


def _silence() -> None:
    """Nothing more can be written: keep Python's own last flush quiet."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


app = typer.Typer(cls=Bailiwick, help=HELP, rich_markup_mode=None)


def _version(asked: bool) -> None:
    if asked:
        print(f"bailiwick {__version__}")
        raise typer.Exit


@app.callback()
def _bailiwick(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    pass


def run(arguments: Sequence[str]) -> int:
    """Run one command. Returns its exit code."""
    if isinstance(sys.stdout, io.TextIOWrapper):  # a lone surrogate in a case must not end in a traceback
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        code = get_command(app).main(
            list(arguments) or ["--help"], prog_name="bailiwick", standalone_mode=False
        )
    except BadInput as error:
        complain(error.where, error.message)
        return BAD_INPUT
    except typer.TyperException as error:
        return _misused(error)
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    return code if isinstance(code, int) else DONE


def _misused(error: typer.TyperException) -> int:
    """A wrong command or option, complained of like all else; a group without command shows its help."""
    context = getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError" and context is not None:
        print(context.get_help())
        return DONE
    path = context.command_path if context is not None else "bailiwick"
    where = path.removeprefix("bailiwick").strip() or "command"
    message = visible(error.format_message()).replace("Value error, ", "").rstrip(".?")
    complain(where, f"{message}; see: {path} --help")
    return BAD_INPUT


def main() -> None:
    """The entry point."""
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
