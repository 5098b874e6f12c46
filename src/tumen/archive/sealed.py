"""Sealed fields: values that only a key of their owner can open.

A sealed value is `format (1) | sealing number (4) | nonce (12) | AES-256-GCM ciphertext and tag`, with the record's
id, the field's name and the sealing number as associated data, so that a value cannot be moved to another record or
field unnoticed. The key belongs to the owner (a party, a source, an object), lives in `identity-keys.db`, and is the
same for the live row and for every old version: destroying it erases them all at once.

A model attribute holds the ciphertext. Nothing opens by being printed: `open_value` is called by name, by the guard.

A value that must go while its owner's key stays (what was first put down to somebody else, a chain that names her) is
replaced by a tombstone, `0 (1) | SHA-256 of the ciphertext`. Digests of changes cover sealed values by that hash, so a
change whose values were taken away can still be verified.
"""

from __future__ import annotations

import hmac
import os
import struct
import unicodedata
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import models

from tumen.archive import folder
from tumen.archive.errors import DamagedKeys, Erased

TOMBSTONE = b"\0"
FORMAT = 1
ANYBODY = ""
"""What is shown to whoever sees the record: sealed so that it can be erased, and from nobody in the archive."""
_HEAD = struct.Struct(">BI")
_TOMBSTONE_SIZE = 33
_DATA = struct.Struct(">QI")


class SealedField(models.BinaryField):
    """A nullable column of ciphertext.

    `owner` names the attribute that holds the id whose key seals it, `shows` the class of what is inside
    (narrative, identity, notes), which a mask must hold for it to be opened, or ANYBODY. `max_length` is that of the
    plain text, for forms.
    """

    def __init__(self, *args: Any, owner: str = "id", shows: str = "identity", **kwargs: Any) -> None:
        kwargs.setdefault("null", True)
        kwargs.setdefault("editable", True)
        super().__init__(*args, **kwargs)
        self.owner, self.shows = owner, shows

    def deconstruct(self) -> Any:
        """Tell migrations about `owner`."""
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "owner": self.owner}


def seal_value(key: bytes, record: int, field: str, number: int, value: str) -> bytes:
    """Return the ciphertext of `value` in `field` of `record`; `number` counts its sealings."""
    nonce = os.urandom(12)
    data = _DATA.pack(record, number) + field.encode()
    return _HEAD.pack(FORMAT, number) + nonce + AESGCM(key).encrypt(nonce, value.encode(), data)


def open_value(key: bytes, record: int, field: str, sealed: bytes | memoryview) -> str:
    """Return the value.

    Raises DamagedKeys when it was moved, altered, or sealed under another key, Erased when it was taken away.
    """
    sealed = bytes(sealed)
    if is_tombstone(sealed):
        raise Erased(f"What stood in {field} of {record} was erased.")
    try:
        form, number = _HEAD.unpack_from(sealed)
        if form != FORMAT:
            raise DamagedKeys(f"record {record}, {field}: sealed by another version of Tumen (format {form})")
        data = _DATA.pack(record, number) + field.encode()
        return AESGCM(key).decrypt(sealed[5:17], sealed[17:], data).decode()
    except (InvalidTag, struct.error, ValueError) as error:
        raise DamagedKeys(f"record {record}, {field}: the sealed value does not fit its record or key") from error


def tombstone(sealed: bytes | memoryview) -> bytes:
    """Return what takes the place of a sealed value that is erased; of a tombstone, itself."""
    sealed = bytes(sealed)
    return sealed if is_tombstone(sealed) else TOMBSTONE + sha256(sealed).digest()


def is_tombstone(sealed: bytes | memoryview) -> bool:
    """Say whether a sealed value was taken away for good."""
    return len(sealed) == _TOMBSTONE_SIZE and bytes(sealed[:1]) == TOMBSTONE  # ciphertext is at least a byte longer


def fold(value: str) -> str:
    """Return `value` as a blind index sees it: NFKC, case-folded, without spaces, hyphens, dots and apostrophes."""
    text = unicodedata.normalize("NFKC", value).casefold()
    return "".join(char for char in text if char.isalnum())


def blind(purpose: str, value: str) -> bytes:
    """Return the keyed hash under which `value` can be found again, equal values alike within one purpose."""
    key = folder.current().key.derive(f"blind:{purpose}")
    return hmac.new(key, fold(value).encode(), sha256).digest()[:16]
