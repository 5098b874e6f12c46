"""The writer lock: one writer at a time across threads and processes, first come first served.

SQLite alone lets a busy importer win every race against a person who waits. Two `flock` files make a queue: a
writer holds `queue` while it waits for `writer`, so that the one who waits longest is always next and a process
that releases the lock cannot take it again past him. The kernel drops both when a process is killed.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

QUEUE_FILE = "lock.queue"
WRITER_FILE = "lock.writer"


class WriterLock:
    """One waiter's handle on the lock; every connection has its own. Re-entrant for its owner."""

    def __init__(self, folder: Path) -> None:
        self._paths = (folder / QUEUE_FILE, folder / WRITER_FILE)
        self._descriptors: tuple[int, int] | None = None
        self._depth = 0

    def acquire(self) -> None:
        """Wait until this handle is the only writer."""
        if self._depth == 0:
            queue, writer = self._open()
            fcntl.flock(queue, fcntl.LOCK_EX)
            try:
                fcntl.flock(writer, fcntl.LOCK_EX)
            finally:
                fcntl.flock(queue, fcntl.LOCK_UN)
        self._depth += 1

    def release(self) -> None:
        """Let the next writer in; a release without an acquire is a no-op, as after a failed BEGIN."""
        if self._depth == 0:
            return
        self._depth -= 1
        if self._depth == 0 and self._descriptors:
            fcntl.flock(self._descriptors[1], fcntl.LOCK_UN)

    def close(self) -> None:
        """Give up the lock and the descriptors."""
        self._depth = 0
        if self._descriptors:
            for descriptor in self._descriptors:
                os.close(descriptor)
            self._descriptors = None

    def __del__(self) -> None:
        # A thread that ends takes its connection with it, and must not take the lock.
        self.close()

    def _open(self) -> tuple[int, int]:
        if self._descriptors is None:
            queue, writer = (os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600) for path in self._paths)
            self._descriptors = (queue, writer)
        return self._descriptors
