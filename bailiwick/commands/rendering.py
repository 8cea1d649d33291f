"""How results are written: pages for people (rich on a terminal, plain text elsewhere), JSON, CSV.

A page is a list of blocks. Nothing here knows what it shows; `words.py` and each command say that.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import sys
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO, TextIOWrapper
from typing import Any, TypeAlias

from bailiwick.commands.errors import visible

#: Width of plain text, when neither a terminal nor COLUMNS says one.
WIDTH = 100


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a cell with its emphasis: `strong`, `faint`, or none."""

    text: str
    emphasis: str = ""


Cell: TypeAlias = "str | Sequence[Line]"


@dataclass(frozen=True, slots=True)
class Heading:
    """A title (``first``) or the name of a section."""

    text: str
    first: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph."""

    text: str


@dataclass(frozen=True, slots=True)
class Items:
    """A list; an item's further lines are indented."""

    items: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under named columns.

    ``loose``: an empty line between rows, for cells of several lines; ``right``: columns of numbers;
    ``limits``: the greatest width of the first columns (0: as wide as there is room).
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    loose: bool = False
    right: Sequence[int] = ()
    limits: Sequence[int] = ()

    def limit(self, column: int) -> int:
        return self.limits[column] if column < len(self.limits) else 0


Block: TypeAlias = Heading | Text | Items | Table


def on_terminal() -> bool:
    """Whether a person reads standard output."""
    return sys.stdout.isatty()


def show(blocks: Iterable[Block]) -> None:
    """Write a page to standard output."""
    if on_terminal():
        _show_rich(blocks)
    else:
        for block in blocks:
            sys.stdout.write(_plain(block))


def _lines(cell: Cell) -> list[Line]:
    lines = [Line(cell)] if isinstance(cell, str) else list(cell)
    return [Line(visible(line.text), line.emphasis) for line in lines]


# ------------------------------------------------------------------------------------------------------ plain


def _width() -> int:
    return max(40, shutil.get_terminal_size((WIDTH, 24)).columns)


def _wrap(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, max(width, 10), break_on_hyphens=False) or [""]


def _plain(block: Block) -> str:
    match block:
        case Heading(text=text, first=first):
            words = "\n".join(_wrap(visible(text), _width()))
            return f"{words}\n" if first else f"\n{words.upper()}\n"
        case Text(text=text):
            return "\n".join(_wrap(visible(text), _width())) + "\n"
        case Items(items=items):
            out = []
            for item in items:
                lead = "- "
                for line in _lines(item):
                    for part in _wrap(line.text, _width() - 4):
                        out.append(f"  {lead}{part}")
                        lead = "  "
            return "\n".join(out) + "\n"
        case Table():
            return _plain_table(block)


def _plain_table(table: Table) -> str:
    cells = [[_lines(cell) for cell in row] for row in table.rows]
    texts = [[name, *(line.text for row in cells for line in row[i])] for i, name in enumerate(table.columns)]
    natural = [max(map(len, column)) for column in texts]
    natural = [min(w, table.limit(i) or w) for i, w in enumerate(natural)]
    words = [max((len(word) for text in column for word in text.split()), default=1) for column in texts]
    least = [
        min(w, max(word, table.limit(i), 12)) for i, (w, word) in enumerate(zip(natural, words, strict=True))
    ]
    widths = _shares(natural, least, _width() - 2 * (len(natural) - 1))
    out = [_plain_row([[name.upper()] for name in table.columns], widths, table.right)]
    for row in cells:
        wrapped = [
            [part for line in cell for part in _wrap(line.text, w)]
            for cell, w in zip(row, widths, strict=True)
        ]
        out.append(_plain_row(wrapped, widths, table.right))
        if table.loose:
            out.append("")
    return "\n".join(out).rstrip("\n") + "\n"


def _shares(natural: list[int], least: list[int], room: int) -> list[int]:
    """Widths of columns within a room: the widest gives way first, none below its least."""
    widths = list(natural)
    while sum(widths) > room:
        i = max(range(len(widths)), key=lambda n: widths[n] - least[n])
        if widths[i] <= least[i]:
            break
        widths[i] -= 1
    return widths


def _plain_row(cells: list[list[str]], widths: list[int], right: Sequence[int]) -> str:
    out = []
    for n in range(max(len(c) for c in cells)):
        parts = [c[n] if n < len(c) else "" for c in cells]
        line = "  ".join(
            p.rjust(w) if i in right else p.ljust(w)
            for i, (p, w) in enumerate(zip(parts, widths, strict=True))
        )
        out.append(line.rstrip())
    return "\n".join(out)


# ------------------------------------------------------------------------------------------------------- rich

_STYLE = {"strong": "bold", "faint": "dim", "": ""}


def _show_rich(blocks: Iterable[Block]) -> None:
    from rich import box
    from rich.console import Console, RenderableType
    from rich.padding import Padding
    from rich.table import Table as RichTable
    from rich.text import Text as RichText

    console = Console(file=sys.stdout, highlight=False)

    def styled(cell: Cell) -> RichText:
        text = RichText()
        for n, line in enumerate(_lines(cell)):
            text.append(("\n" if n else "") + line.text, _STYLE[line.emphasis])
        return text

    for block in blocks:
        shown: RenderableType
        match block:
            case Heading(text=text, first=first):
                shown = (
                    RichText(visible(text), "bold")
                    if first
                    else RichText("\n" + visible(text).upper(), "bold")
                )
            case Text(text=text):
                shown = RichText(visible(text))
            case Items(items=items):
                grid = RichTable.grid(padding=(0, 1))
                for item in items:
                    grid.add_row("-", styled(item))
                shown = Padding(grid, (0, 0, 0, 2))
            case Table():
                ruled = RichTable(
                    box=box.HORIZONTALS if block.loose else box.SIMPLE_HEAD,
                    show_lines=block.loose,
                    header_style="bold",
                    border_style="dim",
                    pad_edge=False,
                )
                for i, name in enumerate(block.columns):
                    ruled.add_column(
                        name,
                        justify="right" if i in block.right else "left",
                        overflow="fold",
                        max_width=block.limit(i) or None,
                    )
                for row in block.rows:
                    ruled.add_row(*(styled(cell) for cell in row))
                shown = ruled
        console.print(shown)


# ----------------------------------------------------------------------------------------------- for machines


def _utf8() -> None:
    if isinstance(sys.stdout, TextIOWrapper) and sys.stdout.encoding.lower() not in ("utf-8", "utf8"):
        sys.stdout.reconfigure(encoding="utf-8")


def write_json(value: Any) -> None:
    """One JSON value, indented by two."""
    _utf8()
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def write_json_line(value: Any) -> None:
    """One JSON value on a line."""
    _utf8()
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")


class Csv:
    """A CSV file on standard output, row by row, safe to open in a spreadsheet."""

    def __init__(self, columns: Sequence[str]) -> None:
        _utf8()
        self._buffer = StringIO()
        self._writer = csv.writer(self._buffer)  # with its CRLF, so that both are quoted inside a cell
        self.row(columns)

    def row(self, values: Sequence[Any]) -> None:
        """Write one row; None is an empty cell, a list is joined by `; `."""
        self._writer.writerow([safe(v) for v in values])
        sys.stdout.write(self._buffer.getvalue().removesuffix("\r\n") + "\n")
        self._buffer.seek(0)
        self._buffer.truncate()


_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def safe(value: Any) -> str:
    """A cell that no spreadsheet takes for a formula."""
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        text = "; ".join(str(v) for v in value)
    elif isinstance(value, dict):
        text = json.dumps(value, ensure_ascii=False)
    else:
        text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


@contextmanager
def progress(what: str) -> Iterator[Any]:
    """A progress bar on standard error, called with (done, total or None); None where nobody looks."""
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)

        def step(done: int, total: int | None) -> None:
            bar.update(task, completed=done, total=total)

        yield step
