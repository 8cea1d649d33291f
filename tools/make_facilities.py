"""Make the reference tables that place detention facilities in counties.

    python tools/make_facilities.py FACILITIES_DIRECTORY AGENCIES.csv

FACILITIES_DIRECTORY holds vera_facilities_county_2025.csv, marshall_locations.csv, recidiviz_jails_jid.csv and
texas_jails_fips.csv; AGENCIES.csv is the list of law enforcement agencies of the Uniform Crime Reports. Writes, under
bailiwick/evidence/data:

* facility_codes.csv: the agency's code of a facility (DETLOC), where all lists that know it agree on the county;
* facility_names.csv: written-out names within a state that all lists put in one county;
* city_counties.csv: cities whose police and listed facilities, two at least, are in one county, or whose police is.

Lists of buildings; nothing in them is about a person.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from bailiwick.engine.places import load_places  # noqa: E402
from bailiwick.evidence.facilities import COUNTY_WORDS, DATA, Facilities, spelled, tokens  # noqa: E402

#: What the lists say and is not so, or not for certain, found by looking at facilities one by one: (state, name or city).
#: Jessup lies in two counties: the prisons there mostly in Anne Arundel, the police's list has Howard. Florida State Prison
#: has an address in Starke and stands in Bradford County; a list has Union, which is its old main unit.
#: Hoover lies in two counties; the institution at Oxford has its post office in another county than its own.
#: The hold room called Miramar's is listed at an address in the next county; the institution called Petersburg's stands outside
#: both cities that a list and its name give; the Rappahannock jail is listed in the city it left in 2000; the office of Indiana's
#: department is listed in Indianapolis, and the facility that has its name is elsewhere.
NOT_SO = {
    ("us/md", "JESSUP"),
    ("us/fl", "FLORIDA ST PRIS STARKE"),
    ("us/al", "HOOVER CITY JAIL"),
    ("us/wi", "OXFORD FEDERAL CORRECTIONAL INSTITUTION"),
    ("us/wi", "OXFORD"),
    ("us/fl", "MIAMI MIRAMAR HOLD ROOM"),
    ("us/in", "IN DEPT OF CORRECTIONAL"),
    ("us/va", "PETERSBURG FED CORRECTIONAL INSTITUTION"),
    ("us/va", "PETERSBURG FEDERAL CORRECTIONAL INSTITUTION"),
    ("us/va", "RAPP SEC CENTER"),
    ("us/va", "NORTHWEST REGIONAL ADULT DETENTION"),
}
CODE_NOT_SO = {"BOPPET", "RAPPSVA", "NWREGVA"}
#: What stands in another county than the lists say. Rikers Island has a post office in Queens and is a part of the Bronx; the
#: penitentiary in Atlanta stands west of Moreland Avenue, the line between the counties.
ELSEWHERE = {
    ("us/ny", "RIKERS ISLAND QUEENS"): "36005",
    ("us/ga", "ATLANTA US PEN"): "13121",
}
CODE_ELSEWHERE = {"RIKISNY": "36005", "BOPATL": "13121"}
#: In the list of jails by county code, the codes of this state are shifted: jails stand in boroughs they are not in.
SHIFTED = "us/ak"


class Lists:
    """Facilities of every list: code, name, city, county."""

    def __init__(self, directory: Path, agencies: Path) -> None:
        self.places = load_places()
        self.counties: dict[str, dict[tuple[str, ...], str]] = defaultdict(dict)
        for place in self.places:
            if place.kind == "county" and place.state:
                self.counties[place.state][tuple(spelled(place))] = place.fips
        self.said = Facilities(self.places)
        self.codes: dict[str, set[str]] = defaultdict(set)
        self.names: dict[tuple[str, str], set[str]] = defaultdict(set)
        self.cities: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        self.read(directory)
        self.read_agencies(agencies)

    def county(self, state: str, name: str) -> str | None:
        """The code of a county by a list's own spelling; None where it may be a county or an independent city."""
        spellings = (tokens(name), *(tokens(f"{name} {word}") for word in (*COUNTY_WORDS, "CITY")))
        found = {self.counties[state][tuple(w)] for w in spellings if tuple(w) in self.counties[state]}
        return found.pop() if len(found) == 1 else None

    def read(self, directory: Path) -> None:
        def rows(name: str) -> Iterator[dict[str, str]]:
            with (directory / name).open(encoding="utf-8-sig", newline="") as file:
                yield from csv.DictReader(file)

        for row in rows("vera_facilities_county_2025.csv"):
            self.add(
                row["state"],
                row["county"],
                row["detention_facility_name"],
                row["city"],
                row["detention_facility_code"],
            )
        for row in rows("marshall_locations.csv"):
            self.add(row["State"], row["County"], row["Name"], row["City"], row["DETLOC"])
        for row in rows("recidiviz_jails_jid.csv"):
            self.add_coded(row["fips"], row["name"], "")
        for row in rows("texas_jails_fips.csv"):
            self.add_coded(row["fips_code"], row["jail_name"], row["city"])

    def read_agencies(self, path: Path) -> None:
        """A city's own police tells the county of the city, where the list names one county."""
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                name = row["agency_name"]
                state = f"us/{row['state_abbr'].strip().lower()}"
                if row["agency_type_name"] != "City" or not name.endswith(" Police Department"):
                    continue
                town = " ".join(tokens(name.removesuffix(" Police Department")))
                counties = [
                    self.county(state, one) for one in row["county_name"].replace(";", ",").split(",")
                ]
                # Two for a city wholly in one county; a city in several is in none for certain.
                for fips in counties:
                    self.cities[state, town][fips or "?"] += 2

    def add(self, letters: str, county: str, name: str, city: str, code: str) -> None:
        state = f"us/{letters.strip().lower()}"
        fips = self.county(state, county) if state in self.counties and county.strip() else None
        if fips is not None:
            self.codes[code.strip().upper()].add(fips)
            self.put(state, letters.strip().upper(), fips, name, city)

    def add_coded(self, fips: str, name: str, city: str) -> None:
        place = self.places.by_fips.get(fips.zfill(5))
        if place and place.state and place.state != SHIFTED:
            self.put(place.state, place.state.removeprefix("us/").upper(), place.fips, name, city)

    def known(self, state: str, name: str) -> str | None:
        """The county of a listed name, where all lists agree and the name itself says no other."""
        found = {fips} if (fips := ELSEWHERE.get((state, name))) else self.names[state, name]
        if not name or len(found) != 1 or (state, name) in NOT_SO:
            return None
        said = self.said.named(name, state, state.removeprefix("us/").upper())
        return None if said and said != found else next(iter(found))

    def put(self, state: str, letters: str, fips: str, name: str, city: str) -> None:
        self.names[state, " ".join(tokens(name, letters))].add(fips)
        if town := " ".join(tokens(city, letters)):
            self.cities[state, town][fips] += 1


def write(name: str, head: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    with (DATA / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(head)
        writer.writerows(sorted(rows))
    print(f"{name}: {len(rows):,} rows, {(DATA / name).stat().st_size:,} bytes")


def main(directory: str, agencies: str) -> None:
    lists = Lists(Path(directory), Path(agencies))
    write(
        "facility_codes.csv",
        ("code", "fips"),
        [
            (code, CODE_ELSEWHERE.get(code, *counties))
            for code, counties in lists.codes.items()
            if code and len(counties) == 1 and code not in CODE_NOT_SO
        ],
    )
    write(
        "facility_names.csv",
        ("state", "name", "fips"),
        [(state, name, fips) for state, name in lists.names if (fips := lists.known(state, name))],
    )
    write(
        "city_counties.csv",
        ("state", "city", "fips"),
        [
            (s, c, *f)
            for (s, c), f in lists.cities.items()
            if len(f) == 1 and "?" not in f and sum(f.values()) >= 2 and (s, c) not in NOT_SO
        ],
    )


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
