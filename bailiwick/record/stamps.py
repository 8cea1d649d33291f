"""Time stamps (RFC 3161) over signed checkpoints: what a stamp is, and how one is checked.

A stamp is the answer of a time stamping authority, kept as it came (DER). The authority has signed the digest of the whole note,
its signature line with it, together with its own time. So a stamp shows, by a clock that is not the county's, that the checkpoint
existed by then. `openssl ts -verify` checks the same without anything of ours.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from rfc3161_client import (
    PKIStatus,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from bailiwick.record.der import with_certificates_sorted

#: A file of the certificates (PEM) that are trusted to stamp.
CERTIFICATES = "BAILIWICK_STAMP_CERTIFICATES"
#: So far may the clock of the county run ahead of the authority's.
AHEAD = timedelta(seconds=60)


class BadStamp(ValueError):
    """An answer that is no good stamp of this checkpoint, and why."""


class BadSetting(ValueError):
    """A setting or file that cannot be used: where it stands, and why."""

    def __init__(self, where: str, says: str) -> None:
        super().__init__(f"{where}: {says}")
        self.where, self.says = where, says


@dataclass(frozen=True, slots=True)
class Authorities:
    """Whose stamps count. `roots` end a chain; `between` may stand in one, between a root and what an answer brings itself."""

    roots: tuple[x509.Certificate, ...]
    between: tuple[x509.Certificate, ...] = ()


def read_authorities(file: str) -> Authorities:
    """The certificates of a file (PEM), one after another; those that signed themselves are the roots. Raises BadSetting."""
    try:
        found = x509.load_pem_x509_certificates(Path(file).read_bytes())
    except OSError as error:
        raise BadSetting(file, f"expected a file of certificates, found: {error.strerror}") from None
    except (ValueError, x509.InvalidVersion):
        raise BadSetting(file, "expected certificates in PEM, found none that can be read") from None
    roots = tuple(one for one in found if one.subject == one.issuer)
    if not roots:
        raise BadSetting(
            file,
            "expected the root certificate of the authority, found only others; add the one that signed itself",
        )
    return Authorities(roots, tuple(one for one in found if one not in roots))


def trusted() -> Authorities | None:
    """The authorities of this installation; None where BAILIWICK_STAMP_CERTIFICATES is not set. Raises BadSetting."""
    file = os.environ.get(CERTIFICATES, "")
    return read_authorities(file) if file else None


def check_stamp(
    answer: bytes, note: str, at: datetime, authorities: Authorities, nonce: int | None = None
) -> datetime:
    """Check one stamp.

    Args:
        answer: of the authority, in DER.
        note: the signed note of the checkpoint.
        at: the instant that the checkpoint says.
        authorities: whose stamps count. Certificates need to have been good when the stamp was made, not today.
        nonce: what was sent along, when the answer has just come; an answer to another question has another.

    Returns the instant of the stamp (UTC). Raises BadStamp.
    """
    response = _read(answer)
    verifier = VerifierBuilder(roots=list(authorities.roots), intermediates=list(authorities.between))
    if nonce is not None:
        verifier = verifier.nonce(nonce)
    try:
        verifier.build().verify_message(response, note.encode())
    except VerificationError as error:
        raise BadStamp(_why(str(error))) from None
    except (ValueError, x509.InvalidVersion) as error:
        raise BadStamp(f"it cannot be checked: {error}") from None
    when = _instant(response)
    if when + AHEAD < at:
        raise BadStamp(
            f"its time, {when:%Y-%m-%dT%H:%M:%SZ}, is before the checkpoint's, {at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}: "
            "one of the two clocks is wrong"
        )
    return when


def _read(answer: bytes) -> TimeStampResponse:
    try:
        response = decode_timestamp_response(with_certificates_sorted(answer))
    except ValueError:
        raise BadStamp(
            "expected the answer of a time stamping authority (RFC 3161), found something else"
        ) from None
    if response.status != PKIStatus.GRANTED:
        said = "; ".join(response.status_string)
        raise BadStamp(
            f"the authority refused (status {response.status})" + (f", saying: {said[:200]}" if said else "")
        )
    return response


def _instant(response: TimeStampResponse) -> datetime:
    try:
        return response.tst_info.gen_time.astimezone(UTC)
    except ValueError as error:
        raise BadStamp(f"expected a token with a time, found none that can be read: {error}") from None


#: What the library says, and what it means here.
_REASONS = {
    "Mismatch between messages": "it stamps something else: not the text of this checkpoint",
    "Nonce mismatch": "it answers another question: its nonce is not the one that was sent",
}


def _why(reason: str) -> str:
    if reason.startswith("Error while verifying certificates"):
        return "its signature is not of an authority whose certificates are trusted here"
    return _REASONS.get(reason, f"it is not accepted: {reason}")
