"""What an address asks for behind its `?`: a value that is none of the page's choices is refused, never replaced by another.

The answer is 400 with one sentence: which field, what was expected, what was found. An empty value is what a form sends where
nothing was chosen: it is the page's own choice.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import wraps
from pathlib import PurePosixPath
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bailiwick.desk.public.errors import page

#: Characters of what was found that are said again.
MOST = 40
#: Fields by the words that stand beside them on the pages.
LABELS = {
    "case": gettext_lazy("Case"),
    "action": gettext_lazy("Map of"),
    "on": gettext_lazy("Day"),
    "custodian": gettext_lazy("Who holds the person?"),
    "sort": gettext_lazy("Sort by"),
    "kind": gettext_lazy("Kind of claim"),
    "verdict": gettext_lazy("What the sources come to"),
    "under": gettext_lazy("Put beside it the law of"),
    "place": gettext_lazy("Place"),
    **{f"{side}_measure": gettext_lazy("Measure") for side in "ab"},
    **{f"{side}_place": gettext_lazy("Place") for side in "ab"},
    **{f"{side}_period": gettext_lazy("Period") for side in "ab"},
}


class NoChoice(Exception):
    """A value of an address that is none of the page's choices. Its text is a sentence for who asked."""

    def __init__(self, field: str, expected: str, found: str) -> None:
        found = " ".join(found.split())
        short = found if len(found) <= MOST else found[:MOST] + "…"
        name = f"{LABELS[field]} ({field})" if field in LABELS else field
        super().__init__(
            _("%(field)s: expected %(expected)s; found “%(found)s”.")
            % {"field": name, "expected": expected, "found": short}
        )


def typed(given: QueryDict, field: str) -> str:
    """What was typed, without blanks around it; empty where there is nothing."""
    return given.get(field, "").strip()


def choice(
    given: QueryDict, field: str, known: Collection[Any], otherwise: str, expected: str | None = None
) -> str:
    """The value of a field: one of the known ones, or what the page chooses where it is empty.

    expected: in words, where the known ones are too many to name.

    Raises:
        NoChoice: it is none of them.
    """
    value = typed(given, field)
    if not value:
        return otherwise
    if value not in known:
        raise NoChoice(field, expected or _one_of(known), value)
    return value


def _one_of(known: Collection[Any]) -> str:
    return ", ".join(known) if len(known) == 1 else _("one of %(known)s") % {"known": ", ".join(known)}


def choosing(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view; 400 where it meets NoChoice: a page for people, the sentence alone where a file was asked for.

    Caught here and not by Django, which would write the sentence, and with it what was typed, into a log.
    """

    @wraps(view)
    def chosen(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except NoChoice as wrong:
            if PurePosixPath(request.path).suffix or {"format", "part"} & set(request.GET):
                return HttpResponse(f"{wrong}\n", status=400, content_type="text/plain; charset=utf-8")
            return page(request, 400, str(wrong), again=request.path)

    return chosen
