"""`bailiwick evidence report`: a static site of one release."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bailiwick.commands.errors import DONE, BadInput
from bailiwick.commands.evidence_options import complaining, read_store


def report(
    out: Annotated[
        str, typer.Option("--out", metavar="DIR", help="An empty directory, or one that does not exist yet.")
    ],
    store: Annotated[
        str | None,
        typer.Option(
            "--store", metavar="DIR", help="A store; the release of 2015 that ships when not given."
        ),
    ] = None,
    release: Annotated[
        str | None,
        typer.Option("--release", metavar="NAME", help="Which release, where the store has several."),
    ] = None,
) -> int:
    """Write a static site of a release: questions, answers, doubts, pictures, tables, CSV, Parquet, provenance, commands.

    It is read without a server and without JavaScript. It holds counts only, small ones hidden, never a row. Made
    again from the same store it is the same to the byte.

    \b
    Of the release that ships:
      bailiwick evidence report --out site
    Of a release that was loaded:
      bailiwick evidence report --store store --release deportation-data --out site
    """
    from bailiwick.evidence.site import write_site

    given = read_store(store)
    try:
        with complaining():
            written = write_site(given, Path(out), release)
    except FileExistsError as error:
        raise BadInput("--out", str(error)) from None
    except OSError as error:
        raise BadInput("--out", f"expected a directory that can be written to; {error.strerror}") from None
    print(f"{len(written)} files in {out}; open {Path(out) / 'index.html'}")
    return DONE
