"""Imports from the jail's own system: hand in a file, say what its columns are, try it, import it; and the rows that wait."""

from __future__ import annotations

from itertools import islice
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, URLResolver, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bailiwick.custody.acting import Actor
from bailiwick.custody.errors import Refused
from bailiwick.custody.exchange import importing, later, mapping, uploads
from bailiwick.custody.exchange.reading import Row, Sheet
from bailiwick.custody.exchange.tables import TABLES
from bailiwick.custody.models import ImportMapping, ImportRow, ImportRun, ImportUpload
from bailiwick.custody.rights import agency_of, allowed, found, may
from bailiwick.desk.forms.imports import NAME, FileForm, MappingForm, PutDownForm, RowForm, words_of
from bailiwick.desk.pages.people import actor_of
from bailiwick.desk.refusal_words import refusal_words

#: Rows shown on one page.
MOST = 100


def _actor(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    return Actor(actor.agency, actor.at, actor.user, how="import")


@require_safe
@allowed("import_files")
def imports(request: HttpRequest) -> HttpResponse:
    """Rows that wait first, then the form for a file, then what was imported."""
    return _list(request, FileForm())


def _list(request: HttpRequest, form: FileForm) -> HttpResponse:
    agency = agency_of(request)
    waiting = ImportRow.objects.filter(agency=agency, done_at=None).select_related("run")
    after = request.GET.get("after", "")
    rows = list(
        waiting.filter(pk__gt=int(after) if after.isdigit() and len(after) < 18 else 0).order_by("pk")[
            : MOST + 1
        ]
    )
    runs = ImportRun.objects.filter(agency=agency, dry=False).select_related("by").order_by("-pk")[:20]
    shown = {
        "form": form,
        "waiting": waiting.count(),
        "rows": [(one, NAME[one.run.table], _number(one)) for one in rows[:MOST]],
        "more": rows[MOST - 1].pk if len(rows) > MOST else None,
        "runs": [(one, NAME[one.table]) for one in runs],
        "may_export": may(request.user, "export_files"),
        "tz": agency.tz,
    }
    return render(request, "imports/list.html", shown)


@require_POST
@allowed("import_files")
def upload(request: HttpRequest) -> HttpResponse:
    """Hand in a file. Nothing is read into the files of people yet."""
    form = FileForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            kept = uploads.hand_in(_actor(request), file.name, file, most=settings.IMPORT_MAX_BYTES)
        except Refused as refused:
            form.add_error("file", refusal_words(refused))
        else:
            return redirect("import_map", kept.pk, form.cleaned_data["table"])
    return _list(request, form)


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("import_files")
def columns(request: HttpRequest, pk: int, table: str) -> HttpResponse:
    """Say which column is which, then try it: the trial changes nothing."""
    kept = found(request, ImportUpload, pk=pk)
    if table not in TABLES:
        raise Http404
    actor = _actor(request)
    try:
        sheet = uploads.sheet_of(kept)
    except Refused as refused:
        messages.warning(request, refusal_words(refused))
        return redirect("imports")
    saved = list(ImportMapping.objects.filter(agency=actor.agency, table=table).order_by("name"))
    chosen, words = _chosen(
        table, sheet, next((one for one in saved if one.name == request.GET.get("mapping")), None)
    )
    dropped = sheet.dropped | mapping.dropped_of(sheet.columns, chosen, actor.agency, actor.at)
    first: Row | None = next((row for row in islice(sheet.rows, 20) if not row.problem), None)
    form = MappingForm(
        request.POST or None,
        table=table,
        columns=sheet.columns,
        chosen=chosen,
        dropped=dropped,
        samples=first.cells if first else {},
        initial={"words": words},
    )
    if request.method == "POST" and form.is_valid():
        try:
            plan = mapping.Plan.of(table, form.plan())
            if form.cleaned_data["save_as"].strip():
                mapping.save(actor, form.cleaned_data["save_as"], plan)
            run = later.start(actor, plan, kept, dry=True)
        except Refused as refused:
            form.add_error(None, refusal_words(refused))
        else:
            return redirect("import_run", run.pk)
    shown = {
        "form": form, "upload": kept, "table": NAME[table], "saved": saved, "dropped": dropped, "read_as": sheet.read_as,
        "tried": ImportRun.objects.filter(upload=kept, dry=True).exists(),
    }  # fmt: skip
    return render(request, "imports/map.html", shown)


def _chosen(table: str, sheet: Sheet, saved: ImportMapping | None) -> tuple[dict[str, str], str]:
    if saved is None:
        return mapping.propose(table, sheet.columns), ""
    return dict(saved.columns["columns"]), words_of(saved.columns.get("values") or {})


@require_safe
@allowed("import_files")
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """What became of a file, or would."""
    held = found(request, ImportRun.objects.select_related("upload", "by"), pk=pk)
    rows = ImportRow.objects.filter(run=held).order_by("line")
    shown = {
        "run": held,
        "table": NAME[held.table],
        "rows": rows[:MOST],
        "more": max(0, held.set_aside - MOST),
        "may_run": held.dry and held.finished_at is not None and held.upload is not None,
        "kept": _kept(held) if held.dry and held.upload is not None else [],
        "tz": agency_of(request).tz,
    }
    return render(request, "imports/run.html", shown)


@require_POST
@allowed("import_files")
def go(request: HttpRequest, pk: int) -> HttpResponse:
    """Import what was tried."""
    tried = found(request, ImportRun.objects.select_related("upload"), pk=pk)
    if not tried.dry or tried.upload is None or tried.finished_at is None:
        messages.warning(request, _("This file is not kept any more. Hand it in again."))
        return redirect("imports")
    plan = mapping.Plan.of(tried.table, tried.columns)
    try:
        made = later.start(_actor(request), plan, tried.upload, dry=False)
    except Refused as refused:
        messages.warning(request, refusal_words(refused))
        return redirect("imports")
    return redirect("import_run", made.pk)


@require_POST
@allowed("import_files")
def further(request: HttpRequest, pk: int) -> HttpResponse:
    """Go on with a long import now, without waiting for the jobs."""
    held = found(request, ImportRun.objects.select_related("upload"), pk=pk)
    try:
        later.further(_actor(request), held)
    except Refused as refused:
        messages.info(request, refusal_words(refused))
    return redirect("import_run", pk)


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("import_files")
def row(request: HttpRequest, pk: int) -> HttpResponse:
    """A row that was set aside: mend it and take it, or put it down."""
    held = found(request, ImportRow.objects.select_related("run"), pk=pk)
    plan = mapping.Plan.of(held.run.table, held.run.columns)
    down = request.method == "POST" and "because" in request.POST
    form = RowForm(
        request.POST if request.method == "POST" and not down else None,
        cells=held.raw,
        columns=_in_order(plan, held.run),
    )
    put = PutDownForm(request.POST if down else None)
    asked: Any = put if down else form
    if asked.is_bound and asked.is_valid():
        try:
            if down:
                importing.put_down(_actor(request), held, because=put.cleaned_data["because"])
            else:
                importing.take_again(_actor(request), held, form.cells())
        except Refused as refused:
            asked.add_error(None, refusal_words(refused))
        else:
            messages.success(request, _("The row is put down.") if down else _("The row is taken."))
            return redirect("imports")
    shown = {
        "row": held,
        "table": NAME[held.run.table],
        "form": asked,
        "row_form": form,
        "put_form": put,
        "tz": agency_of(request).tz,
    }
    return render(request, "imports/row.html", shown)


def _number(row: ImportRow) -> str:
    """The booking number that a row names, where it could be read."""
    columns: dict[str, str] = row.run.columns["columns"]
    return next((str(row.raw.get(column, "")) for column, field in columns.items() if field == "number"), "")


def _in_order(plan: mapping.Plan, run: ImportRun) -> dict[str, str]:
    """Column to field, in the order of the fields, without those that may not be collected."""
    order = [one.name for one in TABLES[plan.table]]
    dropped = {one["column"] for one in run.dropped}
    read = {column: name for column, name in plan.columns.items() if column not in dropped}
    return dict(sorted(read.items(), key=lambda pair: order.index(pair[1])))


def _kept(run: ImportRun) -> list[str]:
    """The columns that are kept of a file until it is imported: those that are read."""
    return list(_in_order(mapping.Plan.of(run.table, run.columns), run))


urlpatterns: list[URLPattern | URLResolver] = [
    path("imports", imports, name="imports"),
    path("imports/upload", upload, name="import_upload"),
    path("imports/files/<int:pk>/<str:table>", columns, name="import_map"),
    path("imports/<int:pk>", run, name="import_run"),
    path("imports/<int:pk>/go", go, name="import_go"),
    path("imports/<int:pk>/further", further, name="import_further"),
    path("imports/rows/<int:pk>", row, name="import_row"),
]
