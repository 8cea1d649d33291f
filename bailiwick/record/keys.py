"""Keys of the record and signed notes (C2SP signed-note, Ed25519): who signs a checkpoint, and how it is checked.

A signing key is one line, `PRIVATE+KEY+NAME+ID+BASE64`; its verifier key, which is given away, `NAME+ID+BASE64`.
"""

from __future__ import annotations

import base64
import binascii
import os
import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

#: The algorithm's number in a signed note.
ED25519 = b"\1"
VARIABLE = "BAILIWICK_RECORD_KEY"
_NAME = re.compile(r"[^\s+]+")
_SIGNATURE = re.compile(r"^— (\S+) (\S+)$", re.MULTILINE)


class BadKey(ValueError):
    """A key that cannot be used, and why."""


@dataclass(frozen=True, slots=True)
class Verifier:
    """Checks signatures of one key."""

    name: str
    key: bytes

    @property
    def id(self) -> bytes:
        """The first 4 bytes of SHA-256(name || newline || 0x01 || key)."""
        return sha256(self.name.encode() + b"\n" + ED25519 + self.key).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(ED25519 + self.key).decode()}"

    def verify(self, note: str) -> bool:
        """Whether a note carries a good signature of this key."""
        text, _, signatures = note.rpartition("\n\n")
        for name, encoded in _SIGNATURE.findall(signatures):
            raw = _decoded(encoded)
            if name == self.name and raw[:4] == self.id:
                try:
                    Ed25519PublicKey.from_public_bytes(self.key).verify(raw[4:], (text + "\n").encode())
                except InvalidSignature:
                    continue
                return True
        return False


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs notes. `seed`: 32 bytes, kept secret."""

    name: str
    seed: bytes

    @property
    def verifier(self) -> Verifier:
        public = Ed25519PrivateKey.from_private_bytes(self.seed).public_key()
        return Verifier(self.name, public.public_bytes_raw())

    def __str__(self) -> str:
        key = base64.b64encode(ED25519 + self.seed).decode()
        return f"PRIVATE+KEY+{self.name}+{self.verifier.id.hex()}+{key}"

    def __repr__(self) -> str:
        return f"Signer({self.name!r})"

    def sign(self, text: str) -> str:
        """The signed note of a text that ends with a newline."""
        signature = Ed25519PrivateKey.from_private_bytes(self.seed).sign(text.encode())
        return f"{text}\n— {self.name} {base64.b64encode(self.verifier.id + signature).decode()}\n"


def make_key(name: str) -> str:
    """A new signing key as one line. Raises BadKey for a name with a space or a plus sign."""
    if not _NAME.fullmatch(name):
        raise BadKey(
            f"expected a name without spaces and plus signs, such as record.example-county.gov, found '{name}'"
        )
    return str(Signer(name, os.urandom(32)))


def read_signer(line: str) -> Signer:
    """A signing key from its line. Raises BadKey."""
    words = line.strip().split("+", 4)
    if len(words) != 5 or words[:2] != ["PRIVATE", "KEY"]:
        raise BadKey("expected a line PRIVATE+KEY+NAME+ID+BASE64; make one with: bailiwick record key NAME")
    signer = Signer(words[2], _key(words[4]))
    if signer.verifier.id.hex() != words[3]:
        raise BadKey("the key does not belong to its name: its line was changed")
    return signer


def read_verifier(line: str) -> Verifier:
    """A verifier key from its line. Raises BadKey."""
    words = line.strip().split("+", 2)
    if len(words) != 3 or line.startswith("PRIVATE+"):
        raise BadKey("expected a line NAME+ID+BASE64, as `bailiwick record key --public` prints it")
    verifier = Verifier(words[0], _key(words[2]))
    if verifier.id.hex() != words[1]:
        raise BadKey("the key does not belong to its name: its line was changed")
    return verifier


def signing_key() -> Signer | None:
    """The key of this installation: BAILIWICK_RECORD_KEY is its line or a file that holds it; None where it is not set.

    Raises BadKey; OSError where the file cannot be read.
    """
    given = os.environ.get(VARIABLE, "")
    if not given:
        return None
    return read_signer(given if given.startswith("PRIVATE+") else Path(given).read_text(encoding="utf-8"))


def _key(encoded: str) -> bytes:
    raw = _decoded(encoded)
    if len(raw) != 33 or raw[:1] != ED25519:
        raise BadKey("expected an Ed25519 key: 33 bytes in Base64, the first of them 1")
    return raw[1:]


def _decoded(encoded: str) -> bytes:
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return b""
