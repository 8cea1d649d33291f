"""`bailiwick law check`: whether the law files are right, and their worked examples come out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bailiwick.commands.errors import BAD_INPUT, DONE, FINDING, BadInput
from bailiwick.commands.options import Format, FormatOption, LawOption, read_format

if TYPE_CHECKING:
    from bailiwick.commands.rendering import Block
    from bailiwick.engine.coverage import Coverage
    from bailiwick.engine.examples import Example, Failure
    from bailiwick.engine.lawbook import Lawbook, LawError


def check(
    place: Annotated[
        str | None,
        typer.Argument(
            metavar="[PLACE]", help="Only the files at or under it, such as us/ca or courts/lunn."
        ),
    ] = None,
    coverage: Annotated[
        bool,
        typer.Option(
            "--coverage", help="Measure what the examples cover; anything less than all of it is a finding."
        ),
    ] = False,
    format: FormatOption = None,
    law: LawOption = None,
) -> int:
    """Check the law files and run their worked examples.

    Whatever is wrong in a file is one line: file, line, what was found, what was expected. Where no law file is
    wrong, then every example that does not come out as written. With --coverage: every norm decides somewhere
    and does not elsewhere, both sides of every date and look-back, every entry of every list, and every part of
    every condition changes an outcome on its own.

    \b
    Everything:
      bailiwick law check
    One state, with what its examples leave out:
      bailiwick law check us/ca --coverage
    Law files of your own:
      bailiwick law check --law ./my-lawbook

    Exit status: 1 when an example fails or coverage is incomplete, 2 when a file is wrong.
    """
    from bailiwick.commands import inputs, rendering
    from bailiwick.engine.decide import Decider
    from bailiwick.engine.examples import check as run
    from bailiwick.engine.examples import load_examples

    how = read_format(format)
    book, errors = inputs.examine(law)
    if book is None:
        inputs.complain_of_law(errors[:-1])
        raise BadInput(errors[-1].where, inputs.law_message(errors[-1]))
    if place is not None:
        _known(book, place)
    examples, written, more = load_examples(book, place)
    inputs.complain_of_law([*errors, *more])
    whole = (
        not errors
    )  # what is left of a lawbook decides otherwise: that would be told as failures of examples
    errors = [*errors, *more]
    decider = Decider(book)
    failures = [failure for example in examples for failure in run(example, decider)] if whole else []
    measured = None
    if coverage and whole:
        from bailiwick.engine.coverage import measure

        everything = load_examples(book)[0] if place is not None else examples
        measured = measure(book, everything, place)
    result = _Result(errors, failures, examples, written, measured, run=whole)
    if how is Format.JSON:
        rendering.write_json(result.as_json())
    elif how is Format.CSV:
        out = rendering.Csv(("kind", "where", "message"))
        for row in result.rows():
            out.row(row)
    else:
        rendering.show(result.page())
    if errors:
        return BAD_INPUT
    return FINDING if failures or (measured is not None and not measured.complete) else DONE


def _known(book: Lawbook, place: str) -> None:
    from bailiwick.engine.facts import nearest

    if not any(name == place or name.startswith((f"{place}/", f"{place}:")) for name in book.files):
        raise BadInput(place, f"no law file at or under it{nearest(place, book.files)}")


class _Result:
    def __init__(
        self,
        errors: list[LawError],
        failures: list[Failure],
        examples: list[Example],
        written: int,
        coverage: Coverage | None,
        *,
        run: bool,
    ) -> None:
        self.errors, self.failures, self.written, self.coverage = errors, failures, written, coverage
        self.run = run
        self.generated = sum(1 for e in examples if e.generated)
        self.cases = len(examples) - self.generated

    def as_json(self) -> dict[str, Any]:
        out: dict[str, Any] = {
            "errors": [str(e) for e in self.errors],
            "failures": [{"where": f.where, "name": f.name, "message": f.message} for f in self.failures],
            "examples": {"written": self.written, "cases": self.cases, "generated": self.generated},
            "examples_run": self.run,
        }
        if self.coverage is not None:
            kinds = self.coverage.counted
            out["coverage"] = {
                k: {"covered": self.coverage.covered[k], "counted": n} for k, n in kinds.items()
            }
            out["gaps"] = self.coverage.gaps
        return out

    def rows(self) -> Iterator[tuple[str, str, str]]:
        for error in self.errors:
            where = str(error.where)
            yield "error", where, str(error).removeprefix(f"{where}: ")
        for failure in self.failures:
            yield "failure", failure.where, f"{failure.name}: {failure.message}"
        for gap in self.coverage.gaps if self.coverage is not None else ():
            where, _, message = gap.partition(": ")
            yield "gap", where, message

    def page(self) -> Iterator[Block]:
        from bailiwick.commands.rendering import Heading, Items, Line, Table, Text
        from bailiwick.engine.words import counted

        if self.failures:
            yield Heading(f"{counted(len(self.failures), 'example')} not as written")
            yield Items([[Line(f"{f.where}: {f.name}", "strong"), Line(f.message)] for f in self.failures])
        if self.coverage is not None and self.coverage.gaps:
            yield Heading("Not covered")
            yield Items(self.coverage.gaps)
        if self.coverage is not None:
            yield Heading("Coverage")
            rows = [
                (
                    kind,
                    f"{self.coverage.covered[kind]:,}",
                    f"{n:,}",
                    f"{_percent(self.coverage.covered[kind], n)} %",
                )
                for kind, n in self.coverage.counted.items()
            ]
            yield Table(("what", "covered", "of", "share"), rows, right=(1, 2, 3))
        wrong = f"; {counted(len(self.errors), 'error')} in the files" if self.errors else ""
        yield Text(
            f"{counted(self.written, 'written example')} ({counted(self.cases, 'case')}) and "
            f"{counted(self.generated, 'generated case')}; "
            f"{counted(len(self.failures), 'failure') if self.run else 'none was run'}{wrong}"
        )


def _percent(part: int, whole: int) -> str:
    """Rounded down, so that 100 means all."""
    return f"{1000 * part // whole / 10:.1f}" if part < whole else "100"
