"""Rows of the atlas as a page shows them: each cell a mark that opens the norm it came from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from bailiwick.desk.fact_words import question_words
from bailiwick.desk.marks import mark
from bailiwick.desk.public.place_law import anchor
from bailiwick.engine import words
from bailiwick.engine.decide import Answer
from bailiwick.engine.facts import ACTION_SHORT, ACTIONS, Outcome
from bailiwick.evidence.atlas import Row
from bailiwick.evidence.pictures.maps import Said, grid_map, state_map


class Line(NamedTuple):
    """A row of the matrix."""

    row: Row
    url: str
    cells: tuple[SafeString, ...]


def address(row: Row, day: date, answer: Answer) -> str:
    """Where a cell leads: the norm that decided, or that keeps the answer open, on the page of the law there that day."""
    where = "norms"
    if answer.because:
        where = anchor(answer.because[0].norm.id)
    elif named := [name[5:] for name in answer.missing if name.startswith("norm:")]:
        where = anchor(named[0])
    query = urlencode({"on": day.isoformat(), "custodian": row.custodian})
    return f"{reverse('law_place', args=[row.place.path])}?{query}#{where}"


def lines(rows: Iterable[Row], day: date) -> Iterator[Line]:
    """The matrix."""
    for row in rows:
        yield Line(
            row, address(row, day, Answer(Outcome.UNREGULATED, ())).partition("#")[0], tuple(_cells(row, day))
        )


def _cells(row: Row, day: date) -> Iterator[SafeString]:
    for action in ACTIONS:
        answer = row.answers[action]
        if row.unread(action):
            yield format_html(
                '<span class="unread" aria-hidden="true">–</span><span class="hidden-words">{}</span>',
                _("Not read: no law file"),
            )
            continue
        yield format_html(
            '<a href="{}" title="{}">{}<span class="hidden-words">{}</span></a>',
            address(row, day, answer),
            _why(answer),
            mark(answer.outcome),
            _(words.OUTCOME[answer.outcome]),
        )


def _why(answer: Answer) -> str:
    """What the pointer is told over a mark: the outcome with the citation, or what is missing."""
    said = _(words.OUTCOME[answer.outcome])
    if answer.because:
        return f"{said}: {answer.because[0].norm.cite.text}"
    if answer.missing:
        return f"{said}: {question_words(answer.missing[0])}"
    return said


def _heard(row: Row, action: str) -> str:
    return _("Not read: no law file") if row.unread(action) else _(words.OUTCOME[row.answers[action].outcome])


def maps(rows: tuple[Row, ...], day: date, action: str) -> tuple[SafeString, SafeString]:
    """The map of one action, for wide and for narrow screens."""
    title = _("%(action)s: the answer in each place") % {"action": _(ACTION_SHORT[action])}
    said: list[Said] = [
        (
            row.place,
            None if row.unread(action) else row.answers[action].outcome,
            f"{row.place.name}: {_heard(row, action)}",
            address(row, day, row.answers[action]),
        )
        for row in rows
    ]
    return mark_safe(state_map(said, title)), mark_safe(
        grid_map(said, title)
    )  # every text in them is escaped
