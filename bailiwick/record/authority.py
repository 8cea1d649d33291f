"""Asking a time stamping authority (RFC 3161 over HTTP, section 3.4) for a stamp over a checkpoint, and keeping it."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

from bailiwick.record.models import Checkpoint, Stamp
from bailiwick.record.stamps import CERTIFICATES, Authorities, BadSetting, BadStamp, check_stamp, trusted

#: The address of the authority.
SERVER = "BAILIWICK_STAMP_SERVER"
#: Seconds for the whole answer, and the most bytes of it: those in use have 2 to 8 KiB.
PATIENCE, MOST = 20, 64 * 1024


class NotStamped(Exception):
    """No stamp was got, and why. The record is as it was."""


@dataclass(frozen=True, slots=True)
class Authority:
    """Who is asked, and whose certificates its answers are checked with."""

    address: str
    trusted: Authorities


def authority() -> Authority | None:
    """The authority of this installation; None where BAILIWICK_STAMP_SERVER is empty. Raises BadSetting."""
    address = os.environ.get(SERVER, "")
    if not address:
        return None
    if not address.startswith(("http://", "https://")):
        raise BadSetting(SERVER, "expected an address that begins with http:// or https://, found another")
    known = trusted()
    if known is None:
        raise BadSetting(
            CERTIFICATES,
            f"expected the certificates that are trusted to stamp, since {SERVER} is set; found nothing",
        )
    return Authority(address, known)


def stamp(checkpoint: Checkpoint, asked: Authority) -> Stamp:
    """Ask for a stamp over a checkpoint, check it, and keep it beside. Raises NotStamped; nothing is kept then.

    The digest of the note is all that leaves the house. Not to be called inside a transaction: an authority may take its time.
    """
    builder = TimestampRequestBuilder().data(checkpoint.note.encode()).hash_algorithm(HashAlgorithm.SHA256)
    question = builder.build()
    answer = _ask(asked.address, question.as_bytes())
    try:
        at = check_stamp(answer, checkpoint.note, checkpoint.at, asked.trusted, question.nonce)
    except BadStamp as error:
        raise NotStamped(f"expected a good stamp from {asked.address}, found that {error}") from None
    return Stamp.objects.create(checkpoint=checkpoint, at=at, answer=answer)


def _ask(address: str, question: bytes) -> bytes:
    headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
    end = time.monotonic() + PATIENCE
    try:
        with urlopen(Request(address, data=question, headers=headers), timeout=PATIENCE / 2) as reply:
            return _read(reply, end)
    except HTTPError as error:
        found = f"HTTP status {error.code}"
    except TimeoutError:
        found = f"nothing within {PATIENCE} seconds"
    except (OSError, HTTPException, ValueError) as error:
        found = str(getattr(error, "reason", "") or error or type(error).__name__)
    raise NotStamped(
        f"expected an answer from {address}, found: {found}; nothing was changed, try again later"
    )


def _read(reply: Any, end: float) -> bytes:
    """What the authority says, read as it comes, so that one that dribbles does not hold us."""
    said = b""
    while part := reply.read1(MOST):
        said += part
        if len(said) > MOST:
            raise ValueError(f"more than {MOST} bytes")
        if time.monotonic() > end:
            raise TimeoutError
    return said
