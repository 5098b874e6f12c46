"""The work that is killed: a process that loads everything once and forks a child for each command it reads.

Each child opens an archive, works in the way it is told, and says what is acknowledged, one JSON line each, after the
call has returned. What stands between it and its disk strikes in the child: `shim.c` kills it or fills the disk,
`recorder.c` writes down what it does, and a limit of the system on the size of files needs neither.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import random
import resource
import signal
import sys
import time
from pathlib import Path
from typing import Any

from tests.archive.faults.scenarios import SCENARIOS, say
from tests.conftest import PASSPHRASE

from tumen.archive import keys, pieces, setup, verify, versions
from tumen.archive.errors import DiskFull
from tumen.sources.services import intake, uploads
from tumen.text.extract import Limits
from tumen.text.extract.worker import extract_here

NOTHING, KILL, TEAR, FULL, LIMIT, RECORD = range(6)
STEPS = 30


def strike(below: Path, action: int, after: int) -> None:
    """Tell the shim when to strike; without one nothing happens."""
    with contextlib.suppress(AttributeError):
        ctypes.CDLL(None).fault_set(str(below).encode(), action, ctypes.c_long(after))


def limit_files(largest: int) -> None:
    """Let no file of this process grow beyond `largest` bytes; writing on is refused as on a full disk."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, resource.RLIM_INFINITY))


def fill_the_disk(path: Path, scenario: str, action: int, after: int) -> None:
    """Let the disk fill at some point, then free it: the work fails plainly, and works when done again."""
    if action == FULL:
        strike(path.parent, FULL, after)
    else:
        limit_files(after)
    try:
        SCENARIOS[scenario](path, 1)
        full = ""
    except DiskFull as error:
        full = str(error)
    strike(path.parent, NOTHING, 0)
    limit_files(resource.RLIM_INFINITY)
    say(kind="full", message=full)
    SCENARIOS[scenario](path, 2)


def child(told: dict[str, Any]) -> None:
    path, action, after = Path(told["path"]), told["action"], told["after"]
    random.seed(after)
    if action == RECORD:
        ctypes.CDLL(None).record_below(str(path.parent).encode(), told["book"].encode())
    setup.open_archive(path, PASSPHRASE)
    say(kind="start")
    if action in (FULL, LIMIT):
        fill_the_disk(path, told["scenario"], action, after)
        return
    strike(path.parent, action, after)
    for step in range(after if action == RECORD else STEPS):
        SCENARIOS[told["scenario"]](path, step)


def make_cheap() -> None:
    """Leave out what other tests look at and would cost a second each time."""
    keys.ARGON2.update(time=1, memory=64, lanes=1)
    # A backup is read and checked, and a file is read, by processes of their own.
    pieces.keep_in_own_process = pieces.keep
    verify.in_own_process = lambda copy: verify.Report([], versions.newest())  # type: ignore[assignment]
    intake.extract = lambda file, name: extract_here(file.read(), "txt", Limits())  # type: ignore[assignment]
    uploads.PIECE = 32_768


def main() -> None:
    setup.start_django()
    make_cheap()
    for line in sys.stdin:
        told = json.loads(line)
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                child(told)
                status = 0
            except BaseException as error:
                say(kind="error", error=f"{type(error).__name__}: {error}")
            finally:
                os._exit(status)
        if told["after_ms"]:
            time.sleep(told["after_ms"] / 1000)
            os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        say(kind="end", killed=os.WIFSIGNALED(status), code=status)


if __name__ == "__main__":
    main()
