"""Long work: one table, one loop, with progress, a way to stop, and a place to resume from.

    @job("index")
    def build_index(run: Running) -> dict[str, Any]:
        for n, part in enumerate(parts):
            ...
            run.progress(n, len(parts))

One job runs at a time in an archive: whoever works holds the lock file, which the kernel frees when a process dies. So
a job that is marked as running while the lock is free was left behind; it is taken up first, and reads `run.cursor` to
go on where it was. `progress` writes at most twice a second and raises JobStopped when someone asked the job to stop.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import logging
import os
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from tumen.archive import folder
from tumen.archive.backend.base import plainly
from tumen.archive.errors import JobStopped
from tumen.archive.log import checkpoints
from tumen.archive.models import Job

LOCK_FILE = "lock.jobs"
# A job that takes its process down with it is not started for ever.
MOST_STARTS = 3
TELL_SECONDS = 0.5
Work = Callable[["Running"], dict[str, Any] | None]

_kinds: dict[str, Work] = {}
_log = logging.getLogger(__name__)


def job(kind: str) -> Callable[[Work], Work]:
    """Register a function as the work of jobs of this kind."""

    def register(work: Work) -> Work:
        _kinds[kind] = work
        return work

    return register


class Running:
    """A job at work: what it was asked, where it was, and how to report."""

    def __init__(self, row: Job) -> None:
        self.id, self.actor, self.params, self.cursor = row.pk, row.actor, row.params, row.cursor
        self._told = 0.0

    def progress(
        self, done: int, total: int | None = None, message: str = "", cursor: dict[str, Any] | None = None
    ) -> None:
        """Report how far the work is; raises JobStopped when asked to stop. A `cursor` is always written."""
        if cursor is not None:
            self.cursor = cursor
        now = time.monotonic()
        if now - self._told < TELL_SECONDS and cursor is None:
            return
        self._told = now
        _write(self.id, done=done, total=total, message=message, cursor=self.cursor, beat=timezone.now())
        if Job.objects.filter(pk=self.id, stop=True).exists():
            raise JobStopped(f"job {self.id} was asked to stop")


def enqueue(kind: str, actor: int, **params: Any) -> Job:
    """Ask for a job; the job process takes it up. Raises KeyError for an unknown kind."""
    if kind not in _kinds:
        raise KeyError(kind)
    with plainly("asking for a job"), transaction.atomic():
        return Job.objects.create(kind=kind, actor=actor, params=params, created=timezone.now())


def ask_to_stop(number: int) -> None:
    """Ask a waiting or running job to stop at its next safe point."""
    with plainly("stopping a job"), transaction.atomic():
        Job.objects.filter(pk=number, state=Job.State.WAITING).update(state=Job.State.STOPPED, ended=timezone.now())
        Job.objects.filter(pk=number, state=Job.State.RUNNING).update(stop=True)


def run_next() -> bool:
    """Take up and finish the next job; returns False when there is none or another process is at work."""
    with _alone() as alone:
        row = _claim() if alone else None
        if row is None:
            return False
        try:
            result = json.loads(json.dumps(_kinds[row.kind](Running(row)) or {}))
        except JobStopped:
            _end(row, Job.State.STOPPED)
        except Exception as error:  # a job may fail in any way: it is told on its page, and the loop goes on
            # The traceback names code and lines only; messages may hold what people typed, and stay in the archive.
            lines = "".join(traceback.format_tb(error.__traceback__))
            _log.error("job %s (%s) failed: %s\n%s", row.pk, row.kind, type(error).__name__, lines)
            _end(row, Job.State.FAILED, message=f"{type(error).__name__}: {error}")
        else:
            _end(row, Job.State.DONE, result=result)
    return True


def run_forever(stop: threading.Event, idle_seconds: float = 0.5) -> None:
    """Work through jobs until `stop` is set: the job process."""
    trouble = ""
    while not stop.is_set():
        try:
            busy, trouble = run_next(), ""
            checkpoints.daily()  # of a server that stays open over midnight
        except Exception as error:  # a full disk, say: the job stays marked as running and is taken up again
            if trouble != type(error).__name__:  # said once, not twice a second until somebody makes room
                trouble = type(error).__name__
                _log.error("the job process could not go on: %s", trouble)
            busy = False
        if not busy:
            stop.wait(idle_seconds)
    connection.close()


@contextlib.contextmanager
def _alone() -> Iterator[bool]:
    """Hold the lock of the one who works on jobs, if it is free."""
    path = folder.current().folder / LOCK_FILE
    with open(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def _claim() -> Job | None:
    """Mark the job that a dead process left behind, or the oldest waiting one, as running and return it."""
    for row in Job.objects.filter(state=Job.State.RUNNING, kind__in=_kinds).order_by("pk"):
        if row.starts < MOST_STARTS:
            return _start(row)
        _end(row, Job.State.FAILED, message=f"its process died {row.starts} times")
    waiting = Job.objects.filter(state=Job.State.WAITING, kind__in=_kinds).order_by("pk").first()
    return _start(waiting) if waiting else None


def _start(row: Job) -> Job | None:
    now = timezone.now()
    with plainly("starting a job"), transaction.atomic():
        # It may have been stopped since it was read.
        same = Job.objects.filter(pk=row.pk, state=row.state)
        begun = same.update(state=Job.State.RUNNING, started=row.started or now, beat=now, starts=row.starts + 1)
    return row if begun else None


def _end(row: Job, state: Job.State, **values: Any) -> None:
    _write(row.pk, state=state, ended=timezone.now(), stop=False, **values)


def _write(number: int, **values: Any) -> None:
    with plainly("writing the progress of a job"), transaction.atomic():
        Job.objects.filter(pk=number).update(**values)
