"""Altering an archive past Tumen, as somebody with the key and an SQL shell would: triggers off, then any statement."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from django.db import IntegrityError, connection, transaction

from tumen.archive import triggers

# Of each table the columns that the log answers for.
COLUMNS = {
    "archive_leaf": ("change", "record", "owner", "salt", "nodes"),
    "archive_checkpoint": ("note",),
    "archive_attestation": ("checkpoint_id", "kind", "content", "trust"),
    "archive_change": (
        "id", "at", "actor", "kind", "why", "said", "batch_id", "undoes", "salt", "digest", "count",
    ),
    "archive_batch": ("state", "closed_seq", "kind", "why", "actor", "opened"),
    "archive_superseded": ("record", "version", "from_change", "to_change", "data"),
    "sources_original": ("sha256", "size", "media_type", "object", "source_id"),
    "sources_source": ("kind", "language", "retracted", "title"),
    "coding_party": ("sex", "fate", "description"),
}  # fmt: skip


def run(statement: str, *parameters: Any) -> int:
    """Run a statement with the triggers out of the way, and put them back; return how many rows it met."""
    disarm()
    count = _execute(statement, *parameters)
    triggers.install()
    return count


def disarm() -> None:
    """Take the triggers and the engine's own watch over references away."""
    connection.ensure_connection()
    connection.connection.execute("PRAGMA foreign_keys = OFF")
    triggers.remove()


def _execute(statement: str, *parameters: Any) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return int(cursor.rowcount)


def mutate(rng: Random) -> str:
    """Do one thing to one row of a disarmed archive, and say what; "" when that would have changed nothing."""
    table = rng.choice(list(COLUMNS))
    key = "seq" if table == "archive_change" else "id"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {key} FROM {table} ORDER BY {key}")
        keys = [number for (number,) in cursor.fetchall()]
    if not keys:
        return ""
    number, how = rng.choice(keys), rng.choice(("edit", "edit", "edit", "delete", "swap"))
    if how == "delete" and table != "archive_batch":
        _execute(f"DELETE FROM {table} WHERE {key} = %s", number)
        return f"delete {table} {number}"
    if how == "swap" and table in ("archive_leaf", "archive_checkpoint", "archive_change"):
        other = rng.choice(keys)
        if other == number:
            return ""
        for was, becomes in ((number, -1), (other, number), (-1, other)):
            _execute(f"UPDATE {table} SET {key} = %s WHERE {key} = %s", becomes, was)
        return f"swap {table} {number} {other}"
    column = rng.choice(COLUMNS[table])
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column}, typeof({column}) FROM {table} WHERE {key} = %s", [number])
        value, kind = cursor.fetchone()
    altered = _altered(rng, value, kind)
    if altered == value or (column == "data" and _meaning(altered) == _meaning(value)):
        return ""
    try:
        _execute(f"UPDATE {table} SET {column} = %s WHERE {key} = %s", altered, number)
    except IntegrityError:  # another row has that value
        return ""
    return f"edit {table} {number} {column}: {value!r} -> {altered!r}"


def _meaning(text: str) -> dict[str, Any] | None:
    """A state without its nulls: a column that is null and one that is not there are the same."""
    try:
        return {name: value for name, value in json.loads(text).items() if value is not None}
    except ValueError:
        return None


def _altered(rng: Random, value: Any, kind: str) -> Any:
    if kind == "integer":
        return int(value) + rng.choice((-1, 1, 7))
    if kind == "blob" and len(value):
        content = bytearray(value)
        content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
        return bytes(content)
    if kind == "text" and value:
        text = str(value)
        at = rng.randrange(len(text))
        return text[:at] + chr(ord(text[at]) ^ 1) + text[at + 1 :]
    return value
