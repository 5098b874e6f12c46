"""Opening entries of the log for somebody outside: what a leaf commits to, its salt, and its path to a checkpoint."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from hashlib import sha256

from django.db import connection

from tumen.archive import identity
from tumen.archive.errors import DamagedArchive
from tumen.archive.log import checkpoints, entries, tree
from tumen.archive.log.checkpoints import Signed
from tumen.archive.models import Attestation, Checkpoint, Leaf
from tumen.custody import LeafKind, ProofFile, add_lines, leaf, leaf_hash


@dataclass(frozen=True)
class Opened:
    """An entry that can be shown.

    Attributes:
        place: its place in the log.
        change: the seq of its change.
        record: the original it stands for, None for the change itself.
        said: what it commits to: the change's row as JSON; empty for an original.
        digest: the SHA-256 of that, or of the original's bytes.
        salt: what opens the commitment; nobody can guess it.
        leaf: the leaf's bytes.
    """

    place: int
    change: int
    record: int | None
    said: bytes
    digest: bytes
    salt: bytes
    leaf: bytes

    @property
    def kind(self) -> LeafKind:
        """What the entry is of."""
        return entries.kind_of(self.record)

    def proof(self, kept: tree.LogTree, signed: Signed, note: bytes) -> ProofFile:
        """Return the proof that the entry is under a checkpoint; `note` is that with the signatures of others."""
        return ProofFile(self.leaf, self.place, tuple(kept.inclusion_proof(self.place, signed.statement.size)), note)


def opened(changes: Collection[int], originals: Collection[int]) -> tuple[list[Opened], int]:
    """Return the entries of these changes and originals in order, and how many of them were erased.

    Raises DamagedArchive when an entry is not what the log was told.
    """
    found, erased = [], 0
    rows = [row for row in Leaf.objects.filter(change__in=changes).order_by("pk") if _wanted(row, originals)]
    keys = identity.readable(row.owner for row in rows if row.owner is not None)
    for row in rows:
        if row.owner is not None and row.owner not in keys:
            erased += 1
            continue
        salt = bytes(row.salt)
        if row.owner is not None:
            salt = entries.opened_salt(keys[row.owner], row.pk, salt)
        said, at, digest = _told(row)
        made = leaf(digest, salt, entries.moment(at), entries.kind_of(row.record))
        if leaf_hash(made) != bytes(row.nodes[:32]):
            raise DamagedArchive(f"Entry {row.pk}, of change {row.change}, is not what the log was told: run `verify`.")
        found.append(Opened(row.pk, row.change, row.record, said, digest, salt, made))
    return found, erased


def checkpoint_over(found: Iterable[Opened]) -> tuple[Signed, list[Attestation]]:
    """Return a checkpoint over these entries and what others signed about it.

    The newest one that somebody else signed, if it covers them all; else one of today.
    """
    needed = max((entry.place for entry in found), default=-1) + 1
    for row in Checkpoint.objects.filter(attestations__isnull=False).distinct().order_by("-pk"):
        signed = checkpoints.read(row)
        if signed.statement.size >= needed:
            return signed, list(row.attestations.order_by("pk"))
    return checkpoints.make(whole=True), []


def countersigned(signed: Signed, others: Iterable[Attestation]) -> tuple[bytes, list[str]]:
    """Return a checkpoint with the lines of second parties, and the keys by which it can be verified."""
    lines = [row for row in others if row.kind == Attestation.Kind.COSIGNATURE]
    keys = [checkpoints.verifier().text, *(bytes(row.trust).decode() for row in lines)]
    return add_lines(signed.note, (bytes(row.content) for row in lines)), list(dict.fromkeys(keys))


def _wanted(row: Leaf, originals: Collection[int]) -> bool:
    return row.record is None or row.record in originals


def _told(row: Leaf) -> tuple[bytes, str, bytes]:
    """Return what a leaf's change says, when it was made, and the digest that the leaf commits to."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {entries.SAID}, c.at || '' FROM archive_change c WHERE c.seq = %s", [row.change])
        text, at = cursor.fetchone()
        if row.record is None:
            said = entries.said(text)
            return said, at, sha256(said).digest()
        for exhibit in entries.exhibits():
            cursor.execute(f"SELECT {exhibit.column} FROM {exhibit.table} WHERE id = %s", [row.record])
            if found := cursor.fetchone():
                return b"", at, bytes.fromhex(found[0])
    raise DamagedArchive(f"Original {row.record} is not in the archive: run `tumen verify`.")
