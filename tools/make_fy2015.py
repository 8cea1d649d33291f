"""Make the FY2015 detainers that ship with the project, and the table that places their facilities.

    python tools/make_fy2015.py RELEASE.csv MONTHS.csv REASONS.csv FACILITIES_DIRECTORY

Writes, under bailiwick/evidence/data: detainers_fy2015.parquet, facility_county_fy2015.csv and PROVENANCE.md.

RELEASE.csv is the release as rows (FOIA 15-87693). MONTHS.csv and REASONS.csv are the counts published from
it by month (year_month, count) and by calendar year and lift reason (year, lift_reason, count): the rows must
give them exactly or nothing is written. FACILITIES_DIRECTORY holds vera_facilities_county_2025.csv,
recidiviz_jails_jid.csv and texas_jails_fips.csv. No row of the release describes a person.

A facility is placed in a county only where that is certain:

* ``city``: a jail or lockup of a city that has law of its own (New York City, Chicago, Boston), by name;
* ``named``: its name says the county (or, in Virginia, Maryland and Missouri, the independent city) and the
  state has that county: the county whose jail it is, wherever the building stands;
* ``vera``, ``recidiviz``, ``texas``: its normalised name is exactly that of a facility listed there in that
  state, and all facilities that bear the name there are in one county. Where the list says the city, it is
  the release's city too. ``vera`` gives a building's location, which in Virginia (independent cities) does
  not tell whose jail it is: there it is not used.

Where two lists disagree the facility is placed nowhere. Nothing is ever matched across states.
"""

from __future__ import annotations

import csv
import re
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import duckdb

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from bailiwick.engine.places import Place, load_places  # noqa: E402

OUT = ROOT / "bailiwick" / "evidence" / "data"
ROWS = 79_053

WORDS = {
    **dict.fromkeys(("CO", "CTY", "CNTY", "COUNTYY"), "COUNTY"),
    **dict.fromkeys(("PAR",), "PARISH"),
    **dict.fromkeys(("DET", "DETN", "DETENT"), "DETENTION"),
    **dict.fromkeys(("CTR", "CNTR", "CENT", "CEN", "CRT"), "CENTER"),
    **dict.fromkeys(("DEPT", "DEPARTMENT", "DEP"), "DEPT"),
    **dict.fromkeys(("CORR", "CORREC", "COR", "CORRECT", "CORRECTION", "CORRECTIONS"), "CORRECTIONAL"),
    **dict.fromkeys(("FAC", "FACIL"), "FACILITY"),
    **dict.fromkeys(("INST", "INSTITUTE"), "INSTITUTION"),
    **dict.fromkeys(("SHERIFFS", "SHERRIFF"), "SHERIFF"),
    "REG": "REGIONAL",
    "POL": "POLICE",
    "ADC": "ADULT DETENTION CENTER",
}
COUNTY_WORDS = ("COUNTY", "PARISH", "BOROUGH")
#: Counties of New York City: its own law applies in all five.
NEW_YORK_CITY = ("36005", "36047", "36061", "36081", "36085")
CITIES = [
    (
        "NEW YORK",
        re.compile(r"RIKERS|^NYC POLICE|^MANHATT[AE]N DET|^BROOKLYN HOUSE OF DET|CENTRAL BOOKING$"),
        "3651000",
    ),
    ("ILLINOIS", re.compile(r"^CHICAGO (POLICE|PD\b|P\.D\.)"), "1714000"),
    ("MASSACHUSETTS", re.compile(r"^BOSTON (POLICE|PD\b|P\.D\.)"), "2507000"),
]


def tokens(name: str, state: str) -> list[str]:
    """The words of a facility's name, abbreviations written out, the state's letters at the end dropped."""
    plain = (
        unicodedata.normalize("NFKD", name.upper()).encode("ascii", "ignore").decode().replace("&", " AND ")
    )
    plain = re.sub(
        r"\b(?:[A-Z]\.){2,}", lambda initials: initials[0].replace(".", "") + " ", plain.replace("'", "")
    )
    words = re.sub(r"[^A-Z0-9]+", " ", plain).split()
    if len(words) > 2 and words[-1] == state:
        words.pop()
    if words and words[0] in ("ST", "STE"):
        words[0] = "SAINT"
    if words and words[0] in ("FT",):
        words[0] = "FORT"
    return " ".join(WORDS.get(w, w) for w in words).split()


def segments(name: str, state: str) -> Iterator[list[str]]:
    """The name, and each part of it after a dash, stroke, comma or bracket."""
    yield tokens(name, state)
    for part in re.split(r"[-/,(]", name)[1:]:
        yield tokens(part, state)


class Facilities:
    """Where a facility stands, as far as lists and names say."""

    def __init__(self, directory: Path) -> None:
        self.places = load_places()
        self.states: dict[str, tuple[str, str]] = {}
        self.names: dict[str, dict[tuple[str, ...], str]] = defaultdict(dict)
        for place in self.places:
            if place.kind == "state":
                letters = place.path.removeprefix("us/").upper()
                self.states[place.name.upper().removeprefix("U.S. ")] = (letters, place.path)
        for place in self.places:
            if place.kind == "county" and place.state:
                self.names[place.state][tuple(self.spelled(place))] = place.fips
        self.listed: dict[str, dict[tuple[str, tuple[str, ...]], set[str]]] = {
            "vera": defaultdict(set),
            "recidiviz": defaultdict(set),
            "texas": defaultdict(set),
        }
        self.cities: dict[tuple[str, tuple[str, ...]], set[str]] = defaultdict(set)
        self.read(directory)

    @staticmethod
    def spelled(place: Place) -> list[str]:
        """``LOS ANGELES COUNTY``; an independent city as ``RICHMOND CITY``."""
        name = place.name
        if name.startswith("City of "):
            name = name.removeprefix("City of ") + " City"
        if name.startswith("City and County of "):
            name = name.removeprefix("City and County of ") + " County"
        return tokens(name, "")

    def county(self, state: str, name: str) -> str | None:
        """The code of a county by a list's own spelling of it (``Anne Arundel``, ``Lynchburg City``).

        None where it may be a county or the independent city of that name (``Baltimore``).
        """
        spellings = (tokens(name, ""), *(tokens(f"{name} {word}", "") for word in (*COUNTY_WORDS, "CITY")))
        found = {self.names[state][tuple(words)] for words in spellings if tuple(words) in self.names[state]}
        return found.pop() if len(found) == 1 else None

    def read(self, directory: Path) -> None:
        def rows(name: str) -> Iterator[dict[str, str]]:
            with (directory / name).open(encoding="utf-8", newline="") as file:
                yield from csv.DictReader(file)

        for row in rows("vera_facilities_county_2025.csv"):
            state = f"us/{row['state'].lower()}"
            fips = self.county(state, row["county"]) if state in self.names else None
            if fips and state != "us/va":
                key = (state, tuple(tokens(row["detention_facility_name"], row["state"])))
                self.listed["vera"][key].add(fips)
                self.cities[key].add(" ".join(tokens(row["city"], "")))
        for row in rows("recidiviz_jails_jid.csv"):
            self.add_coded("recidiviz", row["fips"], row["name"])
        for row in rows("texas_jails_fips.csv"):
            self.add_coded("texas", row["fips_code"], row["jail_name"])

    def add_coded(self, source: str, fips: str, name: str) -> None:
        place = self.places.by_fips.get(fips.zfill(5))
        if place and place.state:
            letters = place.state.removeprefix("us/").upper()
            self.listed[source][(place.state, tuple(tokens(name, letters)))].add(place.fips)

    def named(self, facility: str, state: str, letters: str) -> set[str]:
        """Counties (and independent cities) of the state that the name itself says."""
        found = set()
        for words in segments(facility, letters):
            for i, word in enumerate(words):
                if word in COUNTY_WORDS or (word == "CITY" and state in ("us/va", "us/md", "us/mo")):
                    fips = self.names[state].get(tuple(words[: i + 1]))
                    if fips:
                        found.add(fips)
                        break
        return found

    def find(self, facility: str, state_name: str, cities: list[str]) -> tuple[str, str] | None:
        """Code of the place and how it is known, or None where it is not certain."""
        for city_state, pattern, fips in CITIES:
            if state_name == city_state and pattern.search(facility.upper()):
                return fips, "city"
        letters, state = self.states[state_name]
        named = self.named(facility, state, letters)
        if named:
            return (self.authority(*named), "named") if len(named) == 1 else None
        key = (state, tuple(tokens(facility, letters)))
        evidence = {source: found[key] for source, found in self.listed.items() if key in found}
        if len(set().union(*evidence.values())) != 1:
            return None
        if key in self.cities and {" ".join(tokens(city, "")) for city in cities} != self.cities[key]:
            return None
        how, (fips,) = next(iter(evidence.items()))
        return self.authority(fips), how

    @staticmethod
    def authority(fips: str) -> str:
        """The place whose law binds a jail of that county."""
        return "3651000" if fips in NEW_YORK_CITY else fips


def main(release: str, months: str, reasons: str, facilities: str) -> None:
    db = duckdb.connect()
    db.execute(
        """
        CREATE TABLE detainers AS
        SELECT CAST("Prepare Date" AS DATE) AS prepare_date, "Detainer Type" AS detainer_type,
               "Detainer Detention Facility" AS facility, "State" AS state, "City" AS city,
               "Detainer Lift Reason" AS lift_reason
        FROM read_csv(?, all_varchar = true, header = true)
        """,
        [release],
    )
    check(db, months, reasons)
    OUT.mkdir(parents=True, exist_ok=True)
    target = OUT / "detainers_fy2015.parquet"
    db.execute(
        f"COPY detainers TO '{target}' "
        "(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 19, ROW_GROUP_SIZE 131072)"
    )
    known = Facilities(Path(facilities))
    counted = Counter[str]()
    with (OUT / "facility_county_fy2015.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["facility", "state", "fips", "how"])
        for facility, state, cities, rows in db.execute(
            "SELECT facility, state, list(DISTINCT coalesce(city, '')), count(*) FROM detainers "
            "WHERE state IS NOT NULL AND facility IS NOT NULL GROUP BY 1, 2 ORDER BY state, facility"
        ).fetchall():
            found = known.find(facility, state, cities)
            counted[found[1] if found else "not placed"] += rows
            if found:
                writer.writerow([facility, state, *found])
    print(f"{target.stat().st_size:,} bytes")
    for how, rows in counted.most_common():
        print(f"{how:>12} {rows:7,}")


def check(db: duckdb.DuckDBPyConnection, months: str, reasons: str) -> None:
    """The rows give the published counts exactly, or this ends."""
    (rows,) = db.execute("SELECT count(*) FROM detainers").fetchone() or (0,)
    by_month = db.execute(
        "SELECT strftime(prepare_date, '%Y-%m') AS m, count(*) FROM detainers GROUP BY m"
    ).fetchall()
    by_reason = db.execute(
        "SELECT lift_reason, count(*) FROM detainers "
        "WHERE year(prepare_date) = 2015 AND lift_reason IS NOT NULL GROUP BY 1"
    ).fetchall()
    published_months = dict(
        db.execute(
            "SELECT year_month, count FROM read_csv(?) WHERE year_month >= '2014-10'", [months]
        ).fetchall()
    )
    published_reasons = dict(
        db.execute("SELECT lift_reason, count FROM read_csv(?) WHERE year = 2015", [reasons]).fetchall()
    )
    if rows != ROWS or dict(by_month) != published_months or dict(by_reason) != published_reasons:
        print(dict(by_month), published_months, dict(by_reason), published_reasons, sep="\n")
        sys.exit("the rows do not give the published counts: nothing written")


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main(*sys.argv[1:])
