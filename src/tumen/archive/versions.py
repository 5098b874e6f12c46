"""Reading the past: a record's history, and every record exactly as it was known at a change.

A state counts from its change, or, when the change belongs to a bulk job, from the change that closed the job; states
of a job that is open or was dropped never count.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Q, QuerySet

from tumen.archive import states
from tumen.archive.models import Batch, Change, Record, Superseded

R = TypeVar("R", bound=Record)


@dataclass(frozen=True)
class Version:
    """One state of a record and the change that wrote it."""

    number: int
    change: Change
    state: states.State
    changed: dict[str, tuple[Any, Any]]  # column -> (before, after); empty for the first version


def newest() -> int:
    """Return the seq of the newest change, 0 in an empty archive: the freshness token of everything derived."""
    return Change.objects.order_by("-seq").values_list("seq", flat=True).first() or 0


def visible(rows: QuerySet[R]) -> QuerySet[R]:
    """Keep the rows that count today: not retracted, and not part of a bulk job that is still open."""
    rows = rows.filter(retracted=False)
    open_batches = list(Batch.objects.filter(state=Batch.State.OPEN).values_list("pk", flat=True))
    if open_batches:
        rows = rows.exclude(version=1, change__in=Change.objects.filter(batch__in=open_batches).values("seq"))
    return rows


def history(record: Record) -> list[Version]:
    """Return every state of `record`, newest first, with what each change made different."""
    kept = Superseded.objects.filter(record=record.pk).order_by("version").values_list("version", "from_change", "data")
    rows = [(number, seq, states.parse(data)) for number, seq, data in kept]
    live = type(record)._base_manager.get(pk=record.pk)
    rows.append((live.version, live.change, states.state_of(live)))
    changes = Change.objects.in_bulk([seq for _, seq, _ in rows])
    versions: list[Version] = []
    before: states.State | None = None
    for number, seq, state in rows:
        versions.append(Version(number, changes[seq], state, difference(before, state) if before else {}))
        before = state
    return versions[::-1]


def difference(before: states.State, after: states.State) -> dict[str, tuple[Any, Any]]:
    """Return the columns that differ, with both values."""
    return {
        column: (before.get(column), value)
        for column, value in states.editable(after).items()
        if before.get(column) != value
    }


# When a change counts: its own seq, or the seq that closed its batch, or never.
_EFFECTIVE = "CASE WHEN c.batch_id IS NULL THEN c.seq WHEN b.state = 'closed' THEN b.closed_seq ELSE NULL END"
_JOIN = "JOIN archive_change c ON c.seq = {seq} LEFT JOIN archive_batch b ON b.id = c.batch_id"


def rows_at(model: type[Record], seq: int, columns: tuple[str, ...] | None = None) -> Iterator[dict[str, Any]]:
    """Yield the state of every record of `model` as it was known at change `seq`, retracted ones included.

    Values are plain column values as in `states` (bytes as hexadecimal text).
    """
    table, label = model._meta.db_table, model._meta.label_lower
    wanted = columns or states.columns(model)
    binary = states.binary_columns(model)
    live = f"SELECT t.{', t.'.join(wanted)} FROM {table} t {_JOIN.format(seq='t.change')} WHERE {_EFFECTIVE} <= %s"
    # Of the records whose live state is too new: the newest kept state that is not. SQLite gives the bare
    # column `data` from the row that holds the maximum.
    kept = (
        f"SELECT s.data, MAX(s.version) FROM archive_superseded s {_JOIN.format(seq='s.from_change')} "
        f"WHERE s.model = %s AND {_EFFECTIVE} <= %s AND s.record NOT IN "
        f"(SELECT t.id FROM {table} t {_JOIN.format(seq='t.change')} WHERE {_EFFECTIVE} <= %s) GROUP BY s.record"
    )
    with connection.cursor() as cursor:
        cursor.execute(live, [seq])
        while part := cursor.fetchmany(5000):
            for row in part:
                yield {
                    column: bytes(value).hex() if column in binary and value is not None else value
                    for column, value in zip(wanted, row, strict=True)
                }
        cursor.execute(kept, [label, seq, seq])
        while part := cursor.fetchmany(5000):
            for data, _ in part:
                state = states.parse(data)
                yield {column: state.get(column) for column in wanted}


def state_at(record: Record, seq: int) -> states.State | None:
    """Return one record's state as known at change `seq`, or None when it was not known then."""
    known = Q(batch=None, seq__lte=seq) | Q(batch__state=Batch.State.CLOSED, batch__closed_seq__lte=seq)
    for version in history(record):
        if Change.objects.filter(known, seq=version.change.seq).exists():
            return version.state
    return None


def get_model(label: str) -> type[Record]:
    """Return the record kind of a label such as `coding.act`; KeyError when there is none."""
    return states.record_models()[label]


def find(record: int) -> Record | None:
    """Return the record with this id, of whatever kind, or None."""
    for model in states.record_models().values():
        if found := model._base_manager.filter(pk=record).first():
            return found
    return None
