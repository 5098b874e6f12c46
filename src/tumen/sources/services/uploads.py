"""Uploads in pieces: resumable, encrypted as they arrive, constant in memory whatever their size.

A browser announces a file (`begin`), sends it piece by piece (`append`; it asks how far the last attempt got), and the
last piece leads to `finish`, which takes the file in: at once when it is small, else as a job. An upload keeps the file
until its owner decides what to do with one that could not be read.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Iterator
from typing import IO, Any

from django.db import transaction
from django.utils import timezone

from tumen.archive import identity, ids, jobs, objects
from tumen.archive.errors import ArchiveError, DamagedObject
from tumen.archive.sealed import open_value, seal_value
from tumen.guard.masks import mask_for, may_write
from tumen.guard.models import Compartment, User
from tumen.sources.errors import BrokenOff, NoSuchUpload, NotAllowed, TooMuch, WrongOffset
from tumen.sources.models import Upload
from tumen.sources.services.intake import Taken, sentences, take_in
from tumen.sources.services.store import at_work, erase_parts, forget, sweep
from tumen.text.extract import CannotRead, NoReader

PIECE = 8 << 20
"""Bytes that are kept together: what a broken connection can lose."""
AT_ONCE = 8 << 20
"""Up to this size a file is read within the request; a larger one is a job."""
MOST = 8 << 30
"""The largest file taken in from a browser."""
TAKE_IN = "take in"


def begin(user: User, name: str, length: int, modified: str, facts: dict[str, Any]) -> Upload:
    """Announce a file, or find the unfinished upload of the same one again. Raises TooMuch."""
    if length > MOST:
        raise TooMuch(f"A file may have {MOST >> 30} GB at most; use `tumen add` for larger ones.")
    same = Upload.objects.filter(user=user, length=length, modified=modified).order_by("pk")
    alike = [upload for upload in same if file_name(upload) == name]
    forget([upload for upload in alike if upload.state == Upload.State.FAILED])
    for upload in alike:
        if upload.state == Upload.State.ARRIVING:
            _write(upload, facts=_sealed_facts(upload.owner, facts))
            return upload
    owner = ids.reserve()
    key = identity.keys_for([owner], make=True)[owner]
    with transaction.atomic():
        return Upload.objects.create(
            pk=secrets.token_urlsafe(16),
            user=user,
            owner=owner,
            file_name=seal_value(key, owner, "file_name", 1, name.encode("utf-8", "replace").decode()),
            modified=modified,
            length=length,
            facts=_sealed_facts(owner, facts),
            touched=timezone.now(),
        )


def find(user: User, token: str) -> Upload:
    """Return an upload of this user; raises NoSuchUpload."""
    upload = Upload.objects.filter(pk=token, user=user).first()
    if upload is None:
        raise NoSuchUpload("This upload does not exist any more; choose the file again.")
    return upload


def file_name(upload: Upload) -> str:
    """Return the name the file came with: the user's own, so no mask is asked."""
    key = identity.key_for(upload.owner)
    return open_value(key, upload.owner, "file_name", upload.file_name)


def _sealed_facts(owner: int, facts: dict[str, Any]) -> bytes:
    return seal_value(identity.key_for(owner), owner, "facts", 1, json.dumps(facts, ensure_ascii=False))


def _facts(upload: Upload) -> dict[str, Any]:
    """Return what the form said about the file."""
    facts: dict[str, Any] = json.loads(open_value(identity.key_for(upload.owner), upload.owner, "facts", upload.facts))
    return facts


def append(upload: Upload, offset: int, body: IO[bytes]) -> Upload:
    """Keep what arrives from `offset` on, one piece after the other, until the body ends.

    Raises WrongOffset, TooMuch, BrokenOff (what arrived whole before is kept), DiskFull.
    """
    if offset != upload.received or upload.state != Upload.State.ARRIVING:
        raise WrongOffset(upload.received)
    while upload.received < upload.length:
        piece = _Piece(body, min(PIECE, upload.length - upload.received))
        first = piece.read()
        if not first:
            return upload
        with at_work():
            _grow(upload, objects.write(upload.owner, piece.all(first)))
    if body.read(1):
        raise TooMuch("More arrives than was announced; choose the file again.")
    return upload


def finish(upload: Upload, keep_unreadable: bool = False) -> Taken | None:
    """Take in a file that has arrived; None when it is large and became a job.

    Raises CannotRead, NotAllowed, DiskFull, NoReader; the upload then says why, and is read again, kept or discarded.
    """
    if upload.length > AT_ONCE:
        _write(upload, state=Upload.State.WAITING)
        jobs.enqueue(TAKE_IN, upload.user_id, upload=upload.pk, keep=keep_unreadable)
        return None
    return _take(upload, keep_unreadable)


def discard(upload: Upload) -> None:
    """Give an upload up: what arrived of it is removed. A source it has become stays."""
    forget([upload])


@jobs.job(TAKE_IN)
def _take_in_job(run: jobs.Running) -> dict[str, Any]:
    """Take in one large upload."""
    sweep()
    upload = Upload.objects.filter(pk=run.params["upload"]).first()
    if upload is None or upload.state != Upload.State.WAITING:
        return {}  # discarded meanwhile, or finished before the process died
    run.progress(0, upload.length)
    try:
        taken = _take(upload, run.params["keep"])
    except CannotRead as reason:
        return {"trouble": sentences(reason)}
    return {"source": taken.source.pk}


def _take(upload: Upload, keep_unreadable: bool) -> Taken:
    facts = _facts(upload)
    compartment = Compartment.objects.get(pk=facts.pop("compartment"))
    try:
        if not may_write(upload.user, compartment.pk):
            raise NotAllowed(f"You may not add sources to “{compartment.title}” any more.")
        taken = take_in(
            upload.user_id,
            content(upload),
            file_name(upload),
            compartment,
            keep_unreadable=keep_unreadable,
            sees=mask_for(upload.user),
            why="taken in from a browser",
            **facts,
        )
    except CannotRead as reason:
        _write(upload, state=Upload.State.FAILED, trouble=sentences(reason))
        raise
    except (ArchiveError, NotAllowed, NoReader) as reason:
        _write(upload, state=Upload.State.FAILED, trouble=[str(reason)])
        raise
    erase_parts([upload])
    source, again = taken.source.pk, taken.again is not None
    _write(upload, state=Upload.State.DONE, source=source, again=again, parts=[], trouble=[])
    return taken


def content(upload: Upload) -> Iterator[bytes]:
    """Yield the bytes that have arrived."""
    for name, size in upload.parts:
        arrived = 0
        for chunk in objects.read(upload.owner, name):
            arrived += len(chunk)
            yield chunk
        if arrived != size:
            raise DamagedObject("a piece of the upload is not what arrived; choose the file again")


def _grow(upload: Upload, stored: objects.Stored) -> None:
    """Add a piece, unless another request has sent the same one meanwhile.

    Then the file stays for `sweep`: two equal pieces of one upload are one file, and it may be the other's.
    """
    parts = [*upload.parts, [stored.name, stored.size]]
    received = upload.received + stored.size
    with transaction.atomic():
        mine = Upload.objects.filter(pk=upload.pk, received=upload.received, state=Upload.State.ARRIVING)
        grown = mine.update(parts=parts, received=received, touched=timezone.now())
    if not grown:
        raise WrongOffset(Upload.objects.filter(pk=upload.pk).values_list("received", flat=True).first() or 0)
    upload.parts, upload.received = parts, received


def _write(upload: Upload, **values: Any) -> None:
    with transaction.atomic():
        Upload.objects.filter(pk=upload.pk).update(**values, touched=timezone.now())
    for name, value in values.items():
        setattr(upload, name, value)


class _Piece:
    """The next `size` bytes of a request's body."""

    def __init__(self, body: IO[bytes], size: int) -> None:
        self._body, self._left = body, size

    def read(self) -> bytes:
        """Return some of them, nothing at the end."""
        try:
            block = self._body.read(min(self._left, 1 << 16))
        except OSError as error:
            raise BrokenOff("The connection ended; send on from where the server is.") from error
        self._left -= len(block)
        return block

    def all(self, first: bytes) -> Iterable[bytes]:
        """Yield `first` and then the rest of the piece."""
        block = first
        while block:
            yield block
            block = self.read()
