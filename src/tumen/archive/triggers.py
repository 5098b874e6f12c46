"""Triggers generated from the models: old states are kept by the database, not by anyone's good intentions.

On update of a record's row the old state goes to `archive_superseded`, the version must have grown by one, and a
delete is refused. They hold for every writer, bulk statements and a hand-typed UPDATE included.
"""

from __future__ import annotations

from typing import Any

from django.db import connections

from tumen.archive import states
from tumen.archive.models import Record, Superseded

PREFIX = "keep_"


def statements(model: type[Record]) -> list[str]:
    """Return the CREATE TRIGGER statements of one record kind."""
    table, label = model._meta.db_table, model._meta.label_lower
    binary = states.binary_columns(model)
    pairs = ", ".join(
        f"'{column}', {f'lower(hex(OLD.{column}))' if column in binary else f'OLD.{column}'}"
        for column in states.columns(model)
    )
    # hex(NULL) is an empty string, so a NULL blob is kept apart from an empty one.
    for column in binary:
        pairs = pairs.replace(
            f"lower(hex(OLD.{column}))", f"CASE WHEN OLD.{column} IS NULL THEN NULL ELSE lower(hex(OLD.{column})) END"
        )
    return [
        f"""CREATE TRIGGER {PREFIX}{table}_version BEFORE UPDATE ON {table}
        WHEN NEW.version <> OLD.version + 1 OR NEW.id <> OLD.id OR NEW.change <= OLD.change
        BEGIN SELECT RAISE(ABORT, 'a record is changed one version at a time, by a later change'); END""",
        f"""CREATE TRIGGER {PREFIX}{table}_old AFTER UPDATE ON {table}
        BEGIN INSERT INTO {Superseded._meta.db_table} (record, model, version, from_change, to_change, data)
        VALUES (OLD.id, '{label}', OLD.version, OLD.change, NEW.change, json_object({pairs})); END""",
        f"""CREATE TRIGGER {PREFIX}{table}_delete BEFORE DELETE ON {table}
        BEGIN SELECT RAISE(ABORT, 'nothing is deleted: retract the record'); END""",
    ]


def install(using: str = "default", **_: Any) -> None:
    """Drop and make again every trigger of ours; called after each migration."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s", [f"{PREFIX}%"])
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP TRIGGER "{name}"')
        tables = set(connections[using].introspection.table_names(cursor))
        for model in states.record_models().values():
            if model._meta.db_table in tables:
                for statement in statements(model):
                    cursor.execute(statement)
