"""Data keys wrapped under the key-encryption key, which is replaced from time to time.

A wrapped key says under which number it is wrapped, so that a rotation can be broken off at any row and taken up again:
number (4 bytes) | nonce (12) | AES-256-GCM of the data key (48), associated data = owner. Keys of archives made before
there were key-encryption keys have no number in front; they are number 0.
"""

from __future__ import annotations

import secrets
import struct
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tumen.archive import folder, keys
from tumen.archive.errors import DamagedKeys

_NUMBER = struct.Struct(">I")
_UNNUMBERED = 12 + 32 + 16


@dataclass(frozen=True)
class Wrapping:
    """The key-encryption keys of one archive as ciphers, by number; new keys are wrapped under the highest."""

    ciphers: dict[int, AESGCM]

    @property
    def number(self) -> int:
        """The number of the newest key-encryption key."""
        return max(self.ciphers)

    def wrap(self, owner: int, key: bytes) -> bytes:
        """Wrap the data key of `owner`."""
        number, nonce = self.number, secrets.token_bytes(12)
        sealed = nonce + self.ciphers[number].encrypt(nonce, key, b"%d" % owner)
        return _NUMBER.pack(number) + sealed if number else sealed

    def unwrap(self, owner: int, wrapped: bytes) -> bytes:
        """Return the data key of `owner`. Raises DamagedKeys."""
        start = 0 if len(wrapped) == _UNNUMBERED else _NUMBER.size
        try:
            cipher = self.ciphers[number_of(wrapped)]
            return cipher.decrypt(wrapped[start : start + 12], wrapped[start + 12 :], b"%d" % owner)
        except (InvalidTag, ValueError, KeyError) as error:
            raise DamagedKeys(
                f"The key of {owner} does not open: identity-keys.db and keys.json are of different archives or days."
            ) from error


def number_of(wrapped: bytes) -> int:
    """Return the number of the key-encryption key under which a data key is wrapped."""
    return 0 if len(wrapped) == _UNNUMBERED else int(_NUMBER.unpack_from(wrapped)[0])


_known: tuple[folder.Archive, Wrapping] | None = None


def known() -> Wrapping:
    """Return the key-encryption keys of the open archive, as this process read them last."""
    archive = folder.current()
    return _known[1] if _known is not None and _known[0] == archive else read()


def read() -> Wrapping:
    """Read them again: another process may have rotated them."""
    global _known
    archive = folder.current()
    found = keys.encryption_keys(archive.folder, archive.key)
    _known = archive, Wrapping({number: AESGCM(key) for number, key in found.items()})
    return _known[1]


def _forget() -> None:
    global _known
    _known = None


folder.at_close(_forget)
