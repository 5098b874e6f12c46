"""The identity keys: one data key per owner, in a file of their own.

They stand apart from `archive.db` because their backups must be short-lived: a key destroyed here is gone from the
archive and, once the last backup of this file has passed, from everywhere. Keys are committed here before the rows
that use them; a crash between the two leaves a key that seals nothing.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tumen.archive import folder
from tumen.archive.backend.base import BUSY_MS, connect
from tumen.archive.errors import DamagedKeys, Erased

_PRAGMAS = (
    f"PRAGMA busy_timeout = {BUSY_MS}",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA secure_delete = ON",
    "PRAGMA temp_store = MEMORY",
)
_SCHEMA = """
CREATE TABLE IF NOT EXISTS data_key (owner INTEGER PRIMARY KEY, wrapped BLOB, destroyed_at INTEGER) STRICT
"""
CACHED = 200_000

_local = threading.local()
_cache: dict[int, bytes] = {}
_epoch = 0


def key_for(owner: int) -> bytes:
    """Return the data key of `owner`; raises Erased when it was destroyed, DamagedKeys when it never existed."""
    return keys_for([owner])[owner]


def keys_for(owners: Iterable[int], make: bool = False) -> dict[int, bytes]:
    """Return the data keys of `owners`, making the missing ones when `make` says so."""
    connection = _connection()
    wanted = set(owners)
    found = {owner: _cache[owner] for owner in wanted if owner in _cache}
    missing = list(wanted - found.keys())
    for start in range(0, len(missing), 10_000):
        part = missing[start : start + 10_000]
        marks = ",".join("?" * len(part))
        rows = connection.execute(f"SELECT owner, wrapped FROM data_key WHERE owner IN ({marks})", part)
        for owner, wrapped in rows:
            if wrapped is None:
                raise Erased(f"The data of {owner} was erased.")
            found[owner] = _unwrap(owner, wrapped)
    unknown = sorted(wanted - found.keys())
    if unknown and not make:
        raise DamagedKeys(f"No key for {unknown[0]}: identity-keys.db is older than archive.db; restore it.")
    if unknown:
        found.update(_make(unknown))
    _remember(found)
    return found


def readable(owners: Iterable[int]) -> dict[int, bytes]:
    """Return the keys of those `owners` that still have one: the others were erased or never sealed anything."""
    connection = _connection()
    wanted = list(set(owners))
    found = {owner: _cache[owner] for owner in wanted if owner in _cache}
    missing = [owner for owner in wanted if owner not in found]
    for start in range(0, len(missing), 10_000):
        part = missing[start : start + 10_000]
        marks = ",".join("?" * len(part))
        query = f"SELECT owner, wrapped FROM data_key WHERE wrapped IS NOT NULL AND owner IN ({marks})"
        found.update((owner, _unwrap(owner, wrapped)) for owner, wrapped in connection.execute(query, part))
    _remember(found)
    return found


def destroy(owners: Iterable[int]) -> int:
    """Destroy the data keys of `owners` for good and return how many there were.

    The pages are overwritten (secure_delete), the write-ahead log is emptied and the file compacted, so that no
    copy stays in this folder. Backups of this file keep theirs until they are rotated out.
    """
    global _epoch
    connection = _connection()
    now = int(time.time())
    count = 0
    connection.execute("BEGIN IMMEDIATE")
    for owner in owners:
        done = connection.execute(
            "UPDATE data_key SET wrapped = NULL, destroyed_at = ? WHERE owner = ? AND wrapped IS NOT NULL", (now, owner)
        )
        count += done.rowcount
    connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    connection.execute("VACUUM")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    _cache.clear()
    return count


def wrapper() -> Callable[[int, bytes], bytes]:
    """Return a function from (owner, data key) to the wrapped key, for `adopt`; needs no connection."""
    wrap = AESGCM(folder.current().key.derive("identity-wrap"))

    def wrapped(owner: int, key: bytes) -> bytes:
        nonce = secrets.token_bytes(12)
        return nonce + wrap.encrypt(nonce, key, b"%d" % owner)

    return wrapped


def adopt(rows: Sequence[tuple[int, bytes]]) -> None:
    """Store many wrapped keys of new owners at once, for bulk work that sealed its values beforehand."""
    connection = _connection()
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany("INSERT INTO data_key (owner, wrapped) VALUES (?, ?)", rows)
    connection.execute("COMMIT")


def _make(owners: list[int]) -> dict[int, bytes]:
    made = {owner: secrets.token_bytes(32) for owner in owners}
    wrap = wrapper()
    adopt([(owner, wrap(owner, key)) for owner, key in made.items()])
    return made


def _unwrap(owner: int, wrapped: bytes) -> bytes:
    return AESGCM(_wrapping_key()).decrypt(wrapped[:12], wrapped[12:], b"%d" % owner)


def _wrapping_key() -> bytes:
    if (key := getattr(_local, "wrapping", None)) is None:
        key = _local.wrapping = folder.current().key.derive("identity-wrap")
    return bytes(key)


def _remember(keys: dict[int, bytes]) -> None:
    if len(_cache) + len(keys) > CACHED:
        _cache.clear()
    _cache.update(keys)


def _connection() -> Any:
    """Return this thread's connection, and forget cached keys when another process has written since."""
    archive = folder.current()
    if getattr(_local, "epoch", None) != (_epoch, archive.key.archive, str(archive.folder)):
        close_connection()
        path = str(archive.folder / folder.IDENTITY_FILE)
        _local.connection = connect(path, archive.key.derive("identity-keys"), _PRAGMAS)
        _local.connection.execute(_SCHEMA)
        _local.seen = None
        _local.wrapping = None
        _local.epoch = (_epoch, archive.key.archive, str(archive.folder))
    seen = _local.connection.execute("PRAGMA data_version").fetchone()[0]
    if seen != _local.seen:
        _cache.clear()
        _local.seen = seen
    return _local.connection


def close_connection() -> None:
    """Close this thread's connection, before a fork or at the end of a thread."""
    if connection := getattr(_local, "connection", None):
        connection.close()
        _local.connection = None


def _forget() -> None:
    global _epoch
    _epoch += 1
    _cache.clear()
    close_connection()


folder.at_close(_forget)
