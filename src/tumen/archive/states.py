"""A record's state as plain values: what the triggers keep, what digests cover, what undo and as-of compare.

A state maps column names to numbers, text, null, JSON values, and ciphertext as hexadecimal text. Its text is made in
one place, by SQLite's `json_object` over the stored row: the triggers, the digests and the history all read the same
expression, so that what a digest covers is what the disk holds, whoever wrote it. Columns of bookkeeping (`id`,
`version`, `change`) are kept apart from what a person can edit.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection, models

from tumen.archive.models import Record
from tumen.archive.sealed import tombstone

State = dict[str, Any]

BOOKKEEPING = frozenset({"id", "version", "change"})
# What a record may hold; a moment or a decimal is stored as text, whose form no library can change.
KINDS = (models.IntegerField, models.BooleanField, models.CharField, models.TextField, models.BinaryField,
         models.JSONField, models.ForeignKey)  # fmt: skip


@cache
def record_models() -> dict[str, type[Record]]:
    """Return every record kind by its label, such as `coding.act`."""
    return {model._meta.label_lower: model for model in apps.get_models() if issubclass(model, Record)}


@cache
def columns(model: type[Record]) -> tuple[str, ...]:
    """Return the model's column names in the order of its table."""
    return tuple(column for column, _ in fields(model))


@cache
def binary_columns(model: type[Record]) -> frozenset[str]:
    """Return the columns that hold bytes."""
    return frozenset(column for column, field in fields(model) if isinstance(field, models.BinaryField))


@cache
def json_columns(model: type[Record]) -> frozenset[str]:
    """Return the columns that hold JSON."""
    return frozenset(column for column, field in fields(model) if isinstance(field, models.JSONField))


@cache
def fields(model: type[Record]) -> tuple[tuple[str, models.Field[Any, Any]], ...]:
    """Return (column, field) of every column; TypeError for a kind of field that a record cannot have."""
    for field in model._meta.concrete_fields:
        if not isinstance(field, KINDS):
            raise TypeError(f"{model._meta.label}.{field.name}: a record cannot hold a {type(field).__name__}")
    return tuple((str(field.column), field) for field in model._meta.concrete_fields)


@cache
def text_sql(model: type[Record], alias: str) -> str:
    """Return the SQL expression of a row's state as JSON text, columns in the order of their names."""
    pairs = []
    for column in sorted(columns(model)):
        value = f"{alias}.{column}"
        if column in binary_columns(model):
            # hex(NULL) is an empty string, so a missing value is kept apart from an empty one.
            value = f"CASE WHEN {value} IS NULL THEN NULL ELSE lower(hex({value})) END"
        elif column in json_columns(model):
            value = f"json({value})"
        pairs.append(f"'{column}', {value}")
    return f"json_object({', '.join(pairs)})"


def state_of(record: Record) -> State:
    """Return the state of a record in memory, bookkeeping columns included."""
    return {column: _plain(getattr(record, field.attname)) for column, field in fields(type(record))}


def editable(state: Mapping[str, Any]) -> State:
    """Return the part of a state that a person's edit can touch."""
    return {column: value for column, value in state.items() if column not in BOOKKEEPING}


def revive(model: type[Record], state: Mapping[str, Any]) -> dict[str, Any]:
    """Return attribute values for `model` from a state; columns added since then take their default."""
    values = {}
    for column, field in fields(model):
        value = state[column] if column in state else field.get_default()
        if isinstance(value, str) and isinstance(field, models.BinaryField):
            value = bytes.fromhex(value)
        elif isinstance(field, models.BooleanField) and value is not None:
            value = bool(value)
        values[field.attname] = value
    return values


def parse(text: str) -> State:
    """Return the state that a text holds."""
    state: State = json.loads(text)
    return state


def row_value(model: type[Record], column: str, value: Any) -> Any:
    """Return a column value as the cursor gives it in the form that states have."""
    if value is not None and column in json_columns(model):
        return json.loads(value)
    return _plain(value)


def written_by(seq: int) -> list[tuple[str, str]]:
    """Return (label, state text) of every live row that change `seq` wrote."""
    return _of_changes("'{label}', {text}", seq, seq)


def written_between(first: int, last: int) -> list[tuple[int, str, str]]:
    """Return (seq, label, state text) of every live row that these changes wrote, both ends included."""
    return _of_changes("t.change, '{label}', {text}", first, last)


def ids_written_by(seq: int) -> set[int]:
    """Return the id of every live row that change `seq` wrote."""
    return {number for (number,) in _of_changes("t.id", seq, seq)}


@cache
def _of_changes_sql(what: str) -> str:
    selects = []
    for label, model in sorted(record_models().items()):
        wanted = what.format(label=label, text=text_sql(model, "t"))
        selects.append(f"SELECT {wanted} FROM {model._meta.db_table} t WHERE t.change BETWEEN ?1 AND ?2")
    return " UNION ALL ".join(selects)


def _of_changes(what: str, first: int, last: int) -> Any:
    connection.ensure_connection()
    with connection.wrap_database_errors:
        return connection.connection.execute(_of_changes_sql(what), (first, last)).fetchall()


_NULL = re.compile(rb'"\w+":null,?')
# Ciphertext as the states hold it: its format, a sealing number, a nonce, a tag and at least one byte.
_SEALED = re.compile(rb'"(01[0-9a-f]{66,})"')


def digest(salt: bytes, states: Iterable[tuple[str, str]]) -> bytes:
    """Return the digest of a change: SHA-256 over its salt and the sorted (label, state text) lines it wrote.

    Nulls are left out, so that a nullable column added in a later version changes no digest. (Within a JSON string
    every quotation mark is escaped, so the patterns meet keys and whole values only.) A sealed value counts by its
    tombstone, so that it can be taken away and the rest of its change still be verified.
    """
    lines = "\n".join(label + text for label, text in states).encode()
    lines = buried(_NULL.sub(b"", lines))
    return hashlib.sha256(salt + b"\n".join(sorted(lines.split(b"\n")))).digest()


def buried(text: bytes) -> bytes:
    """Return the text of states with a tombstone in the place of each sealed value."""
    return _SEALED.sub(_tombstone, text)


def _tombstone(found: re.Match[bytes]) -> bytes:
    return b'"%s"' % tombstone(bytes.fromhex(found[1].decode())).hex().encode()


def _plain(value: Any) -> Any:
    if isinstance(value, (bytes, memoryview)):
        return bytes(value).hex()
    return int(value) if isinstance(value, bool) else value
