"""POST that creates something, safe to repeat: with an Idempotency-Key the same call again gets the same answer and changes
nothing (draft-ietf-httpapi-idempotency-key-header)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Header

from bailiwick.api.auth import acting
from bailiwick.api.errors import Bad
from bailiwick.custody.acting import Actor
from bailiwick.custody.models import ApiCall, User

#: How long an answer is kept.
KEPT = timedelta(days=7)
Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        pattern=r"^[!-~]+$",
        description="a text of your own; the same call again within 7 days gets the same answer and changes nothing",
    ),
]


def answer(data: Any, status: int = 200) -> HttpResponse:
    """JSON that nobody keeps."""
    response = JsonResponse(data, safe=False, status=status, json_dumps_params={"ensure_ascii": False})
    response["Cache-Control"] = "no-store"
    return response


@transaction.atomic
def once(request: HttpRequest, key: str | None, work: Callable[[Actor], Any]) -> HttpResponse:
    """201 with what `work` made; under a key that was used, the answer of then.

    Raises:
        Bad: 422, the key was used for another call.
    """
    actor = acting(request)
    if not key:
        return answer(work(actor), 201)
    assert isinstance(actor.user, User)
    digest = hashlib.sha256(
        f"{request.method} {request.get_full_path()}\n".encode() + request.body
    ).hexdigest()
    ApiCall.objects.filter(user=actor.user, at__lt=actor.at - KEPT).delete()
    # a second call at the same time waits here until the first is committed or undone
    call, new = ApiCall.objects.get_or_create(
        user=actor.user, key=key, defaults={"agency": actor.agency, "sha256": digest, "at": actor.at}
    )
    if not new:
        if call.sha256 != digest:
            raise Bad(
                422,
                "expected the call that this key was used for, found another; take a new key",
                "Idempotency-Key",
            )
        response = answer(call.answer, call.status)
        response["Idempotency-Replayed"] = "true"
        return response
    call.answer, call.status = work(actor), 201
    call.save(update_fields=["answer", "status"])
    return answer(call.answer, call.status)
