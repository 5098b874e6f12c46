"""The log's key and its checkpoints: signed notes of how many entries there are, under which root.

One is made each day: when the archive is opened first, or by the job process of a server that stays open, also when
nothing happened, so that the rhythm tells a second party nothing. A day on which the archive was closed has none, and
none is made later in its name: a checkpoint says the day on which it was signed. The next one covers what came between.

Beside size and root a checkpoint says its number and its day, so that none can be left out or put elsewhere unseen.
"""

from __future__ import annotations

import contextlib
import os
import re
from dataclasses import dataclass
from datetime import date

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import connection, transaction
from django.utils import timezone

from tumen.archive import folder, properties, states
from tumen.archive.backend.base import plainly
from tumen.archive.errors import ArchiveError, DamagedKeys
from tumen.archive.log import entries, tree
from tumen.archive.models import Change, Checkpoint, Superseded
from tumen.custody import Checkpoint as Statement
from tumen.custody import CustodyError, MalformedCheckpoint, MalformedKey, SigningKey, VerifierKey, verify_checkpoint

KEY = "custody-key"
_EXTENSIONS = re.compile(r"number ([1-9][0-9]*)\nday ([0-9]{4}-[0-9]{2}-[0-9]{2})")


@dataclass(frozen=True)
class Signed:
    """A checkpoint whose signature was verified."""

    number: int
    day: date
    statement: Statement
    note: bytes


def begin() -> None:
    """Begin the log where there is none yet: make its key, and enter the changes that were made before.

    An archive of an earlier version gets its log when it is opened. Raises DiskFull.
    """
    if properties.get(KEY) is not None:
        return
    with plainly("beginning the log"), transaction.atomic(durable=True):
        if properties.get(KEY) is not None:
            return
        made = SigningKey.generate(f"tumen-archive/{folder.current().key.archive}")
        nonce = os.urandom(12)
        properties.put(KEY, (nonce + _sealing().encrypt(nonce, made.text.encode(), None)).hex())
        for seq in Change.objects.order_by("seq").values_list("seq", flat=True).iterator():
            kept = Superseded.objects.filter(from_change=seq).values_list("model", "data")
            entries.append(seq, [*states.written_by(seq), *kept])


def signing_key() -> SigningKey:
    """Return the log's key. Raises DamagedKeys."""
    sealed = properties.get(KEY)
    try:
        if not isinstance(sealed, str):
            raise ValueError("there is none")
        blob = bytes.fromhex(sealed)
        return SigningKey.parse(_sealing().decrypt(blob[:12], blob[12:], None).decode())
    except (InvalidTag, ValueError, MalformedKey) as error:
        raise DamagedKeys("The key of the custody log is missing or damaged; restore the archive.") from error


def verifier() -> VerifierKey:
    """Return the public half of the log's key, to be given to whoever checks. Raises DamagedKeys."""
    return signing_key().verifier


def daily() -> None:
    """Make the checkpoint of today unless there is one.

    Whoever opens the archive or works in it is not stopped by a full disk or a damaged log: the next call tries again,
    and `tumen verify` says what is wrong.
    """
    with contextlib.suppress(ArchiveError, CustodyError):
        if not _is_current(whole=False):
            make()


def make(whole: bool = False) -> Signed:
    """Return the checkpoint of today, made now if there is none; `whole` asks for one over every entry there is.

    Raises DiskFull, DamagedArchive, DamagedKeys.
    """
    with plainly("making a checkpoint"), transaction.atomic(durable=True):
        if not _is_current(whole):
            _make()
        found = newest()
    assert found is not None
    return found


def newest() -> Signed | None:
    """Return the last checkpoint; None before the first. Raises what `read` does."""
    row = Checkpoint.objects.order_by("-pk").first()
    return read(row) if row else None


def get(number: int) -> Signed:
    """Return one checkpoint. Raises Checkpoint.DoesNotExist, and what `read` does."""
    return read(Checkpoint.objects.get(pk=number))


def read(row: Checkpoint, key: VerifierKey | None = None) -> Signed:
    """Return what a stored checkpoint says, once its signature is verified. Raises CustodyError, DamagedKeys."""
    key, note = key or verifier(), bytes(row.note)
    statement = verify_checkpoint(note, [key.text])
    parts = _EXTENSIONS.fullmatch("\n".join(statement.extensions))
    if statement.origin != key.name or not parts:
        raise MalformedCheckpoint(f"Checkpoint {row.pk} is not one of this log.")
    return Signed(int(parts[1]), date.fromisoformat(parts[2]), statement, note)


def _is_current(whole: bool) -> bool:
    last = newest()
    return last is not None and last.day == _today() and (not whole or last.statement.size == tree.size())


def _make() -> None:
    key, kept = signing_key(), tree.LogTree()
    with connection.cursor() as cursor:
        # Not the newest number: one that was taken out must leave a gap.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [Checkpoint._meta.db_table])
        number = (cursor.fetchone() or (0,))[0] + 1
    extensions = (f"number {number}", f"day {_today().isoformat()}")
    note = Statement(key.name, len(kept), kept.root(), extensions).signed(key)
    Checkpoint.objects.create(pk=number, note=note)


def _today() -> date:
    return timezone.now().date()


def _sealing() -> AESGCM:
    return AESGCM(folder.current().key.derive(KEY))
