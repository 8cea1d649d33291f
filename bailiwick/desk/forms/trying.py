"""A case typed on a public page: the facts of the vocabulary as questions, the common ones first. Nothing of it is stored."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from bailiwick.desk.forms.words import GRADE, PAPERS, STATUS, WARRANT, YES_NO
from bailiwick.desk.public import days
from bailiwick.engine import words
from bailiwick.engine.case import Case, local_day
from bailiwick.engine.facts import CASE_FACTS, CHARGE_FACTS, CUSTODIANS, FACTS, Fact, Type
from bailiwick.engine.places import Place, Places
from bailiwick.engine.zones import zone

#: Charges that the form has room for; more go into the JSON.
CHARGES = 3
RECORD = (
    ("unknown", _("not known yet")),
    ("none", _("no charges and no convictions")),
    ("whole", _("the charges below, and no others")),
    ("part", _("the charges below, and perhaps others")),
)
#: Asked first; the rest is behind "More facts".
FIRST = ("person.citizen_proof", "person.lawful_status_proof", "person.final_order")
CHARGE_FIRST = ("statute", "status", "grade", "convicted_on")
#: Days of what has happened, so not after the day of the case.
PAST = {fact.name for fact in FACTS.values() if fact.type is Type.DATE} | {"request.received_at"}
#: The first days that the engine reads, for a day and for an instant (`engine/case.py`).
EARLIEST, EARLIEST_INSTANT = date(1900, 1, 1), date(1970, 1, 1)
#: Asked by other fields of the form.
_ELSEWHERE = ("custodian", "request.kind", "request.form", "request.warrant")
_YES_NO = {"yes": True, "no": False}


def question(fact: Fact, **more: Any) -> forms.Field:
    """The field that asks for a fact; empty is unknown."""
    label = _t(fact.ask or fact.means)
    if fact.type is Type.BOOLEAN:
        return forms.ChoiceField(label=label, choices=YES_NO, required=False, **more)
    if fact.type is Type.INTEGER:
        return forms.IntegerField(label=label, required=False, min_value=0, max_value=150, **more)
    if fact.type is Type.DATE:
        return forms.DateField(
            label=label, required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"), **more
        )
    if fact.type is Type.INSTANT:
        return forms.DateTimeField(
            label=label,
            required=False,
            widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
            help_text=_("local time of the place"),
            **more,
        )
    if fact.type is Type.TEXTS:
        choices = [(v, _t(v.replace("_", " "))) for v in fact.values]
        return forms.MultipleChoiceField(
            label=label, choices=choices, required=False, widget=forms.CheckboxSelectMultiple, **more
        )
    if fact.values:
        choices = [("", _t("not known yet")), *((v, _t(words.value(fact.name, v))) for v in fact.values)]
        return forms.ChoiceField(label=label, choices=choices, required=False, **more)
    return forms.CharField(label=label, required=False, max_length=200, **more)


class TryForm(forms.Form):
    """A case of nobody in particular."""

    use_required_attribute = False
    marks_optional = False

    place = forms.CharField(
        label=_("Where? State, county or city"),
        required=False,
        max_length=100,
        widget=forms.TextInput({"list": "places", "autocomplete": "off"}),
    )
    on = forms.DateField(
        label=_("On which day?"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    custodian = forms.ChoiceField(
        label=_("Who holds the person?"), choices=[(c, _(words.CUSTODIAN[c])) for c in CUSTODIANS]
    )
    paper = forms.ChoiceField(label=_("What came?"), choices=[(name, row[0]) for name, row in PAPERS.items()])
    warrant = forms.ChoiceField(
        label=_("What came with it, and who signed it?"), choices=WARRANT, required=False
    )
    record = forms.ChoiceField(label=_("What is known of charges and convictions?"), choices=RECORD)

    def __init__(self, *args: Any, places: Places, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places, self.today = places, today
        for fact in CASE_FACTS:
            if fact.name not in _ELSEWHERE:
                self.fields[fact.name] = question(fact)
        for n in range(CHARGES):
            for name, fact in CHARGE_FACTS.items():
                field = question(fact)
                if name in ("status", "grade"):
                    field = forms.ChoiceField(
                        label=field.label, choices=STATUS if name == "status" else GRADE, required=False
                    )
                self.fields[f"charge-{n}-{name}"] = field

    # ------------------------------------------------------------------------------------------------- for the template

    def first(self) -> list[forms.BoundField]:
        """The short common questions."""
        return [self[n] for n in ("place", "on", "custodian", "paper", "warrant", *FIRST, "record")]

    def charges(self) -> Iterator[tuple[int, list[forms.BoundField], list[forms.BoundField], bool, bool]]:
        """Each charge with its common and its further questions, whether it is open, and whether the further ones are."""
        for n in range(CHARGES):
            first = [self[f"charge-{n}-{name}"] for name in CHARGE_FIRST]
            more = [self[f"charge-{n}-{name}"] for name in CHARGE_FACTS if name not in CHARGE_FIRST]
            yield n + 1, first, more, self.answered([*first, *more]), self.answered(more)

    def answered(self, fields: Iterable[forms.BoundField]) -> bool:
        """Whether something was typed into one of these, right or wrong: then they are not folded away."""
        return self.is_bound and any(field.data for field in fields)

    def more_open(self) -> bool:
        """Whether something was typed into one of the further facts."""
        return self.answered(field for _, fields in self.more() for field in fields)

    def more(self) -> Iterator[tuple[str, list[forms.BoundField]]]:
        """Further facts by group."""
        for group, title in (
            ("request", _t("The paper")),
            ("person", _t("The person")),
            ("release", _t("The release")),
            ("agency", _t("The agency")),
        ):
            names = [n for n in self.fields if n.startswith(f"{group}.") and n not in FIRST]
            yield title, [self[n] for n in names]

    # ------------------------------------------------------------------------------------------------------ what it says

    def clean_place(self) -> str:
        """The path of the place, from a path or a name that only one place has."""
        typed = self.cleaned_data["place"].strip()
        return find_place(self.places, typed).path if typed else ""

    def where(self) -> Place:
        """The place; the nation where none was typed."""
        return self.places.get(self.cleaned_data["place"] or "us")

    def as_json(self) -> dict[str, Any]:
        """The case in the contract's JSON."""
        given, place = self.cleaned_data, self.where()
        day = given["on"] or self.today
        _, kind, form = PAPERS[given["paper"]]
        case: dict[str, Any] = {
            "place": place.path,
            "at": datetime(day.year, day.month, day.day, 12, tzinfo=zone(place.tz)).isoformat(),
            "custodian": given["custodian"],
            "request": {"kind": kind} | ({"form": form} if form else {}),
        }
        if given["warrant"]:
            case["request"]["warrant"] = given["warrant"]
        for name in self.fields:
            group, dot, key = name.partition(".")
            if dot and (value := _value(FACTS[name], given.get(name), place)) is not None:
                case.setdefault(group, {})[key] = value
        if given["record"] != "unknown":
            case["charges"] = [] if given["record"] == "none" else list(self._charges(place))
            case["charges_complete"] = given["record"] != "part"
        return case

    def _charges(self, place: Place) -> Iterator[dict[str, Any]]:
        for n in range(CHARGES):
            charge = {
                name: value
                for name, fact in CHARGE_FACTS.items()
                if (value := _value(fact, self.cleaned_data.get(f"charge-{n}-{name}"), place)) is not None
            }
            if charge:
                yield charge

    def clean_on(self) -> date | None:
        """A day of which the public pages speak."""
        day: date | None = self.cleaned_data["on"]
        if day is not None and not days.FIRST <= day <= days.LAST:
            raise forms.ValidationError(_expected(days.day_words(), self["on"].data))
        return day

    def clean(self) -> dict[str, Any]:
        """Charges typed and said not to be there are asked about, not dropped; so are charges said to be there and not typed."""
        given = super().clean() or {}
        typed = any(
            given.get(name) or name in self.errors for name in self.fields if name.startswith("charge-")
        )
        if typed and given.get("record") in ("unknown", "none"):
            self.add_error("record", _t("Charges are written below: say whether they are all of them."))
        if not typed and given.get("record") in ("whole", "part"):
            self.add_error(
                "record",
                _t(
                    "No charge is written below: write one, or choose “no charges and no convictions” or “not known yet”."
                ),
            )
        self._check_days(given)
        return given

    def _check_days(self, given: dict[str, Any]) -> None:
        """No day outside what a case may carry, and none of what has happened after the day of the case."""
        if "on" in self.errors:
            return
        today = given.get("on") or self.today
        for name, fact in self._facts():
            found = given.get(name)
            if fact.type not in (Type.DATE, Type.INSTANT) or found is None:
                continue
            day = found.date() if isinstance(found, datetime) else found
            first = EARLIEST if fact.type is Type.DATE else EARLIEST_INSTANT
            if not first <= day <= days.LAST:
                years = {"first": first.year, "last": days.LAST.year}
                said = _expected(_t("a day from %(first)s to %(last)s") % years, self[name].data)
            elif fact.name in PAST and day > today:
                said = not_after(today, self[name].data)
            else:
                continue
            if name.startswith("charge-"):  # its question alone, “On which day?”, is also that of the case
                number = int(name.split("-")[1]) + 1
                said = _t("Charge or conviction %(n)s: %(says)s") % {"n": number, "says": said}
            self.add_error(name, said)

    def _facts(self) -> Iterator[tuple[str, Fact]]:
        """Fields that ask for a fact, those of charges too."""
        for name in self.fields:
            if name in FACTS:
                yield name, FACTS[name]
            elif name.startswith("charge-"):
                yield name, CHARGE_FACTS[name.split("-", 2)[2]]


def _expected(expected: str, found: str) -> str:
    return _t("Expected %(expected)s; found “%(found)s”.") % {"expected": expected, "found": found[:40]}


def not_after(day: date, found: str) -> str:
    """What is said of something that has happened, and on a day that is still to come."""
    return _expected(_t("a day not after %(day)s, the day of the case") % {"day": day.isoformat()}, found)


def past_days(case: Case) -> Iterator[tuple[str, date]]:
    """Days of what has happened that lie after the day of the case, each with where it stands.

    A later conviction is none of them: the engine does not read it. It reads the other days, of which a file of many cases may
    have such by its moves to an earlier day; who describes one case here has mistyped.
    """
    for name in sorted(PAST & set(case.facts)):
        found = case.facts[name]
        day = local_day(found, case.place.tz) if isinstance(found, datetime) else found
        if day > case.day:
            yield name, day


def _value(fact: Fact, found: Any, place: Place) -> Any:
    if found in (None, "", []):
        return None
    if fact.type is Type.BOOLEAN:
        return _YES_NO[found]
    if isinstance(found, datetime):
        return found.replace(tzinfo=zone(place.tz)).isoformat()
    return found.isoformat() if isinstance(found, date) else found


def find_place(places: Places, typed: str) -> Place:
    """The place of a path or of a name that only one place has.

    Raises:
        ValidationError: no place, or several, have that name.
    """
    if typed in places:
        return places.get(typed)
    wanted = " ".join(typed.lower().replace(",", " ").split())
    same, holding = [], []
    for place in places:
        name = place.name.lower()
        state = places.get(place.state).name.lower() if place.state and place.kind != "state" else ""
        if wanted in (name, f"{name} {state}".strip()):
            same.append(place)
        elif all(word in f"{name} {state} {place.path}" for word in wanted.split()):
            holding.append(place)
    found = same or holding
    if len(found) == 1:
        return found[0]
    if not found:
        raise forms.ValidationError(
            _t("Expected a state, county or city, found “%(found)s”."), params={"found": typed}
        )
    near = ", ".join(p.path for p in found[:6])
    raise forms.ValidationError(
        _t("%(n)s places have that name: write one of their paths, such as %(near)s."),
        params={"n": len(found), "near": near},
    )


class PasteForm(forms.Form):
    """A case as JSON, as the interface for programs takes it."""

    marks_optional = False

    case = forms.CharField(
        label=_("The case as JSON"),
        max_length=100_000,
        strip=True,
        widget=forms.Textarea({"rows": 12, "spellcheck": "false", "autocomplete": "off"}),
    )

    def clean_case(self) -> dict[str, Any]:
        """The object, not yet read as a case."""
        try:
            found = json.loads(self.cleaned_data["case"])
        except json.JSONDecodeError as error:
            raise forms.ValidationError(
                _t("Not JSON: line %(line)s, column %(column)s: %(says)s."),
                params={"line": error.lineno, "column": error.colno, "says": error.msg},
            ) from None
        except RecursionError:
            raise forms.ValidationError(_t("Not a case: too deeply nested.")) from None
        if not isinstance(found, dict):
            raise forms.ValidationError(_t("Expected a case, an object in braces."))
        return found
