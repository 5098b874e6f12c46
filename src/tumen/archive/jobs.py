"""Long work: one table, one loop, with progress, a way to stop, and a place to resume from.

    @job("index")
    def build_index(run: Running) -> dict[str, Any]:
        for n, part in enumerate(parts):
            ...
            run.progress(n, len(parts))

`progress` writes at most twice a second and raises JobStopped when someone asked the job to stop. A job whose process
died is found by its silent heartbeat and started again; it reads `run.cursor` to go on where it was.
"""

from __future__ import annotations

import logging
import threading
import time
import traceback
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from tumen.archive.errors import JobStopped
from tumen.archive.models import Job

SILENT = timedelta(seconds=60)
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
        """Report how far the work is; raises JobStopped when asked to stop."""
        if cursor is not None:
            self.cursor = cursor
        now = time.monotonic()
        if now - self._told < 0.5 and cursor is None:
            return
        self._told = now
        values = {"done": done, "total": total, "message": message, "cursor": self.cursor, "beat": timezone.now()}
        with transaction.atomic():
            Job.objects.filter(pk=self.id).update(**values)
        if Job.objects.filter(pk=self.id, stop=True).exists():
            raise JobStopped(f"job {self.id} was asked to stop")


def enqueue(kind: str, actor: int, **params: Any) -> Job:
    """Ask for a job; the job process takes it up. Raises KeyError for an unknown kind."""
    if kind not in _kinds:
        raise KeyError(kind)
    with transaction.atomic():
        return Job.objects.create(kind=kind, actor=actor, params=params, created=timezone.now())


def ask_to_stop(number: int) -> None:
    """Ask a waiting or running job to stop at its next safe point."""
    with transaction.atomic():
        Job.objects.filter(pk=number, state=Job.State.WAITING).update(state=Job.State.STOPPED, ended=timezone.now())
        Job.objects.filter(pk=number, state=Job.State.RUNNING).update(stop=True)


def run_next() -> bool:
    """Take up and finish the next job, if there is one; returns whether there was."""
    row = _claim()
    if row is None:
        return False
    state, result, message = Job.State.DONE, {}, ""
    try:
        result = _kinds[row.kind](Running(row)) or {}
    except JobStopped:
        state = Job.State.STOPPED
    except Exception as error:  # a job may fail in any way: it is told on its page, and the loop goes on
        state, message = Job.State.FAILED, f"{type(error).__name__}: {error}"
        # The traceback names code and lines only; messages may hold what people typed, and stay in the archive.
        _log.error("job %s (%s) failed\n%s", row.pk, row.kind, "".join(traceback.format_tb(error.__traceback__)))
    values: dict[str, Any] = {"state": state, "result": result, "ended": timezone.now(), "stop": False}
    with transaction.atomic():
        Job.objects.filter(pk=row.pk).update(**values, **({"message": message} if message else {}))
    return True


def run_forever(stop: threading.Event, idle_seconds: float = 0.5) -> None:
    """Work through jobs until `stop` is set: the job process."""
    while not stop.is_set():
        if not run_next():
            stop.wait(idle_seconds)
    connection.close()


def _claim() -> Job | None:
    """Mark the oldest waiting job, or one whose process fell silent, as running and return it."""
    with transaction.atomic():
        now = timezone.now()
        row = Job.objects.filter(state=Job.State.WAITING, kind__in=_kinds).order_by("pk").first()
        if row is None:
            row = Job.objects.filter(state=Job.State.RUNNING, beat__lt=now - SILENT, kind__in=_kinds).first()
        if row is not None:
            Job.objects.filter(pk=row.pk).update(state=Job.State.RUNNING, started=row.started or now, beat=now)
        return row
