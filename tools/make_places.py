"""Make bailiwick/law/places.csv: the states, the counties and their equivalents, the cities that make law.

    python tools/make_places.py COUNTIES.csv POPULATION.csv bailiwick/law/places.csv

COUNTIES.csv is a county FIPS master (columns fips, county_name, state_abbr, state_name). POPULATION.csv is a
county population file (columns geoid, name); of it only the municipios of Puerto Rico are read, which the
master lacks.

Time zones are those of 49 CFR Part 71 under their IANA names; a county that the line cuts has the zone of its
seat.
"""

from __future__ import annotations

import csv
import re
import sys
import unicodedata
from pathlib import Path
from typing import NamedTuple


class Row(NamedTuple):
    path: str
    name: str
    fips: str  # several codes: the present one first, then former or second ones, separated by ;
    kind: str
    tz: str
    aliases: str


EASTERN, CENTRAL = "America/New_York", "America/Chicago"
MOUNTAIN, PACIFIC = "America/Denver", "America/Los_Angeles"

#: The zone of most people in each state, which is the state's own and each county's unless COUNTY_ZONES says
#: otherwise.
STATE_ZONES = {
    EASTERN: "CT DC DE FL GA KY MA MD ME NC NH NJ NY OH PA RI SC VA VT WV",
    CENTRAL: "AL AR IA IL KS LA MN MO MS ND NE OK SD TN TX WI",
    MOUNTAIN: "CO MT NM UT WY",
    PACIFIC: "CA NV OR WA",
    "America/Phoenix": "AZ",
    "America/Boise": "ID",
    "America/Detroit": "MI",
    "America/Indiana/Indianapolis": "IN",
    "America/Anchorage": "AK",
    "Pacific/Honolulu": "HI",
    "America/Puerto_Rico": "PR",
    "America/St_Thomas": "VI",
    "Pacific/Guam": "GU",
    "Pacific/Saipan": "MP",
    "Pacific/Pago_Pago": "AS",
}

#: Counties whose zone is not their state's (49 CFR 71.5, 71.7, 71.9, 71.11, 71.12; the finer zones are those
#: of the IANA database, for counties that changed their clocks at other times than their neighbours since
#: 1970).
COUNTY_ZONES = [
    ("AK", "America/Juneau", "Haines, Hoonah-Angoon, Juneau, Skagway"),
    # Unalaska, Kotzebue: the largest towns of Aleutians West and Northwest Arctic lie west of 162° W.
    ("AK", "America/Nome", "Aleutians West, Kusilvak, Nome, Northwest Arctic"),
    ("AK", "America/Sitka", "Ketchikan Gateway, Petersburg, Prince of Wales-Hyder, Sitka, Wrangell"),
    ("AK", "America/Yakutat", "Yakutat"),
    # Gulf is not here: its seat, Port St. Joe, lies on the Eastern side of the Intracoastal Waterway.
    ("FL", CENTRAL, "Bay, Calhoun, Escambia, Holmes, Jackson, Okaloosa, Santa Rosa, Walton, Washington"),
    # Idaho County is cut by the Salmon River; its seat, Grangeville, is north of it.
    (
        "ID",
        PACIFIC,
        "Benewah, Bonner, Boundary, Clearwater, Idaho, Kootenai, Latah, Lewis, Nez Perce, Shoshone",
    ),
    ("IN", CENTRAL, "Gibson, Jasper, LaPorte, Lake, Newton, Porter, Posey, Spencer, Vanderburgh, Warrick"),
    ("IN", EASTERN, "Dearborn, Ohio"),
    ("IN", "America/Indiana/Knox", "Starke"),
    ("IN", "America/Indiana/Marengo", "Crawford"),
    ("IN", "America/Indiana/Petersburg", "Pike"),
    ("IN", "America/Indiana/Tell_City", "Perry"),
    ("IN", "America/Indiana/Vevay", "Switzerland"),
    ("IN", "America/Indiana/Vincennes", "Daviess, Dubois, Knox, Martin"),
    ("IN", "America/Indiana/Winamac", "Pulaski"),
    ("IN", "America/Kentucky/Louisville", "Clark, Floyd, Harrison"),
    ("KS", MOUNTAIN, "Greeley, Hamilton, Sherman, Wallace"),
    (
        "KY",
        CENTRAL,
        "Adair, Allen, Ballard, Barren, Breckinridge, Butler, Caldwell, Calloway, Carlisle, Christian,"
        " Clinton, Crittenden, Cumberland, Daviess, Edmonson, Fulton, Graves, Grayson, Green, Hancock,"
        " Hart, Henderson, Hickman, Hopkins, Livingston, Logan, Lyon, Marshall, McCracken, McLean,"
        " Metcalfe, Monroe, Muhlenberg, Ohio, Russell, Simpson, Todd, Trigg, Union, Warren, Webster",
    ),
    ("KY", "America/Kentucky/Louisville", "Jefferson"),
    ("KY", "America/Kentucky/Monticello", "Wayne"),
    ("MI", "America/Menominee", "Dickinson, Gogebic, Iron, Menominee"),
    # McKenzie and Sioux are cut; their seats, Watford City and Fort Yates, are on the Central side. Dunn's,
    # Manning, is not.
    ("ND", MOUNTAIN, "Adams, Billings, Bowman, Dunn, Golden Valley, Grant, Hettinger, Slope, Stark"),
    ("ND", "America/North_Dakota/Beulah", "Mercer"),
    ("ND", "America/North_Dakota/Center", "Oliver"),
    ("ND", "America/North_Dakota/New_Salem", "Morton"),
    # Cherry is cut; its seat, Valentine, is on the Central side.
    (
        "NE",
        MOUNTAIN,
        "Arthur, Banner, Box Butte, Chase, Cheyenne, Dawes, Deuel, Dundy, Garden, Grant, Hooker, Keith,"
        " Kimball, Morrill, Perkins, Scotts Bluff, Sheridan, Sioux",
    ),
    # Malheur is cut; its seat, Vale, and Ontario are on the Mountain side, with southern Idaho's clock.
    ("OR", "America/Boise", "Malheur"),
    # Stanley is cut by a line through Fort Pierre, its seat, which keeps Central time with Pierre.
    (
        "SD",
        MOUNTAIN,
        "Bennett, Butte, Corson, Custer, Dewey, Fall River, Haakon, Harding, Jackson, Lawrence, Meade,"
        " Oglala Lakota, Pennington, Perkins, Ziebach",
    ),
    (
        "TN",
        EASTERN,
        "Anderson, Blount, Bradley, Campbell, Carter, Claiborne, Cocke, Grainger, Greene, Hamblen,"
        " Hamilton, Hancock, Hawkins, Jefferson, Johnson, Knox, Loudon, McMinn, Meigs, Monroe, Morgan,"
        " Polk, Rhea, Roane, Scott, Sevier, Sullivan, Unicoi, Union, Washington",
    ),
    ("TX", MOUNTAIN, "El Paso, Hudspeth"),
]

TERRITORIES = [
    ("AS", "American Samoa", "60"),
    ("GU", "Guam", "66"),
    ("MP", "Northern Mariana Islands", "69"),
    ("PR", "Puerto Rico", "72"),
    ("VI", "U.S. Virgin Islands", "78"),
]

#: Cities that make law of their own inside or across counties; the codes are Census place codes.
CITIES = [
    Row("us/il/chicago", "City of Chicago", "1714000", "city", CENTRAL, ""),
    Row("us/ma/boston", "City of Boston", "2507000", "city", EASTERN, ""),
    Row("us/ny/new-york-city", "New York City", "3651000", "city", EASTERN, ""),
]

#: Spellings that the Census Bureau uses and the master does not.
SPELLINGS = {"22059": "LaSalle Parish", "35013": "Doña Ana County"}

#: Codes of the master that no longer stand for a place, and the code of the place that took over.
FORMER = {"02270": "02158", "46113": "46102", "51515": "51019"}

#: Valdez-Cordova was divided in 2019; the master has only the whole, which old records name.
LATER = [("02063", "Chugach Census Area"), ("02066", "Copper River Census Area")]

#: One government is city and county: the path is the city's name, the county's is an alias.
CITY_AND_COUNTY = {
    "06075": "San Francisco",
    "08014": "Broomfield",
    "08031": "Denver",
    "42101": "Philadelphia",
}

#: A city whose government is the county's, under the name people know it by.
CITY_ALIASES = {
    "13215": "columbus",
    "15003": "honolulu",
    "21067": "lexington",
    "21111": "louisville",
    "22071": "new-orleans",
    "25019": "nantucket",
    "47037": "nashville",
}

KINDS = re.compile(r" (County|Parish|Municipality|City and Borough|Borough|Census Area|Municipio)$")
COMPOUND = re.compile(r"(De|Du|La|Le)( ?)([A-Z].*)")


def slug(name: str) -> str:
    """The name as part of a path: lower-case ASCII words with hyphens."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", re.sub(r"['.]", "", plain)).strip("-")


def spellings(name: str) -> list[str]:
    """Other ways to write a compound name: DeKalb and De Kalb, La Salle and LaSalle."""
    match = COMPOUND.fullmatch(name)
    if not match:
        return []
    head, blank, rest = match.groups()
    return [head + rest if blank else f"{head} {rest}"]


def zone(state: str, county: str) -> str:
    own = {z for s, z, names in COUNTY_ZONES if s == state and county in names.split(", ")}
    usual = {z for z, states in STATE_ZONES.items() if state in states.split()}
    (found,) = own or usual
    return found


def county_row(state: str, fips: str, name: str, former: list[tuple[str, str]]) -> Row:
    """The row of one county or equivalent. `former` are codes and names that it has taken over."""
    base = f"us/{state.lower()}/"
    short = KINDS.sub("", name)
    if fips in CITY_AND_COUNTY:
        path, shown, aliases = slug(short), f"City and County of {short}", [slug(name)]
    elif name.endswith(" city"):  # independent cities (MD, MO, VA)
        short = name.removesuffix(" city")
        path, shown, aliases = slug(short), f"City of {short}", [slug(name)]
    else:
        path, shown, aliases = slug(name), name, [slug(other) for other in spellings(name)]
        if name.endswith((" Municipality", " City and Borough")):
            aliases.append(slug(short))
        aliases += [CITY_ALIASES[fips]] if fips in CITY_ALIASES else []
    aliases += [slug(old.removesuffix(" city")) for _, old in former]
    codes = ";".join([fips, *(code for code, _ in former)])
    tz = zone(state, short)
    return Row(base + path, shown, codes, "county", tz, ";".join(base + alias for alias in aliases))


def rows(counties: Path, population: Path) -> list[Row]:
    with counties.open(encoding="utf-8", newline="") as file:
        master = {
            r["fips"].zfill(5): (r["state_abbr"], r["state_name"], r["county_name"])
            for r in csv.DictReader(file)
        }
    with population.open(encoding="utf-8", newline="") as file:
        islands = [(r["geoid"], r["name"]) for r in csv.DictReader(file) if r["geoid"].startswith("72")]

    states = {abbr: (name, fips[:2]) for fips, (abbr, name, _) in master.items()}
    states |= {abbr: (name, fips) for abbr, name, fips in TERRITORIES}
    found = [Row("us", "United States", "", "nation", EASTERN, ""), *CITIES]
    for abbr, (name, fips) in states.items():
        second, alias = (";11001", "us/dc/district-of-columbia") if abbr == "DC" else ("", "")
        found.append(Row(f"us/{abbr.lower()}", name, fips + second, "state", zone(abbr, ""), alias))

    here = [(abbr, fips, SPELLINGS.get(fips, name)) for fips, (abbr, _, name) in master.items()]
    here += [("AK", fips, name) for fips, name in LATER]
    here += [("PR", fips, name.split(",")[0].title()) for fips, name in islands]
    for abbr, fips, name in here:
        if fips not in FORMER and fips != "11001":
            former = [(old, master[old][2]) for old, new in FORMER.items() if new == fips]
            found.append(county_row(abbr, fips, name, former))
    return sorted(found)


def check(table: list[Row]) -> None:
    """Stop where two places share a path, an alias or a code, or where a county of COUNTY_ZONES is not
    found."""
    paths = [p for row in table for p in (row.path, *row.aliases.split(";")) if p]
    codes = [c for row in table for c in row.fips.split(";") if c]
    for values in (paths, codes):
        twice = {v for v in values if values.count(v) > 1}
        if twice:
            sys.exit(f"used twice: {', '.join(sorted(twice))}")
    names = {(row.path[3:5].upper(), KINDS.sub("", row.name)) for row in table if row.kind == "county"}
    for state, _, listed in COUNTY_ZONES:
        for name in listed.split(", "):
            if (state, name) not in names:
                sys.exit(f"COUNTY_ZONES names {name}, {state}, which is no county of the table")


def main() -> None:
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    table = rows(Path(sys.argv[1]), Path(sys.argv[2]))
    check(table)
    with Path(sys.argv[3]).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(Row._fields)
        writer.writerows(table)
    print(f"{len(table):,} places")


if __name__ == "__main__":
    main()
