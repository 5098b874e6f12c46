"""Entries of the log: what is said of a change and of an original, and how they are appended.

An entry commits to a digest under a salt of its own. Of a change that is the SHA-256 of its row as JSON (`said`): who,
when, why, and the digest of what it wrote; of an original the SHA-256 of its bytes. The salt of an original is sealed
under the original's key, and that of a change with a typed reason under the change's; all others are the archive's.
Erasing a person destroys those keys: then nobody can tell what her entries stood for, and the log still holds, for
its tree is made of hashes that stay.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from django.db import connection

from tumen.archive import identity, states
from tumen.archive.log import tree
from tumen.archive.models import Leaf, Record
from tumen.archive.sealed import open_value, seal_value
from tumen.custody import LeafKind, leaf, leaf_hash
from tumen.custody.leaves import SALT_BYTES

if TYPE_CHECKING:
    from tumen.archive.check import Finding

_JOB = (
    "SELECT json_object('actor', b.actor, 'id', b.id, 'kind', b.kind, 'opened', b.opened, "
    "'said', CASE WHEN b.said IS NOT NULL THEN lower(hex(b.said)) END, 'undoes', b.undoes, 'why', b.why) "
    "FROM archive_batch b WHERE b.id = c.batch_id"
)
SAID = (
    "json_object('actor', c.actor, 'at', c.at, 'batch', c.batch_id, 'count', c.count, "
    f"'digest', lower(hex(c.digest)), 'id', c.id, 'job', CASE WHEN c.kind = 'close' THEN ({_JOB}) END, "
    "'kind', c.kind, 'said', CASE WHEN c.said IS NOT NULL THEN lower(hex(c.said)) END, "
    "'seq', c.seq, 'undoes', c.undoes, 'why', c.why)"
)
"""A change as the log commits to it, and the bulk job that it closes: made by the engine from the rows as stored."""

_INSERT = f"INSERT INTO {Leaf._meta.db_table} (id, change, record, owner, salt, nodes) VALUES (?, ?, ?, ?, ?, ?)"

Look = Callable[[int, bool], Iterable["Finding"]]


@dataclass(frozen=True)
class Exhibit:
    """A kind of record that stands for an original.

    Attributes:
        table: where its rows are.
        column: which of its columns holds the SHA-256, in hexadecimal.
        look: says what is wrong with the original of a record; reads all of it when told to look deep.
    """

    table: str
    column: str
    look: Look


_exhibits: dict[str, Exhibit] = {}


@dataclass(frozen=True)
class Entry:
    """What stands behind a leaf: the change itself, or one original (`record`) that it took in.

    `owner` is whose key seals the salt, None for the archive's own.
    """

    digest: bytes
    record: int | None = None
    owner: int | None = None

    @property
    def kind(self) -> LeafKind:
        """What the leaf is of."""
        return kind_of(self.record)


def kind_of(record: int | None) -> LeafKind:
    """Return what a leaf is of: the change itself when it names no record."""
    return "change" if record is None else "original"


def exhibit(model: type[Record], column: str, look: Look) -> None:
    """Enter each new record of `model` in the log as an original. Registered once, when apps load."""
    _exhibits[model._meta.label_lower] = Exhibit(model._meta.db_table, column, look)


def exhibits() -> list[Exhibit]:
    """Return the kinds of records that stand for originals."""
    return list(_exhibits.values())


def append(seq: int, written: Iterable[tuple[str, str]]) -> None:
    """Enter change `seq`, which stands in its table, and the originals among the states that it wrote."""
    text, at, typed, number = _change(seq)
    found = [Entry(sha256(text).digest(), owner=number if typed else None)]
    for label, data in written:
        if label in _exhibits and (state := states.parse(data))["version"] == 1:
            found.append(Entry(bytes.fromhex(state[_exhibits[label].column]), state["id"], state["id"]))
    keys = identity.keys_for([entry.owner for entry in found if entry.owner is not None], make=True)
    frontier = tree.frontier()
    rows = []
    for entry in found:
        salt, place = secrets.token_bytes(SALT_BYTES), frontier.size
        nodes = frontier.append(leaf_hash(leaf(entry.digest, salt, at, entry.kind)))
        if entry.owner is not None:
            salt = seal_value(keys[entry.owner], place, "salt", 1, salt.hex())
        rows.append((place, seq, entry.record, entry.owner, salt, b"".join(nodes)))
    with connection.wrap_database_errors:  # past Django's conversions: bulk work comes here after every few rows
        connection.connection.executemany(_INSERT, rows)


def opened_salt(key: bytes, place: int, sealed: bytes) -> bytes:
    """Return a salt that is sealed under its owner's key. Raises DamagedKeys."""
    return bytes.fromhex(open_value(key, place, "salt", sealed))


def said(text: str) -> bytes:
    """Return what the log commits to of a change: its row, with a tombstone for the ciphertext of a typed reason."""
    return states.buried(text.encode())


def moment(at: str) -> datetime:
    """Return when a change was made, from its column as stored."""
    return datetime.fromisoformat(at).replace(tzinfo=UTC)


def _change(seq: int) -> tuple[bytes, datetime, bool, int]:
    asked = f"SELECT {SAID}, c.at || '', c.said IS NOT NULL, c.id FROM archive_change c WHERE c.seq = ?"
    with connection.wrap_database_errors:
        text, at, typed, number = connection.connection.execute(asked, (seq,)).fetchone()
    return said(text), moment(at), bool(typed), number
