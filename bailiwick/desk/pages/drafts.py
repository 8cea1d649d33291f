"""Long forms are kept while they are typed: every few seconds with JavaScript, and always when the log-in was lost. Opened again,
the form is filled in as it stood."""

from __future__ import annotations

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import URLPattern, URLResolver, path
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bailiwick.custody import drafts
from bailiwick.custody.models import Draft
from bailiwick.custody.rights import allowed
from bailiwick.desk.clock import now
from bailiwick.desk.guard.watch import fields_of
from bailiwick.desk.pages.common import user_of


class Kept:
    """A form kept for its page: `data` as if it had been sent, `files` the names of those to choose again, `draft` the row."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.files = drafts.files_of(draft)
        self.data = QueryDict(mutable=True)
        for name, values in drafts.typed_in(draft).items():
            self.data.setlist(name, values)

    def name_files(self, form: forms.Form) -> None:
        """Say at its field which file was chosen. Before anything looks at the form's fields."""
        for field, name in self.files.items():
            if field in form.fields:
                form.fields[field].help_text = _("Choose “%(name)s” again") % {"name": name}


def begun(request: HttpRequest) -> Kept | None:
    """What was typed into this page's form and not sent; None while it is being sent, or where nothing was kept."""
    if request.method == "POST" or "fresh" in request.GET:
        return None
    draft = _kept(request).order_by("-at").first()
    return Kept(draft) if draft else None


def sent(request: HttpRequest) -> None:
    """This page's form was taken: what was kept of it is forgotten."""
    _kept(request).delete()


def _kept(request: HttpRequest) -> QuerySet[Draft]:
    return Draft.objects.filter(user=user_of(request), form__in={request.path, request.get_full_path()})


def show_again(*kept: forms.BaseForm) -> None:
    """Fill forms from a draft without reproaching anything: nothing was sent yet."""
    for form in kept:
        form.full_clean()
        form.errors.clear()


@require_POST
@allowed("own_account")
def keep(request: HttpRequest) -> HttpResponse:
    """Keep a form of ours as it stands now. Answers with nothing."""
    page = request.POST.get("_page", "")
    if page.startswith("/") and url_has_allowed_host_and_scheme(page, allowed_hosts=None):
        drafts.keep(user_of(request), page, fields_of(request), now())
    return HttpResponse(status=204)


urlpatterns: list[URLPattern | URLResolver] = [path("drafts/keep", keep, name="draft_keep")]
