"""The first page: what the lawbook covers, and what it does not."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from bailiwick.desk.public.coverage import coverage
from bailiwick.engine.lawbook import default_lawbook


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """What may a jail do when an outside agency asks? And how much of the answer this lawbook holds."""
    book = default_lawbook()
    return render(request, "public/front.html", {"coverage": coverage(book), "places": book.places})
