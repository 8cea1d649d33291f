"""The lawbook: what is wrong in a law file is one line that says where and what to do; the rest is found by place
and day."""

from __future__ import annotations

import copy
import random
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bailiwick.engine.case import read_case
from bailiwick.engine.decide import Decider
from bailiwick.engine.facts import Outcome
from bailiwick.engine.lawbook import Lawbook, LawError, concepts_of, default_lawbook
from bailiwick.engine.norm import Effect, Span, Standing
from bailiwick.engine.places import load_places
from tests.engine.made_up import answer, data, law, lawbook, norm, raw_case, write

BAD_LAW = data("bad_law")


@pytest.mark.parametrize("row", BAD_LAW, ids=lambda row: row["name"])
def test_what_is_wrong_in_a_law_file_is_one_line_with_its_place_and_what_to_do(
    tmp_path: Path, row: dict[str, Any]
) -> None:
    files = row.get("files") or {"us.yaml": row["law"]}
    _, errors = Lawbook.examine(write(tmp_path / "law", files))
    assert [error.where for error in errors] == [f"{tmp_path}/{row['where']}"]
    message = str(errors[0])
    assert message.startswith(f"{tmp_path}/{row['where']}: ")
    assert "\n" not in message
    for words in row["says"]:
        assert words in message
    for words in row.get("silent", ()):
        assert words not in message


def test_every_thing_wrong_is_found_at_once_and_the_rest_is_kept(tmp_path: Path) -> None:
    """So that who writes a law file need not mend it line by line."""
    rows = [
        norm("a", "forbid"),
        norm("b", "forbidden"),
        norm("c", "forbid", when="person.agee > 3"),
        norm("d", "permit"),
    ]
    book, errors = Lawbook.examine(write(tmp_path, {"us.yaml": law(norms=rows)}))
    assert len(errors) == 2
    assert book is not None
    assert [n.id for n in book.norms] == ["us:a", "us:d"]


#: Something wrong, in a lawbook in which much hangs on it: concepts, lists, clocks and norms that others name.
SOUND = {
    "us.yaml": """
place: us
title: T
concepts:
  asked: {says: S, when: person.citizen_claim}
  both: {says: S, when: asked AND person.citizen_proof}
  listed: {says: S, when: "in_list(statute, 'crimes')"}
lists:
  crimes: {title: T, cite: C, standing: seen, code: Cal. Penal Code, entries: [{sections: "459"}]}
norms:
  - {id: hold, action: hold, effect: forbid, when: both AND any_charge(listed), says: S, cite: C, standing: seen,
     from: 2000-01-01}
clocks:
  - {id: days, what: W, start: at, length: PT48H, calendar: excluding_weekends_holidays, cite: C, standing: seen,
     from: 2000-01-01}
holidays:
  - {name: Independence Day, month: 7, day: 4}
""",
    "us/ca.yaml": """
place: us/ca
title: T
norms:
  - {id: hold, action: hold, effect: permit, when: both, overrides: "us:hold", says: S, cite: C, standing: seen, from: 2000-01-01}
duties:
  - {id: copy, what: W, clock: "us:days", cite: C, standing: seen, from: 2000-01-01}
clocks:
  - {id: days, what: W, start: at, length: PT48H, calendar: excluding_weekends_holidays, holidays: us, cite: C, standing: seen,
     from: 2000-01-01}
""",
}


@pytest.mark.parametrize(
    ("file", "good", "bad", "says"),
    [
        ("us.yaml", "place: us", "place: us\t", "a tab"),
        ("us.yaml", "from: 2000-01-01}", "from: 2000-02-30}", "2000-02-30"),
        ("us.yaml", "title: T\n", "title: T\ntitle: T\n", "stands twice"),
        ("us.yaml", "title: T\n", "title: [T\n", "not YAML"),
        ("us.yaml", "title: T\n", "titel: T\n", "unknown key 'titel'"),
        ("us.yaml", "person.citizen_claim}", "person.citizen_clame}", "person.citizen_clame"),
        ("us.yaml", "person.citizen_claim}", "both}", "a cycle of concepts: asked -> both -> asked"),
        ("us.yaml", "asked: {says: S,", "asked: {sais: S,", "unknown key 'sais' in a concept"),
        ("us.yaml", "crimes: {title: T, cite: C,", "crimes: {title: T,", "list 'crimes' without a citation"),
        ("us.yaml", 'sections: "459"', 'sections: "foo"', "cannot read the section"),
        ("us.yaml", 'sections: "459"', 'section: "459"', "unknown key 'section' in an entry"),
        ("us.yaml", "effect: forbid", "effect: forbids", "effect 'forbids'"),
        (
            "us.yaml",
            "says: S, cite: C, standing: seen",
            "says: S, standing: seen",
            "without a citation",
        ),
        ("us.yaml", "length: PT48H", "length: 48h", "bad length"),
        ("us.yaml", "month: 7", "month: 13", "month is 13"),
        ("us/ca.yaml", "place: us/ca", "place: us/ca\t", "a tab"),
        ("us/ca.yaml", "effect: permit", "effect: permits", "effect 'permits'"),
    ],
)
def test_what_only_follows_from_an_error_is_not_told_as_another(
    tmp_path: Path, file: str, good: str, bad: str, says: str
) -> None:
    Lawbook.load(write(tmp_path / "sound", SOUND))
    assert good in SOUND[file]
    _, errors = Lawbook.examine(write(tmp_path / "bad", SOUND | {file: SOUND[file].replace(good, bad, 1)}))
    assert len(errors) == 1, [str(e) for e in errors]
    assert says in str(errors[0])


def test_the_files_that_come_with_bailiwick_are_named_law() -> None:
    book = default_lawbook()
    assert book.shown(book.files["us/ca"].path) == "law/us/ca.yaml"
    absolute = Lawbook.load(book.directory)
    assert absolute.shown(book.files["us/ca"].path) == f"{book.directory}/us/ca.yaml"


def test_errors_that_have_nothing_to_do_with_each_other_are_all_told(tmp_path: Path) -> None:
    """A concept that nobody uses is told unless something left out mentions it."""
    top = SOUND["us.yaml"].replace(
        "concepts:\n", "concepts:\n  idle: {says: S, when: person.citizen_proof}\n"
    )
    top = top.replace("effect: forbid", "effect: forbids")
    state = SOUND["us/ca.yaml"].replace("PT48H", "48h")
    _, errors = Lawbook.examine(write(tmp_path, {"us.yaml": top, "us/ca.yaml": state}))
    assert [str(e).removeprefix(f"{tmp_path}/").partition("; expected")[0] for e in errors] == [
        "us.yaml:12: effect 'forbids'",
        "us/ca.yaml:9: clock 'days': bad length '48h': expected an ISO 8601 duration such as PT48H, P5D, P1Y or -PT48H",
        "us.yaml:5: concept 'idle' is used by nobody",
    ]


def test_norms_may_override_each_other_in_turn_where_they_share_no_day(tmp_path: Path) -> None:
    """The later statute reverses the earlier: in no moment are both silent."""
    turn = date(2018, 1, 4)
    rows = [
        norm("a", "forbid", overrides="b", to=turn),
        norm("b", "require", to=turn),
        norm("a", "forbid", **{"from": turn}),
        norm("b", "require", overrides="a", **{"from": turn}),
    ]
    book = lawbook(tmp_path, law(norms=rows))
    assert answer(book, at="2018-01-03T12:00:00Z").outcome is Outcome.FORBIDDEN
    assert answer(book, at="2018-01-05T12:00:00Z").outcome is Outcome.REQUIRED
    rows[0]["to"] = date(2018, 1, 5)
    rows[2]["from"] = date(2018, 1, 5)
    with pytest.raises(LawError, match="us:a -> us:b -> us:a"):
        lawbook(tmp_path, law(norms=rows))


def test_each_cycle_of_overrides_is_told_once(tmp_path: Path) -> None:
    pairs = [("a", "b"), ("b", "a"), ("c", "d"), ("d", "c")]
    rows = [norm(name, "forbid", overrides=other) for name, other in pairs]
    rows.append(norm("later", "forbid", overrides="a", **{"from": date(2010, 1, 1)}))
    _, errors = Lawbook.examine(write(tmp_path, {"us.yaml": law(norms=rows)}))
    assert [re.findall(r"us:\w", str(e)) for e in errors] == [
        ["us:a", "us:b", "us:a"],
        ["us:c", "us:d", "us:c"],
    ]


def test_a_directory_without_law_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(LawError, match="no law files here"):
        Lawbook.load(tmp_path)
    with pytest.raises(LawError, match="no such directory"):
        Lawbook.load(tmp_path / "none")


def test_bytes_that_are_no_text_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(LawError, match=re.escape(f"{tmp_path}/us.yaml: not UTF-8 text (byte 7)")):
        Lawbook.load(write(tmp_path, {"us.yaml": b"place: \xff\n"}))


#: A law file with everything in it, each part of which is then replaced by what does not belong there.
WHOLE = data("whole_law")
STRANGE: list[Any] = [
    None, True, 5, 3.5, 10**30, "", "x", "a\nb", "person.age > 3.5", [], [None], [[]], [5], {}, {"a": 1}, {"a": [{}]},
    date(2018, 1, 1), datetime(2018, 1, 1, 1),  # noqa: DTZ001
]  # fmt: skip


def parts_of(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from parts_of(inner, (*path, key))


def test_whatever_stands_in_a_law_file_it_is_taken_or_refused_with_a_line(tmp_path: Path) -> None:
    Lawbook.load(write(tmp_path, {"us.yaml": WHOLE}))
    case = read_case(raw_case(custodian="county_jail", charges=[{"statute": "PC 459"}]), load_places())
    wrong = [(path, value) for path in parts_of(WHOLE) for value in STRANGE]
    for path, value in random.Random(5).sample(wrong, 220):
        changed = copy.deepcopy(WHOLE)
        target: Any = changed
        for key in path[:-1]:
            target = target[key]
        target[path[-1]] = value
        book, errors = Lawbook.examine(write(tmp_path, {"us.yaml": changed}))
        assert all(re.match(r"\S+/us\.yaml(:\d+)?: .", str(e)) and "\n" not in str(e) for e in errors)
        if book and not errors:
            Decider(book).decide(case)


# ---------------------------------------------------------------------------------------------------------- what is read


def test_a_norm_is_read_with_all_it_says(tmp_path: Path) -> None:
    row = norm(
        "values-act/hold",
        "only_if",
        action=["hold", "transfer"],
        custodian="county_jail",
        standard="best efforts",
        preempts=True,
        standing="secondary",
        note="as reported",
        to=date(2020, 1, 1),
    )
    book = lawbook(tmp_path, law("us/ca", norms=[row]))
    (found,) = book.norms
    assert found.id == "us/ca:values-act/hold"
    assert (found.effect, found.actions) == (Effect.ONLY_IF, ("hold", "transfer"))
    assert (found.custodians, found.standard, found.preempts) == (("county_jail",), "best efforts", True)
    assert (found.cite.text, found.cite.standing) == ("Act § values-act/hold", Standing.SECONDARY)
    assert found.span == Span(date(2000, 1, 1), date(2020, 1, 1))
    assert (found.says, found.note, found.line) == ("values-act/hold says so.", "as reported", 4)


@pytest.mark.parametrize(
    ("file", "level"),
    [
        (law("us"), "federal"),
        (law("us/ca"), "state"),
        (law("us/dc"), "state"),
        (law("us/ca/fresno-county"), "local"),
        (law("us/ny/new-york-city"), "local"),
        (law("us/ca/fresno-county", level="policy"), "policy"),
        ({"court": "lopez", "title": "Lopez v. Jail", "binds": ["us/ca"]}, "constitution"),
    ],
)
def test_a_norm_has_the_level_of_its_government_unless_it_says_otherwise(
    tmp_path: Path, file: dict[str, Any], level: str
) -> None:
    book = lawbook(
        tmp_path, {**file, "norms": [norm("a", "forbid"), norm("b", "forbid", level="constitution")]}
    )
    assert [n.level for n in book.norms] == [level, "constitution"]


def test_concepts_may_stand_in_any_order_and_use_each_other(tmp_path: Path) -> None:
    concepts = {
        "both": {"says": "Both", "when": "one AND other"},
        "one": {"says": "One", "when": "person.citizen_claim"},
        "other": {"says": "Other", "when": "person.citizen_proof OR one"},
    }
    book = lawbook(tmp_path, law(concepts=concepts, norms=[norm("a", "forbid", when="both")]))
    (found,) = book.norms
    assert {c.name for c in concepts_of(found.when)} == {"both", "one", "other"}
    assert answer(book, person__citizen_claim=True).outcome is Outcome.FORBIDDEN
    assert answer(book, person__citizen_claim=False).outcome is Outcome.UNREGULATED


def test_a_word_in_quotes_is_no_concept(tmp_path: Path) -> None:
    """`court` is a custodian here, not a concept: no cycle."""
    concepts = {"court": {"says": "held by a court", "when": "custodian = 'court'"}}
    book = lawbook(tmp_path, law(concepts=concepts, norms=[norm("a", "forbid", when="court")]))
    assert answer(book, custodian="court").outcome is Outcome.FORBIDDEN


def test_a_file_sees_the_concepts_above_it(tmp_path: Path) -> None:
    top = law(concepts={"claims": {"says": "S", "when": "person.citizen_claim"}})
    state = law("us/ca", concepts={"proves": {"says": "S", "when": "claims AND person.citizen_proof"}})
    county = law("us/ca/fresno-county", norms=[norm("a", "forbid", when="claims OR proves")])
    bill = law("us/ca", proposal="ab-1", norms=[norm("ab-1/a", "permit", when="proves") | {"from": None}])
    court = {
        "court": "lopez",
        "title": "L",
        "binds": ["us/ca"],
        "norms": [norm("a", "forbid", when="proves")],
    }
    book = lawbook(tmp_path, top, state, county, bill, court)
    assert {n.id for n in book.norms} == {"us/ca/fresno-county:a", "us/ca:ab-1/a", "courts/lopez:a"}


def test_a_fill_settles_a_fact_that_the_case_leaves_blank_and_only_then(tmp_path: Path) -> None:
    fills = [{"fact": "charges[].serious", "when": "violent", "cite": "C", "standing": "seen"}]
    book = lawbook(
        tmp_path,
        law(norms=[norm("federal", "forbid", when="any_charge(serious)")]),
        law("us/ca", fills=fills, norms=[norm("a", "forbid", action="transfer", when="any_charge(serious)")]),
    )

    def outcome(action: str, **charge: Any) -> Outcome:
        return answer(book, action, place="us/ca", charges=[charge]).outcome

    assert outcome("transfer", violent=True) is Outcome.FORBIDDEN
    assert outcome("transfer", violent=True, serious=False) is Outcome.UNREGULATED
    assert outcome("transfer", violent=False) is Outcome.UNREGULATED
    assert outcome("transfer") is Outcome.UNKNOWN
    assert outcome("hold", violent=True) is Outcome.UNKNOWN  # the fill is California's, the norm is not


def test_the_version_is_a_digest_of_every_file(tmp_path: Path) -> None:
    first = lawbook(tmp_path / "1", law(norms=[norm("a", "forbid")]))
    same = lawbook(tmp_path / "2", law(norms=[norm("a", "forbid")]))
    other = lawbook(tmp_path / "3", law(norms=[norm("a", "forbid", note="a comma more")]))
    more = lawbook(tmp_path / "4", law(norms=[norm("a", "forbid")]), law("us/ca"))
    assert re.fullmatch(r"sha256:[0-9a-f]{64}", first.version)
    assert first.version == same.version
    assert len({first.version, other.version, more.version}) == 3


def test_examples_are_no_part_of_the_law(tmp_path: Path) -> None:
    book = lawbook(tmp_path, law(norms=[norm("a", "forbid")]))
    write(tmp_path, {"us.examples.yaml": "not: law", "us.coverage.yaml": "nor: this"})
    assert Lawbook.load(tmp_path).version == book.version


# ----------------------------------------------------------------------------------------------- in force: day and place


@pytest.mark.parametrize(
    ("span", "other", "overlap"),
    [
        ((None, None), (None, None), True),
        ((date(2000, 1, 1), None), (date(2010, 1, 1), None), True),
        ((date(2000, 1, 1), date(2010, 1, 1)), (date(2010, 1, 1), None), False),
        ((date(2000, 1, 1), date(2010, 1, 2)), (date(2010, 1, 1), None), True),
        ((date(2000, 1, 1), date(2001, 1, 1)), (date(2010, 1, 1), date(2011, 1, 1)), False),
        ((None, date(2010, 1, 1)), (date(2010, 1, 1), date(2011, 1, 1)), False),
    ],
)
def test_spans_overlap_when_they_share_a_day(
    span: tuple[date | None, date | None], other: tuple[date | None, date | None], overlap: bool
) -> None:
    assert Span(*span).overlaps(Span(*other)) is overlap
    assert Span(*other).overlaps(Span(*span)) is overlap


def test_a_span_has_its_first_day_and_not_its_last() -> None:
    span = Span(date(2018, 1, 4), date(2019, 1, 1))
    days = ((2018, 1, 3), (2018, 1, 4), (2018, 12, 31), (2019, 1, 1))
    assert [date(*d) in span for d in days] == [False, True, True, False]


VERSIONS = [
    norm("a", "permit", to=date(2018, 1, 4)),
    norm("a", "forbid", **{"from": date(2018, 1, 4), "to": date(2020, 1, 1)}),
    norm("a", "require", **{"from": date(2020, 1, 1)}),
]
AT_MIDNIGHT = [
    # the local day of the place, not of Greenwich: in New York 4 January begins at 05:00 UTC, in Hawaii at 10:00
    ("us/ny/albany-county", "2018-01-04T04:59:59Z", Outcome.ALLOWED),
    ("us/ny/albany-county", "2018-01-04T05:00:00Z", Outcome.FORBIDDEN),
    ("us/ny/albany-county", "2018-01-03T23:59:59-05:00", Outcome.ALLOWED),
    ("us/ny/albany-county", "2018-01-04T00:00:00-05:00", Outcome.FORBIDDEN),
    ("us/hi/honolulu-county", "2018-01-04T09:59:59Z", Outcome.ALLOWED),
    ("us/hi/honolulu-county", "2018-01-04T10:00:00Z", Outcome.FORBIDDEN),
    ("us/hi/honolulu-county", "2018-01-04T05:00:00Z", Outcome.ALLOWED),  # already the 4th in New York
    ("us/gu", "2018-01-03T13:59:59Z", Outcome.ALLOWED),  # Guam is ten hours ahead of Greenwich
    ("us/gu", "2018-01-03T14:00:00Z", Outcome.FORBIDDEN),
    ("us/ny/albany-county", "2020-01-01T04:59:59Z", Outcome.FORBIDDEN),
    ("us/ny/albany-county", "2020-01-01T05:00:00Z", Outcome.REQUIRED),
    ("us/ny/albany-county", "1999-12-31T23:59:59-05:00", Outcome.UNREGULATED),
    ("us/ny/albany-county", "2000-01-01T00:00:00-05:00", Outcome.ALLOWED),
]


@pytest.mark.parametrize(("place", "at", "expected"), AT_MIDNIGHT)
def test_a_version_is_in_force_from_its_first_day_to_the_day_before_its_last_by_the_local_day(
    tmp_path: Path, place: str, at: str, expected: Outcome
) -> None:
    book = lawbook(tmp_path, law(norms=VERSIONS))
    assert answer(book, place=place, at=at).outcome is expected


def test_the_day_turns_at_local_midnight_in_summer_time_too(tmp_path: Path) -> None:
    book = lawbook(
        tmp_path, law(norms=[norm("a", "permit", to=date(2018, 7, 1)), norm("a", "forbid", **{"from": date(2018, 7, 1)})])
    )  # fmt: skip
    midnight = datetime(2018, 7, 1, tzinfo=ZoneInfo("America/New_York"))
    assert midnight.utcoffset() == timedelta(hours=-4)
    before = (midnight - timedelta(seconds=1)).isoformat()
    assert answer(book, place="us/ny", at=before).outcome is Outcome.ALLOWED
    assert answer(book, place="us/ny", at=midnight.isoformat()).outcome is Outcome.FORBIDDEN


HOLIDAYS = {
    "us": [{"name": "Thursday", "month": 7, "day": 2}],
    "us/ca": [{"name": "Friday", "month": 7, "day": 3}],
}


def excluding(**rest: Any) -> dict[str, Any]:
    """A clock of 24 hours from the decision, weekends and holidays left out."""
    common = {"cite": "C", "standing": "seen", "from": date(2000, 1, 1)}
    clock = {"id": "c", "what": "W", "start": "at", "length": "PT24H", **common}
    return clock | {"calendar": "excluding_weekends_holidays"} | rest


@pytest.mark.parametrize(
    ("file", "rest", "due"),
    [
        ("us/ca", {}, "2020-07-02"),  # its own: Thursday counts
        ("us/ca", {"holidays": "us"}, "2020-07-03"),
        ("us/ca", {"holidays": ["us", "us/ca"]}, "2020-07-02"),  # two readings: the earlier
        ("us/ca", {"holidays": ["us/ca", "us"]}, "2020-07-02"),
        ("us/ca/fresno-county", {}, "2020-07-02"),  # the nearest above it
        ("us/nv", {}, "2020-07-03"),
    ],
)
def test_a_clock_goes_by_the_holidays_it_names_or_those_of_its_file_or_of_the_nearest_above(
    tmp_path: Path, file: str, rest: dict[str, Any], due: str
) -> None:
    files = {name: law(name, holidays=rows) for name, rows in HOLIDAYS.items()}
    files[file] = files.get(file, law(file)) | {"clocks": [excluding(**rest)]}
    place = f"{file}/washoe-county" if file == "us/nv" else "us/ca/fresno-county"
    case = read_case(raw_case(place=place, at="2020-07-01T12:00:00-07:00"), load_places())  # a Wednesday
    (clock,) = Decider(lawbook(tmp_path, *files.values())).decide(case).to_json()["clocks"]
    assert clock["due"] == f"{due}T19:00:00Z"


def test_of_two_readings_the_earlier_deadline_is_given_whichever_it_is(tmp_path: Path) -> None:
    top = law(holidays=HOLIDAYS["us"])
    state = law("us/ca", holidays=HOLIDAYS["us/ca"], clocks=[excluding(holidays=["us", "us/ca"])])
    decider = Decider(lawbook(tmp_path, top, state))

    def due(at: str) -> str:
        case = read_case(raw_case(place="us/ca/fresno-county", at=f"{at}T12:00:00-07:00"), load_places())
        (clock,) = decider.decide(case).to_json()["clocks"]
        return str(clock["due"])

    assert due("2020-07-01") == "2020-07-02T19:00:00Z"  # by the other reading Friday
    assert due("2020-07-02") == "2020-07-04T07:00:00Z"  # the end of Friday; by the other reading Monday noon


def test_every_clock_of_the_lawbook_that_leaves_out_holidays_says_whose() -> None:
    """None goes by another government's holidays without a word."""
    found = {
        clock.id: clock.holidays
        for file in default_lawbook().files.values()
        for clock in file.clocks
        if clock.calendar != "continuous"
    }
    assert found == {
        "us:detainer-48/regulation": ("us",),
        "us/dc:detainer-compliance/24-hours": ("us/dc",),
        "us/ny/new-york-city:14-154/hold-48": ("us", "us/ny"),
    }
    for name in found:
        notes = default_lawbook().files[name.partition(":")[0]].notes
        assert any(note.kind == "interpretation" and "olidays" in note.says for note in notes)


def test_the_days_on_which_the_law_of_an_area_changes(tmp_path: Path) -> None:
    county = norm("a", "forbid", **{"from": date(2010, 1, 1), "to": date(2018, 1, 4)})
    book = lawbook(tmp_path, law(norms=VERSIONS), law("us/ca/fresno-county", norms=[county]))
    nation = [date(2000, 1, 1), date(2018, 1, 4), date(2020, 1, 1)]
    assert book.boundaries(book.area("us/ca")) == nation
    assert book.boundaries(book.area("us/ca/fresno-county")) == sorted([*nation, date(2010, 1, 1)])


def test_in_force_is_the_same_on_every_day_between_two_changes(tmp_path: Path) -> None:
    book = lawbook(tmp_path, law(norms=VERSIONS))
    area = book.area("us/ca")
    for day in (
        date(2000, 1, 1),
        date(2018, 1, 3),
        date(2018, 1, 4),
        date(2019, 12, 31),
        date(2020, 1, 1),
        date(2099, 1, 1),
    ):
        assert [n.span for n in book.in_force(area, day).norms] == [
            n.span for n in book.norms if day in n.span
        ]
    assert book.in_force(area, date(2018, 1, 4)) is book.in_force(area, date(2019, 12, 31))
    assert book.in_force(area, date(1999, 1, 1)).norms == ()


# ----------------------------------------------------------------------------------------------------------------- areas


@pytest.fixture
def nation(tmp_path: Path) -> Lawbook:
    return lawbook(
        tmp_path,
        law("us"),
        law("us/ca"),
        law("us/ca/fresno-county"),
        law("us/ca", proposal="ab-1"),
        law("us/ca/fresno-county", proposal="ordinance"),
        law("us/ny"),
        law("us/ny/new-york-city", binds=["us/ny/kings-county"]),
        {"court": "ninth", "title": "Ninth Circuit", "binds": ["us/ca", "us/hi"]},
        {"court": "fresno", "title": "Eastern District", "binds": ["us/ca/fresno-county"]},
    )


@pytest.mark.parametrize(
    ("place", "files"),
    [
        ("us", ["us"]),
        ("us/wy", ["us"]),
        ("us/wy/laramie-county", ["us"]),
        ("us/ca", ["us", "us/ca", "courts/ninth"]),
        ("us/ca/kern-county", ["us", "us/ca", "courts/ninth"]),
        ("us/ca/fresno-county", ["us", "us/ca", "us/ca/fresno-county", "courts/fresno", "courts/ninth"]),
        ("us/hi/honolulu-county", ["us", "courts/ninth"]),
        ("us/ny/albany-county", ["us", "us/ny"]),
        ("us/ny/new-york-city", ["us", "us/ny", "us/ny/new-york-city"]),
        ("us/ny/kings-county", ["us", "us/ny", "us/ny/new-york-city"]),
    ],
)
def test_the_law_of_a_place_is_that_of_every_prefix_and_of_the_courts_that_bind_it(
    nation: Lawbook, place: str, files: list[str]
) -> None:
    assert list(nation.area(place)) == files


def test_a_place_whose_name_begins_like_another_is_another(tmp_path: Path) -> None:
    book = lawbook(tmp_path, law("us"), law("us/md/baltimore"))
    assert list(book.area("us/md/baltimore-county")) == ["us"]


def test_a_proposal_applies_only_when_asked_for_and_only_where_it_would(nation: Lawbook) -> None:
    assert set(nation.proposals) == {"us/ca:ab-1", "us/ca/fresno-county:ordinance"}
    assert "us/ca:ab-1" not in nation.area("us/ca")
    assert nation.area("us/ca/kern-county", ["us/ca:ab-1"])[-1] == "us/ca:ab-1"
    assert "us/ca:ab-1" not in nation.area("us/ny", ["us/ca:ab-1"])
    assert "us/ca/fresno-county:ordinance" not in nation.area("us/ca", ["us/ca/fresno-county:ordinance"])
    twice = nation.area("us/ca/fresno-county", ["us/ca:ab-1", "us/ca:ab-1"])
    assert twice.count("us/ca:ab-1") == 1


def test_a_proposal_that_does_not_exist_is_an_error_with_the_nearest(nation: Lawbook) -> None:
    with pytest.raises(ValueError, match=r"unknown proposal 'us/ca:ab-2'; nearest: us/ca:ab-1"):
        nation.area("us/ca", ["us/ca:ab-2"])


BOROUGHS = ("bronx-county", "kings-county", "new-york-county", "queens-county", "richmond-county")


@pytest.mark.parametrize("borough", BOROUGHS)
def test_the_five_boroughs_have_the_law_of_new_york_city(borough: str) -> None:
    book = default_lawbook()
    assert "us/ny/new-york-city" in book.area(f"us/ny/{borough}")
    assert set(book.area("us/ny/new-york-city")) <= set(book.area(f"us/ny/{borough}"))


def test_no_other_county_of_new_york_has_the_law_of_the_city() -> None:
    book = default_lawbook()
    others = [
        p.path
        for p in book.places
        if p.state == "us/ny" and p.kind == "county" and p.path.split("/")[-1] not in BOROUGHS
    ]
    assert len(others) == 62 - 5
    assert not any("us/ny/new-york-city" in book.area(path) for path in others)


def test_every_place_of_the_table_has_the_federal_law() -> None:
    book = default_lawbook()
    assert all("us" in book.area(place.path) for place in book.places)
