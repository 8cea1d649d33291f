"""Forms that were not taken because the session was locked or lost: kept for the person who typed them, and for nobody else."""

from __future__ import annotations

from datetime import datetime

from bailiwick.custody.models import Draft, User

#: Characters of one form that are kept.
MOST = 200_000
#: Before the name of a field, where a file was chosen: its value is the name of the file, and nothing else of the file is kept.
FILE = "_file:"
#: Characters of a file's name.
_MOST_OF_A_NAME = 200
Fields = dict[str, list[str]]


def without_secrets(fields: Fields) -> Fields:
    """What may be kept of a form: neither passwords nor what pages add for themselves."""
    return {
        name: [value[:_MOST_OF_A_NAME] for value in values] if name.startswith(FILE) else values
        for name, values in fields.items()
        if "password" not in name
        and (name.startswith(FILE) or not name.startswith("_"))
        and name != "csrfmiddlewaretoken"
    }


def typed_in(draft: Draft) -> Fields:
    """What was typed, field by field."""
    return {name: values for name, values in draft.data.items() if not name.startswith(FILE)}


def files_of(draft: Draft) -> dict[str, str]:
    """The files that were chosen and must be chosen again: field to name."""
    return {
        name.removeprefix(FILE): ", ".join(values)
        for name, values in draft.data.items()
        if name.startswith(FILE) and any(values)
    }


def keep(user: User, form: str, fields: Fields, at: datetime) -> Draft | None:
    """Keep a form (its address) as typed, in place of an earlier one. None where there is nothing to keep or too much."""
    fields = without_secrets(fields)
    size = sum(len(name) + sum(map(len, values)) for name, values in fields.items())
    typed = any(value.strip() for values in fields.values() for value in values)
    if user.agency is None or not form or not typed or size > MOST or len(form) > 120:
        return None
    draft, _ = Draft.objects.update_or_create(
        user=user, form=form, defaults={"agency": user.agency, "data": fields, "at": at}
    )
    return draft


def of(user: User) -> list[Draft]:
    """What is kept for somebody, newest first."""
    return list(Draft.objects.filter(user=user).order_by("-at"))


def drop(user: User, number: str | int) -> None:
    """Forget one: it was sent, or thrown away."""
    if str(number).isdecimal():
        Draft.objects.filter(user=user, pk=int(number)).delete()
