"""Files that outlive a power cut: whole or not there at all, and there for good once a call has returned.

What a program writes stands in the memory of the machine first, and so do the names of new files and folders. A file
is on the disk after its own `fsync`, its name after the `fsync` of the folder that holds it, and a new folder's name
after that of the folder above.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO

# EFBIG: the file is larger than this disk takes (FAT32 on a stick: 4 GB), or than a limit set for the process.
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def is_full(error: BaseException) -> bool:
    """Say whether an error means that the disk takes no more."""
    return isinstance(error, OSError) and error.errno in NO_ROOM


def sync(path: Path) -> None:
    """Bring a file, or the names in a folder, to the disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folder(folder: Path) -> None:
    """Make a folder that only its owner may enter, and those above it that are missing, unless they are there."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    sync(folder.parent)


@contextlib.contextmanager
def alone(lock: Path) -> Iterator[None]:
    """Keep whoever else asks for the same lock file waiting for the length of a block, in this process or another."""
    with open(os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def replacing(place: Path) -> Iterator[IO[bytes]]:
    """Yield a file that takes its `place` when the block ends well; until then, whatever happens, the old one stays."""
    beside = place.with_name(place.name + ".new")
    try:
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        beside.replace(place)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    sync(place.parent)
