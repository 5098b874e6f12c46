"""The identity keys: one data key per owner, in a file of their own.

They stand apart from `archive.db` because their backups must be short-lived: a key destroyed here is gone from the
archive and, once the last backup of this file has passed, from everywhere. Keys are committed here before the rows
that use them; a crash between the two leaves a key that seals nothing.
"""

from __future__ import annotations

import contextlib
import secrets
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tumen.archive import folder, wrapping
from tumen.archive.backend.base import BUSY_MS, connect, plainly
from tumen.archive.errors import DamagedKeys, Erased, ErasureUnfinished

_PRAGMAS = (
    f"PRAGMA busy_timeout = {BUSY_MS}",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA secure_delete = ON",
    "PRAGMA temp_store = MEMORY",
)
_SCHEMA = "CREATE TABLE data_key (owner INTEGER PRIMARY KEY, wrapped BLOB, destroyed_at INTEGER) STRICT"
_INSERT = "INSERT INTO data_key (owner, wrapped) VALUES (?, ?)"
CACHED = 100_000
AT_ONCE = 10_000

_epoch = 0


class _Local(threading.local):
    """A thread's connection, and the keys it has read; they are good while nobody else writes (`data_version`)."""

    def __init__(self) -> None:
        self.connection: Any = None
        self.opened: tuple[int, folder.Archive] | None = None
        self.seen: int | None = None
        self.cache: dict[int, bytes] = {}


_local = _Local()


def create() -> None:
    """Make the file of a new archive, whose first key-encryption key is number 1."""
    _connection().execute(_SCHEMA)
    _connection().execute("PRAGMA user_version = 1")


def key_for(owner: int) -> bytes:
    """Return the data key of `owner`; raises Erased when it was destroyed, DamagedKeys when it never existed."""
    return keys_for([owner])[owner]


def keys_for(owners: Iterable[int], make: bool = False) -> dict[int, bytes]:
    """Return the data keys of `owners`, making the missing ones when `make` says so.

    Raises Erased for a destroyed one, DamagedKeys for a missing one, DiskFull.
    """
    wanted = set(owners)
    found, destroyed = _look_up(wanted)
    if destroyed:
        raise Erased(f"The data of {min(destroyed)} was erased.")
    if unknown := sorted(wanted - found.keys()):
        if not make:
            raise DamagedKeys(f"No key for {unknown[0]}: identity-keys.db is older than archive.db; restore it.")
        _make(unknown)
        return keys_for(wanted)
    return found


def readable(owners: Iterable[int]) -> dict[int, bytes]:
    """Return the keys of those `owners` that still have one: the others were erased or never sealed anything."""
    return _look_up(set(owners))[0]


def missing(owners: Iterable[int]) -> set[int]:
    """Return those `owners` that have no key and were not erased either: their sealed values are lost."""
    wanted = set(owners)
    found, destroyed = _look_up(wanted)
    return wanted - found.keys() - destroyed


def adopt(rows: Sequence[tuple[int, bytes]]) -> None:
    """Store many keys of new owners at once, wrapped already by bulk work that sealed its values itself.

    Raises DiskFull.
    """
    connection = _connection()
    with _transaction(connection):
        connection.executemany(_INSERT, _as_of_now(connection, rows))


def rewrap(number: int, progress: Callable[[int, int], None]) -> int:
    """Wrap every data key under the key-encryption key of `number`, and return how many were under another.

    Goes by stretches, so that people can go on working; broken off, it can be called again. From its first stretch on
    nobody wraps under another number. `progress` is told (keys done, keys in all). Raises DiskFull.
    """
    connection, now = _connection(), wrapping.read()
    total, done, last = _count(connection), 0, -1
    while True:
        with _transaction(connection):
            connection.execute(f"PRAGMA user_version = {number}")
            found = connection.execute(
                "SELECT owner, wrapped FROM data_key WHERE owner > ? AND wrapped IS NOT NULL ORDER BY owner LIMIT ?",
                (last, AT_ONCE),
            ).fetchall()
            old = [(owner, bytes(wrapped)) for owner, wrapped in found if wrapping.number_of(wrapped) != number]
            rows = [(now.wrap(owner, now.unwrap(owner, wrapped)), owner) for owner, wrapped in old]
            connection.executemany("UPDATE data_key SET wrapped = ? WHERE owner = ?", rows)
        if not found:
            break
        done, last = done + len(rows), found[-1][0]
        progress(done, total)
    _scrub(connection)
    return done


def destroy(owners: Iterable[int]) -> int:
    """Destroy the data keys of `owners` for good and return how many there were.

    The pages are overwritten (secure_delete), the write-ahead log is emptied and the file compacted, so that no
    copy stays in this folder. Backups of this file keep theirs until they are rotated out. Raises ErasureUnfinished
    when another process reads for so long that the log cannot be emptied; calling again finishes it.
    """
    connection = _connection()
    now = int(time.time())
    count = 0
    _local.cache.clear()
    with _transaction(connection):
        for owner in owners:
            done = connection.execute(
                "UPDATE data_key SET wrapped = NULL, destroyed_at = ? WHERE owner = ? AND wrapped IS NOT NULL",
                (now, owner),
            )
            count += done.rowcount
    _scrub(connection)
    return count


def last_destroyed() -> datetime | None:
    """Return when a key was destroyed last, None when none ever was."""
    with plainly("reading identity keys"):
        [at] = _connection().execute("SELECT max(destroyed_at) FROM data_key").fetchone()
    return at and datetime.fromtimestamp(at, UTC)


def check() -> list[str]:
    """Return what the engine finds wrong with the file."""
    connection = _connection()
    found: list[str] = []
    with plainly("checking the identity keys"):
        # It looks at the file alone: a page that a power cut left half-written in it may stand whole in the log.
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
    for pragma in ("cipher_integrity_check", "integrity_check"):
        with plainly("checking the identity keys"):
            found += [answer for (answer,) in connection.execute(f"PRAGMA {pragma}") if answer != "ok"]
    return found


def copy_to(file: Path) -> None:
    """Write a whole and compact copy of the keys to a new `file`, under the same key. Raises DiskFull."""
    with plainly("copying the identity keys"):
        _connection().execute("VACUUM INTO ?", (str(file),))


def close_connection() -> None:
    """Close this thread's connection, before a fork or at the end of a thread."""
    if _local.connection is not None:
        _local.connection.close()
    _local.connection, _local.opened = None, None
    _local.cache.clear()


def _look_up(wanted: set[int]) -> tuple[dict[int, bytes], set[int]]:
    """Return the keys there are, and the owners whose key was destroyed."""
    connection = _connection()
    found = {owner: _local.cache[owner] for owner in wanted if owner in _local.cache}
    destroyed: set[int] = set()
    rest = list(wanted - found.keys())
    for start in range(0, len(rest), AT_ONCE):
        part = rest[start : start + AT_ONCE]
        marks = ",".join("?" * len(part))
        with plainly("reading identity keys"):
            rows = connection.execute(f"SELECT owner, wrapped FROM data_key WHERE owner IN ({marks})", part).fetchall()
        for owner, wrapped in rows:
            if wrapped is None:
                destroyed.add(owner)
            else:
                found[owner] = _unwrap(owner, wrapped)
    if len(_local.cache) + len(found) > CACHED:
        _local.cache.clear()
    _local.cache.update(found)
    return found, destroyed


def _make(owners: list[int]) -> None:
    wrap = wrapping.known().wrap
    rows = [(owner, wrap(owner, secrets.token_bytes(32))) for owner in owners]
    connection = _connection()
    with _transaction(connection):
        # Another thread may have made some of them meanwhile; the first one made counts.
        connection.executemany(f"{_INSERT} ON CONFLICT DO NOTHING", _as_of_now(connection, rows))


def _as_of_now(connection: Any, rows: Sequence[tuple[int, bytes]]) -> Sequence[tuple[int, bytes]]:
    """Return wrapped keys as they must be stored: under the number that counts since a rotation may have begun."""
    [number] = connection.execute("PRAGMA user_version").fetchone()
    if all(wrapping.number_of(wrapped) == number for _, wrapped in rows):
        return rows
    then, now = wrapping.known(), wrapping.read()
    both = wrapping.Wrapping({**then.ciphers, **now.ciphers})
    return [(owner, now.wrap(owner, both.unwrap(owner, wrapped))) for owner, wrapped in rows]


def _unwrap(owner: int, wrapped: bytes) -> bytes:
    known = wrapping.known()
    if wrapping.number_of(wrapped) not in known.ciphers:
        known = wrapping.read()
    return known.unwrap(owner, wrapped)


@contextlib.contextmanager
def _transaction(connection: Any) -> Iterator[None]:
    with plainly("writing identity keys"):
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


def _scrub(connection: Any) -> None:
    """Leave no old page of the file behind, nor of its log."""
    with plainly("erasing keys"):
        _empty_log(connection)
        connection.execute("VACUUM")
        _empty_log(connection)


def _count(connection: Any) -> int:
    [count] = connection.execute("SELECT count(*) FROM data_key WHERE wrapped IS NOT NULL").fetchone()
    return int(count)


def _empty_log(connection: Any) -> None:
    busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise ErasureUnfinished("The keys are gone, but another process still reads their old page; do it again.")


def _connection() -> Any:
    """Return this thread's connection, and forget cached keys when anyone else has written since."""
    archive = folder.current()
    if _local.opened != (_epoch, archive):
        close_connection()
        with plainly("opening the identity keys"):
            key = archive.key.derive("identity-keys")
            _local.connection = connect(str(archive.identity_keys), key, _PRAGMAS)
        _local.opened, _local.seen = (_epoch, archive), None
    with plainly("reading identity keys"):
        seen = _local.connection.execute("PRAGMA data_version").fetchone()[0]
    if seen != _local.seen:
        _local.cache.clear()
        _local.seen = seen
    return _local.connection


def _forget() -> None:
    global _epoch
    _epoch += 1
    close_connection()


folder.at_close(_forget)
