"""A new key-encryption key for the open archive: all data keys are wrapped under it, then the old one is destroyed.

What it protects from: a copy of `identity-keys.db` and of the old `keys.json` that somebody took away does not open the
keys of persons who come later, and without that `keys.json` it opens nothing. Broken off at any moment, the archive
works on with both keys, and calling again finishes it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tumen import disk
from tumen.archive import folder, identity, keys, wrapping

LOCK_FILE = "lock.rotation"


@dataclass(frozen=True)
class Rotated:
    """What a rotation did: the number of the key-encryption key now, and how many data keys were wrapped anew."""

    number: int
    keys: int


def rotate(progress: Callable[[int, int], None] = lambda done, total: None) -> Rotated:
    """Replace the key-encryption key; people can go on working. `progress` is told (keys done, keys in all).

    Raises DiskFull, DamagedKeys, ErasureUnfinished.
    """
    archive = folder.current()
    with disk.alone(archive.folder / LOCK_FILE):
        number = max(wrapping.read().ciphers)
        if not unfinished():
            number = keys.add_encryption_key(archive.folder, archive.key)
        count = identity.rewrap(number, progress)
        keys.drop_encryption_keys(archive.folder, before=number)
        wrapping.read()
    return Rotated(number, count)


def unfinished() -> bool:
    """Say whether a rotation was broken off."""
    return len(wrapping.read().ciphers) > 1
