"""The language of the pages: a cookie that holds two letters and nothing else."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from bailiwick.custody.models import User

A_YEAR = 365 * 24 * 3600


@require_http_methods(["GET", "HEAD", "POST"])
def language(request: HttpRequest, code: str) -> HttpResponse:
    """Remember the language and go back to the page that asked (`next`, an address of this site).

    GET sets the cookie of this browser; POST by somebody logged in also keeps it with their account.
    """
    if code not in dict(settings.LANGUAGES):
        raise Http404
    if request.method == "POST" and isinstance(request.user, User):
        User.objects.filter(pk=request.user.pk).update(interface_language=code)
    back = request.POST.get("next") or request.GET.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None) or not back.startswith("/"):
        back = "/"
    response = HttpResponseRedirect(back)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        max_age=A_YEAR,
        samesite="Lax",
        secure=settings.SECURE,
        httponly=True,
    )
    response["X-Robots-Tag"] = "noindex"
    return response
