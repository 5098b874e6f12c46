"""The work that is killed: a process that loads everything once and forks a child for each command it reads.

Each child opens an archive, works in the way it is told, and says what is acknowledged, one JSON line each, after the
`with change` has returned. The shim, when there is one, strikes in the child.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.archive import making
from tests.conftest import PASSPHRASE

from tumen.archive import ids, objects, setup, undo, verify, versions
from tumen.archive.backup import backup
from tumen.archive.bulk import open_bulk
from tumen.archive.changes import change
from tumen.archive.errors import DiskFull
from tumen.coding.models import Party
from tumen.guard.models import Compartment

NOTHING, KILL, TEAR, FULL = range(4)
STEPS = 30


def strike(below: Path, action: int, after: int) -> None:
    """Tell the shim when to strike; without one nothing happens."""
    with contextlib.suppress(AttributeError):
        ctypes.CDLL(None).fault_set(str(below).encode(), action, ctypes.c_long(after))


def say(**what: Any) -> None:
    """Acknowledge."""
    os.write(1, (json.dumps(what) + "\n").encode())


def add(path: Path, step: int) -> None:
    party = making.party(features=f"features {step}")
    say(kind="row", id=party.pk, version=1, features=f"features {step}")


def code(path: Path, step: int) -> None:
    party = Party.objects.order_by("pk").last() or making.party()
    with change(1, "coded") as c:
        party = c.update(party, birth=str(1900 + step), features=f"features {step}")
    say(kind="row", id=party.pk, version=party.version, features=f"features {step}")


def take_in(path: Path, step: int) -> None:
    owner = ids.reserve()
    say(kind="owner", id=owner)
    stored = objects.write(owner, [os.urandom(700_000) for _ in range(2)])
    original = making.original(b"small %d" % step)
    say(kind="object", owner=owner, name=stored.name, sha256=stored.sha256)
    say(kind="object", owner=original.pk, name=original.object, sha256=original.sha256)


def load(path: Path, step: int) -> None:
    bulk = open_bulk(1, "load")
    bulk._step = 200
    first = bulk.ids(500)
    rows = [(first + n, f"b{first}-{n}", "Part") for n in range(500)]
    bulk.insert(Compartment, ("code", "title"), rows, mark="all")
    bulk.close()
    say(kind="batch", first=first, count=500, number=bulk.batch.pk)


def undo_and_redo(path: Path, step: int) -> None:
    party = making.party(sex="f")
    with change(1, "edit") as c:
        c.update(party, sex="m")
    undone = undo.undo(1, versions.newest())
    say(kind="row", id=party.pk, version=3, sex="f")
    undo.undo(1, undone.seq)
    say(kind="row", id=party.pk, version=4, sex="m")
    bulk = open_bulk(1, "to be undone")
    first = bulk.ids(60)
    bulk.insert(Compartment, ("code", "title"), [(first + n, f"u{first}-{n}", "Part") for n in range(60)])
    bulk.close()
    undo.undo_batch(1, bulk.batch.pk)
    say(kind="undone", first=first, count=60)


def back_up(path: Path, step: int) -> None:
    add(path, step)
    making.original(b"original %d" % step * 1000)
    made = backup(path.parent / "backup")
    say(kind="backup", newest=made.newest)


SCENARIOS: dict[str, Callable[[Path, int], None]] = {
    work.__name__: work for work in (add, code, take_in, load, undo_and_redo, back_up)
}


def run_until_killed(path: Path, scenario: str) -> None:
    for step in range(STEPS):
        SCENARIOS[scenario](path, step)


def fill_the_disk(path: Path, scenario: str, after: int) -> None:
    """Let the disk fill at the `after`-th write, then free it: the work fails plainly, and works when done again."""
    strike(path.parent, FULL, after)
    try:
        SCENARIOS[scenario](path, 1)
        full = ""
    except DiskFull as error:
        full = str(error)
    strike(path.parent, NOTHING, 0)
    say(kind="full", message=full)
    SCENARIOS[scenario](path, 2)


def child(told: dict[str, Any]) -> None:
    path = Path(told["path"])
    # The copy is checked by a process of its own, which other tests let run; here it would cost a second each time.
    verify.in_own_process = lambda copy: verify.Report([], versions.newest())  # type: ignore[assignment]
    setup.open_archive(path, PASSPHRASE)
    random.seed(told["after"])
    say(kind="start")
    if told["action"] == FULL:
        fill_the_disk(path, told["scenario"], told["after"])
    else:
        strike(path.parent, told["action"], told["after"])
        run_until_killed(path, told["scenario"])


def main() -> None:
    setup.start_django()
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
