"""`/claims`: claims made in public debate, what was counted, what was not, and the figure where the data are held."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, URLResolver, path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from bailiwick.desk.public.choosing import choice, choosing
from bailiwick.desk.public.kept import kept
from bailiwick.engine.lawbook import Lawbook, default_lawbook
from bailiwick.evidence.claims import KINDS, VERDICTS, Claim, calculations, claims
from bailiwick.evidence.claims.figures import Figure, figure

VERDICT_WORDS = {
    "supported": _("Supported"),
    "partly": _("Partly: true in part, or true with something missing"),
    "contradicted": _("Contradicted"),
    "not settled": _("Not settled by public sources"),
    "not found": _("Not found in the copies read"),
}
KIND_WORDS = {
    "count": _("a count"),
    "rule": _("a rule"),
    "event": _("an event"),
    "cause": _("a cause"),
}


@lru_cache(maxsize=2)
def _figured(book: Lawbook) -> tuple[tuple[Claim, tuple[Figure, ...]], ...]:
    """Every claim with its figures, computed."""
    return tuple((claim, tuple(figure(book, asked) for asked in claim.figures)) for claim in claims())


@require_safe
@choosing
def claim_list(request: HttpRequest) -> HttpResponse:
    """The claims, all or those of a kind and a verdict."""
    book = default_lawbook()
    kind = choice(request.GET, "kind", KINDS, "")
    verdict = choice(request.GET, "verdict", VERDICTS, "")

    def context() -> dict[str, Any]:
        chosen = [
            {
                "claim": claim,
                "figures": figures,
                "verdict": VERDICT_WORDS[claim.verdict],
                "kinds": [KIND_WORDS[k] for k in claim.kind],
            }
            for claim, figures in _figured(book)
            if (not kind or kind in claim.kind) and (not verdict or claim.verdict == verdict)
        ]
        return {"chosen": chosen, "all": len(claims())}

    body = kept("public/parts/claims.html", (book.version, kind, verdict), context)
    return render(
        request,
        "public/claims.html",
        {
            "body": body,
            "kinds": KIND_WORDS.items(),
            "verdicts": VERDICT_WORDS.items(),
            "kind": kind,
            "verdict": verdict,
            "calculations": calculations().values(),
        },
    )


urlpatterns: list[URLPattern | URLResolver] = [path("claims", claim_list, name="claims")]
