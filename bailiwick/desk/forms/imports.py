"""Forms of imports: the file, its columns, what the jail's own words mean, and a row that was set aside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from bailiwick.custody.exchange.tables import TABLES
from bailiwick.desk.forms.words import Line

TABLE = (
    ("bookings", _("bookings: a person, when booked, why kept")),
    ("charges", _("charges and convictions")),
    ("grounds", _("grounds of custody: when each began and ended")),
    ("releases", _("releases and transfers")),
)
NAME = {
    "bookings": _("bookings"),
    "charges": _("charges"),
    "grounds": _("grounds of custody"),
    "releases": _("releases"),
}


class FileForm(forms.Form):
    """A file of the jail's own system."""

    file = forms.FileField(label=_("File (CSV or JSON)"))
    table = forms.ChoiceField(label=_("What are its rows?"), choices=TABLE)


class MappingForm(forms.Form):
    """Which column is which field. One control for each column of the file."""

    words = forms.CharField(
        label=_("What do the jail’s own words mean?"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=_("One a line, as  grade: F = felony"),
    )
    save_as = Line(
        label=_("Keep this mapping under a name"), most=120, help_text=_("Next time it is chosen by its name")
    )

    def __init__(
        self,
        *args: Any,
        table: str,
        columns: Sequence[str],
        chosen: Mapping[str, str],
        dropped: Mapping[str, str],
        samples: Mapping[str, str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.table = table
        self.columns = [column for column in columns if column not in dropped]
        fields = [
            (one.name, f"{one.name}: {one.means}{' *' if one.required else ''}") for one in TABLES[table]
        ]
        for number, column in enumerate(self.columns):
            sample = samples.get(column, "")
            self.fields[f"column-{number}"] = forms.ChoiceField(
                label=column,
                required=False,
                choices=[("", _("leave out")), *fields],
                initial=chosen.get(column, ""),
                help_text=_t("First value: %(value)s") % {"value": sample} if sample else "",
            )
        self.order_fields([*(name for name in self.fields if name.startswith("column-")), "words", "save_as"])

    def clean_words(self) -> dict[str, dict[str, str]]:
        """Field to word to our word."""
        found: dict[str, dict[str, str]] = {}
        for line in str(self.cleaned_data["words"]).splitlines():
            if not line.strip():
                continue
            field, colon, rest = line.partition(":")
            word, equals, ours = rest.partition("=")
            if not (colon and equals and word.strip() and ours.strip()):
                raise ValidationError(
                    _t("Expected a line as  grade: F = felony ; found “%(found)s”.") % {"found": line.strip()}
                )
            found.setdefault(field.strip(), {})[word.strip()] = ours.strip()
        return found

    def plan(self) -> dict[str, Any]:
        """What `mapping.Plan.of` reads."""
        data = self.cleaned_data
        chosen = {column: data[f"column-{number}"] for number, column in enumerate(self.columns)}
        return {"columns": {c: field for c, field in chosen.items() if field}, "values": data["words"]}


def words_of(values: Mapping[str, Mapping[str, str]]) -> str:
    """The words of a saved mapping, as they are typed."""
    return "\n".join(
        f"{field}: {word} = {ours}" for field, words in values.items() for word, ours in words.items()
    )


class RowForm(forms.Form):
    """The cells of a row that was set aside, to be mended. One control for each column that is read."""

    def __init__(
        self, *args: Any, cells: Mapping[str, str], columns: Mapping[str, str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.columns = list(columns)
        for number, (column, field) in enumerate(columns.items()):
            label = column if column == field else f"{column} ({field})"
            self.fields[f"cell-{number}"] = forms.CharField(
                label=label, required=False, max_length=1000, initial=cells.get(column, "")
            )

    def cells(self) -> dict[str, str]:
        return {column: self.cleaned_data[f"cell-{number}"] for number, column in enumerate(self.columns)}


class PutDownForm(forms.Form):
    """Why a row shall not be taken."""

    because = forms.CharField(label=_("Why shall this row not be taken?"), max_length=180)


class ExportForm(forms.Form):
    """One file, whole."""

    number = forms.CharField(label=_("Booking number"), max_length=40)
    format = forms.ChoiceField(
        label=_("As"),
        choices=(
            ("json", _("JSON: everything, with every event of the record")),
            ("niem", _("NIEM 6.0 JSON")),
        ),
        widget=forms.RadioSelect,
        initial="json",
    )
