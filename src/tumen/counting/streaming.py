"""From a writer that pushes bytes into a file to bytes that a response can pull, without a file in between."""

from __future__ import annotations

import io
import queue
import threading
from collections.abc import Callable, Iterator
from typing import IO

from django.db import connections
from django.utils import translation

from tumen.archive import identity

WAITING = 16  # pieces that may lie ready; the writer then waits for the reader
PIECE = 64 * 1024


class Stopped(Exception):
    """The reader went away: whoever asked for the file closed the connection."""


class _Pipe(io.RawIOBase):
    """A file that cannot be read, told or sought: what is written to it goes to the queue in pieces."""

    def __init__(self, pieces: queue.Queue[bytes | BaseException | None], gone: threading.Event) -> None:
        self._pieces, self._gone, self._held = pieces, gone, bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        view = memoryview(data)  # type: ignore[arg-type]
        self._held += view
        if len(self._held) >= PIECE:
            self.send()
        return view.nbytes

    def send(self) -> None:
        if self._held:
            self.put(bytes(self._held))
            self._held.clear()

    def put(self, piece: bytes | BaseException | None) -> None:
        while True:
            if self._gone.is_set():
                raise Stopped
            try:
                self._pieces.put(piece, timeout=0.5)
                return
            except queue.Full:
                continue


def streamed(write: Callable[[IO[bytes]], None]) -> Iterator[bytes]:
    """Run `write` in a thread of its own and yield what it writes; what it raises is raised here."""
    pieces: queue.Queue[bytes | BaseException | None] = queue.Queue(WAITING)
    gone = threading.Event()
    language = translation.get_language()

    def work() -> None:
        pipe = _Pipe(pieces, gone)
        try:
            with translation.override(language):
                write(pipe)  # type: ignore[arg-type]
            pipe.send()
            pipe.put(None)
        except Stopped:
            return
        except Exception as error:
            # Told to the reader, whoever it is; a thread has nobody else to tell.
            if not gone.is_set():
                pieces.put(error)
        finally:
            connections.close_all()
            identity.close_connection()

    worker = threading.Thread(target=work, name="export", daemon=True)
    worker.start()
    try:
        while (piece := pieces.get()) is not None:
            if isinstance(piece, BaseException):
                raise piece
            yield piece
    finally:
        gone.set()
        worker.join(timeout=10)
