"""Reading the past: a record's history, and every record exactly as it was known at a change.

A state counts from its change, or, when the change belongs to a bulk job, from the change that closed the job; states
of a job that is open or was dropped never count. Each answer is one statement, hence of one moment, whoever writes
meanwhile.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

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
    with connection.cursor() as cursor:  # asked many times a page, so past the making of a QuerySet
        cursor.execute("SELECT COALESCE(MAX(seq), 0) FROM archive_change")
        return int(cursor.fetchone()[0])


@contextlib.contextmanager
def one_moment() -> Iterator[None]:
    """Let every read in the block see the archive as it is at its first read. Nothing can be written inside."""
    connection.ensure_connection()
    if connection.connection.in_transaction:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


def visible(rows: QuerySet[R]) -> QuerySet[R]:
    """Keep the rows that count today: not retracted, and not made by a bulk job that is still open.

    An existing record that an open job changes is shown as the job has it so far; `rows_at` shows it as known.
    """
    rows = rows.filter(retracted=False)
    unseen = list(Batch.objects.filter(state__in=Batch.State.unseen()).values_list("pk", flat=True))
    if unseen:
        written = Change.objects.filter(batch__in=unseen).values("seq")
        known_before = Superseded.objects.filter(record=OuterRef("pk")).exclude(from_change__in=written)
        rows = rows.exclude(~Exists(known_before), change__in=written)
    return rows


def live_state(model: type[Record], record: int) -> states.State:
    """Return the state that a live row holds."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {states.text_sql(model, 't')} FROM {model._meta.db_table} t WHERE t.id = %s", [record])
        row = cursor.fetchone()
    if row is None:
        raise model.DoesNotExist(f"{model.__name__} {record} does not exist")
    return states.parse(row[0])


def history(record: Record) -> list[Version]:
    """Return every state of `record`, newest first, with what each change made different."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT version, seq, data FROM ({_all_states(type(record))}) ORDER BY version", [record.pk] * 2
        )
        rows = [(number, seq, states.parse(data)) for number, seq, data in cursor.fetchall()]
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


def rows_at(model: type[Record], seq: int) -> Iterator[dict[str, Any]]:
    """Yield the state of every record of `model` as it was known at change `seq`, retracted ones included.

    Values are as in `states` (bytes as hexadecimal text, truth values as 0 and 1).
    """
    columns = states.columns(model)
    with_clause, parameters = known_at((model,), seq)
    with connection.cursor() as cursor:
        cursor.execute(f"{with_clause} SELECT {', '.join(columns)} FROM {model._meta.db_table}", parameters)
        while part := cursor.fetchmany(5000):
            for row in part:
                pairs = zip(columns, row, strict=True)
                yield {column: states.row_value(model, column, value) for column, value in pairs}


def known_at(models: Iterable[type[Record]], seq: int) -> tuple[str, list[Any]]:
    """Return a WITH clause, and its parameters, under which each model's table reads as it was known at change `seq`.

    A statement put behind it names its tables as always. Of a record whose live state is too new, the newest kept state
    that is not too new counts; SQLite gives the bare column `data` from the row that holds the maximum. Columns of
    bytes come as bytes from live rows and as hexadecimal text from kept ones.
    """
    parts, parameters = [], []
    for model in models:
        table, columns = model._meta.db_table, states.columns(model)
        live = f"FROM main.{table} t {_JOIN.format(seq='t.change')} WHERE {_EFFECTIVE} <= %s"
        kept = ", ".join(f"json_extract(k.data, '$.{column}')" for column in columns)
        parts.append(
            f"{table} AS (SELECT {', '.join(f't.{column}' for column in columns)} {live} UNION ALL SELECT {kept} FROM "
            f"(SELECT s.data AS data, MAX(s.version) FROM archive_superseded s {_JOIN.format(seq='s.from_change')} "
            f"WHERE s.model = %s AND {_EFFECTIVE} <= %s AND s.record NOT IN (SELECT t.id {live}) GROUP BY s.record) k)"
        )
        parameters += [seq, model._meta.label_lower, seq, seq]
    return f"WITH {', '.join(parts)}", parameters


def state_at(record: Record, seq: int) -> states.State | None:
    """Return one record's state as known at change `seq`, or None when it was not known then."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT data FROM ({_all_states(type(record))}) s {_JOIN.format(seq='s.seq')} "
            f"WHERE {_EFFECTIVE} <= %s ORDER BY version DESC LIMIT 1",
            [record.pk, record.pk, seq],
        )
        row = cursor.fetchone()
    return states.parse(row[0]) if row else None


def get_model(label: str) -> type[Record]:
    """Return the record kind of a label such as `coding.act`; KeyError when there is none."""
    return states.record_models()[label]


def find(record: int) -> Record | None:
    """Return the record with this id, of whatever kind, or None."""
    return find_many([record]).get(record)


def find_many(records: Iterable[int]) -> dict[int, Record]:
    """Return the records with these ids, of whatever kinds: one statement to place them, one for each kind found."""
    selects = [
        f"SELECT '{label}', id FROM {model._meta.db_table} WHERE id IN (SELECT value FROM asked)"
        for label, model in states.record_models().items()
    ]
    by_label: dict[str, list[int]] = {}
    with connection.cursor() as cursor:
        asked = "WITH asked(value) AS (SELECT value FROM json_each(%s))"
        cursor.execute(f"{asked} {' UNION ALL '.join(selects)}", [json.dumps(sorted(set(records)))])
        for label, number in cursor.fetchall():
            by_label.setdefault(label, []).append(number)
    found: dict[int, Record] = {}
    for label, numbers in by_label.items():
        found |= get_model(label)._base_manager.in_bulk(numbers)
    return found


def _all_states(model: type[Record]) -> str:
    return (
        f"SELECT version, change AS seq, {states.text_sql(model, 't')} AS data "
        f"FROM {model._meta.db_table} t WHERE id = %s "
        "UNION ALL SELECT version, from_change, data FROM archive_superseded WHERE record = %s"
    )
