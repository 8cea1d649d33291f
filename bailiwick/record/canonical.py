"""Canonical JSON (RFC 8785) and the leaf hash of an event (RFC 6962, section 2.1): one text, one hash."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

#: Beyond this a number is not the same in every reader of JSON (RFC 8785, section 3.1).
MOST = 2**53 - 1


def canonical(value: Any) -> str:
    """The one JSON text of a value: keys sorted by their UTF-16 units, no spaces, no escapes that are not needed.

    Raises ValueError for what has no single text: a float, a number beyond 2^53 - 1, a key that is no text, a lone surrogate,
    or anything JSON does not know.
    """
    text = json.dumps(_sorted(value, "$"), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise ValueError(
            f"canonical JSON: expected Unicode text, found a lone surrogate at {error.start}"
        ) from None
    return text


def _sorted(value: Any, where: str) -> Any:
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, int):
        if abs(value) > MOST:
            raise ValueError(f"canonical JSON: {where}: expected a number up to 2^53 - 1, found {value}")
        return int(value)
    if isinstance(value, dict):
        for key in value:
            if not isinstance(key, str):
                raise ValueError(f"canonical JSON: {where}: expected keys of text, found {key!r}")
        keys = sorted(value, key=_utf16)
        return {key: _sorted(value[key], f"{where}.{key}") for key in keys}
    if isinstance(value, list | tuple):
        return [_sorted(one, f"{where}[{n}]") for n, one in enumerate(value)]
    raise ValueError(
        f"canonical JSON: {where}: expected text, whole number, truth value, list or object, "
        f"found {type(value).__name__}; write numbers with a fraction as text"
    )


def _utf16(key: str) -> bytes:
    return key.encode("utf-16-be", "surrogatepass")


def leaf_hash(body: bytes) -> bytes:
    """SHA-256(0x00 || body), 32 bytes."""
    return sha256(b"\0" + body).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right), 32 bytes."""
    return sha256(b"\1" + left + right).digest()
