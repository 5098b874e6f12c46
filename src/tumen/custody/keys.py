"""Ed25519 keys in the text forms of C2SP signed-note: `name+id+base64` to verify with, `PRIVATE+KEY+...` to sign with.

The id is the beginning of a hash over name, algorithm and public key; it tells keys apart and protects nothing.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field
from enum import IntEnum
from hashlib import sha256

from cryptography.exceptions import InvalidSignature as _Invalid
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from tumen.custody.errors import MalformedKey

_PRIVATE = "PRIVATE+KEY+"


class Kind(IntEnum):
    """What a key signs: a note's text, or a checkpoint with the time at which it was seen."""

    NOTE = 0x01
    COSIGNATURE = 0x04


def is_name(name: str) -> bool:
    """Whether a key can be called so: not empty, no space of any script, no plus, no control character."""
    return bool(name) and "+" not in name and not any(c.isspace() or ord(c) < 0x20 or c == "\x7f" for c in name)


def from_base64(text: str) -> bytes:
    """Decode base64 that has exactly one spelling (RFC 4648, section 4); raises ValueError for any other."""
    data = base64.b64decode(text, validate=True)
    if base64.b64encode(data).decode() != text:
        raise binascii.Error("not the canonical spelling")
    return data


def to_base64(data: bytes) -> str:
    """Encode as standard base64 with padding."""
    return base64.b64encode(data).decode()


@dataclass(frozen=True)
class VerifierKey:
    """A public key with its name."""

    name: str
    kind: Kind
    public: bytes

    @property
    def id(self) -> bytes:
        """The key id: four bytes of SHA-256 over name, newline, algorithm byte and public key."""
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]

    @property
    def text(self) -> str:
        """The key as one writes it down, to be given to `parse`."""
        return f"{self.name}+{self.id.hex()}+{to_base64(bytes([self.kind]) + self.public)}"

    @classmethod
    def parse(cls, text: str) -> VerifierKey:
        """Read a verifier key; raises MalformedKey."""
        name, key_id, kind, public = _read(text, "verifier key")
        key = cls(name, kind, public)
        if key.id != key_id:
            raise MalformedKey(f"The id {key_id.hex()} does not belong to this key of {name}; was it copied in full?")
        return key

    def verifies(self, signature: bytes, message: bytes) -> bool:
        """Whether `signature` (64 bytes) is this key's over `message`."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except (_Invalid, ValueError):
            return False
        return True


@dataclass(frozen=True)
class SigningKey:
    """A private key with its name. Its text form is a secret; `repr` does not show it."""

    name: str
    kind: Kind
    seed: bytes = field(repr=False)

    @classmethod
    def generate(cls, name: str, kind: Kind = Kind.NOTE) -> SigningKey:
        """Make a new key; raises MalformedKey when the name cannot be one."""
        if not is_name(name):
            raise MalformedKey(f"{name!r} cannot name a key: no spaces, no plus, not empty.")
        return cls(name, kind, Ed25519PrivateKey.generate().private_bytes_raw())

    @classmethod
    def parse(cls, text: str) -> SigningKey:
        """Read a signing key; raises MalformedKey, whose message never holds the key."""
        if not text.startswith(_PRIVATE):
            raise MalformedKey(f"A signing key begins with {_PRIVATE}")
        name, key_id, kind, seed = _read(text.removeprefix(_PRIVATE), "signing key")
        key = cls(name, kind, seed)
        if key.verifier.id != key_id:
            raise MalformedKey(f"The id {key_id.hex()} does not belong to this key of {name}; was it copied in full?")
        return key

    @property
    def text(self) -> str:
        """The secret as one stores it."""
        return f"{_PRIVATE}{self.name}+{self.verifier.id.hex()}+{to_base64(bytes([self.kind]) + self.seed)}"

    @property
    def verifier(self) -> VerifierKey:
        """The public half."""
        public = Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw()
        return VerifierKey(self.name, self.kind, public)

    def sign(self, message: bytes) -> bytes:
        """Return the signature (64 bytes) over `message`."""
        return Ed25519PrivateKey.from_private_bytes(self.seed).sign(message)


def _read(text: str, what: str) -> tuple[str, bytes, Kind, bytes]:
    """Take a key's text apart into name, key id, kind and the 32 bytes of the key."""
    name, plus, rest = text.partition("+")
    key_id, second, encoded = rest.partition("+")
    if not (plus and second and is_name(name) and re.fullmatch("[0-9a-fA-F]{8}", key_id)):
        raise MalformedKey(f"A {what} reads name+id+base64, with an id of eight hexadecimal digits.")
    try:
        data = from_base64(encoded)
    except ValueError as failed:
        raise MalformedKey(f"The last part of the {what} of {name} is not base64.") from failed
    if data[:1] not in (b"\x01", b"\x04"):
        raise MalformedKey(f"The {what} of {name} is of an algorithm that is not read here; Ed25519 (1, 4) is.")
    if len(data) != 1 + 32:
        raise MalformedKey(f"The {what} of {name} has {len(data) - 1} bytes; an Ed25519 key has 32.")
    return name, bytes.fromhex(key_id), Kind(data[0]), data[1:]
