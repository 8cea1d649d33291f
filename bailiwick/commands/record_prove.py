"""`bailiwick record prove`, `sample`, `consistency`: what is handed to somebody outside, as JSON."""

from __future__ import annotations

from typing import Annotated

import typer

from bailiwick.commands.desk import open_desk
from bailiwick.commands.errors import BadInput


def prove(
    events: Annotated[list[str], typer.Argument(metavar="EVENT...", help="Numbers of events.")],
) -> None:
    """Prove that events are in the record: their exact text, and the path of hashes from each to the newest signed root.

    Prints JSON, which docs/verifier.py checks with nothing of ours.
    """
    numbers = [whole("EVENT", event) for event in events]
    open_desk()
    from bailiwick.commands.rendering import write_json
    from bailiwick.record.proofs import NoProof, proof

    try:
        write_json(proof(numbers))
    except (NoProof, LookupError) as error:
        raise BadInput("record", str(error)) from None


def sample(
    seed: Annotated[
        str | None, typer.Option("--seed", metavar="TEXT", help="The seed, chosen by who checks.")
    ] = None,
    count: Annotated[
        str | None, typer.Option("--count", metavar="N", help="How many events; 40 when not given.")
    ] = None,
) -> None:
    """Prove events drawn with somebody's own seed, so that the jail cannot choose what is looked at.

    Which events a seed draws from a record of a size is fixed: docs/explanation/record.md. Prints JSON as `prove` does.
    """
    if not seed:
        raise BadInput("--seed", "expected a text chosen by who checks, found nothing")
    wanted = 40 if count is None else whole("--count", count)
    open_desk()
    from bailiwick.commands.rendering import write_json
    from bailiwick.record import proofs

    try:
        signed = proofs.newest()
        write_json(proofs.proof(proofs.sample(seed, wanted, signed.size), signed))
    except (proofs.NoProof, LookupError) as error:
        raise BadInput("record", str(error)) from None


def consistency(
    size1: Annotated[str, typer.Argument(metavar="SIZE1", help="Events of the older checkpoint.")],
    size2: Annotated[str, typer.Argument(metavar="SIZE2", help="Events of the newer checkpoint.")],
) -> None:
    """Prove that the record of one checkpoint is the beginning of that of a later one: nothing before was changed.

    Prints JSON, which docs/verifier.py checks with nothing of ours.
    """
    old, new = whole("SIZE1", size1), whole("SIZE2", size2)
    open_desk()
    from bailiwick.commands.rendering import write_json
    from bailiwick.record import proofs

    try:
        write_json(proofs.consistency(old, new))
    except (proofs.NoProof, LookupError) as error:
        raise BadInput("record", str(error)) from None


def whole(where: str, given: str) -> int:
    """A whole number from 0. Raises BadInput."""
    if not given.isascii() or not given.isdigit() or len(given) > 18:
        raise BadInput(where, f"expected a whole number, found '{given}'")
    return int(given)
