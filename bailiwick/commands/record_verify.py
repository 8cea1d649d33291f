"""`bailiwick record verify`: the whole record, text by text."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bailiwick.commands.desk import open_desk
from bailiwick.commands.errors import DONE, FINDING, BadInput
from bailiwick.commands.options import Format, FormatOption, read_format

if TYPE_CHECKING:
    from bailiwick.record.keys import Verifier
    from bailiwick.record.stamps import Authorities
    from bailiwick.record.verifying import Report

KeyOption = Annotated[
    list[str] | None,
    typer.Option(
        "--key",
        metavar="KEY",
        help="Public key of the record, or a file that holds it; the one of BAILIWICK_RECORD_KEY when not given. "
        "May be given several times.",
    ),
]


def verify(
    key: KeyOption = None,
    checkpoint: Annotated[
        list[str] | None,
        typer.Option(
            "--checkpoint",
            metavar="FILE",
            help="A signed checkpoint kept elsewhere; the record must still agree with it. May be given several times.",
        ),
    ] = None,
    authority: Annotated[
        str | None,
        typer.Option(
            "--authority",
            metavar="FILE",
            help="Certificates that are trusted to stamp (PEM); those of BAILIWICK_STAMP_CERTIFICATES when not given.",
        ),
    ] = None,
    format: FormatOption = None,
) -> int:
    """Check the whole record: every event's text against its hash, the tree, every checkpoint, its signature and time stamps.

    Exit status 1 when anything was changed or removed; the first finding names the first event concerned.
    """
    wanted = read_format(format) or Format.TABLE
    held = [_text(name) for name in checkpoint or []]
    open_desk()
    from bailiwick.commands.rendering import progress
    from bailiwick.record.verifying import verify as check

    keys, authorities = read_keys(key), read_authorities(authority)
    with progress("events") as step:
        report = check(keys, held, step, authorities)
    _show(report, bool(keys), wanted)
    return FINDING if report.findings else DONE


def read_keys(given: list[str] | None) -> list[Verifier]:
    """The public keys given, or that of the installation; none where there is neither. Raises BadInput."""
    from bailiwick.record.keys import VARIABLE, BadKey, read_verifier, signing_key

    try:
        if not given:
            signer = signing_key()
            return [signer.verifier] if signer else []
    except (BadKey, OSError) as error:
        raise BadInput(VARIABLE, str(error)) from None
    try:
        return [read_verifier(line if line.count("+") >= 2 else _text(line)) for line in given]
    except BadKey as error:
        raise BadInput("--key", str(error)) from None


def read_authorities(given: str | None) -> Authorities | None:
    """The certificates given, or those of the installation; None where there are neither. Raises BadInput."""
    from bailiwick.record import stamps

    try:
        return stamps.read_authorities(given) if given else stamps.trusted()
    except stamps.BadSetting as error:
        raise BadInput(error.where, error.says) from None


def _text(name: str) -> str:
    try:
        return Path(name).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise BadInput(name, "expected a text in UTF-8, found something else") from None


def _show(report: Report, signed: bool, wanted: Format) -> None:
    from bailiwick.commands.rendering import Csv, Heading, Table, Text, show, write_json

    if wanted is Format.JSON:
        write_json(
            {
                "events": report.events,
                "checkpoints": report.checkpoints,
                "signatures_checked": report.signatures,
                "stamps": report.stamps,
                "stamps_checked": report.stamps_checked,
                "root": report.root,
                "findings": [{"event": f.event, "says": f.says} for f in report.findings],
            }
        )
    elif wanted is Format.CSV:
        out = Csv(("event", "says"))
        for finding in report.findings:
            out.row((finding.event, finding.says))
    else:
        verdict = "The record was changed" if report.findings else "The record is whole"
        signatures = (
            f"{report.signatures} signatures checked" if signed else "no signature checked: no key was given"
        )
        counts = f"{report.events:,} events, {report.checkpoints} checkpoints, {signatures}{_stamps(report)}."
        rows = [["" if f.event is None else str(f.event), f.says] for f in report.findings]
        table = [Table(("event", "what was found"), rows, right=(0,))] if rows else []
        show([Heading(verdict, first=True), Text(counts), *table])
    sys.stdout.flush()


def _stamps(report: Report) -> str:
    if not report.stamps:
        return ""
    if not report.stamps_checked:
        return f", {report.stamps} time stamps not checked: no certificates of an authority were given"
    return f", {report.stamps_checked} time stamps checked"
