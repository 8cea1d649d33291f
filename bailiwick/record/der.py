"""Just enough of DER (X.690) to put the certificates of a time stamp in the order that a strict reader wants.

DER wants the elements of a SET sorted. OpenSSL, and authorities that run on it, write the certificates of a token as they come.
What is signed in a token does not cover that set, so sorting it changes nothing that anybody vouches for.
"""

from __future__ import annotations

from typing import NamedTuple

SEQUENCE, TAG_0 = 0x30, 0xA0
#: Where the certificates stand, as (place among its siblings, tag): TimeStampResp, its token, the token's content, SignedData,
#: certificates (after the version, the digests and what is signed). RFC 3161 section 2.4.2, RFC 5652 section 5.1.
CERTIFICATES = ((0, SEQUENCE), (1, SEQUENCE), (1, TAG_0), (0, SEQUENCE), (3, TAG_0))


class Element(NamedTuple):
    """One element: its tag, and the places where it, its contents and what follows it start."""

    tag: int
    start: int
    body: int
    end: int


def with_certificates_sorted(answer: bytes) -> bytes:
    """An answer of a time stamping authority with its certificates in order; any other bytes as they are."""
    start, end = 0, len(answer)
    try:
        for place, tag in CERTIFICATES:
            found = _elements(answer, start, end)
            if len(found) <= place or found[place].tag != tag:
                return answer
            start, end = found[place].body, found[place].end
        certificates = [answer[one.start : one.end] for one in _elements(answer, start, end)]
    except ValueError:
        return answer
    return answer[:start] + b"".join(sorted(certificates)) + answer[end:]


def _elements(raw: bytes, start: int, end: int) -> list[Element]:
    """The elements from `start` to `end`. Raises ValueError where one does not fit."""
    found = []
    while start < end:
        found.append(_element(raw, start, end))
        start = found[-1].end
    return found


def _element(raw: bytes, start: int, end: int) -> Element:
    if end - start < 2:
        raise ValueError("expected an element, found the end")
    length, body = raw[start + 1], start + 2
    if length & 0x80:
        count = length & 0x7F
        if not 1 <= count <= 4 or body + count > end:
            raise ValueError("expected a definite length of at most 4 bytes")
        length = int.from_bytes(raw[body : body + count], "big")
        body += count
    if body + length > end:
        raise ValueError("expected a whole element, found a part of one")
    return Element(raw[start], start, body, body + length)
