"""Translations of the papers: which are machine-made drafts, each beside the English, and who signed which words."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, URLResolver, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bailiwick.custody.errors import Refused
from bailiwick.custody.models import TranslationReview
from bailiwick.custody.rights import agency_of, allowed, found
from bailiwick.desk.forms.papers import SignOffForm
from bailiwick.desk.pages.common import actor_of
from bailiwick.desk.refusal_words import refusal_words
from bailiwick.papers import reviewing
from bailiwick.papers.registry import TRANSLATED
from bailiwick.papers.texts import LANGUAGES, texts


@require_safe
@allowed("review_translations")
def translations(request: HttpRequest) -> HttpResponse:
    """Which translations has nobody signed?"""
    agency = agency_of(request)
    states = reviewing.states(agency)
    rows = [
        (texts(language), [state for state in states if state.language == language])
        for language in LANGUAGES[1:]
    ]
    shown = {
        "rows": rows,
        "drafts": sum(state.review is None for state in states),
        "number": len(states),
        "tz": agency.tz,
    }
    return render(request, "papers/translations.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("review_translations")
def translation(request: HttpRequest, language: str, paper: str) -> HttpResponse:
    """The words of one paper in one language beside the English; sign them."""
    if paper not in TRANSLATED or language not in LANGUAGES[1:]:
        raise Http404
    agency = agency_of(request)
    own, english = texts(language), texts("en")
    form = SignOffForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            reviewing.sign_off(
                actor_of(request),
                paper=paper,
                language=language,
                sha256=request.POST.get("sha256", ""),
                reviewer=form.cleaned_data["reviewer"],
                standing=form.cleaned_data["standing"],
            )
        except Refused as refused:
            form.add_error(None, refusal_words(refused))
        else:
            messages.success(
                request, _("The sign-off is recorded. Papers printed from now on carry no mark of a draft.")
            )
            return redirect("translations")
    state = next(s for s in reviewing.states(agency) if (s.paper, s.language) == (paper, language))
    shown = {
        "own": own,
        "sentences": [(english.papers[paper][key], own.papers[paper][key]) for key in english.papers[paper]],
        "shared": [(english.words[key], own.words[key]) for key in english.words],
        "months": [*zip(english.months, own.months, strict=True), (english.day_pattern, own.day_pattern)],
        "sha256": own.sha256(paper),
        "state": state,
        "form": form,
        "tz": agency.tz,
    }
    return render(request, "papers/translation.html", shown)


@require_POST
@allowed("review_translations")
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """The sign-off no longer stands."""
    row = found(request, TranslationReview, pk=pk)
    try:
        reviewing.take_back(actor_of(request), row)
    except Refused as refused:
        messages.error(request, refusal_words(refused))
    else:
        messages.success(request, _("The sign-off was taken back: the paper is a draft again."))
    return redirect("translations")


urlpatterns: list[URLPattern | URLResolver] = [
    path("translations", translations, name="translations"),
    path("translations/<str:language>/<slug:paper>", translation, name="translation"),
    path("translations/signed/<int:pk>/back", take_back, name="translation-back"),
]
