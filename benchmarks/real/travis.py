"""Travis County's bookings with an immigration detainer, decided under four laws beside each other.

    python benchmarks/real/travis.py [--today 2026-11-21] [--page docs/benchmarks.md --date 2026-11-21]

The rows are public records about real people: they are read where they lie
(``../shared/data/travis-tx-detainers`` beside the project, or the folder that the environment variable
BAILIWICK_DATA names), turned into cases in a temporary directory that is deleted, and only counts leave this
script. Counts under 11 are not shown.

The laws: Texas today, California today, New York City today, and the policy of Travis County's sheriff on
2017-02-15. The day of the law replaces the day of the booking, so look-backs ("within five years") count from
that day: a conviction of 2010 is an old one under the laws of today. Each law is asked twice:

- what the data says, and nothing else. A booking shows the charges of one arrest and not the person's past
  (``charges_complete`` is false), and not what came with the detainer.
- with the usual answers to what a jail would ask next: an administrative warrant came and no judge's, the
  booking is the whole record, no proof of citizenship or status was given, no database or registry names the
  person, no federal warrant is out, the release date is not public. An assumption for comparison, not a
  finding.

How the county's columns become facts
-------------------------------------
A booking: ``at`` is noon, because the data has no times of day, of the day of its last disposition (when the
county's own ground to hold ends), or of the booking where it has none; ``custodian``
county_jail; ``request.kind`` immigration_detainer (that is why the booking is in the data); ``person.age``;
``person.arrested_on`` is the booking date. What came with the detainer is unknown (a Form I-200 goes with
every detainer only since 2017-04-02), as are its form, signature and boxes, what the person claims or has
proved, and everything else.

A row of charges: ICE DETAINER is the request itself and FEDERAL DETAINER another agency's request; both are
left out. So are rows disposed of as ERROR IN ENTRY and WRONG PERSON IN CUSTODY: they say nothing of this
person. ``code`` is the county's charge code, whose system ``travis-charge-code`` the county's law file reads;
the section of the statute stays unknown, for the code alone does not show it. One charge may stand in several
rows, one for each disposition; each row is taken as it is.

``level`` gives ``grade`` and ``class``: 1 F1 / 2 F2 / 3 F3 felonies of that degree; FS S state-jail felonies;
FX P capital felonies (the county's own list counts P among felonies); F F* felonies of no degree; A MA / B MB
/ C MC misdemeanors of that class (a Class C offence is a misdemeanor, Tex. Penal Code § 12.03); M M*
misdemeanors of no class; X, * and blank unknown.

``disposition_type`` gives ``status``, and ``convicted`` its date:

- convicted: SENTENCE COMPLETE; MANUAL LABOR CREDIT RELEASE (credit against a sentence); RELEASED TO TDCJ-ID,
  TDCJ-STATE JAIL, TDC (state prison or state jail: a sentence); PAID FINE (a fine is a sentence); NO CONTEST
  (a plea that convicts, Tex. Code Crim. Proc. art. 27.02(5)).
- charged: the bonds, RELEASED TO APPEAR, CASE RESET, BOND FORFIETURE SET ASIDE (the case goes on); DEFERRED
  ADJUDICATION (no finding of guilt).
- arrested: PERSONAL BOND REQUIRED BY ART 17.033 (no magistrate has found probable cause in time).
- dismissed: DISMISSAL, NO CHARGES FILED, GRAND JURY NO BILL, PROSECUTOR (CA/DA) REJECTED CHARGE; also CHARGE
  REFILED, CHARGE REDUCED, ENHANCED and REFILED AS FUGITIVE FROM JUSTICE, whose new charge stands in a row of
  its own.
- acquitted: NOT GUILTY.
- unknown: all others, which say where the person went and not what became of the charge (RELEASED TO ICE, to
  another agency, to federal officers, to pay; JUDGE ORDER; CASE INTERGRATED; WARRANT WITHDRAWN; RECEIVED
  PROBATION and CONTINUED ON PROBATION, which may or may not rest on a conviction; and the rare ones), and a
  blank (still open when the data was drawn).
"""

from __future__ import annotations

import csv
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from measuring import ROOT, options, publish, seconds, table

sys.path.insert(0, str(ROOT))

import pyarrow.parquet as pq

from bailiwick.engine.bulk import case_row, run_bulk, write_cases
from bailiwick.engine.case import read_case
from bailiwick.engine.lawbook import Lawbook

PLACE = "us/tx/travis-county"
SMALLEST = 11
_REQUESTS = {"ICE DETAINER", "FEDERAL DETAINER"}
_NOT_THE_PERSONS = {"ERROR IN ENTRY", "WRONG PERSON IN CUSTODY"}
_LEVELS: dict[str, tuple[str, str | None]] = {
    **{code: ("felony", degree) for degree in "123" for code in (degree, f"F{degree}")},
    **dict.fromkeys(("FS", "S"), ("felony", "state jail")),
    **dict.fromkeys(("FX", "P"), ("felony", "capital")),
    **dict.fromkeys(("F", "F*"), ("felony", None)),
    **{code: ("misdemeanor", letter) for letter in "ABC" for code in (letter, f"M{letter}")},
    **dict.fromkeys(("M", "M*"), ("misdemeanor", None)),
}
_STATUSES: dict[str, str] = {
    **dict.fromkeys(
        (
            "SENTENCE COMPLETE",
            "MANUAL LABOR CREDIT RELEASE",
            "RELEASED TO TDCJ-ID",
            "RELEASED TO TDCJ-STATE JAIL",
            "RELEASED TO TDC",
            "PAID FINE",
            "NO CONTEST",
        ),
        "convicted",
    ),
    **dict.fromkeys(
        (
            "BOND-PERSONAL RECOGNIZANCE",
            "BOND-SURETY",
            "BOND-100% CASH",
            "RELEASED TO APPEAR",
            "CASE RESET",
            "BOND FORFIETURE SET ASIDE",
            "DEFERRED ADJUDICATION",
        ),
        "charged",
    ),
    "PERSONAL BOND REQUIRED BY ART 17.033. CCP": "arrested",
    **dict.fromkeys(
        (
            "DISMISSAL",
            "NO CHARGES FILED",
            "GRAND JURY NO BILL",
            "PROSECUTOR (CA/DA) REJECTED CHARGE",
            "CHARGE REFILED",
            "CHARGE REDUCED",
            "ENHANCED",
            "REFILED AS FUGITIVE FROM JUSTICE",
        ),
        "dismissed",
    ),
    "NOT GUILTY": "acquitted",
}


_ZONE = ZoneInfo("America/Chicago")
_NONE = (
    "citizen_claim",
    "citizen_proof",
    "lawful_status_proof",
    "watchlist_match",
    "offender_registrant",
    "illegal_reentry",
    "removed_after_felony",
    "final_order",
    "federal_felony_warrant",
    "criminal_warrant",
)
_USUAL: dict[str, dict[str, Any]] = {
    "request": {"warrant": "administrative", "federal_probable_cause": False},
    "person": dict.fromkeys(_NONE, False),
    "release": {"public_information": False},
}


def folder() -> Path | None:
    """Where the data lies, or None."""
    named = os.environ.get("BAILIWICK_DATA")
    for base in [Path(named)] if named else [ROOT.parent / "shared" / "data"]:
        if (base / "travis-tx-detainers" / "bookings_2000_2016.csv").exists():
            return base
    return None


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def charge(row: dict[str, str]) -> dict[str, Any] | None:
    """A charge from a row, or None where the row is none of this person's."""
    if row["charge_literal"] in _REQUESTS or row["disposition_type"] in _NOT_THE_PERSONS:
        return None
    grade, class_ = _LEVELS.get(row["level"], (None, None))
    status = _STATUSES.get(row["disposition_type"])
    return {
        "code_system": "travis-charge-code",
        "code": row["charge_code"],
        "description": row["charge_literal"],
        "status": status,
        "grade": grade,
        "class": class_,
        "convicted_on": row["disposition_date"] if status == "convicted" else None,
    }


def raw_cases(
    bookings: list[dict[str, str]], charges: list[dict[str, str]], usual: bool
) -> Iterator[dict[str, Any]]:
    """Cases as JSON. Their ids are running numbers."""
    of: dict[str, list[dict[str, Any]]] = {}
    last: dict[str, str] = {}
    for row in charges:
        made = charge(row)
        if made is not None:
            of.setdefault(row["booking"], []).append(made)
            last[row["booking"]] = max(last.get(row["booking"], ""), row["disposition_date"])
    for number, row in enumerate(bookings):
        day = max(row["booking_date"], last.get(row["booking"], ""))
        yield {
            "id": str(number),
            "place": PLACE,
            "at": datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=_ZONE).isoformat(),
            "custodian": "county_jail",
            "request": {"kind": "immigration_detainer", **(_USUAL["request"] if usual else {})},
            "person": {
                "age": int(row["age"]) if row["age"].isdigit() else None,
                "arrested_on": row["booking_date"],
                **(_USUAL["person"] if usual else {}),
            },
            "release": _USUAL["release"] if usual else None,
            "charges": of.get(row["booking"], []),
            "charges_complete": usual,
        }


def check(base: Path, bookings: list[dict[str, str]], charges: list[dict[str, str]]) -> list[str]:
    """Hold the bookings against the county's own monthly summary; what was found, in words. Raises
    AssertionError."""
    summary = rows(base / "travis-tx-detainers" / "report_monthly_summary.csv")
    lists = rows(base / "ref-charges" / "travis_tx_charge_lists.csv")
    violent = {r["value"] for r in lists if r["list"] == "violent_crimes"}
    first = min(r["month"] for r in summary)
    month_of = {b["booking"]: b["booking_date"][:7] for b in bookings}
    months = Counter(m for m in month_of.values() if m >= first)
    assert months == {r["month"]: int(r["total"]) for r in summary}, "bookings by month"
    with_violent = {
        c["booking"] for c in charges if c["charge_literal"] in violent and month_of[c["booking"]] >= first
    }
    by_month = Counter(month_of[b] for b in with_violent)
    theirs = {
        r["month"]: int(r["has_at_least_one_violent_crime"])
        for r in summary
        if r["has_at_least_one_violent_crime"]
    }
    differing = {m: n for m, n in by_month.items() if m in theirs and theirs[m] != n}
    assert not differing, "bookings with a violent charge by month"
    assert len(with_violent) == 1752, "bookings with a violent charge"
    blank = sum(n for m, n in by_month.items() if m not in theirs)
    return [
        f"{len(bookings):,} bookings, {len(charges):,} rows of charges.",
        f"Against the county's monthly summary: {sum(months.values()):,} bookings since {first} in both, "
        f"month by month; {len(bookings) - sum(months.values())} "
        "earlier bookings are not in the summary.",
        f"With at least one charge of the county's list of violent crimes, since {first}: "
        f"{len(with_violent):,}, month by month as in the summary, which "
        f"adds up to {sum(theirs.values()):,} because it leaves blank months that have {blank}.",
    ]


def merged(counts: Counter[str]) -> str:
    """Counts as one line; those under 11 are put together with the next."""
    found = [([word], n) for word, n in counts.most_common()]
    while len(found) > 1 and found[-1][1] < SMALLEST:
        words, n = found.pop()
        found[-1] = ([*found[-1][0], *words], found[-1][1] + n)
    return ", ".join(f"{' or '.join(words)} {n:,}" for words, n in found)


def shown(counts: dict[str, int]) -> dict[str, str]:
    """Counts as text. One under 11 is not shown, nor, where it is the only one, the next smallest, from which
    it could be told."""
    small = [name for name, n in counts.items() if 0 < n < SMALLEST]
    if len(small) == 1:
        rest = [name for name, n in counts.items() if n >= SMALLEST]
        small += sorted(rest, key=lambda name: counts[name])[:1]
    return {name: "few" if name in small else f"{n:,}" for name, n in counts.items()}


OUTCOMES = ("required", "allowed", "forbidden", "unregulated", "unknown", "conflict")
ACTIONS = {"hold": "hold past release", "notify_release": "give notice of release", "transfer": "hand over"}


def under(
    cases: Path, lawbook: Lawbook, place: str, on: date, scratch: Path
) -> tuple[dict[str, Counter[str]], dict[str, Counter[str]], float]:
    """Outcomes and missing facts of each action under one law, and the seconds it took."""
    out = scratch / "out.parquet"
    taken = seconds(lambda: run_bulk(cases, out, lawbook, place=place, on=on))
    answer = pq.read_table(out)
    outcomes = {a: Counter(answer[a].to_pylist()) for a in ACTIONS}
    missing = {
        a: Counter(f for text in answer[f"{a}_missing"].to_pylist() for f in (text or "").split(",") if f)
        for a in ACTIONS
    }
    return outcomes, missing, taken


def checked(lawbook: Lawbook) -> date:
    """The latest day on which a law file was checked."""
    return max(day for f in lawbook.files.values() if isinstance(day := f.checked.get("on"), date))


def main() -> None:
    parser = options(__doc__)
    parser.add_argument(
        "--today", type=date.fromisoformat, help="the day called today (the last day a law file was checked)"
    )
    given = parser.parse_args()
    base = folder()
    if base is None:
        print(
            "skipped: no travis-tx-detainers in ../shared/data (set BAILIWICK_DATA to the folder of the "
            "shared data)"
        )
        return
    bookings, charges = (
        rows(base / "travis-tx-detainers" / f"{name}_2000_2016.csv") for name in ("bookings", "charges")
    )
    text = check(base, bookings, charges)
    kept = [c for row in charges if (c := charge(row)) is not None]
    statuses, grades = (Counter(str(c[k] or "unknown") for c in kept) for k in ("status", "grade"))
    text.append(
        f"{len(kept):,} rows are charges of the person. Status: {merged(statuses)}. Grade: {merged(grades)}."
    )
    lawbook = Lawbook.load()
    today = given.today or checked(lawbook)
    laws = [
        ("Texas today", "us/tx", today),
        ("California today", "us/ca", today),
        ("New York City today", "us/ny/new-york-city", today),
    ]
    laws.append(("Travis County's policy of 2017", PLACE, date(2017, 2, 15)))
    total = 0.0
    reasons: list[str] = []
    with tempfile.TemporaryDirectory() as scratch:
        for usual, title in (
            (False, "What the data says"),
            (True, "With the usual answers to what it does not say"),
        ):
            cases = Path(scratch) / "cases.parquet"
            write_cases(
                (case_row(read_case(raw, lawbook.places)) for raw in raw_cases(bookings, charges, usual)),
                cases,
            )
            lines = []
            for name, place, on in laws:
                outcomes, missing, taken = under(cases, lawbook, place, on, Path(scratch))
                total += taken
                for action, says in ACTIONS.items():
                    counted = shown({o: outcomes[action][o] for o in OUTCOMES})
                    lines.append([name, says, *(counted[o] if outcomes[action][o] else "" for o in OUTCOMES)])
                    if missing[action] and outcomes[action]["unknown"]:
                        most = [
                            f"{fact} {n}"
                            for fact, n in shown(dict(missing[action].most_common(6))).items()
                            if n != "few"
                        ]
                        reasons.append(
                            f"- {name}, {says}{', with the usual answers' if usual else ''}: "
                            f"{'; '.join(most) or 'each in too few bookings to be shown'}."
                        )
            text += [f"**{title}** (today: {today})", table(["law", "the jail would", *OUTCOMES], lines)]
    text += ["Facts most often missing where the answer is unknown (bookings):", "\n".join(reasons)]
    text.append(f"Deciding all bookings under one law took {total / 8:.2f} s on average (bulk path, "
    "lawbook loaded). Nobody's outcome is claimed: the laws of other places and "
                "days never governed these bookings.")  # fmt: skip
    publish(given, "Travis County's bookings under four laws", "\n\n".join(text))


if __name__ == "__main__":
    main()
