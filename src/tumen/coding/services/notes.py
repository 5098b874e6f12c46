"""Clarifying notes on fields: sealed under whom the claim is about, and handed over with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tumen.archive import versions
from tumen.archive.changes import OpenChange, held
from tumen.archive.models import Record
from tumen.coding.models import FieldNote


def notes_of(record: Record | None) -> dict[str, str]:
    """Return the notes on a record's fields that can still be read, for the verbs; pages ask `queries.values`."""
    rows = _rows([record.pk]) if record is not None else []
    return {row.field: text for row in rows if isinstance(text := held(row, "text"), str)}


def set_notes(c: OpenChange, record: Record, owner: int, notes: Mapping[str, str]) -> None:
    """Write the notes on some fields of a record; an empty one is taken away, fields not named keep theirs."""
    rows = {row.field: row for row in _rows([record.pk])}
    for field, text in notes.items():
        row = rows.get(field)
        if row is None:
            if text:
                c.insert(FieldNote, record=record.pk, field=field, owner=owner, text=text)
        elif text:
            c.update(row, owner=owner, text=text)
        else:
            c.retract(row)


def hand_over(c: OpenChange, records: Iterable[int], owner: int) -> None:
    """Seal the notes on records under another owner: the claim turned out to be about somebody else."""
    for row in _rows(records):
        c.update(row, owner=owner)


def _rows(records: Iterable[int]) -> list[FieldNote]:
    return list(versions.visible(FieldNote.objects.filter(record__in=list(records))).order_by("pk"))
