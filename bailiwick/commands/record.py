"""`bailiwick record`: the append-only record and its proofs."""

from __future__ import annotations

from typing import ClassVar

import typer

from bailiwick.commands.lazy import Lazy, LazyGroup

HELP = """
Check the record, and prove to others that it was not changed.

Everything done at the desk appends one event to the record, and the record is a tree of hashes whose root is
signed every hour. Whoever holds a signed root can check any event against it without trusting the jail.

\b
Once: make the key that signs, and give away its public half
  bailiwick record key record.example-county.gov > record.key
  bailiwick record key --public
Check everything:
  bailiwick record verify
Answer a monitor who sent a seed:
  bailiwick record sample --seed 'from the monitor' --count 40 > proof.json

All read DATABASE_URL. The signing key is BAILIWICK_RECORD_KEY: its line, or the file that holds it.
"""


class Record(LazyGroup):
    lazy: ClassVar[dict[str, Lazy]] = {
        "verify": Lazy("bailiwick.commands.record_verify:verify", "Check the whole record."),
        "prove": Lazy("bailiwick.commands.record_prove:prove", "Prove that events are in the record."),
        "sample": Lazy(
            "bailiwick.commands.record_prove:sample", "Prove events drawn with somebody's own seed."
        ),
        "consistency": Lazy(
            "bailiwick.commands.record_prove:consistency",
            "Prove that the record only grew between two checkpoints.",
        ),
        "checkpoint": Lazy("bailiwick.commands.record_keep:checkpoint", "Sign the record as it is now."),
        "stamp": Lazy(
            "bailiwick.commands.record_stamp:stamp",
            "Have the newest checkpoint stamped by a third party's clock.",
        ),
        "export": Lazy("bailiwick.commands.record_keep:export", "Write every event, one a line."),
        "key": Lazy("bailiwick.commands.record_keep:key", "Make the key that signs checkpoints."),
    }


app = typer.Typer(cls=Record, help=HELP, rich_markup_mode=None, add_completion=False, no_args_is_help=True)


@app.callback()
def _record() -> None:
    pass
