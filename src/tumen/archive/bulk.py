"""Bulk work: staged by the caller, applied as short changes under one batch, invisible until the batch closes.

    bulk = open_bulk(actor, "import of the 2019 interviews")
    first = bulk.ids(len(rows))
    bulk.insert(Act, ("coding_id", "victim_id", ...), rows)      # rows: (id, ...)
    bulk.close()

A change holds the writer lock for about a tenth of a second, so people save between two of them. A crash leaves the
batch open: its rows are seen by nobody, and it is resumed from its `cursor` or dropped.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from tumen.archive import ids, states
from tumen.archive.changes import OpenChange, change, relaxed
from tumen.archive.errors import BatchClosed
from tumen.archive.models import Batch, Record

HOLD_SECONDS = 0.08
Row = Sequence[Any]


class Bulk:
    """Writes one batch. Not shared between threads."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self._step = 2000

    def ids(self, count: int) -> int:
        """Reserve `count` consecutive ids and return the first."""
        with transaction.atomic(durable=True):
            counter = ids.Counter()
            first = counter.take(count)
            counter.keep()
        return first

    @contextlib.contextmanager
    def change(self) -> Iterator[OpenChange]:
        """Open one change of this batch, for work that is not plain inserts."""
        self._must_be_open()
        with relaxed(), change(self.batch.actor, self.batch.why, kind=self.batch.kind, batch=self.batch) as c:
            yield c

    def insert(
        self, model: type[Record], columns: Sequence[str], rows: Sequence[Row], cursor: str | None = None
    ) -> None:
        """Insert rows whose first value is the id and whose others are `columns`, as stored (sealed values sealed).

        Splits them into changes short enough for people to save in between. With `cursor`, the last of these
        changes also records how far the work got.
        """
        stamped = ("id", "version", "change", "retracted", *columns)
        marks = ",".join("?" * len(stamped))
        statement = f"INSERT INTO {model._meta.db_table} ({','.join(stamped)}) VALUES ({marks})"
        label, binary = model._meta.label_lower, states.binary_columns(model) & set(columns)
        blobs = [stamped.index(column) for column in binary]
        for part in self._parts(rows):
            with self.change() as c:
                stamp = (1, c.seq, 0)
                full = [(row[0], *stamp, *row[1:]) for row in part]
                raw_executemany(statement, full)
                c.log_rows([_canonical(label, stamped, row, blobs) for row in full])
        if cursor is not None:
            self.mark(cursor)

    def derive(self, statement: str, rows: Sequence[Row]) -> None:
        """Write derived rows (an index, not records) in short transactions; `statement` uses `?`."""
        self._must_be_open()
        for part in self._parts(rows):
            with relaxed(), transaction.atomic(durable=True):
                raw_executemany(statement, part)

    def retract_all(self, seq: int) -> None:
        """Retract every record that change `seq` made and nothing has touched since."""
        with self.change() as c:
            for label, model in states.record_models().items():
                table = model._meta.db_table
                with connection.cursor() as cursor:
                    cursor.execute(
                        f"UPDATE {table} SET retracted = 1, version = 2, change = %s WHERE change = %s AND version = 1",
                        [c.seq, seq],
                    )
                    if cursor.rowcount <= 0:
                        continue
                written = model._base_manager.filter(change=c.seq)
                c.log_rows([states.canonical(label, states.state_of(record)) for record in written.iterator()])

    def mark(self, cursor: str) -> None:
        """Record how far the work got."""
        self.batch.cursor = cursor
        with transaction.atomic(durable=True):
            Batch.objects.filter(pk=self.batch.pk).update(cursor=cursor)

    def close(self, drops: Batch | None = None) -> None:
        """Make everything the batch wrote visible at once, on disk; `drops` names the open batch it took back."""
        self._must_be_open()
        with change(self.batch.actor, self.batch.why, kind="close", batch=self.batch) as c:
            now = timezone.now()
            Batch.objects.filter(pk=self.batch.pk).update(state=Batch.State.CLOSED, ended=now, closed_seq=c.seq)
            if drops is not None:
                Batch.objects.filter(pk=drops.pk).update(state=Batch.State.DROPPED, ended=now)
        self.batch.refresh_from_db()

    def _must_be_open(self) -> None:
        if self.batch.state != Batch.State.OPEN:
            raise BatchClosed(f"“{self.batch.why}” was already {self.batch.state}.")

    def _parts(self, rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
        """Cut `rows` so that one part keeps the lock for about HOLD_SECONDS, going by how long the last one took."""
        start = 0
        while start < len(rows):
            step, began = self._step, time.perf_counter()
            yield rows[start : start + step]
            took = time.perf_counter() - began
            done = min(step, len(rows) - start)
            start += step
            if done == step:
                self._step = int(min(20_000, max(200, done * HOLD_SECONDS / max(took, 1e-4))))


def open_bulk(actor: int, why: str, kind: str = "import", undoes: int | None = None) -> Bulk:
    """Begin a batch."""
    with transaction.atomic(durable=True):
        batch = Batch.objects.create(kind=kind, why=why, actor=actor, opened=timezone.now(), undoes=undoes)
    return Bulk(batch)


def resume_bulk(number: int) -> Bulk:
    """Take up an open batch again; its `cursor` says where. Raises BatchClosed."""
    bulk = Bulk(Batch.objects.get(pk=number))
    bulk._must_be_open()
    return bulk


def raw_executemany(statement: str, rows: Sequence[Row]) -> None:
    """Run a statement with `?` marks for many rows on this thread's connection, past Django's conversions."""
    connection.ensure_connection()
    with connection.wrap_database_errors:
        connection.connection.executemany(statement, rows)


def _canonical(label: str, columns: Sequence[str], row: Row, blobs: Sequence[int]) -> bytes:
    if blobs:
        row = list(row)
        for place in blobs:
            if row[place] is not None:
                row[place] = row[place].hex()
    return states.canonical(label, dict(zip(columns, row, strict=True)))
