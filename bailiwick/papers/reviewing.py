"""The sign-off of translations: machine-made drafts until a named reviewer signs the very words that are printed."""

from __future__ import annotations

from typing import NamedTuple

from django.db import transaction

from bailiwick.custody.acting import Actor, note
from bailiwick.custody.errors import Refused
from bailiwick.custody.models import Agency, TranslationReview
from bailiwick.papers.registry import PAPERS, TRANSLATED
from bailiwick.papers.texts import LANGUAGES, texts


class State(NamedTuple):
    """Where one translated paper stands. `before`: a sign-off whose words were changed since."""

    paper: str
    language: str
    review: TranslationReview | None
    before: TranslationReview | None


def reviewed(agency: Agency, paper: str, language: str) -> TranslationReview | None:
    """The sign-off that is good for today's words; None: a draft. English needs none and has none."""
    return TranslationReview.objects.filter(
        agency=agency, paper=paper, language=language, sha256=texts(language).sha256(paper), withdrawn_at=None
    ).first()


def is_draft(agency: Agency, paper: str, language: str) -> bool:
    """Whether a paper in this language must be marked as a machine-made draft."""
    return language != "en" and paper in TRANSLATED and reviewed(agency, paper, language) is None


def states(agency: Agency) -> list[State]:
    """Every translated paper in every language but English."""
    rows: dict[tuple[str, str], list[TranslationReview]] = {}
    for row in TranslationReview.objects.filter(agency=agency, withdrawn_at=None).order_by("-at"):
        rows.setdefault((row.paper, row.language), []).append(row)
    out = []
    for language in LANGUAGES[1:]:
        for paper in TRANSLATED:
            found = rows.get((paper, language), [])
            hash_ = texts(language).sha256(paper)
            good = next((row for row in found if row.sha256 == hash_), None)
            out.append(State(paper, language, good, None if good or not found else found[0]))
    return out


@transaction.atomic
def sign_off(
    actor: Actor, *, paper: str, language: str, sha256: str, reviewer: str, standing: str
) -> TranslationReview:
    """A reviewer signed these words.

    Args:
        sha256: of the words that the reviewer read; other words today are not signed.
        reviewer: name; `standing`: what they can show, such as a certificate and its number.

    Raises:
        Refused: not a translated paper, the words changed meanwhile, no name or standing, or signed already.
    """
    if paper not in TRANSLATED or language not in LANGUAGES[1:]:
        raise Refused(
            "Translation: expected a translated paper and its language, found %(paper)s in '%(language)s'.",
            paper=paper,
            language=language,
        )
    if sha256 != texts(language).sha256(paper):
        raise Refused("The words changed since this page was opened: read them again, then sign.")
    if not reviewer.strip() or not standing.strip():
        raise Refused(
            "Sign-off: expected the reviewer's name and what they can show for it, found one of them empty."
        )
    if reviewed(actor.agency, paper, language) is not None:
        raise Refused("%(title)s: these words have been signed already.", title=PAPERS[paper].title)
    if actor.user is None:
        raise Refused("Sign-off: expected a person who records it, found none.")
    row = TranslationReview.objects.create(
        agency=actor.agency,
        paper=paper,
        language=language,
        sha256=sha256,
        reviewer=reviewer.strip(),
        standing=standing.strip(),
        at=actor.at,
        by=actor.user,
    )
    note(
        actor,
        "translation.signed",
        row,
        paper=paper,
        language=language,
        sha256=sha256,
        reviewer=row.reviewer,
        standing=row.standing,
    )
    return row


@transaction.atomic
def take_back(actor: Actor, row: TranslationReview) -> TranslationReview:
    """The sign-off no longer stands: the paper is a draft again."""
    held = TranslationReview.objects.select_for_update().get(pk=row.pk)
    if held.withdrawn_at is not None:
        raise Refused("This sign-off was taken back already.")
    held.withdrawn_at = actor.at
    held.save(update_fields=["withdrawn_at"])
    note(actor, "translation.withdrawn", held, paper=held.paper, language=held.language, sha256=held.sha256)
    return held
