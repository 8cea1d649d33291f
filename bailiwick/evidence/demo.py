"""The 79,053 detainers of fiscal year 2015 under the law of their place, on their day and on another.

    python -m bailiwick.evidence.demo [--on DATE] [--action ACTION]

Prints a table by state, both days beside each other, and which facts are missing most. The release says
neither what papers came with a form nor anything of the charges, so what turns on those comes out as unknown.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from bailiwick.engine.bulk import run_bulk
from bailiwick.engine.facts import ACTION_MEANING, ACTIONS, FACTS, Outcome
from bailiwick.engine.lawbook import Lawbook, default_lawbook
from bailiwick.evidence.fy2015 import cases_fy2015

OUTCOMES = (
    Outcome.REQUIRED,
    Outcome.ALLOWED,
    Outcome.FORBIDDEN,
    Outcome.UNREGULATED,
    Outcome.UNKNOWN,
    Outcome.CONFLICT,
)
NOWHERE = "us"


@dataclass(slots=True)
class Replay:
    """What came out for one action.

    Attributes:
        cases: how the cases were placed (see ``cases_fy2015``).
        then, now: (state's path, outcome) -> cases, under the law of their day and of another.
        missing_then, missing_now: fact -> cases that it leaves unknown.
    """

    cases: Counter[str]
    then: Counter[tuple[str, str]]
    now: Counter[tuple[str, str]]
    missing_then: Counter[str]
    missing_now: Counter[str]


def last_checked(lawbook: Lawbook) -> date:
    """The latest day on which a law file was checked: a "today" that needs no clock."""
    return max(day for file in lawbook.files.values() if isinstance(day := file.checked.get("on"), date))


def replay(lawbook: Lawbook, on: date, action: str = "hold", *, ordinary: bool = False) -> Replay:
    """Decide every detainer under the law of its day and under that of another day.

    ``ordinary``: suppose that each was an ordinary case where the release is silent (``fy2015.ORDINARY``).
    """
    with tempfile.TemporaryDirectory() as scratch:
        cases = Path(scratch) / "cases.parquet"
        counted = cases_fy2015(lawbook, cases, ordinary=ordinary)
        found = []
        for name, day in (("then", None), ("now", on)):
            out = Path(scratch) / f"{name}.parquet"
            run_bulk(cases, out, lawbook, on=day)
            found.append(_counted(out, action))
        (then, missing_then), (now, missing_now) = found
        return Replay(counted, then, now, missing_then, missing_now)


def _counted(out: Path, action: str) -> tuple[Counter[tuple[str, str]], Counter[str]]:
    con = duckdb.connect()
    source = f"read_parquet('{out}')"
    outcomes = con.execute(f"SELECT left(place, 5), {action}, count(*) FROM {source} GROUP BY ALL").fetchall()
    missing = con.execute(
        f"SELECT unnest(string_split({action}_missing, ',')), count(*) FROM {source} "
        f"WHERE {action} = 'unknown' GROUP BY 1 ORDER BY 2 DESC, 1"
    ).fetchall()
    return Counter({(s, o): n for s, o, n in outcomes}), Counter(dict(missing))


def table(lawbook: Lawbook, found: Replay) -> list[str]:
    """One line a state that has a law file, one for the other states, one for no state, and the sum."""
    came_out = {outcome for _, outcome in found.then | found.now}
    shown = [o for o in OUTCOMES if o is not Outcome.CONFLICT or o in came_out]
    states = Counter[str]()
    for (state, _), cases in found.then.items():
        states[state] += cases
    own = [s for s, _ in states.most_common() if s != NOWHERE and s in lawbook.files]
    rest = [s for s in states if s != NOWHERE and s not in lawbook.files]
    lines = [
        f"{'':22}{'':>10}" + "".join(f"{o:>16}" for o in shown),
        f"{'':22}{'detainers':>10}" + f"{'then':>9}{'now':>7}" * len(shown),
    ]
    groups = [(lawbook.places.get(s).name, [s]) for s in own]
    groups += [(f"{len(rest)} other states", rest), ("state not recorded", [NOWHERE]), ("all", list(states))]
    for name, members in groups:
        cells = ""
        for outcome in shown:
            then, now = (sum(c[s, outcome] for s in members) for c in (found.then, found.now))
            cells += f"{_number(then):>9}{_number(now):>7}"
        lines.append(f"{name:22}{sum(states[s] for s in members):>10,}{cells}")
    return lines


def _number(cases: int) -> str:
    return f"{cases:,}" if cases else "·"


def missing_lines(found: Replay, most: int = 6) -> list[str]:
    """The facts that would settle most cases, with the question a clerk would be asked."""
    lines = [f"{'':48}{'then':>9}{'now':>9}"]
    both = found.missing_then + found.missing_now
    for name, _ in both.most_common(most):
        lines.append(
            f"{name:48}{found.missing_then[name]:>9,}{found.missing_now[name]:>9,}  {_question(name)}"
        )
    return lines


def _question(missing: str) -> str:
    if missing == "charges":
        return "What is the person charged with and convicted of?"
    return FACTS[missing].ask if missing in FACTS else "The text of this norm has not been verified."


def report(lawbook: Lawbook, on: date, action: str = "hold") -> str:
    """The whole of what the command prints."""
    found = replay(lawbook, on, action)
    ordinary = replay(lawbook, on, action, ordinary=True)
    placed = found.cases
    return "\n".join(
        [
            f"{placed['cases']:,} detainers, prepared 2014-10-01 to 2015-07-19. The question: {action}",
            f"({ACTION_MEANING[action]}).",
            f"Placed in a county or city {placed['county']:,}, in a state only {placed['state']:,}, nowhere "
            f"{placed['nation']:,}; custodian known {placed['custodian']:,}.",
            f"then: the law of the day each was prepared. now: the law of {on}, were it prepared that day.",
            "",
            *table(lawbook, found),
            "",
            "Facts that the release does not tell and that would settle the unknown, by cases:",
            *missing_lines(found),
            "",
            "What if each had been an ordinary case: an administrative warrant, no charges, no proof of",
            "citizenship or status, nothing else that takes a case out of the ordinary?",
            "",
            *table(lawbook, ordinary),
            "",
            "Still unknown there, by cases:",
            *missing_lines(ordinary, 3),
            "",
            "The other states have no law file yet: only federal law and court holdings were applied there.",
        ]
    )


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--on", type=date.fromisoformat, help="the other day; otherwise that of the last check"
    )
    parser.add_argument("--action", choices=ACTIONS, default="hold")
    options = parser.parse_args(arguments)
    lawbook = default_lawbook()
    print(report(lawbook, options.on or last_checked(lawbook), options.action))


if __name__ == "__main__":
    main()
