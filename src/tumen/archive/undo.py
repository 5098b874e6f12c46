"""Undo and redo: a new change that reverses an old one, field by field, without losing later work.

Undoing an insert retracts the record. Undoing an update puts back the fields that the change touched, where they still
hold what it wrote; where someone has built on them since, nothing is done and UndoConflict says what stands in the way.
Redo is the undo of the undo. A batch is undone as bulk work of its own, and becomes undone when that closes; until then
its records can be edited by nobody else. Each of these can be interrupted and simply called again: the log says which
changes are reversed (`Change.undoes`).
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet

from tumen.archive import states, versions
from tumen.archive.backend.base import plainly
from tumen.archive.bulk import Bulk, begin
from tumen.archive.changes import OpenChange, change
from tumen.archive.errors import NoSuchChange, UndoConflict
from tumen.archive.models import Batch, Change, Record, Superseded

Touched = tuple[type[Record], int, states.State | None, states.State]


def undo(actor: int, seq: int, why: str = "") -> OpenChange:
    """Reverse change `seq`. Raises NoSuchChange, UndoConflict, BusyRecord."""
    target = Change.objects.select_related("batch").filter(seq=seq).first()
    if target is None:
        raise NoSuchChange(f"There is no change {seq}.")
    if target.batch is not None:
        raise NoSuchChange(f"Change {seq} is part of the bulk job “{target.batch.called}”; undo the job as a whole.")
    kind = "redo" if target.kind == "undo" else "undo"
    with change(actor, why or _reversal(kind, target.why), kind=kind, undoes=seq) as c:
        reverse(c, touched(seq))
    return c


def undo_batch(actor: int, number: int, why: str = "") -> Batch:
    """Reverse a closed bulk job, in short changes under a batch of their own, or finish an interrupted undo of it.

    Raises NoSuchChange, UndoConflict.
    """
    with plainly("beginning an undo"), transaction.atomic(durable=True):
        batch = Batch.objects.filter(pk=number, state=Batch.State.CLOSED).exclude(kind="drop").first()
        if batch is None:
            raise NoSuchChange(f"There is no finished bulk job {number} to undo.")
        undoing = Batch.objects.filter(undoes=number, state__in=Batch.State.unseen()).first()
        if undoing is None:
            _refuse_conflicts(batch)
            kind = "redo" if batch.kind == "undo" else "undo"
            undoing = begin(actor, why or _reversal(kind, batch.why), kind, batch.pk)
    bulk = Bulk(undoing)
    reverse_batch(bulk, batch)
    bulk.close()
    return bulk.batch


def drop_batch(actor: int, number: int) -> None:
    """Take back everything an open bulk job has written so far and mark it dropped: after a crash, or on demand.

    The job itself, if it is still running, meets BatchClosed at its next write. Raises NoSuchChange.
    """
    with plainly("beginning to drop a bulk job"), transaction.atomic(durable=True):
        batch = Batch.objects.filter(pk=number, state__in=Batch.State.unseen()).exclude(kind="drop").first()
        if batch is None:
            raise NoSuchChange(f"There is no unfinished bulk job {number} to drop.")
        Batch.objects.filter(pk=number).update(state=Batch.State.DROPPING)
        dropping = Batch.objects.filter(undoes=number, kind="drop", state=Batch.State.OPEN).first()
        dropping = dropping or begin(actor, _reversal("drop", batch.why), "drop", batch.pk)
    bulk = Bulk(dropping)
    reverse_batch(bulk, batch)
    bulk.close(drops=batch)


def reverse(c: OpenChange, rows: list[Touched]) -> None:
    """Write, in the open change `c`, the reverse of a change; raises UndoConflict before anything is written."""
    steps: list[tuple[type[Record], int, states.State]] = []
    conflicts: list[tuple[int, str]] = []
    for model, record, before, after in rows:
        now = versions.live_state(model, record)
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
    for model, record, state in steps:
        c.restate(model, record, state)


def touched(seq: int) -> list[Touched]:
    """Return (model, record, state before or None when it was made, state after) of each record a change wrote."""
    before = {record: states.parse(data) for record, data in _kept(to_change=seq).values_list("record", "data")}
    after = list(_kept(from_change=seq).values_list("model", "data")) + states.written_by(seq)
    found = []
    for label, data in after:
        state = states.parse(data)
        found.append((versions.get_model(label), state["id"], before.get(state["id"]), state))
    return found


def reverse_batch(bulk: Bulk, batch: Batch, after: int = 0) -> None:
    """Reverse, newest first, what `batch` wrote after change `after`, leaving out what is reversed already."""
    ours = Change.objects.filter(batch=batch)
    # What a resume of the batch took back is no work to reverse, and what it reversed is done.
    forward = ours.filter(seq__gt=after).exclude(undoes__in=ours.values("seq")).order_by("-seq")
    for seq in list(forward.values_list("seq", flat=True)):
        # Plain inserts, the usual content of a bulk job, are retracted by one statement a table.
        bulk.retract_all(seq)
        reversing = Change.objects.filter(undoes=seq, batch__in=(bulk.batch.pk, batch.pk)).values_list("seq", flat=True)
        done = set[int]().union(*map(_records_of, reversing))
        if _records_of(seq) - done:
            with bulk.change(undoes=seq) as c:
                reverse(c, [row for row in touched(seq) if row[1] not in done])


def _records_of(seq: int) -> set[int]:
    return set(_kept(from_change=seq).values_list("record", flat=True)) | states.ids_written_by(seq)


def _kept(**which: int) -> QuerySet[Superseded]:
    return Superseded.objects.filter(**which)


def _reversal(kind: str, why: str) -> str:
    """Why something is reversed; a typed reason is not copied, for then two keys would hold it."""
    return f"{kind}: {why}" if why else kind


def _refuse_conflicts(batch: Batch) -> None:
    """Refuse early: a record of the batch that differs now from what the batch left would lose later work."""
    ours = Change.objects.filter(batch=batch)
    later = Superseded.objects.filter(from_change__in=ours.values("seq")).exclude(to_change__in=ours.values("seq"))
    edited = []
    for label, record, data in later.values_list("model", "record", "data").iterator():
        now = versions.live_state(versions.get_model(label), record)
        if states.editable(now) != states.editable(states.parse(data)):
            edited.append(record)
    if edited:
        taken_back = ours.filter(undoes__in=ours.values("seq"))
        lasting = ours.difference(taken_back, ours.filter(seq__in=taken_back.values("undoes")))
        lasting_records = set[int]().union(*(_records_of(change.seq) for change in lasting))
        if conflicts := [(record, "edited after the job") for record in edited if record in lasting_records]:
            raise UndoConflict(conflicts)
