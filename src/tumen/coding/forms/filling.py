"""From a record to the data of the form that edits it, or of a new form that starts from it."""

from __future__ import annotations

from typing import Any

from tumen.archive.models import Record
from tumen.coding.kinds import kind_of
from tumen.coding.queries import values
from tumen.coding.services import claims
from tumen.columns import Mask


def data_from(mask: Mask, record: Record) -> dict[str, list[str]]:
    """Return the data of a form that edits a record: values, gaps, notes, evidence, parts, and what it started from."""
    data: dict[str, list[str]] = {}
    parts = list(claims.parts_of(record))
    numbers = [record.pk, *(row.pk for _part, _number, row in parts)]
    anchors, notes = values.anchors(numbers), values.notes(mask, numbers)
    _fill(mask, record, "", data, anchors, notes)
    for part, number, row in parts:
        prefix = f"{part.name}-{number}-"
        _fill(mask, row, prefix, data, anchors, notes)
        data[f"{prefix}record"] = [str(row.pk)]
    return data


def data_copied(mask: Mask, record: Record) -> dict[str, list[str]]:
    """Return the data of a new form that starts from another record: no evidence, no notes, no uncopied fields."""
    kind = kind_of(record)
    data = data_from(mask, record)
    keep = {name for one in kind.fields if one.copies for name in (*one.inputs, f"{one.name}-gap")}
    parts = tuple(f"{part.name}-" for part in kind.parts if part.copies)
    copied = {}
    for name, listed in data.items():
        is_part = name.startswith(parts) and not name.endswith(("-record", "-version", "-base", "-note"))
        if name in keep or is_part:
            copied[name] = listed
    return copied


def _fill(mask: Mask, record: Record, prefix: str, data: dict[str, list[str]], anchors: Any, notes: Any) -> None:
    for name, value in values.as_typed(kind_of(record), values.raw(mask, record)).items():
        if value == values.erased():
            continue  # an empty input: what is coded beside it can still be edited
        data[f"{prefix}{name}"] = value if isinstance(value, list) else [value]
        if isinstance(value, list):
            data[f"{prefix}{name}-base"] = [" ".join(value)]
    for name, reason in (getattr(record, "gaps", None) or {}).items():
        data[f"{prefix}{name}-gap"] = [reason]
    for name, note in notes[record.pk].items():
        if note != values.erased():
            data[f"{prefix}{name}-note"] = data[f"{prefix}{name}-note-base"] = [note]
    data[f"{prefix}version"] = [str(record.version)]
    evidence = data.setdefault("evidence", [])
    based = []
    for name, passages in anchors[record.pk].items():
        evidence += [f"{prefix}{name}:p{passage.pk}" for passage in passages]
        based += [f"{name}:{passage.pk}" for passage in passages]
    data[f"{prefix}evidence-base"] = [" ".join(based)]
