"""What is due and what stands in the way of a departure, in the language of the page.

The file keeps it in English, as it was set. Sentences that the services of `bailiwick.custody` write stand here; those of the
duties and clocks of the lawbook stand in the catalogue, where `tools/make_catalogue.py` puts them from the law files.
"""

from __future__ import annotations

import re

from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from bailiwick.desk.fact_words import in_english, manner_words
from bailiwick.desk.forms.words import PAPER_NAMES
from bailiwick.engine.change import fact_question
from bailiwick.engine.facts import ACTION_SHORT, FACTS
from bailiwick.papers.registry import PAPERS

_WHOLE: dict[str, str | Promise] = {
    "the last ground ended: the person must be free": _("the last ground ended: the person must be free"),
    "the hold ends: the person must be free, and the hold can't be made longer": _(
        "the hold ends: the person must be free, and the hold can't be made longer"
    ),
    "rules conflict or a reading must be chosen: ask counsel": _(
        "rules conflict or a reading must be chosen: ask counsel"
    ),
    "review the claim of U.S. citizenship; nobody is held on an immigration detainer until then": _(
        "review the claim of U.S. citizenship; nobody is held on an immigration detainer until then"
    ),
    "read the answer and sign what is done": _("read the answer and sign what is done"),
    "the answer changed after it was signed: read it and sign again": _(
        "the answer changed after it was signed: read it and sign again"
    ),
    "a concern waits for the compliance officer": _("a concern waits for the compliance officer"),
    "A ground of custody is still open: end it first, or record a transfer.": _(
        "A ground of custody is still open: end it first, or record a transfer."
    ),
    "The limit had run out before this departure: say why.": _(
        "The limit had run out before this departure: say why."
    ),
    "A claim of U.S. citizenship waits for review.": _("A claim of U.S. citizenship waits for review."),
    "Nobody has signed for handing this person over.": _("Nobody has signed for handing this person over."),
}

#: `%(…)s` are what the service filled in.
_FILLED: tuple[tuple[re.Pattern[str], str | Promise], ...] = (
    (
        re.compile(r"answer subpoena (?P<number>.+) of (?P<issuer>.+)", re.S),
        _("answer subpoena %(number)s of %(issuer)s"),
    ),
    (re.compile(r"counsel: subpoena (?P<number>.+)", re.S), _("counsel: subpoena %(number)s")),
    (
        re.compile(r"review the log of the week from (?P<day>\S+)"),
        _("review the log of the week from %(day)s"),
    ),
)
_GIVE = "To be given before the file closes: "
_SECOND = "a second person must sign: "
_ASKS = sorted(
    {fact_question(name) for name in ("charges", *FACTS) if fact_question(name)}, key=len, reverse=True
)


def due_words(what: str) -> str:
    """The words of something due; those that are not known here as they stand."""
    if what in _WHOLE:
        return str(_WHOLE[what])
    if what.startswith(_SECOND):
        actions = what.removeprefix(_SECOND).split(", ")
        return _t("a second person must sign: %(actions)s") % {
            "actions": ", ".join(_t(ACTION_SHORT.get(one, one)).lower() for one in actions)
        }
    if what.startswith(_GIVE):
        given = due_words(what.removeprefix(_GIVE))
        return _t("To be given before the file closes: %(what)s") % {"what": given}
    for pattern, words in _FILLED:
        if found := pattern.fullmatch(what):
            return str(words) % found.groupdict()
    return _questions(what) or (_t(what) if what else "")


def due_marked(what: str) -> SafeString:
    """The words of something due; marked where a law file says it in English only."""
    said = due_words(what)
    return in_english(what) if said == what else format_html("{}", said)


_DONE: dict[str, str | Promise] = {
    "answered": _("answered"),
    "the person left": _("the person left"),
    "given by hand": _("given by hand"),
}
_SIGNED = "signed by "
_GIVEN = "given to the person: "


def done_words(how: str) -> str:
    """How something that was due was done; what somebody wrote as it stands."""
    if how in _DONE:
        return str(_DONE[how])
    if how.startswith(_SIGNED):
        return _t("signed by %(who)s") % {"who": how.removeprefix(_SIGNED)}
    if how.startswith(_GIVEN):
        return _t("given to the person: %(how)s") % {"how": manner_words(how.removeprefix(_GIVEN))}
    title, found, manner = how.partition(": ")
    paper = next((one.name for one in PAPERS.values() if one.title == title), "") if found else ""
    return f"{PAPER_NAMES[paper]}: {manner_words(manner)}" if paper else how


def _questions(what: str) -> str:
    """Questions of the engine, one after the other; empty where it is anything else."""
    said = []
    while what:
        ask = next((one for one in _ASKS if what.startswith(one)), None)
        if ask is None:
            return ""
        said.append(_t(ask))
        what = what[len(ask) :].lstrip()
    return " ".join(said)
