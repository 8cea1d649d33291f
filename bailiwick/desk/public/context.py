"""What every page shows around its own words: the ways to go, the lawbook's version, whether this is a demonstration."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from bailiwick.engine.lawbook import default_lawbook


class Way(NamedTuple):
    """A place to go: the name of its address and what a person reads."""

    name: str
    words: str | Promise
    url: str = ""


#: Pages of everybody; those that an installation lacks are not shown.
PUBLIC = (
    Way("law", _("Law")),
    Way("atlas", _("Atlas")),
    Way("try", _("Try a case")),
    Way("evidence", _("Evidence")),
    Way("claims", _("Claims")),
)
#: Pages of those who logged in, and the concern line, where there is a desk.
DESK = (
    Way("home", _("What is due")),
    Way("find", _("Find a person")),
    Way("subpoenas", _("Subpoenas")),
    Way("concerns", _("Concerns")),
    Way("imports", _("Imports")),
    Way("log", _("Log")),
    Way("people", _("People")),
)


@cache
def address(name: str) -> str:
    """The address of that name, empty where this installation has none."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def ways(known: tuple[Way, ...]) -> list[Way]:
    """Those that exist here."""
    return [way._replace(url=url) for way in known if (url := address(way.name))]


def site(request: HttpRequest) -> dict[str, Any]:
    """`site` for every template."""
    desk = bool(settings.DATABASES.get("default"))
    return {
        "site": {
            "desk": desk,
            "demo": settings.DEMO,
            "public_ways": ways(PUBLIC),
            "desk_ways": SimpleLazyObject(lambda: ways(DESK)),
            "concern": address("concern") if desk else "",
            "lawbook": SimpleLazyObject(lambda: default_lawbook().version),
        }
    }
