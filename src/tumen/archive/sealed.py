"""Sealed fields: values that only a key of their owner can open.

A sealed value is `format (1) | sealing number (4) | nonce (12) | AES-256-GCM ciphertext and tag`, with the record's
id, the field's name and the sealing number as associated data, so that a value cannot be moved to another record or
field unnoticed. The key belongs to the owner (a party, a source, an object), lives in `identity-keys.db`, and is the
same for the live row and for every old version: destroying it erases them all at once.

A model attribute holds the ciphertext. Nothing opens by being printed: `open_value` is called by name, by the guard.
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
from tumen.archive.errors import DamagedKeys

FORMAT = 1
_HEAD = struct.Struct(">BI")
_DATA = struct.Struct(">QI")


class SealedField(models.BinaryField):
    """A nullable column of ciphertext.

    `owner` names the attribute that holds the id whose key seals it, `shows` the class of what is inside
    (narrative, identity, notes), which a mask must hold for it to be opened.
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
    """Return the value; raises DamagedKeys when it was moved, altered, or sealed under another key."""
    sealed = bytes(sealed)
    try:
        form, number = _HEAD.unpack_from(sealed)
        if form != FORMAT:
            raise DamagedKeys(f"record {record}, {field}: sealed by another version of Tumen (format {form})")
        data = _DATA.pack(record, number) + field.encode()
        return AESGCM(key).decrypt(sealed[5:17], sealed[17:], data).decode()
    except (InvalidTag, struct.error, ValueError) as error:
        raise DamagedKeys(f"record {record}, {field}: the sealed value does not fit its record or key") from error


def fold(value: str) -> str:
    """Return `value` as a blind index sees it: NFKC, case-folded, without spaces, hyphens, dots and apostrophes."""
    text = unicodedata.normalize("NFKC", value).casefold()
    return "".join(char for char in text if char.isalnum())


def blind(purpose: str, value: str) -> bytes:
    """Return the keyed hash under which `value` can be found again, equal values alike within one purpose."""
    key = folder.current().key.derive(f"blind:{purpose}")
    return hmac.new(key, fold(value).encode(), sha256).digest()[:16]
