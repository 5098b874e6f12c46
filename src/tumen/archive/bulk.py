"""Bulk work: staged by the caller, applied as short changes under one batch, invisible until the batch closes.

    bulk = open_bulk(actor, "import of the 2019 interviews")
    first = bulk.ids(len(rows))
    bulk.insert(Act, ("coding_id", "victim_id", ...), rows)      # rows: (id, ...)
    bulk.mark("interview 40")
    bulk.close()

A change holds the writer lock for about a twentieth of a second, so people save between two of them. A crash leaves the
batch open: its rows are seen by nobody, and it is dropped, or resumed from its last mark (what it wrote after that is
taken back first, so that nothing is there twice).
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from tumen.archive import ids, reasons, states
from tumen.archive.backend.base import plainly
from tumen.archive.changes import OpenChange, change, relaxed
from tumen.archive.errors import BatchClosed, NoSuchChange
from tumen.archive.models import Batch, Record

HOLD_SECONDS = 0.05
Row = Sequence[Any]


class Bulk:
    """Writes one batch. Not shared between threads."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self._step = 2000

    def ids(self, count: int) -> int:
        """Reserve `count` consecutive ids and return the first."""
        return ids.reserve(count)

    @contextlib.contextmanager
    def change(self, undoes: int | None = None, mark: str | None = None) -> Iterator[OpenChange]:
        """Open one change of this batch, for work that is not plain inserts. Keep it short.

        `mark` is recorded with it, so that a resume goes on after exactly this change. Raises BatchClosed.
        """
        batch = self.batch
        with relaxed(), change(batch.actor, batch.why, kind=batch.kind, batch=batch, undoes=undoes) as c:
            self._must_be_open()
            yield c
            if mark is not None:
                Batch.objects.filter(pk=batch.pk).update(cursor=mark, marked=c.seq)

    def insert(self, model: type[Record], columns: Sequence[str], rows: Sequence[Row], mark: str | None = None) -> None:
        """Insert rows whose first value is the id and whose others are `columns`, as stored (sealed values sealed).

        Splits them into changes short enough for people to save in between; the last one carries `mark`.
        """
        stamped = ("id", "version", "change", "retracted", *columns)
        marks = ",".join("?" * len(stamped))
        statement = f"INSERT INTO {model._meta.db_table} ({','.join(stamped)}) VALUES ({marks})"
        start = 0
        while start < len(rows):
            part = rows[start : start + self._step]
            start += len(part)
            with self.change(mark=mark if start >= len(rows) else None) as c, self._timed(len(part)):
                stamp = (1, c.seq, 0)
                raw_executemany(statement, [(row[0], *stamp, *row[1:]) for row in part])

    def derive(self, statement: str, rows: Sequence[Row]) -> None:
        """Write derived rows (an index, not records) in short transactions; `statement` uses `?`."""
        start = 0
        while start < len(rows):
            part = rows[start : start + self._step]
            start += len(part)
            with plainly("writing an index"), relaxed(), transaction.atomic(durable=True), self._timed(len(part)):
                self._must_be_open()
                raw_executemany(statement, part)

    def retract_all(self, seq: int) -> None:
        """Retract every record that change `seq` made and nothing has touched since."""
        for model in states.record_models().values():
            table = model._meta.db_table
            made = f"SELECT id FROM {table} WHERE change = %s AND version = 1"
            while model._base_manager.filter(change=seq, version=1).exists():
                with self.change(undoes=seq) as c, self._timed(self._step), connection.cursor() as cursor:
                    cursor.execute(
                        f"UPDATE {table} SET retracted = 1, version = 2, change = %s WHERE id IN ({made} LIMIT %s)",
                        [c.seq, seq, self._step],
                    )

    def mark(self, cursor: str) -> None:
        """Record how far the work got; everything written so far stays when the batch is resumed."""
        with self.change(mark=cursor):
            pass
        self.batch.cursor = cursor

    def close(self, drops: Batch | None = None) -> None:
        """Make everything the batch wrote visible at once, on disk; `drops` names the open batch it took back."""
        with change(self.batch.actor, self.batch.why, kind="close", batch=self.batch) as c:
            self._must_be_open()
            now = timezone.now()
            Batch.objects.filter(pk=self.batch.pk).update(state=Batch.State.CLOSED, ended=now, closed_seq=c.seq)
            if drops is not None:
                Batch.objects.filter(pk=drops.pk).update(state=Batch.State.DROPPED, ended=now)
        self.batch.refresh_from_db()

    def _must_be_open(self) -> None:
        # Asked of the table, within the transaction: another process may have dropped the batch meanwhile.
        state = Batch.objects.values_list("state", flat=True).get(pk=self.batch.pk)
        if state != Batch.State.OPEN:
            raise BatchClosed(f"“{self.batch.called}” is {Batch.State(state).label.lower()} already.")

    @contextlib.contextmanager
    def _timed(self, rows: int) -> Iterator[None]:
        """Adjust the step so that one part keeps the lock for about HOLD_SECONDS; the wait for it does not count."""
        began = time.perf_counter()
        yield
        if rows >= self._step:
            pace = rows / max(time.perf_counter() - began, 1e-4)
            self._step = int(min(20_000, max(200, pace * HOLD_SECONDS)))


def open_bulk(actor: int, why: str, kind: str = "import", undoes: int | None = None) -> Bulk:
    """Begin a batch; `undoes` names the batch it reverses."""
    with plainly("beginning a bulk job"), transaction.atomic(durable=True):
        return Bulk(begin(actor, why, kind, undoes))


def begin(actor: int, why: str, kind: str, undoes: int | None) -> Batch:
    """Write the row of a new batch, within a transaction."""
    counter = ids.Counter()
    owner = counter.take()
    counter.keep()
    return Batch.objects.create(
        kind=kind, owner=owner, **reasons.kept(why, owner), actor=actor, opened=timezone.now(), undoes=undoes
    )


def resume_bulk(number: int) -> Bulk:
    """Take up an open batch again: take back what it wrote after its last mark; its `cursor` says where to go on.

    Raises NoSuchChange when no such batch is open.
    """
    from tumen.archive import undo  # undo stands on bulk

    batch = Batch.objects.filter(pk=number, state=Batch.State.OPEN).first()
    if batch is None:
        raise NoSuchChange(f"There is no unfinished bulk job {number}.")
    bulk = Bulk(batch)
    undo.reverse_batch(bulk, batch, after=batch.marked)
    return bulk


def raw_executemany(statement: str, rows: Sequence[Row]) -> None:
    """Run a statement with `?` marks for many rows on this thread's connection, past Django's conversions."""
    connection.ensure_connection()
    with connection.wrap_database_errors:
        connection.connection.executemany(statement, rows)
