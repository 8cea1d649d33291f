"""A static site of one release: questions with answers and doubts, pictures, tables, CSV and Parquet, provenance and commands.

It runs without a server and without JavaScript. Only counts are written, never rows, and small ones are hidden everywhere.
Made again from the same store it is the same to the byte: nothing in it reads a clock.
"""

from __future__ import annotations

import csv
import html
import io
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from bailiwick.engine.places import Places, load_places
from bailiwick.evidence.following import curve
from bailiwick.evidence.groups import DRAWN, OUTCOME_WORDS, grouped
from bailiwick.evidence.outcomes import outcomes
from bailiwick.evidence.paths.linked import Linked, linked
from bailiwick.evidence.paths.steps import (
    CANNOT_SEE,
    AfterDecline,
    Custody,
    Ended,
    LeftOut,
    after_decline,
    after_sentence,
    after_words,
    custody,
    ends,
    left_out,
)
from bailiwick.evidence.pictures.charts import intervals, stacked
from bailiwick.evidence.published import counts_of, places_tree
from bailiwick.evidence.shares import Share, percent, share
from bailiwick.evidence.store import NoStore, Store
from bailiwick.evidence.suppress import LIMIT, suppress, suppress_tree
from bailiwick.evidence.words import OUTCOMES

#: A group needs this many detainers to be drawn; its table has them all.
DRAWN_FROM = 100
_STYLE = """
:root{color-scheme:light dark;--ink:#1b1b1f;--paper:#fff;--line:#8d8d97}
@media (prefers-color-scheme:dark){:root{--ink:#ecebef;--paper:#17171b;--line:#77777f}}
body{max-width:60rem;margin:0 auto;padding:1rem;font:1rem/1.5 "Public Sans",Arial,sans-serif}
body{color:var(--ink);background:var(--paper)}
a{color:inherit}.answer{font-size:1.25rem}.doubt{border-left:.3rem solid;padding-left:.8rem}
.wide{overflow-x:auto}table{border-collapse:collapse}
th,td{padding:.3rem .6rem;border-bottom:1px solid var(--line);text-align:right}
th:first-child,td:first-child{text-align:left;white-space:nowrap}svg{max-width:100%;height:auto}
pre{overflow-x:auto;padding:.6rem;border:1px solid var(--line)}
@media print{:root{--ink:#000;--paper:#fff}section{break-inside:avoid}}
"""
_COLUMNS = ("detainers", *OUTCOMES, "declined_share", "declined_low", "declined_high")


@dataclass(slots=True)
class Section:
    """One question of the site. `rows` are what its table and its files hold; None is a count that is not shown."""

    name: str
    title: str
    answer: str
    doubt: str
    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    command: str
    picture: str = ""
    blind: tuple[str, ...] = ()


def write_site(store: Store, out: Path, release: str | None = None) -> list[Path]:
    """Write the site of a release into a directory and return the files written, in order.

    Raises:
        NoStore: no such release, or no detainers.
        FileExistsError: the directory has files in it already, or is itself a file.
    """
    chosen = store.release("detainers", release)
    if out.exists() and not out.is_dir():
        raise FileExistsError(f"{out}: expected a directory, found a file; name another")
    out.mkdir(parents=True, exist_ok=True)
    if any(out.iterdir()):
        raise FileExistsError(f"{out}: expected an empty directory, found files; name another")
    places = load_places()
    sections = [*_counted(store, chosen, places), *_followed(store, chosen)]
    written: list[Path] = []
    for section in sections:
        written += _files(section, out)
    loads = store.quality(chosen)
    provenance = out / "provenance.json"
    shown = [_of_quality(one) for one in loads]
    provenance.write_text(json.dumps(shown, indent=1, ensure_ascii=False, sort_keys=True) + "\n", "utf-8")
    index = out / "index.html"
    index.write_text(_page(chosen, sections, loads), "utf-8")
    return [*written, provenance, index]


# ------------------------------------------------------------------------------------------------------------- the sections


def _counted(store: Store, release: str, places: Places) -> Iterator[Section]:
    """By state and county, month, and form: three networks that share the row of all (`suppress.py`)."""
    span = _span(store, release)
    by_place = places_tree(_leaves(store, release, ("state", "county"), places), OUTCOMES)
    by_month = suppress_tree(_leaves(store, release, ("month",), places))
    by_form = suppress_tree(_leaves(store, release, ("form",), places))
    everything = by_place.rows[()]
    total = counts_of(everything, OUTCOMES)
    blank = everything[OUTCOMES.index("not_recorded")]
    found, of_all = total.of_recorded, total.of_all
    yield Section(
        "outcomes",
        f"How many detainers were declined, {span}?",
        f"{_share(found)} Of all {of_all.whole:,} issued it is {percent(of_all.value)}."
        if found and of_all
        else "None has a recorded outcome, or too few to show: nothing can be said.",
        f"For {_number(blank)} of {_number(total.detainers)} no outcome was recorded. A blank is not an honored detainer.",
        _COLUMNS,
        [_cells(everything)],
        f"bailiwick evidence outcomes --store DIR --release {release} --format csv",
        stacked(
            tuple(("all detainers", kind, n) for kind, n in _drawn(everything).items() if n),
            tuple((name, pattern) for name, pattern, _ in DRAWN),
            "All detainers by outcome",
            "wide",
        ),
    )
    states = {p.path: p.name for p in places if p.kind == "state"}
    counties = {p.fips: f"{p.name} ({p.path})" for p in places if p.kind == "county"}
    for by, title, tree, depth, names in (
        ("month", "How did outcomes change from month to month?", by_month, 1, {}),
        ("state", "How do states differ?", by_place, 1, states),
        ("county", "How do counties differ?", by_place, 2, counties),
        ("form", "Which forms were used, and what became of them?", by_form, 1, {}),
    ):
        rows = {path[-1]: row for path, row in tree.rows.items() if len(path) == depth}
        yield _by(release, by, title, names, rows, blank)


def _leaves(
    store: Store, release: str, by: tuple[str, ...], places: Places
) -> dict[tuple[str, ...], list[int]]:
    """The counts that nothing is below, by group; what is not recorded is empty. A county is one of its own state or none."""
    found: dict[tuple[str, ...], list[int]] = {}
    for row in outcomes(store, by, release=release):
        path = tuple(row.group[name] or "" for name in by)
        if len(path) == 2 and path[1] and places.by_fips[path[1]].state != path[0]:
            path = (path[0], "")
        sums = found.setdefault(path, [0] * len(OUTCOMES))
        for k, one in enumerate(OUTCOMES):
            sums[k] += row.counts[one]
    return found


def _drawn(row: Sequence[int | None]) -> dict[str, int]:
    """The groups that charts draw, of a row whose sum is shown; what is not shown apart is another outcome."""
    counts = Counter({one: n for one, n in zip(OUTCOMES, row, strict=False) if n})
    counts["other"] = (row[-1] or 0) - counts.total()
    return grouped(counts)


def _by(
    release: str,
    by: str,
    title: str,
    names: dict[str, str],
    rows: dict[str, list[int | None]],
    blank: int | None,
) -> Section:
    # Groups without a name of their own come last, under what they are.
    order = sorted(rows, key=lambda one: (not one, one))
    named = [(names.get(one, one) or "not recorded", rows[one]) for one in order]
    shares = [
        (name, found.value, found.low or 0.0, found.high or 0.0)
        for name, row in named
        if (found := counts_of(row, OUTCOMES).of_recorded)
        and found.value is not None
        and (row[-1] or 0) >= DRAWN_FROM
    ]
    shares = shares if by == "month" else sorted(shares, key=lambda one: -one[1])[:30]
    answer = f"{len(rows):,} groups."
    if shares and by != "month":
        least, most = (percent(pick(one[1] for one in shares)) for pick in (min, max))
        answer += (
            f" Among those drawn, with at least {DRAWN_FROM} detainers, the share declined goes from {least} to {most} of "
            "recorded outcomes."
        )
    return Section(
        by,
        title,
        answer,
        f"Shares are of recorded outcomes only; {_many(blank, 'detainers')} have none. Who records, and when, differs between "
        "places.",
        (by, *_COLUMNS),
        [(name, *_cells(row)) for name, row in named],
        f"bailiwick evidence outcomes --store DIR --release {release} --by {by} --format csv",
        intervals(tuple(shares), f"{title} Share declined of recorded outcomes", "wide") if shares else "",
    )


def _number(count: int | None) -> str:
    return "a number that is not shown" if count is None else f"{count:,}"


def _many(count: int | None, what: str) -> str:
    return f"a number of {what} (not shown)" if count is None else f"{count:,} {what}"


def _followed(store: Store, release: str) -> Iterator[Section]:
    """What happened next; nothing where the release numbers no person."""
    try:
        with linked(store, release) as (connection, known):
            back, left = ends(connection, known.end), left_out(connection, known.end)
            stays, declined = custody(connection, known.end), after_decline(connection)
    except NoStore:
        return
    yield _returns(known, back, left)
    if known.rows["stays"]:
        yield _custody(known, stays, _by_outcome(store, release))
    first = sum(row.people for row in back if row.outcome == "declined")
    yield _after_decline(known, declined, first)


def _paths_command(known: Linked) -> str:
    return f"bailiwick evidence paths --store DIR --release {known.release}"


def _returns(known: Linked, back: list[Ended], left: LeftOut) -> Section:
    lines = [
        curve(OUTCOME_WORDS[outcome], [row for row in back if row.outcome == outcome], known.removals_told)
        for outcome in sorted({row.outcome for row in back})
    ]
    rows = [
        (
            line.group,
            met.day,
            met.followed,
            _decimal(met.share),
            _decimal(met.low),
            _decimal(met.high),
            _decimal(met.removed),
        )
        for line in lines
        for met in line.points
    ]
    # Only those of the curves shown: from the sum of all would follow how many people the others are of.
    people = sum(line.people or 0 for line in lines)
    superseded, late = (n if n == 0 or n >= LIMIT else None for n in (left.superseded, left.late))
    return Section(
        "returns",
        "How many people had a later detainer, and how many were removed first?",
        f"{people:,} people followed from their first detainer, by its outcome; removal competes. Outcomes of too few people are "
        "left out, and days from which a small number could be worked out."
        if rows
        else "Too few people to show.",
        f"A lower bound: followed to the last day, {known.last_day}, as far as this release met people again. Left out: "
        f"{_many(superseded, 'people')} whose detainers were all replaced by another form or are duplicates; "
        f"{_many(late, 'people')} whose first one is later than that day; and detainers that name nobody, or a number with "
        "more than one birth year."
        + (
            ""
            if known.removals_told
            else " The release tells of no removal: who was removed stands as still followed."
        ),
        ("first outcome", "day", "still followed after", "later detainer", "low", "high", "removed before"),
        rows,
        _paths_command(known),
        blind=CANNOT_SEE,
    )


def _by_outcome(store: Store, release: str) -> list[int]:
    (row,) = outcomes(store, release=release)
    return [row.counts[one] for one in OUTCOMES]


def _custody(known: Linked, stays: list[Custody], everything: Sequence[int]) -> Section:
    """A fourth network over the row of all detainers: what is left out is what that row has more than the table."""
    by = {one.outcome: one for one in stays}
    followed = [by[one].followed if one in by else 0 for one in OUTCOMES]
    counted = [by[one].detainers if one in by else 0 for one in OUTCOMES]
    tree = suppress_tree(
        {
            ("counted", "followed"): followed,
            ("counted", "not"): [n - met for n, met in zip(counted, followed, strict=True)],
            ("left out",): [n - mine for n, mine in zip(everything, counted, strict=True)],
        },
        dear=lambda path, column: 10 if path[:1] == ("counted",) else 1,
    )
    whole, part, left = (tree.rows[path] for path in (("counted",), ("counted", "followed"), ("left out",)))
    within = stays[0].within
    return Section(
        "custody",
        f"How many detainers were followed by detention within {within} days?",
        "Too few to show."
        if part[-1] is None or whole[-1] is None
        else f"{part[-1]:,} of {whole[-1]:,} detainers.",
        f"A lower bound: followed to the last day, {known.last_day}, as far as this release met people again. Left out: "
        f"{_many(left[-1], 'detainers')} that are too recent to be followed for {within} days, or name nobody, or a number with "
        "more than one birth year.",
        ("outcome", "detainers", "followed by a stay", "days in the middle"),
        [
            (OUTCOME_WORDS[one], whole[k], part[k], by[one].median_days if one in by and part[k] else None)
            for k, one in enumerate(OUTCOMES)
            if everything[k]
        ],
        _paths_command(known),
        blind=CANNOT_SEE,
    )


def _after_decline(known: Linked, found: AfterDecline, first: int) -> Section:
    """first: people of the curve of declined detainers. They are among these: from both sums would follow how many were
    declined later only."""
    parts = after_words(found, known.missing)
    *shown, people = suppress([list(parts.values())])[0]
    if 0 < found.people - first < LIMIT:
        people = None
        if None not in shown and (least := min((n for n in shown if n), default=None)):
            shown[shown.index(least)] = None
    *others, last = (table for table in known.rows if table not in known.missing)
    looked = f"{', '.join(others)} and {last}" if others else last
    return Section(
        "after-decline",
        "What does the release show after a declined detainer?",
        f"{_many(people, 'people').capitalize()} had a declined detainer."
        if people is None or None in shown
        else after_sentence(found, known.missing),
        f"Each person is counted once, from the first declined detainer on. Looked for in {looked} of the release, to the last "
        "row of each. Rows that name nobody, or a number with more than one birth year, are left out: who is shown nowhere may "
        "stand in one.",
        ("what the release shows after", "people"),
        list(zip(parts, shown, strict=True)),
        _paths_command(known),
        blind=CANNOT_SEE,
    )


def _span(store: Store, release: str) -> str:
    with store.connection(release) as connection:
        found = connection.execute("SELECT min(day), max(day) FROM detainers").fetchone()
    first, last = found if found else (None, None)
    if first is None:
        raise NoStore(f"release {release}: expected detainers, found none")
    return f"{first:%B %Y} to {last:%B %Y}"


def _share(found: Share) -> str:
    return (
        f"{found.part:,} of {found.whole:,} with a recorded outcome ({percent(found.value)}, 95 % interval "
        f"{percent(found.low)} to {percent(found.high)})."
    )


def _cells(row: Sequence[int | None]) -> tuple[Any, ...]:
    part = counts_of(row, OUTCOMES).of_recorded or share(0, 0)
    return (row[-1], *row[:-1], *(_decimal(one) for one in (part.value, part.low, part.high)))


def _decimal(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


# ---------------------------------------------------------------------------------------------------------------- the files


def _files(section: Section, out: Path) -> Iterator[Path]:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(section.columns)
    writer.writerows([_safe(cell) for cell in row] for row in section.rows)
    (target := out / f"{section.name}.csv").write_text(text.getvalue(), "utf-8")
    yield target
    columns = list(zip(*section.rows, strict=True)) if section.rows else [() for _ in section.columns]
    arrays = {name: pa.array(list(column)) for name, column in zip(section.columns, columns, strict=True)}
    pq.write_table(pa.table(arrays), target := out / f"{section.name}.parquet")
    yield target
    if section.picture:
        (target := out / f"{section.name}.svg").write_text(section.picture, "utf-8")
        yield target


def _safe(cell: Any) -> Any:
    """A cell that no spreadsheet takes for a formula; a count that is not shown is empty."""
    if cell is None:
        return ""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in tuple("=+-@\t\r") else cell


def _page(release: str, sections: Sequence[Section], loads: Iterable[dict[str, Any]]) -> str:
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
        f"<title>What happens to detainers? {_e(release)}</title><style>{_STYLE}</style></head><body><main>",
        f"<h1>What happens to detainers?</h1><p>Release {_e(release)}. Counts from 1 to {LIMIT - 1}, and those from which one "
        "could be worked out, are not shown (–).</p>",
        *(_section(section) for section in sections),
        "<section><h2>From what was this counted?</h2>",
        _table(
            ("file", "sheet", "table", "rows read", "taken", "set aside", "SHA-256"),
            [
                (
                    one["file"],
                    one["sheet"],
                    one["table"],
                    one["read"],
                    one["taken"],
                    sum(one["set_aside"].values()),
                    one["sha256"],
                )
                for one in loads
            ],
            (),
        ),
        '<p><a href="provenance.json">Everything known of the files</a>: columns, blanks, spellings, duplicates; '
        f"null where a count is from 1 to {LIMIT - 1}, or leaves as few of the rows.</p>",
        "<h2>How is it made again?</h2>",
        "<pre>bailiwick evidence load FILE… --store DIR\n"
        f"bailiwick evidence report --store DIR --release {_e(release)} --out SITE</pre>",
        "</section></main></body></html>",
    ]
    return "\n".join(parts) + "\n"


#: What a quality report counts of rows by what stands in them; not the account of read, taken and set aside.
_CELLS = ("unknown", "impossible_years", "unreadable_dates", "blank", "duplicates", "shared_ids", "placed")


def _of_quality(load: dict[str, Any]) -> dict[str, Any]:
    """A quality report with None where a count, or what it leaves of the rows, is small."""

    def shown(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: shown(one) for name, one in value.items()}
        return None if 0 < value < LIMIT or 0 < load["read"] - value < LIMIT else value

    return load | {name: shown(load[name]) for name in _CELLS if name in load}


def _section(section: Section) -> str:
    picture = f"<figure>{section.picture}</figure>" if section.picture else ""
    blind = "".join(f"<li>{_e(one)}</li>" for one in section.blind)
    links = [f'<a href="{section.name}.csv">CSV</a>', f'<a href="{section.name}.parquet">Parquet</a>']
    if section.picture:
        links.append(f'<a href="{section.name}.svg">picture</a>')
    return (
        f'<section id="{section.name}"><h2>{_e(section.title)}</h2><p class="answer">{_e(section.answer)}</p>'
        f'<p class="doubt">{_e(section.doubt)}</p>{picture}{_table(section.columns, section.rows, (section.title,))}'
        f"<p>{' · '.join(links)}</p><pre>{_e(section.command)}</pre>"
        + (f"<p>What this cannot see:</p><ul>{blind}</ul>" if blind else "")
        + "</section>"
    )


def _table(columns: Sequence[str], rows: Iterable[Sequence[Any]], caption: Sequence[str]) -> str:
    head = "".join(
        f'<th scope="col">{_e(OUTCOME_WORDS.get(name, name.replace("_", " ")))}</th>' for name in columns
    )
    body = "".join("<tr>" + "".join(f"<td>{_shown(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    label = (
        f' tabindex="0" role="region" aria-label="{_e(caption[0])}"'
        if caption
        else ' tabindex="0" role="region" aria-label="Files"'
    )
    return (
        f'<div class="wide"{label}><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def _shown(cell: Any) -> str:
    if cell is None:
        return "–"
    if isinstance(cell, int):
        return f"{cell:,}"
    return _e(str(cell))


def _e(text: str) -> str:
    return html.escape(text)
