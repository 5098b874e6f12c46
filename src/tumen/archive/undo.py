"""Undo and redo: a new change that reverses an old one, field by field, without losing later work.

Undoing an insert retracts the record. Undoing an update puts back the fields that the change touched, where they still
hold what it wrote; where someone has built on them since, nothing is done and UndoConflict says what stands in the way.
Redo is the undo of the undo. A batch is undone as bulk work of its own, and becomes undone when that closes.
"""

from __future__ import annotations

from django.db import connection

from tumen.archive import states, versions
from tumen.archive.bulk import Bulk, open_bulk
from tumen.archive.changes import OpenChange, change
from tumen.archive.errors import NoSuchChange, UndoConflict
from tumen.archive.models import Batch, Change, Record, Superseded


def undo(actor: int, seq: int, why: str = "") -> OpenChange:
    """Reverse change `seq`. Raises NoSuchChange, UndoConflict, BusyRecord."""
    target = Change.objects.filter(seq=seq).first()
    if target is None:
        raise NoSuchChange(f"There is no change {seq}.")
    if target.batch_id is not None:
        raise NoSuchChange(f"Change {seq} is part of the bulk job “{target.batch.why}”; undo the job as a whole.")  # type: ignore[union-attr]
    kind = "redo" if target.undoes else "undo"
    with change(actor, why or f"{kind}: {target.why}", kind=kind, undoes=seq) as c:
        reverse(c, seq)
    return c


def undo_batch(actor: int, number: int, why: str = "") -> Batch:
    """Reverse a closed bulk job, in short changes under a batch of their own. Raises NoSuchChange, UndoConflict."""
    batch = Batch.objects.filter(pk=number, state=Batch.State.CLOSED).first()
    if batch is None:
        raise NoSuchChange(f"There is no finished bulk job {number}.")
    _refuse_conflicts(batch)
    bulk = open_bulk(actor, why or f"undo: {batch.why}", kind="redo" if batch.undoes else "undo", undoes=batch.pk)
    _reverse_all(bulk, batch)
    bulk.close()
    return bulk.batch


def drop_batch(actor: int, number: int) -> None:
    """Take back everything an open bulk job has written so far and mark it dropped: after a crash, or on demand."""
    batch = Batch.objects.filter(pk=number, state=Batch.State.OPEN).first()
    if batch is None:
        raise NoSuchChange(f"There is no open bulk job {number}.")
    bulk = open_bulk(actor, f"drop: {batch.why}", kind="drop", undoes=batch.pk)
    _reverse_all(bulk, batch, over=batch)
    bulk.close(drops=batch)


def reverse(c: OpenChange, seq: int, over: Batch | None = None) -> None:
    """Write, in the open change `c`, the reverse of change `seq`; raises UndoConflict before anything is written."""
    steps: list[tuple[type[Record], int, states.State]] = []
    conflicts: list[tuple[int, str]] = []
    for model, record, before, after in touched(seq):
        live = model._base_manager.get(pk=record)
        now = states.state_of(live)
        if before is None:
            if states.editable(now) != states.editable(after):
                conflicts.append((record, "the whole record"))
            steps.append((model, record, {**now, "retracted": 1}))
            continue
        wanted = dict(now)
        for column, (old, new) in versions.difference(before, after).items():
            if now.get(column) != new:
                conflicts.append((record, column))
            wanted[column] = old
        steps.append((model, record, wanted))
    if conflicts:
        raise UndoConflict(conflicts)
    if over is not None:
        c.takes_over(over)
    for model, record, state in steps:
        c.restate(model, record, state)


def touched(seq: int) -> list[tuple[type[Record], int, states.State | None, states.State]]:
    """Return (model, record, state before or None when it was made, state after) of each record a change wrote."""
    found = []
    before = {
        row.record: states.parse(row.data) for row in Superseded.objects.filter(to_change=seq).only("record", "data")
    }
    for row in Superseded.objects.filter(from_change=seq):
        found.append((versions.get_model(row.model), row.record, before.get(row.record), states.parse(row.data)))
    for model in states.record_models().values():
        for live in model._base_manager.filter(change=seq):
            found.append((model, live.pk, before.get(live.pk), states.state_of(live)))
    return found


def _refuse_conflicts(batch: Batch) -> None:
    """Refuse early: a record of the batch that a later change edited would lose that work."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.record FROM archive_superseded s JOIN archive_change f ON f.seq = s.from_change "
            "JOIN archive_change t ON t.seq = s.to_change WHERE f.batch_id = %s AND t.batch_id IS NOT %s LIMIT 50",
            [batch.pk, batch.pk],
        )
        if rows := cursor.fetchall():
            raise UndoConflict([(record, "edited after the job") for (record,) in rows])


def _reverse_all(bulk: Bulk, batch: Batch, over: Batch | None = None) -> None:
    for seq in Change.objects.filter(batch=batch).order_by("-seq").values_list("seq", flat=True):
        # Plain inserts, the usual content of a bulk job, are retracted by one statement a table.
        updated = Superseded.objects.filter(to_change=seq).exists()
        superseded = Superseded.objects.filter(from_change=seq).exists()
        if updated or superseded:
            with bulk.change() as c:
                reverse(c, seq, over)
        else:
            bulk.retract_all(seq)
