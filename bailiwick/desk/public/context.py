"""What every page shows around its own words: the ways to go, the lawbook's version, whether this is a demonstration."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from bailiwick.custody.rights import may
from bailiwick.engine.lawbook import default_lawbook


class Way(NamedTuple):
    """A place to go: the name of its address and what a person reads."""

    name: str
    words: str | Promise
    url: str = ""
    #: Shown to those who have this ability; empty: to everybody.
    needs: str = ""


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
    Way("home", _("What is due"), needs="see_files"),
    Way("find", _("Find a person"), needs="see_files"),
    Way("subpoenas", _("Subpoenas"), needs="see_files"),
    Way("concerns", _("Concerns"), needs="read_concerns"),
    Way("imports", _("Imports"), needs="import_files"),
    Way("exports", _("Exports"), needs="export_files"),
    Way("translations", _("Translations"), needs="review_translations"),
    Way("log", _("Log"), needs="see_log"),
    Way("people", _("People"), needs="manage_people"),
    Way("connections", _("Connections"), needs="manage_connections"),
)


@cache
def address(name: str) -> str:
    """The address of that name, empty where this installation has none."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def ways(known: tuple[Way, ...], user: Any = None) -> list[Way]:
    """Those that exist here and are open to this user."""
    return [
        way._replace(url=url)
        for way in known
        if (url := address(way.name)) and (not way.needs or may(user, way.needs))
    ]


def site(request: HttpRequest) -> dict[str, Any]:
    """`site` for every template."""
    desk = settings.HAS_DATABASE
    return {
        "site": {
            "desk": desk,
            "demo": settings.DEMO,
            "public_ways": ways(PUBLIC),
            "desk_ways": SimpleLazyObject(lambda: ways(DESK, getattr(request, "user", None))),
            "concern": address("concern") if desk else "",
            "lawbook": SimpleLazyObject(lambda: default_lawbook().version),
        }
    }
