"""The timeline of a place: what the law there said of an ordinary detainer from when to when, drawn and as rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _

from bailiwick.desk.public.place_law import turns
from bailiwick.engine import words
from bailiwick.engine.facts import ACTION_SHORT
from bailiwick.engine.lawbook import Lawbook
from bailiwick.engine.places import Place
from bailiwick.evidence.history import SINCE, changes, stretches
from bailiwick.evidence.pictures.charts import Width
from bailiwick.evidence.pictures.timeline import Bar, timeline

HISTORY_COLUMNS = ("day", "what", "action", "before", "after", "norm", "says", "cite")
#: The latest year with which a picture begins, so that what stood before the newest acts is seen.
LATEST_START = 2012


def drawn(book: Lawbook, place: Place, custodian: str, today: date, width: Width) -> str:
    """The picture, in the language now active; kept by what it shows.

    It runs from two years before the first answer that changed by law of the last decades to the end of the year, or of the
    year of a change to come.
    """
    known = stretches(book, place, custodian)
    turned = sorted(one.start for one in known if one.start.year > SINCE.year + 1)
    start = date(min([LATEST_START, *(day.year - 2 for day in turned[:1])]), 1, 1)
    end = date(max([today.year, *(day.year for day in turned[-1:])]) + 1, 1, 1)
    bars = tuple(
        Bar(
            _(ACTION_SHORT[one.action]),
            one.outcome,
            _(words.OUTCOME[one.outcome]),
            max(one.start, start),
            one.end or end,
        )
        for one in known
        if one.end is None or one.end > start
    )
    return timeline(bars, title(place), width)


def title(place: Place) -> str:
    """The question that the picture answers."""
    return _("%(place)s: what did the law say of an ordinary detainer, and since when?") % {
        "place": place.name
    }


def history_rows(book: Lawbook, place: Place, custodian: str) -> Iterator[tuple[str, ...]]:
    """Rows of HISTORY_COLUMNS, the newest day first: sentences that begin and end, duties and clocks, answers that change."""
    changed = changes(book, place, custodian)
    for turn in turns([book.files[name] for name in book.area(place.path)]):
        day = turn.day.isoformat()
        for what, norms in (("begins", turn.begins), ("ends", turn.ends)):
            for norm in norms:
                yield (day, what, " ".join(norm.actions), "", "", norm.id, norm.says, norm.cite.text)
        if turn.duties:
            yield (day, "duties and clocks begin or end", "", "", "", "", str(turn.duties), "")
        for one in changed.get(turn.day, ()):
            yield (day, "short answer changes", one.action, str(one.before), str(one.after), "", "", "")
