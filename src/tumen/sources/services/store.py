"""Files of the object store that belong to no row: who makes them, and how they go.

An object is written first and its row after, so that a crash leaves a stray file and never a row without its file.
Whoever takes something in shares a lock meanwhile; who sweeps needs it alone. The kernel drops it when a process is
killed, so that exactly then a file without a row is known to be a stray.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from tumen.archive import folder, identity, objects
from tumen.archive.backend.base import plainly
from tumen.archive.errors import ErasureUnfinished
from tumen.sources.models import Original, Upload

LOCK_FILE = "lock.intake"
ABANDONED = timedelta(days=7)
"""How long an upload waits for its next piece, or for a decision of the one who made it."""


@contextlib.contextmanager
def at_work() -> Iterator[None]:
    """Say for the length of a block that objects without rows are in the making."""
    with _locked(fcntl.LOCK_SH):
        yield


@contextlib.contextmanager
def alone() -> Iterator[bool]:
    """Keep others from taking anything in; False when somebody is at it."""
    try:
        with _locked(fcntl.LOCK_EX | fcntl.LOCK_NB):
            yield True
    except BlockingIOError:
        yield False


def strays() -> list[str]:
    """Return the names of objects that belong to no row; meaningful only while `alone`."""
    known = set(Original.objects.values_list("object", flat=True))
    for parts in Upload.objects.values_list("parts", flat=True):
        known.update(name for name, _ in parts)
    return [name for name in objects.names() if name not in known]


def sweep() -> int:
    """Remove what broken-off intakes and abandoned uploads left; returns how many files went.

    Does nothing while somebody takes something in: the next call will.
    """
    with alone() as undisturbed:
        if not undisturbed:
            return 0
        forget(list(Upload.objects.filter(touched__lt=timezone.now() - ABANDONED)))
        stray = strays()
        for name in stray:
            objects.erase(name)
        return len(stray) + objects.sweep_incoming()


def forget(uploads: list[Upload]) -> None:
    """Remove uploads with all that arrived of them; their keys are destroyed, so that no copy can be read."""
    if not uploads:
        return
    pieces = [name for upload in uploads for name, _ in upload.parts]
    # The rows first: whatever is left when this is broken off is a stray, which the next sweep removes.
    with plainly("removing an upload"), transaction.atomic():
        Upload.objects.filter(pk__in=[upload.pk for upload in uploads]).delete()
    # Unfinished: the keys are gone, their old page is overwritten with the next ones.
    with contextlib.suppress(ErasureUnfinished):
        identity.destroy(upload.owner for upload in uploads)
    erase_pieces(pieces)


def erase_pieces(names: list[str]) -> None:
    """Remove the files of pieces that no upload names any more."""
    for name in names:
        objects.erase(name)


@contextlib.contextmanager
def _locked(how: int) -> Iterator[None]:
    path = folder.current().folder / LOCK_FILE
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, how)
        yield
    finally:
        os.close(descriptor)
