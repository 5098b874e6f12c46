"""A record's state as plain values: what the triggers keep, what digests cover, what undo and as-of compare.

A state maps column names to JSON values: numbers, text, null, and ciphertext as hexadecimal text. Columns of
bookkeeping (`id`, `version`, `change`) are kept apart from what a person can edit.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from django.apps import apps
from django.db import models

from tumen.archive.models import Record

State = dict[str, Any]

BOOKKEEPING = frozenset({"id", "version", "change"})


@cache
def record_models() -> dict[str, type[Record]]:
    """Return every record kind by its label, such as `coding.act`."""
    return {model._meta.label_lower: model for model in apps.get_models() if issubclass(model, Record)}


@cache
def columns(model: type[Record]) -> tuple[str, ...]:
    """Return the model's column names in the order of its table."""
    return tuple(column for column, _ in _fields(model))


@cache
def binary_columns(model: type[Record]) -> frozenset[str]:
    """Return the columns that hold bytes."""
    return frozenset(column for column, field in _fields(model) if isinstance(field, models.BinaryField))


@cache
def _fields(model: type[Record]) -> tuple[tuple[str, models.Field[Any, Any]], ...]:
    return tuple((str(field.column), field) for field in model._meta.concrete_fields)


def stored(field: models.Field[Any, Any], value: Any) -> Any:
    """Return `value` as the column stores it, with bytes as hexadecimal text."""
    if value is None:
        return None
    if isinstance(value, (bytes, memoryview)):
        return bytes(value).hex()
    if isinstance(field, models.JSONField):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    if isinstance(value, bool):
        return int(value)
    if isinstance(field, models.DateTimeField):
        return str(value)
    return value


def state_of(record: Record) -> State:
    """Return the state of a record in memory, bookkeeping columns included."""
    return {column: stored(field, getattr(record, field.attname)) for column, field in _fields(type(record))}


def editable(state: Mapping[str, Any]) -> State:
    """Return the part of a state that a person's edit can touch."""
    return {column: value for column, value in state.items() if column not in BOOKKEEPING}


def revive(model: type[Record], state: Mapping[str, Any]) -> dict[str, Any]:
    """Return attribute values for `model` from a state; columns added since then take their default."""
    values = {}
    for column, field in _fields(model):
        if column not in state:
            values[field.attname] = field.get_default()
            continue
        value = state[column]
        if value is not None:
            if isinstance(field, models.BinaryField):
                value = bytes.fromhex(value)
            elif isinstance(field, models.JSONField):
                value = json.loads(value) if isinstance(value, str) else value
            elif isinstance(field, models.BooleanField):
                value = bool(value)
        values[field.attname] = value
    return values


def parse(data: str) -> State:
    """Return the state that a trigger stored."""
    state: State = json.loads(data)
    return state


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode


def canonical(label: str, state: Mapping[str, Any]) -> bytes:
    """Return the bytes a digest covers: label and the non-null columns by name.

    Nulls are left out so that a column added in a later version changes no digest.
    """
    return (label + _encode({column: value for column, value in state.items() if value is not None}) + "\n").encode()


def digest(salt: bytes, rows: Iterable[bytes]) -> bytes:
    """Return the digest of a change: SHA-256 over its salt and the sorted canonical bytes of the states it wrote."""
    total = hashlib.sha256(salt)
    for row in sorted(rows):
        total.update(row)
    return total.digest()
