"""A panel: one row for each place and period with a count or a rate, read from CSV or Parquet."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

#: How a period may be written: pattern, and its number in a row of such periods, and its first day.
_WRITTEN: tuple[tuple[str, re.Pattern[str], Callable[[re.Match[str]], int], Callable[[int], date]], ...] = (
    ("year", re.compile(r"(\d{4})"), lambda m: int(m[1]), lambda n: date(n, 1, 1)),
    (
        "quarter",
        re.compile(r"(\d{4})-?Q([1-4])", re.IGNORECASE),
        lambda m: int(m[1]) * 4 + int(m[2]) - 1,
        lambda n: date(n // 4, n % 4 * 3 + 1, 1),
    ),
    (
        "month",
        re.compile(r"(\d{4})-(0[1-9]|1[0-2])(?:-01)?"),
        lambda m: int(m[1]) * 12 + int(m[2]) - 1,
        lambda n: date(n // 12, n % 12 + 1, 1),
    ),
)
#: First and last year of a period.
_FIRST, _LAST = 1900, 2100
#: What may stand between the columns of a file.
_BETWEEN = ",;\t"
#: Rows named in an error or a note.
SHOWN = 5


class BadPanel(ValueError):
    """A file that is no panel: where, what was expected, what was found, what to do."""


@dataclass(frozen=True, slots=True)
class Panel:
    """Rows of a panel, ready to be estimated.

    Attributes:
        frame: columns `unit` (text), `period` (whole number, one apart for neighbours), `first` (period from which the law
            applies, 0 when never), `value` (float). One row for each unit and period.
        kind: year, quarter or month.
        outcome: name of the column that was read.
        read: rows in the file. `len(frame)` + the rows told of in `left_out` = `read`.
        left_out: why rows were left out, with how many.
        notes: what was done to dates, for the reader.
    """

    frame: pd.DataFrame
    kind: str
    outcome: str
    read: int
    left_out: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def label(self, period: int) -> str:
        """A period as people write it."""
        day = start_of(self.kind, period)
        if self.kind == "year":
            return str(day.year)
        return f"{day.year}-Q{(day.month + 2) // 3}" if self.kind == "quarter" else f"{day:%Y-%m}"


@dataclass(frozen=True, slots=True)
class When:
    """When a unit's law changed: its first day, and what makes a unit no use to the comparison (empty: none)."""

    first: date | None
    unusable: str = ""


def start_of(kind: str, period: int) -> date:
    """The first day of a period."""
    return next(start for name, _, _, start in _WRITTEN if name == kind)(period)


def read_panel(
    path: Path,
    outcome: str,
    *,
    unit: str = "place",
    period: str = "period",
    adopted: str = "",
    adoptions: Callable[[str, date, date], When] | None = None,
) -> Panel:
    """Read a panel. When the law changed is in the column `adopted` (a period or a day, empty for never), or is asked of
    `adoptions` (unit, first day and end of the panel).

    A row with an unreadable value, a blank one included, is left out and counted. The period in which a law took effect after
    its first day is left out too: it is neither before nor after.

    Raises:
        BadPanel: a missing column or file, periods of different kinds, a unit twice in one period, two dates for one unit,
            fewer than two units or periods.
    """
    rows = _rows(path)
    wanted = [unit, period, outcome, *([adopted] if adopted else [])]
    columns = [str(name) for name in rows.columns]
    for name in wanted:
        if name not in columns:
            raise BadPanel(f"{path.name}: expected a column '{name}'; found {', '.join(columns)}")
        if columns.count(name) > 1:
            raise BadPanel(f"{path.name}: expected the column '{name}' once, found it twice")
    read = len(rows)
    left_out: dict[str, int] = {}
    notes: list[str] = []
    kind, numbers = _periods(path, period, rows[period])
    frame = pd.DataFrame({"unit": rows[unit].fillna("").str.strip(), "period": numbers})
    frame["value"] = pd.to_numeric(rows[outcome].astype(object), errors="coerce").astype("float64")
    frame["adopted"] = rows[adopted].fillna("").str.strip() if adopted else ""
    frame = _leave(frame, frame["unit"] == "", f"no {unit}", left_out)
    frame = _leave(frame, ~frame["value"].abs().lt(float("inf")), f"no number in {outcome}", left_out)
    twice = frame[frame.duplicated(["unit", "period"])]
    if len(twice):
        row = twice.iloc[0]
        raise BadPanel(
            f"{path.name}: expected one row for each {unit} and {period}; found {row['unit']} twice in "
            f"{Panel(frame, kind, outcome, read).label(int(row['period']))}"
        )
    if frame["unit"].nunique() < 2 or frame["period"].nunique() < 2:
        raise BadPanel(
            f"{path.name}: expected at least 2 units and 2 periods with a number in '{outcome}'; "
            f"found {frame['unit'].nunique()} and {frame['period'].nunique()}"
        )
    whens = _whens(path, frame, kind, adopted, adoptions)
    for reason in sorted({when.unusable for when in whens.values() if when.unusable}):
        units = [name for name, when in whens.items() if when.unusable == reason]
        frame = _leave(frame, frame["unit"].isin(units), reason, left_out)
        notes.append(f"{reason}: {_some(units)}")
    firsts = {name: _first(kind, when.first) for name, when in whens.items()}
    frame["first"] = [firsts[name][0] for name in frame["unit"]]
    partly = pd.Series(
        [firsts[name][1] == number for name, number in zip(frame["unit"], frame["period"], strict=True)],
        index=frame.index,
        dtype=bool,
    )
    frame = _leave(frame, partly, f"the law took effect within this {kind}", left_out)
    frame = frame.drop(columns="adopted").sort_values(["unit", "period"]).reset_index(drop=True)
    last = int(frame["period"].max()) if len(frame) else 0
    frame.loc[frame["first"] > last, "first"] = 0
    return Panel(frame, kind, outcome, read, left_out, tuple(notes))


def _rows(path: Path) -> pd.DataFrame:
    """The rows of a file as text, by their line in it (of Parquet by their number)."""
    if not path.is_file():
        raise BadPanel(f"{path}: expected a CSV or Parquet file, found none")
    if path.suffix.lower() not in (".csv", ".txt", ".tsv", ".parquet"):
        raise BadPanel(f"{path.name}: expected .csv or .parquet, found '{path.suffix}'; save it as CSV")
    frame = _parquet(path) if path.suffix.lower() == ".parquet" else _csv(path)
    if frame.empty:
        raise BadPanel(f"{path.name}: expected rows, found none")
    return frame.astype("string")


def _parquet(path: Path) -> pd.DataFrame:
    try:
        with duckdb.connect() as connection:
            frame = connection.execute(
                "SELECT CAST(COLUMNS(*) AS VARCHAR) FROM read_parquet(?)", [str(path)]
            ).df()
    except duckdb.Error as error:
        raise BadPanel(f"{path.name}: expected a Parquet file; {str(error).splitlines()[0]}") from None
    return frame.set_axis(range(1, len(frame) + 1))


def _csv(path: Path) -> pd.DataFrame:
    lines: list[int] = []
    rows: list[list[str]] = []
    before = 0
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            mark = max(_BETWEEN, key=file.readline().count)
            file.seek(0)
            reader = csv.reader(file, delimiter=mark, strict=True)
            for row in reader:
                line, before = before + 1, reader.line_num
                if not row:
                    continue
                if rows and len(row) != len(rows[0]):
                    raise BadPanel(
                        f"{path.name}:{line}: expected {len(rows[0])} columns as in the header, found {len(row)}"
                    )
                if before > line and any(cell.count(mark) >= len(row) - 1 for cell in row if "\n" in cell):
                    raise BadPanel(
                        f"{path.name}:{line}: expected a quote to be closed in its line, found that it takes in the lines "
                        "after it"
                    )
                lines.append(line)
                rows.append(row)
    except UnicodeDecodeError:
        raise BadPanel(
            f"{path.name}: expected CSV in UTF-8, found other bytes; save it as CSV in UTF-8"
        ) from None
    except csv.Error as error:
        unclosed = "end of data" in str(error) or "field limit" in str(error)
        wrong = (
            "to be closed, found none that does"
            if unclosed
            else "before or after a comma, found one within a cell"
        )
        raise BadPanel(f"{path.name}:{before + 1}: expected a quote {wrong}") from None
    return pd.DataFrame(rows[1:], columns=rows[0] if rows else None, index=lines[1:])


def _periods(path: Path, name: str, texts: pd.Series[str]) -> tuple[str, list[int]]:
    """The kind of period and each row's number."""
    first = str(texts.iloc[0]).strip()
    known = next((one for one in _WRITTEN if one[1].fullmatch(first)), None)
    if known is None:
        raise BadPanel(
            f"{path.name}: '{name}': expected a year, quarter or month (2016, 2016-Q1, 2016-01); found '{first}'"
        )
    kind, pattern, number, _ = known
    out = []
    for line, text in texts.items():
        found = pattern.fullmatch(str(text).strip())
        if found is None:
            raise BadPanel(f"{path.name}:{line}: '{name}': expected a {kind} as '{first}'; found '{text}'")
        if not _FIRST <= int(found[1]) <= _LAST:
            raise BadPanel(
                f"{path.name}:{line}: '{name}': expected a year from {_FIRST} to {_LAST}; found '{text}'"
            )
        out.append(number(found))
    return kind, out


def _leave(frame: pd.DataFrame, which: Any, why: str, left_out: dict[str, int]) -> pd.DataFrame:
    gone = int(which.sum())
    if gone:
        left_out[why] = left_out.get(why, 0) + gone
    return frame[~which]


def _whens(
    path: Path,
    frame: pd.DataFrame,
    kind: str,
    adopted: str,
    adoptions: Callable[[str, date, date], When] | None,
) -> dict[str, When]:
    start = start_of(kind, int(frame["period"].min()))
    end = start_of(kind, int(frame["period"].max()) + 1)
    out: dict[str, When] = {}
    for name, rows in frame.groupby("unit"):
        if not adopted:
            if adoptions is None:
                raise BadPanel("expected the column with the date of the change, or a lawbook; found neither")
            out[str(name)] = adoptions(str(name), start, end)
            continue
        said = set(rows["adopted"])
        if len(said) > 1:
            raise BadPanel(
                f"{path.name}: '{adopted}': expected one date for {name}; found {', '.join(sorted(said))}"
            )
        day = _day(path, adopted, kind, said.pop())
        early = day is not None and day <= start
        out[str(name)] = When(day, "the law applied from the first period on" if early else "")
    return out


def _day(path: Path, name: str, kind: str, text: str) -> date | None:
    if not text or text == "0":
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        pass
    for written, pattern, number, start in _WRITTEN:
        if written == kind and (found := pattern.fullmatch(text)):
            return start(number(found))
    raise BadPanel(f"{path.name}: '{name}': expected a day or a {kind}, or nothing for never; found '{text}'")


def _first(kind: str, day: date | None) -> tuple[int, int]:
    """The first whole period under the law, and the one that was partly under it (0: none)."""
    if day is None:
        return 0, 0
    number = {
        "year": day.year,
        "quarter": day.year * 4 + (day.month - 1) // 3,
        "month": day.year * 12 + day.month - 1,
    }[kind]
    return (number, 0) if start_of(kind, number) == day else (number + 1, number)


def _some(names: list[str]) -> str:
    more = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {more} more" if more > 0 else "")
