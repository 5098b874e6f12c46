"""The safe way from a file to its text: `extract`, and the `Reader` that keeps a reading process warm for it."""

import atexit
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, fields
from pathlib import Path, PurePath
from typing import IO, Any

from tumen.text.extract.errors import BY_NAME, CannotRead, EmptyFile, ReaderDied, TooLarge, TooSlow
from tumen.text.extract.frames import CHUNK, BrokenFrame, read_frame, write_frame
from tumen.text.extract.model import Extraction, Limits
from tumen.text.extract.sentences import MANY_BYTES, WAITED, WORKED

_START_SECONDS = 60.0
_BYTES_A_CHARACTER = 6  # the most that JSON makes of one
_TOO_SLOW = {-signal.SIGXCPU, -signal.SIGALRM}
_FIELDS = tuple(field.name for field in fields(Extraction))


class NoReader(RuntimeError):
    """The reading process does not start: a broken installation, or a machine without memory or processes left."""


class Reader:
    """Reads files, one at a time, in a process of its own that is replaced when a file harms it.

    The process is started with the first file and reused for `limits.files_per_worker` files; set that to 1 to give
    every file a process no other file has touched. Safe to share between threads: they wait for each other.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self.walls: list[str] = []
        """What confined the last process that was started (see docs/reference/text.md)."""
        self._lock = threading.Lock()
        self._worker: subprocess.Popen[bytes] | None = None
        self._files = 0

    def extract(self, data: bytes | IO[bytes], name: str) -> Extraction:
        """The text of a file. `data` may be an open binary file, which is streamed; `name` decides nothing but hints.

        Raises a subclass of `CannotRead`.
        """
        chunks = _chunks(data)
        first = next(chunks, b"")
        if not first:
            raise EmptyFile(name=name)
        with self._lock:
            try:
                reply = self._ask(first, chunks, name)
            except BaseException:
                self._stop()
                raise
            self._files += 1
            if not reply.pop("fit", False) or self._files >= self.limits.files_per_worker:
                self._stop()
        return _result(reply, name)

    def confined_by(self) -> list[str]:
        """Which walls stand around the reading process on this machine; it is started for this. Raises `NoReader`."""
        with self._lock:
            self._running()
            return list(self.walls)

    def close(self) -> None:
        """End the reading process. The next file starts another."""
        with self._lock:
            self._stop()

    def _ask(self, first: bytes, chunks: Iterator[bytes], name: str) -> dict[str, Any]:
        worker = self._running()
        assert worker.stdin and worker.stdout
        late = threading.Event()
        with _Alarm(self.limits.wall_seconds, worker, late):
            try:
                suffix = PurePath(name.replace("\\", "/")).suffix[1:17]
                write_frame(worker.stdin, json.dumps({"suffix": suffix}).encode())
                sent = 0
                chunk = first
                while chunk:
                    sent += len(chunk)
                    if sent > self.limits.input_bytes:
                        raise TooLarge(MANY_BYTES.format(n=f"{self.limits.input_bytes:,}"), name=name)
                    write_frame(worker.stdin, chunk)
                    chunk = next(chunks, b"")
                write_frame(worker.stdin, b"")
                worker.stdin.flush()
                longest = self.limits.text_characters * _BYTES_A_CHARACTER + CHUNK
                answer = read_frame(worker.stdout, longest)
            except (EOFError, BrokenFrame, BrokenPipeError) as error:
                if late.is_set():
                    raise TooSlow(WAITED.format(n=f"{self.limits.wall_seconds:g}"), name=name) from error
                worker.kill()
                if worker.wait() in _TOO_SLOW:
                    raise TooSlow(WORKED.format(n=self.limits.cpu_seconds), name=name) from error
                raise ReaderDied(name=name) from error
        reply = _parsed(answer)
        if reply is None:
            raise ReaderDied(name=name)
        if late.is_set():  # the alarm rang between the answer and here
            reply["fit"] = False
        return reply

    def _running(self) -> subprocess.Popen[bytes]:
        if self._worker is not None and self._worker.poll() is None:
            return self._worker
        self._stop()
        environment = {
            "PYTHONPATH": os.pathsep.join(str(Path(folder).absolute()) for folder in sys.path if folder),
            "LANG": "C.UTF-8",
        }
        worker = self._worker = subprocess.Popen(
            [sys.executable, "-B", "-m", "tumen.text.extract.worker"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, cwd="/",
        )  # fmt: skip
        self._files = 0
        assert worker.stdin and worker.stdout
        with _Alarm(_START_SECONDS, worker, threading.Event()):
            try:
                write_frame(worker.stdin, json.dumps(asdict(self.limits)).encode())
                worker.stdin.flush()
                self.walls = json.loads(read_frame(worker.stdout, CHUNK))["walls"]
            except (EOFError, BrokenFrame, BrokenPipeError) as error:
                raise NoReader("The reading process cannot be started; no file is at fault.") from error
        return worker

    def _stop(self) -> None:
        worker, self._worker = self._worker, None
        if worker is None:
            return
        worker.kill()
        worker.wait()
        for pipe in (worker.stdin, worker.stdout):
            with suppress(OSError):
                if pipe:
                    pipe.close()


class _Alarm:
    """Kills the worker when the block takes longer than `seconds`, and sets `late`."""

    def __init__(self, seconds: float, worker: subprocess.Popen[bytes], late: threading.Event) -> None:
        def ring() -> None:
            late.set()
            worker.kill()

        self._timer = threading.Timer(seconds, ring)
        self._timer.daemon = True

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()


def _chunks(data: bytes | IO[bytes]) -> Iterator[bytes]:
    if isinstance(data, bytes | bytearray | memoryview):
        view = memoryview(data)
        for start in range(0, len(view), CHUNK):
            yield bytes(view[start : start + CHUNK])
    else:
        while chunk := data.read(CHUNK):
            yield chunk


def _parsed(answer: bytes) -> dict[str, Any] | None:
    try:
        reply = json.loads(answer)
    except (ValueError, RecursionError):
        return None
    return reply if isinstance(reply, dict) else None


def _result(reply: dict[str, Any], name: str) -> Extraction:
    """What the worker said, believed only as far as its types hold: it may have been taken over."""
    if "failure" in reply:
        failure: type[CannotRead] = BY_NAME.get(str(reply["failure"]), ReaderDied)
        raise failure(str(reply.get("detail", ""))[:300], where=str(reply.get("where", ""))[:200], name=name)
    found = {key: reply.get(key) for key in _FIELDS}
    texts = all(isinstance(found[key], str) for key in ("text", "media_type", "language", "encoding", "title"))
    pages, warnings = found["pages"], found["warnings"]
    if not (texts and isinstance(pages, list) and isinstance(warnings, list)):
        raise ReaderDied(name=name)
    if not all(isinstance(start, int) and 0 <= start <= len(str(found["text"])) for start in pages):
        raise ReaderDied(name=name)
    return Extraction(**(found | {"warnings": [str(warning) for warning in warnings]}))  # type: ignore[arg-type]


_shared: Reader | None = None
_shared_lock = threading.Lock()


def extract(data: bytes | IO[bytes], name: str) -> Extraction:
    """Read a file with the default limits, in a process shared by the whole program; see `Reader.extract`."""
    return _common().extract(data, name)


def walls() -> list[str]:
    """Which walls stand around that process on this machine; see `Reader.confined_by`."""
    return _common().confined_by()


def _common() -> Reader:
    global _shared
    with _shared_lock:
        if _shared is None:
            _shared = Reader()
            atexit.register(_shared.close)
    return _shared
