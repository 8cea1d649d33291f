"""One's own account: password, second factor, language, tokens for programs, the last log-ins."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, URLResolver, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from bailiwick.custody import drafts, tokens
from bailiwick.custody.errors import Refused
from bailiwick.custody.models import ApiToken, LogIn, User
from bailiwick.custody.rights import agency_of, allowed, found
from bailiwick.desk.forms.people import ROLE, TokenForm
from bailiwick.desk.guard.watch import taken
from bailiwick.desk.pages.people import actor_of
from bailiwick.desk.refusal_words import refusal_words


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("own_account")
def own(request: HttpRequest) -> HttpResponse:
    """Look; POST makes a token for a program, whose text is shown this once."""
    user = request.user
    assert isinstance(user, User)
    form = TokenForm(request.POST or None)
    text = ""
    if request.method == "POST" and form.is_valid():
        try:
            _token, text = tokens.make(actor_of(request), name=form.cleaned_data["name"])
            taken(request)
            form = TokenForm()
        except Refused as refused:
            form.add_error("name", refusal_words(refused))
    shown = {
        "form": form,
        "text": text,
        "role": ROLE[user.role],
        "tz": agency_of(request).tz,
        "factors": Authenticator.objects.filter(user=user)
        .exclude(type=Authenticator.Type.RECOVERY_CODES)
        .count(),
        "tokens": ApiToken.objects.filter(user=user, revoked_at=None).order_by("made_at"),
        "tries": LogIn.objects.filter(user=user).order_by("-at")[:10],
        "drafts": len(drafts.of(user)),
    }
    return render(request, "accounts/own.html", shown)


@require_POST
@allowed("own_account")
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """End one's own token."""
    token = found(request, ApiToken, pk=pk)
    if token.user_id != request.user.pk:
        raise Http404
    tokens.revoke(actor_of(request), token)
    messages.success(request, _("The token is worth nothing any more."))
    return redirect("own")


urlpatterns: list[URLPattern | URLResolver] = [
    path("account", own, name="own"),
    path("account/tokens/<int:pk>/revoke", revoke, name="own_token_revoke"),
]
