"""In and out: imports, mappings, exports, proofs of the record, webhooks."""

from __future__ import annotations

from typing import Annotated, Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.request import RawPostDataException
from ninja import Path, Query, Router

from bailiwick.api.auth import Token, acting
from bailiwick.api.desk import After, Limit
from bailiwick.api.errors import Bad
from bailiwick.api.once import answer
from bailiwick.api.schema import listed, says, thing
from bailiwick.api.shapes import Because, Cells, MappingIn, OneOf, TableName, WebhookChange, WebhookIn
from bailiwick.custody.acting import plain
from bailiwick.custody.exchange import exporting, importing, later, mapping, niem, uploads, webhooks
from bailiwick.custody.models import Booking, ImportMapping, ImportRow, ImportRun, Webhook, WebhookDelivery
from bailiwick.custody.rights import found
from bailiwick.record.models import Leaf
from bailiwick.record.proofs import NoProof, proof

router = Router()
ExportTable = Annotated[str, OneOf(*exporting.TABLES)]
Name = Annotated[str, Path(min_length=1, max_length=120, pattern=r"^[^\u0000/]+$")]
RUN = thing("id", "table", "dry", "read", "taken", "unchanged", "set_aside", "dropped", "finished_at")
ROW = thing("id", "run", "line", "cells", "problem")
MAPPING = thing("name", "table", "columns", "values")
WEBHOOK = thing("id", "url", "kinds", "active")
DELIVERY = thing("id", "webhook", "kind", "tries", "next_at", "delivered_at", "given_up_at", "last_answer")


def _streamed(parts: Any, media: str, name: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(parts, content_type=media)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


# ---------------------------------------------------------------------------------------------------------- imports


def _run(run: ImportRun) -> dict[str, Any]:
    names = (
        "table", "file_name", "sha256", "at", "dry", "read", "taken", "unchanged", "set_aside", "dropped", "read_as",
        "finished_at",
    )  # fmt: skip
    return {"id": run.pk, **{name: plain(getattr(run, name)) for name in names}}


def _row(row: ImportRow) -> dict[str, Any]:
    return {
        "id": row.pk,
        "run": row.run_id,
        "line": row.line,
        "cells": row.raw,
        "problem": row.problem,
        "done_at": plain(row.done_at),
        "done_how": row.done_how,
    }


@router.post(
    "/imports",
    auth=Token("import_files"),
    tags=["imports"],
    summary="Import a file of a jail's own system",
    operation_id="import_file",
    openapi_extra=says(
        RUN, 400, 401, 403, 413, 422, 429, status=201,
        body={"text/csv": {"schema": {"type": "string"}}, "application/json": {"schema": listed({"type": "object"})}},
    ),
)  # fmt: skip
def import_file(
    request: HttpRequest,
    table: Annotated[TableName, Query(description="what its rows are")],
    mapping_name: Annotated[
        str | None,
        Query(
            alias="mapping",
            max_length=120,
            pattern=r"^[^\u0000]*$",
            description="a saved mapping; without one columns go by their names",
        ),
    ] = None,
    dry: Annotated[bool, Query(description="try it: nothing is changed")] = False,
    name: Annotated[
        str, Query(max_length=200, pattern=r"^[^\u0000]*$", description="name of the file")
    ] = "file",
) -> HttpResponse:
    """The body is the file itself: CSV however it was written, JSON, or JSON Lines. Every row is taken, found unchanged, or set
    aside with its line and reason; the same file again changes nothing. A long one goes on after the answer (`finished_at` null):
    ask for the import until it is finished."""
    actor = acting(request, how="import")
    plan = mapping.saved(actor.agency, mapping_name) if mapping_name else None
    if plan is not None and plan.table != table:
        raise Bad(422, f"expected a mapping of {table}, found one of {plan.table}", "mapping")
    try:
        upload = uploads.hand_in(actor, name, request, most=settings.IMPORT_MAX_BYTES, plan=plan)
    except RawPostDataException:
        raise Bad(400, "expected the file as the body, found a form") from None
    if plan is None:
        plan = mapping.Plan(table, mapping.propose(table, uploads.sheet_of(upload).columns))
    return answer(_run(later.start(actor, plan, upload, dry=dry)), 201)


@router.get(
    "/imports",
    auth=Token("import_files"),
    tags=["imports"],
    summary="Imports so far",
    operation_id="imports",
    openapi_extra=says(listed(RUN), 401, 403, 422, 429),
)
def imports(request: HttpRequest, after: After = 0, limit: Limit = 100) -> HttpResponse:
    """Oldest first, trials too."""
    rows = ImportRun.objects.filter(agency=acting(request).agency, pk__gt=after).order_by("pk")
    return answer([_run(one) for one in rows[:limit]])


@router.get(
    "/imports/{int:number}",
    auth=Token("import_files"),
    tags=["imports"],
    summary="An import",
    operation_id="import",
    openapi_extra=says(RUN, 401, 403, 404, 429),
)
def one_import(request: HttpRequest, number: int) -> HttpResponse:
    """How many rows were read, taken, unchanged, set aside: the first is always the sum of the others."""
    return answer(_run(found(request, ImportRun, pk=number)))


@router.get(
    "/import-rows",
    auth=Token("import_files"),
    tags=["imports"],
    summary="Rows set aside",
    operation_id="import_rows",
    openapi_extra=says(listed(ROW), 401, 403, 422, 429),
)
def import_rows(
    request: HttpRequest,
    run: Annotated[
        int | None, Query(ge=0, le=2**62, description="of one import, those dealt with too")
    ] = None,
    after: After = 0,
    limit: Limit = 100,
) -> HttpResponse:
    """Those that wait, of every import; or all of one."""
    rows = ImportRow.objects.filter(agency=acting(request).agency, pk__gt=after)
    rows = rows.filter(done_at=None) if run is None else rows.filter(run=run)
    return answer([_row(one) for one in rows.order_by("pk")[:limit]])


@router.post(
    "/import-rows/{int:number}/take",
    auth=Token("import_files"),
    tags=["imports"],
    summary="Take a row that was set aside",
    operation_id="take_row",
    openapi_extra=says(ROW, 400, 401, 403, 404, 413, 422, 429),
)
def take_row(request: HttpRequest, number: int, body: Cells) -> HttpResponse:
    """With some of its cells mended, such as the booking number it belongs to."""
    row = found(request, ImportRow, pk=number)
    return answer(_row(importing.take_again(acting(request, how="import"), row, dict(body.cells))))


@router.post(
    "/import-rows/{int:number}/put-down",
    auth=Token("import_files"),
    tags=["imports"],
    summary="Put a row down",
    operation_id="put_row_down",
    openapi_extra=says(ROW, 400, 401, 403, 404, 413, 422, 429),
)
def put_row_down(request: HttpRequest, number: int, body: Because) -> HttpResponse:
    """It shall not be taken, and why."""
    row = found(request, ImportRow, pk=number)
    return answer(_row(importing.put_down(acting(request, how="import"), row, because=body.because)))


def _mapping(saved: ImportMapping) -> dict[str, Any]:
    return {"name": saved.name, "table": saved.table, **saved.columns}


@router.get(
    "/mappings",
    auth=Token("import_files"),
    tags=["imports"],
    summary="Saved mappings",
    operation_id="mappings",
    openapi_extra=says(listed(MAPPING), 401, 403, 429),
)
def mappings(request: HttpRequest) -> HttpResponse:
    """Which column of a jail's file is which field, by name."""
    return answer(
        [
            _mapping(one)
            for one in ImportMapping.objects.filter(agency=acting(request).agency).order_by("name")
        ]
    )


@router.put(
    "/mappings/{name}",
    auth=Token("import_files"),
    tags=["imports"],
    summary="Save a mapping",
    operation_id="save_mapping",
    openapi_extra=says(MAPPING, 400, 401, 403, 413, 422, 429),
)
def save_mapping(request: HttpRequest, name: Name, body: MappingIn) -> HttpResponse:
    """`columns`: column to field; `values`: field to what the jail's own words mean. One of that name is replaced."""
    plan = mapping.Plan.of(body.table, {"columns": body.columns, "values": body.values})
    return answer(_mapping(mapping.save(acting(request), name, plan)))


# ---------------------------------------------------------------------------------------------------------- exports


@router.get(
    "/exports/files",
    auth=Token("export_files"),
    tags=["exports"],
    summary="All files that you may see",
    operation_id="export_files",
    openapi_extra=says(listed({"type": "object"}), 401, 403, 429),
)
def export_files(request: HttpRequest) -> StreamingHttpResponse:
    """Each whole, as one JSON array, sent while it is read. An event of the record."""
    return _streamed(exporting.all_files(acting(request)), "application/json", "files.json")


@router.get(
    "/exports/files/{int:booking}",
    auth=Token("export_files"),
    tags=["exports"],
    summary="A file whole",
    operation_id="export_file",
    openapi_extra=says(
        thing("agency", "booking", "grounds", "charges", "requests", "answers", "record"), 401, 403, 404, 429
    ),
)
def export_file(request: HttpRequest, booking: int) -> HttpResponse:
    """Everything that stands on it and every event of the record about it. An event of the record."""
    held = found(request, Booking.objects.select_related("person", "agency"), pk=booking)
    return answer(exporting.one_file(acting(request), held))


@router.get(
    "/exports/files/{int:booking}/niem",
    auth=Token("export_files"),
    tags=["exports"],
    summary="A file as NIEM 6.0 JSON",
    operation_id="export_niem",
    openapi_extra=says(
        thing("@context", "j:Booking", "j:Charge", "j:DetainerNotificationRequest"), 401, 403, 404, 429
    ),
)
def export_niem(request: HttpRequest, booking: int) -> HttpResponse:
    """`j:Booking`, `j:Charge`, `j:DetainerNotificationRequest`, `im:DetainerLiftReason`. An event of the record."""
    held = found(request, Booking.objects.select_related("person", "agency"), pk=booking)
    return answer(niem.niem(acting(request), held))


@router.get(
    "/exports/tables/{table}",
    auth=Token("export_files"),
    tags=["exports"],
    summary="A table as CSV",
    operation_id="export_table",
    openapi_extra=says({"type": "string"}, 401, 403, 422, 429, media="text/csv"),
)
def export_table(request: HttpRequest, table: ExportTable) -> StreamingHttpResponse:
    """Formula-safe: a cell that a spreadsheet would calculate begins with an apostrophe. An event of the record."""
    return _streamed(exporting.table_csv(acting(request), table), "text/csv; charset=utf-8", f"{table}.csv")


# ----------------------------------------------------------------------------------------------------------- record


@router.get(
    "/record/{int:number}/proof",
    auth=Token("see_log"),
    tags=["record"],
    summary="The proof of an event",
    operation_id="proof",
    openapi_extra=says(thing("checkpoint", "events"), 401, 403, 404, 409, 429),
)
def event_proof(request: HttpRequest, number: int) -> HttpResponse:
    """Its exact text and the path of hashes to the newest signed root; docs/verifier.py checks it with nothing of ours."""
    leaf = Leaf.objects.filter(number=number, event__agency_id=acting(request).agency.pk).first()
    if leaf is None:
        raise Bad(404, f"the record of your agency has no event {number} that you may see", "number")
    try:
        return answer(proof([number]))
    except NoProof as error:
        raise Bad(409, str(error)) from None


# --------------------------------------------------------------------------------------------------------- webhooks


def _webhook(webhook: Webhook) -> dict[str, Any]:
    return {"id": webhook.pk, "url": webhook.url, "kinds": webhook.kinds, "active": webhook.active}


def _delivery(delivery: WebhookDelivery, kind: str) -> dict[str, Any]:
    names = ("tries", "next_at", "delivered_at", "given_up_at", "last_answer")
    return {
        "id": delivery.pk,
        "webhook": delivery.webhook_id,
        "kind": kind,
        **{name: plain(getattr(delivery, name)) for name in names},
    }


@router.get(
    "/webhooks",
    auth=Token("manage_connections"),
    tags=["webhooks"],
    summary="Webhooks",
    operation_id="webhooks",
    openapi_extra=says(listed(WEBHOOK), 401, 403, 429),
)
def list_webhooks(request: HttpRequest) -> HttpResponse:
    """Where events are sent. Secrets are not shown again."""
    return answer([_webhook(one) for one in webhooks.of(acting(request).agency)])


@router.post(
    "/webhooks",
    auth=Token("manage_connections"),
    tags=["webhooks"],
    summary="Make a webhook",
    operation_id="make_webhook",
    openapi_extra=says(
        thing("id", "url", "kinds", "active", "secret"), 400, 401, 403, 413, 422, 429, status=201
    ),
)
def make_webhook(request: HttpRequest, body: WebhookIn) -> HttpResponse:
    """The answer holds the secret that deliveries are signed with, this once."""
    made = webhooks.make(acting(request), url=body.url, kinds=body.kinds)
    return answer({**_webhook(made), "secret": made.secret}, 201)


@router.patch(
    "/webhooks/{int:number}",
    auth=Token("manage_connections"),
    tags=["webhooks"],
    summary="Change a webhook",
    operation_id="change_webhook",
    openapi_extra=says(WEBHOOK, 400, 401, 403, 404, 413, 422, 429),
)
def change_webhook(request: HttpRequest, number: int, body: WebhookChange) -> HttpResponse:
    """Only the fields that are sent. `active` false gives up what waits."""
    held = found(request, Webhook, pk=number)
    return answer(
        _webhook(webhooks.change(acting(request), held, url=body.url, kinds=body.kinds, active=body.active))
    )


@router.post(
    "/webhooks/{int:number}/secret",
    auth=Token("manage_connections"),
    tags=["webhooks"],
    summary="A new secret",
    operation_id="renew_secret",
    openapi_extra=says(thing("id", "secret"), 401, 403, 404, 429),
)
def renew_secret(request: HttpRequest, number: int) -> HttpResponse:
    """The old one is worth nothing from now on."""
    renewed = webhooks.renew(acting(request), found(request, Webhook, pk=number))
    return answer({**_webhook(renewed), "secret": renewed.secret})


@router.get(
    "/deliveries",
    auth=Token("manage_connections"),
    tags=["webhooks"],
    summary="Deliveries",
    operation_id="deliveries",
    openapi_extra=says(listed(DELIVERY), 401, 403, 422, 429),
)
def deliveries(request: HttpRequest, after: After = 0, limit: Limit = 100) -> HttpResponse:
    """What was sent, what waits and what was given up, with the last answer."""
    rows = list(
        WebhookDelivery.objects.filter(agency=acting(request).agency, pk__gt=after).order_by("pk")[:limit]
    )
    kinds = webhooks.kinds_of(rows)
    return answer([_delivery(one, kinds.get(one.event, "")) for one in rows])


@router.post(
    "/deliveries/{int:number}/again",
    auth=Token("manage_connections"),
    tags=["webhooks"],
    summary="Send once more what was given up",
    operation_id="try_again",
    openapi_extra=says(DELIVERY, 401, 403, 404, 422, 429),
)
def try_again(request: HttpRequest, number: int) -> HttpResponse:
    """It goes out within a minute."""
    held = webhooks.try_again(acting(request), found(request, WebhookDelivery, pk=number))
    return answer(_delivery(held, webhooks.kinds_of([held]).get(held.event, "")))
