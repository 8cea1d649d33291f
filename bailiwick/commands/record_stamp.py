"""`bailiwick record stamp`: the newest checkpoint, stamped by the clock of a third party."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from bailiwick.commands.desk import open_desk
from bailiwick.commands.errors import BadInput


def stamp(
    out: Annotated[
        str | None,
        typer.Option(
            "--out", metavar="FILE", help="Also write the stamp there, as it came from the authority."
        ),
    ] = None,
) -> None:
    """Have the newest checkpoint stamped by the authority of BAILIWICK_STAMP_SERVER, and print the checkpoint.

    One that is stamped already keeps its stamp. The worker does it every hour. Whoever has the checkpoint, the stamp and the
    certificates of the authority checks them without us: openssl ts -verify -data CHECKPOINT -in STAMP -CAfile CERTIFICATES.
    """
    open_desk()
    from bailiwick.record import authority
    from bailiwick.record.models import Stamp
    from bailiwick.record.proofs import NoProof, newest
    from bailiwick.record.stamps import BadSetting

    try:
        asked = authority.authority()
        if asked is None:
            raise BadInput(
                authority.SERVER, "expected the address of a time stamping authority, found nothing"
            )
        checkpoint = newest()
        kept: Stamp = checkpoint.stamps.order_by("at").first() or authority.stamp(checkpoint, asked)
    except BadSetting as error:
        raise BadInput(error.where, error.says) from None
    except (authority.NotStamped, NoProof) as error:
        raise BadInput("record", str(error)) from None
    if out is not None:
        Path(out).write_bytes(bytes(kept.answer))
    sys.stdout.write(checkpoint.note)
    print(
        f"The checkpoint of {checkpoint.size:,} events was stamped at {kept.at:%Y-%m-%dT%H:%M:%SZ}.",
        file=sys.stderr,
    )
