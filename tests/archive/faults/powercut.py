"""What a disk may hold after the power went: a model of it that is fed what `recorder.c` wrote down.

Only what was synced is sure. Of the rest any part may have reached the disk, in any order: each write since its file's
last sync, and each new, changed or removed name since its folder's last sync, may be there or not, and the last write
may be there in part. That is what POSIX promises, which is less than most file systems keep. A rename within one folder
is one step; one across two folders is two. The engine's shared-memory index (`-shm`) is no data and is left out.
"""

from __future__ import annotations

import json
import random
import shutil
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HEAD = struct.Struct("<cQQIII")
SECTOR = 512
FOLDER = -1


@dataclass(frozen=True)
class Step:
    """One thing that the process did. `kind`: Write, Truncate, Sync, Create, Dir, Rename, Unlink or Acknowledge."""

    kind: str
    file: int
    at: int
    path: Path
    other: Path
    data: bytes


def read(book: Path) -> list[Step]:
    """Return what was recorded, in order."""
    content, steps, at = book.read_bytes(), [], 0
    while at < len(content):
        kind, file, where, path, other, size = HEAD.unpack_from(content, at)
        at += HEAD.size
        names = content[at : at + path].decode(), content[at + path : at + path + other].decode()
        at += path + other
        step = Step(kind.decode(), file, where, Path(names[0]), Path(names[1]), content[at : at + size])
        at += size
        if not names[0].endswith("-shm"):
            steps.append(step)
    return steps


@dataclass
class File:
    """A file's bytes as they are surely on the disk, and what was done to them since."""

    sure: bytearray
    pending: list[Step] = field(default_factory=list)

    def after(self, kept: Callable[[], bool], choose: random.Random) -> bytes:
        """Return what may be read after the power cut."""
        content = bytearray(self.sure)
        for n, step in enumerate(self.pending):
            if not kept():
                continue
            data = step.data
            if n == len(self.pending) - 1 and len(data) > SECTOR and choose.random() < 0.3:
                data = data[: choose.randrange(SECTOR, len(data), SECTOR)]
            apply(content, Step(step.kind, step.file, step.at, step.path, step.other, data))
        return bytes(content)

    def sync(self) -> None:
        """Bring all to the disk."""
        for step in self.pending:
            apply(self.sure, step)
        self.pending.clear()


def apply(content: bytearray, step: Step) -> None:
    """Do to the bytes what a step did."""
    if step.kind == "T":
        size = step.at
        content[:] = content[:size] + b"\0" * (size - len(content))
    else:
        content.extend(b"\0" * (step.at - len(content)))
        content[step.at : step.at + len(step.data)] = step.data


class Disk:
    """The folder `root` and all below it; what stands there now is surely on the disk."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.files: dict[int, File] = {}
        self.names: dict[Path, int] = {}
        self.pending: list[dict[Path, int | None]] = []
        self.numbers: dict[int, int] = {}
        for path in root.rglob("*"):
            if path.is_dir():
                self.names[path] = FOLDER
            else:
                self.names[path] = self._new(path.stat().st_ino, path.read_bytes())

    def _new(self, inode: int, content: bytes = b"") -> int:
        """Number a new file: the system gives the inode of one that is gone to the next."""
        number = len(self.files) + 1
        self.files[number] = File(bytearray(content))
        self.numbers[inode] = number
        return number

    def do(self, step: Step) -> None:
        """Take one step."""
        match step.kind:
            case "W" | "T":
                self.files[self.numbers[step.file]].pending.append(step)
            case "S":
                if step.path == self.root or step.file not in self.numbers or self._is_folder(step.path):
                    self._sync_names(step.path)
                else:
                    self.files[self.numbers[step.file]].sync()
            case "C":
                self.pending.append({step.path: self._new(step.file)})
            case "D":
                self.pending.append({step.path: FOLDER})
            case "R":
                there, gone = {step.other: self.numbers[step.file]}, {step.path: None}
                together = step.path.parent == step.other.parent
                self.pending += [{**there, **gone}] if together else [there, gone]
            case "U":
                self.pending.append({step.path: None})

    def _is_folder(self, path: Path) -> bool:
        return any(change.get(path) == FOLDER for change in self.pending) or self.names.get(path) == FOLDER

    def _sync_names(self, folder: Path) -> None:
        left = []
        for change in self.pending:
            if next(iter(change)).parent == folder:
                self._settle(self.names, change)
            else:
                left.append(change)
        self.pending = left

    @staticmethod
    def _settle(names: dict[Path, int], change: dict[Path, int | None]) -> None:
        for path, file in change.items():
            if file is None:
                names.pop(path, None)
            else:
                names[path] = file

    def write(self, choose: random.Random) -> None:
        """Put what may be left after a power cut now in place of `root`."""
        # All lost, all kept, or any part of it.
        share = choose.choice((0.0, 0.0, 0.5, 0.8, 1.0))
        names = dict(self.names)
        for change in self.pending:
            if choose.random() < share:
                self._settle(names, change)
        shutil.rmtree(self.root)
        self.root.mkdir()
        for path in sorted(names, key=lambda path: len(path.parts)):
            if not path.parent.is_dir():
                continue  # the folder that held it is gone
            if names[path] == FOLDER:
                path.mkdir(mode=0o700)
            else:
                path.write_bytes(self.files[names[path]].after(lambda: choose.random() < share, choose))


def cuts(disk: Disk, steps: list[Step], choose: random.Random, count: int) -> Iterator[list[dict[str, Any]]]:
    """Cut the power at `count` points: put in place what may be left and yield what had been acknowledged by then."""
    points = sorted(choose.sample(range(1, len(steps) + 1), min(count, len(steps))))
    said, done = b"", 0
    for point in points:
        for step in steps[done:point]:
            if step.kind == "A":
                said += step.data
            else:
                disk.do(step)
        done = point
        disk.write(choose)
        yield [json.loads(line) for line in said.splitlines()]
