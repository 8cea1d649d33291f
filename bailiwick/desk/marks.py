"""The marks of the six outcomes: shapes, never colour alone, drawn in the colour of the text around them."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from bailiwick.engine.facts import Outcome

_OUTLINE = '<rect x="2" y="2" width="16" height="16" fill="none" stroke="currentColor" stroke-width="{}"{}/>'
_QUESTION = (
    '<path d="M7.2 8.2a2.8 2.8 0 1 1 4.2 2.4c-1 .6-1.4 1-1.4 2" fill="none" stroke="currentColor" stroke-width="1.6"/>'
    '<rect x="9.2" y="13.6" width="1.7" height="1.7" fill="currentColor"/>'
)

#: What stands inside a 20 by 20 view: filled, outlined, barred, dotted, dashed with a question, split.
SHAPE: dict[Outcome, str] = {
    Outcome.REQUIRED: '<rect x="1" y="1" width="18" height="18" fill="currentColor"/>',
    Outcome.ALLOWED: _OUTLINE.format("2", ""),
    Outcome.FORBIDDEN: _OUTLINE.format("2", "")
    + '<path d="M2 18 18 2" stroke="currentColor" stroke-width="4" fill="none"/>',
    Outcome.UNREGULATED: _OUTLINE.format("1.8", ' stroke-dasharray="0.1 3.1" stroke-linecap="round"'),
    Outcome.UNKNOWN: _OUTLINE.format("1.6", ' stroke-dasharray="4.4 2"') + _QUESTION,
    Outcome.CONFLICT: _OUTLINE.format("2", "") + '<path d="M2 2h16L2 18z" fill="currentColor"/>',
}


def mark(outcome: Outcome | str) -> SafeString:
    """The mark as an inline picture that screen readers pass over: the words beside it say the same."""
    found = Outcome(outcome)
    return format_html(
        '<svg class="mark mark-{}" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" focusable="false">{}</svg>',
        str(found),
        mark_safe(SHAPE[found]),
    )
