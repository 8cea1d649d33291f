"""`bailiwick record key`, `checkpoint`, `export`."""

from __future__ import annotations

import json
import sys
from base64 import b64encode
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from bailiwick.commands.desk import open_desk
from bailiwick.commands.errors import BadInput

if TYPE_CHECKING:
    from bailiwick.record.keys import Signer


def key(
    name: Annotated[
        str | None,
        typer.Argument(metavar="NAME", help="Whose record it is, without spaces: record.example-county.gov."),
    ] = None,
    public: Annotated[
        bool, typer.Option("--public", help="Print the public half of BAILIWICK_RECORD_KEY instead.")
    ] = False,
) -> None:
    """Make the key that signs checkpoints, and print it as one line. Keep it secret and away from the database.

    With --public, print what checks its signatures: give that to everybody.
    """
    try:
        from bailiwick.record.keys import BadKey, make_key
    except ModuleNotFoundError as error:
        raise BadInput("record", f"expected {error.name} to be installed; install bailiwick[desk]") from None
    if public:
        print(_signer().verifier)
        return
    if name is None:
        raise BadInput(
            "NAME", "expected whose record it is, such as record.example-county.gov, found nothing"
        )
    try:
        print(make_key(name))
    except BadKey as error:
        raise BadInput("NAME", str(error)) from None


def checkpoint() -> None:
    """Sign the record as it is now, and print the checkpoint. The worker does it every hour.

    Publish checkpoints, or send them to whoever may ask one day: a record that was changed agrees with none of them.
    """
    signer = _signer()
    open_desk()
    from bailiwick.record.checkpoints import sign_checkpoint

    sys.stdout.write(sign_checkpoint(signer, datetime.now(UTC)).note)


def export() -> None:
    """Write every event and checkpoint as JSON Lines: `{"number", "body"}`, then `{"checkpoint", "stamps"}`.

    Stamps are answers of time stamping authorities (RFC 3161) in Base64.

    The SHA-256 of a zero byte and the body, in UTF-8, is the hash of the event in the tree.
    """
    open_desk()
    from django.db import transaction

    from bailiwick.record.models import Checkpoint, Leaf

    with transaction.atomic():
        leaves = Leaf.objects.order_by("number").values_list("number", "event__body")
        for number, body in leaves.iterator(chunk_size=5000):
            sys.stdout.write(json.dumps({"number": number, "body": body}, ensure_ascii=False) + "\n")
        for checkpoint in Checkpoint.objects.order_by("size").prefetch_related("stamps"):
            stamps = [b64encode(one.answer).decode() for one in checkpoint.stamps.all()]
            said = {"checkpoint": checkpoint.note, "stamps": stamps}
            sys.stdout.write(json.dumps(said, ensure_ascii=False) + "\n")


def _signer() -> Signer:
    from bailiwick.record.keys import VARIABLE, BadKey, signing_key

    try:
        signer = signing_key()
    except (BadKey, OSError) as error:
        raise BadInput(VARIABLE, str(error)) from None
    if signer is None:
        raise BadInput(
            VARIABLE,
            "expected the signing key or its file, found nothing; make one with: bailiwick record key NAME",
        )
    return signer
